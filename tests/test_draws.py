"""Luck is a function of (seed, block, name) and of nothing else, and a draw is a quantile of its distribution."""

import itertools
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from model.case import Run, runs_of_block
from model.draws import BLOCK, DECISIONS, draw_luck, draw_parameters, luck_of, quantile, stream, values_of
from model.jumps import Streams, go_on, streams_of
from model.problems import Mark
from model.scenario import SHIPPED, Entry, Scenario, load
from model.turns.luck import Luck, drawn

type Array = np.ndarray[Any, Any]

PROBABILITIES = np.linspace(0.001, 0.999, 999)
LAST = 1 - 2**-53  # the largest number that a generator's uniform draw can be
ERROR_RATE = 1e-4  # at which a test of chance fails a good generator; its seed is fixed, so it fails always or never


def parameter(form: str, **said: Any) -> Entry:
    """A parameter with this distribution."""
    return Entry("levers.any", "Any", "share", 0, 120, float, None, {form: said}, {}, Mark("here"))


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return load(SHIPPED / "baseline.yaml")


def changed(folder: Path, body: str) -> Scenario:
    path = folder / "case.yaml"
    path.write_text(f"extends: baseline.yaml\nquestion: What if?\n{body}", encoding="utf-8")
    return load(path)


def run_of(scenario: Scenario, number: int, seed: int = 1) -> Run:
    (run,) = runs_of_block(scenario, seed, number // BLOCK, range(number, number + 1))
    return run


def rounds_of(rounds: int) -> dict[str, int]:
    return dict.fromkeys(("drafting", "talks", "year"), rounds)


# ---------------------------------------------------------------- distributions


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-1, 0.5), (7, 120)])
def test_a_uniform_draw_is_the_uniform_quantile(low: float, high: float) -> None:
    expected = stats.uniform(low, high - low).ppf(PROBABILITIES)
    assert quantile(parameter("uniform", low=low, high=high), PROBABILITIES) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("low", "mode", "high"), [(0, 0.3, 1), (7, 7, 30), (7, 30, 30), (-1, -0.2, 0.5)])
def test_a_triangular_draw_is_the_triangular_quantile(low: float, mode: float, high: float) -> None:
    expected = stats.triang((mode - low) / (high - low), low, high - low).ppf(PROBABILITIES)
    drawn = quantile(parameter("triangular", low=low, mode=mode, high=high), PROBABILITIES)
    assert drawn == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("mean", "sd", "low", "high"),
    [(0.5, 0.1, 0, 1), (0.5, 10, 0, 1), (0, 0.2, 0, 1), (1, 0.2, 0, 1), (18, 6, 7, 60), (0.9, 0.01, -1, 1)],
)
def test_a_normal_draw_is_the_quantile_of_the_normal_cut_off_at_the_ends(
    mean: float, sd: float, low: float, high: float
) -> None:
    expected = stats.truncnorm((low - mean) / sd, (high - mean) / sd, mean, sd).ppf(PROBABILITIES)
    drawn = quantile(parameter("normal", mean=mean, sd=sd, low=low, high=high), PROBABILITIES)
    assert drawn == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("a", "b", "low", "high"), [(3, 8, 0, 1), (1, 1, 0, 1), (0.5, 0.5, 0, 1), (20, 2, 7, 60), (2, 3, -1, 0.5)]
)
def test_a_beta_draw_is_the_quantile_of_the_beta_stretched_between_the_ends(
    a: float, b: float, low: float, high: float
) -> None:
    expected = stats.beta(a, b, low, high - low).ppf(PROBABILITIES)
    assert quantile(parameter("beta", a=a, b=b, low=low, high=high), PROBABILITIES) == pytest.approx(expected, abs=1e-9)


FORMS = [
    parameter("uniform", low=0.1, high=0.3),
    parameter("triangular", low=0.1, mode=0.1, high=0.3),
    parameter("triangular", low=0.1, mode=0.3, high=0.3),
    parameter("normal", mean=0.1, sd=0.001, low=0.1, high=0.3),
    parameter("normal", mean=0.2, sd=1e6, low=0.1, high=0.3),
    parameter("beta", a=1e-3, b=1e-3, low=0.1, high=0.3),
    parameter("beta", a=1e6, b=1e6, low=0.1, high=0.3),
    parameter("choice", values=[0.1, 0.2, 0.3], weights=[1, 1e6, 1]),
]


@pytest.mark.parametrize("entry", FORMS, ids=lambda entry: entry.shown())
def test_every_draw_lies_between_the_ends_and_grows_with_luck(entry: Entry) -> None:
    drawn = quantile(entry, np.array([0.0, *PROBABILITIES, LAST]))
    assert drawn.min() >= 0.1
    assert drawn.max() <= 0.3
    assert np.all(np.diff(drawn) >= 0)


def test_each_value_is_chosen_as_often_as_its_weight_says() -> None:
    entry = parameter("choice", values=[6, 4, 5], weights=[1, 2, 1])  # weights need not sum to 1, nor values be sorted
    drawn = quantile(entry, np.array([0.0, 0.2499, 0.25, 0.5, 0.7499, 0.75, LAST])).tolist()
    assert drawn == [6, 6, 4, 4, 4, 5, 5]


def test_words_are_chosen_like_numbers() -> None:
    entry = parameter("choice", values=["median", "nash"], weights=[3, 1])
    assert quantile(entry, np.array([0.0, 0.74, 0.76])).tolist() == ["median", "median", "nash"]


def test_the_baseline_draws_its_quorum_as_often_as_its_weights_say(tmp_path: Path) -> None:
    body = "levers: {quorum_labs: {distribution: {choice: {values: [4, 5, 6], weights: [1, 2, 1]}}, source: clock}}\n"
    entry = changed(tmp_path, body).entries["levers.quorum_labs"]
    drawn = np.concatenate([draw_parameters([entry], 1, block)[entry.path] for block in range(40)])
    counts = [int((drawn == labs).sum()) for labs in (4, 5, 6)]
    assert sum(counts) == 40 * BLOCK
    assert stats.chisquare(counts, np.array([1, 2, 1]) * 10 * BLOCK).pvalue > ERROR_RATE


def test_a_drawn_count_is_a_whole_number_and_a_drawn_word_a_word(tmp_path: Path) -> None:
    body = """\
levers:
  quorum_labs: {distribution: {choice: {values: [4, 5], weights: [1, 1]}}, source: clock}
relations:
  bargaining: {distribution: {choice: {values: [median, nash], weights: [1, 1]}}, source: clock}
"""
    run = run_of(changed(tmp_path, body), 0)
    assert type(run.values["levers.quorum_labs"]) is int
    assert run.values["relations.bargaining"] in ("median", "nash")
    assert run.case.relations.bargaining.name.lower() == run.values["relations.bargaining"]


# ---------------------------------------------------------------- streams


def test_every_seed_block_and_name_has_a_stream_of_its_own() -> None:
    seeds, blocks = (0, 1, 2, 2**32, 2**63 - 1), (0, 1, 2)
    names = (
        ("luck", "openai", "turn"),
        ("luck", "openai", "pledge"),
        ("luck", "meta", "turn"),
        ("parameter", "openai"),
    )
    streams = [stream(seed, block, *name).random(4) for seed in seeds for block in blocks for name in names]
    assert len({tuple(draws.tolist()) for draws in streams}) == 5 * 3 * 4


def test_a_stream_is_the_same_whenever_it_is_asked_for() -> None:
    first = stream(1, 2, "luck", "openai", "turn").random(100)
    stream(1, 2, "luck", "meta", "turn").random(100)
    assert np.array_equal(first, stream(1, 2, "luck", "openai", "turn").random(100))


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
def test_a_stream_is_uniform(seed: int) -> None:
    assert stats.kstest(stream(seed, 0, "luck", "openai", "turn").random(10_000), "uniform").pvalue > ERROR_RATE


def test_the_first_draws_of_many_streams_are_uniform() -> None:
    first = [stream(1, block, "parameter", f"levers.number_{n}").random() for block in range(20) for n in range(100)]
    assert stats.kstest(first, "uniform").pvalue > ERROR_RATE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1, 0, "luck", "openai", "turn"), (1, 0, "luck", "openai", "attend")),
        ((1, 0, "luck", "openai", "turn"), (1, 1, "luck", "openai", "turn")),
        ((1, 0, "luck", "openai", "turn"), (2, 0, "luck", "openai", "turn")),
    ],
)
def test_two_streams_are_not_correlated(one: Any, other: Any) -> None:
    assert stats.pearsonr(stream(*one).random(10_000), stream(*other).random(10_000)).pvalue > ERROR_RATE


# ---------------------------------------------------------------- whose luck, and when


def test_the_luck_of_a_stakeholder_does_not_depend_on_who_else_is_there() -> None:
    alone = draw_luck({"openai": "lab"}, rounds_of(5), seed=1, block=0)
    among = draw_luck(
        {"nsa": "agency", "aaa": "lab", "openai": "lab", "president": "president"}, rounds_of(5), seed=1, block=0
    )
    for decision in DECISIONS["lab"]:
        assert np.array_equal(alone["openai", decision], among["openai", decision])


def test_two_labs_do_not_share_their_luck() -> None:
    luck = draw_luck({"openai": "lab", "meta": "lab"}, rounds_of(5), seed=1, block=0)
    for one, other in itertools.combinations(luck.values(), 2):
        assert not np.array_equal(one, other)


def test_the_first_rounds_are_the_same_however_many_are_drawn() -> None:
    few, many = (draw_luck({"openai": "lab"}, rounds_of(rounds), seed=1, block=0) for rounds in (3, 30))
    for key, draws in few.items():
        assert draws.shape == (1 if key == ("agencies", "slippage") else 3, BLOCK)
        assert np.array_equal(draws, many[key][: len(draws)])


def test_the_luck_of_a_run_is_one_draw_for_each_round() -> None:
    drawn = draw_luck({"openai": "lab"}, rounds_of(3), seed=1, block=2)
    luck = luck_of(drawn, 2 * BLOCK + 7)
    assert luck["openai", "turn"] == [drawn["openai", "turn"][week, 7] for week in range(3)]


def test_nobody_has_the_same_luck_in_two_runs_of_a_block(baseline: Scenario) -> None:
    draws = draw_luck(baseline.kinds, rounds_of(1), seed=1, block=0)["openai", "turn"]
    assert len(np.unique(draws)) == BLOCK


def test_a_new_lab_moves_nobody_elses_luck_or_parameters(tmp_path: Path, baseline: Scenario) -> None:
    without = run_of(changed(tmp_path, "stakeholders: {meta: null}\n"), 5)
    whole = run_of(baseline, 5)
    assert without.luck == {key: draws for key, draws in whole.luck.items() if key[0] != "meta"}
    assert without.values == {
        path: value for path, value in whole.values.items() if not path.startswith("stakeholders.meta.")
    }


# ---------------------------------------------------------------- runs


@pytest.mark.slow
@pytest.mark.parametrize("number", [3, BLOCK - 1, BLOCK, 5 * BLOCK + 3])
def test_a_run_is_the_same_alone_and_among_others(baseline: Scenario, number: int) -> None:
    block = number // BLOCK
    whole = runs_of_block(baseline, seed=1, block=block, numbers=range(block * BLOCK, (block + 1) * BLOCK))
    assert [run.number for run in whole] == list(range(block * BLOCK, (block + 1) * BLOCK))
    assert run_of(baseline, number) == whole[number % BLOCK]


def test_more_rounds_of_luck_leave_the_parameters_and_the_first_rounds_as_they_were(baseline: Scenario) -> None:
    (longer,) = runs_of_block(baseline, 1, 0, range(3, 4), more_talks=10)
    run = run_of(baseline, 3)
    assert longer.values == run.values
    assert {key: draws[: len(run.luck[key])] for key, draws in longer.luck.items()} == run.luck
    assert len(longer.luck["openai", "turn"]) == len(run.luck["openai", "turn"]) + 10


@pytest.mark.parametrize("number", [0, 100, BLOCK - 1, BLOCK, BLOCK + 100])
def test_a_run_takes_its_own_draw_of_its_block(baseline: Scenario, number: int) -> None:
    block, place = divmod(number, BLOCK)
    drawn = draw_parameters(baseline.entries.values(), 1, block)
    values = run_of(baseline, number).values
    assert {path: values[path] for path in drawn} == {path: draws[place] for path, draws in drawn.items()}


def test_a_run_has_its_own_values_and_luck(baseline: Scenario) -> None:
    one, other = run_of(baseline, 3), run_of(baseline, BLOCK + 3)
    drawn = [path for path, entry in baseline.entries.items() if entry.distribution is not None]
    differing = [path for path in drawn if one.values[path] != other.values[path]]
    assert len(differing) > len(drawn) / 2  # a choice among few values may well be the same
    assert all(one.luck[key] != other.luck[key] for key in one.luck)


@pytest.mark.parametrize("seed", [1, 2**63 - 1])
def test_seed_0_is_a_seed_like_any_other(baseline: Scenario, seed: int) -> None:
    nought, other = run_of(baseline, 0, seed=0), run_of(baseline, 0, seed)
    assert nought == run_of(baseline, 0, seed=0)
    assert nought.values != other.values
    assert nought.luck != other.luck


# ---------------------------------------------------------------- parameters


def test_a_distribution_elsewhere_does_not_move_a_parameter(tmp_path: Path, baseline: Scenario) -> None:
    said = "{distribution: {uniform: {low: 0, high: 1}}, source: {assumption: why}}"
    more = changed(tmp_path, f"levers: {{secrecy: {said}}}\n")
    before = draw_parameters(baseline.entries.values(), seed=1, block=0)
    after = draw_parameters(more.entries.values(), seed=1, block=0)
    assert set(after) == {*before, "levers.secrecy"}
    for path, draws in before.items():
        assert np.array_equal(draws, after[path])


def test_a_run_keeps_its_place_in_a_distribution_whose_ends_move(tmp_path: Path) -> None:
    def places(low: float, high: float) -> Array:
        said = f"{{distribution: {{uniform: {{low: {low}, high: {high}}}}}, source: {{assumption: why}}}}"
        entries = changed(tmp_path, f"levers: {{secrecy: {said}}}\n").entries
        drawn: Array = draw_parameters(entries.values(), seed=1, block=0)["levers.secrecy"]
        return (drawn - low) / (high - low)

    assert places(0, 1) == pytest.approx(places(0.25, 0.5), abs=1e-12)


def test_what_has_no_distribution_has_its_value_in_every_run(tmp_path: Path) -> None:
    scenario = changed(tmp_path, "levers: {secrecy: 0.25}\nrelations: {bargaining: nash}\n")
    drawn = draw_parameters(scenario.entries.values(), seed=1, block=0)
    assert "levers.secrecy" not in drawn
    for run in (0, 1, BLOCK - 1):
        values = values_of(scenario, drawn, run)
        assert (values["levers.secrecy"], values["relations.bargaining"]) == (0.25, "nash")
        assert set(values) == set(scenario.entries)


# ---------------------------------------------------------------- draws from a joint distribution

JOINT = """relations:
  goodwill_weight: {distribution: {draws: {values: [0.1, 0.3, 0.2]}}, source: {assumption: why}}
  peer_weight: {distribution: {draws: {values: [1, 1.5, 0.5]}}, source: {assumption: why}}
"""


def test_a_run_takes_the_same_draw_of_every_parameter_given_as_draws(tmp_path: Path) -> None:
    drawn = draw_parameters(changed(tmp_path, JOINT).entries.values(), seed=1, block=0)
    together = list(zip(drawn["relations.goodwill_weight"], drawn["relations.peer_weight"], strict=True))
    assert set(together) == {(0.1, 1.0), (0.3, 1.5), (0.2, 0.5)}
    counts = [together.count(pair) for pair in set(together)]
    assert stats.chisquare(counts).pvalue > ERROR_RATE


def test_draws_move_no_other_parameter(tmp_path: Path, baseline: Scenario) -> None:
    apart = draw_parameters(baseline.entries.values(), seed=1, block=0)
    drawn = draw_parameters(changed(tmp_path, JOINT).entries.values(), seed=1, block=0)
    others = apart.keys() - {"relations.goodwill_weight", "relations.peer_weight"}
    assert all(np.array_equal(drawn[path], apart[path]) for path in others)
    assert drawn.keys() == apart.keys()


def test_a_quantile_of_draws_is_the_draw_of_that_rank() -> None:
    at = quantile(parameter("draws", values=[30, 10, 20, 40]), np.array([0, 0.24, 0.26, 0.51, 0.99, LAST]))
    assert at.tolist() == [10, 10, 20, 30, 40, 40]


@settings(max_examples=60)
@given(st.integers(0, 2**63), st.integers(0, 2**32), st.integers(0, BLOCK - 1), st.integers(0, 599))
def test_a_jump_gives_the_draw_that_numpy_gives(seed: int, block: int, run: int, week: int) -> None:
    """Any run and week of a stream, bit for bit, as compiled code reads it and where nothing is compiled."""
    name = ("luck", "openai", "release")
    expected = stream(seed, block, *name).random((week + 1, BLOCK))[week, run]
    streams = streams_of([("luck", "other"), name], seed, block, run, week + 1)
    with np.errstate(over="ignore"):
        assert streams.jump(1, week) == expected
    assert read(Luck(streams, None, None), 1, week) == expected


def test_every_stream_goes_on_to_the_next_run() -> None:
    names = [("luck", str(number)) for number in range(5)]
    streams = streams_of(names, 3, 1, 7, 2)
    for run in range(7, 20):
        expected = [stream(3, 1, *name).random((2, BLOCK))[1, run] for name in names]
        assert [read(Luck(streams, None, None), number, 1) for number in range(5)] == expected
        advance(streams)


@numba.njit
def read(luck: Luck, number: int, week: int) -> float:
    return drawn(luck, number, week)


@numba.njit
def advance(streams: Streams) -> None:
    go_on(streams)
