"""The releases of a week in the year after the talks: designated, contested, reviewed, held, and what they lead to."""

import math
from typing import Any, NamedTuple

from ..rules import operating, opting_in, talks
from ..rules.arithmetic import left_over
from ..rules.records import Alarm, Others, Review, Stage, Terms
from ..rules.talks import ROUND_DAYS
from .luck import CAPABILITY, HOLD, INCIDENT, LENGTH, MOMENT, RELEASE, Luck, lab_draw
from .table import Table, line_up, others_in


class YearState(NamedTuple):
    """The year at the end of a week.

    ``terms`` are in force (in the ad-hoc world they only say which models agreements from before may cover),
    ``threshold`` is the true rank below which a release counts as covered (0..1), ``strictness`` the `detection` of
    the terms (0..1), ``stage`` how far a law has come, ``news`` what the talks ended on (release cycles), ``started``
    counts the reviews begun.
    """

    has_framework: bool
    week: int
    terms: Terms
    threshold: float
    strictness: float
    alarm: Alarm
    stage: int
    news: float
    started: int


class Model(NamedTuple):
    """A model as it is to be released; ``day`` counts from the first day of the year after the talks.

    ``rank`` and ``danger`` are those of `operating`, ``exempt`` says that its weights are open and the terms leave such
    models out, ``expected`` whether the lab thinks that it is covered, ``luck`` is a uniform draw in [0, 1) for what
    follows.
    """

    day: float
    rank: float
    danger: float
    exempt: bool
    covered: bool
    expected: bool
    luck: float


class Way(NamedTuple):
    """What a model goes through before its release.

    ``dropped`` says that its lab contested its designation with success. It waits at the desk, is heard if it was
    contested, and is reviewed. ``hold_days`` are those of all these that are due to a hold; users abroad wait
    ``lag_days`` longer than those at home.
    """

    review: Review
    dropped: bool
    held: bool
    wait_days: float
    contest_days: float
    review_days: float
    hold_days: float
    lag_days: float


class Release(NamedTuple):
    """One flagship release, the ``number``th of its lab in the year; ``danger_out`` is what went out."""

    week: int
    lab: str
    number: int
    model: Model
    way: Way
    delay_days: float
    danger_out: float
    incident: bool


def weeks_in(table: Table) -> int:
    """Weeks up to the horizon."""
    return talks.rounds_in(table.relations.horizon_days)


def release_models(state: YearState, table: Table, luck: Luck, out: Any, log: Any) -> Alarm:
    """The releases of the week in the order of their moments; how alarmed the world is after them."""
    releasing = 0
    for lab in range(len(table.members)):
        release = lab_draw(luck, table, lab, RELEASE, state.week)
        if operating.happens(release, table.members[lab].release_chance):
            moment = lab_draw(luck, table, lab, MOMENT, state.week)
            releasing = line_up(table, releasing, lab, moment)
    alarm = state.alarm
    for turn in range(releasing):
        lab = table.line[turn]
        alarm = release_model(state, table, lab, luck, alarm, out, log)
    return alarm


def release_model(state: YearState, table: Table, lab: int, luck: Luck, alarm: Alarm, out: Any, log: Any) -> Alarm:
    """One release: designated or not, reviewed or not, held or not; the alarm after it."""
    member, record, relations = table.members[lab], table.labs[lab], table.relations
    takes_part = member.is_in or state.stage == Stage.LAW
    model = model_of(state, table, lab, luck)
    way = held_or_not(state, table, lab, model, reviewed_or_not(state, table, lab, model, takes_part, out), luck, out)
    danger_out = operating.danger_out(model.danger, way.review_days, way.lag_days, record, relations)
    disclosure = state.terms.disclosure if takes_part else 0.0
    incident = operating.happens(
        lab_draw(luck, table, lab, INCIDENT, state.week),
        operating.incident_chance(danger_out, disclosure, table.climate, relations),
    )
    home = way.wait_days + way.contest_days + way.review_days
    designated = model.covered and takes_part
    out.releases += 1
    out.delay_days += home
    out.delay_abroad_days += home + way.lag_days
    out.behind_home_days += way.lag_days
    out.designations += designated
    out.surprises += designated and not model.expected
    out.contests += way.contest_days > 0.0
    out.holds += way.held
    out.reholds += way.held and way.review != Review.HOLD
    out.ad_hoc_reviews += way.review == Review.AD_HOC
    out.reviews_done += way.review != Review.NONE and model.day + home <= weeks_in(table) * ROUND_DAYS
    out.covered_unreviewed += model.covered and way.review == Review.NONE
    out.danger_out += danger_out
    out.danger_caught += model.danger  # all there was, until the end of the year
    member.released += 1
    member.holds += way.held
    if takes_part:
        learn(table, lab, state.terms, model, way.wait_days)
    if log is not None:
        log.append(Release(state.week, member.name, member.released, model, way, home, danger_out, incident))
    return happened(alarm, operating.incident_length(disclosure, relations), table, out) if incident else alarm


def model_of(state: YearState, table: Table, lab: int, luck: Luck) -> Model:
    """The model that a lab releases.

    The draw that decided that the lab releases is used on for what is decided once a release.
    """
    member, record = table.members[lab], table.labs[lab]
    day = ROUND_DAYS * (state.week + lab_draw(luck, table, lab, MOMENT, state.week))
    rank = operating.rank(lab_draw(luck, table, lab, CAPABILITY, state.week), record, table.climate, day)
    v = left_over(lab_draw(luck, table, lab, RELEASE, state.week), member.release_chance)
    exempt = operating.is_exempt(v, record, state.terms)
    v = left_over(left_over(v, record.open_weight_share), state.terms.open_weights)
    expects = state.terms.covered_share if math.isnan(member.expects) else member.expects
    covered = rank < state.threshold and not exempt
    public = state.stage == Stage.LAW  # a law says what it covers
    return Model(
        day=day,
        rank=rank,
        danger=operating.danger(rank, table.relations),
        exempt=exempt,
        covered=covered,
        expected=covered if public else rank < expects and not exempt,
        luck=v,
    )


def reviewed_or_not(state: YearState, table: Table, lab: int, model: Model, takes_part: bool, out: Any) -> Way:
    """A covered model of a participant is reviewed, unless it contests that; another under an agreement from before."""
    record, climate, relations = table.labs[lab], table.climate, table.relations
    if model.covered and takes_part:
        hearing = 0.0
        if not model.expected:
            others = others_in(table, lab)
            saved = state.terms.review_days + expected_wait(table, lab, state.terms, others)
            hearing = relations.contest_days if operating.contests(saved, relations) else 0.0
        dropped = hearing > 0.0 and operating.happens(model.luck, relations.contest_success)
        wait = wait_at_desk(table, model.day, hearing, not dropped, out)
        if dropped:
            return Way(Review.NONE, True, False, wait, hearing, 0.0, 0.0, 0.0)
        days = min(state.terms.review_days, operating.needed_days(model.danger, relations))
        return Way(Review.AGREED, False, False, wait, hearing, days, 0.0, state.terms.foreign_lag_days)
    if model.covered and operating.happens(model.luck, operating.ad_hoc_chance(record, climate)):
        wait = wait_at_desk(table, model.day, 0.0, True, out)
        days = min(climate.ad_hoc_review_days, operating.needed_days(model.danger, relations))
        return Way(Review.AD_HOC, False, False, wait, 0.0, days, 0.0, 0.0)
    return Way(Review.NONE, False, False, 0.0, 0.0, 0.0, 0.0, 0.0)


def held_or_not(state: YearState, table: Table, lab: int, model: Model, way: Way, luck: Luck, out: Any) -> Way:
    """An official may hold a model: until it is reviewed, or if it is already, while that is taken up again."""
    if state.stage == Stage.LAW:
        return way
    member, climate, relations = table.members[lab], table.climate, table.relations
    cleared = way.review != Review.NONE
    chance = operating.hold_chance(
        model.rank,
        member.is_in,
        cleared,
        member.has_deal,
        state.alarm,
        table.labs[lab],
        table.levers,
        climate,
        relations,
    )
    if not operating.happens(lab_draw(luck, table, lab, HOLD, state.week), chance):
        return way
    review, wait = way.review, 0.0
    if not cleared:
        review = Review.HOLD
        wait = wait_at_desk(table, model.day + way.wait_days + way.contest_days, 0.0, True, out)
    days = min(
        operating.hold_length(lab_draw(luck, table, lab, LENGTH, state.week), climate),
        operating.needed_days(model.danger, relations),
    )
    return Way(
        review=review,
        dropped=way.dropped,
        held=True,
        wait_days=way.wait_days + wait,
        contest_days=way.contest_days,
        review_days=way.review_days + days,
        hold_days=wait + days,
        lag_days=way.lag_days,
    )


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


def learn(table: Table, lab: int, terms: Terms, model: Model, wait_days: float) -> None:
    """A lab takes note of a release that went to the desk, or did not have to."""
    member = table.members[lab]
    member.seen += 1
    member.covered += model.covered
    if model.covered:
        expected = expected_wait(table, lab, terms, others_in(table, lab))
        member.believed_wait = operating.learned_wait(expected, wait_days, table.relations)
    if model.covered != model.expected:
        member.expects = model.rank  # the least move that the news allows


def expected_wait(table: Table, lab: int, terms: Terms, others: Others) -> float:
    """Days at the desk that a lab expects: as learned, or as foreseen before any experience."""
    believed: float = table.members[lab].believed_wait
    if math.isnan(believed):
        return opting_in.foreseen_wait(table.labs[lab], terms, others, table.levers, table.relations)
    return believed
