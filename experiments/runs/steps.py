"""The parts of a plan in the order in which they are played: all at once, or with a precision step by step."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

from model.draws import BLOCK, Array

from ..measures.intervals import intervals, no_moments, with_values
from ..plans.design import Part, Plan, cut

MORE = 1.25  # the runs of a point once the next step is done, as a multiple of those before


def steps(plan: Plan, read: Callable[[Sequence[Part]], Iterable[Sequence[Array]]]) -> Iterator[list[Part]]:
    """The parts of each step.

    With a precision, what is still to be played follows from the runs of the steps before: `read` gives the points and
    the first measure of parts, and is called for those of a step once the next one is asked for.
    """
    points, first, last, number = tuple(range(len(plan.points))), 0, plan.runs, 0
    moments = no_moments(len(plan.points))
    while points:
        parts = list(cut(points, first, last, number))
        yield parts
        if plan.precision is None or last == plan.max_runs:
            return
        for point, values in read(parts):
            moments = with_values(moments, point, values)
        narrow = intervals(plan.about.unit, moments).half_width <= plan.precision
        points = tuple(point for point in points if not narrow[point])
        first, last, number = last, _next(last, plan.max_runs), number + len(parts)


def _next(runs: int, most: int) -> int:
    """How many runs the points get that are not precise yet: a quarter more, to the end of a block."""
    return min(most, math.ceil(MORE * runs / BLOCK) * BLOCK)
