"""A forecast on record as it is read back: its questions, with the rules and yardsticks that were written down with it.

The first forecast was written without rules; they are in a file beside it (``2026-07-05.rules.yaml``).
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array
from model.problems import BadInput, Mark, Problem, refusal
from model.schema_problems import schema_problems
from model.yamltree import Node, parse, read_text

from .ledger import DAY

FORECAST = "forecast"  # the name under which its own chances stand beside those of the yardsticks
EVEN = "even odds"  # the one yardstick that every question has
RULES = ".rules.yaml"
SUM = 1e-3  # by which chances that were rounded may miss 1
TEXT = {"type": "string", "minLength": 1, "description": "text"}
CHANCE = {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "description": "a chance"}


def _mapping(inner: dict[str, Any], description: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": inner, "minProperties": 1, "description": description}


def _with(**properties: dict[str, Any]) -> dict[str, Any]:
    """An object that has at least these properties."""
    needed = ", ".join(properties)
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "description": f"a mapping with {needed}",
    }


YARDSTICK = _with(chances=_mapping(CHANCE, "chances by option"), why=TEXT)
YARDSTICKS = {**_mapping(YARDSTICK, "yardsticks by name"), "required": [EVEN]}
RULE = _with(cluster=TEXT, yardsticks=YARDSTICKS, resolution=_with(by=DAY, rule=TEXT, sources=TEXT))
RULES_SCHEMA = _with(questions=_mapping(RULE, "rules by question"))
QUESTION = _with(question=TEXT, probabilities=_mapping(_with(mean=CHANCE), "probabilities by option"))
SCHEMA = _with(as_of=DAY, model=_with(version=TEXT, rules=TEXT), questions=_mapping(QUESTION, "questions by name"))


class Asked(NamedTuple):
    """A question on record.

    ``chances``: who predicts (`FORECAST` or a yardstick) -> array (options,), each above 0, that sums to 1 but
    for rounding. Options stand in their order. ``condition`` is '' if there is none. ``resolution`` says by which
    day, by what rule and from which sources it is resolved.
    """

    name: str
    text: str
    condition: str
    cluster: str
    options: tuple[str, ...]
    chances: dict[str, Array]
    resolution: dict[str, str]


class Recorded(NamedTuple):
    """A forecast on record: its file, its questions by name, and everything that the file says."""

    path: Path
    questions: dict[str, Asked]
    data: dict[str, Any]


def read_recorded(path: Path) -> Recorded:
    """Read a forecast, and the rules that belong to it.

    Raises
    ------
    BadInput
        With everything that is wrong with it, by line and column.
    """
    tree = _checked(path, SCHEMA)
    questions = tree.value["questions"]
    rules = questions
    if not all("resolution" in question.value for question in questions.value.values()):
        beside = path.with_name(path.stem + RULES)
        rules = _checked(beside, RULES_SCHEMA).value["questions"]
        if missing := [name for name in questions.value if name not in rules.value]:
            raise refusal(rules.mark, f"found no rule for {', '.join(missing)}, which {path.name} asks")
    elif problems := list(schema_problems(RULES_SCHEMA, tree)):
        raise BadInput(problems)
    asked = {name: _asked(name, question, rules.value[name]) for name, question in questions.value.items()}
    return Recorded(path, asked, tree.plain())


def _checked(path: Path, schema: dict[str, Any]) -> Node:
    """The tree of a file that keeps to a schema; JSON is YAML too."""
    tree = parse(read_text(path, str(path)), str(path))
    if problems := list(schema_problems(schema, tree)):
        raise BadInput(problems)
    return tree


def _asked(name: str, question: Node, rule: Node) -> Asked:
    probabilities = question.value["probabilities"]
    options = tuple(probabilities.value)
    means = [option.value["mean"] for option in probabilities.value.values()]
    chances = {FORECAST: _chances(means, probabilities.mark)}
    for yardstick, node in rule.value["yardsticks"].value.items():
        by_option = node.value["chances"]
        if tuple(by_option.value) != options:
            found, needed = ", ".join(by_option.value), ", ".join(options)
            raise refusal(by_option.mark, f"found the options {found} for {name}; needed: {needed}")
        chances[yardstick] = _chances(list(by_option.value.values()), by_option.mark)
    data, ruled = question.plain(), rule.plain()
    return Asked(name, data["question"], data.get("given", ""), ruled["cluster"], options, chances, ruled["resolution"])


def _chances(nodes: list[Node], mark: Mark) -> Array:
    chances = np.array([float(node.value) for node in nodes])
    if abs(chances.sum() - 1.0) > SUM:
        text = f"found chances that sum to {chances.sum():.4f}; all options together have 1"
        raise BadInput([Problem(mark, text)])
    return chances
