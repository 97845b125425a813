"""What a sweep says: an interval of each measure at every point, and the effects of what varies."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from model.draws import Array
from model.rules.records import About

from ..measures.columns import measures
from ..measures.intervals import Intervals, intervals, no_moments, with_values
from ..measures.signflips import GroupMeans
from ..plans.design import Plan, Value, axis_position
from ..runs.store import Store
from .effects import Effects, fitted_effects
from .responses import effect_sentence, undrawn
from .text_table import text_table
from .words import NOTHING, counted, interval_text, number, short

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED = 3  # varied parameters by whose values a point is named
MOST_LISTED = 12  # points in the text; all are in the table and the figures


class SweepResult(NamedTuple):
    """The intervals of each measure of a sweep, an entry for each point, and how many runs were played and failed.

    ``by_group`` has the means of each measure over groups of runs: a row a point, a column a group.
    """

    plan: Plan
    intervals: dict[str, Intervals]
    by_group: dict[str, Array]
    runs: int
    failed: int

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
        """Where the first measure is least and where it is most."""
        measure = self.plan.measure
        about, ends = self.about(measure), self.ends(measure)
        points = counted(len(self.plan.points), "point")
        total = f"{self.runs:,} runs at {points}"
        if self.failed:
            total += f"; {self.failed:,} of them failed and are left out"
        if ends is None:
            return f"{about.label}: {NOTHING} ({total})."
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
        elif self.is_mapped():
            yield f"{effect_sentence(self, measure)}."
        if self.ends(measure) is None:
            return
        effects = None if self.is_mapped() else self.effects(measure)
        if effects is not None:
            yield from self._effect_lines(effects, self.about(measure))
        else:
            points = _listed_points(self.intervals[measure].mean)
            if len(self.plan.points) > MOST_LISTED:
                half = MOST_LISTED // 2
                yield f"the {half} lowest and the {half} highest of {len(self.plan.points):,} points:"
            yield from _aligned([[point_name(self.plan, point), self._value(measure, point)] for point in points])

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

    def table(self) -> "pd.DataFrame":
        """A row for each point: the values of what varies, and mean, interval and runs of each measure."""
        import pandas as pd

        table = pd.DataFrame(list(self.plan.points), columns=list(self.plan.varied))
        for name, means in self.intervals.items():
            table[name], table[f"{name}.low"], table[f"{name}.high"] = means.mean, means.low, means.high
            table[f"{name}.runs"] = means.runs.astype(int)
        return table


def sweep_result(store: Store) -> SweepResult:
    """The result of a sweep from its store; its parts are read once, one after the other."""
    names = store.plan.measures
    moments = {name: no_moments(len(store.plan.points)) for name in names}
    groups = {name: GroupMeans(len(store.plan.points), store.plan.runs) for name in names}
    runs = failed = 0
    for point, run, reasons, *columns in store.by_part(["point", "run", "failed", *names]):
        runs, failed = runs + len(point), failed + int((reasons != "").sum())
        for name, values in zip(names, columns, strict=True):
            moments[name] = with_values(moments[name], point, values)
            groups[name].add(point, run, values)
    known = measures(store.plan.scenario)
    of_points = {name: intervals(known[name].unit, moments[name]) for name in names}
    return SweepResult(store.plan, of_points, {name: its.means() for name, its in groups.items()}, runs, failed)


def point_name(plan: Plan, point: int) -> str:
    """A point by the values of what varies; by its number where these are many."""
    if len(plan.varied) > MOST_NAMED:
        return f"point {point}"
    values = zip(plan.varied, plan.points[point], strict=True)
    return ", ".join(f"{short(path)} {number(value)}" for path, value in values)


def _listed_points(means: Array) -> Sequence[int]:
    """All points; of many, those with the lowest and the highest means."""
    if len(means) <= MOST_LISTED:
        return range(len(means))
    ranked = [int(point) for point in np.argsort(means, kind="stable") if not math.isnan(means[point])]
    half = MOST_LISTED // 2
    return ranked if len(ranked) <= MOST_LISTED else [*ranked[:half], *ranked[-half:]]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    return text_table(rows[0], rows[1:])
