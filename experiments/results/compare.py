"""Scenarios under the same luck: paired differences, and how many runs the common luck has saved."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from model.rules.records import ABOUT
from model.scenario import Scenario

from ..measures.columns import NUMBERS
from ..measures.intervals import Interval, average, finite
from .text_table import text_table
from .words import interval_text, value_text

COMPARED = (  # the measures in the text; the JSON has all
    "adopted",
    "durable",
    "review_days",
    "compromise_review_days",  # the yardstick beside it
    "labs_joined",
    "share_at_horizon",
    "delay_days",
    "holds",
    "incidents",
    "covered_unreviewed",
)


class Paired(NamedTuple):
    """A difference of two scenarios in one measure.

    ``difference`` is the second minus the first over the ``runs`` in which both have the measure, ``first`` and
    ``second`` are the means of these runs; ``unpaired_runs`` is how many runs of each an unpaired comparison needs for
    an interval as narrow (NaN where the runs do not differ at all).
    """

    difference: Interval
    first: float
    second: float
    runs: int
    unpaired_runs: float

    def data(self) -> dict[str, Any]:
        """As plain data that JSON can hold."""
        return {
            **self.difference.data(),
            "base": finite(self.first),
            "other": finite(self.second),
            "runs": self.runs,
            "unpaired_runs": finite(self.unpaired_runs),
        }


def paired(first: "pd.Series[float]", second: "pd.Series[float]") -> Paired:
    """The paired difference of one measure.

    With variances a and b of the two and d of their difference, the interval of n pairs is as narrow as that of
    n (a + b) / d unpaired runs each.
    """
    both = first.notna() & second.notna()
    base, other = np.asarray(first[both], dtype=float), np.asarray(second[both], dtype=float)
    change = other - base
    needed = math.nan
    if len(change) > 1 and change.var(ddof=1) > 0.0:
        needed = len(change) * float((base.var(ddof=1) + other.var(ddof=1)) / change.var(ddof=1))
    means = [float(values.mean()) if len(values) else math.nan for values in (base, other)]
    return Paired(average(change), means[0], means[1], len(change), needed)


def compare(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, Paired]]:
    """Every scenario but the first against the first: name -> measure -> paired difference.

    Parameters
    ----------
    tables : name -> DataFrame
        The runs of each scenario, same runs and seed; runs that failed in either are left out.
    """
    (_, base), *others = tables.items()
    differences = {}
    for name, table in others:
        good = (base["failed"] == "") & (table["failed"] == "")
        differences[name] = {measure: paired(base[measure][good], table[measure][good]) for measure in NUMBERS}
    return differences


class Comparison(NamedTuple):
    """Scenarios against the first of them, under the same luck: ``differences`` as `compare` gives them."""

    scenarios: Sequence[Scenario]
    runs: int
    seed: int
    differences: dict[str, dict[str, Paired]]

    def headline(self) -> str:
        """How much more often each scenario adopts a framework than the first."""
        return " ".join(self._adoption(scenario) for scenario in self.scenarios[1:])

    def text(self) -> str:
        """The comparison as text for a terminal: a table for each scenario but the first."""
        return "\n\n".join("\n".join(self._lines(scenario)) for scenario in self.scenarios[1:])

    def data(self) -> dict[str, Any]:
        """The comparison as plain data that JSON can hold."""
        return {
            "base": self.scenarios[0].name,
            "runs": self.runs,
            "seed": self.seed,
            "comparisons": {
                name: {measure: pair.data() for measure, pair in pairs.items()}
                for name, pairs in self.differences.items()
            },
        }

    def _adoption(self, scenario: Scenario) -> str:
        change = self.differences[scenario.name]["adopted"].difference
        mean, low, high = (f"{100 * end:+.1f}" for end in change)
        interval = "" if math.isnan(change.low) else f" [95% interval {low} to {high}]"
        return f"{scenario.called}: adopted {mean} points against {self.scenarios[0].called}{interval}."

    def _lines(self, scenario: Scenario) -> list[str]:
        rows = []
        for name in COMPARED:
            pair, about = self.differences[scenario.name][name], ABOUT[name]
            rows.append(
                [
                    f"{about.label} ({about.unit})",
                    value_text(pair.first, about),
                    value_text(pair.second, about),
                    interval_text(pair.difference, about, signed=True),
                    "any" if math.isnan(pair.unpaired_runs) else f"{pair.unpaired_runs:,.0f}",
                ]
            )
        head = ["", self.scenarios[0].name, scenario.name, "difference [95% interval]", "runs if unpaired"]
        return [
            self._adoption(scenario),
            f"{self.runs:,} runs each under the same luck; the last column says how many of each would be needed "
            "without it.",
            "",
            *text_table(head, rows, "<>><>"),
        ]
