"""What happened to the questions of a forecast, as a file says: strict, with sources and doubts; some may be open.

A question that the file leaves out is open. One whose condition was not met is `VOID`. A doubt names the other reading;
scores are shown with each doubt as it was decided, and with all of them the other way.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from model.problems import BadInput, Problem, known_instead, quoted, refusal
from model.schema_problems import schema_problems
from model.yamltree import Node, parse, read_text

from .ledger import DAY, NAME
from .recorded import TEXT, Asked, Recorded

VOID = "void"
OPTION = {"type": "string", "minLength": 1, "description": "an option of the question, in quotes if it is a number"}
OUTCOME: dict[str, Any] = {
    "type": "object",
    "properties": {
        "outcome": OPTION,
        "sources": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"title": TEXT, "url": TEXT, "date": DAY, "note": TEXT},
                "required": ["title", "url", "date"],
                "additionalProperties": False,
                "description": "a mapping with title, url and date, and perhaps a note",
            },
            "minItems": 1,
            "description": "a list of sources",
        },
        "doubt": {
            "type": "object",
            "properties": {"otherwise": OPTION, "because": TEXT},
            "required": ["otherwise", "because"],
            "additionalProperties": False,
            "description": "a mapping with otherwise and because",
        },
    },
    "required": ["outcome", "sources"],
    "additionalProperties": False,
    "description": "a mapping with outcome and sources, and perhaps a doubt",
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "forecast": {**NAME, "description": "the name of the forecast's file"},
        "as_of": DAY,
        "outcomes": {
            "type": "object",
            "additionalProperties": OUTCOME,
            "minProperties": 1,
            "description": "outcomes by question",
        },
    },
    "required": ["forecast", "as_of", "outcomes"],
    "additionalProperties": False,
}


class Outcome(NamedTuple):
    """What happened: an option or `VOID`; ``otherwise`` by another reading, None where there is no doubt."""

    option: str
    otherwise: str | None


class Outcomes(NamedTuple):
    """What is known by a day: outcomes by question, without those that are open."""

    as_of: datetime.date
    by_question: dict[str, Outcome]

    def otherwise(self) -> "Outcomes":
        """The same with every doubt the other way."""
        return self._replace(
            by_question={name: Outcome(it.otherwise or it.option, None) for name, it in self.by_question.items()}
        )


def read_outcomes(path: Path, forecast: Recorded) -> Outcomes:
    """Read the outcomes of a forecast's questions.

    Raises
    ------
    BadInput
        With everything that is wrong with the file, by line and column.
    """
    tree = parse(read_text(path, str(path)), str(path))
    if problems := list(schema_problems(SCHEMA, tree)):
        raise BadInput(problems)
    as_of = _day(tree.value["as_of"])
    outcomes = tree.value["outcomes"].value
    problems = [*_head_problems(tree, forecast)]
    for name, node in outcomes.items():
        if name in forecast.questions:
            problems += [*_outcome_problems(node, forecast.questions[name]), *_source_problems(node, as_of)]
        else:
            text = f"found the unknown question {quoted(name)}{known_instead(name, forecast.questions)}"
            problems.append(Problem(node.key_mark, text))
    if problems:
        raise BadInput(problems)
    by_question = {name: _outcome(node.plain()) for name, node in outcomes.items()}
    if all(outcome.option == VOID for outcome in by_question.values()):
        raise refusal(tree.value["outcomes"].key_mark, "found no outcome that is not void: nothing can be scored yet")
    return Outcomes(as_of, by_question)


def _outcome(data: dict[str, Any]) -> Outcome:
    return Outcome(data["outcome"], data["doubt"]["otherwise"] if "doubt" in data else None)


def _head_problems(tree: Node, forecast: Recorded) -> Iterator[Problem]:
    name = tree.value["forecast"]
    if name.value != forecast.path.name:
        text = f"found outcomes for {quoted(name.value)}; the forecast to be scored is {forecast.path.name}"
        yield Problem(name.mark, text)


def _outcome_problems(node: Node, asked: Asked) -> Iterator[Problem]:
    """What is wrong with an outcome and the other reading of it."""
    allowed = (*asked.options, VOID) if asked.condition else asked.options
    readings = [node.value["outcome"]]
    if "doubt" in node.value:
        readings.append(node.value["doubt"].value["otherwise"])
        if readings[0].value == readings[1].value:
            text = f"found {quoted(readings[1].value)}, the outcome itself; a doubt is about another reading"
            yield Problem(readings[1].mark, text)
    for reading in readings:
        if reading.value not in allowed:
            text = f"found {quoted(reading.value)} for {asked.name}; allowed: {', '.join(allowed)}"
            yield Problem(reading.mark, text)


def _source_problems(node: Node, as_of: datetime.date) -> Iterator[Problem]:
    for source in node.value["sources"].value:
        date = source.value["date"]
        if _day(date) > as_of:
            text = f"found {date.value}, after the day up to which outcomes are known, {as_of} (as_of)"
            yield Problem(date.mark, text)


def _day(node: Node) -> datetime.date:
    try:
        return datetime.date.fromisoformat(node.value)
    except ValueError:
        raise refusal(node.mark, f"found {quoted(node.value)}; a day of the calendar is needed") from None
