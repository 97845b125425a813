"""PRIM, the patient rule induction method: a box of parameter values in which points of a kind are dense.

Peeling takes a thin slice off the box again and again, the one whose loss raises the density most for each point lost.
Of the boxes of this peeling trajectory the one that best separates the points of the kind from the others is chosen,
and pasting widens it again where that costs no density. All columns are numbers: a parameter of few values is cut
between two of them, one of words has a column of 0 and 1 for each word.

Why it is written out here is said in ``model/DECISIONS.md``.

References
----------
Friedman & Fisher (1999), *Statistics and Computing* 9: 123-143. Bryant & Lempert (2010), *Technological Forecasting and
Social Change* 77: 34-49. Kwakkel & Jaxa-Rozen (2016), *Environmental Modelling & Software* 79: 311-321, for slices of
unequal size.
"""

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from model.draws import Array

PEEL = 0.05  # of the points in the box, in a slice
LEAST = 0.05  # of all points, in a box


class Box(NamedTuple):
    """All points from ``low`` to ``high`` in every column, both included; infinite where nothing is restricted."""

    low: Array
    high: Array

    def holds(self, points: Array) -> Array:
        """Which points (a row each) lie inside."""
        columns = np.flatnonzero(self.restricted())
        values = points[:, columns]
        inside: Array = ((values >= self.low[columns]) & (values <= self.high[columns])).all(axis=1)
        return inside

    def restricted(self) -> Array:
        """Which columns are restricted at either end."""
        restricted: Array = np.isfinite(self.low) | np.isfinite(self.high)
        return restricted

    def moved(self, column: int, upper: bool, end: float) -> "Box":
        """The box with one end moved."""
        ends = [self.low.copy(), self.high.copy()]
        ends[upper][column] = end
        return Box(*ends)


def everything(columns: int) -> Box:
    """The box without restrictions."""
    return Box(np.full(columns, -math.inf), np.full(columns, math.inf))


def find(
    points: Array, sought: Array, validation_points: Array | None = None, validation_sought: Array | None = None
) -> Box:
    """The box that best separates the sought points from the others.

    With many columns the peeling finds dense boxes in pure noise; validation points do not share that noise, and stop
    it where the effects end.

    Parameters
    ----------
    points, sought : the points that are peeled; a row a point, a column a parameter, and whether each is of the kind
    validation_points, validation_sought : the points that choose among the boxes of the peeling; the same by default
    """
    if validation_points is None or validation_sought is None:
        validation_points, validation_sought = points, sought
    boxes = peeled(points, sought)
    separation = [phi(validation_sought, inside) for inside in held(boxes, validation_points)]
    return pasted(boxes[separation.index(max(separation))], points, sought)


def phi(sought: Array, inside: Array) -> float:
    """How well a box separates the sought points from the others: the correlation (phi) of the two yes and no.

    It weighs density against coverage alike whether the sought points are few or many; 0 is chance, 1 is perfect.

    References
    ----------
    Matthews (1975), *Biochimica et Biophysica Acta* 405: 442-451.
    """
    p, q = float(sought.mean()), float(inside.mean())
    spread = p * (1.0 - p) * q * (1.0 - q)
    return (float((sought & inside).mean()) - p * q) / math.sqrt(spread) if spread > 0.0 else 0.0


# ---------------------------------------------------------------- peeling


class Inside(NamedTuple):
    """The points in a box, sorted in each column: arrays (columns, points in it).

    ``point`` numbers them, ``value`` is what they have in the column, ``sought`` whether they are of the kind.
    """

    point: Array
    value: Array
    sought: Array

    def without(self, lost: Array) -> "Inside":
        """Those that stay, by which of all points are lost; what was sorted stays so."""
        stays = ~lost[self.point]
        return Inside(*(part[stays].reshape(len(part), -1) for part in self))


def peeled(points: Array, sought: Array) -> list[Box]:
    """The peeling trajectory: boxes from all points inward, until the next is too small or no slice raises density."""
    order = np.argsort(points, axis=0, kind="stable").T
    inside = Inside(order, np.take_along_axis(points.T, order, axis=1), sought[order])
    boxes = [everything(points.shape[1])]
    while True:
        outer = _best_slice(inside)
        if outer is None:
            return boxes
        column, upper, end = outer
        inside = inside.without(points[:, column] > end if upper else points[:, column] < end)
        if inside.point.shape[1] < LEAST * len(points):
            return boxes
        boxes.append(boxes[-1].moved(column, upper, end))


def _best_slice(inside: Inside) -> tuple[int, bool, float] | None:
    """The column, the end (upper or not), and where that end moves to; None if no slice raises the density.

    A slice is the outermost share of the points, and all that equal the last of them.
    """
    columns, count = inside.value.shape
    sought = float(inside.sought[0].sum())
    size = max(1, math.floor(PEEL * count))
    lost, lost_sought = np.empty((2, columns), dtype=np.int64), np.empty((2, columns))
    for end, outward in enumerate((slice(None), slice(None, None, -1))):
        values, kinds = inside.value[:, outward], inside.sought[:, outward]
        lost[end], lost_sought[end] = size, kinds[:, :size].sum(axis=1)
        if size < count:
            for column in np.flatnonzero(values[:, size] == values[:, size - 1]):
                lost[end, column] = (values[column] == values[column, size - 1]).nonzero()[0][-1] + 1
                lost_sought[end, column] = kinds[column, : lost[end, column]].sum()
    density = (sought - lost_sought) / np.maximum(count - lost, 1)
    gain = np.where(lost < count, (density - sought / count) / lost, 0.0)  # of density, for each point lost
    upper, column = np.unravel_index(gain.argmax(), gain.shape)
    if not gain[upper, column] > 0.0:
        return None
    cut = count - lost[1, column] if upper else lost[0, column]
    return int(column), bool(upper), float(inside.value[column, cut - 1] + inside.value[column, cut]) / 2


def held(boxes: Iterable[Box], points: Array) -> Iterator[Array]:
    """Which points each box of a peeling trajectory holds, each box having one end moved of the one before."""
    inside, before = np.ones(len(points), dtype=bool), everything(points.shape[1])
    for box in boxes:
        for column in np.flatnonzero((box.low != before.low) | (box.high != before.high)):
            inside = inside & (points[:, column] >= box.low[column]) & (points[:, column] <= box.high[column])
        yield inside
        before = box


# ---------------------------------------------------------------- pasting


def pasted(box: Box, points: Array, sought: Array) -> Box:
    """The box widened, slice by slice, as long as its density does not fall."""
    while True:
        density = sought[box.holds(points)].mean()
        wider = [(sought[inside].mean(), inside.sum(), wide) for wide, inside in _widened(box, points)]
        best = max(wider, key=lambda candidate: candidate[:2], default=None)
        if best is None or best[0] < density:
            return box
        box = best[2]


def _widened(box: Box, points: Array) -> Iterator[tuple[Box, Array]]:
    """The boxes with one slice more at one of their ends, or without that end, and which points each holds."""
    inside = box.holds(points)
    size = max(1, math.floor(PEEL * inside.sum()))
    for upper, ends in ((False, box.low), (True, box.high)):
        for column in np.flatnonzero(np.isfinite(ends)).tolist():
            free = box.moved(column, upper, math.inf if upper else -math.inf)
            beyond = points[free.holds(points) & ~inside, column]
            nearest = np.sort(beyond if upper else -beyond)
            further = nearest[nearest > nearest[size - 1]] if len(nearest) > size else nearest[:0]
            if not len(further):
                yield free, free.holds(points)
                continue
            end = float(nearest[size - 1] + further[0]) / 2
            wide = box.moved(column, upper, end if upper else -end)
            yield wide, wide.holds(points)
