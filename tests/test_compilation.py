"""The cache of compiled code: what is damaged in it is made anew, and nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from model import compilation, ensemble

from .conftest import ROOT

DAMAGES = {
    "empty": lambda _: b"",
    "cut short": lambda content: content[: len(content) // 2],
    "garbage": lambda _: b"\x07garbage" * 50,
    "text": lambda _: b"not a cache\n",
    "longer": lambda content: content + b"\0",
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a folder of sound compiled code, below a folder of caches of its own."""
    ensemble.compile_rules()
    home = tmp_path_factory.mktemp("cache")
    shutil.copytree(compilation.CACHE_FOLDER, home / "opt-in" / compilation.CACHE_FOLDER.name)
    return home / "opt-in"


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_damaged_files_of_the_cache_are_removed_and_sound_ones_stay(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, damage: str
) -> None:
    shutil.copytree(cache, tmp_path / "opt-in")
    monkeypatch.setattr(compilation, "CACHE_FOLDER", tmp_path / "opt-in")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    damaged = sorted(tmp_path.rglob(f"*.{kind}"))[0]
    damaged.write_bytes(DAMAGES[damage](damaged.read_bytes()))
    compilation._remove_damaged()
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before - {damaged}


@pytest.mark.slow
def test_a_command_with_a_damaged_cache_runs_and_mends_it(cache: Path, tmp_path: Path) -> None:
    shutil.copytree(cache, tmp_path / "opt-in")
    for copy in tmp_path.rglob("*_play_runs*.nbi"):  # one for each place from which these sources were run
        copy.write_bytes(b"")
    call = [sys.executable, "-m", "experiments", "run", "june-order.yaml", "--runs", "5", "--out", str(tmp_path / "r")]
    said = subprocess.run(
        call, cwd=ROOT, env=os.environ | {"XDG_CACHE_HOME": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert any(copy.stat().st_size > 0 for copy in tmp_path.rglob("*_play_runs*.nbi"))
