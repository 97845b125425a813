"""The fast engine: the same rules and the same turns as on Mesa, compiled, over blocks of runs.

`model.negotiation` and `model.operation` are the readable account of the turns; this file repeats them over arrays
and calls the very same rules, which numba compiles from outside. Both engines agree to the last bit, run by run.
Python's own ``sum`` corrects its rounding, compiled code does not, so both add up plainly.

The compiled code is cached in a folder named after a hash of everything it was made from, so that an edit of any
rule is never answered with an old kernel.
"""

import hashlib
import importlib
import inspect
import math
import os
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

import numba
import numpy as np

from . import rules
from .case import NO_CHANGES, Changes, most_rounds
from .draws import BLOCK, CONGRESS, DECISIONS, draw_parameters, each_luck
from .fingerprint import fingerprint
from .rules import drafting, influence, operating, opting_in, records, talks
from .rules.records import Alarm, DraftRule, Fate, Others, Outcome, Terms
from .rules.talks import ROUND_DAYS, WEEKS_A_MONTH
from .scenario import SHIPPED, Scenario, load

type Array = Any  # of numbers or records; the rules take lists and arrays alike

KINDS = {float: np.float64, bool: np.bool_}  # of the fields of records; all others are integers or codes


def _cache_folder() -> Path:
    """Where the compiled code of exactly these sources, libraries and Python is kept."""
    made_from = hashlib.sha256(f"{numba.__version__} {np.__version__} {fingerprint()}".encode())
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "opt-in" / made_from.hexdigest()[:24]


def is_compiled() -> bool:
    """Whether code compiled from exactly these sources is at hand."""
    return any(CACHE_FOLDER.rglob("*.nbc"))


def _register_rules() -> None:
    """Tell numba that every rule may be compiled; the rules never hear of it."""
    for found in pkgutil.iter_modules(rules.__path__, rules.__name__ + "."):
        module = importlib.import_module(found.name)
        for _, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == found.name:
                numba.extending.register_jitable(function)


CACHE_FOLDER = _cache_folder()
numba.config.CACHE_DIR = str(CACHE_FOLDER)  # type: ignore[attr-defined]  # before the first cache=True
_register_rules()
compiled = numba.njit(cache=True, nogil=True)

# ---------------------------------------------------------------- a block of runs as arrays


class Parameters(NamedTuple):
    """The records of a block of runs: structured arrays with the run as first axis, then seat, lab or agency."""

    levers: Array
    climate: Array
    relations: Array
    president: Array
    voices: Array
    labs: Array
    agencies: Array


class BlockLuck(NamedTuple):
    """The luck of a block: arrays with axes run, round, agency or lab; `talks` and `year` hold a record of draws a lab.

    So the draws that decide together lie together: all labs of a week, and all draws of a lab.
    """

    sign: Array
    work: Array
    mandate: Array
    talks: Array
    year: Array


class Results(NamedTuple):
    """What a block reports: a row a run; measures in the order of their records, labs and months in theirs."""

    negotiated: Array
    lasting: Array
    operating: Array
    ad_hoc: Array
    joined: Array
    pivotal: Array
    stays: Array
    left: Array
    held: Array
    held_ad_hoc: Array
    share_in: Array
    queue: Array


def compile_rules() -> None:
    """Compile everything now, by playing one run of the shipped baseline, so that no later run has to."""
    scenario = load(SHIPPED / "baseline.yaml")
    next(play_points(scenario, 0, 0, range(1), [NO_CHANGES], most_rounds(scenario)))


def dtype_of(record: Any) -> np.dtype[Any]:
    """The structured type that mirrors a record."""
    kinds = []
    for name, hint in get_type_hints(record).items():
        kind = dtype_of(hint) if hasattr(hint, "_fields") else np.dtype(KINDS.get(hint, np.int64))
        kinds.append((name, kind))
    return np.dtype(kinds)


def fill(target: Array, record: Any, columns: dict[str, Any], prefix: str) -> None:
    """Fill a structured array with the columns (or single values) under `prefix`."""
    for name, hint in get_type_hints(record).items():
        path = f"{prefix}.{name}"
        if hasattr(hint, "_fields"):
            fill(target[name], hint, columns, path)
        else:
            target[name] = columns[path]


def parameters_of(scenario: Scenario, columns: dict[str, Any]) -> Parameters:
    """The records of a block from its columns, path -> array or single value, as `model.case.case_of` makes them."""

    def one(record: Any, prefix: str) -> Array:
        made = np.empty(BLOCK, dtype_of(record))
        fill(made, record, columns, prefix)
        return made.view(np.recarray)

    def several(record: Any, names: list[str]) -> Array:
        made = np.empty((BLOCK, len(names)), dtype_of(record))
        for place, name in enumerate(names):
            fill(made[:, place], record, columns, f"stakeholders.{name}")
        return made.view(np.recarray)

    labs = several(records.Lab, scenario.named("lab"))
    frontier = np.zeros(BLOCK)
    for place in range(labs.shape[1]):
        frontier += labs["frontier_share"][:, place]
    labs["frontier_share"] /= frontier[:, None]
    (president,) = scenario.named("president")
    return Parameters(
        one(records.Levers, "levers"),
        one(records.Climate, "climate"),
        one(records.Relations, "relations"),
        one(records.President, f"stakeholders.{president}"),
        several(records.Voice, scenario.named("official") + scenario.named("lab")),
        labs,
        several(records.Agency, scenario.named("agency")),
    )


def columns_of(scenario: Scenario, drawn: dict[str, Array]) -> dict[str, Any]:
    """Every parameter of a block: path -> array of the runs, or a single value; words as their codes."""
    columns: dict[str, Any] = {path: entry.value for path, entry in scenario.entries.items()} | drawn
    for path, entry in scenario.entries.items():
        if entry.type not in (int, float):
            codes = {member.name.lower(): int(member) for member in entry.type}
            words = np.atleast_1d(columns[path])
            columns[path] = np.array([codes[str(word)] for word in words])
    return columns


def luck_of_block(scenario: Scenario, seed: int, block: int, rounds: Mapping[str, int]) -> BlockLuck:
    """The luck of a block, the run as first axis so that a run reads its own in one place.

    Each stream is put in its place as soon as it is drawn, while it is still in the processor's cache.
    """
    labs, agencies = scenario.named("lab"), scenario.named("agency")
    (president,) = scenario.named("president")

    def of_labs(phase: str) -> Array:
        draws = [(decision, np.float64) for decision, when in DECISIONS["lab"].items() if when == phase]
        return np.empty((BLOCK, rounds[phase], len(labs)), draws).view(np.recarray)

    luck = BlockLuck(
        np.empty((BLOCK, rounds["drafting"])),
        np.empty((BLOCK, rounds["talks"], len(agencies))),
        np.empty((BLOCK, rounds["year"])),
        of_labs("talks"),
        of_labs("year"),
    )
    places = {(president, "sign"): luck.sign, CONGRESS: luck.mandate}
    places |= {(name, "work"): luck.work[:, :, place] for place, name in enumerate(agencies)}
    for decision, phase in DECISIONS["lab"].items():
        of_phase = getattr(luck, phase)[decision]
        places |= {(name, decision): of_phase[:, :, place] for place, name in enumerate(labs)}
    for key, drawn in each_luck(scenario.kinds, rounds, seed, block):
        _by_run(drawn, places[key])
    return luck


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
    drawn = draw_parameters(scenario.entries.values(), seed, block, runs_in_a_world)
    luck = luck_of_block(scenario, seed, block, rounds)
    labs, officials = len(scenario.named("lab")), len(scenario.named("official"))
    ad_hoc, framework = (np.empty(labs, dtype_of(Member)).view(np.recarray) for _ in range(2))
    for changes in points:
        parameters = parameters_of(scenario, columns_of(scenario, {**drawn, **changes}))
        results = _no_results(len(runs), labs, rounds["year"] // WEEKS_A_MONTH)
        _play_runs(
            runs.start - block * BLOCK,
            len(runs),
            officials,
            parameters,
            luck,
            World(False, ad_hoc, results.ad_hoc, results.held_ad_hoc),
            World(True, framework, results.operating, results.held),
            results,
        )
        yield results


def _no_results(runs: int, labs: int, months: int) -> Results:
    """Results to be filled in; what a run does not fill stays missing, or 0 where there is nothing to count."""
    return Results(
        np.full((runs, len(records.Negotiated._fields)), math.nan),
        np.zeros((runs, len(records.Lasting._fields))),
        np.zeros((runs, len(records.Operating._fields))),
        np.zeros((runs, len(records.Operating._fields))),
        *(np.zeros((runs, labs)) for _ in range(6)),
        *(np.full((runs, months), math.nan) for _ in range(2)),
    )


class Member(NamedTuple):
    """What a lab carries from round to round; an array of such records is a lighter load for calls than many arrays."""

    is_in: bool
    taste: float  # the luck of its last word in the talks
    courted: float  # persuasion received
    release_chance: float  # in a week
    seen: int  # releases that went to the desk, or did not have to
    covered: int  # those that had to
    believed_wait: float  # days at the desk that it reckons with; NaN: as foreseen
    holds: int
    left: bool  # ever


class World(NamedTuple):
    """A world that a run is played in: with a framework or ad hoc, its labs, and where its year is reported."""

    has_framework: bool
    members: Array
    measures: Array
    held: Array


# The columns of `Results.negotiated`, `.lasting` and of `.operating` and `.ad_hoc`, in the order of the records.
(
    OUTCOME,
    ADOPTED,
    SENT_BACK,
    ORDER_WEEK,
    ANNOUNCEMENT_WEEK,
    FIRST_DRAFT,
    ORDER,
    REVIEW_DAYS,
    COVERED_SHARE,
    DISCLOSURE,
    LABS_JOINED,
    SHARE_JOINED,
    COMPROMISE,
    MEDIAN,
) = range(len(records.Negotiated._fields))
FATE, DURABLE, LABS_AT_HORIZON, SHARE_AT_HORIZON, LEAVINGS, LATE_JOININGS = range(len(records.Lasting._fields))
(
    RELEASES,
    DELAY,
    DELAY_ABROAD,
    HOLDS,
    REVIEWS_ASKED,
    REVIEWS_DONE,
    REVIEWS_OPEN,
    LONGEST_QUEUE,
    INCIDENTS,
    UNREVIEWED,
    MANDATE,
) = range(len(records.Operating._fields))

# ---------------------------------------------------------------- luck and turns, compiled


@compiled
def _by_run(drawn: Array, luck: Array) -> None:
    """Turn draws by round and run into luck by run and round; NumPy's own transposition is slower."""
    rounds, runs = drawn.shape
    for number in range(rounds):
        for run in range(runs):
            luck[run, number] = drawn[number, run]


@compiled
def _play_runs(
    first: int,
    count: int,
    officials: int,
    parameters: Parameters,
    luck: BlockLuck,
    ad_hoc: World,
    framework: World,
    results: Results,
) -> None:
    members = framework.members
    for row in range(count):
        run = first + row
        _outside(ad_hoc.members, parameters.labs[run])
        _outside(members, parameters.labs[run])
        terms = _negotiate(run, row, officials, parameters, luck, members, results)
        _operate(run, row, parameters, luck, terms, ad_hoc, results)
        if results.negotiated[row, ADOPTED] == 1.0:
            results.joined[row, :] = members.is_in
            _operate(run, row, parameters, luck, terms, framework, results)
            results.stays[row, :] = members.is_in
            results.left[row, :] = members.left
        else:
            results.operating[row, :] = results.ad_hoc[row, :]
            results.held[row, :] = results.held_ad_hoc[row, :]


@compiled
def _outside(members: Array, labs: Array) -> None:
    """Labs that are out, that no persuasion has reached yet and that know nothing of the desk."""
    for lab in range(len(labs)):
        member = members[lab]
        member.is_in = False
        member.taste = 1.0
        member.courted = 0.0
        member.release_chance = operating.release_chance(labs[lab].releases_per_year, ROUND_DAYS)
        member.seen = 0
        member.covered = 0
        member.believed_wait = math.nan
        member.holds = 0
        member.left = False


@compiled
def _line_up(line: Array, acting: int, lab: int, keys: Array) -> int:
    """Line a lab up with the `acting` ones by their keys, equal keys in the order of labs; how many there are now."""
    back = acting
    while back > 0 and keys[line[back - 1]] > keys[lab]:
        line[back] = line[back - 1]
        back -= 1
    line[back] = lab
    return acting + 1


@compiled
def _others(labs: Array, members: Array, me: int) -> Others:
    """What lab `me` (-1: nobody) sees of the others that are in."""
    seen = opting_in.NOBODY
    for other in range(len(labs)):
        if members[other].is_in and other != me:
            seen = opting_in.add_pledge(seen, labs[other])
    return seen


@compiled
def _at(asks: Array, seat: int) -> Terms:
    return Terms(asks[seat, 0], asks[seat, 1], asks[seat, 2])


@compiled
def _salience(voice: Any, issue: int) -> Any:
    if issue == 0:
        return voice.salience.review_days
    return voice.salience.covered_share if issue == 1 else voice.salience.disclosure


@compiled
def _weigh(voices: Array, seats: int, standing: Array, threat: float, uncommitted: float, weights: Array) -> None:
    for seat in range(seats):
        weights[seat] = influence.voice_weight(voices[seat], standing[seat], threat, uncommitted)


@compiled
def _listen(voices: Array, seats: int, officials: int, weights: Array, asks: Array, relations: Any) -> None:
    """Everybody hears the asks of last week, then all move at once."""
    before = asks.copy()
    for seat in range(seats):
        tally = influence.NO_ASKS
        for other in range(seats):
            if other != seat:
                heard = influence.tie(seat >= officials, other >= officials, relations) * weights[other]
                tally = influence.add_ask(tally, heard, voices[other].salience, _at(before, other))
        moved = influence.ask_after_listening(voices[seat], influence.pooled(tally, _at(before, seat)))
        asks[seat, 0], asks[seat, 1], asks[seat, 2] = moved.review_days, moved.covered_share, moved.disclosure


@compiled
def _settled(
    voices: Array, seats: int, weights: Array, asks: Array, terms: Terms, levers: Any, relations: Any
) -> Terms:
    """What the table's asks come to under the scenario's draft rule."""
    if levers.draft_rule == DraftRule.COMPROMISE:
        tally = influence.NO_ASKS
        for seat in range(seats):
            tally = influence.add_ask(tally, weights[seat], voices[seat].salience, _at(asks, seat))
        return influence.pooled(tally, terms)
    found = np.array([terms.review_days, terms.covered_share, terms.disclosure])
    for issue in range(3):
        stakes: Array = np.empty(seats)
        for seat in range(seats):
            stakes[seat] = weights[seat] * _salience(voices[seat], issue)
        if stakes.max() > 0.0:
            wanted = asks[:seats, issue].copy()
            if levers.draft_rule == DraftRule.MEDIAN:
                found[issue] = drafting.weighted_median(wanted, stakes)
            else:
                found[issue] = drafting.nash_bargain(wanted, stakes, drafting.disagreement_point(wanted, relations))
    return Terms(found[0], found[1], found[2])


@compiled
def _negotiate(
    run: int,
    row: int,
    officials: int,
    parameters: Parameters,
    luck: BlockLuck,
    members: Array,
    results: Results,
) -> Terms:
    """Drafting and talks of one run, as `model.negotiation` has them; reports them and returns the last terms."""
    levers, climate, relations = parameters.levers[run], parameters.climate[run], parameters.relations[run]
    president, voices, labs = parameters.president[run], parameters.voices[run], parameters.labs[run]
    seats, out = len(voices), results.negotiated[row]
    asks, standing, weights = np.empty((seats, 3)), np.ones(seats), np.empty(seats)
    for seat in range(seats):
        ideal = voices[seat].ideal
        asks[seat, 0], asks[seat, 1], asks[seat, 2] = ideal.review_days, ideal.covered_share, ideal.disclosure
    pace = 0.0
    for lab in range(len(labs)):
        pace = drafting.add_pace(pace, labs[lab])
    opening = Terms(levers.opening.review_days, levers.opening.covered_share, levers.opening.disclosure)
    terms = opening
    week, sent_back = 0, 0
    signed = levers.drafting_rounds == 0
    order_week = 0.0 if signed else math.nan
    while not signed and sent_back < levers.drafting_rounds:
        if week > 0:
            _weigh(voices, officials, standing, climate.threat, 0.0, weights)
            _listen(voices, officials, officials, weights, asks, relations)
            terms = _settled(voices, officials, weights, asks, terms, levers, relations)
        chance = drafting.signing_chance(terms, president, climate, relations, pace)
        if drafting.signs(luck.sign[run, week], chance):
            signed = True
            order_week = float(week)
        else:
            sent_back += 1
            for seat in range(officials):
                standing[seat] = drafting.standing_after_refusal(standing[seat], _at(asks, seat), terms, relations)
        week += 1
    order = terms
    outcome = Outcome.NO_FRAMEWORK if signed else Outcome.NO_ORDER
    if signed:
        terms, week, adopted = _talk(
            run, week, officials, parameters, luck, order, asks, standing, weights, members, results.pivotal[row]
        )
        if adopted:
            outcome = Outcome.ADOPTED
    _report(out, outcome, sent_back, order_week, week, opening, order, terms, _others(labs, members, -1))
    _yardsticks(out, voices, opening)
    return terms


@compiled
def _talk(
    run: int,
    week: int,
    officials: int,
    parameters: Parameters,
    luck: BlockLuck,
    order: Terms,
    asks: Array,
    standing: Array,
    weights: Array,
    members: Array,
    pivotal: Array,
) -> tuple[Terms, int, bool]:
    """The talks: the terms at their end, the week after, and whether the framework was announced."""
    levers, climate, relations = parameters.levers[run], parameters.climate[run], parameters.relations[run]
    voices, labs, agencies = parameters.voices[run], parameters.labs[run], parameters.agencies[run]
    seats = len(voices)
    progress, line = np.zeros(len(agencies)), np.empty(len(labs), np.int64)
    for lab in range(len(labs)):
        members[lab].taste = luck.talks[run, 0, lab].pledge
    terms = order
    talks_round = 0
    while True:
        uncommitted = max(0.0, 1.0 - _others(labs, members, -1).share_in)
        _weigh(voices, seats, standing, climate.threat, uncommitted, weights)
        _listen(voices, seats, officials, weights, asks, relations)
        settled = _settled(voices, seats, weights, asks, terms, levers, relations)
        terms = talks.next_offer(terms, settled, order, relations)
        _court(talks.courting(levers, talks_round + 1, len(labs) - _others(labs, members, -1).labs_in), members)
        _revise(labs, luck.talks[run, talks_round], terms, levers, climate, relations, members, line)
        ready = True
        for agency in range(len(agencies)):
            progress[agency] += talks.benchmark_step(agencies[agency], luck.work[run, talks_round, agency])
            ready = ready and talks.is_ready(progress[agency])
        talks_round += 1
        week += 1
        seen = _others(labs, members, -1)
        announced = talks.announces(ready, seen.labs_in, seen.share_in, levers)
        if announced or talks.talks_over(talks_round, levers):
            for lab in range(len(labs)):
                without = _others(labs, members, lab)
                pivotal[lab] = talks.is_pivotal(ready, without, opting_in.add_pledge(without, labs[lab]), levers)
            return terms, week, announced


@compiled
def _revise(
    labs: Array,
    luck: Array,
    terms: Terms,
    levers: Any,
    climate: Any,
    relations: Any,
    members: Array,
    line: Array,
) -> None:
    """Labs take the question up one at a time, and pledge or withdraw."""
    acting = 0
    for lab in range(len(labs)):
        if opting_in.attends(luck[lab].attend, labs[lab]):
            acting = _line_up(line, acting, lab, luck.turn)
    for place in range(acting):
        lab = line[place]
        member = members[lab]
        others = _others(labs, members, lab)
        wait = opting_in.foreseen_wait(labs[lab], terms, others, levers, relations)
        gain = opting_in.gain_parts(
            labs[lab], terms, others, wait, member.courted, climate.mandate_chance, levers, climate, relations
        )
        chance = opting_in.joining_chance(opting_in.total_gain(gain), relations)
        member.taste = luck[lab].pledge
        member.is_in = opting_in.joins(member.taste, chance)


@compiled
def _report(
    out: Array,
    outcome: Outcome,
    sent_back: int,
    order_week: float,
    week: int,
    opening: Terms,
    order: Terms,
    terms: Terms,
    joined: Others,
) -> None:
    """The measures of drafting and talks; what does not exist stays NaN."""
    adopted = outcome == Outcome.ADOPTED
    out[OUTCOME] = outcome.value
    out[ADOPTED] = adopted
    out[SENT_BACK] = sent_back
    out[ORDER_WEEK] = order_week
    out[FIRST_DRAFT] = opening.review_days
    out[LABS_JOINED] = joined.labs_in if adopted else 0
    out[SHARE_JOINED] = joined.share_in if adopted else 0.0
    if outcome != Outcome.NO_ORDER:
        out[ORDER] = order.review_days
    if adopted:
        out[ANNOUNCEMENT_WEEK] = week - 1
        out[REVIEW_DAYS] = terms.review_days
        out[COVERED_SHARE] = terms.covered_share
        out[DISCLOSURE] = terms.disclosure


@compiled
def _yardsticks(out: Array, voices: Array, opening: Terms) -> None:
    """The plain compromise and the weighted median of the ideals, weights influence x salience."""
    tally = influence.NO_ASKS
    seats = len(voices)
    ideals: Array = np.empty(seats)
    weights: Array = np.empty(seats)
    for seat in range(seats):
        tally = influence.add_ask(tally, voices[seat].influence, voices[seat].salience, voices[seat].ideal)
        ideals[seat] = voices[seat].ideal.review_days
        weights[seat] = voices[seat].influence * voices[seat].salience.review_days
    out[COMPROMISE] = influence.pooled(tally, opening).review_days
    out[MEDIAN] = drafting.weighted_median(ideals, weights)


@compiled
def _operate(
    run: int, row: int, parameters: Parameters, luck: BlockLuck, terms: Terms, world: World, results: Results
) -> None:
    """The year after the talks of one run, as `model.operation` has it."""
    levers, climate, relations = parameters.levers[run], parameters.climate[run], parameters.relations[run]
    labs, members, out, lasting = parameters.labs[run], world.members, world.measures[row], results.lasting[row]
    alarm = Alarm(climate.threat, climate.mandate_chance)
    threshold = operating.threshold_share(terms, levers, climate)
    weeks = talks.rounds_in(relations.horizon_days)
    line, begun = np.empty(len(labs), np.int64), np.empty(weeks * len(labs))
    started, mandated = 0, False
    for week in range(weeks):
        draws = luck.year[run, week]
        releasing = 0
        for lab in range(len(labs)):
            if operating.happens(draws[lab].release, members[lab].release_chance):
                releasing = _line_up(line, releasing, lab, draws.moment)
        incidents = 0
        for place in range(releasing):
            lab = line[place]
            incidents += _release(
                week,
                lab,
                labs,
                draws[lab],
                terms,
                threshold,
                alarm,
                mandated,
                levers,
                climate,
                relations,
                members,
                begun,
                out,
            )
        if climate.incident_week == week + 1:
            incidents += 1
        out[INCIDENTS] += incidents
        for _ in range(incidents):
            alarm = operating.after_incident(alarm, climate)
        inside = _others(labs, members, -1)
        if not mandated and _legislates(luck.mandate[run, week], inside, alarm, levers, relations):
            mandated = True
            terms = operating.mandate_terms(climate, terms)
            threshold = terms.covered_share
        if world.has_framework and not mandated:
            _court(operating.retention(levers, len(labs) - inside.labs_in, ROUND_DAYS), members)
            _reconsider(labs, draws, terms, alarm, levers, climate, relations, members, line, lasting)
        asked = int(out[REVIEWS_ASKED])
        while started < asked and begun[started] <= (week + 1) * ROUND_DAYS:
            started += 1
        out[LONGEST_QUEUE] = max(out[LONGEST_QUEUE], asked - started)
        if world.has_framework and (week + 1) % WEEKS_A_MONTH == 0:
            results.share_in[row, week // WEEKS_A_MONTH] = _others(labs, members, -1).share_in
            results.queue[row, week // WEEKS_A_MONTH] = asked - started
    _close(out, mandated)
    world.held[row, :] = members.holds
    if world.has_framework:
        inside = _others(labs, members, -1)
        fate = operating.fate(mandated, inside.labs_in, inside.share_in, levers)
        lasting[FATE] = fate.value
        lasting[DURABLE] = fate == Fate.DURABLE
        lasting[LABS_AT_HORIZON] = inside.labs_in
        lasting[SHARE_AT_HORIZON] = inside.share_in


@compiled
def _legislates(u: float, inside: Others, alarm: Alarm, levers: Any, relations: Any) -> bool:
    """Whether a mandatory law comes this week."""
    stands = inside.labs_in > 0 and talks.meets_quorum(inside.labs_in, inside.share_in, levers)
    return operating.happens(u, operating.mandate_risk(stands, alarm, relations, ROUND_DAYS))


@compiled
def _court(spent: float, members: Array) -> None:
    """Each lab outside receives the persuasion of the week."""
    for lab in range(len(members)):
        if not members[lab].is_in:
            members[lab].courted += spent


@compiled
def _release(
    week: int,
    lab: int,
    labs: Array,
    luck: Any,
    terms: Terms,
    threshold: float,
    alarm: Alarm,
    mandated: bool,
    levers: Any,
    climate: Any,
    relations: Any,
    members: Array,
    begun: Array,
    out: Array,
) -> int:
    """What becomes of a release, added to `out`; 1 if an incident follows, else 0."""
    member = members[lab]
    day = ROUND_DAYS * (week + luck.moment)
    takes_part = member.is_in or mandated
    covered = operating.happens(luck.capability, threshold)
    reviewed = covered and takes_part
    wait, review, lag = 0.0, 0.0, 0.0
    if reviewed:
        asked = int(out[REVIEWS_ASKED])
        free = operating.desk_free_after(begun[asked - 1], levers.review_capacity) if asked > 0 else 0.0
        begins = operating.review_starts(day, free)
        begun[asked] = begins
        wait, review, lag = begins - day, terms.review_days, levers.foreign_lag_days
        out[REVIEWS_ASKED] += 1
        out[REVIEWS_DONE] += day + wait + review <= talks.rounds_in(relations.horizon_days) * ROUND_DAYS
    hold_chance = 0.0 if mandated else operating.hold_chance(member.is_in, alarm, levers, climate)
    is_held = operating.happens(luck.hold, hold_chance)
    hold = operating.hold_length(luck.length, climate) if is_held else 0.0
    out[RELEASES] += 1
    out[DELAY] += wait + review + hold
    out[DELAY_ABROAD] += wait + review + hold + lag
    out[HOLDS] += hold > 0.0
    member.holds += hold > 0.0
    if takes_part:
        member.seen += 1
        member.covered += covered
        if covered:
            others = _others(labs, members, lab)
            reckoned = _reckoned_wait(labs[lab], terms, others, levers, relations, member)
            member.believed_wait = operating.learned_wait(reckoned, wait, relations)
    if reviewed or is_held or not covered:
        return 0
    out[UNREVIEWED] += 1
    return int(operating.happens(luck.incident, climate.incident_chance))


@compiled
def _reckoned_wait(lab: Any, terms: Terms, others: Others, levers: Any, relations: Any, member: Any) -> Any:
    """Days at the desk that a lab reckons with: as learned, or as foreseen before any experience."""
    if math.isnan(member.believed_wait):
        return opting_in.foreseen_wait(lab, terms, others, levers, relations)
    return member.believed_wait


@compiled
def _reconsider(
    labs: Array,
    luck: Array,
    terms: Terms,
    alarm: Alarm,
    levers: Any,
    climate: Any,
    relations: Any,
    members: Array,
    line: Array,
    lasting: Array,
) -> None:
    """Labs take the question up one at a time, and stay, leave or join."""
    acting = 0
    for lab in range(len(labs)):
        if operating.happens(luck[lab].mull, relations.reconsidering):
            acting = _line_up(line, acting, lab, luck.order)
    for place in range(acting):
        lab = line[place]
        member = members[lab]
        others = _others(labs, members, lab)
        share = operating.believed_share(terms, member.seen, member.covered, relations)
        believed = Terms(terms.review_days, share, terms.disclosure)
        wait = _reckoned_wait(labs[lab], terms, others, levers, relations, member)
        gain = opting_in.gain_parts(
            labs[lab], believed, others, wait, member.courted, alarm.mandate_chance, levers, climate, relations
        )
        is_in = opting_in.joins(member.taste, opting_in.joining_chance(opting_in.total_gain(gain), relations))
        if is_in and not member.is_in:
            lasting[LATE_JOININGS] += 1
        if member.is_in and not is_in:
            lasting[LEAVINGS] += 1
            member.left = True
        member.is_in = is_in


@compiled
def _close(out: Array, mandated: bool) -> None:
    """Turn the sums of the year into its measures."""
    releases = out[RELEASES]
    out[DELAY] = out[DELAY] / releases if releases > 0 else math.nan
    out[DELAY_ABROAD] = out[DELAY_ABROAD] / releases if releases > 0 else math.nan
    out[REVIEWS_OPEN] = out[REVIEWS_ASKED] - out[REVIEWS_DONE]
    out[MANDATE] = mandated
