"""The points of a discovery: the plan, the points as numbers, and which half of them is the holdout set."""

from typing import NamedTuple

import numpy as np

from model.draws import Array
from model.problems import refusal
from model.scenario import Scenario
from model.schema import choices

from ..measures.columns import SHARE
from ..plans.design import Plan, Question, sampled
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
    """The plan of a discovery: points at random from the distributions, so that half of them can check the other.

    Parameters
    ----------
    sought : 'fails' (the measure's mean is at most the threshold) or 'holds' (it is above)
    threshold : float, optional
        One half for shares of runs unless given.
    runs : int
        Runs at each point, at least 2.

    Raises
    ------
    BadInput
        For a measure that does not exist, one without a threshold, or a threshold that is no share where the measure
        is; for a scenario without distributions.
    """
    about, varied = measured(scenario, measure, "discover"), unknowns(scenario, "discover")
    if threshold is None and about.unit != SHARE:
        raise refusal("discover", f"{measure} ({about.unit}) has no threshold of its own; give one with --threshold")
    limit = HALF if threshold is None else threshold
    if about.unit == SHARE and not 0.0 <= limit <= 1.0:
        wanted = f"{measure} is a share of runs: a number from 0 to 1 is allowed"
        raise refusal("--threshold", f"found {limit:g}; {wanted}")
    settings = Sought(sought, limit)
    return Plan(
        name=f"{scenario.name}-{measure}-{'above' if settings.above else 'at-most'}-{limit:g}",
        title=f"Discovery of where {about.label} is {'above' if settings.above else 'at most'} {limit:g}",
        question=f"Under which values of the unknowns of {scenario.called}?",
        scenario=scenario,
        seed=seed,
        runs=runs,
        measures=(measure,),
        design="random",
        varied=varied,
        points=tuple(sampled("random", points, dict.fromkeys(varied), scenario.entries, seed)),
        asks=Question("discover", settings._asdict()),
    )


def sample(plan: Plan, sought: Array) -> Sample:
    """The points of a plan as numbers, every second one in the holdout set."""
    numbers, columns = [], []
    for values, path in zip(zip(*plan.points, strict=True), plan.varied, strict=True):
        kind = plan.scenario.entries[path].type
        if isinstance(values[0], str):
            numbers += [[float(value == word) for value in values] for word in choices(kind)]
            columns += [Column(path, word) for word in choices(kind)]
        else:
            numbers.append([float(value) for value in values])
            columns.append(Column(path, whole=kind is int))
    return Sample(np.array(numbers).T, tuple(columns), sought, np.arange(len(plan.points)) % 2 == 1)


def too_few(points: Sample, remaining: Array) -> bool:
    """Whether a half of the remaining points has too few of either kind to learn from or to check with."""
    halves, kinds = (points.holdout, ~points.holdout), (points.sought, ~points.sought)
    return bool(min((remaining & half & kind).sum() for half in halves for kind in kinds) < FEWEST)
