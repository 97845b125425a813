"""The talks of 2026, played by draws from the posterior and read by the calendar."""

import datetime
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from model.draws import BLOCK, Array
from model.ensemble import Results
from model.rules.records import Lasting, Negotiated, Operating
from model.rules.talks import ROUND_DAYS

from .episodes import Episode, play_block

AUTUMN = datetime.date(2026, 10, 1)


class Talks(NamedTuple):
    """The talks as played: arrays (draws, runs), or (draws, runs, labs) for who ``joined``.

    ``week`` and ``days`` are NaN where no framework comes. ``leaves``, ``reviewed`` and ``mandate`` say whether by
    `AUTUMN` a lab leaves, a covered release is reviewed or a law comes.
    """

    week: Array
    days: Array
    joined: Array
    leaves: Array
    reviewed: Array
    mandate: Array


def play_talks(episode: Episode, theta: Array) -> Talks:
    """Play a reading for a block with each draw; twice, since the second horizon follows from the first's week."""
    draws = tqdm(repeated(theta), total=len(theta), unit=" draws", desc="talks", disable=None, leave=False)
    blocks = [_play_block(episode, rows, block) for block, rows in enumerate(draws)]
    return Talks(*(np.stack(column) for column in zip(*blocks, strict=True)))


def repeated(theta: Array) -> Iterator[Array]:
    """Each draw as a block of equal rows."""
    return (np.repeat(row[None], BLOCK, axis=0) for row in theta)


def _play_block(episode: Episode, theta: Array, block: int) -> Talks:
    first = play_block(episode, theta, block)
    week = _negotiated(first, "announcement_week")
    weeks = weeks_to_autumn(week, episode.scenario.starts)
    second = play_block(episode, theta, block, {"relations.horizon_days": ROUND_DAYS * np.maximum(weeks, 1.0)})
    leavings = second.lasting[:, Lasting._fields.index("leavings")]
    reviews = second.operating[:, Operating._fields.index("reviews_done")]
    return Talks(
        week=week,
        days=_negotiated(first, "review_days"),
        joined=first.joined,
        leaves=(leavings > 0) & (weeks > 0),
        reviewed=(reviews > 0) & (weeks > 0),
        mandate=first.ad_hoc[:, Operating._fields.index("mandate")] > 0,
    )


def _negotiated(results: Results, name: str) -> Array:
    return np.asarray(results.negotiated[:, Negotiated._fields.index(name)])


def weeks_to_autumn(week: Array, starts: datetime.date) -> Array:
    """Whole weeks from the end of a week of the talks to `AUTUMN` (>= 0; 0 where there is no week)."""
    weeks = np.floor(((AUTUMN - starts).days - ROUND_DAYS * (week + 1)) / ROUND_DAYS)
    return np.nan_to_num(np.maximum(weeks, 0.0))


def chance_by(day: datetime.date, week: Array, starts: datetime.date) -> Array:
    """The probability that an event in a week of the talks has happened by the end of a day; 0 without a week."""
    return np.nan_to_num(np.clip(((day - starts).days - ROUND_DAYS * week) / ROUND_DAYS, 0.0, 1.0))
