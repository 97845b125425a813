"""A law as a player: a bill that goes from stage to stage, and what a framework does to its chances."""

import math

from .arithmetic import DAYS_A_YEAR
from .records import Relations, Stage

MOST_STAGES_A_YEAR = 60.0  # beyond, a law is sure
HALVINGS = 50


def passage_chance(stages_a_year: float, stages_left: int) -> float:
    """Probability that a bill goes through the stages that are left within a year (0..1).

    Stages follow each other as a Poisson process, so that the time to the last is Erlang distributed.
    """
    term, short = 1.0, 0.0
    for stage in range(stages_left):
        short += term
        term *= stages_a_year / (stage + 1.0)
    return 1.0 - math.exp(-stages_a_year) * short


def stages_a_year(chance: float, stages_left: int) -> float:
    """The pace at which a bill goes through all stages that are left within a year with this chance (>= 0)."""
    if chance <= 0.0 or stages_left <= 0:
        return 0.0
    low, high = 0.0, MOST_STAGES_A_YEAR
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if passage_chance(middle, stages_left) < chance:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def hindrance(share_in: float, strictness: float, relations: Relations) -> float:
    """How much slower a framework makes a bill (0..1): by the share of the frontier it covers, and how strict it is.

    References
    ----------
    Glachant (2007), *Journal of Environmental Economics and Management* 54: 32-48.
    """
    return relations.forestalling * share_in * strictness


def next_stage(stage: int, u: float, pace: float, hindered: float, days: float) -> int:
    """The stage after some days, given a uniform draw `u` in [0, 1): the same or the next."""
    if stage == Stage.LAW or u >= 1.0 - math.exp(-pace * (1.0 - hindered) * days / DAYS_A_YEAR):
        return stage
    return stage + 1
