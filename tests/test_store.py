"""Results on disk: whatever happens on the way, the finished table has the same bytes, and nothing kept is lost."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import filelock
import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments import MAX_RUNS
from experiments.plans.design import Plan, plan_of
from experiments.plans.sweepfile import read_sweep
from experiments.publish.findings import findings
from experiments.publish.tables import export
from experiments.results.summary import summarise
from experiments.runs import files, pool
from experiments.runs import store as stores
from experiments.runs.collect import collect
from experiments.runs.manifest import scenario_data, scenario_from
from experiments.runs.parts import INPUTS, NUMBER, SEAL, UNSEALED, Origin, packed, read, sealed
from experiments.runs.play import Rows
from experiments.runs.pool import run_many
from experiments.runs.store import Store, folder_for, opened
from model.draws import BLOCK
from model.problems import BadInput
from model.scenario import SHIPPED, load

from .conftest import ROOT
from .drawn import BASELINE

RUNS = 12_000  # twelve parts, a second or two
PATIENCE = 120  # seconds


def command(folder: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "experiments", "run", str(BASELINE), "--runs", str(RUNS), "--out", str(folder), *more]


def called(folder: Path, *more: str, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """`optin run` in a process of its own, perhaps one that cannot write files of more than `limit` bytes."""

    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        command(folder, *more), cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=limited
    )


def parts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "parts").iterdir()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a call that nothing has disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    said = called(folder)
    assert said.returncode == 0, said.stderr
    assert len(parts(folder)) == 12
    return folder


def kept(count: int) -> Callable[[Path], bool]:
    return lambda folder: len(list((folder / "parts").glob("*.parquet"))) >= count


def drawing(folder: Path) -> bool:
    return (folder / "figures").exists()


def started(folder: Path) -> bool:
    return (folder / "manifest.json").exists()


def stopped_at(folder: Path, moment: Callable[[Path], bool], by: signal.Signals) -> subprocess.Popen[str]:
    """A call that was sent a signal at a moment, and has ended."""
    process = subprocess.Popen(command(folder), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + PATIENCE
    while not moment(folder) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    process.send_signal(by)
    process.wait(PATIENCE)
    return process


@pytest.mark.exhaustive
@pytest.mark.parametrize("moment", [started, kept(1), kept(6), drawing], ids=["begun", "one part", "half", "drawing"])
def test_after_a_kill_at_any_moment_a_second_call_finishes_with_the_same_bytes(
    undisturbed: Path, tmp_path: Path, moment: Callable[[Path], bool]
) -> None:
    process = stopped_at(tmp_path, moment, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    for pipe in (process.stdout, process.stderr):
        assert pipe is not None
        pipe.close()
    again = called(tmp_path)
    assert again.returncode == 0, again.stderr
    assert parts(tmp_path) == parts(undisturbed)
    assert (tmp_path / "summary.json").read_bytes() == (undisturbed / "summary.json").read_bytes()


def workers_of(process: int) -> list[psutil.Process]:
    """The processes of its pool; others come and go, as git, which says the commit."""
    workers = []
    for its in psutil.Process(process).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "spawn_main" in str(its.cmdline()):
                workers.append(its)
    return workers


@pytest.mark.parametrize(
    "by",
    [pytest.param(signal.SIGKILL, marks=pytest.mark.exhaustive), pytest.param(signal.SIGINT, marks=pytest.mark.slow)],
)
def test_worker_processes_end_soon_with_the_command_whatever_ends_it(tmp_path: Path, by: signal.Signals) -> None:
    """What is queued, some minutes of work, is not played to its end."""
    process = subprocess.Popen(
        command(tmp_path, "--engine", "mesa", "--runs", "60000"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        end = time.monotonic() + PATIENCE
        while len(workers_of(process.pid)) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        workers = workers_of(process.pid)
        assert len(workers) == 2
        for its in [psutil.Process(process.pid), *workers] if by is signal.SIGINT else [psutil.Process(process.pid)]:
            its.send_signal(by)  # Ctrl-C reaches all of them
        _, error = process.communicate(timeout=30)
    finally:
        process.kill()
    gone, alive = psutil.wait_procs(workers, timeout=30)
    assert (len(gone), alive) == (2, [])
    if by is signal.SIGINT:
        assert process.returncode == 130
        assert error.startswith("optin: stopped; ")
        assert "Traceback" not in error


@pytest.mark.slow
def test_ctrl_c_stops_cleanly_and_says_what_is_saved_and_how_to_go_on(undisturbed: Path, tmp_path: Path) -> None:
    process = stopped_at(tmp_path, kept(3), signal.SIGINT)
    out, error = process.communicate()
    assert process.returncode == 130
    assert out == ""
    assert 3 <= len(parts(tmp_path)) < 12
    runs = sum(pq.read_metadata(path).num_rows for path in (tmp_path / "parts").iterdir())
    said = f"stopped; {runs:,} of 12,000 runs saved in {tmp_path}, the same command goes on from there"
    assert error == f"optin: {said}\n"
    saved = {path: path.stat().st_mtime_ns for path in (tmp_path / "parts").iterdir()}
    again = called(tmp_path)
    assert again.returncode == 0, again.stderr
    assert parts(tmp_path) == parts(undisturbed)
    assert all(path.stat().st_mtime_ns == written for path, written in saved.items())  # not made again


@pytest.mark.exhaustive
def test_a_disk_that_is_full_is_told_plainly_and_costs_no_finished_part(undisturbed: Path, tmp_path: Path) -> None:
    assert called(tmp_path).returncode == 0
    (tmp_path / "parts" / "000004.parquet").unlink()
    part = (tmp_path / "parts" / "000005.parquet").stat().st_size
    full = called(tmp_path, limit=part * 9 // 10)  # enough for the manifest, not for a part
    assert full.returncode == 1
    assert full.stdout == ""
    assert full.stderr.splitlines()[-1].startswith("optin: ")
    assert f"File too large; {RUNS - BLOCK:,} of 12,000 runs saved in" in full.stderr
    assert "Traceback" not in full.stderr
    assert parts(tmp_path) == {name: its for name, its in parts(undisturbed).items() if name != "000004.parquet"}
    assert called(tmp_path).returncode == 0
    assert parts(tmp_path) == parts(undisturbed)


def cut_short(content: bytes) -> bytes:
    return content[: len(content) // 2]


def one_bit_off(content: bytes) -> bytes:
    middle = len(content) // 3
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.slow
@pytest.mark.parametrize("damage", [cut_short, one_bit_off, lambda _: b""], ids=["cut short", "one bit off", "empty"])
def test_a_damaged_part_is_noticed_named_and_made_again(
    undisturbed: Path, tmp_path: Path, damage: Callable[[bytes], bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path, plan_of(load(BASELINE), RUNS, 1, None, max(RUNS, MAX_RUNS)))
    for name, content in parts(undisturbed).items():
        files.write_bytes(tmp_path / "parts" / name, content)
    path = store.path(7)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(BadInput, match=r"000007\.parquet: is damaged"):
        store["adopted"]
    collect(store, "fast", 2)
    assert f"{path} is damaged (" in capfd.readouterr().err
    assert parts(tmp_path) == parts(undisturbed)


@pytest.mark.slow
def test_a_part_of_other_runs_is_made_again(undisturbed: Path, tmp_path: Path) -> None:
    store = Store(tmp_path, plan_of(load(BASELINE), RUNS, 1, None, max(RUNS, MAX_RUNS)))
    for name, content in parts(undisturbed).items():
        files.write_bytes(tmp_path / "parts" / name, content)
    files.write_bytes(store.path(2), parts(undisturbed)["000003.parquet"])
    collect(store, "fast", 2)
    assert parts(tmp_path) == parts(undisturbed)


# ---------------------------------------------------------------- the same on any engine and any number of workers


SWEEP = """
question: Does a longer clock help?
scenario: june-order.yaml
vary:
  levers.deadline_days: [30, 120]
  relations.bargaining: [compromise, nash]
  relations.horizon_days: [60, 365]
runs: 70
"""


def swept(folder: Path, text: str = SWEEP) -> Plan:
    (folder / "sweep.yaml").write_text(text)
    return read_sweep(folder / "sweep.yaml")


def collected(folder: Path, plan: Plan, engine: str = "fast", workers: int = 2) -> Store:
    store = Store(folder, plan)
    store.begin()
    collect(store, engine, workers)
    return store


def test_a_part_has_the_bytes_that_arrow_makes_of_its_arrays_and_gives_the_same_values_back(tmp_path: Path) -> None:
    measured = np.random.default_rng(1).random((5, 4))[:, ::2]  # as in a part, a column is no stretch of memory
    measured[3] = np.nan
    failed = np.array(["", "", "", "Fehler: größer als 1", ""], dtype=object)
    rows = Rows(np.arange(5), 10 + np.arange(5), failed, measured)
    origin = Origin("f" * 64, 3)
    table = pa.table(
        {
            "point": pa.array(rows.point, pa.int64()),
            "run": pa.array(rows.run, pa.int64()),
            "seed": pa.array([2**62] * 5, pa.int64()),
            "failed": pa.array(rows.failed, pa.string()),
            "a": pa.array(measured[:, 0]),
            "b": pa.array(measured[:, 1]),
        }
    )
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, table.schema, compression="zstd", write_page_checksum=True) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({INPUTS: origin.inputs, NUMBER: "3", SEAL: UNSEALED})
    content = packed(rows, ["a", "b"], 2**62, origin)
    assert content == sealed(sink.getvalue().to_pybytes())
    path = tmp_path / "part.parquet"
    path.write_bytes(content)
    for values, expected in zip(
        read(path, ["failed", "b", "run"]), (rows.failed, measured[:, 1], rows.run), strict=True
    ):
        np.testing.assert_array_equal(values, expected, strict=True)


@pytest.mark.slow
def test_a_sweep_has_the_same_bytes_on_either_engine_and_any_number_of_workers(tmp_path: Path) -> None:
    plan = swept(tmp_path)
    fast = parts(collected(tmp_path / "fast", plan).folder)
    assert fast == parts(collected(tmp_path / "one", plan, workers=1).folder)
    assert fast == parts(collected(tmp_path / "mesa", plan, "mesa").folder)


@pytest.mark.slow
def test_long_work_in_processes_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = swept(tmp_path)
    threads = parts(collected(tmp_path / "threads", plan).folder)
    monkeypatch.setattr(pool, "MOST_IN_THREADS", 100)
    store = Store(tmp_path / "processes", plan)
    collect(store, "fast", 3, processes=True)
    assert parts(store.folder) == threads


@pytest.mark.slow
def test_a_point_of_a_sweep_is_the_scenario_with_those_values_set(tmp_path: Path) -> None:
    plan = swept(tmp_path)
    store = collected(tmp_path / "its", plan)
    points = store["point"]
    assert len(plan.points) == 8
    for point in range(len(plan.points)):
        settings = [f"{path}={value}" for path, value in plan.changes(point).items()]
        alone = run_many(load(SHIPPED / "june-order.yaml", settings), plan.runs, plan.seed)
        measured = [name for name in store.names if name in alone.columns]
        here = pd.DataFrame({name: store[name][points == point] for name in measured})
        pd.testing.assert_frame_equal(here, alone[measured], check_exact=True)
        months = [name for name in store.names if name not in alone.columns]
        assert all(np.isnan(store[name][points == point]).all() for name in months)  # beyond its horizon


def test_points_with_more_runs_than_a_block_come_in_whole_too(tmp_path: Path) -> None:
    plan = swept(
        tmp_path, "question: q\nscenario: june-order.yaml\nvary: {levers.quorum_labs: [4, 6, 7]}\nruns: 1500\n"
    )
    store = collected(tmp_path / "its", plan)
    alone = run_many(load(SHIPPED / "june-order.yaml", ["levers.quorum_labs=6"]), 1500, 1)
    chosen = store["point"] == 1
    order = np.argsort(store["run"][chosen])
    np.testing.assert_array_equal(store["review_days"][chosen][order], alone["review_days"])


# ---------------------------------------------------------------- reading


@pytest.mark.slow
def test_a_summary_from_disk_is_that_of_the_table_in_memory_however_little_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = load(BASELINE)
    store = collected(tmp_path, plan_of(scenario, 3000, 2))
    expected = summarise(scenario, run_many(scenario, 3000, 2), 2).data()
    assert summarise(scenario, store, 2).data() == expected
    monkeypatch.setattr(stores, "MOST_HELD", 1)
    assert summarise(scenario, Store(tmp_path, store.plan), 2).data() == expected


def test_finished_results_are_opened_from_their_folder_alone(tmp_path: Path) -> None:
    plan = swept(tmp_path)
    store = collected(tmp_path / "its", plan)
    found = findings(store)
    files.write_json(store.folder / "summary.json", found.data)
    again = opened(store.folder)
    assert again.plan._replace(scenario=plan.scenario) == plan
    assert again.made_from == store.made_from
    assert findings(again).data == json.loads((store.folder / "summary.json").read_text())


@pytest.mark.parametrize("path", sorted(SHIPPED.rglob("*.yaml")), ids=lambda path: path.stem)
def test_a_scenario_comes_back_from_a_manifest_as_it_was(path: Path) -> None:
    scenario = load(path)
    again = scenario_from(json.loads(json.dumps(scenario_data(scenario))))
    for name in ("name", "title", "question", "starts", "kinds", "labels", "files", "settings"):
        assert getattr(again, name) == getattr(scenario, name)
    for its, was in zip(again.entries.values(), scenario.entries.values(), strict=True):
        assert (its.path, its.type, its.value, its.distribution) == (was.path, was.type, was.value, was.distribution)
        assert (its.label, its.unit, its.low, its.high) == (was.label, was.unit, was.low, was.high)
        assert (its.source, str(its.mark)) == (was.source, str(was.mark))


def test_an_export_holds_every_run_with_what_was_drawn_to_the_last_digit(tmp_path: Path) -> None:
    scenario = load(BASELINE)
    store = collected(tmp_path, plan_of(scenario, 1200, 3))
    assert export(store, tmp_path / "runs.csv") == 1200
    back = pd.read_csv(tmp_path / "runs.csv", keep_default_na=False, na_values={n: [""] for n in store.names})
    expected = run_many(scenario, 1200, 3)
    assert set(back.columns) == {"point", "seed", *expected.columns}
    pd.testing.assert_frame_equal(back[list(expected.columns)], expected, check_exact=True, check_dtype=False)


def test_an_export_of_a_sweep_says_what_varied_at_each_run(tmp_path: Path) -> None:
    store = collected(tmp_path / "its", swept(tmp_path))
    export(store, tmp_path / "runs.csv")
    back = pd.read_csv(tmp_path / "runs.csv")
    parquet = pd.read_parquet(tmp_path / "its" / "parts")  # as the README says
    pd.testing.assert_frame_equal(back[store.names], parquet[store.names], check_exact=True, check_dtype=False)
    for point, its in back.groupby("point"):
        for path, value in store.plan.changes(int(point)).items():  # type: ignore[call-overload]
            assert (its[path] == value).all()


# ---------------------------------------------------------------- folders


def test_other_inputs_go_to_a_folder_of_their_own_and_equal_ones_to_the_same(tmp_path: Path) -> None:
    wanted = tmp_path / "baseline"
    one, other = (plan_of(load(BASELINE), 20, seed) for seed in (1, 2))
    collected(folder_for(one, wanted, chosen=False), one)
    assert folder_for(one, wanted, chosen=False) == wanted
    second = folder_for(other, wanted, chosen=False)
    assert second == tmp_path / "baseline-2"
    collected(second, other)
    assert folder_for(other, wanted, chosen=False) == second
    assert folder_for(one, wanted, chosen=False) == wanted


def test_a_chosen_folder_with_other_results_is_refused_and_left_alone(tmp_path: Path) -> None:
    collected(tmp_path, plan_of(load(BASELINE), 20, 1))
    before = parts(tmp_path)
    with pytest.raises(BadInput, match="holds other results"):
        folder_for(plan_of(load(BASELINE), 20, 2), tmp_path, chosen=True)
    assert parts(tmp_path) == before


@pytest.mark.parametrize(
    ("manifest", "fragment"),
    [
        (None, "holds no results"),
        ("{", "manifest.json: cannot be read"),
        ("[1]", "manifest.json: cannot be read"),
        ('{"runs": 1000, "written": "2026-07-04"}', "holds results of format 0 (written 2026-07-04"),
        ('{"format": 1, "command": "optin run x.yaml"}', "holds results of format 1"),
        ('{"format": 2, "command": "optin run x.yaml"}', "holds results of format 2"),
        ('{"format": 3, "command": "optin run x.yaml"}', "the command that made these results writes it anew"),
        ("", "manifest.json: cannot be read: it is empty"),
    ],
)
def test_what_cannot_be_opened_says_why(tmp_path: Path, manifest: str | None, fragment: str) -> None:
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(BadInput) as caught:
        opened(tmp_path)
    assert fragment in str(caught.value)


def test_two_processes_never_write_to_the_same_folder(tmp_path: Path) -> None:
    with filelock.FileLock(tmp_path / ".lock"):
        said = called(tmp_path)
    assert said.returncode == 2
    assert "another optin is writing there" in said.stderr


def test_nothing_of_a_file_is_left_when_it_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        assert os.listdir(tmp_path) == ["x.json.part"]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write_bytes(tmp_path / "x.json", b"content")
    assert os.listdir(tmp_path) == []
