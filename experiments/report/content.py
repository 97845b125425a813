"""What a report says of one folder of results, in words: the answer, what it rests on, and how it was made."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from model.scenario import Entry

from ..measures.columns import SHARE
from ..plans.design import Plan, axis_position
from ..publish.findings import Findings, findings
from ..results.sources import Ground, ground
from ..results.sweeps import MOST_NAMED
from ..results.words import number
from ..runs.manifest import read_manifest
from ..runs.store import Store
from .words import NONE, Number, estimate, written

MOST_LEVELS = 6  # values of a varied parameter that are listed; of more, the ends
MOST_REASONS = 3  # of failed runs

type Plain = dict[str, Any]


class Result(NamedTuple):
    """Finished results, opened and read: what they are called here, what they hold, say, and were made by."""

    name: str
    store: Store
    found: Findings
    manifest: Plain

    @property
    def plan(self) -> Plan:
        """What was played."""
        return self.store.plan

    @property
    def headline(self) -> str:
        """The one sentence to remember, as the terminal shows it first."""
        return self.found.text.partition("\n")[0]

    @property
    def is_current(self) -> bool:
        """Whether the rules and libraries at hand would give the same rows."""
        return bool(self.manifest["inputs"] == self.store.made_from)


class Card(NamedTuple):
    """A number to see at a glance: what it is, its value, and its interval or what else there is to say."""

    label: str
    value: str
    more: str


class Row(NamedTuple):
    """A parameter in the ledger. ``rests_on`` is sourced, assumed, scenario, or varied."""

    path: str
    label: str
    value: str
    unit: str
    rests_on: str
    because: Ground


def read(stores: Iterable[Store]) -> list[Result]:
    """Results as a report reads them, each with a name of its own."""
    stores = list(stores)
    called = [store.plan.name if store.plan.varied else store.plan.scenario.called for store in stores]
    names = [
        name if called.count(name) == 1 else f"{name} ({store.folder})"
        for name, store in zip(called, stores, strict=True)
    ]
    return [
        Result(name, store, findings(store), read_manifest(store.folder) or {})
        for name, store in zip(names, stores, strict=True)
    ]


# ---------------------------------------------------------------- the answer


def made(result: Result) -> str:
    """Of what runs the numbers are."""
    plan, data = result.plan, result.found.data
    if plan.varied:
        points = f"{len(plan.points):,} points, {data['runs']:,} runs"
        what = "Sweep" if plan.asks is None else "Analysis"
        return (
            f"{what} {plan.name} of scenario {plan.scenario.called}, design {plan.design}, {points}, seed {plan.seed}."
        )
    return f"Scenario {plan.scenario.called}, {data['runs']:,} runs, seed {plan.seed}."


def cards(result: Result) -> list[Card]:
    """The four numbers to see first; none for an analysis of what moves them, whose figures say it."""
    if result.plan.asks is not None:
        return []
    return _cards_of_sweep(result) if result.plan.varied else _cards_of_runs(result.found.data)


def _cards_of_runs(summary: Plain) -> list[Card]:
    outcomes, measures = summary["outcomes"], summary["measures"]
    return [
        _card("Framework adopted, share of runs", estimate(outcomes["adopted"], SHARE)),
        _card("Adopted, and at quorum at the horizon, share of runs", estimate(outcomes["durable"], SHARE)),
        _review(measures["review_days"]),
        _card("Labs that joined, mean of all runs", estimate(measures["labs_joined"], "labs")),
    ]


def _card(label: str, its: Number, more: str = "") -> Card:
    if not its.interval or its.value == NONE:
        return Card(label, its.value, its.interval or "one run, so no interval")
    return Card(label, its.value, f"95% interval {its.interval}{more}")


def _review(its: Plain) -> Card:
    """The review period that is agreed on, and how much it differs from run to run."""
    label = f"{its['label']}, median"
    if its["median"] is None:
        return Card(label, NONE, "no run reaches a framework")
    median, low, high = written([its["median"], its["p5"], its["p95"]], its["unit"])
    return Card(label, f"{median} days", f"90% of the {its['runs']:,} runs that adopt: {low} to {high}")


def _cards_of_sweep(result: Result) -> list[Card]:
    data, measure = result.found.data, result.plan.measure
    failed = f"{data['failed']:,} of them failed" if data["failed"] else "none failed"
    return [
        _end(data, measure, "least", min),
        _end(data, measure, "most", max),
        Card("Points", f"{len(data['points']):,}", f"design {data['design']}"),
        Card("Runs", f"{data['runs']:,}", failed),
    ]


def _end(data: Plain, measure: str, word: str, choose: Callable[..., int]) -> Card:
    """The point of a sweep at which a measure is least or most."""
    its = [point["measures"][measure] for point in data["points"]]
    known = [which for which, found in enumerate(its) if found["mean"] is not None]
    about = data["measures"][measure]
    label = f"{about['label']} ({about['unit']}), {word}"
    if not known:
        return Card(label, NONE, "no run has it")
    which = choose(known, key=lambda point: its[point]["mean"])
    return _card(label, estimate(its[which], about["unit"]), f", at {_where(data, which)}")


def _where(data: Plain, which: int) -> str:
    """A point of a sweep by the labels of what varies; by its number where these are many."""
    if len(data["varied"]) > MOST_NAMED:
        return f"point {which}"
    values = data["points"][which]["values"]
    return ", ".join(f"{about['label'].lower()} {number(values[path])}" for path, about in data["varied"].items())


def failures(result: Result) -> str:
    """How many runs failed, and why; '' if none did."""
    data = result.found.data
    if not data["failed"]:
        return ""
    reasons = Counter(str(reason) for reason in result.store["failed"] if reason)
    listed = "; ".join(f"{reason} ({count:,})" for reason, count in reasons.most_common(MOST_REASONS))
    others = "; and others" if len(reasons) > MOST_REASONS else ""
    return f"{data['failed']:,} of {data['runs']:,} runs failed and are left out of every number: {listed}{others}."


# ---------------------------------------------------------------- what it rests on


def ledger(plan: Plan) -> list[Row]:
    """Every parameter with its value and why it is that."""
    return [
        _varied(plan, entry) if path in plan.varied else _row(entry) for path, entry in plan.scenario.entries.items()
    ]


def _row(entry: Entry) -> Row:
    return Row(entry.path, entry.label, entry.shown(), entry.unit, entry.origin, ground(entry))


def _varied(plan: Plan, entry: Entry) -> Row:
    """A parameter that a sweep sets at every point."""
    if plan.asks is not None:
        return _row(entry)._replace(rests_on="varied", because=Ground("what the analysis asks about"))
    which = plan.varied.index(entry.path)
    levels = sorted({point[which] for point in plan.points}, key=lambda value: axis_position(value, entry.type))
    words = [number(level) for level in levels]
    value = ", ".join(words) if len(words) <= MOST_LEVELS else f"{words[0]} to {words[-1]} ({len(words):,} values)"
    return Row(entry.path, entry.label, value, entry.unit, "varied", Ground("what the sweep asks about"))


def sections(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by the first word of their paths."""
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        by_name.setdefault(row.path.partition(".")[0].capitalize(), []).append(row)
    return by_name


# ---------------------------------------------------------------- how it was made


def making(result: Result) -> list[tuple[str, str]]:
    """What made the results, by name."""
    its, plan = result.manifest, result.plan
    precision = "" if plan.precision is None else f", more until the half width is {plan.precision:g}"
    return [
        ("Command", its["command"]),
        ("Written", its["written"]),
        ("Seed", str(plan.seed)),
        ("Runs", f"{result.found.data['runs']:,}{precision}"),
        ("Opt-In", its["version"]),
        ("Commit", its["commit"] or "unknown"),
        ("Python", its["python"]),
        ("Libraries", ", ".join(f"{name} {version}" for name, version in its["libraries"].items())),
        ("Machine", its["machine"]),
        ("Scenario files", ", ".join(Path(file).name for file in plan.scenario.files)),
        ("Hash of the inputs", its["inputs"]),
    ]
