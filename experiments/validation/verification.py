"""Published numbers beside the model's own, from its rules in limiting cases.

The tests check these and many more, with stated tolerances (`tests/test_published_results.py`,
`tests/test_influence.py`, `tests/test_operation.py`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from model.draws import Array
from model.rules import compromise
from model.rules.records import Terms

from ..analysis.shapley import Game, banzhaf_values, shapley_values
from .markdown import markdown_table

# Bueno de Mesquita (1994), p. 78: capability, position (years until introduction), salience (0..100).
EMISSIONS = {
    "Netherlands": (0.08, 4.0, 80.0),
    "Belgium": (0.08, 7.0, 40.0),
    "Luxembourg": (0.03, 4.0, 20.0),
    "Germany": (0.16, 4.0, 80.0),
    "France": (0.16, 10.0, 60.0),
    "Italy": (0.16, 10.0, 60.0),
    "United Kingdom": (0.16, 10.0, 90.0),
    "Ireland": (0.05, 7.0, 10.0),
    "Denmark": (0.05, 4.0, 100.0),
    "Greece": (0.08, 7.0, 70.0),
}
EEC = (4, 4, 4, 2, 2, 1)  # votes of six members, of which 12 are needed


class Comparison(NamedTuple):
    """A published number, and the model's."""

    quantity: str
    source: str
    published: float
    ours: float


def comparisons() -> list[Comparison]:
    """All published numbers that are compared."""
    return [*_drafts(), *_power()]


def _drafts() -> list[Comparison]:
    positions = [position for _, position, _ in EMISSIONS.values()]
    weights = [capability * salience for capability, _, salience in EMISSIONS.values()]
    source = "Bueno de Mesquita (1994), Scholz et al. (2011)"
    tally = compromise.NO_ASKS
    for capability, position, salience in EMISSIONS.values():
        tally = compromise.add_ask(tally, capability, _same_terms(salience), _same_terms(position))
    settled = compromise.pooled(tally, _same_terms(0.0)).review_days
    median = compromise.weighted_median(positions, weights)
    bargains = {50.0: 7.289068, 100.0: 7.337475, 1000.0: 7.384522}
    return [
        Comparison("EC emission standards: compromise (years)", source, 7.389955686853766, settled),
        Comparison("EC emission standards: weighted median (years)", source, 7.0, median),
        *(
            Comparison(
                f"EC emission standards: Nash bargain, D = {d:g}",
                "Nash (1950)",
                published,
                compromise.nash_bargain(positions, weights, d),
            )
            for d, published in bargains.items()
        ),
    ]


def _same_terms(value: float) -> Terms:
    return Terms(value, value, value, value, value)


def _power() -> list[Comparison]:
    six, council = voting(EEC, 12), voting((7,) * 5 + (1,) * 10, 39)
    shares = [float(value) for value in shapley_values(*six)]
    swings = banzhaf_values(*six)
    members = [float(value) for value in shapley_values(*council)]
    source = "Shapley & Shubik (1954)"
    return [
        Comparison("EEC-6: Shapley-Shubik, four votes", source, 14 / 60, shares[0]),
        Comparison("EEC-6: Shapley-Shubik, two votes", source, 9 / 60, shares[3]),
        Comparison("EEC-6: Shapley-Shubik, one vote", source, 0.0, shares[5]),
        Comparison("EEC-6: Banzhaf, four votes", "Banzhaf (1965)", 10 / 42, float(swings[0] / swings.sum())),
        Comparison("UN Security Council: Shapley-Shubik, permanent member", source, 0.19627, members[0]),
        Comparison("UN Security Council: Shapley-Shubik, elected member", source, 0.001865, members[14]),
    ]


def voting(votes: Sequence[int], quota: int) -> tuple[Game, Array]:
    """A weighted voting game and the value of each coalition: 1 if its votes reach the quota, else 0.

    Nine of fifteen votes with five vetoes, as in the Security Council, are votes of 7 and 1 with a quota of 39.
    """
    game = Game(tuple(map(str, range(len(votes)))), tuple(range(2 ** len(votes))), None)
    reached = [
        sum(own_votes for player, own_votes in enumerate(votes) if bits >> player & 1) >= quota
        for bits in game.coalitions
    ]
    return game, np.array(reached, dtype=float)


def comparison_table(numbers: Sequence[Comparison]) -> list[str]:
    """The numbers as the lines of a table."""
    rows = [[number.quantity, number.source, f"{number.published:.6f}", f"{number.ours:z.6f}"] for number in numbers]
    return markdown_table(["quantity", "source", "published", "ours"], rows)
