"""Hearing each other, and what the asks at the table come to."""

from ..rules import drafting, influence
from ..rules.records import DraftRule, Terms
from .table import Table, set_terms, terms_of

REVIEW_DAYS, COVERED_SHARE, DISCLOSURE = range(3)  # the issues


def weigh(table: Table, speaking: int, uncommitted: float) -> None:
    """Set the weight of the word of the first `speaking` seats for this week.

    ``uncommitted`` is the share of the frontier that has not pledged (0..1).
    """
    for i in range(speaking):
        seat = table.seats[i]
        seat.weight = influence.voice_weight(table.voices[i], seat.standing, table.climate.threat, uncommitted)


def listen(table: Table, speaking: int, officials: int) -> None:
    """The first `speaking` seats hear each other's asks of last week, then all move at once."""
    for i in range(speaking):
        set_terms(table.seats[i].next_ask, ask_after_listening(table, i, speaking, officials))
    for i in range(speaking):
        set_terms(table.seats[i].ask, terms_of(table.seats[i].next_ask))


def ask_after_listening(table: Table, listener: int, speaking: int, officials: int) -> Terms:
    """What a seat asks for once it has heard the others."""
    tally = influence.NO_ASKS
    for i in range(speaking):
        if i != listener:
            seat = table.seats[i]
            weight = influence.tie(listener >= officials, i >= officials, table.relations) * seat.weight
            tally = influence.add_ask(tally, weight, table.voices[i].salience, terms_of(seat.ask))
    heard = influence.pooled(tally, terms_of(table.seats[listener].ask))
    return influence.ask_after_listening(table.voices[listener], heard)


def settled(table: Table, speaking: int, terms: Terms) -> Terms:
    """What the asks of the first `speaking` seats come to under the scenario's draft rule; `terms` stand otherwise."""
    if table.levers.draft_rule == DraftRule.COMPROMISE:
        tally = influence.NO_ASKS
        for i in range(speaking):
            seat = table.seats[i]
            tally = influence.add_ask(tally, seat.weight, table.voices[i].salience, terms_of(seat.ask))
        return influence.pooled(tally, terms)
    return Terms(
        settled_issue(table, speaking, REVIEW_DAYS, terms),
        settled_issue(table, speaking, COVERED_SHARE, terms),
        settled_issue(table, speaking, DISCLOSURE, terms),
    )


def settled_issue(table: Table, speaking: int, issue: int, terms: Terms) -> float:
    """What the asks on one issue come to, by weighted median or Nash bargain."""
    most = 0.0
    for i in range(speaking):
        table.wanted[i] = on(terms_of(table.seats[i].ask), issue)
        table.stakes[i] = table.seats[i].weight * on(terms_of(table.voices[i].salience), issue)
        most = max(most, table.stakes[i])
    if most == 0.0:
        return on(terms, issue)
    asks, stakes = table.wanted[:speaking], table.stakes[:speaking]
    if table.levers.draft_rule == DraftRule.MEDIAN:
        return drafting.weighted_median(asks, stakes)
    return drafting.nash_bargain(asks, stakes, drafting.disagreement_point(asks, table.relations))


def on(terms: Terms, issue: int) -> float:
    """Terms on one issue."""
    if issue == REVIEW_DAYS:
        return terms.review_days
    return terms.covered_share if issue == COVERED_SHARE else terms.disclosure
