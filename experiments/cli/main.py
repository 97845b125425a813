"""The `optin` command: parses, calls, prints. Heavy libraries are imported only by the commands that need them."""

import argparse
import contextlib
import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

from model import __version__
from model.problems import BadInput, plain

from ..figures.glyphs import note_of_undrawn
from ..runs.errors import Interrupted, Unfinished
from . import analyse, files, play, read, site, validate
from .options import Command
from .terminal import ReaderGone, shown_plainly

UNFINISHED, USAGE_ERROR, INTERRUPTED = 1, 2, 130
LINE_ENDS = "\n"
MOST_SHOWN = 30  # problems printed; what is wrong beyond that is counted
GROUPS: dict[str, tuple[Command, ...]] = {
    "play": play.COMMANDS,
    "ask": analyse.COMMANDS,
    "validate": validate.COMMANDS,
    "results": (*read.COMMANDS, *site.COMMANDS),
    "files": files.COMMANDS,
}
COMMANDS = tuple(command for commands in GROUPS.values() for command in commands)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 could not be finished, 2 bad input, 130 interrupted."""
    with contextlib.ExitStack() as stack:
        if sys.stderr is None:  # closed: nobody is to be told
            stack.enter_context(contextlib.redirect_stderr(stack.enter_context(open(os.devnull, "w"))))
        try:
            _carry_out(arguments)
        except BadInput as error:
            _say(*error.problems[:MOST_SHOWN])
            if len(error.problems) > MOST_SHOWN:
                _say(f"and {len(error.problems) - MOST_SHOWN} more")
            return USAGE_ERROR
        except Unfinished as error:
            _say(error)
            return UNFINISHED
        except KeyboardInterrupt as error:
            _say(error if isinstance(error, Interrupted) else "stopped; nothing was written")
            return INTERRUPTED
        except ReaderGone:
            return 0
    return 0


def _carry_out(arguments: Sequence[str] | None) -> None:
    """Parse and carry out one command."""
    with shown_plainly():
        chosen = _parser().parse_args(arguments)
        chosen.command(chosen)
    note = note_of_undrawn()
    if note:
        _say(note)


def _say(*messages: object) -> None:
    """Print messages, of one line or several, where they are not taken for results."""
    for message in messages:
        print(f"optin: {plain(str(message), LINE_ENDS)}", file=sys.stderr)


class _Parser(argparse.ArgumentParser):
    """Refuses abbreviations and prints short errors."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options)
        self.color = False  # Python 3.14 would colour help with control characters, which are shown plainly here

    def error(self, message: str) -> Any:
        _say(f"{message}; see {self.prog} --help")
        raise SystemExit(USAGE_ERROR)


def _parser() -> argparse.ArgumentParser:
    top = _Parser(
        prog="optin",
        usage="optin [-h] [--version] COMMAND ...",
        description=f"How a voluntary rule gets made, and who joins it.\n\n{_listed()}",
        epilog="example:\n  optin run scenarios/baseline.yaml\n  optin trace scenarios/baseline.yaml --run 3",
    )
    top.add_argument("--version", action="version", version=f"optin {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND", prog="optin", help=argparse.SUPPRESS)
    for command in COMMANDS:
        parser = commands.add_parser(command.name, description=command.about, epilog=f"example:\n  {command.example}")
        parser.set_defaults(command=command.function)
        for flag, options in command.arguments:
            parser.add_argument(flag, **options)
    return top


def _listed() -> str:
    """The commands and what they do, group by group; argparse itself can list them only all together."""
    wide = max(len(command.name) for command in COMMANDS)
    width = max(shutil.get_terminal_size().columns - 2, wide + 24)
    below = " " * (wide + 4)
    parts = []
    for title, commands in GROUPS.items():
        lines = [
            textwrap.fill(f"  {command.name:{wide}}  {command.about}", width, subsequent_indent=below)
            for command in commands
        ]
        parts.append("\n".join([f"{title}:", *lines]))
    return "\n\n".join(parts)
