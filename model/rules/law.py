"""A law as a player: a bill that goes from stage to stage, and what a framework does to its chances."""

import math

from .records import Relations, Stage

WEEKS_A_YEAR = 52.0
MOST_STAGES_A_YEAR = 60.0  # beyond, a law is sure
HALVINGS = 50


def step_chance(stages_a_year: float, hindered: float) -> float:
    """Probability that a bill goes a stage further in a week (0..1), slowed by the share that hinders it."""
    return 1.0 - math.exp(-stages_a_year * (1.0 - hindered) / WEEKS_A_YEAR)


def passage_chance(stages_a_year: float, stages_left: int) -> float:
    """Probability that a bill goes through the stages that are left within a year of 52 weeks (0..1).

    It goes at most one stage a week, so that the stages it goes through are binomial.
    """
    chance = step_chance(stages_a_year, 0.0)
    term, short = math.pow(1.0 - chance, WEEKS_A_YEAR), 0.0
    for stage in range(stages_left):
        short += term
        term *= (WEEKS_A_YEAR - stage) / (stage + 1.0) * chance / (1.0 - chance)
    return 1.0 - short


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


def next_stage(stage: int, u: float, stages_a_year: float, hindered: float) -> int:
    """The stage after a week, given a uniform draw `u` in [0, 1): the same or the next."""
    return stage + 1 if stage != Stage.LAW and u < step_chance(stages_a_year, hindered) else stage
