"""The pages for readers tell the truth: examples, and every command and line of Python."""

import contextlib
import glob
import io
import itertools
import math
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from experiments.plans.sweepfile import read_sweep
from model.scenario import SHIPPED, load

from .conftest import ROOT
from .pages import Block, Command, blocks, commands
from .test_cli import optin
from .test_levers import quick  # noqa: F401  # few generations and worlds, here too

SHELL = ("sh", "console", "shell", "bash", "")
NOT_RUN = {  # how a command begins -> why it is not run here
    "git ": "needs a network",
    "cd ": "goes with git",
    "pip ": "needs a network",
    "uv ": "needs a network",
    "python -m pip ": "needs a network",
    "python3 -m venv ": "makes an environment",
    "source ": "goes with an environment",
    ". .venv": "goes with an environment",
    "make": "makes an environment; CI calls it",
    ".venv/bin/pytest": "these tests",
    "pytest": "these tests",
    "pre-commit ": "needs a network",
    "ssh ": "another machine",
    "scp ": "another machine",
    "rsync ": "another machine",
    "dask ": "a cluster, see test_cluster.py",
    "MALLOC_MMAP_THRESHOLD_": "a cluster, see test_cluster.py",
    "sbatch ": "a batch scheduler",
    "optin dashboard": "runs until Ctrl-C, see test_dashboard.py",
    "optin validate": "takes minutes, see test_validation.py",
    "optin verify experiments/forecasts": "takes minutes, see test_verify.py",
    "optin merge": "needs the shards of batch jobs, see test_shards.py",
    "python -m experiments.benchmark": "takes minutes",
}
NOT_RUN_WITH = {  # what a command holds -> why it is not run here
    "--cluster": "a cluster, see test_cluster.py",
    "$SLURM_": "a batch scheduler; test_shards.py plays the script",
}
SMALL = {  # what takes long as it stands -> what is said to make it small
    "sensitivity": "--points 4 --runs-per-point 5",
    "influence": "--runs 20",
    "calibrate": "--draws 128 --times 4 --synthetic 10",
    "backtest": "--draws 128 --times 4 --synthetic 10",
    "discover": "--points 200 --runs-per-point 4",
    "levers": "--points 20 --runs-per-point 20",
    "gallery": "--runs 100",
}
STARTS = re.compile(r"optin |python -m experiments\.")


# ---------------------------------------------------------------- commands and Python


def commands_of(block: Block) -> list[Command]:
    """The commands of a block of the shell, or of one without a language that begins with one."""
    found = [] if block.language == "python" else list(commands(block))
    return found if block.language or (found and STARTS.match(found[0].text)) else []


def is_run(command: Command) -> bool:
    """Whether a command is to be run here; what is neither known to run nor to be left out fails the test."""
    if any(command.text.startswith(start) for start in NOT_RUN) or any(part in command.text for part in NOT_RUN_WITH):
        return False
    assert STARTS.match(command.text), f"{command.place}: {command.text}: neither run by this test nor left out by it"
    return True


def called(command: Command, folder: Path) -> str:
    """Run a command in a folder; what is wrong with it, or ''."""
    first, name, *_ = command.text.split()
    text = command.text + (f" {SMALL[name]}" if first == "optin" and name in SMALL else "")
    if first != "optin" or re.search("[|><&;$`]", text):
        known = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{folder}:{os.environ['PATH']}"}
        said = subprocess.run(["bash", "-c", text], cwd=folder, env=known, capture_output=True, text=True, check=False)
    else:
        words = (sorted(glob.glob(word, root_dir=folder)) or [word] for word in shlex.split(text)[1:])
        said = optin(*itertools.chain.from_iterable(words), cwd=folder)
    return f"{command.place}: {text}: {said.stderr}" if said.returncode else ""


def executed(block: Block, folder: Path) -> str:
    """Run Python in a folder; what is wrong with it, or ''. A traceback names the line of the page."""
    code = compile("\n" * (block.line - 1) + block.text, block.page, "exec")
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
            exec(code, {"__name__": "__main__"})
    except Exception as error:
        at = error.__traceback__
        while at is not None and at.tb_frame.f_code.co_filename != block.page:
            at = at.tb_next
        return f"{block.page}:{at.tb_lineno if at else block.line}: {type(error).__name__}: {error}"
    return ""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder like a clone: the scenarios, the sweeps, with few runs, and the command."""
    shutil.copytree(SHIPPED, tmp_path / "scenarios")
    shutil.copytree(ROOT / "experiments" / "sweeps", tmp_path / "experiments" / "sweeps")
    for sweep in (tmp_path / "experiments" / "sweeps").glob("*.yaml"):
        sweep.write_text(re.sub("^runs: .*", "runs: 20", sweep.read_text(), flags=re.MULTILINE))
    for name, run in (("optin", "-m experiments"), ("python", "")):
        (tmp_path / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {run} "$@"\n')
        (tmp_path / name).chmod(0o755)
    return tmp_path


def is_long(command: Command) -> bool:
    return command.text.split()[1] in SMALL


@pytest.mark.slow
def test_every_command_and_every_line_of_python_does_what_it_is_shown_for(folder: Path) -> None:
    """In the order of the pages, since a command may use what one before it has left."""
    wrong, count = [], 0
    for block in blocks(*SHELL, "python"):
        chosen = [command for command in commands_of(block) if is_run(command) and not is_long(command)]
        wrong += [executed(block, folder)] if block.language == "python" else [called(its, folder) for its in chosen]
        count += max(len(chosen), block.language == "python")
    assert list(filter(None, wrong)) == []
    assert count > 2


@pytest.mark.exhaustive
def test_every_command_that_takes_long_does_in_small_what_it_is_shown_for(folder: Path) -> None:
    chosen = [its for block in blocks(*SHELL) for its in commands_of(block) if is_run(its) and is_long(its)]
    assert [wrong for its in chosen if (wrong := called(its, folder))] == []


def test_a_command_that_fails_is_named_with_its_line(folder: Path) -> None:
    block = Block(
        "page.md", 7, "sh", "# a remark\n\noptin check \\\n    scenarios/none.yaml  # the second line of two\n"
    )
    [command] = commands(block)
    assert command.place == "page.md:9"
    assert called(command, folder).startswith(
        "page.md:9: optin check     scenarios/none.yaml: optin: scenarios/none.yaml"
    )


def test_a_line_of_python_that_fails_is_named(folder: Path) -> None:
    assert executed(Block("page.md", 7, "python", "a = 1\n\na / 0\n"), folder).startswith(
        "page.md:9: ZeroDivisionError"
    )


def test_of_a_block_with_prompts_only_the_commands_are_run() -> None:
    shown = Block("page.md", 1, "console", "$ optin check a.yaml\na.yaml: good\n$ optin show a.yaml\n")
    assert [command.text for command in commands(shown)] == ["optin check a.yaml", "optin show a.yaml"]


# ---------------------------------------------------------------- files, tables and examples


@pytest.mark.parametrize("example", blocks("yaml"), ids=lambda block: f"{block.page}:{block.line}")
def test_every_example_of_a_file_reads_from_any_folder(example: Block, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(example.text)
    said = yaml.safe_load(example.text)
    if "vary" in said:
        plan = read_sweep(tmp_path / "mine.yaml")
        assert plan.varied == tuple(said["vary"])
        assert plan.measures == tuple(said["measures"])
        levels = [its["steps"] if isinstance(its, dict) else len(its) for its in said["vary"].values()]
        assert len(plan.points) == said.get("points", math.prod(levels))
    else:
        scenario = load(tmp_path / "mine.yaml")
        for path, value in said.get("levers", {}).items():
            assert scenario.entries[f"levers.{path}"].value == (value["value"] if isinstance(value, dict) else value)
        for name, its in said.get("stakeholders", {}).items():
            assert (name in scenario.kinds) == (its is not None)
