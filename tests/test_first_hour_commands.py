"""The first hour of a policy analyst, in a folder of one's own: what there is, files to begin with, two of the jobs."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from experiments.cli import terminal
from experiments.cli.main import main
from experiments.cli.widths import fitted
from experiments.notebook import run as run_in_python
from experiments.plans.scaffold import KINDS, STAKEHOLDERS
from experiments.results.text_table import text_table
from model.extends import SHIPPED_FOLDERS, files_in
from model.scenario import load
from model.schema import kind_fields


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    """What a command that goes well prints."""

    def optin(line: str) -> str:
        capsys.readouterr()
        assert main(line.split()) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    return optin


# ---------------------------------------------------------------- files by name


@pytest.mark.parametrize("name", ["june-order", "june-order.yaml", "scenarios/june-order", "seoul-2024"])
def test_a_shipped_scenario_goes_by_its_name_with_and_without_ending(name: str) -> None:
    assert load(name).name == Path(name).stem


def test_a_folder_of_that_name_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "baseline").mkdir()
    assert load("baseline").name == "baseline"


def test_a_file_of_ones_own_goes_by_its_name_without_ending_too(tmp_path: Path) -> None:
    (tmp_path / "gpt-5.6.yaml").write_text("extends: baseline.yaml\nquestion: Mine?\n")
    assert load("gpt-5.6").name == "gpt-5.6"


def test_no_two_shipped_files_share_a_name() -> None:
    names = [path.name for folder in SHIPPED_FOLDERS for path in files_in(folder)]
    assert len(set(names)) == len(names) > 40


def test_python_finds_shipped_files_by_name() -> None:
    assert run_in_python("june-order", runs=20).data["scenario"] == "june-order"


# ---------------------------------------------------------------- what there is


def test_the_list_names_every_shipped_scenario_and_sweep_with_its_question(said: Any) -> None:
    text = said("list")
    for folder in (SHIPPED_FOLDERS[0], SHIPPED_FOLDERS[2]):
        assert [path.name for path in files_in(folder) if f"\n{path.name} " not in text] == []
    assert load("five-firms").question in text
    assert "results: none in this folder yet" in text


def test_the_list_shows_ones_own_files_first_and_says_whose_they_are(said: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("extends: baseline.yaml\ntitle: Mine\nquestion: Why?\n")
    (tmp_path / "walk.yaml").write_text("question: How?\nscenario: mine.yaml\nvary: {levers.quorum_labs: [4]}\n")
    (tmp_path / "broken.yaml").write_text("extends: [")
    its = json.loads(said("list --json"))
    assert its["scenarios"][0] == {"name": "mine.yaml", "title": "Mine", "question": "Why?", "shipped": False}
    assert its["sweeps"][0] == {"name": "walk.yaml", "title": "walk", "question": "How?", "shipped": False}
    assert all(row["shipped"] for row in its["scenarios"][1:] + its["sweeps"][1:])


def test_parameters_are_listed_with_label_unit_range_and_value_by_a_word_in_any_column(said: Any) -> None:
    its = json.loads(said("list parameters QUORUM --scenario june-order --json"))["parameters"]
    entries = load("june-order").entries
    assert {row["name"] for row in its} == {
        path for path, entry in entries.items() if "quorum" in f"{path} {entry.label}".lower()
    }
    (labs,) = [row for row in its if row["name"] == "levers.quorum_labs"]
    assert labs["unit"] == "labs"
    assert labs["range"] == [0, 20]
    assert labs["value"] == entries["levers.quorum_labs"].shown()


@pytest.mark.parametrize("what", ["measures", "figures", "regimes"])
def test_whatever_is_listed_by_name_can_be_looked_for_by_that_name(what: str, said: Any) -> None:
    rows = json.loads(said(f"list {what} --json"))[what]
    assert len(rows) > 10
    assert rows[-1] in json.loads(said(f"list {what} {rows[-1]['name']} --json"))[what]


def test_results_are_listed_with_the_command_that_made_them(said: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["optin", "run", "june-order", "--runs", "20", "--figures", "none"])
    said("run june-order --runs 20 --figures none")
    (row,) = json.loads(said("list results --json"))["results"]
    assert row["name"] == str(Path("results", "june-order-runs=20"))
    assert row["finished"] is True
    assert row["command"] == "optin run june-order --runs 20 --figures none"
    assert "nowhere" in said("list results nowhere")


def test_a_comparison_is_listed_as_one(said: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["compare", "june-order", "no-protection", "--runs", "20", "--figures", "none"]
    monkeypatch.setattr(sys, "argv", ["optin", *command])
    said(" ".join(command))
    (row,) = json.loads(said("list results --json"))["results"]
    assert row["finished"] is True
    assert row["command"] == " ".join(["optin", *command])


# ---------------------------------------------------------------- files to begin with


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("extends", ["baseline.yaml", "june-order"])
def test_a_new_file_is_good_as_it_is_written(kind: str, extends: str, said: Any, tmp_path: Path) -> None:
    assert said(f"new {kind} Mine-own --extends {extends}").startswith("Written to Mine-own.yaml: ")
    assert said("check Mine-own.yaml").startswith("Mine-own.yaml: good (")
    text = (tmp_path / "Mine-own.yaml").read_text()
    assert len(text) < 20_000
    assert all(ord(letter) < 128 for letter in text)


@pytest.mark.parametrize("kind", STAKEHOLDERS)
def test_a_new_stakeholder_has_every_trait_and_says_that_none_is_its_own(kind: str, said: Any, tmp_path: Path) -> None:
    like = {"lab": "meta", "official": "industry_aides"}[kind]
    said(f"new {kind} newcomer --like {like}")
    scenario, text = load("newcomer.yaml"), (tmp_path / "newcomer.yaml").read_text()
    for _, item in kind_fields(kind):
        trait = ".".join(item.path)
        entry, model = (scenario.entries[f"stakeholders.{name}.{trait}"] for name in ("newcomer", like))
        assert (entry.value, entry.distribution) == (model.value, model.distribution)
        assert entry.source == {"assumption": f"as {scenario.labels[like]} in baseline.yaml; replace"}
        assert f"({entry.unit}; {entry.low:g} to {entry.high:g})" in text
    whose = [line for line in said("sources newcomer.yaml").splitlines() if line.startswith("stakeholders.newcomer.")]
    assert len(whose) == len(list(kind_fields(kind)))
    assert all(line.endswith("; replace") for line in whose)


def test_what_a_new_scenario_has_as_comments_is_the_scenario_it_differs_from(said: Any, tmp_path: Path) -> None:
    said("new scenario mine")
    before = load("baseline").entries
    path = tmp_path / "mine.yaml"
    head, mark, rest = path.read_text().partition("\n# levers:\n")
    levers = (mark + rest).partition("\n# stakeholders:\n")[0]
    path.write_text(head + levers.replace("\n# ", "\n").replace("\n#\n", "\n\n"))
    after = load("mine.yaml").entries
    assert {p: (e.value, e.distribution) for p, e in after.items()} == {
        p: (e.value, e.distribution) for p, e in before.items()
    }
    assert after["levers.secrecy"].origin == "scenario"


def test_a_new_sweep_plays(said: Any) -> None:
    said("new sweep walk --extends june-order")
    its = json.loads(said("sweep walk.yaml --runs 20 --figures none --json"))
    assert [point["values"]["levers.quorum_labs"] for point in its["points"]] == [3, 4, 5, 6, 7]


def test_a_stakeholder_of_fitted_draws_has_their_median_and_says_so(said: Any) -> None:
    said("new lab newcomer --extends calibrated")
    entries = load("newcomer.yaml").entries
    drawn = entries["stakeholders.xai.stance"]
    assert drawn.distribution is not None
    values = sorted(drawn.distribution["draws"]["values"])
    middle = entries["stakeholders.newcomer.stance"]
    assert values[len(values) // 2 - 1] <= middle.value <= values[len(values) // 2]  # type: ignore[operator]
    assert middle.source["assumption"].endswith("the median of its draws")


# ---------------------------------------------------------------- job a: a quorum of four, Meta not invited


def test_a_quorum_of_four_without_meta_from_a_folder_of_ones_own(said: Any, tmp_path: Path) -> None:
    said("new scenario four-no-meta")
    path = tmp_path / "four-no-meta.yaml"
    path.write_text(path.read_text() + "\nlevers: {quorum_labs: 4}\nstakeholders: {meta: null}\n")
    text = said("run four-no-meta --runs 100 --figures none")
    assert text.startswith("Adopted in ")
    assert "Four no meta: " in text
    assert "Meta" not in text
    assert f"Written to {Path('results', 'four-no-meta-runs=100')}:\n" in text


@pytest.mark.slow
def test_a_default_that_is_said_is_no_other_folder(said: Any, tmp_path: Path) -> None:
    (tmp_path / "walk.yaml").write_text(
        "question: How?\nscenario: june-order.yaml\nvary: {levers.quorum_labs: [4, 5]}\nruns: 20\nseed: 3\n"
    )
    for words in ("", "--runs 20", "--runs 20 --seed 3", "--seed 1", "--runs 10"):
        said(f"sweep walk.yaml --figures none {words}")
    assert {path.name for path in (tmp_path / "results").iterdir()} == {"walk", "walk-seed=1", "walk-runs=10"}
    for words in ("--seed 1", "--runs 1000", "--runs 1000 --seed 1"):
        said(f"run june-order --figures none {words}")
    assert len(list((tmp_path / "results").iterdir())) == 4
    assert (tmp_path / "results" / "june-order").is_dir()


# ---------------------------------------------------------------- job d: a new lab and another official


@pytest.mark.slow
def test_a_lab_from_abroad_and_one_more_official_at_the_table(said: Any, tmp_path: Path) -> None:
    said("new lab Mistral --like xai")
    said("new official senate-liaison --like industry_aides --extends Mistral.yaml")
    checked = said("check senate-liaison.yaml")
    shares = [e.mean() for p, e in load("Mistral.yaml").entries.items() if p.endswith(".frontier_share")]
    assert f"note: frontier_share of the labs comes to {sum(shares):.2f} on average" in checked
    text = said("run senate-liaison.yaml --runs 200 --figures none")
    assert "\n  Mistral " in text
    assert "frontier_share of the labs comes to" in text


def test_a_new_lab_says_what_becomes_of_shares_and_an_official_what_it_cannot_be(said: Any, tmp_path: Path) -> None:
    said("new lab mistral")
    about = " ".join((tmp_path / "mistral.yaml").read_text().replace("\n#", "").split())
    assert "every run divides each frontier_share by the sum over the labs that are there" in about
    assert "Nothing says where a lab is at home" in about
    said("new official senate")
    about = " ".join((tmp_path / "senate.yaml").read_text().replace("\n#", "").split())
    assert "It cannot be Congress" in about


def test_shares_are_rescaled_as_the_new_file_says(said: Any, tmp_path: Path) -> None:
    """With fixed shares: 0.5 and 0.5, and a third lab of 0.25 that is said to count as 0.2."""
    (tmp_path / "two.yaml").write_text(
        "extends: baseline.yaml\nquestion: Two?\nstakeholders:\n"
        + "".join(f"  {lab}: null\n" for lab in ("google", "microsoft", "amazon", "meta", "xai"))
        + "  openai: {frontier_share: 0.5}\n  anthropic: {frontier_share: 0.25}\n"
    )
    said("new lab third --like anthropic --extends two.yaml")
    text = (tmp_path / "third.yaml").read_text().replace("\n# ", " ")
    assert "the sum is 1.00 on average, so that its 0.250 counts as 0.250, and every other lab counts 25% less" in text


# ---------------------------------------------------------------- the terminal


class Terminal:
    """A stream that says it is one, and keeps what is written."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""


def on_a_screen(line: str, **environment: str) -> tuple[int, str]:
    """The exit code of a command and what it shows on a terminal of 60 columns, in colour."""
    stream = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        patch.setattr(sys, "stderr", stream)
        patch.delenv("NO_COLOR", raising=False)
        for name, value in {"COLUMNS": "60", "TERM": "xterm", **environment}.items():
            patch.setenv(name, value)
        return main(line.split()), stream.text


@pytest.mark.parametrize("line", ["list", "list parameters quorum", "diff baseline june-order", "show june-order"])
def test_tables_are_no_wider_than_the_terminal_and_lose_nothing(line: str, said: Any) -> None:
    code, narrow = on_a_screen(line)
    assert code == 0
    assert max(map(len, narrow.splitlines())) <= 60
    assert sorted("".join(narrow.split())) == sorted("".join(said(line).split()))


def test_the_headline_is_bold_and_nothing_else() -> None:
    _, text = on_a_screen("run june-order --runs 20 --figures none")
    headline, _, rest = text.partition(terminal.BOLD)[2].partition(terminal.USUAL)
    assert headline.startswith("Adopted in ")
    assert "\x1b" not in rest


def test_errors_are_red_unless_there_is_to_be_no_colour() -> None:
    error = "optin: june-odrer: no such file; did you mean 'june-order.yaml'?; `optin list` shows the shipped ones"
    assert on_a_screen("run june-odrer") == (2, f"{terminal.RED}{error}{terminal.USUAL}\n")
    assert on_a_screen("run june-odrer", NO_COLOR="1") == (2, f"{error}\n")
    assert on_a_screen("run june-odrer", TERM="dumb") == (2, f"{error}\n")


def test_a_table_is_narrowed_in_its_widest_columns_and_prose_at_words() -> None:
    table = text_table(
        ["name", "what it says", "n"], [["one", "some words of it", "1.0"], ["two", "few", "10.0"]], "<<>"
    )
    text = "\n".join(["A line of prose that is far too long", *table])
    assert fitted(text, 80) == text
    assert fitted(text, 22).split("\n") == [
        "A line of prose that",
        "is far too long",
        "name  what it        n",
        "      says",
        "one   some words   1.0",
        "      of it",
        "two   few         10.0",
    ]


def test_what_is_written_is_listed_by_folder_on_short_lines(said: Any) -> None:
    text = said("run june-order --runs 20")
    written = text[text.index("Written to ") :].splitlines()
    assert written[0] == f"Written to {Path('results', 'june-order-runs=20')}:"
    assert written[1] == "  manifest.json, parts/, summary.json"
    assert written[2] == "  figures/ outcomes.png, joining.png, review-period.png"
    assert max(map(len, written)) <= 100


def test_completion_knows_commands_and_flags(said: Any) -> None:
    pytest.importorskip("shtab")
    script = said("completion bash")
    assert "--runs-per-point" in script
    assert "sensitivity" in script
