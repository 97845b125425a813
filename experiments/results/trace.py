"""One negotiation, round by round, and the single changes that would have changed its outcome."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from model.agents import Agency, Lab, Official
from model.case import Run, runs_of_block
from model.draws import BLOCK, Luck
from model.history import play
from model.negotiation import Negotiation
from model.rules.records import Outcome, Stage, Terms, Word
from model.rules.talks import ROUND_DAYS, rounds_in
from model.scenario import Scenario
from model.turns.drafting import Phase, Verdict
from model.turns.table import Decision
from model.year import Year

MORE_DAYS = 91.0  # how much longer the clock runs when we ask whether it was the clock


class Round(NamedTuple):
    """One week as it stood at its end; the mappings go by name.

    ``words`` are the labs' words, ``pledged`` whether they count; ``log`` has all that happened, in its order.
    """

    week: int
    drafting: bool
    terms: Terms
    asks: dict[str, Terms]
    verdict: Verdict | None
    decisions: Mapping[str, Decision]
    words: Mapping[str, Word]
    pledged: Mapping[str, bool]
    courted: Mapping[str, float]
    progress: Mapping[str, float]
    capital: Mapping[str, float]
    news: float
    stage: Stage
    labs_in: int
    share_in: float
    log: list[Any]


class Decisive(NamedTuple):
    """A single change that would have changed the outcome: by whom or what, how, and the outcome and week then."""

    what: str
    change: str
    outcome: Outcome
    week: int


class Trace(NamedTuple):
    """One negotiation: its run, its rounds, the year after, and what was decisive."""

    scenario: Scenario
    seed: int
    run: Run
    negotiation: Negotiation
    rounds: list[Round]
    year: Year
    decisive: list[Decisive]


def trace(scenario: Scenario, number: int, seed: int) -> Trace:
    """Play run `number` of seed `seed` and find what was decisive."""
    numbers = range(number, number + 1)
    (run,) = runs_of_block(scenario, seed, number // BLOCK, numbers, rounds_in(MORE_DAYS) + 1)
    negotiation, year, _ = play(run)
    rounds = list(rounds_of(negotiation))
    return Trace(
        scenario=scenario,
        seed=seed,
        run=run,
        negotiation=negotiation,
        rounds=rounds,
        year=year,
        decisive=decisive(run, negotiation, rounds),
    )


def rounds_of(negotiation: Negotiation) -> Iterator[Round]:
    """The rounds that a negotiation's DataCollector holds."""
    collected = negotiation.datacollector
    weeks = collected.get_model_vars_dataframe().to_dict("records")
    kinds = {
        kind: _by_step(collected.get_agenttype_vars_dataframe(kind), len(weeks)) for kind in (Official, Lab, Agency)
    }
    for number, week in enumerate(weeks):
        officials, labs, agencies = (
            {row["name"]: row for row in kinds[kind][number]} for kind in (Official, Lab, Agency)
        )
        drafting = week["round_phase"] == Phase.DRAFTING
        seats = officials if drafting else officials | labs
        yield Round(
            week=number,
            drafting=drafting,
            terms=week["terms"],
            asks={name: row["asked"] for name, row in seats.items()},
            verdict=next((entry for entry in week["log"] if isinstance(entry, Verdict)), None),
            decisions={name: row["decision"] for name, row in labs.items() if row["decision"] is not None},
            words={name: Word(row["word"]) for name, row in labs.items()},
            pledged={name: row["is_in"] for name, row in labs.items()},
            courted={name: row["courted"] for name, row in labs.items()},
            progress={name: row["progress"] for name, row in agencies.items()},
            capital={name: row["capital"] for name, row in officials.items()},
            news=week["news"],
            stage=week["stage"],
            labs_in=week["labs_in"],
            share_in=week["share_in"],
            log=week["log"],
        )


def _by_step(frame: Any, steps: int) -> list[list[dict[str, Any]]]:
    """The rows of an agent table, grouped by round."""
    rows = frame.to_dict("records")
    each = len(rows) // steps if steps else 0
    return [rows[each * step : each * (step + 1)] for step in range(steps)]


# ---------------------------------------------------------------- what was decisive


def decisive(run: Run, negotiation: Negotiation, rounds: list[Round]) -> list[Decisive]:
    """Every single change that changes the outcome.

    Tried are the President's last decision the other way, each lab against the framework or all for it from the start
    (whichever it was not in the end) and, where no framework came about, more time and a benchmark at hand.
    """
    replays = [*_other_decisions(run, rounds)]
    if negotiation.outcome is Outcome.NO_FRAMEWORK:
        replays += _other_conditions(run)
    return [
        Decisive(cause, change, replay.outcome, replay.week - 1)
        for cause, change, replay in replays
        if replay.outcome is not None and replay.outcome is not negotiation.outcome
    ]


def _other_decisions(run: Run, rounds: list[Round]) -> Iterator[tuple[str, str, Negotiation]]:
    """Replays with the President's last decision, and the taste of each lab, the other way."""
    name = run.case.president[0]
    drafts = [number for number, week in enumerate(rounds) if week.verdict is not None]
    if drafts:
        verdict = rounds[drafts[-1]].verdict
        assert verdict is not None
        change = "had the last draft been sent back" if verdict.signed else "had the last draft been signed"
        yield "the veto", change, _replay(run, (name, "sign"), drafts[-1], not verdict.signed)
    if rounds and not rounds[-1].drafting:
        for lab, counts in rounds[-1].pledged.items():
            change = f"had its taste been {'against' if counts else 'all for'} it from the start"
            taste = [0.0 if not counts else 1.0] * len(run.luck[lab, "pledge"])
            yield lab, change, _played(run.case, {**run.luck, (lab, "pledge"): taste})


def _replay(run: Run, key: tuple[str, str], number: int, to: bool) -> Negotiation:
    """The negotiation once more, with one yes-or-no decision forced by its luck: 0 is always yes, 1 never."""
    luck = list(run.luck[key])
    luck[number] = 0.0 if to else 1.0
    return _played(run.case, {**run.luck, key: luck})


def _other_conditions(run: Run) -> Iterator[tuple[str, str, Negotiation]]:
    longer = run.case.levers.extension_days + MORE_DAYS
    levers = run.case.levers._replace(extension_days=longer)
    weeks = rounds_in(MORE_DAYS)
    yield "the clock", f"with {weeks} more weeks", _played(run.case._replace(levers=levers), run.luck)
    ready = run.case._replace(agencies={})
    yield "the benchmark", "with the classified benchmark ready at once", _played(ready, run.luck)


def _played(case: Any, luck: Luck) -> Negotiation:
    negotiation = Negotiation(case, luck)
    negotiation.play()
    return negotiation


def date_of(scenario: Scenario, week: int) -> str:
    """The day on which a week begins, as 2026-05-18; of a week beyond the calendar only that it is later."""
    days = ROUND_DAYS * week
    if days > (datetime.date.max - scenario.starts).days:
        return f"after {datetime.date.max}"
    return (scenario.starts + datetime.timedelta(days=days)).isoformat()
