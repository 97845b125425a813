"""Everybody's parameters and state side by side, and what all phases do with them."""

from typing import Any, NamedTuple

from ..rules import opting_in
from ..rules.records import Gain, Others, Terms, Word

type Rows = Any  # a list of records or Mesa agents, or an array of records
type Numbers = Any  # a list or an array of numbers, to be written over

NOBODY = -1  # in place of a lab


class Table(NamedTuple):
    """A run's parameters, which are never written to, and the state of everybody in it.

    ``voices`` and ``seats`` go together, officials first, then labs; ``officials`` are what officials alone have. So do
    ``labs`` and ``members``, and ``agencies`` and ``offices``. The last six are room for work in progress: one number
    a lab, a seat, or a release of the year, and the day on which the review desk is free.
    """

    levers: Any
    climate: Any
    relations: Any
    president: Any
    voices: Rows
    officials: Rows
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
    desk: Numbers


class Mood(NamedTuple):
    """What all labs see alike: news (release cycles), the chance of a law within a year and how strict the terms are.

    The last two lie in 0..1.
    """

    news: float
    law_chance: float
    strictness: float


class Decision(NamedTuple):
    """A lab's decision, with the parts of its gain (release cycles), its taste, and its word before and now.

    ``held_out`` is the share of what its ideal would bring that it holds out for, ``chance`` the chance to pledge
    before its taste is known, ``was_in`` whether its word counted before.
    """

    lab: str
    gain: Gain
    held_out: float
    chance: float
    taste: float
    word_before: Word
    word: Word
    was_in: bool


def terms_of(fields: Any) -> Terms:
    """Terms from anything that has their fields."""
    return Terms(
        fields.review_days, fields.covered_share, fields.disclosure, fields.foreign_lag_days, fields.open_weights
    )


def set_terms(fields: Any, terms: Terms) -> None:
    """Write terms into something that has their fields."""
    fields.review_days = terms.review_days
    fields.covered_share = terms.covered_share
    fields.disclosure = terms.disclosure
    fields.foreign_lag_days = terms.foreign_lag_days
    fields.open_weights = terms.open_weights


def others_of(fields: Any) -> Others:
    """What is seen of the others, from anything that has its fields."""
    return Others(fields.labs_in, fields.share_in, fields.releases_in)


def set_others(fields: Any, others: Others) -> None:
    """Write what is seen of the others into something that has its fields."""
    fields.labs_in = others.labs_in
    fields.share_in = others.share_in
    fields.releases_in = others.releases_in


def set_gain(fields: Any, gain: Gain) -> None:
    """Write the parts of a gain into something that has their fields."""
    fields.goodwill = gain.goodwill
    fields.peers = gain.peers
    fields.mandate = gain.mandate
    fields.protection = gain.protection
    fields.precedent = gain.precedent
    fields.stance = gain.stance
    fields.side_deals = gain.side_deals
    fields.courting = gain.courting
    fields.delay = gain.delay
    fields.foreign_delay = gain.foreign_delay
    fields.disclosure = gain.disclosure
    fields.secrecy = gain.secrecy
    fields.open_weights = gain.open_weights
    fields.news = gain.news


def others_in(table: Table, me: int) -> Others:
    """What lab number `me` (or `NOBODY`) sees of the others that are in."""
    others = opting_in.NOBODY
    for lab in range(len(table.members)):
        if table.members[lab].is_in and lab != me:
            others = opting_in.add_pledge(others, table.labs[lab])
    return others


def line_up(table: Table, waiting: int, lab: int, key: float) -> int:
    """Put a lab in line with the `waiting` ones by its key, equal keys in the order of labs; how many wait now."""
    line, keys = table.line, table.line_keys
    back = waiting
    while back > 0 and keys[back - 1] > key:
        line[back], keys[back] = line[back - 1], keys[back - 1]
        back -= 1
    line[back], keys[back] = lab, key
    return waiting + 1


def gain_from(fields: Any) -> Gain:
    """The parts of a gain from anything that has their fields."""
    return Gain(
        fields.goodwill,
        fields.peers,
        fields.mandate,
        fields.protection,
        fields.precedent,
        fields.stance,
        fields.side_deals,
        fields.courting,
        fields.delay,
        fields.foreign_delay,
        fields.disclosure,
        fields.secrecy,
        fields.open_weights,
        fields.news,
    )


def everybody_else(table: Table, me: int) -> Others:
    """What lab number `me` would see if all the others were in."""
    others = opting_in.NOBODY
    for lab in range(len(table.members)):
        if lab != me:
            others = opting_in.add_pledge(others, table.labs[lab])
    return others


def gain_of(table: Table, lab: int, terms: Terms, others: Others, wait_days: float, mood: Mood) -> Gain:
    """The parts of what a lab gains by being in, among these others."""
    member = table.members[lab]
    return opting_in.gain_parts(
        table.labs[lab],
        terms,
        others,
        wait_days,
        member.courted,
        member.has_deal,
        mood.news,
        mood.law_chance,
        mood.strictness,
        table.levers,
        table.climate,
        table.relations,
    )
