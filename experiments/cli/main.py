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
from model.problems import BadInput, known_instead, nearest, plain, quoted

from ..figures.glyphs import note_of_undrawn
from ..runs.errors import Interrupted, Unfinished
from . import analyse, files, play, read, start, validate
from .options import Command
from .terminal import RED, ReaderGone, shown_plainly, styled

UNFINISHED, USAGE_ERROR, INTERRUPTED = 1, 2, 130
LINE_ENDS = "\n"
FILES = {"bash": "_shtab_compgen_files", "zsh": "_files"}  # what completes an argument that names a file or folder
OF_FILES = ("SCENARIO", "SWEEP", "RESULTS", "SHARD", "REGIME", "FORECAST", "OUTCOMES", "TABLE", "FILE", "DIR", "A", "B")
MOST_SHOWN = 30  # problems printed; what is wrong beyond that is counted
GROUPS: dict[str, tuple[Command, ...]] = {
    "start": start.COMMANDS,
    "play": play.COMMANDS,
    "ask": analyse.COMMANDS,
    "validate": validate.COMMANDS,
    "results": read.COMMANDS,
    "files": files.COMMANDS,
}
COMMANDS = tuple(command for commands in GROUPS.values() for command in commands)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 could not be finished, 2 bad input, 130 interrupted."""
    with contextlib.ExitStack() as stack:
        if sys.stderr is None:  # closed: nobody is to be told
            stack.enter_context(contextlib.redirect_stderr(stack.enter_context(open(os.devnull, "w"))))
        try:
            _carry_out(sys.argv[1:] if arguments is None else arguments)
        except UsageError as error:
            _say(error, style=RED)
            return USAGE_ERROR
        except BadInput as error:
            _say(*error.problems[:MOST_SHOWN], style=RED)
            if len(error.problems) > MOST_SHOWN:
                _say(f"and {len(error.problems) - MOST_SHOWN} more", style=RED)
            return USAGE_ERROR
        except Unfinished as error:
            _say(error, style=RED)
            return UNFINISHED
        except KeyboardInterrupt as error:
            _say(error if isinstance(error, Interrupted) else "stopped; nothing was written")
            return INTERRUPTED
        except ReaderGone:
            return 0
    return 0


def _carry_out(arguments: Sequence[str]) -> None:
    """Parse and carry out one command."""
    with shown_plainly():
        chosen = parsed(parser(), arguments)
        chosen.command(chosen)
    note = note_of_undrawn()
    if note:
        _say(note)


def _say(*messages: object, style: str = "") -> None:
    """Print messages, of one line or several, where they are not taken for results."""
    for message in messages:
        print(styled(f"optin: {plain(str(message), LINE_ENDS)}", style, sys.stderr), file=sys.stderr)


# ---------------------------------------------------------------- what was typed


class UsageError(Exception):
    """A command line that names no command, or is no way to call the one it names."""


class Parser(argparse.ArgumentParser):
    """Refuses abbreviations and raises short errors."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options)
        self.color = False  # Python 3.14 would colour help with control characters, which are shown plainly here

    def error(self, message: str) -> Any:
        """Refuse what was typed."""
        raise UsageError(f"{message}; see {self.prog} --help")


def parser(listing: str = argparse.SUPPRESS) -> Parser:
    """The parser of `optin`, with one for each command; with a `listing` its help lists them a second time."""
    top = Parser(
        prog="optin",
        usage="optin [-h] [--version] COMMAND ...",
        description=f"How a voluntary rule gets made, and who joins it.\n\n{_listed()}",
        epilog="example:\n  optin run baseline.yaml\n  optin trace baseline.yaml --run 3",
    )
    top.add_argument("--version", action="version", version=f"optin {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND", prog="optin", help=listing)
    for command in COMMANDS:
        about, example = command.about, f"example:\n  {command.example}"
        own = commands.add_parser(command.name, help=about, description=about, epilog=example)
        own.set_defaults(command=command.function, refused_by=own)
        for flag, options in command.arguments:
            action = own.add_argument(flag, **options)
            if options.get("metavar") in OF_FILES:
                setattr(action, "complete", FILES)  # noqa: B010  # read by shtab alone
    return top


def parsed(top: Parser, arguments: Sequence[str]) -> argparse.Namespace:
    """What was typed, as the function of its command takes it.

    Raises
    ------
    UsageError
        With the nearest command or flag.
    """
    if not arguments:
        print(top.format_help(), file=sys.stderr)
        top.error("found no command")
    names = [command.name for command in COMMANDS]
    word = next((word for word in arguments if not word.startswith("-")), names[0])
    if word not in names:
        top.error(f"found no command {quoted(word)}{known_instead(word, names)}")
    chosen, unknown = top.parse_known_args(arguments)
    if unknown:
        flags = [flag for command in COMMANDS if command.name == word for flag, _ in command.arguments]
        chosen.refused_by.error(f"unrecognized arguments: {' '.join(unknown)}{_meant(unknown[0], flags)}")
    return chosen


def _meant(word: str, flags: Sequence[str]) -> str:
    """The flag that a word begins, or else the nearest one, as a question; '' where there is none."""
    begun = [flag for flag in flags if flag.startswith("--") and flag.startswith(word) and len(word) > len("--")]
    return f"; did you mean {begun[0]!r}?" if begun else nearest(word.partition("=")[0], flags)


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
