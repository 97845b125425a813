"""The fast engine: the very turns and rules that Mesa steps through, compiled, over blocks of runs.

Both engines agree to the last bit, run by run. Python's own ``sum`` corrects its rounding, compiled code does not, so
rules and turns add up plainly.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from .block import (
    Array,
    Parameters,
    Records,
    Results,
    empty,
    luck_of_block,
    no_results,
)
from .case import NO_CHANGES, Changes, most_rounds
from .compilation import compiled, is_compiled
from .draws import BLOCK, draw_parameters
from .jumps import go_on
from .rules import operating, opting_in
from .rules.records import Gain, Others, Outcome, Terms
from .rules.talks import ROUND_DAYS
from .scenario import SHIPPED, Scenario, load
from .turns.drafting import NegotiationState, Phase, drafting_week, opened
from .turns.luck import Luck
from .turns.releases import weeks_in
from .turns.table import Table, gain_from, set_gain
from .turns.talks import report_negotiation, report_pivotal, talks_week
from .turns.year import YearReport, months_in, report_lasting, report_year, year_opened, year_week

__all__ = ["Results", "compile_rules", "is_compiled", "play_points"]


class Seat(NamedTuple):
    """The state of somebody with a voice."""

    ask: Terms
    weight: float
    without: float
    capital: float
    stalls: int


class Member(NamedTuple):
    """The state of a lab; an array of such records is a lighter load for calls than many arrays."""

    word: int
    is_in: bool
    taste: float
    courted: float
    has_deal: bool
    known: float
    around: Others
    weight_of_word: float
    refused: float
    accepted: float
    withdrawals: int
    first_round: int
    gain: Gain
    release_chance: float
    seen: int
    covered: int
    released: int
    believed_wait: float
    expects: float
    holds: int
    leavings: int
    late_joinings: int


class Office(NamedTuple):
    """The state of an agency."""

    progress: float


class Room(NamedTuple):
    """The state of everybody in one run, and room for work in progress; written over by the next run."""

    seats: Array
    members: Array
    offices: Array
    line: Array
    line_keys: Array
    wanted: Array
    stakes: Array
    begun: Array
    desk: Array


def compile_rules() -> None:
    """Compile everything now, by playing one run of the shipped baseline, so that no later run has to."""
    scenario = load(SHIPPED / "baseline.yaml")
    next(play_points(scenario, 0, 0, range(1), [NO_CHANGES], most_rounds(scenario)))


def play_points(
    scenario: Scenario,
    seed: int,
    block: int,
    runs: range,
    points: Iterable[Changes],
    rounds: Mapping[str, int],
    runs_in_a_world: int = 1,
) -> Iterator[Results]:
    """Play the same runs of one block at each point of a sweep; they share their luck, which is drawn once.

    Parameters
    ----------
    runs : range
        Numbers of the runs, all inside the block.
    points : iterable of mappings
        The points; `NO_CHANGES` is the scenario as it stands.
    rounds : mapping
        The most rounds of each phase at any of the points, as `model.case.most_rounds` counts them.
    runs_in_a_world : int
        Runs in turn that share what is unknown.

    Yields
    ------
    Results
        A row for each run, point by point.
    """
    first = runs.start - block * BLOCK
    drawn = {
        path: values[first : first + len(runs)]
        for path, values in draw_parameters(scenario.entries.values(), seed, block, runs_in_a_world).items()
    }
    luck = luck_of_block(scenario, seed, block, first, rounds)
    room = _room_for(scenario, rounds)
    records = Records(scenario, drawn, len(runs))
    for changes in points:
        parameters = records.at(changes)
        results = no_results(len(runs), len(room.members), months_in(rounds["year"]))
        luck.streams.here[:] = luck.streams.first
        with np.errstate(over="ignore"):  # words of 64 bits are to overflow, also where nothing is compiled
            _play_runs(parameters, luck, room, results.as_records())
        yield results


def _room_for(scenario: Scenario, rounds: Mapping[str, int]) -> Room:
    labs = len(scenario.named("lab"))
    seats = len(scenario.named("official")) + labs
    return Room(
        seats=empty(seats, Seat),
        members=empty(labs, Member),
        offices=empty(len(scenario.named("agency")), Office),
        line=np.empty(labs, np.int64),
        line_keys=np.empty(labs),
        wanted=np.empty(seats),
        stakes=np.empty(seats),
        begun=np.empty(labs * rounds["year"]),
        desk=np.empty(1),
    )


# ---------------------------------------------------------------- compiled


@compiled
def _play_runs(parameters: Parameters, luck: Luck, room: Room, results: Results) -> None:
    for run in range(len(parameters.levers)):
        _play_run(run, parameters, luck, room, results)
        go_on(luck.streams)


@compiled
def _play_run(run: int, parameters: Parameters, luck: Luck, room: Room, results: Results) -> None:
    """One run and its year with a framework; then the labs, once more outside, live through the year without one."""
    draws = Luck(luck.streams, luck.news[run], luck.slippage[run])
    table = Table(
        levers=parameters.levers[run],
        climate=parameters.climate[run],
        relations=parameters.relations[run],
        president=parameters.president[run],
        voices=parameters.voices[run],
        officials=parameters.officials[run],
        labs=parameters.labs[run],
        agencies=parameters.agencies[run],
        seats=room.seats,
        members=room.members,
        offices=room.offices,
        line=room.line,
        line_keys=room.line_keys,
        wanted=room.wanted,
        stakes=room.stakes,
        begun=room.begun,
        desk=room.desk,
    )
    _open_offices(table)
    _stay_outside(table)
    state = opened(table)
    while state.phase == Phase.DRAFTING:
        state = drafting_week(state, table, draws, None)
    while state.phase == Phase.TALKS:
        state = talks_week(state, table, draws, None)
    report_negotiation(state, table, results.negotiated[run])
    report_pivotal(state, table, results.pivotal[run])
    if state.outcome != Outcome.NO_ORDER:
        for lab in range(len(table.members)):
            results.word[run, lab] = table.members[lab].word
            results.taste[run, lab] = opting_in.taste_worth(table.members[lab].taste, table.relations)
            gain = gain_from(table.members[lab].gain)
            results.gain[run, lab] = opting_in.total_gain(gain)
            set_gain(results.gains[run, lab], gain)
    adopted = state.outcome == Outcome.ADOPTED
    if adopted:
        for lab in range(len(table.members)):
            results.joined[run, lab] = table.members[lab].is_in
        _play_year(run, table, state, adopted, draws, results.operating[run], results)
        for lab in range(len(table.members)):
            results.stays[run, lab] = table.members[lab].is_in
            results.left[run, lab] = table.members[lab].leavings > 0
            results.held[run, lab] = table.members[lab].holds
    _stay_outside(table)
    _play_year(run, table, state, False, draws, results.ad_hoc[run], results)
    for lab in range(len(table.members)):
        results.held_ad_hoc[run, lab] = table.members[lab].holds
        if not adopted:
            results.held[run, lab] = table.members[lab].holds
    if not adopted:
        results.operating[run] = results.ad_hoc[run]


@compiled
def _play_year(
    run: int,
    table: Table,
    ended: NegotiationState,
    has_framework: bool,
    draws: Luck,
    measures: Array,
    results: Results,
) -> None:
    report = YearReport(measures, results.share_in[run], results.queue[run])
    state = year_opened(table, ended, has_framework)
    for _ in range(weeks_in(table)):
        state = year_week(state, table, draws, report, None)
    report_year(state, measures)
    if has_framework:
        report_lasting(state, table, results.lasting[run])


@compiled
def _open_offices(table: Table) -> None:
    """Agencies that have done nothing yet."""
    for i in range(len(table.offices)):
        table.offices[i].progress = 0.0


@compiled
def _stay_outside(table: Table) -> None:
    """Labs that are out, that no persuasion has reached yet and that know nothing of the desk."""
    for lab in range(len(table.members)):
        member = table.members[lab]
        member.word = 0
        member.is_in = False
        member.taste = 1.0
        member.courted = 0.0
        member.has_deal = False
        member.known = 0.0
        member.weight_of_word = 0.0
        member.refused = 0.0
        member.accepted = 1.0
        member.withdrawals = 0
        member.first_round = 0
        member.release_chance = operating.release_chance(table.labs[lab].releases_per_year, ROUND_DAYS)
        member.seen = 0
        member.covered = 0
        member.released = 0
        member.believed_wait = math.nan
        member.expects = math.nan
        member.holds = 0
        member.leavings = 0
        member.late_joinings = 0
