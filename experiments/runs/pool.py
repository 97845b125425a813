"""Parts of a plan on threads or processes, the same rows in the same order on any number of them."""

import concurrent.futures
import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from model.scenario import Scenario

from ..measures.columns import columns
from ..plans.design import Part, Plan, cut, plan_of, plan_worlds
from .play import PLAYERS, Piece, Rows, drawn_parameters, gathered, in_one_piece, rounds_of

if TYPE_CHECKING:
    import pandas as pd

WORKERS = 2
AHEAD = 1  # parts that may wait, played, behind one that takes longer
MOST_IN_THREADS = 2**18  # runs, where there are many points
MESA_TASK = 64  # runs handed to a process at a time


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
    return run_plan(plan_of(scenario, runs, seed), engine, workers)


def run_plan(plan: Plan, engine: str = "fast", workers: int = WORKERS) -> "pd.DataFrame":
    """The runs of a plan in which nothing varies, as `run_many` gives them."""
    import pandas as pd

    parts = list(cut([0], 0, plan.runs, 0))
    with tqdm(total=plan.runs, unit=" runs", desc=plan.name, disable=None, leave=False) as bar:
        rows = [rows for _, rows in play_parts(plan, parts, engine, workers, bar.update)]
    measured = np.vstack([rows_of_part.measured for rows_of_part in rows])
    names = columns(plan.scenario, rounds_of(plan))
    return pd.DataFrame(
        {
            "run": np.arange(plan.runs),
            "failed": np.concatenate([rows_of_part.failed for rows_of_part in rows]),
            **{name: measured[:, column] for column, name in enumerate(names)},
            **drawn_parameters(plan.scenario, plan.seed, 0, plan.runs, plan.runs_in_a_world),
        }
    )


def run_worlds(
    scenario: Scenario, runs: int, seed: int, engine: str = "fast", workers: int = WORKERS
) -> "pd.DataFrame | None":
    """The runs beside those of `run_many` that tell how far worlds differ; None where there are none."""
    beside = plan_worlds(plan_of(scenario, runs, seed))
    return None if beside is None else run_plan(beside, engine, workers)


def play_parts(
    plan: Plan,
    parts: Sequence[Part],
    engine: str,
    workers: int,
    tick: Callable[[int], object],
    processes: bool = False,
) -> Iterator[tuple[Part, Rows]]:
    """Each part with its rows, in order; `tick` is told how many runs have come in since it was last called.

    Long work of the fast engine at many points, a fifth of which is under Python's lock, goes to `processes` where more
    than two workers would wait for that and where they are allowed: a script must then guard its main module. Runs of
    one scenario stay in threads, and in one memory.
    """
    play = PLAYERS[engine]
    if engine == "fast":
        announce_compilation()
    rounds = rounds_of(plan)
    cut_up = ((part, _pieces(plan, part, rounds, engine)) for part in parts)
    if workers == 1 or (engine == "mesa" and sum(part.rows for part in parts) <= MESA_TASK):  # sooner than a start
        for part, pieces in cut_up:
            yield part, gathered(_ticking(map(play, pieces), tick))
        return
    waiting: deque[tuple[Part, list[concurrent.futures.Future[Rows]]]] = deque()

    def first_in_line() -> tuple[Part, Rows]:
        part, futures = waiting.popleft()
        return part, gathered(_ticking((future.result() for future in futures), tick))

    crowded = workers > WORKERS and len(plan.points) > 1 and sum(part.rows for part in parts) > MOST_IN_THREADS
    with _pool(workers, processes=(processes and crowded) or engine == "mesa") as pool:
        try:
            for part, pieces in cut_up:
                with ctrl_c_held_back():
                    waiting.append((part, [pool.submit(play, piece) for piece in pieces]))
                if len(waiting) >= workers + AHEAD:
                    yield first_in_line()
            while waiting:
                yield first_in_line()
        except BaseException:
            with ctrl_c_ignored():
                pool.shutdown(cancel_futures=True)  # waits, as leaving `with` would else take the cancelling back
            raise


def _ticking(parts: Iterable[Rows], tick: Callable[[int], object]) -> Iterator[Rows]:
    for rows in parts:
        tick(len(rows.run))
        yield rows


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


def announce_compilation() -> None:
    """Say what takes so long, where the rules are still to be compiled."""
    from model import ensemble

    if not ensemble.is_compiled():
        text = "Compiling the rules, once: about half a minute. Later runs start at once."
        tqdm.write(text, file=sys.stderr)  # above the bar


def _pool(workers: int, *, processes: bool) -> concurrent.futures.Executor:
    """Threads, of which compiled code lets Python's lock go for most of the time, or processes.

    Processes need two seconds to start, but never wait for each other.
    """
    if not processes:
        return concurrent.futures.ThreadPoolExecutor(workers)
    spawn = multiprocessing.get_context("spawn")  # no surprises from threads that libraries have started
    return concurrent.futures.ProcessPoolExecutor(workers, mp_context=spawn, initializer=_exit_with_parent)


@contextlib.contextmanager
def ctrl_c_held_back() -> Iterator[None]:
    """Let Ctrl-C wait a moment, where the system can, so that a process that starts meanwhile never hears of it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it would come up with the first process, and let Ctrl-C in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def ctrl_c_ignored() -> Iterator[None]:
    """Let what takes some seconds to end do so, also where Ctrl-C is pressed again."""
    if threading.current_thread() is not threading.main_thread():  # no other hears of it
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _exit_with_parent() -> None:
    """Leave Ctrl-C to the parent process, and end when it ends, however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
