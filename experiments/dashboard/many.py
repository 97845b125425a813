"""Many negotiations with the settings of the page, beside as many of another scenario, under the same luck."""

import base64
import csv
import io
import math
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from model.ensemble import is_compiled
from model.rules.records import ABOUT, About
from model.scenario import Scenario

from ..measures.columns import BY_LAB, JOINED, SHARE
from ..measures.intervals import Interval, finite
from ..publish.findings import MAIN_OF_RUNS, RUNS, made_by
from ..results.compare import COMPARED, Paired, compare, paired
from ..results.summary import OUTCOMES, Summary, ending, summarise
from ..results.words import counted, estimate_and_ends, spoken
from ..runs.pool import run_many, run_worlds
from .saved import DRAWING
from .view import RUNS as USUAL_RUNS
from .view import View

if TYPE_CHECKING:
    import pandas as pd

KINDS = {"png": "image/png", "svg": "image/svg+xml"}
ENDS, JOINS, MEASURES = "How it ends", "Who joins, of all runs", "Measures"  # the tables
OTHERS = [name for name in COMPARED if name not in OUTCOMES]
UNKNOWN = Interval(math.nan, math.nan, math.nan)


class Row(NamedTuple):
    """A measure with the settings and in the other scenario, and the paired difference; None where there is none."""

    table: str
    label: str
    about: About
    now: Interval | None
    other: Interval | None = None
    difference: Interval | None = None


class Played(NamedTuple):
    """Finished runs: the summary of those with the settings, and of the others where these differ; and the rows."""

    summary: Summary
    other: Summary | None
    rows: list[Row]


def differ(scenario: Scenario, other: Scenario) -> bool:
    """Whether there are two scenarios to compare."""
    return scenario.called != other.called


def note(scenario: Scenario, other: Scenario, view: View) -> str:
    """The note while they are played."""
    compiling = "" if is_compiled() else " The rules are compiled first, once, in some 20 seconds."
    others = " and as many to compare with" if differ(scenario, other) else ""
    return f"Playing {counted(view.runs, 'negotiation')}{others}.{compiling}"


def play(scenario: Scenario, other: Scenario, view: View) -> Played:
    """The runs of the view, and as many of another scenario unless it is the same."""
    now = run_many(scenario, view.runs, view.seed)
    summary = summarise(scenario, now, view.seed, worlds=run_worlds(scenario, view.runs, view.seed))
    if not differ(scenario, other):
        return Played(summary, None, [*_single(summary)])
    usual = run_many(other, view.runs, view.seed)
    beside = summarise(other, usual, view.seed)
    return Played(summary, beside, [*_paired(summary, beside, usual, now)])


def _single(summary: Summary) -> Iterator[Row]:
    """The rows of a scenario that is compared with nothing."""
    for name, interval in summary.outcomes.items():
        yield Row(ENDS, ending(name).strip(), ABOUT["adopted"], interval)
    for lab in summary.labs.values():
        yield Row(JOINS, lab.label, BY_LAB[JOINED], lab.joined)
    for name in OTHERS:
        yield Row(MEASURES, ABOUT[name].label, ABOUT[name], summary.measures[name].interval)


def _paired(summary: Summary, beside: Summary, usual: "pd.DataFrame", now: "pd.DataFrame") -> Iterator[Row]:
    """The rows of a scenario beside another; measures are over the runs that have them in both."""
    for name, interval in summary.outcomes.items():
        change = paired(SHARE, _ends_so(usual, name), _ends_so(now, name)).difference
        yield Row(ENDS, ending(name).strip(), ABOUT["adopted"], interval, beside.outcomes[name], change)
    for name in dict.fromkeys([*summary.labs, *beside.labs]):
        lab, its = summary.labs.get(name), beside.labs.get(name)
        both = lab is not None and its is not None
        yield Row(
            JOINS,
            (lab or beside.labs[name]).label,
            BY_LAB[JOINED],
            lab and lab.joined,
            its and its.joined,
            paired(SHARE, usual[JOINED + name], now[JOINED + name]).difference if both else None,
        )
    differences = compare({"other": usual, "now": now})["now"]
    for name in OTHERS:
        yield _measure(name, differences[name])


def _ends_so(table: "pd.DataFrame", name: str) -> "pd.Series[float]":
    """1 for the runs that end so, 0 for others, NaN for those that failed."""
    source, code = OUTCOMES[name]
    return (table[source] == code).astype(float).where(table["failed"] == "")


def _measure(name: str, pair: Paired) -> Row:
    """A measure over the runs that have it either way, whose means have no interval of their own."""
    now, other = (UNKNOWN._replace(mean=mean) for mean in (pair.second, pair.first))
    return Row(MEASURES, ABOUT[name].label, ABOUT[name], now, other, pair.difference)


# ---------------------------------------------------------------- as the page shows it


def shown(played: Played, view: View) -> dict[str, Any]:
    """The page of many runs as plain data: headline, adoption, tables, and what can be downloaded and asked next.

    Bars are in percent, with the low and high ends of their 95% intervals; all other numbers are texts.
    """
    summary, other, labs = *played[:2], played.summary.labs
    adopted = summary.outcomes["adopted"].mean
    rows = [_row(row, compared=other is not None) for row in played.rows]
    return {
        "settings": ", ".join(view.settings),
        "headline": summary.headline(),
        "worlds": summary.about_worlds(),
        "rate": None if finite(adopted) is None else repr(adopted),
        "names": names(summary, other, view),
        "rates": next(row for row in rows if row["label"] == "adopted"),
        "tables": [
            {"head": head, "rows": [row for row in rows if row["table"] == head]} for head in (ENDS, JOINS, MEASURES)
        ],
        "basis": basis(view, compared=other is not None),
        "outside": min(labs, key=lambda name: labs[name].joined.mean),
        "csv": as_csv(played),
        "file": f"{summary.scenario.name}-{view.runs}-runs-seed-{view.seed}",
        "figures": {name: spoken(name.replace("-", "_")) for name in figures(summary)},
    }


def names(summary: Summary, other: Summary | None, view: View) -> dict[str, str]:
    """What the runs are called, and what those that they are compared with are."""
    if other is None:
        return {"now": "the scenario as it is", "other": ""}
    if other.scenario.name == summary.scenario.name:
        return {"now": "with these settings", "other": "the scenario as it is"}
    return {
        "now": summary.scenario.title + (" with these settings" if view.settings else ""),
        "other": other.scenario.title,
    }


def _row(row: Row, *, compared: bool) -> dict[str, Any]:
    """A row as texts, shares in percent and their differences in points; bars for shares of runs."""
    about = row.about._replace(unit=SHARE) if row.about.unit.startswith("share") else row.about
    unit = "" if row.about.unit in ("share", SHARE) else f" ({row.about.unit})"
    return {
        "table": row.table,
        "label": row.label + unit,
        "part": row.label.startswith("of which"),
        "now": _cell(row.now, about),
        "other": _cell(row.other, about) if compared else None,
        "difference": _cell(row.difference, about, signed=True) if row.difference else None,
        "bars": [_bar(row.now), _bar(row.other)] if row.table != MEASURES else [],
    }


def _cell(interval: Interval | None, about: About, *, signed: bool = False) -> dict[str, str]:
    """An estimate and the ends of its interval as text."""
    if interval is None:
        return {"mean": "not at the table", "ends": ""}
    mean, ends = estimate_and_ends(interval, about, signed=signed)
    return {"mean": mean, "ends": ends}


def _bar(share: Interval | None) -> dict[str, float] | None:
    """A share in percent with the ends of its interval; None where there is none."""
    if share is None or math.isnan(share.mean):
        return None
    return {name: 100.0 * end for name, end in share._asdict().items()}


def basis(view: View, *, compared: bool) -> dict[str, str]:
    """How many runs these are, and the command that plays the same ones."""
    options = [] if view.runs == USUAL_RUNS else ["--runs", str(view.runs)]
    runs = counted(view.runs, "run") + " each" * compared
    return {
        "text": f"{runs}, seed {view.seed}. With more or fewer runs or another seed the numbers differ by sampling "
        "error. The same ones in a terminal:",
        "command": view.command("run", *options),
    }


# ---------------------------------------------------------------- to be downloaded


def as_csv(played: Played) -> str:
    """All rows as a table with every digit: shares from 0 to 1, missing values left empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    called = [summary.scenario.called for summary in (played.summary, played.other) if summary]
    heads = [*called, *(["difference"] if played.other else [])]
    writer.writerow(["table", "measure", "unit", *(f"{head}{end}" for head in heads for end in ("", " low", " high"))])
    for row in played.rows:
        parts = [row.now, row.other, row.difference][: len(heads)]
        writer.writerow([row.table, row.label, row.about.unit, *(end for part in parts for end in _digits(part))])
    return text.getvalue()


def _digits(interval: Interval | None) -> Iterable[float | None]:
    """An estimate and its ends, None in place of NaN."""
    return map(finite, interval or UNKNOWN)


def figures(summary: Summary) -> list[str]:
    """The names of the figures that can be drawn, the main ones first."""
    return sorted(RUNS.findings(summary).figures, key=lambda name: name not in MAIN_OF_RUNS)


def figure(summary: Summary, name: str, kind: str) -> str:
    """A figure as `optin plot` writes it, as an address that holds the file itself."""
    from ..figures.style import save

    source = f"scenario {summary.scenario.called}, {summary.runs} runs, seed {summary.seed}"
    with DRAWING, tempfile.TemporaryDirectory() as folder:
        (path,) = save(RUNS.findings(summary).figures[name](), Path(folder), name, made_by(source), [kind])
        return f"data:{KINDS[kind]};base64,{base64.b64encode(path.read_bytes()).decode()}"
