"""The view of the page, and the address that holds all of it, so that every view can be shared."""

import shlex
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from model import scenario as scenarios
from model.problems import BadInput, Problem, known_instead, listed, nearest, quoted
from model.scenario import SET, Scenario, load
from model.yamltree import parse, read_text

from .. import SEED

PAGES = {"negotiation": "One negotiation", "many": "Many runs", "saved": "Saved results"}
FIRST = "baseline"  # the scenario that is shown where none is chosen
SEATS = "stakeholders."
MOVABLE = ("levers.", "climate.", SEATS)
RUNS = 1000  # as `optin run`, so that both give the same numbers
END = 10**4  # the week that stands for the last one
ALLOWED = {"run": (0, 10**9), "seed": (0, 2**63 - 1), "week": (0, END), "runs": (1, 20_000)}

type Moved = tuple[tuple[str, str], ...]


class View(NamedTuple):
    """A view of the page.

    ``moved`` holds the settings on top of the scenario: dotted path and text, as with --set. ``beside`` is the scenario
    that many ``runs`` are compared with; '' where that is the chosen one as it is. ``who`` is the stakeholder whose
    traits can be moved, ``week`` the round of the negotiation that is looked at, ``folder`` the saved results that are
    open.
    """

    page: str = "negotiation"
    scenario: str = FIRST
    moved: Moved = ()
    beside: str = ""
    who: str = ""
    run: int = 0
    seed: int = SEED
    runs: int = RUNS
    week: int = END
    folder: str = ""

    @property
    def settings(self) -> list[str]:
        """The settings as --set takes them."""
        return [f"{path}={text}" for path, text in self.moved]

    def command(self, verb: str, *options: str) -> str:
        """The command that asks something of the scenario with its settings, as for a terminal."""
        settings = [word for setting in self.settings for word in (SET, setting)]
        seed = [] if self.seed == SEED else ["--seed", str(self.seed)]
        return shlex.join(["optin", verb, f"scenarios/{self.scenario}.yaml", *options, *seed, *settings])


class Seen(NamedTuple):
    """A view that can be shown, and the problems of its address.

    ``base`` is its scenario without its settings, ``other`` the one that is compared with.
    """

    view: View
    base: Scenario
    scenario: Scenario
    other: Scenario
    problems: list[str]


# ---------------------------------------------------------------- what is moved


def with_setting(moved: Moved, path: str, text: str | None) -> Moved:
    """The settings with another value of a parameter; None leaves it alone."""
    others = tuple(pair for pair in moved if pair[0] != path)
    return others if text is None else (*others, (path, text))


def without_traits(moved: Moved, name: str) -> Moved:
    """The settings without those of a stakeholder: at the table as the scenario has it."""
    seat = SEATS + name
    return tuple(pair for pair in moved if pair[0] != seat and not pair[0].startswith(f"{seat}."))


def without_seat(moved: Moved, name: str) -> Moved:
    """The settings with a stakeholder away from the table."""
    return (*without_traits(moved, name), (SEATS + name, "null"))


# ---------------------------------------------------------------- the address


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
            fields[name] = int(text) if name in ALLOWED else text
    return _checked(View(moved=tuple(moved.items()), **fields), problems)


def _wrong(name: str, text: str) -> str:
    """What is wrong with one part of an address, or ''."""
    if name in ("page", "scenario", "beside"):
        known = PAGES if name == "page" else titles()
        return "" if text in known else f"{name}: found {quoted(text)}{known_instead(text, known)}"
    if name in ALLOWED:
        low, high = ALLOWED[name]
        whole = text.isascii() and text.isdigit() and len(text) < 20 and low <= int(text) <= high
        return "" if whole else f"{name}: found {quoted(text)}; a whole number from {low} to {high:,} is allowed"
    if name == "folder":
        return "" if "\0" not in text else f"folder: found {quoted(text)}, which no file system can hold"
    if name == "who":  # of those whom the scenario has
        return ""
    return f"found {quoted(name)}, which the address cannot say{nearest(name, ('set', *View._fields))}"


def _checked(view: View, problems: list[str]) -> Seen:
    """A view without what its scenario refuses."""
    foreign = [path for path, _ in view.moved if not path.startswith(MOVABLE)]
    problems += [f"found set={quoted(path)}; only {listed(MOVABLE)} can be moved here" for path in foreign]
    view = view._replace(moved=tuple(pair for pair in view.moved if pair[0] not in foreign))
    path = _path(view.scenario)
    try:
        base = load(path)
    except BadInput as error:
        if view.scenario == FIRST:
            raise
        return _checked(View(page=view.page), [*problems, str(error)])
    if view.who and view.who not in base.kinds:
        problems.append(f"who: found {quoted(view.who)}{known_instead(view.who, base.kinds)}")
        view = view._replace(who="")
    try:
        other = load(_path(view.beside)) if view.beside else base
    except BadInput as error:
        problems.append(str(error))
        view, other = view._replace(beside=""), base
    scenario, refused = _settled(path, view.settings) if view.moved else (base, [])
    right = set(scenario.settings)
    view = view._replace(moved=tuple(pair for pair in view.moved if "=".join(pair) in right))
    return Seen(view, base, scenario, other, problems + [str(problem) for problem in refused])


def _path(name: str) -> Path:
    """The file of a shipped scenario."""
    return scenarios.SHIPPED / f"{name}.yaml"


def _settled(path: Path, settings: list[str]) -> tuple[Scenario, list[Problem]]:
    """A scenario with its settings, without those that are wrong on top of the right ones before; and what is wrong."""
    try:
        return load(path, settings), []
    except BadInput:
        pass  # said below, by setting
    right: list[str] = []
    problems: list[Problem] = []
    for setting in settings:
        try:
            load(path, [*right, setting])
        except BadInput as error:
            problems += error.problems
        else:
            right.append(setting)
    return load(path, right), problems


def why(scenario: Scenario, view: View, otherwise: str) -> dict[str, str]:
    """The command that asks why a lab stays out, of the one that is picked or else of another; and what it says."""
    labs = scenario.named("lab")
    lab = view.who if view.who in labs else otherwise
    return {
        "text": f"Why does {scenario.labels[lab]} stay out? In a terminal, from runs of its own, this says which parts "
        f"of its gain tell staying out from joining. It needs the scenario and a lab ({', '.join(labs)}):",
        "command": view.command("why", "--lab", lab),
    }


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
