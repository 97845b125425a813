"""What made a folder of results: its manifest, and plans and scenarios as plain data."""

import csv
import datetime
import difflib
import functools
import hashlib
import io
import json
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from model import __version__
from model.fingerprint import fingerprint
from model.problems import Mark, plain, refusal
from model.rules.records import Bargaining
from model.scenario import Entry, Scenario, frozen
from model.yamltree import MAX_DEPTH, scalar

from ..plans.design import WHOLE, Plan, Point, Question, Shard
from .files import first_line, is_file, read_file
from .folder_schema import COMPARISON_SCHEMA, MANIFEST_SCHEMA, problem_with

FORMAT = 3  # of a folder of results
FOLDER = Path("results")  # where results go unless told otherwise
MANIFEST, SEAL = "manifest.json", "seal"
COMPARISON = "comparison.json"  # in a folder with the results of several scenarios, each in a folder of its own
LIBRARIES = ("mesa", "numpy", "scipy", "numba", "matplotlib", "pyarrow")
DECIDING = ("numpy", "scipy", "numba", "pyarrow")  # another version of these may give other bytes
SOURCE_FOLDER = Path(__file__).parent.parent.parent
WAY_ON = "the command that made these results writes it anew, and keeps what parts are sound"
ANEW = "optin compare with the same scenarios makes it anew"
KINDS: dict[str, Any] = {kind.__name__: kind for kind in (float, int, Bargaining)}  # types of parameters


def manifest(plan: Plan, made_from: str, shard: Shard = WHOLE) -> dict[str, Any]:
    """What made a result: hash of its inputs, plan with the scenario as resolved, versions, commit and machine."""
    data = {
        "format": FORMAT,
        "inputs": made_from,
        "shard": str(shard),
        "version": __version__,
        "commit": commit(),
        "rules": fingerprint(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "command": _command(),
        "written": _now(),
        "plan": plan_data(plan),
    }
    return {**data, SEAL: seal(data)}


def _command() -> str:
    return shlex.join(["optin", *sys.argv[1:]])


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def seal(data: dict[str, Any]) -> str:
    """A hash of a manifest, but for its seal: whether anything in it has changed since it was written."""
    content = {name: value for name, value in data.items() if name != SEAL}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class Sources(NamedTuple):
    """What else numbers follow from: a hash of the ``rules``, and the ``versions`` of the libraries that decide."""

    rules: str
    versions: tuple[str, ...]


def sources() -> Sources:
    """The sources at hand."""
    return Sources(fingerprint(), tuple(version(name) for name in DECIDING))


def sources_in(there: dict[str, Any]) -> Sources:
    """The sources that a manifest names."""
    return Sources(there["rules"], tuple(there["libraries"][name] for name in DECIDING))


def inputs(plan: Plan, made_by: Sources | None = None) -> str:
    """A hash of everything that the numbers follow from, by the sources at hand or others: the same, the same bytes."""
    made_by = made_by or sources()
    made_from = [
        FORMAT,
        *made_by,
        *_deciding_in(plan.scenario),
        [plan.seed, plan.runs, plan.precision, plan.max_runs, plan.precision and plan.measures[:1]],
        plan.runs_in_a_world,
        [plan.varied, plan.points],
    ]
    return hashlib.sha256(json.dumps(made_from).encode()).hexdigest()


def scenario_hash(scenario: Scenario) -> str:
    """A hash of what runs take from a scenario, its stakeholders and values: the same whatever it is called."""
    return hashlib.sha256(json.dumps(_deciding_in(scenario)).encode()).hexdigest()


def _deciding_in(scenario: Scenario) -> list[Any]:
    return [
        list(scenario.kinds.items()),
        [[path, entry.value, entry.distribution] for path, entry in scenario.entries.items()],
    ]


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
    """The points of a plan, its design, as CSV, numbers to their last digit."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["point", *plan.varied])
    writer.writerows([number, *point] for number, point in enumerate(plan.points))
    return text.getvalue()


def points_from(text: str) -> tuple[Point, ...]:
    """Points from their CSV.

    Raises
    ------
    ValueError, csv.Error
        Where it is none.
    """
    head, *lines = csv.reader(io.StringIO(text))
    if any(len(line) != len(head) for line in lines):
        raise ValueError("lines differ in length")
    return tuple(tuple(scalar(cell) for cell in line[1:]) for line in lines)


# ---------------------------------------------------------------- reading


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """What stands in the manifest of a folder of results, whoever wrote it; None where there is none.

    Raises
    ------
    BadInput
        Where it is no file, or no JSON object.
    """
    content = read_file(folder / MANIFEST)
    if content is None:
        return None
    there = manifest_in(content)
    if isinstance(there, str):
        raise refusal(folder / MANIFEST, f"cannot be read: {there}")
    return there


def manifest_in(content: bytes) -> dict[str, Any] | str:
    """What stands in the content of a manifest; if that is no JSON object, why."""
    try:
        there = json.loads(content.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        return "it is empty" if not content.strip(b"\0 \r\n\t") else first_line(error)
    if not isinstance(there, dict):
        return "a JSON object is needed"
    return "it is nested too deeply" if _is_deep(there) else there


def _is_deep(there: Any) -> bool:
    """Whether plain data is nested more deeply than any scenario is."""
    level = [there]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for data in level
            for inner in (data.values() if isinstance(data, dict) else data if isinstance(data, list) else ())
        ]
    return bool(level)


def _no_number(word: str) -> None:
    raise ValueError(f"found {word}; numbers must be finite")


def comparison_manifest(made_from: Mapping[str, str]) -> dict[str, Any]:
    """What a folder with a comparison says: the folders of results in it and the hashes of their inputs, base first."""
    return {
        "results": [{"folder": folder, "inputs": its} for folder, its in made_from.items()],
        "command": _command(),
        "written": _now(),
    }


def comparison_in(folder: Path) -> dict[str, Any]:
    """What stands in the manifest of a comparison.

    Raises
    ------
    BadInput
        Where it is not as `comparison_manifest` writes it.
    """
    path = folder / COMPARISON
    there = manifest_in(read_file(path) or b"")
    problem = f"cannot be read: {there}" if isinstance(there, str) else problem_with(there, COMPARISON_SCHEMA)
    if problem or isinstance(there, str):
        raise refusal(path, f"{problem}; {ANEW}")
    return there


def is_intact(there: dict[str, Any]) -> bool:
    """Whether a manifest is of this format, and as it was written."""
    return there.get("format") == FORMAT and there.get(SEAL) == seal(there)


def shard_in(there: dict[str, Any]) -> Shard:
    """Which share of its plan a folder holds, by its manifest."""
    number, of = there["shard"].split("/")
    return Shard(int(number), int(of))


def told_of(there: dict[str, Any]) -> str:
    """What a manifest says of its results, in a few words; whatever stands there, nothing raw."""
    written, command = (there.get(name) for name in ("written", "command"))
    when = plain(written[:40]) if isinstance(written, str) else "at an unknown time"
    return f"written {when} by {repr(command) if isinstance(command, str) else 'an unknown command'}"


def folders_of_results(folder: Path) -> list[Path]:
    """The folders in a folder of this machine that hold results or a comparison of some, or began to, in order."""
    if not isinstance(folder, Path):
        return []
    try:
        return sorted({path.parent for name in (MANIFEST, COMPARISON) for path in folder.glob(f"*/{name}")})
    except (OSError, ValueError):
        return []


def _why_no_results(folder: Path) -> str:
    """Why there are no results in what was named as a folder of them, and what may have been meant."""
    if is_file(folder):
        return "is a file; a folder of results is needed, as optin list results shows them"
    if is_file(folder / COMPARISON):
        return "holds a comparison of results; name one of the folders of results in it"
    if folder.exists():
        return f"holds no results: there is no {MANIFEST} in it"
    known = {path.name: str(path) for path in (*folders_of_results(FOLDER), *folders_of_results(folder.parent))}
    close = difflib.get_close_matches(folder.name, known, n=1)
    return "no such folder" + (f"; did you mean {known[close[0]]!r}?" if close else "; optin list results shows all")


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of results, be they unfinished or a shard, in which everything is as it should be.

    Raises
    ------
    BadInput
        Where the folder holds no results, or ones of another format, or the manifest has changed since it was written.
    """
    there = read_manifest(folder)
    mark = Mark(str(folder))
    if there is None:
        raise refusal(mark, _why_no_results(folder))
    if there.get("format") != FORMAT:
        number = there.get("format", 0)
        known = number if isinstance(number, int) else "unknown"
        text = f"holds results of format {known} ({told_of(there)})"
        raise refusal(mark, f"{text}; format {FORMAT} is needed: make them anew")
    problem = problem_with(there, MANIFEST_SCHEMA)
    if problem or not is_intact(there):
        why = problem or "has changed since it was written"
        raise refusal(folder / MANIFEST, f"{why}; {WAY_ON}")
    return there
