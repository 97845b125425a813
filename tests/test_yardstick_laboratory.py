"""Choices in a laboratory: pivotality by hand and as in the model's rule, and weights that are recovered."""

from pathlib import Path

import numpy as np
import pytest

from experiments.measures.intervals import Interval
from experiments.yardsticks.laboratory import compare
from experiments.yardsticks.laboratory_choices import (
    Choices,
    completing,
    credited,
    met_without,
    others_join,
    read_choices,
)
from experiments.yardsticks.laboratory_fits import (
    BY_THRESHOLD,
    LEAVERS,
    MAIN,
    MODEL,
    POOLED,
    STAYERS,
    WITHIN,
    predict,
    sure,
    weights,
)
from model.rules.opting_in import pivotality
from model.rules.records import Others

from .madeup import as_text, choice_rows
from .test_published_results import LAB, LEVERS


def read(path: Path, rows: list[list[str]]) -> Choices:
    (path / "choices.csv").write_text(as_text(rows))
    return read_choices(path / "choices.csv")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Choices:
    return read(tmp_path_factory.mktemp("many"), choice_rows(400, 6.0, 2.0))


# ---------------------------------------------------------------- pivotality


def test_how_many_others_join_is_worked_out_by_hand() -> None:
    assert others_join(np.array([0.5]))[0] == pytest.approx(np.array([1, 4, 6, 4, 1]) / 16)
    assert others_join(np.array([0.0, 1.0])).tolist() == [[1, 0, 0, 0, 0], [0, 0, 0, 0, 1]]


@pytest.mark.parametrize(
    ("share", "threshold", "completes", "met"),
    [(0.5, 2, 4 / 16, 11 / 16), (0.5, 5, 1 / 16, 0.0), (1.0, 5, 1.0, 0.0), (1.0, 2, 0.0, 1.0), (0.0, 2, 0.0, 0.0)],
)
def test_what_ones_own_joining_does_is_worked_out_by_hand(
    share: float, threshold: int, completes: float, met: float
) -> None:
    one, at = np.array([share]), np.array([threshold])
    assert completing(one, at)[0] == pytest.approx(completes)
    assert met_without(one, at)[0] == pytest.approx(met)


@pytest.mark.parametrize("threshold", [1, 2, 3, 4, 5])
def test_the_split_credit_is_what_is_expected_of_the_models_rule(threshold: int) -> None:
    levers = LEVERS._replace(quorum_labs=threshold)
    rule = [pivotality(LAB, Others(others, 0.0, 0.0), levers) for others in range(5)]
    for share in (0.0, 0.3, 0.8, 1.0):
        expected = others_join(np.array([share]))[0] @ rule
        assert credited(np.array([share]), np.array([threshold]))[0] == pytest.approx(expected)


# ---------------------------------------------------------------- reading


def test_beliefs_are_shares_of_all_and_of_those_who_stay(tmp_path: Path) -> None:
    rows = choice_rows(20)
    rows += [
        ["q", "F", "2", "C", "6", "9", "15"],
        ["q", "F", "4", "L", "0", "0", "30"],
        ["q", "A", "2", "D", "6", "24", ""],
    ]
    its = read(tmp_path, rows)
    assert its.share[-3:].tolist() == [0.2, 0.0, 0.2]
    assert its.share_of_stayers[-3] == 0.4
    assert np.isnan(its.share_of_stayers[-2])
    assert its.joins[-3:].tolist() == [1.0, 0.0, 0.0]
    assert its.person[-3:].tolist() == [20] * 3
    some = its.where(its.person >= 19)
    assert sorted(set(some.person.tolist())) == [0, 1]


# ---------------------------------------------------------------- weights


def within_three_errors(interval: Interval, truth: float) -> bool:
    return abs(interval.mean - truth) < 3.0 * interval.half_width / 1.96


def test_known_weights_are_recovered(many: Choices) -> None:
    its = weights(many)
    for name in (MAIN, LEAVERS):
        assert within_three_errors(its[name].company, 6.0)
        assert within_three_errors(its[name].pivotality, 2.0)
        assert within_three_errors(its[name].ratio, 1 / 3)
    assert within_three_errors(its[WITHIN].company, 6.0)
    assert its[STAYERS].choices < its[LEAVERS].choices + 1


@pytest.mark.slow
def test_the_interval_of_pivotality_holds_the_truth_at_the_stated_rate(tmp_path: Path) -> None:
    held = 0
    for seed in range(60):
        its = read(tmp_path, choice_rows(60, 5.0, 0.0, seed))
        pivotal = weights(its)[MAIN].pivotality
        held += pivotal.low <= 0.0 <= pivotal.high
    assert 51 <= held <= 60  # of 60 intervals of 95%; fewer than 51 come about once in 1,300 times


def test_those_who_are_sure_are_counted_by_what_their_joining_does() -> None:
    choices = Choices(
        np.arange(5),
        np.zeros(5, dtype=bool),
        np.array([2, 2, 5, 5, 5]),
        np.array([1.0, 0.0, 1.0, 0.0, 0.0]),
        np.array([1.0, 1.0, 1.0, 0.1, 0.8]),
        np.array([1.0, 1.0, 1.0, 0.1, 0.8]),
    )
    met, completes, missed = sure(choices).values()
    assert (met[0].mean, met[1]) == (0.5, 2)
    assert (completes[0].mean, completes[1]) == (1.0, 1)
    assert (missed[0].mean, missed[1]) == (0.0, 1)


# ---------------------------------------------------------------- persons left out


def test_a_fold_never_sees_the_persons_that_it_predicts(many: Choices) -> None:
    held = many.where(~many.may_leave)
    out = held.person % 10 == 3
    other = held._replace(joins=np.where(out, 1.0 - held.joins, held.joins))
    before, after = predict(held), predict(other)
    assert all(np.array_equal(before[name][out], after[name][out]) for name in before)
    assert not np.array_equal(before[MODEL][~out], after[MODEL][~out])


def test_simple_rates_are_those_of_the_other_persons(many: Choices) -> None:
    held = many.where(~many.may_leave)
    out = held.person % 10 == 3
    its = predict(held)
    assert its[POOLED][out] == pytest.approx(held.joins[~out].mean(), abs=1e-5)
    at_four = out & (held.threshold == 4)
    assert its[BY_THRESHOLD][at_four] == pytest.approx(held.joins[~out & (held.threshold == 4)].mean(), abs=1e-4)


def test_where_pivotality_is_all_that_counts_the_text_says_so(tmp_path: Path) -> None:
    (tmp_path / "choices.csv").write_text(as_text(choice_rows(200, 0.0, 4.0)))
    its = compare([tmp_path / "choices.csv"], 1, 1)
    assert its.headline().startswith("Joining does not clearly move with expected company")
    assert "and rises with pivotality" in its.headline()
    assert "it beats company alone" in its.headline()
