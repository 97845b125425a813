"""Shards of results, each played by a job of its own, brought together into what one machine would have made."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

from model.problems import BadInput, Mark, Problem, plain, refusal

from ..plans.design import Part, Plan, Shard, whole
from .errors import Unfinished
from .files import write_bytes
from .manifest import inputs, manifest_of, shard_in, told_of
from .store import WORLDS, Store, store_of

MOST_NAMED = 5  # parts of a shard that are named one by one where they are missing


class ShardFolder(NamedTuple):
    """A folder and the shard that it holds, as far as it was played."""

    folder: Path
    shard: Shard


def shard_folders(folders: Sequence[Path]) -> tuple[Plan, list[ShardFolder]]:
    """The plan that some folders hold shards of, and which of them each holds.

    Raises
    ------
    BadInput
        With every folder that holds no results, or not those of the first.
    """
    manifest = manifest_of(folders[0])
    first = store_of(folders[0], manifest)
    mark = Mark(str(folders[0]))
    if first.made_from != inputs(first.plan):
        by = plain(
            f"version {manifest['version']}, "
            + ", ".join(f"{name} {number}" for name, number in manifest["libraries"].items())
        )
        raise refusal(mark, f"was made by other sources or libraries than these ({by}); merge with those")
    if first.plan.precision is not None:
        raise refusal(mark, "holds results with a precision, of which there are no shards")
    manifests: dict[Path, dict[str, Any]] = {}
    problems: list[Problem] = []
    for folder in folders:
        try:
            manifests[folder] = manifest_of(folder)
        except BadInput as error:
            problems += error.problems
    unfit = {folder: why for folder, there in manifests.items() if (why := _unfit(there, manifest, folders[0]))}
    problems += [Problem(Mark(str(folder)), why) for folder, why in unfit.items()]
    if problems:
        raise BadInput(problems)
    return first.plan, [ShardFolder(folder, shard_in(there)) for folder, there in manifests.items()]


def _unfit(there: dict[str, Any], manifest: dict[str, Any], first: Path) -> str:
    """Why a folder cannot be merged with the first one, by their manifests; '' if it can be."""
    if there["inputs"] != manifest["inputs"]:
        return f"holds other results ({told_of(there)}) than {first} ({told_of(manifest)})"
    ours, theirs = shard_in(manifest), shard_in(there)
    if theirs.of != ours.of:
        return f"holds shard {theirs}, but {first} shard {ours}; the shards of one cut are needed"
    return ""


def gather(store: Store, sources: Sequence[ShardFolder]) -> None:
    """Copy every part into a store from the first folder that holds it as it should be.

    Raises
    ------
    Unfinished
        Where parts are missing or damaged everywhere, with their names and shards. What could be copied stays.
    """
    parts, lacking = whole(store.plan), defaultdict[Shard, list[str]](list)
    for part in tqdm(parts, unit=" parts", desc=store.plan.name, disable=None, leave=False):
        wrong = _copied(store, part, sources)
        if wrong is not None:
            lacking[part.shard(sources[0].shard.of)].append(f"{part.number:06}{wrong}")
    if lacking:
        count = sum(map(len, lacking.values()))
        count_text = f"{count:,} of {len(parts):,} parts are missing; {len(parts) - count:,} are in {store.folder}"
        raise Unfinished(
            "\n".join([count_text, *_missing_text(lacking, sources), "Play these and call optin merge again."])
        )
    worlds = store.worlds()
    if worlds is not None:
        gather(worlds, [source._replace(folder=source.folder / WORLDS) for source in sources])


def _copied(store: Store, part: Part, sources: Sequence[ShardFolder]) -> str | None:
    """Have a part in a store; None once it is there, otherwise what is wrong with it, '' if that is all."""
    if store.wrong(part) == "":
        return None
    damage = ""
    for folder in [source.folder for source in sources if source.shard == part.shard(source.shard.of)]:
        wrong = store.wrong(part, folder)
        if wrong == "":
            write_bytes(store.path(part.number), store.path(part.number, folder).read_bytes())
            return None
        if wrong:
            damage = f" (damaged: {wrong})"
    return damage


def _missing_text(lacking: Mapping[Shard, list[str]], sources: Sequence[ShardFolder]) -> Iterator[str]:
    """A line on each shard of which parts are missing."""
    for shard, parts in sorted(lacking.items()):
        where = " and ".join(str(source.folder) for source in sources if source.shard == shard) or "no folder named"
        more = f" and {len(parts) - MOST_NAMED:,} more" if len(parts) > MOST_NAMED else ""
        yield f"  shard {shard} ({where}): {', '.join(parts[:MOST_NAMED])}{more}"
