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
from .talks import AUTUMN, SUMMER, Talks, chance_by

FINAL_BY = tuple(datetime.date.fromisoformat(day) for day in ("2026-08-01", "2026-08-08", "2026-09-01", "2026-12-31"))
NAMED = ("openai", "anthropic", "google", "microsoft", "amazon")  # as parties to the talks, on 2 July 2026
STAYED = 5  # labs that had agreements on tests, none of which was known to have left
ORDER_DAYS = 30
FRAMEWORK = "that a framework is declared final by the end of 2026"
YES_NO = ("yes", "no")
HELD = {"0": 0, "1_to_2": 1, "3_to_5": 3, "6_or_more": 6}  # option -> the least number of it
RELEASED = {"under_20": 0, "20_to_24": 20, "25_to_29": 25, "30_or_more": 30}
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
        for day in (*FINAL_BY, SUMMER)
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


# ---------------------------------------------------------------- further questions of the second attempt


def further(talks: Talks, final: Array, still_open: Array) -> dict[str, Question]:
    """What was not asked at first: more about the terms, who is in, and what happens by `SUMMER`."""
    return {
        **_terms(talks, final),
        **_labs_in(talks, final),
        **_framework(talks, still_open),
        **_year(talks, still_open),
    }


def _terms(talks: Talks, final: Array) -> dict[str, Question]:
    """What the framework asks for; a share of open weights of a half or more reads as 'covered'."""
    parts = {
        "final_review_at_least_21_days": (
            "Does the framework ask for at least 21 days of review when it is declared final?",
            np.rint(talks.days) >= 21,
        ),
        "open_weights_covered": (
            "Does the framework cover models whose weights are published as it covers others?",
            talks.open_weights >= 0.5,
        ),
        "later_abroad_by_the_framework": (
            "Does the framework have covered models come out later abroad than in the United States?",
            np.rint(talks.foreign_lag_days) >= 1,
        ),
    }
    return {name: Question(text, FRAMEWORK, yes_no(final * is_true, final)) for name, (text, is_true) in parts.items()}


def _labs_in(talks: Talks, final: Array) -> dict[str, Question]:
    """How many labs are in the framework when it is declared final, and at the end."""
    labs = talks.joined.shape[2]
    at_first, at_last = talks.joined.sum(axis=2), talks.year["labs_at_horizon"]
    no_law = final * (talks.year["mandate"] == 0)
    return {
        "labs_in_when_final": Question(
            f"How many of the {labs} labs are in the framework when it is declared final?",
            FRAMEWORK,
            _counts(at_first, final, labs),
        ),
        f"labs_in_on_{SUMMER}": Question(
            f"How many of the {labs} labs are in the framework on {SUMMER}?",
            f"{FRAMEWORK}, and no law has taken its place",
            _counts(at_last, no_law, labs),
        ),
    }


def _counts(numbers: Array, base: Array, labs: int) -> dict[str, Interval]:
    return answer({str(count): base * (np.rint(numbers) == count) for count in range(labs + 1)}, base)


def _framework(talks: Talks, still_open: Array) -> dict[str, Question]:
    """What a framework, if one comes, sees by `SUMMER`."""
    there = ~np.isnan(talks.week)
    events = {
        "a_lab_leaves": ("Does a lab that has joined leave", "leavings"),
        "a_lab_joins_later": ("Does a lab join after the framework was declared final", "late_joinings"),
        "a_covered_release_reviewed": ("Is a covered release reviewed under the framework", "reviews_done"),
        "a_designation_contested": ("Does a lab contest that a model of it is covered", "contests"),
    }
    return {
        f"{name}_by_{SUMMER}": Question(
            f"{text} by {SUMMER}?", "", yes_no(still_open * (there & (talks.year[measure] > 0)), still_open)
        )
        for name, (text, measure) in events.items()
    }


def _year(talks: Talks, still_open: Array) -> dict[str, Question]:
    """What happens by `SUMMER`, with a framework or without."""
    year = talks.year
    behind_days = np.nan_to_num(year["behind_home_days"]) * year["releases"]
    events = {
        "a_reviewed_model_held": ("Is a model held that has been reviewed", year["reholds"] > 0),
        "an_incident": ("Is there an incident", year["incidents"] > 0),
        "a_release_a_week_later_abroad": ("Does a release come at least a week later abroad", behind_days >= 7),
        "a_mandate": ("Does review become mandatory", year["mandate"] > 0),
    }
    counts = {
        "holds": ("How many flagship models are held ad hoc", year["holds"], HELD),
        "flagship_releases": ("How many flagship models do the seven labs release", year["releases"], RELEASED),
    }
    return {
        **{
            f"{name}_by_{SUMMER}": Question(f"{text} by {SUMMER}?", "", _binned(numbers, still_open, least))
            for name, (text, numbers, least) in counts.items()
        },
        **{
            f"{name}_by_{SUMMER}": Question(f"{text} by {SUMMER}?", "", yes_no(still_open * is_true, still_open))
            for name, (text, is_true) in events.items()
        },
    }


def _binned(numbers: Array, base: Array, least: Mapping[str, int]) -> dict[str, Interval]:
    """The chances of groups of numbers, each from its least one to the next group's."""
    group = np.searchsorted(list(least.values()), numbers, side="right") - 1
    return answer({name: base * (group == index) for index, name in enumerate(least)}, base)
