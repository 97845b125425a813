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

from experiments.design import Plan
from experiments.sweepfile import read_sweep
from model.scenario import SHIPPED, Scenario, load
from model.yamltree import BadInput

from .conftest import ROOT, assert_says, within
from .test_cli import refused

SECONDS = 30  # far more than any case needs, also on a busy machine
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
  draft_rule: {{distribution: {{choice: {{values: [nash, median], weights: [3, 1]}}}}, source: {{assumption: a test}}}}
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
        patch.setattr("experiments.sweepfile.load", reading)
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


def refusals(folder: Path, text: str | bytes, table: str | bytes | None = None, *changes: str) -> list[str]:
    """Every problem that is reported, with paths as seen from the folder."""
    with pytest.raises(BadInput) as caught:
        planned(folder, text, table, *changes)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def assert_all_said(said: list[str], *expected: tuple[str, str]) -> None:
    """These problems (place, fragment) and no others, in this order."""
    assert len(said) == len(expected), said
    for problem, (place, fragment) in zip(said, expected, strict=True):
        assert problem.startswith(f"{place}: "), said
        assert fragment in problem


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
    text = f"{HEAD}vary:\n  levers.draft_rule: [nash, median]\n  levers.quorum_labs: [5, 3, 4]\n"
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
@settings(derandomize=True, database=None, deadline=None, max_examples=15)
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
    said = values(tmp_path, "lhs", 50, f"{path}: declared, levers.foreign_lag_days: {{low: 0, high: 9}}")
    assert strata(list(DECLARED[path].cdf(said))) == list(range(50))


@pytest.mark.parametrize("design", ["lhs", "sobol"])
@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("levers.quorum_labs: {low: 2, high: 5}", {2: 16, 3: 16, 4: 16, 5: 16}),
        ("levers.quorum_labs: [7, 4]", {7: 32, 4: 32}),
        ("levers.quorum_labs: declared", {3: 16, 5: 32, 9: 16}),
        ("levers.draft_rule: [nash, median]", {"nash": 32, "median": 32}),
        ("levers.draft_rule: declared", {"nash": 48, "median": 16}),
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
    said = values(tmp_path, "sobol", 32, f"{path}: declared, levers.foreign_lag_days: {{low: 0, high: 9}}")
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
    text = f"{HEAD}design: table\ntable: points.csv\nvary: [levers.draft_rule]\n"
    assert points(tmp_path, text, "levers.draft_rule\nnash\nmedian\n") == (("nash",), ("median",))


@pytest.mark.parametrize(
    ("table", "place", "fragments"),
    [
        ("levers.secrecy\n0.1\n", "points.csv:1:1", ["no column levers.quorum_labs"]),
        (
            "levers.secrecy,levers.quorum_labs,levers.protecton\n0.1,3,0\n",
            "points.csv:1:1",
            ["column 'levers.protecton'"],
        ),
        ("levers.secrecy,levers.secrecy,levers.quorum_labs\n0.1,0.1,3\n", "points.csv:1:1", ["twice"]),
        (COLUMNS + "0.1,3\n0.2\n", "points.csv:3:1", ["1 cell", "2"]),
        (COLUMNS + "0.1,3\n0.2,4,5\n", "points.csv:3:1", ["3 cells", "2"]),
        (COLUMNS + "0.1,3\n\n1.5,4\n", "points.csv:4:1", ["1.5 for levers.secrecy", "a number from 0 to 1"]),
        (COLUMNS + "0.1,99\n", "points.csv:2:1", ["99 for levers.quorum_labs", "a whole number from 0 to 20"]),
        (COLUMNS + "0.1,3.5\n", "points.csv:2:1", ["3.5 for levers.quorum_labs", "a whole number"]),
        (COLUMNS + "much,3\n", "points.csv:2:1", ["'much' for levers.secrecy", "a number"]),
        (COLUMNS + ",3\n", "points.csv:2:1", ["levers.secrecy", "a number"]),
        (COLUMNS + "true,3\n", "points.csv:2:1", ["true for levers.secrecy", "a number"]),
        (COLUMNS + "0.1,3\n0.2,4\n0.1,3\n", "points.csv:4:1", ["line 2"]),
        (COLUMNS + "0.1,3\n0.10,3.0\n", "points.csv:3:1", ["line 2"]),
        ("levers.quorum_labs,levers.secrecy\n3,0.1\n4,0.1\n4,0.1\n", "points.csv:4:1", ["line 3"]),
        (COLUMNS, "points.csv:1:1", ["no point"]),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_at_its_line(
    tmp_path: Path, table: str, place: str, fragments: list[str]
) -> None:
    assert_says(refusals(tmp_path, TABLED, table), place, *fragments)


@pytest.mark.parametrize("table", ["", "\n", "\n\n", " \n"])
def test_an_empty_table_is_refused(tmp_path: Path, table: str) -> None:
    said = refusals(tmp_path, TABLED, table)
    assert said
    assert all(problem.startswith("points.csv:1:1: ") for problem in said)


def test_a_name_of_a_column_that_is_nearly_right_is_recognised(tmp_path: Path) -> None:
    said = refusals(tmp_path, TABLED, "levers.secrecy,levers.quorum_lab\n0.1,3\n")
    assert any("did you mean 'levers.quorum_labs'?" in problem for problem in said)


def test_all_that_is_wrong_with_a_table_is_reported_in_one_go(tmp_path: Path) -> None:
    said = refusals(tmp_path, TABLED, COLUMNS + "0.1,3\n0.2,99\n0.1,3\n0.4\n5,4.5\n")
    assert_all_said(
        said,
        ("points.csv:3:1", "99 for levers.quorum_labs"),
        ("points.csv:4:1", "line 2"),
        ("points.csv:5:1", "1 cell"),
        ("points.csv:6:1", "5 for levers.secrecy"),
        ("points.csv:6:1", "4.5 for levers.quorum_labs"),
    )


def test_a_line_is_counted_as_an_editor_does_behind_a_cell_of_two_lines(tmp_path: Path) -> None:
    said = refusals(tmp_path, TABLED, COLUMNS + '"0.1\n",3\n0.2,99\n')
    assert any(problem.startswith("points.csv:4:1: found 99") for problem in said), said


@pytest.mark.parametrize("table", ["levers.secrecy,levers.quorum_labs\r0.1,3\r", COLUMNS + "0.1,3\r4\n"])
def test_old_line_ends_in_a_table_are_read_or_refused(tmp_path: Path, table: str) -> None:
    assert_plans_or_is_refused(tmp_path, TABLED, table)


def test_a_cell_longer_than_any_number_is_refused(tmp_path: Path) -> None:
    assert_says(refusals(tmp_path, TABLED, COLUMNS + "9" * 200_000 + ",3\n"), "points.csv:2:1")


def test_a_table_that_is_not_there_is_refused_where_it_is_asked_for(tmp_path: Path) -> None:
    assert_says(refusals(tmp_path, TABLED), "case.yaml:4:8", "points.csv", "no such file")


def test_a_table_that_is_no_text_is_refused_and_not_called_yaml(tmp_path: Path) -> None:
    said = refusals(tmp_path, TABLED, COLUMNS.encode("utf-16"))
    assert_says(said, "case.yaml:4:8", "points.csv", "not UTF-8")
    assert "YAML" not in said[0]


@pytest.mark.parametrize("name", [".", "/dev/zero", '"a\\0b"', "a" * 300])
def test_what_is_no_table_is_refused_where_it_is_asked_for(tmp_path: Path, name: str) -> None:
    assert_says(refusals(tmp_path, TABLED.replace("points.csv", name)), "case.yaml:4:8")


@pytest.mark.parametrize(
    ("vary", "place", "fragments"),
    [
        ("[]", "case.yaml:5:7", ["a list of paths"]),
        ("levers.secrecy", "case.yaml:5:7", ["a list of paths"]),
        ("{levers.secrecy: [0.1]}", "case.yaml:5:7", ["a list of paths"]),
        ("[levers.secrcy]", "case.yaml:5:8", ["did you mean 'levers.secrecy'?"]),
        ("[quorum_labs]", "case.yaml:5:8", ["did you mean 'levers.quorum_labs'?"]),
        ("[levers.secrecy, levers.secrecy]", "case.yaml:5:24", ["levers.secrecy", "again"]),
        ("[5]", "case.yaml:5:8", ["5"]),
        ("[~]", "case.yaml:5:8", []),
        ("[[levers.secrecy]]", "case.yaml:5:8", []),
        ("[{levers.secrecy: [0.1]}]", "case.yaml:5:8", []),
    ],
)
def test_a_table_needs_a_list_of_known_paths(tmp_path: Path, vary: str, place: str, fragments: list[str]) -> None:
    text = f"{HEAD}design: table\ntable: points.csv\nvary: {vary}\n"
    assert_says(refusals(tmp_path, text, COLUMNS + "0.1,3\n"), place, *fragments)


# ---------------------------------------------------------------- what cannot vary like this


@pytest.mark.parametrize(
    ("levels", "column", "fragments"),
    [
        ("quorum_labs: [3]", 8, ["'quorum_labs'", "did you mean 'levers.quorum_labs'?"]),
        ("levers.quorum_lab: [3]", 8, ["'levers.quorum_lab'", "did you mean 'levers.quorum_labs'?"]),
        ("stakeholders.mta.stance: [0]", 8, ["did you mean 'stakeholders.meta.stance'?"]),
        ("5: [3]", 8, ["'5'"]),
        ("levers.secrecy: []", 24, ["levers.secrecy", "at least 1"]),
        ("levers.secrecy: [0.1, 1.5]", 30, ["1.5 for vary.levers.secrecy", "a number from 0 to 1"]),
        ("levers.secrecy: [much]", 25, ["'much' for vary.levers.secrecy", "a number from 0 to 1"]),
        ('levers.secrecy: ["0.1"]', 25, ["'0.1' for vary.levers.secrecy", "without quotes"]),
        ("levers.secrecy: [true]", 25, ["true for vary.levers.secrecy", "a number from 0 to 1"]),
        ("levers.secrecy: [[0.1]]", 25, ["a list of 1 for vary.levers.secrecy", "a number from 0 to 1"]),
        ("levers.quorum_labs: [3.5]", 29, ["3.5 for vary.levers.quorum_labs", "a whole number from 0 to 20"]),
        ("levers.draft_rule: [fairness]", 28, ["'fairness'", "compromise, median, nash"]),
        ("levers.draft_rule: [1]", 28, ["found 1", "compromise, median, nash"]),
        ("levers.secrecy: [0.1, 0.2, 0.1]", 35, ["0.1", "again"]),
        ("levers.quorum_labs: [3, 3.0]", 32, ["again"]),
        ("levers.draft_rule: [nash, nash]", 34, ["'nash'", "again"]),
        ("levers.secrecy: 0.5", 24, ["found 0.5 for vary.levers.secrecy", "a list", "a range", "declared"]),
        ("levers.secrecy: ~", 24, ["nothing (null) for vary.levers.secrecy", "a list", "a range", "declared"]),
        ("levers.protection: Declared", 27, ["'Declared' for vary.levers.protection", "a list", "a range", "declared"]),
        ("levers.secrecy: {low: 0.5, high: 0.5, steps: 2}", 8, ["empty range", "levers.secrecy", "low < high"]),
        ("levers.secrecy: {low: 0.6, high: 0.5, steps: 2}", 8, ["empty range", "levers.secrecy", "low < high"]),
        ("levers.secrecy: {low: 0.1, high: 1.5, steps: 2}", 41, ["1.5 for vary.levers.secrecy.high", "from 0 to 1"]),
        ("levers.secrecy: {low: much, high: 1, steps: 2}", 30, ["'much' for vary.levers.secrecy.low", "from 0 to 1"]),
        ("levers.quorum_labs: {low: 1.5, high: 3, steps: 2}", 34, ["1.5 for vary.levers.quorum_labs.low", "whole"]),
        ("levers.secrecy: {low: 0.1, steps: 2}", 8, ["no 'high'", "vary.levers.secrecy"]),
        ("levers.secrecy: {low: 0, high: 1, steps: 2, lo: 3}", 52, ["'lo'", "did you mean 'low'?"]),
        ("levers.secrecy: {low: 0, high: 1, steps: 1}", 49, ["found 1 for vary.levers.secrecy.steps", "from 2"]),
        ("levers.secrecy: {low: 0, high: 1, steps: 2.5}", 49, ["2.5 for vary.levers.secrecy.steps", "whole number"]),
        ("levers.quorum_labs: {low: 3, high: 6, steps: 5}", 8, ["5 steps", "levers.quorum_labs", "4 whole numbers"]),
        ("levers.draft_rule: {low: 0, high: 1, steps: 2}", 27, ["a range for vary.levers.draft_rule", "words"]),
        ("levers.secrecy: {low: 0, high: 1}", 8, ["no 'steps'", "vary.levers.secrecy", "grid"]),
        ("levers.protection: declared", 27, ["declared for vary.levers.protection", "grid", "lhs, sobol, random"]),
    ],
)
def test_values_that_a_parameter_cannot_take_on_a_grid_are_refused(
    tmp_path: Path, levels: str, column: int, fragments: list[str]
) -> None:
    assert_says(refusals(tmp_path, f"{HEAD}vary: {{{levels}}}\n"), f"case.yaml:3:{column}", *fragments)


@pytest.mark.parametrize("design", SAMPLED)
def test_a_parameter_without_a_distribution_cannot_vary_as_declared(tmp_path: Path, design: str) -> None:
    text = f"{HEAD}vary: {{levers.secrecy: declared}}\ndesign: {design}\npoints: 4\n"
    assert_says(refusals(tmp_path, text), "case.yaml:3:24", "levers.secrecy", "0.9", "no distribution")


def test_a_parameter_of_somebody_whom_the_scenario_leaves_out_is_unknown(tmp_path: Path) -> None:
    vary = "vary: {stakeholders.industry_aides.influence: [1, 2]}\n"
    said = refusals(tmp_path, f"question: Which?\nscenario: no-industry-aides.yaml\n{vary}")
    assert_says(said, "case.yaml:3:8", "no parameter of no-industry-aides")


@pytest.mark.parametrize("vary", ["{}", "[]", "~", "levers.secrecy", "[levers.secrecy]", "5"])
def test_a_grid_needs_a_mapping_of_what_varies(tmp_path: Path, vary: str) -> None:
    assert_says(refusals(tmp_path, f"{HEAD}vary: {vary}\n"), "case.yaml:3:7", "vary", "a mapping", "a list of values")


# ---------------------------------------------------------------- how many points


def thousandth(*paths: str) -> str:
    return "vary:\n" + "".join(f"  {path}: {{low: 0, high: 1, steps: 1000}}\n" for path in paths)


def test_a_billion_points_on_a_grid_are_refused_without_being_made(tmp_path: Path) -> None:
    with within(5):
        said = refusals(tmp_path, HEAD + thousandth("levers.secrecy", "levers.protection", "climate.threat"))
    assert_says(said, "case.yaml:3:1", "1,000,000,000", "1,000,000 ")


def test_a_point_too_many_on_a_grid_is_refused(tmp_path: Path) -> None:
    vary = "{levers.secrecy: {low: 0, high: 1, steps: 101}, levers.protection: {low: 0, high: 1, steps: 9901}}"
    assert_says(refusals(tmp_path, f"{HEAD}vary: {vary}\n"), "case.yaml:3:1", "1,000,001 points", "1,000,000 ")


@pytest.mark.parametrize("design", SAMPLED)
def test_a_billion_drawn_points_are_refused_without_being_made(tmp_path: Path, design: str) -> None:
    with within(5):
        said = refusals(tmp_path, f"{HEAD}design: {design}\npoints: {2**30}\nvary: {{levers.secrecy: [0.1, 0.2]}}\n")
    assert_says(said, "case.yaml:4:9", "points")


def test_a_limit_is_written_as_a_number_is_to_be_written(tmp_path: Path) -> None:
    said = refusals(tmp_path, f"{HEAD}design: lhs\npoints: 1000000000\nvary: {{levers.secrecy: [0.1, 0.2]}}\n")
    assert_says(said, "case.yaml:4:9", "1,000,000 ")


@pytest.mark.parametrize(
    ("body", "place", "fragments"),
    [
        ("points: 8", "4:1", ["points", "grid"]),
        ("table: points.csv", "4:1", ["table", "grid"]),
        ("design: grid\npoints: 8", "5:1", ["points", "grid"]),
        ("design: lhs", "4:1", ["no 'points'", "lhs"]),
        ("design: sobol", "4:1", ["no 'points'", "sobol"]),
        ("design: random", "4:1", ["no 'points'", "random"]),
        ("design: lhs\npoints: 8\ntable: points.csv", "6:1", ["table", "lhs"]),
        ("design: sobol\npoints: 12", "5:9", ["12 points", "powers of two", "8 or 16"]),
        ("design: lhs\npoints: 0", "5:9", ["found 0 for points"]),
        ("design: lhs\npoints: 4.5", "5:9", ["found 4.5 for points", "whole number"]),
        ("design: latin", "4:9", ["'latin' for design", "grid, lhs, sobol, random, table"]),
        ("design: [grid]", "4:9", ["a list of 1 for design", "grid, lhs, sobol, random, table"]),
    ],
)
def test_a_design_needs_what_it_uses_and_nothing_else(
    tmp_path: Path, body: str, place: str, fragments: list[str]
) -> None:
    said = refusals(tmp_path, f"{HEAD}vary: {{levers.secrecy: [0.1, 0.2]}}\n{body}\n")
    assert_says(said, f"case.yaml:{place}", *fragments)


def test_a_table_has_no_number_of_points(tmp_path: Path) -> None:
    said = refusals(tmp_path, TABLED + "points: 4\n", COLUMNS + "0.1,3\n")
    assert_says(said, "case.yaml:6:1", "points", "table")


def test_the_design_table_needs_a_table(tmp_path: Path) -> None:
    said = refusals(tmp_path, f"{HEAD}design: table\nvary: [levers.secrecy]\n")
    assert_says(said, "case.yaml:3:1", "no 'table'", "the design table")


# ---------------------------------------------------------------- the other keys


@pytest.mark.parametrize(
    ("body", "place", "fragments"),
    [
        ("run: 5", "4:1", ["unknown key 'run'", "did you mean 'runs'?"]),
        ("runs: 0", "4:7", ["found 0 for runs", "from 1"]),
        ("runs: yes", "4:7", ["found 'yes' for runs", "a whole number"]),
        ("runs: 1e3", "4:7", ["found '1e3' for runs", "1000"]),
        ("seed: -1", "4:7", ["found -1 for seed", "from 0"]),
        ("seed: 1.5", "4:7", ["found 1.5 for seed", "a whole number"]),
        ("precision: 0", "4:12", ["found 0 for precision", "greater than 0"]),
        ("max_runs: 0", "4:11", ["found 0 for max_runs", "from 1"]),
        ("title: 5", "4:8", ["found 5 for title", "text"]),
        ('title: ""', "4:8", ["found '' for title", "text"]),
        ("measures: []", "4:11", ["measures", "at least 1"]),
        ("measures: adopted", "4:11", ["'adopted' for measures", "a list"]),
        ("measures: [adoptd]", "4:12", ["'adoptd'", "did you mean 'adopted'?"]),
        ("measures: [adopted, joined.mta]", "4:21", ["'joined.mta'", "did you mean 'joined.meta'?"]),
        ("measures: [outcome]", "4:12", ["'outcome'"]),
        ("measures: [durable, adopted, durable]", "4:30", ["durable", "again"]),
        ("title: a\ntitle: b", "5:1", ["'title' again", "line 4"]),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_at_its_place(
    tmp_path: Path, body: str, place: str, fragments: list[str]
) -> None:
    said = refusals(tmp_path, f"{HEAD}vary: {{levers.secrecy: [0.1, 0.2]}}\n{body}\n")
    assert_says(said, f"case.yaml:{place}", *fragments)


@pytest.mark.parametrize("measures", ["[5]", "[~]", "[[adopted]]", "[{adopted: 1}]", "{adopted: 1}"])
def test_measures_are_names(tmp_path: Path, measures: str) -> None:
    said = refusals(tmp_path, f"{HEAD}vary: {{levers.secrecy: [0.1, 0.2]}}\nmeasures: {measures}\n")
    assert all(problem.startswith("case.yaml:4:1") for problem in said)


@pytest.mark.parametrize("missing", ["question", "scenario", "vary"])
def test_what_is_required_is_asked_for(tmp_path: Path, missing: str) -> None:
    lines = f"{HEAD}vary: {{levers.secrecy: [0.1, 0.2]}}\n".splitlines(keepends=True)
    said = refusals(tmp_path, "".join(line for line in lines if not line.startswith(missing)))
    assert_says(said, "case.yaml:1:1", f"no '{missing}'")


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


# ---------------------------------------------------------------- scenarios and settings


@pytest.mark.parametrize(
    ("name", "fragments"),
    [
        ("basline.yaml", ["'basline.yaml'", "did you mean 'baseline.yaml'?"]),
        ("june-order", ["'june-order'", "did you mean 'june-order.yaml'?"]),
        ("a" * 300, ["aaa"]),
        ('"a\\0b"', ["x00"]),
        ("~", ["nothing (null) for scenario"]),
        ("5", ["5 for scenario"]),
        ("[baseline.yaml]", ["a list of 1 for scenario"]),
        (".", ["directory"]),
        ("folder", ["directory"]),
        ('""', ["found '' for scenario"]),
    ],
)
def test_what_cannot_be_a_scenario_is_refused_where_it_is_asked_for(
    tmp_path: Path, name: str, fragments: list[str]
) -> None:
    (tmp_path / "folder").mkdir()
    said = refusals(tmp_path, f"question: Which?\nscenario: {name}\nvary: {{levers.secrecy: [0.1, 0.2]}}\n")
    assert_says(said, "case.yaml:2:11", *fragments)


def test_what_is_wrong_with_the_scenario_is_named_there(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("extends: baseline.yaml\nquestion: q\nlevers: {secrecy: 2, protecton: 1}\n")
    said = refusals(tmp_path, "question: Which?\nscenario: bad.yaml\nvary: {levers.secrecy: [0.1, 0.2]}\n")
    assert_all_said(
        said, ("bad.yaml:3:19", "found 2 for levers.secrecy"), ("bad.yaml:3:22", "the unknown key 'protecton'")
    )


def test_a_sweep_is_no_scenario(tmp_path: Path) -> None:
    said = refusals(tmp_path, "question: Which?\nscenario: case.yaml\nvary: {levers.secrecy: [0.1, 0.2]}\n")
    assert_says(said, "case.yaml:1:1", "found no 'extends'")


@pytest.mark.parametrize(
    "body",
    [
        "vary: {levers.protection: [0.1, 0.2]}\n",
        "design: lhs\npoints: 4\nvary: {levers.protection: {low: 0, high: 1}}\n",
        "design: lhs\npoints: 4\nvary: {levers.protection: declared}\n",
        "design: table\ntable: points.csv\nvary: [levers.protection]\n",
    ],
)
def test_a_parameter_is_varied_or_set(tmp_path: Path, body: str) -> None:
    said = refusals(tmp_path, HEAD + body, "levers.protection\n0.1\n", "levers.protection=0.3")
    assert any(problem.startswith("--set levers.protection=0.3: ") and "varied" in problem for problem in said), said


def test_a_bad_setting_is_named_as_it_was_given(tmp_path: Path) -> None:
    said = refusals(tmp_path, f"{HEAD}vary: {{levers.secrecy: [0.1, 0.2]}}\n", None, "quorum_labs=3")
    assert_says(said, "--set quorum_labs=3", "did you mean 'levers.quorum_labs'?")


# ---------------------------------------------------------------- everything at once


def test_everything_wrong_with_what_varies_and_is_measured_is_reported_in_one_go(tmp_path: Path) -> None:
    body = """\
rums: 30
seed: -4
measures: [adoptd, durable, labs_join]
design: lhs
points: 8
vary:
  levers.secrecy: [0.1, 2, much]
  quorum_labs: [3]
  levers.protection: {low: 1, high: 0, steps: 3}
  levers.draft_rule: declared
"""
    assert_all_said(
        refusals(tmp_path, HEAD + body),
        ("case.yaml:3:1", "'rums'"),
        ("case.yaml:4:7", "found -4 for seed"),
        ("case.yaml:5:12", "'adoptd'"),
        ("case.yaml:5:29", "'labs_join'"),
        ("case.yaml:9:25", "found 2 for vary.levers.secrecy"),
        ("case.yaml:9:28", "'much' for vary.levers.secrecy"),
        ("case.yaml:10:3", "'levers.quorum_labs'"),
        ("case.yaml:11:3", "empty range"),
        ("case.yaml:12:22", "no distribution"),
    )


def test_what_is_wrong_with_the_design_is_reported_with_the_rest(tmp_path: Path) -> None:
    body = "design: sobol\npoints: 12\nvary: {levers.secrecy: [0.1, 2]}\nmeasures: [adoptd]\n"
    assert_all_said(
        refusals(tmp_path, HEAD + body),
        ("case.yaml:4:9", "12 points"),
        ("case.yaml:5:30", "found 2 for vary.levers.secrecy"),
        ("case.yaml:6:12", "'adoptd'"),
    )


def test_what_a_grid_lacks_is_reported_with_the_rest(tmp_path: Path) -> None:
    body = "vary:\n  levers.secrecy: {low: 0, high: 1}\n  levers.quorum_labs: declared\n  levers.protection: [7]\n"
    assert_all_said(
        refusals(tmp_path, HEAD + body),
        ("case.yaml:4:3", "no 'steps'"),
        ("case.yaml:5:23", "declared for vary.levers.quorum_labs"),
        ("case.yaml:6:23", "found 7 for vary.levers.protection"),
    )


def test_a_missing_scenario_is_reported_with_the_rest(tmp_path: Path) -> None:
    text = "question: Which?\nscenario: basline.yaml\nrums: 30\nvary: {levers.secrecy: [0.1, 0.2]}\n"
    assert_all_said(
        refusals(tmp_path, text),
        ("case.yaml:2:11", "'basline.yaml'"),
        ("case.yaml:3:1", "'rums'"),
    )


# ---------------------------------------------------------------- hostile files


@pytest.mark.parametrize(
    ("text", "place", "fragments"),
    [
        (f"{HEAD}vary: !!python/object/apply:os.system [ls]\n", "case.yaml:3:7", ["tag"]),
        (f"{HEAD}vary: {{levers.secrecy: !!float [0.1]}}\n", "case.yaml:3:24", ["tag"]),
        (f"{HEAD}vary: &all {{levers.secrecy: [0.1]}}\n", "case.yaml:3:7", ["anchor"]),
        (f"{HEAD}vary: *all\n", "case.yaml:3:7", ["alias"]),
        ("[" * 10_000, "case.yaml:1:21", ["nested deeper"]),
        (f"{HEAD}vary: {{levers.secrecy: {'[' * 10_000}", "case.yaml:3:42", ["nested deeper"]),
        ("", "case.yaml:1:1", ["a mapping"]),
        ("levers.secrecy", "case.yaml:1:1", ["a mapping"]),
        ("- a\n", "case.yaml:1:1", ["a mapping"]),
        (f"{HEAD}---\n{HEAD}", "case.yaml:3:1", ["second document"]),
        (f"{HEAD}vary: {{\n", "case.yaml:4:1", ["not valid YAML"]),
        (b"\xff\xfe\x00", "case.yaml", ["not UTF-8"]),
    ],
    ids=range(12),
)
def test_a_hostile_file_is_refused(tmp_path: Path, text: str | bytes, place: str, fragments: list[str]) -> None:
    assert_says(refusals(tmp_path, text), place, *fragments)


@pytest.mark.parametrize(("name", "said"), [("missing.yaml", "no such file"), (".", "is a directory")])
def test_what_is_no_file_is_no_sweep(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_sweep(tmp_path / name)


# ---------------------------------------------------------------- anything at all

ANYTHING = settings(  # a failure is short enough as it is found
    derandomize=True, database=None, deadline=None, max_examples=60, phases=(Phase.explicit, Phase.generate)
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
