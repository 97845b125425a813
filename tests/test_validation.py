"""Calibration, backtest and forecast: exact where an exact answer is known, and blind where they must be."""

import datetime
import hashlib
import itertools
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import dblquad

from experiments.cli.main import main
from experiments.measures.intervals import Interval
from experiments.runs.pool import run_many
from experiments.validation import (
    backtest,
    calibrate,
    episodes,
    forecast,
    forecast_record,
    likelihood,
    posterior,
    predictive,
    questions,
    record,
    scores,
    synthetic,
    talks,
)
from experiments.validation.backtest_finding import Backtests
from experiments.validation.episodes import Outcomes
from experiments.validation.likelihood import MISREAD, kernel, order_kernel
from experiments.validation.posterior import Table
from experiments.validation.record import Record, read_record
from experiments.validation.validate import Size, baseline_table
from experiments.validation.verification import comparisons
from model.draws import BLOCK, Array, draw_parameters
from model.problems import BadInput
from model.scenario import SHIPPED, Scenario, load
from model.yamltree import parse, read_text

from .conftest import ROOT

EVIDENCE = datetime.date(2026, 7, 5)
SMALL = Size(draws=512, times=8, records=20)


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return load(SHIPPED / "baseline.yaml")


@pytest.fixture(scope="module")
def table() -> Table:
    return baseline_table(SMALL, 1, 2)


# ---------------------------------------------------------------- evidence


def dates_of(path: Path) -> list[str]:
    """The day of every source in a scenario file."""
    tree = parse(read_text(path, str(path)), str(path))
    return [node.value["date"].value for node in tree.mappings() if "url" in node.value]


def test_no_source_is_later_than_the_evidence() -> None:
    dates = {path: dates_of(path) for path in SHIPPED.rglob("*.yaml")}
    dates[record.FILE] = [source["date"] for source in record.sources()]
    days = [(str(path), datetime.date.fromisoformat(day)) for path, listed in dates.items() for day in listed]
    assert len(days) > 40
    assert [(path, day) for path, day in days if day > EVIDENCE] == []
    assert max(record.as_of().values()) <= EVIDENCE == forecast.LAST_DAY


def test_the_record_is_the_published_one() -> None:
    past = read_record()
    n = math.nan  # not asked, or nothing found
    expected = {  # White House 2023, Seoul 2024, AISI 2024, EU code 2025, CAISI by 23 June 2026
        "openai": [1, 1, 1, 1, 1],
        "anthropic": [1, 1, 1, 1, 1],
        "google": [1, 1, 0, 1, 1],
        "microsoft": [1, 1, 0, 1, 1],
        "amazon": [1, 1, 0, 1, n],
        "meta": [1, 1, 0, 0, 0],  # pending in the last: not joined by that day
        "xai": [n, 1, 0, 0.5, 1],
    }
    assert past.labs == tuple(expected)
    np.testing.assert_array_equal(past.joined, np.array(list(expected.values())).T)
    assert past.order is not None
    assert past.order.tolist() == [1, 1, 30, 2]


def test_whom_a_regime_asks_is_whom_the_record_has() -> None:
    past = read_record()
    for name, asked in zip(past.regimes, past.asked, strict=True):
        at_the_table = record.regime(name).named("lab")
        assert [lab for lab, is_asked in zip(past.labs, asked, strict=True) if is_asked] == at_the_table


@pytest.mark.slow
def test_a_regime_is_announced_whoever_signs() -> None:
    past = read_record()
    for name in (*past.regimes, *record.CHANGED.values(), forecast.FURTHER):
        ready = episodes.episode(record.regime(name), (), past.labs, 1)
        adopted = episodes.play_block(ready, np.empty((BLOCK, 0)), 0).negotiated[:, 1]
        assert adopted.min() == 1.0


# ---------------------------------------------------------------- what is fitted


def ends(scenario: Scenario, path: str) -> tuple[float, float]:
    (settings,) = (scenario.entries[path].distribution or {}).values()
    if "values" in settings:
        return min(settings["values"]), max(settings["values"])
    return settings["low"], settings["high"]


@pytest.mark.slow
def test_what_is_fitted_is_what_an_episode_reads_and_nothing_else(baseline: Scenario) -> None:
    """A parameter that is not read cannot change anything; luck is the same at both of its ends."""
    past, few = read_record(), 256
    uncertain = tuple(
        path
        for path, entry in baseline.entries.items()
        if entry.distribution is not None
        and path.startswith(("relations.", "stakeholders."))
        and not path.endswith("benchmark_days")
    )
    middle = np.array([sum(ends(baseline, path)) / 2 for path in uncertain])
    names = (*past.regimes, record.DRAFTING)
    ready = [episodes.episode(record.regime(name), uncertain, past.labs, 1) for name in names]

    def outcome(k: int, theta: Array) -> tuple[Array, Array]:
        results = episodes.play_block(ready[k], np.repeat(theta[None], few, axis=0), 0)
        return results.joined, episodes.order_outcomes(results)

    read = set()
    for column, path in enumerate(uncertain):
        for k in range(len(names)):
            if column not in ready[k].columns:
                continue
            low, high = (np.where(np.arange(len(middle)) == column, end, middle) for end in ends(baseline, path))
            (joined, order), (other_joined, other_order) = outcome(k, low), outcome(k, high)
            same = np.array_equal(order, other_order, equal_nan=True)
            if names[k] != record.DRAFTING:
                same = np.array_equal(joined, other_joined)
            if not same:
                read.add(path)
                break
    fitted = set(episodes.fitted_paths(baseline))
    assert read <= fitted
    # at the middle of all else Commerce never would rather have no order, and it writes none of the drafts
    assert all(path.startswith("stakeholders.commerce.ideal.") for path in fitted - read)


@pytest.mark.slow
def test_traits_are_shared_and_luck_is_not() -> None:
    past = read_record()
    theta = np.repeat(np.array([[-1e6]]), BLOCK, axis=0)
    paths = ("stakeholders.meta.stance",)  # who is wholly against review joins nothing
    for name in past.regimes:
        ready = episodes.episode(record.regime(name), paths, past.labs, 1)
        joined = episodes.play_block(ready, theta, 0).joined
        meta = record.regime(name).named("lab").index("meta")
        assert joined[:, meta].sum() == 0
        assert joined.sum() > 0
    seeds = {episodes.episode(record.regime(name), (), past.labs, 1).seed for name in past.regimes}
    assert len(seeds) == len(past.regimes)


def test_what_a_regime_sets_for_itself_stays() -> None:
    paths = ("stakeholders.anthropic.federal_exposure", "stakeholders.meta.stance")
    labs = read_record().labs
    assert episodes.episode(record.regime("aisi-2024"), paths, labs, 1).paths == paths[1:]
    assert episodes.episode(record.regime("caisi-2026"), paths, labs, 1).paths == paths


# ---------------------------------------------------------------- the kernel


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=5))
def test_a_kernel_is_the_probability_of_a_record_given_who_joined(decisions: list[float]) -> None:
    records = [np.array(entries, float) for entries in itertools.product([0, 1], repeat=len(decisions))]
    bits = sum(1 << lab for lab, is_in in enumerate(decisions) if is_in)
    assert sum(kernel(entries)[bits] for entries in records) == pytest.approx(1)
    errors = [sum(entries != decisions) for entries in records]
    by_hand = [MISREAD**k * (1 - MISREAD) ** (len(decisions) - k) for k in errors]
    assert [kernel(entries)[bits] for entries in records] == pytest.approx(by_hand)


def test_a_lab_that_was_not_asked_or_joined_in_part_says_nothing() -> None:
    fits = kernel(np.array([1.0, math.nan, 0.5]))
    assert fits.tolist() == pytest.approx([MISREAD / 2, (1 - MISREAD) / 2] * 4)


@pytest.mark.parametrize("outcome", [[1, 1, 40, 3], [0, 0, math.nan, math.nan]])
def test_the_kernel_of_an_order_sums_to_one_over_all_records(outcome: list[float]) -> None:
    order = np.array(outcome)

    def density(week: float, days: float, sent_back: float) -> float:
        return float(order_kernel(order, np.array([sent_back, 1.0, days, week])))

    total = sum(float(order_kernel(order, np.array([back, 0.0, math.nan, math.nan]))) for back in (0.0, 1.0))
    for back in (0.0, 1.0):
        limits = (0, 120, 0, 26) if order[1] == 0 else (0, 80, -7, 13)  # 8 and 10 standard deviations
        total += dblquad(density, *limits, args=(back,), epsabs=1e-9)[0]
    assert total == pytest.approx(1, abs=1e-6)


# ---------------------------------------------------------------- weights


def table_with(
    scenario: Scenario, chances: Array, theta: Array, paths: tuple[str, ...], times: int, seed: int
) -> Table:
    """A table in which labs join one regime with these chances (draws, labs), by independent luck."""
    luck = np.random.default_rng(seed)
    joined = luck.random((len(chances), times, chances.shape[1])) < chances[:, None, :]
    signed = (joined @ (1 << np.arange(chances.shape[1]))).astype(np.uint8)[:, :, None]
    order = np.tile([1.0, 1.0, 30.0, 2.0], (len(chances), times, 1))
    labs = tuple(f"lab{k}" for k in range(chances.shape[1]))
    return Table(
        priors=scenario,
        regimes=("one",),
        labs=labs,
        paths=paths,
        theta=theta,
        outcomes=Outcomes(signed, order),
        seed=seed,
    )


def empty_table(theta: Array) -> Table:
    """A table that has only draws."""
    unplayed: Any = None
    return Table(priors=unplayed, regimes=(), labs=(), paths=(), theta=theta, outcomes=unplayed, seed=1)


PATHS = ("relations.peer_weight", "relations.rivalry")


def one_regime(decisions: list[float]) -> Record:
    return Record(("one",), tuple(f"lab{k}" for k in range(len(decisions))), np.array([decisions]), None)


def test_the_posterior_of_a_chance_is_the_one_in_closed_form(baseline: Scenario) -> None:
    # prior uniform on p; the record says that all three of three labs joined, each misread with q:
    # the density is proportional to (q + (1 - 2q) p)^3, over which u = q + (1 - 2q) p runs from q to 1 - q
    draws = 4000
    p = (np.arange(draws) + 0.5) / draws
    theta = np.column_stack([p, p[::-1]])
    table = table_with(baseline, np.repeat(p[:, None], 3, axis=1), theta, PATHS, 400, 1)
    weights = table.weights(one_regime([1, 1, 1]))
    q = MISREAD
    mean_u = ((1 - q) ** 5 - q**5) / 5 / (((1 - q) ** 4 - q**4) / 4)
    assert weights.sum() == pytest.approx(1)
    # 400 times leave a standard error below 0.025 on each weight's factor; over 4,000 draws 0.004 is ten of the mean's
    assert weights @ p == pytest.approx((mean_u - q) / (1 - 2 * q), abs=0.004)


def test_the_record_informs_what_it_should_and_nothing_else(baseline: Scenario) -> None:
    luck = np.random.default_rng(2)
    theta = luck.random((4000, 2))
    table = table_with(baseline, np.repeat(theta[:, :1], 6, axis=1), theta, PATHS, 32, 3)
    informed, uninformed = posterior.fits(table, table.weights(one_regime([1, 1, 1, 1, 1, 0])))
    assert informed.informed
    assert informed.posterior.mean > informed.prior.mean
    assert not uninformed.informed


@pytest.mark.slow
def test_parameters_that_no_record_reads_are_seldom_called_informed(baseline: Scenario) -> None:
    # at 1% over all 40 parameters, 100 records call one of them informed in more than 5 with probability 0.0005
    luck = np.random.default_rng(4)
    theta = luck.random((2000, 40))
    paths = tuple(f"relations.unread_{k}" for k in range(40))
    table = table_with(baseline, luck.random((2000, 3)), theta, paths, 8, 5)
    called = 0
    for decisions in itertools.islice(itertools.cycle(itertools.product([0.0, 1.0], repeat=3)), 100):
        order = luck.permutation(2000)
        shuffled = table._replace(theta=theta[order])
        weights = shuffled.weights(one_regime(list(decisions)))
        called += any(parameter.informed for parameter in posterior.fits(shuffled, weights))
    assert called <= 5


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20), st.integers(1, 40))
def test_resampling_takes_each_draw_as_often_as_its_weight_says(counts: list[int], draws: int) -> None:
    weights = np.array(counts) / sum(counts)
    table = empty_table(np.empty((0, 0)))
    drawn = np.bincount(posterior.resampled(table, weights, draws), minlength=len(weights))
    assert drawn.sum() == draws
    assert (np.abs(drawn - draws * weights) < 1).all()


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(1, 4)), min_size=1, max_size=12), st.floats(0.01, 1))
def test_a_weighted_quantile_is_that_of_repeated_values(pairs: list[tuple[int, int]], level: float) -> None:
    values, counts = np.array(pairs).T
    (quantile,) = posterior.quantiles(values.astype(float), counts.astype(float), (level,))
    assert quantile in values
    repeated = np.sort(np.repeat(values, counts))
    assert (repeated <= quantile).mean() >= level - 1e-9
    assert (repeated < quantile).mean() <= level + 1e-9


def test_the_effective_sample_size_of_equal_weights_is_their_number_and_of_a_single_draw_one() -> None:
    assert likelihood.effective_draws(np.full(8, 1 / 8)) == pytest.approx(8)
    assert likelihood.effective_draws(np.array([0.0, 1.0])) == 1
    assert likelihood.normalised(np.array([0.0, math.log(3)])).tolist() == pytest.approx([0.25, 0.75])


def test_correlations_are_those_of_the_weighted_draws() -> None:
    luck = np.random.default_rng(6)
    theta = luck.random((500, 2))
    counts = luck.integers(0, 5, 500)
    table = empty_table(theta)._replace(paths=PATHS)
    ((first, second, r),) = posterior.correlations(table, counts / counts.sum(), 5)
    assert (first, second) == PATHS
    assert r == pytest.approx(np.corrcoef(np.repeat(theta, counts, axis=0).T)[0, 1])


# ---------------------------------------------------------------- synthetic records


def two_chances(baseline: Scenario) -> Table:
    luck = np.random.default_rng(7)
    theta = luck.random((6000, 2))
    chances = np.column_stack([theta[:, 0], theta[:, 0], theta[:, 1], theta[:, 1], theta[:, 1]])
    return table_with(baseline, chances, theta, PATHS, 40, 8)


@pytest.mark.slow
def test_a_right_procedure_passes_on_synthetic_records(baseline: Scenario) -> None:
    check = synthetic.check_on_synthetic_records(two_chances(baseline), one_regime([1] * 5), 400)
    assert check.passed
    assert check.coverage.low < posterior.LEVEL < check.coverage.high


@pytest.mark.slow
def test_a_wrong_procedure_does_not_pass(baseline: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    right = two_chances(baseline)
    inverted = right._replace(outcomes=right.outcomes._replace(signed=31 - right.outcomes.signed))

    def from_right(record: Record, _: Table, draw: int, luck: np.random.Generator) -> Record:
        return synthetic_record(record, right, draw, luck)

    synthetic_record = synthetic.synthetic_record
    monkeypatch.setattr(synthetic, "synthetic_record", from_right)
    assert not synthetic.check_on_synthetic_records(inverted, one_regime([1] * 5), 400).passed


def test_a_synthetic_record_is_misread_as_often_as_the_kernel_says(baseline: Scenario) -> None:
    table = table_with(baseline, np.ones((1, 5)), np.zeros((1, 2)), PATHS, 1, 1)
    luck = np.random.default_rng(9)
    joined = np.array([synthetic.synthetic_record(one_regime([1] * 5), table, 0, luck).joined for _ in range(2000)])
    assert (1 - joined).mean() == pytest.approx(MISREAD, abs=4 * math.sqrt(MISREAD * (1 - MISREAD) / joined.size))


# ---------------------------------------------------------------- backtest


def test_a_lab_that_was_not_asked_never_joins() -> None:
    """Where whom a regime asked is not known, a lab's attention of 0 stands for not asked; 2,000 runs."""
    table = run_many(record.regime("aisi-2024-few-asked"), 2000, 3)
    attention = draw_parameters(record.regime("aisi-2024-few-asked").entries.values(), 3, 0)
    for lab in ("openai", "meta"):
        asked = attention[f"stakeholders.{lab}.attention"][:1000] > 0.0
        joined = table[f"joined.{lab}"][:1000].to_numpy() == 1.0
        assert not joined[~asked].any()
        assert joined[asked].any()


def test_yardsticks_are_those_worked_out_by_hand_and_know_who_may_not_have_been_asked() -> None:
    others = read_record().changed().without("eu-code-2025")
    asked = np.ones(7, dtype=bool)
    found = backtest.yardsticks(others, "eu-code-2025", asked)
    # of the four other regimes, one of which asked each lab with a chance of a half: OpenAI 4 of 3.5, Meta 2 of 3.5,
    # xAI 2 of 2.5; in all 6 + 7 + 2 + 5 of 6 + 7 + 3.5 + 6
    assert found["own rate"].labs[[0, 5, 6]].tolist() == pytest.approx([5 / 5.5, 3 / 5.5, 3 / 4.5])
    assert found["pooled rate"].labs.tolist() == pytest.approx([20 / 22.5] * 7)
    assert set(found["coin"].labs) == {0.5}
    assert set(found["everybody"].labs) == {0.99}
    assert found["coin"].counts == pytest.approx([math.comb(7, k) / 2**7 for k in range(8)])
    few = backtest.yardsticks(read_record().changed().without("aisi-2024-few-asked"), "aisi-2024-few-asked", asked)
    assert few["everybody"].labs.tolist() == pytest.approx([0.495] * 7)


@pytest.mark.slow
def test_a_regime_left_out_is_not_seen(table: Table) -> None:
    past = read_record().changed()
    for row in range(len(past.regimes)):
        joined = past.joined.copy()
        joined[row] = np.where(past.asked[row], 1.0 - joined[row], np.nan)
        actual = backtest.backtest(table, past, {}).predictions
        inverted = backtest.backtest(table, past._replace(joined=joined), {}).predictions
        for name in actual:
            for one, other in zip(actual[name][row], inverted[name][row], strict=True):
                np.testing.assert_array_equal(one, other)
        others = [k for k in range(len(past.regimes)) if k != row]
        before, after = ([its[backtest.MODEL][k].labs for k in others] for its in (actual, inverted))
        assert not np.array_equal(before, after)


@pytest.mark.slow
def test_the_order_is_not_seen_where_its_days_are_predicted(table: Table) -> None:
    past = read_record().changed()
    another_order = past._replace(order=np.array([0.0, 1.0, 90.0, 0.0]))
    assert backtest.predict_order(table, past) == backtest.predict_order(table, another_order)


def test_the_test_has_priors_that_do_not_tell_labs_apart_by_their_views() -> None:
    """By what else they differ the page says: shares of the frontier, federal business, releases, open weights, ..."""
    scenario = load(record.REGIMES / "exchangeable.yaml")
    for trait in ("stance", "disclosure_aversion", "secrecy_aversion"):
        priors = [scenario.entries[f"stakeholders.{lab}.{trait}"].distribution for lab in scenario.named("lab")]
        assert all(prior == priors[0] for prior in priors)


def half_right(own_rate: list[float], days: dict[str, float]) -> Backtests:
    """Versions, all alike, of which labs a and b joined and c did not; the order had 30 days, the model's mean 40."""
    past = Record(("one",), ("a", "b", "c"), np.array([[1.0, 1.0, 0.0]]), np.array([1.0, 1.0, 30.0, 2.0]))
    chances = {name: np.full(3, 0.5) for name in backtest.YARDSTICKS}
    chances |= {backtest.MODEL: np.full(3, 0.6), "own rate": np.array(own_rate)}
    predictions = {name: [scores.Prediction(its, scores.independent(its))] for name, its in chances.items()}
    order = {f"{backtest.MODEL}, mean": Interval(40.0, 20.0, 90.0)}
    order |= {name: Interval(value, value, value) for name, value in days.items()}
    scored = scores.score(predictions, past.joined, backtest.MODEL, 1)
    test = backtest.Backtest(past, predictions, scored, 100.0, order, 30.0)
    return Backtests(dict.fromkeys(backtest.VERSIONS, test))


def test_what_beats_the_model_is_named_first() -> None:
    finding = half_right([0.9, 0.9, 0.1], {})
    assert finding.first.unbeaten == ["own rate"]
    assert finding.headline().startswith("The model as first coded does not beat own rate; it beats ")
    assert finding.text().startswith(finding.headline())


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"midpoint": 52.0}, "No yardstick comes closer to the order's 30 days than the model's mean."),
        ({"midpoint": 33.0}, "Midpoint comes closer to the order's 30 days than the model's mean."),
        ({"low": 21.0, "high": 39.0}, "Low and high come closer to the order's 30 days than the model's mean."),
    ],
)
def test_yardsticks_closer_to_the_order_than_the_model_are_named(days: dict[str, float], sentence: str) -> None:
    assert sentence in half_right([0.5, 0.5, 0.5], days).text().splitlines()


# ---------------------------------------------------------------- forecast


def test_a_week_of_the_talks_is_spread_over_its_days() -> None:
    starts = datetime.date(2026, 6, 2)
    # 1 August is day 60, in the week of days 56 to 63
    chances = talks.chance_by(datetime.date(2026, 8, 1), np.array([7.0, 8.0, 9.0, math.nan]), starts)
    assert chances.tolist() == pytest.approx([1.0, 4 / 7, 0.0, 0.0])
    # the last whole week before 1 October, day 121, is that which begins on day 112
    assert talks.weeks_to_autumn(np.array([0.0, 15.0, 16.0, math.nan]), starts).tolist() == [16.0, 1.0, 0.0, 0.0]


def test_an_answer_weighs_draws_by_how_much_of_them_is_asked() -> None:
    base = np.array([[1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 0.0, 0.0]])
    part = np.array([[1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]])
    chances = questions.yes_no(part, base)  # 1 in 4 of the first and all of the second, which counts a quarter as much
    true = (4 * 0.25 + 1 * 1.0) / 5
    assert chances["yes"].mean == pytest.approx((1 - MISREAD) * true + MISREAD * (1 - true))
    assert chances["yes"].mean + chances["no"].mean == pytest.approx(1)


def test_an_end_that_misreading_sets_is_not_given() -> None:
    """What hardly a draw says is 0.0167 of four options and what nearly all say 0.95, whatever the draws."""
    base, rng = np.ones((400, 50)), np.random.default_rng(1)
    often = rng.random((400, 1)) * np.ones_like(base)
    parts = {"never": 0.0 * base, "hardly": 0.0005 * base, "often": often, "else": 0.9995 - often}
    chances = questions.answer(parts, base)
    assert chances["never"].mean == pytest.approx(MISREAD / 3)
    for name in ("never", "hardly"):
        assert np.isnan(chances[name][1:]).all()
    assert chances["often"].low == pytest.approx(np.interp(0.05, [0, 1], [MISREAD / 3, 1 - MISREAD]), abs=0.03)
    assert chances["often"].high == pytest.approx(np.interp(0.95, [0, 1], [MISREAD / 3, 1 - MISREAD]), abs=0.03)
    sure = questions.yes_no(np.where(np.arange(400) < 200, 1.0, 0.8)[:, None] * base, base)
    assert math.isnan(sure["yes"].high)
    assert math.isnan(sure["no"].low)
    assert sure["yes"].low == pytest.approx(0.9 * 0.8 + 0.05)
    assert sure["no"].high == pytest.approx(0.9 * 0.2 + 0.05)


IDS = {  # as agreed before the forecast was made
    **{f"declared_final_by_{day}": {"yes", "no"} for day in ("2026-08-01", "2026-08-08", "2026-09-01", "2026-12-31")},
    "final_review_days": {"under_14", "14_to_29", "30", "over_30"},
    **{
        f"joins_{lab}": {"yes", "no"} for lab in ("openai", "anthropic", "google", "microsoft", "amazon", "meta", "xai")
    },
    "further_commitment_count": set("01234567"),
    **{f"{what}_by_2026-10-01": {"yes", "no"} for what in ("a_lab_leaves", "a_covered_release_reviewed", "a_mandate")},
}


def well_formed(data: Mapping[str, Any]) -> None:
    """Whether a forecast has the agreed form, and probabilities that can be."""
    assert {"as_of", "model", "questions"} == data.keys()
    assert data["questions"].keys() == IDS.keys()
    for name, question in data["questions"].items():
        assert question["question"].endswith("?")
        assert question["probabilities"].keys() == IDS[name]
        assert sum(chance["mean"] for chance in question["probabilities"].values()) == pytest.approx(1, abs=1e-3)
        for chance in question["probabilities"].values():
            assert chance.keys() == {"mean", "low", "high"}
            ends = [chance[end] for end in ("low", "high") if chance[end] is not None]  # the others misreading sets
            assert ends == sorted(ends)
            assert all(0 < value < 1 for value in (chance["mean"], *ends))
    by_day = [data["questions"][name]["probabilities"]["yes"]["mean"] for name in list(IDS)[:4]]
    assert by_day == sorted(by_day)


def test_the_forecast_on_record_has_the_agreed_form() -> None:
    well_formed(json.loads((ROOT / "experiments" / "forecasts" / "2026-07-05.json").read_text(encoding="utf-8")))


def test_a_forecast_on_record_is_never_changed() -> None:
    hashes = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (ROOT / "experiments" / "forecasts").glob("*.json")
    }
    assert hashes == {"2026-07-05.json": RECORDED}


RECORDED = "2975c2192630d56ad7ff64117cbf3fbb65629662006f86dda2ad20cccd14c195"


def test_another_forecast_of_a_day_needs_a_reason_and_a_file_of_its_own(tmp_path: Path) -> None:
    first, second = {"questions": {"a": 1}, "model": 1}, {"questions": {"a": 2}, "model": 1}
    assert forecast_record.record_name(tmp_path, EVIDENCE, first, None) == "2026-07-05"
    (tmp_path / "2026-07-05.json").write_text(forecast_record.record_text(first), encoding="utf-8")
    assert forecast_record.record_name(tmp_path, EVIDENCE, {**first, "model": 2}, None) is None
    with pytest.raises(BadInput, match="--why"):
        forecast_record.record_name(tmp_path, EVIDENCE, second, None)
    assert forecast_record.record_name(tmp_path, EVIDENCE, second, "a mistake") == "2026-07-05.v2"


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("2026-07-06", "found 2026-07-06; the record and the scenarios hold what was known on 2026-07-05"),
        ("soon", "'soon'"),
    ],
)
def test_another_day_is_refused(day: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", "--as-of", day]) == 2
    error = capsys.readouterr().err
    assert "--as-of" in error
    assert text in error


def test_more_synthetic_records_than_draws_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "--draws", "100", "--synthetic", "101"]) == 2
    assert "at most --draws, 100, are allowed" in capsys.readouterr().err


# ---------------------------------------------------------------- all of it


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("validation")
    assert validation(path, 2) == 0
    return path


def validation(path: Path, workers: int) -> int:
    size = ["--draws", str(SMALL.draws), "--times", str(SMALL.times), "--synthetic", str(SMALL.records)]
    return main(["validate", *size, "--workers", str(workers), "--out", str(path)])


@pytest.mark.exhaustive
def test_the_same_seed_writes_the_same_on_any_number_of_workers(folder: Path, tmp_path: Path) -> None:
    assert validation(tmp_path, 1) == 0
    for name in ("VALIDATION.md", "calibrated.yaml", "posterior.csv", "2026-07-05.json", "2026-07-05.md"):
        assert (folder / name).read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.slow
def test_the_page_holds_what_was_found(folder: Path) -> None:
    page = (folder / "VALIDATION.md").read_text(encoding="utf-8")
    data = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert "{{" not in page
    first = data["backtest"][backtest.VERSIONS[0]]["scores"]["model"]["brier"]["mean"]
    assert f"| {first:.3f} [" in page
    for number in comparisons():
        assert f"{number.published:.6f} | {number.ours:z.6f}" in page.replace("  ", " ").replace("  ", " ")
    well_formed(json.loads((folder / "2026-07-05.json").read_text(encoding="utf-8")))
    assert len(list((folder / "figures").glob("*.png"))) == 7


def test_verified_numbers_are_the_published_ones() -> None:
    assert all(number.ours == pytest.approx(number.published, abs=5e-6) for number in comparisons())


@pytest.mark.slow
def test_the_calibrated_scenario_holds_the_draws_of_the_posterior(folder: Path, table: Table) -> None:
    scenario = load(folder / "calibrated.yaml")
    drawn = {path for path, entry in scenario.entries.items() if "draws" in (entry.distribution or {})}
    assert drawn == set(table.paths)
    weights = table.weights(read_record().changed())
    theta = table.theta[posterior.resampled(table, weights, calibrate.POSTERIOR_DRAWS)]
    for path, values in zip(table.paths, theta.T, strict=True):
        (draws,) = (scenario.entries[path].distribution or {}).values()
        assert draws["values"] == pytest.approx(values, rel=1e-3)


def test_the_shipped_calibration_is_of_what_is_fitted(baseline: Scenario) -> None:
    scenario = load(SHIPPED / "calibrated.yaml")
    drawn = {path for path, entry in scenario.entries.items() if "draws" in (entry.distribution or {})}
    assert drawn == set(episodes.fitted_paths(baseline))


def test_statistics_of_the_record_are_its_margins() -> None:
    past = read_record()
    values = predictive.statistics(past, past.joined, past.order)
    assert [values[f"labs in {name}"] for name in past.regimes] == [6, 7, 2, 5.5, 5]
    assert [values[f"regimes that {lab} joined"] for lab in past.labs] == [5, 5, 4, 4, 3, 2, 2.5]
    assert values["order: review_days"] == 30


@pytest.mark.slow
@pytest.mark.parametrize("command", ["calibrate", "backtest", "forecast"])
def test_each_part_can_be_had_alone(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    size = ["--draws", "128", "--times", "4", "--synthetic", "10"]
    assert main([command, *size, "--out", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert (tmp_path / "summary.json").exists()
