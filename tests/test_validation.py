"""Calibration, backtest and forecast: exact where an exact answer is known, and blind where they must be."""

import datetime
import hashlib
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
    talks,
)
from experiments.validation.backtest_finding import TEST, VERSIONS, Backtests
from experiments.validation.fit import FULL
from experiments.validation.likelihood import MISREAD, order_kernel
from experiments.validation.record import Record, read_record
from experiments.validation.validate import Size, fit_record
from experiments.validation.verification import comparisons
from model.draws import BLOCK, Array, draw_parameters
from model.problems import BadInput
from model.scenario import SHIPPED, Scenario, load
from model.yamltree import parse, read_text

from .conftest import ROOT

EVIDENCE = datetime.date(2026, 7, 5)
SMALL = Size(FULL._replace(samples=8, particles=16), records=10)


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return load(SHIPPED / "baseline.yaml")


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
    np.testing.assert_array_equal(past.joined[:5], np.array(list(expected.values())).T)
    assert past.order is not None
    assert past.order.tolist() == [1, 1, 30, 2]


def test_doubts_are_of_labs_that_stayed_out_of_regimes_coded_blind() -> None:
    past = read_record()
    assert (past.joined[past.doubtful] == 0.0).all()
    assert past.doubtful.any()
    assert not past.doubtful[: len(record.FIRST_CODED)].any()
    assert past.regimes[: len(record.FIRST_CODED)] == record.FIRST_CODED
    assert [past.regimes[row] for row in record.coded_blind(past)] == list(past.regimes[len(record.FIRST_CODED) :])
    assert record.coded_blind(past.changed()) == record.coded_blind(past)
    known = past.without_doubts()
    assert np.isnan(known.joined[past.doubtful]).all()
    np.testing.assert_array_equal(known.joined[~past.doubtful], past.joined[~past.doubtful])


def test_nobody_is_on_record_whom_the_regime_did_not_ask() -> None:
    past = read_record().changed()
    for name, asked in zip(past.regimes, past.asked, strict=True):
        at_the_table = record.regime(name).named("lab")
        assert {lab for lab, is_asked in zip(past.labs, asked, strict=True) if is_asked} <= set(at_the_table)


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
        if "meta" not in record.regime(name).named("lab"):
            continue
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


PATHS = ("relations.peer_weight", "relations.rivalry")


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20), st.integers(1, 40))
def test_resampling_takes_each_draw_as_often_as_its_weight_says(counts: list[int], draws: int) -> None:
    weights = np.array(counts) / sum(counts)
    drawn = np.bincount(likelihood.chosen(weights, draws, np.random.default_rng(1)), minlength=len(weights))
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
    ((first, second, r),) = posterior.correlations(PATHS, theta, counts / counts.sum(), 5)
    assert (first, second) == PATHS
    assert r == pytest.approx(np.corrcoef(np.repeat(theta, counts, axis=0).T)[0, 1])


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


FIRST_FIVE = range(len(record.FIRST_CODED))


def first_five(past: Record) -> Record:
    rows = list(FIRST_FIVE)
    return past._replace(
        regimes=past.regimes[: len(rows)], joined=past.joined[: len(rows)], doubtful=past.doubtful[: len(rows)]
    )


def test_yardsticks_are_those_worked_out_by_hand_and_know_who_may_not_have_been_asked() -> None:
    past = first_five(read_record().changed())
    asked = np.ones(7, dtype=bool)
    found = backtest.yardsticks(past.without("eu-code-2025"), "eu-code-2025", asked)
    # of the four other regimes, one of which asked each lab with a chance of a half: OpenAI 4 of 3.5, Meta 2 of 3.5,
    # xAI 2 of 2.5; in all 6 + 7 + 2 + 5 of 6 + 7 + 3.5 + 6
    assert found["own rate"].labs[[0, 5, 6]].tolist() == pytest.approx([5 / 5.5, 3 / 5.5, 3 / 4.5])
    assert found["pooled rate"].labs.tolist() == pytest.approx([20 / 22.5] * 7)
    assert set(found["coin"].labs) == {0.5}
    assert set(found["everybody"].labs) == {0.99}
    assert found["coin"].counts == pytest.approx([math.comb(7, k) / 2**7 for k in range(8)])
    few = backtest.yardsticks(past.without("aisi-2024-few-asked"), "aisi-2024-few-asked", asked)
    assert few["everybody"].labs.tolist() == pytest.approx([0.495] * 7)


@pytest.mark.slow
def test_the_order_is_not_seen_where_its_days_are_predicted() -> None:
    past, priors = read_record().changed(), load(record.REGIMES / "exchangeable.yaml")
    another_order = past._replace(order=np.array([0.0, 1.0, 90.0, 0.0]))
    one, other = (backtest.check_order(its, priors, {}, SMALL.effort, 1, 2) for its in (past, another_order))
    assert one.days == other.days
    assert (one.seen, other.seen) == (30.0, 90.0)


def test_the_test_has_priors_that_do_not_tell_labs_apart_by_their_views() -> None:
    """By what else they differ the page says: shares of the frontier, federal business, releases, open weights, ..."""
    scenario = load(record.REGIMES / "exchangeable.yaml")
    for trait in ("stance", "disclosure_aversion", "secrecy_aversion"):
        priors = [scenario.entries[f"stakeholders.{lab}.{trait}"].distribution for lab in scenario.named("lab")]
        assert all(prior == priors[0] for prior in priors)


def half_right(rasch: list[float], days: dict[str, float]) -> Backtests:
    """Versions, all alike, of which labs a and b joined and c did not; the order had 30 days, the model's mean 40."""
    joined = np.array([[1.0, 1.0, 0.0]] * 8)
    past = Record(tuple("12345678"), ("a", "b", "c"), joined, None, np.zeros((8, 3), bool))
    chances = {name: np.full(3, 0.5) for name in backtest.YARDSTICKS}
    chances |= {backtest.MODEL: np.array([0.6, 0.6, 0.4]), backtest.SHARED: np.array(rasch)}
    predictions = {name: [_wavering(its, row, name) for row in range(8)] for name, its in chances.items()}
    scored = scores.score(predictions, past.joined, backtest.MODEL, 1)
    test = backtest.Backtest(past, predictions, scored, {backtest.MODEL: 100.0}, 1)
    by_model = {f"{backtest.MODEL}, mean": Interval(40.0, 20.0, 90.0)}
    order = backtest.OrderCheck(
        by_model | {name: Interval(its, math.nan, math.nan) for name, its in days.items()}, 30.0
    )
    return Backtests(dict.fromkeys(VERSIONS, test), order)


def _wavering(chances: Array, row: int, name: str) -> scores.Prediction:
    """Chances that differ a little from regime to regime, but for the model's."""
    its = chances if name == backtest.MODEL else chances + (0.01 if row % 2 else -0.01)
    return scores.Prediction(its, scores.independent(its))


@pytest.mark.parametrize(
    ("rasch", "verdict"),
    [
        ([0.9, 0.9, 0.1], "The mechanism adds nothing to Rasch's rule, which predicts as well or better: "),
        ([0.61, 0.61, 0.39], "The mechanism adds nothing to Rasch's rule, which predicts as well or better: "),
        ([0.2, 0.2, 0.8], "The mechanism adds something to Rasch's rule: "),
    ],
)
def test_whether_the_mechanism_adds_anything_is_said_first(rasch: list[float], verdict: str) -> None:
    finding = half_right(rasch, {})
    assert finding.headline().startswith(verdict)
    assert finding.text().startswith(finding.headline())
    assert (backtest.SHARED in finding.first.before) == ("nothing" in verdict)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"midpoint": 52.0}, "No yardstick comes closer to that than the model's mean."),
        ({"midpoint": 33.0}, "Midpoint comes closer to that than the model's mean."),
        ({"low": 21.0, "high": 39.0}, "Low and high come closer to that than the model's mean."),
    ],
)
def test_yardsticks_closer_to_the_order_than_the_model_are_named(days: dict[str, float], sentence: str) -> None:
    assert sentence in half_right([0.5, 0.5, 0.5], days).text()


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
    first = ROOT / "experiments" / "forecasts" / "2026-07-05.json"  # of all others test_ledger.py says so
    assert hashlib.sha256(first.read_bytes()).hexdigest() == RECORDED


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


# ---------------------------------------------------------------- all of it


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("validation")
    assert validation(path, 2) == 0
    return path


def validation(path: Path, workers: int) -> int:
    size = ["--draws", str(SMALL.effort.samples * SMALL.effort.particles), "--synthetic", str(SMALL.records)]
    return main(["validate", *size, "--workers", str(workers), "--out", str(path)])


@pytest.mark.exhaustive
def test_the_same_seed_writes_the_same_on_any_number_of_workers(folder: Path, tmp_path: Path) -> None:
    assert validation(tmp_path, 1) == 0
    for name in ("VALIDATION.md", "calibrated.yaml", "posterior.csv", "summary.json"):
        assert (folder / name).read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.slow
def test_the_page_holds_what_was_found(folder: Path) -> None:
    page = (folder / "VALIDATION.md").read_text(encoding="utf-8")
    data = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert "{{" not in page
    first = data["backtest"]["versions"][TEST]["scores"]["model"]["brier"]["mean"]
    assert f"| {first:.3f} [" in page
    for number in comparisons():
        assert f"{number.published:.6f} | {number.ours:z.6f}" in page.replace("  ", " ").replace("  ", " ")
    assert set(IDS) < set(data["forecast"]["questions"])
    assert len(list((folder / "figures").glob("*.png"))) == 7


def test_verified_numbers_are_the_published_ones() -> None:
    assert all(number.ours == pytest.approx(number.published, abs=5e-6) for number in comparisons())


@pytest.mark.slow
def test_the_calibrated_scenario_holds_the_draws_of_the_posterior(folder: Path) -> None:
    scenario, fitted = load(folder / "calibrated.yaml"), fit_record(SMALL, 1, 2)
    drawn = {path for path, entry in scenario.entries.items() if "draws" in (entry.distribution or {})}
    assert drawn == set(fitted.problem.paths)
    theta = fitted.resampled(calibrate.POSTERIOR_DRAWS)
    for path, values in zip(fitted.problem.paths, theta.T, strict=True):
        (draws,) = (scenario.entries[path].distribution or {}).values()
        assert draws["values"] == pytest.approx(values, rel=1e-3)


def test_the_shipped_calibration_is_of_what_is_fitted(baseline: Scenario) -> None:
    scenario = load(SHIPPED / "calibrated.yaml")
    drawn = {path for path, entry in scenario.entries.items() if "draws" in (entry.distribution or {})}
    assert drawn == set(episodes.fitted_paths(baseline))


def test_statistics_of_the_record_are_its_margins() -> None:
    past = first_five(read_record())
    values = predictive.statistics(past, past.joined, past.order)
    assert [values[f"labs in {name}"] for name in past.regimes] == [6, 7, 2, 5.5, 5]
    assert [values[f"regimes that {lab} joined"] for lab in past.labs] == [5, 5, 4, 4, 3, 2, 2.5]
    assert values["order: review_days"] == 30


@pytest.mark.slow
@pytest.mark.parametrize("command", ["calibrate", "backtest"])
def test_each_part_can_be_had_alone(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    size = ["--draws", "64", "--synthetic", "10"]
    assert main([command, *size, "--out", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert (tmp_path / "summary.json").exists()
