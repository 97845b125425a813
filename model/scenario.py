"""Scenario files in, checked and immutable scenarios out.

A root file (``scenarios/baseline.yaml``) declares and sets every parameter; another file ``extends`` it and
says only what differs. Everything wrong with a file is reported at once, each as ``file:line:column`` with what
was found and what is allowed.
"""

import copyreg
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from . import schema
from .checks import day_problems, declaration_problems, distribution_problems, source_problems
from .extends import SCENARIOS, at_hand, called, chain_of
from .problems import CONTROL, BadInput, Mark, Problem, quoted, refusal, shown_value
from .schema_problems import schema_problems
from .yamltree import MAX_DEPTH, Node, named_otherwise, scalar

SHIPPED = SCENARIOS
SET = "--set"


def frozen(mapping: Mapping[str, Any]) -> MappingProxyType[str, Any]:
    """A view of a copy of a mapping that nobody can write to."""
    return MappingProxyType(dict(mapping))


copyreg.pickle(MappingProxyType, lambda mapping: (frozen, (dict(mapping),)))  # scenarios travel to other processes


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
        ((form, arguments),) = self.distribution.items()
        if form == "draws":
            values = sorted(arguments["values"])
            ends, middle = (
                [shown_value(float(f"{value:.3g}")) for value in (values[0], values[-1])],
                values[len(values) // 2],
            )
            return (
                f"draws({len(values)} values from {ends[0]} to {ends[1]}, median {shown_value(float(f'{middle:.3g}'))})"
            )
        return f"{form}(" + ", ".join(f"{k} {shown_value(v)}" for k, v in arguments.items()) + ")"

    def as_data(self) -> dict[str, Any]:
        """The parameter as plain data for JSON."""
        return {
            "value": self.value,
            "distribution": self.distribution,
            "label": self.label,
            "unit": self.unit,
            "range": None if self.low is None else [self.low, self.high],
            "type": self.type.__name__,
            "source": dict(self.source),
            "from": str(self.mark),
        }

    def mean(self) -> float:
        """The mean of the numbers the parameter can take; of a truncated normal the one before it is cut."""
        if self.distribution is None:
            return float(self.value)  # type: ignore[arg-type]
        ((form, given),) = self.distribution.items()
        match form:
            case "choice":
                weighed = zip(given["values"], given["weights"], strict=True)
                return float(sum(value * weight for value, weight in weighed) / sum(given["weights"]))
            case "draws":
                return float(sum(given["values"]) / len(given["values"]))
            case "beta":
                return float(given["low"] + (given["high"] - given["low"]) * given["a"] / (given["a"] + given["b"]))
            case "normal":
                return float(given["mean"])
        return float(sum(given.values()) / len(given))  # of uniform and triangular the mean of their corners

    def highest(self) -> float:
        """The largest number the parameter can take in this scenario."""
        if self.distribution is None:
            return float(self.value)  # type: ignore[arg-type]
        (arguments,) = self.distribution.values()
        return float(max(arguments["values"]) if "values" in arguments else arguments["high"])


@dataclass(frozen=True)
class Scenario:
    """A checked scenario.

    ``entries`` maps dotted paths to parameters, ``kinds`` and ``labels`` names to the kind and the label of each
    stakeholder, in their order; ``files`` are the files it was read from, the last one first; ``settings`` what was
    set on top of them.
    """

    name: str
    title: str
    question: str
    starts: datetime.date
    kinds: Mapping[str, str]
    labels: Mapping[str, str]
    entries: Mapping[str, Entry]
    files: tuple[str, ...]
    settings: tuple[str, ...]

    @property
    def called(self) -> str:
        """The name, and what was set on the command line."""
        return self.name + (f" with {', '.join(self.settings)}" if self.settings else "")

    def notes(self) -> list[str]:
        """What is allowed but probably not meant."""
        return [*self._quorum_notes(), *self._share_notes()]

    def _share_notes(self) -> list[str]:
        """Shares of the frontier that come to more than all of it; those that come near are taken as rounded."""
        total = sum(self.entries[f"stakeholders.{lab}.frontier_share"].mean() for lab in self.named("lab"))
        if round(total, 1) <= 1.0:
            return []
        return [
            f"frontier_share of the labs comes to {total:.2f} on average; every run divides each by their sum, so that "
            f"0.10 counts as {0.1 / total:.3f}"
        ]

    def _quorum_notes(self) -> list[str]:
        """A quorum that cannot be met."""
        labs = len(self.named("lab"))
        quorum = self.entries["levers.quorum_labs"]
        choice = (quorum.distribution or {}).get("choice", {"values": [quorum.value], "weights": [1.0]})
        beyond = sum(w for v, w in zip(choice["values"], choice["weights"], strict=True) if v > labs)
        if beyond == 0:
            return []
        share = beyond / sum(choice["weights"])
        return [f"levers.quorum_labs asks for more labs than the {labs} at the table in {share:.0%} of runs"]

    def named(self, kind: str) -> list[str]:
        """The names of all stakeholders of a kind, in their order."""
        return [name for name, of_kind in self.kinds.items() if of_kind == kind]


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
    path : path of a YAML file, or of a shipped one as in the repository, or its bare name, with or without ending
    settings : strings ``dotted.path=value``
        Applied last, as by ``--set``.

    Raises
    ------
    BadInput
        With everything that is wrong with a file (the root first), or else with the settings.
    """
    path = at_hand(path)
    chain = chain_of(path)
    draft = _Draft()
    for shown, tree in chain:
        _apply(draft, tree, shown)
    _require_everybody(draft, chain[-1][1])
    problems = []
    settings = tuple(settings)
    for setting in settings:
        try:
            _apply_setting(draft, setting)
        except BadInput as error:
            problems += error.problems
    problems += _draws_problems(draft)
    if problems:
        raise BadInput(problems)
    return Scenario(
        name=path.stem,
        title=draft.title,
        question=draft.question,
        starts=datetime.date.fromisoformat(draft.starts),
        kinds=frozen(draft.kinds),
        labels=frozen(draft.labels),
        entries=frozen(draft.entries),
        files=tuple(shown for shown, _ in reversed(chain)),
        settings=settings,
    )


# ---------------------------------------------------------------- settings


def in_full(end: str, paths: Iterable[str]) -> str | None:
    """The one path that ends like this, as levers.quorum_labs for quorum_labs, or None."""
    meant = [path for path in paths if path.endswith(f".{end}")]
    return meant[0] if len(meant) == 1 else None


def _setting_tree(setting: str, mark: Mark, draft: _Draft) -> Node:
    """The tree of a one-line difference, from ``dotted.path=value``."""
    control = CONTROL.search(setting)
    if control:
        raise refusal(mark, f"found the control character {control[0]!r}; a setting is one line of plain text")
    path, equals, text = setting.partition("=")
    steps = path.strip().split(".")
    meant = in_full(path.strip(), draft.entries)
    if meant:
        raise refusal(mark, f"found {quoted(path.strip())}; did you mean {meant!r}?")
    if steps == ["extends"]:
        raise refusal(mark, "found extends; name the other scenario file itself, in place of this one")
    if not equals or not all(steps) or len(steps) > MAX_DEPTH:
        raise refusal(mark, "a setting reads dotted.path=value, as levers.quorum_labs=4")
    node = Node(scalar(text.strip()), mark, mark)
    for step in reversed(steps):
        node = Node({step: node}, mark, mark)
    for name in ("extends", "question"):  # required of a file, not of a setting
        node.value.setdefault(name, Node(draft.question, mark, mark))
    return node


def _apply_setting(draft: _Draft, setting: str) -> None:
    mark = Mark(f"{SET} {setting}")
    tree = _setting_tree(setting, mark, draft)
    _apply(draft, tree, mark.file)
    _require_everybody(draft, tree)


# ---------------------------------------------------------------- one file onto those before it


def _apply(draft: _Draft, tree: Node, shown: str) -> None:
    """Check one file against what it extends and merge it in."""
    plain = tree.plain()
    is_root = draft.root is None
    if is_root and "vary" in plain and "traits" not in plain:
        text = f"is a sweep, and a scenario is needed here; to play it: optin sweep {called(Path(shown))}"
        raise refusal(tree.mark, text)
    if is_root and "traits" not in plain:
        other = named_otherwise(shown)
        if other:
            raise BadInput([other])
        text = "found no 'extends'; say which scenario this one differs from, as extends: baseline.yaml"
        raise refusal(tree.mark, f"{text} (see scenarios/README.md; only a root file, with 'traits', needs none)")
    if is_root:
        draft.root = plain
        allowed = schema.root_schema(plain)
    else:
        allowed = schema.difference_schema(draft.root, draft.kinds)
    problems = [*schema_problems(allowed, tree)]
    problems += day_problems(tree) + source_problems(tree, draft.sources) + distribution_problems(tree)
    if is_root:
        problems += declaration_problems(tree)
    if problems:
        raise BadInput(problems)
    _merge(draft, tree, plain, shown)


def _merge(draft: _Draft, tree: Node, plain: Any, shown: str) -> None:
    draft.title = plain.get("title", draft.title if shown.startswith(SET) else Path(shown).stem)
    draft.question = plain.get("question", draft.question)
    draft.starts = plain.get("starts", draft.starts)
    draft.sources |= plain.get("sources", {})
    for section, record in schema.SECTIONS.items():
        for item in schema.fields(record):
            _set(draft, tree, (section, *item.path), section, item, shown)
    for name, stakeholder in plain.get("stakeholders", {}).items():
        if stakeholder is None:
            _remove(draft, name)
            continue
        kind = draft.kinds.setdefault(name, stakeholder.get("kind"))
        draft.labels[name] = stakeholder.get("label", draft.labels.get(name))
        for trait, item in schema.kind_fields(kind):
            steps = ("stakeholders", name, *item.path)
            _set(draft, tree, steps, trait, item, shown)
            path = ".".join(steps)
            draft.entries[path] = replace(draft.entries[path], label=_label(draft, trait, item, name))


def _remove(draft: _Draft, name: str) -> None:
    del draft.kinds[name], draft.labels[name]
    for path in [path for path in draft.entries if path.startswith(f"stakeholders.{name}.")]:
        del draft.entries[path]


def _set(draft: _Draft, tree: Node, steps: tuple[str, ...], section: str, item: schema.Field, shown: str) -> None:
    """Set one parameter if this file says it."""
    node = tree
    for step in steps:
        if step not in node.value:
            return
        node = node.value[step]
    given = node.plain()
    if not isinstance(given, dict):
        given = {"value": given, "source": {"scenario": shown}}
    source = given["source"]
    value = given.get("value")
    about = schema.declaration(draft.root, schema.declared_at(section, item.path))
    path = ".".join(steps)
    draft.entries[path] = Entry(
        path=path,
        label=about.label,
        unit=about.unit,
        low=about.low,
        high=about.high,
        type=item.type,
        value=item.type(value) if schema.is_number(value) else value,
        distribution=given.get("distribution"),
        source=frozen(draft.sources[source] if isinstance(source, str) else source),
        mark=node.key_mark,
    )


def _label(draft: _Draft, trait: str, item: schema.Field, name: str) -> str:
    """The label of a stakeholder's parameter, with the stakeholder's own before it."""
    label = schema.declaration(draft.root, schema.declared_at(trait, item.path)).label
    return f"{draft.labels[name]}: {label[0].lower()}{label[1:]}"


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
        presidents = present.count("president")
        problems.append(Problem(where, f"found {presidents} stakeholders of kind president; exactly one is needed"))
    if problems:
        raise BadInput(problems)


def _draws_problems(draft: _Draft) -> list[Problem]:
    """Parameters of which there are fewer or more draws than of the first one: a run takes the same one of each."""
    drawn = [entry for entry in draft.entries.values() if "draws" in (entry.distribution or {})]
    counts = {entry.path: len((entry.distribution or {})["draws"]["values"]) for entry in drawn}
    return [
        Problem(
            entry.mark,
            f"found {counts[entry.path]} draws; {drawn[0].path} has {counts[drawn[0].path]}, and a run "
            "takes the same one of each",
        )
        for entry in drawn
        if counts[entry.path] != counts[drawn[0].path]
    ]
