"""The points of a discovery: the plan, the points as numbers, and which half of them is the holdout set.

A point is a world: a value for every unknown, as drawn for the runs of a scenario, and some runs that share it. So each
point has luck of its own. Were the luck of a few runs that of all points, as in a sweep, what it does to the share of
points that are sought would not go away with the number of points.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from model.draws import BLOCK, Array
from model.problems import refusal
from model.scenario import Scenario
from model.schema import choices

from ..measures.columns import SHARE
from ..plans.design import Plan, Question, plan_of
from ..runs.play import drawn_parameters
from .common import measured, unknowns

HALF = 0.5  # of the runs at a point: the threshold of a share unless another is given
FEWEST = 10  # points of either kind that each half must have


class Sought(NamedTuple):
    """The settings of the question: which points are ``sought``, and the ``threshold`` of the measure's mean.

    'fails' seeks the points at which the mean is at most the threshold, 'holds' those at which it is above.
    """

    sought: str
    threshold: float

    @property
    def above(self) -> bool:
        """Whether the points above the threshold are sought."""
        return self.sought == "holds"


class Column(NamedTuple):
    """A column of a sample: a parameter that is a number, maybe ``whole``, or whether a parameter is this ``word``."""

    path: str
    word: str | None = None
    whole: bool = False


class Sample(NamedTuple):
    """Points as numbers, a row a point, with their columns; which are ``sought``, and which are in the ``holdout``."""

    points: Array
    columns: tuple[Column, ...]
    sought: Array
    holdout: Array


def plan_discovery(
    scenario: Scenario, sought: str, measure: str, threshold: float | None, points: int, runs: int, seed: int
) -> Plan:
    """The plan of a discovery: worlds at random from the distributions, so that half of them can check the other.

    Parameters
    ----------
    sought : 'fails' (the measure's mean is at most the threshold) or 'holds' (it is above)
    threshold : float, optional
        One half for shares of runs unless given.
    points : int
        Worlds.
    runs : int
        Runs in each, a power of 2 of at least 2, as luck is drawn in blocks of 1,024 runs.

    Raises
    ------
    BadInput
        For a measure that does not exist, one without a threshold, or a threshold that is no share where the measure
        is; for runs that are no such power; for a scenario without distributions.
    """
    about = measured(scenario, measure, "discover")
    unknowns(scenario, "discover")
    if runs < 2 or BLOCK % runs:
        allowed = f"a power of 2 from 2 to {BLOCK:,} is allowed, since each point has a part of a block of luck"
        raise refusal("--runs-per-point", f"found {runs:,}; {allowed}")
    if threshold is None and about.unit != SHARE:
        raise refusal("discover", f"{measure} ({about.unit}) has no threshold of its own; give one with --threshold")
    limit = HALF if threshold is None else threshold
    if about.unit == SHARE and not 0.0 <= limit <= 1.0:
        wanted = f"{measure} is a share of runs: a number from 0 to 1 is allowed"
        raise refusal("--threshold", f"found {limit:g}; {wanted}")
    settings = Sought(sought, limit)
    return plan_of(scenario, points * runs, seed)._replace(
        name=f"{scenario.name}-{measure}-{'above' if settings.above else 'at-most'}-{limit:g}",
        title=f"Discovery of where {about.label} is {'above' if settings.above else 'at most'} {limit:g}",
        question=f"Under which values of the unknowns of {scenario.called}?",
        measures=(measure,),
        runs_in_a_world=runs,
        asks=Question("discover", settings._asdict()),
    )


def points_of(plan: Plan) -> int:
    """How many points a plan has."""
    return plan.runs // plan.runs_in_a_world


def values_of_points(plan: Plan) -> dict[str, Array]:
    """The values of the unknowns at each point: path -> numbers or words."""
    drawn = drawn_parameters(plan.scenario, plan.seed, 0, plan.runs, plan.runs_in_a_world)
    return {path: values[:: plan.runs_in_a_world] for path, values in drawn.items()}


def sample(scenario: Scenario, values: Mapping[str, Array], sought: Array) -> Sample:
    """Points as numbers, every second one in the holdout set."""
    numbers, columns = [], []
    for path, drawn in values.items():
        kind = scenario.entries[path].type
        if kind in (int, float):
            numbers.append(drawn.astype(float))
            columns.append(Column(path, whole=kind is int))
        else:
            numbers += [(drawn == word).astype(float) for word in choices(kind)]
            columns += [Column(path, word) for word in choices(kind)]
    return Sample(np.array(numbers).T, tuple(columns), sought, np.arange(len(sought)) % 2 == 1)


def too_few(points: Sample, remaining: Array) -> bool:
    """Whether a half of the remaining points has too few of either kind to learn from or to check with."""
    halves, kinds = (points.holdout, ~points.holdout), (points.sought, ~points.sought)
    return bool(min((remaining & half & kind).sum() for half in halves for kind in kinds) < FEWEST)
