"""What must come out of whole negotiations, for the reasons given in the design and whatever the numbers behind it.

Runs of one seed share their luck, so two settings differ run by run. A bound comes from the design, never from what was
measured, and a whole 95% interval has to lie on its good side: were the true value at the bound, a test would pass with
one seed in 40. The seed is fixed, so a test that fails says that a rule or a parameter has changed.
"""

import functools

import numpy as np
import pandas as pd
import pytest

from experiments.measures.columns import JOINED, SHARE, WORD, columns
from experiments.measures.intervals import Interval, average, difference_in, share
from experiments.plans.design import Part, plan_of
from experiments.runs.play import in_one_piece, play_fast, rounds_of
from experiments.runs.pool import run_many
from model.case import runs_of_block
from model.draws import BLOCK, Array
from model.negotiation import Negotiation
from model.rules.records import Word
from model.scenario import SHIPPED, Scenario, load

pytestmark = pytest.mark.slow

SEED, RUNS, WORLDS, BY_HAND = 1, 3000, 20, 150


def scenario(name: str, *settings: str) -> Scenario:
    """A shipped scenario with these settings."""
    return load(SHIPPED / f"{name}.yaml", settings)


@functools.cache
def many() -> pd.DataFrame:
    """60,000 runs of the baseline, for bounds that lie near; only what is asked, as the rest would fill memory."""
    asked = ["order_week", "order_review_days", "drafts_sent_back", "late_pledges"]
    return pd.concat([run_many(scenario("baseline"), 20_000, seed)[asked] for seed in range(SEED, SEED + 3)])


@functools.cache
def played(name: str, *settings: str) -> pd.DataFrame:
    """Runs of a shipped scenario, none of which fails."""
    table = run_many(scenario(name, *settings), RUNS, SEED)
    assert (table["failed"] == "").all()
    return table


def change(measure: str, before: pd.DataFrame, after: pd.DataFrame) -> Interval:
    """How much more there is after, run by run, over the runs that have the measure in both."""
    unit = SHARE if measure == "adopted" or measure.startswith(JOINED) else ""
    return difference_in(unit, (after[measure] - before[measure]).to_numpy(float))


def effect(measure: str, name: str, before: tuple[str, ...], after: tuple[str, ...]) -> Interval:
    """How much more there is with the second settings than with the first."""
    return change(measure, played(name, *before), played(name, *after))


# ---------------------------------------------------------------- words

AT_ONCE = tuple(f"stakeholders.{agency}.benchmark_days=7" for agency in ("treasury", "nsa", "cisa", "nist"))
ALL_SEVEN = ("levers.quorum_labs=7", "levers.quorum_share=0.99", *AT_ONCE)


def test_labs_keep_their_views_so_that_a_year_of_talks_hardly_brings_more_than_two_months() -> None:
    """All seven are needed, and views that came anew now and then would let each lab say yes some week.

    Not where they come anew every week: then two months are as good as a year, which the next test is about.
    """
    short, long = ((*ALL_SEVEN, f"levers.extension_days={days}") for days in (60, 365))
    assert effect("adopted", "baseline", short, long).high < 0.05


def test_labs_that_kept_no_view_for_a_week_would_come_to_agree() -> None:
    kept, anew = ((*ALL_SEVEN, f"relations.taste_persistence={share_kept}") for share_kept in (1, 0))
    assert effect("adopted", "baseline", kept, anew).low > 0.0


def test_hardly_any_word_is_taken_back() -> None:
    """Hardly any signatory of an earlier regime withdrew: at most one lab in two negotiations."""
    assert average(played("baseline")["withdrawals"]).high < 0.5


def test_a_labs_ideal_changes_when_it_gives_its_word() -> None:
    """The terms are fixed, so its ideal moves no offer: what it holds out for is what the ideal would bring it."""
    none, long = ((f"stakeholders.xai.ideal.review_days={days}",) for days in (0, 120))
    assert effect("late_pledges", "fixed-terms", none, long).high < 0.0


def test_most_words_come_in_the_last_quarter_of_the_clock() -> None:
    assert average(many()["late_pledges"]).low > 0.5


def test_labs_without_patience_give_their_word_early() -> None:
    assert effect("late_pledges", "baseline", ("relations.patience=1",), ("relations.patience=0",)).high < 0.0


def test_tougher_labs_give_their_word_late() -> None:
    assert effect("late_pledges", "baseline", ("relations.toughness=2",), ("relations.toughness=12",)).low > 0.0


def test_fewer_labs_leave_where_that_costs_more() -> None:
    cheap, dear = (("relations.reneging_cost=0.05",), ("relations.reneging_cost=0.3",))
    assert effect("leavings", "small-desk", cheap, dear).high < 0.0


def test_without_pledges_on_condition_fewer_negotiations_succeed() -> None:
    assert effect("adopted", "baseline", ("levers.conditional=1",), ("levers.conditional=0",)).high < 0.0


# ---------------------------------------------------------------- what labs have in common

NOTHING_IN_COMMON = (
    "relations.regime_sd=0",
    "relations.news_sd=0",
    "relations.peer_weight=0",
    "relations.rivalry=0",
    "relations.foresight=0",
    "levers.conditional=0",
    "levers.persuasion_budget=0",
    "levers.side_deals=0",
    "climate.mandate_chance=0",
)


def correlations(of: Scenario, runs_in_a_world: int) -> list[float]:
    """The correlation between two labs of having given a word, on average over all pairs: one for each block of runs.

    Over the runs with an order; a lab that never or always gave it is left out.
    """
    plan = plan_of(of, WORLDS * BLOCK, SEED)._replace(runs_in_a_world=runs_in_a_world)
    rows = play_fast(in_one_piece(plan, Part(0, (0,), 0, plan.runs), rounds_of(plan)))
    table = pd.DataFrame(rows.measured, columns=columns(of, rounds_of(plan)))
    words = table[[WORD + lab for lab in of.named("lab")]].to_numpy()
    return [correlation(block[~np.isnan(block).any(axis=1)] != Word.OUT) for block in np.split(words, WORLDS)]


def correlation(said: Array) -> float:
    """The correlation between two columns, on average over all pairs of those that vary."""
    varied = said[:, said.any(axis=0) & ~said.all(axis=0)]
    pairs = np.triu_indices(varied.shape[1], 1)
    return float(np.corrcoef(varied, rowvar=False)[pairs].mean())


def test_labs_give_their_words_together() -> None:
    """Earlier regimes were joined by nearly all or by few: over blocks of runs, 0.1 and more on average."""
    assert average(correlations(scenario("baseline"), 1)).low > 0.1


def test_labs_with_nothing_in_common_give_their_words_apart() -> None:
    """In one world, where they differ by luck alone: no news, law, courting or others that count."""
    apart = average(correlations(scenario("fixed-terms", *NOTHING_IN_COMMON), BLOCK))
    assert apart.low > -0.01
    assert apart.high < 0.01


@pytest.mark.parametrize("cause", ["relations.regime_sd=0", "relations.peer_weight=0"])
def test_common_news_and_each_other_bring_labs_together_in_one_world(cause: str) -> None:
    with_it = tuple(setting for setting in NOTHING_IN_COMMON if setting != cause)
    assert average(correlations(scenario("fixed-terms", *with_it), BLOCK)).low > 0.01


# ---------------------------------------------------------------- the pen


@pytest.mark.parametrize("name", ["baseline", "june-order"])
def test_the_security_side_writes_longer_reviews_into_the_framework_than_commerce_and_the_aides_shorter(
    name: str,
) -> None:
    security, aides = (
        effect("review_days", name, (), (f"stakeholders.{pen}.pen_in_talks=2",))
        for pen in ("national_security", "industry_aides")
    )
    assert aides.high < 0.0 < security.low


def test_access_abroad_and_what_is_covered_go_the_way_of_the_pen() -> None:
    security, aides = (f"stakeholders.{pen}.pen_in_talks=2" for pen in ("national_security", "industry_aides"))
    assert effect("foreign_lag_days", "baseline", (), (security,)).low > 0.0
    assert effect("covered_share", "baseline", (), (aides,)).high < 0.0


def test_without_commerce_the_framework_is_longer() -> None:
    assert effect("review_days", "baseline", (), ("stakeholders.commerce=null",)).low > 0.0


def test_an_order_that_commerce_writes_is_shorter_than_one_by_the_security_side() -> None:
    assert effect("order_review_days", "baseline", (), ("stakeholders.commerce.pen=2",)).high < 0.0


def test_without_the_pro_industry_aides_the_order_is_longer() -> None:
    assert change("order_review_days", played("baseline"), played("no-industry-aides")).low > 0.0


UNWILLING = tuple(
    f"stakeholders.openai.{trait}"
    for trait in (
        "stance=-1",
        "precedent=0",
        "federal_exposure=0",
        "disclosure_aversion=1",
        "secrecy_aversion=1",
        "deal_appeal=0",
        "mandate_aversion=0",
    )
)


def test_offers_get_shorter_where_the_largest_lab_is_unwilling() -> None:
    """In all: by what the pen expects, by what the lab asks for, and as the talks then last longer."""
    assert average(offers("last", *UNWILLING) - offers("last")).high < 0.0


def test_the_pen_foresees_that_a_lab_is_unwilling_and_offers_less_before_anybody_has_answered() -> None:
    assert average(offers("first", *UNWILLING) - offers("first")).high < 0.0


def offers(which: str, *settings: str) -> Array:
    """The review in the first or last offer of the talks, whether or not a framework came of them (days)."""
    runs = runs_of_block(scenario("june-order", *settings), SEED, 0, range(BY_HAND))
    negotiations = [Negotiation(run.case, run.luck) for run in runs]
    for negotiation in negotiations:
        if which == "first":
            negotiation.step()  # the order is signed, so the first week is one of talks
        else:
            negotiation.play()
    return np.array([negotiation.terms.review_days for negotiation in negotiations])


# ---------------------------------------------------------------- the order, and the law behind it


def test_a_draft_of_90_days_is_hardly_ever_signed_at_once_and_mostly_comes_back_first() -> None:
    """As in May 2026: of the runs with an order, under one in 20 and more than four in five."""
    table = many()
    orders = table[table["order_week"].notna()]
    at_once = (orders["order_week"] == 0) & (orders["order_review_days"] == 90)
    assert share(int(at_once.sum()), len(orders)).high < 0.05
    assert share(int((orders["drafts_sent_back"] > 0).sum()), len(orders)).low > 0.8
    assert 25.0 <= orders["order_review_days"].median() <= 40.0


def test_a_president_who_minds_dissent_more_sends_more_drafts_back() -> None:
    little, much = (("relations.dissent_weight=0.3",), ("relations.dissent_weight=1.5",))
    assert effect("drafts_sent_back", "baseline", little, much).low > 0.0


def test_officials_with_more_capital_stall_more() -> None:
    assert effect("stalls", "baseline", ("relations.capital=1",), ("relations.capital=3",)).low > 0.0


def test_agencies_that_are_delayed_together_make_no_framework_likelier() -> None:
    assert effect("adopted", "baseline", ("relations.agency_sd=0.1",), ("relations.agency_sd=0.4",)).high < 0.0


def test_a_likely_law_brings_in_the_lab_that_minds_it_and_more_frameworks() -> None:
    """Law from impossible to likely: at least one negotiation in 20 more has Meta, which refused the EU code."""
    never, likely = (("climate.mandate_chance=0",), ("climate.mandate_chance=0.7",))
    assert effect("joined.meta", "baseline", never, likely).low > 0.05
    assert effect("adopted", "baseline", never, likely).low > 0.0


# ---------------------------------------------------------------- the year


def of_days(days: int) -> tuple[str, ...]:
    """Fixed terms of so long a review, and no law."""
    return f"levers.opening.review_days={days}", "climate.mandate_chance=0"


def test_longer_reviews_delay_more_and_find_more_in_the_frameworks_that_come_about_but_fewer_do() -> None:
    for short, long in ((1, 7), (7, 30), (30, 90)):
        before, after = (played("fixed-terms", *of_days(days)) for days in (short, long))
        assert change("adopted", before, after).high < 0.0
        both = (before["adopted"] == 1) & (after["adopted"] == 1)
        assert change("delay_days", before[both], after[both]).low > 0.0
        assert change("danger_out", before[both], after[both]).high < 0.0
    assert effect("incidents", "fixed-terms", of_days(1), of_days(30)).high < 0.0


def test_over_all_runs_neither_the_shortest_nor_the_longest_review_lets_least_danger_out() -> None:
    assert effect("danger_out", "fixed-terms", of_days(1), of_days(30)).high < 0.0
    assert effect("danger_out", "fixed-terms", of_days(90), of_days(30)).high < 0.0


def test_a_framework_lessens_friction_where_the_threshold_reads_narrowly_and_holds_are_common_and_else_adds_to_it() -> (
    None
):
    """The sign hangs on what is classified and on the holds, and no longer on protection alone."""
    for settings, lessens in (
        (("climate.reading_width=0.3", "climate.hold_chance=0.6", "climate.mandate_chance=0"), True),
        (("climate.reading_width=2", "climate.hold_chance=0.1", "climate.mandate_chance=0"), False),
    ):
        table = played("baseline", *settings)
        adopted = table[table["adopted"] == 1]
        friction = average(adopted["delay_days"] - adopted["ad_hoc.delay_days"])
        assert friction.high < 0.0 if lessens else friction.low > 0.0
