"""The opening of a negotiation, and its weeks of drafting."""

import math
from enum import IntEnum
from typing import Any, NamedTuple

from ..rules import drafting, law, spatial
from ..rules.records import Belief, Outcome, Reason, Stage, Terms
from .luck import SIGN, Luck, drawn
from .table import NOBODY, Table, terms_of
from .wishes import (
    COVERED_SHARE,
    REVIEW_DAYS,
    changed,
    dissent,
    negotiates,
    objector,
    officials_at,
    on,
    pace_of,
    pen_of,
    settled,
    stall,
    take_places,
    worth_to,
)

STEPS = 18  # of a wish on one issue that the pen thinks through when it writes


class Phase(IntEnum):
    """Where a negotiation stands."""

    DRAFTING = 0
    TALKS = 1
    OVER = 2


class Pen(NamedTuple):
    """What the pen has learnt: its belief about the President, if objections count, and if its text was stalled."""

    belief: Belief
    heeds_dissent: bool
    is_stalled: bool


class NegotiationState(NamedTuple):
    """A negotiation at the end of a week.

    ``week`` and ``talks_round`` count the weeks that are over. ``terms`` are the draft or offer on the table, ``order``
    those of the order, signed in ``order_week`` (NaN: not signed). ``reach`` is the most that anybody wants on each
    issue, ``news`` what all labs' gains have in common (release cycles), ``stages_a_year`` the pace of a law and
    ``stage`` how far it has come. ``outcome`` is final once the phase is `OVER`.
    """

    phase: Phase
    week: int
    talks_round: int
    drafts_sent_back: int
    terms: Terms
    order: Terms
    order_week: float
    reach: Terms
    pen: Pen
    news: float
    stages_a_year: float
    stage: int
    outcome: Outcome


class Verdict(NamedTuple):
    """The President's decision on a draft: the sides of it (points), the chance to sign, the luck, and why not."""

    draft: Terms
    security_gain: float
    drag: float
    dissent: float
    chance: float
    u: float
    signed: bool
    reason: Reason


class Writing(NamedTuple):
    """What the pen has written, what it thinks of the President, and its own chance of a signature (0..1)."""

    pen: str
    text: Terms
    belief: Belief
    chance: float


class Stall(NamedTuple):
    """A text that an official has held up, and what it came back as; in the talks the offer stays as it was."""

    official: str
    text: Terms
    after: Terms
    capital: float


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
        reach=take_places(table),
        pen=Pen(drafting.HOPEFUL, False, False),
        news=0.0,
        stages_a_year=law.stages_a_year(table.climate.mandate_chance, Stage.LAW - table.climate.law_stage),
        stage=table.climate.law_stage,
        outcome=Outcome.NO_ORDER if drafted else Outcome.NO_FRAMEWORK,
    )


def drafting_week(state: NegotiationState, table: Table, luck: Luck, log: Any) -> NegotiationState:
    """The pen writes, the others clear or stall, the President signs or sends back."""
    text, pen = next_draft(state, table, log), pen_of(table)
    staller = NOBODY
    if state.week > 0 and negotiates(table):  # the opening draft has been cleared already
        staller = objector(table, pen, text, state.reach)
    if staller != NOBODY:
        share = spatial.conceded(
            table.voices[pen],
            table.voices[staller],
            text,
            table.seats[pen].without,
            table.seats[staller].without,
            state.reach,
        )
        after = spatial.toward(text, terms_of(table.voices[staller].ideal), share)
        stall(table, staller)
        if log is not None:
            log.append(Stall(table.seats[staller].name, text, after, table.seats[staller].capital))
        return after_week(state, table, after, False, 0, Pen(state.pen.belief, state.pen.heeds_dissent, True))
    against = dissent(table, text, state.reach)
    pace = pace_of(table)
    reason = drafting.refusal_reason(
        text, table.president.drag_weight, against, table.president, table.climate, table.relations, pace
    )
    if signs(table, text, against, pace, reason, drawn(luck, SIGN, state.week), log):
        return after_week(state, table, text, True, 0, state.pen)
    belief = drafting.after_refusal(
        state.pen.belief, text, reason, against, table.president, table.climate, table.relations, pace
    )
    heeds = state.pen.heeds_dissent or reason == Reason.DISSENT
    return after_week(state, table, text, False, 1, Pen(belief, heeds, False))


def after_week(
    state: NegotiationState, table: Table, text: Terms, signed: bool, sent_back: int, pen: Pen
) -> NegotiationState:
    """Where a week of drafting leaves the negotiation."""
    week = state.week + 1
    phase = Phase.OVER if week >= table.levers.drafting_rounds else Phase.DRAFTING
    return NegotiationState(
        phase=Phase.TALKS if signed else phase,
        week=week,
        talks_round=0,
        drafts_sent_back=state.drafts_sent_back + sent_back,
        terms=text,
        order=text if signed else state.order,
        order_week=float(state.week) if signed else math.nan,
        reach=state.reach,
        pen=pen,
        news=state.news,
        stages_a_year=state.stages_a_year,
        stage=state.stage,
        outcome=Outcome.NO_FRAMEWORK if signed else Outcome.NO_ORDER,
    )


def signs(table: Table, draft: Terms, against: float, pace: float, reason: Reason, u: float, log: Any) -> bool:
    """Whether the President signs a draft, given a uniform draw `u` in [0, 1)."""
    gain = drafting.security_gain(draft, table.president, table.climate, table.relations)
    dragged = drafting.drag(draft, table.president.drag_weight, pace)
    chance = drafting.signing_chance(gain, dragged, against, table.president, table.relations)
    signed = drafting.signs(u, chance)
    if log is not None:
        log.append(Verdict(draft, gain, dragged, against, chance, u, signed, reason))
    return signed


# ---------------------------------------------------------------- what the pen writes


def next_draft(state: NegotiationState, table: Table, log: Any) -> Terms:
    """The opening draft, what came back from a stall, what the pen writes, or what a formula settles."""
    if state.week == 0 or state.pen.is_stalled:
        return state.terms
    if not negotiates(table):
        return settled(table, officials_at(table), state.terms)
    pen, pace = pen_of(table), pace_of(table)
    text = written(table, pen, state, REVIEW_DAYS, state.terms, pace)
    text = written(table, pen, state, COVERED_SHARE, text, pace)
    text = written(table, pen, state, REVIEW_DAYS, text, pace)
    if state.pen.heeds_dissent:
        text = accommodated(table, pen, state, text, pace)
    if log is not None:
        chance = chance_of(table, state, text, pace)
        log.append(Writing(table.seats[pen].name, text, state.pen.belief, chance))
    return text


def written(table: Table, pen: int, state: NegotiationState, issue: int, text: Terms, pace: float) -> Terms:
    """A text with one issue set as is best for the pen: what the text is worth to it, times the chance of signature.

    It thinks through steps from nothing to the most that anybody wants, and its own ideal.
    """
    voice = table.voices[pen]
    best = changed(text, issue, on(terms_of(voice.ideal), issue))
    most = worth_to(table, pen, best, state.reach) * chance_of(table, state, best, pace)
    for step in range(1, STEPS + 1):
        tried = changed(text, issue, on(state.reach, issue) * step / STEPS)
        value = worth_to(table, pen, tried, state.reach) * chance_of(table, state, tried, pace)
        if value > most:
            best, most = tried, value
    return best


def accommodated(table: Table, pen: int, state: NegotiationState, text: Terms, pace: float) -> Terms:
    """The text, or one just good enough for an official who would rather have none, if that is better for the pen."""
    best = text
    most = worth_to(table, pen, text, state.reach) * chance_of(table, state, text, pace)
    for i in range(officials_at(table)):
        voice = table.voices[i]
        tried = spatial.toward(
            text, terms_of(voice.ideal), spatial.edge(voice, text, table.seats[i].without, state.reach)
        )
        value = worth_to(table, pen, tried, state.reach) * chance_of(table, state, tried, pace)
        if value > most:
            best, most = tried, value
    return best


def chance_of(table: Table, state: NegotiationState, text: Terms, pace: float) -> float:
    """The chance of a signature as the pen sees it; it heeds objections only once a draft came back for them."""
    against = dissent(table, text, state.reach) if state.pen.heeds_dissent else 0.0
    return drafting.hoped_chance(text, state.pen.belief, against, table.president, table.climate, table.relations, pace)
