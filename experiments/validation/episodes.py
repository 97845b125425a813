"""The regimes of the past and the drafting episode, played with the same labs, officials and weights.

Traits of stakeholders and the weights (`fitted_paths`) are the same in every episode. What was asked, of whom and what
was at stake belongs to the episode, and so does the luck. Every draw of the fitted parameters plays every episode
several times; each time draws the episode's own unknowns anew.
"""

import concurrent.futures
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from model import ensemble
from model.case import NO_CHANGES, Changes, most_rounds
from model.draws import BLOCK, Array, draw_parameters, stream
from model.rules.records import Negotiated
from model.scenario import SHIPPED, Scenario, load

from ..results.sources import differences
from .record import DRAFTING, regime

LAB_TRAITS = (
    *("stance", "disclosure_aversion", "secrecy_aversion", "federal_exposure"),
    *("open_weight_share", "frontier_share", "attention"),
)
OFFICIAL_TRAITS = (
    *("influence", "threat_lift", "ideal.review_days", "ideal.covered_share"),
    *("ideal.foreign_lag_days", "ideal.open_weights"),
)
PRESIDENT_TRAITS = ("security_weight", "drag_weight", "temperature")
WEIGHTS = (
    *("lab_temperature", "goodwill_weight", "peer_weight", "hold_weight", "precedent_weight", "stance_weight"),
    *("rivalry", "disclosure_weight", "secrecy_weight", "open_weight_cost", "foresight"),
    *(
        "regime_sd",
        "news_sd",
        "reneging_cost",
        "capital",
        "dissent_weight",
        "drag_guess",
        "detection_days",
        "detection_share",
    ),
)
SENT_BACK, ORDER_DAYS, ORDER_WEEK = (
    Negotiated._fields.index(name) for name in ("drafts_sent_back", "order_review_days", "order_week")
)


def fitted_paths(priors: Scenario) -> tuple[str, ...]:
    """The paths of the fitted parameters: uncertain traits and weights that an episode reads."""
    traits = {"lab": LAB_TRAITS, "official": OFFICIAL_TRAITS, "president": PRESIDENT_TRAITS, "agency": ()}
    paths = [f"relations.{name}" for name in WEIGHTS]
    paths += [f"stakeholders.{name}.{trait}" for name, kind in priors.kinds.items() for trait in traits[kind]]
    return tuple(path for path in paths if priors.entries[path].distribution is not None)


def prior_draws(priors: Scenario, draws: int, seed: int) -> Array:
    """Draws of the fitted parameters from their priors: array (draws, `fitted_paths`)."""
    entries = [priors.entries[path] for path in fitted_paths(priors)]
    blocks = [draw_parameters(entries, seed, block) for block in range(-(-draws // BLOCK))]
    return np.column_stack([np.concatenate([block[entry.path] for block in blocks]) for entry in entries])[:draws]


def drawn(posterior: Scenario) -> Array:
    """The draws of the fitted parameters that a scenario lists, as `calibrated.yaml` does: array (draws, paths)."""
    settings = [posterior.entries[path].distribution for path in fitted_paths(posterior)]
    return np.column_stack([np.asarray(each["draws"]["values"], float) for each in settings if each is not None])


class Episode(NamedTuple):
    """An episode ready to be played.

    ``columns`` are those of the draws' ``paths`` that it shares; ``bits`` has for each of its labs the bit (1, 2, 4
    ...) that stands for it among all labs.
    """

    scenario: Scenario
    paths: tuple[str, ...]
    columns: tuple[int, ...]
    bits: tuple[int, ...]
    seed: int


def episode(scenario: Scenario, paths: Sequence[str], labs: Sequence[str], seed: int) -> Episode:
    """An episode, with the fitted paths that it does not set for itself, and a seed of its own."""
    own_paths = differences([load(SHIPPED / "baseline.yaml"), scenario])
    shared = {path: column for column, path in enumerate(paths) if path in scenario.entries and path not in own_paths}
    bits = tuple(1 << labs.index(name) for name in scenario.named("lab"))
    own_seed = int(stream(seed, 0, "episode", scenario.name).integers(2**62))
    return Episode(scenario, tuple(shared), tuple(shared.values()), bits, own_seed)


def play_block(episode: Episode, theta: Array, block: int, extra: Changes = NO_CHANGES) -> ensemble.Results:
    """The results of at most a block of draws (a row each) in an episode, with extra changes to the scenario."""
    changes = {path: theta[:, column] for path, column in zip(episode.paths, episode.columns, strict=True)}
    runs = range(block * BLOCK, block * BLOCK + len(theta))
    points = [{**changes, **extra}]
    rounds = most_rounds(episode.scenario)
    (results,) = ensemble.play_points(episode.scenario, episode.seed, block, runs, points, rounds)
    return results


class Outcomes(NamedTuple):
    """The outcomes of some draws, each played several times.

    ``signed`` (draws, times, regimes): who joined a regime, as the sum of the labs' bits; ``order`` (draws, times, 4):
    the outcome of the May draft, as in `Record`, without days and week (NaN) where there is no order.
    """

    signed: Array
    order: Array


def play_episodes(
    regimes: Sequence[str], labs: Sequence[str], paths: Sequence[str], theta: Array, times: int, seed: int, workers: int
) -> Outcomes:
    """Play every episode `times` times with each of some draws.

    Parameters
    ----------
    regimes, labs, paths : sequences of str
        Names of the regimes (the drafting episode is always played), all labs, and the paths of the columns of `theta`.
    theta : array (draws, paths)
    """
    episodes = [episode(regime(name), paths, labs, seed) for name in regimes]
    drafting = episode(regime(DRAFTING), paths, labs, seed)

    def play(rows: Array, block: int) -> tuple[Array, Array]:
        signed = [play_block(regime, rows, block).joined @ regime.bits for regime in episodes]
        return np.column_stack(signed).astype(np.uint8), order_outcomes(play_block(drafting, rows, block))

    signed, order = map(np.concatenate, zip(*_by_block(play, theta, times, workers), strict=True))
    return Outcomes(signed.reshape(len(theta), times, -1), order.reshape(len(theta), times, -1))


def play_drafting(
    labs: Sequence[str], paths: Sequence[str], theta: Array, times: int, seed: int, workers: int
) -> Array:
    """Play the drafting episode alone; the ``order`` of `play_episodes`."""
    drafting = episode(regime(DRAFTING), paths, labs, seed)

    def play(rows: Array, block: int) -> Array:
        return order_outcomes(play_block(drafting, rows, block))

    return np.concatenate(_by_block(play, theta, times, workers)).reshape(len(theta), times, -1)


def _by_block[Result](play: Callable[[Array, int], Result], theta: Array, times: int, workers: int) -> list[Result]:
    """What comes of each block in turn, where each of some draws is played `times` times."""

    def play_rows(block: int) -> Result:
        runs = np.arange(block * BLOCK, min((block + 1) * BLOCK, len(theta) * times))
        return play(theta[runs // times], block)

    blocks = range(-(-len(theta) * times // BLOCK))
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        results = pool.map(play_rows, blocks)
        return list(tqdm(results, total=len(blocks), unit=" blocks", desc="episodes", disable=None, leave=False))


def order_outcomes(results: ensemble.Results) -> Array:
    """The outcome of the May draft in each run: array (runs, 4), columns as in `record.ORDER`."""
    negotiated = results.negotiated
    signed = ~np.isnan(negotiated[:, ORDER_DAYS])
    return np.column_stack([negotiated[:, SENT_BACK] > 0, signed, negotiated[:, ORDER_DAYS], negotiated[:, ORDER_WEEK]])


def joined(signed: Array, labs: int) -> Array:
    """Which labs joined, 0 or 1, in a last axis."""
    return (signed[..., None] >> np.arange(labs)) & 1
