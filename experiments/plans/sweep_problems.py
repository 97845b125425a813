"""What is wrong with a sweep file beyond what its schema says: paths, values, measures, designs."""

import math
from collections.abc import Mapping
from typing import Any

from model.problems import Mark, Problem, known_instead, nearest, quoted
from model.scenario import Entry, Scenario, in_full
from model.schema import Declaration, is_number, value_schema
from model.schema_problems import schema_problems
from model.yamltree import Node, described

from ..measures.columns import measures
from .design import DESIGNS, Levels, Range
from .pointtable import MOST_POINTS

SAMPLED = ("lhs", "sobol", "random")
LEVELS = "a list of values, a range as {low: 1, high: 120, steps: 12}, or declared (its distribution in the scenario)"
DESIGN = "grid"  # where nothing is said


def vary_problems(tree: Node, scenario: Scenario) -> list[Problem]:
    """Paths that the scenario lacks, and values that their parameters cannot have."""
    vary = tree.value.get("vary")
    if vary is None:
        return []
    if _design(tree) == "table":
        return _listed_problems(vary, scenario)
    if not isinstance(vary.value, dict) or not vary.value:
        what = "nothing in it" if vary.value == {} else described(vary.value)
        return [Problem(vary.mark, f"found {what} for vary; a mapping is needed: path of a parameter -> {LEVELS}")]
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
        return [*schema_problems(rules, levels, f"vary.{path}")] or _twice(levels, "value")
    if isinstance(levels.value, dict):
        return _range_problems(path, levels, entry, value)
    if levels.value != "declared":
        return [Problem(levels.mark, f"found {described(levels.value)} for vary.{path}; allowed: {LEVELS}")]
    if entry.distribution is None:
        text = f"found declared for vary.{path}, which is {entry.shown()} in {scenario.name} and has no distribution"
        return [Problem(levels.mark, f"{text}; allowed: a list of values, or a range")]
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
    problems = [*schema_problems(rules, levels, f"vary.{path}")]
    if problems:
        return problems
    ends = levels_of(levels.plain())
    assert isinstance(ends, Range)
    if ends.low >= ends.high:
        text = f"found an empty range from {ends.low:g} to {ends.high:g} for vary.{path}; low < high is needed"
        return [Problem(levels.key_mark, text)]
    if ends.steps and entry.type is int and ends.steps > ends.high - ends.low + 1:
        most = ends.high - ends.low + 1
        text = f"found {ends.steps} steps for vary.{path}, which has only {most:g} whole numbers in its range"
        return [Problem(levels.key_mark, text)]
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


def measure_problems(tree: Node, scenario: Scenario) -> list[Problem]:
    """Measures that the scenario has not, or that stand twice."""
    names = tree.value.get("measures")
    if names is None or not isinstance(names.value, list):
        return []
    known = measures(scenario)
    named = [node for node in names.value if isinstance(node.value, str)]
    return [
        Problem(node.mark, f"found the measure {quoted(node.value)}{known_instead(node.value, known)}")
        for node in named
        if node.value not in known
    ] + _twice(names, "measure")


def set_problems(tree: Node, scenario: Scenario) -> list[Problem]:
    """Parameters that are both varied and set."""
    varied = tree.plain().get("vary") or ()
    return [
        Problem(Mark(f"--set {setting}"), f"{path} is varied by {tree.mark.file}")
        for setting in scenario.settings
        for path in [setting.partition("=")[0].strip()]
        if isinstance(varied, dict | list) and path in varied
    ]


def _design(tree: Node) -> Any:
    return tree.value["design"].value if "design" in tree.value else DESIGN


def design_problems(tree: Node) -> list[Problem]:
    """What a design lacks, and what it cannot use."""
    design, mark = _design(tree), tree.at(["design"]).key_mark
    if design not in DESIGNS:
        return []  # said elsewhere
    problems = []
    for name, users in (("points", SAMPLED), ("table", ("table",))):
        if name in tree.value and design not in users:
            text = f"found {name}, which the design {design} does not use"
            problems.append(Problem(tree.value[name].key_mark, text))
        if name not in tree.value and design in users:
            problems.append(Problem(mark, f"found no '{name}'; the design {design} needs it"))
    points = tree.plain().get("points")
    if design == "sobol" and is_number(points) and points >= 2 and not math.log2(points).is_integer():
        below = 2 ** math.floor(math.log2(points))
        text = f"found {points:,} points; Sobol's sequence is balanced at powers of two: {below:,} or {2 * below:,}"
        problems.append(Problem(tree.value["points"].mark, text))
    return problems + (_grid_problems(tree.value.get("vary")) if design == "grid" else [])


def _grid_problems(vary: Node | None) -> list[Problem]:
    """Parameters without a number of steps, and too many points; what is wrong otherwise is said elsewhere."""
    if vary is None or not isinstance(vary.value, dict):
        return []
    problems, counts = [], []
    for path, node in vary.value.items():
        levels = node.plain()
        if levels == "declared":
            text = f"found declared for vary.{path}; a grid needs a list or a range; lhs, sobol, random draw it"
            problems.append(Problem(node.mark, text))
        elif isinstance(levels, dict) and "steps" not in levels:
            problems.append(Problem(node.key_mark, f"found no 'steps' in vary.{path}; a grid needs them"))
        elif isinstance(levels, dict) and is_number(levels["steps"]):
            counts.append(int(levels["steps"]))
        elif isinstance(levels, list):
            counts.append(len(levels))
    if math.prod(counts) > MOST_POINTS:
        text = f"found {math.prod(counts):,} points ({' x '.join(f'{count:,}' for count in counts)})"
        problems.append(Problem(vary.key_mark, f"{text}; at most {MOST_POINTS:,} are allowed"))
    return problems


def levels_of(plain: Any) -> Levels:
    """What a file says of the values of a parameter, checked before."""
    if isinstance(plain, list):
        return tuple(plain)
    if not isinstance(plain, dict):
        return None
    return Range(plain["low"], plain["high"], int(plain["steps"]) if "steps" in plain else None)
