"""What a scenario file may say, as a JSON Schema made from the rules' records and the root file's declarations.

The names come from the records in `model.rules.records`, the labels, units and ranges from the root scenario
(the one that extends nothing). The same schema checks files here and completes them in editors.
"""

import json
from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any, NamedTuple, get_type_hints

from .rules import records

SECTIONS: dict[str, Any] = {
    "climate": records.Climate,
    "levers": records.Levers,
    "relations": records.Relations,
}
TRAITS: dict[str, Any] = {
    "voice": records.Voice,
    "official": records.Official,
    "lab": records.Lab,
    "president": records.President,
    "agency": records.Agency,
}
KINDS = {"official": ("voice", "official"), "lab": ("voice", "lab"), "president": ("president",), "agency": ("agency",)}

TEXT = {"type": "string", "minLength": 1}
TITLE = {**TEXT, "maxLength": 200}  # as long as a figure can show
LABEL = {**TEXT, "maxLength": 40}
QUESTION = {**TEXT, "maxLength": 1000}
VALUE, DISTRIBUTION = ":value", ":distribution"  # endings of a parameter's further definitions
NAME = r"^[a-z][a-z0-9_]*$(?!\n)"  # Python's $ alone lets a line end pass
MOST = 1_000_000  # for what has no range of its own; beyond it draws lose their precision
SOURCE: dict[str, Any] = {
    "description": "where a value comes from: the name of an entry of `sources`, a mapping with title, url "
    "and date, or one with assumption",
    "if": {"type": "object"},
    "then": {
        "properties": {"title": TEXT, "url": TEXT, "date": TEXT, "note": TEXT, "assumption": TEXT},
        "additionalProperties": False,
        "oneOf": [{"required": ["title", "url", "date"]}, {"required": ["assumption"]}],
        "description": "title, url and date (with or without a note), or assumption",
    },
    "else": {**TEXT, "description": "the name of a source, or a mapping"},
}
HEAD: dict[str, Any] = {
    "title": TITLE,
    "question": {
        **QUESTION,
        "description": "the question the scenario answers, one sentence of at most 1,000 characters",
    },
    "starts": {
        "type": "string",
        "pattern": "^(20[0-9]{2}|2100)-[0-9]{2}-[0-9]{2}$",
        "description": "the day on which the first round begins, as 2026-05-18, in a year from 2000 to 2100",
    },
    "sources": {"type": "object", "additionalProperties": {"type": "object", **SOURCE["then"]}},
}


class Field(NamedTuple):
    """A parameter's place and type: ``path`` inside its record, ``type`` float, int or an IntEnum."""

    path: tuple[str, ...]
    type: Any


class Declaration(NamedTuple):
    """A parameter's label, unit and allowed range (both ends included)."""

    label: str
    unit: str
    low: float | None
    high: float | None


def fields(record: Any) -> Iterator[Field]:
    """The parameters of a record, those of nested records under a longer path."""
    for name, hint in get_type_hints(record).items():
        if hasattr(hint, "_fields"):
            for inner in fields(hint):
                yield Field((name, *inner.path), inner.type)
        else:
            yield Field((name,), hint)


def kind_fields(kind: str) -> Iterator[tuple[str, Field]]:
    """The parameters of a kind of stakeholder, each with the trait record that declares it."""
    for trait in KINDS[kind]:
        for field in fields(TRAITS[trait]):
            yield trait, field


def choices(kind: type[IntEnum]) -> list[str]:
    """The words a file may use for the members of an enumeration."""
    return [member.name.lower() for member in kind]


def get(document: Any, path: tuple[str, ...]) -> Any:
    """What stands under `path` of plain data, or None."""
    for step in path:
        document = document.get(step) if isinstance(document, Mapping) else None
    return document


def declaration(root: Any, path: tuple[str, ...]) -> Declaration:
    """What the root file declares at `path`; what it fails to declare (an error of its own) is left open."""
    declared = get(root, path)
    declared = declared if isinstance(declared, Mapping) else {}
    ends = declared.get("range")
    usable = isinstance(ends, list) and len(ends) == 2 and all(is_number(end) for end in ends)
    low, high = ends if usable and isinstance(ends, list) else (None, None)
    return Declaration(str(declared.get("label", path[-1])), str(declared.get("unit", "")), low, high)


def is_number(value: Any) -> bool:
    """Whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def declared_at(section: str, path: tuple[str, ...]) -> tuple[str, ...]:
    """Where the root file declares a parameter of a section, or of the trait record `section`."""
    return ("traits", section, *path) if section in TRAITS else (section, *path)


def value_schema(kind: Any, about: Declaration) -> dict[str, Any]:
    """Schema of one plain value of a parameter."""
    words = f"{about.label} ({about.unit})"
    if isinstance(kind, type) and issubclass(kind, IntEnum):
        return {"type": "string", "enum": choices(kind), "description": words}
    schema: dict[str, Any] = {"type": "integer" if kind is int else "number", "description": words}
    if about.low is not None:
        schema |= {"minimum": about.low, "maximum": about.high}
    return schema


def _object(properties: dict[str, Any], *, optional: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        **more,
    }


def distribution_schema(kind: Any, value: dict[str, Any]) -> dict[str, Any]:
    """Schema of a distribution over values like `value`; whole numbers and words can only be chosen among."""
    positive = {"type": "number", "exclusiveMinimum": 0, "maximum": MOST}
    weights = {"type": "array", "items": positive, "minItems": 1}
    chosen = _object({"values": {"type": "array", "items": value, "minItems": 1}, "weights": weights})
    forms = {"choice": chosen}
    if kind is float:
        ends = {"low": value, "high": value}
        forms |= {
            "uniform": _object(ends),
            "triangular": _object({"low": value, "mode": value, "high": value}),
            "normal": _object({"mean": value, "sd": positive, **ends}),
            "beta": _object({"a": positive, "b": positive, **ends}),
            "draws": _object({"values": {"type": "array", "items": value, "minItems": 1}}),
        }
    return {
        "type": "object",
        "properties": forms,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
        "description": "one of " + ", ".join(sorted(forms)),
    }


def parameter_schema(kind: Any, name: str, *, declares: bool) -> dict[str, Any]:
    """Schema of a parameter in a file: a plain value, or a mapping with value or distribution, and source.

    The value and the distribution are those defined for `name`.
    Where the file `declares` the parameter, only the mapping will do, with label, unit and range.
    """
    value = reference(name + VALUE)
    properties = {
        "value": value,
        "distribution": reference(name + DISTRIBUTION),
        "source": reference("source"),
    }
    entry: dict[str, Any] = {
        "properties": properties,
        "required": ["source"],
        "additionalProperties": False,
        "oneOf": [{"required": ["value"]}, {"required": ["distribution"]}],
        "description": "exactly one of value and distribution",
    }
    if declares:
        entry["properties"] = properties | declaration_properties(kind)
        entry["required"] = [*declaration_properties(kind), "source"]
        return {"type": "object", **entry}
    return {"if": {"type": "object"}, "then": entry, "else": value}


def declaration_properties(kind: Any) -> dict[str, Any]:
    """What a declaration says: label, unit, and for numbers the allowed range."""
    properties: dict[str, Any] = {"label": TEXT, "unit": TEXT}
    if kind in (int, float):
        properties["range"] = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    return properties


def _nested(leaves: Mapping[tuple[str, ...], dict[str, Any]], *, complete: bool) -> dict[str, Any]:
    """An object schema whose properties are the leaves, grouped by the steps of their paths."""
    groups: dict[str, dict[tuple[str, ...], dict[str, Any]]] = {}
    for path, leaf in leaves.items():
        groups.setdefault(path[0], {})[path[1:]] = leaf
    properties = {
        name: inner[()] if () in inner else _nested(inner, complete=complete) for name, inner in groups.items()
    }
    return _object(properties, optional=() if complete else tuple(properties))


def reference(name: str) -> dict[str, Any]:
    """A pointer to a definition."""
    return {"$ref": f"#/definitions/{name}"}


def declared_name(section: str, path: tuple[str, ...]) -> str:
    """The dotted name under which a parameter is defined."""
    return ".".join(declared_at(section, path))


def definitions(root: Any) -> dict[str, Any]:
    """Three schemas for every declared parameter: itself, its plain value, its distribution; and one for sources."""
    named: dict[str, Any] = {"source": SOURCE}
    for section, record in (SECTIONS | TRAITS).items():
        for field in fields(record):
            name = declared_name(section, field.path)
            about = declaration(root, declared_at(section, field.path))
            named[name] = parameter_schema(field.type, name, declares=False)
            named[name + VALUE] = value_schema(field.type, about)
            named[name + DISTRIBUTION] = distribution_schema(field.type, reference(name + VALUE))
    return named


def stakeholder_schema(kind: str, *, complete: bool) -> dict[str, Any]:
    """Schema of a stakeholder of one kind; a `complete` one must say everything."""
    leaves = {field.path: reference(declared_name(trait, field.path)) for trait, field in kind_fields(kind)}
    schema = _nested(leaves, complete=complete)
    schema["properties"] |= {"kind": {"enum": [kind]}, "label": LABEL}
    schema["required"] += ["kind", "label"] if complete else []
    return schema


def stakeholders_schema(kinds: Mapping[str, str]) -> dict[str, Any]:
    """Schema of the stakeholders: inherited ones may be changed or removed, new ones must be complete."""
    inherited_names = "inherited: " + ", ".join(kinds) if kinds else "none is inherited"
    new = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(KINDS)}},
        "description": f"a new stakeholder, complete and with its kind ({inherited_names})",
        "allOf": [
            {
                "if": {"type": "object", "properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": stakeholder_schema(kind, complete=True),
            }
            for kind in KINDS
        ],
    }
    inherited = {
        name: {
            "if": {"type": "null"},
            "else": {**stakeholder_schema(kind, complete=False), "description": "a mapping, or null to leave it out"},
        }
        for name, kind in kinds.items()
    }
    return {
        "type": "object",
        "propertyNames": {"pattern": NAME, "description": "a name of small letters, digits and _"},
        "properties": inherited,
        "additionalProperties": new,
    }


def root_schema(root: Any) -> dict[str, Any]:
    """The JSON Schema of a root scenario (plain data, perhaps faulty): it declares and sets everything."""
    sections = {
        section: _nested(
            {
                field.path: parameter_schema(field.type, declared_name(section, field.path), declares=True)
                for field in fields(record)
            },
            complete=True,
        )
        for section, record in SECTIONS.items()
    }
    body = _object({**HEAD, "traits": _traits_schema(), **sections, "stakeholders": stakeholders_schema({})})
    return {"definitions": definitions(root), **body}


def difference_schema(root: Any, kinds: Mapping[str, str]) -> dict[str, Any]:
    """The JSON Schema of a scenario that extends another.

    Parameters
    ----------
    root : mapping
        The root scenario as plain data.
    kinds : mapping
        Kind of each stakeholder that the file inherits.
    """
    sections = {
        section: _nested(
            {field.path: reference(declared_name(section, field.path)) for field in fields(record)}, complete=False
        )
        for section, record in SECTIONS.items()
    }
    extends = {**TEXT, "description": "the scenario file this one differs from"}
    properties = {"extends": extends, **HEAD, **sections, "stakeholders": stakeholders_schema(kinds)}
    optional = tuple(name for name in properties if name not in ("extends", "question"))
    return {"definitions": definitions(root), **_object(properties, optional=optional)}


def published_schema(root: Any) -> dict[str, Any]:
    """The schema that editors use: files that extend something, and the root file itself."""
    kinds = {name: stakeholder["kind"] for name, stakeholder in root["stakeholders"].items()}
    difference, whole = difference_schema(root, kinds), root_schema(root)
    del whole["definitions"]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Opt-In scenario",
        "definitions": difference.pop("definitions"),
        "if": {"required": ["extends"]},
        "then": difference,
        "else": whole,
    }


def published_text(root: Any) -> str:
    """The published schema as JSON, a line for each definition, so that a diff shows what changed."""
    whole = published_schema(root)
    named = whole.pop("definitions")
    lines = [f"{json.dumps(name)}: {json.dumps(definition)}" for name, definition in whole.items()]
    inner = ",\n    ".join(f"{json.dumps(name)}: {json.dumps(definition)}" for name, definition in named.items())
    return "{\n  " + ",\n  ".join([*lines, '"definitions": {\n    ' + inner + "\n  }"]) + "\n}\n"


def _traits_schema() -> dict[str, Any]:
    return _object(
        {
            trait: _nested(
                {field.path: _object(declaration_properties(field.type)) for field in fields(record)},
                complete=True,
            )
            for trait, record in TRAITS.items()
        }
    )
