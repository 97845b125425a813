"""The points of a sweep from a CSV table with a column for each varied parameter."""

import csv
import io
import math
from pathlib import Path
from typing import Any

from model.problems import BadInput, Mark, Problem, nearest, plain, quoted, refusal
from model.scenario import Scenario
from model.schema import Declaration, value_schema
from model.schema_problems import schema_problems
from model.yamltree import SCIENTIFIC, Node, read_text, scalar

from .design import Point

MOST_POINTS = 1_000_000
MOST_BYTES = 200_000_000  # of a table


def table_points(path: Path, table_node: Node, varied: list[str], scenario: Scenario) -> list[Point]:
    """The points of a CSV table with a column for each varied parameter, in any order."""
    shown = str(path)
    reader = csv.reader(io.StringIO(read_text(path, shown, table_node.mark, "CSV", MOST_BYTES), newline=None))
    try:
        lines = [(reader.line_num, line) for line in reader if line]
    except csv.Error as error:
        raise refusal(Mark(shown, reader.line_num, 1), f"is not CSV: {error}") from None
    if not lines:
        raise refusal(Mark(shown, 1, 1), "is empty; the names of the columns are needed, and points below")
    head = [cell.strip() for cell in lines[0][1]]
    problems = _head_problems(shown, head, varied)
    if problems:
        raise BadInput(problems)
    if len(lines) - 1 > MOST_POINTS:
        raise refusal(shown, f"found {len(lines) - 1:,} points; at most {MOST_POINTS:,} are allowed")
    first_line: dict[Point, int] = {}
    for number, line in lines[1:]:
        point, wrong = _row(shown, number, head, line, scenario)
        problems += wrong
        if not wrong and point in first_line:
            text = f"found the same values as in line {first_line[point]}; a point may stand once"
            problems.append(Problem(Mark(shown, number, 1), text))
        first_line.setdefault(point, number)
    if len(lines) == 1:
        problems.append(Problem(Mark(shown, 1, 1), "found no point below the names of the columns"))
    if problems:
        raise BadInput(problems)
    order = [head.index(name) for name in varied]
    return [tuple(point[column] for column in order) for point in first_line]


def _head_problems(shown: str, head: list[str], varied: list[str]) -> list[Problem]:
    mark = Mark(shown, 1, 1)
    missing = [name for name in varied if name not in head]
    unknown = [name for name in head if name not in varied]
    problems = [
        Problem(mark, f"found no column {name}; columns here: {plain(', '.join(head)) or 'none'}") for name in missing
    ]
    problems += [
        Problem(mark, f"found the column {quoted(name)}{nearest(name, varied)}; vary names {', '.join(varied)}")
        for name in unknown
    ]
    if not problems and len(head) != len(set(head)):
        problems.append(Problem(mark, "found a column twice"))
    return problems


def _cell(text: str) -> Any:
    """What a cell means: as in YAML, and numbers as programs write them, such as 1e-05."""
    return float(text) if SCIENTIFIC.fullmatch(text) and math.isfinite(float(text)) else scalar(text)


def _row(shown: str, number: int, head: list[str], line: list[str], scenario: Scenario) -> tuple[Point, list[Problem]]:
    """A line of a table as a point, and what is wrong with it."""
    mark = Mark(shown, number, 1)
    if len(line) != len(head):
        return (), [
            Problem(
                mark, f"found {len(line)} cell{'s' * (len(line) != 1)}; as many as columns ({len(head)}) are needed"
            )
        ]
    values: list[Any] = []
    problems: list[Problem] = []
    for name, cell in zip(head, line, strict=True):
        entry = scenario.entries[name]
        value = _cell(cell.strip())
        rules = value_schema(entry.type, Declaration(entry.label, entry.unit, entry.low, entry.high))
        problems += schema_problems(rules, Node(value, mark, mark), name)
        values.append(value)
    return tuple(values), problems
