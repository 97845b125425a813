"""Results on disk, and what made them."""

import datetime
import functools
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from model import __version__
from model.scenario import Scenario

RESULTS = Path("results")
LIBRARIES = ("mesa", "numpy", "scipy", "numba", "matplotlib", "pandas")
SOURCE_FOLDER = Path(__file__).parent.parent


def manifest(scenario: Scenario, **more: Any) -> dict[str, Any]:
    """What made a result: the scenario as resolved, and the versions, commit and machine behind it."""
    return {
        "scenario": scenario.name,
        "settings": list(scenario.settings),
        "question": scenario.question,
        "files": list(scenario.files),
        **more,
        "version": __version__,
        "commit": commit(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "command": " ".join(["optin", *sys.argv[1:]]),
        "written": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "stakeholders": dict(scenario.kinds),
        "parameters": {
            path: {
                "value": entry.value,
                "distribution": entry.distribution,
                "unit": entry.unit,
                "source": dict(entry.source),
                "from": str(entry.mark),
            }
            for path, entry in scenario.entries.items()
        },
    }


@functools.cache
def commit() -> str | None:
    """The commit of the source, with '+changes' where files differ from it; None outside a git checkout."""
    if not (SOURCE_FOLDER / ".git").exists():
        return None
    try:
        said = [
            subprocess.run(
                ["git", "-C", str(SOURCE_FOLDER), *words], capture_output=True, text=True, check=True, timeout=10
            ).stdout.strip()
            for words in (("rev-parse", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
        ]
    except (OSError, subprocess.SubprocessError):
        return None
    return said[0] + ("+changes" if said[1] else "")


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def write_json(path: Path, data: Any) -> None:
    """Write plain data as JSON, whole or not at all."""
    write_text(path, json.dumps(data, indent=2, allow_nan=False) + "\n")


def write_runs(path: Path, table: pd.DataFrame) -> None:
    """Write a table of runs as CSV, numbers to their last digit."""
    write_text(path, table.to_csv(index=False, lineterminator="\n"))
