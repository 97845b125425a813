"""What must go one way whatever the parameters: properties over the declared ranges."""

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.runs.pool import run_many
from model.rules import drafting, influence, operating, opting_in, talks
from model.rules.records import Agency, Alarm, Climate, Lab, Levers, Others, President, Relations, Terms, Voice
from model.scenario import load

from .drawn import BASELINE, a, others, terms

SETTING = st.tuples(
    a(Lab), terms(), others(), st.floats(0, 400), st.floats(0, 5), st.floats(0, 1), a(Levers), a(Climate), a(Relations)
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
        ("foreign_lag_days", DOWN),
    ],
)
@given(setting=SETTING, levers=st.tuples(a(Levers), a(Levers)))
def test_a_lever_moves_every_labs_gain_one_way(lever: str, direction: float, setting: Any, levers: Any) -> None:
    *known, base, climate, relations = setting
    low, high = sorted(getattr(one, lever) for one in levers)
    at_low = gain(*known, base._replace(**{lever: low}), climate, relations)
    at_high = gain(*known, base._replace(**{lever: high}), climate, relations)
    assert direction * (at_high - at_low) >= -TINY


@pytest.mark.parametrize("name", ["mandate_days", "mandate_covered_share", "hold_chance", "hold_days"])
@given(setting=SETTING, climates=st.tuples(a(Climate), a(Climate)))
def test_a_harsher_world_outside_never_lowers_a_labs_gain(name: str, setting: Any, climates: Any) -> None:
    *known, base, relations = setting
    low, high = sorted(getattr(one, name) for one in climates)
    mild = gain(*known, base._replace(**{name: low}), relations)
    harsh = gain(*known, base._replace(**{name: high}), relations)
    assert harsh >= mild - TINY


@given(SETTING, st.floats(0, 1))
def test_a_likelier_law_never_lowers_a_labs_gain(setting: Any, chance: float) -> None:
    *known, mandate_chance, levers, climate, relations = setting
    low, high = ordered(mandate_chance, chance)
    rest = (levers, climate, relations)
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


@given(a(President), a(Climate), a(Relations), terms(), st.floats(0.1, 50), st.floats(0, 1))
def test_more_threat_never_makes_the_president_less_likely_to_sign(
    president: President, climate: Climate, relations: Relations, draft: Terms, pace: float, threat: float
) -> None:
    calm, alarmed = ordered(climate.threat, threat)
    chances = [
        drafting.signing_chance(draft, president, climate._replace(threat=its), relations, pace)
        for its in (calm, alarmed)
    ]
    assert chances[0] <= chances[1]


@given(a(President), a(Climate), a(Relations), terms(), st.floats(0.1, 50), st.floats(0.1, 50))
def test_faster_releases_never_make_the_president_more_likely_to_sign(
    president: President, climate: Climate, relations: Relations, draft: Terms, one: float, other: float
) -> None:
    slow, fast = ordered(one, other)
    chance = [drafting.signing_chance(draft, president, climate, relations, pace) for pace in (slow, fast)]
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


@given(a(Levers), st.integers(1, 104), st.integers(1, 7), st.floats(0, 5))
def test_a_larger_budget_never_courts_less(levers: Levers, week: int, out: int, budget: float) -> None:
    low, high = ordered(levers.persuasion_budget, budget)
    spent = [talks.courting(levers._replace(persuasion_budget=its), week, out) for its in (low, high)]
    assert 0.0 <= spent[0] <= spent[1]


@given(a(Levers), st.integers(1, 7))
def test_the_whole_budget_is_spent_by_the_deadline_and_ever_faster(levers: Levers, out: int) -> None:
    weeks = talks.rounds_in(levers.deadline_days)
    spent = [talks.courting(levers, week, out) * out for week in range(1, weeks + 1)]
    assert math.isclose(sum(spent), levers.persuasion_budget, abs_tol=TINY)
    assert spent == sorted(spent)


@given(a(Voice), st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 10))
def test_threat_and_holdouts_never_make_a_voice_weaker(
    voice: Voice, threat: float, uncommitted: float, standing: float
) -> None:
    quiet = influence.voice_weight(voice, standing, 0.0, 0.0)
    assert quiet <= influence.voice_weight(voice, standing, threat, 0.0)
    assert quiet <= influence.voice_weight(voice, standing, 0.0, uncommitted)


@given(a(Agency), st.floats(7, 365), st.floats(0, 1))
def test_a_slower_agency_never_gets_further(agency: Agency, other: float, u: float) -> None:
    quick, slow = ordered(agency.benchmark_days, other)
    assert talks.benchmark_step(Agency(slow), u) <= talks.benchmark_step(Agency(quick), u)


@given(a(Climate), a(Levers), st.floats(0, 1))
def test_protection_and_joining_never_make_a_hold_more_likely(
    climate: Climate, levers: Levers, protection: float
) -> None:
    weak, strong = (levers._replace(protection=its) for its in ordered(levers.protection, protection))
    calm = Alarm(climate.threat, 0.0)
    outside = operating.hold_chance(False, calm, weak, climate)
    assert outside == climate.hold_chance
    inside = [operating.hold_chance(True, calm, its, climate) for its in (strong, weak)]
    assert inside[0] <= inside[1] <= outside
    alarmed = operating.after_incident(calm, climate)
    assert operating.hold_chance(True, alarmed, weak, climate) >= inside[1]


@given(a(Climate), st.builds(Alarm, st.floats(0, 1), st.floats(0, 1)))
def test_an_incident_never_calms_anybody(climate: Climate, alarm: Alarm) -> None:
    after = operating.after_incident(alarm, climate)
    assert alarm.threat <= after.threat <= 1.0
    assert alarm.mandate_chance <= after.mandate_chance <= 1.0


@given(a(Relations), st.floats(0, 1), st.floats(0, 1))
def test_a_law_is_never_less_likely_as_its_chance_rises_nor_more_while_a_framework_stands(
    relations: Relations, one: float, other: float
) -> None:
    low, high = (Alarm(0.5, its) for its in ordered(one, other))
    for stands in (True, False):
        risks = [operating.mandate_risk(stands, its, relations, 7.0) for its in (low, high)]
        assert 0.0 <= risks[0] <= risks[1] <= 1.0
    assert operating.mandate_risk(True, low, relations, 7.0) <= operating.mandate_risk(False, low, relations, 7.0)


# ---------------------------------------------------------------- whole negotiations, under the same luck


def endings(*settings: str, runs: int = 200) -> list[bool]:
    """Whether run 0, 1, ... of the baseline with these settings is adopted."""
    table = run_many(load(BASELINE, settings), runs, 5)
    assert (table["failed"] == "").all()
    return list(table["adopted"] == 1.0)


def never_gained(before: list[bool], after: list[bool]) -> bool:
    """Whether no run that failed before is adopted after."""
    return not any(now and not then for then, now in zip(before, after, strict=True))


@pytest.mark.parametrize("lever", ["quorum_labs=%d", "quorum_share=%.1f"])
def test_without_a_mandate_a_higher_quorum_never_raises_adoption_in_any_run(lever: str) -> None:
    levels = [2, 4, 5, 6, 7] if "%d" in lever else [0.1, 0.4, 0.6, 0.8, 1.0]
    by_level = [endings("climate.mandate_chance=0", f"levers.{lever % level}") for level in levels]
    for low, high in itertools.pairwise(by_level):
        assert never_gained(low, high)
    assert sum(by_level[0]) > sum(by_level[-1])


@pytest.mark.parametrize("chance", [0.1, 0.9])
def test_with_a_mandate_a_higher_quorum_never_raises_the_share_of_runs_that_adopt(chance: float) -> None:
    """Single runs can flip, since a higher quorum makes more labs pivotal (see the ODD); the share does not rise."""
    adopted = [
        sum(endings(f"climate.mandate_chance={chance}", f"levers.quorum_labs={labs}")) for labs in (2, 4, 5, 6, 7)
    ]
    assert adopted == sorted(adopted, reverse=True)
    assert adopted[0] > adopted[-1]


def test_a_longer_extension_never_undoes_an_adoption() -> None:
    short, long = endings("levers.extension_days=7"), endings("levers.extension_days=70")
    assert never_gained(long, short)
    assert sum(long) > sum(short)


def test_a_later_deadline_never_undoes_an_adoption_when_nobody_is_courted() -> None:
    uncourted = "levers.persuasion_budget=0"
    early = endings(uncourted, "levers.deadline_days=56", "levers.extension_days=0")
    late = endings(uncourted, "levers.deadline_days=90", "levers.extension_days=0")
    assert never_gained(late, early)
    assert sum(late) > sum(early)


def test_more_rounds_of_drafting_never_lose_an_order() -> None:
    few, many = endings("levers.drafting_rounds=1"), endings("levers.drafting_rounds=6")
    assert never_gained(many, few)
    assert sum(many) > sum(few)


def test_a_faster_benchmark_never_undoes_an_adoption() -> None:
    agencies = ("treasury", "nsa", "cisa", "nist")
    slow, fast = (endings(*(f"stakeholders.{name}.benchmark_days={days}" for name in agencies)) for days in (120, 30))
    assert never_gained(fast, slow)
    assert sum(fast) > sum(slow)
