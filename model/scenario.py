"""Scenario files in, checked and immutable scenarios out.

A root file (``scenarios/baseline.yaml``) declares and sets every parameter; another file ``extends`` it and
says only what differs. Everything wrong with a file is reported at once, each as ``file:line:column`` with what
was found and what is allowed.
"""

import copyreg
import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from . import schema
from .yamltree import BadInput, Mark, Node, Problem, hint, nearest, parse, read_text, scalar

SHIPPED = Path(__file__).parent.parent / "scenarios"
SET = "--set"


def frozen(its: Mapping[str, Any]) -> MappingProxyType[str, Any]:
    """A view of a copy of a mapping that nobody can write to."""
    return MappingProxyType(dict(its))


copyreg.pickle(MappingProxyType, lambda its: (frozen, (dict(its),)))  # scenarios travel to other processes


@dataclass(frozen=True)
class Entry:
    """One parameter of a scenario: what it is, its value or distribution, and where that came from.

    ``value`` is a number, a word, or None where there is a ``distribution`` (form name -> arguments). ``source``
    is a mapping with title, url and date, or with assumption, or with scenario (set there without a source).
    """

    path: str
    label: str
    unit: str
    low: float | None
    high: float | None
    type: Any
    value: float | str | None
    distribution: Mapping[str, Any] | None
    source: Mapping[str, str]
    mark: Mark

    @property
    def origin(self) -> str:
        """'sourced', 'assumed' or 'scenario'."""
        if "title" in self.source:
            return "sourced"
        return "assumed" if "assumption" in self.source else "scenario"

    def shown(self) -> str:
        """The value or distribution in words."""
        if self.distribution is None:
            return shown_value(self.value)
        ((form, said),) = self.distribution.items()
        return f"{form}(" + ", ".join(f"{k} {shown_value(v)}" for k, v in said.items()) + ")"

    def highest(self) -> float:
        """The largest number the parameter can take in this scenario."""
        if self.distribution is None:
            return float(self.value)  # type: ignore[arg-type]
        ((form, said),) = self.distribution.items()
        return float(max(said["values"]) if form == "choice" else said["high"])


@dataclass(frozen=True)
class Scenario:
    """A checked scenario.

    ``entries`` maps dotted paths to parameters, ``kinds`` and ``labels`` names to the kind and the label of each
    stakeholder, in their order; ``files`` are the files it was read from, the last one first.
    """

    name: str
    title: str
    question: str
    starts: datetime.date
    kinds: Mapping[str, str]
    labels: Mapping[str, str]
    entries: Mapping[str, Entry]
    files: tuple[str, ...]

    def named(self, kind: str) -> list[str]:
        """The names of all stakeholders of a kind, in their order."""
        return [name for name, its in self.kinds.items() if its == kind]


@dataclass
class _Draft:
    """A scenario while its files are being read, root first."""

    root: Any = None
    title: str = ""
    question: str = ""
    starts: str = ""
    sources: dict[str, Mapping[str, str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)


def load(path: str | Path, settings: Iterable[str] = ()) -> Scenario:
    """Read, check and merge a scenario file and those it extends.

    Parameters
    ----------
    path : path of a YAML file
    settings : strings ``dotted.path=value``
        Applied last, as by ``--set``.

    Raises
    ------
    BadInput
        With everything that is wrong.
    """
    chain = _chain(Path(path))
    draft = _Draft()
    for shown, tree in chain:
        _apply(draft, tree, shown)
    for setting in settings:
        mark = Mark(f"{SET} {setting}")
        _apply(draft, _setting_tree(setting, mark, draft), mark.file)
    _require_everybody(draft, chain[-1][1])
    return Scenario(
        name=Path(path).stem,
        title=draft.title,
        question=draft.question,
        starts=datetime.date.fromisoformat(draft.starts),
        kinds=frozen(draft.kinds),
        labels=frozen(draft.labels),
        entries=frozen(draft.entries),
        files=tuple(shown for shown, _ in reversed(chain)),
    )


# ---------------------------------------------------------------- files and what they extend


def _chain(path: Path) -> list[tuple[str, Node]]:
    """The trees of a file and of those it extends, the root first."""
    top = _folder_tree(path)
    chain: list[tuple[str, Node]] = []
    seen: list[Path] = []
    here, asked_from = path, None
    while True:
        shown = str(here)
        if here.resolve() in seen:
            loop = " -> ".join(p.name for p in [*seen[seen.index(here.resolve()) :], here.resolve()])
            assert asked_from is not None
            raise BadInput([Problem(asked_from, f"found a loop of extends: {loop}; a file cannot extend itself")])
        tree = parse(read_text(here, shown, asked_from), shown)
        chain.append((shown, tree))
        seen.append(here.resolve())
        parent = tree.value.get("extends")
        if parent is None:
            return chain[::-1]
        asked_from = parent.mark
        here = _extended(here, parent, top)


def _folder_tree(path: Path) -> Path:
    """The folder that `extends` may not leave: the nearest one called scenarios, else the file's own."""
    folder = path.resolve().parent
    for candidate in (folder, *folder.parents):
        if candidate.name == SHIPPED.name:
            return candidate
    return folder


def _extended(here: Path, said: Node, top: Path) -> Path:
    """The file that `here` extends: beside it, or for a bare name among the shipped scenarios."""
    if not isinstance(said.value, str) or not said.value.strip() or "\0" in said.value:
        raise BadInput([Problem(said.mark, f"found {_found(said.value)}; extends takes the name of a file")])
    target = here.parent / said.value
    if not target.resolve().is_relative_to(top):
        raise BadInput(
            [
                Problem(
                    said.mark,
                    f"found extends: {said.value!r}, which lies outside {top}; a file in that folder is allowed",
                )
            ]
        )
    shipped = SHIPPED / said.value
    bare = Path(said.value).name == said.value
    return shipped if bare and not target.exists() and shipped.exists() else target


def _setting_tree(setting: str, mark: Mark, draft: _Draft) -> Node:
    """The tree of a one-line difference, from ``dotted.path=value``."""
    path, equals, text = setting.partition("=")
    steps = path.strip().split(".")
    if not equals or not all(steps):
        raise BadInput([Problem(mark, "a setting reads dotted.path=value, as levers.quorum_labs=4")])
    node = Node(scalar(text.strip()), mark, mark)
    for step in reversed(steps):
        node = Node({step: node}, mark, mark)
    for name in ("extends", "question"):  # required of a file, not of a setting
        node.value.setdefault(name, Node(draft.question, mark, mark))
    return node


# ---------------------------------------------------------------- one file onto those before it


def _apply(draft: _Draft, tree: Node, shown: str) -> None:
    """Check one file against what it extends and merge it in."""
    plain = tree.plain()
    is_root = draft.root is None
    if is_root:
        draft.root = plain
        rules = schema.root_schema(plain)
    else:
        rules = schema.difference_schema(draft.root, draft.kinds)
    errors = list(Draft7Validator(rules).iter_errors(plain))
    problems = [problem for error in errors for problem in _problems(error, tree)]
    if is_root:
        problems += _declaration_problems(tree)
    if problems:
        raise BadInput(problems)
    _merge(draft, tree, plain, shown)


def _merge(draft: _Draft, tree: Node, plain: Any, shown: str) -> None:
    problems = []
    draft.title = plain.get("title", draft.title)
    draft.question = plain.get("question", draft.question)
    try:
        draft.starts = datetime.date.fromisoformat(plain.get("starts", draft.starts)).isoformat()
    except ValueError as error:
        problems.append(Problem(tree.at(["starts"]).mark, f"found {plain['starts']!r}; {error}"))
    draft.sources |= plain.get("sources", {})
    for section, record in schema.SECTIONS.items():
        for item in schema.fields(record):
            problems += _set(draft, tree, (section, *item.path), section, item, shown)
    for name, said in plain.get("stakeholders", {}).items():
        if said is None:
            _remove(draft, name)
            continue
        kind = draft.kinds.setdefault(name, said.get("kind"))
        draft.labels[name] = said.get("label", draft.labels.get(name))
        for trait, item in schema.kind_fields(kind):
            problems += _set(draft, tree, ("stakeholders", name, *item.path), trait, item, shown)
    if problems:
        raise BadInput(problems)


def _remove(draft: _Draft, name: str) -> None:
    del draft.kinds[name], draft.labels[name]
    for path in [path for path in draft.entries if path.startswith(f"stakeholders.{name}.")]:
        del draft.entries[path]


def _set(
    draft: _Draft, tree: Node, place: tuple[str, ...], section: str, item: schema.Field, shown: str
) -> list[Problem]:
    """Set one parameter if this file says it; what is wrong with it otherwise."""
    node = tree
    for step in place:
        if not isinstance(node.value, dict) or step not in node.value:
            return []
        node = node.value[step]
    said = node.plain()
    if not isinstance(said, dict):
        said = {"value": said, "source": {"scenario": shown}}
    problems = []
    source = said["source"]
    if isinstance(source, str):
        if source not in draft.sources:
            listed = nearest(source, draft.sources) or "; known: " + ", ".join(sorted(draft.sources))
            problems.append(
                Problem(node.at(["source"]).mark, f"found the source {source!r}, which `sources` lacks{listed}")
            )
        source = draft.sources.get(source, {})
    problems += _distribution_problems(said.get("distribution"), node.at(["distribution"]))
    about = schema.declaration(draft.root, schema.declared_at(section, item.path))
    path = ".".join(place)
    label = about.label
    if section in schema.TRAITS:
        label = f"{draft.labels[place[1]]}: {label[0].lower()}{label[1:]}"
    draft.entries[path] = Entry(
        path=path,
        label=label,
        unit=about.unit,
        low=about.low,
        high=about.high,
        type=item.type,
        value=float(said["value"]) if "value" in said and item.type is float else said.get("value"),
        distribution=said.get("distribution"),
        source=frozen(source),
        mark=node.key_mark,
    )
    return problems


def _require_everybody(draft: _Draft, tree: Node) -> None:
    """No negotiation without a lab, an official and exactly one President."""
    present = list(draft.kinds.values())
    where = tree.at(["stakeholders"]).key_mark
    problems = [
        Problem(where, f"found no stakeholder of kind {kind}; at least one is needed")
        for kind in ("lab", "official")
        if kind not in present
    ]
    if present.count("president") != 1:
        found = present.count("president")
        problems.append(Problem(where, f"found {found} stakeholders of kind president; exactly one is needed"))
    if problems:
        raise BadInput(problems)


# ---------------------------------------------------------------- what is wrong, in words


def _problems(error: ValidationError, tree: Node) -> list[Problem]:
    """One problem for each thing that a schema error is about."""
    node = tree.at(error.absolute_path)
    rules: Any = error.schema
    if error.validator == "additionalProperties":
        known = list(rules["properties"])
        return [
            Problem(
                node.value[key].key_mark,
                f"found the unknown key {key!r}{nearest(key, known)}; known here: {', '.join(sorted(known))}",
            )
            for key in node.value
            if key not in known
        ]
    if error.validator == "required":
        missing = [name for name in rules["required"] if name not in node.value]
        wanted = error.message.split("'")[1]
        found = ", ".join(node.value) or "nothing"
        if wanted not in missing:
            return []
        return [Problem(node.key_mark, f"found no {wanted!r} in {_place(error)}; it is required (found: {found})")]
    if error.validator == "oneOf":
        found = ", ".join(node.value) or "nothing"
        return [Problem(node.key_mark, f"found {found} in {_place(error)}; needed: {rules['description']}")]
    if error.validator == "pattern" and "propertyNames" in error.absolute_schema_path:
        key = node.value[error.instance].key_mark
        return [Problem(key, f"found the name {error.instance!r}; allowed: {rules['description']}")]
    found = _found(error.instance)
    text = f"found {found} for {_place(error)}; allowed: {_allowed(rules)}{hint(error.instance)}"
    return [Problem(node.mark, text)]


def _place(error: ValidationError) -> str:
    return ".".join(str(step) for step in error.absolute_path) or "the scenario"


def _found(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _allowed(rules: Mapping[str, Any]) -> str:
    """What a schema allows, in words."""
    about = f" ({rules['description']})" if "description" in rules else ""
    if "enum" in rules:
        return ", ".join(str(word) for word in rules["enum"]) + about
    match rules.get("type"):
        case "number" | "integer":
            kind = "a whole number" if rules["type"] == "integer" else "a number"
            if "minimum" in rules:
                return f"{kind} from {rules['minimum']:g} to {rules['maximum']:g}{about}"
            return f"{kind} greater than 0{about}" if "exclusiveMinimum" in rules else kind + about
        case "array":
            exactly = rules.get("maxItems") == rules["minItems"]
            return f"a list of {'' if exactly else 'at least '}{rules['minItems']}"
        case "object":
            names = rules.get("properties") or {}
            listed = f" with keys among {', '.join(names)}" if names else ""
            return rules.get("description") or f"a mapping{listed}"
    return rules.get("description") or "text"


def _distribution_problems(said: Mapping[str, Any] | None, node: Node) -> list[Problem]:
    """What a schema cannot say: ends in order, as many weights as values."""
    if said is None:
        return []
    ((form, its),) = said.items()
    mark = node.at([form]).key_mark
    if form == "choice":
        if len(its["values"]) != len(its["weights"]):
            counts = f"{len(its['values'])} values and {len(its['weights'])} weights"
            return [Problem(mark, f"found {counts}; as many weights as values are needed")]
        return []
    middle = [its[name] for name in ("mode", "mean") if name in its]
    ends = [its["low"], *middle, its["high"]]
    if sorted(ends) != ends or its["low"] == its["high"]:
        words = " <= ".join(["low", *(name for name in ("mode", "mean") if name in its), "high"])
        return [Problem(mark, f"found {form} with {_arguments(its)}; {words} and low < high are needed")]
    return []


def _arguments(said: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {shown_value(value)}" for name, value in said.items())


def _declaration_problems(tree: Node) -> list[Problem]:
    """Ranges whose ends are the wrong way round."""
    problems = []
    for section, record in (schema.SECTIONS | schema.TRAITS).items():
        for item in schema.fields(record):
            about = schema.declaration(tree.plain(), schema.declared_at(section, item.path))
            if about.low is not None and about.high is not None and about.low >= about.high:
                mark = tree.at((*schema.declared_at(section, item.path), "range")).mark
                problems.append(Problem(mark, f"found a range from {about.low} to {about.high}; low < high is needed"))
    return problems


def shown_value(value: Any) -> str:
    """A value as a reader would write it."""
    if isinstance(value, float):
        return re.sub(r"\.0$", "", repr(value))
    if isinstance(value, list):
        return "[" + ", ".join(shown_value(item) for item in value) + "]"
    return str(value)
