"""A table of actors as a scenario of officials, for the drafting part of the model."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import yaml

from model.problems import known_instead, listed, quoted, refusal
from model.scenario import SHIPPED, load
from model.schema import kind_fields

from .actors import Actors, Stand

TOPS = {"review_days": 100.0, "disclosure": 1.0, "foreign_lag_days": 100.0, "open_weights": 1.0}  # of scales, in order
COVERED, COVERED_AT_FIRST = 0.05, 1.0  # by which the President tells the first draft from later ones
BARELY = 1e-6  # salience of that, so that formulas settle it too
STRONGEST = 10.0  # the influence of the strongest, the most that is allowed
DIGITS = 6
WIDTH = 120
LAB = "nobody"
LONGEST_TITLE, LONGEST_LABEL = 200, 40  # characters that a scenario allows
PRESIDENT = {"security_weight": 10, "drag_weight": 4, "temperature": 0.01}
COMMENT = """\
# yaml-language-server: $schema=schema.json
#
# Made of a table of actors. Its issues take the places of some of the model's, from 0, the low end of the scale, to
{places}.
#
# Drafting is played as it is: who holds the pen writes, who would rather have 0 on all issues stalls, a stalled text
# moves towards the staller. What the table does not say is assumed, and can be changed: the strongest holds the pen
# (the first of equals), and all can stall as in the baseline. Influence is power; the strongest has {strongest:g}.
# Salience is a share of the largest, times power where that differs by issue. Who has no position on an issue is given
# the weighted mean and does not care. The President sends back the first draft, which nobody has cleared, and signs
# what is cleared later: covered_share, drag and the President's weights are for that alone. The talks end at once and
# change nothing.
"""
SURROUNDINGS: dict[str, dict[str, Any]] = {
    "climate": {"threat": 1, "mandate_chance": 0},
    "levers": {"drafting_rounds": 26, "quorum_labs": 0, "quorum_share": 0},
    "relations": {
        "capital": {
            "distribution": {"uniform": {"low": 0, "high": 0.3}},
            "source": {"assumption": "a tenth of the baseline's, since influence is ten times as large here"},
        },
        "dissent_weight": 0,
        "drag_guess": 4,
        "detection_days": 1,
        "detection_share": 0.01,
        "pace": 0,
        "horizon_days": 7,
    },
}


class Imported(NamedTuple):
    """The scenario that a table becomes: the text of its file, its officials, and who of them holds the pen.

    ``places``: term of the model -> issue of the table; ``left_out``: the table's other issues.
    """

    text: str
    officials: tuple[str, ...]
    pen: str
    places: Mapping[str, str]
    left_out: tuple[str, ...]

    def told(self, file: str) -> str:
        """What the file has, for its user."""
        lines = [
            f"Written to {file}: {len(self.officials)} official{'s' * (len(self.officials) > 1)}; "
            f"{self.pen} holds the pen.",
            *(f"  {issue} is {term}, from 0 to {TOPS[term]:g}" for term, issue in self.places.items()),
            *([f"  left out: {', '.join(self.left_out)} (--issue takes others)"] if self.left_out else []),
            f"optin run {file} plays it; order_review_days is what becomes of {self.places['review_days']}.",
        ]
        return "\n".join(lines)


def imported(table: Actors, wanted: Sequence[str]) -> Imported:
    """The scenario of a table, with the issues that are wanted, or else the first that somebody cares about.

    Raises
    ------
    BadInput
        Where the scenario cannot have these issues.
    """
    places = dict(zip(TOPS, _issues(table, wanted), strict=False))
    on_issues = {term: table.stands[issue] for term, issue in places.items()}
    names = [name for name in table.names if any(name in stands for stands in on_issues.values())]
    power = {name: max(stands[name].power for stands in on_issues.values() if name in stands) for name in names}
    pen = max(names, key=lambda name: power[name])
    inherited = [name for name, kind in load(SHIPPED / "baseline.yaml").kinds.items() if kind != "president"]
    largest = max(stand.salience for stands in on_issues.values() for stand in stands.values())
    officials = {
        key: {
            "kind": "official",
            "label": _cut(name, LONGEST_LABEL),
            "influence": round(STRONGEST * power[name] / power[pen], DIGITS),
            "ideal": _ideal(name, on_issues) | {"covered_share": COVERED},
            "salience": _care(name, on_issues, power[name] * largest),
            "threat_lift": 0,
            "holdout_lift": 0,
            "pen": int(name == pen),
            "pen_in_talks": int(name == pen),
        }
        for key, name in zip(_keys(names, [*inherited, "president", LAB]), names, strict=True)
    }
    opening = _ideal(pen, on_issues) | {"review_days": TOPS["review_days"], "covered_share": COVERED_AT_FIRST}
    scenario = {
        "extends": "baseline.yaml",
        "title": _cut(table.title, LONGEST_TITLE),
        "question": f"Where do {len(names)} actors settle {listed([quoted(issue) for issue in places.values()])}?",
        **SURROUNDINGS,
        "levers": {"opening": opening, **SURROUNDINGS["levers"]},
        "stakeholders": {**dict.fromkeys(inherited), "president": PRESIDENT, LAB: _lab(), **officials},
    }
    left_out = tuple(issue for issue in table.stands if issue not in places.values())
    return Imported(_text(scenario, places), tuple(names), pen, places, left_out)


def _text(scenario: Mapping[str, Any], places: Mapping[str, str]) -> str:
    """The text of a scenario file, with a comment on what stands for what."""
    tops = ",\n".join(f"#   {TOPS[term]:g} of {term}: {quoted(issue)}" for term, issue in places.items())
    body = yaml.safe_dump(dict(scenario), sort_keys=False, allow_unicode=True, width=WIDTH, default_flow_style=None)
    return COMMENT.format(places=tops, strongest=STRONGEST) + body


def _issues(table: Actors, wanted: Sequence[str]) -> list[str]:
    """The issues that the scenario has."""
    cared_for = [issue for issue, stands in table.stands.items() if any(stand.salience for stand in stands.values())]
    if len(wanted) > len(TOPS) or len(set(wanted)) < len(wanted):
        named = listed([quoted(issue) for issue in wanted])
        raise refusal("--issue", f"found {named}; at most {len(TOPS)} are allowed, each once")
    for issue in wanted:
        if issue not in cared_for:
            text = f"found {quoted(issue)}, no issue that somebody cares about{known_instead(issue, cared_for)}"
            raise refusal("--issue", text)
    return [*wanted] or cared_for[: len(TOPS)]


def _ideal(name: str, on_issues: Mapping[str, Mapping[str, Stand]]) -> dict[str, float]:
    """What an actor wants of each term: on an issue without a position the weighted mean, elsewhere 0."""
    shares = {
        term: stands[name].position if name in stands else _weighted_mean(stands) for term, stands in on_issues.items()
    }
    return {term: round(TOPS[term] * shares.get(term, 0.0), DIGITS) for term in TOPS}


def _weighted_mean(stands: Mapping[str, Stand]) -> float:
    weight = sum(stand.salience * stand.power for stand in stands.values())
    return sum(stand.salience * stand.power * stand.position for stand in stands.values()) / weight


def _care(name: str, on_issues: Mapping[str, Mapping[str, Stand]], most: float) -> dict[str, float]:
    """How much an actor cares about each term; with its influence as much as it weighs in the table."""
    care = {term: stands[name] for term, stands in on_issues.items() if name in stands}
    shares = {term: round(stand.salience * stand.power / most, DIGITS) for term, stand in care.items()}
    return {term: shares.get(term, 0.0) for term in TOPS} | {"covered_share": BARELY}


def _keys(names: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Names as a scenario has them: small letters, digits and _, none of them taken, none twice."""
    keys: list[str] = []
    for name in names:
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        key = plain if plain[:1].isalpha() else f"actor_{plain}".rstrip("_")
        number = 1
        while (numbered := key if number == 1 else f"{key}_{number}") in {*keys, *taken}:
            number += 1
        keys.append(numbered)
    return keys


def _lab() -> dict[str, Any]:
    """A lab without weight, since a scenario needs one; its releases only scale the drag of the first draft."""
    nothing = dict.fromkeys([*TOPS, "covered_share"], 0)
    paths = [field.path for trait, field in kind_fields("lab") if trait == "lab"]
    return {
        "kind": "lab",
        "label": "No lab (one is needed)",
        "influence": 0.01,
        "ideal": nothing,
        "salience": dict(nothing),
        "threat_lift": 0,
        "holdout_lift": 0,
        **{name: 0 for (name,) in paths},
        "frontier_share": 1,
        "releases_per_year": 50,
        "capability": 1,
    }


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
