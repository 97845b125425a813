"""Decisions on record, each with the positions of those who bargained, in the form of DEU III.

A line is an issue, tab-separated: ``isnr`` names the issue, ``prnr`` the proposal that it is part of, ``out`` is the
outcome, ``rp`` the reference point (what holds without a decision), ``p<actor>`` and ``s<actor>`` are an actor's
position and salience. All lie in 0..100; what lies outside, as 999, and what is empty is missing.

References
----------
Arregui & Perarnaud (2021), *The Decision-making in the European Union (DEU) dataset III*, doi 10.34810/data53.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from model.problems import BadInput, Mark, Problem, listed, nearest, quoted, refusal
from model.yamltree import read_text

from ..plans.cells import Cell, number_in, read_cells

FORM = "a table in the form of DEU III is needed, tab-separated, with isnr, prnr, out, rp, p<actor> and s<actor>"
NAMED = ("isnr", "prnr", "out", "rp")
FEWEST_ACTORS = 3  # with position and salience
TEST = "test"
SCALE = 100.0


class Actor(NamedTuple):
    """Somebody who bargains: position and salience in 0..100."""

    name: str
    position: float
    salience: float


class Decision(NamedTuple):
    """An issue that was decided; ``reference`` is what holds without a decision, NaN where that is not known."""

    issue: str
    proposal: str
    actors: tuple[Actor, ...]
    reference: float
    outcome: float


class Record(NamedTuple):
    """The decisions of a file, how many of its lines were left out and why, and its name and SHA-256 digest."""

    decisions: tuple[Decision, ...]
    left_out: Mapping[str, int]
    file: str
    digest: str


def read_decisions(path: Path) -> Record:
    """The decisions that have an outcome and at least three actors with position and salience above 0 together.

    Raises
    ------
    BadInput
        With everything that is wrong with the file.
    """
    lines = read_cells(path, "\t")
    if not lines:
        raise refusal(Mark(str(path), 1, 1), f"is empty; {FORM}")
    head, *rows = lines
    names = _names(head)
    problems: list[Problem] = []
    kept: dict[str, Decision] = {}
    left_out: Counter[str] = Counter()
    for row in rows:
        try:
            decision = _decision(names, row)
            if decision.issue in kept:
                text = f"found the issue {quoted(decision.issue)} again; an issue may stand once"
                raise refusal(row[names.index("isnr")].mark, text)
        except BadInput as error:
            problems += error.problems
            continue
        why = _unusable(decision)
        if why:
            left_out[why] += 1
        else:
            kept[decision.issue] = decision
    if problems:
        raise BadInput(problems)
    if len({decision.proposal for decision in kept.values()}) < 2:
        text = "found no issues of two proposals that can be used; each is predicted from others"
        raise refusal(str(path), text)
    return Record(tuple(kept.values()), dict(left_out), path.name, hashlib.sha256(path.read_bytes()).hexdigest())


def _names(head: Sequence[Cell]) -> list[str]:
    """The names of the columns, those that are needed among them."""
    names = [cell.text for cell in head]
    missing = [name for name in NAMED if name not in names]
    if missing or not _actors(names):
        found = f"found no column {listed(missing)}" if missing else "found no actor with p<actor> and s<actor>"
        raise refusal(head[0].mark, f"{found}{nearest(missing[0], names) if missing else ''}; {FORM}")
    again = [cell for number, cell in enumerate(head) if cell.text and cell.text in names[:number]]
    if again:
        raise BadInput(Problem(cell.mark, f"found the column {quoted(cell.text)} again") for cell in again)
    return names


def _actors(names: Sequence[str]) -> list[str]:
    """The actors that have both a position and a salience, in the order of the columns."""
    return [name[1:] for name in names if name[:1] == "p" and name[1:] and f"s{name[1:]}" in names]


def _decision(names: Sequence[str], row: Sequence[Cell]) -> Decision:
    """A line as a decision, whether or not it can be used."""
    if len(row) != len(names):
        raise refusal(row[0].mark, f"found {len(row)} cells; as many as columns ({len(names)}) are needed")
    cells = dict(zip(names, row, strict=True))
    actors = [Actor(name, *(_value(cells[key + name], key + name) for key in "ps")) for name in _actors(names)]
    return Decision(
        cells["isnr"].text,
        cells["prnr"].text,
        tuple(actor for actor in actors if not math.isnan(actor.position + actor.salience)),
        _value(cells["rp"], "rp"),
        _value(cells["out"], "out"),
    )


def _value(cell: Cell, column: str) -> float:
    """The number in a cell; NaN where it is missing."""
    if not cell.text:
        return math.nan
    value = number_in(cell, column, "a number is allowed, or nothing where it is missing")
    return value if 0.0 <= value <= SCALE else math.nan


def _unusable(decision: Decision) -> str:
    """Why a decision is left out, or ''."""
    if math.isnan(decision.outcome):
        return "no outcome"
    if len(decision.actors) < FEWEST_ACTORS:
        return f"fewer than {FEWEST_ACTORS} actors with position and salience"
    return "" if any(actor.salience for actor in decision.actors) else "nobody who cares"


# ---------------------------------------------------------------- a split


def read_split(path: Path, record: Record) -> list[bool]:
    """Which decisions belong to the test half of a published split: ``{"assignment": {issue: "test" or another}}``.

    Raises
    ------
    BadInput
        With what is wrong with the file, or where it does not go with the decisions.
    """
    shown = str(path)
    try:
        split = json.loads(read_text(path, shown, needed="JSON"))
    except json.JSONDecodeError as error:
        raise refusal(Mark(shown, error.lineno, error.colno), f"not valid JSON: {error.msg}") from None
    except (RecursionError, ValueError) as error:  # nested too deep, a number too long
        raise refusal(shown, f"not valid JSON: {error}") from None
    halves = split.get("assignment") if isinstance(split, dict) else None
    if not isinstance(halves, dict):
        raise refusal(shown, 'found no "assignment"; {"assignment": {"<issue>": "test" or another half}} is needed')
    missing = [decision.issue for decision in record.decisions if decision.issue not in halves]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        text = f"found no half for the issue {quoted(missing[0])}{more}; every issue of {record.file} needs one"
        raise refusal(shown, text)
    in_test = [halves[decision.issue] == TEST for decision in record.decisions]
    if all(in_test) or not any(in_test):
        raise refusal(
            shown, f"found {sum(in_test)} of {len(in_test)} issues in {quoted(TEST)}; some, not all, are needed"
        )
    return in_test
