"""A dated forecast of the talks of 2026, from the fitted model and what was known on the day.

Draws from the posterior play the talks from the order of 2 June on. Runs in which a framework has been announced
before the day of the forecast are left out, and draws that bring that about more often count less. Within a week of
the talks every day is as likely as any other; the model has no days.

Two readings of the talks count alike: that the terms of the order are bargained over (`june-order`), and that they are
to be taken or left (`fixed-terms`). Where one side wants 14 days and the other 90, no other length than the order's 30
suits both better (Tsebelis 2002: the winset of 30 is 30 alone), while the compromise of everybody's ideals lies below;
nothing known on the day tells which holds.

A lab counts as joining if it is in the framework, or inside the talks when that is declared final. The model says how
likely the first is. For the second it has no mechanism: firms named as parties to the talks are taken to stay in them
with the probability that Laplace's rule gives after five labs had agreements on tests and none was known to have left.
A mandate is asked of the ad-hoc world, since the weeks of talks have no law in the model.

What is forecast is how the outcome will be read, and entries of the record are taken to be misread with a probability
of 5%; so are these. Intervals hold 90% of the posterior draws: they say how much the fitted traits and weights matter,
not how wrong the model may be.
"""

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from model.draws import BLOCK, Array, stream
from model.ensemble import Results
from model.rules.records import Lasting, Negotiated, Operating
from model.rules.talks import ROUND_DAYS
from model.scenario import SHIPPED, load

from .. import KNOWN_UP_TO
from ..measures.intervals import Interval
from .episodes import Episode, episode, play_block
from .likelihood import misread
from .posterior import Table, interval, resampled
from .record import REGIMES

LAST_DAY = datetime.date.fromisoformat(KNOWN_UP_TO)
READINGS = ("june-order", "fixed-terms")
FURTHER = "further-commitment"
FINAL_BY = tuple(datetime.date.fromisoformat(day) for day in ("2026-08-01", "2026-08-08", "2026-09-01", "2026-12-31"))
AUTUMN = datetime.date(2026, 10, 1)
NAMED = ("openai", "anthropic", "google", "microsoft", "amazon")  # as parties to the talks, on 2 July 2026
STAYED = 5
ORDER_DAYS = 30
KEPT = 200  # draws from the posterior at most, each of which plays each reading for a block
FEWEST_BEHIND = 16  # draws from the priors behind each of them
YES_NO = ("yes", "no")


class Question(NamedTuple):
    """A question and the probability of each of its options, with a 90% interval over the posterior."""

    text: str
    needs: str  # what it is conditional on, '' if nothing
    probabilities: dict[str, Interval]


class Talks(NamedTuple):
    """The talks as played: arrays (draws, runs), or (draws, runs, labs) for who ``joined``.

    ``week`` and ``days`` are NaN where no framework comes. ``left``, ``reviewed`` and ``mandate`` say whether a lab has
    left, a covered release been reviewed or a law come by `AUTUMN`.
    """

    week: Array
    days: Array
    joined: Array
    left: Array
    reviewed: Array
    mandate: Array


# ---------------------------------------------------------------- talks


def weeks_left(week: Array, starts: datetime.date) -> Array:
    """Whole weeks from the end of a week of the talks to `AUTUMN` (>= 0; 0 where there is no week)."""
    left = np.floor(((AUTUMN - starts).days - ROUND_DAYS * (week + 1)) / ROUND_DAYS)
    return np.nan_to_num(np.maximum(left, 0.0))


def play_talks(its: Episode, theta: Array) -> Talks:
    """Play a reading for a block with each draw; twice, since the second horizon follows from the first's week."""
    played = [_in_block(its, np.repeat(row[None], BLOCK, axis=0), block) for block, row in enumerate(_shown(theta))]
    return Talks(*(np.stack(column) for column in zip(*played, strict=True)))


def _shown(theta: Array) -> Any:
    """The draws, with progress shown."""
    return tqdm(theta, unit=" draws", desc="talks", disable=None, leave=False)


def _in_block(its: Episode, theta: Array, block: int) -> tuple[Array, ...]:
    first = play_block(its, theta, block)
    week = _negotiated(first, "announcement_week")
    left = weeks_left(week, its.scenario.starts)
    second = play_block(its, theta, block, {"relations.horizon_days": ROUND_DAYS * np.maximum(left, 1.0)})
    leavings = second.lasting[:, Lasting._fields.index("leavings")]
    reviews = second.operating[:, Operating._fields.index("reviews_done")]
    law = first.ad_hoc[:, Operating._fields.index("mandate")]
    return (
        week,
        _negotiated(first, "review_days"),
        first.joined,
        (leavings > 0) & (left > 0),
        (reviews > 0) & (left > 0),
        law > 0,
    )


def _negotiated(results: Results, name: str) -> Array:
    return np.asarray(results.negotiated[:, Negotiated._fields.index(name)])


# ---------------------------------------------------------------- answers


def by(day: datetime.date, week: Array, starts: datetime.date) -> Array:
    """The probability that what happens in a week of the talks has happened by the end of a day; 0 without a week."""
    return np.nan_to_num(np.clip(((day - starts).days - ROUND_DAYS * week) / ROUND_DAYS, 0.0, 1.0))


def answer(parts: Mapping[str, Array], base: Array) -> dict[str, Interval]:
    """Probabilities of options that exclude each other, misread like the record.

    Parameters
    ----------
    parts : mapping of arrays (draws, runs)
        Option -> how much of each run it is true of.
    base : array (draws, runs)
        How much of each run the question is asked of. A draw counts as much as it has of that.
    """
    asked = base.sum(axis=1)
    chances = {name: its.sum(axis=1) / np.maximum(asked, np.finfo(float).tiny) for name, its in parts.items()}
    return {name: interval(misread(its, len(parts)), asked / asked.sum()) for name, its in chances.items()}


def yes_no(part: Array, base: Array) -> dict[str, Interval]:
    """`answer` for a question with two options."""
    return answer(dict(zip(YES_NO, (part, base - part), strict=True)), base)


def staying() -> float:
    """The probability that a party to the talks stays in them: Laplace's rule after `STAYED` of as many."""
    return (STAYED + 1) / (STAYED + 2)


def forecast(table: Table, weights: Array, as_of: datetime.date = LAST_DAY) -> dict[str, Question]:
    """Every question and its probabilities, as of a day, from a posterior."""
    theta = table.theta[resampled(table, weights, min(KEPT, len(weights) // FEWEST_BEHIND))]
    horizon = f"relations.horizon_days={(AUTUMN - as_of).days}"
    readings = [load(SHIPPED / f"{name}.yaml", [horizon]) for name in READINGS]
    starts = readings[0].starts
    seed = int(stream(table.seed, 0, "forecast").integers(2**62))
    both = [play_talks(episode(its, table.paths, table.labs, seed), theta) for its in readings]
    talks = Talks(*(np.concatenate(pair, axis=1) for pair in zip(*both, strict=True)))
    further = episode(load(REGIMES / f"{FURTHER}.yaml"), table.paths, table.labs, seed)
    signing = [
        play_block(further, np.repeat(row[None], BLOCK, axis=0), block).joined.sum(axis=1)
        for block, row in enumerate(theta)
    ]
    return {
        **_when(talks, starts, as_of),
        **_in_what_form(talks, starts, as_of),
        **_with_whom(talks, {lab: table.priors.labels[lab] for lab in table.labs}, starts, as_of),
        "further_commitment_count": _further(np.stack(signing), len(table.labs)),
        **_afterwards(talks, starts, as_of),
    }


def _open(talks: Talks, starts: datetime.date, as_of: datetime.date) -> Array:
    """How much of each run has no framework on the day of the forecast."""
    return 1.0 - by(as_of, talks.week, starts)


def _final(talks: Talks, starts: datetime.date, as_of: datetime.date) -> Array:
    """How much of each run comes to a framework after the day of the forecast."""
    return np.where(np.isnan(talks.week), 0.0, _open(talks, starts, as_of))


def _when(talks: Talks, starts: datetime.date, as_of: datetime.date) -> dict[str, Question]:
    open_yet, before = _open(talks, starts, as_of), by(as_of, talks.week, starts)
    return {
        f"declared_final_by_{day}": Question(
            f"Is the framework announced or declared final by the administration by {day}?",
            "",
            yes_no(by(day, talks.week, starts) - before, open_yet),
        )
        for day in FINAL_BY
    }


def _in_what_form(talks: Talks, starts: datetime.date, as_of: datetime.date) -> dict[str, Question]:
    final, days = _final(talks, starts, as_of), np.rint(talks.days)
    options = {
        "under_14": days < 14,
        "14_to_29": (days >= 14) & (days < ORDER_DAYS),
        "30": days == ORDER_DAYS,
        "over_30": days > ORDER_DAYS,
    }
    text = "How many days of review does the framework ask for when it is declared final?"
    return {
        "final_review_days": Question(
            text, FRAMEWORK, answer({name: final * its for name, its in options.items()}, final)
        )
    }


def _with_whom(
    talks: Talks, labels: Mapping[str, str], starts: datetime.date, as_of: datetime.date
) -> dict[str, Question]:
    final = _final(talks, starts, as_of)
    questions = {}
    for place, (lab, label) in enumerate(labels.items()):
        stays = staying() if lab in NAMED else 0.0
        inside = talks.joined[:, :, place] + (1.0 - talks.joined[:, :, place]) * stays
        text = f"Is {label} in the framework, or inside the talks, when it is declared final?"
        questions[f"joins_{lab}"] = Question(text, FRAMEWORK, yes_no(final * inside, final))
    return questions


FRAMEWORK = "that a framework is declared final by the end of 2026"


def _further(signing: Array, labs: int) -> Question:
    text = f"How many of the {labs} labs would sign a further, non-binding White House commitment by {AUTUMN}?"
    counts = {str(count): (signing == count).astype(float) for count in range(labs + 1)}
    return Question(text, "that one is made", answer(counts, np.ones_like(signing, float)))


def _afterwards(talks: Talks, starts: datetime.date, as_of: datetime.date) -> dict[str, Question]:
    open_yet = _open(talks, starts, as_of)
    asked = {
        f"a_lab_leaves_by_{AUTUMN}": ("Does a lab that has joined leave", talks.left),
        f"a_covered_release_reviewed_by_{AUTUMN}": (
            "Is a covered release reviewed under the framework",
            talks.reviewed,
        ),
        f"a_mandate_by_{AUTUMN}": ("Does review become mandatory", talks.mandate),
    }
    return {
        name: Question(f"{text} by {AUTUMN}?", "", yes_no(open_yet * its, open_yet))
        for name, (text, its) in asked.items()
    }
