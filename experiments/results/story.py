"""The story of a trace: how it ended, why, and what was decisive; weeks and year have files of their own."""

from collections.abc import Iterator

from model.rules.records import GAIN_ABOUT, Gain, Outcome, Stage

from .story_weeks import LEAST_PART, terms_text, week_lines
from .story_year import year_lines
from .trace import Trace
from .words import counted, spoken

ENDINGS = {
    Outcome.NO_ORDER: "No order: the President signed no draft.",
    Outcome.NO_FRAMEWORK: "No framework: the order was signed, nothing was announced, the ad-hoc practice goes on.",
    Outcome.ADOPTED: "Adopted: the framework is announced.",
}


def story(trace: Trace, *, full: bool = False) -> str:
    """The negotiation week by week and the year after; the last lines name what was decisive.

    Short, it tells what changed; in `full`, every decision with all parts of the gain.
    """
    lines = [
        f"{trace.scenario.title}, run {trace.run.number} of seed {trace.seed}{_set(trace)}",
        trace.scenario.question,
        *_setting(trace),
    ]
    for number in range(len(trace.rounds)):
        lines += ["", *week_lines(trace, number, full=full)]
    lines += ["", ending_text(trace), *why_lines(trace)]
    lines += ["", *year_lines(trace), "", *decisive_lines(trace)]
    return "\n".join(lines)


def ending_text(trace: Trace) -> str:
    """How the negotiation ended."""
    assert trace.negotiation.outcome is not None
    if trace.negotiation.stage is Stage.LAW:
        return "No framework: a law on mandatory review has come first."
    return ENDINGS[trace.negotiation.outcome]


def _set(trace: Trace) -> str:
    return f", with {', '.join(trace.scenario.settings)}" if trace.scenario.settings else ""


def _setting(trace: Trace) -> Iterator[str]:
    levers, climate = trace.run.case.levers, trace.run.case.climate
    yield ""
    yield (
        f"Quorum: {counted(levers.quorum_labs, 'lab')} with {levers.quorum_share:.0%} of the frontier. Clock: "
        f"{levers.deadline_days:.0f} days from the order and at most {levers.extension_days:.0f} more."
    )
    yield (
        f"Threat {climate.threat:.2f}, chance of a mandatory law within a year {climate.mandate_chance:.2f}, "
        f"protection from ad-hoc holds {levers.protection:.2f}."
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
        yield f"After {counted(levers.drafting_rounds, 'week')} of drafting the matter was dropped."
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
        yield "Decisive: nothing alone. Neither the President's last word nor any one lab's taste turns the outcome."
        return
    for cause, change, outcome, week in trace.decisive:
        label, other = trace.scenario.labels.get(cause, cause), spoken(outcome.name.lower())
        yield f"Decisive: {label}. {change[0].upper()}{change[1:]}, the outcome would have been: {other} (week {week})."
