"""The page: Solara components that hand plain data to the templates and turn clicks into addresses.

Data go to a template as JSON text, so that no name in them can be taken for a reference to a widget; the templates
put them in the page as text, never as HTML.
"""

import json
from collections.abc import Callable
from typing import Any

import solara
import solara.lab
from solara.server.kernel_context import without_context

from . import controls, many, recording, saved
from .view import PAGES, Seen, View, address, head, read, titles

type Go = Callable[..., None]


@solara.component_vue("header.vue")
def Header(shown: str, event_go: Callable[[str], None]) -> None:
    """The title, the pages, and the problems of the address."""


@solara.component_vue("controls.vue")
def Controls(
    shown: str, event_choose: Callable[[dict[str, Any]], None], event_move: Callable[[dict[str, str]], None]
) -> None:
    """The scenario, the seed and the run, the levers, and the scenario file with their settings."""


@solara.component_vue("negotiation.vue")
def Rounds(shown: str, week: int, event_reach: Callable[[int], None]) -> None:
    """One negotiation round by round."""


@solara.component_vue("many.vue")
def Comparison(shown: str) -> None:
    """Many runs with the settings beside as many without."""


@solara.component_vue("saved.vue")
def Results(shown: str, event_visit: Callable[[str], None]) -> None:
    """The folders of results, and the results of the open one."""


@solara.component
def Layout(children: list[Any]) -> Any:
    """Nothing but the page."""
    return solara.Div(children=children, classes=["optin"])


@solara.component
def Page() -> None:
    """The page that the address asks for."""
    router = solara.use_router()
    seen = solara.use_memo(lambda: read(router.search or ""), [router.search])

    def go(**changes: Any) -> None:
        router.push(address(seen.view._replace(**changes)))

    solara.Title(f"{PAGES[seen.view.page]} - Opt-In")
    with solara.Div(classes=["optin-page"]):
        Header(shown=as_json(head(seen)), event_go=lambda page: go(page=page))
        if seen.view.page == "saved":
            Saved(seen.view, go)
            return
        with solara.Div(classes=["optin-beside"]):
            Settings(seen, go)
            if seen.view.page == "many":
                Many(seen)
            else:
                Negotiation(seen, go)


@solara.component
def Settings(seen: Seen, go: Go) -> None:
    """Everything that can be chosen and moved."""
    view = seen.view
    known = solara.use_memo(titles, [])

    def choose(changes: dict[str, str]) -> None:
        go(**{"week": 0, **changes})

    def move(lever: dict[str, str]) -> None:
        others = tuple(pair for pair in view.moved if pair[0] != lever["path"])
        go(week=0, moved=(*others, (lever["path"], lever["to"])) if "to" in lever else others)

    Controls(shown=as_json(controls.controls(seen, known)), event_choose=choose, event_move=move)


@solara.component
def Negotiation(seen: Seen, go: Go) -> None:
    """One negotiation with the settings of the address."""
    view = seen.view
    settings = [view.scenario, view.moved, view.run, view.seed]
    shown = solara.use_memo(lambda: as_json(recording.recorded(seen.scenario, view.run, view.seed)), settings)
    Rounds(shown=shown, week=view.week, event_reach=lambda week: go(week=week))


@solara.component
def Many(seen: Seen) -> None:
    """Many runs with the settings of the address, and as many of its scenario as it is."""
    view = seen.view
    task = solara.lab.use_task(
        lambda: apart(lambda: many.played(seen.base, seen.scenario, view)),
        dependencies=[view.scenario, view.moved, view.seed],
        prefer_threaded=True,
        raise_error=False,
    )
    problem = f"These runs could not be played: {task.exception}" if task.error else ""
    note = many.note() if not (task.finished or task.error) else ""
    Comparison(shown=as_json({"found": task.value if task.finished else task.latest, "note": note, "problem": problem}))


@solara.component
def Saved(view: View, go: Go) -> None:
    """The saved results, and those that are open."""
    task = solara.lab.use_task(
        lambda: apart(lambda: saved.shown(view.folder)) if view.folder else {},
        dependencies=[view.folder],
        prefer_threaded=True,
        raise_error=False,
    )
    listing = {"within": str(saved.RESULTS), "folders": saved.folders(), "folder": view.folder}
    Results(
        shown=as_json(listing | {"found": task.value if task.finished else None}),
        event_visit=lambda folder: go(folder=folder),
    )


def apart[T](work: Callable[[], T]) -> T:
    """Work whose threads belong to no page.

    Solara gives a thread the page that it is started from, and one that is started for a page just closed never comes
    up: who starts it waits for ever, with a lock in hand without which no other pool of threads can grow.
    """
    with without_context():
        return work()


def as_json(data: Any) -> str:
    """Plain data as the templates read them."""
    return json.dumps(data, allow_nan=False)
