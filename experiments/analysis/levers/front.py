"""Which settings of the levers bring about what is wanted, at what cost in something else: a Pareto front.

A sample of settings is played, an ordinary plan that is kept and gone on with as any other; a search goes on from it
(`search`). What looks best after a search was also lucky. So the settings that are worth a closer look are played anew
beside the scenario as it stands, under a seed of their own and in worlds (`worlds`), and only this is reported. The
front is what none of them beats.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from model.draws import stream
from model.problems import BadInput, Mark, Problem, nearest, quoted
from model.rules.records import About
from model.scenario import SHIPPED, Scenario, in_full, load

from ...measures.columns import JOINED, SHARE, measures
from ...measures.intervals import Interval
from ...plans.design import Plan, Point
from ...results.sources import differences
from ...results.sweeps import number, short, with_interval
from ...runs.store import SUMMARY, Store, opened
from ..common import played
from . import worlds
from .moves import HELD, cost, sampled_genes, settings_of
from .pareto import nondominated
from .search import ENOUGH, JOINS, cheapest, holdout_of, losses, search

type Array = np.ndarray[Any, Any]

DESIGN = "levers"
BESIDE = "scenarios"  # the folder of those that are marked beside the front
UP = ("adopted", "durable", "labs_", "share_", "joined.", "stays.")  # wanted high where nothing is said
DOWN = ("delay_", "holds", "incidents", "covered_unreviewed", "leavings", "left.", "held.")
WORLDS, WORLD_RUNS = 320, 16
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


# ---------------------------------------------------------------- what is asked


def plan_levers(
    scenario: Scenario,
    wants: Sequence[str],
    levers: Sequence[str],
    holdout: str | None,
    points: int,
    runs: int,
    seed: int,
) -> Plan:
    """The plan of the sample of settings; its first point is the scenario as it stands.

    Parameters
    ----------
    wants : strings ``measure``, ``measure:max`` or ``measure:min``
    levers : paths of what is set; where empty, all levers but those in `HELD`
    holdout : name of a lab, or None
        Whose joining is measured too.
    points, runs : int
        Settings besides the scenario as it stands, and runs at each.

    Raises
    ------
    BadInput
        With all that is wrong with the wants, the levers and the holdout.
    """
    wanted, problems = _wants(scenario, wants)
    varied, wrong = _varied(scenario, levers)
    joining = (JOINED + holdout,) if holdout else ()
    problems += wrong + _holdout(scenario, holdout)
    problems += [
        Problem(Mark("--holdout"), f"found {its} among the wants; leave out one") for its in joining if its in wanted
    ]
    if problems:
        raise BadInput(problems)
    asked = [f"{measure}.{direction}" for measure, direction in wanted.items()]
    sampling = int(stream(seed, 0, "sample", DESIGN).integers(2**62))  # the seed itself is for what is reported
    return Plan(
        name="-".join([scenario.name, DESIGN, *asked, *joining, *(short(path) for path in dict.fromkeys(levers))]),
        title="Settings of the levers",
        question=f"Which settings of the levers of {scenario.called} are not beaten in everything by another?",
        scenario=scenario,
        seed=sampling,
        runs=runs,
        measures=(*wanted, *joining),
        design=DESIGN,
        varied=varied,
        points=tuple(settings_of(sampled_genes(points, varied, sampling), varied, scenario)),
        directions=tuple(wanted.values()),
    )


def _wants(scenario: Scenario, wants: Sequence[str]) -> tuple[dict[str, str], list[Problem]]:
    """Measure -> 'max' or 'min', and what is wrong."""
    known, wanted, wrong = measures(scenario), dict[str, str](), list[str]()
    for want in wants:
        measure, colon, said = want.partition(":")
        direction = said if colon else usual_direction(measure)
        if measure not in known:
            wrong.append(f"found the measure {quoted(measure)}{nearest(measure, known)}")
        elif direction not in ("max", "min"):
            wrong.append(f"found {quoted(want)}; say which way is wanted, as {measure}:max or {measure}:min")
        elif measure in wanted:
            wrong.append(f"found {measure} twice")
        wanted[measure] = direction
    if len(wanted) < 2 and not wrong:
        wrong.append("found fewer than two wants; a front is between two or more, as adopted and review_days:max")
    return wanted, [Problem(Mark("--want"), its) for its in wrong]


def usual_direction(measure: str) -> str:
    """Which way a measure is wanted where nothing is said: 'max', 'min', or '' where it may be either."""
    if measure.startswith(UP):
        return "max"
    return "min" if measure.startswith(DOWN) else ""


def _varied(scenario: Scenario, chosen: Sequence[str]) -> tuple[tuple[str, ...], list[Problem]]:
    """The levers that are set, and what is wrong with those that were named."""
    known = [path for path in scenario.entries if path.startswith("levers.")]
    wrong = []
    for path in chosen:
        if path not in known:
            meant = in_full(path, known)
            hint = f"; did you mean {meant!r}?" if meant else nearest(path, known)
            wrong.append(f"found the lever {quoted(path)}{hint or f'; the levers are {", ".join(known)}'}")
    its = tuple(dict.fromkeys(chosen)) or tuple(path for path in known if path not in HELD)
    return its, [Problem(Mark("--lever"), found) for found in wrong]


def _holdout(scenario: Scenario, lab: str | None) -> list[Problem]:
    labs = scenario.named("lab")
    if lab is None or lab in labs:
        return []
    return [
        Problem(Mark("--holdout"), f"found the lab {quoted(lab)}{nearest(lab, labs)}; the labs are {', '.join(labs)}")
    ]


# ---------------------------------------------------------------- played anew


def plan_front(sample: Store, seed: int, engine: str, workers: int) -> Plan:
    """The plan of what a search from a finished sample found, played anew in worlds."""
    plan = sample.plan
    nowhere: Point = (None,) * len(plan.varied)
    found = [point for point in search(sample, engine, workers) if point != nowhere]
    runs = WORLDS * WORLD_RUNS
    return plan._replace(seed=seed, runs=runs, runs_in_a_world=WORLD_RUNS, points=(nowhere, *found))


def plans_beside(plan: Plan) -> list[Plan]:
    """The plans of the other shipped scenarios that have the measures, each as it stands, in the same worlds."""
    plans = []
    for path in sorted(SHIPPED.glob("*.yaml")):
        with suppress(BadInput):  # what was set may be about somebody who is not there
            other = load(path, plan.scenario.settings)
            if other.name != plan.scenario.name and set(plan.measures) <= set(measures(other)):
                points: tuple[Point, ...] = ((None,) * len(plan.varied),)
                plans.append(plan._replace(name=f"{BESIDE}/{other.name}", scenario=other, points=points))
    return plans


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


# ---------------------------------------------------------------- in words


def headline(found: Front) -> str:
    """The one sentence to remember: the best in each want with what it costs in the others, and how it stands."""
    stands, wants = found.settings[0], found.wants
    as_it_stands = "as it stands " + _values(found, stands, list(wants))
    if not found.front:
        return f"No setting has what is wanted in {ENOUGH:.0%} of its runs; {as_it_stands}."
    if len(found.front) == 1:
        only = _values(found, found.settings[found.front[0]], list(wants))
        return f"One setting is best in every want: {only}; {as_it_stands}."
    signs = [-1.0 if way == "max" else 1.0 for way in found.plan.directions]
    ends = []
    for want, sign in zip(wants, signs, strict=True):
        best = min((found.settings[k] for k in found.front), key=lambda its: sign * its.mean[want].mean)
        others = _values(found, best, [other for other in wants if other != want])
        ends.append(f"at best {_values(found, best, [want])}, with {others}")
    told = "; ".join([*ends, as_it_stands])
    return f"{told[0].upper()}{told[1:]}."


def _values(found: Front, its: Setting, names: list[str]) -> str:
    return " and ".join(f"{found.wants[name].label} {value(its.mean[name], found.wants[name])}" for name in names)


def value(its: Interval, about: About) -> str:
    """A value with its interval, and its unit where that is not said by the number itself."""
    return with_interval(its, about) + ("" if about.unit == SHARE else f" {about.unit}")


def told(found: Front) -> str:
    """The front as text for a terminal."""
    plan = found.plan
    every = f"{plan.runs:,} runs each: {plan.runs // plan.runs_in_a_world} worlds of {plan.runs_in_a_world}"
    better = sum(_beats(found, found.settings[k]) for k in found.front if k)
    lines = [
        headline(found),
        "",
        f"{plan.title}. {plan.question}",
        f"{len(plan.points)} settings, {every}, seed {plan.seed}; 95% intervals over worlds in brackets.",
        *_reading(found),
        *[f"{found.failed:,} runs failed and are left out."] * bool(found.failed),
        "",
        f"Settings that none beats: {len(found.front)}, of which {better} better in every want than as it stands",
    ]
    for rank, k in enumerate(found.front, 1):
        mark = ", also in the worst tenth" if k in found.robust else ""
        lines += _setting_told(found, found.settings[k], f"{rank}. cost {found.settings[k].cost:.2f}{mark}")
    lines += ["", "As it stands, and the other shipped scenarios (+ differs in more than levers)"]
    for its in (found.settings[0], *found.beside):
        lines += _setting_told(found, its, its.name + " +" * (not its.levers_only))
    return "\n".join([*lines, *_packages_told(found)])


def _reading(found: Front) -> list[str]:
    """What the words of the table mean."""
    held = [short(path) for path in HELD if path not in found.plan.varied]
    return [
        "Worst tenth: the mean in the tenth of the worlds, values of the unknowns, that is worst in each want.",
        "Cost: the shares of their ranges by which levers are moved, summed. What is not named is left as it is.",
        *[f"Not set unless named with --lever: {', '.join(held)}."] * bool(held),
    ]


def _beats(found: Front, its: Setting) -> bool:
    """Whether a setting is better than the scenario as it stands in every want, intervals apart."""
    return all(
        its.mean[name].low > found.settings[0].mean[name].high
        if way == "max"
        else its.mean[name].high < found.settings[0].mean[name].low
        for name, way in zip(found.wants, found.plan.directions, strict=True)
    )


def _setting_told(found: Front, its: Setting, head: str, more: dict[str, About] | None = None) -> list[str]:
    names = {**(more or {}), **found.wants}
    wide = max(len(about.label) for about in names.values())
    moved = ", ".join(f"{short(path)} {number(new)}" for path, new in moves(found.plan, its.point).items())
    lines = [f"  {head}" + f": {moved}" * bool(moved)]
    for name, about in names.items():
        worst = with_interval(its.worst[name], about)
        lines.append(f"     {about.label:{wide}}  {value(its.mean[name], about)}; worst tenth {worst}")
    return lines


def _packages_told(found: Front) -> list[str]:
    """The cheapest packages that bring the holdout in."""
    lab = holdout_of(found.plan)
    if lab is None:
        return []
    label, name = found.plan.scenario.labels[lab], JOINED + lab
    about = measures(found.plan.scenario)[name]
    stands = with_interval(found.settings[0].mean[name], about)
    if not found.packages:
        most = max((its.mean[name] for its in found.settings), key=lambda its: its.mean)
        ends = f"the most that was found is {with_interval(most, about)}, as it stands {stands}"
        return ["", f"With no package that was found does {label} join in at least {JOINS:.0%} of runs: {ends}."]
    what = f"The cheapest packages with which {label} joins in at least {JOINS:.0%} of runs"
    lines = ["", f"{what}, low end of the interval (as it stands {stands})"]
    for rank, k in enumerate(found.packages, 1):
        lines += _setting_told(found, found.settings[k], f"{rank}. cost {found.settings[k].cost:.2f}", {name: about})
    return lines


def as_data(found: Front) -> dict[str, Any]:
    """The front as plain data for JSON."""
    plan = found.plan
    return {
        **played(plan, found.runs, found.failed),
        "worlds": plan.runs // plan.runs_in_a_world,
        "wants": dict(zip(found.wants, plan.directions, strict=True)),
        "holdout": holdout_of(plan),
        "levers": list(plan.varied),
        "settings": [_data(plan, its) for its in found.settings],
        "scenarios": [_data(plan, its) | {"levers_only": its.levers_only} for its in found.beside],
        "front": list(found.front),
        "robust": list(found.robust),
        "packages": list(found.packages),
    }


def _data(plan: Plan, its: Setting) -> dict[str, Any]:
    return {
        "name": its.name or None,
        "levers": moves(plan, its.point),
        "cost": its.cost,
        **{of: {name: _plain(one) for name, one in getattr(its, of).items()} for of in ("mean", "worst")},
    }


def _plain(its: Interval) -> dict[str, float | None]:
    return {key: None if np.isnan(end) else end for key, end in its._asdict().items()}
