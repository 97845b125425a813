"""Every kind of figure that there is, drawn for one scenario and shown on one page."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from html import escape
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from ..figures import talks
from ..figures.style import message_of, save
from ..plans.design import Plan
from ..plans.sweepfile import SWEEPS, read_sweep
from ..results.trace import trace
from ..runs.collect import resumable
from ..runs.files import locked, write_bytes
from ..runs.store import Store, folder_for
from .findings import findings, finish, provenance, trace_line

PAGE = "index.html"
SWEEP = SWEEPS / "review-length.yaml"
SWEPT = ("adopted-lines", "adopted-map")
MOST_SWEPT = 100  # runs at a point, enough to see what such figures look like
STYLE = (
    "body { font-family: sans-serif; color: #222; max-width: 75em; margin: 2em auto; padding: 0 1em } "
    "figure { margin: 0 0 3em } img { max-width: 100%; height: auto } figcaption { color: #555; white-space: pre-line }"
)


class Picture(NamedTuple):
    """A saved figure: its file, its message and its caption."""

    path: Path
    message: str
    caption: str


def gallery(plan: Plan, folder: Path) -> list[Picture]:
    """Play a plan, one of its runs step by step, and a sweep; save every figure of them and a page that shows all."""
    store = Store(folder, plan)
    with locked(folder), resumable(store):
        finish(store, "fast", 2)
        swept = read_sweep(SWEEP, runs=min(plan.runs, MOST_SWEPT), seed=plan.seed)
        sweep_store = Store(folder_for(swept, folder / "sweep", chosen=False), swept)
        finish(sweep_store, "fast", 2)
        pictures = [*_of_runs(store), *_of_one_run(store), *_of_runs(sweep_store, SWEPT)]
        write_bytes(folder / PAGE, page(plan, folder, pictures).encode())
    return pictures


def _of_runs(store: Store, only: tuple[str, ...] = ()) -> Iterator[Picture]:
    """The figures of results, or only some."""
    figures = {name: draw for name, draw in findings(store).figures.items() if not only or name in only}
    yield from _saved(figures, store.folder, provenance(store))


def _of_one_run(store: Store) -> Iterator[Picture]:
    """The figures of the first run that comes as far as any."""
    furthest = int(store["run"][np.argmax(np.nan_to_num(store["outcome"], nan=-1.0))])
    played = trace(store.plan.scenario, furthest, store.plan.seed)
    figures = {name: partial(draw, played) for name, draw in talks.FIGURES.items()}
    yield from _saved(figures, store.folder, trace_line(played))


def _saved(figures: Mapping[str, Callable[[], Figure]], folder: Path, line: str) -> Iterator[Picture]:
    """Figures, each drawn and saved with a line of provenance."""
    for name, draw in figures.items():
        figure = draw()
        yield Picture(save(figure, folder / "figures", name, line)[0], message_of(figure), figure.get_supxlabel())


def page(plan: Plan, folder: Path, pictures: list[Picture]) -> str:
    """The page in HTML, with the pictures as files beside it; text from scenario files is escaped."""
    title = escape(f"{plan.title}: {plan.question}")
    shown = "\n".join(_shown(picture, picture.path.relative_to(folder).as_posix()) for picture in pictures)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{shown}\n</body>\n</html>\n"
    )


def _shown(picture: Picture, file: str) -> str:
    message, caption = escape(picture.message), escape(picture.caption)
    return (
        f'<figure>\n<h2 dir="auto">{message}</h2>\n<img src="{escape(file)}" alt="{message}">\n'
        f'<figcaption dir="auto">{caption}</figcaption>\n</figure>'
    )
