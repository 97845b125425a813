"""What must go one way whatever the parameters: properties over the declared ranges."""

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.runs.pool import run_many
from model.rules import compromise, drafting, law, operating, opting_in, talks
from model.rules.records import Agency, Alarm, Climate, Lab, Levers, Others, President, Relations, Terms, Voice
from model.scenario import load

from .drawn import BASELINE, a, others, terms

SHARE = st.floats(0, 1)
SETTING = st.tuples(  # the arguments of `gain_parts`
    a(Lab),
    terms(),
    others(),
    st.floats(0, 400),  # wait
    st.floats(0, 5),  # courted
    st.booleans(),  # has a deal
    st.floats(-2, 2),  # news
    SHARE,  # chance of a law
    SHARE,  # strictness
    a(Levers),
    a(Climate),
    a(Relations),
)
TINY = 1e-9  # rounding in sums of a dozen parts
UP, DOWN = 1.0, -1.0


def gain(*setting: Any) -> float:
    """The gain in a setting, that is with the arguments of `gain_parts`."""
    return opting_in.total_gain(opting_in.gain_parts(*setting))


def ordered(one: float, other: float) -> tuple[float, float]:
    return min(one, other), max(one, other)


@given(SETTING, st.floats(0, 120), st.floats(0, 120))
def test_a_longer_review_never_raises_a_labs_gain(setting: Any, one: float, other: float) -> None:
    lab, at, *rest = setting
    short, long = ordered(one, other)
    assert gain(lab, at._replace(review_days=long), *rest) <= gain(lab, at._replace(review_days=short), *rest) + TINY


@given(SETTING, st.floats(0, 1), st.floats(0, 1))
def test_more_disclosure_never_raises_a_labs_gain(setting: Any, one: float, other: float) -> None:
    lab, at, *rest = setting
    little, much = ordered(one, other)
    assert gain(lab, at._replace(disclosure=much), *rest) <= gain(lab, at._replace(disclosure=little), *rest) + TINY


@given(SETTING, st.floats(0, 1), st.floats(0, 1))
def test_a_wider_reading_of_covered_never_raises_a_labs_gain(setting: Any, one: float, other: float) -> None:
    lab, at, *rest = setting
    narrow, wide = ordered(one, other)
    assert (
        gain(lab, at._replace(covered_share=wide), *rest) <= gain(lab, at._replace(covered_share=narrow), *rest) + TINY
    )


@pytest.mark.parametrize(
    ("lever", "direction"),
    [
        ("protection", UP),
        ("side_deals", UP),
        ("secrecy", DOWN),
    ],
)
@given(setting=SETTING, levers=st.tuples(a(Levers), a(Levers)))
def test_a_lever_moves_every_labs_gain_one_way(lever: str, direction: float, setting: Any, levers: Any) -> None:
    *known, base, climate, relations = setting
    low, high = sorted(getattr(one, lever) for one in levers)
    at_low = gain(*known, base._replace(**{lever: low}), climate, relations)
    at_high = gain(*known, base._replace(**{lever: high}), climate, relations)
    assert direction * (at_high - at_low) >= -TINY


@given(SETTING, st.floats(0, 365), st.floats(0, 365))
def test_a_longer_delay_abroad_never_raises_a_labs_gain(setting: Any, one: float, other: float) -> None:
    lab, at, *rest = setting
    short, long = ordered(one, other)
    early, late = (gain(lab, at._replace(foreign_lag_days=days), *rest) for days in (short, long))
    assert late <= early + TINY


@given(SETTING, SHARE, SHARE)
def test_covering_more_open_weights_never_raises_a_labs_gain(setting: Any, one: float, other: float) -> None:
    lab, at, *rest = setting
    few, many = ordered(one, other)
    exempt, covered = (gain(lab, at._replace(open_weights=share), *rest) for share in (few, many))
    assert covered <= exempt + TINY


@pytest.mark.parametrize(
    "name", ["mandate_days", "mandate_covered_share", "mandate_disclosure", "hold_chance", "hold_days"]
)
@given(setting=SETTING, climates=st.tuples(a(Climate), a(Climate)))
def test_a_harsher_world_outside_never_lowers_a_labs_gain(name: str, setting: Any, climates: Any) -> None:
    *known, base, relations = setting
    low, high = sorted(getattr(one, name) for one in climates)
    mild = gain(*known, base._replace(**{name: low}), relations)
    harsh = gain(*known, base._replace(**{name: high}), relations)
    assert harsh >= mild - TINY


@given(SETTING, st.floats(0, 1))
def test_a_likelier_law_never_lowers_a_labs_gain(setting: Any, chance: float) -> None:
    *known, law_chance, strictness, levers, climate, relations = setting
    low, high = ordered(law_chance, chance)
    rest = (strictness, levers, climate, relations)
    assert gain(*known, high, *rest) >= gain(*known, low, *rest) - TINY


@given(SETTING, st.floats(0, 5))
def test_courting_never_lowers_a_labs_gain(setting: Any, more: float) -> None:
    lab, at, seen, wait_days, courted, *rest = setting
    assert gain(lab, at, seen, wait_days, courted + more, *rest) >= gain(*setting) - TINY


@given(SETTING, st.floats(0, 400))
def test_a_longer_wait_never_raises_a_labs_gain(setting: Any, more: float) -> None:
    lab, at, seen, wait_days, *rest = setting
    assert gain(lab, at, seen, wait_days + more, *rest) <= gain(*setting) + TINY


@given(a(Lab), terms(), others(), a(Levers), a(Relations), st.floats(1, 500))
def test_more_capacity_never_makes_labs_foresee_a_longer_wait(
    lab: Lab, at: Terms, seen: Others, levers: Levers, relations: Relations, capacity: float
) -> None:
    small, large = (levers._replace(review_capacity=its) for its in ordered(levers.review_capacity, capacity))
    waits = [opting_in.foreseen_wait(lab, at, seen, its, relations) for its in (small, large)]
    assert waits[1] <= waits[0] + TINY


@given(SETTING, st.floats(0, 1))
def test_a_higher_gain_never_lowers_the_chance_to_pledge(setting: Any, more: float) -> None:
    now, relations = gain(*setting), setting[-1]
    assert opting_in.joining_chance(now + more, relations) >= opting_in.joining_chance(now, relations)


@given(SETTING, SHARE)
def test_members_spared_more_of_a_law_never_gain_less(setting: Any, harbour: float) -> None:
    *known, relations = setting
    low, high = ordered(relations.safe_harbour, harbour)
    gains = [gain(*known, relations._replace(safe_harbour=its)) for its in (low, high)]
    assert gains[1] >= gains[0] - TINY


def chance_to_sign(
    draft: Terms, president: President, climate: Climate, relations: Relations, pace: float, dissent: float
) -> float:
    """The chance to sign a draft that part of the officials object to."""
    its_gain = drafting.security_gain(draft, president, climate, relations)
    dragged = drafting.drag(draft, president.drag_weight, pace)
    return drafting.signing_chance(its_gain, dragged, dissent, president, relations)


DRAFTS = (a(President), a(Climate), a(Relations), terms(), st.floats(0.1, 50), SHARE)


@given(*DRAFTS, SHARE)
def test_more_threat_never_makes_the_president_less_likely_to_sign(
    president: President,
    climate: Climate,
    relations: Relations,
    draft: Terms,
    pace: float,
    dissent: float,
    threat: float,
) -> None:
    calm, alarmed = (climate._replace(threat=its) for its in ordered(climate.threat, threat))
    chances = [chance_to_sign(draft, president, its, relations, pace, dissent) for its in (calm, alarmed)]
    assert chances[0] <= chances[1]


@given(*DRAFTS, st.floats(0.1, 50))
def test_faster_releases_never_make_the_president_more_likely_to_sign(
    president: President, climate: Climate, relations: Relations, draft: Terms, one: float, dissent: float, other: float
) -> None:
    chance = [chance_to_sign(draft, president, climate, relations, pace, dissent) for pace in ordered(one, other)]
    assert chance[1] <= chance[0]


@given(*DRAFTS, SHARE)
def test_more_objections_never_make_the_president_more_likely_to_sign(
    president: President, climate: Climate, relations: Relations, draft: Terms, pace: float, one: float, other: float
) -> None:
    chance = [chance_to_sign(draft, president, climate, relations, pace, its) for its in ordered(one, other)]
    assert chance[1] <= chance[0]


@given(a(Relations), terms(), st.floats(0, 120), st.floats(0, 1))
def test_a_longer_or_wider_review_never_detects_less(
    relations: Relations, at: Terms, more_days: float, wider: float
) -> None:
    longer = at._replace(review_days=at.review_days + more_days)
    assert drafting.detection(longer, relations) >= drafting.detection(at, relations)
    both = longer._replace(covered_share=max(at.covered_share, wider))
    assert drafting.detection(both, relations) >= drafting.detection(longer, relations)


@given(st.integers(0, 20), st.floats(0, 1), a(Levers), a(Levers), st.booleans())
def test_a_higher_quorum_never_announces_where_a_lower_one_would_not(
    labs_in: int, share_in: float, one: Levers, other: Levers, ready: bool
) -> None:
    low = one._replace(
        quorum_labs=min(one.quorum_labs, other.quorum_labs), quorum_share=min(one.quorum_share, other.quorum_share)
    )
    high = one._replace(
        quorum_labs=max(one.quorum_labs, other.quorum_labs), quorum_share=max(one.quorum_share, other.quorum_share)
    )
    if talks.announces(ready, labs_in, share_in, high):
        assert talks.announces(ready, labs_in, share_in, low)


@given(a(Levers), st.integers(1, 104), st.floats(0, 5))
def test_a_larger_budget_never_courts_less(levers: Levers, week: int, budget: float) -> None:
    low, high = ordered(levers.persuasion_budget, budget)
    spent = [talks.courting(levers._replace(persuasion_budget=its), week) for its in (low, high)]
    assert 0.0 <= spent[0] <= spent[1]


@given(a(Levers))
def test_the_whole_budget_is_spent_by_the_deadline_ever_faster_and_fades_after_it(levers: Levers) -> None:
    weeks = talks.rounds_in(levers.deadline_days)
    spent = [talks.courting(levers, week) for week in range(1, weeks + 1)]
    assert math.isclose(sum(spent), levers.persuasion_budget, abs_tol=TINY)
    assert spent == sorted(spent)
    after = [talks.courting(levers, week) for week in range(weeks + 1, weeks + 60)]
    assert math.isclose(sum(after), spent[-1], abs_tol=TINY)


@given(a(Levers), a(Relations), st.integers(1, 104))
def test_labs_concede_ever_more_up_to_all_at_the_deadline(levers: Levers, relations: Relations, week: int) -> None:
    now, later = (talks.conceded_by(at, levers, relations) for at in (week, week + 1))
    assert 0.0 <= now <= later <= 1.0
    assert talks.conceded_by(talks.rounds_in(levers.deadline_days), levers, relations) == 1.0


@given(a(Voice), SHARE, SHARE)
def test_threat_and_holdouts_never_make_a_voice_weaker(voice: Voice, threat: float, uncommitted: float) -> None:
    quiet = compromise.voice_weight(voice, 0.0, 0.0)
    assert quiet <= compromise.voice_weight(voice, threat, 0.0)
    assert quiet <= compromise.voice_weight(voice, 0.0, uncommitted)


@given(a(Agency), a(Levers), st.floats(7, 365), SHARE, st.integers(1, 60), st.floats(0.1, 5), st.floats(0, 5))
def test_a_slower_agency_never_gets_further_and_one_in_a_hurry_never_less_far(
    agency: Agency, levers: Levers, other: float, u: float, week: int, delay: float, rush: float
) -> None:
    quick, slow = (Agency(days) for days in ordered(agency.benchmark_days, other))
    steps = [talks.benchmark_step(its, u, week, delay, levers, rush) for its in (quick, slow)]
    assert steps[1] <= steps[0]
    assert talks.benchmark_step(quick, u, week, delay, levers, 0.0) <= steps[0]
    assert talks.benchmark_step(quick, u, week, 2.0 * delay, levers, rush) <= steps[0]


@given(a(Lab), a(Climate), a(Levers), a(Relations), SHARE, st.booleans(), SHARE, SHARE)
def test_what_makes_a_hold_less_likely(
    lab: Lab,
    climate: Climate,
    levers: Levers,
    relations: Relations,
    protection: float,
    cleared: bool,
    one: float,
    other: float,
) -> None:
    """Joining, protection, a review, a stake and a less capable model; an incident makes it likelier."""
    weak, strong = (levers._replace(protection=its) for its in ordered(levers.protection, protection))
    calm, high, low = Alarm(climate.threat, 0.0), *ordered(one, other)

    def chance(
        rank: float = low,
        inside: bool = False,
        is_cleared: bool = cleared,
        alarm: Alarm = calm,
        its: Lab = lab,
        by: Levers = weak,
    ) -> float:
        return operating.hold_chance(rank, inside, is_cleared, False, alarm, its, by, climate, relations)

    assert chance(inside=True, by=strong) <= chance(inside=True) <= chance()
    assert chance(is_cleared=True) <= chance(is_cleared=False)
    assert chance(rank=low) <= chance(rank=high)
    assert chance(its=lab._replace(stake_offered=1.0)) <= chance() <= chance(its=lab._replace(stake_offered=0.0))
    assert chance(alarm=operating.after_incident(calm, 1.0, climate)) >= chance()


@given(a(Lab), a(Climate), a(Relations), SHARE, st.floats(0, 365), st.floats(0.02, 50), st.floats(0, 365))
def test_a_more_capable_lab_and_a_later_day_never_make_a_release_less_dangerous(
    lab: Lab, climate: Climate, relations: Relations, u: float, day: float, capability: float, later: float
) -> None:
    growing = climate._replace(capability_trend=abs(climate.capability_trend))
    weak, strong = (lab._replace(capability=its) for its in ordered(lab.capability, capability))
    ranks = [operating.rank(u, its, growing, day) for its in (weak, strong)]
    assert 0.0 <= ranks[1] <= ranks[0] <= 1.0
    assert operating.rank(u, weak, growing, day + later) <= ranks[0]
    assert operating.danger(ranks[1], relations) >= operating.danger(ranks[0], relations)


@given(a(Lab), a(Climate), a(Relations), SHARE, st.floats(0, 120), st.floats(0, 120), SHARE, SHARE)
def test_a_longer_review_or_lag_and_more_disclosure_never_let_more_danger_or_incidents_out(
    lab: Lab,
    climate: Climate,
    relations: Relations,
    danger: float,
    days: float,
    more: float,
    disclosure: float,
    other: float,
) -> None:
    out = operating.danger_out(danger, days, 0.0, lab, relations)
    assert 0.0 <= operating.danger_out(danger, days + more, 0.0, lab, relations) <= out <= danger
    assert operating.danger_out(danger, days, more, lab, relations) <= out
    little, much = ordered(disclosure, other)
    chances = [operating.incident_chance(out, its, climate, relations) for its in (much, little)]
    assert 0.0 <= chances[0] <= chances[1] <= 1.0
    assert operating.incident_length(much, relations) <= operating.incident_length(little, relations)


@given(a(Climate), st.builds(Alarm, SHARE, st.floats(0, 60)), SHARE, SHARE)
def test_an_incident_never_calms_anybody_and_a_short_one_alarms_less(
    climate: Climate, alarm: Alarm, one: float, other: float
) -> None:
    short, long = (operating.after_incident(alarm, length, climate) for length in ordered(one, other))
    assert alarm.threat <= short.threat <= long.threat <= 1.0
    assert alarm.stages_a_year <= short.stages_a_year == long.stages_a_year


@given(a(Relations), st.floats(0, 60), st.floats(0, 60), SHARE, SHARE, SHARE)
def test_a_bill_is_never_slower_at_a_higher_pace_nor_faster_for_a_stricter_or_wider_framework(
    relations: Relations, one: float, other: float, share_in: float, strictness: float, u: float
) -> None:
    slow, fast = ordered(one, other)
    hindered = law.hindrance(share_in, strictness, relations)
    assert 0.0 <= hindered <= 1.0
    assert law.hindrance(share_in, 0.0, relations) <= hindered <= law.hindrance(1.0, strictness, relations)
    assert law.next_stage(1, u, slow, hindered) <= law.next_stage(1, u, fast, hindered)
    assert law.next_stage(1, u, fast, hindered) <= law.next_stage(1, u, fast, 0.0)
    assert law.passage_chance(slow, 2) <= law.passage_chance(fast, 2) + TINY
    assert law.passage_chance(fast, 2) <= law.passage_chance(fast, 1) + TINY


# ---------------------------------------------------------------- whole negotiations, under the same luck


def endings(*settings: str, runs: int = 200) -> list[bool]:
    """Whether run 0, 1, ... of the baseline with these settings is adopted."""
    table = run_many(load(BASELINE, settings), runs, 5)
    assert (table["failed"] == "").all()
    return list(table["adopted"] == 1.0)


def never_gained(before: list[bool], after: list[bool]) -> bool:
    """Whether no run that failed before is adopted after."""
    return not any(now and not then for then, now in zip(before, after, strict=True))


FIXED = ("levers.drafting_rounds=0", "relations.pace=0", "levers.persuasion_budget=0", "levers.side_deals=0")
"""The terms are taken or left and nobody is courted, so that no lab is moved by what the officials expect."""


@pytest.mark.parametrize("lever", ["quorum_labs=%d", "quorum_share=%.1f"])
def test_with_fixed_terms_and_no_law_a_higher_quorum_never_raises_adoption_in_any_run(lever: str) -> None:
    levels = [2, 4, 5, 6, 7] if "%d" in lever else [0.1, 0.4, 0.6, 0.8, 1.0]
    by_level = [endings(*FIXED, "climate.mandate_chance=0", f"levers.{lever % level}") for level in levels]
    for low, high in itertools.pairwise(by_level):
        assert never_gained(low, high)
    assert sum(by_level[0]) > sum(by_level[-1])


def test_a_longer_extension_never_undoes_an_adoption() -> None:
    short, long = endings("levers.extension_days=7"), endings("levers.extension_days=70")
    assert never_gained(long, short)
    assert sum(long) > sum(short)


def test_more_weeks_of_drafting_never_lose_an_order() -> None:
    few, many = endings("levers.drafting_rounds=2"), endings("levers.drafting_rounds=6")
    assert never_gained(many, few)
    assert sum(many) > sum(few)
