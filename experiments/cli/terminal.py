"""What commands print passes through here: nothing raw reaches the terminal, and what cannot be printed is said."""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any

from model.problems import plain, refusal

from ..runs.errors import Unfinished
from .widths import fitted

BOLD, RED, USUAL = "\x1b[1m", "\x1b[31m", "\x1b[0m"
STDOUT, STDERR = "\n\t", "\n\t\r"  # what else than text may be written: a progress bar goes back to its line's start


class ReaderGone(Exception):
    """Nobody reads the output any more, as in `optin show ... | head`."""


class Shown:
    """A stream as its commands see it: what is written to it is shown plainly."""

    def __init__(self, stream: Any, keep: str) -> None:
        self._stream = stream
        self._keep = keep

    def __getattr__(self, name: str) -> Any:
        """Whatever else the stream can do."""
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write text with its control characters escaped."""
        return self.write_in("", text)

    def write_in(self, style: str, text: str) -> int:
        """Write text with its control characters escaped, in a style where the stream shows any."""
        with _said(self._stream):
            self._stream.write(styled(plain(text, self._keep), style, self._stream))
        return len(text)

    def flush(self) -> None:
        """Write what is held back."""
        with _said(self._stream):
            self._stream.flush()


def styled(text: str, style: str, stream: Any) -> str:
    """Text in a style, where it goes to a terminal and nobody has asked for none (https://no-color.org)."""
    is_shown = style and stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return f"{style}{text}{USUAL}" if is_shown else text


def tell(text: str) -> None:
    """Print what was found: the headline stands out, and nothing is wider than the terminal."""
    head, line_end, rest = text.partition("\n")
    if isinstance(sys.stdout, Shown):
        sys.stdout.write_in(BOLD, _as_wide(head))
    print(line_end + _as_wide(rest))


def print_wide(text: str) -> None:
    """Print text no wider than the terminal; to files and pipes as it is."""
    print(_as_wide(text))


def _as_wide(text: str) -> str:
    return fitted(text, shutil.get_terminal_size().columns) if sys.stdout.isatty() else text


@contextlib.contextmanager
def _said(stream: Any) -> Iterator[None]:
    """Tell output that fails from whatever else fails in a command."""
    try:
        yield
    except BrokenPipeError:
        _give_up(stream)
        raise ReaderGone from None
    except OSError as error:
        _give_up(stream)
        raise Unfinished(f"the output cannot be written: {error.strerror}") from None


def _give_up(stream: Any) -> None:
    """Let what is held back go nowhere, since Python would try to write it once more as it ends."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


@contextlib.contextmanager
def shown_plainly() -> Iterator[None]:
    """Have all that is printed inside shown plainly, and written by the end.

    Raises
    ------
    BadInput
        Where there is no output to print to.
    Unfinished
        Where the output cannot be written.
    ReaderGone
        Where nobody reads it.
    """
    if sys.stdout is None:
        raise refusal("standard output", "is closed; send it to a file, or to /dev/null")
    with (
        contextlib.redirect_stdout(Shown(sys.stdout, STDOUT)),
        contextlib.redirect_stderr(Shown(sys.stderr, STDERR)),
    ):
        try:
            yield
        finally:
            sys.stdout.flush()
