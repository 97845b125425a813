"""What a scenario rests on, and in what scenarios differ. Imports nothing heavy."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from model.problems import shown_value
from model.scenario import Entry, Scenario

ORIGINS = ("sourced", "assumed", "scenario")
READING = (
    "Where a sourced parameter is a distribution, or stands on a scale from 0 to 1, the numbers are our reading of "
    "the source."
)
WEB = re.compile(r"https?://[^\s\x00-\x1f\x7f]+")


class Ground(NamedTuple):
    """Why a parameter is what it is: ``text``, the page it stands for ('' if none), and what is said after it."""

    text: str
    link: str = ""
    more: str = ""


def counts(scenario: Scenario) -> dict[str, int]:
    """How many parameters rest on a source, how many are assumed, and how many the scenario sets without either."""
    return {origin: sum(entry.origin == origin for entry in scenario.entries.values()) for origin in ORIGINS}


def counted(scenario: Scenario) -> str:
    """`counts` in words."""
    its = counts(scenario)
    return (
        f"Of {len(scenario.entries)} parameters of {scenario.name}, {its['sourced']} rest on a source, "
        f"{its['assumed']} are assumptions, {its['scenario']} are set by the scenario or on the command line."
    )


def because(entry: Entry) -> str:
    """Why a parameter is what it is, in one line."""
    source = entry.source
    if entry.origin == "sourced":
        return f"{source['title']}, {source['date']}, {source['url']}{_note(entry)}"
    return source.get("assumption", shown_value(source.get("scenario", "")))


def ground(entry: Entry) -> Ground:
    """Why a parameter is what it is, its source as a link. Only a page of the web is one; all else stays text."""
    source = entry.source
    if entry.origin != "sourced" or not WEB.fullmatch(source["url"]):
        return Ground(because(entry))
    return Ground(source["title"], source["url"], f", {source['date']}{_note(entry)}")


def _note(entry: Entry) -> str:
    return f" ({entry.source['note']})" if "note" in entry.source else ""


def differences(scenarios: Sequence[Scenario]) -> dict[str, list[str | None]]:
    """The parameters that are not the same in all: path -> value in each, in words; None where there is none."""
    every = dict.fromkeys(path for scenario in scenarios for path in scenario.entries)
    values = {path: [_shown(scenario, path) for scenario in scenarios] for path in every}
    return {path: its for path, its in values.items() if len(set(its)) > 1}


def _shown(scenario: Scenario, path: str) -> str | None:
    return scenario.entries[path].shown() if path in scenario.entries else None
