"""What a backtest says of its predictions: by hand, and of records where labs do and do not look at each other."""

import math
from typing import NamedTuple

import numpy as np
import pytest

from experiments.measures.intervals import Interval
from experiments.validation import backtest, cascade
from experiments.validation.backtest import MODEL, RASCH, SHARED, YARDSTICKS, Backtest
from experiments.validation.backtest_finding import mechanism_verdict
from experiments.validation.cascade import members
from experiments.validation.left_out import Rule, drawn, left_out
from experiments.validation.rasch import Rasch
from experiments.validation.record import Record, read_record
from experiments.validation.record_likelihood import Decisions, fits, log_of
from experiments.validation.scores import Excess, Prediction, Scores, independent, score
from model.draws import Array
from model.scenario import SHIPPED, load

from .test_rasch import made_up_regime

SEED = 20260705

# ---------------------------------------------------------------- a mechanism that matters, and none

LABS = ("a", "b", "c", "d", "e")
BASE, COMPANY = -4.0, 2.0  # of the simulated record: two labs gain -2 where both join, five gain 4
ONE = np.ones(1)


def gains(base: Array, company: Array, labs: int) -> Array:
    """What labs gain that gain more, the more others are in: array (draws, labs, sets)."""
    others = members(labs).sum(axis=1) - members(labs).T
    return np.asarray(base[:, None, None] + company[:, None, None] * others)


def law(of_labs: Array) -> Array:
    """The chance of each set, where all are asked and pledge on condition: array (draws, sets)."""
    draws, labs, sets = of_labs.shape
    return cascade.set_chances(of_labs, np.ones(draws), np.zeros(draws), np.ones(labs), True, np.ones(sets, bool))


class Company(NamedTuple):
    """Labs all alike that look at how many others join; their base and the weight of company are not known."""

    decisions: Decisions
    dimensions: int = 2

    def chances(self, points: Array, row: int) -> Array:
        """The chance of each set."""
        return law(gains(3.0 * points[:, 0], 2.0 * np.abs(points[:, 1]), len(self.decisions.regimes[row].labs)))

    def log_chances(self, points: Array, workers: int) -> Array:
        """The log of the chance of each row."""
        rows = enumerate(self.decisions.fits)
        return log_of(np.column_stack([self.chances(points, row) @ its for row, its in rows]))


def played() -> tuple[Decisions, Record]:
    """A record of 18 regimes that ask all labs or, every other time, two of them in turn."""
    luck = np.random.default_rng(SEED)
    joined = np.full((18, len(LABS)), np.nan)
    regimes, of_rows = [], []
    for number, row in enumerate(joined):
        asked = np.arange(5) if number % 2 else np.sort((number // 2 + np.array([0, 1])) % 5)
        (chances,) = law(gains(BASE * ONE, COMPANY * ONE, len(asked)))
        row[asked] = members(len(asked))[luck.choice(len(chances), p=chances / chances.sum())]
        regimes.append(made_up_regime([LABS[lab] for lab in asked], np.ones(len(asked))))
        of_rows.append(fits(row[asked]))
    names = tuple(f"regime {number}" for number in range(len(joined)))
    return Decisions(tuple(regimes), tuple(of_rows)), Record(names, LABS, joined, None, np.zeros(joined.shape, bool))


def backtest_of(record: Record, predictions: dict[str, list[Prediction]]) -> Backtest:
    """A backtest of these predictions."""
    return Backtest(record, predictions, score(predictions, record.joined, MODEL, SEED), {}, SEED)


@pytest.fixture(scope="module")
def with_company() -> tuple[Record, list[Prediction], list[Prediction]]:
    """A record, and what the right mechanism and Rasch's rule with a shock predict of each regime from the others."""
    decisions, record = played()
    rules: tuple[Rule, ...] = (Company(decisions), Rasch(decisions, LABS, load(SHIPPED / "baseline.yaml")))
    mechanism, shared = (left_out(rule, drawn(rule, 1, 256, SEED, 1), record, 1).predictions for rule in rules)
    return record, mechanism, shared


@pytest.mark.slow
def test_a_mechanism_that_matters_adds_something(
    with_company: tuple[Record, list[Prediction], list[Prediction]],
) -> None:
    record, mechanism, shared = with_company
    verdict = mechanism_verdict(backtest_of(record, {MODEL: mechanism, SHARED: shared}))
    assert verdict.startswith("The mechanism adds something to Rasch's rule: Brier +0.")


@pytest.mark.slow
def test_the_same_predictions_swapped_add_nothing(
    with_company: tuple[Record, list[Prediction], list[Prediction]],
) -> None:
    record, mechanism, shared = with_company
    verdict = mechanism_verdict(backtest_of(record, {MODEL: shared, SHARED: mechanism}))
    assert verdict.startswith("The mechanism adds nothing to Rasch's rule, which predicts as well or better: Brier -0.")


def test_predictions_that_are_the_same_add_nothing() -> None:
    _, record = played()
    asked = record.asked.sum(axis=1)
    coin = [Prediction(np.full(5, 0.5), independent(np.full(labs, 0.5))) for labs in asked]
    assert "adds nothing" in mechanism_verdict(backtest_of(record, {MODEL: coin, SHARED: coin}))


# ---------------------------------------------------------------- verdicts

CLEAR = Excess(Interval(0.1, 0.05, 0.15), 0.01)
WIDE = Excess(Interval(0.1, -0.05, 0.25), 0.01)
LUCK = Excess(Interval(0.1, 0.05, 0.15), 0.05)  # as often by chance as is called chance
LEVEL = Excess(Interval(0.0, -0.1, 0.1), 0.5)
BETTER = Excess(Interval(-0.1, -0.15, -0.05), 1.0)


@pytest.mark.parametrize(
    ("brier", "log", "adds"),
    [
        (CLEAR, CLEAR, "something to Rasch's rule"),
        (CLEAR, WIDE, "no more than chance to Rasch's rule"),
        (LUCK, CLEAR, "no more than chance to Rasch's rule"),
        (CLEAR, LEVEL, "nothing to Rasch's rule"),
        (BETTER, CLEAR, "nothing to Rasch's rule"),
        (CLEAR, BETTER, "nothing to Rasch's rule"),
        (BETTER, BETTER, "nothing to Rasch's rule"),
    ],
)
def test_it_takes_both_scores_to_beat_and_one_to_come_before(brier: Excess, log: Excess, adds: str) -> None:
    """Of Rasch's rule with a shock; all other yardsticks are beaten."""
    at = Interval(0.2, 0.1, 0.3)
    of = {name: Scores(at, at, at, CLEAR, CLEAR, BETTER) for name in YARDSTICKS}
    of[SHARED] = Scores(at, at, at, brier, log, BETTER)
    test = Backtest(read_record(), {}, of, {}, SEED)
    assert mechanism_verdict(test).startswith(f"The mechanism adds {adds}")
    assert (SHARED in test.clearly_beaten) == adds.startswith("something")
    assert test.before == ([SHARED] if adds.startswith("nothing") else [])
    assert set(YARDSTICKS) - set(test.clearly_beaten) <= {SHARED}


# ---------------------------------------------------------------- by hand

JOINED = np.array([[1, 1], [1, 0], [0, 1], [1, 1], [0, 0], [1, math.nan]])
SURE = np.array([0.7, 0.6, 0.7, 0.6, 0.7, 0.6])[:, None]  # of what happened, by the model
RIGHT = np.where(JOINED == 1, SURE, 1 - SURE)
RASH = np.where(JOINED == 1, 0.99, 0.01)  # better by Brier's score: 1.0 against 6 x .09 + 5 x .16 = 1.34
RASH[4, 0] = 0.999  # ... and worse by the log score: 6.9 + 0.1 against 6 x .36 + 5 x .51 = 4.7
HALF = np.full((6, 2), 0.5)
LUCKY = HALF.copy()
LUCKY[4] = 0.01  # one regime in six in its favour, of a weight that no two others have
CHANCES = {
    MODEL: RIGHT,
    SHARED: 1 - RIGHT,
    RASCH: LUCKY,
    "own rate": RIGHT,
    "pooled rate": RASH,
    "everybody": np.full((6, 2), 0.99),
    "coin": HALF,
}


def by_hand(**others: Array) -> Backtest:
    """Two labs in six regimes; the last did not ask b."""
    names = tuple("uvwxyz")
    doubtful = np.zeros((6, 2), bool)
    doubtful[4, 1] = True
    record = Record(names, ("a", "b"), JOINED, np.array([1.0, 1.0, 30.0, 2.0]), doubtful)
    predictions = {
        name: [
            Prediction(its, independent(its[~np.isnan(row)])) for its, row in zip(chances, record.joined, strict=True)
        ]
        for name, chances in (CHANCES | others).items()
    }
    return backtest_of(record, predictions)


def test_only_yardsticks_worse_in_both_scores_by_more_than_chance_are_clearly_beaten() -> None:
    """By signs: 1 way in 64 against who is worse in every regime, 4 or more against the lucky one, 8 against all join.

    Of the lucky one: to turn its one gain of .18 and one of the other regimes' sums of .09 to .32 loses nothing.
    """
    test = by_hand()
    assert test.clearly_beaten == [SHARED, "coin"]
    assert test.scores["coin"].brier_excess.chance == pytest.approx(1 / 64)
    assert test.scores["everybody"].brier_excess.chance == pytest.approx(8 / 64)
    for name in (RASCH, "everybody"):
        assert test.scores[name].brier_excess.interval.mean > 0
        assert test.scores[name].log_excess.interval.mean > 0


def test_yardsticks_better_in_either_score_or_level_come_before_the_model() -> None:
    test = by_hand()
    assert test.before == ["own rate", "pooled rate"]
    pooled = test.scores["pooled rate"]
    model = (6 * 0.09 + 5 * 0.16, -6 * math.log(0.7) - 5 * math.log(0.6))
    brier, log = 0.999**2 + 10 * 0.01**2, -math.log(0.001) - 10 * math.log(0.99)
    assert pooled.brier_excess.interval.mean == pytest.approx((brier - model[0]) / 11)
    assert pooled.log_excess.interval.mean == pytest.approx((log - model[1]) / 11)
    assert brier < model[0]
    assert log > model[1]
    assert test.scores["own rate"].brier_excess.interval.mean == 0


@pytest.mark.parametrize(
    ("others", "verdict"),
    [
        (
            {},
            "beats Rasch with a shock and coin by more than chance; before it or level come own rate and pooled rate",
        ),
        (
            {"pooled rate": HALF, SHARED: LUCKY},
            "beats pooled rate and coin by more than chance; before it or level comes own rate",
        ),
        (
            dict.fromkeys(YARDSTICKS, 1 - RIGHT),
            f"beats {', '.join(YARDSTICKS[:-1])} and coin by more than chance; before it or level comes none",
        ),
        (dict.fromkeys(YARDSTICKS, LUCKY), "beats no yardstick by more than chance; before it or level comes none"),
    ],
)
def test_the_verdict_names_who_is_beaten_and_who_comes_before(others: dict[str, Array], verdict: str) -> None:
    assert by_hand(**others).verdict() == verdict


def test_the_brier_score_of_a_lab_is_over_the_decisions_that_are_known() -> None:
    test = by_hand()
    assert test.brier_of("a") == pytest.approx((3 * 0.09 + 3 * 0.16) / 6)
    assert test.brier_of("b") == pytest.approx((3 * 0.09 + 2 * 0.16) / 5)


def test_some_regimes_alone_keep_their_predictions_and_are_scored_for_themselves() -> None:
    test = by_hand()
    some = test.only(row for row in (4, 1))
    assert some.record.regimes == ("y", "v")
    np.testing.assert_array_equal(some.record.joined, [[0, 0], [1, 0]])
    np.testing.assert_array_equal(some.record.doubtful, [[False, True], [False, False]])
    assert some.predictions == {name: [its[4], its[1]] for name, its in test.predictions.items()}
    assert some.scores[MODEL].brier.mean == pytest.approx((2 * 0.09 + 2 * 0.16) / 4)
    assert some.scores["coin"].brier_excess.interval.mean == pytest.approx((2 * 0.16 + 2 * 0.09) / 4)
    assert some.scores["coin"].brier_excess.chance == pytest.approx(1 / 4)
    assert some.clearly_beaten == []
    assert test.only(range(6)).scores["coin"] == test.scores["coin"]


# ---------------------------------------------------------------- yardsticks

OPENAI, ANTHROPIC, META, XAI = 0, 1, 5, 6


def some_regimes(*names: str) -> Record:
    """Some of the regimes of the record as shipped."""
    past = read_record().changed()
    rows = [past.regimes.index(name) for name in names]
    return past._replace(regimes=names, joined=past.joined[rows], doubtful=past.doubtful[rows])


def test_rates_count_half_of_who_was_asked_by_a_coin_and_of_who_joined_in_part() -> None:
    """All seven joined in Seoul; the institute asked each with 1/2, and the first two joined; OpenAI and Meta, no."""
    record = some_regimes("seoul-2024", "aisi-2024-few-asked", "uk-access-2024")
    assert record.labs[:2] + record.labs[5:] == ("openai", "anthropic", "meta", "xai")
    found = backtest.yardsticks(record, "oecd-report-2025", np.ones(7, bool))
    rates = [(2 + 1) / (2.5 + 2), (2 + 1) / (1.5 + 2), (1 + 1) / (2.5 + 2), (1 + 1) / (1.5 + 2)]
    where = [OPENAI, ANTHROPIC, META, XAI]
    here = np.array([1 if its else 0 for its in backtest.asked_chances("oecd-report-2025", record.labs)])
    assert found["own rate"].labs[where] == pytest.approx(np.array(rates) * here[where])
    assert found["pooled rate"].labs == pytest.approx(here * 9 / (7 + 7 / 2 + 2))
    code = backtest.yardsticks(some_regimes("eu-code-2025"), "seoul-2024", np.ones(7, bool))
    assert code["own rate"].labs[[OPENAI, META, XAI]] == pytest.approx([2 / 3, 1 / 3, 1.5 / 3])
    assert code["pooled rate"].labs == pytest.approx(5.5 / 7)


def test_nobody_is_sure_however_many_joined() -> None:
    """All joined six times that a coin may have asked them: more often than they were asked, if coins are fair."""
    once = some_regimes("aisi-2024-few-asked")
    always = once._replace(regimes=once.regimes * 6, joined=np.ones((6, 7)), doubtful=np.zeros((6, 7), bool))
    found = backtest.yardsticks(always, "seoul-2024", np.ones(7, bool))
    for name in ("own rate", "pooled rate", "everybody"):
        assert found[name].labs == pytest.approx(0.99)
    assert found["coin"].labs == pytest.approx(0.5)


def test_a_regime_that_asked_by_a_coin_is_predicted_by_half_and_counted_over_known_labs() -> None:
    record = some_regimes("seoul-2024", "uk-access-2024")
    asked = np.zeros(7, bool)
    asked[[OPENAI, XAI]] = True
    found = backtest.yardsticks(record, "aisi-2024-few-asked", asked)
    assert found["coin"].labs == pytest.approx(0.25)
    assert found["coin"].counts == pytest.approx([0.75**2, 2 * 0.25 * 0.75, 0.25**2])
    assert found["everybody"].labs == pytest.approx(0.495)
    openai, xai = 2 / 4 / 2, 2 / 3 / 2  # joined 1 of 2 and 1 of 1
    assert found["own rate"].labs[[OPENAI, XAI]] == pytest.approx([openai, xai])
    one = openai * (1 - xai) + xai * (1 - openai)
    assert found["own rate"].counts == pytest.approx([(1 - openai) * (1 - xai), one, openai * xai])
