"""How runs are played: pieces of a plan in, rows out, the same on either engine."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from model.case import Changes, Run, most_rounds, runs_of_block
from model.draws import BLOCK, Array, draw_parameters
from model.scenario import Scenario

from ..measures.columns import BY_MONTH, columns, exists_if, reported
from ..plans.design import Part, Plan, blocks, keys


class Rows(NamedTuple):
    """Runs as played: the ``point`` and number of each ``run``, why it ``failed`` ('' if not), what it ``measured``.

    ``measured`` has a row a run and a column for each of `columns`; a failed run has measured nothing (NaN).
    """

    point: Array
    run: Array
    failed: Array
    measured: Array


def rounds_of(plan: Plan) -> dict[str, int]:
    """The most rounds that each phase takes anywhere in a plan."""
    return most_rounds(plan.scenario, (plan.changes(point) for point in range(len(plan.points))))


def drawn_parameters(
    scenario: Scenario, seed: int, first: int, last: int, runs_in_a_world: int = 1
) -> dict[str, Array]:
    """The parameters that have a distribution, as drawn for the runs `first` to `last` (excluded): path -> values."""
    drawn = [
        {path: values[block.start % BLOCK :][: len(block)] for path, values in in_block.items()}
        for block in blocks(first, last)
        for in_block in [draw_parameters(scenario.entries.values(), seed, block.start // BLOCK, runs_in_a_world)]
    ]
    return {path: np.concatenate([values[path] for values in drawn]) for path in drawn[0]}


class Piece(NamedTuple):
    """What a worker is handed: runs of some points (number -> what differs there)."""

    scenario: Scenario
    seed: int
    rounds: Mapping[str, int]
    points: Mapping[int, Changes]
    first: int
    last: int
    runs_in_a_world: int


def gathered(parts: Iterable[Rows]) -> Rows:
    """Rows one below the other."""
    all_rows = list(parts)
    return all_rows[0] if len(all_rows) == 1 else Rows(*map(np.concatenate, zip(*all_rows, strict=True)))


def in_one_piece(plan: Plan, part: Part, rounds: Mapping[str, int]) -> Piece:
    """All of a part."""
    points = {point: plan.changes(point) for point in part.points}
    return Piece(plan.scenario, plan.seed, rounds, points, part.first, part.last, plan.runs_in_a_world)


# ---------------------------------------------------------------- engines


def play_fast(piece: Piece) -> Rows:
    """The rows of a piece, by compiled code.

    Where arithmetic fails, the piece is halved until the run is found; the readable engine then says why.
    """
    from model import ensemble

    names = columns(piece.scenario, piece.rounds)
    measured = np.empty(((piece.last - piece.first) * len(piece.points), len(names)), order="F")  # as parts are written
    row = 0
    try:
        for block in blocks(piece.first, piece.last):
            results_of_points = ensemble.play_points(
                piece.scenario,
                piece.seed,
                block.start // BLOCK,
                block,
                piece.points.values(),
                piece.rounds,
                piece.runs_in_a_world,
            )
            for results in results_of_points:
                np.concatenate(results, axis=1, out=measured[row : row + len(block)])
                row += len(block)
    except ArithmeticError:
        halves = _halves(piece)
        return gathered(map(play_fast, halves)) if halves else play_mesa(piece)
    return _rows(piece, measured, [])


def _halves(piece: Piece) -> list[Piece]:
    """A piece in two or more, in the order of their rows; nothing for a single run."""
    in_blocks = list(blocks(piece.first, piece.last))
    if len(in_blocks) > 1:
        return [piece._replace(first=block.start, last=block.stop) for block in in_blocks]
    if len(piece.points) > 1:
        return [piece._replace(points={point: changes}) for point, changes in piece.points.items()]
    middle = (piece.first + piece.last) // 2
    return [piece._replace(last=middle), piece._replace(first=middle)] if middle > piece.first else []


def play_mesa(piece: Piece) -> Rows:
    """The rows of a piece, by the readable engine."""
    names = columns(piece.scenario, piece.rounds)
    measured, failed = [], []
    for block in blocks(piece.first, piece.last):
        for changes in piece.points.values():
            for run in runs_of_block(
                piece.scenario,
                piece.seed,
                block.start // BLOCK,
                block,
                changes=changes,
                runs_in_a_world=piece.runs_in_a_world,
            ):
                reason, measures = play_one(run)
                failed.append(reason)
                measured.append([measures.get(name, math.nan) for name in names])
    return _rows(piece, np.array(measured), failed)


PLAYERS: dict[str, Callable[[Piece], Rows]] = {"fast": play_fast, "mesa": play_mesa}


def play_one(run: Run) -> tuple[str, dict[str, Any]]:
    """What one run reports; what goes wrong in it becomes its reason of failure."""
    from model.history import play as play_through

    try:
        return "", reported(play_through(run))
    except Exception as error:  # one broken run must not lose the others
        return f"{type(error).__name__}: {error}", {}


def _rows(piece: Piece, measured: Array, failed: list[str]) -> Rows:
    """Rows with their keys; one whose numbers cannot be right fails, and a failed one has none."""
    names = columns(piece.scenario, piece.rounds)
    reasons = np.array(failed or [""] * len(measured), dtype=object)
    suspects = np.flatnonzero(~np.isfinite(measured).all(axis=0))
    for column in suspects:
        name = names[column]
        wrong = (reasons == "") & is_impossible(
            name, measured[:, column], lambda needed: measured[:, names.index(needed)]
        )
        reasons[wrong] = f"not a number: {name}"
    measured[reasons != ""] = math.nan
    return Rows(*keys(Part(0, tuple(piece.points), piece.first, piece.last)), reasons, measured)


def is_impossible(name: str, values: Array, column: Callable[[str], Array]) -> Array:
    """Where a measure is infinite, or missing though the run should have it."""
    if name.startswith(BY_MONTH):  # there up to the horizon of an adopted framework
        return np.isinf(values)
    needed = exists_if(name)
    if not needed:
        return ~np.isfinite(values)
    return np.isinf(values) | np.isnan(values) & (column(needed) > 0)
