"""Shards of a sweep, each played by a job of its own, merge into the bytes that one machine makes."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.runs.manifest import inputs, seal, sources_in
from experiments.runs.store import store_of

from .conftest import ROOT
from .pages import blocks
from .test_cli import optin, refused

(ARRAY,) = (block.text for block in blocks("bash") if "#SBATCH" in block.text)
GATHERING = re.findall(r"`(optin merge shards/[^`]*)`", (ROOT / "experiments" / "CLUSTERS.md").read_text("utf-8"))
SWEEP = """
question: Do more labs make it harder?
scenario: june-order.yaml
vary: {levers.quorum_labs: [4, 6, 7], levers.deadline_days: [30, 120]}
runs: 2500
"""
PARTS = 18  # six points in three blocks


def results(folder: Path) -> dict[str, bytes]:
    """What is in a folder of results, but for its manifest."""
    names = ("design.csv", "points.csv", "summary.json", "parts/*", "figures/*")
    return {str(path.relative_to(folder)): path.read_bytes() for name in names for path in folder.glob(name)}


def done(*arguments: object) -> str:
    said = optin(*map(str, arguments))
    assert said.returncode == 0, said.stderr
    return said.stdout


def shard(sweep: Path, number: int, of: int) -> Path:
    out = sweep.with_name(f"{number}-of-{of}")
    done("sweep", sweep, "--shard", f"{number}/{of}", "--out", out)
    return out


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shards") / "sweep.yaml"
    path.write_text(SWEEP)
    return path


@pytest.fixture(scope="module")
def undivided(sweep: Path) -> Path:
    done("sweep", sweep, "--out", sweep.with_name("undivided"))
    return sweep.with_name("undivided")


@pytest.fixture(scope="module")
def shards(sweep: Path) -> list[Path]:
    return [shard(sweep, number, 4) for number in (1, 2, 3, 4)]


@pytest.mark.slow
def test_shards_in_any_order_merge_into_the_bytes_of_one_machine_as_often_as_asked(
    undivided: Path, shards: list[Path], tmp_path: Path
) -> None:
    assert len(list((undivided / "parts").iterdir())) == PARTS
    for order in (shards, shards[::-1]):
        assert "Written to" in done("merge", *order, "--out", tmp_path)
        assert results(tmp_path) == results(undivided)


@pytest.mark.slow
def test_a_shard_plays_its_parts_and_no_others_and_is_no_finished_result(shards: list[Path]) -> None:
    numbers = [sorted(int(path.stem) for path in (folder / "parts").iterdir()) for folder in shards]
    assert numbers == [list(range(start, PARTS, 4)) for start in range(4)]
    assert json.loads((shards[1] / "manifest.json").read_text())["shard"] == "2/4"
    assert not (shards[1] / "summary.json").exists()
    assert "holds shard 2/4 of results; bring all shards together with optin merge" in refused("plot", str(shards[1]))


@pytest.mark.slow
def test_what_is_missing_is_named_and_comes_with_the_next_merge(
    undivided: Path, shards: list[Path], tmp_path: Path
) -> None:
    broken, out = tmp_path / "broken", tmp_path / "merged"
    shutil.copytree(shards[0], broken)
    (broken / "parts" / "000004.parquet").write_bytes(b"PAR1 no longer PAR1")
    (broken / "parts" / "000008.parquet").unlink()
    said = optin("merge", str(broken), str(shards[1]), str(shards[2]), "--out", str(out))
    assert (said.returncode, said.stdout) == (1, "")
    head, first, last, _ = said.stderr.splitlines()
    assert head == f"optin: 6 of 18 parts are missing; 12 are in {out}"
    assert first.startswith(f"  shard 1/4 ({broken}): 000004 (damaged: ")
    assert first.endswith(", 000008")
    assert last == "  shard 4/4 (no folder named): 000003, 000007, 000011, 000015"
    done("merge", shards[0], shards[3], "--out", out)
    assert results(out) == results(undivided)


@pytest.mark.slow
def test_shards_that_do_not_belong_together_are_refused(sweep: Path, shards: list[Path], tmp_path: Path) -> None:
    done("run", "scenarios/june-order.yaml", "--runs", 3000, "--shard", "2/4", "--out", tmp_path / "other")
    other_cut = shard(sweep, 1, 9)
    (tmp_path / "empty").mkdir()
    folders = [shards[0], tmp_path / "other", other_cut, tmp_path / "empty"]
    cut, empty, other = sorted(refused("merge", *map(str, folders), "--out", str(tmp_path / "merged")).splitlines())
    assert f"{tmp_path / 'other'}: holds other results (written " in other
    assert cut == f"optin: {other_cut}: holds shard 1/9, but {shards[0]} shard 1/4; the shards of one cut are needed"
    assert empty.endswith("empty: holds no results: there is no manifest.json in it")
    assert not (tmp_path / "merged").exists()


@pytest.mark.slow
def test_shards_made_by_other_sources_are_refused(shards: list[Path], tmp_path: Path) -> None:
    shutil.copytree(shards[0], tmp_path / "old")
    path = tmp_path / "old" / "manifest.json"
    there = json.loads(path.read_text()) | {"rules": "0" * 64}
    there["inputs"] = inputs(store_of(shards[0], json.loads(path.read_text())).plan, sources_in(there))
    path.write_text(json.dumps(there | {"seal": seal(there)}))
    assert "was made by other sources or libraries than these (version " in refused("merge", str(tmp_path / "old"))


@pytest.mark.slow
def test_neither_a_shard_nor_a_merge_is_written_over_another(sweep: Path, shards: list[Path]) -> None:
    assert "holds other results" in refused("sweep", str(sweep), "--shard", "2/4", "--out", str(shards[0]))
    assert "holds other results" in refused("merge", *map(str, shards), "--out", str(shards[0]))


@pytest.mark.parametrize("wrong", ["0/4", "5/4", "1", "1/0", "a/b", "-1/4", "1/4/2", "\u0661/4"])
def test_a_shard_that_cannot_be_is_refused(sweep: Path, wrong: str) -> None:
    assert f"argument --shard: found {wrong!r}; i/n is allowed" in refused("sweep", str(sweep), f"--shard={wrong}")


def test_with_a_precision_there_are_no_shards(sweep: Path) -> None:
    said = refused("sweep", str(sweep), "--precision", "0.05", "--shard", "1/2")
    assert "--shard: found 1/2 of a plan with a precision" in said


@pytest.mark.slow
def test_the_slurm_script_of_the_pages_plays_a_sweep(sweep: Path, undivided: Path, tmp_path: Path) -> None:
    shutil.copy(sweep, tmp_path)
    (tmp_path / "optin").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m experiments "$@"\n')
    (tmp_path / "optin").chmod(0o755)
    known = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    for task in ("1", "2"):
        slurm = {"SLURM_ARRAY_TASK_ID": task, "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_CPUS_PER_TASK": "1"}
        subprocess.run(["bash", "-euc", ARRAY], cwd=tmp_path, env=known | slurm, check=True)
    subprocess.run(["bash", "-euc", *GATHERING], cwd=tmp_path, env=known, check=True)
    assert results(tmp_path / "results" / "sweep") == results(undivided)
