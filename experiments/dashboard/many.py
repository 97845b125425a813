"""Many negotiations with the settings of the page, beside as many of the scenario as it is, under the same luck."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from model.ensemble import is_compiled
from model.rules.records import ABOUT, About
from model.scenario import Scenario

from ..measures.columns import BY_LAB, JOINED
from ..measures.intervals import Interval, finite
from ..results.compare import COMPARED, Paired, compare, paired
from ..results.summary import OUTCOMES, ending, summarise
from ..results.words import estimate_and_ends, value_text
from ..runs.pool import run_many, run_worlds
from .view import View

if TYPE_CHECKING:
    import pandas as pd

RUNS = 2000


def note() -> str:
    """The note while they are played."""
    compiling = "" if is_compiled() else " The rules are compiled first, once, in some 20 seconds."
    return f"Playing {RUNS:,} negotiations with these settings and {RUNS:,} without.{compiling}"


def played(base: Scenario, scenario: Scenario, view: View) -> dict[str, Any]:
    """The page of many runs as plain data: adoption, outcomes, who joins, and the paired differences.

    Shares are in percent, with the low and high ends of their 95% intervals; differences are texts.
    """
    tables = {"usual": run_many(base, RUNS, view.seed), "now": run_many(scenario, RUNS, view.seed)}
    worlds = run_worlds(scenario, RUNS, view.seed)
    summary = summarise(scenario, tables["now"], view.seed, worlds=worlds)
    usual = summarise(base, tables["usual"], view.seed)
    differences = compare(tables)["now"]
    adopted = summary.outcomes["adopted"]
    return {
        "settings": ", ".join(view.settings),
        "headline": summary.headline(),
        "worlds": summary.about_worlds(),
        "rate": None if finite(adopted.mean) is None else repr(adopted.mean),
        "adopted": _share(adopted),
        "usual": _share(usual.outcomes["adopted"]),
        "difference": _change(differences["adopted"], ABOUT["adopted"]),
        "outcomes": [
            {
                "label": ending(name).strip(),
                "part": OUTCOMES[name][0] != "outcome",
                "now": _share(interval),
                "usual": _share(usual.outcomes[name]),
            }
            for name, interval in summary.outcomes.items()
        ],
        "labs": [
            {
                "label": lab.label,
                "now": _share(lab.joined),
                "usual": _share(usual.labs[name].joined),
                "difference": _change(_joining(name, tables), BY_LAB[JOINED]),
            }
            for name, lab in summary.labs.items()
        ],
        "measures": [_measure(name, differences[name]) for name in COMPARED if name != "adopted"],
    }


def _joining(name: str, tables: Mapping[str, "pd.DataFrame"]) -> Paired:
    """The paired difference in how often a lab joins."""
    return paired(BY_LAB[JOINED].unit, *(table[JOINED + name] for table in tables.values()))


def _share(interval: Interval) -> dict[str, float] | None:
    """A share in percent with the ends of its interval; None where there is none."""
    if math.isnan(interval.mean):
        return None
    return {name: 100.0 * end for name, end in interval._asdict().items()}


def _change(pair: Paired, about: About) -> dict[str, str]:
    """A paired difference and the ends of its interval as text."""
    estimate, ends = estimate_and_ends(pair.difference, about, signed=True)
    return {"mean": estimate, "ends": ends}


def _measure(name: str, pair: Paired) -> dict[str, Any]:
    """A measure of the scenario as it is and with the settings, over the runs that have it either way."""
    about = ABOUT[name]
    return {
        "label": f"{about.label} ({about.unit})",
        "usual": value_text(pair.first, about),
        "now": value_text(pair.second, about),
        "difference": _change(pair, about),
    }
