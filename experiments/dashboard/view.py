"""The view of the page, and the address that holds all of it, so that every view can be shared."""

from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from model import scenario as scenarios
from model.problems import BadInput, nearest, quoted
from model.scenario import SET, Scenario, load
from model.yamltree import parse, read_text

from .. import SEED

PAGES = {"negotiation": "One negotiation", "many": "Many runs", "saved": "Saved results"}
FIRST = "baseline"  # the scenario that is shown where none is chosen
MOVABLE = ("levers.", "climate.")
MOST = {"run": 10**9, "seed": 2**63 - 1, "week": 10**4}


class View(NamedTuple):
    """A view of the page.

    ``moved`` holds the settings on top of the scenario: dotted path and text, as with --set. ``week`` is the round of
    the negotiation that is looked at, ``folder`` the saved results that are open.
    """

    page: str = "negotiation"
    scenario: str = FIRST
    moved: tuple[tuple[str, str], ...] = ()
    run: int = 0
    seed: int = SEED
    week: int = 0
    folder: str = ""

    @property
    def settings(self) -> list[str]:
        """The settings as --set takes them."""
        return [f"{path}={text}" for path, text in self.moved]


class Seen(NamedTuple):
    """A view that can be shown: its scenario without and with its settings, and the problems of its address."""

    view: View
    base: Scenario
    scenario: Scenario
    problems: list[str]


def address(view: View) -> str:
    """The address of a view on its server, without what has its usual value."""
    usual = View()
    unusual = [(name, str(value)) for name, value in view._asdict().items() if value != getattr(usual, name)]
    pairs = [pair for pair in unusual if pair[0] != "moved"] + [("set", setting) for setting in view.settings]
    return "/" + ("?" + urlencode(pairs, errors="replace") if pairs else "")


def read(search: str) -> Seen:
    """The view that the address after its question mark asks for; what cannot be shown gets its usual value."""
    problems: list[str] = []
    fields: dict[str, Any] = {}
    moved: dict[str, str] = {}
    for name, text in parse_qsl(search, keep_blank_values=True, errors="replace"):
        if name == "set":
            path, _, value = text.partition("=")
            moved[path.strip()] = value.strip()
            continue
        wrong = _wrong(name, text)
        if wrong:
            problems.append(wrong)
        else:
            fields[name] = int(text) if name in MOST else text
    return _checked(View(moved=tuple(moved.items()), **fields), problems)


def _wrong(name: str, text: str) -> str:
    """What is wrong with one part of an address, or ''."""
    if name in ("page", "scenario"):
        known = PAGES if name == "page" else titles()
        guess = nearest(text, known) or f"; known: {', '.join(known)}"
        return "" if text in known else f"{name}: found {quoted(text)}{guess}"
    if name in MOST:
        whole = text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= MOST[name]
        return "" if whole else f"{name}: found {quoted(text)}; a whole number from 0 to {MOST[name]:,} is allowed"
    if name == "folder":
        return "" if "\0" not in text else f"folder: found {quoted(text)}, which no file system can hold"
    return f"found {quoted(name)}, which the address cannot say{nearest(name, ('set', *View._fields))}"


def _checked(view: View, problems: list[str]) -> Seen:
    """A view without the settings that its scenario refuses."""
    foreign = [path for path, _ in view.moved if not path.startswith(MOVABLE)]
    problems += [f"found set={quoted(path)}; only {' and '.join(MOVABLE)} can be moved here" for path in foreign]
    view = view._replace(moved=tuple(pair for pair in view.moved if pair[0] not in foreign))
    path = scenarios.SHIPPED / f"{view.scenario}.yaml"
    try:
        base = load(path)
    except BadInput as error:
        if view.scenario == FIRST:
            raise
        return _checked(View(page=view.page), [*problems, str(error)])
    try:
        return Seen(view, base, load(path, view.settings), problems)
    except BadInput as error:
        refused = {problem.mark.file for problem in error.problems}
        problems += [str(problem) for problem in error.problems]
    good = tuple(pair for pair in view.moved if f"{SET} {'='.join(pair)}" not in refused)
    view = view._replace(moved=good)
    return Seen(view, base, load(path, view.settings), problems)


def head(seen: Seen) -> dict[str, Any]:
    """The top of every page: the list of pages, and the problems of the address."""
    pages = [
        {
            "name": name,
            "title": title,
            "address": address(seen.view._replace(page=name)),
            "open": name == seen.view.page,
        }
        for name, title in PAGES.items()
    ]
    return {"pages": pages, "problems": seen.problems}


def titles() -> dict[str, str]:
    """The title of each scenario that can be chosen, by name, the first one first."""
    titles = {path.stem: _title(path) for path in scenarios.SHIPPED.glob("*.yaml")}
    return dict(sorted(titles.items(), key=lambda item: (item[0] != FIRST, item[1])))


def _title(path: Path) -> str:
    """The title that a scenario file gives itself, or its name."""
    try:
        title = parse(read_text(path, str(path)), str(path)).value.get("title")
    except BadInput:  # reported once the scenario is chosen
        title = None
    return str(title.value) if title else path.stem
