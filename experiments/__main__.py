"""`python -m experiments` is `optin`: one command, in a process that Ctrl-C ends quietly at any time."""

import os
import signal
import sys
from types import FrameType

INTERRUPTED = 130


def main() -> int:
    """Run one command and return its exit code.

    Ctrl-C ends the process at once while it is still importing, and from the second one on; the first one after that
    is left to the command, which says what is saved.
    """
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # else it was started to ignore it
    if heard:
        signal.signal(signal.SIGINT, _end)
    from .cli.main import main as command

    if heard:
        signal.signal(signal.SIGINT, _stop)
    try:
        return command()
    finally:
        if heard:  # ignored, and not left to a function of ours, which Python lets go of before the process is gone
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _stop(number: int, frame: FrameType | None) -> None:
    """Stop the command; whoever asks again no longer waits for that."""
    signal.signal(signal.SIGINT, _end)
    signal.default_int_handler(number, frame)


def _end(_number: int, _frame: FrameType | None) -> None:
    """End at once, without a word; whatever was kept stays, and worker processes end with their parent."""
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main())
