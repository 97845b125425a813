"""What no other beats, and the search for it by NSGA-II; everything here is a loss: less is better.

Of well-kept optimisers pymoo is used because it goes on from points that are known and brings operators for numbers in
a range; Optuna would bring a database of trials beside the tables that there are.

References
----------
Deb, Pratap, Agarwal & Meyarivan (2002), *IEEE Transactions on Evolutionary Computation* 6: 182-197, for NSGA-II.
Blank & Deb (2020), *IEEE Access* 8: 89497-89509, for pymoo.
"""

from collections.abc import Callable

import numpy as np

from model.draws import Array

GENERATIONS, POPULATION = 30, 50
OUT = 1e9  # the loss of what does not count, above any other


def nondominated(losses: Array) -> Array:
    """The numbers of the rows that no other row beats: is at most as large in every column, and smaller in one."""
    left = np.ones(len(losses), dtype=bool)
    for number, its in enumerate(losses):
        if left[number]:  # what a beaten row beats is beaten by the row that beats it too
            left &= ~((losses >= its).all(axis=1) & (losses > its).any(axis=1))
    return np.flatnonzero(left)


def far_apart(losses: Array, most: int) -> Array:
    """The numbers of at most so many rows: the best in each column, then always the one farthest from those chosen."""
    span = np.ptp(losses, axis=0)
    places = losses / np.where(span > 0.0, span, 1.0)
    chosen = list(dict.fromkeys(losses.argmin(axis=0).tolist()))[:most]
    while len(chosen) < min(most, len(losses)):
        gaps = np.linalg.norm(places[:, None] - places[chosen], axis=2).min(axis=1)
        gaps[chosen] = -1.0
        chosen.append(int(gaps.argmax()))
    return np.array(sorted(chosen), dtype=int)


def best(losses: Array, most: int) -> Array:
    """The numbers of at most so many rows: far apart on the front, then on the front of what that leaves, and so on."""
    left, chosen = np.arange(len(losses)), np.array([], dtype=int)
    while len(left) and len(chosen) < most:
        front = left[nondominated(losses[left])]
        chosen = np.append(chosen, front[far_apart(losses[front], most - len(chosen))])
        left = np.setdiff1d(left, front)
    return chosen


def evolve(genes: Array, losses: Array, play: Callable[[Array], Array], seed: int) -> None:
    """Hand ever better rows of genes (0..1) to `play`, which gives their losses, `GENERATIONS` times a `POPULATION`.

    Parameters
    ----------
    genes, losses : arrays with a row for each of the points that are known already
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
