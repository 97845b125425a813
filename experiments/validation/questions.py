"""The questions of the forecast and their answers: probabilities of options that exclude each other.

Arrays (draws, runs) say how much of each run (0..1) has no framework on the day of the forecast (`still_open`), and how
much comes to a framework after that day (`final`).
"""

import datetime
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from model.draws import Array

from ..measures.intervals import Interval
from .likelihood import misread
from .posterior import interval
from .talks import AUTUMN, Talks, chance_by

FINAL_BY = tuple(datetime.date.fromisoformat(day) for day in ("2026-08-01", "2026-08-08", "2026-09-01", "2026-12-31"))
NAMED = ("openai", "anthropic", "google", "microsoft", "amazon")  # as parties to the talks, on 2 July 2026
STAYED = 5  # labs that had agreements on tests, none of which was known to have left
ORDER_DAYS = 30
FRAMEWORK = "that a framework is declared final by the end of 2026"
YES_NO = ("yes", "no")
NEAR = 0.005  # what rounds to a limit in whole percent is at it


class Question(NamedTuple):
    """A question and the probability of each of its options, with a 90% interval over the posterior.

    Without an end that misreading sets: no option is recorded with certainty, nor with none.
    """

    text: str
    condition: str  # '' if there is none
    probabilities: dict[str, Interval]


def answer(parts: Mapping[str, Array], base: Array) -> dict[str, Interval]:
    """Probabilities of options that exclude each other, misread like the record.

    Parameters
    ----------
    parts : mapping of arrays (draws, runs)
        Option -> how much of each run it is true of.
    base : array (draws, runs)
        How much of each run the question applies to. A draw's weight is its sum.
    """
    weights = base.sum(axis=1)
    chances = {name: part.sum(axis=1) / np.maximum(weights, np.finfo(float).tiny) for name, part in parts.items()}
    least, most = misread(np.array([0.0, 1.0]), len(parts))
    return {
        name: interval(misread(chance, len(parts)), weights / weights.sum()).inside(least + NEAR, most - NEAR)
        for name, chance in chances.items()
    }


def yes_no(part: Array, base: Array) -> dict[str, Interval]:
    """`answer` for a question with two options."""
    return answer(dict(zip(YES_NO, (part, base - part), strict=True)), base)


def stay_chance() -> float:
    """The probability that a party to the talks stays in them: Laplace's rule after `STAYED` of as many."""
    return (STAYED + 1) / (STAYED + 2)


def timing(talks: Talks, starts: datetime.date, as_of: datetime.date) -> dict[str, Question]:
    """When the framework is declared final."""
    before = chance_by(as_of, talks.week, starts)
    return {
        f"declared_final_by_{day}": Question(
            f"Is the framework announced or declared final by the administration by {day}?",
            "",
            yes_no(chance_by(day, talks.week, starts) - before, 1.0 - before),
        )
        for day in FINAL_BY
    }


def review_days(talks: Talks, final: Array) -> dict[str, Question]:
    """How many days of review the framework asks for."""
    days = np.rint(talks.days)
    options = {
        "under_14": days < 14,
        "14_to_29": (days >= 14) & (days < ORDER_DAYS),
        "30": days == ORDER_DAYS,
        "over_30": days > ORDER_DAYS,
    }
    text = "How many days of review does the framework ask for when it is declared final?"
    probabilities = answer({name: final * is_true for name, is_true in options.items()}, final)
    return {"final_review_days": Question(text, FRAMEWORK, probabilities)}


def membership(talks: Talks, final: Array, labels: Mapping[str, str]) -> dict[str, Question]:
    """Which labs are in the framework; `labels` has the name of each lab, in the order of the talks' arrays."""
    questions = {}
    for column, (lab, label) in enumerate(labels.items()):
        stays = stay_chance() if lab in NAMED else 0.0
        inside = talks.joined[:, :, column] + (1.0 - talks.joined[:, :, column]) * stays
        text = f"Is {label} in the framework, or inside the talks, when it is declared final?"
        questions[f"joins_{lab}"] = Question(text, FRAMEWORK, yes_no(final * inside, final))
    return questions


def further_commitment(signing: Array, labs: int) -> dict[str, Question]:
    """How many labs sign a further commitment; `signing` has that number in each run (draws, runs)."""
    text = f"How many of the {labs} labs would sign a further, non-binding White House commitment by {AUTUMN}?"
    counts = {str(count): (signing == count).astype(float) for count in range(labs + 1)}
    probabilities = answer(counts, np.ones_like(signing, float))
    return {"further_commitment_count": Question(text, "that one is made", probabilities)}


def aftermath(talks: Talks, still_open: Array) -> dict[str, Question]:
    """What happens by `AUTUMN`."""
    events = {
        "a_lab_leaves": ("Does a lab that has joined leave", talks.leaves),
        "a_covered_release_reviewed": ("Is a covered release reviewed under the framework", talks.reviewed),
        "a_mandate": ("Does review become mandatory", talks.mandate),
    }
    return {
        f"{name}_by_{AUTUMN}": Question(f"{text} by {AUTUMN}?", "", yes_no(still_open * happens, still_open))
        for name, (text, happens) in events.items()
    }
