"""Many negotiations with what was moved, beside as many without, under the same luck."""

import math
from typing import Any

from model.ensemble import is_compiled
from model.rules.records import ABOUT
from model.scenario import Scenario

from ..measures.columns import JOINED
from ..measures.intervals import Interval
from ..results.compare import TOLD, Paired, compare, paired
from ..results.summary import OUTCOMES, summarise
from ..results.summary_text import ending, headline
from ..runs.pool import run_many
from .view import View

RUNS = 2000


def note() -> str:
    """What to say while they are played."""
    first = "" if is_compiled() else " The rules are compiled first, once, in some 20 seconds."
    return f"Playing {RUNS:,} negotiations with these settings and {RUNS:,} without.{first}"


def played(base: Scenario, scenario: Scenario, view: View) -> dict[str, Any]:
    """What the page says of many runs: adoption, outcomes, who joins, and the paired differences to the scenario as is.

    Everything is in percent or in the unit of its measure, with low and high ends of 95% intervals.
    """
    tables = {"usual": run_many(base, RUNS, view.seed), "now": run_many(scenario, RUNS, view.seed)}
    summary, usual = summarise(scenario, tables["now"], view.seed), summarise(base, tables["usual"], view.seed)
    found = compare(tables)["now"]
    rate = summary["outcomes"]["adopted"]["mean"]
    return {
        "settings": ", ".join(view.settings),
        "headline": headline(summary),
        "rate": None if rate is None else repr(rate),
        "adopted": _share(summary["outcomes"]["adopted"]),
        "usual": _share(usual["outcomes"]["adopted"]),
        "difference": _points(found["adopted"]),
        "outcomes": [
            {
                "label": ending(name).strip(),
                "part": OUTCOMES[name][0] != "outcome",
                "now": _share(its),
                "usual": _share(usual["outcomes"][name]),
            }
            for name, its in summary["outcomes"].items()
        ],
        "labs": [
            {
                "label": lab["label"],
                "now": _share(lab["joined"]),
                "usual": _share(usual["labs"][name]["joined"]),
                "difference": _points(paired(*(table[JOINED + name] for table in tables.values()))),
            }
            for name, lab in summary["labs"].items()
        ],
        "measures": [_measure(name, found[name]) for name in TOLD if name != "adopted"],
    }


def _share(its: dict[str, Any]) -> dict[str, float] | None:
    """A share in percent with the ends of its interval; None where there is none."""
    if its["mean"] is None:
        return None
    return {name: 100.0 * its[name] for name in ("mean", "low", "high")}


def _change(its: Interval, form: str, scale: float = 1.0) -> dict[str, str]:
    """A paired difference and the ends of its interval, in words."""
    mean, low, high = ("-" if math.isnan(value) else f"{scale * value:{form}}" for value in its)
    return {"mean": mean, "ends": "" if math.isnan(its.low) else f"{low} to {high}"}


def _points(pair: Paired) -> dict[str, str]:
    """A paired difference of shares, in points."""
    return _change(pair.difference, "+.1f", 100.0)


def _measure(name: str, pair: Paired) -> dict[str, Any]:
    """A measure without and with what was moved, over the runs that have it either way."""
    usual, now = ("-" if math.isnan(value) else f"{value:.2f}" for value in (pair.first, pair.second))
    label = f"{ABOUT[name].label} ({ABOUT[name].unit})"
    return {"label": label, "usual": usual, "now": now, "difference": _change(pair.difference, "+.2f")}
