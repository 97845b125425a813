"""Where a measure fails or holds: boxes in the space of the unknowns, found by PRIM and checked on a holdout set.

Half of the points, worlds drawn from the distributions, are learned from: parameters that PRIM restricts in more than
half of many halvings of them make up a box, the others stay free. The density and coverage of the box are then counted
on the other half, the holdout set. A further box is sought among the points outside the earlier ones. No two points
share luck, so that independent points are counted.

References
----------
Bryant & Lempert (2010), *Technological Forecasting and Social Change* 77: 34-49, for boxes of scenarios, coverage and
density, and resampling. Meinshausen & Bühlmann (2010), *Journal of the Royal Statistical Society B* 72: 417-473, for
keeping what half-samples agree on. White (1980), *Econometrica* 48: 817-838, for standard errors under any variances.
"""

import math

import numpy as np

from model.draws import Array, stream

from ..measures.intervals import intervals, no_moments, share, with_values
from ..runs.store import Store
from . import prim
from .common import refuse_missing
from .discover_finding import ALARM, MOST_BOXES, Discovery, FoundBox, Restriction, Step
from .discover_points import Column, Sample, Sought, points_of, sample, too_few, values_of_points
from .prim import Box

RESAMPLES = 50  # a share of them has a standard error of at most 7 percentage points
STABLE = 0.5  # restricted in more than this share of the resamples


def analyse(store: Store) -> Discovery:
    """The boxes, from the runs of a finished plan.

    Raises
    ------
    BadInput
        Where the measure has no value at some points.
    """
    plan = store.plan
    points, size = points_of(plan), plan.runs_in_a_world
    moments, halves, runs, failed = no_moments(points), no_moments(2 * points), 0, 0
    for run, reasons, values in store.by_part(["run", "failed", plan.measure]):
        moments = with_values(moments, run // size, values)
        halves = with_values(halves, 2 * (run // size) + run % 2, values)
        runs, failed = runs + len(run), failed + int((reasons != "").sum())
    refuse_missing(store, int((moments.runs < 2).sum()), points)
    means, asked = intervals(plan.about.unit, moments), plan.asked(Sought)
    sought = means.mean > asked.threshold if asked.above else means.mean <= asked.threshold
    first, second = halves.mean.reshape(points, 2)[(halves.runs.reshape(points, 2) > 0).all(axis=1)].T
    luck = chance_of_all(first, second)
    at_points = values_of_points(plan)
    return Discovery(
        plan=plan,
        values=at_points,
        sought=sought,
        luck=luck,
        unsure=(means.low <= asked.threshold) & (means.high >= asked.threshold),
        noise=float(np.median(means.half_width)),
        boxes=boxes(sample(plan.scenario, at_points, sought), plan.seed) if luck <= ALARM else (),
        runs=runs,
        failed=failed,
    )


def chance_of_all(first: Array, second: Array) -> float:
    """The probability (0..1) that by luck alone two halves of the runs agree as much on which points differ.

    Luck may work more strongly at some points, and their means lie beyond a threshold more often: a box of these does
    as well in the holdout set. But one half's luck is not the other's, so the halves covary only where means differ.
    The covariance is taken in units of its standard error, whatever the variances (White 1980).

    Parameters
    ----------
    first, second : arrays (points,)
        The mean of each point in either half of its runs.
    """
    from scipy.special import ndtr

    if not len(first):
        return 1.0
    products = (first - first.mean()) * (second - second.mean())
    error = float(np.sqrt(np.square(products).sum()))
    return float(ndtr(-products.sum() / error)) if error > 0.0 else 1.0


def boxes(points: Sample, seed: int) -> tuple[FoundBox, ...]:
    """The boxes that do better than chance in the holdout set, each among the points outside the earlier ones."""
    found_boxes: list[FoundBox] = []
    remaining = np.ones(len(points.points), dtype=bool)
    while len(found_boxes) < MOST_BOXES and not too_few(points, remaining):
        box = _box(points, remaining, stream(seed, 0, "discover", str(len(found_boxes))))
        if box is None or not box.better_than_chance():
            break
        found_boxes.append(box)
        remaining = remaining & ~box.box.holds(points.points)
    return tuple(found_boxes)


def _box(points: Sample, remaining: Array, luck: np.random.Generator) -> FoundBox | None:
    """The box of the stable parameters in the remaining points; None if it restricts nothing or cannot be checked."""
    learned, holdout = remaining & ~points.holdout, remaining & points.holdout
    stability = stabilities(points, learned, luck)
    stable = np.array([stability[column.path] > STABLE for column in points.columns])
    if not stable.any():
        return None
    box = prim.everything(len(points.columns))
    box.low[stable], box.high[stable] = prim.find(points.points[learned][:, stable], points.sought[learned])
    inside = holdout & box.holds(points.points)
    if not box.restricted().any() or not inside.any():
        return None
    hits = int(points.sought[inside].sum())
    return FoundBox(
        box=box,
        restrictions=restrictions(box, points.columns),
        density=share(hits, int(inside.sum())),
        coverage=share(hits, int(points.sought[points.holdout].sum())),
        mass=float(inside.sum() / points.holdout.sum()),
        baseline_density=float(points.sought[holdout].mean()),
        stability=stability,
        trajectory=_trajectory(points, stable, learned, holdout),
    )


def stabilities(points: Sample, learned: Array, luck: np.random.Generator) -> dict[str, float]:
    """For each parameter the share of halvings of the points in which PRIM restricts it, the largest first.

    One half is peeled, the other validates the box. Columns are shuffled, so that among equal slices none is favoured.
    """
    counts = dict.fromkeys((column.path for column in points.columns), 0)
    numbers = np.flatnonzero(learned)
    for _ in range(RESAMPLES):
        shuffled = luck.permutation(len(points.columns))
        peeling, validation = (
            (points.points[np.ix_(half, shuffled)], points.sought[half])
            for half in np.array_split(luck.permutation(numbers), 2)
        )
        restricted = shuffled[prim.find(*peeling, *validation).restricted()]
        for path in {points.columns[column].path for column in restricted.tolist()}:
            counts[path] += 1
    return {path: counts[path] / RESAMPLES for path in sorted(counts, key=lambda path: -counts[path])}


def _trajectory(points: Sample, stable: Array, learned: Array, holdout: Array) -> tuple[Step, ...]:
    """The peeling trajectory, as far as its boxes hold points of the holdout set."""
    values = points.points[:, stable]
    steps: list[Step] = []
    for box in prim.peeled(values[learned], points.sought[learned]):
        shares = []
        for half, whole in ((learned, ~points.holdout), (holdout, points.holdout)):
            inside = points.sought[half & box.holds(values)]
            if not len(inside):
                return tuple(steps)
            shares += [float(inside.mean()), float(inside.sum() / points.sought[whole].sum())]
        steps.append(Step(*shares))
    return tuple(steps)


def restrictions(box: Box, columns: tuple[Column, ...]) -> tuple[Restriction, ...]:
    """The restrictions of a box in the parameters' own units; whole numbers are the outermost inside."""
    by_path: dict[str, Restriction] = {}
    for number in np.flatnonzero(box.restricted()).tolist():
        column, low, high = columns[number], float(box.low[number]), float(box.high[number])
        path = column.path
        if column.word is not None:
            by_path[path] = Restriction(path, None, None, _words(box, columns, path))
            continue
        least = None if low == -math.inf else math.ceil(low) if column.whole else low
        most = None if high == math.inf else math.floor(high) if column.whole else high
        by_path[path] = Restriction(path, least, most, ())
    return tuple(by_path.values())


def _words(box: Box, columns: tuple[Column, ...], path: str) -> tuple[str, ...]:
    """The words of a parameter that lie in a box."""
    numbers = [number for number, column in enumerate(columns) if column.path == path]
    inside = [k for k in numbers if all(box.low[j] <= (j == k) <= box.high[j] for j in numbers)]
    return tuple(str(columns[k].word) for k in inside)
