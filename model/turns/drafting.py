"""The opening of a negotiation, and its weeks of drafting."""

import math
from enum import IntEnum
from typing import Any, NamedTuple

from ..rules import drafting
from ..rules.records import Outcome, Terms
from .asks import listen, settled, weigh
from .table import Draws, Table, terms_of


class Phase(IntEnum):
    """Where a negotiation stands."""

    DRAFTING = 0
    TALKS = 1
    OVER = 2


class NegotiationState(NamedTuple):
    """A negotiation at the end of a week.

    ``week`` and ``talks_round`` count the weeks that are over. ``terms`` are the draft or offer on the table, ``order``
    those of the order, signed in ``order_week`` (NaN: not signed). ``outcome`` is final once the phase is `OVER`.
    """

    phase: Phase
    week: int
    talks_round: int
    drafts_sent_back: int
    terms: Terms
    order: Terms
    order_week: float
    outcome: Outcome


class Verdict(NamedTuple):
    """The President's decision on a draft: the two sides of it (points), the chance to sign, and the luck."""

    draft: Terms
    security_gain: float
    drag: float
    chance: float
    u: float
    signed: bool


def opened(table: Table) -> NegotiationState:
    """A negotiation before its first week; without rounds of drafting the opening terms are the order."""
    drafted = table.levers.drafting_rounds > 0
    opening = terms_of(table.levers.opening)
    return NegotiationState(
        phase=Phase.DRAFTING if drafted else Phase.TALKS,
        week=0,
        talks_round=0,
        drafts_sent_back=0,
        terms=opening,
        order=opening,
        order_week=math.nan if drafted else 0.0,
        outcome=Outcome.NO_ORDER if drafted else Outcome.NO_FRAMEWORK,
    )


def drafting_week(state: NegotiationState, table: Table, luck: Draws, log: Any) -> NegotiationState:
    """Officials hear each other and settle on a draft; the President signs it or sends it back."""
    draft = state.terms
    if state.week > 0:  # the opening draft is what the authors brought, before anybody moves
        officials = len(table.seats) - len(table.members)
        weigh(table, officials, 0.0)
        listen(table, officials, officials)
        draft = settled(table, officials, draft)
    if signs(table, draft, luck.sign[state.week], log):
        return NegotiationState(
            phase=Phase.TALKS,
            week=state.week + 1,
            talks_round=0,
            drafts_sent_back=state.drafts_sent_back,
            terms=draft,
            order=draft,
            order_week=float(state.week),
            outcome=Outcome.NO_FRAMEWORK,
        )
    rebuff(table, draft)
    sent_back = state.drafts_sent_back + 1
    return NegotiationState(
        phase=Phase.OVER if sent_back >= table.levers.drafting_rounds else Phase.DRAFTING,
        week=state.week + 1,
        talks_round=0,
        drafts_sent_back=sent_back,
        terms=draft,
        order=state.order,
        order_week=math.nan,
        outcome=Outcome.NO_ORDER,
    )


def signs(table: Table, draft: Terms, u: float, log: Any) -> bool:
    """Whether the President signs a draft, given a uniform draw `u` in [0, 1)."""
    pace = 0.0
    for lab in range(len(table.labs)):
        pace = drafting.add_pace(pace, table.labs[lab])
    chance = drafting.signing_chance(draft, table.president, table.climate, table.relations, pace)
    signed = drafting.signs(u, chance)
    if log is not None:
        gain = drafting.security_gain(draft, table.president, table.climate, table.relations)
        log.append(Verdict(draft, gain, drafting.drag(draft, table.president, pace), chance, u, signed))
    return signed


def rebuff(table: Table, draft: Terms) -> None:
    """A draft sent back shifts influence among officials."""
    for i in range(len(table.seats) - len(table.members)):
        seat = table.seats[i]
        seat.standing = drafting.standing_after_refusal(seat.standing, terms_of(seat.ask), draft, table.relations)
