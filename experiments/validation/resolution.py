"""How the questions of a forecast are resolved, and the yardsticks that are written down with them.

``resolution.yaml`` beside this file has the text: what counts, by which sources, by when, and which questions share
their fate. Each yardstick gives every option of its question a probability, with the reason for it; it is misread like
the forecast's answers, so that neither has an advantage.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from model.yamltree import parse, read_text

from .backtest import yardsticks as rates
from .likelihood import misread
from .record import read_record
from .recorded import EVEN
from .scores import Prediction

FILE = Path(__file__).parent / "resolution.yaml"
LIKE = "further-commitment"  # a regime that asks all labs, as those that the questions are about
RATES = {"own rate": "own rate", "pooled rate": "base rate"}
REASONS = {
    EVEN: "all options alike",
    "status quo": "as things stood on 5 July 2026",
    "own rate": "how often each lab joined what is on record, by Laplace's rule; counts as if each decided alone",
    "base rate": "how often all labs joined what is on record; counts as if each decided alone",
}
DIGITS = 4

type Chances = Mapping[str, float]


@cache
def _file() -> dict[str, Any]:
    tree: dict[str, Any] = parse(read_text(FILE, str(FILE)), str(FILE)).plain()
    return tree


def definitions() -> dict[str, str]:
    """What the words of the rules mean."""
    return dict(_file()["definitions"])


def resolution(name: str, options: Sequence[str]) -> dict[str, Any]:
    """How a question is resolved: its cluster, day, rule and sources, and its yardsticks with every option's chance."""
    entry = _file()["questions"][name]
    return {
        "cluster": entry["cluster"],
        "resolution": {key: entry[key] for key in ("by", "rule", "sources")},
        "yardsticks": {
            yardstick: {"chances": _misread(chances), "why": why}
            for yardstick, chances, why in _yardsticks(entry, options)
        },
    }


def _misread(chances: Chances) -> dict[str, float]:
    """The chances that options are recorded, as they are written down."""
    recorded = misread(np.array(list(chances.values())), len(chances))
    return {option: round(float(chance), DIGITS) for option, chance in zip(chances, recorded, strict=True)}


def _yardsticks(entry: Mapping[str, Any], options: Sequence[str]) -> Iterator[tuple[str, Chances, str]]:
    """Name, chances and reason of each yardstick of a question."""
    yield EVEN, dict.fromkeys(options, 1.0 / len(options)), REASONS[EVEN]
    assert entry["status_quo"] in options
    yield "status quo", {option: float(option == entry["status_quo"]) for option in options}, REASONS["status quo"]
    if "lab" in entry or "of_labs" in entry:
        for rate, name in RATES.items():
            yield name, dict(zip(options, _of_labs(rate, entry.get("lab")), strict=True)), REASONS[name]
    if "base_rate" in entry:
        counted = {key: chance for key, chance in entry["base_rate"].items() if key != "because"}
        if options == ("yes", "no"):
            counted["no"] = 1.0 - counted["yes"]
        yield "base rate", {option: counted[option] for option in options}, entry["base_rate"]["because"]


def _of_labs(rate: str, lab: str | None) -> list[float]:
    """The chances that a lab joins and does not, or those of how many labs join, by a rate of the record."""
    labs, rules = _rates()
    if lab is None:
        return [float(chance) for chance in rules[rate].counts]
    joins = float(rules[rate].labs[labs.index(lab)])
    return [joins, 1.0 - joins]


@cache
def _rates() -> tuple[tuple[str, ...], dict[str, Prediction]]:
    """All labs, and what the rates of the record predict of them."""
    record = read_record().changed()
    return record.labs, rates(record, LIKE, np.ones(len(record.labs), bool))
