"""The finding of a sensitivity analysis: its numbers, in words and as data."""

import math
from typing import Any, NamedTuple

from ..measures.columns import SHARE
from ..measures.intervals import Interval
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
    variance between points that further runs would remove.
    """

    plan: Plan
    first: dict[str, Interval]
    total: dict[str, Interval]
    mean: float
    variance: float
    luck: float
    runs: int
    failed: int

    def ranked(self) -> list[str]:
        """The paths, the parameter that moves the measure most first."""
        return sorted(self.total, key=lambda path: -self.total[path].mean)

    def differs_from_zero(self, path: str) -> bool:
        """Whether a parameter's total index differs detectably from zero."""
        return self.total[path].low > 0.0

    def headline(self) -> str:
        """The parameters that move the measure most, in one sentence."""
        entries, label = self.plan.scenario.entries, self.plan.about.label
        detected = [path for path in self.ranked() if self.differs_from_zero(path)]
        if not detected:
            return f"{label}: no parameter's effect differs detectably from zero."
        strongest = ", ".join(f"{entries[path].label} ({_index(self.total[path])})" for path in detected[:3])
        count = f"effects that differ detectably from zero: {len(detected)} of {len(self.total)} unknowns"
        return f"{label} is moved most by {strongest}; {count}."

    def text(self) -> str:
        """The finding as text for a terminal."""
        plan, label = self.plan, self.plan.about.label
        lines = [
            self.headline(),
            "",
            f"{plan.title}: {plan.question}",
            f"{self.runs:,} runs at {len(plan.points):,} points, seed {plan.seed}. {label}: {_level(self)}.",
            f"{self.luck:.0%} of the variance between points is luck, not parameters; more runs at each point help.",
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
            "told_from_zero": self.differs_from_zero(path),
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


def _rows(sensitivity: Sensitivity) -> list[str]:
    """A line for each of the strongest parameters, and one about the others."""
    entries, ranked = sensitivity.plan.scenario.entries, sensitivity.ranked()
    shown, others = ranked[:MOST_SHOWN], ranked[MOST_SHOWN:]
    columns = [sensitivity.total, sensitivity.first] if sensitivity.first else [sensitivity.total]
    head = ["", *(("total", "first") if sensitivity.first else ("mu*",)), "", ""]
    rows = []
    for path in shown:
        zero = "" if sensitivity.differs_from_zero(path) else "not distinguishable from zero"
        rows.append([path, *(_index(indices[path]) for indices in columns), zero, entries[path].label])
    lines = text_table(head, rows)
    if others:
        highest = max(sensitivity.total[path].high for path in others)
        lines.append(f"and {len(others)} more, none of them above {highest:.2f}, intervals included")
    return lines
