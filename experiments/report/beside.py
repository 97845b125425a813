"""Several scenarios side by side: their numbers, their paired differences, and the settings that differ."""

from collections.abc import Sequence
from typing import NamedTuple

from model.problems import listed
from model.rules.records import ABOUT
from model.scenario import Scenario

from ..publish.comparison import compared, provenance_of_all
from ..publish.findings import Findings
from ..results.compare import COMPARED, Comparison
from ..results.finding import Finding
from ..results.sources import differences
from ..results.summary import Summary
from .content import Result
from .words import NONE, Number, estimate

LABELS = {name: f"{ABOUT[name].label} ({ABOUT[name].unit})" for name in COMPARED}


class Beside(NamedTuple):
    """Scenarios side by side: tables with a column for each, whose lines are a label and its cells.

    All others are compared to the first: ``compared`` holds the finding and its figures, and ``paired`` has no column
    for the first. Where no comparison is possible these are None and empty, and ``why_not`` says why. In ``settings`` a
    dash stands where a scenario lacks a parameter; ``absent`` has a sentence for every stakeholder that only some have.
    """

    names: list[str]
    numbers: list[tuple[str, list[Number]]]
    compared: Findings | None
    provenance: str
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
    stores = [result.store for result in runs]
    found = None if why_not else compared(stores)
    return Beside(
        names=[result.name for result in runs],
        numbers=[
            (LABELS[name], [estimate(summary.measures[name].interval, ABOUT[name]) for summary in summaries])
            for name in COMPARED
        ],
        compared=found,
        provenance=provenance_of_all(stores),
        paired=_paired(found.finding) if found else [],
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


def _paired(comparison: Finding) -> list[tuple[str, list[Number]]]:
    assert isinstance(comparison, Comparison)
    return [
        (
            LABELS[name],
            [estimate(pairs[name].difference, ABOUT[name], signed=True) for pairs in comparison.differences.values()],
        )
        for name in COMPARED
    ]


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
