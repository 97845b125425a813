"""What the runs of one scenario say: how often, in what form, with which labs, and with what effect."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from model.case import most_rounds
from model.draws import Array, stream
from model.problems import listed
from model.rules.records import ABOUT, Fate, Operating, Outcome
from model.scenario import Scenario

from ..measures.columns import AD_HOC, NUMBERS, months
from ..measures.intervals import Interval, share
from ..measures.variance import Cause
from ..measures.worlds import Between, between_worlds
from ..plans.design import FEWEST_WORLDS, WORLD_RUNS
from .notes import notes
from .summary_parts import (
    JointSets,
    LabSummary,
    MeasureSummary,
    MonthSummary,
    Table,
    WorldDifference,
    column,
    hangs_on,
    joint_sets,
    lab_summary,
    measure_summary,
    month_summary,
    record_data,
    world_difference,
)
from .text_table import text_table
from .words import bracketed, counted, interval_text, or_dash, share_text, spoken, value_text

OUTCOMES = {  # how a run ends: column and code; the last three divide the adopted runs by the fate of the framework
    **{outcome.name.lower(): ("outcome", outcome) for outcome in Outcome},
    **{fate.name.lower(): ("fate", fate) for fate in Fate if fate is not Fate.NO_FRAMEWORK},
}
FRICTION = "delay_days"
MOST_CAUSES = 3  # that are printed
OF_MONTHS = ("participation", "queue")  # figures of the year after, month by month
OF_FRAMEWORKS = ("joining", "joining-together", "delays", "leaving", *OF_MONTHS)  # figures of the runs that adopt
STILL = 0.005  # of the frontier: what cannot be seen in a figure
TWO_RANGES = (
    "The interval is sampling error, which more runs narrow. The spread over worlds, each a value for every unknown,\n"
    "is ignorance, which they do not."
)
TOO_FEW = f"Fewer than {FEWEST_WORLDS} runs do not tell how far the unknowns move that."
FORM = ("announcement_week", "covered_share", "disclosure")
BARGAINED = ("stalls", "drafts_sent_back", "conditional_pledges", "withdrawals", "late_pledges", "law_stage")
PERIODS = (  # the review period from the ideals to the terms
    "compromise_review_days",
    "median_review_days",
    "first_draft_review_days",
    "order_review_days",
    "review_days",
)


class Summary(NamedTuple):
    """The runs of a scenario in numbers.

    ``precision`` is the half width that the interval of the share that adopts should have (0..1), None if none was
    asked for. ``outcomes`` are shares of the runs that did not fail, by the names of `OUTCOMES`; ``measures`` are over
    the runs that have them. ``ad_hoc`` has the difference that the framework makes to each measure of the year after
    in the runs that adopt one, ``ad_hoc_without_law`` the same over those of them in which neither world gets a
    mandatory law; ``hangs_on`` the unknowns that the difference in `FRICTION` hangs on, by their paths. ``worlds`` is
    how far the chance of adoption differs between worlds, None where nothing is unknown or runs are too few to say.
    """

    scenario: Scenario
    runs: int
    seed: int
    precision: float | None
    failed: int
    outcomes: dict[str, Interval]
    worlds: Between | None
    measures: dict[str, MeasureSummary]
    ad_hoc: dict[str, WorldDifference]
    ad_hoc_without_law: dict[str, WorldDifference]
    hangs_on: dict[str, Cause]
    labs: dict[str, LabSummary]
    sets: JointSets
    months: list[MonthSummary]

    @property
    def finished(self) -> int:
        """How many runs did not fail."""
        return self.runs - self.failed

    @property
    def adopted(self) -> int:
        """How many runs adopt a framework."""
        return self.sets.runs

    def runs_with(self, outcome: str) -> int:
        """How many runs end with this outcome."""
        return round(self.outcomes[outcome].mean * self.finished)

    def headline(self) -> str:
        """How often a framework is adopted, and how far its chance differs between worlds."""
        failed = f"; {self.failed:,} more failed and are left out" if self.failed else ""
        if not self.finished:
            return f"No run of {self.runs:,} came to an end{failed}."
        mean, low, high = (f"{100 * end:.1f}" for end in self.outcomes["adopted"])
        share_of_runs = (
            f"Adopted in {mean}% of {counted(self.finished, 'run')} [95% interval {low} to {high}%]{failed}."
        )
        return " ".join([share_of_runs, *_worlds_sentences(self.worlds)])

    def about_worlds(self) -> str:
        """What the two ranges of the headline are of, in lines, and how well the second is known.

        '' where nothing is unknown.
        """
        if self.worlds is None:
            unknown = any(entry.distribution is not None for entry in self.scenario.entries.values())
            return TOO_FEW if unknown and self.runs < FEWEST_WORLDS else ""
        low, high, above = (bracketed(end, ".0%") for end in self.worlds[2:])
        basis = f"From {self.worlds.worlds:,} worlds of {WORLD_RUNS} runs, by a beta distribution"
        return f"{TWO_RANGES} {basis}: {low} to {high}; {above}."

    def undrawn(self) -> dict[str, str]:
        """The figures that would have nothing to show: name -> why they are not drawn."""
        if not self.adopted:
            return dict.fromkeys(OF_FRAMEWORKS, "no run adopts a framework")
        why: dict[str, str] = {}
        if not self.months:
            why |= dict.fromkeys(OF_MONTHS, "the horizon is shorter than a month")
        elif _is_still(self.months):
            why["participation"] = "who is in stays the same"
        if self.months and not any(month.mean_queue.mean for month in self.months):
            why["queue"] = "nobody ever waits"
        if not self.ad_hoc[FRICTION].runs:
            why["delays"] = "nothing is released"
        labs = self.labs.values()
        if not any(each.mean for lab in labs for each in (lab.left_if_adopted, lab.holds_if_adopted, lab.holds_ad_hoc)):
            why["leaving"] = "no lab leaves and none is held"
        return why

    def text(self) -> str:
        """The summary as text for a terminal, the headline first."""
        if not self.finished:
            return self.headline()
        return "\n\n".join("\n".join(lines) for lines in _paragraphs(self))

    def data(self) -> dict[str, Any]:
        """The summary as plain data that JSON can hold; NaN becomes None."""
        return {
            "scenario": self.scenario.name,
            "called": self.scenario.called,
            "settings": list(self.scenario.settings),
            "notes": notes(self.scenario),
            "title": self.scenario.title,
            "question": self.scenario.question,
            **{name: getattr(self, name) for name in ("runs", "seed", "precision", "failed")},
            **{
                name: {key: part.data() for key, part in getattr(self, name).items()}
                for name in ("outcomes", "measures", "ad_hoc", "ad_hoc_without_law")
            },
            "worlds": None if self.worlds is None else {"adopted": self.worlds.data()},
            "hangs_on": {path: record_data(cause) for path, cause in self.hangs_on.items()},
            "labs": {name: record_data(lab) for name, lab in self.labs.items()},
            "sets": self.sets.data(),
            "months": [record_data(month) for month in self.months],
        }


def summarise(
    scenario: Scenario, table: Table, seed: int, precision: float | None = None, worlds: Table | None = None
) -> Summary:
    """The summary of a table of runs of a scenario; runs that failed count in no number but their own.

    ``worlds`` are the runs beside them that share a world by `WORLD_RUNS`, where there are any.
    """
    good = column(table, "failed") == ""
    adopted = column(table, "adopted") == 1.0  # never of a failed run, whose measures are NaN
    lawless = adopted & (column(table, "mandate") == 0.0) & (column(table, AD_HOC + "mandate") == 0.0)
    finished = int(good.sum())

    def of_good(name: str) -> Array:
        return column(table, name, good)

    def of_adopted(name: str) -> Array:
        return column(table, name, adopted)

    return Summary(
        scenario=scenario,
        runs=len(good),
        seed=seed,
        precision=precision,
        failed=len(good) - finished,
        outcomes={
            name: share(int((column(table, source) == code).sum()), finished)
            for name, (source, code) in OUTCOMES.items()
        },
        worlds=_between(worlds, int(adopted.sum()), finished, seed),
        measures={name: measure_summary(name, of_good(name)) for name in NUMBERS},
        ad_hoc={name: world_difference(name, table, adopted) for name in Operating._fields},
        ad_hoc_without_law={name: world_difference(name, table, lawless) for name in Operating._fields},
        hangs_on=hangs_on(FRICTION, scenario, table, seed, adopted),
        labs={name: lab_summary(name, scenario.labels[name], of_good, of_adopted) for name in scenario.named("lab")},
        sets=joint_sets(scenario.named("lab"), of_adopted),
        months=[month_summary(number, of_adopted) for number in months(most_rounds(scenario))],
    )


def _between(table: Table | None, count: int, runs: int, seed: int) -> Between | None:
    """How far the chance of adoption differs between worlds; a world in which a run failed is left out."""
    if table is None or not runs:
        return None
    happened = column(table, "adopted").reshape(-1, WORLD_RUNS)
    whole = happened[~np.isnan(happened).any(axis=1)]
    return between_worlds(whole, count, runs, stream(seed, 0, "resamples", "worlds")) if len(whole) > 1 else None


# ---------------------------------------------------------------- as text


def _worlds_sentences(worlds: Between | None) -> Iterator[str]:
    """How far the chance differs between worlds, in a sentence; nothing where that is not known."""
    if worlds is None:
        return
    low, high, above = (f"{100 * end.mean:.0f}" for end in (worlds.low, worlds.high, worlds.likelier_than_not))
    if low == high:
        yield f"The unknowns hardly move that: {low}% in 90% of worlds."
    else:
        yield f"The unknowns move that from {low} to {high}% (90% of worlds); likelier than not in {above}%."


def ending(outcome: str) -> str:
    """An outcome in words; the fates of an adopted framework are set off."""
    return spoken(outcome) if OUTCOMES[outcome][0] == "outcome" else f"  of which {spoken(outcome)}"


def _paragraphs(summary: Summary) -> Iterator[list[str]]:
    """The lines of the text, paragraph by paragraph."""
    scenario = summary.scenario
    settings = f", with {', '.join(scenario.settings)}" if scenario.settings else ""
    yield [
        summary.headline(),
        *filter(None, [summary.about_worlds()]),
        *_precision_lines(summary),
        *(f"Note: {note}." for note in notes(scenario)),
    ]
    yield [f"{scenario.title}{settings}: {scenario.question}"]
    yield text_table(
        ["How it ends", "share of all runs [95% interval]"],
        [[f"  {ending(name)}", share_text(interval)] for name, interval in summary.outcomes.items()],
    )
    yield _spread_table(summary, "Review period in days", PERIODS)
    yield _spread_table(summary, "Form at announcement", FORM)
    yield _lab_table(summary)
    yield _bargaining_table(summary)
    if summary.adopted > 1:
        yield _year_lines(summary)
    if undrawn := summary.undrawn():
        said = {why: listed([name for name in undrawn if undrawn[name] == why]) for why in undrawn.values()}
        yield [f"Not drawn, since {why}: {names}." for why, names in said.items()]


def _is_still(months: Sequence[MonthSummary]) -> bool:
    """Whether half and 90% of the frameworks keep the same share of the frontier from month to month."""
    bands = np.array([month.share_in[1:] for month in months])
    return bool((np.ptp(bands, axis=0) < STILL).all())


def _bargaining_table(summary: Summary) -> list[str]:
    """A table of how drafts and pledges came about: means over the runs that have them."""
    rows = []
    for name in BARGAINED:
        interval, spread, about = summary.measures[name]
        unit = f" ({about.unit})" if about.unit in ("weeks", "share") else ""  # other labels say what is counted
        rows.append(
            [f"  {about.label[0].lower()}{about.label[1:]}{unit}", interval_text(interval, about), f"{spread.runs:,}"]
        )
    return text_table(["How they bargained", "mean [95% interval]", "runs"], rows, "<<>")


def _lab_table(summary: Summary) -> list[str]:
    """A table of how often each lab joins and stays; only over all runs where no run adopts."""
    columns = {"of all runs": [lab.joined for lab in summary.labs.values()]}
    if summary.adopted:
        columns["of runs that adopt"] = [lab.joined_if_adopted for lab in summary.labs.values()]
        columns["still in at the horizon"] = [lab.in_at_horizon_if_adopted for lab in summary.labs.values()]
    labels = [f"  {lab.label}" for lab in summary.labs.values()]
    shares = [[share_text(interval) for interval in column] for column in columns.values()]
    return text_table(["Who joins [95% interval]", *columns], list(zip(labels, *shares, strict=True)))


def _precision_lines(summary: Summary) -> list[str]:
    """A warning where the share of adopted runs is less precise than was asked for."""
    if summary.precision is None or summary.outcomes["adopted"].half_width <= summary.precision:
        return []
    most = f"{summary.runs:,} runs are the most that were asked for"
    return [f"{most}; the interval is still wider than {100 * summary.precision:g} points to each side."]


def _spread_table(summary: Summary, title: str, names: Sequence[str]) -> list[str]:
    """A table of measures: median, 90% range and how many runs have it."""
    rows = []
    for name in names:
        _, spread, about = summary.measures[name]
        label = about.label.removeprefix("Review period ").removesuffix(" at announcement")
        unit = "" if about.unit == "days" else f" ({about.unit})"
        text = interval_text(Interval(spread.median, spread.p5, spread.p95), about)
        cells = text.removesuffix("]").split(" [") if spread.runs else ["-", "-"]
        rows.append([f"  {label[0].lower()}{label[1:]}{unit}", *cells, f"{spread.runs:,}"])
    return text_table([title, "median", "90% range", "runs"], rows, "<><>")


def _year_lines(summary: Summary) -> list[str]:
    """The year after an announcement beside the same year without a framework."""
    rows = [
        [
            f"  {year.about.label} ({year.about.unit})",
            *(or_dash(value_text(mean.mean, year.about)) for mean in (year.framework, year.without)),
            or_dash(interval_text(year.difference, year.about, signed=True)),
        ]
        for year in summary.ad_hoc.values()
    ]
    title = f"The year after, in the {summary.adopted:,} runs that adopt"
    head = [title, "framework", "ad hoc", "difference [95% interval]"]
    law = f"{summary.ad_hoc['mandate'].without.mean:.0%}"
    lines = [
        *text_table(head, rows, "<>><"),
        "  Ad hoc: the same luck without a framework. Agreements from before bring reviews all the same, and in "
        f"{law} of these runs a law.",
    ]
    if any(year.runs and math.isnan(year.difference.low) for year in summary.ad_hoc.values()):
        lines.append("  Where all differences are equal, or there is but one, no interval is given.")
    delay = summary.ad_hoc_without_law["delay_days"]
    lines += _cause_lines(summary)
    if delay.runs:
        change = interval_text(delay.difference, delay.about, signed=True)
        runs = counted(delay.runs, "run")
        lines.append(f"  Where no law comes in either ({runs}), the delay at home differs by {change} days.")
    return lines


def _cause_lines(summary: Summary) -> list[str]:
    """What the sign of the difference in the delay at home hangs on."""
    about, entries = ABOUT[FRICTION], summary.scenario.entries
    if not summary.hangs_on:
        return ["  These runs are too few to say what the difference in the delay at home hangs on."]
    rows = [
        [
            f"    {entries[path].label} ({path})",
            f"{cause.share:.0%}",
            *(interval_text(end, about, signed=True) for end in (cause.least, cause.most)),
        ]
        for path, cause in list(summary.hangs_on.items())[:MOST_CAUSES]
    ]
    head = [
        "  The difference in the delay at home hangs most on",
        "its variance",
        "where it is least",
        "where it is most",
    ]
    return text_table(head, rows, "<><<")
