"""The `optin` command: parses, calls, prints. Heavy libraries are imported only by the commands that need them."""

import argparse
import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

from model import __version__
from model.problems import BadInput

from ..runs.errors import Interrupted, Unfinished
from . import analyse, files, play, read, validate
from .options import Command, Function

UNFINISHED, USAGE_ERROR, INTERRUPTED = 1, 2, 130
MOST_SHOWN = 30  # problems printed; what is wrong beyond that is counted
GROUPS: dict[str, tuple[Command, ...]] = {
    "play": play.COMMANDS,
    "ask": analyse.COMMANDS,
    "validate": validate.COMMANDS,
    "results": read.COMMANDS,
    "files": files.COMMANDS,
}
COMMANDS = tuple(command for commands in GROUPS.values() for command in commands)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 could not be finished, 2 bad input, 130 interrupted."""
    chosen = _parser().parse_args(arguments)
    command: Function = chosen.command
    try:
        command(chosen)
        sys.stdout.flush()
    except BadInput as error:
        for problem in error.problems[:MOST_SHOWN]:
            print(f"optin: {problem}", file=sys.stderr)
        if len(error.problems) > MOST_SHOWN:
            print(f"optin: and {len(error.problems) - MOST_SHOWN} more", file=sys.stderr)
        return USAGE_ERROR
    except Unfinished as error:
        print(f"optin: {error}", file=sys.stderr)
        return UNFINISHED
    except KeyboardInterrupt as error:
        reason = error if isinstance(error, Interrupted) else "stopped; nothing was written"
        print(f"optin: {reason}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # as in `optin show ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing left to flush into
    return 0


class _Parser(argparse.ArgumentParser):
    """Refuses abbreviations and prints short errors."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options)

    def error(self, message: str) -> Any:
        print(f"optin: {message}; see {self.prog} --help", file=sys.stderr)
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
