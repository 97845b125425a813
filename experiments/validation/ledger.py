"""The ledger of forecasts: every file on record with its hash, chained so that a later change shows.

An entry's hash is over the hash of the entry before, the name of its file, the hash of that file and the day, a line
each; the ledger ends with the hash of the last entry, its head. Whoever knows a head can tell whether anything up to it
has changed since. Anybody can work out a hash anew, so the chain alone is no proof of when: the commit that brought an
entry is the only timestamp. A head given to an outside timestamp (OpenTimestamps, a newspaper) is a better one.

References
----------
Haber & Stornetta (1991), *Journal of Cryptology* 3: 99-111.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from model.problems import BadInput, Problem, refusal
from model.schema_problems import schema_problems
from model.yamltree import Node, parse, read_text

from ..runs.files import is_file

LEDGER = "ledger.yaml"
ON_RECORD = Path(__file__).parent.parent / "forecasts"  # the ledger that is shipped
NOTHING = "0" * 64  # before the first entry
HEAD_LINES = (
    "# Forecasts on record, oldest first; entries are added, never changed. README.md says how hashes are worked out.",
)
HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$(?!\n)", "description": "a SHA-256 of 64 hexadecimal digits"}
DAY = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)", "description": "a day, as 2026-07-05"}
NAME = {"type": "string", "pattern": r"^[\w.-]+$(?!\n)", "description": "the name of a file beside the ledger"}
ENTRY: dict[str, Any] = {"file": NAME, "sha256": HASH, "written": DAY, "before": HASH}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "entries": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": ENTRY,
                "required": list(ENTRY),
                "additionalProperties": False,
                "description": "a mapping with " + ", ".join(ENTRY),
            },
            "minItems": 1,
            "description": "a list of entries",
        },
        "head": HASH,
    },
    "required": ["entries", "head"],
    "additionalProperties": False,
}


class Entry(NamedTuple):
    """A file on record: its name, its hash, the day it was written, and the hash of the entry before."""

    file: str
    sha256: str
    written: str
    before: str

    @property
    def hash(self) -> str:
        """The hash of the entry."""
        return sha256("".join(f"{line}\n" for line in (self.before, self.file, self.sha256, self.written)).encode())


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def head(entries: Sequence[Entry]) -> str:
    """The hash that stands for a ledger as a whole."""
    return entries[-1].hash if entries else NOTHING


def extended(entries: Sequence[Entry], file: str, content: bytes, written: str) -> list[Entry]:
    """A ledger with one more file."""
    return [*entries, Entry(file, sha256(content), written, head(entries))]


def ledger_text(entries: Sequence[Entry]) -> str:
    """The text of a ledger."""
    lines = [*HEAD_LINES, "entries:"]
    for entry in entries:
        lines += [
            f"{'  - ' if name == 'file' else '    '}{name}: {value if name == 'written' else repr(value)}"
            for name, value in entry._asdict().items()
        ]
    return "\n".join([*lines, f"head: '{head(entries)}'"]) + "\n"


def read_ledger(folder: Path) -> list[Entry]:
    """The ledger of a folder, checked: the chain holds, and every file is as recorded; empty where there is none.

    Raises
    ------
    BadInput
        With everything that has changed: entries by line and column, files by name.
    """
    path = folder / LEDGER
    if not path.exists():
        return []
    tree = parse(read_text(path, str(path)), str(path))
    if problems := list(schema_problems(SCHEMA, tree)):
        raise BadInput(problems)
    nodes = tree.value["entries"].value
    entries = [Entry(**node.plain()) for node in nodes]
    problems = [*_chain_problems(entries, nodes, tree.value["head"]), *_file_problems(folder, entries)]
    if problems:
        raise BadInput(problems)
    return entries


def _chain_problems(entries: Sequence[Entry], nodes: Sequence[Node], last: Node) -> Iterator[Problem]:
    """Where a hash of an entry is not the one that stands after it."""
    expected = NOTHING
    for number, (entry, node) in enumerate(zip(entries, nodes, strict=True), 1):
        if entry.before != expected:
            mark = node.value["before"].mark
            above = "64 zeros, as it is the first" if number == 1 else f"{expected}, that of the entry above"
            yield Problem(mark, f"the chain is broken: found {entry.before} before {entry.file}; needed: {above}")
        expected = entry.hash
    if last.value != expected:
        text = f"the chain is broken: found the head {last.value}; needed: {expected}, that of the last entry"
        yield Problem(last.mark, text)


def _file_problems(folder: Path, entries: Iterable[Entry]) -> Iterator[Problem]:
    """Which files are gone, or not as they were recorded."""
    for entry in entries:
        path = folder / entry.file
        if not is_file(path):
            yield from refusal(path, f"is on record in {LEDGER} and is missing").problems
        elif (found := sha256(path.read_bytes())) != entry.sha256:
            yield from refusal(
                path, f"has changed since it was recorded: its SHA-256 is {found}, {LEDGER} has {entry.sha256}"
            ).problems
