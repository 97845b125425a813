"""Several scenarios side by side: their numbers, their paired differences, and in what their settings differ."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from model.rules.records import ABOUT
from model.scenario import Scenario

from ..measures.columns import NUMBERS
from ..results.compare import TOLD, compare
from ..results.sources import differences
from .content import Result
from .words import NONE, Number, difference, estimate

LABELS = {name: f"{ABOUT[name].label} ({ABOUT[name].unit})" for name in TOLD}


class Beside(NamedTuple):
    """Tables with a column a scenario: lines of a label and its cells.

    ``paired`` has no column for the first scenario, to which all others are compared; where there can be no such
    comparison it is empty and ``why_not`` says why. In ``settings`` a dash stands where a scenario lacks a parameter;
    ``absent`` has a sentence for everybody who is at some tables only.
    """

    names: list[str]
    numbers: list[tuple[str, list[Number]]]
    paired: list[tuple[str, list[Number]]]
    why_not: str
    settings: list[tuple[str, list[str]]]
    absent: list[str]


def beside(results: Sequence[Result]) -> Beside | None:
    """The runs of scenarios among these results side by side; None for fewer than two."""
    runs = [result for result in results if not result.plan.varied]
    if len(runs) < 2:
        return None
    why_not = incomparable(runs)
    scenarios = [result.plan.scenario for result in runs]
    return Beside(
        [result.name for result in runs],
        [
            (LABELS[name], [estimate(its.found.data["measures"][name], ABOUT[name].unit) for its in runs])
            for name in TOLD
        ],
        [] if why_not else _paired(runs),
        why_not,
        _settings(scenarios),
        _absent(runs),
    )


def incomparable(runs: Sequence[Result]) -> str:
    """Why runs of scenarios cannot be compared pair by pair; '' if they can."""
    old = [its.name for its in runs if not its.is_current]
    if old:
        return f"{_listed(old)} was made by other rules or libraries than those at hand; make it anew with its command."
    for what, values in (
        ("seeds", [str(its.plan.seed) for its in runs]),
        ("numbers of runs", [f"{its.found.data['runs']:,}" for its in runs]),
    ):
        if len(set(values)) > 1:
            its = _listed([f"{value} in {run.name}" for value, run in zip(values, runs, strict=True)])
            return f"their {what} differ ({its}), so that a run of one has no twin with the same luck in another."
    return ""


def _listed(words: list[str]) -> str:
    return ", ".join(words[:-1]) + " and " * (len(words) > 1) + words[-1]


def _paired(runs: Sequence[Result]) -> list[tuple[str, list[Number]]]:
    tables = {its.name: pd.DataFrame({name: its.store[name] for name in ("failed", *NUMBERS)}) for its in runs}
    found = compare(tables).values()
    return [(LABELS[name], [difference(its[name].difference, ABOUT[name].unit) for its in found]) for name in TOLD]


def _settings(scenarios: Sequence[Scenario]) -> list[tuple[str, list[str]]]:
    """The parameters that differ, by label and path."""
    entries = {path: entry for scenario in scenarios for path, entry in scenario.entries.items()}
    return [
        (f"{entries[path].label} ({entries[path].unit})", [value or NONE for value in values])
        for path, values in differences(scenarios).items()
    ]


def _absent(runs: Sequence[Result]) -> list[str]:
    """Who is not at the table of which scenario, though at another's: a sentence each."""
    everybody = {name: label for its in runs for name, label in its.plan.scenario.labels.items()}
    return [
        f"{label} is not part of {_listed(without)}."
        for name, label in everybody.items()
        if (without := [its.name for its in runs if name not in its.plan.scenario.labels])
    ]
