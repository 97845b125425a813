"""The content of a report about one folder of results: the answer, its assumptions, and how it was made."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from model.rules.records import ABOUT
from model.scenario import Entry

from ..measures.intervals import Interval
from ..plans.design import Plan, axis_position
from ..publish.findings import Findings, findings, provenance
from ..results.sources import Basis, basis
from ..results.summary import Summary
from ..results.summary_parts import MeasureSummary
from ..results.sweeps import MOST_NAMED, SweepResult
from ..results.words import estimate_and_ends, number
from ..runs.manifest import inputs, manifest_of
from ..runs.store import Store
from .words import NONE, Number, estimate

MOST_LEVELS = 6  # values of a varied parameter that are listed; of more, the lowest and the highest
MOST_REASONS = 3  # of failed runs


class Result(NamedTuple):
    """Finished results, opened and read: their name in this report, rows, finding and manifest."""

    name: str
    store: Store
    findings: Findings
    manifest: dict[str, Any]

    @property
    def plan(self) -> Plan:
        """The plan that was played."""
        return self.store.plan

    @property
    def title(self) -> str:
        """The title of the plan; of runs with what was set on top of the scenario, which its title does not know."""
        settings = self.plan.scenario.settings
        changed = settings and self.plan.analysis == "runs"
        return f"{self.plan.title}, changed: {', '.join(settings)}" if changed else self.plan.title

    @property
    def runs(self) -> int:
        """How many runs were played, as every kind of finding counts them in its data."""
        return int(self.findings.data["runs"])

    @property
    def failed(self) -> int:
        """How many of the runs failed."""
        return int(self.findings.data["failed"])

    @property
    def headline(self) -> str:
        """The one sentence to remember, as the terminal shows it first."""
        return self.findings.finding.headline()

    @property
    def about_worlds(self) -> str:
        """What the two ranges of the headline of runs are of; '' for other findings."""
        finding = self.findings.finding
        return finding.about_worlds() if isinstance(finding, Summary) else ""

    @property
    def is_current(self) -> bool:
        """Whether the rules and libraries at hand would give the same rows."""
        return self.store.made_from == inputs(self.store.plan)


class Card(NamedTuple):
    """A number to see at a glance: its label, its value, and its interval or another remark."""

    label: str
    value: str
    more: str


class Row(NamedTuple):
    """A parameter and its basis. ``rests_on`` is sourced, assumed, scenario, or varied."""

    path: str
    label: str
    value: str
    unit: str
    rests_on: str
    basis: Basis


def read(stores: Iterable[Store]) -> list[Result]:
    """Results as a report reads them, each with a name of its own."""
    stores = list(stores)
    names = [store.plan.name if store.plan.varied else store.plan.scenario.called for store in stores]
    unique = [
        name if names.count(name) == 1 else f"{name} ({store.folder})"
        for name, store in zip(names, stores, strict=True)
    ]
    return [
        Result(name, store, findings(store), manifest_of(store.folder))
        for name, store in zip(unique, stores, strict=True)
    ]


# ---------------------------------------------------------------- the answer


def runs_line(result: Result) -> str:
    """Which runs the numbers are from, in a sentence."""
    plan, runs = result.plan, f"{result.runs:,} runs, seed {result.plan.seed}."
    if not plan.varied:
        return f"Scenario {plan.scenario.called}, {runs}"
    kind = "Sweep" if plan.asks is None else "Analysis"
    points = f"design {plan.design}, {len(plan.points):,} points"
    return f"{kind} {plan.name} of scenario {plan.scenario.called}, {points}, {runs}"


def cards(result: Result) -> list[Card]:
    """The four numbers to see first, of runs or of a sweep; none for other analyses, whose figures show theirs."""
    finding = result.findings.finding
    if isinstance(finding, Summary):
        return _summary_cards(finding)
    return _sweep_cards(finding) if isinstance(finding, SweepResult) else []


def _summary_cards(summary: Summary) -> list[Card]:
    adopted, durable = (estimate(summary.outcomes[name], ABOUT[name]) for name in ("adopted", "durable"))
    labs = summary.measures["labs_joined"]
    return [
        _card("Framework adopted, share of runs", adopted, _over_worlds(summary)),
        _card("Adopted, and at quorum at the horizon, share of runs", durable),
        _review_card(summary.measures["review_days"]),
        _card("Labs that joined, mean of all runs", estimate(labs.interval, labs.about)),
    ]


def _over_worlds(summary: Summary) -> str:
    """How far the unknowns move the chance of adoption, beside its interval."""
    if summary.worlds is None:
        return ""
    return f"; 90% of worlds: {summary.worlds.low.mean:.0%} to {summary.worlds.high.mean:.0%}"


def _card(label: str, shown: Number, more: str = "") -> Card:
    if not shown.interval or shown.value == NONE:
        return Card(label, shown.value, shown.interval or "no interval: one run, or all are equal")
    return Card(label, shown.value, f"95% interval {shown.interval}{more}")


def _review_card(measure: MeasureSummary) -> Card:
    """The review period that is agreed on, and how much it differs from run to run."""
    spread, about = measure.spread, measure.about
    label = f"{about.label}, median"
    if not spread.runs:
        return Card(label, NONE, "no run reaches a framework")
    median, ends = estimate_and_ends(Interval(spread.median, spread.p5, spread.p95), about, unit=True)
    return Card(label, median, f"90% of the {spread.runs:,} runs that adopt: {ends}")


def _sweep_cards(sweep: SweepResult) -> list[Card]:
    measure = sweep.plan.measure
    about, ends = sweep.about(measure), sweep.ends(measure)
    extremes = []
    for word, point in zip(("least", "most"), ends or (None, None), strict=True):
        label = f"{about.label} ({about.unit}), {word}"
        if point is None:
            extremes.append(Card(label, NONE, "no run has it"))
        else:
            shown = estimate(sweep.intervals[measure].at(point), about)
            extremes.append(_card(label, shown, f", at {_point(sweep, point)}"))
    failed = f"{sweep.failed:,} of them failed" if sweep.failed else "none failed"
    points = Card("Points", f"{len(sweep.plan.points):,}", f"design {sweep.plan.design}")
    return [*extremes, points, Card("Runs", f"{sweep.runs:,}", failed)]


def _point(sweep: SweepResult, point: int) -> str:
    """A point of a sweep by the labels of what varies; by its number where these are many."""
    plan = sweep.plan
    if len(plan.varied) > MOST_NAMED:
        return f"point {point}"
    values = zip(plan.varied, plan.points[point], strict=True)
    return ", ".join(f"{plan.scenario.entries[path].label.lower()} {number(value)}" for path, value in values)


def failures(result: Result) -> str:
    """How many runs failed, and why; '' if none did."""
    if not result.failed:
        return ""
    reasons = Counter(str(reason) for reason in result.store["failed"] if reason)
    named = "; ".join(f"{reason} ({count:,})" for reason, count in reasons.most_common(MOST_REASONS))
    others = "; and others" if len(reasons) > MOST_REASONS else ""
    return f"{result.failed:,} of {result.runs:,} runs failed and are left out of every number: {named}{others}."


# ---------------------------------------------------------------- parameters


def parameter_rows(plan: Plan) -> list[Row]:
    """Every parameter with its value and why it has that value."""
    return [
        _varied(plan, entry) if path in plan.varied else _row(entry) for path, entry in plan.scenario.entries.items()
    ]


def _row(entry: Entry) -> Row:
    return Row(entry.path, entry.label, entry.shown(), entry.unit, entry.origin, basis(entry))


def _varied(plan: Plan, entry: Entry) -> Row:
    """A parameter that a sweep or an analysis sets at every point."""
    if plan.asks is not None:
        return _row(entry)._replace(rests_on="varied", basis=Basis("varied by the analysis"))
    column = plan.varied.index(entry.path)
    levels = sorted({point[column] for point in plan.points}, key=lambda value: axis_position(value, entry.type))
    texts = [number(level) for level in levels]
    value = ", ".join(texts) if len(texts) <= MOST_LEVELS else f"{texts[0]} to {texts[-1]} ({len(texts):,} values)"
    return _row(entry)._replace(value=value, rests_on="varied", basis=Basis("varied by the sweep"))


def sections(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by the first word of their paths."""
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        by_name.setdefault(row.path.partition(".")[0].capitalize(), []).append(row)
    return by_name


# ---------------------------------------------------------------- provenance


def provenance_rows(result: Result) -> list[tuple[str, str]]:
    """The provenance of the results: name and value."""
    manifest, plan = result.manifest, result.plan
    precision = "" if plan.precision is None else f", more until the half width is {plan.precision:g}"
    return [
        ("Cite as", provenance(result.store)),
        ("Command", manifest["command"]),
        ("Written", manifest["written"]),
        ("Seed", str(plan.seed)),
        ("Runs", f"{result.runs:,}{precision}"),
        ("Opt-In", manifest["version"]),
        ("Commit", manifest["commit"] or "unknown"),
        ("Python", manifest["python"]),
        ("Libraries", ", ".join(f"{name} {version}" for name, version in manifest["libraries"].items())),
        ("Machine", manifest["machine"]),
        ("Scenario files", ", ".join(Path(file).name for file in plan.scenario.files)),
        ("Hash of the inputs", manifest["inputs"]),
    ]
