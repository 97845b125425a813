"""A trace as plain data."""

from enum import IntEnum
from typing import Any

from ..measures.intervals import finite
from .trace import Trace, date_of


def trace_data(trace: Trace) -> dict[str, Any]:
    """The trace as plain data that JSON can hold.

    ``rounds`` has a week each: what stood at its end, and in ``events`` all that happened in it, in its order, each
    with its ``kind`` (writing, stall, verdict, offer, courting, bill, decision, extension) and the fields of its record
    in `model.turns`.
    """
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
                "events": [{"kind": type(entry).__name__.lower(), **plain_data(entry)} for entry in week.log],
                "terms": week.terms._asdict(),
                "asks": {name: ask._asdict() for name, ask in week.asks.items()},
                "words": {name: plain_data(word) for name, word in week.words.items()},
                "pledged": dict(week.pledged),
                "labs_in": week.labs_in,
                "share_in": week.share_in,
                "courted": dict(week.courted),
                "capital": dict(week.capital),
                "news": week.news,
                "law": plain_data(week.stage),
                "benchmark": dict(week.progress),
            }
            for week in trace.rounds
        ],
        "year": {
            "fate": trace.year.fate().name.lower(),
            "measures": {name: finite(value) for name, value in trace.year.measures()._asdict().items()},
            "releases": [plain_data(release) for release in trace.year.log],
            "turns": [plain_data(turn) for turn in trace.year.turns],
        },
        "decisive": [plain_data(change) for change in trace.decisive],
    }


def plain_data(value: Any) -> Any:
    """A record as a mapping, its records too, and codes as their names in small letters."""
    if isinstance(value, IntEnum):
        return value.name.lower()
    if hasattr(value, "_asdict"):
        return {name: plain_data(part) for name, part in value._asdict().items()}
    return value
