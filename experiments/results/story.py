"""A trace in words and numbers."""

import math
from collections.abc import Iterator
from typing import Any

from model.rules import drafting
from model.rules.opting_in import total_gain
from model.rules.records import Fate, Outcome, Terms
from model.rules.talks import WEEKS_A_MONTH
from model.turns.drafting import Verdict
from model.turns.table import Decision
from model.turns.year import Release
from model.year import Turn, Year

from .trace import Round, Trace, date_of, moves

SLIGHT = 0.25  # days; smaller moves are not told
ENDINGS = {
    Outcome.NO_ORDER: "No order: the President signed no draft.",
    Outcome.NO_FRAMEWORK: "No framework: the order was signed, nothing was announced, the ad-hoc practice goes on.",
    Outcome.ADOPTED: "Adopted: the framework is announced.",
}

FATES = {
    Fate.NO_FRAMEWORK: "there is no framework.",
    Fate.DURABLE: "durable, the framework is still at quorum.",
    Fate.ERODED: "eroded, the framework has fallen below its quorum.",
    Fate.SUPERSEDED: "superseded, a law has taken the framework's place.",
}

WORDS = {  # by whether the lab had pledged before and whether it has now
    (False, True): "pledges",
    (True, True): "keeps its pledge",
    (True, False): "withdraws its pledge",
    (False, False): "stays out",
}


def story(trace: Trace) -> str:
    """The negotiation told round by round; its last lines name what was decisive."""
    lines = [
        f"{trace.scenario.title}, run {trace.run.number} of seed {trace.seed}{_set(trace)}",
        trace.scenario.question,
        *_setting(trace),
    ]
    for number, week in enumerate(trace.rounds):
        lines += ["", *week_told(trace, number, week)]
    assert trace.negotiation.outcome is not None
    lines += ["", ENDINGS[trace.negotiation.outcome], *why_told(trace), "", *_year(trace), "", *decisive_told(trace)]
    return "\n".join(lines)


def _set(trace: Trace) -> str:
    return f", with {', '.join(trace.scenario.settings)}" if trace.scenario.settings else ""


def _setting(trace: Trace) -> Iterator[str]:
    levers, climate = trace.run.case.levers, trace.run.case.climate
    yield ""
    yield (
        f"Quorum: {counted(levers.quorum_labs, 'lab')} with {levers.quorum_share:.0%} of the frontier. Clock: "
        f"{levers.deadline_days:.0f} days from the order and {levers.extension_days:.0f} more."
    )
    yield (
        f"Threat {climate.threat:.2f}, chance of a mandatory law {climate.mandate_chance:.2f}, "
        f"protection from ad-hoc holds {levers.protection:.2f}."
    )


def week_told(trace: Trace, number: int, week: Round) -> Iterator[str]:
    """A round of drafting or talks: when, who moved because of whom, what was decided."""
    phase = "drafting" if week.drafting else "talks"
    yield f"Week {week.week} ({date_of(trace.scenario, week.week)}), {phase}"
    yield from _asks(trace, number)
    if week.verdict is not None:
        yield from _verdict(trace, week.verdict, number)
        return
    yield f"  The offer: {terms(week.terms)}."
    yield from _courting(trace, number, week)
    before = trace.rounds[number - 1].pledged if number else {}
    for name, decision in week.decisions.items():
        yield _decision(trace, name, decision, before.get(name, False))
    waiting = [name for name, done in week.progress.items() if done < 1.0]
    told = ", ".join(f"{trace.scenario.labels[name]} {week.progress[name]:.0%}" for name in waiting)
    yield f"  Benchmark: {'ready' if not waiting else 'not ready (' + told + ')'}."
    yield f"  Pledged: {counted(week.labs_in, 'lab')} with {week.share_in:.0%} of the frontier."


def _asks(trace: Trace, number: int) -> Iterator[str]:
    labels = trace.scenario.labels
    told = moves(trace.run, trace.rounds, number)
    width = max(len(labels[name]) for name in told)
    still = []
    for name, move in told.items():
        if not move.causes:
            yield f"  {labels[name]:{width}} asks {move.after:5.1f} days (its ideal)"
            continue
        change = move.after - move.before
        if abs(change) < SLIGHT:
            still.append(labels[name])
            continue
        cause = max(move.causes, key=lambda other: move.causes[other] * change)
        whom = "its own ideal" if cause == name else labels[cause]
        yield (
            f"  {labels[name]:{width}} asks {move.after:5.1f} days ({change:+.1f}, "
            f"most of it by {whom}, {move.causes[cause]:+.1f})"
        )
    if still:
        yield f"  As last week: {', '.join(still)}."


def _verdict(trace: Trace, verdict: Verdict, number: int) -> Iterator[str]:
    yield f"  The draft: {terms(verdict.draft)}."
    low, high = winset(trace, number, verdict.draft.review_days)
    room = "none" if low >= high else f"{low:.0f} to {high:.0f} days"
    yield f"  Review periods that every official would prefer to it by its own ideal: {room}."
    done = "signs" if verdict.signed else "sends it back"
    yield (
        f"  The President {done}: security gain {verdict.security_gain:.2f}, drag {verdict.drag:.2f}, "
        f"chance to sign {verdict.chance:.0%} (luck {verdict.u:.2f})."
    )
    if not verdict.signed:
        gained = [
            trace.scenario.labels[name]
            for name, its in trace.rounds[number].standing.items()
            if its > (trace.rounds[number - 1].standing[name] if number else 1.0)
        ]
        yield f"  Those who asked for less gain influence: {', '.join(gained) or 'nobody did'}."


def winset(trace: Trace, number: int, days: float) -> tuple[float, float]:
    """The review periods that every official at the table likes no less than `days`."""
    ideals = [trace.run.case.voices[name].ideal.review_days for name in trace.rounds[number].asks]
    return (
        max(drafting.winset_low(ideal, days) for ideal in ideals),
        min(drafting.winset_high(ideal, days) for ideal in ideals),
    )


def _courting(trace: Trace, number: int, week: Round) -> Iterator[str]:
    before = trace.rounds[number - 1].courted if number else {}
    courted = {name: total - before.get(name, 0.0) for name, total in week.courted.items()}
    names = [name for name, spent in courted.items() if spent > 0.0]
    if names:
        labels = ", ".join(trace.scenario.labels[name] for name in names)
        yield f"  Courted ({courted[names[0]]:+.3f} each): {labels}."


def _decision(trace: Trace, name: str, decision: Decision, before: bool) -> str:
    parts = sorted(decision.gain._asdict().items(), key=lambda part: -abs(part[1]))
    told = ", ".join(f"{part.replace('_', ' ')} {value:+.2f}" for part, value in parts if abs(value) >= 0.005)
    verb = WORDS[before, decision.is_in]
    return (
        f"  {trace.scenario.labels[name]} {verb}: gain {total_gain(decision.gain):+.2f} ({told}), "
        f"chance to pledge {decision.chance:.0%} (luck {decision.u:.2f})."
    )


def why_told(trace: Trace) -> Iterator[str]:
    """Why it was announced or not."""
    if not trace.rounds:
        return
    levers, last = trace.run.case.levers, trace.rounds[-1]
    outcome, labels = trace.negotiation.outcome, trace.scenario.labels
    if outcome is Outcome.NO_ORDER:
        yield f"After {counted(levers.drafting_rounds, 'draft')} sent back the matter was dropped."
        return
    met = [
        (f"{counted(last.labs_in, 'lab')} pledged, {levers.quorum_labs} needed", last.labs_in >= levers.quorum_labs),
        (
            f"{last.share_in:.0%} of the frontier pledged, {levers.quorum_share:.0%} needed",
            last.share_in >= levers.quorum_share,
        ),
        ("the benchmark ready", trace.negotiation.benchmark_ready),
    ]
    yield "; ".join(f"{what}: {'yes' if holds else 'no'}" for what, holds in met) + "."
    if outcome is Outcome.ADOPTED:
        members = ", ".join(labels[name] for name, is_in in last.pledged.items() if is_in)
        outside = ", ".join(labels[name] for name, is_in in last.pledged.items() if not is_in)
        yield f"Announced in week {last.week} with {members or 'nobody'}; outside: {outside or 'nobody'}."
        yield f"Its terms: {terms(last.terms)}."


# ---------------------------------------------------------------- the year after


def _year(trace: Trace) -> Iterator[str]:
    year = trace.year
    yield f"The year after, {'with the framework' if year.has_framework else 'in the ad-hoc world'}"
    state = year.datacollector.get_model_vars_dataframe().to_dict("records")
    for week in range(year.weeks):
        if week % WEEKS_A_MONTH == 0:
            yield f"Month {week // WEEKS_A_MONTH + 1} (from {date_of(trace.scenario, trace.negotiation.week + week)})"
        yield from (_release(trace, release) for release in year.log if release.week == week)
        if trace.run.case.climate.incident_week == week + 1:
            yield "  An incident, whatever the labs did."
        if state[week]["mandated"] and not (week and state[week - 1]["mandated"]):
            yield "  A mandatory law comes: every lab is under it from now on."
        yield from (_turn(trace, turn) for turn in year.turns if turn.week == week)
        if (week + 1) % WEEKS_A_MONTH == 0 or week + 1 == year.weeks:
            yield from _month_end(year, state[week])
    yield f"At the horizon: {FATES[year.fate()]}"


def _month_end(year: Year, end: dict[Any, Any]) -> Iterator[str]:
    waiting = f"{counted(end['queue'], 'release')} waiting at the desk."
    if end["mandated"]:
        yield f"  Every lab under the law; {waiting}"
    elif year.has_framework:
        yield f"  In the framework: {end['share_in']:.0%} of the frontier; {waiting}"


def _release(trace: Trace, release: Release) -> str:
    label = trace.scenario.labels[release.lab]
    what = "covered" if release.covered else "not covered"
    if release.reviewed:
        what += f", waits {release.wait_days:.0f} days and is reviewed for {release.review_days:.0f}"
    if release.hold_days > 0.0:
        what += f", held ad hoc for {release.hold_days:.0f} days"
    if release.out_unreviewed:
        what += ", out unreviewed"
    return f"  {label} releases: {what}{' - and an incident follows' if release.incident else ''}."


def _turn(trace: Trace, turn: Turn) -> str:
    """A joining or leaving, and the part of the gain that speaks most for it: by its change, else by its size."""
    label, before = trace.scenario.labels[turn.lab], turn.before
    sign = 1.0 if turn.is_in else -1.0
    now = turn.gain._asdict()
    then = dict.fromkeys(now, 0.0) if before is None else before._asdict()
    part = max(now, key=lambda name: sign * (now[name] - then[name]))
    was = "" if before is None else f", {total_gain(before):+.2f} when it last took the question up"
    change = "" if before is None else f" ({then[part]:+.2f} then)"
    return (
        f"  {label} {'joins' if turn.is_in else 'leaves'}: gain {total_gain(turn.gain):+.2f}{was}; "
        f"most of the change in {part.replace('_', ' ')}, {now[part]:+.2f}{change}; "
        f"chance to be in {turn.chance:.0%}, taste {turn.taste:.2f}."
    )


def decisive_told(trace: Trace) -> Iterator[str]:
    """Every single change that would have changed the outcome."""
    if not trace.decisive:
        yield "Decisive: nothing alone. No last decision of the President or a lab, the other way, changes the outcome."
        return
    for what, change, outcome, week in trace.decisive:
        label = trace.scenario.labels.get(what, what)
        then = outcome.name.lower().replace("_", " ")
        yield f"Decisive: {label}. {change[0].upper()}{change[1:]}, the outcome would have been: {then} (week {week})."


def counted(number: int, what: str) -> str:
    """A number of things: '1 lab', '2 labs'."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def terms(its: Terms) -> str:
    """Terms in words."""
    return (
        f"{its.review_days:.1f} days of review, {its.covered_share:.0%} of flagship releases covered, "
        f"disclosure {its.disclosure:.2f}"
    )


def as_data(trace: Trace) -> dict[str, Any]:
    """The trace as plain data for JSON."""
    return {
        "scenario": trace.scenario.name,
        "run": trace.run.number,
        "seed": trace.seed,
        "outcome": trace.negotiation.outcome.name.lower() if trace.negotiation.outcome is not None else None,
        "joined": trace.negotiation.joined(),
        "parameters": dict(trace.run.values),
        "rounds": [
            {
                "week": week.week,
                "date": date_of(trace.scenario, week.week),
                "phase": "drafting" if week.drafting else "talks",
                "terms": week.terms._asdict(),
                "asks": {name: ask._asdict() for name, ask in week.asks.items()},
                "moves": {name: move._asdict() for name, move in moves(trace.run, trace.rounds, number).items()},
                "verdict": week.verdict._asdict() | {"draft": week.verdict.draft._asdict()} if week.verdict else None,
                "decisions": {name: _decision_data(decision) for name, decision in week.decisions.items()},
                "pledged": dict(week.pledged),
                "courted": dict(week.courted),
                "benchmark": dict(week.progress),
            }
            for number, week in enumerate(trace.rounds)
        ],
        "year": {
            "fate": trace.year.fate().name.lower(),
            "measures": {
                name: None if math.isnan(value) else value for name, value in trace.year.measures()._asdict().items()
            },
            "releases": [release._asdict() for release in trace.year.log],
            "turns": [
                turn._asdict() | {"before": turn.before and turn.before._asdict(), "gain": turn.gain._asdict()}
                for turn in trace.year.turns
            ],
        },
        "decisive": [its._asdict() | {"outcome": its.outcome.name.lower()} for its in trace.decisive],
    }


def _decision_data(decision: Decision) -> dict[str, Any]:
    return {
        "gain": decision.gain._asdict(),
        "chance": decision.chance,
        "u": decision.u,
        "pledged": decision.is_in,
    }
