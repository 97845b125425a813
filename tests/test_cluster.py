"""On a Dask cluster of real processes a sweep has the bytes of one machine, whatever dies on the way."""

import asyncio
import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import psutil
import pyarrow.parquet as pq
import pytest

from experiments.runs.cluster import connected
from model.problems import BadInput
from model.scenario import SHIPPED

from .conftest import ROOT
from .test_cli import refused
from .test_shards import done, results

pytest.importorskip("distributed")
from distributed.core import rpc
from distributed.security import Security

SWEEP = """
question: Do more labs make it harder?
scenario: june-order.yaml
vary: {levers.quorum_labs: [4, 7]}
runs: 30720
"""
PARTS = 30
PATIENCE = 120  # seconds
DASK = (sys.executable, "-m", "dask")


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cluster") / "sweep.yaml"
    path.write_text(SWEEP)
    return path


@pytest.fixture(scope="module")
def undisturbed(sweep: Path) -> Path:
    """The results of one process."""
    out = sweep.with_name("undisturbed")
    done("sweep", sweep, "--workers", 1, "--out", out)
    assert len(list((out / "parts").iterdir())) == PARTS
    return out


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place without Opt-In, as its importers see it."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "experiments.py").write_text("raise ModuleNotFoundError('Opt-In is not installed here')\n")
    return folder


def until(happened: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Wait for something, but no longer than for a process."""
    end = time.monotonic() + PATIENCE
    while not happened() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    assert happened(), "it never came to that"


def address_in(path: Path) -> str:
    """The address that a scheduler writes, or '' as long as it has not."""
    try:
        return str(json.loads(path.read_text())["address"])
    except (OSError, ValueError):
        return ""


class Machines:
    """A scheduler, its workers and the clients of a test, each in a process group of its own."""

    def __init__(self, folder: Path, elsewhere: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []
        self.elsewhere = elsewhere

    def process(self, *command: object, sources: Path = ROOT) -> subprocess.Popen[str]:
        with (self.folder / f"{len(self.started)}.log").open("w") as log:
            its = subprocess.Popen(
                list(map(str, command)),
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(sources)},
                stdout=subprocess.DEVNULL,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self.started.append(its)
        return its

    def scheduler(self, *options: object) -> tuple[subprocess.Popen[str], str]:
        """A scheduler that knows nothing of Opt-In, and its address."""
        path = self.folder / f"scheduler-{len(self.started)}.json"
        where = ("--host", "127.0.0.1", "--port", 0, "--scheduler-file", path)
        its = self.process(*DASK, "scheduler", *where, "--no-dashboard", *options, sources=self.elsewhere)
        until(lambda: address_in(path), its)
        return its, address_in(path)

    def worker(self, address: str, sources: Path = ROOT, options: tuple[object, ...] = ()) -> subprocess.Popen[str]:
        usual = ("--nthreads", 1, "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        where = ("--local-directory", self.folder)
        return self.process(*DASK, "worker", address, *usual, *where, *options, sources=sources)

    def client(self, sweep: Path, out: Path, address: str) -> subprocess.Popen[str]:
        optin = (sys.executable, "-m", "experiments", "sweep", sweep)
        return self.process(*optin, "--out", out, "--cluster", address)

    def said(self, process: subprocess.Popen[str]) -> str:
        """What a process has complained of, once it has ended."""
        process.wait(PATIENCE)
        return (self.folder / f"{self.started.index(process)}.log").read_text()

    def end(self) -> None:
        for its in self.started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(its.pid, signal.SIGKILL)
            its.wait()


@pytest.fixture
def machines(tmp_path: Path, elsewhere: Path) -> Iterator[Machines]:
    its = Machines(tmp_path, elsewhere)
    try:
        yield its
    finally:
        its.end()


def parts(out: Path) -> list[Path]:
    return sorted((out / "parts").glob("*.parquet"))


def finished(machines: Machines, client: subprocess.Popen[str], out: Path, undisturbed: Path) -> None:
    """Nothing lost, nothing twice, same bytes."""
    said = machines.said(client)
    assert client.returncode == 0, said
    assert results(out) == results(undisturbed)
    assert "Traceback" not in said


@pytest.mark.exhaustive
def test_two_threads_a_cluster_and_merged_shards_give_the_bytes_of_one_process(
    sweep: Path, undisturbed: Path, machines: Machines
) -> None:
    _, address = machines.scheduler()
    for _ in range(2):
        machines.worker(address)
    out, threads, merged = (machines.folder / name for name in ("out", "threads", "merged"))
    client = machines.client(sweep, out, address)
    finished(machines, client, out, undisturbed)
    done("sweep", sweep, "--workers", 2, "--out", threads)
    assert results(threads) == results(undisturbed)
    shards = [machines.folder / str(number) for number in (1, 2)]
    done("sweep", sweep, "--shard", "1/2", "--out", shards[0])
    done("sweep", sweep, "--shard", "2/2", "--out", shards[1])
    done("merge", *shards, "--out", merged)
    assert results(merged) == results(undisturbed)


@pytest.mark.slow
def test_a_cluster_that_is_started_here_gives_the_same_bytes(sweep: Path, undisturbed: Path, tmp_path: Path) -> None:
    done("sweep", sweep, "--cluster", "local", "--out", tmp_path)
    assert results(tmp_path) == results(undisturbed)


async def heard(address: str, security: Security) -> object:
    """What whoever listens there says of itself."""
    async with rpc(address, connection_args=security.get_connection_args("client")) as there:
        return await asyncio.wait_for(there.identity(), 5)


def ports(process: subprocess.Popen[str]) -> set[int]:
    """Where a command and all that it has started listen."""
    its = psutil.Process(process.pid)
    everyone = [its, *its.children(recursive=True)]
    return {each.laddr.port for one in everyone for each in one.net_connections() if each.status == "LISTEN"}


@pytest.mark.slow
def test_a_cluster_that_is_started_here_hears_nobody_else(sweep: Path, machines: Machines) -> None:
    """Whoever a scheduler or a worker of Dask hears can have it run anything."""
    optin = (sys.executable, "-m", "experiments", "run", SHIPPED / "baseline.yaml", "--runs", 10**7)
    client = machines.process(*optin, "--out", machines.folder / "out", "--cluster", "local")
    until(lambda: parts(machines.folder / "out"), client)
    listening = ports(client)
    assert len(listening) >= 4  # scheduler, two nannies, two workers, and what would be their pages
    for port in listening:
        for protocol, security in [("tcp", Security()), ("tls", Security.temporary())]:
            with pytest.raises((OSError, TimeoutError)):
                asyncio.run(heard(f"{protocol}://127.0.0.1:{port}", security))
        for path in ("/", "/status", "/info/main/workers.html", "/health", "/metrics"):
            with pytest.raises(OSError, match=r"404|reset|closed|disconnected"):
                urlopen(f"http://127.0.0.1:{port}{path}", timeout=5)
    assert client.poll() is None


@pytest.fixture
def certificate(machines: Machines) -> tuple[tuple[object, ...], dict[str, str]]:
    """A certificate in files, as a scheduler and workers are told of it, and as the settings of a client are."""
    its = Security.temporary()
    paths = {"ca-file": "ca.pem", "cert": "cert.pem", "key": "key.pem"}
    for path, text in zip(paths.values(), (its.tls_ca_file, its.tls_client_cert, its.tls_client_key), strict=True):
        (machines.folder / path).write_text(text)
    options = [(f"--tls-{name}", machines.folder / path) for name, path in paths.items()]
    client = {"CA_FILE": "ca.pem", "CLIENT__CERT": "cert.pem", "CLIENT__KEY": "key.pem"}
    settings = {f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(machines.folder / path) for name, path in client.items()}
    return tuple(itertools.chain(*options)), settings


@pytest.mark.exhaustive
def test_a_scheduler_with_tls_of_its_owner_is_used_by_who_has_the_certificate(
    sweep: Path,
    undisturbed: Path,
    machines: Machines,
    certificate: tuple[tuple[object, ...], dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options, settings = certificate
    _, address = machines.scheduler(*options, "--protocol", "tls")
    assert address.startswith("tls://")
    machines.worker(address, options=options)
    said = refused("sweep", str(sweep), "--cluster", address, "--out", str(machines.folder / "out"))
    assert said.startswith(f"optin: --cluster {address}: no Dask scheduler answers (TLS expects ")
    assert len(said.splitlines()) == 1
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    out = machines.folder / "out"
    finished(machines, machines.client(sweep, out, address), out, undisturbed)


@pytest.mark.exhaustive
def test_the_parts_of_a_worker_that_is_killed_go_to_another(sweep: Path, undisturbed: Path, machines: Machines) -> None:
    _, address = machines.scheduler()
    worker, _ = machines.worker(address), machines.worker(address)
    out = machines.folder / "out"
    client = machines.client(sweep, out, address)
    until(lambda: len(parts(out)) >= 3, client)
    worker.send_signal(signal.SIGKILL)
    assert len(parts(out)) < PARTS
    finished(machines, client, out, undisturbed)


@pytest.mark.exhaustive
def test_a_worker_that_stands_still_for_a_while_changes_nothing(
    sweep: Path, undisturbed: Path, machines: Machines
) -> None:
    _, address = machines.scheduler()
    worker, _ = machines.worker(address), machines.worker(address)
    out = machines.folder / "out"
    client = machines.client(sweep, out, address)
    until(lambda: len(parts(out)) >= 3, client)
    worker.send_signal(signal.SIGSTOP)
    assert len(parts(out)) < PARTS
    time.sleep(20)
    worker.send_signal(signal.SIGCONT)
    finished(machines, client, out, undisturbed)


@pytest.mark.exhaustive
def test_when_the_scheduler_dies_the_same_command_goes_on_with_a_new_one(
    sweep: Path, undisturbed: Path, machines: Machines
) -> None:
    scheduler, address = machines.scheduler()
    for _ in range(2):
        machines.worker(address)
    out = machines.folder / "out"
    client = machines.client(sweep, out, address)
    until(lambda: len(parts(out)) >= 3, client)
    scheduler.send_signal(signal.SIGKILL)
    said = machines.said(client)
    kept = {path: path.stat().st_mtime_ns for path in parts(out)}
    assert client.returncode == 1, said
    assert 3 <= len(kept) < PARTS
    runs = sum(pq.read_metadata(path).num_rows for path in kept)
    saved = f"{runs:,} of 61,440 runs saved in {out}, the same command goes on from there"
    assert said.splitlines()[-1] == f"optin: the scheduler at {address} is gone; {saved}"
    assert "Traceback" not in said
    _, other = machines.scheduler()
    machines.worker(other)
    finished(machines, machines.client(sweep, out, other), out, undisturbed)
    assert all(path.stat().st_mtime_ns == written for path, written in kept.items())


@pytest.mark.exhaustive
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT])
def test_when_the_client_is_stopped_the_same_command_goes_on(
    sweep: Path, undisturbed: Path, machines: Machines, by: signal.Signals
) -> None:
    _, address = machines.scheduler()
    for _ in range(2):
        machines.worker(address)
    out = machines.folder / "out"
    client = machines.client(sweep, out, address)
    until(lambda: len(parts(out)) >= 3, client)
    client.send_signal(by)
    said = machines.said(client)
    kept = {path: path.stat().st_mtime_ns for path in parts(out)}
    assert client.returncode == (130 if by is signal.SIGINT else -by)
    assert ("optin: stopped; " in said) == (by is signal.SIGINT)
    assert "Traceback" not in said
    finished(machines, machines.client(sweep, out, address), out, undisturbed)
    assert all(path.stat().st_mtime_ns == written for path, written in kept.items())


@contextlib.contextmanager
def silent() -> Iterator[str]:
    """The address of something that listens and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"tcp://127.0.0.1:{listening.getsockname()[1]}"


@contextlib.contextmanager
def nobody() -> Iterator[str]:
    """The address of nobody."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    yield f"tcp://127.0.0.1:{port}"


@pytest.mark.exhaustive
@pytest.mark.parametrize("address", [nobody, silent])
def test_a_scheduler_that_does_not_answer_is_told_soon(
    sweep: Path, tmp_path: Path, address: Callable[[], contextlib.AbstractContextManager[str]]
) -> None:
    start = time.monotonic()
    with address() as its:
        said = refused("sweep", str(sweep), "--cluster", its, "--out", str(tmp_path / "out"))
    assert time.monotonic() - start < 15
    assert said.startswith(f"optin: --cluster {its}: no Dask scheduler answers (")
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("wrong", ["", "here there", "foo://x:1", "tcp://x:y", "tcp://x"])
def test_an_address_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(BadInput) as caught, connected(wrong, 1):
        pass
    assert str(caught.value).startswith(f"--cluster {wrong}: no Dask scheduler answers (")


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """The sources of another version."""
    folder = tmp_path / "older"
    for name in ("model", "experiments", "scenarios"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "figures"))
    shutil.copytree(ROOT / "experiments" / "figures", folder / "experiments" / "figures")
    init = folder / "model" / "__init__.py"
    assert '"0.1.0"' in init.read_text()
    init.write_text(init.read_text().replace('"0.1.0"', '"0.0.9"'))
    return folder


@pytest.mark.exhaustive
def test_a_worker_of_another_version_is_refused_with_both_lists(sweep: Path, machines: Machines, older: Path) -> None:
    _, address = machines.scheduler()
    worker = machines.worker(address, older)
    until(lambda: "Registered to" in (machines.folder / "1.log").read_text(), worker)
    said = refused("sweep", str(sweep), "--cluster", address, "--out", str(machines.folder / "out"))
    assert f"optin: --cluster {address}: tcp://127.0.0.1:" in said
    assert " has opt-in 0.0.9, model " in said
    assert "; here are opt-in 0.1.0, model " in said
    assert said.count("numpy ") == said.count("python ") == 2
    assert not (machines.folder / "out").exists()


@pytest.mark.exhaustive
def test_a_worker_without_the_package_is_refused(sweep: Path, machines: Machines) -> None:
    _, address = machines.scheduler()
    worker = machines.worker(address, machines.elsewhere)
    until(lambda: "Registered to" in (machines.folder / "1.log").read_text(), worker)
    said = refused("sweep", str(sweep), "--cluster", address, "--out", str(machines.folder / "out"))
    assert " has no Opt-In of this version (" in said
    assert "ModuleNotFoundError('Opt-In is not installed here')); here are opt-in" in said


@pytest.mark.exhaustive
def test_a_worker_of_another_version_that_comes_later_is_refused_too_and_what_is_there_stays(
    sweep: Path, undisturbed: Path, machines: Machines, older: Path
) -> None:
    _, address = machines.scheduler()
    good, out = machines.worker(address), machines.folder / "out"
    client = machines.client(sweep, out, address)
    until(lambda: len(parts(out)) >= 1, client)
    good.send_signal(signal.SIGSTOP)
    machines.worker(address, older)
    until(lambda: client.poll() is not None, client)
    good.send_signal(signal.SIGCONT)
    assert client.returncode == 2
    assert " has opt-in 0.0.9, " in machines.said(client)
    assert "; here are opt-in 0.1.0, " in machines.said(client)
    assert all(path.read_bytes() == (undisturbed / "parts" / path.name).read_bytes() for path in parts(out))
