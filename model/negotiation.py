"""The readable engine: a negotiation among Mesa agents, one round a week.

Mesa holds the agents and collects the rounds; turn order and every random number come from `model.draws`, every
formula from `model.rules`. A round of drafting:

1. officials hear each other and move their asks (not in the first round),
2. a draft is made of their asks (in the first round: the opening draft),
3. the President signs it or sends it back; a draft sent back shifts influence.

A round of talks:

4. everybody at the table hears the others and moves; the offer follows what they settle on,
5. officials court the labs that have not pledged,
6. labs take the question up one at a time, in an order drawn for the round, and pledge or withdraw,
7. the agencies work on the classified benchmark,
8. the framework is announced, or time runs out, or another week begins.
"""

import math
from enum import IntEnum
from functools import reduce
from typing import Any, NamedTuple

import mesa

from .case import Case
from .draws import Luck
from .rules import drafting, influence, opting_in, talks
from .rules.records import Agency, DraftRule, Gain, Lab, Negotiated, Others, Outcome, President, Tally, Terms, Voice


class Phase(IntEnum):
    """Where a negotiation stands."""

    DRAFTING = 0
    TALKS = 1
    OVER = 2


class Verdict(NamedTuple):
    """The President's decision on a draft: the two sides of it (points), the chance to sign, and the luck."""

    draft: Terms
    security_gain: float
    drag: float
    chance: float
    u: float
    signed: bool


class Decision(NamedTuple):
    """A lab's decision in one round: the parts of its gain (release cycles), the chance to pledge, the luck."""

    gain: Gain
    chance: float
    u: float
    pledged: bool


class Seat(mesa.Agent):  # type: ignore[misc]
    """Somebody with a voice: asks for terms, hears the others, moves."""

    is_lab = False

    def __init__(self, model: "Negotiation", name: str, voice: Voice) -> None:
        super().__init__(model)
        self.name = name
        self.voice = voice
        self.ask = voice.ideal
        self.standing = 1.0

    def weight(self) -> float:
        """Weight of the seat's word this round."""
        return influence.voice_weight(self.voice, self.standing, self.model.case.climate.threat, self.model.uncommitted)

    def hears(self, others: list["Seat"]) -> Terms:
        """The weighted mean of the others' asks as this seat hears them."""
        relations = self.model.case.relations
        tally = influence.NO_ASKS
        for other in others:
            if other is not self:
                heard = influence.tie(self.is_lab, other.is_lab, relations) * other.weight()
                tally = influence.add_ask(tally, heard, other.voice.salience, other.ask)
        return influence.pooled(tally, self.ask)


class OfficialSeat(Seat):
    """An official: drafts, and sits in the talks."""


class LabSeat(Seat):
    """A lab: sits in the talks, and pledges to join or not."""

    is_lab = True

    def __init__(self, model: "Negotiation", name: str, voice: Voice, lab: Lab, luck: Luck) -> None:
        super().__init__(model, name, voice)
        self.lab = lab
        self.turn = luck[name, "turn"]
        self.attend = luck[name, "attend"]
        self.pledge = luck[name, "pledge"]
        self.pledged = False
        self.courted = 0.0
        self.decision: Decision | None = None
        self.last_decision: Decision | None = None

    def revise(self, talks_round: int) -> None:
        """Take the question up, perhaps, and pledge or withdraw."""
        self.decision = None
        if not opting_in.attends(self.attend[talks_round], self.lab):
            return
        case = self.model.case
        others = self.model.others(self)
        gain = opting_in.gain_parts(
            self.lab,
            self.model.terms,
            others,
            opting_in.foreseen_wait(self.lab, self.model.terms, others, case.levers, case.relations),
            self.courted,
            case.climate.mandate_chance,
            case.levers,
            case.climate,
            case.relations,
        )
        chance = opting_in.joining_chance(opting_in.total_gain(gain), case.relations)
        u = self.pledge[talks_round]
        self.pledged = opting_in.joins(u, chance)
        self.decision = self.last_decision = Decision(gain, chance, u, self.pledged)


class PresidentDesk(mesa.Agent):  # type: ignore[misc]
    """The President: signs a draft or sends it back."""

    def __init__(self, model: "Negotiation", name: str, president: President, luck: Luck) -> None:
        super().__init__(model)
        self.name = name
        self.president = president
        self.sign = luck[name, "sign"]
        self.verdict: Verdict | None = None

    def decide(self, draft: Terms, drafting_round: int) -> bool:
        """Whether the draft is signed."""
        case, pace = self.model.case, self.model.releases_per_year
        chance = drafting.signing_chance(draft, self.president, case.climate, case.relations, pace)
        u = self.sign[drafting_round]
        self.verdict = Verdict(
            draft,
            drafting.security_gain(draft, self.president, case.climate, case.relations),
            drafting.drag(draft, self.president, pace),
            chance,
            u,
            drafting.signs(u, chance),
        )
        return self.verdict.signed


class AgencyDesk(mesa.Agent):  # type: ignore[misc]
    """An agency: builds its part of the classified benchmark."""

    def __init__(self, model: "Negotiation", name: str, agency: Agency, luck: Luck) -> None:
        super().__init__(model)
        self.name = name
        self.agency = agency
        self.effort = luck[name, "work"]
        self.progress = 0.0

    def work(self, talks_round: int) -> None:
        """Work for a week."""
        self.progress += talks.benchmark_step(self.agency, self.effort[talks_round])


class Negotiation(mesa.Model):  # type: ignore[misc]
    """One negotiation, from the opening draft to an announcement or the end of the clock.

    Parameters
    ----------
    case : Case
        Its parameters.
    luck : Luck
        Its random numbers; nothing else in it is random.
    """

    def __init__(self, case: Case, luck: Luck) -> None:
        super().__init__(rng=0)  # Mesa insists on a generator; nothing draws from it
        self.case = case
        self.officials = [
            OfficialSeat(self, name, voice) for name, voice in case.voices.items() if name not in case.labs
        ]
        self.labs = [LabSeat(self, name, case.voices[name], lab, luck) for name, lab in case.labs.items()]
        self.president = PresidentDesk(self, *case.president, luck)
        self.agencies = [AgencyDesk(self, name, agency, luck) for name, agency in case.agencies.items()]
        self.releases_per_year = 0.0
        for seat in self.labs:
            self.releases_per_year = drafting.add_pace(self.releases_per_year, seat.lab)
        self.week = 0
        self.talks_round = 0
        self.drafts_sent_back = 0
        self.first_draft = self.terms = self.order = case.levers.opening
        self.order_week = math.nan
        self.outcome: Outcome | None = None
        self.phase = self.round_phase = Phase.DRAFTING
        self.datacollector = mesa.DataCollector(
            model_reporters={name: name for name in MODEL_COLUMNS},
            agenttype_reporters={kind: {name: name for name in columns} for kind, columns in AGENT_COLUMNS.items()},
        )
        if case.levers.drafting_rounds == 0:
            self._open_talks()

    # ------------------------------------------------------------ what everybody can see

    @property
    def uncommitted(self) -> float:
        """Share of the frontier that has not pledged; 0 before there is anything to pledge to."""
        if self.phase is Phase.DRAFTING:
            return 0.0
        return max(0.0, 1.0 - self.share_in)

    @property
    def share_in(self) -> float:
        """Share of the frontier that has pledged."""
        return self.others(None).share_in

    @property
    def labs_in(self) -> int:
        """Labs that have pledged."""
        return self.others(None).labs_in

    def others(self, lab: LabSeat | None) -> Others:
        """What `lab` sees of the others that have pledged."""
        pledged = (seat.lab for seat in self.labs if seat.pledged and seat is not lab)
        return reduce(opting_in.add_pledge, pledged, opting_in.NOBODY)

    # ------------------------------------------------------------ turns

    def play(self) -> Negotiated:
        """Play to the end."""
        while self.running:
            self.step()
        return self.measures()

    def step(self) -> None:
        """One round: a week."""
        self.round_phase = self.phase
        if self.phase is Phase.DRAFTING:
            self._drafting_round()
        else:
            self._talks_round()
        self.datacollector.collect(self)
        self.week += 1

    def _drafting_round(self) -> None:
        if self.week > 0:  # the opening draft is what the authors brought, before anybody moves
            self._listen(self.officials)
            self.terms = self._settled(self.officials)
        if self.president.decide(self.terms, self.week):
            self._open_talks()
            return
        self.drafts_sent_back += 1
        for seat in self.officials:
            seat.standing = drafting.standing_after_refusal(seat.standing, seat.ask, self.terms, self.case.relations)
        if self.drafts_sent_back >= self.case.levers.drafting_rounds:
            self._end(Outcome.NO_ORDER)

    def _talks_round(self) -> None:
        table = [*self.officials, *self.labs]
        self._listen(table)
        self.terms = talks.next_offer(self.terms, self._settled(table), self.order, self.case.relations)
        self._court()
        for seat in sorted(self.labs, key=lambda seat: seat.turn[self.talks_round]):
            seat.revise(self.talks_round)
        for desk in self.agencies:
            desk.work(self.talks_round)
        self.talks_round += 1
        levers = self.case.levers
        if talks.announces(self.benchmark_ready, self.labs_in, self.share_in, levers):
            self._end(Outcome.ADOPTED)
        elif talks.talks_over(self.talks_round, levers):
            self._end(Outcome.NO_FRAMEWORK)

    def _listen(self, table: list[Any]) -> None:
        """Everybody hears the asks of last week, then all move at once."""
        heard = [seat.hears(table) for seat in table]
        for seat, terms in zip(table, heard, strict=True):
            seat.ask = influence.ask_after_listening(seat.voice, terms)

    def _settled(self, table: list[Any]) -> Terms:
        """What the table's asks come to under the scenario's draft rule."""
        rule = self.case.levers.draft_rule
        if rule == DraftRule.COMPROMISE:
            tally = influence.NO_ASKS
            for seat in table:
                tally = influence.add_ask(tally, seat.weight(), seat.voice.salience, seat.ask)
            return influence.pooled(tally, self.terms)
        weights = [seat.weight() for seat in table]
        return Terms(*(self._settled_issue(table, weights, issue) for issue in range(len(Terms._fields))))

    def _settled_issue(self, table: list[Any], weights: list[float], issue: int) -> float:
        asks = [seat.ask[issue] for seat in table]
        stakes = [weight * seat.voice.salience[issue] for weight, seat in zip(weights, table, strict=True)]
        if sum(stakes) == 0.0:
            return float(self.terms[issue])
        if self.case.levers.draft_rule == DraftRule.MEDIAN:
            return drafting.weighted_median(asks, stakes)
        dislike = drafting.disagreement_point(asks, self.case.relations)
        return drafting.nash_bargain(asks, stakes, dislike)

    def _court(self) -> None:
        outside = [seat for seat in self.labs if not seat.pledged]
        spent = talks.courting(self.case.levers, self.talks_round + 1, len(outside))
        for seat in outside:
            seat.courted += spent

    def _open_talks(self) -> None:
        self.phase = Phase.TALKS
        self.order = self.terms
        self.order_week = float(self.week)

    def _end(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.phase = Phase.OVER
        self.running = False

    @property
    def benchmark_ready(self) -> bool:
        """Whether every agency has done its part."""
        return all(talks.is_ready(desk.progress) for desk in self.agencies)

    # ------------------------------------------------------------ results

    def joined(self) -> dict[str, bool]:
        """Who is in the framework: name of each lab -> whether it joined."""
        adopted = self.outcome is Outcome.ADOPTED
        return {seat.name: adopted and seat.pledged for seat in self.labs}

    def pivotal(self) -> dict[str, bool]:
        """Whose last word decided whether the talks ended with a framework: name of each lab -> whether its did."""
        return {
            seat.name: self.outcome is not Outcome.NO_ORDER and self._decides(seat, self.others(seat))
            for seat in self.labs
        }

    def _decides(self, seat: LabSeat, without: Others) -> bool:
        with_it = opting_in.add_pledge(without, seat.lab)
        return talks.is_pivotal(self.benchmark_ready, without, with_it, self.case.levers)

    def measures(self) -> Negotiated:
        """What the negotiation reports once it is over."""
        assert self.outcome is not None
        adopted = self.outcome is Outcome.ADOPTED
        signed = self.outcome is not Outcome.NO_ORDER
        terms = self.terms if adopted else Terms(math.nan, math.nan, math.nan)
        compromise, median = yardsticks(self.case)
        return Negotiated(
            outcome=float(self.outcome),
            adopted=float(adopted),
            drafts_sent_back=float(self.drafts_sent_back),
            order_week=self.order_week,
            announcement_week=float(self.week - 1) if adopted else math.nan,
            first_draft_review_days=self.first_draft.review_days,
            order_review_days=self.order.review_days if signed else math.nan,
            review_days=terms.review_days,
            covered_share=terms.covered_share,
            disclosure=terms.disclosure,
            labs_joined=float(self.labs_in) if adopted else 0.0,
            share_joined=self.share_in if adopted else 0.0,
            compromise_review_days=compromise,
            median_review_days=median,
        )


MODEL_COLUMNS = ("week", "round_phase", "terms", "labs_in", "share_in", "benchmark_ready")
AGENT_COLUMNS: dict[type[mesa.Agent], tuple[str, ...]] = {
    OfficialSeat: ("name", "ask", "standing"),
    LabSeat: ("name", "ask", "pledged", "courted", "decision"),
    PresidentDesk: ("name", "verdict"),
    AgencyDesk: ("name", "progress"),
}


def yardsticks(case: Case) -> tuple[float, float]:
    """Review days by the plain compromise and by the weighted median of the ideals, weights influence x salience."""
    tally: Tally = influence.NO_ASKS
    for voice in case.voices.values():
        tally = influence.add_ask(tally, voice.influence, voice.salience, voice.ideal)
    voices = list(case.voices.values())
    median = drafting.weighted_median(
        [voice.ideal.review_days for voice in voices],
        [voice.influence * voice.salience.review_days for voice in voices],
    )
    return influence.pooled(tally, case.levers.opening).review_days, median
