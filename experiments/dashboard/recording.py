"""One negotiation as the page shows it: every round of its trace as plain data, and the reasons as text."""

import math
from typing import Any

from model.rules.opting_in import total_gain
from model.scenario import Scenario
from model.turns.table import Decision

from ..figures.style import colour
from ..results.story import decisive_lines, ending_text, gain_parts, why_lines
from ..results.story_weeks import TURNS, terms_text, week_lines
from ..results.trace import Trace
from ..results.trace import trace as play
from ..results.words import counted

MOST_REASONS = 3  # to each side


def recorded(scenario: Scenario, run: int, seed: int) -> dict[str, Any]:
    """Run `run` of seed `seed`, played to its end."""
    trace = play(scenario, run, seed)
    rounds = [_round(trace, number) for number in range(len(trace.rounds))]
    pledged = trace.rounds[-1].pledged if trace.rounds else {}
    days = [ask for week in rounds for ask in (*week["asks"].values(), week["days"])]
    assert trace.negotiation.outcome is not None
    return {
        "voices": [
            {"name": name, "label": scenario.labels[name], "colour": colour(name), "lab": name in trace.run.case.labs}
            for name in trace.run.case.voices
        ],
        "outside": min(trace.run.case.labs, key=lambda name: pledged.get(name, False)),
        "top": 10.0 * math.ceil(max(days, default=1.0) / 10.0),
        "rounds": rounds,
        "outcome": trace.negotiation.outcome.name.lower(),
        "ending": ending_text(trace),
        "why": [*why_lines(trace)],
        "decisive": [*decisive_lines(trace)],
    }


def _round(trace: Trace, number: int) -> dict[str, Any]:
    """A week as it stood at its end."""
    week, case = trace.rounds[number], trace.run.case
    head, *lines = week_lines(trace, number)
    return {
        "head": head,
        "drafting": week.drafting,
        "days": week.terms.review_days,
        "terms": terms_text(week.terms),
        "asks": {name: ask.review_days for name, ask in week.asks.items()},
        "verdict": "" if week.verdict is None else "signed" if week.verdict.signed else "sent back",
        "pledged": f"{counted(week.labs_in, 'lab')} ({case.levers.quorum_labs} needed) "
        f"with {week.share_in:.0%} of the frontier ({case.levers.quorum_share:.0%} needed)",
        "labs": [_lab(trace, number, name) for name in case.labs],
        "lines": [line.strip() for line in lines],
    }


def _lab(trace: Trace, number: int, name: str) -> dict[str, Any]:
    """Where a lab stands at the end of a week, and why: the parts of the gain in its last answer."""
    pledged = trace.rounds[number].pledged[name]
    decided = [week for week in trace.rounds[: number + 1] if name in week.decisions]
    shown: dict[str, Any] = {"label": trace.scenario.labels[name], "colour": colour(name), "pledged": pledged}
    if not decided:
        return shown | {"decision": "has not taken the question up"}
    last = decided[-1]
    decision = last.decisions[name]
    when = "" if last.week == number else f" (week {last.week})"
    return shown | {
        "decision": f"{TURNS[decision.word_before, decision.word]}{when}",
        "gain": f"{total_gain(decision.gain):+.2f}",
        "chance": f"{decision.chance:.0%}",
        **dict(zip(("for", "against"), reasons(decision), strict=True)),
    }


def reasons(decision: Decision) -> tuple[str, str]:
    """The parts of a lab's gain that speak most for joining, and those that speak most against, the largest first."""
    parts = gain_parts(decision.gain)
    in_favour = [part for value, part in parts if value > 0.0]
    against = [part for value, part in parts if value < 0.0]
    return ", ".join(in_favour[:MOST_REASONS]) or "nothing", ", ".join(against[:MOST_REASONS]) or "nothing"
