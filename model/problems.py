"""What is wrong with input: where, what was found and what is allowed."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

# codes that steer a terminal, ends of lines, turns of the writing direction, halves of characters
MOST_NAMED = 40  # known names that a message lists
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str, keep: str = "") -> str:
    """Text as it may be shown: control characters escaped but for those to `keep`, all else unchanged."""
    return CONTROL.sub(lambda found: found[0] if found[0] in keep else repr(found[0])[1:-1], text)


@dataclass(frozen=True)
class Mark:
    """A place in a file; line and column count from 1, 0 where the file as a whole is meant."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        file = plain(self.file)
        return f"{file}:{self.line}:{self.column}" if self.line else file


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, and what was found and what is allowed."""

    mark: Mark
    text: str

    def __str__(self) -> str:
        return f"{self.mark}: {plain(self.text)}"


class BadInput(ValueError):
    """Input that cannot be used. ``problems`` holds everything that was found wrong, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        once = dict.fromkeys(problems)
        self.problems = sorted(once, key=lambda p: (p.mark.file, p.mark.line, p.mark.column))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type["BadInput"], tuple[list[Problem]]]:
        return BadInput, (self.problems,)  # so that it can come back from another process


def refusal(where: Mark | object, text: str) -> BadInput:
    """One problem, to be raised: where (a mark, an option, a file, a folder), what was found and what is allowed."""
    mark = where if isinstance(where, Mark) else Mark(str(where))
    return BadInput([Problem(mark, text)])


def quoted(text: str) -> str:
    """Text in quotes, cut where it is long."""
    return plain(repr(text if len(text) <= 60 else text[:57] + "..."))


def nearest(name: str, known: Iterable[str]) -> str:
    """'; did you mean ...?' for the nearest known name, or ''."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def known_instead(name: str, known: Iterable[str]) -> str:
    """'; did you mean ...?' for the nearest known name, or else '; known: ...' with all of them, in their order."""
    names = list(known)
    rest = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return nearest(name, names) or f"; known: {', '.join(names[:MOST_NAMED])}{rest}"


def listed(words: Sequence[str], nothing: str = "nothing") -> str:
    """Words as a sentence lists them: 'a', 'a and b', 'a, b and c'."""
    if not words:
        return nothing
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def shown_value(value: Any) -> str:
    """A value as a reader would write it."""
    if isinstance(value, float):
        return re.sub(r"\.0$", "", repr(value))
    if isinstance(value, list):
        return "[" + ", ".join(shown_value(item) for item in value) + "]"
    return str(value)
