"""The first page of a report in words: its heading, what the answer hangs on, and where to ask on."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from model.problems import listed
from model.scenario import SHIPPED, Scenario

from ..analysis.drivers import Drivers, day, drivers_in, shipped_drivers
from ..results.summary import Summary
from ..results.words import share_text
from .content import Result


class Heading(NamedTuple):
    """What its author says above a report; the title follows from the results where None is given."""

    title: str | None = None
    author: str | None = None
    note: str | None = None


class HangsOn(NamedTuple):
    """What the answer hangs on: ``other`` says of which scenario that is not known, ``command`` how to find out."""

    drivers: Drivers
    other: str
    command: str


class Why(NamedTuple):
    """The lab that stays out most often, in a sentence, and the command that says why."""

    sentence: str
    command: str


def title(results: Sequence[Result]) -> str:
    """The title of a report of these results."""
    first, *others = [result.title for result in results]
    if not others:
        return first
    second = others[0] if len(others) == 1 else f"{len(others)} others"
    return f"{first}, beside {second}"


def byline(results: Sequence[Result], author: str | None) -> str:
    """Who wrote the report, and when the last of its results were made; the clock has no say in a page."""
    date = day(max(result.manifest["written"] for result in results))
    return f"{author}, results of {date}" if author else f"Results of {date}"


def hangs_on(results: Sequence[Result]) -> HangsOn:
    """What adoption hangs on: by an analysis of the first scenario among these results, else by the one that ships."""
    scenario = results[0].plan.scenario
    found = (drivers_in(result.store, result.findings.finding) for result in results)
    drivers = next((one for one in found if one and one.is_of(scenario)), shipped_drivers())
    others = [result.name for result in results if not drivers.is_of(result.plan.scenario)]
    if not others:
        return HangsOn(drivers, "", "")
    other = f"It is made from {drivers.scenario}, not from {listed(others)}, where other unknowns may matter more."
    return HangsOn(drivers, other, "" if drivers.is_of(scenario) else typed("sensitivity", scenario))


def why(result: Result) -> Why | None:
    """The question why a lab stays out; None where no run adopts, where all labs join, and for other findings."""
    summary = result.findings.finding
    if not isinstance(summary, Summary) or not summary.adopted:
        return None
    name, lab = min(summary.labs.items(), key=lambda item: item[1].joined_if_adopted.mean)
    if lab.joined_if_adopted.mean == 1.0:
        return None
    sentence = f"{lab.label} joins least often, in {share_text(lab.joined_if_adopted)} of the runs that adopt. Why?"
    return Why(sentence, typed("why", result.plan.scenario, "--lab", name))


def typed(command: str, scenario: Scenario, *words: str) -> str:
    """A command on a scenario as a user types it; shipped files have the same name in every folder."""
    file = Path(scenario.files[0])
    name = file.relative_to(SHIPPED.parent) if file.is_relative_to(SHIPPED) else file
    settings = [word for setting in scenario.settings for word in ("--set", setting)]
    return shlex.join(["optin", command, name.as_posix(), *words, *settings])
