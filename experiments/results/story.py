"""The story of a trace: its negotiation round by round, why it ended so, and the year after."""

from collections.abc import Iterator

from model.rules import drafting
from model.rules.opting_in import total_gain
from model.rules.records import GAIN_ABOUT, Gain, Outcome, Terms
from model.turns.drafting import Verdict
from model.turns.table import Decision

from .moves import moves
from .story_year import year_lines
from .trace import Round, Trace, date_of
from .words import counted, spoken

LEAST_MOVE = 0.25  # days; asks that move less stand under "As last week"
LEAST_PART = 0.005  # release cycles; smaller parts of a gain are left out
ENDINGS = {
    Outcome.NO_ORDER: "No order: the President signed no draft.",
    Outcome.NO_FRAMEWORK: "No framework: the order was signed, nothing was announced, the ad-hoc practice goes on.",
    Outcome.ADOPTED: "Adopted: the framework is announced.",
}

DECISIONS = {  # by whether the lab had pledged before and whether it has now
    (False, True): "pledges",
    (True, True): "keeps its pledge",
    (True, False): "withdraws its pledge",
    (False, False): "stays out",
}


def story(trace: Trace) -> str:
    """The negotiation round by round and the year after; the last lines name what was decisive."""
    lines = [
        f"{trace.scenario.title}, run {trace.run.number} of seed {trace.seed}{_set(trace)}",
        trace.scenario.question,
        *_setting(trace),
    ]
    for number, week in enumerate(trace.rounds):
        lines += ["", *week_lines(trace, number, week)]
    assert trace.negotiation.outcome is not None
    lines += ["", ENDINGS[trace.negotiation.outcome], *why_lines(trace)]
    lines += ["", *year_lines(trace), "", *decisive_lines(trace)]
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


def week_lines(trace: Trace, number: int, week: Round) -> Iterator[str]:
    """A round of drafting or talks: when, who moved because of whom, what was decided."""
    phase = "drafting" if week.drafting else "talks"
    yield f"Week {week.week} ({date_of(trace.scenario, week.week)}), {phase}"
    yield from _asks(trace, number)
    if week.verdict is not None:
        yield from _verdict(trace, week.verdict, number)
        return
    yield f"  The offer: {terms_text(week.terms)}."
    yield from _courting(trace, number, week)
    before = trace.rounds[number - 1].pledged if number else {}
    for name, decision in week.decisions.items():
        yield _decision(trace, name, decision, before.get(name, False))
    waiting = [name for name, done in week.progress.items() if done < 1.0]
    progress = ", ".join(f"{trace.scenario.labels[name]} {week.progress[name]:.0%}" for name in waiting)
    yield f"  Benchmark: not ready ({progress})." if waiting else "  Benchmark: ready."
    yield f"  Pledged: {counted(week.labs_in, 'lab')} with {week.share_in:.0%} of the frontier."


def _asks(trace: Trace, number: int) -> Iterator[str]:
    labels = trace.scenario.labels
    moved = moves(trace.run, trace.rounds, number)
    width = max(len(labels[name]) for name in moved)
    unmoved = []
    for name, move in moved.items():
        if not move.causes:
            yield f"  {labels[name]:{width}} asks {move.after:5.1f} days (its ideal)"
            continue
        change = move.after - move.before
        if abs(change) < LEAST_MOVE:
            unmoved.append(labels[name])
            continue
        cause = max(move.causes, key=lambda name: move.causes[name] * change)
        source = "its own ideal" if cause == name else labels[cause]
        yield (
            f"  {labels[name]:{width}} asks {move.after:5.1f} days ({change:+.1f}, "
            f"most of it by {source}, {move.causes[cause]:+.1f})"
        )
    if unmoved:
        yield f"  As last week: {', '.join(unmoved)}."


def _verdict(trace: Trace, verdict: Verdict, number: int) -> Iterator[str]:
    yield f"  The draft: {terms_text(verdict.draft)}."
    low, high = winset(trace, number, verdict.draft.review_days)
    periods = "none" if low >= high else f"{low:.0f} to {high:.0f} days"
    yield f"  Review periods that every official would prefer to it by its own ideal: {periods}."
    done = "signs" if verdict.signed else "sends it back"
    yield (
        f"  The President {done}: security gain {verdict.security_gain:.2f}, drag {verdict.drag:.2f}, "
        f"chance to sign {verdict.chance:.0%} (luck {verdict.u:.2f})."
    )
    if not verdict.signed:
        gained = [
            trace.scenario.labels[name]
            for name, standing in trace.rounds[number].standing.items()
            if standing > (trace.rounds[number - 1].standing[name] if number else 1.0)
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
    parts = ", ".join(part for _, part in gain_parts(decision.gain))
    verb = DECISIONS[before, decision.is_in]
    return (
        f"  {trace.scenario.labels[name]} {verb}: gain {total_gain(decision.gain):+.2f} ({parts}), "
        f"chance to pledge {decision.chance:.0%} (luck {decision.u:.2f})."
    )


def gain_parts(gain: Gain) -> list[tuple[float, str]]:
    """The parts of a gain that are not slight, the largest first: value in release cycles, and label with value."""
    parts = sorted(gain._asdict().items(), key=lambda part: -abs(part[1]))
    return [(value, f"{GAIN_ABOUT[name].label} {value:+.2f}") for name, value in parts if abs(value) >= LEAST_PART]


def why_lines(trace: Trace) -> Iterator[str]:
    """Why it was announced or not."""
    if not trace.rounds:
        return
    levers, last = trace.run.case.levers, trace.rounds[-1]
    outcome, labels = trace.negotiation.outcome, trace.scenario.labels
    if outcome is Outcome.NO_ORDER:
        yield f"After {counted(levers.drafting_rounds, 'draft')} sent back the matter was dropped."
        return
    conditions = [
        (f"{counted(last.labs_in, 'lab')} pledged, {levers.quorum_labs} needed", last.labs_in >= levers.quorum_labs),
        (
            f"{last.share_in:.0%} of the frontier pledged, {levers.quorum_share:.0%} needed",
            last.share_in >= levers.quorum_share,
        ),
        ("the benchmark ready", trace.negotiation.benchmark_ready),
    ]
    yield "; ".join(f"{condition}: {'yes' if is_met else 'no'}" for condition, is_met in conditions) + "."
    if outcome is Outcome.ADOPTED:
        members = ", ".join(labels[name] for name, is_in in last.pledged.items() if is_in)
        outside = ", ".join(labels[name] for name, is_in in last.pledged.items() if not is_in)
        yield f"Announced in week {last.week} with {members or 'nobody'}; outside: {outside or 'nobody'}."
        yield f"Its terms: {terms_text(last.terms)}."


def decisive_lines(trace: Trace) -> Iterator[str]:
    """Every single change that would have changed the outcome."""
    if not trace.decisive:
        yield "Decisive: nothing alone. Reversing any one last decision, of the President or a lab, changes no outcome."
        return
    for cause, change, outcome, week in trace.decisive:
        label, other = trace.scenario.labels.get(cause, cause), spoken(outcome.name.lower())
        yield f"Decisive: {label}. {change[0].upper()}{change[1:]}, the outcome would have been: {other} (week {week})."


def terms_text(terms: Terms) -> str:
    """Terms in words."""
    return (
        f"{terms.review_days:.1f} days of review, {terms.covered_share:.0%} of flagship releases covered, "
        f"disclosure {terms.disclosure:.2f}"
    )
