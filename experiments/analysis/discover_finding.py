"""The finding of a discovery: its boxes, in words and as data."""

from typing import Any, NamedTuple

import numpy as np

from model.draws import Array
from model.rules.records import About
from model.scenario import Entry, Scenario

from ..measures.columns import SHARE
from ..measures.intervals import Interval
from ..plans.design import Plan
from ..results.words import interval_text, value_text
from .common import failed_text, played
from .discover_points import Sample, Sought, points_of, sample, too_few
from .prim import Box

ALARM = 0.01  # the chance that points which differ by luck alone are called different
MOST_BOXES = 3
MOST_FREE = 3  # unstable parameters that are named
SHARES = About("share", SHARE)


class Restriction(NamedTuple):
    """The values of one parameter in a box: from ``low`` to ``high``, None where it is open, or some ``words``."""

    path: str
    low: float | None
    high: float | None
    words: tuple[str, ...]


class Step(NamedTuple):
    """A box of the peeling trajectory: density and coverage (0..1) as learned, and in the holdout set."""

    density: float
    coverage: float
    holdout_density: float
    holdout_coverage: float


class FoundBox(NamedTuple):
    """A box, and how it does in the holdout set.

    ``density`` is the share of its points that are sought, ``coverage`` its share of all that are sought, ``mass`` its
    share of all points. ``baseline_density`` is the share sought among the points outside earlier boxes. ``stability``
    is for every parameter the share of the resamples in which it is restricted, the most stable first; ``box`` has all
    columns; ``trajectory`` is its peeling trajectory.
    """

    box: Box
    restrictions: tuple[Restriction, ...]
    density: Interval
    coverage: Interval
    mass: float
    baseline_density: float
    stability: dict[str, float]
    trajectory: tuple[Step, ...]

    def better_than_chance(self) -> bool:
        """Whether its density is detectably above the baseline density."""
        return self.density.low > self.baseline_density

    def data(self, scenario: Scenario) -> dict[str, Any]:
        """The box as plain data for JSON."""
        return {
            "restrictions": {
                restriction.path: {
                    "label": scenario.entries[restriction.path].label,
                    **_ends(restriction),
                    "stability": self.stability[restriction.path],
                }
                for restriction in self.restrictions
            },
            "density": self.density.data(),
            "coverage": self.coverage.data(),
            "mass": self.mass,
            "left": self.baseline_density,
            "stability": self.stability,
            "peeling": [_step_data(step) for step in self.trajectory],
        }


class Discovery(NamedTuple):
    """The boxes that a discovery found, and how noisy its points are.

    ``values`` are those of the unknowns at each point, by path. Of each point: ``sought``, whether the measure's mean
    lies on the side asked for, and ``unsure``, whether the interval of that mean holds the threshold. ``luck`` is the
    probability that luck alone makes the points differ as much; no box is sought where it is above 0.01. ``noise`` is
    the median half width of those intervals.
    """

    plan: Plan
    values: dict[str, Array]
    sought: Array
    unsure: Array
    luck: float
    noise: float
    boxes: tuple[FoundBox, ...]
    runs: int
    failed: int

    @property
    def asked(self) -> Sought:
        """Which points are sought."""
        return self.plan.asked(Sought)

    def sample(self) -> Sample:
        """The points as numbers."""
        return sample(self.plan.scenario, self.values, self.sought)

    def event(self, sought: bool = True) -> str:
        """What happens at the points that are sought, or at the others, as the beginning of a sentence."""
        above = self.asked.above == sought
        if self.plan.measure == "adopted":
            return "Adoption holds" if above else "Adoption fails"
        return f"{self.plan.about.label} is {'above' if above else 'at most'} {self.threshold()}"

    def threshold(self) -> str:
        """The threshold with its unit."""
        return value_text(self.asked.threshold, self.plan.about, unit=True)

    def where(self, box: FoundBox) -> str:
        """A box as part of a sentence."""
        entries = self.plan.scenario.entries
        return " and ".join(f"{entries[r.path].label} is {limits(r, entries[r.path])}" for r in box.restrictions)

    def headline(self) -> str:
        """The first box in one sentence, or why there is none."""
        count, points = int(self.sought.sum()), len(self.sought)
        if self.boxes:
            first = self.boxes[0]
            return (
                f"{self.event()} at {first.density.mean:.0%} of the points where {self.where(first)}, against "
                f"{first.baseline_density:.0%} of all; this covers {first.coverage.mean:.0%} of the cases."
            )
        if count in (0, points):
            every = "all" if count else "none"
            return f"{self.event()} at {every} of the {points:,} points: there is nothing to tell apart."
        if too_few(self.sample(), np.ones(points, dtype=bool)):
            return f"{self.event()} at {count:,} of {points:,} points: too few of one kind to look for a box."
        if self.luck > ALARM:
            return f"{self.event()} at {count / points:.0%} of the points, which differ by no more than luck."
        return f"{self.event()} at {count / points:.0%} of the points, and no box does better than chance."

    def text(self) -> str:
        """The finding as text for a terminal."""
        lines = [self.headline(), "", *_basis(self)]
        for number, box in enumerate(self.boxes, 1):
            lines += ["", *_box_lines(number, box, self)]
        if 0 < len(self.boxes) < MOST_BOXES:
            lines += ["", "Among the remaining points no further box does better than chance."]
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The finding as plain data for JSON."""
        return {
            **played(self.plan, self.runs, self.failed),
            "points": points_of(self.plan),
            "sought": self.asked.sought,
            "measure": self.plan.measure,
            "threshold": self.asked.threshold,
            "share": float(self.sought.mean()),
            "unsure": float(self.unsure.mean()),
            "luck": self.luck,
            "noise": self.noise,
            "boxes": [box.data(self.plan.scenario) for box in self.boxes],
        }


# ---------------------------------------------------------------- in words


def limits(restriction: Restriction, entry: Entry) -> str:
    """The values that a restriction allows, with their unit where it can be counted."""
    if restriction.words:
        return " or ".join(restriction.words)
    counted = entry.unit.endswith("s") and " of " not in entry.unit and ".." not in entry.unit
    unit = f" {entry.unit}" if counted else ""
    low, high = (None if end is None else f"{end:.3g}" for end in (restriction.low, restriction.high))
    if low is not None and high is not None:
        return f"{low}{unit}" if low == high else f"from {low} to {high}{unit}"
    below, above = ("at most", "at least") if entry.type is int else ("below", "above")
    return f"{below} {high}{unit}" if low is None else f"{above} {low}{unit}"


def _basis(discovery: Discovery) -> list[str]:
    """The runs and points behind the boxes, and their noise."""
    plan, about = discovery.plan, discovery.plan.about
    noise = (
        f"{100 * discovery.noise:.0f} percentage points"
        if about.unit == SHARE
        else f"{discovery.noise:.2g} {about.unit}"
    )
    return [
        f"{plan.title}. {plan.question}",
        f"{discovery.runs:,} runs at {points_of(plan):,} points drawn from the distributions, seed {plan.seed}. No two "
        "points share luck.",
        "Half of the points are a holdout set, not used in the search; density and coverage are counted on them.",
        f"Noise: the 95% interval of a point's mean reaches {noise} to each side (median);",
        f"{discovery.unsure.mean():.0%} of the points have the threshold, {discovery.threshold()}, in it and may be on "
        "the wrong side. More runs at each point lower both.",
        *failed_text(discovery.failed),
    ]


def _box_lines(number: int, box: FoundBox, discovery: Discovery) -> list[str]:
    """A box: its shares, its restrictions with their stability, and the next parameters, which stay free."""
    entries, end = discovery.plan.scenario.entries, box.trajectory[-1]
    end_text = f"{end.holdout_density:.0%} density and {end.holdout_coverage:.0%} coverage"
    allowed = {r.path: limits(r, entries[r.path]) for r in box.restrictions}
    path_width, words_width = max(map(len, allowed)), max(map(len, allowed.values()))
    points = "of all" if number == 1 else "of the remaining points"
    lines = [
        f"Box {number}, {box.mass:.0%} of the points:",
        f"  density {interval_text(box.density, SHARES)}, against {box.baseline_density:.1%} {points}",
        f"  coverage {interval_text(box.coverage, SHARES)} of the cases",
        f"  at the end of the peeling trajectory: {end_text}",
    ]
    for path, words in allowed.items():
        stability = f"in {box.stability[path]:4.0%} of resamples"
        lines.append(
            f"  {path:{path_width}}  {words:{words_width}}  {stability}  {entries[path].label} ({entries[path].unit})"
        )
    free = [f"{path} ({share:.0%})" for path, share in box.stability.items() if path not in allowed]
    if free:
        lines.append(f"  not restricted, as unstable: {', '.join(free[:MOST_FREE])}")
    return lines


# ---------------------------------------------------------------- as data


def _ends(restriction: Restriction) -> dict[str, Any]:
    if restriction.words:
        return {"words": list(restriction.words)}
    return {"low": restriction.low, "high": restriction.high}


def _step_data(step: Step) -> dict[str, float]:
    return {
        "density": step.density,
        "coverage": step.coverage,
        "held_density": step.holdout_density,
        "held_coverage": step.holdout_coverage,
    }
