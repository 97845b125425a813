"""The year after the talks, on Mesa: the framework at work, or the ad-hoc world.

A round is a week:

1. labs release at their own rates, at a moment of the week; a release is covered or not by the true threshold,
2. in the order of their moments, covered releases of participants go to the review desk, first come first served;
   any release may meet an ad-hoc hold; what is covered and neither reviewed nor held may become an incident,
3. a mandatory law may come; from then on every lab is under it and the framework is superseded,
4. officials court the labs outside; labs take the question up one at a time, knowing the delays they got.

A lab's noise is drawn once: it keeps the luck of its last word in the talks, so that it leaves or joins only when
what it gains has changed.
"""

import math
from collections.abc import Mapping
from functools import reduce
from typing import NamedTuple

import mesa

from .case import Case
from .draws import CONGRESS, DECISIONS, Luck
from .negotiation import LabSeat, Negotiation
from .rules import operating, opting_in
from .rules.records import Alarm, Fate, Gain, Lab, Lasting, Operating, Others, Outcome, Terms
from .rules.talks import ROUND_DAYS, meets_quorum, rounds_in


class Member(NamedTuple):
    """How a lab enters the year: in or out, the luck and the gain of its last word, the persuasion received."""

    is_in: bool
    taste: float
    gain: Gain | None
    courted: float


OUTSIDE = Member(False, 1.0, None, 0.0)


type Members = Mapping[str, Member]


class Release(NamedTuple):
    """One flagship release; days count from the first day of the year after the talks."""

    week: int
    lab: str
    day: float
    covered: bool
    reviewed: bool
    wait_days: float
    review_days: float
    hold_days: float
    delay_days: float
    delay_abroad_days: float
    out_unreviewed: bool
    incident: bool


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
    return {seat.name: member_of(seat) for seat in negotiation.labs}


def member_of(seat: LabSeat) -> Member:
    """How a lab leaves the talks; one that never spoke has the luck of its first chance to."""
    last = seat.last_decision
    if last is None:
        return Member(seat.pledged, seat.pledge[0], None, seat.courted)
    return Member(seat.pledged, last.u, last.gain, seat.courted)


class LabAtWork(mesa.Agent):  # type: ignore[misc]
    """A lab that releases models, and stays, leaves or joins."""

    def __init__(self, model: "Operation", name: str, lab: Lab, member: Member, luck: Luck) -> None:
        super().__init__(model)
        self.name = name
        self.lab = lab
        self.is_in = member.is_in
        self.taste = member.taste
        self.courted = member.courted
        self.luck = {decision: luck[name, decision] for decision in DECISIONS["lab"]}
        self.seen = self.covered = 0
        self.believed_wait: float | None = None
        self.last_gain = member.gain

    def releases(self, week: int) -> bool:
        """Whether the lab releases a flagship this week."""
        chance = operating.release_chance(self.lab.releases_per_year, ROUND_DAYS)
        return operating.happens(self.luck["release"][week], chance)

    def learn(self, covered: bool, wait_days: float) -> None:
        """Take note of a release that went to the desk, or did not have to."""
        self.seen += 1
        self.covered += covered
        if covered:
            relations = self.model.case.relations
            self.believed_wait = operating.learned_wait(self.reckoned_wait(), wait_days, relations)

    def reckoned_wait(self) -> float:
        """Days at the desk that the lab reckons with: as learned, or as foreseen before any experience."""
        if self.believed_wait is not None:
            return self.believed_wait
        others = self.model.others(self)
        case = self.model.case
        return opting_in.foreseen_wait(self.lab, self.model.terms, others, case.levers, case.relations)

    def reconsider(self, week: int) -> None:
        """Take the question up, perhaps, and stay, leave or join."""
        case = self.model.case
        if not operating.happens(self.luck["mull"][week], case.relations.reconsidering):
            return
        share = operating.believed_share(self.model.terms, self.seen, self.covered, case.relations)
        terms = Terms(self.model.terms.review_days, share, self.model.terms.disclosure)
        gain = opting_in.gain_parts(
            self.lab,
            terms,
            self.model.others(self),
            self.reckoned_wait(),
            self.courted,
            self.model.alarm.mandate_chance,
            case.levers,
            case.climate,
            case.relations,
        )
        chance = opting_in.joining_chance(opting_in.total_gain(gain), case.relations)
        is_in = opting_in.joins(self.taste, chance)
        if is_in != self.is_in:
            self.is_in = is_in
            self.model.turns.append(Turn(week, self.name, is_in, self.last_gain, gain, chance, self.taste))
        self.last_gain = gain


class Operation(mesa.Model):  # type: ignore[misc]
    """The year after the talks.

    Parameters
    ----------
    case, luck : Case, Luck
        Those of the negotiation before it.
    terms : Terms
        Those of the framework; in the ad-hoc world they only say what would have been covered.
    members : mapping of names to Member, or None
        How each lab enters the framework; None for the ad-hoc world.
    """

    def __init__(self, case: Case, luck: Luck, terms: Terms, members: Members | None) -> None:
        super().__init__(rng=0)  # Mesa insists on a generator; nothing draws from it
        self.case = case
        self.alarm = Alarm(case.climate.threat, case.climate.mandate_chance)
        self.terms = terms
        self.has_framework = members is not None
        self.labs = [
            LabAtWork(self, name, lab, OUTSIDE if members is None else members[name], luck)
            for name, lab in case.labs.items()
        ]
        self.threshold = operating.threshold_share(self.terms, case.levers, case.climate)
        self.congress = luck[CONGRESS]
        self.weeks = rounds_in(case.relations.horizon_days)
        self.week = 0
        self.mandated = False
        self.incidents = 0
        self.desk_free = 0.0
        self.begun: list[float] = []
        self.log: list[Release] = []
        self.turns: list[Turn] = []
        self.datacollector = mesa.DataCollector(model_reporters={name: name for name in COLUMNS})

    # ------------------------------------------------------------ what can be seen

    def others(self, lab: LabAtWork | None) -> Others:
        """What `lab` sees of the others in the framework."""
        members = (other.lab for other in self.labs if other.is_in and other is not lab)
        return reduce(opting_in.add_pledge, members, opting_in.NOBODY)

    @property
    def share_in(self) -> float:
        """Share of the frontier in the framework."""
        return self.others(None).share_in

    @property
    def queue(self) -> int:
        """Releases whose review has not begun at the end of the week."""
        return sum(day > self.week * ROUND_DAYS for day in self.begun)

    # ------------------------------------------------------------ turns

    def play(self) -> Operating:
        """Play to the horizon."""
        while self.running:
            self.step()
        return self.measures()

    def step(self) -> None:
        """One round: a week."""
        incidents = self._release()
        if self.case.climate.incident_week == self.week + 1:
            incidents += 1
        self.incidents += incidents
        for _ in range(incidents):
            self.alarm = operating.after_incident(self.alarm, self.case.climate)
        self._legislate()
        if self.has_framework and not self.mandated:
            self._reconsider()
        self.week += 1
        self.datacollector.collect(self)
        self.running = self.week < self.weeks

    def _release(self) -> int:
        """The releases of the week in the order of their moments; how many became incidents."""
        week = self.week
        releasing = [lab for lab in self.labs if lab.releases(week)]
        incidents = 0
        for lab in sorted(releasing, key=lambda lab: lab.luck["moment"][week]):
            release = self._released(lab, week, ROUND_DAYS * (week + lab.luck["moment"][week]))
            self.log.append(release)
            incidents += release.incident
        return incidents

    def _released(self, lab: LabAtWork, week: int, day: float) -> Release:
        case, luck = self.case, lab.luck
        takes_part = lab.is_in or self.mandated
        covered = operating.happens(luck["capability"][week], self.threshold)
        reviewed = covered and takes_part
        wait = self._queued(day) if reviewed else 0.0
        held_chance = 0.0 if self.mandated else operating.hold_chance(lab.is_in, self.alarm, case.levers, case.climate)
        held = operating.happens(luck["hold"][week], held_chance)
        hold = operating.hold_length(luck["length"][week], case.climate) if held else 0.0
        review = self.terms.review_days if reviewed else 0.0
        home = wait + review + hold
        abroad = home + (case.levers.foreign_lag_days if reviewed else 0.0)
        unreviewed = covered and not reviewed and not held
        incident = unreviewed and operating.happens(luck["incident"][week], case.climate.incident_chance)
        if takes_part:
            lab.learn(covered, wait)
        return Release(week, lab.name, day, covered, reviewed, wait, review, hold, home, abroad, unreviewed, incident)

    def _queued(self, day: float) -> float:
        """Days that a release waits until the desk begins its review."""
        begins = operating.review_starts(day, self.desk_free)
        self.desk_free = operating.desk_free_after(begins, self.case.levers.review_capacity)
        self.begun.append(begins)
        return begins - day

    def _legislate(self) -> None:
        seen = self.others(None)
        stands = seen.labs_in > 0 and meets_quorum(seen.labs_in, seen.share_in, self.case.levers)
        risk = operating.mandate_risk(stands, self.alarm, self.case.relations, ROUND_DAYS)
        if not self.mandated and operating.happens(self.congress[self.week], risk):
            self.mandated = True
            self.terms = operating.mandate_terms(self.case.climate, self.terms)
            self.threshold = self.terms.covered_share

    def _reconsider(self) -> None:
        outside = [lab for lab in self.labs if not lab.is_in]
        spent = operating.retention(self.case.levers, len(outside), ROUND_DAYS)
        for lab in outside:
            lab.courted += spent
        for lab in sorted(self.labs, key=lambda lab: lab.luck["order"][self.week]):
            lab.reconsider(self.week)

    # ------------------------------------------------------------ results

    def fate(self) -> Fate:
        """What has become of the framework."""
        if not self.has_framework:
            return Fate.NO_FRAMEWORK
        seen = self.others(None)
        return operating.fate(self.mandated, seen.labs_in, seen.share_in, self.case.levers)

    def measures(self) -> Operating:
        """What the year has brought."""
        horizon = self.weeks * ROUND_DAYS
        reviewed = [release for release in self.log if release.reviewed]
        done = sum(its.day + its.wait_days + its.review_days <= horizon for its in reviewed)
        queues = self.datacollector.get_model_vars_dataframe()["queue"]
        return Operating(
            releases=float(len(self.log)),
            delay_days=_mean([release.delay_days for release in self.log]),
            delay_abroad_days=_mean([release.delay_abroad_days for release in self.log]),
            holds=float(sum(release.hold_days > 0.0 for release in self.log)),
            reviews_asked=float(len(reviewed)),
            reviews_done=float(done),
            reviews_open=float(len(reviewed) - done),
            longest_queue=float(max(queues)),
            incidents=float(self.incidents),
            covered_unreviewed=float(sum(release.out_unreviewed for release in self.log)),
            mandate=float(self.mandated),
        )

    def lasting(self) -> Lasting:
        """What the framework has come to."""
        if not self.has_framework:
            return Lasting(*[0.0] * len(Lasting._fields))
        seen, fate = self.others(None), self.fate()
        return Lasting(
            fate=float(fate),
            durable=float(fate is Fate.DURABLE),
            labs_at_horizon=float(seen.labs_in),
            share_at_horizon=seen.share_in,
            leavings=float(sum(not turn.is_in for turn in self.turns)),
            late_joinings=float(sum(turn.is_in for turn in self.turns)),
        )


COLUMNS = ("week", "share_in", "queue", "mandated")


def _mean(values: list[float]) -> float:
    total = 0.0
    for value in values:  # plainly, since Python's own sum corrects its rounding and compiled code does not
        total += value
    return total / len(values) if values else math.nan
