"""What made a folder of results: its manifest, and plans and scenarios as plain data."""

import csv
import datetime
import functools
import hashlib
import io
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from model import __version__
from model.fingerprint import fingerprint
from model.problems import Mark, refusal
from model.rules.records import Bargaining
from model.scenario import Entry, Scenario, frozen
from model.yamltree import scalar

from ..plans.design import WHOLE, Plan, Point, Question, Shard

FORMAT = 2  # of a folder of results
MANIFEST = "manifest.json"
LIBRARIES = ("mesa", "numpy", "scipy", "numba", "matplotlib", "pyarrow")
DECIDING = ("numpy", "scipy", "numba", "pyarrow")  # another version of these may give other bytes
SOURCE_FOLDER = Path(__file__).parent.parent.parent
KINDS: dict[str, Any] = {kind.__name__: kind for kind in (float, int, Bargaining)}  # types of parameters


def manifest(plan: Plan, made_from: str, shard: Shard = WHOLE) -> dict[str, Any]:
    """What made a result: hash of its inputs, plan with the scenario as resolved, versions, commit and machine."""
    return {
        "format": FORMAT,
        "inputs": made_from,
        "shard": str(shard),
        "version": __version__,
        "commit": commit(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "command": " ".join(["optin", *sys.argv[1:]]),
        "written": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "plan": plan_data(plan),
    }


def inputs(plan: Plan) -> str:
    """A hash of everything that the numbers follow from: the same inputs, the same bytes."""
    scenario = plan.scenario
    made_from = [
        FORMAT,
        fingerprint(),
        [version(name) for name in DECIDING],
        list(scenario.kinds.items()),
        [[path, entry.value, entry.distribution] for path, entry in scenario.entries.items()],
        [plan.seed, plan.runs, plan.precision, plan.max_runs, plan.precision and plan.measures[:1]],
        plan.runs_in_a_world,
        [plan.varied, plan.points],
    ]
    return hashlib.sha256(json.dumps(made_from).encode()).hexdigest()


@functools.cache
def commit() -> str | None:
    """The commit of the source, with '+changes' where files differ from it; None outside a git checkout."""
    if not (SOURCE_FOLDER / ".git").exists():
        return None
    try:
        answers = [
            subprocess.run(
                ["git", "-C", str(SOURCE_FOLDER), *words], capture_output=True, text=True, check=True, timeout=10
            ).stdout.strip()
            for words in (("rev-parse", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
        ]
    except (OSError, subprocess.SubprocessError):
        return None
    return answers[0] + ("+changes" if answers[1] else "")


def scenario_data(scenario: Scenario) -> dict[str, Any]:
    """A scenario as plain data."""
    return {
        **{name: getattr(scenario, name) for name in ("name", "title", "question", "files", "settings")},
        "starts": scenario.starts.isoformat(),
        "stakeholders": {name: {"kind": kind, "label": scenario.labels[name]} for name, kind in scenario.kinds.items()},
        "parameters": {path: entry.as_data() for path, entry in scenario.entries.items()},
    }


def scenario_from(data: dict[str, Any]) -> Scenario:
    """A scenario from its plain data."""
    return Scenario(
        **{name: data[name] for name in ("name", "title", "question")},
        starts=datetime.date.fromisoformat(data["starts"]),
        kinds=frozen({name: stakeholder["kind"] for name, stakeholder in data["stakeholders"].items()}),
        labels=frozen({name: stakeholder["label"] for name, stakeholder in data["stakeholders"].items()}),
        entries=frozen({path: _entry_from(path, entry) for path, entry in data["parameters"].items()}),
        files=tuple(data["files"]),
        settings=tuple(data["settings"]),
    )


def _entry_from(path: str, data: dict[str, Any]) -> Entry:
    low, high = data["range"] or (None, None)
    return Entry(
        path=path,
        label=data["label"],
        unit=data["unit"],
        low=low,
        high=high,
        type=KINDS[data["type"]],
        value=data["value"],
        distribution=data["distribution"],
        source=frozen(data["source"]),
        mark=Mark(data["from"]),
    )


def plan_data(plan: Plan) -> dict[str, Any]:
    """A plan as plain data, with the number of its points in place of the points."""
    return {
        **plan._asdict(),
        "scenario": scenario_data(plan.scenario),
        "points": len(plan.points),
        "asks": None if plan.asks is None else plan.asks._asdict(),
    }


def plan_from(data: dict[str, Any], points: tuple[Point, ...]) -> Plan:
    """A plan from its plain data and its points."""
    changed = {
        "scenario": scenario_from(data["scenario"]),
        "measures": tuple(data["measures"]),
        "varied": tuple(data["varied"]),
        "points": points,
        "asks": None if data["asks"] is None else Question(**data["asks"]),
    }
    return Plan(**{**data, **changed})


def points_text(plan: Plan) -> str:
    """The points of a plan as CSV, numbers to their last digit."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["point", *plan.varied])
    writer.writerows([number, *point] for number, point in enumerate(plan.points))
    return text.getvalue()


def points_from(text: str) -> tuple[Point, ...]:
    """Points from their CSV."""
    _, *lines = csv.reader(io.StringIO(text))
    return tuple(tuple(scalar(cell) for cell in line[1:]) for line in lines)


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder of results; None where there is none."""
    try:
        return dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError) as error:
        raise refusal(folder / MANIFEST, f"cannot be read: {error}") from None


def shard_in(there: dict[str, Any]) -> Shard:
    """Which share of its plan a folder holds, by its manifest; all of it where the manifest says nothing."""
    number, of = there.get("shard", str(WHOLE)).split("/")
    return Shard(int(number), int(of))


def told_of(there: dict[str, Any]) -> str:
    """What a manifest says of its results, in a few words."""
    return f"written {there.get('written', 'at an unknown time')} by {there.get('command', 'an unknown command')!r}"


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of results, be they unfinished or a shard.

    Raises
    ------
    BadInput
        Where the folder holds no results, or ones of another format.
    """
    there = read_manifest(folder)
    mark = Mark(str(folder))
    if there is None:
        raise refusal(mark, "holds no results: there is no manifest.json in it")
    if there.get("format") != FORMAT:
        text = f"holds results of format {there.get('format', 0)} ({told_of(there)})"
        raise refusal(mark, f"{text}; format {FORMAT} is needed: make them anew")
    return there
