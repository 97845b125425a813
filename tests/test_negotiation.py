"""The Mesa engine: the order of a round, its limits, and where its numbers come from."""

import math
from typing import Any

import numpy as np
import pytest

from model.agents import Agency, Lab, Official, President
from model.case import Run, case_of, runs_of_block
from model.draws import BLOCK
from model.negotiation import Negotiation
from model.rules.records import Outcome
from model.scenario import load

from .drawn import BASELINE


def run_of(*settings: str, number: int = 0, seed: int = 1) -> Run:
    scenario = load(BASELINE, settings)
    return runs_of_block(scenario, seed, number // BLOCK, range(number, number + 1))[0]


def played(run: Run) -> Negotiation:
    negotiation = Negotiation(run.case, run.luck)
    negotiation.play()
    return negotiation


def with_luck(run: Run, decision: str, u: float, who: str | None = None) -> Run:
    """The run with every draw of a kind of decision (of one stakeholder) set to `u`."""
    luck = {
        key: [u] * len(its) if key[1] == decision and who in (None, key[0]) else its for key, its in run.luck.items()
    }
    return run._replace(luck=luck)


def test_everybody_at_the_table_is_a_mesa_agent() -> None:
    negotiation = played(run_of())
    kinds = [type(agent) for agent in negotiation.agents]
    assert [kinds.count(kind) for kind in (Official, Lab, President, Agency)] == [3, 7, 1, 4]


def test_the_same_case_and_luck_give_the_same_negotiation_whatever_mesa_draws() -> None:
    run = run_of(number=11)
    first = Negotiation(run.case, run.luck)
    first.rng.random(1000)
    first.random.random()
    assert repr(first.play()) == repr(Negotiation(run.case, run.luck).play())


def test_a_president_who_never_signs_sends_back_every_draft_that_is_not_stalled() -> None:
    its = played(with_luck(run_of("levers.drafting_rounds=4"), "sign", 1.0))
    assert its.outcome is Outcome.NO_ORDER
    assert its.measures().drafts_sent_back + its.measures().stalls == 4
    unstalled = played(with_luck(run_of("levers.drafting_rounds=4", "relations.capital=0"), "sign", 1.0))
    assert (unstalled.measures().drafts_sent_back, unstalled.measures().stalls) == (4, 0)
    assert math.isnan(its.measures().order_week)


def test_a_president_who_always_signs_signs_the_opening_draft() -> None:
    its = played(with_luck(run_of("levers.opening.review_days=77"), "sign", 0.0)).measures()
    assert (its.order_week, its.order_review_days, its.drafts_sent_back) == (0, 77, 0)


def test_without_drafting_the_opening_terms_are_the_order() -> None:
    its = played(run_of("levers.drafting_rounds=0", "levers.opening.review_days=21")).measures()
    assert (its.order_review_days, its.drafts_sent_back, its.order_week) == (21, 0, 0)


def test_a_draft_sent_back_for_its_drag_is_followed_by_a_shorter_one() -> None:
    run = with_luck(run_of("levers.drafting_rounds=2", "stakeholders.president.drag_weight=5"), "sign", 1.0)
    its = played(run)
    drafts = its.datacollector.get_model_vars_dataframe()["terms"]
    assert drafts[1].review_days < drafts[0].review_days == 90


def test_the_offer_never_exceeds_the_order() -> None:
    for number in range(20):
        its = played(run_of("levers.drafting_rounds=0", "levers.opening.review_days=10", number=number))
        offers = its.datacollector.get_model_vars_dataframe()["terms"]
        assert max(terms.review_days for terms in offers) <= 10


def test_eager_labs_are_announced_in_the_week_in_which_the_benchmark_is_ready() -> None:
    settings = [f"stakeholders.{name}.benchmark_days=35" for name in ("treasury", "nsa", "cisa", "nist")]
    even = ("relations.agency_sd=0", "relations.deadline_rush=0")
    run = run_of("levers.drafting_rounds=0", *even, *settings)
    eager = with_luck(with_luck(with_luck(run, "attend", 0.0), "pledge", 0.0), "work", 0.5)
    its = played(eager).measures()
    # half luck is a fifth of the work a week, ready in the fifth week, week 4 counting from 0
    assert (its.outcome, its.announcement_week, its.labs_joined, its.share_joined) == (2, 4, 7, pytest.approx(1))


@pytest.mark.parametrize(("within", "weeks"), [(0, 9), (4, 9), (5, 9 + 3)])
def test_talks_without_a_pledge_are_extended_only_where_so_many_labs_may_be_missing(within: int, weeks: int) -> None:
    clock = ("levers.deadline_days=60", "levers.extension_days=15")  # nine begun weeks, and three
    quorum = ("levers.quorum_labs=5", f"levers.extend_within={within}")
    its = played(with_luck(run_of("levers.drafting_rounds=0", *clock, *quorum), "pledge", 1.0))
    assert its.outcome is Outcome.NO_FRAMEWORK
    assert its.state.talks_round == weeks
    assert not any(its.joined().values())


def test_a_benchmark_that_is_never_ready_stops_the_announcement() -> None:
    run = with_luck(with_luck(run_of("levers.drafting_rounds=0"), "pledge", 0.0), "work", 0.0)
    assert played(run).outcome is Outcome.NO_FRAMEWORK


def test_a_scenario_without_agencies_waits_for_no_benchmark() -> None:
    removed = [f"stakeholders.{name}=null" for name in ("treasury", "nsa", "cisa", "nist")]
    run = run_of("levers.drafting_rounds=0", *removed)
    eager = with_luck(with_luck(run, "attend", 0.0), "pledge", 0.0)
    assert played(eager).measures().announcement_week == 0


def test_persuasion_goes_to_one_lab_outside_a_week_and_within_the_budget() -> None:
    quorum = "levers.quorum_labs=7"
    settings = ("levers.drafting_rounds=0", "levers.extension_days=0", "levers.persuasion_budget=2", quorum)
    its = played(run_of(*settings))
    before = dict.fromkeys(its.case.labs, 0.0)
    frame = its.datacollector.get_agenttype_vars_dataframe(Lab)
    for _, week in frame.groupby(level=0):
        now = dict(zip(week["name"], week["courted"], strict=True))
        courted = [name for name in now if now[name] > before[name]]
        assert len(courted) <= 1
        before = now
    assert 0.0 < sum(before.values()) <= 2.0 + 1e-9
    eager = run_of(*settings, "relations.patience=0")
    loyal = played(with_luck(with_luck(eager, "attend", 0.0), "pledge", 0.0))
    assert sum(seat.courted for seat in loyal.labs) <= 2 * 2 / (9 * 10) + 1e-9  # the first week at most


def test_labs_revise_one_at_a_time_in_the_order_of_their_luck() -> None:
    alone = "levers.conditional=0"
    run = run_of("levers.drafting_rounds=0", "levers.deadline_days=7", "levers.extension_days=0", alone)
    eager = with_luck(with_luck(run, "attend", 0.0), "pledge", 0.0)
    its = played(eager)
    order = sorted(its.labs, key=lambda seat: eager.luck[seat.name, "turn"][0])
    seen = [seat.decision.gain.peers / its.case.relations.peer_weight for seat in order if seat.decision]
    shares = np.cumsum([0, *(seat.lab.frontier_share for seat in order)])[:-1]
    assert seen == pytest.approx(shares.tolist())


def test_frontier_shares_sum_to_one_over_the_labs_present() -> None:
    for settings in ((), ("stakeholders.meta=null", "stakeholders.xai=null")):
        assert sum(lab.frontier_share for lab in run_of(*settings).case.labs.values()) == pytest.approx(1)


def test_the_formulas_differ_and_nash_lies_between_the_ideals() -> None:
    days = {}
    for rule in ("compromise", "median", "nash"):
        run = with_luck(run_of("levers.drafting_rounds=2", f"relations.bargaining={rule}"), "sign", 1.0)
        its = played(run)
        days[rule] = its.terms.review_days
        ideals = [seat.voice.ideal.review_days for seat in its.officials]
        assert min(ideals) <= its.terms.review_days <= max(ideals)
    assert len({round(its, 6) for its in days.values()}) == 3


def test_the_compromise_is_the_mean_of_the_officials_ideals_by_influence_and_salience() -> None:
    run = with_luck(run_of("levers.drafting_rounds=2", "relations.bargaining=compromise"), "sign", 1.0)
    its = played(run)
    threat = its.case.climate.threat
    voices = [its.case.voices[name] for name in its.case.officials]
    weights = [voice.influence * (1.0 + voice.threat_lift * threat) for voice in voices]
    for issue, settled in its.terms._asdict().items():
        stakes = [weight * getattr(voice.salience, issue) for weight, voice in zip(weights, voices, strict=True)]
        ideals = [getattr(voice.ideal, issue) for voice in voices]
        assert settled == pytest.approx(np.average(ideals, weights=stakes))


def test_the_yardsticks_of_three_ideals_can_be_worked_out_by_hand() -> None:
    scenario = load(BASELINE)
    run = runs_of_block(scenario, 1, 0, range(1))[0]
    values: dict[str, Any] = dict(run.values)
    labs = scenario.named("lab")
    for name in labs:
        values[f"stakeholders.{name}.salience.review_days"] = 0.0
    for name, influence, ideal in (("national_security", 2, 90), ("commerce", 1, 30), ("industry_aides", 1, 6)):
        values[f"stakeholders.{name}.influence"] = influence
        values[f"stakeholders.{name}.ideal.review_days"] = ideal
        values[f"stakeholders.{name}.salience.review_days"] = 1.0
    # compromise (2*90 + 30 + 6)/4 = 54; half the weight lies at 30 or below, and the lower of two medians counts
    negotiation = Negotiation(case_of(scenario, values), run.luck)
    its = negotiation.play()
    assert (its.compromise_review_days, its.median_review_days) == (54, 30)


def test_measures_of_a_run_without_framework_name_no_terms() -> None:
    its = played(with_luck(run_of("levers.drafting_rounds=0"), "pledge", 1.0)).measures()
    assert math.isnan(its.review_days)
    assert (its.labs_joined, its.share_joined, its.adopted) == (0, 0, 0)
