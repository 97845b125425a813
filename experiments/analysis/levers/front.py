"""The Pareto front of the lever settings: the best trade-offs between the wants.

A sample of settings is played, an ordinary plan that is kept and resumed as any other; a search goes on from it
(`search`). The best settings of a search were also lucky. So the settings that deserve a closer look are played anew
beside the unchanged scenario, under a seed of their own and in worlds (`worlds`). The best of these would be lucky once
more: so every other world chooses, and only the worlds between them, which chose nothing, are reported.

References
----------
Smith & Winkler (2006), *Management Science* 52: 311-322, for why the best of several estimates disappoints.
"""

from collections.abc import Sequence

import numpy as np

from model.draws import Array, stream
from model.problems import refusal

from ...measures.columns import SHARE, measures
from ...plans.design import Plan
from ...results.sources import differences
from ...runs.store import SUMMARY, Store, opened
from . import worlds
from .finding import Front, Setting
from .moves import cost
from .pareto import nondominated
from .plan import BESIDE, NAME
from .search import ENOUGH, JOINS, cheapest
from .wants import losses, wants_of

PACKAGES = 5


def analyse(store: Store) -> Front:
    """The front, from the runs of a finished plan."""
    plan, (by_world, failed) = store.plan, _by_world(store)
    choosing, reported = chosen_and_reported(plan, by_world)
    paths = sorted(store.folder.glob(f"{BESIDE}/*/{SUMMARY}"))
    front = pareto_optimal(plan, choosing, "mean")
    return Front(
        plan=plan,
        settings=reported,
        beside=tuple(_beside(plan, opened(path.parent)) for path in paths),
        front=front,
        robust=pareto_optimal(plan, choosing, "worst"),
        best=best_in_each(plan, choosing, front),
        packages=_packages(plan, choosing),
        nearest=_nearest(plan, choosing),
        runs=len(plan.points) * plan.runs,
        failed=failed,
    )


def best_in_each(plan: Plan, settings: Sequence[Setting], front: Sequence[int]) -> dict[str, int]:
    """The number of the setting of a front that is best in each want."""
    signs = {want: 1.0 if way == "min" else -1.0 for want, way in wants_of(plan).wants.items()}
    return {want: min(front, key=lambda k: sign * settings[k].mean[want].mean) for want, sign in signs.items() if front}


def _packages(plan: Plan, settings: Sequence[Setting]) -> tuple[int, ...]:
    """The numbers of the cheapest settings that bring the holdout in; none without a holdout."""
    joining = wants_of(plan).joining
    if joining is None:
        return ()
    numbers = [k for k, setting in enumerate(settings) if setting.mean[joining].low >= JOINS]
    moved = [frozenset(settings[k].moves(plan)) for k in numbers]
    chosen = cheapest(np.array([settings[k].cost for k in numbers]), moved, PACKAGES)
    return tuple(numbers[k] for k in chosen)


def _nearest(plan: Plan, settings: Sequence[Setting]) -> int:
    """The number of the setting with which the holdout joins most often; 0 without a holdout."""
    joining = wants_of(plan).joining
    return 0 if joining is None else max(range(len(settings)), key=lambda k: settings[k].mean[joining].mean)


def _by_world(store: Store) -> tuple[dict[str, Array], int]:
    """Each measure by point, world and run, and how many runs failed."""
    plan, failed = store.plan, 0
    table = {name: np.full((len(plan.points), plan.runs), np.nan) for name in plan.measures}
    for point, run, reasons, *columns in store.by_part(["point", "run", "failed", *plan.measures]):
        failed += int((reasons != "").sum())
        for values, column in zip(table.values(), columns, strict=True):
            values[point, run] = column
    shape = (len(plan.points), plan.runs // plan.runs_in_a_world, plan.runs_in_a_world)
    return {name: values.reshape(shape) for name, values in table.items()}, failed


def chosen_and_reported(plan: Plan, by_world: dict[str, Array]) -> tuple[tuple[Setting, ...], tuple[Setting, ...]]:
    """Every setting with its intervals twice: from the worlds that choose, and from those that are reported."""
    choosing, reported = (
        _settings(plan, {name: values[:, first::2] for name, values in by_world.items()}) for first in (0, 1)
    )
    return choosing, reported


def _settings(plan: Plan, by_world: dict[str, Array]) -> tuple[Setting, ...]:
    """Every setting with its intervals over these worlds."""
    count = next(iter(by_world.values())).shape[1]
    weights = worlds.resamples(count, stream(plan.seed, 0, "bootstrap", NAME))
    return tuple(
        _setting(plan, number, {name: values[number] for name, values in by_world.items()}, weights)
        for number in range(len(plan.points))
    )


def _setting(plan: Plan, number: int, by_world: dict[str, Array], weights: Array) -> Setting:
    """A setting, from its measures by world and run."""
    about, (wants, floors, _), count = measures(plan.scenario), wants_of(plan), weights.shape[1]
    mean = {name: worlds.mean(values, weights) for name, values in by_world.items()}
    worst = {name: worlds.worst_tenth(values, wants.get(name) != "min", weights) for name, values in by_world.items()}
    for name in (name for name in by_world if about[name].unit == SHARE):
        mean[name] = worlds.of_share(mean[name], count)
        worst[name] = worlds.of_share(worst[name], round(worlds.TENTH * count))
    point = plan.points[number]
    return Setting(
        name="" if any(value is not None for value in point) else plan.scenario.name,
        point=point,
        cost=cost(plan.scenario, plan.varied, point),
        mean=mean,
        worst=worst,
        counts=all((~np.isnan(by_world[name])).mean() >= ENOUGH for name in wants)
        and all(mean[name].mean >= least for name, least in floors.items()),
    )


def _beside(plan: Plan, store: Store) -> Setting:
    """A scenario beside the front.

    Raises
    ------
    BadInput
        Where it was not played in the same worlds for the same wants.
    """
    its, ours = (its._replace(name="", scenario=plan.scenario, points=()) for its in (store.plan, plan))
    if its != ours:
        raise refusal(store.folder, "holds runs of another search; the command that made the front plays them anew")
    _, (setting,) = chosen_and_reported(store.plan, _by_world(store)[0])
    differ = differences([plan.scenario, store.plan.scenario])
    return setting._replace(levers_only=all(path.startswith("levers.") for path in differ))


def pareto_optimal(plan: Plan, settings: Sequence[Setting], kind: str) -> tuple[int, ...]:
    """The numbers of the Pareto-optimal settings by their 'mean' or their 'worst', the best in the first want first.

    Else 99.4% would stand beside 99.3% at any price. So means are first compared in steps of the size that can be
    distinguished, the median half width of their intervals.

    References
    ----------
    Laumanns, Thiele, Deb & Zitzler (2002), *Evolutionary Computation* 10: 263-282, for dominance in steps.
    """
    intervals = [[getattr(setting, kind)[name] for name in wants_of(plan).wants] for setting in settings]
    means = np.array([[interval.mean for interval in row] for row in intervals])
    half = np.nan_to_num([[interval.half_width for interval in row] for row in intervals])  # NaN where all are equal
    known = np.array([setting.counts for setting in settings]) & ~np.isnan(means).any(axis=1)
    if not known.any():
        return ()
    numbers, loss = np.flatnonzero(known), losses(plan, means[known])
    first = nondominated(np.floor(loss / np.maximum(np.median(half[known], axis=0), 1e-9)))
    optimal = first[nondominated(loss[first])]
    return tuple(numbers[sorted(optimal.tolist(), key=lambda number: loss[number].tolist())].tolist())
