"""Cooperative games: which coalitions are played, and the values of Shapley and Banzhaf."""

import itertools
import math
from typing import NamedTuple

import numpy as np

from model.draws import Array, stream

MOST_EXACT = 12  # players up to which every coalition is played
ORDERS = 200  # in which players come in, where there are more

type Orders = tuple[tuple[int, ...], ...]


class Game(NamedTuple):
    """Who plays, and the coalitions to be played as bits (player k is in where bit k is 1).

    ``orders`` are the orders in which players come in, where not all coalitions are played; else None.
    """

    players: tuple[str, ...]
    coalitions: tuple[int, ...]
    orders: Orders | None


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
    if game.orders is not None:
        before, after = _steps(game, game.orders)
        added: Array = (values[..., after] - values[..., before]).mean(axis=-2)
        return added
    shapley: Array = values @ _shapley_weights(game).T
    return shapley


def resampled_shapley_values(game: Game, values: Array, luck: np.random.Generator) -> Array:
    """The Shapley values of each row of coalitions' values; the first row is the estimate, the others its resamples.

    Where orders were drawn at random, those of a resample are drawn anew from them: an estimate is then off by the
    luck of its orders as well as by that of its runs.

    References
    ----------
    Owen (2007), *Annals of Applied Statistics* 1: 386-411, for resampling rows and columns apart.
    """
    if game.orders is None:
        return shapley_values(game, values)
    before, after = _steps(game, game.orders)
    orders = len(game.orders)
    drawn = luck.multinomial(orders, np.full(orders, 1 / orders), size=len(values) - 1)
    counts = np.vstack([np.ones(orders), drawn])
    rows = zip(values, counts, strict=True)
    return np.array([count @ (row[after] - row[before]) / orders for row, count in rows])


def _shapley_weights(game: Game) -> Array:
    """The weight of each coalition's value for each player: a row a player, a column a coalition."""
    everybody = len(game.players)
    size = np.array([coalition.bit_count() for coalition in game.coalitions])
    factorial = np.array([float(math.factorial(k)) for k in range(everybody + 1)])
    is_in = _is_in(game)
    joining: Array = factorial[np.maximum(size - 1, 0)] * factorial[everybody - size] / factorial[everybody]
    leaving = factorial[size] * factorial[np.maximum(everybody - size - 1, 0)] / factorial[everybody]
    weights: Array = np.where(is_in, joining, -leaving)
    return weights


def _steps(game: Game, orders: Orders) -> tuple[Array, Array]:
    """The columns of the coalitions before and after each player has come in: a row an order, a column a player."""
    columns = {coalition: column for column, coalition in enumerate(game.coalitions)}
    before, after = (np.zeros((len(orders), len(game.players)), dtype=int) for _ in range(2))
    for number, order in enumerate(orders):
        coalition = 0
        for player in order:
            before[number, player] = columns[coalition]
            coalition |= 1 << player
            after[number, player] = columns[coalition]
    return before, after


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
