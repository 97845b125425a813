"""Many negotiations: parts of a plan in, rows out, the same on either engine and any number of workers."""

import concurrent.futures
import contextlib
import math
import multiprocessing
import os
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from tqdm import tqdm

from model.case import Changes, Run, most_rounds, runs_of_block
from model.draws import BLOCK, draw_parameters
from model.rules.records import ABOUT
from model.rules.talks import WEEKS_A_MONTH
from model.scenario import Scenario

from .design import Part, Plan, blocks, cut, keys, plan_of
from .measures import AD_HOC, BY_MONTH, HELD, JOINED, LEFT, PIVOTAL, QUEUE, SHARE_IN, STAYS, columns

if TYPE_CHECKING:
    import pandas as pd

    from model.history import History

WORKERS = 2
AHEAD = 2  # parts that may wait, played, behind one that takes longer
MOST_IN_THREADS = 2**18  # runs
MESA_TASK = 64  # runs handed to a process at a time

type Array = np.ndarray[Any, Any]


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


def run_many(scenario: Scenario, runs: int, seed: int, engine: str = "fast", workers: int = WORKERS) -> "pd.DataFrame":
    """The runs 0 to `runs` - 1 of a scenario, a row each, in memory; what is not to fit there goes through a store.

    Parameters
    ----------
    engine : 'fast' or 'mesa'
        The compiled one, or the readable one.
    workers : int
        Threads of the fast engine, processes of the other.

    Returns
    -------
    DataFrame
        ``run``, ``failed`` (why, or ''), the measures by name, under ``ad_hoc.`` those of the same year without a
        framework, columns by lab and by month (see the prefixes above), and under its path every parameter that was
        drawn. A failed run has no measures and is never averaged in.
    """
    import pandas as pd

    plan = plan_of(scenario, runs, seed)
    parts = list(cut([0], 0, runs, 0))
    with tqdm(total=runs, unit=" runs", desc=scenario.name, disable=None, leave=False) as bar:
        rows = [rows for _, rows in play_parts(plan, parts, engine, workers, bar.update)]
    measured = np.vstack([its.measured for its in rows])
    names = columns(scenario, rounds_of(plan))
    return pd.DataFrame(
        {
            "run": np.arange(runs),
            "failed": np.concatenate([its.failed for its in rows]),
            **{name: measured[:, place] for place, name in enumerate(names)},
            **drawn_parameters(scenario, seed, 0, runs),
        }
    )


def drawn_parameters(
    scenario: Scenario, seed: int, first: int, last: int, runs_in_a_world: int = 1
) -> dict[str, Array]:
    """The parameters that have a distribution, as drawn for the runs `first` to `last` (excluded): path -> values."""
    drawn = [
        {path: its[block.start % BLOCK :][: len(block)] for path, its in in_block.items()}
        for block in blocks(first, last)
        for in_block in [draw_parameters(scenario.entries.values(), seed, block.start // BLOCK, runs_in_a_world)]
    ]
    return {path: np.concatenate([its[path] for its in drawn]) for path in drawn[0]}


# ---------------------------------------------------------------- workers


class Piece(NamedTuple):
    """What a worker is handed: runs of some points (number -> what differs there)."""

    scenario: Scenario
    seed: int
    rounds: Mapping[str, int]
    points: Mapping[int, Changes]
    first: int
    last: int
    runs_in_a_world: int


def play_parts(
    plan: Plan,
    parts: Sequence[Part],
    engine: str,
    workers: int,
    tick: Callable[[int], object],
    processes: bool = False,
) -> Iterator[tuple[Part, Rows]]:
    """Each part with its rows, in order; `tick` is told how many runs have come in since it was last called.

    Long work of the fast engine goes to `processes` where they are allowed: a script must then guard its main module.
    """
    play = PLAYERS[engine]
    if engine == "fast":
        announce_compilation()
    rounds = rounds_of(plan)
    cut_up = ((part, _pieces(plan, part, rounds, engine)) for part in parts)
    if workers == 1 or (engine == "mesa" and sum(part.rows for part in parts) <= MESA_TASK):  # sooner than a start
        for part, pieces in cut_up:
            yield part, _gathered(_ticking(map(play, pieces), tick))
        return
    waiting: deque[tuple[Part, list[concurrent.futures.Future[Rows]]]] = deque()

    def first_in_line() -> tuple[Part, Rows]:
        part, futures = waiting.popleft()
        return part, _gathered(_ticking((future.result() for future in futures), tick))

    long = processes and sum(part.rows for part in parts) > MOST_IN_THREADS
    with _pool(workers, processes=long or engine == "mesa") as pool:
        try:
            for part, pieces in cut_up:
                with _ctrl_c_held_back():
                    waiting.append((part, [pool.submit(play, piece) for piece in pieces]))
                if len(waiting) >= workers + AHEAD:
                    yield first_in_line()
            while waiting:
                yield first_in_line()
        except BaseException:
            pool.shutdown(cancel_futures=True)  # waits, as leaving `with` would otherwise take the cancelling back
            raise


def _ticking(some: Iterable[Rows], tick: Callable[[int], object]) -> Iterator[Rows]:
    for rows in some:
        tick(len(rows.run))
        yield rows


def _gathered(some: Iterable[Rows]) -> Rows:
    """Rows one below the other."""
    gathered = list(some)
    return gathered[0] if len(gathered) == 1 else Rows(*map(np.concatenate, zip(*gathered, strict=True)))


def _pieces(plan: Plan, part: Part, rounds: Mapping[str, int], engine: str) -> list[Piece]:
    """A part as workers are handed it: whole, so that points share their luck, or in many pieces where runs are slow.

    Either way the rows come in the same order: block by block, within it point by point, within it run by run.
    """
    piece = in_one_piece(plan, part, rounds)
    if engine == "fast":
        return [piece]
    return [
        piece._replace(points={point: changes}, first=first, last=min(first + MESA_TASK, block.stop))
        for block in part.blocks()
        for point, changes in piece.points.items()
        for first in range(block.start, block.stop, MESA_TASK)
    ]


def in_one_piece(plan: Plan, part: Part, rounds: Mapping[str, int]) -> Piece:
    """All of a part."""
    points = {point: plan.changes(point) for point in part.points}
    return Piece(plan.scenario, plan.seed, rounds, points, part.first, part.last, plan.runs_in_a_world)


def announce_compilation() -> None:
    """Say what takes so long, where the rules are still to be compiled."""
    from model import ensemble

    if not ensemble.is_compiled():
        print("Compiling the rules once, some 20 seconds; later runs start at once.", file=sys.stderr)


def _pool(workers: int, *, processes: bool) -> concurrent.futures.Executor:
    """Threads, of which compiled code lets Python's lock go for most of the time, or processes.

    Processes need two seconds to start, but never wait for each other.
    """
    if not processes:
        return concurrent.futures.ThreadPoolExecutor(workers)
    spawn = multiprocessing.get_context("spawn")  # no surprises from threads that libraries have started
    return concurrent.futures.ProcessPoolExecutor(workers, mp_context=spawn, initializer=_obey_the_parent)


@contextlib.contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Let Ctrl-C wait a moment, where the system can, so that a process that starts meanwhile never hears of it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _obey_the_parent() -> None:
    """Leave Ctrl-C to the parent process, and end when it ends, however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


# ---------------------------------------------------------------- engines


def play_fast(piece: Piece) -> Rows:
    """The rows of a piece, by compiled code.

    Where arithmetic fails, the piece is halved until the run is found; the readable engine then says why.
    """
    from model import ensemble

    played = []
    try:
        for block in blocks(piece.first, piece.last):
            its = ensemble.play_points(
                piece.scenario,
                piece.seed,
                block.start // BLOCK,
                block,
                piece.points.values(),
                piece.rounds,
                piece.runs_in_a_world,
            )
            played += [np.hstack(results) for results in its]
    except ArithmeticError:
        halves = _halves(piece)
        return _gathered(map(play_fast, halves)) if halves else play_mesa(piece)
    return _rows(piece, np.vstack(played), [])


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
                reason, its = one(run)
                failed.append(reason)
                measured.append([its.get(name, math.nan) for name in names])
    return _rows(piece, np.array(measured), failed)


PLAYERS: dict[str, Callable[[Piece], Rows]] = {"fast": play_fast, "mesa": play_mesa}


def one(run: Run) -> tuple[str, dict[str, Any]]:
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
    for place, name in enumerate(names):
        wrong = (reasons == "") & faulty(name, measured[:, place], lambda other: measured[:, names.index(other)])
        reasons[wrong] = f"not a number: {name}"
    measured[reasons != ""] = math.nan
    return Rows(*keys(Part(0, tuple(piece.points), piece.first, piece.last)), reasons, measured)


def faulty(name: str, values: Array, column: Callable[[str], Array]) -> Array:
    """Where a measure is infinite, or missing though the run should have it."""
    if name.startswith(BY_MONTH):  # there up to the horizon of an adopted framework
        return np.isinf(values)
    world = AD_HOC if name.startswith(AD_HOC) else ""
    about = ABOUT.get(name.removeprefix(world))
    if about is None or not about.exists_if:
        return ~np.isfinite(values)
    return np.isinf(values) | np.isnan(values) & (column(world + about.exists_if) > 0)


def reported(history: "History") -> dict[str, Any]:
    """What a run reports: the measures, those of the ad-hoc world, and the columns by lab and by month."""
    negotiation, year, ad_hoc = history
    labs = [lab.name for lab in year.labs]
    stays = {lab.name: float(lab.is_in) for lab in year.labs}
    left = {turn.lab for turn in year.turns if not turn.is_in}
    held, held_ad_hoc = (Counter(its.lab for its in world.log if its.hold_days > 0.0) for world in (year, ad_hoc))
    months = year.datacollector.get_model_vars_dataframe().iloc[WEEKS_A_MONTH - 1 :: WEEKS_A_MONTH]
    if not year.has_framework:
        months = months.astype(float) * math.nan
    return {
        **negotiation.measures()._asdict(),
        **year.lasting()._asdict(),
        **year.measures()._asdict(),
        **{AD_HOC + name: value for name, value in ad_hoc.measures()._asdict().items()},
        **{JOINED + name: float(is_in) for name, is_in in negotiation.joined().items()},
        **{PIVOTAL + name: float(decides) for name, decides in negotiation.pivotal().items()},
        **{STAYS + name: stays[name] for name in labs},
        **{LEFT + name: float(name in left) for name in labs},
        **{HELD + name: float(held[name]) for name in labs},
        **{AD_HOC + HELD + name: float(held_ad_hoc[name]) for name in labs},
        **{f"{SHARE_IN}{number}": value for number, value in enumerate(months["share_in"], 1)},
        **{f"{QUEUE}{number}": float(value) for number, value in enumerate(months["queue"], 1)},
    }
