"""The posterior predictive check: statistics of the record beside those of replications by the fitted model."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array, stream

from .episodes import Outcomes, joined, play_episodes
from .posterior import LEVEL, quantiles
from .record import ORDER, Record

TIMES = 20  # times that each draw of the posterior plays every episode


class Statistic(NamedTuple):
    """One statistic of the record: observed, and replicated by the fitted model under fresh luck.

    ``low`` and ``high`` hold 90% of the replications, ``tail`` is the smaller share of them at or beyond the observed
    value.
    """

    name: str
    observed: float
    mean: float
    low: float
    high: float
    tail: float

    @property
    def is_typical(self) -> bool:
        """Whether the observed value lies within 90% of the replications."""
        return self.tail >= (1 - LEVEL) / 2

    def data(self) -> dict[str, Any]:
        """The statistic as plain data that JSON can hold."""
        return {"name": self.name, "seen": self.observed, **dict(zip(self._fields[2:], self[2:], strict=True))}


def play_again(paths: Sequence[str], record: Record, theta: Array, seed: int, workers: int) -> Outcomes:
    """Every episode of a record, played by the engine with draws from the posterior under fresh luck."""
    fresh = int(stream(seed, 0, "replications").integers(2**62))
    return play_episodes(record.regimes, record.labs, paths, theta, TIMES, fresh, workers)


def beside_record(record: Record, outcomes: Outcomes) -> list[Statistic]:
    """Each statistic of the record beside its replications."""
    observed = statistics(record, record.joined, record.order)
    return [_statistic(name, observed[name], values) for name, values in replications(record, outcomes).items()]


def replications(record: Record, outcomes: Outcomes) -> Mapping[str, Array]:
    """The statistics of each time that the episodes were played."""
    sets = joined(outcomes.signed, len(record.labs)).reshape(-1, len(record.regimes), len(record.labs))
    return statistics(record, sets, outcomes.order.reshape(-1, len(ORDER)))


def statistics(record: Record, decisions: Array, order: Array | None) -> dict[str, Any]:
    """How many labs joined each regime, how many regimes each lab joined, and the outcome of the May draft.

    In the simplest model of who joins what, an effect of the lab plus one of the regime on the log odds, these margins
    hold all information in the record (Rasch 1960).
    """
    counted = np.where(record.asked, decisions, 0.0)
    values = {f"labs in {name}": counted[..., row, :].sum(axis=-1) for row, name in enumerate(record.regimes)}
    for column, lab in enumerate(record.labs):
        values[f"regimes that {lab} joined"] = counted[..., column].sum(axis=-1)
    if order is not None:
        values |= {f"order: {name}": order[..., column] for column, name in enumerate(ORDER)}
    return values


def _statistic(name: str, observed: float, values: Array) -> Statistic:
    known = values[~np.isnan(values)]
    low, high = quantiles(known, np.full(len(known), 1.0 / len(known)), ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Statistic(
        name=name,
        observed=float(observed),
        mean=float(known.mean()),
        low=low,
        high=high,
        tail=min(float((known <= observed).mean()), float((known >= observed).mean())),
    )
