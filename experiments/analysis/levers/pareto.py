"""Pareto fronts, and the search for one by NSGA-II; all values are losses: less is better.

Of well-kept optimisers pymoo is used because it continues from known points and brings operators for numbers in
a range; Optuna would bring a database of trials beside the existing tables.

References
----------
Deb, Pratap, Agarwal & Meyarivan (2002), *IEEE Transactions on Evolutionary Computation* 6: 182-197, for NSGA-II.
Blank & Deb (2020), *IEEE Access* 8: 89497-89509, for pymoo.
"""

from collections.abc import Callable

import numpy as np

from model.draws import Array

GENERATIONS, POPULATION = 30, 50
OUT = 1e9  # the loss of a setting that does not count, above any other


def nondominated(losses: Array) -> Array:
    """The numbers of the rows that no other row dominates: is at most as large in every column, and smaller in one."""
    remaining = np.ones(len(losses), dtype=bool)
    for number, row in enumerate(losses):
        if remaining[number]:  # dominance is transitive, so a dominated row need not be tried
            remaining &= ~((losses >= row).all(axis=1) & (losses > row).any(axis=1))
    return np.flatnonzero(remaining)


def far_apart(losses: Array, most: int) -> Array:
    """The numbers of at most so many rows: the best in each column, then always the one farthest from those chosen."""
    span = np.ptp(losses, axis=0)
    scaled = losses / np.where(span > 0.0, span, 1.0)
    chosen = list(dict.fromkeys(losses.argmin(axis=0).tolist()))[:most]
    while len(chosen) < min(most, len(losses)):
        gaps = np.linalg.norm(scaled[:, None] - scaled[chosen], axis=2).min(axis=1)
        gaps[chosen] = -1.0
        chosen.append(int(gaps.argmax()))
    return np.array(sorted(chosen), dtype=int)


def best(losses: Array, most: int) -> Array:
    """The numbers of at most so many rows: far apart on the front, then on that of the rest, and so on."""
    remaining, chosen = np.arange(len(losses)), np.array([], dtype=int)
    while len(remaining) and len(chosen) < most:
        front = remaining[nondominated(losses[remaining])]
        chosen = np.append(chosen, front[far_apart(losses[front], most - len(chosen))])
        remaining = np.setdiff1d(remaining, front)
    return chosen


def evolve(genes: Array, losses: Array, play: Callable[[Array], Array], seed: int) -> None:
    """Hand ever better rows of genes (0..1) to `play`, which gives their losses, `GENERATIONS` times a `POPULATION`.

    Parameters
    ----------
    genes, losses : arrays with a row for each known point
        The first generation.
    """
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.population import Population
    from pymoo.core.problem import Problem

    known = Population.new(X=genes, F=losses)
    optimiser = NSGA2(pop_size=POPULATION, sampling=known)
    space = Problem(n_var=genes.shape[1], n_obj=losses.shape[1], xl=0.0, xu=1.0)
    optimiser.setup(space, termination=("n_gen", GENERATIONS + 1), seed=seed)
    optimiser.ask()
    optimiser.tell(infills=known)
    while optimiser.has_next():
        children = optimiser.ask()
        children.set("F", play(children.get("X")))
        optimiser.tell(infills=children)
