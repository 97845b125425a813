"""All randomness of the model.

Luck is drawn in blocks of `BLOCK` runs. Every stakeholder's every kind of decision has a stream of its own, and so
has every parameter with a distribution, each keyed by (seed, block, name): run k of seed s is the same negotiation
whatever else is run, and adding a stakeholder or a parameter moves nobody else's luck. Mesa draws nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from .scenario import Entry, Scenario

BLOCK = 1024  # runs; part of what a seed means, so never changed
PHASES = ("drafting", "talks", "year")
DECISIONS = {  # what each kind of stakeholder needs a uniform draw for, once a round of a phase
    "president": {"sign": "drafting"},
    "agency": {"work": "talks"},
    "lab": {
        **dict.fromkeys(("turn", "attend", "pledge"), "talks"),
        **dict.fromkeys(("order", "release", "moment", "capability", "hold", "length", "incident", "mull"), "year"),
    },
    "official": {},
}
CONGRESS = ("congress", "mandate")  # nobody at the table: whether a mandatory law comes, once a round of the year

type Luck = Mapping[tuple[str, str], list[float]]
"""Uniform draws of one run: (stakeholder, decision) -> one in [0, 1) for each round."""


def stream(seed: int, block: int, *name: str) -> np.random.Generator:
    """The generator of one named stream of one block."""
    digest = hashlib.sha256("/".join(name).encode()).digest()
    words = np.frombuffer(digest, dtype="<u4")[:4]
    return np.random.default_rng([seed, block, *words.tolist()])


def each_luck(
    kinds: Mapping[str, str], rounds: Mapping[str, int], seed: int, block: int
) -> Iterator[tuple[tuple[str, str], np.ndarray[Any, Any]]]:
    """Uniform draws for a block, one (stakeholder, decision) after another: an array (rounds of its phase, BLOCK) each.

    The first rounds are the same however many are drawn.
    """
    wanted = {(name, decision): phase for name, kind in kinds.items() for decision, phase in DECISIONS[kind].items()}
    for key, phase in {**wanted, CONGRESS: "year"}.items():
        yield key, stream(seed, block, "luck", *key).random((rounds[phase], BLOCK))


def draw_luck(
    kinds: Mapping[str, str], rounds: Mapping[str, int], seed: int, block: int
) -> dict[tuple[str, str], np.ndarray[Any, Any]]:
    """All of `each_luck` by (stakeholder, decision)."""
    return dict(each_luck(kinds, rounds, seed, block))


def luck_of(drawn: Mapping[tuple[str, str], np.ndarray[Any, Any]], run: int) -> Luck:
    """The luck of one run from that of its block."""
    return {key: array[:, run % BLOCK].tolist() for key, array in drawn.items()}


def draw_parameters(entries: Iterable[Entry], seed: int, block: int) -> dict[str, np.ndarray[Any, Any]]:
    """The parameters that have a distribution, drawn for a block: path -> array of shape (BLOCK,)."""
    return {
        entry.path: quantile(entry, stream(seed, block, "parameter", entry.path).random(BLOCK))
        for entry in entries
        if entry.distribution is not None
    }


def quantile(entry: Entry, u: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Quantiles of a parameter's distribution at probabilities `u`.

    Drawing by quantile keeps a run's place in the distribution when a scenario changes its ends.
    """
    assert entry.distribution is not None
    ((form, said),) = entry.distribution.items()
    if form == "choice":
        weights = np.cumsum(said["weights"])
        chosen = np.searchsorted(weights / weights[-1], u, side="right")
        return np.asarray(said["values"])[np.minimum(chosen, len(weights) - 1)]
    low, high = float(said["low"]), float(said["high"])
    match form:
        case "uniform":
            at = low + (high - low) * u
        case "triangular":
            at = _triangular(low, float(said["mode"]), high, u)
        case "normal":
            at = _truncated_normal(float(said["mean"]), float(said["sd"]), low, high, u)
        case _:
            from scipy.special import betaincinv

            at = low + (high - low) * betaincinv(said["a"], said["b"], u)
    return np.clip(at, low, high)


def _triangular(low: float, mode: float, high: float, u: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    rising = np.sqrt(u * (high - low) * (mode - low))
    falling = np.sqrt((1.0 - u) * (high - low) * (high - mode))
    return np.where(u * (high - low) < mode - low, low + rising, high - falling)


def _truncated_normal(mean: float, sd: float, low: float, high: float, u: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    from scipy.special import ndtr, ndtri

    below, above = ndtr((low - mean) / sd), ndtr((high - mean) / sd)
    return mean + sd * ndtri(below + u * (above - below))


def values_of(scenario: Scenario, drawn: Mapping[str, np.ndarray[Any, Any]], run: int) -> dict[str, Any]:
    """Every parameter's value in one run: path -> number or word."""
    values: dict[str, Any] = {path: entry.value for path, entry in scenario.entries.items()}
    for path, array in drawn.items():
        values[path] = array[run % BLOCK].item()
    return values
