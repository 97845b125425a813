"""The mistakes of a first hour: what is typed, and what the answer has to name, so that the next try is right."""

import contextlib
from pathlib import Path
from typing import NamedTuple

import pytest

from experiments.cli.main import main

SWEEP = "question: How?\nscenario: baseline.yaml\nvary: {levers.quorum_labs: [4, 5]}\n"
SCENARIO = "extends: baseline.yaml\nquestion: What if?\nlevers: {quorum_labs: 4}\n"


class Mistake(NamedTuple):
    """What is typed in a folder of one's own, and what the message names."""

    typed: str
    names: tuple[str, ...]


MISTAKES = (
    # files of scenarios and sweeps
    Mistake("run baselin.yaml", ("no such file", "did you mean 'baseline.yaml'?", "`optin list`")),
    Mistake("run baselin", ("no such file", "did you mean 'baseline.yaml'?")),
    Mistake("run mnie.yaml", ("did you mean 'mine.yaml'?",)),
    Mistake("sweep reveiw-length", ("did you mean 'review-length.yaml'?",)),
    Mistake("run nothing-of-the-kind.yaml", ("no such file; `optin list` shows the shipped ones",)),
    Mistake("run walk.yaml", ("walk.yaml:1:1: is a sweep", "optin sweep walk.yaml")),
    Mistake("run review-length", ("is a sweep", "optin sweep review-length.yaml")),
    Mistake("sweep mine.yaml", ("mine.yaml:1:1: is a scenario", "optin run mine.yaml")),
    Mistake("sweep june-order", ("is a scenario", "optin run june-order.yaml")),
    Mistake("run notes.md", ("notes.md:1:1: is Markdown, and no YAML", "scenarios/README.md")),
    Mistake("check table.csv", ("looks like a table", "optin import")),
    # commands and flags
    Mistake("rnu mine.yaml", ("'rnu'", "did you mean 'run'?", "optin --help")),
    Mistake("fly", ("'fly'", "known: list, new, ", "run, sweep")),
    Mistake("", ("found no command", "optin --help", "start:")),
    Mistake("run mine.yaml --run 100", ("--run 100", "did you mean '--runs'?", "optin run --help")),
    Mistake("sensitivity mine.yaml --runs 100", ("'--runs-per-point'?", "optin sensitivity --help")),
    Mistake("trace mine.yaml --runs 3", ("did you mean '--run'?", "optin trace --help")),
    Mistake("compare mine.yaml", ("found only mine", "at least two scenarios", "optin compare baseline.yaml")),
    Mistake("why mine.yaml", ("required: --lab", "optin why --help")),
    Mistake("list scenario", ("'scenario'", "did you mean 'scenarios'?")),
    # values
    Mistake("run mine.yaml --set levers.quorum_lab=4", ("did you mean 'quorum_labs'?",)),
    Mistake("run mine.yaml --set quorum_labs=4", ("did you mean 'levers.quorum_labs'?",)),
    Mistake("run mine.yaml --set levers.quorum_labs=400", ("found 400", "a whole number from 0 to 20")),
    Mistake("run mine.yaml --runs 1,000", ("'1,000'", "a whole number from 1 to 10,000,000")),
    Mistake("run mine.yaml --seed abc", ("'abc'", "a whole number from 0")),
    Mistake("sensitivity mine.yaml --measure joined.mta", ("did you mean 'joined.meta'?",)),
    # folders of results
    Mistake("report nowhere", ("nowhere: no such folder", "optin list results")),
    Mistake("plot quroum", ("no such folder", f"did you mean '{Path('results', 'quorum')}'?")),
    Mistake("cite quorum", ("no such folder", f"did you mean '{Path('results', 'quorum')}'?")),
    Mistake("report mine.yaml", ("is a file", "a folder of results is needed")),
    Mistake("export results", ("holds no results",)),
    Mistake("run mine.yaml --out notes.md", ("--out notes.md",)),
    # files of one's own
    Mistake("new lab xai", ("'xai'", "baseline.yaml has already")),
    Mistake("new lab mistral --like commerce", ("no lab of baseline", "openai")),
    Mistake("new official senate --like xai", ("no official of baseline", "commerce")),
    Mistake("new scenario june-order", ("june-order.yaml: is the name of a shipped file",)),
    Mistake("new scenario mine", ("mine.yaml: is there already",)),
    Mistake("new sweep walk2 --like xai", ("only a lab or an official",)),
    Mistake("new stakeholder mistral", ("'stakeholder'", "scenario, lab, official, sweep")),
    Mistake("new lab mistral --extends baselin.yaml", ("did you mean 'baseline.yaml'?",)),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a user has it, far from the repository."""
    folder = tmp_path_factory.mktemp("mine")
    (folder / "mine.yaml").write_text(SCENARIO)
    (folder / "walk.yaml").write_text(SWEEP)
    (folder / "notes.md").write_text("# Notes\n\nWhat I want to know: does it last?\n")
    (folder / "table.csv").write_text("Actor,Power\nUSA,1\n")
    (folder / "results" / "quorum").mkdir(parents=True)
    (folder / "results" / "quorum" / "manifest.json").write_text("{}")
    return folder


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.typed or "nothing")
def test_a_mistake_is_told_with_what_was_meant(
    mistake: Mistake, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.iterdir())
    with contextlib.chdir(folder):
        assert main(mistake.typed.split()) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert [name for name in mistake.names if name not in said.err] == []
    assert sorted(folder.iterdir()) == before
