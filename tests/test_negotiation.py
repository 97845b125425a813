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


def test_a_president_who_never_signs_sends_back_every_draft() -> None:
    its = played(with_luck(run_of("levers.drafting_rounds=4"), "sign", 1.0))
    assert its.outcome is Outcome.NO_ORDER
    assert its.measures().drafts_sent_back == 4
    assert math.isnan(its.measures().order_week)


def test_a_president_who_always_signs_signs_the_opening_draft() -> None:
    its = played(with_luck(run_of("levers.opening.review_days=77"), "sign", 0.0)).measures()
    assert (its.order_week, its.order_review_days, its.drafts_sent_back) == (0, 77, 0)


def test_without_drafting_the_opening_terms_are_the_order() -> None:
    its = played(run_of("levers.drafting_rounds=0", "levers.opening.review_days=21")).measures()
    assert (its.order_review_days, its.drafts_sent_back, its.order_week) == (21, 0, 0)


def test_a_draft_sent_back_is_followed_by_a_shorter_one() -> None:
    run = with_luck(run_of("levers.drafting_rounds=2"), "sign", 1.0)
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
    run = run_of("levers.drafting_rounds=0", *settings)
    eager = with_luck(with_luck(with_luck(run, "attend", 0.0), "pledge", 0.0), "work", 0.5)
    its = played(eager).measures()
    # half luck is a fifth of the work a week, ready at the end of the fifth week, week 4 counting from 0
    assert (its.outcome, its.announcement_week, its.labs_joined, its.share_joined) == (2, 4, 7, pytest.approx(1))


def test_labs_that_never_pledge_end_the_talks_when_the_clock_and_the_extension_have_run_out() -> None:
    run = with_luck(
        run_of("levers.drafting_rounds=0", "levers.deadline_days=60", "levers.extension_days=15"), "pledge", 1.0
    )
    its = played(run)
    assert its.outcome is Outcome.NO_FRAMEWORK
    assert its.state.talks_round == 9 + 3  # 60 days are nine begun weeks, 15 are three
    assert not any(its.joined().values())


def test_a_benchmark_that_is_never_ready_stops_the_announcement() -> None:
    run = with_luck(with_luck(run_of("levers.drafting_rounds=0"), "pledge", 0.0), "work", 0.0)
    assert played(run).outcome is Outcome.NO_FRAMEWORK


def test_a_scenario_without_agencies_waits_for_no_benchmark() -> None:
    removed = [f"stakeholders.{name}=null" for name in ("treasury", "nsa", "cisa", "nist")]
    run = run_of("levers.drafting_rounds=0", *removed)
    eager = with_luck(with_luck(run, "attend", 0.0), "pledge", 0.0)
    assert played(eager).measures().announcement_week == 0


def test_persuasion_goes_only_to_labs_outside_and_adds_up_to_the_budget() -> None:
    quorum = "levers.quorum_labs=7"
    run = run_of("levers.drafting_rounds=0", "levers.extension_days=0", "levers.persuasion_budget=2", quorum)
    aloof = played(with_luck(run, "pledge", 1.0))
    assert sum(seat.courted for seat in aloof.labs) == pytest.approx(2)
    loyal = played(with_luck(with_luck(run, "attend", 0.0), "pledge", 0.0))
    assert {round(seat.courted, 12) for seat in loyal.labs} == {round(2 * 2 / (9 * 10) / 7, 12)}  # the first week only


def test_labs_revise_one_at_a_time_in_the_order_of_their_luck() -> None:
    run = run_of("levers.drafting_rounds=0", "levers.deadline_days=7", "levers.extension_days=0")
    eager = with_luck(with_luck(run, "attend", 0.0), "pledge", 0.0)
    its = played(eager)
    order = sorted(its.labs, key=lambda seat: eager.luck[seat.name, "turn"][0])
    seen = [seat.decision.gain.peers / its.case.relations.peer_weight for seat in order if seat.decision]
    shares = np.cumsum([0, *(seat.lab.frontier_share for seat in order)])[:-1]
    assert seen == pytest.approx(shares.tolist())


def test_frontier_shares_sum_to_one_over_the_labs_present() -> None:
    for settings in ((), ("stakeholders.meta=null", "stakeholders.xai=null")):
        assert sum(lab.frontier_share for lab in run_of(*settings).case.labs.values()) == pytest.approx(1)


def test_the_draft_rules_differ_and_nash_lies_between_the_asks() -> None:
    days = {}
    for rule in ("compromise", "median", "nash"):
        run = with_luck(run_of("levers.drafting_rounds=2", f"levers.draft_rule={rule}"), "sign", 1.0)
        its = played(run)
        days[rule] = its.terms.review_days
        asks = [seat.ask.review_days for seat in its.officials]
        assert min(asks) <= its.terms.review_days <= max(asks)
    assert len({round(its, 6) for its in days.values()}) == 3


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
