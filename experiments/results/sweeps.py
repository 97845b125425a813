"""How measures respond to what a sweep varies: an interval at every point, in figures' terms and in words."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from model.problems import shown_value
from model.rules.records import About

from ..measures.columns import SHARE, measures
from ..measures.intervals import LEVEL, Interval, Intervals, intervals, no_moments, with_values
from ..plans.design import Plan, Value, place
from ..runs.store import Store

if TYPE_CHECKING:
    import pandas as pd

type Array = np.ndarray[Any, Any]
MOST_NAMED = 3  # parameters in the words for a point
MOST_TOLD = 12  # points in words; all are in the table and the figures


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
        return np.array([place(point[which], kind) for point in self.plan.points])

    def levels(self, path: str) -> list[Value]:
        """The values of a varied parameter, in the order of its axis."""
        which = self.plan.varied.index(path)
        kind = self.plan.scenario.entries[path].type
        return sorted({point[which] for point in self.plan.points}, key=lambda value: place(value, kind))

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


# ---------------------------------------------------------------- in words


def shown(value: float, about: About) -> str:
    """A value of a measure: shares in percent."""
    return f"{100 * value:.1f}%" if about.unit == SHARE else f"{value:.3g}"


def with_interval(its: Interval, about: About) -> str:
    """A value of a measure with its interval."""
    if math.isnan(its.mean):
        return "no run has it"
    if math.isnan(its.low):
        return shown(its.mean, about)
    return f"{shown(its.mean, about)} [{shown(its.low, about)} to {shown(its.high, about)}]"


def change(value: float, about: About) -> str:
    """A change of a measure: shares in percentage points."""
    return f"{100 * value:+.1f} points" if about.unit == SHARE else f"{value:+.3g}"


def where(response: Response, point: int) -> str:
    """A point in words, by the ends of its paths; by its number where these are many."""
    if len(response.plan.varied) > MOST_NAMED:
        return f"point {point}"
    values = zip(response.plan.varied, response.plan.points[point], strict=True)
    return ", ".join(f"{short(path)} {number(value)}" for path, value in values)


def short(path: str) -> str:
    """A path without its section."""
    return path.partition(".")[2]


def number(value: Value) -> str:
    """A value as a reader would write it, with four digits."""
    return f"{value:.4g}" if isinstance(value, float) else shown_value(value)


def headline(response: Response) -> str:
    """The one sentence to remember: where the first measure is least and where it is most."""
    measure = response.plan.measure
    about, its = response.about(measure), response.found[measure]
    total = f"{response.runs:,} runs at {len(response.plan.points):,} points"
    failed = f"; {response.failed:,} of them failed and are left out" if response.failed else ""
    if np.isnan(its.mean).all():
        return f"{about.label}: no run has it ({total}{failed})."
    least, most = (int(choose(its.mean)) for choose in (np.nanargmin, np.nanargmax))
    return (
        f"{about.label} ({about.unit}): from {with_interval(its.at(least), about)} at {where(response, least)} "
        f"to {with_interval(its.at(most), about)} at {where(response, most)}; {total}{failed}."
    )


def told(response: Response) -> str:
    """The response as text for a terminal."""
    plan = response.plan
    lines = [headline(response), "", f"{plan.title}: {plan.question}"]
    lines += [f"Scenario {plan.scenario.called}, design {plan.design}, seed {plan.seed}; 95% intervals in brackets."]
    for measure in plan.measures:
        lines += ["", *_measure_told(response, measure)]
    return "\n".join(lines + _precision_told(response))


def _measure_told(response: Response, measure: str) -> Iterable[str]:
    about, its = response.about(measure), response.found[measure]
    yield f"{about.label} ({about.unit})"
    if np.isnan(its.mean).all():
        yield "  no run has it"
        return
    if not response.is_mapped():
        found = effects(response, measure)
        if found is not None:
            yield f"  from the lowest to the highest value of each, all else equal (explains {found.explained:.0%}):"
            wide = max(len(short(path)) for path in found.by_path)
            for path, effect in sorted(found.by_path.items(), key=lambda item: -abs(item[1].mean)):
                ends = f"[{change(effect.low, about)} to {change(effect.high, about)}]"
                yield f"    {short(path):{wide}}  {change(effect.mean, about)} {ends}"
            return
    order: Iterable[int] = range(len(response.plan.points))
    if len(response.plan.points) > MOST_TOLD:
        ranked = [int(point) for point in np.argsort(its.mean, kind="stable") if not math.isnan(its.mean[point])]
        half = MOST_TOLD // 2
        order = ranked if len(ranked) <= MOST_TOLD else [*ranked[:half], *ranked[-half:]]
        yield f"  the {half} lowest and the {half} highest of {len(response.plan.points):,} points:"
    wide = max(len(where(response, point)) for point in order)
    for point in order:
        yield f"  {where(response, point):{wide}}  {with_interval(its.at(point), about)}"


def _precision_told(response: Response) -> list[str]:
    """How many points are as precise as was asked for."""
    plan = response.plan
    if plan.precision is None:
        return []
    half = response.found[plan.measure].half_width
    short_of = int((~(half <= plan.precision)).sum())
    if not short_of:
        return ["", f"Every point has a half width of at most {plan.precision:g}."]
    return ["", f"{short_of:,} points had {plan.max_runs:,} runs before their half width was {plan.precision:g}."]


def as_data(response: Response) -> dict[str, Any]:
    """The response as plain data for JSON; NaN becomes None."""
    plan = response.plan
    entries = plan.scenario.entries
    return {
        **{name: getattr(plan, name) for name in ("name", "title", "question", "design", "seed")},
        "scenario": plan.scenario.name,
        "settings": list(plan.scenario.settings),
        "runs": response.runs,
        "failed": response.failed,
        "varied": {path: {"label": entries[path].label, "unit": entries[path].unit} for path in plan.varied},
        "measures": {
            name: {"label": about.label, "unit": about.unit}
            for name, about in measures(plan.scenario).items()
            if name in plan.measures
        },
        "effects": {name: _effects_data(effects(response, name)) for name in plan.measures},
        "points": [
            {
                "values": dict(zip(plan.varied, point, strict=True)),
                "measures": {name: _interval_data(its, number) for name, its in response.found.items()},
            }
            for number, point in enumerate(plan.points)
        ],
    }


def as_table(response: Response) -> "pd.DataFrame":
    """The response as a table: a row a point, with what varies, and mean, interval and runs of each measure."""
    import pandas as pd

    plan = response.plan
    table = pd.DataFrame(list(plan.points), columns=list(plan.varied))
    for name, its in response.found.items():
        for column, values in {name: its.mean, f"{name}.low": its.low, f"{name}.high": its.high}.items():
            table[column] = values
        table[f"{name}.runs"] = its.runs.astype(int)
    return table


def _effects_data(found: Effects | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "explained": None if math.isnan(found.explained) else found.explained,
        "by_path": {path: its._asdict() for path, its in found.by_path.items()},
    }


def _interval_data(its: Intervals, point: int) -> dict[str, Any]:
    one = its.at(point)._asdict()
    return {"runs": int(its.runs[point]), **{key: None if math.isnan(value) else value for key, value in one.items()}}
