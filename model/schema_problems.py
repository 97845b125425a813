"""What a JSON Schema finds wrong with a file, in words and with its place."""

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from .problems import Problem, nearest, quoted
from .yamltree import Node, described, hint

ENDS = ("minimum", "maximum")


def faults(rules: Mapping[str, Any], tree: Node, called: str = "") -> Iterator[Problem]:
    """Everything in which a tree breaks the rules of a schema; `called` is what the tree is to its file, if a part."""
    for error in Draft7Validator(rules).iter_errors(tree.plain()):
        yield from _problems(error, tree, called)


def _problems(error: ValidationError, tree: Node, called: str) -> list[Problem]:
    """One problem for each thing that a schema error is about."""
    node = tree.at(error.absolute_path)
    rules: Any = error.schema
    place = ".".join([called] * bool(called) + [str(step) for step in error.absolute_path]) or "the file"
    match error.validator:
        case "additionalProperties":
            known = list(rules["properties"])
            listed = ", ".join(sorted(known))
            return [
                Problem(its.key_mark, f"found the unknown key {quoted(key)}{nearest(key, known)}; known here: {listed}")
                for key, its in node.value.items()
                if key not in known
            ]
        case "required":
            missing = ", ".join(repr(name) for name in rules["required"] if name not in node.value)
            wanted = f"; allowed: {rules['description']}" if rules["required"] == ["kind"] else ""
            return [Problem(node.key_mark, f"found no {missing} in {place}; required (found: {_keys(node)}){wanted}")]
        case "oneOf" | "minProperties" | "maxProperties":
            if not isinstance(node.value, dict):
                return []  # said elsewhere: a mapping is needed
            return [Problem(node.key_mark, f"found {_keys(node)} in {place}; needed: {rules['description']}")]
        case "pattern" if "propertyNames" in error.absolute_schema_path:
            name = str(error.instance)
            mark = node.value[name].key_mark
            return [Problem(mark, f"found the name {quoted(name)}; allowed: {rules['description']}")]
    advice = hint(error.instance) if rules.get("type") in ("number", "integer") else ""
    found = f"found {described(error.instance)} for {place}; allowed: {_allowed(rules)}{advice}"
    return [Problem(node.mark, found)]


def _keys(node: Node) -> str:
    listed = ", ".join(node.value)
    return (listed if len(listed) <= 500 else listed[:497] + "...") or "nothing"


def _allowed(rules: Mapping[str, Any]) -> str:
    """What a schema allows, in words."""
    about = f" ({rules['description']})" if "description" in rules else ""
    if "enum" in rules:
        return ", ".join(str(word) for word in rules["enum"]) + about
    match rules.get("type"):
        case "number" | "integer":
            kind = "a whole number" if rules["type"] == "integer" else "a number"
            if "minimum" in rules:
                low, high = (f"{rules[end]:,}" if kind == "a whole number" else f"{rules[end]:g}" for end in ENDS)
                return f"{kind} from {low} to {high}{about}"
            ends = f" greater than 0 and at most {rules['maximum']:,}" if "exclusiveMinimum" in rules else ""
            return kind + ends + about
        case "array":
            exactly = rules.get("maxItems") == rules["minItems"]
            return f"a list of {'' if exactly else 'at least '}{rules['minItems']}"
        case "object":
            names = rules.get("properties") or {}
            listed = f" with keys among {', '.join(names)}" if names else ""
            return rules.get("description") or f"a mapping{listed}"
    return rules.get("description") or "text, not empty, in quotes where it looks like a number"
