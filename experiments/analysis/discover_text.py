"""A discovery in words and as data."""

from typing import Any

import numpy as np

from model.rules.records import About
from model.scenario import Entry, Scenario

from ..measures.columns import SHARE
from ..results.words import interval_text, value_text
from .common import played
from .discover import DESIGNS, MOST_BOXES, Discovery, Found, Restriction, sample, too_few

MOST_FREE = 3  # unstable parameters that are named
SHARES = About("share", SHARE)


def event(found: Discovery, sought: bool = True) -> str:
    """What is sought, or the opposite, as the beginning of a sentence."""
    above = (found.plan.design == DESIGNS["holds"]) == sought
    if found.plan.measure == "adopted":
        return "Adoption holds" if above else "Adoption fails"
    return f"{found.plan.about.label} is {'above' if above else 'at most'} {_threshold(found)}"


def _threshold(found: Discovery) -> str:
    assert found.plan.threshold is not None
    return value_text(found.plan.threshold, found.plan.about, unit=True)


def headline(found: Discovery) -> str:
    """The one sentence to remember."""
    count, points = int(found.sought.sum()), len(found.sought)
    if not found.boxes:
        if count in (0, points):
            every = "all" if count else "none"
            return f"{event(found)} at {every} of the {points:,} points: there is nothing to tell apart."
        if too_few(sample(found.plan, found.sought), np.ones(points, dtype=bool)):
            return f"{event(found)} at {count:,} of {points:,} points: too few of one kind to look for a box."
        return f"{event(found)} at {count / points:.0%} of the points, and no box does better than chance."
    first = found.boxes[0]
    return (
        f"{event(found)} at {first.density.mean:.0%} of the points where {where(first, found)}, "
        f"against {first.left:.0%} of all; this covers {first.coverage.mean:.0%} of the cases."
    )


def where(box: Found, found: Discovery) -> str:
    """A box as part of a sentence."""
    entries = found.plan.scenario.entries
    its = [f"{entries[its.path].label} is {limits(its, entries[its.path])}" for its in box.restrictions]
    return " and ".join(its)


def limits(its: Restriction, entry: Entry) -> str:
    """What a restriction allows, with its unit where that is something counted."""
    if its.words:
        return " or ".join(its.words)
    counted = entry.unit.endswith("s") and " of " not in entry.unit and ".." not in entry.unit
    unit = f" {entry.unit}" if counted else ""
    low, high = (None if end is None else f"{end:.3g}" for end in (its.low, its.high))
    if low is not None and high is not None:
        return f"{low}{unit}" if low == high else f"from {low} to {high}{unit}"
    if entry.type is int:
        return f"at most {high}{unit}" if low is None else f"at least {low}{unit}"
    return f"below {high}{unit}" if low is None else f"above {low}{unit}"


def told(found: Discovery) -> str:
    """The discovery as text for a terminal."""
    plan = found.plan
    reach = f"{100 * found.noise:.0f} percentage points"
    if found.plan.about.unit != SHARE:
        reach = f"{found.noise:.2g} {found.plan.about.unit}"
    lines = [
        headline(found),
        "",
        f"{plan.title}. {plan.question}",
        f"{found.runs:,} runs at {len(plan.points):,} points drawn from the distributions, seed {plan.seed}.",
        "Half of the points are held back from the search; density and coverage are counted on them.",
        f"Noise: the 95% interval of a point's mean reaches {reach} to each side (median);",
        f"{found.unsure.mean():.0%} of the points have the threshold, {_threshold(found)}, in it and may be on the "
        "wrong side. More runs at each point lower both.",
    ]
    lines += [f"{found.failed:,} runs failed and are left out."] * bool(found.failed)
    for number, box in enumerate(found.boxes, 1):
        lines += ["", *_box_told(number, box, found)]
    if 0 < len(found.boxes) < MOST_BOXES:
        lines += ["", "Among the points that are left no further box does better than chance."]
    return "\n".join(lines)


def _box_told(number: int, box: Found, found: Discovery) -> list[str]:
    """A box: its shares, what it restricts and how surely, and what comes next but stays free."""
    entries, last = found.plan.scenario.entries, box.way[-1]
    allowed = {its.path: limits(its, entries[its.path]) for its in box.restrictions}
    wide, broad = max(map(len, allowed)), max(map(len, allowed.values()))
    free = [f"{path} ({its:.0%})" for path, its in box.stability.items() if path not in allowed]
    among = " that are left" if number > 1 else ""
    return [
        f"Box {number}, {box.mass:.0%} of the points:",
        f"  density {interval_text(box.density, SHARES)}, against {box.left:.1%} of all{among}",
        f"  coverage {interval_text(box.coverage, SHARES)} of the cases",
        f"  peeled on to the end, it would have {last.held_density:.0%} density and {last.held_coverage:.0%} coverage",
        *(
            f"  {path:{wide}}  {words:{broad}}  in {box.stability[path]:4.0%} of resamples  {_named(entries[path])}"
            for path, words in allowed.items()
        ),
        *[f"  left free, as unstable: {', '.join(free[:MOST_FREE])}"] * bool(free),
    ]


def _named(entry: Entry) -> str:
    return f"{entry.label} ({entry.unit})"


def as_data(found: Discovery) -> dict[str, Any]:
    """The discovery as plain data for JSON."""
    plan = found.plan
    return {
        **played(plan, found.runs, found.failed),
        "sought": next(sought for sought, design in DESIGNS.items() if design == plan.design),
        "measure": found.plan.measure,
        "threshold": plan.threshold,
        "share": float(found.sought.mean()),
        "unsure": float(found.unsure.mean()),
        "noise": found.noise,
        "boxes": [_box_data(box, plan.scenario) for box in found.boxes],
    }


def _box_data(box: Found, scenario: Scenario) -> dict[str, Any]:
    return {
        "restrictions": {
            its.path: {
                "label": scenario.entries[its.path].label,
                **({"words": list(its.words)} if its.words else {"low": its.low, "high": its.high}),
                "stability": box.stability[its.path],
            }
            for its in box.restrictions
        },
        "density": box.density.data(),
        "coverage": box.coverage.data(),
        "mass": box.mass,
        "left": box.left,
        "stability": box.stability,
        "peeling": [step._asdict() for step in box.way],
    }
