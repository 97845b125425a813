"""Parts of a plan on a Dask cluster: played and packed by its workers, written by the client.

A worker needs nothing but the installed package, and a scheduler not even that. Both sides must be made of the same:
what decides the bytes of a part is compared before anything is played, and by each worker before its first part, since
it may have come later.
"""

import asyncio
import contextlib
import functools
import hashlib
import itertools
import logging
import pickle
import platform
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from model import __version__
from model.draws import BLOCK
from model.fingerprint import fingerprint
from model.problems import BadInput, refusal
from model.scenario import SHIPPED, load

from ..measures.columns import columns
from ..plans.design import Part, Plan, plan_of, whole
from .errors import WorkersLost
from .manifest import DECIDING, inputs
from .parts import Origin, packed
from .play import PLAYERS, Piece, in_one_piece, rounds_of
from .pool import announce_compilation, ctrl_c_held_back, ctrl_c_ignored

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster
    from tqdm import tqdm

LOCAL = "local"  # the address that stands for a cluster on this machine
PATIENCE = 5  # seconds for a scheduler to answer
AHEAD = 2  # parts for each thread of the workers, so that none waits for the next
FEWEST = 4  # parts under way where no worker is there yet
COUNTED_EVERY = 1.0  # seconds between two counts of the workers

type Stamp = dict[str, str]
"""What decides the bytes of a part: name -> version."""


# ---------------------------------------------------------------- on either side


def versions() -> Stamp:
    """The versions of the project, of Python and of the libraries that parts follow from."""
    python = ".".join(platform.python_version_tuple()[:2])
    libraries = {name: version(name) for name in (*DECIDING, "distributed")}
    return {"opt-in": __version__, "model": fingerprint()[:12], "python": python, **libraries}


@functools.cache
def build_stamp() -> Stamp:
    """The versions, and a hash of a thousand runs as they come out here: processors may round differently, too."""
    plan = plan_of(load(SHIPPED / "baseline.yaml"), BLOCK, seed=0)
    [part] = whole(plan)
    sample = content(in_one_piece(plan, part, rounds_of(plan)), "fast", Origin(inputs(plan), part.number))
    return versions() | {"sample": hashlib.sha256(sample).hexdigest()[:12]}


def content(piece: Piece, engine: str, origin: Origin) -> bytes:
    """The file of a part."""
    return packed(PLAYERS[engine](piece), columns(piece.scenario, piece.rounds), piece.seed, origin)


def content_if_same_build(client: Stamp, work: bytes) -> bytes | Stamp:
    """The file of a part; from a worker that is made of something else than the client, what that is."""
    for call in (versions, build_stamp):  # the sample last, which may have to be compiled
        if not call().items() <= client.items():
            return call()
    return content(*pickle.loads(work))


def _task() -> Callable[[Stamp, bytes], bytes | Stamp]:
    """`content_if_same_build`, sent as it stands and not by its name: a scheduler can do without the package."""

    def part(client: dict[str, str], work: bytes) -> Any:  # types that a scheduler knows
        from experiments.runs.cluster import content_if_same_build  # by its full name, as it runs elsewhere

        return content_if_same_build(client, work)

    return part


# ---------------------------------------------------------------- on the client


class Cluster:
    """A Dask cluster as a player of parts."""

    def __init__(self, client: "Client", address: str) -> None:
        self.client = client
        self.address = address

    def check_versions(self) -> None:
        """See that workers are made of the same as this client.

        Raises
        ------
        BadInput
            With both lists, where one is not.
        """
        answers = self.client.run(versions, on_error="return")
        if not answers:
            print(f"No worker has come to {self.address} yet; waiting for one, Ctrl-C stops.", file=sys.stderr)
        for worker, answer in answers.items():
            if answer != versions():
                raise self._refused(worker, answer, versions())

    def play(self, plan: Plan, parts: Sequence[Part], engine: str, bar: "tqdm[Any]") -> Iterator[tuple[Part, bytes]]:
        """Each part with the content of its file, in the order in which they come.

        A part whose worker dies is given to another one by the scheduler. Only so many are under way as keep all
        workers busy, whatever there is to do, so that neither side fills up.

        Raises
        ------
        BadInput
            Where a worker has come that is made of something else than this client.
        WorkersLost
            Where the scheduler is gone, or a part cannot be played by any worker.
        """
        from distributed import as_completed

        rounds, made_from, waiting = rounds_of(plan), inputs(plan), iter(parts)
        under_way: dict[Future[Any], Part] = {}
        arriving = as_completed(loop=self.client.loop, with_results=True, raise_errors=False)
        workers = _Counted(self.client)

        def send() -> None:
            room = max(FEWEST, AHEAD * workers.threads()) - len(under_way)
            bar.set_postfix_str(f"{workers.count} workers", refresh=False)
            for part in itertools.islice(waiting, max(0, room)):
                origin = Origin(made_from, part.number)
                future = self._sent(in_one_piece(plan, part, rounds), engine, origin)
                under_way[future] = part
                arriving.add(future)

        send()
        for future, result in arriving:
            part = under_way.pop(future)
            yield part, self._sound(future, result)
            future.release()  # the worker may forget it
            bar.update(part.rows)
            send()

    def _sent(self, piece: Piece, engine: str, origin: Origin) -> "Future[Any]":
        key = f"part-{origin.number:06}-{time.monotonic_ns()}"
        return self.client.submit(_task(), build_stamp(), pickle.dumps((piece, engine, origin)), key=key, pure=False)

    def _sound(self, future: "Future[Any]", result: Any) -> bytes:
        """The content of a part, if it has come."""
        if future.status == "error":
            raise WorkersLost(f"a worker of {self.address} failed ({_error_text(result[1])})")
        if future.status != "finished":
            raise WorkersLost(f"the scheduler at {self.address} is gone")
        if not isinstance(result, bytes):
            raise self._refused("a worker", result, build_stamp())
        return result

    def _refused(self, worker: str, answer: Mapping[str, str] | Exception, ours: Stamp) -> BadInput:
        theirs = (
            f"no Opt-In of this version ({_error_text(answer)})"
            if isinstance(answer, Exception)
            else _stamp_text(answer)
        )
        text = f"{worker} has {theirs}; here are {_stamp_text(ours)}; the bytes are the same only if all are"
        return refusal(f"--cluster {self.address}", text)


def _error_text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _stamp_text(stamp: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in stamp.items())


class _Counted:
    """How many workers a client has, asked for now and then."""

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._asked = -COUNTED_EVERY
        self._threads: Mapping[str, int] = {}

    @property
    def count(self) -> int:
        """Workers when last asked."""
        return len(self._threads)

    def threads(self) -> int:
        """Threads of all workers, not older than a moment."""
        if time.monotonic() >= self._asked + COUNTED_EVERY:
            self._threads = self._client.nthreads()
            self._asked = time.monotonic()
        return sum(self._threads.values())


@contextlib.contextmanager
def connected(address: str, workers: int) -> Iterator[Cluster]:
    """The cluster at the address of a scheduler; for 'local' one of so many `workers`, which ends with the work.

    Raises
    ------
    BadInput
        Where no scheduler answers within some seconds, or a worker is made of something else than this client.
    """
    announce_compilation()
    with _quiet(), contextlib.ExitStack() as stack:
        try:
            client = stack.enter_context(contextlib.closing(_client(address, workers, stack)))
            cluster = Cluster(client, address)
            cluster.check_versions()
            yield cluster
        finally:
            with ctrl_c_ignored():
                stack.close()


def _client(address: str, workers: int, stack: contextlib.ExitStack) -> "Client":
    from distributed import Client

    if address == LOCAL:
        return Client(stack.enter_context(_local(workers)), set_as_default=False)
    try:
        asyncio.run(_answer(address))
        return Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:  # the last two of Dask's settings of TLS
        why = str(error).partition("\n")[0] or f"silent for {PATIENCE} seconds"
        text = f"no Dask scheduler answers ({why}); tcp://HOST:PORT of one is needed, or local"
        raise refusal(f"--cluster {address}", text) from None


@contextlib.contextmanager
def _local(workers: int) -> "Iterator[LocalCluster]":
    """A cluster on this machine that nobody else on it can use.

    A scheduler runs what it is sent, whoever sends it. This one and its workers hear only who has the key that is made
    for them and never stored; to a browser they say nothing.
    """
    import dask
    from distributed import LocalCluster
    from distributed.security import Security

    settings: dict[str, Any] = {
        "distributed.nanny.pre-spawn-environ": {},  # or memory is given back at once: parts take half as long again
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
    }
    options = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
    with dask.config.set(settings):
        with ctrl_c_held_back():  # from the threads that start the workers, so that Ctrl-C is left to the client
            cluster = LocalCluster(**options, security=Security.temporary(), silence_logs=logging.CRITICAL)
        with cluster:
            yield cluster


async def _answer(address: str) -> None:
    """Hear a scheduler say a word. A client would wait without end for one that is silent, or for no address at all."""
    from distributed.comm.addressing import get_address_host_port
    from distributed.core import rpc
    from distributed.security import Security

    get_address_host_port(address)
    async with rpc(address, connection_args=Security().get_connection_args("client")) as there:
        await asyncio.wait_for(there.identity(), PATIENCE)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask from telling what this module tells: lost connections, versions, large parts."""
    from distributed.versions import VersionMismatchWarning

    logging.disable()  # of all, since Dask logs under many names, and nobody else here does
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=VersionMismatchWarning)
            warnings.filterwarnings("ignore", "Sending large graph")
            yield
    finally:
        logging.disable(logging.NOTSET)
