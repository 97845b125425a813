"""Play what is still missing of a plan and keep it, part by part."""

import contextlib
import sys
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from ..plans.design import Part
from .errors import Interrupted, Unfinished, WorkersLost
from .files import reason
from .pool import play_parts
from .store import Store

if TYPE_CHECKING:
    from .cluster import Cluster

type Bar = tqdm[Any]


def collect(
    store: Store, engine: str, workers: int, *, processes: bool = False, cluster: "Cluster | None" = None
) -> None:
    """Bring a store to its end: every part of its plan, or of its shard of it, played and kept.

    Parts that are there and sound are taken as they are, damaged ones are named and made again. Long work goes to
    `processes` where they are allowed (see `play_parts`), all work to a `cluster` where there is one. The runs beside
    it that tell how far worlds differ are played as well.

    Raises
    ------
    Unfinished
        Where the disk is full, or a worker process or the cluster has died. What was kept stays.
    Interrupted
        When the user stops it.
    """
    plan = store.plan
    bar: Bar
    with tqdm(total=0, unit=" runs", desc=plan.name, disable=None, leave=False) as bar:
        for parts in store.steps():
            ours = [part for part in parts if part.shard(store.shard.of) == store.shard]
            bar.total = bar.n + sum(part.rows for part in ours)
            missing = _missing(store, ours, bar)
            if cluster is None:
                for part, rows in play_parts(plan, missing, engine, workers, bar.update, processes):
                    store.keep(part, rows)
            else:
                for part, content in cluster.play(plan, missing, engine, bar):
                    store.put(part, content)
    store.name_strays()
    worlds = store.worlds()
    if worlds is not None:
        collect(worlds, engine, workers, processes=processes, cluster=cluster)


def _missing(store: Store, parts: list[Part], bar: Bar) -> list[Part]:
    """The parts that are still to be played."""
    missing = []
    for part in parts:
        wrong = store.wrong(part)
        if wrong == "":
            bar.update(part.rows)
            continue
        if wrong:
            bar.write(f"{store.path(part.number)} is damaged ({wrong}) and is made again", file=sys.stderr)
        missing.append(part)
    if len(missing) < len(parts):
        bar.write(f"{len(parts) - len(missing):,} of {len(parts):,} parts were there already", file=sys.stderr)
    return missing


@contextlib.contextmanager
def resumable(store: Store) -> Iterator[None]:
    """Say what is saved, and how to go on, when the work stops before its end."""

    def saved(why: str) -> str:
        return f"{why}; {store.saved()} saved in {store.folder}, the same command goes on from there"

    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(saved("stopped")) from None
    except BrokenPipeError:  # as in `optin run ... | head`, whose reader has seen enough
        raise
    except (OSError, NotImplementedError) as error:  # the latter from stores that can only be read
        raise Unfinished(saved(f"{getattr(error, 'filename', None) or store.folder}: {reason(error)}")) from None
    except BrokenProcessPool:
        raise Unfinished(saved("a worker process has died")) from None
    except WorkersLost as error:
        raise Unfinished(saved(str(error))) from None
