"""The talks of 2026, played by draws from the posterior and read by the calendar."""

import concurrent.futures
import datetime
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from model.draws import Array
from model.ensemble import Results
from model.rules.records import Lasting, Negotiated, Operating
from model.rules.talks import ROUND_DAYS

from .episodes import Episode, play_block

RUNS = 512  # of each reading with each draw: the error of a draw's chance is at most 0.016
AUTUMN, SUMMER = datetime.date(2026, 10, 1), datetime.date(2027, 6, 30)


class Talks(NamedTuple):
    """The talks as played: arrays (draws, runs), or (draws, runs, labs) for who ``joined``.

    ``week``, ``days``, ``foreign_lag_days`` and ``open_weights`` (a share) are NaN where no framework comes.
    ``leaves``, ``reviewed`` and ``mandate`` say whether by `AUTUMN` a lab leaves, a covered release is reviewed or a
    law comes. ``year`` has by name what happens from the day of the forecast to `SUMMER`, with the framework where
    there is one: the fields of `Lasting` and `Operating`.
    """

    week: Array
    days: Array
    foreign_lag_days: Array
    open_weights: Array
    joined: Array
    leaves: Array
    reviewed: Array
    mandate: Array
    year: dict[str, Array]


def play_talks(episode: Episode, theta: Array, as_of: datetime.date, workers: int) -> Talks:
    """Play a reading `RUNS` times with each draw, each three times: to `SUMMER`, to `AUTUMN`, and without a framework.

    The episode's own horizon must reach from the day of the forecast to `SUMMER`.
    """
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        played = pool.map(partial(_play_block, episode, as_of), repeated(theta), range(len(theta)))
        blocks = list(tqdm(played, total=len(theta), unit=" draws", desc="talks", disable=None, leave=False))
    return joined_together(blocks, np.stack)


def joined_together(parts: Sequence[Talks], join: Callable[[list[Array]], Array]) -> Talks:
    """Talks whose every array comes from those of several."""

    def of(columns: tuple[Any, ...]) -> Any:
        if isinstance(columns[0], dict):
            return {name: join([column[name] for column in columns]) for name in columns[0]}
        return join(list(columns))

    return Talks(*map(of, zip(*parts, strict=True)))


def repeated(theta: Array) -> Iterator[Array]:
    """Each draw as `RUNS` equal rows, a block of luck for each."""
    return (np.repeat(row[None], RUNS, axis=0) for row in theta)


def _play_block(episode: Episode, as_of: datetime.date, theta: Array, block: int) -> Talks:
    def play(days: Array | float) -> Results:
        return play_block(episode, theta, block, {"relations.horizon_days": np.broadcast_to(days, len(theta)) * 1.0})

    year = play((SUMMER - as_of).days)
    negotiated = dict(zip(Negotiated._fields, year.negotiated.T, strict=True))
    week = negotiated["announcement_week"]
    weeks = weeks_to_autumn(week, episode.scenario.starts)
    autumn = _measured(play(ROUND_DAYS * np.maximum(weeks, 1.0)))
    no_framework = play((AUTUMN - as_of).days)
    return Talks(
        week=week,
        days=negotiated["review_days"],
        foreign_lag_days=negotiated["foreign_lag_days"],
        open_weights=negotiated["open_weights"],
        joined=year.joined,
        leaves=(autumn["leavings"] > 0) & (weeks > 0),
        reviewed=(autumn["reviews_done"] > 0) & (weeks > 0),
        mandate=no_framework.ad_hoc[:, Operating._fields.index("mandate")] > 0,
        year=_measured(year),
    )


def _measured(results: Results) -> dict[str, Array]:
    """What the year brings, by name."""
    names = (*Lasting._fields, *Operating._fields)
    return dict(zip(names, np.hstack([results.lasting, results.operating]).T, strict=True))


def weeks_to_autumn(week: Array, starts: datetime.date) -> Array:
    """Whole weeks from the end of a week of the talks to `AUTUMN` (>= 0; 0 where there is no week)."""
    weeks = np.floor(((AUTUMN - starts).days - ROUND_DAYS * (week + 1)) / ROUND_DAYS)
    return np.nan_to_num(np.maximum(weeks, 0.0))


def chance_by(day: datetime.date, week: Array, starts: datetime.date) -> Array:
    """The probability that an event in a week of the talks has happened by the end of a day; 0 without a week."""
    return np.nan_to_num(np.clip(((day - starts).days - ROUND_DAYS * week) / ROUND_DAYS, 0.0, 1.0))
