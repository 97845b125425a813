"""The clock of the talks: the agencies, courting, the quorum, and what happens at the deadline."""

import math

from .records import Agency, Levers, Others, Relations, Terms

ROUND_DAYS = 7.0
WEEKS_A_MONTH = 4  # of what is reported by month
ROUNDING = 1e-9  # shares that sum to 1 may fall short of it by their last digits
LATE = 0.75  # of the clock


def rounds_in(days: float) -> int:
    """Whole rounds of a week that a period of `days` takes (>= 0)."""
    return math.ceil(days / ROUND_DAYS)


def capped(terms: Terms, order: Terms) -> Terms:
    """Terms within the order, which says "up to": the review period never exceeds the order's."""
    return Terms(
        min(terms.review_days, order.review_days),
        terms.covered_share,
        terms.disclosure,
        terms.foreign_lag_days,
        terms.open_weights,
    )


def is_late(talks_round: int, levers: Levers) -> bool:
    """Whether a round (1 for the first) lies in the last quarter of the clock, or beyond the deadline."""
    return talks_round > LATE * rounds_in(levers.deadline_days)


def conceded_by(talks_round: int, levers: Levers, relations: Relations) -> float:
    """Share of the way from ideal to reservation that a lab has conceded (0..1), 1 from the deadline on.

    References
    ----------
    Faratin, Sierra & Jennings (1998), *Robotics and Autonomous Systems* 24: 159-182, for conceding by the clock; Roth,
    Murnighan & Schoumaker (1988), *American Economic Review* 78: 806-823, for deadlines in experiments.
    """
    last = rounds_in(levers.deadline_days)
    if talks_round >= last:
        return 1.0
    return math.pow(talks_round / last, relations.toughness)


def courting(levers: Levers, talks_round: int) -> float:
    """Persuasion that the lab most worth courting receives this round, in release cycles (>= 0).

    Up to the deadline the budget is spent in steps that grow in proportion to the round's number. An extension goes on
    from the last step, at half as much each week: an effort that has not worked is not kept up.

    Parameters
    ----------
    talks_round : int
        1 for the first round of the talks.
    """
    last = rounds_in(levers.deadline_days)
    step = levers.persuasion_budget * 2.0 * min(talks_round, last) / (last * (last + 1.0))
    return step * math.pow(0.5, max(0, talks_round - last))


def common_delay(shock: float, relations: Relations) -> float:
    """What all agencies' times are multiplied by (> 0), given a standard normal shock that they share."""
    return math.exp(relations.agency_sd * shock)


def benchmark_step(agency: Agency, u: float, talks_round: int, delay: float, levers: Levers, rush: float) -> float:
    """Share of its part of the benchmark that an agency finishes this round (>= 0).

    At an even pace one part in ``benchmark_days / 7`` on average; a round may bring nothing or twice the average, and
    at the deadline an agency works `rush` times harder in addition.
    """
    effort = 1.0 + rush * min(1.0, talks_round / rounds_in(levers.deadline_days))
    return 2.0 * u * effort * ROUND_DAYS / (agency.benchmark_days * delay)


def is_ready(progress: float) -> bool:
    """Whether an agency's part of the benchmark is done."""
    return progress >= 1.0


def meets_quorum(labs_in: int, share_in: float, levers: Levers) -> bool:
    """Whether the pledges suffice: enough labs and enough of the frontier."""
    return labs_in >= levers.quorum_labs and share_in >= levers.quorum_share - ROUNDING


def announces(benchmark_ready: bool, labs_in: int, share_in: float, levers: Levers) -> bool:
    """Whether the framework is announced this round."""
    return benchmark_ready and meets_quorum(labs_in, share_in, levers)


def is_pivotal(benchmark_ready: bool, without: Others, with_it: Others, levers: Levers) -> bool:
    """Whether a lab's word decides if the framework is announced, all other words as they stand.

    Parameters
    ----------
    without, with_it : Others
        The labs that are in without this lab, and with it.
    """
    return announces(benchmark_ready, with_it.labs_in, with_it.share_in, levers) != announces(
        benchmark_ready, without.labs_in, without.share_in, levers
    )


def extends(labs_in: int, levers: Levers) -> bool:
    """Whether talks that have come to the deadline without a framework are extended.

    They are, and go on from week to week, where no more than `extend_within` labs are missing.
    """
    return labs_in >= levers.quorum_labs - levers.extend_within


def talks_over(talks_round: int, labs_in: int, levers: Levers) -> bool:
    """Whether time has run out after this round of the talks, which has brought no framework."""
    last = rounds_in(levers.deadline_days)
    if talks_round < last:
        return False
    return talks_round >= last + rounds_in(levers.extension_days) or not extends(labs_in, levers)
