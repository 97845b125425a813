"""Several scenarios side by side: their numbers, their paired differences, and the settings that differ."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from model.problems import listed
from model.rules.records import ABOUT
from model.scenario import Scenario

from ..measures.columns import NUMBERS
from ..results.compare import COMPARED, compare
from ..results.sources import differences
from ..results.summary import Summary
from .content import Result
from .words import NONE, Number, estimate

LABELS = {name: f"{ABOUT[name].label} ({ABOUT[name].unit})" for name in COMPARED}


class Beside(NamedTuple):
    """Scenarios side by side: sentences, and tables with a column for each, whose lines are a label and its cells.

    ``adoption`` has a sentence, and ``paired`` a column, for every scenario but the first, to which all others are
    compared; where no comparison is possible both are empty and ``why_not`` says why. In ``settings`` a dash stands
    where a scenario lacks a parameter; ``absent`` has a sentence for every stakeholder that only some scenarios have.
    """

    names: list[str]
    adoption: list[str]
    numbers: list[tuple[str, list[Number]]]
    paired: list[tuple[str, list[Number]]]
    why_not: str
    settings: list[tuple[str, list[str]]]
    absent: list[str]


def beside(results: Sequence[Result]) -> Beside | None:
    """The runs of scenarios among these results side by side; None for fewer than two."""
    summaries = [result.findings.finding for result in results if isinstance(result.findings.finding, Summary)]
    runs = [result for result in results if isinstance(result.findings.finding, Summary)]
    if len(runs) < 2:
        return None
    why_not = incomparable(runs)
    paired = [] if why_not else _paired(runs)
    names = [result.name for result in runs]
    return Beside(
        names=names,
        adoption=_adoption(names, paired),
        numbers=[
            (LABELS[name], [estimate(summary.measures[name].interval, ABOUT[name]) for summary in summaries])
            for name in COMPARED
        ],
        paired=paired,
        why_not=why_not,
        settings=_settings([result.plan.scenario for result in runs]),
        absent=_absent(runs),
    )


def incomparable(runs: Sequence[Result]) -> str:
    """Why runs of scenarios cannot be compared pair by pair; '' if they can."""
    old = [result.name for result in runs if not result.is_current]
    if old:
        return f"{listed(old)} was played with other rules or libraries than those at hand; repeat its command."
    for noun, values in (
        ("seeds", [str(result.plan.seed) for result in runs]),
        ("numbers of runs", [f"{result.runs:,}" for result in runs]),
    ):
        if len(set(values)) > 1:
            each = listed([f"{value} in {result.name}" for value, result in zip(values, runs, strict=True)])
            return f"their {noun} differ ({each}), so that a run of one has no twin with the same luck in another."
    return ""


def _paired(runs: Sequence[Result]) -> list[tuple[str, list[Number]]]:
    tables = {result.name: pd.DataFrame({name: result.store[name] for name in ("failed", *NUMBERS)}) for result in runs}
    others = compare(tables).values()
    return [
        (LABELS[name], [estimate(pairs[name].difference, ABOUT[name], signed=True) for pairs in others])
        for name in COMPARED
    ]


def _adoption(names: Sequence[str], paired: Sequence[tuple[str, list[Number]]]) -> list[str]:
    """How much more often each scenario adopts a framework than the first, run by run."""
    first, *others = names
    changes = dict(paired).get(LABELS["adopted"], [])
    return [
        f"{name}: adopted {change.value}{_interval(change)} against {first}, under the same luck."
        for name, change in zip(others, changes, strict=False)
        if change.value != NONE
    ]


def _interval(change: Number) -> str:
    return f" [95% interval {change.interval}]" if change.interval else ""


def _settings(scenarios: Sequence[Scenario]) -> list[tuple[str, list[str]]]:
    """The parameters that differ, by label and unit."""
    entries = {path: entry for scenario in scenarios for path, entry in scenario.entries.items()}
    return [
        (f"{entries[path].label} ({entries[path].unit})", [value or NONE for value in values])
        for path, values in differences(scenarios).items()
    ]


def _absent(runs: Sequence[Result]) -> list[str]:
    """A sentence for every stakeholder that some of the scenarios lack."""
    labels = {name: label for result in runs for name, label in result.plan.scenario.labels.items()}
    return [
        f"{label} is not part of {listed(without)}."
        for name, label in labels.items()
        if (without := [result.name for result in runs if name not in result.plan.scenario.labels])
    ]
