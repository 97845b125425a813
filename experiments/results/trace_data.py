"""A trace as plain data."""

from typing import Any

from model.turns.table import Decision

from ..measures.intervals import finite
from .moves import moves
from .trace import Trace, date_of


def trace_data(trace: Trace) -> dict[str, Any]:
    """The trace as plain data that JSON can hold."""
    return {
        "scenario": trace.scenario.name,
        "run": trace.run.number,
        "seed": trace.seed,
        "outcome": trace.negotiation.outcome.name.lower() if trace.negotiation.outcome is not None else None,
        "joined": trace.negotiation.joined(),
        "parameters": dict(trace.run.values),
        "rounds": [
            {
                "week": week.week,
                "date": date_of(trace.scenario, week.week),
                "phase": "drafting" if week.drafting else "talks",
                "terms": week.terms._asdict(),
                "asks": {name: ask._asdict() for name, ask in week.asks.items()},
                "moves": {name: move._asdict() for name, move in moves(trace.run, trace.rounds, number).items()},
                "verdict": week.verdict._asdict() | {"draft": week.verdict.draft._asdict()} if week.verdict else None,
                "decisions": {name: _decision_data(decision) for name, decision in week.decisions.items()},
                "pledged": dict(week.pledged),
                "courted": dict(week.courted),
                "benchmark": dict(week.progress),
            }
            for number, week in enumerate(trace.rounds)
        ],
        "year": {
            "fate": trace.year.fate().name.lower(),
            "measures": {name: finite(value) for name, value in trace.year.measures()._asdict().items()},
            "releases": [release._asdict() for release in trace.year.log],
            "turns": [
                turn._asdict() | {"before": turn.before and turn.before._asdict(), "gain": turn.gain._asdict()}
                for turn in trace.year.turns
            ],
        },
        "decisive": [change._asdict() | {"outcome": change.outcome.name.lower()} for change in trace.decisive],
    }


def _decision_data(decision: Decision) -> dict[str, Any]:
    return {
        "gain": decision.gain._asdict(),
        "chance": decision.chance,
        "u": decision.u,
        "pledged": decision.is_in,
    }
