"""What is allowed in a scenario or a sweep but is probably not meant like that."""

from collections.abc import Iterable

from model.problems import listed
from model.scenario import SET, Scenario

OPENING = "levers.opening."
MOVERS = ("relations.pace", "levers.drafting_rounds")  # while one of these is above 0, what is on the table moves


def notes(scenario: Scenario, varied: Iterable[str] = ()) -> list[str]:
    """Notes on a scenario, and on the parameters that a sweep varies in it; each a sentence without its full stop."""
    set_here = [path for path in scenario.entries if path in varied or _is_set_here(scenario, path)]
    return [*scenario.notes(), *_moved(scenario, set_here)]


def _is_set_here(scenario: Scenario, path: str) -> bool:
    """Whether a parameter is set on the command line, or by the scenario's own file and not by one that it extends."""
    place, (own, *extended) = str(scenario.entries[path].mark), scenario.files
    return place.startswith(SET) or (bool(extended) and place.startswith(f"{own}:"))


def _moved(scenario: Scenario, paths: Iterable[str]) -> list[str]:
    """A note on terms of the opening draft among these paths, where drafting or talks change them."""
    opening = [path for path in paths if path.startswith(OPENING)]
    if not opening or not any(scenario.entries[path].highest() > 0.0 for path in MOVERS):
        return []
    verb, them = ("is", "it") if len(opening) == 1 else ("are", "them")
    about = f"{listed(opening)} {verb} only in the first text, and drafting and talks change {them}"
    return [f"{about}; to ask what labs accept, set or vary {them} in scenarios/fixed-terms.yaml"]
