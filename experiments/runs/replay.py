"""Parts of results played again, and their bytes compared with those that were kept.

The bytes of a part follow from the inputs alone, on any number of workers, so that a part whose numbers were changed
and sealed anew shows here and nowhere else.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ..plans.design import Part
from .manifest import DECIDING, Sources, sources
from .parts import Origin, packed
from .pool import play_parts
from .store import Store

SAMPLE = 4  # parts that stand for all: the first, the last, and some at even steps between


def differing_sources(made_by: Sources | None) -> list[str]:
    """What else than at hand results were made by: 'numba 0.60 (here 0.61)' and such; nothing where all is the same."""
    here = sources()
    if made_by is None or made_by == here:
        return []
    rules = [] if made_by.rules == here.rules else [f"rules {made_by.rules[:12]} (here {here.rules[:12]})"]
    versions = zip(DECIDING, made_by.versions, here.versions, strict=True)
    return rules + [f"{name} {there} (here {its})" for name, there, its in versions if there != its]


def sampled(parts: Sequence[Part]) -> list[Part]:
    """The parts that stand for all."""
    steps = np.linspace(0, len(parts) - 1, min(SAMPLE, len(parts))).round().astype(int)
    return [parts[step] for step in steps]


def replayed(store: Store, parts: Sequence[Part], workers: int, tick: Callable[[int], object]) -> Iterator[Part]:
    """Play some parts again; those whose bytes are not the ones that were kept."""
    for part, rows in play_parts(store.plan, parts, "fast", workers, tick):
        content = packed(rows, store.names, store.plan.seed, Origin(store.made_from, part.number))
        if content != store.path(part.number).read_bytes():
            yield part
