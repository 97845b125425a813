"""The controls of the page: the levers and the climate of a scenario, and the scenario file with their settings."""

import math
import statistics
from collections.abc import Mapping
from typing import Any

import yaml

from model.problems import shown_value
from model.scenario import Entry, Scenario
from model.schema import choices
from model.yamltree import scalar

from .view import MOVABLE, Seen, View

HEADS = {
    "levers.": "Levers: what the framework's authors can set",
    "climate.": "Climate: what nobody at the table sets",
}
assert tuple(HEADS) == MOVABLE


def controls(seen: Seen, titles: Mapping[str, str]) -> dict[str, Any]:
    """Everything that can be chosen and moved, its present value, and the scenario file with these settings."""
    return {
        "scenarios": dict(titles),
        "scenario": seen.view.scenario,
        "question": seen.base.question,
        "run": str(seen.view.run),
        "seed": str(seen.view.seed),
        "groups": groups(seen.base, seen.view),
        "notes": seen.scenario.notes(),
        "yaml": as_yaml(seen.base, seen.view),
    }


def groups(base: Scenario, view: View) -> list[dict[str, Any]]:
    """Everything that can be moved, by section: its value, its range, and whether it was moved."""
    moved = dict(view.moved)
    return [
        {
            "head": head,
            "levers": [
                _offered(entry, moved.get(path)) for path, entry in base.entries.items() if path.startswith(section)
            ],
        }
        for section, head in HEADS.items()
    ]


def _offered(entry: Entry, moved: str | None) -> dict[str, Any]:
    """One parameter as the page offers it."""
    offered = {
        "path": entry.path,
        "label": entry.label,
        "unit": entry.unit,
        "moved": moved is not None,
        "at": shown_value(typical(entry)) if moved is None else moved,
        "usual": entry.shown(),
        "drawn": entry.distribution is not None,
    }
    if entry.low is None or entry.high is None:
        return offered | {"choices": choices(entry.type)}
    step = 1.0 if entry.type is int else step_of(entry.low, entry.high)
    return offered | {
        "low": shown_value(float(entry.low)),
        "high": shown_value(float(entry.high)),
        "step": shown_value(float(step)),
    }


def step_of(low: float, high: float) -> float:
    """A round step of which there are 50 to 500 in a range."""
    return float(10.0 ** math.floor(math.log10((high - low) / 50.0)))


def typical(entry: Entry) -> float | str | None:
    """The value of a parameter, or one in the middle of its distribution, for a slider to stand at."""
    if entry.distribution is None:
        return entry.value
    ((form, details),) = entry.distribution.items()
    if form == "choice":
        likeliest: float | str = max(zip(details["weights"], details["values"], strict=True), key=lambda pair: pair[0])[
            1
        ]
        return likeliest
    if form == "draws":
        return float(statistics.median(details["values"]))
    if form in ("triangular", "normal"):
        return float(details["mode" if form == "triangular" else "mean"])
    share = details["a"] / (details["a"] + details["b"]) if form == "beta" else 0.5
    return round(float(details["low"] + share * (details["high"] - details["low"])), 4)


def as_yaml(base: Scenario, view: View) -> str:
    """A scenario file that extends the chosen scenario by the settings that were moved."""
    content: dict[str, Any] = {
        "extends": f"{base.name}.yaml",
        "title": base.title + (f" with {', '.join(view.settings)}" if view.moved else ""),
        "question": base.question,
    }
    for path, text in view.moved:
        *steps, last = path.split(".")
        section = content
        for step in steps:
            section = section.setdefault(step, {})
        section[last] = scalar(text)
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=math.inf))
