"""The weeks of the year after the talks, and what they report."""

import math
from typing import Any, NamedTuple

from ..rules import drafting, law, operating, opting_in
from ..rules.records import Alarm, Fate, Others, Stage, Terms, Word
from ..rules.talks import ROUND_DAYS, WEEKS_A_MONTH
from .drafting import NegotiationState
from .luck import MANDATE, MULL, ORDER, Luck, drawn, lab_draw
from .releases import YearState, expected_wait, happened, release_models
from .table import NOBODY, Decision, Mood, Numbers, Table, gain_of, line_up, others_in
from .wishes import COVERED_SHARE, changed


class YearReport(NamedTuple):
    """Where a year is reported: its measures, and by month the share of the frontier in and the queue."""

    measures: Any
    share_in: Numbers
    queue: Numbers


def months_in(weeks: int) -> int:
    """Whole months of four weeks, each of which is reported."""
    return weeks // WEEKS_A_MONTH


def year_opened(table: Table, ended: NegotiationState, has_framework: bool) -> YearState:
    """The year before its first week, after a negotiation that has ended."""
    table.desk[0] = 0.0
    is_law = ended.stage == Stage.LAW
    terms = operating.mandate_terms(table.climate) if is_law else ended.terms
    return YearState(
        has_framework=has_framework,
        week=0,
        terms=terms,
        threshold=terms.covered_share if is_law else operating.threshold_share(terms, table.levers, table.climate),
        strictness=drafting.detection(terms, table.relations),
        alarm=Alarm(table.climate.threat, ended.stages_a_year),
        stage=ended.stage,
        news=ended.news,
        started=0,
    )


def year_week(state: YearState, table: Table, luck: Luck, report: YearReport, log: Any) -> YearState:
    """Releases in the order of their moments, a law perhaps, and labs that stay, leave or join."""
    alarm = release_models(state, table, luck, report.measures, log)
    if table.climate.incident_week == state.week + 1:
        alarm = happened(alarm, 1.0, table, report.measures)
    stage = next_stage(state, table, alarm, drawn(luck, MANDATE, state.week))
    terms, threshold, strictness = state.terms, state.threshold, state.strictness
    if stage == Stage.LAW and state.stage != Stage.LAW:
        terms = operating.mandate_terms(table.climate)
        threshold, strictness = terms.covered_share, drafting.detection(terms, table.relations)
    if state.has_framework and stage != Stage.LAW:
        court(table, operating.retention(table.levers, labs_outside(table), ROUND_DAYS))
        reconsider(state, table, alarm, stage, luck, log)
    started = reviews_started(state, table, report.measures)
    report_week(state, table, started, report)
    return YearState(
        has_framework=state.has_framework,
        week=state.week + 1,
        terms=terms,
        threshold=threshold,
        strictness=strictness,
        alarm=alarm,
        stage=stage,
        news=state.news,
        started=started,
    )


# ---------------------------------------------------------------- law and second thoughts


def next_stage(state: YearState, table: Table, alarm: Alarm, u: float) -> int:
    """The stage of the law after the week, given a uniform draw `u` in [0, 1); a framework slows it down."""
    if law.next_stage(state.stage, u, alarm.stages_a_year, 0.0) == state.stage:  # not even if nothing hindered it
        return state.stage
    hindered = 0.0
    if state.has_framework:
        hindered = law.hindrance(others_in(table, NOBODY).share_in, state.strictness, table.relations)
    return law.next_stage(state.stage, u, alarm.stages_a_year, hindered)


def labs_outside(table: Table) -> int:
    """How many labs are not in."""
    outside = 0
    for lab in range(len(table.members)):
        if not table.members[lab].is_in:
            outside += 1
    return outside


def court(table: Table, persuasion: float) -> None:
    """Each lab outside receives persuasion (release cycles)."""
    for lab in range(len(table.members)):
        if not table.members[lab].is_in:
            table.members[lab].courted += persuasion


def reconsider(state: YearState, table: Table, alarm: Alarm, stage: int, luck: Luck, log: Any) -> None:
    """Labs take the question up one at a time, and stay, leave or join."""
    thinking, terms = 0, state.terms
    for lab in range(len(table.members)):
        if operating.happens(lab_draw(luck, table, lab, MULL, state.week), table.relations.reconsidering):
            thinking = line_up(table, thinking, lab, lab_draw(luck, table, lab, ORDER, state.week))
    if thinking == 0:
        return
    mood = Mood(state.news, law.passage_chance(alarm.stages_a_year, Stage.LAW - stage), state.strictness)
    for turn in range(thinking):
        lab = table.line[turn]
        member = table.members[lab]
        was_in = member.is_in
        share = operating.believed_share(terms, member.seen, member.covered, table.relations)
        others = others_in(table, lab)
        wait_days = expected_wait(table, lab, terms, others)
        decide(table, lab, changed(terms, COVERED_SHARE, share), others, wait_days, mood, log)
        member.leavings += was_in and not member.is_in
        member.late_joinings += member.is_in and not was_in


def decide(table: Table, lab: int, terms: Terms, others: Others, wait_days: float, mood: Mood, log: Any) -> None:
    """A lab weighs what it would gain by being in, and from now on is in or not."""
    member = table.members[lab]
    was_in = member.is_in
    gain = gain_of(table, lab, terms, others, wait_days, mood)
    inertia = table.relations.reneging_cost if was_in else 0.0
    chance = opting_in.joining_chance(opting_in.total_gain(gain) + inertia, table.relations)
    member.is_in = opting_in.joins(member.taste, chance)
    if log is not None:
        before = Word.PLEDGED if was_in else Word.OUT
        after = Word.PLEDGED if member.is_in else Word.OUT
        log.append(Decision(member.name, gain, 0.0, chance, member.taste, before, after, was_in))


# ---------------------------------------------------------------- results


def reviews_started(state: YearState, table: Table, out: Any) -> int:
    """How many reviews have begun by the end of the week."""
    started, asked = state.started, int(out.reviews_asked)
    while started < asked and table.begun[started] <= (state.week + 1) * ROUND_DAYS:
        started += 1
    return started


def report_week(state: YearState, table: Table, started: int, report: YearReport) -> None:
    """Take note of the queue, and where a month of the framework ends of who is in."""
    queue = report.measures.reviews_asked - started
    report.measures.longest_queue = max(report.measures.longest_queue, queue)
    if state.has_framework and (state.week + 1) % WEEKS_A_MONTH == 0:
        month = months_in(state.week)
        report.share_in[month] = others_in(table, NOBODY).share_in
        report.queue[month] = queue


def report_year(state: YearState, out: Any) -> None:
    """Turn the sums of the year into its measures."""
    if out.releases > 0.0:
        out.delay_days /= out.releases
        out.delay_abroad_days /= out.releases
        out.behind_home_days /= out.releases
        out.danger_caught = 1.0 - out.danger_out / out.danger_caught
    else:
        out.delay_days = out.delay_abroad_days = out.behind_home_days = out.danger_caught = math.nan
    out.reviews_open = out.reviews_asked - out.reviews_done
    out.mandate = state.stage == Stage.LAW


def report_lasting(state: YearState, table: Table, out: Any) -> None:
    """Fill in what a framework has come to, all 0 before."""
    inside = others_in(table, NOBODY)
    fate = operating.fate(state.stage == Stage.LAW, inside.labs_in, inside.share_in, table.levers)
    out.fate = fate.value
    out.durable = fate == Fate.DURABLE
    out.labs_at_horizon = inside.labs_in
    out.share_at_horizon = inside.share_in
    for lab in range(len(table.members)):
        out.leavings += table.members[lab].leavings
        out.late_joinings += table.members[lab].late_joinings
