"""The finding of why a lab stayed out: its numbers, in words and as data."""

from typing import Any, NamedTuple

from ..measures.intervals import Interval
from ..plans.design import Plan
from ..results.text_table import text_table
from ..results.words import bracketed, counted
from .common import failed_text, played

JOINS, OUT, NO_FRAMEWORK = "joined", "stayed out", "no framework"
FEW = 30  # runs in a group, below which its intervals are said to rest on few
MOST_NAMED = 3  # parts in the headline


class PartOfGain(NamedTuple):
    """A part of the gain, in release cycles: its mean by outcome, and where the lab stayed out less where it joined."""

    label: str
    means: dict[str, Interval]
    difference: Interval

    @property
    def is_told(self) -> bool:
        """Whether the interval of the difference leaves out zero."""
        return self.difference.leaves_out_zero


class Why(NamedTuple):
    """Why a lab stayed out: the parts of its gain as the talks ended, the largest difference first.

    ``runs`` are counted by outcome; ``no_talks`` had no order and so no gain.
    """

    plan: Plan
    lab: str
    runs: dict[str, int]
    no_talks: int
    failed: int
    total: PartOfGain
    parts: list[PartOfGain]

    @property
    def label(self) -> str:
        """The name of the lab as readers know it."""
        return self.plan.scenario.labels[self.lab]

    def headline(self) -> str:
        """The parts that tell staying out from joining, in one sentence."""
        out, joined = self.runs[OUT], self.runs[JOINS]
        if min(out, joined) < 2:
            both = f"it joined in {counted(joined, 'run')} and stayed out in {out:,}"
            return f"{self.label}: too few runs to compare, {both} of those that adopt."
        told = [part for part in self.parts if part.is_told][:MOST_NAMED]
        where = f"{self.label} stayed out of {out:,} of {counted(out + joined, 'adopted framework')}"
        if not told:
            return f"{where}; no part of its gain differs detectably there from where it joined."
        parts = "; ".join(f"{part.label} {bracketed(part.difference, '+.2f')}" for part in told)
        return f"{where}; there its gain differed most in (release cycles): {parts}."

    def text(self) -> str:
        """The finding as text for a terminal, the headline first."""
        columns = (JOINS, OUT, NO_FRAMEWORK)
        head = ["Gain in release cycles", *(f"{name} ({self.runs[name]:,})" for name in columns), f"{OUT} - {JOINS}"]
        rows = [
            [part.label, *(bracketed(part.means[name], "z.3f") for name in columns), _difference(part)]
            for part in [*self.parts, self.total]
        ]
        few = [name for name in (JOINS, OUT) if self.runs[name] < FEW]
        return "\n".join(
            [
                self.headline(),
                "",
                f"{self.plan.title}: {self.plan.question}",
                f"{self.plan.runs:,} runs, seed {self.plan.seed}; {self.no_talks:,} had no talks and so no gain.",
                *failed_text(self.failed),
                *(f"Few runs in which it {name}: {self.runs[name]:,}." for name in few),
                "",
                *text_table(head, rows),
                "",
                "95% intervals: Student's for means; Welch's for differences, since runs are independent. Each is for",
                "its part alone: of twenty parts that do not differ, one would seem to. A difference is no cause: labs",
                "already in, for one, also follow from what the others did.",
            ]
        )

    def data(self) -> dict[str, Any]:
        """The finding as plain data for JSON."""
        assert self.plan.asks is not None
        return {
            **played(self.plan, self.plan.runs, self.failed),
            **self.plan.asks.settings,
            "label": self.label,
            "by_outcome": dict(self.runs),
            "no_talks": self.no_talks,
            "total": _data(self.total),
            "parts": [_data(part) for part in self.parts],
        }


def _difference(part: PartOfGain) -> str:
    return bracketed(part.difference, "+.3f") + ("" if part.is_told else "  (not told from zero)")


def _data(part: PartOfGain) -> dict[str, Any]:
    return {
        "label": part.label,
        "means": {name: mean.data() for name, mean in part.means.items()},
        "difference": part.difference.data(),
        "told_from_zero": part.is_told,
    }
