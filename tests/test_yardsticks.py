"""Records that nobody here made: reading and refusing files, scores worked out by hand, and the command."""

import hashlib
import json
import math
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from experiments.figures.yardsticks import figures
from experiments.measures.intervals import share
from experiments.publish.validation import yardsticks
from experiments.validation.scores import independent, ranked_probability
from experiments.yardsticks import KINDS, RESULTS, Measured, compare
from experiments.yardsticks.decision_records import read_decisions
from experiments.yardsticks.laboratory_choices import read_choices
from experiments.yardsticks.logit import Weights, logit, logit_within
from experiments.yardsticks.pages import page
from experiments.yardsticks.quorum_records import read_treaties
from experiments.yardsticks.scoring import (
    central,
    log_of_count,
    reliability,
    score,
    score_counts,
    unbeaten,
    verdict,
)
from experiments.yardsticks.tables import day_or_never, number, read_record, some_text, word
from experiments.yardsticks.treaty_acts import read_acts
from model.problems import BadInput

from .conftest import ROOT, within
from .madeup import as_text, choice_rows, made_up_files, ratification_rows, treaty_rows
from .test_cli import optin

READERS = {
    "decisions": lambda paths: read_decisions(paths[0]),
    "treaties": lambda paths: read_acts(paths[0]),
    "laboratory": lambda paths: read_choices(paths[0]),
    "quorum": read_treaties,
}
MOST_LINES = 30  # of a section of the page on validation


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made-up")


@pytest.fixture(scope="module", params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def finding(kind: str, folder: Path) -> Measured:
    return compare(kind, made_up_files(kind, folder), 1, 2)


# ---------------------------------------------------------------- every kind


@pytest.mark.slow
def test_a_finding_begins_with_its_headline_and_is_json(finding: Measured) -> None:
    assert " ".join(finding.text().split()).startswith(finding.headline())
    assert json.loads(json.dumps(finding.data(), allow_nan=False)) == finding.data()


@pytest.mark.slow
def test_a_section_of_the_page_is_short_and_names_the_data_and_the_command(
    kind: str, finding: Measured, folder: Path
) -> None:
    text = page(finding.data())
    assert len(text.splitlines()) <= MOST_LINES
    assert f"`optin yardstick {kind} " in text
    assert KINDS[kind].source in " ".join(text.split())
    files = [made_up.read_bytes() for made_up in made_up_files(kind, folder)]
    assert len(files) == len(KINDS[kind].files)
    assert all(hashlib.sha256(file).hexdigest()[:12] in text for file in files)


@pytest.mark.slow
def test_every_kind_draws_its_errors_and_those_who_join_how_many(kind: str, finding: Measured) -> None:
    drawn = {name: draw() for name, draw in figures(kind, finding.finding).items()}
    assert set(drawn) >= {"errors"} | ({"how-many"} if kind != "decisions" else set())
    assert all(isinstance(figure, Figure) for figure in drawn.values())


@pytest.mark.slow
def test_the_command_writes_its_files_and_prints_one_object(tmp_path: Path) -> None:
    (record,) = made_up_files("laboratory", tmp_path)
    said = optin("yardstick", "laboratory", str(record), "--out", str(tmp_path / "out"))
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("Joining rises with expected company")
    written = {path.name for path in (tmp_path / "out").rglob("*.*")}
    assert written == {"summary.json", "page.md", "errors.png", "reliability.png", "how-many.png"}
    its = json.loads(optin("yardstick", "laboratory", str(record), "--out", str(tmp_path / "out"), "--json").stdout)
    assert its["files"][0]["file"] == "choices.csv"
    assert its["persons"] == 40


@pytest.mark.slow
def test_one_seed_gives_one_finding_on_any_number_of_workers(folder: Path) -> None:
    files = made_up_files("treaties", folder)
    assert compare("treaties", files, 3, 1).data() == compare("treaties", files, 3, 2).data()


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("treaties", [as_text(treaty_rows(182, 190))]),
        ("laboratory", [as_text(choice_rows(191))]),
        ("quorum", [as_text(rows) for rows in ratification_rows(197)]),
    ],
)
def test_records_as_large_as_the_actual_ones_take_less_than_two_minutes(
    kind: str, texts: list[str], tmp_path: Path
) -> None:
    files = [tmp_path / f"{number}.csv" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text)
    with within(120):
        said = optin("yardstick", kind, *map(str, files), "--out", str(tmp_path / "out"))
    assert said.returncode == 0, said.stderr


# ---------------------------------------------------------------- on record


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A copy of the numbers on record, to be changed."""
    return Path(shutil.copytree(RESULTS, tmp_path / "results"))


def section_of_validation() -> str:
    text = (ROOT / "model" / "VALIDATION.md").read_text(encoding="utf-8")
    return text.partition("## Against records that nobody here made\n")[2].partition("\n## What is not known\n")[0]


def test_validation_md_prints_what_is_on_record() -> None:
    assert yardsticks(RESULTS) in section_of_validation()


def words_of(text: str) -> str:
    """Text in one line."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("kind", "path", "value", "shown"),
    [
        ("decisions", ("scores", "Nash bargain", "mae", "mean"), 12.344, "12.34 ["),
        ("decisions", ("scores", "offers", "mae_excess"), {"mean": -2, "low": -3, "high": -1}, "Offers beats the"),
        ("treaties", ("left_out", "who", "own rate", "brier", "mean"), 0.19871, "0.1987 ["),
        ("treaties", ("estimates", "shock_sd", "standard_error"), 0.7749, "(standard error 0.77)"),
        ("treaties", ("newest", "how_many", "model", "covered", "mean"), 0.414, "41% ["),
        ("laboratory", ("weights", "may not leave", "pivotality", "mean"), 7.774, "7.77 ["),
        ("quorum", ("treaties", "Paris", "weight_of_pivotality", "as_strong"), 0.1234, "12.3%"),
        ("quorum", ("treaties", "Kigali", "shows", "placebos"), False, "Kigali in 0 of 4 (none)"),
    ],
)  # fmt: skip
def test_a_changed_number_on_record_changes_the_page(
    kind: str, path: tuple[str, ...], value: Any, shown: str, stored: Path
) -> None:
    assert shown not in words_of(yardsticks(stored))
    data = json.loads((stored / f"{kind}.json").read_text())
    entry = data
    for name in path[:-1]:
        entry = entry[name]
    assert path[-1] in entry
    entry[path[-1]] = value
    (stored / f"{kind}.json").write_text(json.dumps(data))
    after = yardsticks(stored)
    assert shown in words_of(after)
    assert after not in section_of_validation()


@pytest.mark.parametrize(
    ("rule", "issues", "mae"),
    [
        ("compromise", 351, 23.641),
        ("unweighted mean", 351, 23.627),
        ("median", 351, 28.369),
        ("reference point", 252, 51.31),
    ],
)
def test_the_errors_on_record_are_those_that_others_found(rule: str, issues: int, mae: float) -> None:
    """As worked out elsewhere from the same file."""
    scores = json.loads((RESULTS / "decisions.json").read_text())["scores"]
    assert scores[rule]["issues"] == issues
    assert scores[rule]["mae"]["mean"] == pytest.approx(mae, abs=0.005 if rule == "reference point" else 0.0005)
    assert scores["compromise"]["rmse"]["mean"] == pytest.approx(30.310, abs=0.0005)


def test_the_readme_says_what_is_on_record() -> None:
    decisions, treaties = (json.loads((RESULTS / f"{kind}.json").read_text()) for kind in ("decisions", "treaties"))
    text = words_of((ROOT / "README.md").read_text(encoding="utf-8"))
    errors = {name: score["mae"]["mean"] for name, score in decisions["scores"].items()}
    assert f"On {decisions['scores']['compromise']['issues']} EU decisions" in text
    assert f"weighted mean of all positions, off by {errors['weighted mean']:.1f} of 100; offers" in text
    assert f"the baseline's way, are off by {errors['offers']:.1f}." in text
    assert f"On {treaties['left_out']['treaties']} treaties" in text


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_is_on_record_says_where_it_is_from(kind: str) -> None:
    data = json.loads((RESULTS / f"{kind}.json").read_text())
    assert data["kind"] == kind
    assert data["source"] == KINDS[kind].source
    assert data["command"] == " ".join(["optin yardstick", kind, *KINDS[kind].files])
    assert [file["file"] for file in data["files"]] == list(KINDS[kind].files)
    assert all(re.fullmatch("[0-9a-f]{64}", file["sha256"]) for file in data["files"])


# ---------------------------------------------------------------- refusals


def test_a_damaged_cell_is_refused_at_its_line_and_column(tmp_path: Path) -> None:
    (record,) = made_up_files("treaties", tmp_path)
    lines = record.read_text().splitlines()
    assert lines[3].startswith('0-a,"A treaty, called ""0""",State 2,')
    cells = lines[3].rsplit(",", 2)
    lines[3] = f"{cells[0]},1950-02-30,"
    record.write_text("\n".join(lines))
    said = optin("yardstick", "treaties", str(record))
    assert (said.returncode, said.stdout) == (2, "")
    column = len(cells[0]) + 2
    assert said.stderr == f"optin: {record}:4:{column}: found '1950-02-30' as signed; a day is needed, as 2016-04-22\n"


def replaced(old: str, new: str, times: int = 1) -> Any:
    return lambda text: text.replace(old, new, times)


@pytest.mark.parametrize(
    ("kind", "damage", "fragment"),
    [
        ("treaties", lambda _: "", ":1:1: is empty; the columns treaty, state, signed and bound are needed"),
        ("treaties", lambda text: text.split("\n")[0] + "\n", "found no row below the names of the columns"),
        ("treaties", replaced("signed", "singed"), ":1:1: found no column signed; did you mean 'singed'?"),
        ("treaties", replaced("state", "treaty"), ":1:1: found no column state"),
        ("treaties", replaced("State 1,", "State 0,"), ":3:1: found the same treaty and state as in line 2"),
        ("treaties", replaced('"A treaty', "A treaty"), ":2:1: found 6 cells; as many as columns (5) are needed"),
        ("treaties", replaced('"A treaty', 'x"A treaty'), ":2:1: found 6 cells"),
        ("treaties", lambda text: "\n".join(text.split("\n")[:900]), "at least 30 are needed"),
        ("treaties", replaced(",State 0,", ",,"), ":2:30: found '' as state; text is needed"),
        ("treaties", lambda text: text + "9-b,x,State 1,,\n", "found neither a day in signed nor in bound"),
        ("treaties", lambda text: text + '9-b,"x,State 1,,\n', "is not a line of CSV: unexpected end of data"),
        ("laboratory", replaced(",A,", ",B,"), ":2:4: found 'B' as p_option; allowed: A or F"),
        ("laboratory", replaced(",A,2,", ",A,2.5,"), ":2:1: found the threshold 2.5; a whole number is needed"),
        ("laboratory", replaced(",A,2,", ",A,6,"), ":2:6: found '6' as thr; a number from 1 to 5 is needed"),
        ("laboratory", replaced(",A,2,", ",A,nan,"), ":2:6: found 'nan' as thr"),
        ("laboratory", replaced(",A,2,C", ",A,2,L", 9), "found action L with p_option A, which does not allow it"),
        ("laboratory", lambda text: text + "q,A,2,C,20,20,\n", ":242:1: found beliefs about 40 people"),
        ("laboratory", lambda text: "\n".join(text.split("\n")[:60]), "found 10 persons; at least 20 are needed"),
        ("laboratory", replaced(",C,", ",D,", 999), "found no two different answers with p_option A"),
        ("quorum", replaced("P05", "P06"), "found the same Code as in line"),
        ("quorum", replaced("2016-", "2015-", 999), "found a day before 2016-04-22, when Paris opened"),
        ("quorum", replaced("2018-", "9018-"), "more than 10,000 days after 2016-04-22, when Paris opened"),
        ("quorum", replaced("1.2500", "0.2500", 99), "found that the quorum of 55 parties with 55% of emissions was"),
        ("quorum", lambda text: "\n".join(text.split("\n")[:40]), "found 38 parties; at least 60 are needed"),
        ("quorum", replaced("1.2500", "much"), "found 'much' as Percentage; a number from 0 to 100 is needed"),
    ],
)  # fmt: skip
def test_damaged_records_are_refused(kind: str, damage: Any, fragment: str, tmp_path: Path) -> None:
    files = made_up_files(kind, tmp_path)
    files[0].write_text(damage(files[0].read_text()))
    said = optin("yardstick", kind, *map(str, files))
    assert (said.returncode, said.stdout) == (2, "")
    assert fragment in said.stderr
    assert str(files[0]) in said.stderr


def test_a_code_that_paris_does_not_know_is_refused(tmp_path: Path) -> None:
    paris, kigali = made_up_files("quorum", tmp_path)
    kigali.write_text(kigali.read_text() + "XYZ,Nowhere,2018-01-01\n")
    said = optin("yardstick", "quorum", str(paris), str(kigali))
    assert said.returncode == 2
    assert f"kigali.csv:79:1: found the code 'XYZ', which is not in {paris}" in said.stderr


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (["yardstick", "treaties", "scenarios/baseline.yaml"], "found no column treaty"),
        (["yardstick", "treaties", "scenarios/none.csv"], "no such file"),
        (["yardstick", "treaties", "scenarios"], "is a directory; a CSV file is needed"),
        (["yardstick", "treaties", "experiments/figures/example-review-period.png"], "is not UTF-8 text"),
        (["yardstick", "quorum", "scenarios/baseline.yaml"], "found 1 file; needed: paris.csv and kigali.csv"),
        (["yardstick", "decisions", *["README.md"] * 3], "needed: deu3.csv, and deu3_split.json if at hand"),
        (["yardstick", "weather", "scenarios/baseline.yaml"], "invalid choice: 'weather'"),
        (["yardstick", "treaties"], "required: FILE"),
    ],
)
def test_foreign_files_are_refused(arguments: list[str], fragment: str) -> None:
    said = optin(*arguments, cwd=ROOT)
    assert (said.returncode, said.stdout) == (2, "")
    assert fragment in said.stderr


@pytest.mark.slow
def test_whatever_is_damaged_a_record_is_read_or_refused(kind: str, tmp_path: Path) -> None:
    files = made_up_files(kind, tmp_path)
    whole = files[0].read_bytes()
    generator, refused = np.random.default_rng(1), 0
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(int(generator.integers(1, 4))):
            place = int(generator.integers(len(damaged)))
            damaged[place : place + int(generator.integers(0, 3))] = generator.bytes(int(generator.integers(0, 3)))
        files[0].write_bytes(bytes(damaged))
        refused += is_refused(kind, files)
    assert refused > 20


def is_refused(kind: str, files: list[Path]) -> bool:
    try:
        READERS[kind](files)
    except BadInput as error:
        return all(problem.mark.file in map(str, files) for problem in error.problems)
    return False


def test_columns_may_come_in_any_order_and_others_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("b,other,a\n 1.5 ,\x1b[31m,x\n\n,'',y\n")
    its = read_record(path, {"a": some_text, "b": number(0, 2, missing=-1.0)}, ("a",))
    assert [row.values for row in its] == [{"a": "x", "b": 1.5}, {"a": "y", "b": -1.0}]
    assert [row.mark.line for row in its] == [2, 4]


def test_cells_say_what_is_allowed() -> None:
    assert day_or_never("") == math.inf
    assert day_or_never("0001-01-02") == 2
    assert word("C", "D")("D") == "D"
    for cell, text, allowed in (
        (word("C", "D", "L"), "E", "allowed: C, D or L"),
        (number(0, 1), "2", "a number from 0 to 1 is needed"),
        (number(0, 1), "", "a number from 0 to 1 is needed"),
    ):
        with pytest.raises(ValueError, match=allowed):
            cell(text)


# ---------------------------------------------------------------- scores by hand


def test_scores_of_one_decision_are_those_worked_out_by_hand() -> None:
    its = score({"a": np.array([0.8]), "b": np.array([0.5])}, np.array([1.0]), "a", np.array([0]))
    assert its["a"].brier.mean == pytest.approx(0.04)
    assert its["a"].log.mean == pytest.approx(-math.log(0.8))
    assert its["b"].brier_excess.mean == pytest.approx(0.21)
    assert its["b"].log_excess.mean == pytest.approx(math.log(1.6))


def test_the_count_of_independent_decisions_is_worked_out_by_hand() -> None:
    assert independent(np.array([0.2, 0.7])) == pytest.approx([0.24, 0.62, 0.14])
    both = independent(np.array([[0.2, 0.7], [0.5, 0.5]]))
    assert both == pytest.approx(np.array([[0.24, 0.62, 0.14], [0.25, 0.5, 0.25]]))


def test_scores_of_a_count_are_worked_out_by_hand() -> None:
    forecast = np.array([0.2, 0.5, 0.3])
    assert log_of_count(forecast, 2) == pytest.approx(-math.log(0.3))
    assert ranked_probability(forecast, 2) == pytest.approx(0.2**2 + 0.7**2)
    assert ranked_probability(forecast, 0) == pytest.approx(0.8**2 + 0.3**2)
    assert ranked_probability(np.array([0.0, 1.0, 0.0]), 1) == 0.0


def test_a_central_interval_holds_at_least_its_share() -> None:
    assert central(np.array([0.04, 0.02, 0.9, 0.02, 0.02])) == (1, 2)
    assert central(np.array([0.06, 0.9, 0.04])) == (0, 1)
    assert central(np.array([0.0, 1.0])) == (1, 1)


def test_coverage_counts_the_clusters_that_the_interval_holds() -> None:
    forecast = np.array([0.04, 0.02, 0.9, 0.02, 0.02])
    its = score_counts({"a": [forecast] * 4}, [0, 1, 2, 3], "a")["a"]
    assert its.covered.mean == 0.5


def test_a_forecast_that_excludes_what_happens_is_bad_and_not_infinite() -> None:
    assert 700 < log_of_count(np.array([1.0, 0.0]), 1) < 710


def test_groups_of_decisions_go_by_their_chances_and_are_counted_by_hand() -> None:
    chance = np.repeat(np.arange(10) / 10, 4)[::-1]
    joined = np.tile([1.0, 0.0, 0.0, 0.0], 10)
    groups = reliability(chance, joined, np.arange(40))
    assert [group.expected for group in groups] == pytest.approx(np.arange(10) / 10)
    assert [group.joined.mean for group in groups] == [0.25] * 10
    assert groups[0].joined.half_width == pytest.approx(3.182446 * 0.25)  # Student's of 1, 0, 0 and 0
    assert groups[0].is_met
    assert not groups[0]._replace(expected=1.1).is_met


def test_where_all_of_a_group_join_the_share_has_wilsons_interval_over_clusters() -> None:
    groups = reliability(np.full(40, 0.9), np.ones(40), np.repeat(np.arange(20), 2))
    assert groups[0].joined == share(2, 2)
    assert groups[0].is_met


def test_a_rule_is_beaten_only_where_both_scores_say_so_by_more_than_chance() -> None:
    generator = np.random.default_rng(2)
    joined = (generator.random(4000) < 0.9).astype(float)
    chances = {"model": np.full(4000, 0.9), "coin": np.full(4000, 0.5), "close": np.full(4000, 0.901)}
    its = score(chances, joined, "model", np.arange(4000) // 10)
    assert unbeaten(its, ("coin", "close")) == ["close"]
    assert verdict(its, ("coin", "close")) == "does not beat close by more than chance; it beats coin"
    assert verdict(its, ("coin",)) == "beats coin, each by more than chance"
    worse = score({**chances, "model": chances["coin"]}, joined, "model", np.arange(4000) // 10)
    assert verdict(worse, ("close",)) == "is beaten by close"


# ---------------------------------------------------------------- logit


def test_a_logit_of_a_constant_is_the_log_of_the_odds_with_its_textbook_error() -> None:
    chosen = np.array([1.0] * 30 + [0.0] * 10)
    its = logit(np.ones((40, 1)), chosen, np.arange(40))
    assert its.value[0] == pytest.approx(math.log(3), abs=1e-4)
    assert its.covariance[0, 0] == pytest.approx(1 / 30 + 1 / 10, rel=0.03)
    assert its.log_likelihood == pytest.approx(30 * math.log(0.75) + 10 * math.log(0.25), abs=1e-6)


def test_saying_everything_three_times_does_not_make_it_surer() -> None:
    generator = np.random.default_rng(3)
    columns = np.column_stack([np.ones(200), generator.normal(size=200)])
    chosen = (generator.random(200) < 0.5).astype(float)
    once = logit(columns, chosen, np.arange(200))
    thrice = logit(np.repeat(columns, 3, axis=0), np.repeat(chosen, 3), np.repeat(np.arange(200), 3))
    assert thrice.covariance == pytest.approx(once.covariance, rel=1e-3)


def test_choices_that_can_be_told_apart_without_error_give_finite_weights() -> None:
    columns = np.column_stack([np.ones(20), np.arange(20.0)])
    its = logit(columns, (np.arange(20) >= 10).astype(float), np.arange(20))
    assert np.isfinite(its.value).all()
    assert its.value[1] > 1.0


def panel(persons: int, seed: int) -> tuple[Any, Any, Any]:
    """Six choices of each person, with weight 2, and a person's own mean, which also moves the column."""
    generator = np.random.default_rng(seed)
    own = np.repeat(generator.normal(0.0, 1.5, persons), 6)
    column = generator.normal(size=6 * persons) + 0.5 * own
    chosen = (generator.random(6 * persons) < 1.0 / (1.0 + np.exp(-(2.0 * column + own)))).astype(float)
    return column[:, None], chosen, np.repeat(np.arange(persons), 6)


@pytest.mark.slow
def test_within_persons_the_weight_is_recovered_at_the_stated_error_rate() -> None:
    held = 0
    for seed in range(100):
        its = logit_within(*panel(60, seed)).interval(0)
        held += its.low <= 2.0 <= its.high
    assert 88 <= held <= 99  # of 100 intervals of 95%; fewer than 88 come about once in 700 times


def test_what_persons_bring_to_all_choices_biases_a_plain_logit_and_not_one_within_persons() -> None:
    column, chosen, of = panel(600, 1)
    plain = logit(np.column_stack([np.ones(len(of)), column]), chosen, of).interval(1)
    assert not plain.low <= 2.0 <= plain.high
    within = logit_within(column, chosen, of).interval(0)
    assert within.low <= 2.0 <= within.high


def test_with_two_choices_a_person_it_is_a_logit_of_the_difference() -> None:
    generator = np.random.default_rng(5)
    first, second = generator.normal(size=300), generator.normal(size=300)
    first_is_chosen = generator.random(300) < 1.0 / (1.0 + np.exp(second - first))
    columns = np.column_stack([first, second]).reshape(-1, 1)
    chosen = np.column_stack([first_is_chosen, ~first_is_chosen]).reshape(-1).astype(float)
    its = logit_within(columns, chosen, np.repeat(np.arange(300), 2))
    by_difference = logit((first - second)[:, None], first_is_chosen.astype(float), np.arange(300))
    assert its.value[0] == pytest.approx(by_difference.value[0], abs=1e-5)
    assert its.covariance[0, 0] == pytest.approx(by_difference.covariance[0, 0], rel=1e-3)


def test_a_ratio_of_weights_has_the_error_of_the_delta_method() -> None:
    its = Weights(np.array([2.0, 8.0]), np.diag([1.0, 0.0]), 0.0).ratio(0, 1)
    assert its.mean == 0.25
    assert its.half_width == pytest.approx(1.96 / 8, rel=1e-3)
