"""Influence in words and as data."""

from collections.abc import Mapping
from typing import Any

from ..measures.intervals import Interval
from .common import played
from .influence import FEWEST, Influence

LABELS = {"adopted": "adoption", "review_days": "the review period at announcement"}


def in_points(value: float, measure: str) -> str:
    """A change of a measure: adoption in percentage points, a review period in days."""
    return f"{100 * value:+.1f}" if measure == "adopted" else f"{value:+.1f}"


def ranked(its: Mapping[str, Interval]) -> list[str]:
    """Names, the largest change either way first."""
    return sorted(its, key=lambda name: -abs(its[name].mean))


def headline(found: Influence) -> str:
    """The one sentence to remember."""
    labels, its = found.plan.scenario.labels, found.shapley["adopted"]
    up, down = max(its, key=lambda name: its[name].mean), min(its, key=lambda name: its[name].mean)
    apart = [(name, its[name]) for name in (up, down) if its[name].low > 0.0 or its[name].high < 0.0]
    told = "; ".join(f"{labels[name]} {_in_brackets(one, 'adopted')} points" for name, one in apart)
    whole, nobody = (100 * worth["adopted"] for worth in (found.whole, found.nobody))
    total = f"Everybody's views take adoption from {nobody:.1f}% to {whole:.1f}%"
    return f"{total}; most by {told}." if apart else f"{total}; no one's can be told from zero."


def _in_brackets(its: Interval, measure: str) -> str:
    return f"{in_points(its.mean, measure)} [{in_points(its.low, measure)} to {in_points(its.high, measure)}]"


def told(found: Influence) -> str:
    """The influence as text for a terminal."""
    plan, labels = found.plan, found.plan.scenario.labels
    wide = max(len(labels[name]) for name in found.players)
    lines = [headline(found), "", f"{plan.title}: {plan.question}"]
    lines += [f"{found.runs:,} runs at {len(plan.points):,} points, seed {plan.seed}; 95% intervals in brackets."]
    lines += [f"{found.failed:,} runs failed and are left out."] * bool(found.failed)
    for measure, its in found.shapley.items():
        unit = "percentage points" if measure == "adopted" else "days"
        lines += ["", f"What each one's views bring to {LABELS[measure]} (Shapley values, {unit})"]
        lines += [f"  {labels[name]:{wide}}  {_in_brackets(its[name], measure)}" for name in ranked(its)]
    if "review_days" not in found.shapley:
        lines += ["", f"Some coalition has fewer than {FEWEST} frameworks, so the review period is not divided."]
    lines += ["", "How often a lab's last word decided whether there was a framework"]
    for name in sorted(found.pivotal, key=lambda lab: -found.pivotal[lab].mean):
        its_share = found.pivotal[name]
        ends = f"[{100 * its_share.low:.1f} to {100 * its_share.high:.1f}]"
        lines.append(f"  {labels[name]:{wide}}  {100 * its_share.mean:.1f}% {ends}")
    lines += ["", "One more day in its ideal: days at announcement.  A tenth more influence: points of adoption"]
    for name in ranked(found.day):
        day, tenth = found.day[name], found.tenth[name]
        days = f"{day.mean:+.3f} [{day.low:+.3f} to {day.high:+.3f}]"
        points = f"{100 * tenth.mean:+z.2f} [{100 * tenth.low:+z.2f} to {100 * tenth.high:+z.2f}]"
        lines.append(f"  {labels[name]:{wide}}  {days}    {points}")
    if any(its.high < 0.0 for its in found.day.values()):
        lines.append("  Asking for more can bring less: a draft that is sent back strengthens those who ask for less.")
    return "\n".join(lines)


def as_data(found: Influence) -> dict[str, Any]:
    """The influence as plain data for JSON."""
    plan = found.plan
    return {
        **played(plan, found.runs, found.failed),
        "shapley": {
            measure: {
                "whole": found.whole[measure],
                "nobody": found.nobody[measure],
                "stakeholders": {name: its.data() for name, its in by_name.items()},
            }
            for measure, by_name in found.shapley.items()
        },
        "banzhaf": {
            measure: {name: its.data() for name, its in by_name.items()} for measure, by_name in found.banzhaf.items()
        },
        "pivotal": {name: its.data() for name, its in found.pivotal.items()},
        "one_day_more": {name: its.data() for name, its in found.day.items()},
        "a_tenth_more_influence": {name: its.data() for name, its in found.tenth.items()},
    }
