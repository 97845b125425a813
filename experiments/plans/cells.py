"""Tables as other programs write them, cell by cell, each with its place in the file."""

import re
from pathlib import Path
from typing import NamedTuple

from model.problems import BadInput, Mark, Problem, quoted
from model.yamltree import NUMBER, SCIENTIFIC, read_text

MOST_BYTES = 20_000_000
SEPARATORS = "\t,;"
LINES = 5  # by which the separator is told
BETWEEN_QUOTES = re.compile(r"\s*(?P<quote>[\"'])(?P<text>.*)(?P=quote)\s*")


class Cell(NamedTuple):
    """The text of a cell without blanks and quotes around it, and the place of its first character."""

    text: str
    mark: Mark


def read_cells(path: Path, separator: str | None = None) -> list[list[Cell]]:
    """The lines of a table that are not empty; without a `separator`, the commonest in its first lines.

    Raises
    ------
    BadInput
        Where the file cannot be read.
    """
    shown = str(path)
    lines = re.split(r"\r\n|\n|\r", read_text(path, shown, needed="CSV", most=MOST_BYTES))
    head = "\n".join([line for line in lines if line.strip()][:LINES])
    between = separator or max(SEPARATORS, key=head.count)
    return [_cells(line, Mark(shown, number), between) for number, line in enumerate(lines, 1) if line.strip()]


def _cells(line: str, mark: Mark, separator: str) -> list[Cell]:
    """The cells of one line; a separator between double quotes is text."""
    parts = re.findall(rf'(?:^|{separator})( *"[^"]*" *(?={separator}|$)|[^{separator}]*)', line)
    cells, column = [], 1
    for part in parts:
        between = BETWEEN_QUOTES.fullmatch(part)
        blanks = len(part) - len(part.lstrip())
        cells.append(Cell((between["text"] if between else part).strip(), Mark(mark.file, mark.line, column + blanks)))
        column += len(part) + len(separator)
    return cells


def is_number(cell: Cell) -> bool:
    """Whether a cell holds a plain or a scientific number, and a finite one."""
    return bool(NUMBER.fullmatch(cell.text) or SCIENTIFIC.fullmatch(cell.text)) and abs(float(cell.text)) < float("inf")


def number_in(cell: Cell, column: str, allowed: str) -> float:
    """The number in a cell.

    Raises
    ------
    BadInput
        Where there is none; `allowed` says what there may be.
    """
    if not is_number(cell):
        raise BadInput([Problem(cell.mark, f"found {quoted(cell.text)} for {column}; {allowed}")])
    return float(cell.text)
