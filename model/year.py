"""The year after the talks, on Mesa, a week a step: the framework at work, or the ad-hoc world.

`model.turns` says what happens in a week.
"""

import math
from collections.abc import Mapping
from copy import copy
from typing import Any, NamedTuple

import mesa

from .agents import blank, filled, labs_of, table_of
from .case import Case
from .negotiation import Negotiation
from .rules.records import Alarm, Fate, Gain, Lasting, Operating, Outcome, Stage, Word
from .turns.drafting import NegotiationState
from .turns.luck import Luck
from .turns.releases import Release, YearState, weeks_in
from .turns.table import NOBODY, Decision, others_in
from .turns.year import (
    YearReport,
    months_in,
    report_lasting,
    report_year,
    year_opened,
    year_week,
)

COLUMNS = ("week", "share_in", "queue", "mandated")


class Member(NamedTuple):
    """How a lab enters the year: in or out, its taste, its gain at its last word, the persuasion and deal it got."""

    is_in: bool
    taste: float
    gain: Gain | None
    courted: float
    has_deal: bool


OUTSIDE = Member(False, 1.0, None, 0.0, False)

type Members = Mapping[str, Member]


class Turn(NamedTuple):
    """A lab that joined or left: its gain when it last held to its word, its gain now, and what decided.

    It is in if its taste, the luck of its last word in the talks, lies below its chance to be in.
    """

    week: int
    lab: str
    is_in: bool
    before: Gain | None
    gain: Gain
    chance: float
    taste: float


def members_of(negotiation: Negotiation) -> Members | None:
    """How each lab enters the framework that a negotiation ended in, or None if it ended in none."""
    if negotiation.outcome is not Outcome.ADOPTED:
        return None
    return {
        lab.name: Member(lab.is_in, lab.taste, lab.last_gain, lab.courted, lab.has_deal) for lab in negotiation.labs
    }


class Year(mesa.Model):  # type: ignore[misc]
    """The year after the talks.

    Parameters
    ----------
    case, draws : Case, Luck
        Those of the negotiation before it.
    ended : NegotiationState
        How the negotiation ended. In the ad-hoc world its terms only say which models agreements from before may cover.
    members : mapping of names to Member, or None
        How each lab enters the framework; None for the ad-hoc world.
    """

    def __init__(self, case: Case, draws: Luck, ended: NegotiationState, members: Members | None) -> None:
        super().__init__(rng=0)  # Mesa insists on a generator; nothing draws from it
        self.case = case
        self.draws = draws
        self.labs = labs_of(self, case)
        for lab in self.labs:
            member = OUTSIDE if members is None else members[lab.name]
            lab.is_in, lab.taste, lab.last_gain = member.is_in, member.taste, member.gain
            lab.courted, lab.has_deal = member.courted, member.has_deal
        self.table = table_of(case, [], self.labs, [])
        self.weeks = weeks_in(self.table)
        months = months_in(self.weeks)
        self.report = YearReport(blank(Operating, 0.0), [math.nan] * months, [math.nan] * months)
        self.state: YearState = year_opened(self.table, ended, members is not None)
        self.log: list[Release] = []
        self.turns: list[Turn] = []
        self.datacollector = mesa.DataCollector(model_reporters={name: name for name in COLUMNS})

    def play(self) -> Operating:
        """Play to the horizon."""
        while self.running:
            self.step()
        return self.measures()

    def step(self) -> None:
        """One week."""
        log: list[Any] = []
        self.state = year_week(self.state, self.table, self.draws, self.report, log)
        self.log += [entry for entry in log if isinstance(entry, Release)]
        for entry in log:
            if isinstance(entry, Decision):
                self._take_note(entry)
        self.datacollector.collect(self)
        self.running = self.week < self.weeks

    def _take_note(self, decision: Decision) -> None:
        """Keep a decision's gain with the lab, and the decision if the lab has turned."""
        (lab,) = (lab for lab in self.labs if lab.name == decision.lab)
        is_in = decision.word is Word.PLEDGED
        if is_in != decision.was_in:
            week, before = self.week - 1, lab.last_gain
            self.turns.append(Turn(week, lab.name, is_in, before, decision.gain, decision.chance, decision.taste))
        lab.last_gain = decision.gain

    # ------------------------------------------------------------ what can be seen

    @property
    def week(self) -> int:
        """Weeks that are over."""
        return self.state.week

    @property
    def has_framework(self) -> bool:
        """Whether it is the year of a framework."""
        return self.state.has_framework

    @property
    def mandated(self) -> bool:
        """Whether a mandatory law has come."""
        return self.state.stage == Stage.LAW

    @property
    def alarm(self) -> Alarm:
        """How alarmed the world is."""
        return self.state.alarm

    @property
    def share_in(self) -> float:
        """Share of the frontier in the framework."""
        return others_in(self.table, NOBODY).share_in

    @property
    def queue(self) -> int:
        """Releases whose review has not begun at the end of the week."""
        return int(self.report.measures.reviews_asked) - self.state.started

    # ------------------------------------------------------------ results

    def fate(self) -> Fate:
        """What has become of the framework."""
        return Fate(int(self.lasting().fate))

    def measures(self) -> Operating:
        """What the year has brought."""
        fields = copy(self.report.measures)
        report_year(self.state, fields)
        measures: Operating = filled(Operating, fields)
        return measures

    def lasting(self) -> Lasting:
        """What the framework has come to; all 0 in the ad-hoc world."""
        fields = blank(Lasting, 0.0)
        if self.has_framework:
            report_lasting(self.state, self.table, fields)
        lasting: Lasting = filled(Lasting, fields)
        return lasting
