"""Many negotiations: blocks of runs in, one table out, the same on either engine and any number of workers."""

import concurrent.futures
import math
import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from tqdm import tqdm

from model.case import Run, runs_of_block
from model.draws import BLOCK
from model.rules.records import MEASURES, Lasting, Negotiated, Operating
from model.rules.talks import WEEKS_A_MONTH
from model.scenario import Scenario

if TYPE_CHECKING:
    from model.history import History

WORKERS = 2
MESA_TASK = 64  # runs handed to a process at a time; divides BLOCK
# prefixes of columns: by lab, whether it joined, is in at the horizon, ever left, and how often it was held; by month
# after the talks, the share of the frontier in and the queue; and what is measured in the ad-hoc world
JOINED, STAYS, LEFT, HELD = "joined.", "stays.", "left.", "held."
SHARE_IN, QUEUE = "share_in.month_", "queue.month_"
AD_HOC = "ad_hoc."


class Task(NamedTuple):
    """Runs `first` to `last` (excluded) of one block."""

    scenario: Scenario
    seed: int
    first: int
    last: int


def run_many(scenario: Scenario, runs: int, seed: int, engine: str = "fast", workers: int = WORKERS) -> pd.DataFrame:
    """The runs 0 to `runs` - 1 of a scenario, a row each; the same on either engine and any number of workers.

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
    if engine == "fast":
        _announce_compilation()
    size = BLOCK if engine == "fast" else MESA_TASK
    tasks = [Task(scenario, seed, first, min(first + size, runs)) for first in range(0, runs, size)]
    parts = []
    with tqdm(total=runs, unit=" runs", desc=scenario.name, disable=None, leave=False) as bar:
        for part in _play_all(tasks, engine, workers):
            parts.append(part)
            bar.update(len(part))
    return pd.concat(parts, ignore_index=True)


def _announce_compilation() -> None:
    from model import ensemble

    if not ensemble.is_compiled():
        print("Compiling the rules once, some 20 seconds; later runs start at once.", file=sys.stderr)


def _play_all(tasks: list[Task], engine: str, workers: int) -> Iterator[pd.DataFrame]:
    """The rows of each task, in the order of the tasks."""
    play = play_fast if engine == "fast" else play_mesa
    if workers == 1 or len(tasks) == 1:
        yield from map(play, tasks)
        return
    with _pool(engine, min(workers, len(tasks))) as pool:
        try:
            yield from pool.map(play, tasks)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _pool(engine: str, workers: int) -> concurrent.futures.Executor:
    """Threads where compiled code lets go of Python's lock, processes where it does not."""
    if engine == "fast":
        return concurrent.futures.ThreadPoolExecutor(workers)
    spawn = multiprocessing.get_context("spawn")  # no surprises from threads that libraries have started
    return concurrent.futures.ProcessPoolExecutor(workers, mp_context=spawn)


def play_fast(task: Task) -> pd.DataFrame:
    """The rows of one task, by compiled code."""
    from model import ensemble

    numbers = range(task.first, task.last)
    try:
        results, drawn = ensemble.play_block(task.scenario, task.seed, task.first // BLOCK, numbers)
    except ArithmeticError:  # the readable engine knows which run it was, and keeps the others
        return play_mesa(task)
    labs = task.scenario.named("lab")
    measured = [
        (list(Negotiated._fields), results.negotiated),
        (list(Lasting._fields), results.lasting),
        (list(Operating._fields), results.operating),
        ([AD_HOC + name for name in Operating._fields], results.ad_hoc),
        ([JOINED + name for name in labs], results.joined),
        ([STAYS + name for name in labs], results.stays),
        ([LEFT + name for name in labs], results.left),
        ([HELD + name for name in labs], results.held),
        ([AD_HOC + HELD + name for name in labs], results.held_ad_hoc),
        ([f"{SHARE_IN}{number + 1}" for number in range(results.share_in.shape[1])], results.share_in),
        ([f"{QUEUE}{number + 1}" for number in range(results.queue.shape[1])], results.queue),
    ]
    columns = {name: values[:, place] for names, values in measured for place, name in enumerate(names)}
    return pd.DataFrame({"run": np.array(numbers), "failed": "", **columns, **drawn})


def play_mesa(task: Task) -> pd.DataFrame:
    """The rows of one task, by the readable engine."""
    block, numbers = task.first // BLOCK, range(task.first, task.last)
    drawn = [path for path, entry in task.scenario.entries.items() if entry.distribution is not None]
    return pd.DataFrame([row(run, drawn) for run in runs_of_block(task.scenario, task.seed, block, numbers)])


def row(run: Run, drawn: list[str]) -> dict[str, Any]:
    """One run as a row; what goes wrong in it becomes its reason of failure."""
    from model.history import play as play_through

    head: dict[str, Any] = {"run": run.number, "failed": ""}
    parameters = {path: run.values[path] for path in drawn}
    try:
        history = play_through(run)
    except Exception as error:  # one broken run must not lose the others
        return head | {"failed": f"{type(error).__name__}: {error}"} | nothing(run) | parameters
    return head | reported(history) | parameters


def nothing(run: Run) -> dict[str, Any]:
    """The columns of a run that has nothing to report."""
    measures = [name for kind in MEASURES for name in kind._fields]
    by_lab = [prefix + lab for prefix in (JOINED, STAYS, LEFT, HELD, AD_HOC + HELD) for lab in run.case.labs]
    return dict.fromkeys([*measures, *(AD_HOC + name for name in Operating._fields), *by_lab], math.nan)


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
        **{STAYS + name: stays[name] for name in labs},
        **{LEFT + name: float(name in left) for name in labs},
        **{HELD + name: float(held[name]) for name in labs},
        **{AD_HOC + HELD + name: float(held_ad_hoc[name]) for name in labs},
        **{f"{SHARE_IN}{number}": value for number, value in enumerate(months["share_in"], 1)},
        **{f"{QUEUE}{number}": float(value) for number, value in enumerate(months["queue"], 1)},
    }
