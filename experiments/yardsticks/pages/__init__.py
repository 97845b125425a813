"""What a record says, in words: a module a kind, with `headline`, `sentences` and `section`.

The words follow from the data that a finding gives as JSON, so that a page can be printed from stored numbers.
"""

import importlib
import textwrap
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, NamedTuple

from ...measures.intervals import Interval
from ...results.words import bracketed
from .. import KINDS

WIDTH = 120
DIGITS = 12  # of a file's SHA-256 on a page; the stored numbers have all

type Data = Mapping[str, Any]
"""A finding as plain data, as `data` gives it."""


class Section(NamedTuple):
    """The part of a page on one record: the lines of a table, what it needs to be read, and what it cannot tell."""

    table: list[str]
    reading: str
    limits: str


def words(kind: str) -> ModuleType:
    """The module of a kind's words."""
    return importlib.import_module(f".{kind}", __name__)


def page(data: Data) -> str:
    """A record's section of the page on validation, as Markdown: the headline, a table, and what it cannot tell."""
    its, kind = words(data["kind"]), KINDS[data["kind"]]
    section: Section = its.section(data)
    files = "; ".join(f"`{file['file']}` (SHA-256 {file['sha256'][:DIGITS]}...)" for file in data["files"])
    parts = [
        [f"### {kind.title}"],
        wrapped([f"**{its.headline(data)}**"]),
        wrapped(its.sentences(data)),
        section.table,
        wrapped([section.reading, f"**What it cannot tell:** {section.limits}"]),
        wrapped([f"From `{data['command']}`; {files}. Data: {data['source']}."]),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def shown(interval: Data, form: str) -> str:
    """An estimate with its interval, from plain data; '' where there is none."""
    return "" if interval["mean"] is None else bracketed(Interval.from_data(interval), form)


def wrapped(sentences: Iterable[str]) -> list[str]:
    """Sentences one after the other, in lines of a page's width."""
    return textwrap.wrap(" ".join(" ".join(sentences).split()), WIDTH, break_on_hyphens=False, break_long_words=False)
