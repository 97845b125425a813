"""The search for settings of the levers that are worth a closer look: on from a sample, by NSGA-II, on the same runs.

Every setting is played in the same runs, each of which draws its own unknowns: differences between settings are paired.
The search takes seconds and follows from the sample and its seed, so it is repeated where work resumes after a stop.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from model.draws import Array, stream

from ...measures.intervals import Moments, no_moments, shares, with_values
from ...plans.design import Plan, Point, cut
from ...runs.pool import play_parts
from ...runs.store import Store
from .moves import (
    SLACK,
    UNMOVED_BELOW,
    cost,
    sampled_genes,
    scenario_genes,
    settings_of,
    with_smallest_moves,
    without_needless_moves,
)
from .pareto import OUT, best, evolve
from .wants import losses, wants_of

ENOUGH = 0.1  # of a setting's runs must have a want, or the setting does not count
MOST_SETTINGS, MOST_PACKAGES = 24, 10  # looked at more closely
MOST_LOOKED_AT = 200  # packages from which moves that are not needed are taken
SURE_RUNS = 2048  # for cutting moves to the needed size; with fewer, luck would pass
JOINS = 0.8  # a package brings a lab in with at least this probability


class Tried(NamedTuple):
    """Settings that were played: a row each in ``genes``, ``means`` and ``counts`` (a column a measure of the plan)."""

    genes: Array
    means: Array
    counts: Array

    def at(self, rows: Array) -> "Tried":
        """Some of them."""
        return Tried(*(array[rows] for array in self))


type Play = Callable[..., Tried]  # of genes, and of how many runs unless those of the sample


def search(store: Store, engine: str, workers: int) -> list[Point]:
    """The settings worth a closer look: some of the front, and with a holdout the cheapest packages."""
    plan = store.plan
    with tqdm(unit=" runs", desc=f"{plan.name}, search", disable=None, leave=False) as bar:

        def play(genes: Array, runs: int = plan.runs) -> Tried:
            return _played(store, genes, runs, engine, workers, bar.update)

        tried = _improved(plan, _sampled(store), _of_wants, "front", play)
        fronts = [_front(plan, tried, play)]
        if wants_of(plan).holdout:
            tried = _improved(plan, tried, _of_packages, "packages", play)
            fronts.append(_packages(plan, tried, play))
    return list(dict.fromkeys(settings_of(np.vstack(fronts), plan.varied, plan.scenario)))


def _of_wants(plan: Plan, tried: Tried) -> Array:
    """The losses in the wants; a setting in which too few runs have one, or that misses a floor, is out."""
    asked, names = wants_of(plan), plan.measures
    wants = len(asked.wants)
    enough = (tried.counts[:, :wants] >= max(1.0, ENOUGH * plan.runs)).all(axis=1, keepdims=True)
    for name, least in asked.floors.items():
        enough &= tried.means[:, [names.index(name)]] >= least
    return np.where(enough, losses(plan, tried.means[:, :wants]), OUT)


def _of_packages(plan: Plan, tried: Tried) -> Array:
    """How seldom the holdout joins, and the cost."""
    return np.column_stack([np.where(tried.counts[:, -1] > 0, -tried.means[:, -1], OUT), _costs(plan, tried.genes)])


def _costs(plan: Plan, genes: Array) -> Array:
    points = settings_of(genes, plan.varied, plan.scenario)
    return np.array([cost(plan.scenario, plan.varied, point) for point in points])


def _improved(plan: Plan, tried: Tried, goal: Callable[[Plan, Tried], Array], name: str, play: Play) -> Tried:
    """The settings tried so far, and those that the optimiser tries from there."""
    grown = [tried]

    def loss(genes: Array) -> Array:
        grown.append(play(genes))
        return goal(plan, grown[-1])

    luck = int(stream(plan.seed, 0, "optimiser", name).integers(2**31))
    evolve(tried.genes, goal(plan, tried), loss, luck)
    return Tried(*map(np.concatenate, zip(*grown, strict=True)))


def _front(plan: Plan, tried: Tried, play: Play) -> Array:
    """Genes from all over the front, and where it is short from just behind it, without moves that hardly matter."""
    counting = (_of_wants(plan, tried) < OUT).all(axis=1)
    tried = tried.at(counting) if counting.any() else tried
    chosen = tried.at(best(_of_wants(plan, tried), MOST_SETTINGS))
    allowed = _of_wants(plan, chosen) + SLACK * np.ptp(_of_wants(plan, tried), axis=0)
    luck = stream(plan.seed, 0, "leaner", "front")
    return without_needless_moves(
        chosen.genes, lambda genes: (_of_wants(plan, play(genes)) <= allowed).all(axis=1), luck
    )


def _packages(plan: Plan, tried: Tried, play: Play) -> Array:
    """Genes of the cheapest packages that bring the holdout in, without the moves that are not needed for it.

    The low end of the interval must reach it, which leaves room for settings that were merely lucky.
    """
    enough = tried.at(_joins(tried)).genes
    if not len(enough):
        return tried.genes[[tried.means[:, -1].argmax()]]  # the nearest to it, for the report
    some = enough[cheapest(_costs(plan, enough), _moved(enough), MOST_LOOKED_AT)]
    luck = stream(plan.seed, 0, "leaner", "packages")
    lean = without_needless_moves(some, lambda genes: _joins(play(genes)), luck)
    few = lean[cheapest(_costs(plan, lean), _moved(lean), MOST_PACKAGES)]
    usual = scenario_genes(plan.varied, plan.scenario)
    near = with_smallest_moves(few, usual, lambda genes: _joins(play(genes, SURE_RUNS)))
    return np.vstack([few, near])


def _moved(genes: Array) -> list[frozenset[int]]:
    return [frozenset(np.flatnonzero(row).tolist()) for row in genes >= UNMOVED_BELOW]


def _joins(tried: Tried) -> Array:
    counts = tried.counts[:, -1]
    joins: Array = shares(tried.means[:, -1] * counts, counts).low >= JOINS
    return joins


def cheapest(costs: Array, moved: Sequence[Hashable], most: int) -> list[int]:
    """The numbers of at most so many packages, the cheapest first, one for each set of levers that is moved."""
    first: dict[Hashable, int] = {}
    for number in np.argsort(costs, kind="stable").tolist():
        first.setdefault(moved[number], number)
    return list(first.values())[:most]


# ---------------------------------------------------------------- playing


def _sampled(store: Store) -> Tried:
    """The settings of the sample."""
    plan = store.plan
    moments = [no_moments(len(plan.points)) for _ in plan.measures]
    for point, *values in store.by_part(["point", *plan.measures]):
        moments = [with_values(so_far, point, column) for so_far, column in zip(moments, values, strict=True)]
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
    return Tried(genes, np.column_stack([m.mean for m in moments]), np.column_stack([m.runs for m in moments]))
