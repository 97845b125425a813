"""How the offer moves once the order is signed, and when the framework is announced."""

import math

from .arithmetic import between
from .records import Agency, Levers, Others, Relations, Terms

ROUND_DAYS = 7.0
WEEKS_A_MONTH = 4  # of what is reported by month
ROUNDING = 1e-9  # shares that sum to 1 may fall short of it by their last digits


def next_offer(offer: Terms, settled: Terms, order: Terms, relations: Relations) -> Terms:
    """The offer after a round of talks: part of the way to what the table settled on.

    The order says "up to": the review period never exceeds the order's.
    """
    days = between(settled.review_days, offer.review_days, relations.pace)
    return Terms(
        min(days, order.review_days),
        between(settled.covered_share, offer.covered_share, relations.pace),
        between(settled.disclosure, offer.disclosure, relations.pace),
    )


def rounds_in(days: float) -> int:
    """Whole rounds of a week that a period of `days` takes (>= 0)."""
    return math.ceil(days / ROUND_DAYS)


def courting(levers: Levers, talks_round: int, labs_out: int) -> float:
    """Persuasion that each lab outside receives this round, in release cycles (>= 0).

    Over the rounds up to the deadline the budget is spent in steps that grow in proportion to the round's
    number, so that more is spent as the deadline nears; it is shared equally among the labs outside.
    Nothing is left for an extension.

    Parameters
    ----------
    talks_round : int
        1 for the first round of the talks.
    labs_out : int
        Labs that have not pledged.
    """
    last = rounds_in(levers.deadline_days)
    if labs_out == 0 or talks_round > last:
        return 0.0
    return levers.persuasion_budget * 2.0 * talks_round / (last * (last + 1.0)) / labs_out


def benchmark_step(agency: Agency, u: float) -> float:
    """Share of its part of the benchmark that an agency finishes this round.

    On average one part in ``benchmark_days / 7``; a round may bring nothing or twice the average.
    """
    return 2.0 * u * ROUND_DAYS / agency.benchmark_days


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


def talks_over(talks_round: int, levers: Levers) -> bool:
    """Whether the clock has run out, extension included, after this round of the talks."""
    return talks_round >= rounds_in(levers.deadline_days) + rounds_in(levers.extension_days)
