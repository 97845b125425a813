"""The readable engine: a negotiation among Mesa agents, a week a step.

`model.turns` says what happens in a week; Mesa holds the agents and collects the weeks. Every random number comes from
`model.draws`, every formula from `model.rules`.
"""

import math
from typing import Any

import mesa

from .agents import Agency, Lab, Official, President, blank, filled, labs_of, luck_of_run, table_of
from .case import Case
from .draws import Luck
from .rules import opting_in
from .rules.records import Gain, Negotiated, Outcome, Stage, Terms
from .turns.drafting import NegotiationState, Phase, drafting_week, opened
from .turns.table import NOBODY, Decision, gain_from, others_in
from .turns.talks import benchmark_is_ready, report_negotiation, report_pivotal, talks_week

MODEL_COLUMNS = ("round_phase", "terms", "news", "stage", "labs_in", "share_in", "benchmark_ready", "log")
AGENT_COLUMNS: dict[type[mesa.Agent], tuple[str, ...]] = {
    Official: ("name", "asked", "capital"),
    Lab: ("name", "asked", "word", "is_in", "courted", "has_deal", "decision"),
    Agency: ("name", "progress"),
}


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
        self.draws = luck_of_run(case, luck)
        self.officials = [
            Official(self, name, case.voices[name], official) for name, official in case.officials.items()
        ]
        self.labs = labs_of(self, case)
        self.president = President(self, case.president[0])
        self.agencies = [Agency(self, name) for name in case.agencies]
        self.table = table_of(case, self.officials, self.labs, self.agencies)
        self.state: NegotiationState = opened(self.table)
        self.round_phase = self.phase
        self.log: list[Any] = []  # what happened in the week
        self.datacollector = mesa.DataCollector(
            model_reporters={name: name for name in MODEL_COLUMNS},
            agenttype_reporters={kind: {name: name for name in columns} for kind, columns in AGENT_COLUMNS.items()},
        )

    def play(self) -> Negotiated:
        """Play to the end."""
        while self.running:
            self.step()
        return self.measures()

    def step(self) -> None:
        """One week."""
        self.round_phase = self.phase
        week = drafting_week if self.phase is Phase.DRAFTING else talks_week
        self.log = []
        self.state = week(self.state, self.table, self.draws, self.log)
        self._take_note(self.log)
        self.datacollector.collect(self)
        self.running = self.phase is not Phase.OVER

    def _take_note(self, log: list[Any]) -> None:
        """Leave with the agents what they have decided this week."""
        decisions = {entry.lab: entry for entry in log if isinstance(entry, Decision)}
        for lab in self.labs:
            lab.decision = decisions.get(lab.name)
            if lab.decision is not None:
                lab.last_gain = lab.decision.gain

    # ------------------------------------------------------------ what everybody can see

    @property
    def phase(self) -> Phase:
        """Where the negotiation stands."""
        return self.state.phase

    @property
    def week(self) -> int:
        """Weeks that are over."""
        return self.state.week

    @property
    def terms(self) -> Terms:
        """The draft or offer on the table."""
        return self.state.terms

    @property
    def news(self) -> float:
        """What all labs' gains have in common, in release cycles."""
        return self.state.news

    @property
    def stage(self) -> Stage:
        """How far a law has come."""
        return Stage(self.state.stage)

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; None before."""
        return self.state.outcome if self.phase is Phase.OVER else None

    @property
    def share_in(self) -> float:
        """Share of the frontier that has pledged."""
        return others_in(self.table, NOBODY).share_in

    @property
    def labs_in(self) -> int:
        """Labs that have pledged."""
        return others_in(self.table, NOBODY).labs_in

    @property
    def benchmark_ready(self) -> bool:
        """Whether every agency has done its part."""
        return benchmark_is_ready(self.table)

    # ------------------------------------------------------------ results

    def joined(self) -> dict[str, bool]:
        """Who is in the framework: name of each lab -> whether it joined."""
        adopted = self.outcome is Outcome.ADOPTED
        return {lab.name: adopted and lab.is_in for lab in self.labs}

    def words(self) -> dict[str, float]:
        """Each lab's word as the talks ended, as the number of its `Word`; NaN where there were none."""
        talked = self.outcome is not Outcome.NO_ORDER
        return {lab.name: float(lab.word) if talked else math.nan for lab in self.labs}

    def tastes(self) -> dict[str, float]:
        """What the listed parts of each lab's gain leave out, in release cycles; NaN where there were no talks."""
        talked = self.outcome is not Outcome.NO_ORDER
        return {
            lab.name: opting_in.taste_worth(lab.taste, self.case.relations) if talked else math.nan for lab in self.labs
        }

    def gains(self) -> dict[str, Gain]:
        """The parts of each lab's gain as the talks ended; NaN where there were none."""
        return {lab.name: gain_from(lab.gain) for lab in self.labs}

    def pivotal(self) -> dict[str, bool]:
        """Whose last word decided whether the talks ended with a framework: name of each lab -> whether its did."""
        decides = [False] * len(self.labs)
        report_pivotal(self.state, self.table, decides)
        return {lab.name: flag for lab, flag in zip(self.labs, decides, strict=True)}

    def measures(self) -> Negotiated:
        """What the negotiation reports once it is over."""
        assert self.outcome is not None
        fields = blank(Negotiated, math.nan)
        report_negotiation(self.state, self.table, fields)
        measures: Negotiated = filled(Negotiated, fields)
        return measures
