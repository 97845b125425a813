"""The weeks of the year after the talks, and what they report."""

import math
from typing import Any, NamedTuple

from ..rules import drafting, law, operating, opting_in, talks
from ..rules.records import Alarm, Fate, Others, Stage, Terms, Word
from ..rules.talks import ROUND_DAYS, WEEKS_A_MONTH
from .drafting import NegotiationState
from .table import NOBODY, Decision, Draws, Mood, Numbers, Table, gain_of, line_up, others_in
from .talks import mood_of
from .wishes import COVERED_SHARE, changed


class YearState(NamedTuple):
    """The year at the end of a week.

    ``terms`` are in force (in the ad-hoc world they only say what would have been covered), ``threshold`` is the true
    share of releases that count as covered (0..1), ``stage`` how far a law has come, ``news`` what the talks ended on
    (release cycles), ``started`` counts the reviews begun.
    """

    has_framework: bool
    week: int
    terms: Terms
    threshold: float
    alarm: Alarm
    stage: int
    news: float
    started: int


class YearReport(NamedTuple):
    """Where a year is reported: its measures, and by month the share of the frontier in and the queue."""

    measures: Any
    share_in: Numbers
    queue: Numbers


class Release(NamedTuple):
    """One flagship release; days count from the first day of the year after the talks."""

    week: int
    lab: str
    day: float
    covered: bool
    reviewed: bool
    wait_days: float
    review_days: float
    hold_days: float
    delay_days: float
    delay_abroad_days: float
    out_unreviewed: bool
    incident: bool


def weeks_in(table: Table) -> int:
    """Weeks up to the horizon."""
    return talks.rounds_in(table.relations.horizon_days)


def months_in(weeks: int) -> int:
    """Whole months of four weeks, each of which is reported."""
    return weeks // WEEKS_A_MONTH


def year_opened(table: Table, ended: NegotiationState, has_framework: bool) -> YearState:
    """The year before its first week, after a negotiation that has ended."""
    is_law = ended.stage == Stage.LAW
    terms = operating.mandate_terms(table.climate) if is_law else ended.terms
    return YearState(
        has_framework=has_framework,
        week=0,
        terms=terms,
        threshold=terms.covered_share if is_law else operating.threshold_share(terms, table.levers, table.climate),
        alarm=Alarm(table.climate.threat, ended.stages_a_year),
        stage=ended.stage,
        news=ended.news,
        started=0,
    )


def year_week(state: YearState, table: Table, luck: Draws, report: YearReport, log: Any) -> YearState:
    """Releases in the order of their moments, a law perhaps, and labs that stay, leave or join."""
    draws = luck.year[state.week]
    incidents = release_models(state, table, draws, report.measures, log)
    if table.climate.incident_week == state.week + 1:
        incidents += 1
    report.measures.incidents += incidents
    alarm = state.alarm
    for _ in range(incidents):
        alarm = operating.after_incident(alarm, table.climate)
    stage = next_stage(state, table, alarm, luck.mandate[state.week])
    terms, threshold = state.terms, state.threshold
    if stage == Stage.LAW and state.stage != Stage.LAW:
        terms = operating.mandate_terms(table.climate)
        threshold = terms.covered_share
    if state.has_framework and stage != Stage.LAW:
        court(table, operating.retention(table.levers, labs_outside(table), ROUND_DAYS))
        reconsider(table, terms, mood_of(table, terms, state.news, alarm.stages_a_year, stage), draws, log)
    started = reviews_started(state, table, report.measures)
    report_week(state, table, started, report)
    return YearState(
        has_framework=state.has_framework,
        week=state.week + 1,
        terms=terms,
        threshold=threshold,
        alarm=alarm,
        stage=stage,
        news=state.news,
        started=started,
    )


# ---------------------------------------------------------------- releases


def release_models(state: YearState, table: Table, draws: Any, out: Any, log: Any) -> int:
    """The releases of the week in the order of their moments; how many became incidents."""
    releasing = 0
    for lab in range(len(table.members)):
        if operating.happens(draws[lab].release, table.members[lab].release_chance):
            releasing = line_up(table, releasing, lab, draws[lab].moment)
    incidents = 0
    for turn in range(releasing):
        lab = table.line[turn]
        incidents += release_model(state, table, lab, draws[lab], out, log)
    return incidents


def release_model(state: YearState, table: Table, lab: int, draws: Any, out: Any, log: Any) -> int:
    """One release: reviewed or not, held or not; 1 if an incident follows, else 0."""
    member, climate = table.members[lab], table.climate
    day = ROUND_DAYS * (state.week + draws.moment)
    mandated = state.stage == Stage.LAW
    takes_part = member.is_in or mandated
    covered = operating.happens(draws.capability, state.threshold)
    reviewed = covered and takes_part
    wait, review, lag = 0.0, 0.0, 0.0
    if reviewed:
        wait, review, lag = wait_at_desk(table, day, out), state.terms.review_days, state.terms.foreign_lag_days
        out.reviews_done += day + wait + review <= weeks_in(table) * ROUND_DAYS
    hold_chance = operating.hold_chance(member.is_in, state.alarm, table.levers, climate)
    is_held = not mandated and operating.happens(draws.hold, hold_chance)
    hold = operating.hold_length(draws.length, climate) if is_held else 0.0
    unreviewed = covered and not reviewed and not is_held
    incident = unreviewed and operating.happens(draws.incident, climate.incident_chance)
    home = wait + review + hold
    out.releases += 1
    out.delay_days += home
    out.delay_abroad_days += home + lag
    out.holds += hold > 0.0
    out.covered_unreviewed += unreviewed
    member.holds += hold > 0.0
    if takes_part:
        learn(table, lab, state.terms, covered, wait)
    if log is not None:
        log.append(
            Release(
                week=state.week,
                lab=member.name,
                day=day,
                covered=covered,
                reviewed=reviewed,
                wait_days=wait,
                review_days=review,
                hold_days=hold,
                delay_days=home,
                delay_abroad_days=home + lag,
                out_unreviewed=unreviewed,
                incident=incident,
            )
        )
    return int(incident)


def wait_at_desk(table: Table, day: float, out: Any) -> float:
    """A release joins the queue at the review desk; the days until its review begins."""
    asked = int(out.reviews_asked)
    free = operating.desk_free_after(table.begun[asked - 1], table.levers.review_capacity) if asked > 0 else 0.0
    begins = operating.review_starts(day, free)
    table.begun[asked] = begins
    out.reviews_asked += 1
    return begins - day


def learn(table: Table, lab: int, terms: Terms, covered: bool, wait_days: float) -> None:
    """A lab takes note of a release that went to the desk, or did not have to."""
    member = table.members[lab]
    member.seen += 1
    member.covered += covered
    if covered:
        expected = expected_wait(table, lab, terms, others_in(table, lab))
        member.believed_wait = operating.learned_wait(expected, wait_days, table.relations)


def expected_wait(table: Table, lab: int, terms: Terms, others: Others) -> float:
    """Days at the desk that a lab expects: as learned, or as foreseen before any experience."""
    believed: float = table.members[lab].believed_wait
    if math.isnan(believed):
        return opting_in.foreseen_wait(table.labs[lab], terms, others, table.levers, table.relations)
    return believed


# ---------------------------------------------------------------- law and second thoughts


def next_stage(state: YearState, table: Table, alarm: Alarm, u: float) -> int:
    """The stage of the law after the week, given a uniform draw `u` in [0, 1); a framework slows it down."""
    hindered = 0.0
    if state.has_framework:
        strictness = drafting.detection(state.terms, table.relations)
        hindered = law.hindrance(others_in(table, NOBODY).share_in, strictness, table.relations)
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


def reconsider(table: Table, terms: Terms, mood: Mood, draws: Any, log: Any) -> None:
    """Labs take the question up one at a time, and stay, leave or join."""
    thinking = 0
    for lab in range(len(table.members)):
        if operating.happens(draws[lab].mull, table.relations.reconsidering):
            thinking = line_up(table, thinking, lab, draws[lab].order)
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
    out.delay_days = out.delay_days / out.releases if out.releases > 0.0 else math.nan
    out.delay_abroad_days = out.delay_abroad_days / out.releases if out.releases > 0.0 else math.nan
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
