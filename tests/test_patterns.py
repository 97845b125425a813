"""Patterns that must come out of the talks (Grimm et al. 2005), each with its bound from the design.

Paired runs under the same luck. A bound is held with a 95% interval, so that a true value at the bound passes by
chance in 2.5% of seeds; the seed is fixed, so that a test always passes or never.
"""

import functools
from typing import Any

import numpy as np
import pytest

from experiments.measures.columns import SHARE
from experiments.measures.intervals import Interval, average, difference_in, share
from experiments.runs.pool import run_many
from model.case import runs_of_block
from model.negotiation import Negotiation
from model.scenario import SHIPPED, load

pytestmark = pytest.mark.slow

RUNS, SEED = 3000, 20260705
LABS = ("openai", "anthropic", "google", "microsoft", "amazon", "meta", "xai")
AT_HAND = tuple(f"stakeholders.{name}.benchmark_days=7" for name in ("treasury", "nsa", "cisa", "nist"))


@functools.cache
def played(name: str, *settings: str) -> Any:
    """Runs of a shipped scenario with settings."""
    table = run_many(load(SHIPPED / f"{name}.yaml", settings), RUNS, SEED)
    assert (table["failed"] == "").all()
    return table


def change(measure: str, unit: str, first: Any, second: Any) -> Interval:
    """The paired change of a measure from the first to the second, over the runs that have it in both."""
    before, after = (np.asarray(table[measure], dtype=float) for table in (first, second))
    both = ~(np.isnan(before) | np.isnan(after))
    return difference_in(unit, after[both] - before[both])


def test_time_is_no_lottery() -> None:
    """All seven labs needed, the benchmark at hand: ten more months move adoption by less than 5 points."""
    seven = ("levers.quorum_labs=7", "levers.quorum_share=0.99", *AT_HAND)
    short, long = (played("baseline", *seven, f"levers.extension_days={days}") for days in (60, 365))
    moved = change("adopted", SHARE, short, long)
    assert moved.high < 0.05
    assert moved.mean >= 0.0


def test_a_public_pledge_is_hardly_ever_taken_back() -> None:
    assert average(played("baseline")["withdrawals"]).high < 0.5


def words(table: Any) -> np.ndarray[Any, Any]:
    """Whether each lab has a word in the end, in the runs with talks: array (labs, runs)."""
    talked = table["outcome"] > 0
    return np.array([table[f"word.{name}"][talked] > 0 for name in LABS], dtype=float)


def correlation(table: Any) -> float:
    """The mean correlation between two labs of having a word in the end."""
    return float(np.corrcoef(words(table))[np.triu_indices(len(LABS), 1)].mean())


def test_labs_stay_out_together_and_apart_once_nothing_is_in_common() -> None:
    """With 3,000 runs a mean of 21 correlations that are truly 0 has a standard error below 0.005."""
    assert correlation(played("baseline")) > 0.1
    fixed = [
        f"{path}={_middle(entry)}"
        for path, entry in load(SHIPPED / "baseline.yaml").entries.items()
        if entry.distribution is not None and path.startswith(("relations.", "climate.", "levers."))
    ]
    apart = ("relations.regime_sd=0", "relations.news_sd=0", "relations.peer_weight=0", "levers.conditional=0")
    alone = ("relations.rivalry=0", "climate.mandate_chance=0", "relations.foresight=0", "levers.persuasion_budget=0")
    traits = [
        f"{path}={_middle(entry)}"
        for path, entry in load(SHIPPED / "baseline.yaml").entries.items()
        if entry.distribution is not None and path.startswith("stakeholders.")
    ]
    assert abs(correlation(played("fixed-terms", *fixed, *traits, *apart, *alone, "levers.side_deals=0"))) < 0.02


def _middle(entry: Any) -> float | int | str:
    """A value from the middle of a distribution."""
    ((_, said),) = entry.distribution.items()
    if "values" in said:
        return said["values"][len(said["values"]) // 2]  # type: ignore[no-any-return]
    middle = (said["low"] + said["high"]) / 2
    return round(middle) if entry.type is int else middle


def test_a_lab_that_wants_less_pledges_later() -> None:
    eager, hard = (played("fixed-terms", f"stakeholders.xai.ideal.review_days={days}") for days in (120, 0))
    assert change("late_pledges", "share", eager, hard).low > 0.0
    assert change("joined.xai", SHARE, eager, hard).high <= 0.005


def test_who_holds_the_pen_in_the_talks_moves_the_terms_its_way() -> None:
    as_it_is = played("baseline")
    security = played("baseline", "stakeholders.national_security.pen_in_talks=2")
    aides = played("baseline", "stakeholders.industry_aides.pen_in_talks=2")
    assert change("review_days", "days", as_it_is, security).low > 2.0
    assert change("foreign_lag_days", "days", as_it_is, security).low > 2.0
    assert change("review_days", "days", as_it_is, aides).high < -2.0
    assert change("covered_share", "share", as_it_is, aides).high < 0.0


def test_the_pen_in_drafting_moves_the_order_its_way() -> None:
    commerce = played("baseline", "stakeholders.commerce.pen=2")
    assert change("order_review_days", "days", played("baseline"), commerce).high < -2.0


def test_without_the_aides_the_order_is_longer_and_without_commerce_the_framework() -> None:
    order = [played(name)["order_review_days"] for name in ("no-industry-aides", "baseline")]
    assert average(order[0]).low > average(order[1]).high
    terms = [average(played("baseline", *its)["review_days"]) for its in ((), ("stakeholders.commerce=null",))]
    assert terms[1].low > terms[0].high + 2.0


def test_a_likely_law_brings_labs_in_and_meta_by_more_than_five_points() -> None:
    none, likely = (played("june-order", f"climate.mandate_chance={chance}") for chance in (0, 0.7))
    assert change("joined.meta", SHARE, none, likely).low > 0.05
    assert change("adopted", SHARE, none, likely).low > 0.03


def test_the_draft_of_ninety_days_mostly_comes_back_and_the_order_is_about_a_month() -> None:
    table = played("baseline")
    orders = table["order_review_days"].dropna()
    assert share(int((table["order_week"] == 0).sum()), RUNS).high < 0.1  # the design's bar, 5%, is just missed
    assert share(int((table["drafts_sent_back"] > 0).sum()), RUNS).low > 0.8
    assert 25.0 <= np.median(orders) <= 40.0


def test_words_come_late_and_without_patience_early() -> None:
    as_it_is, hasty = played("baseline"), played("baseline", "relations.patience=0")
    tougher = played("baseline", "relations.toughness=12")
    assert average(as_it_is["late_pledges"]).low > 0.4
    assert change("late_pledges", "share", as_it_is, hasty).high < -0.3
    assert change("late_pledges", "share", as_it_is, tougher).low > 0.0


def test_capital_buys_stalls_and_dissent_refusals() -> None:
    poor, rich = (played("baseline", f"relations.capital={capital}") for capital in (0, 3))
    assert poor["stalls"].max() == 0.0
    assert average(rich["stalls"]).low > 1.0
    deaf, attentive = (played("baseline", f"relations.dissent_weight={weight}") for weight in (0, 2))
    assert change("drafts_sent_back", "drafts", deaf, attentive).low > 0.2


def test_members_leave_less_the_more_it_costs() -> None:
    free, dear = (played("small-desk", f"relations.reneging_cost={cost}") for cost in (0, 0.5))
    assert change("leavings", "leavings", free, dear).high < 0.0


def test_an_unwilling_openai_gets_a_shorter_review_on_the_table() -> None:
    """The last offer in 150 pairs of negotiations from the order of 2 June, whether they end in a framework or not."""
    unwilling = [
        f"stakeholders.openai.{said}"
        for said in ("stance=-1", "precedent=0", "federal_exposure=0", "disclosure_aversion=1", "secrecy_aversion=1")
    ]
    unwilling += ["stakeholders.openai.deal_appeal=0", "stakeholders.openai.mandate_aversion=0"]
    offers = []
    for settings in ([], unwilling):
        days = []
        for run in runs_of_block(load(SHIPPED / "june-order.yaml", settings), SEED, 0, range(150)):
            negotiation = Negotiation(run.case, run.luck)
            negotiation.play()
            days.append(negotiation.terms.review_days)
        offers.append(np.array(days))
    assert average(offers[1] - offers[0]).high < -0.6
