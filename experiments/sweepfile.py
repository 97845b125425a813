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

from model.faults import faults
from model.scenario import SHIPPED, Entry, Scenario, in_full, load
from model.schema import TEXT, Declaration, value_schema
from model.yamltree import BadInput, Mark, Node, Problem, described, nearest, parse, quoted, read_text, scalar

from .design import DESIGNS, Levels, Plan, Point, Range, grid, sampled
from .measures import measures

SAMPLED = ("lhs", "sobol", "random")
MOST_POINTS = 1_000_000
MOST_RUNS = 10_000_000  # at a point
LEVELS = "a list of values, a range as {low: 1, high: 120, steps: 12}, or declared (its distribution in the scenario)"
DEFAULTS: dict[str, Any] = {"design": "grid", "runs": 200, "seed": 1, "max_runs": 100_000, "measures": ["adopted"]}


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
    scenario_named = tree.value.get("scenario")
    if scenario_named is None or not isinstance(scenario_named.value, str):
        raise BadInput(problems)
    scenario = load(_scenario_path(path, scenario_named), settings)
    problems += _vary_problems(tree, scenario) + _measure_problems(tree, scenario)
    if problems:
        raise BadInput(problems)
    problems += _set_problems(tree, scenario)
    said = DEFAULTS | tree.plain() | {name: value for name, value in instead.items() if value is not None}
    problems += _design_problems(tree, said)
    if problems:
        raise BadInput(problems)
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


def _scenario_path(path: Path, said: Node) -> Path:
    """The scenario file that a sweep names: beside it, else among the shipped ones."""
    beside, shipped = path.parent / str(said.value), SHIPPED / str(said.value)
    if not os.path.exists(beside) and not os.path.exists(shipped):
        where = f"neither in {path.parent} nor among the shipped scenarios"
        known = nearest(said.value, (its.name for its in SHIPPED.glob("*.yaml")))
        raise BadInput([Problem(said.mark, f"found the scenario {quoted(said.value)}, which is {where}{known}")])
    return beside if os.path.exists(beside) else shipped


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
    problems = [_unknown(str(node.value), node.mark, scenario) for node in vary.value]
    return [problem for problem in problems if problem] + _twice(vary, "path")


def _unknown(path: str, mark: Mark, scenario: Scenario) -> Problem | None:
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
        if node.value in seen:
            problems.append(Problem(node.mark, f"found the {what} {described(node.value)} again; once is enough"))
        seen.add(node.value)
    return problems


def _measure_problems(tree: Node, scenario: Scenario) -> list[Problem]:
    said = tree.value.get("measures")
    if said is None or not isinstance(said.value, list):
        return []
    known = measures(scenario)
    return [
        Problem(
            node.mark,
            f"found the measure {described(node.value)}{nearest(str(node.value), known)}; known: {', '.join(known)}",
        )
        for node in said.value
        if node.value not in known
    ]


def _set_problems(tree: Node, scenario: Scenario) -> list[Problem]:
    """Parameters that are both varied and set."""
    return [
        Problem(Mark(f"--set {setting}"), f"{setting.partition('=')[0].strip()} is varied by {tree.mark.file}")
        for setting in scenario.settings
        if setting.partition("=")[0].strip() in tree.plain()["vary"]
    ]


def _design(tree: Node) -> Any:
    return tree.value["design"].value if "design" in tree.value else DEFAULTS["design"]


def _design_problems(tree: Node, said: Mapping[str, Any]) -> list[Problem]:
    """What a design lacks, and what it cannot use."""
    design = said["design"]
    place = tree.at(["design"]).key_mark
    problems = [
        Problem(tree.value[name].key_mark, f"found {name}, which the design {design} does not use")
        for name, users in (("points", SAMPLED), ("table", ("table",)))
        if name in said and design not in users
    ]
    for name, users in (("points", SAMPLED), ("table", ("table",))):
        if name not in said and design in users:
            problems.append(Problem(place, f"found no '{name}'; the design {design} needs it"))
    if design == "sobol" and "points" in said and not math.log2(said["points"]).is_integer():
        below = 2 ** math.floor(math.log2(said["points"]))
        found = f"found {said['points']} points; Sobol's sequence is balanced at powers of two: {below} or {2 * below}"
        problems.append(Problem(tree.value["points"].mark, found))
    if design == "grid":
        problems += _grid_problems(tree.value["vary"])
    return problems


def _grid_problems(vary: Node) -> list[Problem]:
    """Parameters without a number of steps, and too many points."""
    levels = {path: _levels(its) for path, its in vary.plain().items()}
    problems = []
    for path, its in levels.items():
        if its is None:
            found = (
                f"found declared for vary.{path}; a grid needs a list or a range with steps (lhs, sobol, random draw)"
            )
            problems.append(Problem(vary.value[path].mark, found))
        elif isinstance(its, Range) and its.steps is None:
            problems.append(Problem(vary.value[path].key_mark, f"found no 'steps' in vary.{path}; a grid needs them"))
    if problems:
        return problems
    counts = [its.steps if isinstance(its, Range) else len(its) for its in levels.values() if its is not None]
    points = math.prod(count for count in counts if count is not None)
    if points > MOST_POINTS:
        found = f"found {points:,} points ({' x '.join(map(str, counts))}); at most {MOST_POINTS:,} are allowed"
        return [Problem(vary.key_mark, found)]
    return []


# ---------------------------------------------------------------- points


def _levels(said: Any) -> Levels:
    """What a file says of the values of a parameter, checked before."""
    if isinstance(said, list):
        return tuple(said)
    return Range(said["low"], said["high"], said.get("steps")) if isinstance(said, dict) else None


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
    lines = [*csv.reader(io.StringIO(read_text(path, shown, said.mark)))]
    head = [cell.strip() for cell in lines[0]] if lines else []
    problems = _head_problems(shown, head, varied)
    if problems:
        raise BadInput(problems)
    if len(lines) - 1 > MOST_POINTS:
        raise BadInput([Problem(Mark(shown), f"found {len(lines) - 1:,} points; at most {MOST_POINTS:,} are allowed")])
    first_line: dict[Point, int] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line:
            continue
        point, wrong = _row(shown, number, head, line, scenario)
        problems += wrong
        if not wrong and point in first_line:
            found = f"found the same values as in line {first_line[point]}; a point may stand once"
            problems.append(Problem(Mark(shown, number, 1), found))
        first_line.setdefault(point, number)
    if not problems and not first_line:
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


def _row(shown: str, number: int, head: list[str], line: list[str], scenario: Scenario) -> tuple[Point, list[Problem]]:
    """A line of a table as a point, and what is wrong with it."""
    mark = Mark(shown, number, 1)
    if len(line) != len(head):
        return (), [Problem(mark, f"found {len(line)} cells; as many as columns ({len(head)}) are needed")]
    values: list[Any] = []
    problems: list[Problem] = []
    for name, cell in zip(head, line, strict=True):
        entry = scenario.entries[name]
        value = scalar(cell.strip())
        rules = value_schema(entry.type, Declaration(entry.label, entry.unit, entry.low, entry.high))
        problems += faults(rules, Node(value, mark, mark), name)
        values.append(value)
    return tuple(values), problems
