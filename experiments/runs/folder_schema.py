"""What the manifest and the summary of a folder of results may say, as JSON Schemas."""

from collections.abc import Mapping
from typing import Any

from model.problems import Mark, plain
from model.schema_problems import schema_problems
from model.yamltree import Node

LINE = {
    "type": "string",
    "pattern": r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]*$(?!\n)",
    "description": "text without control characters",
}
TEXT = {"type": "string", "description": "text"}
WORDS: dict[str, Any] = {"type": "array", "items": TEXT, "minItems": 0}
HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$(?!\n)", "description": "a hash of 64 hexadecimal digits"}
COUNT = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}
MORE = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}


def _object(properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """An object that has these properties and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
        **more,
    }


def _mapping(inner: Mapping[str, Any], description: str) -> dict[str, Any]:
    """An object with any names."""
    return {"type": "object", "additionalProperties": dict(inner), "description": description}


PARAMETER = _object(
    {
        "value": {"type": ["number", "string", "null"], "description": "a number, a word or null"},
        "distribution": {"type": ["object", "null"], "description": "a mapping or null"},
        "label": LINE,
        "unit": LINE,
        "range": {
            "if": {"type": "null"},
            "else": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        },
        "type": {"enum": ["float", "int", "Bargaining"]},
        "source": _mapping(TEXT, "a mapping of texts"),
        "from": TEXT,
    }
)
SCENARIO = _object(
    {
        "name": LINE,
        "title": LINE,
        "question": LINE,
        "files": WORDS,
        "settings": WORDS,
        "starts": {
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)",
            "description": "a day, as 2026-05-18",
        },
        "stakeholders": _mapping(_object({"kind": LINE, "label": LINE}), "a mapping of stakeholders"),
        "parameters": _mapping(PARAMETER, "a mapping of parameters"),
    }
)
PLAN = _object(
    {
        "name": LINE,
        "title": LINE,
        "question": LINE,
        "scenario": SCENARIO,
        "seed": COUNT,
        "runs": MORE,
        "precision": {"type": ["number", "null"], "description": "a number or null"},
        "max_runs": COUNT,
        "measures": {"type": "array", "items": LINE, "minItems": 1},
        "design": LINE,
        "varied": WORDS,
        "points": MORE,
        "runs_in_a_world": MORE,
        "asks": {
            "if": {"type": "null"},
            "else": _object({"analysis": LINE, "settings": {"type": "object", "description": "a mapping"}}),
        },
    }
)
MANIFEST_SCHEMA = _object(
    {
        "format": MORE,
        "inputs": HASH,
        "shard": {"type": "string", "pattern": "^[1-9][0-9]{0,6}/[1-9][0-9]{0,6}$(?!\n)", "description": "i/n"},
        "version": TEXT,
        "commit": {"type": ["string", "null"], "description": "text or null"},
        "rules": HASH,
        "libraries": {
            "type": "object",
            "required": ["numpy", "scipy", "numba", "pyarrow"],
            "additionalProperties": TEXT,
            "description": "a mapping of texts",
        },
        "python": TEXT,
        "machine": TEXT,
        "command": TEXT,
        "written": TEXT,
        "plan": PLAN,
        "seal": HASH,
    }
)
COMPARISON_SCHEMA = _object(
    {
        "results": {
            "type": "array",
            "items": _object({"folder": {**LINE, "pattern": r"^(?!\.)[\w.=+-]{1,120}$(?!\n)"}, "inputs": HASH}),
            "minItems": 2,
        },
        "command": TEXT,
        "written": TEXT,
    }
)
SUMMARY_SCHEMA = {
    "type": "object",
    "properties": {"runs": COUNT, "failed": COUNT},
    "description": "a mapping",
}


def problem_with(data: Any, schema: Mapping[str, Any]) -> str:
    """The first thing in which plain data breaks a schema; '' if nothing does."""
    for problem in schema_problems(schema, _tree(data, Mark(""))):
        return plain(problem.text)
    return ""


def _tree(data: Any, mark: Mark) -> Node:
    """Plain data as a tree, all of it at one place."""
    if isinstance(data, dict):
        return Node({key: _tree(value, mark) for key, value in data.items()}, mark, mark)
    if isinstance(data, list):
        return Node([_tree(value, mark) for value in data], mark, mark)
    return Node(data, mark, mark)
