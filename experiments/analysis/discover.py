"""Where a measure fails or holds: boxes in the space of the unknowns, found by PRIM and checked on other points.

Half of the points, drawn from the distributions, are learned from: parameters that PRIM restricts in more than half of
many halvings of them make up a box, the others stay free. How dense the box is and what it covers is then counted on
the half held back. A further box is sought among the points that the ones before leave.

References
----------
Bryant & Lempert (2010), *Technological Forecasting and Social Change* 77: 34-49, for boxes of scenarios, coverage and
density, and resampling. Meinshausen & Bühlmann (2010), *Journal of the Royal Statistical Society B* 72: 417-473, for
keeping what half-samples agree on.
"""

import math
from typing import NamedTuple

import numpy as np

from model.draws import Array, stream
from model.problems import refusal
from model.scenario import Scenario
from model.schema import choices

from ..measures.columns import SHARE
from ..measures.intervals import Interval, intervals, no_moments, share, with_values
from ..plans.design import Plan, sampled
from ..runs.store import Store
from . import prim
from .common import measured, refuse_missing, unknowns
from .prim import Box

DESIGNS = {"fails": "discover-fails", "holds": "discover-holds"}  # what is sought -> design of its plan
HALF = 0.5  # of the runs at a point: the threshold of a share where nothing is said
RESAMPLES = 50  # a share of them has a standard error of at most 7 percentage points
STABLE = 0.5  # restricted in more than this share of the resamples
MOST_BOXES = 3
FEWEST = 10  # points of either kind that each half must have


class Column(NamedTuple):
    """What a column of a sample is: a number, which may be whole, or whether a parameter is a ``word``."""

    path: str
    word: str | None = None
    whole: bool = False


class Sample(NamedTuple):
    """Points as numbers, a row a point, with their columns; which are ``sought``, and which ``held`` back."""

    points: Array
    columns: tuple[Column, ...]
    sought: Array
    held: Array


class Restriction(NamedTuple):
    """What a box says of one parameter: from ``low`` to ``high``, None where it is open, or which ``words``."""

    path: str
    low: float | None
    high: float | None
    words: tuple[str, ...]


class Step(NamedTuple):
    """A box on the way inward: density and coverage (0..1) by the points learned from, and by those held back."""

    density: float
    coverage: float
    held_density: float
    held_coverage: float


class Found(NamedTuple):
    """A box, and how it does on the points held back.

    ``density`` is the share of its points that are sought, ``coverage`` its share of all that are sought, ``mass`` its
    share of all points, ``left`` the share sought among the points that earlier boxes leave. ``stability`` is for every
    parameter the share of the resamples in which it is restricted, the most stable first; ``box`` has all columns.
    """

    box: Box
    restrictions: tuple[Restriction, ...]
    density: Interval
    coverage: Interval
    mass: float
    left: float
    stability: dict[str, float]
    way: tuple[Step, ...]

    def better_than_chance(self) -> bool:
        """Whether its density can be told from that of the points it was looked for among."""
        return self.density.low > self.left


class Discovery(NamedTuple):
    """What a plan of discovery found.

    Of each point: its ``sought``, whether the measure's mean lies on the side asked for, and ``unsure``, whether the
    interval of that mean holds the threshold. ``noise`` is the median half width of those intervals.
    """

    plan: Plan
    sought: Array
    unsure: Array
    noise: float
    boxes: tuple[Found, ...]
    runs: int
    failed: int


# ---------------------------------------------------------------- points


def plan_discovery(
    scenario: Scenario, sought: str, measure: str, threshold: float | None, points: int, runs: int, seed: int
) -> Plan:
    """The plan of a discovery: points at random from the distributions, so that half of them are a check of the other.

    Parameters
    ----------
    sought : 'fails' (the measure's mean is at most the threshold) or 'holds' (it is above)
    threshold : float, optional
        Of shares of runs it is one half where nothing is said.
    runs : int
        Runs at each point, at least 2.

    Raises
    ------
    BadInput
        For a measure that does not exist, one without a threshold, or a threshold that is no share where the measure
        is; for a scenario without distributions.
    """
    about, varied = measured(scenario, measure, "discover"), unknowns(scenario, "discover")
    if threshold is None and about.unit != SHARE:
        found = f"{measure} ({about.unit}) has no threshold of its own; give one with --threshold"
        raise refusal("discover", found)
    limit = HALF if threshold is None else threshold
    if about.unit == SHARE and not 0.0 <= limit <= 1.0:
        found = f"found {limit:g}; {measure} is a share of runs: a number from 0 to 1 is allowed"
        raise refusal("--threshold", found)
    side = "at-most" if sought == "fails" else "above"
    return Plan(
        name=f"{scenario.name}-{measure}-{side}-{limit:g}",
        title=f"Discovery of where {about.label} {'is at most' if sought == 'fails' else 'is above'} {limit:g}",
        question=f"Under which values of the unknowns of {scenario.called}?",
        scenario=scenario,
        seed=seed,
        runs=runs,
        measures=(measure,),
        design=DESIGNS[sought],
        varied=varied,
        points=tuple(sampled("random", points, dict.fromkeys(varied), scenario.entries, seed)),
        threshold=limit,
    )


def sample(plan: Plan, sought: Array) -> Sample:
    """The points of a plan as numbers, every second one held back."""
    found, columns = [], []
    for which, path in enumerate(plan.varied):
        kind = plan.scenario.entries[path].type
        values = [point[which] for point in plan.points]
        if isinstance(values[0], str):
            found += [[float(value == word) for value in values] for word in choices(kind)]
            columns += [Column(path, word) for word in choices(kind)]
        else:
            found.append([float(value) for value in values])
            columns.append(Column(path, whole=kind is int))
    return Sample(np.array(found).T, tuple(columns), sought, np.arange(len(plan.points)) % 2 == 1)


# ---------------------------------------------------------------- boxes


def analyse(store: Store) -> Discovery:
    """The discovery that a store of such a plan holds.

    Raises
    ------
    BadInput
        Where the measure has no value at some points.
    """
    plan = store.plan
    moments, runs, failed = no_moments(len(plan.points)), 0, 0
    for point, reasons, values in store.by_part(["point", "failed", plan.measure]):
        moments = with_values(moments, point, values)
        runs, failed = runs + len(point), failed + int((reasons != "").sum())
    refuse_missing(store, int((moments.runs < 2).sum()))
    its = intervals(plan.about.unit, moments)
    assert plan.threshold is not None
    sought = its.mean <= plan.threshold if plan.design == DESIGNS["fails"] else its.mean > plan.threshold
    unsure = (its.low <= plan.threshold) & (its.high >= plan.threshold)
    found = boxes(sample(plan, sought), plan.seed)
    return Discovery(plan, sought, unsure, float(np.median(its.half_width)), found, runs, failed)


def boxes(its: Sample, seed: int) -> tuple[Found, ...]:
    """The boxes that do better than chance on the points held back, each among the points that those before leave."""
    found: list[Found] = []
    left = np.ones(len(its.points), dtype=bool)
    while len(found) < MOST_BOXES and not too_few(its, left):
        box = _box(its, left, stream(seed, 0, "discover", str(len(found))))
        if box is None or not box.better_than_chance():
            break
        found.append(box)
        left = left & ~box.box.holds(its.points)
    return tuple(found)


def too_few(its: Sample, left: Array) -> bool:
    """Whether some half of the points left has too few of either kind to learn or to check anything."""
    counts = [(left & half & kind).sum() for half in (its.held, ~its.held) for kind in (its.sought, ~its.sought)]
    return bool(min(counts) < FEWEST)


def _box(its: Sample, left: Array, luck: np.random.Generator) -> Found | None:
    """The box of the stable parameters among the points left; None if it restricts nothing or cannot be checked."""
    learned, held = left & ~its.held, left & its.held
    stability = stabilities(its, learned, luck)
    stable = np.array([stability[column.path] > STABLE for column in its.columns])
    if not stable.any():
        return None
    box = prim.everything(len(its.columns))
    box.low[stable], box.high[stable] = prim.find(its.points[learned][:, stable], its.sought[learned])
    inside = held & box.holds(its.points)
    if not box.restricted().any() or not inside.any():
        return None
    hits = int(its.sought[inside].sum())
    return Found(
        box=box,
        restrictions=restrictions(box, its.columns),
        density=share(hits, int(inside.sum())),
        coverage=share(hits, int(its.sought[its.held].sum())),
        mass=float(inside.sum() / its.held.sum()),
        left=float(its.sought[held].mean()),
        stability=stability,
        way=_way(its, stable, learned, held),
    )


def stabilities(its: Sample, learned: Array, luck: np.random.Generator) -> dict[str, float]:
    """For each parameter the share of halvings of the points in which PRIM restricts it, the largest first.

    One half is peeled, the other chooses the box. Columns are shuffled, so that among equal slices none is favoured.
    """
    counts = dict.fromkeys((column.path for column in its.columns), 0)
    numbers = np.flatnonzero(learned)
    for _ in range(RESAMPLES):
        shuffled = luck.permutation(len(its.columns))
        peels, judges = np.array_split(luck.permutation(numbers), 2)
        halves = [(its.points[np.ix_(half, shuffled)], its.sought[half]) for half in (peels, judges)]
        restricted = shuffled[prim.find(*halves[0], *halves[1]).restricted()]
        for path in {its.columns[column].path for column in restricted.tolist()}:
            counts[path] += 1
    return {path: counts[path] / RESAMPLES for path in sorted(counts, key=lambda path: -counts[path])}


def _way(its: Sample, stable: Array, learned: Array, held: Array) -> tuple[Step, ...]:
    """The boxes of the peeling from everything inward, as far as points held back lie in them."""
    points = its.points[:, stable]
    steps: list[Step] = []
    for box in prim.peeled(points[learned], its.sought[learned]):
        shares = []
        for half, whole in ((learned, ~its.held), (held, its.held)):
            kinds = its.sought[half & box.holds(points)]
            if not len(kinds):
                return tuple(steps)
            shares += [float(kinds.mean()), float(kinds.sum() / its.sought[whole].sum())]
        steps.append(Step(*shares))
    return tuple(steps)


def restrictions(box: Box, columns: tuple[Column, ...]) -> tuple[Restriction, ...]:
    """What a box restricts, in the parameters' own units; whole numbers are the outermost that are inside."""
    found: dict[str, Restriction] = {}
    for number in np.flatnonzero(box.restricted()).tolist():
        column, low, high = columns[number], float(box.low[number]), float(box.high[number])
        path = column.path
        if column.word is not None:
            found[path] = Restriction(path, None, None, _words(box, columns, path))
            continue
        least = None if low == -math.inf else math.ceil(low) if column.whole else low
        most = None if high == math.inf else math.floor(high) if column.whole else high
        found[path] = Restriction(path, least, most, ())
    return tuple(found.values())


def _words(box: Box, columns: tuple[Column, ...], path: str) -> tuple[str, ...]:
    """The words of a parameter that lie in a box."""
    its = [number for number, column in enumerate(columns) if column.path == path]
    inside = [word for word in its if all(box.low[other] <= (other == word) <= box.high[other] for other in its)]
    return tuple(str(columns[word].word) for word in inside)
