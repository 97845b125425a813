"""Ctrl-C ends work on threads, processes and a cluster within seconds, quietly, and leaves nobody behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from experiments.plans.design import cut, plan_of
from experiments.runs import pool
from experiments.runs.pool import MESA_TASK, MOST_IN_THREADS, play_parts
from model.scenario import load

from .conftest import ROOT
from .drawn import BASELINE

PATIENCE = 120  # seconds until work is under way
SOON = 15  # seconds, on a busy machine; what is queued takes minutes with Mesa
MESA = ("--engine", "mesa", "--runs", "60000")
THREADS = ("--runs", str(MOST_IN_THREADS))
PROCESSES = ("--runs", str(10 * MOST_IN_THREADS))
CLUSTER = ("--cluster", "local", *PROCESSES)


def restore_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """A command and everyone it has started."""
    its = psutil.Process(process.pid)
    return [its, *its.children(recursive=True)]


def at_work(process: subprocess.Popen[str], workers: int) -> bool:
    """Whether so many workers play: their imports take two seconds."""
    busy = 0
    for its in family(process)[bool(workers) :]:
        with contextlib.suppress(psutil.Error):
            busy += its.cpu_times().user > 3
    return busy >= max(1, workers)


def stopped(command: tuple[str, ...], workers: int, folder: Path, times: int) -> tuple[subprocess.Popen[str], str]:
    """A command after Ctrl-C as a terminal sends it, to everyone, and what it has said; fails where anyone stays."""
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments", "run", str(BASELINE), "--out", str(folder), *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=restore_ctrl_c,
    )
    everyone = []
    try:
        end = time.monotonic() + PATIENCE
        while not at_work(process, workers) and process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        assert at_work(process, workers), "it never came to that"
        everyone = family(process)
        for _ in range(times):
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(0.1)
        _, said = process.communicate(timeout=SOON)
        assert psutil.wait_procs(everyone, timeout=5)[1] == []
        return process, said
    finally:
        for its in everyone:
            with contextlib.suppress(psutil.Error):
                its.kill()
        process.kill()
        process.communicate()


@pytest.mark.exhaustive
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(
    ("command", "workers"),
    [
        pytest.param(MESA, 2, id="mesa in processes"),
        pytest.param(PROCESSES, 2, id="fast in processes"),
        pytest.param(THREADS, 0, id="fast in threads"),
        pytest.param(CLUSTER, 2, id="cluster"),
    ],
)
def test_ctrl_c_ends_everyone_soon_and_quietly_however_often_it_is_pressed(
    command: tuple[str, ...], workers: int, tmp_path: Path, times: int
) -> None:
    process, said = stopped(command, workers, tmp_path / "out", times)
    assert process.returncode == 130
    assert said.startswith("optin: stopped; ")
    assert said.endswith("the same command goes on from there\n")
    assert len(said.splitlines()) == 1


# ---------------------------------------------------------------- the pool


class Stop(BaseException):
    """As Ctrl-C, but only where it is raised."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "kind"), [("mesa", ProcessPoolExecutor), ("fast", ProcessPoolExecutor), ("fast", ThreadPoolExecutor)]
)
def test_what_is_queued_is_not_played_once_the_work_is_stopped(
    engine: str, kind: type[Executor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With either engine in processes, and in threads: what was waiting is cancelled, as its futures say."""
    monkeypatch.setattr(pool, "MOST_IN_THREADS", 0)
    futures = []
    submit: Callable[..., object] = kind.submit

    def submitted(*arguments: object) -> object:
        futures.append(submit(*arguments))
        return futures[-1]

    monkeypatch.setattr(kind, "submit", submitted)

    def stop(_: int) -> None:
        raise Stop

    plan = plan_of(load(BASELINE), 20 * 1024, seed=1)
    parts = list(cut([0], 0, plan.runs, 0))
    with pytest.raises(Stop):
        for _ in play_parts(plan, parts, engine, 2, stop, processes=kind is ProcessPoolExecutor):
            pass
    played = [its for its in futures if not its.cancelled()]
    assert all(its.done() for its in futures)
    assert 1 <= len(played) < len(futures)
    if engine == "mesa":
        assert len(futures) > 2 * 1024 / MESA_TASK
        assert len(played) < 10  # two at work, and those already handed over
