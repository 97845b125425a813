"""What `pip install` brings works alone: a wheel, in an empty folder, without a clone beside it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of a wheel built from here, in a folder that stands before everything else that is installed."""
    pytest.importorskip("pip")  # which uv leaves out
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def optin(installed: Path, cwd: Path, *words: str) -> str:
    """What a command of the wheel prints, from a folder."""
    start = "import sys; from experiments.__main__ import main; sys.exit(main())"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    said = subprocess.run(
        [sys.executable, "-c", start, *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    return said.stdout


@pytest.mark.exhaustive
def test_a_wheel_plays_reports_and_predicts_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [sys.executable, "-c", "import model; print(model.__file__)"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert Path(where.strip()).is_relative_to(installed)
    assert optin(installed, tmp_path, "run", "baseline.yaml", "--runs", "40").startswith("Adopted in ")
    optin(installed, tmp_path, "report", "results/baseline-runs=40")
    assert "What the answer hangs on" in (tmp_path / "results" / "baseline-runs=40" / "report.html").read_text()
    optin(installed, tmp_path, "sweep", "bargaining.yaml", "--runs", "10")
    assert "of 7 labs asked" in optin(installed, tmp_path, "predict", "seoul-2024.yaml")
    assert "june-order" in optin(installed, tmp_path, "list", "scenarios")
