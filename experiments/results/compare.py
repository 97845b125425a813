"""Scenarios under the same luck: paired differences, and how many runs the common luck has saved."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from model.rules.records import ABOUT

from ..measures.columns import NUMBERS
from ..measures.intervals import Interval, difference_in, finite
from ..runs.store import Store
from .dictionary import Column
from .text_table import text_table
from .words import interval_text, or_dash, value_text

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


COLUMNS = (  # of the table of differences, a row for each measure of each scenario but the first
    Column("measure", "What is compared", "name"),
    Column("label", "The measure in words", "text"),
    Column("unit", "The unit of the measure, of its means and of the difference", "text"),
    Column("base", "The scenario that the others are compared to", "name"),
    Column("scenario", "The scenario", "name"),
    Column("base_mean", "Mean of the base over the pairs", "as in unit"),
    Column("mean", "Mean of the scenario over the pairs", "as in unit"),
    Column("difference", "Mean of the paired differences, scenario less base", "as in unit"),
    Column("difference_low", "Difference: lower end of its 95% interval", "as in unit"),
    Column("difference_high", "Difference: upper end of its 95% interval", "as in unit"),
    Column("pairs", "Runs that have the measure in both", "runs"),
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


def paired(unit: str, first: "pd.Series[float]", second: "pd.Series[float]") -> Paired:
    """The paired difference of one measure in this unit.

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
    return Paired(difference_in(unit, change), means[0], means[1], len(change), needed)


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
        differences[name] = {
            measure: paired(ABOUT[measure].unit, base[measure][good], table[measure][good]) for measure in NUMBERS
        }
    return differences


def compare_stores(stores: Sequence[Store]) -> "Comparison":
    """The scenarios of finished results, of as many runs under one seed, against the first of them."""
    plans = [store.plan for store in stores]
    called = [plan.scenario.called for plan in plans]
    names = [
        name if called.count(name) == 1 else f"{name} ({store.folder})"
        for name, store in zip(called, stores, strict=True)
    ]
    tables = {
        name: pd.DataFrame({column: store[column] for column in ("failed", *NUMBERS)})
        for name, store in zip(names, stores, strict=True)
    }
    return Comparison(names[0], plans[0].runs, plans[0].seed, compare(tables))


class Comparison(NamedTuple):
    """Scenarios against the first of them, the base, under the same luck: ``differences`` as `compare` gives them."""

    base: str
    runs: int
    seed: int
    differences: dict[str, dict[str, Paired]]

    def headline(self) -> str:
        """How much more often each scenario adopts a framework than the first."""
        return " ".join(self._adoption(name, pairs) for name, pairs in self.differences.items())

    def text(self) -> str:
        """The comparison as text for a terminal: a table for each scenario but the first."""
        return "\n\n".join("\n".join(self._lines(name, pairs)) for name, pairs in self.differences.items())

    def columns(self) -> dict[str, list[Any]]:
        """The columns of the table of differences, as `COLUMNS` says."""
        rows = [
            (measure, *ABOUT[measure][:2], self.base, name, its.first, its.second, *its.difference, its.runs)
            for name, pairs in self.differences.items()
            for measure, its in pairs.items()
        ]
        return {column.name: list(cells) for column, cells in zip(COLUMNS, zip(*rows, strict=True), strict=True)}

    def data(self) -> dict[str, Any]:
        """The comparison as plain data that JSON can hold."""
        return {
            "base": self.base,
            "runs": self.runs,
            "seed": self.seed,
            "comparisons": {
                name: {measure: pair.data() for measure, pair in pairs.items()}
                for name, pairs in self.differences.items()
            },
        }

    def _adoption(self, name: str, its: Mapping[str, Paired]) -> str:
        change = its["adopted"].difference
        if math.isnan(change.mean):
            return f"{name}: no run came to an end both in it and in {self.base}."
        mean, low, high = (f"{100 * end:+.1f}" for end in change)
        return f"{name}: adopted {mean} points against {self.base} [95% interval {low} to {high}]."

    def _lines(self, name: str, its: Mapping[str, Paired]) -> list[str]:
        pairs = {measure: its[measure] for measure in COMPARED}
        head = ["", self.base, name, "difference [95% interval]", "pairs", "runs if unpaired"]
        lines = [
            self._adoption(name, its),
            f"{self.runs:,} runs each under the same luck. Pairs: runs that have the measure in both; the means are "
            "over these.",
            "The last column says how many runs of each would be needed without the same luck.",
            "",
            *text_table(head, [_row(measure, pair) for measure, pair in pairs.items()], "<>><>>"),
        ]
        if any(pair.runs and math.isnan(pair.difference.low) for pair in pairs.values()):
            lines.append("No interval is given for one pair, nor where all differences are equal.")
        return lines


def _row(name: str, pair: Paired) -> list[str]:
    """A measure in the table: both means, the difference, the pairs, and the runs without the same luck."""
    about = ABOUT[name]
    needed = "any" if pair.runs else "-"
    return [
        f"{about.label} ({about.unit})",
        *(or_dash(value_text(mean, about)) for mean in (pair.first, pair.second)),
        or_dash(interval_text(pair.difference, about, signed=True)),
        f"{pair.runs:,}",
        needed if math.isnan(pair.unpaired_runs) else f"{pair.unpaired_runs:,.0f}",
    ]
