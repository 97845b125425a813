"""Ctrl-C ends work on threads, processes and a cluster within seconds, quietly, and leaves nobody behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from experiments.plans.design import cut, plan_of
from experiments.runs.pool import MOST_IN_THREADS, play_parts
from model.draws import BLOCK
from model.scenario import load

from .conftest import ROOT
from .drawn import BASELINE

PATIENCE = 120  # seconds until work is under way
SOON = 45  # seconds, on a busy machine; what is queued takes five minutes with Mesa
RUN = ("run", str(BASELINE), "--runs")
MESA = (*RUN, "60000", "--engine", "mesa")
THREADS = (*RUN, str(10 * MOST_IN_THREADS))
PROCESSES = ("sensitivity", str(BASELINE), "--workers", "3")  # at many points
CLUSTER = (*THREADS, "--cluster", "local")


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """A command and everyone it has started."""
    its = psutil.Process(process.pid)
    return [its, *its.children(recursive=True)]


def busy(process: subprocess.Popen[str], workers: int, seconds: float) -> bool:
    """Whether so many workers, or the command itself where it has none, have used so much processor time."""
    count = 0
    for its in family(process)[bool(workers) :]:
        with contextlib.suppress(psutil.Error):
            count += its.cpu_times().user >= seconds
    return count >= max(1, workers)


def stopped(
    command: tuple[str, ...], workers: int, folder: Path, after: float, times: int
) -> tuple[subprocess.Popen[str], str]:
    """A command after Ctrl-C as a terminal sends it, to everyone, and what it has said; fails where anyone stays."""
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments", *command, "--out", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    everyone = []
    try:
        end = time.monotonic() + PATIENCE
        while not busy(process, workers, after):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
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


IN_PROCESSES = {"mesa": (MESA, 2), "fast": (PROCESSES, 3), "cluster": (CLUSTER, 2)}
STARTING, AT_WORK = 0.3, 3.0  # seconds of processor time of a worker, whose imports take two


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("command", "workers", "after", "times"),
    [
        *(
            pytest.param(command, workers, after, times, id=f"{name}, {times} times after {after} s")
            for name, (command, workers) in IN_PROCESSES.items()
            for after, times in [(STARTING, 1), (AT_WORK, 1), (AT_WORK, 3)]
        ),
        pytest.param(THREADS, 0, 2 * AT_WORK, 1, id="threads, once"),
        pytest.param(THREADS, 0, 2 * AT_WORK, 3, id="threads, 3 times"),
    ],
)
def test_ctrl_c_ends_everyone_soon_and_quietly_however_often_it_is_pressed(
    command: tuple[str, ...], workers: int, after: float, times: int, tmp_path: Path
) -> None:
    process, said = stopped(command, workers, tmp_path / "out", after, times)
    assert process.returncode == 130
    assert said.startswith("optin: stopped; ")
    assert len(said.splitlines()) == 1


# ---------------------------------------------------------------- the pool


class Stop(BaseException):
    """As Ctrl-C, but only where it is raised."""


@pytest.mark.slow
def test_what_is_queued_is_not_played_once_the_work_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    futures: list[Future[Any]] = []
    submit: Callable[..., Future[Any]] = ProcessPoolExecutor.submit

    def submitted(*arguments: Any) -> Future[Any]:
        futures.append(submit(*arguments))
        return futures[-1]

    monkeypatch.setattr(ProcessPoolExecutor, "submit", submitted)

    def stop(_: int) -> None:
        raise Stop

    plan = plan_of(load(BASELINE), 5 * BLOCK, seed=1)
    with pytest.raises(Stop):
        list(play_parts(plan, list(cut([0], 0, plan.runs, 0)), "mesa", 2, stop))
    assert all(its.done() for its in futures)
    assert sum(its.cancelled() for its in futures) > len(futures) / 2
