"""One negotiation's parameters as the rules' records, with every distribution drawn."""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any, NamedTuple, get_type_hints

from .draws import Luck, draw_luck, draw_parameters, luck_of, values_of
from .rules import records
from .rules.talks import rounds_in
from .scenario import Scenario

CLOCKS = ("levers.drafting_rounds", "levers.deadline_days", "levers.extension_days", "relations.horizon_days")

type Changes = Mapping[str, Any]
"""A point of a sweep: path -> value, which takes the place of what the scenario says or draws there."""
NO_CHANGES: Changes = {}


class Case(NamedTuple):
    """The parameters of one run. The labs' frontier shares are made to sum to 1 over the labs present."""

    kinds: Mapping[str, str]
    levers: records.Levers
    climate: records.Climate
    relations: records.Relations
    president: tuple[str, records.President]
    voices: Mapping[str, records.Voice]
    officials: Mapping[str, records.Official]
    labs: Mapping[str, records.Lab]
    agencies: Mapping[str, records.Agency]


class Run(NamedTuple):
    """One run of a scenario, ready to be played: parameters as values and as records, and its luck."""

    number: int
    values: Mapping[str, Any]
    case: Case
    luck: Luck


def record(kind: Any, values: Mapping[str, Any], prefix: str) -> Any:
    """A record of this kind from the values under `prefix`."""
    parts = []
    for name, hint in get_type_hints(kind).items():
        path = f"{prefix}.{name}"
        if hasattr(hint, "_fields"):
            parts.append(record(hint, values, path))
        elif isinstance(hint, type) and issubclass(hint, IntEnum):
            parts.append(hint[values[path].upper()])
        else:
            parts.append(hint(values[path]))
    return kind(*parts)


def case_of(scenario: Scenario, values: Mapping[str, Any]) -> Case:
    """The records of one run."""

    def trait_record(kind: Any, name: str) -> Any:
        return record(kind, values, f"stakeholders.{name}")

    labs = {name: trait_record(records.Lab, name) for name in scenario.named("lab")}
    frontier = 0.0
    for lab in labs.values():  # plainly, since Python's own sum corrects its rounding and compiled code does not
        frontier += lab.frontier_share
    (president,) = scenario.named("president")
    return Case(
        kinds=scenario.kinds,
        levers=record(records.Levers, values, "levers"),
        climate=record(records.Climate, values, "climate"),
        relations=record(records.Relations, values, "relations"),
        president=(president, trait_record(records.President, president)),
        voices={name: trait_record(records.Voice, name) for name in scenario.named("official") + scenario.named("lab")},
        officials={name: trait_record(records.Official, name) for name in scenario.named("official")},
        labs={name: lab._replace(frontier_share=lab.frontier_share / frontier) for name, lab in labs.items()},
        agencies={name: trait_record(records.Agency, name) for name in scenario.named("agency")},
    )


def most_rounds(scenario: Scenario, points: Iterable[Changes] = ()) -> dict[str, int]:
    """The most rounds that each phase can take in any run of this scenario, also at these points of a sweep."""
    most = {path: scenario.entries[path].highest() for path in CLOCKS}
    for point in points:
        for path in CLOCKS:
            most[path] = max(most[path], float(point.get(path, 0.0)))
    return {
        "drafting": int(most["levers.drafting_rounds"]),
        "talks": rounds_in(most["levers.deadline_days"]) + rounds_in(most["levers.extension_days"]),
        "year": rounds_in(most["relations.horizon_days"]),
    }


def runs_of_block(
    scenario: Scenario,
    seed: int,
    block: int,
    numbers: range,
    more_talks: int = 0,
    changes: Changes = NO_CHANGES,
    runs_in_a_world: int = 1,
) -> list[Run]:
    """The runs of one block, by number.

    Parameters
    ----------
    numbers : range of ints
        All inside the block: ``number // BLOCK == block``.
    more_talks : int
        Rounds of talks beyond what the scenario allows that luck is drawn for, to ask about a longer clock.
    changes : mapping
        The point of a sweep at which they are played.
    runs_in_a_world : int
        Runs in turn that share what is unknown.
    """
    parameters = draw_parameters(scenario.entries.values(), seed, block, runs_in_a_world)
    rounds = most_rounds(scenario, [changes])
    rounds["talks"] += more_talks
    luck = draw_luck(scenario.kinds, rounds, seed, block)
    runs = []
    for number in numbers:
        values = {**values_of(scenario, parameters, number), **changes}
        runs.append(Run(number, values, case_of(scenario, values), luck_of(luck, number)))
    return runs
