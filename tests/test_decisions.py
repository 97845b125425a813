"""Decisions on record: read as they stand, settled by the model's drafting, scored as by hand, and blind in folds."""

import contextlib
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.measures.clusters import clustered, coverage, jackknife, sums_in
from experiments.measures.intervals import Interval, average
from experiments.yardsticks import decision_scores
from experiments.yardsticks.decision_finding import Decided
from experiments.yardsticks.decision_records import Actor, Record, read_decisions, read_split
from experiments.yardsticks.decision_scores import CAPITAL, NASH, OFFERS, WAYS, across, best, compare, score_all
from experiments.yardsticks.drafted import settle
from model.problems import BadInput
from model.rules.records import Bargaining
from model.scenario import SHIPPED, load

from .conftest import within
from .madeup import DECISIONS, SPLIT, decision_table
from .refusals import Case, assert_not_read, cases
from .test_cli import as_json, optin, refused

ACTORS = st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 100)), min_size=1, max_size=6)
AT, SHARE = st.floats(0, 100), st.floats(0, 3)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    (tmp_path / "made.csv").write_text(decision_table(*DECISIONS))
    return read_decisions(tmp_path / "made.csv")


def actors_of(pairs: list[tuple[float, float]]) -> list[Actor]:
    return [Actor(str(number), *pair) for number, pair in enumerate(pairs)]


def large(issues: int, generator: np.random.Generator) -> str:
    """A made-up record as large as the real one: issues of thirty actors, three to a proposal."""
    actors = ["com", *(f"x{number}" for number in range(29))]
    rows = [
        [f"i{n}", f"p{n // 3}", *map(str, generator.integers(101, size=60)), *map(str, generator.integers(101, size=2))]
        for n in range(issues)
    ]
    head = ["isnr", "prnr", *(f"p{actor}" for actor in actors), *(f"s{actor}" for actor in actors), "rp", "out"]
    return "\n".join("\t".join(line) for line in [head, *rows])


# ---------------------------------------------------------------- reading


def test_issues_are_kept_that_have_an_outcome_and_three_actors(record: Record) -> None:
    assert [decision.issue for decision in record.decisions] == ["a1", "a2", "b1"]
    assert record.decisions[1].actors == (Actor("com", 100, 50), Actor("at", 20, 50), Actor("be", 90, 100))
    assert math.isnan(record.decisions[0].reference)
    assert record.left_out == {"no outcome": 1, "fewer than 3 actors with position and salience": 1}
    assert record.file == "made.csv"


def test_quotes_ends_of_lines_and_other_columns_do_not_matter(tmp_path: Path, record: Record) -> None:
    lines = [line.split("\t") for line in decision_table(*DECISIONS).splitlines()]
    text = "\r\n".join("\t".join(f'"{cell}"' if cell else "" for cell in [*line, "more"]) for line in lines)
    (tmp_path / "quoted.csv").write_text(text)
    assert repr(read_decisions(tmp_path / "quoted.csv").decisions) == repr(record.decisions)


@pytest.mark.parametrize("case", cases("decisions"))
def test_what_a_record_may_not_say_is_refused_where_it_stands(case: Case, tmp_path: Path) -> None:
    assert_not_read(read_decisions, tmp_path, case)


@pytest.mark.parametrize("case", cases("split"))
def test_what_a_split_may_not_say_is_refused(case: Case, tmp_path: Path, record: Record) -> None:
    two = record._replace(decisions=(record.decisions[0], record.decisions[2]))
    assert_not_read(lambda path: read_split(path, two), tmp_path, case)


@given(st.integers(0, 150), st.binary(max_size=3), st.integers(0, 4))
def test_a_damaged_record_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, at: int, put: bytes, gone: int
) -> None:
    path, text = tmp_path_factory.getbasetemp() / "damaged.csv", decision_table(*DECISIONS).encode()
    path.write_bytes(text[:at] + put + text[at + gone :])
    with contextlib.suppress(BadInput):
        read_decisions(path)


# ---------------------------------------------------------------- one decision settled


@given(AT, st.floats(0.1, 100), AT, SHARE)
def test_with_one_actor_every_way_of_bargaining_gives_its_position(
    position: float, salience: float, reference: float, capital: float
) -> None:
    for bargaining in Bargaining:
        settled = settle([Actor("com", position, salience)], bargaining, 0, reference, capital, 2.0)
        assert settled == pytest.approx(position, abs=1e-9)


@given(ACTORS, AT, SHARE)
def test_actors_settle_between_their_positions(
    pairs: list[tuple[float, float]], reference: float, capital: float
) -> None:
    positions = [position for position, _ in pairs]
    for bargaining in Bargaining:
        settled = settle(actors_of(pairs), bargaining, 0, reference, capital, 2.0)
        assert min(positions) - 1e-9 <= settled <= max(positions) + 1e-9


@given(ACTORS)
def test_the_compromise_is_the_mean_weighted_by_salience(pairs: list[tuple[float, float]]) -> None:
    positions, saliences = zip(*pairs, strict=True)
    settled = settle(actors_of(pairs), Bargaining.COMPROMISE, 0, 0.0, 0.0, 2.0)
    assert settled == pytest.approx(np.average(positions, weights=saliences), abs=1e-9)


@given(ACTORS, AT)
def test_without_capital_the_pen_has_its_way(pairs: list[tuple[float, float]], reference: float) -> None:
    assert settle(actors_of(pairs), Bargaining.OFFERS, 0, reference, 0.0, 2.0) == pairs[0][0]


@pytest.mark.parametrize(("capital", "settled"), [(1.0, 100 - 80 / 1.8), (2.0, 40.0), (20.0, 40.0)])
def test_a_stalled_text_moves_as_by_hand(capital: float, settled: float) -> None:
    """The pen at 100, a staller at 20, reference point 0.

    By Zeuthen the staller's risk is 1 and the pen's (100 - 20) / 100, so that the text moves 1 / 1.8 of the way of
    80. A second stall takes it to the edge of the winset, 40, where it is as far from 20 as 0 is.
    """
    actors = actors_of([(100.0, 50.0), (20.0, 50.0), (90.0, 100.0)])
    assert settle(actors, Bargaining.OFFERS, 0, 0.0, capital, 2.0) == pytest.approx(settled)
    mirrored = [actor._replace(position=100.0 - actor.position) for actor in actors]
    assert settle(mirrored, Bargaining.OFFERS, 0, 100.0, capital, 2.0) == pytest.approx(100.0 - settled)


def test_nobody_stalls_who_likes_the_reference_point_no_better() -> None:
    assert settle(actors_of([(100.0, 50.0), (50.0, 50.0)]), Bargaining.OFFERS, 0, 0.0, 3.0, 2.0) == 100.0
    assert settle(actors_of([(100.0, 50.0), (0.0, 0.0)]), Bargaining.OFFERS, 0, 0.0, 3.0, 2.0) == 100.0  # no salience


def test_the_rules_are_as_the_baseline_ships_them() -> None:
    entries = load(SHIPPED / "baseline.yaml").entries
    ends = (entries["relations.capital"].distribution or {})["uniform"]
    assert (ends["low"] + ends["high"]) / 2 == CAPITAL
    assert entries["relations.nash_disagreement"].value == NASH


# ---------------------------------------------------------------- scores


def test_errors_are_those_worked_out_by_hand(record: Record) -> None:
    comparison = compare(record, [])
    expected = {  # misses on a1, a2 and b1
        "compromise": [2.5, 15.0, 0.0],
        "weighted mean": [2.5, 15.0, 0.0],
        "weighted median": [40.0, 30.0, 0.0],
        "unweighted mean": [10.0, 10.0, 0.0],
        "median": [10.0, 30.0, 0.0],
        "reference point": [60.0, 50.0],
        "Commission's position": [40.0, 40.0, 0.0],
        "offers": [60.0 - (100.0 - 80.0 / 1.8), 0.0],
    }
    for name, misses in expected.items():
        score = comparison.scores[name]
        assert score.issues == len(misses)
        assert score.mae.mean == pytest.approx(np.mean(misses)), name
        assert score.rmse.mean == pytest.approx(math.sqrt(np.mean(np.square(misses)))), name
    assert comparison.scores["median"].mae_excess.mean == pytest.approx((40 - 17.5) / 3)
    assert comparison.scores["offers"].mae_excess.mean == pytest.approx((60 - (100 - 80 / 1.8) - 15) / 2)
    assert comparison.scores["offers"].rmse_excess.mean == pytest.approx((80 / 1.8 - 40 - 15) / math.sqrt(2))


def test_the_interval_is_that_worked_out_by_hand(record: Record) -> None:
    """Without a the mean miss is 0, without b it is 8.75: an error of 4.375, times Student's 12.706."""
    mae = compare(record, []).scores["compromise"].mae
    assert mae.high - mae.mean == pytest.approx(4.375 * 12.7062, rel=1e-5)


@given(st.lists(st.integers(-100, 100), min_size=3, max_size=20))
def test_with_one_value_a_cluster_the_interval_of_a_mean_is_students(values: list[int]) -> None:
    sums = np.column_stack([np.ones(len(values)), values])
    expected, found = average(values), clustered(sums, lambda s: s[..., 1] / s[..., 0])
    assert list(found) == pytest.approx(list(expected), rel=1e-6, abs=1e-9, nan_ok=True)


def test_sums_are_taken_cluster_by_cluster_and_one_cluster_gives_no_interval() -> None:
    sums = sums_in(np.array(["b", "a", "b"]), np.array([[1.0, 5.0], [1.0, 7.0], [1.0, 9.0]]))
    assert sums.tolist() == [[1.0, 7.0], [2.0, 14.0]]
    interval = clustered(sums[:1], lambda s: s[..., 1] / s[..., 0])
    assert interval.mean == 7.0
    assert math.isnan(interval.low)
    assert math.isnan(interval.high)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("clusters", "shape", "least"),
    [(5, "normal", 0.92), (20, "normal", 0.93), (137, "normal", 0.94), (137, "exponential", 0.93)],
)
@pytest.mark.parametrize("alike", [0.0, 0.5, 1.0])
def test_intervals_hold_the_mean_as_often_as_they_say(clusters: int, shape: str, least: float, alike: float) -> None:
    """4,000 samples: a share of 0.94 has a standard error of 0.004."""
    generator = np.random.default_rng(3)
    sizes = generator.choice(np.repeat([1, 2, 3, 4, 5, 6], [30, 45, 32, 18, 9, 3]), size=(4000, clusters))

    def drawn(*size: int) -> np.ndarray:  # type: ignore[type-arg]
        return generator.standard_normal(size) if shape == "normal" else generator.exponential(1.0, size) - 1.0

    values = math.sqrt(alike) * drawn(4000, clusters, 1) + math.sqrt(1.0 - alike) * drawn(4000, clusters, 6)
    sums = np.stack([sizes, np.where(np.arange(6) < sizes[..., None], values, 0.0).sum(axis=-1)], axis=-1)
    mean, half = jackknife(sums, lambda s: s[..., 1] / s[..., 0])
    assert np.mean(np.abs(mean) <= half) >= least
    at_once = coverage(sums[0], lambda s: s[..., 1] / s[..., 0], generator, 500)
    assert 0.5 < at_once <= 1.0


# ---------------------------------------------------------------- folds


EXPECTED = np.array([[10.0, 10.0, 10.0, 10.0, np.nan], [20.0, 20.0, 20.0, 20.0, np.nan]])  # two candidates
OUTCOMES = np.array([10.0, 12.0, 20.0, 20.0, 50.0])
PROPOSALS = np.array(["a", "a", "b", "c", "c"])


def test_each_proposal_is_predicted_by_what_is_best_on_the_others() -> None:
    """The candidates miss a by 2 and 18, b and c each by 10 and 0."""
    assert best(EXPECTED, OUTCOMES) == 1  # 22 and 18 in all
    assert across(EXPECTED, OUTCOMES, PROPOSALS)[:4].tolist() == [20.0, 20.0, 10.0, 10.0]


@given(st.sampled_from("abc"), st.lists(AT, min_size=5, max_size=5))
def test_a_fold_never_sees_what_it_predicts(proposal: str, others: list[float]) -> None:
    own = proposal == PROPOSALS
    changed = np.where(own, others, OUTCOMES)
    before, after = across(EXPECTED, OUTCOMES, PROPOSALS), across(EXPECTED, changed, PROPOSALS)
    assert np.array_equal(before[own], after[own], equal_nan=True)


def test_other_outcomes_of_a_proposal_leave_what_is_expected_of_it(tmp_path: Path) -> None:
    """The whole way from the file: fitted rules expect the same of a proposal whatever came of it, and can change."""
    (tmp_path / "large.csv").write_text(large(30, np.random.default_rng(5)))
    decisions = read_decisions(tmp_path / "large.csv").decisions
    free = decision_scores.candidates(decisions)
    outcomes = np.array([decision.outcome for decision in decisions])
    proposals = np.array([decision.proposal for decision in decisions])
    own = proposals == "p4"
    for expected in free.values():
        before = across(expected, outcomes, proposals)
        for outcome in (0.0, 100.0):
            after = across(expected, np.where(own, outcome, outcomes), proposals)
            assert after[own].tolist() == before[own].tolist()
    bargain = free[decision_scores.FITTED_BARGAIN]
    assert across(bargain, bargain[0], proposals).tolist() == bargain[0].tolist()  # where it can be right, it is


def test_nothing_is_fitted_on_the_test_half(tmp_path: Path) -> None:
    (tmp_path / "large.csv").write_text(large(30, np.random.default_rng(6)))
    record = read_decisions(tmp_path / "large.csv")
    in_test = [number % 3 == 0 for number in range(30)]
    before = compare(record, in_test)
    others = [
        decision._replace(outcome=100.0 - decision.outcome) if tested else decision
        for decision, tested in zip(record.decisions, in_test, strict=True)
    ]
    after = compare(record._replace(decisions=tuple(others)), in_test)
    assert before.chosen_off_test == after.chosen_off_test
    assert before.on_test != after.on_test
    assert before.on_test["compromise"].issues == 10
    assert before.shared == 10


# ---------------------------------------------------------------- what is said


def test_the_first_line_says_who_does_not_beat_the_weighted_mean(record: Record) -> None:
    finding = Decided(compare(record, []))
    assert finding.headline().startswith("No way of bargaining in the model beats the weighted mean")
    assert "compromise is that mean" in finding.headline()
    scores = dict(finding.comparison.scores)
    scores[OFFERS] = scores[OFFERS]._replace(mae_excess=Interval(-2.0, -3.0, -1.0))
    better = Decided(finding.comparison._replace(scores=scores))
    assert better.headline().startswith("Offers beats the weighted mean")
    assert "), offers (" not in better.headline()
    scores[OFFERS] = scores[OFFERS]._replace(mae_excess=Interval(-2.0, -5.0, 1.0))  # by no more than chance
    assert Decided(finding.comparison._replace(scores=scores)).standing.better == []


def test_rules_that_can_tell_of_nothing_are_left_out(tmp_path: Path) -> None:
    rows = [row.rsplit(" ", 2)[0] + f" - {row.rsplit(' ', 1)[1]}" for row in DECISIONS]
    (tmp_path / "none.csv").write_text(decision_table(*rows))
    finding = Decided(compare(read_decisions(tmp_path / "none.csv"), []))
    assert OFFERS not in finding.comparison.scores
    assert "offers" not in finding.headline()
    json.dumps(finding.data(), allow_nan=False)


def test_scores_need_no_more_than_what_they_are_of() -> None:
    scores = score_all({"weighted mean": np.array([1.0, 2.0]), "none": np.full(2, np.nan)}, np.zeros(2), PROPOSALS[1:3])
    assert list(scores) == ["weighted mean"]


def test_the_command_leaves_data_a_page_and_a_figure(tmp_path: Path) -> None:
    made, split, out = tmp_path / "made.csv", tmp_path / "split.json", tmp_path / "out"
    made.write_text(decision_table(*DECISIONS))
    split.write_text(json.dumps({"assignment": SPLIT}))
    said = optin("yardstick", "decisions", str(made), str(split), "--out", str(out))
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("No way of bargaining in the model beats the weighted mean")
    assert (out / "figures" / "errors.png").stat().st_size > 10_000
    page = (out / "page.md").read_text()
    assert len(page.splitlines()) <= 40
    assert "`optin yardstick decisions made.csv split.json`" in page
    assert "10.34810/data53" in page
    data = as_json("yardstick", "decisions", str(made), "--out", str(out))
    assert data["files"][0]["sha256"][:12] in page
    assert data["test"] is None
    assert set(data["scores"]) >= set(WAYS)
    assert json.loads((out / "summary.json").read_text())["made_by"]["what"].startswith("yardstick-decisions")


def test_the_command_refuses_what_it_cannot_use(tmp_path: Path) -> None:
    (tmp_path / "split.json").write_text("{}")
    (tmp_path / "made.csv").write_text(decision_table(*DECISIONS))
    assert "no such file" in refused("yardstick", "decisions", str(tmp_path / "none.csv"))
    assert "DEU III is needed" in refused("yardstick", "decisions", "README.md")
    split = str(tmp_path / "split.json")
    assert 'found no "assignment"' in refused("yardstick", "decisions", str(tmp_path / "made.csv"), split)


@pytest.mark.slow
def test_a_record_as_large_as_the_real_one_takes_less_than_two_minutes(tmp_path: Path) -> None:
    (tmp_path / "large.csv").write_text(large(351, np.random.default_rng(7)))
    with within(120):
        said = optin("yardstick", "decisions", str(tmp_path / "large.csv"), "--out", str(tmp_path / "out"))
    assert said.returncode == 0
