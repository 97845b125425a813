"""How measures respond to what a sweep varies: an interval at every point, and effects."""

import math
from typing import NamedTuple

import numpy as np

from model.draws import Array
from model.rules.records import About

from ..measures.columns import measures
from ..measures.intervals import LEVEL, Interval, Intervals, intervals, no_moments, with_values
from ..plans.design import Plan, Value, axis_position
from ..runs.store import Store

MOST_NAMED = 3  # parameters in the words for a point


class Response(NamedTuple):
    """What a sweep found: the intervals of each measure, an entry a point, and how many runs there were and failed."""

    plan: Plan
    found: dict[str, Intervals]
    runs: int
    failed: int

    def about(self, measure: str) -> About:
        """Label and unit of a measure."""
        return measures(self.plan.scenario)[measure]

    def label(self, path: str) -> str:
        """The label of a varied parameter, with its unit."""
        entry = self.plan.scenario.entries[path]
        return f"{entry.label} ({entry.unit})"

    def places(self, path: str) -> Array:
        """Where each point stands on the axis of a varied parameter."""
        which = self.plan.varied.index(path)
        kind = self.plan.scenario.entries[path].type
        return np.array([axis_position(point[which], kind) for point in self.plan.points])

    def levels(self, path: str) -> list[Value]:
        """The values of a varied parameter, in the order of its axis."""
        which = self.plan.varied.index(path)
        kind = self.plan.scenario.entries[path].type
        return sorted({point[which] for point in self.plan.points}, key=lambda value: axis_position(value, kind))

    def is_mapped(self) -> bool:
        """Whether every point can be shown on an axis, a map, or maps beside each other."""
        return len(self.plan.varied) <= MOST_NAMED and self.is_grid()

    def is_grid(self) -> bool:
        """Whether the points are all the combinations of the values of each parameter."""
        return len(self.plan.points) == math.prod(len(self.levels(path)) for path in self.plan.varied)


def respond(store: Store) -> Response:
    """The response that a store of a sweep holds; its parts are read once, one after the other."""
    names = store.plan.measures
    moments = {name: no_moments(len(store.plan.points)) for name in names}
    runs = failed = 0
    for point, reasons, *values in store.by_part(["point", "failed", *names]):
        runs, failed = runs + len(point), failed + int((reasons != "").sum())
        for name, its in zip(names, values, strict=True):
            moments[name] = with_values(moments[name], point, its)
    known = measures(store.plan.scenario)
    found = {name: intervals(known[name].unit, its) for name, its in moments.items()}
    return Response(store.plan, found, runs, failed)


# ---------------------------------------------------------------- effects


class Effects(NamedTuple):
    """What each parameter does to a measure, from its lowest to its highest value: path -> interval.

    ``explained`` is the share of the variance between points (0..1) that the effects add up to.
    """

    by_path: dict[str, Interval]
    explained: float


def effects(response: Response, measure: str) -> Effects | None:
    """The additive effects of the varied numbers on a measure; None with too few points.

    An ordinary least squares fit of the points' means, with Student's intervals.

    References
    ----------
    Kleijnen (2015), *Design and Analysis of Simulation Experiments*, chapter 2.
    """
    from scipy.special import stdtrit

    entries = response.plan.scenario.entries
    paths = [path for path in response.plan.varied if entries[path].type in (int, float)]
    means = response.found[measure].mean
    known = ~np.isnan(means)
    freedom = int(known.sum()) - len(paths) - 1
    if freedom < 1 or not paths:
        return None
    scaled = []
    for path in paths:
        its = response.places(path)[known]
        scaled.append((its - its.min()) / (its.max() - its.min()) if its.max() > its.min() else np.zeros(len(its)))
    fit = np.column_stack([np.ones(int(known.sum())), *scaled])
    found, _, rank, _ = np.linalg.lstsq(fit, means[known])
    if rank < fit.shape[1]:
        return None  # two parameters vary together, or one does not vary
    left = means[known] - fit @ found
    variance = float(left @ left) / freedom * np.diag(np.linalg.inv(fit.T @ fit))
    half = float(stdtrit(freedom, 0.5 + LEVEL / 2)) * np.sqrt(variance)
    total = float(np.square(means[known] - means[known].mean()).sum())
    return Effects(
        {
            path: Interval(float(found[k]), float(found[k] - half[k]), float(found[k] + half[k]))
            for k, path in enumerate(paths, 1)
        },
        1.0 - float(left @ left) / total if total > 0.0 else math.nan,
    )
