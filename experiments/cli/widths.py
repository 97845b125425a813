"""Text made as narrow as a terminal: prose is wrapped at words, tables within the cells of their widest columns."""

import itertools
import re
import textwrap
from collections.abc import Iterator, Sequence

GAP = re.compile(r"\S {2,}\S")  # between two cells of a row
NARROWEST = 10  # that a column gets

type Span = tuple[int, int]


def fitted(text: str, width: int) -> str:
    """Text in which no line is longer than `width`, as far as its words and cells allow."""
    lines = text.split("\n")
    if all(len(line) <= width for line in lines):
        return text
    parts: list[str] = []
    for is_table, group in itertools.groupby(lines, key=lambda line: bool(GAP.search(line.strip()))):
        rows = list(group)
        parts += _table(rows, width) if is_table else [_wrapped(row, width) for row in rows]
    return "\n".join(parts)


def _wrapped(line: str, width: int) -> str:
    """A line of prose, broken at words; what follows stands below its first word."""
    indent = line[: len(line) - len(line.lstrip())]
    wrapped = textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return "\n".join(wrapped)


def _table(rows: Sequence[str], width: int) -> list[str]:
    """The rows of a table of which the widest columns have been narrowed."""
    if all(len(row) <= width for row in rows):
        return list(rows)
    spans = list(_columns(rows))
    widths = [stop - start for start, stop in spans]
    room = width - 2 * (len(spans) - 1)
    while sum(widths) > room and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    lines: list[str] = []
    for row in rows:
        cells = [row.ljust(spans[-1][1])[start:stop] for start, stop in spans]
        folded = [_folded(cell, wide, at > 0) for at, (cell, wide) in enumerate(zip(cells, widths, strict=True))]
        lines += _joined(folded, widths)
    return lines


def _columns(rows: Sequence[str]) -> Iterator[Span]:
    """Where the columns of a table stand: between two of them two blanks or more are free in every row."""
    longest = max(map(len, rows))
    free = [all(row[at : at + 1] in ("", " ") for row in rows) for at in range(longest)]
    start = 0
    for is_free, run in itertools.groupby(range(longest), key=lambda at: free[at]):
        gap = list(run)
        if is_free and len(gap) > 1 and gap[0] > 0:
            yield start, gap[0]
            start = gap[-1] + 1
    yield start, longest


def _folded(cell: str, width: int, may_stand_right: bool) -> list[str]:
    """A cell on as many lines as it needs; one that stands at the right, as numbers do, stays there."""
    if len(cell) <= width:
        return [cell]
    if may_stand_right and cell.startswith(" ") and not cell.endswith(" ") and len(cell.strip()) <= width:
        return [cell.strip().rjust(width)]
    indent = cell[: len(cell) - len(cell.lstrip())]
    return textwrap.wrap(cell, width, subsequent_indent=indent, break_on_hyphens=False)


def _joined(folded: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """The lines of one row."""
    return [
        "  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()
        for parts in itertools.zip_longest(*folded, fillvalue="")
    ]
