"""Sweep files: which points they ask for, and that what cannot be used is refused with its place and a reason."""

import functools
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy import stats

from experiments.plans.design import Plan
from experiments.plans.sweepfile import read_sweep
from model.problems import BadInput
from model.scenario import SHIPPED, Scenario, load

from .conftest import ROOT, SECONDS, within
from .refusals import Case, assert_refused, cases, written
from .test_cli import refused

SWEEPS = sorted((ROOT / "experiments" / "sweeps").glob("*.yaml"))
HEAD = "question: Which?\nscenario: baseline.yaml\n"  # so the body of a case begins in line 3
TABLED = f"{HEAD}design: table\ntable: points.csv\nvary: [levers.secrecy, levers.quorum_labs]\n"
COLUMNS = "levers.secrecy,levers.quorum_labs\n"
UNIFORM = {"low": 0.2, "high": 0.7}
TRIANGULAR = {"low": 0.1, "mode": 0.2, "high": 0.8}
NORMAL = {"mean": 0.3, "sd": 0.2, "low": 0.0, "high": 1.0}
BETA = {"a": 2, "b": 5, "low": 0.0, "high": 0.5}
SPREAD = f"""\
extends: baseline.yaml
question: What if?
levers:
  quorum_share: {{distribution: {{uniform: {UNIFORM}}}, source: {{assumption: a test}}}}
  protection: {{distribution: {{triangular: {TRIANGULAR}}}, source: {{assumption: a test}}}}
  secrecy: {{distribution: {{normal: {NORMAL}}}, source: {{assumption: a test}}}}
  side_deals: {{distribution: {{beta: {BETA}}}, source: {{assumption: a test}}}}
  quorum_labs: {{distribution: {{choice: {{values: [3, 5, 9], weights: [1, 2, 1]}}}}, source: {{assumption: a test}}}}
relations:
  bargaining: {{distribution: {{choice: {{values: [nash, median], weights: [3, 1]}}}}, source: {{assumption: a test}}}}
"""
DECLARED = {  # what SPREAD says, as scipy has it
    "levers.quorum_share": stats.uniform(0.2, 0.5),
    "levers.protection": stats.triang((0.2 - 0.1) / (0.8 - 0.1), 0.1, 0.7),
    "levers.secrecy": stats.truncnorm((0.0 - 0.3) / 0.2, (1.0 - 0.3) / 0.2, 0.3, 0.2),
    "levers.side_deals": stats.beta(2, 5, 0.0, 0.5),
}


@pytest.fixture(autouse=True, scope="module")
def shipped_scenarios_are_read_once() -> Iterator[None]:
    """Reading the baseline anew for each of hundreds of cases would take most of the time."""
    once = functools.cache(load)

    def reading(path: Path, changes: Iterable[str] = (), *more: Any) -> Scenario:
        return (once if path.parent == SHIPPED else load)(path, tuple(changes), *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.plans.sweepfile.load", reading)
        yield


def planned(folder: Path, text: str | bytes, table: str | bytes | None = None, *changes: str, **said: Any) -> Plan:
    """The plan of a sweep file of this text, called ``case.yaml``, beside a table called ``points.csv``."""
    for name, its in (("case.yaml", text), ("points.csv", table)):
        if its is not None:
            (folder / name).write_bytes(its if isinstance(its, bytes) else its.encode())
    (folder / "spread.yaml").write_text(SPREAD)
    with within(SECONDS):
        return read_sweep(folder / "case.yaml", changes, **said)


def points(folder: Path, text: str, table: str | None = None, **said: Any) -> tuple[tuple[float | str, ...], ...]:
    return planned(folder, text, table, **said).points


def values(folder: Path, design: str, count: int, levels: str, **said: Any) -> list[Any]:
    """The values of the first of the parameters that vary as told, with SPREAD as the scenario."""
    text = f"question: Which?\nscenario: spread.yaml\ndesign: {design}\npoints: {count}\nvary: {{{levels}}}\n"
    return [point[0] for point in points(folder, text, **said)]


def refusals(folder: Path, *changes: str, seconds: int = SECONDS) -> list[str]:
    """Every problem that is reported for the sweep file in a folder, with paths as seen from there."""
    with within(seconds), pytest.raises(BadInput) as caught:
        read_sweep(folder / "case.yaml", changes)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


@pytest.mark.parametrize("case", cases("sweep"))
def test_what_a_sweep_may_not_say_is_refused_where_it_stands(case: Case, tmp_path: Path) -> None:
    changes = written(tmp_path, case)
    assert_refused(refusals(tmp_path, *changes, seconds=int(case["seconds"])), case)


# ---------------------------------------------------------------- what a file says


def test_what_is_not_said_has_its_default(tmp_path: Path) -> None:
    plan = planned(tmp_path, f"{HEAD}vary: {{levers.secrecy: [0.1, 0.2]}}\n")
    assert (plan.runs, plan.measures, plan.design, plan.precision) == (200, ("adopted",), "grid", None)


def test_what_is_said_is_in_the_plan(tmp_path: Path) -> None:
    body = "title: T\nruns: 30\nseed: 7\nprecision: 0.02\nmax_runs: 50\nmeasures: [durable, joined.meta]\n"
    plan = planned(tmp_path, f"{HEAD}{body}vary: {{levers.secrecy: [0.1, 0.2]}}\n")
    assert (plan.name, plan.title, plan.question, plan.scenario.name) == ("case", "T", "Which?", "baseline")
    assert (plan.runs, plan.seed, plan.precision, plan.max_runs) == (30, 7, 0.02, 50)
    assert plan.measures == ("durable", "joined.meta")
    assert plan.varied == ("levers.secrecy",)


def test_the_command_line_takes_the_place_of_what_the_file_says(tmp_path: Path) -> None:
    text = f"{HEAD}runs: 30\nseed: 7\nprecision: 0.02\nmax_runs: 50\nvary: {{levers.secrecy: [0.1, 0.2]}}\n"
    plan = planned(tmp_path, text, runs=40, seed=0, precision=0.5, max_runs=60)
    assert (plan.runs, plan.seed, plan.precision, plan.max_runs) == (40, 0, 0.5, 60)


def test_a_setting_reaches_the_scenario(tmp_path: Path) -> None:
    plan = planned(tmp_path, f"{HEAD}vary: {{levers.quorum_labs: [3, 4]}}\n", None, "levers.secrecy=0.25")
    assert plan.scenario.entries["levers.secrecy"].value == 0.25


def test_a_scenario_beside_the_sweep_comes_before_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "june-order.yaml").write_text("extends: baseline.yaml\nquestion: Mine?\n")
    plan = planned(tmp_path, "question: Which?\nscenario: june-order.yaml\nvary: {levers.secrecy: [0.1, 0.2]}\n")
    assert plan.scenario.question == "Mine?"


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_every_shipped_sweep_reads_well_and_is_small_enough_to_try_at_once(path: Path) -> None:
    plan = read_sweep(path)
    said = path.read_text(encoding="utf-8")
    assert f"title: {plan.title}\n" in said
    assert f"question: {plan.question}\n" in said
    assert len(plan.points) * plan.runs <= 100_000


def test_sweeps_are_shipped() -> None:
    assert SWEEPS


# ---------------------------------------------------------------- grid


def test_a_grid_has_every_combination_with_the_last_parameter_fastest(tmp_path: Path) -> None:
    text = f"{HEAD}vary:\n  relations.bargaining: [nash, median]\n  levers.quorum_labs: [5, 3, 4]\n"
    expected = (("nash", 5), ("nash", 3), ("nash", 4), ("median", 5), ("median", 3), ("median", 4))
    assert points(tmp_path, text) == expected


def test_a_range_is_cut_into_even_steps_with_both_ends(tmp_path: Path) -> None:
    said = points(tmp_path, f"{HEAD}vary: {{stakeholders.meta.stance: {{low: -1, high: 1, steps: 5}}}}\n")
    assert [point[0] for point in said] == pytest.approx([-1, -0.5, 0, 0.5, 1])


def test_a_range_of_whole_numbers_is_rounded(tmp_path: Path) -> None:
    said = points(tmp_path, f"{HEAD}vary: {{levers.quorum_labs: {{low: 0, high: 10, steps: 4}}}}\n")
    assert said == ((0,), (3,), (7,), (10,))  # 3 1/3 and 6 2/3 between them
    assert all(type(point[0]) is int for point in said)


@given(low=st.integers(0, 19), span=st.integers(1, 20), share=st.floats(0, 1))
@settings(max_examples=15)
def test_rounding_never_makes_one_point_of_two(
    tmp_path_factory: pytest.TempPathFactory, low: int, span: int, share: float
) -> None:
    high = min(20, low + span)
    steps = 2 + math.floor(share * (high - low - 1))
    text = f"{HEAD}vary: {{levers.quorum_labs: {{low: {low}, high: {high}, steps: {steps}}}}}\n"
    said = [point[0] for point in points(tmp_path_factory.mktemp("whole"), text)]
    assert (len(set(said)), said[0], said[-1]) == (steps, low, high)


def test_a_whole_number_with_a_point_is_that_whole_number(tmp_path: Path) -> None:
    said = points(tmp_path, f"{HEAD}vary: {{levers.quorum_labs: [3.0, 4]}}\n")
    assert said == ((3,), (4,))
    assert type(said[0][0]) is int


def test_a_plan_tells_what_changes_at_a_point(tmp_path: Path) -> None:
    plan = planned(tmp_path, f"{HEAD}vary: {{levers.secrecy: [0.1], levers.quorum_labs: [3, 4]}}\n")
    assert plan.changes(1) == {"levers.secrecy": 0.1, "levers.quorum_labs": 4}


# ---------------------------------------------------------------- Latin hypercube, Sobol, random

SAMPLED = ["lhs", "sobol", "random"]


def strata(probabilities: list[float]) -> list[int]:
    """In which of as many equal parts of [0, 1] as there are numbers each of them lies, sorted."""
    return sorted(math.floor(its * len(probabilities)) for its in probabilities)


def test_a_latin_hypercube_has_one_value_in_each_stratum_of_a_range(tmp_path: Path) -> None:
    said = values(tmp_path, "lhs", 37, "stakeholders.meta.stance: {low: -1, high: 0.5}, levers.secrecy: [0, 1]")
    assert strata([(value + 1) / 1.5 for value in said]) == list(range(37))


@pytest.mark.parametrize("path", DECLARED)
def test_a_latin_hypercube_has_one_value_in_each_stratum_of_a_distribution(tmp_path: Path, path: str) -> None:
    said = values(tmp_path, "lhs", 50, f"{path}: declared, levers.opening.foreign_lag_days: {{low: 0, high: 9}}")
    assert strata(list(DECLARED[path].cdf(said))) == list(range(50))


@pytest.mark.parametrize("design", ["lhs", "sobol"])
@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("levers.quorum_labs: {low: 2, high: 5}", {2: 16, 3: 16, 4: 16, 5: 16}),
        ("levers.quorum_labs: [7, 4]", {7: 32, 4: 32}),
        ("levers.quorum_labs: declared", {3: 16, 5: 32, 9: 16}),
        ("relations.bargaining: [nash, median]", {"nash": 32, "median": 32}),
        ("relations.bargaining: declared", {"nash": 48, "median": 16}),
    ],
)
def test_whole_numbers_and_words_come_as_often_as_their_weights_say(
    tmp_path: Path, design: str, levels: str, expected: dict[Any, int]
) -> None:
    said = values(tmp_path, design, 64, levels + ", levers.secrecy: declared")
    assert Counter(said) == expected
    assert {type(value) for value in said} == {type(value) for value in expected}


@pytest.mark.parametrize("count", [2, 64])
def test_the_points_of_sobol_are_balanced(tmp_path: Path, count: int) -> None:
    ranges = {"levers.secrecy": (0.25, 0.75), "stakeholders.meta.stance": (-1, 1), "levers.review_capacity": (10, 20)}
    vary = "".join(f"  {path}: {{low: {low}, high: {high}}}\n" for path, (low, high) in ranges.items())
    said = points(tmp_path, f"{HEAD}design: sobol\npoints: {count}\nvary:\n{vary}")
    for column, (low, high) in zip(zip(*said, strict=True), ranges.values(), strict=True):
        assert sum(float(value) < (low + high) / 2 for value in column) == count // 2


@pytest.mark.parametrize("path", DECLARED)
def test_the_points_of_sobol_are_balanced_about_the_median_of_a_distribution(tmp_path: Path, path: str) -> None:
    said = values(tmp_path, "sobol", 32, f"{path}: declared, levers.opening.foreign_lag_days: {{low: 0, high: 9}}")
    assert sum(value < DECLARED[path].median() for value in said) == 16


@pytest.mark.parametrize("path", DECLARED)
def test_random_points_follow_the_distribution(tmp_path: Path, path: str) -> None:
    said = values(tmp_path, "random", 1000, f"{path}: declared")
    assert stats.kstest(said, DECLARED[path].cdf).pvalue > 0.001


@pytest.mark.parametrize("design", ["lhs", "random"])
@pytest.mark.parametrize(
    "levels", ["levers.secrecy: {low: 0, high: 1}", "levers.protection: declared", "levers.quorum_labs: [3, 4, 5]"]
)
def test_another_parameter_moves_nobody(tmp_path: Path, design: str, levels: str) -> None:
    alone = values(tmp_path, design, 20, levels)
    assert values(tmp_path, design, 20, f"{levels}, climate.threat: {{low: 0, high: 1}}") == alone
    text = f"design: {design}\npoints: 20\nvary: {{climate.threat: {{low: 0, high: 1}}, {levels}}}\n"
    behind = points(tmp_path, f"question: Which?\nscenario: spread.yaml\n{text}")
    assert [point[1] for point in behind] == alone


@pytest.mark.parametrize("design", SAMPLED)
def test_a_seed_gives_the_same_points_and_another_one_others(tmp_path: Path, design: str) -> None:
    levels = "levers.secrecy: {low: 0, high: 1}, levers.protection: declared"
    first = values(tmp_path, design, 16, levels, seed=5)
    assert values(tmp_path, design, 16, levels, seed=5) == first
    assert not set(values(tmp_path, design, 16, levels, seed=6)) & set(first)


@pytest.mark.parametrize("design", SAMPLED)
def test_the_seed_of_the_file_is_that_of_the_points(tmp_path: Path, design: str) -> None:
    text = f"{HEAD}design: {design}\npoints: 8\nvary: {{levers.secrecy: {{low: 0, high: 1}}}}\n"
    assert points(tmp_path, f"{text}seed: 5\n") == points(tmp_path, text, seed=5)


@pytest.mark.parametrize("design", SAMPLED)
def test_values_stay_in_their_range_and_whole_numbers_reach_both_ends(tmp_path: Path, design: str) -> None:
    vary = "{levers.quorum_labs: {low: 18, high: 20}, levers.secrecy: {low: 0.1, high: 0.3}, levers.protection: [0, 1]}"
    said = points(tmp_path, f"{HEAD}design: {design}\npoints: 128\nvary: {vary}\n")
    assert len(said) == 128
    assert {point[0] for point in said} == {18, 19, 20}
    assert all(0.1 <= float(point[1]) <= 0.3 for point in said)
    assert {point[2] for point in said} == {0, 1}


@pytest.mark.parametrize("design", SAMPLED)
def test_the_steps_of_a_range_are_only_for_a_grid(tmp_path: Path, design: str) -> None:
    without = values(tmp_path, design, 8, "levers.secrecy: {low: 0, high: 1}")
    assert values(tmp_path, design, 8, "levers.secrecy: {low: 0, high: 1, steps: 2}") == without


# ---------------------------------------------------------------- table


def test_a_table_gives_its_lines_as_points(tmp_path: Path) -> None:
    assert points(tmp_path, TABLED, COLUMNS + "0.1,3\n0.9,7\n0.1,4\n") == ((0.1, 3), (0.9, 7), (0.1, 4))


@pytest.mark.parametrize(
    "table",
    [
        "levers.quorum_labs,levers.secrecy\n3,0.1\n7,0.9\n",
        COLUMNS + "0.1,3.0\n0.90,7",
        "levers.secrecy, levers.quorum_labs\n 0.1, 3\n 0.9, 7\n",
        '"levers.secrecy","levers.quorum_labs"\n"0.1","3"\n"0.9","7"\n',
        "levers.secrecy,levers.quorum_labs\r\n0.1,3\r\n0.9,7\r\n",
        "\ufeff" + COLUMNS + "0.1,3\n\n0.9,7\n\n",
    ],
    ids=["columns in another order", "no last line end", "spaces", "quotes", "Windows", "spreadsheet and blank lines"],
)
def test_the_same_table_can_be_written_in_several_ways(tmp_path: Path, table: str) -> None:
    said = points(tmp_path, TABLED, table)
    assert said == ((0.1, 3), (0.9, 7))
    assert [type(value) for value in said[0]] == [float, int]


def test_a_table_can_hold_words(tmp_path: Path) -> None:
    text = f"{HEAD}design: table\ntable: points.csv\nvary: [relations.bargaining]\n"
    assert points(tmp_path, text, "relations.bargaining\nnash\nmedian\n") == (("nash",), ("median",))


@pytest.mark.parametrize("table", ["levers.secrecy,levers.quorum_labs\r0.1,3\r", COLUMNS + "0.1,3\r4\n"])
def test_old_line_ends_in_a_table_are_read_or_refused(tmp_path: Path, table: str) -> None:
    assert_plans_or_is_refused(tmp_path, TABLED, table)


# ---------------------------------------------------------------- the other keys


@pytest.mark.parametrize("key", ["runs", "max_runs", "seed"])
def test_a_whole_number_may_be_written_with_a_point(tmp_path: Path, key: str) -> None:
    plan = planned(tmp_path, f"{HEAD}{key}: 300.0\nvary: {{levers.secrecy: [0.1, 0.2]}}\n")
    assert getattr(plan, key) == 300
    assert type(getattr(plan, key)) is int


@pytest.mark.parametrize("design", SAMPLED)
@pytest.mark.parametrize("key", ["points", "seed"])
def test_points_and_seed_may_be_written_with_a_point(tmp_path: Path, design: str, key: str) -> None:
    text = f"{HEAD}design: {design}\npoints: 4\nseed: 4\nvary: {{levers.secrecy: {{low: 0.1, high: 0.5}}}}\n"
    assert points(tmp_path, text.replace(f"{key}: 4", f"{key}: 4.0")) == points(tmp_path, text)


def test_steps_may_be_written_with_a_point(tmp_path: Path) -> None:
    text = f"{HEAD}vary: {{levers.secrecy: {{low: 0.1, high: 0.5, steps: 3.0}}}}\n"
    assert points(tmp_path, text) == points(tmp_path, text.replace("3.0", "3"))


@pytest.mark.parametrize(("name", "said"), [("missing.yaml", "no such file"), (".", "is a directory")])
def test_what_is_no_file_is_no_sweep(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_sweep(tmp_path / name)


# ---------------------------------------------------------------- anything at all

ANYTHING = settings(  # a failure is short enough as it is found
    max_examples=60, phases=(Phase.explicit, Phase.generate)
)
GOOD = """\
title: A title
question: Which?
scenario: spread.yaml
design: lhs
points: 16
runs: 300
seed: 7
precision: 0.02
max_runs: 400
measures: [adopted, durable]
vary:
  levers.secrecy: [0.1, 0.5]
  levers.quorum_labs: {low: 2, high: 5, steps: 4}
  levers.protection: declared
"""
ODD = ["", "~", "true", "''", "8.0", "1e3", "-1", "0.5", "grid", "table", "sobol", "random", "declared", "points.csv"]
ODD += ["[]", "{}", "[~]", "[[]]", "[[adopted]]", "[{a: b}]", "{a: b}", "[a, a]", "{low: 0}", "*a", "!a b", "{", '"']
CELLS = ["0.1", "3", "3.0", "", " ", ",", "\n", "\r", "\r\n", '"', "'", "\0", ";", "1e-5", "x", *COLUMNS.split(",")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("anything")


def assert_plans_or_is_refused(folder: Path, text: str, table: str | None = None) -> None:
    """Any other exception fails the test."""
    try:
        plan = planned(folder, text, table)
    except BadInput as error:
        places = [str(problem.mark) for problem in error.problems]
        sizes = {0}
    else:
        places = [str(folder)]
        sizes = {len(point) - len(plan.varied) for point in plan.points}
    assert places
    assert all(place.startswith(str(folder)) for place in places)
    assert sizes == {0}


def mutated(text: str, changes: list[tuple[str, int, int, str]]) -> str:
    """A text with lines dropped or doubled, and the values of lines swapped or replaced."""
    lines = text.splitlines()
    for what, one, other, odd in changes:
        if not lines:
            break
        a, b = one % len(lines), other % len(lines)
        (key_a, _, value_a), (key_b, _, value_b) = lines[a].partition(": "), lines[b].partition(": ")
        match what:
            case "drop":
                del lines[a]
            case "double":
                lines.insert(b, lines[a])
            case "swap":
                lines[a], lines[b] = f"{key_a}: {value_b}", f"{key_b}: {value_a}"
            case _:
                lines[a] = f"{key_a}: {odd}"
    return "\n".join([*lines, ""])


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["drop", "double", "swap", "replace"]),
        st.integers(0, 13),
        st.integers(0, 13),
        st.sampled_from(ODD),
    ),
    min_size=1,
    max_size=4,
)


def test_the_file_that_is_mutated_is_a_good_one(folder: Path) -> None:
    assert len(points(folder, GOOD)) == 16


@ANYTHING
@given(text=st.text(st.characters(codec="utf-8")) | st.text("ab:-?[]{}&*!|>'\"#%@` \n\t0.~<,"))
def test_any_text_is_a_plan_or_refused(folder: Path, text: str) -> None:
    assert_plans_or_is_refused(folder, text)


@pytest.mark.slow
@ANYTHING
@given(changes=CHANGES)
def test_a_good_sweep_with_lines_lost_doubled_or_changed_is_a_plan_or_refused(
    folder: Path, changes: list[tuple[str, int, int, str]]
) -> None:
    assert_plans_or_is_refused(folder, mutated(GOOD, changes), COLUMNS + "0.1,3\n")


@ANYTHING
@given(changes=CHANGES)
def test_a_good_sweep_of_a_table_with_lines_lost_doubled_or_changed_is_a_plan_or_refused(
    folder: Path, changes: list[tuple[str, int, int, str]]
) -> None:
    assert_plans_or_is_refused(folder, mutated(TABLED, changes), COLUMNS + "0.1,3\n")


@pytest.mark.parametrize("line", [4, 9, 10, 11, 12])
@pytest.mark.parametrize("odd", ["8.0", "[[adopted]]", "[{a: b}]"])
def test_a_value_of_an_odd_kind_is_a_plan_or_refused(folder: Path, line: int, odd: str) -> None:
    assert_plans_or_is_refused(folder, mutated(GOOD, [("replace", line, 0, odd)]))


@ANYTHING
@given(cells=st.lists(st.sampled_from(CELLS), max_size=12), headed=st.booleans())
def test_any_table_is_a_plan_or_refused(folder: Path, cells: list[str], headed: bool) -> None:
    assert_plans_or_is_refused(folder, TABLED, COLUMNS * headed + "".join(cells))


# ---------------------------------------------------------------- the command line


def test_what_is_wrong_with_a_sweep_is_told_line_by_line_and_nothing_is_written(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(f"{HEAD}rums: 5\nvary: {{quorum_labs: [3]}}\n")
    first, second = refused("sweep", str(bad), "--out", str(tmp_path / "out")).splitlines()
    assert first.startswith(f"optin: {bad}:3:1: ")
    assert second.startswith(f"optin: {bad}:4:8: ")
    assert "did you mean 'levers.quorum_labs'?" in second
    assert not (tmp_path / "out").exists()


def test_a_parameter_that_is_varied_and_set_is_told_on_the_command_line(tmp_path: Path) -> None:
    good = tmp_path / "good.yaml"
    good.write_text(f"{HEAD}vary: {{levers.secrecy: [0.1, 0.2]}}\n")
    said = refused("sweep", str(good), "--set", "levers.secrecy=0.3", "--out", str(tmp_path / "out"))
    assert said.startswith("optin: --set levers.secrecy=0.3: ")
