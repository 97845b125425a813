"""The people of a run as Mesa agents, who are the rows of the tables that `model.turns` reads and writes."""

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import mesa

from .case import Case
from .draws import Luck as DrawnLuck
from .draws import stream_keys
from .rules import operating, opting_in, records
from .rules.records import Gain, Terms, Word
from .rules.talks import ROUND_DAYS, rounds_in
from .turns.luck import Luck
from .turns.table import Decision, Table, terms_of


class Ask:
    """Terms that a seat asks for, to be written over."""

    def __init__(self, terms: Terms) -> None:
        self.review_days, self.covered_share, self.disclosure, self.foreign_lag_days, self.open_weights = terms


class Seat(mesa.Agent):  # type: ignore[misc]
    """Somebody with a voice: asks for terms, hears the others, moves."""

    def __init__(self, model: mesa.Model, name: str, voice: records.Voice) -> None:
        super().__init__(model)
        self.name = name
        self.voice = voice
        self.ask = Ask(voice.ideal)
        self.weight = 0.0
        self.without = 0.0  # what it loses where no text comes about
        self.capital = 0.0
        self.stalls = 0

    @property
    def asked(self) -> Terms:
        """What the seat asks for now."""
        return terms_of(self.ask)


class Official(Seat):
    """An official: drafts or clears, and sits in the talks."""

    def __init__(self, model: mesa.Model, name: str, voice: records.Voice, official: records.Official) -> None:
        super().__init__(model, name, voice)
        self.official = official


class Lab(Seat):
    """A lab: sits in the talks, pledges or not; releases models, learns, and stays, leaves or joins."""

    def __init__(self, model: mesa.Model, name: str, voice: records.Voice, lab: records.Lab) -> None:
        super().__init__(model, name, voice)
        self.lab = lab
        self.word = Word.OUT.value
        self.is_in = False  # whether its word counts
        self.taste = 1.0
        self.courted = 0.0
        self.has_deal = False
        self.known = 0.0  # its gain but for its taste and the cost of the terms
        self.weight_of_word = 0.0  # its share of the frontier, and how much the quorum hangs on it
        self.around = SimpleNamespace(**opting_in.NOBODY._asdict())  # the others as it last saw them
        self.refused, self.accepted = 0.0, 1.0  # chances to pledge: the greatest refused, the least taken
        self.withdrawals = 0
        self.first_round = 0  # of talks in which it first gave its word; 0 before
        self.gain = blank(Gain, math.nan)  # as the talks ended
        self.release_chance = operating.release_chance(lab.releases_per_year, ROUND_DAYS)
        self.seen = self.covered = 0
        self.released = 0  # models, in the year
        self.believed_wait = math.nan
        self.expects = math.nan  # rank below which it thinks a release covered; NaN: as agreed
        self.holds = self.leavings = self.late_joinings = 0
        self.decision: Decision | None = None  # of the week
        self.last_gain: Gain | None = None  # when it last took the question up


class President(mesa.Agent):  # type: ignore[misc]
    """The President: signs a draft or sends it back."""

    def __init__(self, model: mesa.Model, name: str) -> None:
        super().__init__(model)
        self.name = name


class Agency(mesa.Agent):  # type: ignore[misc]
    """An agency: builds its part of the classified benchmark."""

    def __init__(self, model: mesa.Model, name: str) -> None:
        super().__init__(model)
        self.name = name
        self.progress = 0.0


def labs_of(model: mesa.Model, case: Case) -> list[Lab]:
    """A case's labs, outside any framework."""
    return [Lab(model, name, case.voices[name], lab) for name, lab in case.labs.items()]


def table_of(case: Case, officials: Sequence[Official], labs: Sequence[Lab], agencies: Sequence[Agency]) -> Table:
    """The table of one run: its records and agents as lists."""
    seats = [*officials, *labs]
    return Table(
        levers=case.levers,
        climate=case.climate,
        relations=case.relations,
        president=case.president[1],
        voices=[seat.voice for seat in seats],
        officials=[official.official for official in officials],
        labs=[lab.lab for lab in labs],
        agencies=list(case.agencies.values()),
        seats=seats,
        members=labs,
        offices=agencies,
        line=[0] * len(labs),
        line_keys=[0.0] * len(labs),
        wanted=[0.0] * len(seats),
        stakes=[0.0] * len(seats),
        begun=[0.0] * (len(labs) * rounds_in(case.relations.horizon_days)),
        desk=[0.0],
    )


def luck_of_run(case: Case, drawn: DrawnLuck) -> Luck:
    """The luck of one run as turns read it."""
    return Luck(
        streams=[drawn[key] for key in stream_keys(case.president[0], case.agencies, case.labs)],
        news=drawn["world", "news"],
        slippage=drawn["agencies", "slippage"],
    )


def blank(kind: Any, value: float) -> SimpleNamespace:
    """A record of measures to be filled in."""
    return SimpleNamespace(**dict.fromkeys(kind._fields, value))


def filled(kind: Any, fields: SimpleNamespace) -> Any:
    """The record of measures that was filled in."""
    return kind(*(float(getattr(fields, name)) for name in kind._fields))
