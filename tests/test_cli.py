"""The `optin` command as its users meet it: exit codes, one clear message, and only JSON where it is asked for."""

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from experiments.cli.main import COMMANDS, main
from experiments.cli.options import Command
from experiments.figures.runs import FIGURES
from model import __version__
from model.problems import plain

from .conftest import ROOT, SECONDS

BASELINE = "scenarios/baseline.yaml"


class Said(NamedTuple):
    """What a command answers."""

    returncode: int
    stdout: str
    stderr: str


def optin(*arguments: str, cwd: Path = ROOT) -> Said:
    """The command in this process, which spares it the seconds that it takes to start."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(sys, "argv", ["optin", *arguments])
        try:
            code = main(arguments)
        except SystemExit as stop:  # as argparse ends
            code = int(stop.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


def process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as its users call it."""
    return subprocess.run(
        [sys.executable, "-m", "experiments", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def as_json(*arguments: str) -> Any:
    said = optin(*arguments, "--json")
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def refused(*arguments: str) -> str:
    """What is said of bad input: exit code 2, nothing on stdout, no traceback."""
    said = optin(*arguments)
    assert said.returncode == 2, said.stdout + said.stderr
    assert said.stdout == ""
    assert "Traceback" not in said.stderr
    return said.stderr


def test_run_tells_the_headline_first_and_leaves_table_manifest_and_three_figures(tmp_path: Path) -> None:
    said = process("run", BASELINE, "--runs", "40", "--out", str(tmp_path))
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("Adopted in ")
    assert "95% interval" in said.stdout.splitlines()[0]
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    figures = {f"figures/{name}.png" for name in ("outcomes", "joining", "review-period")}
    assert written == {"manifest.json", "parts/000000.parquet", "summary.json", ".lock"} | figures


def drawn(folder: Path) -> set[str]:
    """The names of the figures in a folder of results."""
    return {path.stem for path in folder.glob("figures/*.png")}


def test_none_or_all_of_the_figures_of_a_run_are_drawn_where_asked_and_plot_draws_the_rest(tmp_path: Path) -> None:
    call = ("run", BASELINE, "--runs", "40", "--out", str(tmp_path))
    last_line = f"All figures: optin plot {tmp_path}"
    assert optin(*call, "--figures", "none").stdout.splitlines()[-1] == last_line
    assert drawn(tmp_path) == set()
    assert optin(*call).stdout.splitlines()[-1] == last_line
    assert len(drawn(tmp_path)) == 3
    assert optin("plot", str(tmp_path)).returncode == 0
    assert drawn(tmp_path) == set(FIGURES)
    shutil.rmtree(tmp_path / "figures")
    assert last_line not in optin(*call, "--figures", "all").stdout
    assert drawn(tmp_path) == set(FIGURES)
    assert "invalid choice: 'some'" in refused(*call, "--figures", "some")


@pytest.mark.parametrize("how", [(), ("--json",)], ids=["text", "json"])
def test_all_that_a_run_says_is_out_before_its_figures_are_drawn(how: tuple[str, ...], tmp_path: Path) -> None:
    """The first figure stops the command for good, so that nothing held back could follow."""
    call = ["run", BASELINE, "--runs", "40", "--out", str(tmp_path), *how]
    code = (
        "import os; from experiments.cli.main import main; from experiments.figures import style\n"
        f"style.save = lambda *_: os._exit(7)\nmain({call!r})"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 7, said.stderr
    summary = json.loads((tmp_path / "summary.json").read_text())
    if how:
        assert json.loads(said.stdout) == summary
    else:
        assert said.stdout.startswith(f"Adopted in {100 * summary['outcomes']['adopted']['mean']:.1f}% of 40 runs")


@pytest.mark.slow
def test_run_as_json_prints_one_object_with_the_promised_keys(tmp_path: Path) -> None:
    its = as_json("run", BASELINE, "--runs", "30", "--seed", "0", "--out", str(tmp_path))
    assert (its["scenario"], its["runs"], its["seed"], its["failed"]) == ("baseline", 30, 0, 0)
    assert set(its["outcomes"]) == {"no_order", "no_framework", "adopted", "durable", "eroded", "superseded"}
    for group in (its["outcomes"], its["measures"], its["ad_hoc"]):
        assert all({"mean", "low", "high"} <= set(entry) for entry in group.values())
    assert all(set(lab["joined"]) == {"mean", "low", "high"} for lab in its["labs"].values())
    assert its == json.loads((tmp_path / "summary.json").read_text())


def test_a_setting_on_the_command_line_reaches_the_model(tmp_path: Path) -> None:
    out = ("--out", str(tmp_path))
    its = as_json("run", BASELINE, "--runs", "20", "--set", "levers.quorum_labs=20", *out)
    assert its["outcomes"]["adopted"]["mean"] == 0


@pytest.mark.slow
def test_what_was_set_has_a_folder_of_its_own(tmp_path: Path) -> None:
    setting = "relations.bargaining=median"
    said = optin("run", str(ROOT / BASELINE), "--runs", "5", "--set", setting, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert [path.name for path in (tmp_path / "results").iterdir()] == [f"baseline-{setting}-runs=5"]


def test_check_notes_a_quorum_that_cannot_be_met(tmp_path: Path) -> None:
    (tmp_path / "few.yaml").write_text("extends: baseline.yaml\nquestion: q\nlevers: {quorum_labs: 8}\n")
    said = optin("check", str(tmp_path / "few.yaml"))
    assert said.returncode == 0
    assert "note: levers.quorum_labs asks for more labs than the 7 at the table" in said.stdout


@pytest.mark.slow
def test_trace_prints_the_story_and_names_its_figures_apart(tmp_path: Path) -> None:
    said = optin("trace", BASELINE, "--run", "3", "--out", str(tmp_path))
    assert said.returncode == 0, said.stderr
    assert "Decisive: " in said.stdout.splitlines()[-1]
    files = [tmp_path / "figures" / f"{name}-seed1-run3.png" for name in ("offers", "got", "gains", "timeline")]
    assert said.stderr.splitlines() == [f"Figure: {file}" for file in files]
    assert all(file.exists() for file in files)


@pytest.mark.slow
def test_trace_as_json_is_one_object(tmp_path: Path) -> None:
    its = as_json("trace", BASELINE, "--run", "2", "--out", str(tmp_path))
    assert {"scenario", "run", "seed", "outcome", "joined", "rounds", "decisive"} <= set(its)


def test_check_names_good_files_and_everything_wrong_with_bad_ones(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("extends: baseline.yaml\nquestion: q\nlevers:\n  quorm_labs: 3\n  secrecy: yes\n")
    said = optin("check", BASELINE, str(bad))
    assert said.returncode == 2
    assert said.stdout.startswith("scenarios/baseline.yaml: good")
    assert f"{bad}:4:3: " in said.stderr
    assert "did you mean 'quorum_labs'?" in said.stderr
    assert f"{bad}:5:12: " in said.stderr


def test_show_gives_every_value_and_the_file_it_came_from() -> None:
    said = optin("show", "scenarios/may-draft.yaml").stdout
    (line,) = [line for line in said.splitlines() if line.startswith("levers.drafting_rounds")]
    assert line.split()[1] == "1"
    assert "scenarios/may-draft.yaml:" in line
    its = as_json("show", "scenarios/may-draft.yaml")["parameters"]
    assert its["levers.drafting_rounds"]["value"] == 1
    assert its["levers.quorum_labs"]["from"].startswith("scenarios/baseline.yaml:")


def test_diff_lists_what_differs_and_nothing_else() -> None:
    its = as_json("diff", BASELINE, "scenarios/full-protection.yaml")
    assert list(its["differences"]) == ["levers.protection"]
    assert its["differences"]["levers.protection"]["b"] == "1"
    assert optin("diff", BASELINE, BASELINE).stdout.startswith("0 parameters differ")
    gone = as_json("diff", BASELINE, "scenarios/no-industry-aides.yaml")["differences"]
    assert all(path.startswith("stakeholders.industry_aides.") and both["b"] is None for path, both in gone.items())


def test_sources_counts_what_is_sourced_and_what_is_assumed() -> None:
    its = as_json("sources", BASELINE, "--set", "levers.quorum_labs=4")
    assert its["counts"]["scenario"] == 1
    assert sum(its["counts"].values()) == len(its["parameters"])
    assert all(entry.get("url", "").startswith("https://") for entry in its["parameters"].values() if "title" in entry)


def test_schema_prints_a_json_schema() -> None:
    assert json.loads(optin("schema").stdout)["title"] == "Opt-In scenario"


def test_version_and_help_answer() -> None:
    assert process("--version").stdout == f"optin {__version__}\n"
    assert optin("--help").returncode == 0
    for command in COMMANDS:
        said = optin(command.name, "--help")
        assert said.returncode == 0
        assert "example:\n  optin " in said.stdout


def test_a_process_has_the_exit_code_and_the_one_line_of_a_refusal() -> None:
    said = process("run", "scenarios/none.yaml")
    text = "optin: scenarios/none.yaml: no such file; `optin list` shows the shipped ones\n"
    assert (said.returncode, said.stdout, said.stderr) == (2, "", text)


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (["run", "scenarios/none.yaml"], "scenarios/none.yaml: no such file"),
        (["run", "scenarios"], "is a directory"),
        (["run", BASELINE, "--runs", "0"], "found '0'; a whole number from 1"),
        (["run", BASELINE, "--runs", "1e3"], "found '1e3'"),
        (["run", BASELINE, "--seed", "-1"], "seed"),
        (["run", BASELINE, "--set", "levers.quorum_labs"], "a setting reads dotted.path=value"),
        (["run", BASELINE, "--set", "quorum_labs=3"], "did you mean 'levers.quorum_labs'?"),
        (["run", BASELINE, "--set", "levers.quorm_labs=3"], "did you mean 'quorum_labs'?"),
        (["run", BASELINE, "--set", "levers.quorum_labs=many"], "a whole number from 0 to 20"),
        (["run", BASELINE, "--out", "README.md"], "--out README.md"),
        (["trace", BASELINE, "--run", "x"], "found 'x'"),
        (["schema", "scenarios/may-draft.yaml"], "the root scenario is needed"),
        (["compare", BASELINE], "at least two scenarios"),
        (["compare", BASELINE, BASELINE], "at least two scenarios with different names"),
        (["run", BASELINE, "--engine", "slow"], "invalid choice"),
        (["fly"], "found no command 'fly'; known: "),
        (["fl\x1b[31my"], "found no command 'fl\\x1b[31my'; known: "),
        (["show", BASELINE, "\x1b[31m"], "unrecognized arguments: \\x1b[31m"),
        (["show", BASELINE, "--set", "title=a\udcff"], "--set title=a\\udcff: found the control character"),
        (["discover", BASELINE, "--measure", "fate"], "found the measure 'fate'; known: adopted, "),
        (["sensitivity", BASELINE, "--measure", "outcome"], "found the measure 'outcome'; known: adopted, "),
        (["sensitivity", BASELINE, "--measure", "joined.mta"], "did you mean 'joined.meta'?"),
        (["levers", BASELINE, "--want", "fate", "--want", "durable"], "found the measure 'fate'; known: adopted, "),
        ([], "found no command; see optin --help"),
    ],
)
def test_bad_input_is_one_clear_message_and_exit_code_2(arguments: list[str], fragment: str) -> None:
    assert fragment in refused(*arguments)


@pytest.mark.slow
def test_a_scenario_with_markup_and_formulas_in_its_texts_runs_and_is_drawn(tmp_path: Path) -> None:
    odd = tmp_path / "odd.yaml"
    odd.write_text(
        "extends: baseline.yaml\nquestion: <script>alert(1)</script> $\\frac{1$ {braces} %s\n"
        "title: $x_$ & <b>\nstakeholders:\n  meta: {label: '$\\undefined$ <i>'}\n"
    )
    said = optin("run", str(odd), "--runs", "10", "--out", str(tmp_path / "out"))
    assert said.returncode == 0, said.stderr
    assert optin("plot", str(tmp_path / "out"), "--figure", "outcomes").returncode == 0
    assert "<script>" not in (tmp_path / "out" / "figures" / "outcomes.svg").read_text()


def test_ending_the_reader_early_is_no_error() -> None:
    said = subprocess.run(
        f"{sys.executable} -m experiments show {BASELINE} | head -1",
        cwd=ROOT,
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Traceback" not in said.stderr
    assert "Error" not in said.stderr


# ---------------------------------------------------------------- the terminal


def printing(text: str) -> Said:
    """What a command that prints a text answers."""

    def says(_chosen: object) -> None:
        """Say it."""
        print(text)
        print(text, file=sys.stderr)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.cli.main.COMMANDS", [Command(says, "optin says", ())])
        return optin("says")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1b]0;b\x07\x9b2J", "a\\x1b]0;b\\x07\\x9b2J"),
        ("\u202eabc\u2069", "\\u202eabc\\u2069"),
        ("a\udcff", "a\\udcff"),
        ("café — 规则 🚀 \\ 'a'\n\tb", "café — 规则 🚀 \\ 'a'\n\tb"),
    ],
)
def test_whatever_a_command_prints_only_plain_text_reaches_the_terminal(raw: str, shown: str) -> None:
    said = printing(raw)
    assert said == Said(0, f"{shown}\n", f"{shown}\n")


def test_a_text_on_one_line_shows_ends_of_lines_too() -> None:
    assert plain("a\nb\tc\u2028d é") == "a\\nb\\tc\\u2028d é"


def in_shell(line: str) -> subprocess.CompletedProcess[str]:
    """A line of a shell in which `optin` is the command."""
    return subprocess.run(
        line.replace("optin", f"{sys.executable} -m experiments"),
        cwd=ROOT,
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no device that is always full")
@pytest.mark.parametrize("command", [f"show {BASELINE}", f"show {BASELINE} --json", "--help"])
def test_output_that_cannot_be_written_is_one_sentence(command: str) -> None:
    said = in_shell(f"optin {command} > /dev/full")
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == "optin: the output cannot be written: No space left on device\n"


def test_output_that_is_closed_is_one_sentence_before_anything_is_played(tmp_path: Path) -> None:
    said = in_shell(f"optin run {BASELINE} --runs 5 --out {tmp_path / 'out'} >&-")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == "optin: standard output: is closed; send it to a file, or to /dev/null\n"
    assert not (tmp_path / "out").exists()


def test_without_a_place_for_errors_the_exit_code_still_tells() -> None:
    good, bad = in_shell(f"optin check {BASELINE} 2>&-"), in_shell("optin check none.yaml 2>&-")
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith(f"{BASELINE}: good")
    assert (bad.returncode, bad.stdout, bad.stderr) == (2, "", "")


# ---------------------------------------------------------------- Ctrl-C

WAITING = """
import time
def wait(moment):
    print(moment, flush=True)
    while True:
        time.sleep(0.01)
"""
IMPORTING = WAITING + "wait('importing')"
READING = WAITING + "def load(*_): wait('reading')"
DEAF = f"""{WAITING}
def load(*_):
    try:
        wait('reading')
    except KeyboardInterrupt:
        wait('cleaning up')
"""


def interrupted(tmp_path: Path, source: str, times: int) -> tuple[int, str, list[str]]:
    """The exit code of `optin check` that was stopped, what it said and what went on each of so many times.

    Its file ends with other source, by which it waits to be stopped.
    """
    for package in ("experiments", "model", "scenarios"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "experiments" / "cli" / "files.py").open("a") as file:
        file.write(source)
    call = [sys.executable, "-m", "experiments", "check", BASELINE]
    process = subprocess.Popen(call, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    moments = []
    for _ in range(times):
        moments.append(process.stdout.readline().strip())
        process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=SECONDS)
    return process.returncode, errors, moments


def test_ctrl_c_while_importing_ends_quietly(tmp_path: Path) -> None:
    assert interrupted(tmp_path, IMPORTING, 1) == (130, "", ["importing"])


def test_a_first_ctrl_c_is_answered(tmp_path: Path) -> None:
    said = "optin: stopped; nothing was written\n"
    assert interrupted(tmp_path, READING, 1) == (130, said, ["reading"])


def test_a_second_ctrl_c_waits_for_nothing(tmp_path: Path) -> None:
    assert interrupted(tmp_path, DEAF, 2) == (130, "", ["reading", "cleaning up"])
