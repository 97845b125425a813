"""Sweep files in, checked plans out.

A sweep file names a question, a scenario, what varies and how its points are chosen; it is read as strictly as a
scenario is. Everything wrong with it is reported at once, by line and column.
"""

import csv
import io
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from model.problems import BadInput, Mark, Problem, nearest, quoted
from model.scenario import SHIPPED, Entry, Scenario, in_full, load
from model.schema import TEXT, Declaration, is_number, value_schema
from model.schema_problems import faults
from model.yamltree import SCIENTIFIC, Node, described, parse, read_text, scalar

from .. import MAX_RUNS, SEED
from ..measures.columns import measures
from .design import DESIGNS, Levels, Plan, Point, Range, grid, sampled

SWEEPS = Path(__file__).parent.parent / "sweeps"  # those that are shipped
SAMPLED = ("lhs", "sobol", "random")
MOST_POINTS = 1_000_000
MOST_RUNS = 10_000_000  # at a point
MOST_BYTES = 200_000_000  # of a table
LEVELS = "a list of values, a range as {low: 1, high: 120, steps: 12}, or declared (its distribution in the scenario)"
DEFAULTS: dict[str, Any] = {"design": "grid", "runs": 200, "seed": SEED, "max_runs": MAX_RUNS, "measures": ["adopted"]}
WHOLE = ("points", "runs", "seed", "max_runs")


def read_sweep(path: str | Path, settings: Iterable[str] = (), **instead: Any) -> Plan:
    """Read and check a sweep file.

    Parameters
    ----------
    settings : strings ``dotted.path=value``
        Applied to its scenario, as by ``--set``.
    instead : values of runs, seed, precision, max_runs
        What was said on the command line and takes the place of what the file says; None says nothing.

    Raises
    ------
    BadInput
        With everything that is wrong with the file, its scenario or its table.
    """
    path = Path(path)
    tree = parse(read_text(path, str(path)), str(path))
    problems = [*faults(_head_schema(), tree)]
    scenario = None
    try:
        scenario = _scenario(path, tree, settings)
    except BadInput as error:
        problems += error.problems
    if scenario is not None:
        problems += [
            *_vary_problems(tree, scenario),
            *_set_problems(tree, scenario),
            *_measure_problems(tree, scenario),
        ]
    refused = {problem.mark for problem in problems}
    problems += [problem for problem in _design_problems(tree) if problem.mark not in refused]
    if problems or scenario is None:
        raise BadInput(problems)
    said = DEFAULTS | tree.plain() | {name: value for name, value in instead.items() if value is not None}
    said |= {name: int(said[name]) for name in WHOLE if name in said}  # YAML's 30.0 is a whole number too
    varied, points = _points(path, tree, said, scenario)
    return Plan(
        name=path.stem,
        title=said.get("title", path.stem),
        question=said["question"],
        scenario=scenario,
        seed=said["seed"],
        runs=said["runs"],
        precision=said.get("precision"),
        max_runs=max(said["max_runs"], said["runs"]),
        measures=tuple(said["measures"]),
        design=said["design"],
        varied=varied,
        points=points,
    )


def _head_schema() -> dict[str, Any]:
    """What a sweep file may say, but for the values of what varies, which depend on its scenario."""

    def whole(least: int, most: int, about: str) -> dict[str, Any]:
        return {"type": "integer", "minimum": least, "maximum": most, "description": about}

    positive = {"type": "number", "exclusiveMinimum": 0, "maximum": 1000}
    return {
        "type": "object",
        "properties": {
            "title": TEXT,
            "question": {**TEXT, "description": "the question the sweep answers, one sentence"},
            "scenario": {**TEXT, "description": "a scenario file, looked for beside this one, then among the shipped"},
            "vary": {"description": "path -> values; with the design table, a list of paths"},
            "design": {"enum": list(DESIGNS), "description": "how points are chosen"},
            "points": whole(2, MOST_POINTS, "points"),
            "table": {**TEXT, "description": "a CSV file beside this one, a column for each varied parameter"},
            "runs": whole(1, MOST_RUNS, "runs at each point"),
            "seed": whole(0, 2**63 - 1, "seed of all luck"),
            "precision": {**positive, "description": "half width of the 95% interval of the first measure"},
            "max_runs": whole(1, MOST_RUNS, "the most runs at a point, with a precision"),
            "measures": {"type": "array", "items": TEXT, "minItems": 1},
        },
        "required": ["question", "scenario", "vary"],
        "additionalProperties": False,
    }


def _scenario(path: Path, tree: Node, settings: Iterable[str]) -> Scenario | None:
    """The scenario that a sweep names: beside it, else among the shipped ones; None where it names none."""
    said = tree.value.get("scenario")
    if said is None or not isinstance(said.value, str) or not said.value:
        return None
    for file in (path.parent / said.value, SHIPPED / said.value):
        if os.path.isfile(file):
            return load(file, settings)
    if os.path.isdir(path.parent / said.value):
        raise BadInput([Problem(said.mark, f"found the scenario {quoted(said.value)}, which is a directory")])
    where = f"neither a file in {path.parent} nor among the shipped scenarios"
    known = nearest(said.value, (its.name for its in SHIPPED.glob("*.yaml")))
    raise BadInput([Problem(said.mark, f"found the scenario {quoted(said.value)}, which is {where}{known}")])


# ---------------------------------------------------------------- what is wrong


def _vary_problems(tree: Node, scenario: Scenario) -> list[Problem]:
    """Paths that the scenario lacks, and values that their parameters cannot have."""
    vary = tree.value.get("vary")
    if vary is None:
        return []
    if _design(tree) == "table":
        return _listed_problems(vary, scenario)
    if not isinstance(vary.value, dict) or not vary.value:
        found = "nothing in it" if vary.value == {} else described(vary.value)
        return [Problem(vary.mark, f"found {found} for vary; a mapping is needed: path of a parameter -> {LEVELS}")]
    problems = []
    for path, levels in vary.value.items():
        unknown = _unknown(path, levels.key_mark, scenario)
        problems += [unknown] if unknown else _level_problems(path, levels, scenario.entries[path], scenario)
    return problems


def _listed_problems(vary: Node, scenario: Scenario) -> list[Problem]:
    """What is wrong with the list of paths of a table."""
    if not isinstance(vary.value, list) or not vary.value:
        return [Problem(vary.mark, f"found {described(vary.value)} for vary; with the design table, a list of paths")]
    problems = [_unknown(node.value, node.mark, scenario) for node in vary.value]
    return [problem for problem in problems if problem] + _twice(vary, "path")


def _unknown(path: Any, mark: Mark, scenario: Scenario) -> Problem | None:
    if not isinstance(path, str):
        return Problem(mark, f"found {described(path)}; the path of a parameter is needed, as levers.quorum_labs")
    if path in scenario.entries:
        return None
    meant = in_full(path, scenario.entries)
    close = f"; did you mean {meant!r}?" if meant else nearest(path, scenario.entries)
    every = f"`optin show {scenario.files[0]}` lists every parameter"
    return Problem(mark, f"found {quoted(path)}, which is no parameter of {scenario.name}{close}; {every}")


def _level_problems(path: str, levels: Node, entry: Entry, scenario: Scenario) -> list[Problem]:
    """What is wrong with the values of one parameter."""
    value = value_schema(entry.type, Declaration(entry.label, entry.unit, entry.low, entry.high))
    if isinstance(levels.value, list):
        rules = {"type": "array", "items": value, "minItems": 1}
        return [*faults(rules, levels, f"vary.{path}")] or _twice(levels, "value")
    if isinstance(levels.value, dict):
        return _range_problems(path, levels, entry, value)
    if levels.value != "declared":
        return [Problem(levels.mark, f"found {described(levels.value)} for vary.{path}; allowed: {LEVELS}")]
    if entry.distribution is None:
        found = f"found declared for vary.{path}, which is {entry.shown()} in {scenario.name} and has no distribution"
        return [Problem(levels.mark, f"{found}; allowed: a list of values, or a range")]
    return []


def _range_problems(path: str, levels: Node, entry: Entry, value: Mapping[str, Any]) -> list[Problem]:
    if entry.type not in (int, float):
        return [Problem(levels.mark, f"found a range for vary.{path}, whose values are words; allowed: a list of them")]
    count = {"type": "integer", "minimum": 2, "maximum": MOST_POINTS, "description": "values on a grid"}
    rules = {
        "type": "object",
        "properties": {"low": value, "high": value, "steps": count},
        "required": ["low", "high"],
        "additionalProperties": False,
    }
    problems = [*faults(rules, levels, f"vary.{path}")]
    if problems:
        return problems
    its = _levels(levels.plain())
    assert isinstance(its, Range)
    if its.low >= its.high:
        found = f"found an empty range from {its.low:g} to {its.high:g} for vary.{path}; low < high is needed"
        return [Problem(levels.key_mark, found)]
    if its.steps and entry.type is int and its.steps > its.high - its.low + 1:
        most = its.high - its.low + 1
        found = f"found {its.steps} steps for vary.{path}, which has only {most:g} whole numbers in its range"
        return [Problem(levels.key_mark, found)]
    return []


def _twice(levels: Node, what: str) -> list[Problem]:
    """Values that stand in a list more than once."""
    seen: set[Any] = set()
    problems = []
    for node in levels.value:
        if isinstance(node.value, dict | list):
            continue  # said elsewhere: not a value
        if node.value in seen:
            problems.append(Problem(node.mark, f"found the {what} {described(node.value)} again; once is enough"))
        seen.add(node.value)
    return problems


def _measure_problems(tree: Node, scenario: Scenario) -> list[Problem]:
    said = tree.value.get("measures")
    if said is None or not isinstance(said.value, list):
        return []
    known = measures(scenario)
    named = [node for node in said.value if isinstance(node.value, str)]
    return [
        Problem(node.mark, f"found the measure {quoted(node.value)}{nearest(node.value, known) or _listed(known)}")
        for node in named
        if node.value not in known
    ] + _twice(said, "measure")


def _listed(known: Iterable[str]) -> str:
    return f"; known: {', '.join(known)}"


def _set_problems(tree: Node, scenario: Scenario) -> list[Problem]:
    """Parameters that are both varied and set."""
    varied = tree.plain().get("vary") or ()
    return [
        Problem(Mark(f"--set {setting}"), f"{path} is varied by {tree.mark.file}")
        for setting in scenario.settings
        for path in [setting.partition("=")[0].strip()]
        if isinstance(varied, dict | list) and path in varied
    ]


def _design(tree: Node) -> Any:
    return tree.value["design"].value if "design" in tree.value else DEFAULTS["design"]


def _design_problems(tree: Node) -> list[Problem]:
    """What a design lacks, and what it cannot use."""
    design, place = _design(tree), tree.at(["design"]).key_mark
    if design not in DESIGNS:
        return []  # said elsewhere
    problems = []
    for name, users in (("points", SAMPLED), ("table", ("table",))):
        if name in tree.value and design not in users:
            found = f"found {name}, which the design {design} does not use"
            problems.append(Problem(tree.value[name].key_mark, found))
        if name not in tree.value and design in users:
            problems.append(Problem(place, f"found no '{name}'; the design {design} needs it"))
    points = tree.plain().get("points")
    if design == "sobol" and is_number(points) and points >= 2 and not math.log2(points).is_integer():
        below = 2 ** math.floor(math.log2(points))
        found = f"found {points:,} points; Sobol's sequence is balanced at powers of two: {below:,} or {2 * below:,}"
        problems.append(Problem(tree.value["points"].mark, found))
    return problems + (_grid_problems(tree.value.get("vary")) if design == "grid" else [])


def _grid_problems(vary: Node | None) -> list[Problem]:
    """Parameters without a number of steps, and too many points; what is wrong otherwise is said elsewhere."""
    if vary is None or not isinstance(vary.value, dict):
        return []
    problems, counts = [], []
    for path, node in vary.value.items():
        its = node.plain()
        if its == "declared":
            found = f"found declared for vary.{path}; a grid needs a list or a range; lhs, sobol, random draw it"
            problems.append(Problem(node.mark, found))
        elif isinstance(its, dict) and "steps" not in its:
            problems.append(Problem(node.key_mark, f"found no 'steps' in vary.{path}; a grid needs them"))
        elif isinstance(its, dict) and is_number(its["steps"]):
            counts.append(int(its["steps"]))
        elif isinstance(its, list):
            counts.append(len(its))
    if math.prod(counts) > MOST_POINTS:
        found = f"found {math.prod(counts):,} points ({' x '.join(f'{count:,}' for count in counts)})"
        problems.append(Problem(vary.key_mark, f"{found}; at most {MOST_POINTS:,} are allowed"))
    return problems


# ---------------------------------------------------------------- points


def _levels(said: Any) -> Levels:
    """What a file says of the values of a parameter, checked before."""
    if isinstance(said, list):
        return tuple(said)
    if not isinstance(said, dict):
        return None
    return Range(said["low"], said["high"], int(said["steps"]) if "steps" in said else None)


def _points(
    path: Path, tree: Node, said: Mapping[str, Any], scenario: Scenario
) -> tuple[tuple[str, ...], tuple[Point, ...]]:
    """What varies, and its points; numbers of the declared type, so that 30 and 30.0 are the same."""
    if said["design"] == "table":
        points = _table(path.parent / said["table"], tree.value["table"], said["vary"], scenario)
    else:
        levels = {its: _levels(values) for its, values in said["vary"].items()}
        if said["design"] == "grid":
            points = list(grid(levels, scenario.entries))
        else:
            points = sampled(said["design"], said["points"], levels, scenario.entries, said["seed"])
    kinds = [scenario.entries[its].type for its in said["vary"]]
    typed = (
        tuple(kind(v) if kind in (int, float) else v for kind, v in zip(kinds, point, strict=True)) for point in points
    )
    return tuple(said["vary"]), tuple(typed)


def _table(path: Path, said: Node, varied: list[str], scenario: Scenario) -> list[Point]:
    """The points of a CSV table with a column for each varied parameter, in any order."""
    shown = str(path)
    reader = csv.reader(io.StringIO(read_text(path, shown, said.mark, "CSV", MOST_BYTES), newline=None))
    try:
        lines = [(reader.line_num, line) for line in reader if line]
    except csv.Error as error:
        raise BadInput([Problem(Mark(shown, reader.line_num, 1), f"is not CSV: {error}")]) from None
    if not lines:
        raise BadInput([Problem(Mark(shown, 1, 1), "is empty; the names of the columns are needed, and points below")])
    head = [cell.strip() for cell in lines[0][1]]
    problems = _head_problems(shown, head, varied)
    if problems:
        raise BadInput(problems)
    if len(lines) - 1 > MOST_POINTS:
        raise BadInput([Problem(Mark(shown), f"found {len(lines) - 1:,} points; at most {MOST_POINTS:,} are allowed")])
    first_line: dict[Point, int] = {}
    for number, line in lines[1:]:
        point, wrong = _row(shown, number, head, line, scenario)
        problems += wrong
        if not wrong and point in first_line:
            found = f"found the same values as in line {first_line[point]}; a point may stand once"
            problems.append(Problem(Mark(shown, number, 1), found))
        first_line.setdefault(point, number)
    if len(lines) == 1:
        problems.append(Problem(Mark(shown, 1, 1), "found no point below the names of the columns"))
    if problems:
        raise BadInput(problems)
    order = [head.index(name) for name in varied]
    return [tuple(point[place] for place in order) for point in first_line]


def _head_problems(shown: str, head: list[str], varied: list[str]) -> list[Problem]:
    mark = Mark(shown, 1, 1)
    missing = [name for name in varied if name not in head]
    unknown = [name for name in head if name not in varied]
    problems = [Problem(mark, f"found no column {name}; columns here: {', '.join(head) or 'none'}") for name in missing]
    problems += [
        Problem(mark, f"found the column {quoted(name)}{nearest(name, varied)}; vary names {', '.join(varied)}")
        for name in unknown
    ]
    if not problems and len(head) != len(set(head)):
        problems.append(Problem(mark, "found a column twice"))
    return problems


def _cell(text: str) -> Any:
    """What a cell means: as in YAML, and numbers as programs write them, such as 1e-05."""
    return float(text) if SCIENTIFIC.fullmatch(text) and math.isfinite(float(text)) else scalar(text)


def _row(shown: str, number: int, head: list[str], line: list[str], scenario: Scenario) -> tuple[Point, list[Problem]]:
    """A line of a table as a point, and what is wrong with it."""
    mark = Mark(shown, number, 1)
    if len(line) != len(head):
        return (), [
            Problem(
                mark, f"found {len(line)} cell{'s' * (len(line) != 1)}; as many as columns ({len(head)}) are needed"
            )
        ]
    values: list[Any] = []
    problems: list[Problem] = []
    for name, cell in zip(head, line, strict=True):
        entry = scenario.entries[name]
        value = _cell(cell.strip())
        rules = value_schema(entry.type, Declaration(entry.label, entry.unit, entry.low, entry.high))
        problems += faults(rules, Node(value, mark, mark), name)
        values.append(value)
    return tuple(values), problems
