"""What a sweep says: an interval of each measure at every point, and the effects of what varies."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from model.draws import Array
from model.rules.records import About

from ..measures.columns import exists_if, measures
from ..measures.intervals import Intervals, intervals, no_moments, with_values
from ..measures.signflips import GroupMeans
from ..plans.design import Plan, Value, axis_position
from ..runs.store import Store
from .effects import Effects, fitted_effects
from .notes import notes
from .responses import effect_sentence, undrawn
from .text_table import text_table
from .words import NOTHING, counted, interval_text, number, short

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED = 3  # varied parameters by whose values a point is named
MOST_LISTED = 12  # points in the text; all are in the table and the figures
MOST_AT_AN_END = 3  # lines of the lowest and of the highest points, where there are more
MOST_WITH_ALL = 2000  # points at which the table has all measures; of more it would hardly open
FINISHED, HAVE_IT, ENDS = "runs", "_runs", ("", "_low", "_high")  # columns of the table, and endings of a measure's


class SweepResult(NamedTuple):
    """The intervals of each measure of a sweep, an entry for each point, and how many runs were played and failed.

    ``by_group`` has the means of each measure over groups of runs: a row a point, a column a group. ``finished`` is how
    many runs of each point did not fail.
    """

    plan: Plan
    intervals: dict[str, Intervals]
    by_group: dict[str, Array]
    runs: int
    failed: int
    finished: Array

    def about(self, measure: str) -> About:
        """Label and unit of a measure."""
        return measures(self.plan.scenario)[measure]

    def label(self, path: str) -> str:
        """The label of a varied parameter, with its unit."""
        entry = self.plan.scenario.entries[path]
        return f"{entry.label} ({entry.unit})"

    def positions(self, path: str) -> Array:
        """Where each point stands on the axis of a varied parameter."""
        column, kind = self.plan.varied.index(path), self.plan.scenario.entries[path].type
        return np.array([axis_position(point[column], kind) for point in self.plan.points])

    def levels(self, path: str) -> list[Value]:
        """The values of a varied parameter, in the order of its axis."""
        column, kind = self.plan.varied.index(path), self.plan.scenario.entries[path].type
        return sorted({point[column] for point in self.plan.points}, key=lambda value: axis_position(value, kind))

    def is_mapped(self) -> bool:
        """Whether every point can be shown on an axis, a map, or maps beside each other."""
        return len(self.plan.varied) <= MOST_NAMED and self.is_grid()

    def is_grid(self) -> bool:
        """Whether the points are all the combinations of the values of each parameter."""
        return len(self.plan.points) == math.prod(len(self.levels(path)) for path in self.plan.varied)

    def ends(self, measure: str) -> tuple[int, int] | None:
        """The points at which the mean of a measure is least and most; None if no run has it."""
        means = self.intervals[measure].mean
        return None if np.isnan(means).all() else (int(np.nanargmin(means)), int(np.nanargmax(means)))

    def is_level(self, measure: str) -> bool:
        """Whether a measure has the same mean at every point that has it."""
        means = self.intervals[measure].mean
        return len(set(means[~np.isnan(means)])) == 1

    def effects(self, measure: str) -> Effects | None:
        """The additive effects of the varied numbers on a measure; None where they cannot be fitted."""
        entries = self.plan.scenario.entries
        paths = [path for path in self.plan.varied if entries[path].type in (int, float)]
        positions = {path: self.positions(path) for path in paths}
        return fitted_effects(positions, self.intervals[measure].mean, self.by_group[measure], self.plan.seed)

    def headline(self) -> str:
        """How the first measure responds to what varies; where that cannot be told, where it is least and most."""
        measure = self.plan.measure
        about, ends = self.about(measure), self.ends(measure)
        points = counted(len(self.plan.points), "point")
        total = f"{self.runs:,} runs at {points}"
        if self.failed:
            total += f"; {self.failed:,} of them failed and are left out"
        if ends is None:
            return f"{about.label}: {NOTHING} ({total})."
        if self.is_mapped() and not undrawn(self, measure):
            return f"{effect_sentence(self, measure)}; {total}."
        if self.is_level(measure):
            return f"{about.label} ({about.unit}): {self._value(measure, ends[0])} wherever it is measured; {total}."
        least, most = (f"{self._value(measure, point)} at {point_name(self.plan, point)}" for point in ends)
        return f"{about.label} ({about.unit}): from {least} to {most}; {total}."

    def text(self) -> str:
        """The result as text for a terminal, the headline first."""
        plan = self.plan
        lines = [
            self.headline(),
            "",
            f"{plan.title}: {plan.question}",
            f"Scenario {plan.scenario.called}, design {plan.design}, seed {plan.seed}; 95% intervals in brackets.",
            *(f"Note: {note}." for note in notes(plan.scenario, plan.varied)),
        ]
        for measure in plan.measures:
            about = self.about(measure)
            lines += ["", f"{about.label} ({about.unit})", *(f"  {line}" for line in self._measure_lines(measure))]
        return "\n".join(lines + self._precision_lines())

    def _value(self, measure: str, point: int) -> str:
        return interval_text(self.intervals[measure].at(point), self.about(measure))

    def _measure_lines(self, measure: str) -> Iterator[str]:
        """The effects of a sweep over scattered points, else the points themselves or the extreme ones."""
        if why := undrawn(self, measure):
            yield f"{why}, so it is not drawn"
        elif self.is_mapped() and measure != self.plan.measure:  # the headline has that one's
            yield f"{effect_sentence(self, measure)}."
        if self.ends(measure) is None:
            return
        effects = None if self.is_mapped() else self.effects(measure)
        if effects is not None:
            yield from self._effect_lines(effects, self.about(measure))
        else:
            yield from self._point_lines(measure)

    def _point_lines(self, measure: str) -> Iterator[str]:
        """The points and their values; of many the lowest and the highest, those that say the same in one line."""
        points, mean = range(len(self.plan.points)), self.intervals[measure].mean
        if len(points) <= MOST_LISTED:
            yield from _aligned([[point_name(self.plan, point), self._value(measure, point)] for point in points])
            return
        alike: dict[str, list[int]] = {}
        for point in sorted((point for point in points if not math.isnan(mean[point])), key=lambda point: mean[point]):
            alike.setdefault(self._value(measure, point), []).append(point)
        groups = list(alike.items())
        if len(groups) > 2 * MOST_AT_AN_END:
            yield f"the lowest and the highest of {len(points):,} points:"
            groups = [*groups[:MOST_AT_AN_END], *groups[-MOST_AT_AN_END:]]
        yield from _aligned([[_points_name(self.plan, its), value] for value, its in groups])

    def _effect_lines(self, effects: Effects, about: About) -> Iterator[str]:
        """The effects, the largest first; which of them may be luck."""
        if math.isnan(effects.explained):
            yield "the same at every point"
            return
        yield f"from the lowest to the highest value of each, all else equal (explains {effects.explained:.0%}):"
        yield from _aligned(
            [
                [
                    f"  {short(path)}",
                    interval_text(effect, about, signed=True),
                    "" if path in effects.told else "not told from luck",
                ]
                for path, effect in effects.ranked()
            ]
        )

    def _precision_lines(self) -> list[str]:
        """How many points are as precise as was asked for."""
        plan = self.plan
        if plan.precision is None:
            return []
        too_wide = int((~(self.intervals[plan.measure].half_width <= plan.precision)).sum())
        if not too_wide:
            return ["", f"Every point has a half width of at most {plan.precision:g}."]
        return ["", f"{too_wide:,} points reached {plan.max_runs:,} runs before a half width of {plan.precision:g}."]

    def data(self) -> dict[str, Any]:
        """The result as plain data that JSON can hold; NaN becomes None."""
        plan = self.plan
        entries = plan.scenario.entries
        effects = {name: self.effects(name) for name in plan.measures}
        return {
            **{name: getattr(plan, name) for name in ("name", "title", "question", "design", "seed")},
            "scenario": plan.scenario.name,
            "settings": list(plan.scenario.settings),
            "notes": notes(plan.scenario, plan.varied),
            "runs": self.runs,
            "failed": self.failed,
            "varied": {path: {"label": entries[path].label, "unit": entries[path].unit} for path in plan.varied},
            "measures": {
                name: {"label": about.label, "unit": about.unit}
                for name, about in measures(plan.scenario).items()
                if name in plan.measures
            },
            "effects": {name: effect and effect.data() for name, effect in effects.items()},
            "points": [
                {
                    "values": dict(zip(plan.varied, values, strict=True)),
                    "measures": {
                        name: {"runs": int(means.runs[point]), **means.at(point).data()}
                        for name, means in self.intervals.items()
                    },
                }
                for point, values in enumerate(plan.points)
            ],
        }

    def columns(self, others: Mapping[str, Intervals] | None = None) -> dict[str, list[Any]]:
        """The columns of a table with a row a point: what varies, the runs that did not fail, and each measure.

        A measure has a mean and the ends of its interval, as ``adopted``, ``adopted_low`` and ``adopted_high``, and one
        that some runs lack also ``_runs``, how many have it. `others` are measures after those of the sweep.
        """
        columns: dict[str, list[Any]] = {"point": list(range(len(self.plan.points)))}
        columns |= dict(zip(self.plan.varied, map(list, zip(*self.plan.points, strict=True)), strict=True))
        columns[FINISHED] = self.finished.astype(int).tolist()
        for name, its in {**self.intervals, **(others or {})}.items():
            ends = zip(ENDS, (its.mean, its.low, its.high), strict=True)
            columns |= {f"{name}{end}": values.tolist() for end, values in ends}
            if exists_if(name):
                columns[f"{name}{HAVE_IT}"] = its.runs.astype(int).tolist()
        return columns

    def table(self) -> "pd.DataFrame":
        """`columns` of the measures of the sweep."""
        import pandas as pd

        return pd.DataFrame(self.columns())


def sweep_result(store: Store) -> SweepResult:
    """The result of a sweep from its store."""
    names = store.plan.measures
    groups = {name: GroupMeans(len(store.plan.points), store.plan.runs) for name in names}
    finished, runs = np.zeros(len(store.plan.points)), 0
    for point, run, reasons, *columns in store.by_part(["point", "run", "failed", *names]):
        runs += len(point)
        finished += np.bincount(point[reasons == ""], minlength=len(finished))
        for name, values in zip(names, columns, strict=True):
            groups[name].add(point, run, values)
    means = {name: its.means() for name, its in groups.items()}
    return SweepResult(store.plan, intervals_at_points(store, names), means, runs, runs - int(finished.sum()), finished)


def intervals_at_points(store: Store, names: Sequence[str]) -> dict[str, Intervals]:
    """Mean and interval of some measures at each point of a plan; its parts are read one after the other."""
    known = measures(store.plan.scenario)
    moments = {name: no_moments(len(store.plan.points)) for name in names}
    for point, *columns in store.by_part(["point", *names]):
        for name, values in zip(names, columns, strict=True):
            moments[name] = with_values(moments[name], point, values)
    return {name: intervals(known[name].unit, its) for name, its in moments.items()}


def other_measures(store: Store) -> dict[str, Intervals]:
    """Mean and interval of the measures that a sweep does not name; nothing where there are too many points."""
    if len(store.plan.points) > MOST_WITH_ALL:
        return {}
    return intervals_at_points(
        store, [name for name in measures(store.plan.scenario) if name not in store.plan.measures]
    )


def point_name(plan: Plan, point: int) -> str:
    """A point by the values of what varies; by its number where these are many."""
    if len(plan.varied) > MOST_NAMED:
        return f"point {point}"
    values = zip(plan.varied, plan.points[point], strict=True)
    return ", ".join(f"{short(path)} {number(value)}" for path, value in values)


def _points_name(plan: Plan, points: Sequence[int]) -> str:
    """The first of some points, and how many more there are."""
    return point_name(plan, points[0]) + (f" and {counted(len(points) - 1, 'more point')}" if len(points) > 1 else "")


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    return text_table(rows[0], rows[1:])
