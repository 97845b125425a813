"""A law on its way: closed forms of its stages, and what a framework does to it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from experiments.runs.pool import run_many
from model.rules import law, opting_in
from model.rules.records import Stage
from model.scenario import load

from .drawn import BASELINE

WEEKS = 52


@given(st.floats(0, 60), st.integers(0, 4))
def test_the_chance_of_passage_within_a_year_is_the_tail_of_a_binomial_law(pace: float, left: int) -> None:
    step = 1.0 - np.exp(-pace / WEEKS)
    assert law.passage_chance(pace, left) == pytest.approx(binom.sf(left - 1, WEEKS, step), abs=1e-9)


@given(st.floats(0.001, 0.999), st.integers(1, 4))
def test_the_pace_is_the_one_that_gives_the_chance(chance: float, left: int) -> None:
    assert law.passage_chance(law.stages_a_year(chance, left), left) == pytest.approx(chance, abs=1e-9)


def test_no_chance_is_no_pace_and_what_is_law_has_nothing_left() -> None:
    assert law.stages_a_year(0.0, 3) == 0.0
    assert law.stages_a_year(0.7, 0) == 0.0
    assert law.passage_chance(0.0, 0) == 1.0
    assert law.next_stage(Stage.LAW, 0.0, 60.0, 0.0) == Stage.LAW


def test_a_bill_goes_one_stage_a_week_at_most_and_the_later_the_less_lucky() -> None:
    """The chance of a step in a week is that of at least one arrival of a Poisson stream."""
    chance = 1.0 - np.exp(-3.0 / WEEKS)
    assert law.next_stage(Stage.DRAFT, chance - 1e-9, 3.0, 0.0) == Stage.COMMITTEE
    assert law.next_stage(Stage.DRAFT, chance + 1e-9, 3.0, 0.0) == Stage.DRAFT
    assert law.next_stage(Stage.DRAFT, 0.0, 3.0, 1.0) == Stage.DRAFT  # wholly hindered


@pytest.mark.slow
@pytest.mark.parametrize("chance", [0.1, 0.4])
def test_in_the_ad_hoc_world_a_law_comes_as_often_as_its_chance_says(chance: float) -> None:
    """From a draft, 52 weeks in all. Within 3.3 standard errors of 8,192 runs (error rate 0.1% each)."""
    settings = ["levers.drafting_rounds=0", f"climate.mandate_chance={chance}", "climate.incident_chance=0"]
    settings += ["levers.deadline_days=14", "levers.extension_days=0", "relations.horizon_days=350"]
    settings += ["levers.quorum_labs=7", "levers.quorum_share=1", "levers.conditional=0"]
    table = run_many(load(BASELINE, settings), 8192, 3)
    failed = table["adopted"] == 0.0  # talks of two weeks hardly ever bring a framework
    assert failed.mean() > 0.95
    share, runs = table["mandate"][failed].mean(), int(failed.sum())
    assert abs(share - chance) < 3.3 * np.sqrt(chance * (1.0 - chance) / runs)


@pytest.mark.slow
def test_a_framework_makes_a_law_rarer_and_more_so_the_more_it_forestalls() -> None:
    """Paired runs that adopt under both, seed 3; differences of many standard errors."""
    laws = {}
    for forestalling in (0, 0.5, 1):
        settings = [f"relations.forestalling={forestalling}", "climate.mandate_chance=0.5"]
        table = run_many(load(BASELINE, settings), 3000, 3)
        laws[forestalling] = table
    adopted = np.all([table["adopted"] == 1.0 for table in laws.values()], axis=0)
    shares = [table["mandate"][adopted].mean() for table in laws.values()]
    assert shares[0] > shares[1] + 0.03
    assert shares[1] > shares[2] + 0.03


def test_a_pivotal_lab_averts_all_that_a_framework_can_and_a_needless_one_its_own_share() -> None:
    from model.case import runs_of_block

    (run,) = runs_of_block(load(BASELINE, ["levers.quorum_labs=1", "levers.quorum_share=0"]), 1, 0, range(1))
    case = run.case
    meta, relations = case.labs["meta"], case.relations._replace(safe_harbour=0.25, forestalling=0.8)
    alone, crowd = opting_in.NOBODY, opting_in.Others(6, 0.9, 30.0)
    pivotal = opting_in.spared(meta, alone, 0.5, case.levers, relations)
    needless = opting_in.spared(meta, crowd, 0.5, case.levers, relations)
    assert pivotal == pytest.approx(0.25 + 0.75 * 0.8 * 0.5)
    assert needless == pytest.approx(0.25 + 0.75 * 0.8 * 0.5 * meta.frontier_share)
