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

from ..results.summary import Summary
from ..results.words import counted
from . import controls, many, recording, saved
from .view import END, PAGES, Seen, View, address, head, read, titles, why, with_setting, without_seat, without_traits

type Go = Callable[..., None]


@solara.component_vue("header.vue")
def Header(shown: str, event_go: Callable[[str], None]) -> None:
    """The title, the pages, and the problems of the address."""


@solara.component_vue("controls.vue")
def Controls(
    shown: str,
    event_choose: Callable[[dict[str, Any]], None],
    event_move: Callable[[dict[str, str]], None],
    event_seat: Callable[[dict[str, Any]], None],
) -> None:
    """The scenarios, the seed and the runs, the levers, the table, and the scenario file with their settings."""


@solara.component_vue("negotiation.vue")
def Rounds(shown: str, week: int, event_reach: Callable[[int], None]) -> None:
    """One negotiation round by round."""


@solara.component_vue("many.vue")
def Comparison(shown: str, file: str, event_draw: Callable[[dict[str, str]], None]) -> None:
    """Many runs with the settings beside as many of another scenario; a ``file`` that is new is saved."""


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

    def choose(changes: dict[str, Any]) -> None:
        go(**changes, **({} if "who" in changes and "scenario" not in changes else {"week": END}))

    def move(lever: dict[str, str]) -> None:
        go(week=END, moved=with_setting(view.moved, lever["path"], lever.get("to")))

    def seat(its: dict[str, Any]) -> None:
        go(week=END, moved=(without_traits if its["in"] else without_seat)(view.moved, its["name"]))

    Controls(shown=as_json(controls.controls(seen, known)), event_choose=choose, event_move=move, event_seat=seat)


@solara.component
def Negotiation(seen: Seen, go: Go) -> None:
    """One negotiation with the settings of the address."""
    view = seen.view
    settings = [view.scenario, view.moved, view.run, view.seed]
    its = solara.use_memo(lambda: recording.recorded(seen.scenario, view.run, view.seed), settings)
    content = its | {"ask": why(seen.scenario, view, its["outside"])}
    Rounds(shown=as_json(content), week=view.week, event_reach=lambda week: go(week=week))


@solara.component
def Many(seen: Seen) -> None:
    """Many runs with the settings of the address, and as many of the scenario that they are compared with."""
    view = seen.view
    asked, ask = solara.use_state({})

    def work() -> tuple[Summary, dict[str, Any]]:
        played = many.play(seen.scenario, seen.other, view)
        return played.summary, many.shown(played, view)

    task = working(work, [view.scenario, view.moved, view.beside, view.seed, view.runs])
    summary, shown = (task.value if task.finished else task.latest) or (None, None)

    def draw() -> dict[str, Any]:
        return asked | {"address": many.figure(summary, asked["figure"], asked["kind"])} if summary and asked else {}

    drawing = working(draw, [asked])
    problems = [f"These runs could not be played: {task.exception}"] if task.error else []
    problems += [f"This figure could not be drawn: {drawing.exception}"] if drawing.error else []
    note = many.note(seen.scenario, seen.other, view) if not (task.finished or task.error) else ""
    file = drawing.value if drawing.finished else {}
    content = {
        "found": shown,
        "ask": why(summary.scenario, view, shown["outside"]) if summary and shown else None,
        "note": note,
        "problem": " ".join(problems),
        "yaml": controls.as_yaml(seen.base, view),
        "yaml_file": controls.file_name(view),
    }
    Comparison(shown=as_json(content), file=as_json(file), event_draw=ask)


@solara.component
def Saved(view: View, go: Go) -> None:
    """The saved results, and those that are open."""
    task = working(lambda: saved.found(view.folder) if view.folder else None, [view.folder])
    found = task.value if task.finished else None
    drawing = working(lambda: (found, saved.pictures(found.figures) if found else []), [found])
    drawn = found and drawing.finished and drawing.value[0] is found
    problem = {"problem": f"A figure could not be drawn: {drawing.exception}"} if drawing.error else {}
    Results(
        shown=as_json(
            {
                "within": str(saved.RESULTS),
                "folders": saved.folders(),
                "folder": view.folder,
                "found": found and found.shown | problem,
                "drawing": counted(len(found.figures), "figure") if found and not drawn else "",
                "pictures": drawing.value[1] if drawn else [],
            }
        ),
        event_visit=lambda folder: go(folder=folder),
    )


def working[T](work: Callable[[], T], dependencies: list[Any]) -> Any:
    """A task of the page, done anew as the dependencies change."""
    return solara.lab.use_task(lambda: apart(work), dependencies=dependencies, prefer_threaded=True, raise_error=False)


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
