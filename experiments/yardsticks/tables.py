"""Records from elsewhere: CSV files of which every cell is checked, and refused by line and column.

A record is one line of the file, so that a place in it can be named. Columns that are not asked for may hold anything.
"""

import csv
import datetime
import io
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from model.problems import BadInput, Mark, Problem, listed, nearest, plain, quoted, refusal
from model.yamltree import read_text

MOST_BYTES = 50_000_000

type Cell = Callable[[str], Any]
"""What a cell means; raises a `ValueError` that says what is allowed."""


class Row(NamedTuple):
    """A line of a table: what is in the columns that were asked for, and where it stands."""

    values: dict[str, Any]
    mark: Mark


def read_record(path: Path, columns: Mapping[str, Cell], key: Collection[str]) -> list[Row]:
    """The rows of a table with at least these columns, in any order, and rows that differ in those of the key.

    Raises
    ------
    BadInput
        Where the file is no such table; it holds everything that is wrong.
    """
    shown = str(path)
    text = read_text(path, shown, needed="CSV", most=MOST_BYTES)
    lines = [(number, line) for number, line in enumerate(io.StringIO(text, newline=None), 1) if line.strip()]
    if not lines:
        raise refusal(Mark(shown, 1, 1), f"is empty; the columns {listed(list(columns))} are needed, and rows below")
    number, first = lines[0]
    head = [name.strip() for name in _cells(Mark(shown, number, 1), first)]
    _check_head(Mark(shown, number, 1), head, columns)
    rows, problems = [], []
    for number, line in lines[1:]:
        try:
            rows.append(_row(Mark(shown, number, 1), line, head, columns))
        except BadInput as error:
            problems += error.problems
    if not rows and not problems:
        problems.append(Problem(Mark(shown, number, 1), "found no row below the names of the columns"))
    problems += _repeated(rows, key)
    if problems:
        raise BadInput(problems)
    return rows


def _cells(mark: Mark, line: str) -> list[str]:
    try:
        return next(csv.reader([line.rstrip("\n")], strict=True))
    except csv.Error as error:
        raise refusal(mark, f"is not a line of CSV: {error}") from None


def _check_head(mark: Mark, head: Sequence[str], columns: Collection[str]) -> None:
    problems = [
        Problem(mark, f"found no column {name}{nearest(name, head)}; columns here: {plain(', '.join(head))[:200]}")
        for name in columns
        if name not in head
    ]
    problems += [Problem(mark, f"found the column {name} twice") for name in columns if head.count(name) > 1]
    if problems:
        raise BadInput(problems)


def _row(start: Mark, line: str, head: Sequence[str], columns: Mapping[str, Cell]) -> Row:
    cells = _cells(start, line)
    if len(cells) != len(head):
        raise refusal(start, f"found {len(cells)} cells; as many as columns ({len(head)}) are needed")
    places = dict(zip(head, zip(cells, _starts(line, len(cells)), strict=True), strict=True))
    values, problems = {}, []
    for name, cell in columns.items():
        text, column = places[name]
        try:
            values[name] = cell(text.strip())
        except ValueError as error:
            where = Mark(start.file, start.line, column)
            problems.append(Problem(where, f"found {quoted(text.strip())} as {name}; {error}"))
    if problems:
        raise BadInput(problems)
    return Row(values, start)


def _starts(line: str, cells: int) -> list[int]:
    """The column of the file at which each of its cells starts, counted from 1."""
    starts, in_quotes = [1], False
    for column, character in enumerate(line, 1):
        if character == '"':
            in_quotes = not in_quotes
        elif character == "," and not in_quotes:
            starts.append(column + 1)
    return starts if len(starts) == cells else [1] * cells  # a quote in the middle of a cell is a letter of it


def _repeated(rows: Sequence[Row], key: Collection[str]) -> list[Problem]:
    """Rows that are as an earlier one in the columns of the key."""
    lines: dict[tuple[Any, ...], int] = {}
    problems = []
    for row in rows:
        what = tuple(row.values[name] for name in key)
        if what in lines:
            text = f"found the same {listed(list(key))} as in line {lines[what]}; each may stand once"
            problems.append(Problem(row.mark, text))
        lines.setdefault(what, row.mark.line)
    return problems


# ---------------------------------------------------------------- what a cell may be


def some_text(text: str) -> str:
    """Text that is not empty."""
    if not text:
        raise ValueError("text is needed")
    return text


def word(*allowed: str) -> Cell:
    """One of some words."""

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"allowed: {listed(allowed).replace(' and ', ' or ')}")
        return text

    return read


def number(least: float, most: float, missing: float | None = None) -> Cell:
    """A number in a range; `missing` stands for an empty cell, where one is allowed."""

    def read(text: str) -> float:
        if not text and missing is not None:
            return missing
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            raise ValueError(f"a number from {least:g} to {most:g} is needed")
        return value

    return read


def day(text: str) -> int:
    """A day of the calendar as its number, counted from 1 on the first day of the year 1."""
    try:
        return datetime.date.fromisoformat(text).toordinal()
    except ValueError:
        raise ValueError("a day is needed, as 2016-04-22") from None


def day_or_never(text: str) -> float:
    """A day as its number; infinite where there is none."""
    return day(text) if text else math.inf
