"""The weeks of the year after the talks, and what they report."""

import math
from typing import Any, NamedTuple

from ..rules import operating, opting_in, talks
from ..rules.records import Alarm, Fate, Others, Terms
from ..rules.talks import ROUND_DAYS, WEEKS_A_MONTH
from .table import NOBODY, Draws, Numbers, Table, court, decide, labs_outside, line_up, others_in


class YearState(NamedTuple):
    """The year at the end of a week.

    ``terms`` are in force (in the ad-hoc world they only say what would have been covered), ``threshold`` is the true
    share of releases that count as covered (0..1), ``started`` counts the reviews begun.
    """

    has_framework: bool
    week: int
    terms: Terms
    threshold: float
    alarm: Alarm
    mandated: bool
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


def year_opened(table: Table, terms: Terms, has_framework: bool) -> YearState:
    """The year before its first week."""
    return YearState(
        has_framework=has_framework,
        week=0,
        terms=terms,
        threshold=operating.threshold_share(terms, table.levers, table.climate),
        alarm=Alarm(table.climate.threat, table.climate.mandate_chance),
        mandated=False,
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
    terms, threshold, mandated = state.terms, state.threshold, state.mandated
    if not mandated and legislates(table, alarm, luck.mandate[state.week]):
        mandated = True
        terms = operating.mandate_terms(table.climate, terms)
        threshold = terms.covered_share
    if state.has_framework and not mandated:
        court(table, operating.retention(table.levers, labs_outside(table), ROUND_DAYS))
        reconsider(table, terms, alarm, draws, log)
    started = reviews_started(state, table, report.measures)
    report_week(state, table, started, report)
    return YearState(
        has_framework=state.has_framework,
        week=state.week + 1,
        terms=terms,
        threshold=threshold,
        alarm=alarm,
        mandated=mandated,
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
    takes_part = member.is_in or state.mandated
    covered = operating.happens(draws.capability, state.threshold)
    reviewed = covered and takes_part
    wait, review, lag = 0.0, 0.0, 0.0
    if reviewed:
        wait, review, lag = wait_at_desk(table, day, out), state.terms.review_days, table.levers.foreign_lag_days
        out.reviews_done += day + wait + review <= weeks_in(table) * ROUND_DAYS
    hold_chance = operating.hold_chance(member.is_in, state.alarm, table.levers, climate)
    is_held = not state.mandated and operating.happens(draws.hold, hold_chance)
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


def legislates(table: Table, alarm: Alarm, u: float) -> bool:
    """Whether a mandatory law comes this week, given a uniform draw `u` in [0, 1)."""
    inside = others_in(table, NOBODY)
    at_quorum = inside.labs_in > 0 and talks.meets_quorum(inside.labs_in, inside.share_in, table.levers)
    return operating.happens(u, operating.mandate_risk(at_quorum, alarm, table.relations, ROUND_DAYS))


def reconsider(table: Table, terms: Terms, alarm: Alarm, draws: Any, log: Any) -> None:
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
        believed = Terms(terms.review_days, share, terms.disclosure)
        decide(table, lab, believed, others, wait_days, alarm.mandate_chance, log)
        member.leavings += was_in and not member.is_in
        member.late_joinings += member.is_in and not was_in


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
    out.mandate = state.mandated


def report_lasting(state: YearState, table: Table, out: Any) -> None:
    """Fill in what a framework has come to, all 0 before."""
    inside = others_in(table, NOBODY)
    fate = operating.fate(state.mandated, inside.labs_in, inside.share_in, table.levers)
    out.fate = fate.value
    out.durable = fate == Fate.DURABLE
    out.labs_at_horizon = inside.labs_in
    out.share_at_horizon = inside.share_in
    for lab in range(len(table.members)):
        out.leavings += table.members[lab].leavings
        out.late_joinings += table.members[lab].late_joinings
