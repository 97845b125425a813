"""Everybody's parameters and state side by side, and what all phases do with them."""

from typing import Any, NamedTuple

from ..rules import opting_in
from ..rules.records import Gain, Others, Terms

type Rows = Any  # a list of records or Mesa agents, or an array of records
type Numbers = Any  # a list or an array of numbers, to be written over

NOBODY = -1  # in place of a lab


class Table(NamedTuple):
    """A run's parameters, which are never written to, and the state of everybody in it.

    ``voices`` and ``seats`` go together, officials first, then labs; so do ``labs`` and ``members``, and ``agencies``
    and ``offices``. The last five are room for work in progress: one number a lab, a seat, or a release of the year.
    """

    levers: Any
    climate: Any
    relations: Any
    president: Any
    voices: Rows
    labs: Rows
    agencies: Rows
    seats: Rows
    members: Rows
    offices: Rows
    line: Numbers
    line_keys: Numbers
    wanted: Numbers
    stakes: Numbers
    begun: Numbers


class Draws(NamedTuple):
    """The luck of a run, uniform draws in [0, 1): by week, then by agency (``work``) or lab (``talks``, ``year``)."""

    sign: Any
    work: Any
    mandate: Any
    talks: Any
    year: Any


class Decision(NamedTuple):
    """A lab's decision: the parts of its gain (release cycles), the chance to be in, the luck, in before and now."""

    lab: str
    gain: Gain
    chance: float
    u: float
    was_in: bool
    is_in: bool


def terms_of(fields: Any) -> Terms:
    """Terms from anything that has their fields."""
    return Terms(fields.review_days, fields.covered_share, fields.disclosure)


def set_terms(fields: Any, terms: Terms) -> None:
    """Write terms into something that has their fields."""
    fields.review_days = terms.review_days
    fields.covered_share = terms.covered_share
    fields.disclosure = terms.disclosure


def others_in(table: Table, me: int) -> Others:
    """What lab number `me` (or `NOBODY`) sees of the others that are in."""
    others = opting_in.NOBODY
    for lab in range(len(table.members)):
        if table.members[lab].is_in and lab != me:
            others = opting_in.add_pledge(others, table.labs[lab])
    return others


def labs_outside(table: Table) -> int:
    """How many labs are not in."""
    outside = 0
    for lab in range(len(table.members)):
        if not table.members[lab].is_in:
            outside += 1
    return outside


def line_up(table: Table, waiting: int, lab: int, key: float) -> int:
    """Put a lab in line with the `waiting` ones by its key, equal keys in the order of labs; how many wait now."""
    line, keys = table.line, table.line_keys
    back = waiting
    while back > 0 and keys[back - 1] > key:
        line[back], keys[back] = line[back - 1], keys[back - 1]
        back -= 1
    line[back], keys[back] = lab, key
    return waiting + 1


def court(table: Table, persuasion: float) -> None:
    """Each lab outside receives persuasion (release cycles)."""
    for lab in range(len(table.members)):
        if not table.members[lab].is_in:
            table.members[lab].courted += persuasion


def decide(
    table: Table, lab: int, terms: Terms, others: Others, wait_days: float, mandate_chance: float, log: Any
) -> None:
    """A lab weighs what it would gain by being in, and from now on is in or not."""
    member = table.members[lab]
    gain = opting_in.gain_parts(
        table.labs[lab],
        terms,
        others,
        wait_days,
        member.courted,
        mandate_chance,
        table.levers,
        table.climate,
        table.relations,
    )
    chance = opting_in.joining_chance(opting_in.total_gain(gain), table.relations)
    is_in = opting_in.joins(member.taste, chance)
    if log is not None:
        log.append(Decision(member.name, gain, chance, member.taste, member.is_in, is_in))
    member.is_in = is_in
