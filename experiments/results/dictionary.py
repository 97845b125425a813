"""The data dictionary of a table: what each of its columns holds, in which unit and range."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from model.rules.records import About
from model.scenario import Entry, Scenario

from ..measures.columns import code, described
from .sweeps import ENDS, FINISHED, HAVE_IT
from .words import spoken

SHARES = ("share", "0 none .. 1 full")  # how units begin of what lies between 0 and 1
RUNS_UNIT, NUMBER = "runs", "number"
LOW, HIGH = ENDS[1:]
KEYS = {  # the columns of a table of runs or points that are neither measures nor parameters
    "point": About("Point of the design, counted from 0", NUMBER),
    "run": About("Run, counted from 0; the same number has the same luck at every point", NUMBER),
    "seed": About("Seed of all luck", NUMBER),
    "failed": About("Why the run failed; empty where it did not", "text"),
    FINISHED: About("Runs at the point that did not fail", RUNS_UNIT),
}


class Column(NamedTuple):
    """A column of a table: its name, what it holds, and in what unit.

    ``codes`` says what numbers stand for; ``least`` and ``most`` are the limits of what it can be, NaN where none are
    known.
    """

    name: str
    label: str
    unit: str
    codes: str = ""
    least: float = math.nan
    most: float = math.nan


def dictionary(names: Iterable[str], scenario: Scenario, rounds: Mapping[str, int]) -> dict[str, list[Any]]:
    """The data dictionary of a table of runs or of points, as columns: a row for each column of the table."""
    measured = described(scenario, rounds)
    return in_columns(_column(name, scenario, measured) for name in names)


def in_columns(rows: Iterable[Column]) -> dict[str, list[Any]]:
    """Described columns as the columns of a table."""
    return dict(zip(Column._fields, map(list, zip(*rows, strict=True)), strict=True))


def _column(name: str, scenario: Scenario, measured: Mapping[str, About]) -> Column:
    if name in KEYS:
        return Column(name, *KEYS[name][:2])
    if name in scenario.entries:
        return _parameter(scenario.entries[name])
    if name in measured:
        return _measure(name, measured[name])
    return _derived(name, measured)


def _parameter(entry: Entry) -> Column:
    least, most = (math.nan, math.nan) if entry.low is None or entry.high is None else (entry.low, entry.high)
    return Column(entry.path, entry.label, entry.unit, "", least, most)


def _measure(name: str, about: About) -> Column:
    words = code(name)
    if words is not None:
        meaning = "; ".join(f"{word.value} {spoken(word.name.lower())}" for word in words)
        return Column(name, about.label, about.unit, meaning, min(words), max(words))
    least, most = (0, 1) if about.unit.startswith(SHARES) else (math.nan, math.nan)
    return Column(name, about.label, about.unit, "", least, most)


def _derived(name: str, measured: Mapping[str, About]) -> Column:
    """A column about the mean of a measure: an end of its interval, or how many runs it is over."""
    of, _, ending = name.rpartition("_")
    about = measured[of]
    if f"_{ending}" == HAVE_IT:
        return Column(name, f"{about.label}: runs that have it", RUNS_UNIT)
    end = "lower" if f"_{ending}" == LOW else "upper"
    return Column(name, f"{about.label}: {end} end of the 95% interval of the mean", about.unit)
