"""Sweep files in, checked plans out.

A sweep file names a question, a scenario, what varies and how its points are chosen; it is read as strictly as a
scenario is. Everything wrong with it is reported at once, by line and column.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from model.extends import REGIMES, SWEEPS, at_hand, called
from model.problems import BadInput, nearest, quoted, refusal
from model.scenario import SHIPPED, Scenario, load
from model.schema import QUESTION, TEXT, TITLE
from model.schema_problems import schema_problems
from model.yamltree import Node, parse, read_text

from .. import MAX_RUNS, SEED
from .design import DESIGNS, Plan, Point, grid, sampled
from .pointtable import MOST_POINTS, table_points
from .sweep_problems import DESIGN, design_problems, levels_of, measure_problems, set_problems, vary_problems

__all__ = ["SWEEPS", "read_sweep", "usual"]

MOST_RUNS = 10_000_000  # at a point
DEFAULTS: dict[str, Any] = {"design": DESIGN, "runs": 200, "seed": SEED, "max_runs": MAX_RUNS, "measures": ["adopted"]}
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
    path = at_hand(path)
    tree = parse(read_text(path, str(path)), str(path))
    scenario = _checked(path, tree, settings)
    head = DEFAULTS | tree.plain() | {name: value for name, value in instead.items() if value is not None}
    head |= {name: int(head[name]) for name in WHOLE if name in head}  # YAML's 30.0 is a whole number too
    varied, points = _points(path, tree, head, scenario)
    return Plan(
        name=path.stem,
        title=head.get("title", path.stem),
        question=head["question"],
        scenario=scenario,
        seed=head["seed"],
        runs=head["runs"],
        precision=head.get("precision"),
        max_runs=max(head["max_runs"], head["runs"]),
        measures=tuple(head["measures"]),
        design=head["design"],
        varied=varied,
        points=points,
    )


def usual(path: str | Path) -> dict[str, Any]:
    """What a sweep file that was found good says, and what holds where it says nothing."""
    path = at_hand(path)
    return {**DEFAULTS, **parse(read_text(path, str(path)), str(path)).plain()}


def _checked(path: Path, tree: Node, settings: Iterable[str]) -> Scenario:
    """The scenario of a sweep file in which nothing is wrong."""
    if "vary" not in tree.value and ("extends" in tree.value or "traits" in tree.value):
        text = f"is a scenario, and a sweep is needed here; to play it: optin run {called(path)}"
        raise refusal(tree.mark, text)
    problems = [*schema_problems(_head_schema(), tree)]
    scenario = None
    try:
        scenario = _scenario(path, tree, settings)
    except BadInput as error:
        problems += error.problems
    if scenario is not None:
        problems += [*vary_problems(tree, scenario), *set_problems(tree, scenario), *measure_problems(tree, scenario)]
    refused = {problem.mark for problem in problems}
    problems += [problem for problem in design_problems(tree) if problem.mark not in refused]
    if problems or scenario is None:
        raise BadInput(problems)
    return scenario


def _head_schema() -> dict[str, Any]:
    """What a sweep file may say, but for the values of what varies, which depend on its scenario."""

    def whole(least: int, most: int, about: str) -> dict[str, Any]:
        return {"type": "integer", "minimum": least, "maximum": most, "description": about}

    positive = {"type": "number", "exclusiveMinimum": 0, "maximum": 1000}
    return {
        "type": "object",
        "properties": {
            "title": TITLE,
            "question": {
                **QUESTION,
                "description": "the question the sweep answers, one sentence of at most 1,000 characters",
            },
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
    name = tree.value.get("scenario")
    if name is None or not isinstance(name.value, str) or not name.value:
        return None
    for file in (path.parent / name.value, SHIPPED / name.value, REGIMES / name.value):
        if os.path.isfile(file):
            return load(file, settings)
    if os.path.isdir(path.parent / name.value):
        raise refusal(name.mark, f"found the scenario {quoted(name.value)}, which is a directory")
    where = f"neither a file in {path.parent} nor among the shipped scenarios"
    known = nearest(name.value, (file.name for file in SHIPPED.glob("*.yaml")))
    raise refusal(name.mark, f"found the scenario {quoted(name.value)}, which is {where}{known}")


def _points(
    path: Path, tree: Node, head: Mapping[str, Any], scenario: Scenario
) -> tuple[tuple[str, ...], tuple[Point, ...]]:
    """What varies, and its points; numbers of the declared type, so that 30 and 30.0 are the same."""
    if head["design"] == "table":
        points = table_points(path.parent / head["table"], tree.value["table"], head["vary"], scenario)
    else:
        levels = {path_varied: levels_of(values) for path_varied, values in head["vary"].items()}
        if head["design"] == "grid":
            points = list(grid(levels, scenario.entries))
        else:
            points = sampled(head["design"], head["points"], levels, scenario.entries, head["seed"])
    kinds = [scenario.entries[path_varied].type for path_varied in head["vary"]]
    typed = (
        tuple(kind(v) if kind in (int, float) else v for kind, v in zip(kinds, point, strict=True)) for point in points
    )
    return tuple(head["vary"]), tuple(typed)
