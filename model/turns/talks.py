"""The weeks of talks, and what a negotiation reports."""

from typing import Any, NamedTuple

from ..rules import compromise, drafting, law, opting_in, talks
from ..rules.records import Others, Outcome, Stage, Terms, Word
from .drafting import NegotiationState, Phase
from .luck import AGENCIES, ATTEND, BILL, PLEDGE, TURN, Luck, drawn, lab_draw
from .offers import court, deals_for_all, next_offer, settled_offer, take_stock
from .table import (
    NOBODY,
    Decision,
    Mood,
    Numbers,
    Table,
    everybody_else,
    gain_of,
    line_up,
    others_in,
    set_gain,
    terms_of,
)
from .wishes import negotiates, officials_at


class Bill(NamedTuple):
    """A law on its way: the stage that it has come to."""

    stage: Stage


class Extension(NamedTuple):
    """What was decided at the deadline."""

    extended: bool
    labs_in: int


def talks_week(state: NegotiationState, table: Table, luck: Luck, log: Any) -> NegotiationState:
    """News, a bill, the agencies, an offer, courting, the labs' answers; then it may be over."""
    talks_round = state.talks_round + 1
    if talks_round == 1:
        begin_talks(table, luck)
    news = next_news(state, table, luck)
    stage = law.next_stage(state.stage, drawn(luck, BILL, state.talks_round), state.stages_a_year, 0.0)
    if log is not None and stage != state.stage:
        log.append(Bill(Stage(stage)))
    work(table, luck, talks_round, talks.common_delay(luck.slippage[0], table.relations))
    ready = benchmark_is_ready(table)
    conceded = 1.0 if ready else talks.conceded_by(talks_round, table.levers, table.relations)
    law_chance = law.passage_chance(state.stages_a_year, Stage.LAW - stage)
    mood = Mood(news, law_chance, drafting.detection(state.terms, table.relations))
    take_stock(table, state.terms, mood, conceded)
    if negotiates(table):
        terms = next_offer(state, table, log)
    else:
        terms = settled_offer(state, table, others_in(table, NOBODY).share_in)
    court(table, terms, talks.courting(table.levers, talks_round), log)
    mood = Mood(news, law_chance, drafting.detection(terms, table.relations))
    held_out = opting_in.held_out_share(conceded, table.relations)
    answer_all(table, terms, mood, held_out, talks_round, conceded == 1.0, luck, log)
    honour_conditions(table, terms, mood, held_out)
    inside = others_in(table, NOBODY)
    announced = stage != Stage.LAW and talks.announces(ready, inside.labs_in, inside.share_in, table.levers)
    is_over = announced or stage == Stage.LAW or talks.talks_over(talks_round, inside.labs_in, table.levers)
    if log is not None and not announced and talks_round == talks.rounds_in(table.levers.deadline_days):
        log.append(Extension(not is_over, inside.labs_in))
    if is_over:
        keep_gains(table, terms, mood)
    return NegotiationState(
        phase=Phase.OVER if is_over else Phase.TALKS,
        week=state.week + 1,
        talks_round=talks_round,
        drafts_sent_back=state.drafts_sent_back,
        terms=terms,
        order=state.order,
        order_week=state.order_week,
        reach=state.reach,
        pen=state.pen,
        news=news,
        stages_a_year=state.stages_a_year,
        stage=stage,
        outcome=Outcome.ADOPTED if announced else Outcome.NO_FRAMEWORK,
    )


def begin_talks(table: Table, luck: Luck) -> None:
    """Labs come to the talks with a taste; where nobody holds the pen, deals are open to all."""
    for lab in range(len(table.members)):
        table.members[lab].taste = lab_draw(luck, table, lab, PLEDGE, 0)
    if not negotiates(table):
        deals_for_all(table)


def next_news(state: NegotiationState, table: Table, luck: Luck) -> float:
    """What all labs' gains have in common: drawn at the start of the talks, then moved by small news."""
    shock: float = luck.news[state.talks_round]
    spread: float = table.relations.regime_sd if state.talks_round == 0 else table.relations.news_sd
    return state.news + spread * shock


# ---------------------------------------------------------------- answers


def answer_all(
    table: Table,
    terms: Terms,
    mood: Mood,
    held_out: float,
    talks_round: int,
    last_call: bool,
    luck: Luck,
    log: Any,
) -> None:
    """Labs take the question up one at a time, in an order drawn for the week; at the last call all who ever do."""
    attending, week = 0, talks_round - 1
    for lab in range(len(table.members)):
        attend = lab_draw(luck, table, lab, ATTEND, week)
        last = last_call and table.labs[lab].attention > 0.0
        if last or opting_in.attends(attend, table.labs[lab]):
            attending = line_up(table, attending, lab, lab_draw(luck, table, lab, TURN, week))
    for turn in range(attending):
        lab = table.line[turn]
        attend = lab_draw(luck, table, lab, ATTEND, week)
        if opting_in.renews(attend, table.labs[lab], table.relations):
            table.members[lab].taste = lab_draw(luck, table, lab, PLEDGE, week)
        answer(table, lab, terms, mood, held_out, talks_round, log)


def answer(table: Table, lab: int, terms: Terms, mood: Mood, held_out: float, talks_round: int, log: Any) -> None:
    """A lab pledges, pledges on condition that enough of the others do, or holds out."""
    member, record, relations = table.members[lab], table.labs[lab], table.relations
    before, was_in = member.word, member.is_in
    others = others_in(table, lab)
    wait = opting_in.foreseen_wait(record, terms, others, table.levers, relations)
    parts = gain_of(table, lab, terms, others, wait, mood)
    gain = opting_in.total_gain(parts)
    weighed = gain + relations.reneging_cost if before == Word.PLEDGED else gain
    if before != Word.PLEDGED:
        weighed = opting_in.while_waiting(gain, gain + saved_by_ideal(table, lab, terms, others, wait), held_out)
    chance = opting_in.joining_chance(weighed, relations)
    if opting_in.joins(member.taste, chance):
        member.word, member.is_in = Word.PLEDGED.value, True
        member.accepted = min(member.accepted, chance)
    else:
        member.refused = max(member.refused, chance)
        on_condition = table.levers.conditional == 1 and would_pledge(
            table, lab, terms, everybody_else(table, lab), mood, held_out
        )
        member.word = Word.CONDITIONAL.value if on_condition else Word.OUT.value
        member.is_in = on_condition and before == Word.CONDITIONAL and was_in
        member.withdrawals += before == Word.PLEDGED
    if member.first_round == 0 and member.word != Word.OUT:
        member.first_round = talks_round
    if log is not None:
        log.append(
            Decision(member.name, parts, held_out, chance, member.taste, Word(before), Word(member.word), was_in)
        )


def saved_by_ideal(table: Table, lab: int, terms: Terms, others: Others, wait_days: float) -> float:
    """How much less the lab's ideal terms would cost it than these (either sign, release cycles)."""
    record, relations = table.labs[lab], table.relations
    ideal = terms_of(table.voices[officials_at(table) + lab].ideal)
    wait = opting_in.foreseen_wait(record, ideal, others, table.levers, relations)
    return opting_in.burdens(record, terms, others, wait_days, relations) - opting_in.burdens(
        record, ideal, others, wait, relations
    )


def would_pledge(table: Table, lab: int, terms: Terms, others: Others, mood: Mood, held_out: float) -> bool:
    """Whether a lab would pledge among these others."""
    wait = opting_in.foreseen_wait(table.labs[lab], terms, others, table.levers, table.relations)
    gain = opting_in.total_gain(gain_of(table, lab, terms, others, wait, mood))
    at_ideal = gain + saved_by_ideal(table, lab, terms, others, wait)
    weighed = opting_in.while_waiting(gain, at_ideal, held_out)
    return opting_in.joins(table.members[lab].taste, opting_in.joining_chance(weighed, table.relations))


def honour_conditions(table: Table, terms: Terms, mood: Mood, held_out: float) -> None:
    """Pledges on condition count as far as their conditions hold together: the largest set in which each would pledge.

    Starts from all pledges and lets go of who would not pledge among those left, until nobody goes. Where a lab gains
    the more the more are in, that is the greatest fixed point.

    References
    ----------
    Tarski (1955), *Pacific Journal of Mathematics* 5: 285-309; Bagnoli & Lipman (1989), *Review of Economic Studies*
    56: 583-601, for contracts that bind only if enough others sign.
    """
    for lab in range(len(table.members)):
        if table.members[lab].word == Word.CONDITIONAL:
            table.members[lab].is_in = True
    someone_left = True
    while someone_left:
        someone_left = False
        for lab in range(len(table.members)):
            member = table.members[lab]
            if member.word == Word.CONDITIONAL and member.is_in:
                member.is_in = would_pledge(table, lab, terms, others_in(table, lab), mood, held_out)
                someone_left = someone_left or not member.is_in


def keep_gains(table: Table, terms: Terms, mood: Mood) -> None:
    """Each lab remembers its gain, part by part, as the talks end."""
    for lab in range(len(table.members)):
        others = others_in(table, lab)
        wait = opting_in.foreseen_wait(table.labs[lab], terms, others, table.levers, table.relations)
        set_gain(table.members[lab].gain, gain_of(table, lab, terms, others, wait, mood))


# ---------------------------------------------------------------- agencies


def work(table: Table, luck: Luck, talks_round: int, delay: float) -> None:
    """The agencies work on the benchmark for a week."""
    for i in range(len(table.agencies)):
        u = drawn(luck, AGENCIES + i, talks_round - 1)
        table.offices[i].progress += talks.benchmark_step(
            table.agencies[i], u, talks_round, delay, table.levers, table.relations.deadline_rush
        )


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
        out.foreign_lag_days = state.terms.foreign_lag_days
        out.open_weights = state.terms.open_weights
    report_bargaining(state, table, out)
    report_yardsticks(table, out)


def report_bargaining(state: NegotiationState, table: Table, out: Any) -> None:
    """Stalls, words given and withdrawn, and the stage of the law."""
    out.stalls = 0.0
    for i in range(officials_at(table)):
        out.stalls += table.seats[i].stalls
    out.law_stage = state.stage
    given, late, withdrawn, on_condition = 0, 0, 0, 0
    for lab in range(len(table.members)):
        member = table.members[lab]
        withdrawn += member.withdrawals
        on_condition += member.is_in and member.word == Word.CONDITIONAL
        if member.first_round > 0:
            given += 1
            late += talks.is_late(member.first_round, table.levers)
    out.withdrawals = withdrawn
    out.pledges = given
    if given > 0:
        out.late_pledges = late / given
    if state.outcome != Outcome.NO_ORDER:
        out.conditional_pledges = on_condition


def report_yardsticks(table: Table, out: Any) -> None:
    """The plain compromise and the weighted median of the ideals, weights influence x salience."""
    tally = compromise.NO_ASKS
    for i in range(len(table.voices)):
        voice = table.voices[i]
        tally = compromise.add_ask(tally, voice.influence, voice.salience, terms_of(voice.ideal))
        table.wanted[i] = voice.ideal.review_days
        table.stakes[i] = voice.influence * voice.salience.review_days
    out.compromise_review_days = compromise.pooled(tally, terms_of(table.levers.opening)).review_days
    out.median_review_days = compromise.weighted_median(table.wanted, table.stakes)


def report_pivotal(state: NegotiationState, table: Table, pivotal: Numbers) -> None:
    """Fill in for each lab whether its last word decided if the talks ended with a framework."""
    ready = benchmark_is_ready(table)
    for lab in range(len(table.labs)):
        without = others_in(table, lab)
        with_it = opting_in.add_pledge(without, table.labs[lab])
        pivotal[lab] = state.outcome != Outcome.NO_ORDER and talks.is_pivotal(ready, without, with_it, table.levers)
