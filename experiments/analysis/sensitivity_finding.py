"""The finding of a sensitivity analysis: its numbers, in words and as data."""

import math
from typing import Any, NamedTuple

from ..measures.columns import SHARE
from ..measures.intervals import Interval
from ..measures.signflips import more_than_luck
from ..plans.design import Plan
from ..results.text_table import text_table
from ..results.words import bracketed
from .common import failed_text, played

MOST_SHOWN = 15  # parameters in the text and the figure


class Sensitivity(NamedTuple):
    """The sensitivity of a measure: indices by path, in the plan's order, with 95% intervals.

    By Sobol: ``first``, the share of the variance that a parameter explains alone, and ``total``, with all its
    interactions (both 0..1 up to chance). By Morris: ``total`` holds mu*, the mean absolute change of the measure from
    a third of the range to the next two (elementary effects), and ``first`` is empty. ``luck`` is the share of the
    variance between points that further runs would remove, ``chances`` for each parameter the probability that luck
    alone moves the measure as much.
    """

    plan: Plan
    first: dict[str, Interval]
    total: dict[str, Interval]
    mean: float
    variance: float
    luck: float
    chances: dict[str, float]
    runs: int
    failed: int

    def ranked(self) -> list[str]:
        """The paths, the parameter that moves the measure most first."""
        return sorted(self.total, key=lambda path: -self.total[path].mean)

    def told(self) -> list[str]:
        """The paths whose total index differs detectably from zero, as they are ranked.

        Its interval, which is over points, leaves out 0, and it is more than the luck of the runs, at 1% for all
        parameters together; none where all of the variance may be luck.
        """
        beyond = more_than_luck(self.chances) if self.luck < 1.0 else frozenset()
        return [path for path in self.ranked() if path in beyond and self.total[path].low > 0.0]

    def headline(self) -> str:
        """The parameters that move the measure most, in one sentence."""
        entries, label, detected = self.plan.scenario.entries, self.plan.about.label, self.told()
        if not self.variance > 0.0:
            return f"{label}: the same at all {len(self.plan.points):,} points, so that nothing is seen to move it."
        if not detected:
            return f"{label}: no unknown's effect can be told from luck, so that none is drawn."
        strongest = ", ".join(f"{entries[path].label} ({_index(self.total[path])})" for path in detected[:3])
        count = f"effects that can be told from luck: {len(detected)} of {len(self.total)} unknowns"
        return f"{label} is moved most by {strongest}; {count}."

    def text(self) -> str:
        """The finding as text for a terminal."""
        plan, label = self.plan, self.plan.about.label
        lines = [
            self.headline(),
            "",
            f"{plan.title}: {plan.question}",
            f"{self.runs:,} runs at {len(plan.points):,} points, seed {plan.seed}. {label}: {_level(self)}.",
            *_luck_lines(self),
            *failed_text(self.failed),
            "",
            *_rows(self),
        ]
        if any(index.mean < 0.0 for index in [*self.first.values(), *self.total.values()]):
            lines += ["", "An index below zero is near zero, estimated from too few points; more points bring it up."]
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The finding as plain data for JSON."""
        assert self.plan.asks is not None
        return {
            **played(self.plan, self.runs, self.failed),
            **self.plan.asks.settings,
            "measure": self.plan.measure,
            "mean": self.mean,
            "variance": self.variance,
            "luck": self.luck,
            "parameters": {path: self._parameter(path) for path in self.ranked()},
        }

    def _parameter(self, path: str) -> dict[str, Any]:
        return {
            "label": self.plan.scenario.entries[path].label,
            "total": self.total[path].data(),
            **({"first": self.first[path].data()} if self.first else {}),
            "chance": self.chances[path],
            "told_from_zero": path in self.told(),
        }


def _index(index: Interval) -> str:
    return bracketed(index, "z.2f")


def _level(sensitivity: Sensitivity) -> str:
    """The mean of the measure and how much points differ."""
    spread = math.sqrt(sensitivity.variance)
    if sensitivity.plan.about.unit == SHARE:
        mean, deviation = f"{100 * sensitivity.mean:.1f}%", f"{100 * spread:.1f} percentage points"
    else:
        mean, deviation = f"{sensitivity.mean:.3g} {sensitivity.plan.about.unit}", f"{spread:.3g}"
    return f"{mean}, with a standard deviation between points of {deviation}"


def _luck_lines(sensitivity: Sensitivity) -> list[str]:
    """How much is luck, and how effects are told from it."""
    if not sensitivity.variance > 0.0:
        return ["There is no variance between points to divide: every index is 0, without an interval."]
    return [
        f"{sensitivity.luck:.0%} of the variance between points is luck, not parameters; more runs at each point help.",
        "Intervals are over points. Effects are told from luck by flipping the signs of runs, at 1% for all together.",
    ]


def _rows(sensitivity: Sensitivity) -> list[str]:
    """A line for each of the strongest parameters, and one about the others."""
    entries, ranked = sensitivity.plan.scenario.entries, sensitivity.ranked()
    shown, others = ranked[:MOST_SHOWN], ranked[MOST_SHOWN:]
    columns = [sensitivity.total, sensitivity.first] if sensitivity.first else [sensitivity.total]
    head = ["", *(("total", "first") if sensitivity.first else ("mu*",)), "", ""]
    rows, told = [], sensitivity.told()
    for path in shown:
        zero = "" if path in told else "not told from luck"
        rows.append([path, *(_index(indices[path]) for indices in columns), zero, entries[path].label])
    lines = text_table(head, rows)
    if others:
        ends = [end for path in others for end in sensitivity.total[path] if not math.isnan(end)]
        lines.append(f"and {len(others)} more, none of them above {max(ends):.2f}, intervals included")
    return lines
