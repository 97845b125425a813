"""The Python face: the same numbers as the command, shown as text whatever a file says, and examples that run."""

import importlib
import io
import pkgutil
import re
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from experiments import examples
from experiments.figures import talks
from experiments.notebook import load, run, sweep, trace
from experiments.plans.sweepfile import SWEEPS
from experiments.results.summary import summarise
from experiments.runs.pool import run_many
from model.problems import BadInput
from model.scenario import SHIPPED

from .drawn import BASELINE
from .notebooks import NOTEBOOKS, executed, outputs

EXAMPLES = [its.name for its in pkgutil.iter_modules(examples.__path__)]


def test_a_run_has_the_numbers_of_the_command_and_its_table() -> None:
    result = run(BASELINE, 60, 3, ["levers.quorum_labs=4"])
    scenario = load(BASELINE, ["levers.quorum_labs=4"])
    table = run_many(scenario, 60, 3)
    pd.testing.assert_frame_equal(result.table, table, check_exact=True)
    assert result.data == summarise(scenario, table, 3).data()
    assert repr(result).startswith("Adopted in ")
    pd.testing.assert_frame_equal(run(scenario, 60, 3).table, table, check_exact=True)


def test_a_sweep_has_a_row_a_point_with_intervals() -> None:
    result = sweep(SWEEPS / "length-and-mandate.yaml", runs=20)
    assert len(result.table) == 121 == len(result.data["points"])
    assert (result.table["runs"] == 20).all()
    assert (result.table["adopted_low"] <= result.table["adopted"]).all()
    point = result.data["points"][7]
    assert result.table.loc[7, "climate.mandate_chance"] == point["values"]["climate.mandate_chance"]
    assert result.table.loc[7, "durable"] == point["measures"]["durable"]["mean"]


def test_a_trace_has_a_row_a_week() -> None:
    result = trace(SHIPPED / "june-order.yaml", 3)
    assert result.table["week"].tolist() == list(range(len(result.data["rounds"])))
    assert result.table["review_days"].iloc[-1] == result.data["rounds"][-1]["terms"]["review_days"]
    assert np.isfinite(result.table["ask.meta"]).all()
    assert list(result.figures) == list(talks.FIGURES)
    assert isinstance(result.plot("offers"), Figure)


def test_figures_are_drawn_by_name_and_an_unknown_name_names_the_nearest() -> None:
    result = run(BASELINE, 30)
    assert isinstance(result.plot(), Figure)
    assert isinstance(result.plot("joining"), Figure)
    with pytest.raises(BadInput, match="did you mean 'joining'"):
        result.plot("joinings")


def test_a_notebook_shows_what_a_file_says_as_text() -> None:
    scenario = load(BASELINE)
    hostile = run(type(scenario)(**{**vars(scenario), "title": "<script>alert(1)</script>"}), 10)
    shown = hostile._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert shown.startswith("<p><strong>Adopted in ")


def tables_in(shown: str) -> list[pd.DataFrame]:
    return [
        pd.DataFrame([re.findall("<t[hd]>(.*?)</t[hd]>", row) for row in re.findall("<tr>(.*?)</tr>", body, re.DOTALL)])
        for body in re.findall("<tbody>(.*?)</tbody>", shown, re.DOTALL)
    ]


def test_a_notebook_shows_the_tables_of_the_terminal_as_tables() -> None:
    result = run(BASELINE, 60)
    ends, labs, terms, year = tables_in(result._repr_html_())
    in_terminal = re.sub(" +", " ", result.text)
    assert [len(ends), len(labs)] == [6, len(result.data["labs"])]
    assert len(year) == len(result.data["ad_hoc"])
    for table in (ends, labs):
        for row in table.itertuples(index=False):
            assert " ".join(row) in in_terminal
    for label, mean, *_ in terms.itertuples(index=False):
        value = next(its for its in result.data["measures"].values() if f"{its['label']} ({its['unit']})" == label)
        assert float(mean.split()[0]) == pytest.approx(value["mean"], rel=0.01, abs=0.0005)


def test_a_notebook_shows_every_point_of_a_sweep_with_its_interval() -> None:
    (table,) = tables_in(sweep("length-and-mandate.yaml", runs=5)._repr_html_())
    assert len(table) == 31  # of 121 the first and the last fifteen, with dots between
    assert re.fullmatch(r"\d+\.\d% \[\d+\.\d% to \d+\.\d%\]", table.iloc[0, 3])


def test_a_notebook_shows_the_weeks_of_a_trace() -> None:
    result = trace("june-order.yaml", 3)
    (table,) = tables_in(result._repr_html_())
    assert len(table) == len(result.table)


def test_a_figure_is_a_picture_where_nobody_asked_for_pyplot() -> None:
    figure = run(BASELINE, 30).plot("joining")
    picture = Image.open(io.BytesIO(figure._repr_png_()))
    assert picture.size == tuple(round(inches * figure.dpi) for inches in figure.get_size_inches())
    assert len(set(picture.convert("RGB").get_flattened_data())) > 20


def test_one_setting_needs_no_list() -> None:
    alone, listed = (
        run("june-order.yaml", 20, settings=its) for its in ("levers.quorum_labs=4", ["levers.quorum_labs=4"])
    )
    assert alone.data == listed.data
    assert alone.data["settings"] == ["levers.quorum_labs=4"]
    assert (
        trace("june-order.yaml", settings="levers.quorum_labs=4").text.splitlines()[0].endswith("levers.quorum_labs=4")
    )
    assert sweep("bargaining.yaml", "levers.quorum_labs=4", runs=5).data["settings"] == ["levers.quorum_labs=4"]


def test_shipped_files_are_found_by_name_in_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("june-order.yaml", 5).data["scenario"] == "june-order"
    assert sweep("bargaining.yaml", runs=5).data["name"] == "bargaining"
    assert trace("regimes/drafting-2026.yaml").data["scenario"] == "drafting-2026"


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_runs_and_shows_what_it_was_stored_with(path: Path, tmp_path: Path) -> None:
    stored = nbformat.read(path, as_version=4)
    anew = executed(nbformat.read(path, as_version=4), tmp_path)
    assert [its.output_type for its in outputs(anew) if its.output_type == "error"] == []
    kinds = [set(its.get("data", {})) for its in outputs(anew)]
    assert any("image/png" in kind for kind in kinds)
    assert any("<table" in its.get("data", {}).get("text/html", "") for its in outputs(anew))
    for text in ("text/html", "text/plain"):  # pictures differ by the fonts of a machine
        assert [its.get("data", {}).get(text) for its in outputs(anew)] == [
            its.get("data", {}).get(text) for its in outputs(stored)
        ], "python -m tests.notebooks writes the notebooks anew"


def test_the_notebooks_name_no_place_of_the_machine_that_ran_them() -> None:
    assert len(NOTEBOOKS) == 3
    for path in NOTEBOOKS:
        text = re.sub(r'"image/png": "[^"]*"', "", path.read_text(encoding="utf-8"))
        assert re.findall(r"/(?:home|root|tmp|work|Users)/", text) == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:ipyparallel not installed:UserWarning")
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_answers_its_question(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if name == "with_ema_workbench":
        pytest.importorskip("ema_workbench")
    example = importlib.import_module(f"experiments.examples.{name}")
    example.main(runs=60)
    said = capsys.readouterr().out
    assert len(said.splitlines()) > 3
    assert "nan" not in said
