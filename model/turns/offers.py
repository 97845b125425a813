"""The pen's week in the talks: what it reckons with, the move it makes, who clears or stalls it, whom it courts."""

from typing import Any, NamedTuple

from ..rules import opting_in, spatial, talks
from ..rules.arithmetic import between
from ..rules.records import Terms
from .drafting import NegotiationState, Stall
from .table import NOBODY, Mood, Table, gain_of, others_in, others_of, set_others, set_terms, terms_of
from .wishes import (
    ISSUES,
    REVIEW_DAYS,
    changed,
    loser,
    loses,
    officials_at,
    on,
    pen_in_talks,
    settled,
    stall,
    weigh,
    worth_to,
)


class Offer(NamedTuple):
    """A move of the pen: the terms before and after, what they are worth to it, a side deal, and an exchange.

    ``worth_before`` and ``worth_after`` are what the pen reckons the terms are worth to it over no framework, times the
    support that it expects; ``deal`` and ``exchange`` name the lab and the official who get something, '' if none does.
    """

    pen: str
    before: Terms
    after: Terms
    worth_before: float
    worth_after: float
    deal: str
    exchange: str


class Courting(NamedTuple):
    """The lab that officials court this week, and the persuasion that it receives (release cycles)."""

    lab: str
    persuasion: float


# ---------------------------------------------------------------- what labs ask for, and what the pen knows of them


def take_stock(table: Table, terms: Terms, mood: Mood, conceded: float) -> None:
    """What each lab's gain is but for the cost of the terms, which is public, and what the lab asks for."""
    for lab in range(len(table.members)):
        member, record = table.members[lab], table.labs[lab]
        others = others_in(table, lab)
        set_others(member.around, others)
        wait = opting_in.foreseen_wait(record, terms, others, table.levers, table.relations)
        gain = opting_in.total_gain(gain_of(table, lab, terms, others, wait, mood))
        member.known = gain + opting_in.burdens(record, terms, others, wait, table.relations)
        member.weight_of_word = record.frontier_share + opting_in.pivotality(record, others, table.levers)
        seat = table.seats[officials_at(table) + lab]
        felt = gain + opting_in.taste_worth(member.taste, table.relations)
        ideal = terms_of(table.voices[officials_at(table) + lab].ideal)
        reservation = opting_in.reservation_days(felt, terms, record, others, table.relations)
        set_terms(seat.ask, ask(ideal, reservation, terms, conceded))


def ask(ideal: Terms, reservation: float, terms: Terms, conceded: float) -> Terms:
    """What a lab asks for: its ideal at first, as it concedes the length it can just live with, and else the terms.

    Never more days than are on the table or in its ideal; where it can live with less than its ideal only, it asks for
    that.
    """
    most = min(reservation, max(terms.review_days, ideal.review_days))
    days = between(most, ideal.review_days, conceded) if most > ideal.review_days else max(0.0, most)
    return changed(spatial.toward(ideal, terms, conceded), REVIEW_DAYS, days)


def gain_but_for_taste(table: Table, lab: int, terms: Terms) -> float:
    """What a lab would gain under some terms, as the pen can reckon it: all but its taste (release cycles)."""
    record, others = table.labs[lab], others_of(table.members[lab].around)
    wait = opting_in.foreseen_wait(record, terms, others, table.levers, table.relations)
    gain: float = table.members[lab].known - opting_in.burdens(record, terms, others, wait, table.relations)
    return gain


def expected(table: Table, lab: int, terms: Terms, more: float) -> float:
    """Chance that the pen gives a lab to be in under some terms and `more` gain beside them (0..1)."""
    return expected_at(table, lab, gain_but_for_taste(table, lab, terms) + more)


def expected_at(table: Table, lab: int, gain: float) -> float:
    """The same at a gain, the lab's taste apart (release cycles)."""
    member = table.members[lab]
    return opting_in.expected_word(gain, member.refused, member.accepted, member.is_in, table.relations)


def expected_support(table: Table, terms: Terms) -> float:
    """The words that the pen expects to have, each with its weight (>= 0).

    A word weighs the lab's share of the frontier, and how much the quorum hangs on it.
    """
    support = 0.0
    for lab in range(len(table.members)):  # in two steps, which a processor can overlap
        table.wanted[lab] = gain_but_for_taste(table, lab, terms)
    for lab in range(len(table.members)):
        support += table.members[lab].weight_of_word * expected_at(table, lab, table.wanted[lab])
    return support


# ---------------------------------------------------------------- the move


def next_offer(state: NegotiationState, table: Table, log: Any) -> Terms:
    """The move with the highest value for the pen, if the others clear it or can be won over; else the offer stands."""
    pen, terms = pen_in_talks(table), state.terms
    stands = value(table, pen, terms, state.reach)
    text, moved = best_move(state, table, pen, stands)
    lab = best_deal(table, terms)
    if lab != NOBODY:
        gained = table.members[lab].weight_of_word * won_by_deal(table, lab, terms)
        sealed = stands + worth_to(table, pen, terms, state.reach) * gained
        if sealed > moved:
            table.members[lab].has_deal = True
            table.members[lab].known += opting_in.side_deals(table.labs[lab], table.levers, table.relations)
            if log is not None:
                log.append(Offer(name(table, pen), terms, terms, stands, sealed, table.members[lab].name, ""))
            return terms
    if moved <= stands:
        return terms
    staller = loser(table, pen, text, terms, state.reach)
    if staller != NOBODY:
        before = text
        text, moved = exchange(state, table, pen, staller, before, stands)
        if moved <= stands:
            stall(table, staller)
            if log is not None:
                log.append(Stall(name(table, staller), before, terms, table.seats[staller].capital))
            return terms
    if log is not None:
        won_over = "" if staller == NOBODY else name(table, staller)
        log.append(Offer(name(table, pen), terms, text, stands, moved, "", won_over))
    return text


def name(table: Table, seat: int) -> str:
    """Whose seat it is; for the log only."""
    called: str = table.seats[seat].name
    return called


def value(table: Table, pen: int, text: Terms, reach: Terms) -> float:
    """What terms are worth to the pen over no framework, times the support that it expects for them."""
    return worth_to(table, pen, text, reach) * expected_support(table, text)


def best_move(state: NegotiationState, table: Table, pen: int, stands: float) -> tuple[Terms, float]:
    """The best text and its value, if it beats what the offer is worth as it `stands`; else the offer.

    A text changes one issue, a step towards the pen's ideal or towards what the labs outside ask.
    """
    best, most = state.terms, stands
    for issue in range(ISSUES):
        own = on(terms_of(table.voices[pen].ideal), issue)
        theirs = asked(table, issue, on(state.terms, issue))
        for goal in (own, theirs):
            text = step(state, table, issue, goal)
            if text != state.terms:
                worth = value(table, pen, text, state.reach)
                if worth > most:
                    best, most = text, worth
    return best, most


def step(state: NegotiationState, table: Table, issue: int, goal: float) -> Terms:
    """The offer with one issue moved its share of the way to a goal, within the order."""
    moved = between(goal, on(state.terms, issue), table.relations.pace)
    return talks.capped(changed(state.terms, issue, moved), state.order)


def asked(table: Table, issue: int, otherwise: float) -> float:
    """What the labs that are not in ask on an issue, weighted by their shares of the frontier."""
    total, weight = 0.0, 0.0
    for lab in range(len(table.members)):
        if not table.members[lab].is_in:
            seat = table.seats[officials_at(table) + lab]
            total += table.labs[lab].frontier_share * on(terms_of(seat.ask), issue)
            weight += table.labs[lab].frontier_share
    return total / weight if weight > 0.0 else otherwise


def exchange(
    state: NegotiationState, table: Table, pen: int, staller: int, text: Terms, stands: float
) -> tuple[Terms, float]:
    """The best text, and its value, that gives the staller so much on another issue that it does not lose.

    The offer where none beats what that is worth as it `stands`.

    References
    ----------
    Stokman & Van Oosten (1994), in Bueno de Mesquita & Stokman (eds.), *European Community Decision Making*.
    """
    best, most = state.terms, stands
    for issue in range(ISSUES):
        if on(text, issue) == on(state.terms, issue):
            goal = on(terms_of(table.voices[staller].ideal), issue)
            given = between(goal, on(text, issue), table.relations.pace)
            both = talks.capped(changed(text, issue, given), state.order)
            worth_of_both = value(table, pen, both, state.reach)
            if worth_of_both > most and not loses(table, staller, both, state.terms, state.reach):
                best, most = both, worth_of_both
    return best, most


# ---------------------------------------------------------------- deals and courting


def won_by_deal(table: Table, lab: int, terms: Terms) -> float:
    """By how much a side deal raises the chance that a lab is in (>= 0)."""
    worth = opting_in.side_deals(table.labs[lab], table.levers, table.relations)
    return expected(table, lab, terms, worth) - expected(table, lab, terms, 0.0)


def best_deal(table: Table, terms: Terms) -> int:
    """The lab outside that a side deal would move most, times the weight of its word; `NOBODY` if it moves none."""
    best, most = NOBODY, 0.0
    for lab in range(len(table.members)):
        if not table.members[lab].is_in and not table.members[lab].has_deal:
            won = table.members[lab].weight_of_word * won_by_deal(table, lab, terms)
            if won > most:
                best, most = lab, won
    return best


def court(table: Table, terms: Terms, persuasion: float, log: Any) -> None:
    """Officials court the lab outside whose joining that moves most, times the weight of its word."""
    best, most = NOBODY, 0.0
    for lab in range(len(table.members)):
        if not table.members[lab].is_in:
            closer = expected(table, lab, terms, persuasion) - expected(table, lab, terms, 0.0)
            won = table.members[lab].weight_of_word * closer
            if won > most:
                best, most = lab, won
    if best == NOBODY:
        return
    table.members[best].courted += persuasion
    table.members[best].known += persuasion
    if log is not None:
        log.append(Courting(table.members[best].name, persuasion))


def settled_offer(state: NegotiationState, table: Table, share_in: float) -> Terms:
    """The offer where nobody holds the pen: a step towards what a formula makes of all asks, within the order."""
    weigh(table, len(table.seats), max(0.0, 1.0 - share_in))
    goal = settled(table, len(table.seats), state.terms)
    return talks.capped(spatial.toward(state.terms, goal, table.relations.pace), state.order)


def deals_for_all(table: Table) -> None:
    """Where nobody holds the pen, side deals are open to every lab."""
    for lab in range(len(table.members)):
        table.members[lab].has_deal = True
