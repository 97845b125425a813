"""What a JSON Schema finds wrong with a file, in words and with its place."""

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from .problems import Problem, nearest, quoted
from .yamltree import Node, described, hint

ENDS = ("minimum", "maximum")


def schema_problems(schema: Mapping[str, Any], tree: Node, name: str = "") -> Iterator[Problem]:
    """Everything in which a tree breaks the rules of a schema; `called` is what the tree is to its file, if a part."""
    for error in Draft7Validator(schema).iter_errors(tree.plain()):
        yield from _problems(error, tree, name)


def _problems(error: ValidationError, tree: Node, name: str) -> list[Problem]:
    """One problem for each thing that a schema error is about."""
    node = tree.at(error.absolute_path)
    schema: Any = error.schema
    subject = ".".join([name] * bool(name) + [str(step) for step in error.absolute_path]) or "the file"
    match error.validator:
        case "additionalProperties":
            known = list(schema["properties"])
            listed = ", ".join(sorted(known))
            return [
                Problem(
                    entry.key_mark, f"found the unknown key {quoted(key)}{nearest(key, known)}; known here: {listed}"
                )
                for key, entry in node.value.items()
                if key not in known
            ]
        case "required":
            missing = ", ".join(repr(name) for name in schema["required"] if name not in node.value)
            advice = f"; allowed: {schema['description']}" if schema["required"] == ["kind"] else ""
            return [Problem(node.key_mark, f"found no {missing} in {subject}; required (found: {_keys(node)}){advice}")]
        case "oneOf" | "minProperties" | "maxProperties":
            if not isinstance(node.value, dict):
                return []  # said elsewhere: a mapping is needed
            return [Problem(node.key_mark, f"found {_keys(node)} in {subject}; needed: {schema['description']}")]
        case "pattern" if "propertyNames" in error.absolute_schema_path:
            name = str(error.instance)
            mark = node.value[name].key_mark
            return [Problem(mark, f"found the name {quoted(name)}; allowed: {schema['description']}")]
    advice = hint(error.instance) if schema.get("type") in ("number", "integer") else ""
    found = f"{len(str(error.instance)):,} characters" if error.validator == "maxLength" else described(error.instance)
    text = f"found {found} for {subject}; allowed: {_allowed(schema)}{advice}"
    return [Problem(node.mark, text)]


def _keys(node: Node) -> str:
    keys = ", ".join(node.value)
    return (keys if len(keys) <= 500 else keys[:497] + "...") or "nothing"


def _allowed(schema: Mapping[str, Any]) -> str:
    """What a schema allows, in words."""
    description = f" ({schema['description']})" if "description" in schema else ""
    if "enum" in schema:
        return ", ".join(str(word) for word in schema["enum"]) + description
    match schema.get("type"):
        case "number" | "integer":
            kind = "a whole number" if schema["type"] == "integer" else "a number"
            if "minimum" in schema:
                low, high = (f"{schema[end]:,}" if kind == "a whole number" else f"{schema[end]:g}" for end in ENDS)
                return f"{kind} from {low} to {high}{description}"
            ends = f" greater than 0 and at most {schema['maximum']:,}" if "exclusiveMinimum" in schema else ""
            return kind + ends + description
        case "array":
            exactly = schema.get("maxItems") == schema["minItems"]
            return f"a list of {'' if exactly else 'at least '}{schema['minItems']}"
        case "object":
            names = schema.get("properties") or {}
            keys = f" with keys among {', '.join(names)}" if names else ""
            return schema.get("description") or f"a mapping{keys}"
    length = f" of at most {schema['maxLength']:,} characters" if "maxLength" in schema else ""
    return schema.get("description") or f"text{length}, not empty, in quotes where it looks like a number"
