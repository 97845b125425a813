"""The regimes of the past and the drafting episode, played with the same labs, officials and weights.

What a lab is like and what things weigh (`fitted`) is the same in every episode; what was asked, of whom and what was
at stake is the episode's own, and so is the luck. Every draw of the fitted parameters plays every episode several
times, and each time draws anew what only the episode knows.
"""

import concurrent.futures
from collections.abc import Sequence
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
OFFICIAL_TRAITS = ("influence", "stubbornness", "ideal.review_days", "ideal.covered_share", "threat_lift")
PRESIDENT_TRAITS = ("security_weight", "drag_weight", "temperature")
WEIGHTS = (
    *("lab_temperature", "goodwill_weight", "peer_weight", "hold_weight", "precedent_weight", "stance_weight"),
    *("rivalry", "disclosure_weight", "secrecy_weight", "open_weight_cost", "foresight"),
    *("rebuff_shift", "detection_days", "detection_share"),
)
SENT_BACK, ORDER_DAYS, ORDER_WEEK = (
    Negotiated._fields.index(name) for name in ("drafts_sent_back", "order_review_days", "order_week")
)


def fitted(priors: Scenario) -> tuple[str, ...]:
    """The paths of what is fitted: traits and weights that an episode reads and of which a scenario is not certain."""
    traits = {"lab": LAB_TRAITS, "official": OFFICIAL_TRAITS, "president": PRESIDENT_TRAITS, "agency": ()}
    paths = [f"relations.{name}" for name in WEIGHTS]
    paths += [f"stakeholders.{name}.{trait}" for name, kind in priors.kinds.items() for trait in traits[kind]]
    return tuple(path for path in paths if priors.entries[path].distribution is not None)


def prior_draws(priors: Scenario, draws: int, seed: int) -> Array:
    """What is fitted as drawn from the priors: array (draws, `fitted`)."""
    entries = [priors.entries[path] for path in fitted(priors)]
    in_blocks = [draw_parameters(entries, seed, block) for block in range(-(-draws // BLOCK))]
    return np.column_stack([np.concatenate([its[entry.path] for its in in_blocks]) for entry in entries])[:draws]


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
    """An episode, with those of the fitted paths that it does not set for itself, and a seed of its own."""
    own = differences([load(SHIPPED / "baseline.yaml"), scenario])
    shared = {path: column for column, path in enumerate(paths) if path in scenario.entries and path not in own}
    bits = tuple(1 << labs.index(name) for name in scenario.named("lab"))
    own_seed = int(stream(seed, 0, "episode", scenario.name).integers(2**62))
    return Episode(scenario, tuple(shared), tuple(shared.values()), bits, own_seed)


def play_block(its: Episode, theta: Array, block: int, also: Changes = NO_CHANGES) -> ensemble.Results:
    """What comes of at most a block of draws (a row each) in an episode, and of what else is changed there."""
    changes = {path: np.resize(theta[:, column], BLOCK) for path, column in zip(its.paths, its.columns, strict=True)}
    runs = range(block * BLOCK, block * BLOCK + len(theta))
    points = [{**changes, **also}]
    (results,) = ensemble.play_points(its.scenario, its.seed, block, runs, points, most_rounds(its.scenario))
    return results


class Played(NamedTuple):
    """What came of some draws, each played several times.

    ``signed`` (draws, times, regimes): who joined a regime, as the sum of the labs' bits; ``order`` (draws, times, 4):
    what came of the May draft, as in `Record`, without days and week (NaN) where there is no order.
    """

    signed: Array
    order: Array


def play_episodes(
    regimes: Sequence[str], labs: Sequence[str], paths: Sequence[str], theta: Array, times: int, seed: int, workers: int
) -> Played:
    """Play every episode `times` times with each of some draws.

    Parameters
    ----------
    regimes, labs, paths : sequences of str
        Names of the regimes (the drafting episode is always played), all labs, and what the columns of `theta` are.
    theta : array (draws, paths)
    """
    ready = [episode(regime(name), paths, labs, seed) for name in regimes]
    drafting = episode(regime(DRAFTING), paths, labs, seed)

    def one(block: int) -> tuple[Array, Array]:
        runs = np.arange(block * BLOCK, min((block + 1) * BLOCK, len(theta) * times))
        its = theta[runs // times]
        signed = [play_block(regime, its, block).joined @ regime.bits for regime in ready]
        return np.column_stack(signed).astype(np.uint8), order_of(play_block(drafting, its, block))

    blocks = range(-(-len(theta) * times // BLOCK))
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        played = pool.map(one, blocks)
        shown = tqdm(played, total=len(blocks), unit=" blocks", desc="episodes", disable=None, leave=False)
        signed, order = map(np.concatenate, zip(*shown, strict=True))
    return Played(signed.reshape(len(theta), times, -1), order.reshape(len(theta), times, -1))


def order_of(results: ensemble.Results) -> Array:
    """What came of the May draft: array (runs, 4)."""
    said = results.negotiated
    signed = ~np.isnan(said[:, ORDER_DAYS])
    return np.column_stack([said[:, SENT_BACK] > 0, signed, said[:, ORDER_DAYS], said[:, ORDER_WEEK]])


def joined(signed: Array, labs: int) -> Array:
    """Which labs joined, 0 or 1, in a last axis."""
    return (signed[..., None] >> np.arange(labs)) & 1
