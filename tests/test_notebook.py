"""The Python face: the same numbers as the command, shown as text whatever a file says, and examples that run."""

import importlib
import pkgutil

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from experiments import examples
from experiments.figures import talks
from experiments.notebook import load, run, sweep, trace
from experiments.plans.sweepfile import SWEEPS
from experiments.results.summary import summarise
from experiments.runs.pool import run_many
from model.problems import BadInput
from model.scenario import SHIPPED

from .drawn import BASELINE

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


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_answers_its_question(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    example = importlib.import_module(f"experiments.examples.{name}")
    example.main(runs=60)
    said = capsys.readouterr().out
    assert len(said.splitlines()) > 4
    assert "nan" not in said
