"""The weeks of the year after the talks, and what they report."""

import math
from typing import Any, NamedTuple

from ..rules import drafting, law, operating, opting_in, talks
from ..rules.arithmetic import left_over
from ..rules.records import Alarm, Fate, Others, Review, Stage, Terms, Word
from ..rules.talks import ROUND_DAYS, WEEKS_A_MONTH
from .drafting import NegotiationState
from .table import NOBODY, Decision, Draws, Mood, Numbers, Table, gain_of, line_up, others_in
from .talks import mood_of
from .wishes import COVERED_SHARE, changed


class YearState(NamedTuple):
    """The year at the end of a week.

    ``terms`` are in force (in the ad-hoc world they only say what would have been covered), ``threshold`` is the true
    rank below which a release counts as covered (0..1), ``stage`` how far a law has come, ``news`` what the talks ended
    on (release cycles), ``started`` counts the reviews begun.
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
    """One flagship release; days count from the first day of the year after the talks.

    ``number`` counts the lab's own, ``rank`` and ``danger`` are those of `operating`, ``expected`` says whether the lab
    thought that it would be covered, ``dropped`` that it contested its designation with success. It waits
    ``wait_days`` at the desk, is heard for ``contest_days`` and reviewed for ``review_days``; ``hold_days`` are those
    of the delay that are due to a hold, ``danger_out`` the part of its danger that the review missed.
    """

    week: int
    lab: str
    number: int
    day: float
    rank: float
    danger: float
    covered: bool
    expected: bool
    contested: bool
    dropped: bool
    review: Review
    held: bool
    wait_days: float
    contest_days: float
    review_days: float
    hold_days: float
    delay_days: float
    delay_abroad_days: float
    danger_out: float
    incident: bool


def weeks_in(table: Table) -> int:
    """Weeks up to the horizon."""
    return talks.rounds_in(table.relations.horizon_days)


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
        alarm=Alarm(table.climate.threat, ended.stages_a_year),
        stage=ended.stage,
        news=ended.news,
        started=0,
    )


def year_week(state: YearState, table: Table, luck: Draws, report: YearReport, log: Any) -> YearState:
    """Releases in the order of their moments, a law perhaps, and labs that stay, leave or join."""
    draws = luck.year[state.week]
    alarm = release_models(state, table, draws, report.measures, log)
    if table.climate.incident_week == state.week + 1:
        alarm = happened(alarm, 1.0, table, report.measures)
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


def release_models(state: YearState, table: Table, draws: Any, out: Any, log: Any) -> Alarm:
    """The releases of the week in the order of their moments; how alarmed the world is after them."""
    releasing = 0
    for lab in range(len(table.members)):
        if operating.happens(draws[lab].release, table.members[lab].release_chance):
            releasing = line_up(table, releasing, lab, draws[lab].moment)
    alarm = state.alarm
    for turn in range(releasing):
        lab = table.line[turn]
        alarm = release_model(state, table, lab, draws[lab], alarm, out, log)
    return alarm


def release_model(state: YearState, table: Table, lab: int, draws: Any, alarm: Alarm, out: Any, log: Any) -> Alarm:
    """One release: designated or not, reviewed or not, held or not; the alarm after it.

    The draw that decided that the lab releases is used on for what is decided once a release.
    """
    member, record, climate, relations = table.members[lab], table.labs[lab], table.climate, table.relations
    day = ROUND_DAYS * (state.week + draws.moment)
    mandated = state.stage == Stage.LAW
    takes_part = member.is_in or mandated
    rank = operating.rank(draws.capability, record, climate, day)
    danger = operating.danger(rank, relations)
    needed = operating.needed_days(danger, relations)
    v = left_over(draws.release, member.release_chance)
    exempt = operating.is_exempt(v, record, state.terms)
    v = left_over(v, record.open_weight_share)
    expects = state.terms.covered_share if math.isnan(member.expects) else member.expects
    covered = rank < state.threshold and not exempt
    expected = covered if mandated else rank < expects and not exempt  # a law says what it covers
    review, wait, contest, days, lag = Review.NONE, 0.0, 0.0, 0.0, 0.0
    dropped = False
    if covered and takes_part:
        if not expected and operating.contests(
            state.terms.review_days + expected_wait(table, lab, state.terms, others_in(table, lab)), relations
        ):
            contest = relations.contest_days
            dropped = operating.happens(v, relations.contest_success)
        wait = wait_at_desk(table, day, contest, not dropped, out)
        if not dropped:
            review, lag = Review.AGREED, state.terms.foreign_lag_days
            days = min(state.terms.review_days, needed)
    elif covered and operating.happens(v, operating.ad_hoc_chance(record, climate)):
        review = Review.AD_HOC
        wait, days = wait_at_desk(table, day, 0.0, True, out), min(climate.ad_hoc_review_days, needed)
    is_cleared = review != Review.NONE
    chance = operating.hold_chance(
        rank, member.is_in, is_cleared, member.has_deal, state.alarm, record, table.levers, climate, relations
    )
    held = not mandated and operating.happens(draws.hold, chance)
    hold = min(operating.hold_length(draws.length, climate), needed) if held else 0.0
    days += hold
    if held and not is_cleared:  # until a review of it is done
        review, queued = Review.HOLD, wait_at_desk(table, day + wait + contest, 0.0, True, out)
        wait += queued
        hold += queued
    home = wait + contest + days
    danger_out = operating.danger_out(danger, days, lag, record, relations)
    disclosure = state.terms.disclosure if takes_part else 0.0
    incident = operating.happens(
        draws.incident, operating.incident_chance(danger_out, disclosure, climate, relations)
    )
    out.releases += 1
    out.delay_days += home
    out.delay_abroad_days += home + lag
    out.behind_home_days += lag
    out.designations += covered and takes_part
    out.surprises += covered and takes_part and not expected
    out.contests += contest > 0.0
    out.holds += held
    out.reholds += held and is_cleared
    out.ad_hoc_reviews += review == Review.AD_HOC
    out.reviews_done += review != Review.NONE and day + home <= weeks_in(table) * ROUND_DAYS
    out.covered_unreviewed += covered and review == Review.NONE
    out.danger_out += danger_out
    out.danger_caught += danger
    member.released += 1
    member.holds += held
    if takes_part:
        learn(table, lab, state.terms, covered, wait)
        if covered != expected:
            member.expects = rank
    if log is not None:
        log.append(
            Release(
                week=state.week,
                lab=member.name,
                number=member.released,
                day=day,
                rank=rank,
                danger=danger,
                covered=covered,
                expected=expected,
                contested=contest > 0.0,
                dropped=dropped,
                review=review,
                held=held,
                wait_days=wait,
                contest_days=contest,
                review_days=days,
                hold_days=hold,
                delay_days=home,
                delay_abroad_days=home + lag,
                danger_out=danger_out,
                incident=incident,
            )
        )
    return happened(alarm, operating.incident_length(disclosure, relations), table, out) if incident else alarm


def happened(alarm: Alarm, length: float, table: Table, out: Any) -> Alarm:
    """An incident that lasts a share `length` of its time; the alarm after it."""
    out.incidents += 1
    out.incident_days += length * table.climate.incident_days
    return operating.after_incident(alarm, length, table.climate)


def wait_at_desk(table: Table, day: float, contest_days: float, reviewed: bool, out: Any) -> float:
    """A release joins the queue at the desk, which hears a contest and then reviews; the days until it begins."""
    begins = operating.review_starts(day, table.desk[0])
    free = begins + contest_days
    if reviewed:
        table.begun[int(out.reviews_asked)] = begins
        out.reviews_asked += 1
        free = operating.desk_free_after(free, table.levers.review_capacity)
    table.desk[0] = free
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
