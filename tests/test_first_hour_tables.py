"""Two jobs of an analyst's first hour, as they are typed: a small table and a figure in one's own style, and three
scenarios in one picture."""

import csv
import json
import math
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from PIL import Image
from scipy.stats import binomtest, t

from experiments.figures import compare as figure_of_comparison
from experiments.figures.look import Look, read_style
from experiments.figures.style import OWN, series
from experiments.publish.comparison import compared
from experiments.results.compare import COMPARED, Comparison
from experiments.runs.store import opened_all

from .test_cli import as_json, optin, refused
from .texts import faults

LENGTH_AND_THREAT = """
question: How does adoption fall with the length of review, at three levels of threat?
scenario: {scenario}
runs: 80
measures: [adopted, review_days]
vary:
  levers.opening.review_days: [1, 30, 60, 90, 120]
  climate.threat: [0.2, 0.5, 0.8]
"""
POINTS, ROUNDING = 15, 1e-9
HOUSE = """
# the house style
font.family: serif
font.serif: No Such Font, STIXGeneral
axes.titlesize: 15
axes.titlecolor: 7a0019
axes.grid: True
axes.prop_cycle: cycler('color', ['123456', 'abcdef', '0a7e8c'])
savefig.dpi: 100
"""
SCENARIOS = ("baseline.yaml", "full-protection.yaml", "fixed-terms.yaml")


def done(*arguments: object) -> str:
    said = optin(*map(str, arguments))
    assert said.returncode == 0, said.stderr
    return said.stdout


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---------------------------------------------------------------- length of review and threat


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a sweep over length of review and threat."""
    folder = tmp_path_factory.mktemp("first-hour")
    (folder / "threat.yaml").write_text(LENGTH_AND_THREAT.format(scenario="fixed-terms.yaml"), encoding="utf-8")
    done("sweep", folder / "threat.yaml", "--out", folder / "threat", "--figures", "none")
    return folder / "threat"


@pytest.fixture(scope="module")
def runs(swept: Path) -> pd.DataFrame:
    """All runs of it."""
    done("export", swept, "--csv", swept.parent / "runs.csv")
    return pd.read_csv(swept.parent / "runs.csv", keep_default_na=False, na_values=[""])


def test_a_sweep_leaves_a_row_a_point_with_what_varies_and_mean_and_interval_of_every_measure(
    swept: Path, runs: pd.DataFrame
) -> None:
    table = pd.read_csv(swept / "points.csv")
    assert len(table) == POINTS
    first = ["point", "levers.opening.review_days", "climate.threat", "runs", "adopted", "adopted_low", "adopted_high"]
    assert list(table.columns[: len(first)]) == first
    for measure in ("durable", "holds", "ad_hoc.holds", "joined.meta", "gain.meta.delay", "labs_joined"):
        assert {measure, f"{measure}_low", f"{measure}_high"} <= set(table.columns)
    for point, its in runs.groupby("point"):
        row = table.loc[point]
        assert row["runs"] == 80
        assert row["adopted"] == pytest.approx(its["adopted"].mean())
        low, high = binomtest(int(its["adopted"].sum()), 80).proportion_ci(method="wilson")
        assert (row["adopted_low"], row["adopted_high"]) == pytest.approx((low, high))
        holds = its["holds"]
        ends = t.interval(0.95, 79, holds.mean(), holds.std(ddof=1) / math.sqrt(80))
        assert (row["holds_low"], row["holds_high"]) == pytest.approx(ends)
        assert row["review_days_runs"] == its["review_days"].notna().sum() == its["adopted"].sum()


def test_the_points_are_those_of_the_summary_and_what_is_not_known_is_empty(swept: Path) -> None:
    summary = json.loads((swept / "summary.json").read_text(encoding="utf-8"))
    rows = rows_of(swept / "points.csv")
    for row, point in zip(rows, summary["points"], strict=True):
        for measure, its in point["measures"].items():
            for name, end in (("", "mean"), ("_low", "low"), ("_high", "high")):
                cell = row[f"{measure}{name}"]
                assert (None if cell == "" else float(cell)) == its[end]
    assert rows[0]["review_days_low"] == ""  # the terms are fixed: every run has the same length
    assert "nan" not in (swept / "points.csv").read_text(encoding="utf-8").lower()


def test_every_column_of_a_table_is_explained_beside_it(swept: Path, runs: pd.DataFrame) -> None:
    for table, dictionary in ((swept / "points.csv", swept / "points.columns.csv"), (None, None)):
        columns = pd.read_csv(table).columns if table else runs.columns
        explained = rows_of(dictionary or swept.parent / "runs.columns.csv")
        assert [its["name"] for its in explained] == list(columns)
        assert all(its["label"] and its["unit"] for its in explained)
    known = {its["name"]: its for its in rows_of(swept.parent / "runs.columns.csv")}
    assert known["outcome"]["codes"] == "0 no order; 1 no framework; 2 adopted"
    assert known["fate"]["codes"] == "0 no framework; 1 durable; 2 eroded; 3 superseded"
    assert known["word.meta"]["codes"] == "0 out; 1 conditional; 2 pledged"
    assert (known["levers.opening.review_days"]["least"], known["levers.opening.review_days"]["most"]) == ("1", "120")
    assert known["adopted"]["unit"] == "share of runs"


def test_what_a_dictionary_says_of_ranges_holds_for_all_runs(swept: Path, runs: pd.DataFrame) -> None:
    limited = [its for its in rows_of(swept.parent / "runs.columns.csv") if its["least"]]
    assert len(limited) > 50
    for its in limited:
        values = runs[its["name"]].dropna()
        least, most = float(its["least"]) - ROUNDING, float(its["most"]) + ROUNDING
        assert values.between(least, most).all(), its["name"]


def test_only_the_columns_that_are_asked_for_are_exported_parameters_too(
    swept: Path, runs: pd.DataFrame, tmp_path: Path
) -> None:
    names = ["run", "adopted", "levers.opening.review_days", "levers.protection", "levers.deadline_days"]
    said = as_json("export", str(swept), "--columns", ",".join(names), "--csv", str(tmp_path / "few.csv"))
    assert said["rows"] == len(runs)
    few = pd.read_csv(tmp_path / "few.csv")
    assert list(few.columns) == names
    pd.testing.assert_frame_equal(few[names[:-1]], runs[names[:-1]], check_exact=True)
    assert (few["levers.deadline_days"] == 60).all()  # neither varied nor drawn
    assert [its["name"] for its in rows_of(Path(said["dictionary"]))] == names


def test_a_column_that_is_not_there_is_refused_with_the_nearest(swept: Path) -> None:
    said = refused("export", str(swept), "--columns", "adoptd,levers.quorum_lab")
    assert "--columns: found 'adoptd'; did you mean 'adopted'?" in said
    assert "found 'levers.quorum_lab'; did you mean 'levers.quorum_labs'?" in said


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        (lambda text: text.replace(",80,", ",81,", 1), r"points\.csv: found 81\.0 for runs\[0\]; the parts give 80\.0"),
        (lambda text: text.partition("\n")[0], r"points\.csv: found .*; the parts give"),
        (lambda text: "\x00", r"points\.csv: found .* for the whole; the parts give"),
    ],
)
def test_a_changed_table_of_points_is_found(
    swept: Path, tmp_path: Path, change: Callable[[str], str], fragment: str
) -> None:
    shutil.copytree(swept, tmp_path / "its")
    path = tmp_path / "its" / "points.csv"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert re.search(fragment, refused("verify", str(tmp_path / "its")))
    shutil.copy(swept / "points.csv", path)
    assert "hold" in done("verify", tmp_path / "its")


def test_a_figure_is_drawn_in_ones_own_style_size_title_and_formats(swept: Path, tmp_path: Path) -> None:
    (tmp_path / "house.mplstyle").write_text(HOUSE, encoding="utf-8")
    call = ("plot", swept, "--figure", "adopted-lines", "--style", tmp_path / "house.mplstyle", "--size", "6x4")
    title = "Longer reviews, fewer frameworks"
    paths = done(*call, "--title", title, "--format", "png,svg,pdf").split()
    assert paths == [str(swept / "figures" / f"adopted-lines.{kind}") for kind in ("png", "svg", "pdf")]
    with Image.open(paths[0]) as picture:
        assert picture.size == (600, 400)  # inches times savefig.dpi
    svg = Path(paths[1]).read_text(encoding="utf-8")
    assert 'width="432pt" height="288pt"' in svg  # 72 points an inch
    assert title in svg
    assert "#7a0019" in svg  # the title's
    assert all(colour in svg for colour in ("#123456", "#abcdef", "#0a7e8c"))
    assert "STIXGeneral" in svg
    assert Path(paths[2]).read_bytes().startswith(b"%PDF")


def test_without_a_style_figures_look_as_ever_also_after_one_with_a_style(swept: Path, tmp_path: Path) -> None:
    (tmp_path / "house.mplstyle").write_text(HOUSE, encoding="utf-8")
    call = ("plot", swept, "--figure", "adopted-lines", "--format", "svg")
    before = Path(done(*call).strip()).read_bytes()
    done(*call, "--style", tmp_path / "house.mplstyle")
    assert Path(done(*call).strip()).read_bytes() == before


def test_a_style_with_too_few_colours_leaves_ours(tmp_path: Path) -> None:
    (tmp_path / "house.mplstyle").write_text(HOUSE, encoding="utf-8")
    look = Look(read_style(tmp_path / "house.mplstyle").settings)
    ours = series(4)
    with look.worn():
        assert series(3) == ["#123456", "#abcdef", "#0a7e8c"]
        assert np.array_equal(series(4), ours)
    assert not OWN.get()


@pytest.mark.parametrize(
    ("style", "fragment"),
    [
        ("axes.titlesze: 12", ":1:1: bad key axes.titlesze: found 'axes.titlesze: 12'; did you mean 'axes.titlesize'?"),
        ("axes.grid: True\nlines.linewidth: fat", ":2:1: bad value: found 'lines.linewidth: fat'"),
        ("a nice style", ":1:1: missing colon: found 'a nice style'"),
        ("text.usetex: True", "found text.usetex"),
        (None, "no such file"),
    ],
)
def test_a_bad_style_is_refused_with_its_place(swept: Path, tmp_path: Path, style: str | None, fragment: str) -> None:
    path = tmp_path / "bad.mplstyle"
    if style is not None:
        path.write_text(style, encoding="utf-8")
    said = refused("plot", str(swept), "--style", str(path))
    assert f"{path}{fragment}" in said or fragment in said


def test_a_font_that_is_not_installed_is_named(swept: Path, tmp_path: Path) -> None:
    (tmp_path / "font.mplstyle").write_text("font.family: No Such Font", encoding="utf-8")
    said = optin("plot", str(swept), "--figure", "adopted-lines", "--style", str(tmp_path / "font.mplstyle"))
    assert said.returncode == 0
    note = f"note: the font 'No Such Font' of {tmp_path / 'font.mplstyle'} is not installed; another stands in\n"
    assert said.stderr == note


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (["--title", "T"], "--title: found no --figure"),
        (["--size", "7"], "found '7'; width x height in inches is allowed, as 6.5x4"),
        (["--size", "0.1x4"], "each from 1 to 40"),
        (["--format", "jpg"], "found 'jpg'; png, svg, pdf are allowed"),
    ],
)
def test_an_impossible_look_is_refused(swept: Path, arguments: list[str], fragment: str) -> None:
    assert fragment in refused("plot", str(swept), *arguments)


@pytest.mark.slow
def test_a_term_that_the_talks_change_is_said_to_be_one(swept: Path, tmp_path: Path) -> None:
    note = "levers.opening.review_days is only in the first text, and drafting and talks change it"
    (tmp_path / "threat.yaml").write_text(LENGTH_AND_THREAT.format(scenario="baseline.yaml"), encoding="utf-8")
    call = ("sweep", tmp_path / "threat.yaml", "--runs", "4", "--out", tmp_path / "its", "--figures", "none")
    assert sum(note in line and "fixed-terms.yaml" in line for line in done(*call).splitlines()) == 1
    assert note not in done("sweep", swept.parent / "threat.yaml", "--out", swept, "--figures", "none")
    for base, is_noted in (("baseline.yaml", True), ("fixed-terms.yaml", False)):
        text = f"extends: {base}\nquestion: q\nlevers: {{opening: {{review_days: 14}}}}\n"
        (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
        assert (note in done("check", tmp_path / "mine.yaml")) == is_noted
        call = ("run", base, "--set", "levers.opening.review_days=14", "--runs", "4", "--figures", "none")
        assert (note in done(*call, "--out", tmp_path / f"{base}-set")) == is_noted
    assert note not in done("check", "scenarios/baseline.yaml")


def test_the_effect_comes_first_and_points_that_say_the_same_are_told_in_one_line(swept: Path) -> None:
    said = done("sweep", swept.parent / "threat.yaml", "--out", swept, "--figures", "none")
    effect = r"Framework adopted: falls by [\d.]+ \[[\d.]+ to [\d.]+\] points with each further 30 days \(Review in"
    assert re.match(effect, said)
    block = said.partition("Review period at announcement (days)\n")[2].partition("\n\n")[0].splitlines()
    lengths = [line for line in block if " and 2 more points" in line]
    assert [line.split()[-1] for line in lengths] == ["1.00", "30.0", "60.0", "90.0", "120"]


# ---------------------------------------------------------------- three scenarios in one picture


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison of three scenarios."""
    folder = tmp_path_factory.mktemp("first-hour") / "together"
    done("compare", *SCENARIOS, "--runs", "120", "--out", folder)
    return folder


def test_a_comparison_leaves_a_folder_with_table_text_figure_and_the_results_of_each(together: Path) -> None:
    files = {path.name for path in together.iterdir()}
    written = {"comparison.json", "summary.json", "report.txt", "differences.csv", "differences.columns.csv", "figures"}
    assert written | {"baseline", "full-protection", "fixed-terms"} <= files
    assert (together / "figures" / "differences.png").exists()
    assert (together / "report.txt").read_text(encoding="utf-8").startswith("full-protection: adopted ")
    data = json.loads((together / "summary.json").read_text(encoding="utf-8"))
    assert data["made_by"].startswith("Opt-In ")
    assert set(data["comparisons"]) == {"full-protection", "fixed-terms"}


def test_the_differences_are_those_of_the_runs_pair_by_pair(together: Path, tmp_path: Path) -> None:
    tables = {}
    for name in ("baseline", "fixed-terms"):
        done("export", together / name, "--csv", tmp_path / f"{name}.csv", "--columns", "adopted,holds,review_days")
        tables[name] = pd.read_csv(tmp_path / f"{name}.csv")
    rows = {(row["scenario"], row["measure"]): row for row in rows_of(together / "differences.csv")}
    change = (tables["fixed-terms"] - tables["baseline"]).dropna(subset=["holds"])
    its = rows["fixed-terms", "holds"]
    assert (its["base"], its["unit"], its["pairs"]) == ("baseline", "holds", "120")
    assert float(its["mean"]) - float(its["base_mean"]) == pytest.approx(float(its["difference"]))
    assert float(its["difference"]) == pytest.approx(change["holds"].mean())
    half = t.ppf(0.975, 119) * change["holds"].std(ddof=1) / math.sqrt(120)
    assert float(its["difference_high"]) == pytest.approx(change["holds"].mean() + half)
    days = rows["fixed-terms", "review_days"]
    assert int(days["pairs"]) == change["review_days"].notna().sum() < 120
    explained = [column["name"] for column in rows_of(together / "differences.columns.csv")]
    assert explained == list(its)


def comparison_in(folder: Path) -> Comparison:
    finding = compared(opened_all(folder)).finding
    assert isinstance(finding, Comparison)
    return finding


def test_the_figure_shows_each_difference_with_its_interval_and_a_zero_line(together: Path) -> None:
    comparison = comparison_in(together)
    figure = figure_of_comparison.differences(comparison)
    shares = figure.axes[0]
    its = comparison.differences["fixed-terms"]["adopted"].difference
    dots = [line for line in shares.lines if len(line.get_xdata()) == 1]
    ends = [tuple(line.get_xdata()) for line in shares.lines if len(set(line.get_ydata())) == 1]
    (first,) = [line for line in dots if line.get_label() == "fixed-terms"]
    assert float(first.get_xdata()[0]) == pytest.approx(100 * its.mean)
    assert (100 * its.low, 100 * its.high) in [pytest.approx(pair) for pair in ends if len(pair) == 2]
    assert any(tuple(line.get_xdata()) == (0.0, 0.0) for line in shares.lines)
    for line in dots:
        is_hollow = to_hex(line.get_markerfacecolor()) == "#ffffff"
        name = line.get_label()
        if name in comparison.differences:
            change = comparison.differences[name]["adopted"].difference
            assert is_hollow == (change.low <= 0 <= change.high)


@pytest.mark.parametrize("others", [1, 2, 5])
def test_nothing_in_the_figure_overlaps_or_leaves_the_canvas(together: Path, others: int) -> None:
    comparison = comparison_in(together)
    pairs = comparison.differences["fixed-terms"]
    names = ["fixed-terms", *(f"fixed-terms with levers.quorum_labs={number}" for number in range(others - 1))]
    figure = figure_of_comparison.differences(comparison._replace(differences=dict.fromkeys(names, pairs)))
    assert faults(figure) == []


def test_the_figure_has_every_measure_of_the_text_but_the_yardstick() -> None:
    drawn = [measure for measures in figure_of_comparison.GROUPS.values() for measure in measures]
    assert set(drawn) == set(COMPARED) - {"compromise_review_days"}


@pytest.mark.slow
def test_a_comparison_is_cited_verified_drawn_anew_and_reported(together: Path, tmp_path: Path) -> None:
    cited = done("cite", together)
    assert "comparison of baseline, full-protection and fixed-terms, 120 runs each, seed 1" in cited
    assert done("verify", together).count("the summary says what they give") == 3
    paths = done("plot", together, "--figure", "differences", "--format", "svg", "--size", "7x6").split()
    assert paths == [str(together / "figures" / "differences.svg")]
    page = tmp_path / "page.html"
    done("report", together, "--out", page)
    text = page.read_text(encoding="utf-8")
    assert all(name in text for name in ("full-protection", "fixed-terms", "baseline"))


def test_the_same_comparison_plays_nothing_again_and_another_does_not_take_its_folder(together: Path) -> None:
    table = (together / "differences.csv").read_bytes()
    said = optin("compare", *SCENARIOS, "--runs", "120", "--out", str(together), "--figures", "none")
    assert said.stderr.count("were there already") >= 3
    assert (together / "differences.csv").read_bytes() == table
    assert "holds other results" in refused("compare", *SCENARIOS, "--runs", "121", "--out", str(together))
    assert "holds a comparison of other results" in refused("run", "baseline.yaml", "--out", str(together))
    assert "holds other results" in refused("compare", *SCENARIOS, "--out", str(together / "baseline"))


@pytest.mark.parametrize(
    ("name", "change", "fragment"),
    [
        (
            "summary.json",
            lambda text: text.replace('"runs": 120', '"runs": 121', 1),
            "found 121 for runs",
        ),
        ("differences.csv", lambda text: text.replace(",120\n", ",119\n", 1), "found 119.0 for pairs[0]"),
        ("comparison.json", lambda text: "{}", "comparison.json: "),
        ("comparison.json", lambda text: text.replace('"baseline"', '"../x"'), "comparison.json: "),
        ("comparison.json", lambda text: re.sub("[0-9a-f]{64}", "0" * 64, text, count=1), "other results than those"),
    ],
)
def test_a_comparison_that_was_changed_is_found(
    together: Path, tmp_path: Path, name: str, change: Callable[[str], str], fragment: str
) -> None:
    shutil.copytree(together, tmp_path / "its")
    path = tmp_path / "its" / name
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert fragment in refused("verify", str(tmp_path / "its"))


def test_what_takes_one_result_says_what_to_name_in_a_comparison(together: Path) -> None:
    assert "name one of the folders of results in it" in refused("export", str(together))
