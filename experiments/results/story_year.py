"""The story of a trace: the year after the talks."""

from collections.abc import Iterator
from typing import Any

from model.rules.opting_in import total_gain
from model.rules.records import GAIN_ABOUT, Fate, Review, Stage
from model.rules.talks import WEEKS_A_MONTH
from model.turns.releases import Release
from model.year import Turn, Year

from .trace import Trace, date_of
from .words import counted

FATES = {
    Fate.NO_FRAMEWORK: "there is no framework.",
    Fate.DURABLE: "durable, the framework is still at quorum.",
    Fate.ERODED: "eroded, the framework has fallen below its quorum.",
    Fate.SUPERSEDED: "superseded, a law has taken the framework's place.",
}


def year_lines(trace: Trace) -> Iterator[str]:
    """The year after the talks, month by month: releases, turns of labs, a law, and the fate at the horizon."""
    year = trace.year
    without = "under the law" if trace.negotiation.stage is Stage.LAW else "in the ad-hoc world"
    yield f"The year after, {'with the framework' if year.has_framework else without}"
    state = year.datacollector.get_model_vars_dataframe().to_dict("records")
    for week in range(year.weeks):
        if week % WEEKS_A_MONTH == 0:
            yield f"Month {week // WEEKS_A_MONTH + 1} (from {date_of(trace.scenario, trace.negotiation.week + week)})"
        yield from (_release(trace, release) for release in year.log if release.week == week)
        if trace.run.case.climate.incident_week == week + 1:
            yield "  An incident, whatever the labs did."
        law_before = state[week - 1]["mandated"] if week else trace.negotiation.stage is Stage.LAW
        if state[week]["mandated"] and not law_before:
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
    """A model: how capable, whether covered, what became of it before its release, and what it let out."""
    model, way, name = release.model, release.way, f"{trace.scenario.labels[release.lab]} model {release.number}"
    events = [_designation(release), *_waits(release)]
    if way.review is Review.NONE and model.covered:
        events.append("out unreviewed")
    if way.review is not Review.NONE:
        events.append(f"{1.0 - release.danger_out / model.danger:.0%} of its danger found")
    if way.lag_days > 0.0:
        events.append(f"abroad {way.lag_days:.0f} days later")
    incident = " - and an incident follows" if release.incident else ""
    return f"  {name}, more capable than {1.0 - model.rank:.0%} of today's: {', '.join(events)}{incident}."


def _designation(release: Release) -> str:
    """Whether a model is covered, and whether its lab thought so."""
    model, way = release.model, release.way
    text = "covered" if model.covered else "not covered" + (", since its weights are open" if model.exempt else "")
    if way.review is not Review.AD_HOC and way.contest_days > 0.0:
        verdict = "its designation is dropped" if way.dropped else "in vain"
        return f"{text} to the lab's surprise, contested for {counted(round(way.contest_days), 'day')}, {verdict}"
    return text


def _waits(release: Release) -> Iterator[str]:
    """What a model goes through before its release."""
    way = release.way
    own = way.review_days - (way.hold_days if way.held and way.review is not Review.HOLD else 0.0)
    if way.review is Review.HOLD:
        yield f"held ad hoc for {counted(round(way.hold_days), 'day')}, until it is reviewed"
        return
    if way.review is not Review.NONE:
        under = " under an agreement from before" if way.review is Review.AD_HOC else ""
        yield f"waits {counted(round(way.wait_days), 'day')}, reviewed for {counted(round(own), 'day')}{under}"
    if way.held:
        yield f"held ad hoc for another {counted(round(way.hold_days), 'day')}"


def _turn(trace: Trace, turn: Turn) -> str:
    """A joining or leaving, and the part of the gain that changed most towards it; of a first decision, the largest."""
    label, earlier = trace.scenario.labels[turn.lab], turn.before
    sign = 1.0 if turn.is_in else -1.0
    now = turn.gain._asdict()
    then = dict.fromkeys(now, 0.0) if earlier is None else earlier._asdict()
    part = max(now, key=lambda name: sign * (now[name] - then[name]))
    total = "" if earlier is None else f", {total_gain(earlier):+.2f} when it last took the question up"
    change = "" if earlier is None else f" ({then[part]:+.2f} then)"
    return (
        f"  {label} {'joins' if turn.is_in else 'leaves'}: gain {total_gain(turn.gain):+.2f}{total}; "
        f"most of the change in {GAIN_ABOUT[part].label}, {now[part]:+.2f}{change}; "
        f"chance to be in {turn.chance:.0%}, taste {turn.taste:.2f}."
    )
