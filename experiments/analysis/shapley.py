"""Cooperative games: which coalitions are played, and the values of Shapley and Banzhaf."""

import itertools
import math
from typing import NamedTuple

import numpy as np

from model.draws import Array, stream

MOST_EXACT = 12  # players up to which every coalition is played
ORDERS = 200  # in which players come in, where there are more


class Game(NamedTuple):
    """Who plays, and the coalitions to be played as bits (player k is in where bit k is 1).

    ``orders`` are the orders in which players come in, where not all coalitions are played; else None.
    """

    players: tuple[str, ...]
    coalitions: tuple[int, ...]
    orders: tuple[tuple[int, ...], ...] | None


def game_of(players: tuple[str, ...], seed: int) -> Game:
    """All coalitions of up to `MOST_EXACT` players; of more, those that come up as players come in at random."""
    everybody = len(players)
    if everybody <= MOST_EXACT:
        return Game(players, tuple(range(2**everybody)), None)
    luck = stream(seed, 0, "design", "influence")
    orders = tuple(tuple(luck.permutation(everybody).tolist()) for _ in range(ORDERS))
    grown = {bits for order in orders for bits in itertools.accumulate((1 << k for k in order), initial=0)}
    return Game(players, tuple(sorted(grown)), orders)


def shapley_values(game: Game, values: Array) -> Array:
    """The Shapley value of each player, given the value of each coalition in the last axis.

    Exact over all coalitions, or the mean over the game's orders; either way they sum to the value of
    everybody less that of nobody.

    References
    ----------
    Shapley (1953), in *Contributions to the Theory of Games* II; Castro, Gómez & Tejada (2009), *Computers & Operations
    Research* 36: 1726-1730, for orders at random.
    """
    shapley: Array = values @ _shapley_weights(game).T
    return shapley


def _shapley_weights(game: Game) -> Array:
    """The weight of each coalition's value for each player: a row a player, a column a coalition."""
    if game.orders is not None:
        return _weights_of_orders(game, game.orders)
    everybody = len(game.players)
    size = np.array([coalition.bit_count() for coalition in game.coalitions])
    factorial = np.array([float(math.factorial(k)) for k in range(everybody + 1)])
    is_in = _is_in(game)
    joining: Array = factorial[np.maximum(size - 1, 0)] * factorial[everybody - size] / factorial[everybody]
    leaving = factorial[size] * factorial[np.maximum(everybody - size - 1, 0)] / factorial[everybody]
    weights: Array = np.where(is_in, joining, -leaving)
    return weights


def _weights_of_orders(game: Game, orders: tuple[tuple[int, ...], ...]) -> Array:
    columns = {coalition: column for column, coalition in enumerate(game.coalitions)}
    weights = np.zeros((len(game.players), len(game.coalitions)))
    for order in orders:
        before = 0
        for player in order:
            after = before | 1 << player
            weights[player, columns[after]] += 1 / len(orders)
            weights[player, columns[before]] -= 1 / len(orders)
            before = after
    return weights


def banzhaf_values(game: Game, values: Array) -> Array:
    """The mean addition of each player, where every coalition of the others is equally likely.

    References
    ----------
    Banzhaf (1965), *Rutgers Law Review* 19: 317-343.
    """
    weights = np.where(_is_in(game), 1.0, -1.0) / 2 ** (len(game.players) - 1)
    banzhaf: Array = values @ weights.T
    return banzhaf


def _is_in(game: Game) -> Array:
    """Who is in each coalition: a row a player, a column a coalition."""
    bits: Array = np.array(game.coalitions)[None, :] >> np.arange(len(game.players))[:, None]
    is_in: Array = bits & 1 == 1
    return is_in
