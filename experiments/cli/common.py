"""What commands have in common: where results go, how a plan is carried out, what is printed."""

import argparse
import contextlib
import importlib.util
import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.problems import refusal

from .. import SEED
from ..results.text_table import text_table
from .options import PLANNED
from .terminal import print_wide, tell

if TYPE_CHECKING:
    from ..plans.design import Plan
    from ..runs.cluster import Cluster
    from ..runs.store import Store

LISTED = 100  # characters of a line of names of files


def needs(what: str, extra: str, *modules: str) -> None:
    """See that what an extra brings is installed."""
    for name in modules:
        if importlib.util.find_spec(name) is None:
            text = f"{name} is not installed; it comes with pip install 'opt-in[{extra}]'"
            raise refusal(what, text)


@contextlib.contextmanager
def _cluster_of(chosen: argparse.Namespace) -> "Iterator[Cluster | None]":
    """The cluster that parts are played on, if one was named."""
    if chosen.cluster is None:
        yield None
        return
    needs("--cluster", "cluster", "distributed", "cryptography")
    from ..runs.cluster import connected

    with connected(chosen.cluster, chosen.workers) as cluster:
        yield cluster


def carry_out(plan: "Plan", chosen: argparse.Namespace, usual: Mapping[str, Any]) -> None:
    """Play what is missing of a plan or a shard of it, then say and draw what was found.

    ``usual`` is what is played where the command line does not say it.
    """
    from ..plans.design import Shard
    from ..runs.collect import collect, resumable
    from ..runs.files import locked
    from ..runs.store import Store, folder_for

    shard = Shard(*chosen.shard)
    if plan.precision is not None and not shard.is_whole:
        text = (
            f"found {shard} of a plan with a precision, where each step follows from all runs before; leave out either"
        )
        raise refusal("--shard", text)
    named = folder_of(plan, chosen, usual, *([] if shard.is_whole else [f"shard={shard.number}-of-{shard.of}"]))
    with _cluster_of(chosen) as cluster:
        store = Store(folder_for(plan, named, shard, chosen=chosen.out is not None), plan, shard)
        with locked(store.folder), resumable(store):
            store.begin()
            collect(store, chosen.engine, chosen.workers, processes=True, cluster=cluster)
            if shard.is_whole:
                conclude(store, chosen)
                return
    its_parts = len(store.parts())
    if chosen.json:
        print_json({"shard": str(shard), "folder": str(store.folder), "parts": its_parts})
    else:
        print(f"Shard {shard}: {its_parts:,} parts in {store.folder}; optin merge brings all shards together")


def conclude(store: "Store", chosen: argparse.Namespace) -> None:
    """Say what results say, all parts of which are there, and then draw it."""
    from ..publish.findings import draw_into, findings, named_figures, provenance, publish, summary_data

    result = findings(store)
    written = publish(store, result)
    if chosen.json:
        print_json(summary_data(store, result))
    else:
        tell(result.text)
    sys.stdout.flush()  # figures take longer than all before
    wanted = named_figures(store, result, chosen.figures)
    drawn = list(draw_into(store.folder, provenance(store), result, wanted, ("png",)))
    if chosen.json:
        return
    print(f"\n{written_text(store.folder, [*written, *(f'figures/{path.name}' for path in drawn)])}")
    if chosen.figures == "none" or len(drawn) < len(result.figures):
        print(f"All figures: optin plot {store.folder}")


def written_text(folder: Path, names: Iterable[str]) -> str:
    """What was written to a folder: its name, then those of the files, of each folder in it on a line of its own."""
    groups: dict[str, list[str]] = {}
    for name in names:
        inner, slash, file = name.rpartition("/")
        groups.setdefault(inner + slash if file else "", []).append(file or name)
    lines = [
        textwrap.fill(
            ", ".join(files), LISTED, initial_indent=f"  {inner}{' ' * bool(inner)}", subsequent_indent="    "
        )
        for inner, files in groups.items()
    ]
    return "\n".join([f"Written to {folder}:", *lines])


def folder_of(plan: "Plan", chosen: argparse.Namespace, usual: Mapping[str, Any], *more: str) -> Path:
    """Where the results of a plan go: as told, or named after it and what the command line says other than usual."""
    return folder_named(chosen.out, [plan.name, *plan.scenario.settings, *unusual(chosen, usual), *more])


def unusual(chosen: argparse.Namespace, usual: Mapping[str, Any]) -> list[str]:
    """What the command line says of a plan other than usual."""
    said = {name: getattr(chosen, name, None) for name in PLANNED}
    return [f"{name}={value}" for name, value in said.items() if value not in (None, usual.get(name))]


def seed_of(chosen: argparse.Namespace) -> int:
    """The seed that was said, or the usual one."""
    return SEED if chosen.seed is None else int(chosen.seed)


def folder_named(out: str | None, names: list[str]) -> Path:
    """Where results go: as told, or named after what they are of."""
    from ..runs.files import located
    from ..runs.manifest import FOLDER

    return located(out) if out else FOLDER / re.sub(r"[^\w.=+-]", "_", "-".join(names))[:120]


def on_this_machine(what: str, path: Path) -> Path:
    """A path that is written to bit by bit, which no other machine is."""
    if isinstance(path, Path):
        return path
    raise refusal(what, f"found {path}; a path on this machine is needed")


# ---------------------------------------------------------------- printing


def print_json(data: Any) -> None:
    """Print one JSON object."""
    print(json.dumps(data, indent=2, allow_nan=False))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table with columns as wide as what is in them."""
    print_wide("\n".join(text_table(head, rows)))
