"""Two scenarios under the same luck: what differs, and how much the common luck has saved."""

import math
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from model.rules.records import ABOUT
from model.scenario import Scenario

from ..measures.columns import NUMBERS
from ..measures.intervals import Interval, average
from .summary import plain
from .summary_text import interval

TOLD = (  # the measures that the text names; the JSON has all
    "adopted",
    "durable",
    "review_days",
    "labs_joined",
    "share_at_horizon",
    "delay_days",
    "holds",
    "incidents",
    "covered_unreviewed",
)


class Paired(NamedTuple):
    """A difference of two scenarios in one measure.

    ``difference`` is the second minus the first over the ``runs`` in which both have the measure;
    ``unpaired_runs`` is how many runs of each an unpaired comparison needs for an interval as narrow (NaN where
    the runs do not differ at all).
    """

    difference: Interval
    first: float
    second: float
    runs: int
    unpaired_runs: float


def paired(first: "pd.Series[float]", second: "pd.Series[float]") -> Paired:
    """The paired difference of one measure.

    With variances a and b of the two and d of their difference, the interval of n pairs is as narrow as that of
    n (a + b) / d unpaired runs each.
    """
    both = first.notna() & second.notna()
    one, other = np.asarray(first[both], dtype=float), np.asarray(second[both], dtype=float)
    change = other - one
    needed = math.nan
    if len(change) > 1 and change.var(ddof=1) > 0.0:
        needed = len(change) * float((one.var(ddof=1) + other.var(ddof=1)) / change.var(ddof=1))
    means = [float(values.mean()) if len(values) else math.nan for values in (one, other)]
    return Paired(average(change), means[0], means[1], len(change), needed)


def compare(tables: dict[str, pd.DataFrame]) -> dict[str, dict[str, Paired]]:
    """Every scenario but the first against the first: name -> measure -> paired difference.

    Parameters
    ----------
    tables : dict of DataFrame
        The runs of each scenario, same runs and seed; runs that failed in either are left out.
    """
    (_, base), *others = tables.items()
    found = {}
    for name, table in others:
        good = (base["failed"] == "") & (table["failed"] == "")
        found[name] = {measure: paired(base[measure][good], table[measure][good]) for measure in NUMBERS}
    return found


def told(scenarios: list[Scenario], found: dict[str, dict[str, Paired]], runs: int) -> str:
    """The comparison as text for a terminal."""
    return "\n\n".join(_told(scenarios[0], scenario, found[scenario.name], runs) for scenario in scenarios[1:])


def _told(base: Scenario, scenario: Scenario, its: dict[str, Paired], runs: int) -> str:
    change = its["adopted"].difference
    points = "" if math.isnan(change.low) else f" [95% interval {100 * change.low:+.1f} to {100 * change.high:+.1f}]"
    labels = {name: f"{ABOUT[name].label} ({ABOUT[name].unit})" for name in TOLD}
    wide = max(len(label) for label in labels.values())
    one, other = max(10, len(base.name)), max(10, len(scenario.name))
    lines = [
        f"{scenario.called}: adopted {100 * change.mean:+.1f} points against {base.called}{points}.",
        f"{runs:,} runs each under the same luck; the last column says how many of each would be needed without it.",
        "",
        f"{'':{wide}}  {base.name:>{one}}  {scenario.name:>{other}}  difference  {'95% interval':22}  runs if unpaired",
    ]
    for name, label in labels.items():
        pair = its[name]
        ends = interval(plain(pair.difference), "+.3f").strip()
        needed = "any" if math.isnan(pair.unpaired_runs) else f"{pair.unpaired_runs:,.0f}"
        means = f"{pair.first:{one}.3f}  {pair.second:{other}.3f}  {pair.difference.mean:+10.3f}"
        lines.append(f"{label:{wide}}  {means}  {ends:22}  {needed:>16}")
    return "\n".join(lines)


def as_data(scenarios: list[Scenario], found: dict[str, dict[str, Paired]], runs: int, seed: int) -> dict[str, Any]:
    """The comparison as plain data for JSON."""
    return {
        "base": scenarios[0].name,
        "runs": runs,
        "seed": seed,
        "comparisons": {
            name: {
                measure: {
                    **plain(one.difference),
                    "base": number(one.first),
                    "other": number(one.second),
                    "runs": one.runs,
                    "unpaired_runs": number(one.unpaired_runs),
                }
                for measure, one in its.items()
            }
            for name, its in found.items()
        },
    }


def number(value: float) -> float | None:
    """A number that JSON can hold."""
    return None if math.isnan(value) else value
