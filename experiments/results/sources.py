"""The sources and assumptions of a scenario, and the parameters in which scenarios differ. Imports nothing heavy."""

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


class Basis(NamedTuple):
    """Why a parameter has its value: ``text``, its page on the web ('' if none), and ``more`` text behind the link."""

    text: str
    link: str = ""
    more: str = ""


def origin_counts(scenario: Scenario) -> dict[str, int]:
    """How many parameters rest on a source, how many are assumed, and how many the scenario sets without either."""
    return {origin: sum(entry.origin == origin for entry in scenario.entries.values()) for origin in ORIGINS}


def origins_text(scenario: Scenario) -> str:
    """`origin_counts` in words."""
    counts = origin_counts(scenario)
    return (
        f"Of {len(scenario.entries)} parameters of {scenario.name}, {counts['sourced']} rest on a source, "
        f"{counts['assumed']} are assumptions, {counts['scenario']} are set by the scenario or on the command line."
    )


def basis_text(entry: Entry) -> str:
    """Why a parameter has its value, in one line."""
    source = entry.source
    if entry.origin == "sourced":
        return f"{source['title']}, {source['date']}, {source['url']}{_note(entry)}"
    return source.get("assumption", shown_value(source.get("scenario", "")))


def basis(entry: Entry) -> Basis:
    """Why a parameter has its value, with a link to its source where that is a page of the web."""
    source = entry.source
    if entry.origin != "sourced" or not WEB.fullmatch(source["url"]):
        return Basis(basis_text(entry))
    return Basis(source["title"], source["url"], f", {source['date']}{_note(entry)}")


def _note(entry: Entry) -> str:
    return f" ({entry.source['note']})" if "note" in entry.source else ""


def differences(scenarios: Sequence[Scenario]) -> dict[str, list[str | None]]:
    """The parameters that differ between scenarios: path -> the value in each as text, None where there is none."""
    paths = dict.fromkeys(path for scenario in scenarios for path in scenario.entries)
    values = {path: [_shown(scenario, path) for scenario in scenarios] for path in paths}
    return {path: texts for path, texts in values.items() if len(set(texts)) > 1}


def _shown(scenario: Scenario, path: str) -> str | None:
    return scenario.entries[path].shown() if path in scenario.entries else None
