"""All randomness of the model.

Luck is drawn in blocks of `BLOCK` runs. Every stakeholder's every kind of decision has a stream of its own, and so
has every parameter with a distribution, each keyed by (seed, block, name): run k of seed s is the same negotiation
whatever else is run, and adding a stakeholder or a parameter moves nobody else's luck. Mesa draws nothing.
"""

import hashlib
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .scenario import Entry, Scenario

BLOCK = 1024  # runs; part of what a seed means, so never changed
DECISIONS = {  # what each kind of stakeholder needs a uniform draw for, once a round of a phase
    "president": {"sign": "drafting"},
    "agency": {"work": "talks"},
    "lab": {
        **dict.fromkeys(("turn", "attend", "pledge"), "talks"),
        **dict.fromkeys(("order", "release", "moment", "capability", "hold", "length", "incident", "mull"), "year"),
    },
    "official": {},
}
NOBODYS = {  # what is nobody's at the table
    ("congress", "mandate"): "year",  # whether a bill goes on
    ("congress", "bill"): "talks",
}
NORMAL = {  # standard normal, where all else is uniform in [0, 1)
    ("world", "news"): "talks",  # what all labs' gains have in common
    ("agencies", "slippage"): "once",  # what all agencies' times have in common
}
LEAST = 2.0**-54  # below any uniform draw but 0, whose normal quantile is not finite

type Array = np.ndarray[Any, Any]
type Key = tuple[str, str]
"""A stream of luck: whose, and for what decision."""
type Luck = Mapping[Key, list[float]]
"""The draws of one run: one for each round."""


def stream(seed: int, block: int, *name: str) -> np.random.Generator:
    """The generator of one named stream of one block."""
    digest = hashlib.sha256("/".join(name).encode()).digest()
    words = np.frombuffer(digest, dtype="<u4")[:4]
    return np.random.default_rng([seed, block, *words.tolist()])


def uniform_luck(kinds: Mapping[str, str], rounds: Mapping[str, int], seed: int, block: int) -> dict[Key, Array]:
    """The uniform draws for a block in [0, 1), by (stakeholder, decision): an array (rounds of its phase, BLOCK) each.

    The first rounds are the same however many are drawn.
    """
    streams = {(name, decision): phase for name, kind in kinds.items() for decision, phase in DECISIONS[kind].items()}
    return _drawn(streams | NOBODYS, rounds, seed, block)


def normal_luck(rounds: Mapping[str, int], seed: int, block: int) -> dict[Key, Array]:
    """The same of what is standard normal; it is nobody's."""
    return {key: _normal(drawn) for key, drawn in _drawn(NORMAL, rounds, seed, block).items()}


def _drawn(streams: Mapping[Key, str], rounds: Mapping[str, int], seed: int, block: int) -> dict[Key, Array]:
    return {
        key: stream(seed, block, "luck", *key).random((1 if phase == "once" else rounds[phase], BLOCK))
        for key, phase in streams.items()
    }


def _normal(u: Array) -> Array:
    """Standard normal quantiles of uniform draws."""
    from scipy.special import ndtri

    quantiles: Array = ndtri(np.maximum(u, LEAST))
    return quantiles


def stream_keys(president: str, agencies: Iterable[str], labs: Iterable[str]) -> list[Key]:
    """(stakeholder, decision) of each stream of uniform draws, in the order of `model.turns.luck`."""
    nobodys = [(president, "sign"), ("congress", "mandate"), ("congress", "bill")]
    return [*nobodys, *((name, "work") for name in agencies), *itertools.product(labs, DECISIONS["lab"])]


def draw_luck(kinds: Mapping[str, str], rounds: Mapping[str, int], seed: int, block: int) -> dict[Key, Array]:
    """All luck of a block by (stakeholder, decision), as `uniform_luck` and `normal_luck` give it."""
    return uniform_luck(kinds, rounds, seed, block) | normal_luck(rounds, seed, block)


def luck_of(drawn: Mapping[Key, Array], run: int) -> Luck:
    """The luck of one run from that of its block."""
    return {key: array[:, run % BLOCK].tolist() for key, array in drawn.items()}


def draw_parameters(entries: Iterable[Entry], seed: int, block: int, runs_in_a_world: int = 1) -> dict[str, Array]:
    """The parameters that have a distribution, drawn for a block: path -> array of shape (BLOCK,).

    So many runs in turn (a divisor of BLOCK) live in one world: they share what is drawn and differ by luck alone.
    """
    drawn = [entry for entry in entries if entry.distribution is not None]
    apart = [entry for entry in drawn if _form(entry) != "draws"]
    together = [entry for entry in drawn if _form(entry) == "draws"]
    u = np.empty((len(apart), BLOCK))
    for row, entry in zip(u, apart, strict=True):
        stream(seed, block, "parameter", entry.path).random(out=row)
    in_common = stream(seed, block, "parameter", "draws").random(BLOCK)
    return {
        **quantiles(apart, _in_worlds(u, runs_in_a_world)),
        **_drawn_together(together, _in_worlds(in_common, runs_in_a_world)),
    }


def _in_worlds(u: Array, runs_in_a_world: int) -> Array:
    """Uniform draws, the same for all runs of a world."""
    return np.repeat(u[..., : BLOCK // runs_in_a_world], runs_in_a_world, axis=-1)


def _drawn_together(entries: Sequence[Entry], u: Array) -> dict[str, Array]:
    """Parameters that a scenario gives as draws from one joint distribution: a run takes the same one of each."""
    values = {entry.path: np.asarray((entry.distribution or {})["draws"]["values"], float) for entry in entries}
    return {path: draws[(u * len(draws)).astype(int)] for path, draws in values.items()}


def quantile(entry: Entry, u: Array) -> Array:
    """Quantiles of one parameter's distribution at the probabilities `u`."""
    return quantiles([entry], u[None])[entry.path]


def quantiles(entries: Sequence[Entry], u: Array) -> dict[str, Array]:
    """Quantiles of distributions at the probabilities in each one's row of `u`: path -> array of as many.

    Drawing by quantile keeps a run's place in the distribution when a scenario changes its ends. Distributions of a
    form are done together: thousands of small steps would have threads wait for each other. What is given as draws
    from a joint distribution is taken on its own here.
    """
    drawn: dict[str, Array] = {}
    for form in dict.fromkeys(_form(entry) for entry in entries):
        rows = [row for row, entry in enumerate(entries) if _form(entry) == form]
        arguments = [(entries[row].distribution or {})[form] for row in rows]
        rows_drawn = (
            _picked(form, arguments, u[rows])
            if form in ("choice", "draws")
            else _between_ends(form, arguments, u[rows])
        )
        drawn.update(zip((entries[row].path for row in rows), rows_drawn, strict=True))
    return {entry.path: drawn[entry.path] for entry in entries}


def _form(entry: Entry) -> str:
    return next(iter(entry.distribution or ()))


def _picked(form: str, arguments: list[Mapping[str, Any]], u: Array) -> list[Array]:
    """Quantiles of lists of values: those of a choice in their order, draws by size."""
    picked = []
    for choice, row in zip(arguments, u, strict=True):
        values = np.asarray(choice["values"]) if form == "choice" else np.sort(np.asarray(choice["values"], float))
        weights = np.cumsum(choice.get("weights", np.ones(len(values))))
        index = np.searchsorted(weights / weights[-1], row, side="right")
        picked.append(values[np.minimum(index, len(weights) - 1)])
    return picked


def _between_ends(form: str, arguments: list[Mapping[str, Any]], u: Array) -> Array:
    def column(name: str) -> Array:
        return np.array([[float(distribution[name])] for distribution in arguments])

    low, high = column("low"), column("high")
    match form:
        case "uniform":
            at = low + (high - low) * u
        case "triangular":
            at = _triangular(low, column("mode"), high, u)
        case "normal":
            at = _truncated_normal(column("mean"), column("sd"), low, high, u)
        case _:
            from scipy.special import betaincinv

            at = low + (high - low) * betaincinv(column("a"), column("b"), u)
    ends: Array = np.clip(at, low, high)
    return ends


def _triangular(low: Array, mode: Array, high: Array, u: Array) -> Array:
    rising = np.sqrt(u * (high - low) * (mode - low))
    falling = np.sqrt((1.0 - u) * (high - low) * (high - mode))
    at: Array = np.where(u * (high - low) < mode - low, low + rising, high - falling)
    return at


def _truncated_normal(mean: Array, sd: Array, low: Array, high: Array, u: Array) -> Array:
    from scipy.special import ndtr, ndtri

    below, above = ndtr((low - mean) / sd), ndtr((high - mean) / sd)
    at: Array = mean + sd * ndtri(below + u * (above - below))
    return at


def values_of(scenario: Scenario, drawn: Mapping[str, Array], run: int) -> dict[str, Any]:
    """Every parameter's value in one run: path -> number or word."""
    values: dict[str, Any] = {path: entry.value for path, entry in scenario.entries.items()}
    for path, array in drawn.items():
        values[path] = array[run % BLOCK].item()
    return values
