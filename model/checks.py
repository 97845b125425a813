"""What no schema can say of a scenario file: days, names, ends in order."""

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Any

from . import schema
from .problems import Problem, known_instead, quoted, shown_value
from .yamltree import Node, described


def day_problems(tree: Node) -> list[Problem]:
    """A first day that is not in the calendar."""
    node = tree.value.get("starts")
    if node is None or not re.match(schema.HEAD["starts"]["pattern"], str(node.value)):
        return []
    try:
        datetime.date.fromisoformat(node.value)
    except ValueError as error:
        return [Problem(node.mark, f"found {described(node.value)} for starts; {error}")]
    return []


def source_problems(tree: Node, inherited: Iterable[str]) -> list[Problem]:
    """Names of sources that neither this file nor one it extends has."""
    own = tree.plain().get("sources")
    known = {*inherited, *(own if isinstance(own, dict) else ())}
    problems = []
    for node in tree.mappings():
        source = node.value.get("source")
        if source is not None and isinstance(source.value, str) and source.value and source.value not in known:
            advice = known_instead(source.value, sorted(known))
            text = f"found the source {quoted(source.value)}, which `sources` lacks{advice}"
            problems.append(Problem(source.mark, text))
    return problems


def distribution_problems(tree: Node) -> list[Problem]:
    """Distributions with their ends out of order, or with other than as many weights as values."""
    problems = []
    for node in tree.mappings():
        distribution = node.value.get("distribution")
        for form, arguments in (
            distribution.value.items() if distribution is not None and isinstance(distribution.value, dict) else ()
        ):
            wrong = _wrong_in_distribution(form, arguments.plain())
            if wrong:
                problems.append(Problem(arguments.key_mark, wrong))
    return problems


def _wrong_in_distribution(form: str, arguments: Any) -> str:
    """What a schema cannot say about a distribution, or ''; what it can say is taken to be right."""
    if not isinstance(arguments, dict):
        return ""
    values, weights = arguments.get("values"), arguments.get("weights")
    if isinstance(values, list) and isinstance(weights, list) and len(values) != len(weights):
        return f"found {len(values)} values and {len(weights)} weights; as many weights as values are needed"
    names = [name for name in ("low", "mode", "mean", "high") if name in arguments]
    ends = [arguments[name] for name in names]
    if not {"low", "high"} <= arguments.keys() or not all(schema.is_number(end) for end in ends):
        return ""
    if sorted(ends) != ends or ends[0] == ends[-1]:
        order = "low < high is" if len(ends) == 2 else f"{' <= '.join(names)} and low < high are"
        return f"found {form} with {_arguments(arguments)}; {order} needed"
    return ""


def _arguments(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {shown_value(value)}" for name, value in arguments.items())


def declaration_problems(tree: Node) -> list[Problem]:
    """Ranges whose ends are the wrong way round."""
    problems = []
    plain = tree.plain()
    for section, record in (schema.SECTIONS | schema.TRAITS).items():
        for item in schema.fields(record):
            about = schema.declaration(plain, schema.declared_at(section, item.path))
            if about.low is not None and about.high is not None and about.low >= about.high:
                mark = tree.at((*schema.declared_at(section, item.path), "range")).mark
                problems.append(Problem(mark, f"found a range from {about.low} to {about.high}; low < high is needed"))
    return problems
