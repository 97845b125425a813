"""The weeks of talks, and what a negotiation reports."""

from typing import Any

from ..rules import drafting, influence, opting_in, talks
from ..rules.records import Outcome, Terms
from .asks import listen, settled, weigh
from .drafting import NegotiationState, Phase
from .table import NOBODY, Draws, Numbers, Table, court, decide, labs_outside, line_up, others_in, terms_of


def talks_week(state: NegotiationState, table: Table, luck: Draws, log: Any) -> NegotiationState:
    """Everybody moves, officials court, labs pledge or withdraw, agencies work; then it may be over."""
    draws = luck.talks[state.talks_round]
    if state.talks_round == 0:
        for lab in range(len(table.members)):
            table.members[lab].taste = draws[lab].pledge
    terms = next_offer(state, table)
    talks_round = state.talks_round + 1
    court(table, talks.courting(table.levers, talks_round, labs_outside(table)))
    revise(table, terms, draws, log)
    work(table, luck.work[state.talks_round])
    others = others_in(table, NOBODY)
    announced = talks.announces(benchmark_is_ready(table), others.labs_in, others.share_in, table.levers)
    is_over = announced or talks.talks_over(talks_round, table.levers)
    return NegotiationState(
        phase=Phase.OVER if is_over else Phase.TALKS,
        week=state.week + 1,
        talks_round=talks_round,
        drafts_sent_back=state.drafts_sent_back,
        terms=terms,
        order=state.order,
        order_week=state.order_week,
        outcome=Outcome.ADOPTED if announced else Outcome.NO_FRAMEWORK,
    )


def next_offer(state: NegotiationState, table: Table) -> Terms:
    """Everybody at the table hears the others and moves; the offer follows what they settle on."""
    seats = len(table.seats)
    weigh(table, seats, max(0.0, 1.0 - others_in(table, NOBODY).share_in))
    listen(table, seats, seats - len(table.members))
    return talks.next_offer(state.terms, settled(table, seats, state.terms), state.order, table.relations)


def revise(table: Table, terms: Terms, draws: Any, log: Any) -> None:
    """Labs take the question up one at a time, in an order drawn for the week, and pledge or withdraw."""
    attending = 0
    for lab in range(len(table.members)):
        if opting_in.attends(draws[lab].attend, table.labs[lab]):
            attending = line_up(table, attending, lab, draws[lab].turn)
    for turn in range(attending):
        lab = table.line[turn]
        others = others_in(table, lab)
        wait_days = opting_in.foreseen_wait(table.labs[lab], terms, others, table.levers, table.relations)
        table.members[lab].taste = draws[lab].pledge
        decide(table, lab, terms, others, wait_days, table.climate.mandate_chance, log)


def work(table: Table, draws: Numbers) -> None:
    """The agencies work on the benchmark for a week."""
    for i in range(len(table.agencies)):
        table.offices[i].progress += talks.benchmark_step(table.agencies[i], draws[i])


def benchmark_is_ready(table: Table) -> bool:
    """Whether every agency has done its part."""
    is_ready = True
    for i in range(len(table.agencies)):
        is_ready = is_ready and talks.is_ready(table.offices[i].progress)
    return is_ready


# ---------------------------------------------------------------- results


def report_negotiation(state: NegotiationState, table: Table, out: Any) -> None:
    """Fill in the measures of drafting and talks, all NaN before; what does not exist stays NaN."""
    adopted = state.outcome == Outcome.ADOPTED
    others = others_in(table, NOBODY)
    out.outcome = state.outcome.value
    out.adopted = adopted
    out.drafts_sent_back = state.drafts_sent_back
    out.order_week = state.order_week
    out.first_draft_review_days = table.levers.opening.review_days
    out.labs_joined = others.labs_in if adopted else 0
    out.share_joined = others.share_in if adopted else 0.0
    if state.outcome != Outcome.NO_ORDER:
        out.order_review_days = state.order.review_days
    if adopted:
        out.announcement_week = state.week - 1
        out.review_days = state.terms.review_days
        out.covered_share = state.terms.covered_share
        out.disclosure = state.terms.disclosure
    report_yardsticks(table, out)


def report_yardsticks(table: Table, out: Any) -> None:
    """The plain compromise and the weighted median of the ideals, weights influence x salience."""
    tally = influence.NO_ASKS
    for i in range(len(table.voices)):
        voice = table.voices[i]
        tally = influence.add_ask(tally, voice.influence, voice.salience, terms_of(voice.ideal))
        table.wanted[i] = voice.ideal.review_days
        table.stakes[i] = voice.influence * voice.salience.review_days
    out.compromise_review_days = influence.pooled(tally, terms_of(table.levers.opening)).review_days
    out.median_review_days = drafting.weighted_median(table.wanted, table.stakes)


def report_pivotal(state: NegotiationState, table: Table, pivotal: Numbers) -> None:
    """Fill in for each lab whether its last word decided if the talks ended with a framework."""
    ready = benchmark_is_ready(table)
    for lab in range(len(table.labs)):
        without = others_in(table, lab)
        with_it = opting_in.add_pledge(without, table.labs[lab])
        pivotal[lab] = state.outcome != Outcome.NO_ORDER and talks.is_pivotal(ready, without, with_it, table.levers)
