"""A sweep as a table that a page moves through: a slider for each parameter, and what every measure is at the point."""

import math
from typing import Any, NamedTuple

from model.draws import Array
from model.problems import refusal

from ..measures.columns import SHARE
from ..plans.design import Plan, axis_position
from ..results.sweeps import SweepResult
from ..results.words import NOTHING, estimate_and_ends, number

MOST_SLIDERS = 2


class Slider(NamedTuple):
    """A parameter that a page moves along: its label, its levels as texts, and their places on an axis.

    ``start`` is the number of the level that is shown first. Between levels that are ``words`` there is nothing.
    """

    label: str
    levels: list[str]
    positions: list[float]
    start: int
    words: bool


def check_sweep(plan: Plan) -> None:
    """See that a page can move through a sweep.

    Raises
    ------
    BadInput
        Where it has other points than the combinations of one or two parameters.
    """
    if plan.design != "grid" or len(plan.varied) > MOST_SLIDERS:
        text = f"found the design {plan.design} with {len(plan.varied)} parameters; a grid of one or two is allowed"
        raise refusal(f"the sweep {plan.name}", text)


def sliders(result: SweepResult) -> list[Slider]:
    """The sliders of a sweep, the one with the most levels, which charts have as their axis, first."""
    return [_slider(result, path) for path in _order(result)]


def _order(result: SweepResult) -> list[str]:
    return sorted(result.plan.varied, key=lambda path: -len(result.levels(path)))


def _slider(result: SweepResult, path: str) -> Slider:
    entry, levels = result.plan.scenario.entries[path], result.levels(path)
    positions = [axis_position(level, entry.type) for level in levels]
    start = len(levels) // 2
    if entry.value is not None:
        usual = axis_position(entry.value, entry.type)
        start = min(range(len(levels)), key=lambda k: abs(positions[k] - usual))
    words = any(isinstance(level, str) for level in levels)
    return Slider(result.label(path), [number(level) for level in levels], positions, start, words)


def measures_data(result: SweepResult) -> list[dict[str, Any]]:
    """Every measure that some run has: its words and numbers at each point, in the order of the sliders' levels.

    The entry at ``i * n + j`` is for level i of the first slider and level j of the second, which has n.
    """
    order = _points(result)
    return [_measure(result, name, order) for name in result.plan.measures if result.ends(name) is not None]


def _points(result: SweepResult) -> list[int]:
    """The numbers of the points in the order of the sliders' levels."""
    positions = [result.positions(path) for path in _order(result)]
    return sorted(range(len(result.plan.points)), key=lambda point: tuple(column[point] for column in positions))


def _measure(result: SweepResult, name: str, order: list[int]) -> dict[str, Any]:
    about, intervals = result.about(name), result.intervals[name]
    texts = [estimate_and_ends(intervals.at(point), about, unit=True) for point in order]
    scale = 100.0 if about.unit == SHARE else 1.0
    return {
        "label": about.label,
        "unit": "% of runs" if about.unit == SHARE else about.unit,
        "top": 100.0 if about.unit == SHARE else None,
        "values": [value for value, _ in texts],
        "ends": [ends and f"95% interval {ends}" for _, ends in texts],
        **{side: _numbers(getattr(intervals, side)[order] * scale) for side in ("mean", "low", "high")},
    }


def _numbers(values: Array) -> list[float | None]:
    """Numbers as JSON holds them, to four digits."""
    return [None if math.isnan(value) else float(f"{value:.4g}") for value in values.tolist()]


def table(result: SweepResult) -> tuple[list[str], list[list[str]]]:
    """All points as a table: head and rows of texts."""
    measures = measures_data(result)
    first, *rest = sliders(result)
    second = rest[0].levels if rest else [""]
    levels = [[one, *([other] if rest else [])] for one in first.levels for other in second]
    head = [first.label, *(slider.label for slider in rest), *(f"{its['label']} ({its['unit']})" for its in measures)]
    rows = [
        [*values, *(_cell(its["values"][k], its["ends"][k]) for its in measures)] for k, values in enumerate(levels)
    ]
    return head, rows


def _cell(value: str, ends: str) -> str:
    return "-" if value == NOTHING else f"{value} [{ends.removeprefix('95% interval ')}]" if ends else value
