"""The finding of an analysis of influence: its numbers, in words and as data."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from model.problems import listed

from ..measures.intervals import Interval
from ..plans.design import Plan
from ..results.text_table import text_table
from ..results.words import bracketed, or_dash
from .common import failed_text, played
from .shapley import MOST_EXACT, ORDERS

FEWEST = 20  # runs that have a measure in every coalition, or on both sides of a step; with fewer nothing is said
LABELS = {"adopted": "adoption", "review_days": "the review period at announcement"}
UNITS = {"adopted": "percentage points", "review_days": "days"}
SCALES = {"adopted": 100.0, "review_days": 1.0}

type ByName = dict[str, Interval]


class Influence(NamedTuple):
    """The influence of each stakeholder.

    ``whole`` and ``nobody``: measure -> its mean with everybody's own views, and with nobody's; ``shapley`` and
    ``banzhaf``: measure -> player -> interval; ``pivotal``: lab -> share of runs; ``day``: player -> days of the review
    period for one more day in its ideal; ``tenth``: player -> adoption (0..1) for a tenth more influence. ``clear``:
    'day', 'tenth' or a measure of ``shapley`` -> the players whose effect differs detectably from zero, however many
    players are looked at.
    """

    plan: Plan
    players: tuple[str, ...]
    whole: dict[str, float]
    nobody: dict[str, float]
    shapley: dict[str, ByName]
    banzhaf: dict[str, ByName]
    pivotal: ByName
    day: ByName
    tenth: ByName
    clear: dict[str, frozenset[str]]
    runs: int
    failed: int

    def headline(self) -> str:
        """The stakeholders that move adoption most either way, in one sentence."""
        if "adopted" not in self.shapley:
            return f"Some coalition has fewer than {FEWEST} runs that came to an end: nothing is said about adoption."
        labels, values = self.plan.scenario.labels, self.shapley["adopted"]
        ends = [choose(values, key=lambda name: values[name].mean) for choose in (max, min)]
        clear = self.clear["adopted"]
        strongest = [
            f"{labels[name]} {_bracketed(values, name)} points" for name in dict.fromkeys(ends) if name in clear
        ]
        nobody, whole = 100 * self.nobody["adopted"], 100 * self.whole["adopted"]
        total = f"Everybody's views take adoption from {nobody:.1f}% to {whole:.1f}%"
        if not strongest:
            return f"{total}; no stakeholder's effect differs detectably from zero."
        return f"{total}; most by {'; '.join(strongest)}."

    def text(self) -> str:
        """The finding as text for a terminal."""
        plan = self.plan
        lines = [
            self.headline(),
            "",
            f"{plan.title}: {plan.question}",
            f"{self.runs:,} runs at {len(plan.points):,} points, seed {plan.seed}; 95% intervals in brackets,",
            "none where all runs are equal.",
            *failed_text(self.failed),
            *_orders_text(self.players),
        ]
        for measure, values in self.shapley.items():
            rows = [(name, _bracketed(values, name, measure)) for name in ranked(values)]
            head = f"Effect of each one's views on {LABELS[measure]} (Shapley values, {UNITS[measure]})"
            lines += ["", head, *_rows(self, rows)]
        if "review_days" not in self.shapley:
            lines += ["", f"Some coalition has fewer than {FEWEST} frameworks, so the review period is not divided."]
        return "\n".join([*lines, "", *_pivotal_lines(self), "", *_slope_lines(self), *_undrawn_lines(self)])

    def largest(self, name: str, values: ByName) -> str | None:
        """The player with the largest of the effects that differ detectably from zero; None where none does."""
        return next((player for player in ranked(values) if player in self.clear[name]), None)

    def data(self) -> dict[str, Any]:
        """The finding as plain data for JSON."""
        return {
            **played(self.plan, self.runs, self.failed),
            "shapley": {
                measure: {
                    "whole": self.whole[measure],
                    "nobody": self.nobody[measure],
                    "stakeholders": _data(values),
                }
                for measure, values in self.shapley.items()
            },
            "banzhaf": {measure: _data(values) for measure, values in self.banzhaf.items()},
            "pivotal": _data(self.pivotal),
            "one_day_more": _data(self.day),
            "a_tenth_more_influence": _data(self.tenth),
            "told_from_zero": {name: sorted(players) for name, players in self.clear.items()},
        }


def _orders_text(players: Sequence[str]) -> list[str]:
    """A line on what was sampled of the coalitions; none where all were played."""
    if len(players) <= MOST_EXACT:
        return []
    return [
        f"Of the orders in which {len(players)} players can come in {ORDERS} are sampled; the intervals hold that luck."
    ]


def ranked(values: Mapping[str, Interval]) -> list[str]:
    """Names, the largest change either way first, those without a value last."""
    return sorted(values, key=lambda name: -abs(values[name].mean) if is_known(values[name]) else math.inf)


def is_known(interval: Interval) -> bool:
    """Whether there is an estimate."""
    return not math.isnan(interval.mean)


def moves(interval: Interval) -> bool:
    """Whether there is an estimate, and it or an end of its interval is other than zero."""
    return is_known(interval) and any(abs(end) > 0.0 for end in interval)


def any_moves(values: Mapping[str, Interval]) -> bool:
    """Whether any estimate is other than zero, so that there is something to draw."""
    return any(abs(interval.mean) > 0.0 for interval in values.values())


def _bracketed(values: ByName, name: str, measure: str = "adopted") -> str:
    return bracketed(values[name], "+.1f", SCALES[measure])


def _rows(influence: Influence, rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table without a head: the label of each stakeholder, and further cells."""
    labels = influence.plan.scenario.labels
    _, *lines = text_table([""] * len(rows[0]), [[labels[name], *cells] for name, *cells in rows])
    return [f"  {line}" for line in lines]


def _pivotal_lines(influence: Influence) -> list[str]:
    names = sorted(influence.pivotal, key=lambda lab: -influence.pivotal[lab].mean)
    rows = [(name, bracketed(influence.pivotal[name], ".1%")) for name in names]
    return ["How often a lab's last word decided whether there was a framework", *_rows(influence, rows)]


def _slope_lines(influence: Influence) -> list[str]:
    """The effects of one more day and of a tenth more influence."""
    names = ranked(influence.day)
    points = {name: bracketed(influence.tenth[name], "+z.2f", 100.0) for name in names}
    head, tenth = "One more day in its ideal: days at announcement", "A tenth more influence: points of adoption"
    if not any(map(is_known, influence.day.values())):
        why = f"fewer than {FEWEST} runs reach a framework with a longer ideal, or with a shorter one"
        return [
            tenth,
            *_rows(influence, list(points.items())),
            "",
            f"{head}: not measured and not drawn, as",
            f"{why}.",
        ]
    rows = [(name, or_dash(bracketed(influence.day[name], "+.3f")), points[name]) for name in names]
    lines = [f"{head}.  {tenth}", *_rows(influence, rows)]
    if any(influence.day[name].mean < 0.0 for name in influence.clear["day"]):
        lines.append("  Asking for more can bring less: a draft that is sent back strengthens those who ask for less.")
    return lines


def _undrawn_lines(influence: Influence) -> list[str]:
    """A line on the effects that are not drawn, since they are zero in every run."""
    effects = {f"effects on {LABELS[measure]}": values for measure, values in influence.shapley.items()}
    effects |= {"last words": influence.pivotal, "more influence": influence.tenth}
    still = [name for name, values in effects.items() if not any_moves(values)]
    return ["", f"Not drawn, since they change no run: {listed(still)}."] if still else []


def _data(values: ByName) -> dict[str, Any]:
    return {name: interval.data() for name, interval in values.items()}
