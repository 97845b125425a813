"""The controls of the page: the levers and the climate of a scenario, and the scenario file with their settings."""

import math
import statistics
from collections.abc import Mapping
from typing import Any

import yaml

from model.problems import shown_value
from model.scenario import Entry, Scenario
from model.schema import TITLE, choices
from model.yamltree import scalar

from ..results.notes import notes
from ..results.words import counted, number
from .view import ALLOWED, MOVABLE, SEATS, Seen, View

HEADS = {
    "levers.": "Levers: what the framework's authors can set",
    SEATS: "The table: who sits there, and with what traits",
    "climate.": "Climate: what nobody at the table sets",
}
assert set(HEADS) == set(MOVABLE)
SWITCHED = ("official", "lab")  # kinds of stakeholders that can be sent away
MIDDLES = {  # what is typical of a distribution
    "uniform": "middle",
    "triangular": "mode",
    "normal": "mean",
    "beta": "mean",
    "choice": "mode",
    "draws": "median",
}


def controls(seen: Seen, titles: Mapping[str, str]) -> dict[str, Any]:
    """Everything that can be chosen and moved, its present value, and the scenario file with these settings."""
    view = seen.view
    return {
        "page": view.page,
        "scenarios": dict(titles),
        "scenario": view.scenario,
        "others": {"": "itself as it is", **{name: its for name, its in titles.items() if name != view.scenario}},
        "beside": "" if view.beside == view.scenario else view.beside,
        "question": seen.base.question,
        **{name: str(getattr(view, name)) for name in ("run", "seed", "runs")},
        "most_runs": ALLOWED["runs"][1],
        "groups": groups(seen),
        "notes": notes(seen.scenario),
        "yaml": as_yaml(seen.base, view),
        "file": file_name(view),
    }


def groups(seen: Seen) -> list[dict[str, Any]]:
    """Everything that can be moved, by section: its value, its range, and whether it was moved."""
    return [
        {"head": head} | (_table(seen) if section == SEATS else {"levers": _levers(seen, section)})
        for section, head in HEADS.items()
    ]


def _levers(seen: Seen, section: str) -> list[dict[str, Any]]:
    """The parameters of a section, as the page offers them."""
    moved = dict(seen.view.moved)
    return [_offered(entry, moved.get(path)) for path, entry in seen.base.entries.items() if path.startswith(section)]


def _table(seen: Seen) -> dict[str, Any]:
    """The stakeholders: who can be switched in and out, who can be picked, and the traits of who is."""
    base, who = seen.base, seen.view.who
    present = [kind for name, kind in base.kinds.items() if name in seen.scenario.kinds]
    seats = [
        {
            "name": name,
            "label": base.labels[name],
            "in": name in seen.scenario.kinds,
            "needed": name in seen.scenario.kinds and present.count(kind) == 1,
        }
        for name, kind in base.kinds.items()
        if kind in SWITCHED
    ]
    traits = _levers(seen, f"{SEATS}{who}.") if who in seen.scenario.kinds else []
    for trait in traits:
        label = trait["label"].removeprefix(f"{base.labels[who]}: ")
        trait["label"] = label[0].upper() + label[1:]
    people = {name: base.labels[name] + _changes(seen.view, name) for name in base.kinds}
    return {"seats": seats, "people": people, "who": who, "levers": traits, "away": bool(who) and not traits}


def _changes(view: View, name: str) -> str:
    """How many traits of a stakeholder were moved, in words."""
    count = sum(path.startswith(f"{SEATS}{name}.") for path, _ in view.moved)
    return f" ({counted(count, 'change')})" if count else ""


def _offered(entry: Entry, moved: str | None) -> dict[str, Any]:
    """One parameter as the page offers it: what is set stands in its field, what is drawn does not."""
    drawn = entry.distribution is not None
    at = shown_value(typical(entry)) if moved is None else moved
    offered = {
        "path": entry.path,
        "label": entry.label,
        "unit": entry.unit,
        "moved": moved is not None,
        "at": at,
        "set": "" if drawn and moved is None else at,
        "said": _said(entry, moved),
    }
    if entry.low is None or entry.high is None:
        return offered | {"choices": choices(entry.type)}
    step = 1.0 if entry.type is int else step_of(entry.low, entry.high)
    return offered | {
        "low": shown_value(float(entry.low)),
        "high": shown_value(float(entry.high)),
        "step": shown_value(float(step)),
    }


def _said(entry: Entry, moved: str | None) -> str:
    """What a parameter is drawn from, or was before it was moved; '' where its field says it all."""
    if entry.distribution is None:
        return "" if moved is None else f"otherwise {entry.shown()}"
    (form,) = entry.distribution
    middle = typical(entry)
    assert middle is not None
    otherwise = "" if moved is None else "otherwise "
    return f"{otherwise}drawn anew, {MIDDLES[form]} {number(middle)}: {entry.shown()}"


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


def file_name(view: View) -> str:
    """The name of the scenario file, other than that of the one it extends."""
    return f"{view.scenario}-changed.yaml"


def as_yaml(base: Scenario, view: View) -> str:
    """A scenario file that extends the chosen scenario by the settings that were moved."""
    content: dict[str, Any] = {"extends": f"{base.name}.yaml", "title": _title(base, view), "question": base.question}
    for path, text in view.moved:
        *steps, last = path.split(".")
        section = content
        for step in steps:
            section = section.setdefault(step, {})
        section[last] = scalar(text)
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=math.inf))


def _title(base: Scenario, view: View) -> str:
    """The title of the scenario with what was moved, as long as a title may be."""
    most = TITLE["maxLength"]
    assert isinstance(most, int)
    titles = [base.title + (f" with {', '.join(view.settings)}" if view.moved else "")]
    titles.append(f"{base.title} with {counted(len(view.moved), 'change')}")
    return next((title for title in titles if len(title) <= most), base.title)
