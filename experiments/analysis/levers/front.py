"""Which settings of the levers bring about what is wanted, at what cost in something else: a Pareto front.

A sample of settings is played, an ordinary plan that is kept and gone on with as any other; a search goes on from it
(`search`). What looks best after a search was also lucky. So the settings that are worth a closer look are played anew
beside the scenario as it stands, under a seed of their own and in worlds (`worlds`), and only this is reported. The
front is what none of them beats.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array, stream
from model.rules.records import About
from model.scenario import Scenario

from ...measures.columns import JOINED, SHARE, measures
from ...measures.intervals import Interval
from ...plans.design import Plan, Point
from ...results.sources import differences
from ...runs.store import SUMMARY, Store, opened
from . import worlds
from .moves import cost
from .pareto import nondominated
from .plan import BESIDE, DESIGN
from .search import ENOUGH, JOINS, cheapest, holdout_of, losses

PACKAGES = 5


class Setting(NamedTuple):
    """A setting as it was played.

    ``name`` is that of a scenario, '' for what was found. ``point`` holds a value for each lever that varies (None:
    left as it is), ``cost`` is how far it moves them in all. ``mean`` and ``worst``: measure -> interval, over all
    worlds and over the worst tenth. ``counts`` says whether enough runs have what is wanted, ``levers_only`` whether a
    scenario differs from that of the front in levers alone.
    """

    name: str
    point: Point
    cost: float
    mean: dict[str, Interval]
    worst: dict[str, Interval]
    counts: bool
    levers_only: bool = True


class Front(NamedTuple):
    """What was found: the settings, the first of them the scenario as it stands, and other scenarios beside them.

    ``front`` and ``robust`` are the numbers of those that none beats by the means, and by the means in the worst tenth
    of the worlds; ``packages`` of the cheapest that bring the holdout in.
    """

    plan: Plan
    settings: tuple[Setting, ...]
    beside: tuple[Setting, ...]
    front: tuple[int, ...]
    robust: tuple[int, ...]
    packages: tuple[int, ...]
    runs: int
    failed: int

    @property
    def wants(self) -> dict[str, About]:
        """Label and unit of each measure that is wanted."""
        known = measures(self.plan.scenario)
        return {name: known[name] for name in self.plan.measures[: len(self.plan.directions)]}


def analyse(store: Store) -> Front:
    """The front that a store of such a plan holds."""
    plan, (settings, failed) = store.plan, _settings(store)
    beside = [
        _beside(plan.scenario, opened(path.parent)) for path in sorted(store.folder.glob(f"{BESIDE}/*/{SUMMARY}"))
    ]
    joins = holdout_of(plan)
    by_cost = list(range(len(settings)))
    if joins:
        by_cost = [k for k in by_cost if settings[k].mean[JOINED + joins].low >= JOINS]
    moved = [frozenset(moves(plan, settings[k].point)) for k in by_cost]
    packages = cheapest(np.array([settings[k].cost for k in by_cost]), moved, PACKAGES) if joins else []
    return Front(
        plan,
        settings,
        tuple(beside),
        unbeaten(plan, settings, "mean"),
        unbeaten(plan, settings, "worst"),
        tuple(by_cost[k] for k in packages),
        len(plan.points) * plan.runs,
        failed,
    )


def _settings(store: Store) -> tuple[tuple[Setting, ...], int]:
    """Every setting with its intervals, and how many runs failed."""
    plan, failed = store.plan, 0
    table = {name: np.full((len(plan.points), plan.runs), np.nan) for name in plan.measures}
    for point, run, reasons, *values in store.by_part(["point", "run", "failed", *plan.measures]):
        failed += int((reasons != "").sum())
        for its, column in zip(table.values(), values, strict=True):
            its[point, run] = column
    in_all = plan.runs // plan.runs_in_a_world
    weights = worlds.resamples(in_all, stream(plan.seed, 0, "bootstrap", DESIGN))
    return tuple(
        _setting(plan, number, {name: its[number].reshape(in_all, -1) for name, its in table.items()}, weights)
        for number in range(len(plan.points))
    ), failed


def _setting(plan: Plan, which: int, by_world: dict[str, Array], weights: Array) -> Setting:
    about, up = measures(plan.scenario), dict(zip(plan.measures, plan.directions, strict=False))
    mean = {name: worlds.mean(its, weights) for name, its in by_world.items()}
    worst = {name: worlds.worst_tenth(its, up.get(name) != "min", weights) for name, its in by_world.items()}
    in_all = weights.shape[1]
    for name in (name for name in by_world if about[name].unit == SHARE):
        mean[name] = worlds.of_share(mean[name], in_all)
        worst[name] = worlds.of_share(worst[name], round(worlds.TENTH * in_all))
    have = [(~np.isnan(by_world[name])).mean() for name in up]
    point = plan.points[which]
    name = "" if any(its is not None for its in point) else plan.scenario.name
    return Setting(name, point, cost(plan.scenario, plan.varied, point), mean, worst, bool(min(have) >= ENOUGH))


def _beside(scenario: Scenario, store: Store) -> Setting:
    """A scenario beside the front."""
    (its,), _ = _settings(store)
    differ = differences([scenario, store.plan.scenario])
    return its._replace(levers_only=all(path.startswith("levers.") for path in differ))


def unbeaten(plan: Plan, settings: Sequence[Setting], of: str) -> tuple[int, ...]:
    """The numbers of the settings that none beats, the best in the first want first.

    Else 99.4% would stand beside 99.3% at any price. So means are first compared in steps of what can be told apart,
    the median half width of their intervals.

    References
    ----------
    Laumanns, Thiele, Deb & Zitzler (2002), *Evolutionary Computation* 10: 263-282, for dominance in steps.
    """
    wants = plan.measures[: len(plan.directions)]
    means, half = (
        np.array([[getattr(getattr(its, of)[name], what) for name in wants] for its in settings])
        for what in ("mean", "half_width")
    )
    known = np.array([its.counts for its in settings]) & ~np.isnan(half).any(axis=1)
    if not known.any():
        return ()
    which, its = np.flatnonzero(known), losses(plan, means[known])
    first = nondominated(np.floor(its / np.maximum(np.median(half[known], axis=0), 1e-9)))
    left = first[nondominated(its[first])]
    return tuple(which[sorted(left.tolist(), key=lambda number: its[number].tolist())].tolist())


def moves(plan: Plan, point: Point) -> dict[str, Any]:
    """What a setting moves: path -> value."""
    return {path: value for path, value in zip(plan.varied, point, strict=True) if value is not None}
