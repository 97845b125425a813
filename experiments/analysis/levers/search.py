"""The search for settings of the levers that are worth a closer look: on from a sample, by NSGA-II, on the same runs.

Every setting is played in the same runs, each of which draws its own unknowns: differences between settings are paired.
The search takes seconds and follows from the sample and its seed, so it is done anew where work goes on after a stop.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from model.draws import Array, stream

from ...measures.columns import JOINED
from ...measures.intervals import Moments, no_moments, shares, with_values
from ...plans.design import Plan, Point, cut
from ...runs.pool import play_parts
from ...runs.store import Store
from .moves import LEFT, SLACK, cost, homes, leaner, nearer, sampled_genes, settings_of
from .pareto import OUT, best, evolve

ENOUGH = 0.1  # of a setting's runs must have a want, or the setting does not count
MOST_SETTINGS, MOST_PACKAGES = 24, 10  # looked at more closely
MOST_LOOKED_AT = 200  # packages from which moves that are not needed are taken
SURE_RUNS = 2048  # in which moves are cut to what is needed: with few, luck would do
JOINS = 0.8  # a package brings a lab in with at least this probability


class Tried(NamedTuple):
    """Settings that were played: a row each in ``genes``, ``means`` and ``counts`` (a column a measure of the plan)."""

    genes: Array
    means: Array
    counts: Array

    def at(self, rows: Array) -> "Tried":
        """Some of them."""
        return Tried(*(its[rows] for its in self))


type Play = Callable[..., Tried]  # of genes, and of how many runs where not those of the sample


def holdout_of(plan: Plan) -> str | None:
    """The lab whose joining is measured beside the wants, or None."""
    beside = plan.measures[len(plan.directions) :]
    return beside[0].removeprefix(JOINED) if beside else None


def losses(plan: Plan, means: Array) -> Array:
    """Means of the wants (a column each) as losses: less is better."""
    its: Array = np.array([-1.0 if direction == "max" else 1.0 for direction in plan.directions]) * means
    return its


def search(store: Store, engine: str, workers: int) -> list[Point]:
    """The settings worth a closer look: some of the front, and with a holdout the cheapest packages."""
    plan = store.plan
    with tqdm(unit=" runs", desc=f"{plan.name}, search", disable=None, leave=False) as bar:

        def play(genes: Array, runs: int = plan.runs) -> Tried:
            return _played(store, genes, runs, engine, workers, bar.update)

        tried = _improved(plan, _sampled(store), _of_wants, "front", play)
        found = [_front(plan, tried, play)]
        if holdout_of(plan):
            tried = _improved(plan, tried, _of_packages, "packages", play)
            found.append(_packages(plan, tried, play))
    return list(dict.fromkeys(settings_of(np.vstack(found), plan.varied, plan.scenario)))


def _of_wants(plan: Plan, its: Tried) -> Array:
    """The losses in the wants; a setting in which too few runs have one is out."""
    wants = len(plan.directions)
    enough = (its.counts[:, :wants] >= max(1.0, ENOUGH * plan.runs)).all(axis=1, keepdims=True)
    return np.where(enough, losses(plan, its.means[:, :wants]), OUT)


def _of_packages(plan: Plan, its: Tried) -> Array:
    """How seldom the holdout joins, and the cost."""
    return np.column_stack([np.where(its.counts[:, -1] > 0, -its.means[:, -1], OUT), _costs(plan, its.genes)])


def _costs(plan: Plan, genes: Array) -> Array:
    points = settings_of(genes, plan.varied, plan.scenario)
    return np.array([cost(plan.scenario, plan.varied, point) for point in points])


def _improved(plan: Plan, tried: Tried, goal: Callable[[Plan, Tried], Array], name: str, play: Play) -> Tried:
    """What was tried, with what the optimiser tries from there."""
    grown = [tried]

    def judged(genes: Array) -> Array:
        grown.append(play(genes))
        return goal(plan, grown[-1])

    luck = int(stream(plan.seed, 0, "optimiser", name).integers(2**31))
    evolve(tried.genes, goal(plan, tried), judged, luck)
    return Tried(*map(np.concatenate, zip(*grown, strict=True)))


def _front(plan: Plan, tried: Tried, play: Play) -> Array:
    """Genes from all over the front, and where it is short from just behind it, without moves that hardly matter."""
    counting = (_of_wants(plan, tried) < OUT).all(axis=1)
    tried = tried.at(counting) if counting.any() else tried
    chosen = tried.at(best(_of_wants(plan, tried), MOST_SETTINGS))
    allowed = _of_wants(plan, chosen) + SLACK * np.ptp(_of_wants(plan, tried), axis=0)
    luck = stream(plan.seed, 0, "leaner", "front")
    return leaner(chosen.genes, lambda genes: (_of_wants(plan, play(genes)) <= allowed).all(axis=1), luck)


def _packages(plan: Plan, tried: Tried, play: Play) -> Array:
    """Genes of the cheapest packages that bring the holdout in, without the moves that are not needed for it.

    That is asked of the low end of the interval, which leaves room for those that were merely lucky.
    """
    enough = tried.at(_joins(tried)).genes
    if not len(enough):
        return tried.genes[[tried.means[:, -1].argmax()]]  # to tell how far one gets
    some = enough[cheapest(_costs(plan, enough), _moved(enough), MOST_LOOKED_AT)]
    lean = leaner(some, lambda genes: _joins(play(genes)), stream(plan.seed, 0, "leaner", "packages"))
    few = lean[cheapest(_costs(plan, lean), _moved(lean), MOST_PACKAGES)]
    near = nearer(few, homes(plan.varied, plan.scenario), lambda genes: _joins(play(genes, SURE_RUNS)))
    return np.vstack([few, near])


def _moved(genes: Array) -> list[frozenset[int]]:
    return [frozenset(np.flatnonzero(its).tolist()) for its in genes >= LEFT]


def _joins(its: Tried) -> Array:
    counts = its.counts[:, -1]
    joins: Array = shares(its.means[:, -1] * counts, counts).low >= JOINS
    return joins


def cheapest(costs: Array, moved: Sequence[Hashable], most: int) -> list[int]:
    """The numbers of at most so many packages, the cheapest first, one for each set of levers that is moved."""
    first: dict[Hashable, int] = {}
    for number in np.argsort(costs, kind="stable").tolist():
        first.setdefault(moved[number], number)
    return list(first.values())[:most]


# ---------------------------------------------------------------- playing


def _sampled(store: Store) -> Tried:
    """What the sample found."""
    plan = store.plan
    moments = [no_moments(len(plan.points)) for _ in plan.measures]
    for point, *values in store.by_part(["point", *plan.measures]):
        moments = [with_values(so_far, point, its) for so_far, its in zip(moments, values, strict=True)]
    return _tried(sampled_genes(len(plan.points) - 1, plan.varied, plan.seed), moments)


def _played(store: Store, genes: Array, runs: int, engine: str, workers: int, tick: Callable[[int], object]) -> Tried:
    """Settings played in the first runs of the seed."""
    plan = store.plan._replace(runs=runs, points=tuple(settings_of(genes, store.plan.varied, store.plan.scenario)))
    moments = [no_moments(len(genes)) for _ in plan.measures]
    columns = [store.names.index(name) for name in plan.measures]
    for _, rows in play_parts(plan, list(cut(range(len(genes)), 0, plan.runs, 0)), engine, workers, tick):
        moments = [
            with_values(so_far, rows.point, rows.measured[:, column])
            for so_far, column in zip(moments, columns, strict=True)
        ]
    return _tried(genes, moments)


def _tried(genes: Array, moments: list[Moments]) -> Tried:
    return Tried(genes, np.column_stack([its.mean for its in moments]), np.column_stack([its.runs for its in moments]))
