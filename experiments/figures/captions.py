"""Captions of figures of runs."""

from typing import TYPE_CHECKING

from model.scenario import Scenario

from ..results.summary import Summary
from ..results.words import counted, spoken

if TYPE_CHECKING:
    from ..results.trace import Trace


MOST_NAMED = 100  # letters of a scenario and what was set on the command line
LONGEST_NAME = 60


def named(scenario: Scenario) -> str:
    """A scenario with what was set on the command line; with how much of it there is, if that would be long."""
    if len(scenario.called) <= MOST_NAMED:
        return scenario.called
    name = scenario.name
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME]}..."
    return f"{name} with {counted(len(scenario.settings), 'setting')}" if scenario.settings else name


def caption(summary: Summary, text: str) -> str:
    """What is seen, and of which runs."""
    runs = counted(summary.finished, "run")
    return f"{text}\nScenario {named(summary.scenario)}, {runs}, seed {summary.seed}."


def caption_of_run(trace: "Trace", text: str) -> str:
    """What is seen, and of which run."""
    outcome = trace.negotiation.outcome
    ending = "no outcome" if outcome is None else spoken(outcome.name.lower())
    return f"{text}\nScenario {named(trace.scenario)}, run {trace.run.number} of seed {trace.seed}. Ends: {ending}."
