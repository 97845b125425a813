"""YAML text to a tree that knows where everything stands.

Stricter than YAML 1.1, whose surprises have cost users dearly: only what looks like a plain decimal number is a
number, only ``true``, ``false`` and ``null`` are words with a meaning, everything else is text; a key may stand
once; anchors, aliases, tags and second documents are refused. Nothing in a file is ever executed.
"""

import math
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .problems import CONTROL, BadInput, Mark, Problem, quoted

MAX_BYTES = 1_000_000
MAX_NODES = 20_000  # keys and values; the root scenario has about 2,500, a fitted one some 11,000
MAX_DEPTH = 20
MAX_DIGITS = 300
EXPONENT = r"(?:[eE][-+][0-9]+)?"  # as in YAML 1.1: after a point only, and with a sign
NUMBER = re.compile(rf"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*{EXPONENT})?|\.[0-9]+{EXPONENT})")
SCIENTIFIC = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][-+]?[0-9]+")
UNSHOWN = re.compile(rf"(?![\t\n]){CONTROL.pattern}")
KEY = re.compile(r"\s*\w+:(\s|$)")
OTHERS = {".md": "Markdown", ".txt": "plain text", ".py": "Python", ".ipynb": "a notebook", ".tex": "LaTeX"}
TABLE_LINES = 5  # by which a table is told
NOT_YAML = "a YAML file of names and values is needed; see scenarios/README.md, and optin show scenarios/baseline.yaml"
OF_ACTORS = "optin import makes one of a table of actors"
WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
HINTS = {  # text that was probably meant as a number -> advice
    r"0[0-9]+": "write it without the leading zero",
    r"[-+]?\.?(?i:nan|inf)": "a number must be finite",
    r"(?i:yes|no|on|off|y|n)": "yes and no are words here, not numbers",
    NUMBER.pattern: "write it without quotes",
}


@dataclass
class Node:
    """A value, and where it and (in a mapping) its key stand. ``value`` is a scalar, a dict or a list of nodes."""

    value: Any
    mark: Mark
    key_mark: Mark

    def plain(self) -> Any:
        """The value as ordinary Python data."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def mappings(self) -> Iterator["Node"]:
        """Every mapping from here down, this one first."""
        inner: Iterable[Node] = ()
        if isinstance(self.value, dict):
            yield self
            inner = self.value.values()
        elif isinstance(self.value, list):
            inner = self.value
        for node in inner:
            yield from node.mappings()

    def at(self, path: Iterable[str | int]) -> "Node":
        """The node under `path`, or the deepest one on the way to it."""
        node = self
        for step in path:
            try:
                node = node.value[step]
            except (KeyError, IndexError, TypeError):
                break
        return node


def scalar(text: str) -> Any:
    """What a plain (unquoted) YAML scalar means here: a number, true, false, null, or text."""
    if text in WORDS:
        return WORDS[text]
    if not NUMBER.fullmatch(text):
        return text
    if re.search(r"[.eE]", text):
        number = float(text)
        return number if math.isfinite(number) else text
    return int(text) if len(text) < MAX_DIGITS else text


def hint(text: Any) -> str:
    """Advice for text that was probably meant as a number, or ''."""
    if not isinstance(text, str) or len(text) >= MAX_DIGITS:
        return ""
    if SCIENTIFIC.fullmatch(text) and math.isfinite(float(text)):
        return f"; write it as a plain number, as {float(text):.6g}"
    return next((f"; {advice}" for pattern, advice in HINTS.items() if re.fullmatch(pattern, text)), "")


def described(value: Any) -> str:
    """A value of a file in the words of a message."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    return repr(value) if len(repr(value)) <= 60 else repr(value)[:57] + "..."


def read_text(
    path: Path, shown: str, asked_from: Mark | None = None, needed: str = "YAML", most: int = MAX_BYTES
) -> str:
    """The text of a file of at most so many bytes; `needed` is the kind of file that should be there.

    Raises
    ------
    BadInput
        When the file is missing, a directory, too large, unreadable or not UTF-8 text. The place named is
        `asked_from` where another file asked for this one.
    """

    def bad(text: str) -> BadInput:
        where = asked_from or Mark(shown)
        return BadInput([Problem(where, f"{shown}: {text}" if asked_from else text)])

    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            wrong = f"is a directory; a {needed} file is needed"
        elif not stat.S_ISREG(about.st_mode):
            wrong = f"is not an ordinary file; a {needed} file is needed"
        elif about.st_size > most:
            wrong = f"has {about.st_size:,} bytes; at most {most:,} are allowed"
        else:
            wrong, raw = _wrong_name(shown), path.read_bytes()
    except FileNotFoundError:
        wrong = "no such file"
    except (OSError, ValueError) as error:
        wrong = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    if wrong:
        raise bad(wrong)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise bad(f"is not UTF-8 text (byte {error.start:,}); a {needed} file is needed") from None


def _wrong_name(shown: str) -> str:
    """What is wrong with the name of a file, which reaches tables, figures and terminals, or ''."""
    control = CONTROL.search(shown)
    return f"has the control character {control[0]!r} in its name; rename it" if control else ""


def parse(text: str, file: str) -> Node:
    """The tree of a YAML text whose top is a mapping.

    Raises
    ------
    BadInput
        With every duplicate key, or the one thing that makes the text unreadable.
    """
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.YAMLError as error:
        raise BadInput([*builder.problems, _foreign(text, file) or _not_yaml(error, text, file)]) from None
    if builder.top is None or not isinstance(builder.top.value, dict):
        mark = builder.top.mark if builder.top else Mark(file, 1, 1)
        what = "nothing" if builder.top is None else described(builder.top.value)
        wrong = Problem(mark, f"found {what}; a mapping of names to values is needed")
        raise BadInput([*builder.problems, _foreign(text, file) or wrong])
    if builder.problems:
        raise BadInput(builder.problems)
    return builder.top


def _foreign(text: str, file: str) -> Problem | None:
    """What a file is that was made for another program, as far as its first lines tell."""
    lines = [line for line in text.splitlines() if line.strip()][:TABLE_LINES]
    if lines and lines[0].lstrip().startswith("<"):
        return Problem(Mark(file, 1, 1), f"looks like XML or HTML; {NOT_YAML}")
    if any(KEY.match(line) for line in lines):
        return None
    for name, between in {"tabs": "\t", "commas": ",", "semicolons": ";"}.items():
        if len(lines) > 1 and all(between in line.strip(" ").lstrip("\t") for line in lines):
            text = f"looks like a table with {name} between its columns (CSV); {NOT_YAML}; {OF_ACTORS}"
            return Problem(Mark(file, 1, 1), text)
    return named_otherwise(file)


def named_otherwise(file: str) -> Problem | None:
    """What a file is by its name, if that is of another kind."""
    kind = OTHERS.get(Path(file).suffix.lower())
    return Problem(Mark(file, 1, 1), f"is {kind}, and no YAML; {NOT_YAML}") if kind else None


def _is_indented_by_tab(text: str, line: int) -> bool:
    """Whether there is a tab before the first word of a line, counted from 0."""
    lines = text.split("\n")
    return line < len(lines) and "\t" in lines[line][: len(lines[line]) - len(lines[line].lstrip())]


def _not_yaml(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Where the parser gave up, and why."""
    if isinstance(error, yaml.MarkedYAMLError):
        where, begun = error.problem_mark or error.context_mark, error.context_mark
        mark = Mark(file, where.line + 1, where.column + 1) if where else Mark(file)
        if where and _is_indented_by_tab(text, where.line):
            return Problem(mark, "found a tab before the first word of the line; indent with spaces")
        since = f" ({error.context} begun in line {begun.line + 1})" if error.problem and begun else ""
        return Problem(mark, f"not valid YAML: {error.problem or error.context}{since}")
    if isinstance(error, yaml.reader.ReaderError):
        before = text.encode()[: error.position].decode(errors="ignore")
        mark = Mark(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
        return Problem(mark, f"found the character {chr(int(error.character))!r}; a YAML file is plain text")
    return Problem(Mark(file), f"not valid YAML: {error}")


class _Builder:
    """Builds the tree from parser events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.top: Node | None = None
        self.open: list[Node] = []
        self.keys: list[tuple[str, Mark] | None] = []
        self.problems: list[Problem] = []
        self.documents = 0
        self.nodes = 0

    def take(self, event: Any) -> None:
        mark = Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        self._refuse(event, mark)
        match event:
            case yaml.ScalarEvent():
                plain = not event.style
                self._add(Node(scalar(event.value) if plain else event.value, mark, mark), event.value)
            case yaml.MappingStartEvent():
                self._open(Node({}, mark, mark))
            case yaml.SequenceStartEvent():
                self._open(Node([], mark, mark))
            case yaml.CollectionEndEvent():
                self.open.pop()
                self.keys.pop()

    def _refuse(self, event: Any, mark: Mark) -> None:
        problem = ""
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                problem = "found a second document (---); one to a file is allowed"
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            problem = f"found the anchor or alias {quoted(event.anchor)}; these are not allowed, write the value out"
        elif isinstance(event, yaml.ScalarEvent) and (control := UNSHOWN.search(event.value)):
            problem = f"found the control character {control[0]!r} in a text; it would reach the reader's terminal"
        elif getattr(event, "tag", None):
            problem = f"found the tag {quoted(event.tag)}; tags are not allowed"
        if problem:
            raise BadInput([*self.problems, Problem(mark, problem)])

    def _open(self, node: Node) -> None:
        self._add(node, None)
        self.open.append(node)
        self.keys.append(None)
        if len(self.open) > MAX_DEPTH:
            raise BadInput([*self.problems, Problem(node.mark, f"nested deeper than {MAX_DEPTH} levels")])

    def _add(self, node: Node, text: str | None) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise BadInput([*self.problems, Problem(node.mark, f"found more than {MAX_NODES:,} keys and values")])
        if not self.open:
            self.top = node
            return
        holder = self.open[-1].value
        if isinstance(holder, list):
            holder.append(node)
        elif self.keys[-1] is None:
            if text is None:
                raise BadInput([*self.problems, Problem(node.mark, "found a collection as a key; keys are names")])
            self.keys[-1] = (text, node.mark)
        else:
            key, key_mark = self.keys[-1]
            self.keys[-1] = None
            if key in holder:
                first = holder[key].key_mark
                self.problems.append(
                    Problem(key_mark, f"found the key {quoted(key)} again; it stands already in line {first.line}")
                )
            node.key_mark = key_mark
            holder[key] = node
