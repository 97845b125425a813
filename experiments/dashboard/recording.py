"""One negotiation as the page shows it: every round of its trace as plain data, and the reasons in words."""

import math
from typing import Any

from model.rules.opting_in import total_gain
from model.scenario import Scenario
from model.turns.table import Decision

from ..figures.style import colour
from ..results.story import ENDINGS, WORDS, counted, decisive_told, terms, week_told, why_told
from ..results.trace import Trace
from ..results.trace import trace as play

MOST_REASONS = 3  # to each side
SLIGHT = 0.005  # release cycles; smaller parts of a gain are not told
REASONS = {  # the parts of a lab's gain
    "goodwill": "goodwill of the federal customer",
    "peers": "others have pledged",
    "mandate": "a law becomes less likely",
    "protection": "protection from ad-hoc holds",
    "precedent": "it has such agreements already",
    "stance": "its public stance",
    "side_deals": "side deals",
    "courting": "persuasion by officials",
    "delay": "delay by the review",
    "foreign_delay": "further delay abroad",
    "disclosure": "what it must disclose",
    "secrecy": "doubt about a secret threshold",
    "open_weights": "open weights cannot be called back",
}


def recorded(scenario: Scenario, run: int, seed: int) -> dict[str, Any]:
    """Run `run` of seed `seed`, played to its end."""
    trace = play(scenario, run, seed)
    rounds = [_round(trace, number) for number in range(len(trace.rounds))]
    days = [ask for its in rounds for ask in (*its["asks"].values(), its["days"])]
    assert trace.negotiation.outcome is not None
    return {
        "voices": [
            {"name": name, "label": scenario.labels[name], "colour": colour(name), "lab": name in trace.run.case.labs}
            for name in trace.run.case.voices
        ],
        "top": 10.0 * math.ceil(max(days, default=1.0) / 10.0),
        "rounds": rounds,
        "outcome": trace.negotiation.outcome.name.lower(),
        "ending": ENDINGS[trace.negotiation.outcome],
        "why": [*why_told(trace)],
        "decisive": [*decisive_told(trace)],
    }


def _round(trace: Trace, number: int) -> dict[str, Any]:
    """A week as it stood at its end."""
    week, case = trace.rounds[number], trace.run.case
    head, *lines = week_told(trace, number, week)
    return {
        "head": head,
        "drafting": week.drafting,
        "days": week.terms.review_days,
        "terms": terms(week.terms),
        "asks": {name: ask.review_days for name, ask in week.asks.items()},
        "verdict": "" if week.verdict is None else "signed" if week.verdict.signed else "sent back",
        "pledged": f"{counted(week.labs_in, 'lab')} ({case.levers.quorum_labs} needed) "
        f"with {week.share_in:.0%} of the frontier ({case.levers.quorum_share:.0%} needed)",
        "labs": [_lab(trace, number, name) for name in case.labs],
        "lines": [line.strip() for line in lines],
    }


def _lab(trace: Trace, number: int, name: str) -> dict[str, Any]:
    """Where a lab stands at the end of a week, and why: the parts of the gain in its last decision."""
    pledged = trace.rounds[number].pledged[name]
    decided = [week for week in trace.rounds[: number + 1] if name in week.decisions]
    its: dict[str, Any] = {"label": trace.scenario.labels[name], "colour": colour(name), "pledged": pledged}
    if not decided:
        return its | {"said": "has not taken the question up"}
    last = decided[-1]
    before = trace.rounds[last.week - 1].pledged[name] if last.week else False
    decision = last.decisions[name]
    when = "" if last.week == number else f" (week {last.week})"
    return its | {
        "said": f"{WORDS[before, decision.is_in]}{when}",
        "gain": f"{total_gain(decision.gain):+.2f}",
        "chance": f"{decision.chance:.0%}",
        **dict(zip(("for", "against"), reasons(decision), strict=True)),
    }


def reasons(decision: Decision) -> tuple[str, str]:
    """What speaks most for joining in a lab's decision and what against, the largest first."""
    parts = sorted(decision.gain._asdict().items(), key=lambda part: -abs(part[1]))
    told = [(value, f"{REASONS[part]} {value:+.2f}") for part, value in parts if abs(value) >= SLIGHT]
    speak_for = [words for value, words in told if value > 0.0]
    speak_against = [words for value, words in told if value < 0.0]
    return ", ".join(speak_for[:MOST_REASONS]) or "nothing", ", ".join(speak_against[:MOST_REASONS]) or "nothing"
