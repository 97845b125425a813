"""The story of a trace: its weeks of drafting and talks."""

from collections.abc import Iterator, Mapping
from typing import Any

from model.problems import listed
from model.rules.opting_in import taste_worth, total_gain
from model.rules.records import GAIN_ABOUT, Reason, Stage, Terms, Word
from model.rules.talks import ROUNDING, rounds_in
from model.turns.drafting import Stall, Verdict, Writing
from model.turns.offers import Courting, Offer
from model.turns.table import Decision
from model.turns.talks import Bill, Extension

from .trace import Round, Trace, date_of
from .words import counted

LEAST_PART = 0.005  # release cycles; smaller parts of a gain are left out
LEAST_NEWS = 0.05  # release cycles; smaller news is told in full only
ISSUES = {  # how its value is written, its unit, and what more and less of it is
    "review_days": (".0f", " days", "a longer review", "a shorter review"),
    "covered_share": (".0%", "", "a wider reading of covered", "a narrower reading of covered"),
    "disclosure": (".2f", "", "more disclosure", "less disclosure"),
    "foreign_lag_days": (".0f", " days", "a longer delay abroad", "earlier access abroad"),
    "open_weights": (".0%", "", "more open weights covered", "fewer open weights covered"),
}
REASONS = {
    Reason.DRAG: "it slows releases too much",
    Reason.SECURITY: "it brings too little security",
    Reason.DISSENT: "officials object",
    Reason.MOMENT: "no more than the moment speaks against it",
}
STAGES = {
    Stage.IDEA: "an idea",
    Stage.DRAFT: "a draft",
    Stage.COMMITTEE: "in committee",
    Stage.FLOOR: "on the floor",
    Stage.LAW: "law",
}
TURNS = {  # a lab's word before and now
    (Word.OUT, Word.OUT): "holds out",
    (Word.OUT, Word.CONDITIONAL): "pledges if enough of the others do",
    (Word.OUT, Word.PLEDGED): "pledges",
    (Word.CONDITIONAL, Word.OUT): "takes its conditional pledge back",
    (Word.CONDITIONAL, Word.CONDITIONAL): "keeps its conditional pledge",
    (Word.CONDITIONAL, Word.PLEDGED): "pledges without condition",
    (Word.PLEDGED, Word.OUT): "withdraws its pledge",
    (Word.PLEDGED, Word.CONDITIONAL): "withdraws its pledge but for a condition",
    (Word.PLEDGED, Word.PLEDGED): "keeps its pledge",
}


def week_lines(trace: Trace, number: int, *, full: bool = False) -> Iterator[str]:
    """A week of drafting or talks: what happened and why; in `full` also what did not change."""
    week = trace.rounds[number]
    yield f"Week {week.week} ({date_of(trace.scenario, week.week)}), {'drafting' if week.drafting else 'talks'}"
    lines = [*(_drafting if week.drafting else _talks)(trace, number, full)]
    yield from lines or ["  Nothing changes."]


def terms_text(terms: Terms) -> str:
    """Terms in words."""
    return (
        f"{terms.review_days:.1f} days of review, {terms.covered_share:.0%} of flagship releases covered, "
        f"disclosure {terms.disclosure:.2f}, {terms.foreign_lag_days:.0f} more days abroad, "
        f"{terms.open_weights:.0%} of open weights covered"
    )


def changes_text(before: Terms, after: Terms) -> str:
    """Which issues change between two texts, and how."""
    told = [
        f"{more if new > old else less} ({old:{form}} to {new:{form}}{unit})"
        for (form, unit, more, less), old, new in zip(ISSUES.values(), before, after, strict=True)
        if f"{old:{form}}" != f"{new:{form}}"
    ]
    return " and ".join(told) or "less than can be told here"


# ---------------------------------------------------------------- drafting


def _drafting(trace: Trace, number: int, full: bool) -> Iterator[str]:
    """What the pen wrote, who stalled it, what the President said, and what the pen learnt."""
    week, labels = trace.rounds[number], trace.scenario.labels
    if number == 0:
        yield f"  The opening draft: {terms_text(week.terms if week.verdict is None else week.verdict.draft)}."
    for entry in week.log:
        match entry:
            case Writing(pen, text, belief, chance):
                yield f"  Text by {labels[pen]}: {terms_text(text)}."
                weight = _weights(belief)
                yield f"    It gives a signature {chance:.0%} and takes the President's weight on drag to be {weight}."
            case Stall(official, text, after, capital):
                yield (
                    f"  Stalled by {labels[official]}: no order would be better for it than this one "
                    f"({_left(capital)}). The text comes back with {changes_text(text, after)}."
                )
            case Verdict():
                if number and not any(isinstance(other, Writing) for other in week.log):
                    yield f"  The text as it came back: {terms_text(entry.draft)}."
                yield from _verdict(entry, full)


def _weights(belief: Any) -> str:
    """What the pen thinks of the President's weight on drag."""
    likely = {"half its guess": belief.light, "as guessed": belief.guessed, "twice its guess": belief.heavy}
    return ", ".join(f"{what} ({chance:.0%})" for what, chance in likely.items() if chance > 0.005)


def _left(capital: float) -> str:
    return f"{counted(int(capital), 'stall')} left"


def _verdict(verdict: Verdict, full: bool) -> Iterator[str]:
    sides = f"security gain {verdict.security_gain:.2f}, drag {verdict.drag:.2f}"
    against = f", {verdict.dissent:.0%} of the officials' weight against it" if verdict.dissent else ""
    chance = f"chance to sign {verdict.chance:.0%}" + (f" (luck {verdict.u:.2f})" if full else "")
    if verdict.signed:
        yield f"  The President signs: {sides}{against}, {chance}."
    else:
        yield f"  The President sends it back, since {REASONS[verdict.reason]}: {sides}{against}, {chance}."


# ---------------------------------------------------------------- talks


def _talks(trace: Trace, number: int, full: bool) -> Iterator[str]:
    """News, the bill, the benchmark, the offer, courting, answers, and what they come to."""
    week, before = trace.rounds[number], trace.rounds[number - 1] if number else None
    yield from _surroundings(trace, week, before, full)
    moved = False
    for entry in week.log:
        line = _of_the_pen(trace, entry)
        if line and (full or not _as_before(entry, before)):
            moved = True
            yield line
    if full and not moved:
        yield f"  The offer stands: {terms_text(week.terms)}."
    elif full or before is None or before.drafting:
        yield f"  On the table: {terms_text(week.terms)}."
    for name, decision in week.decisions.items():
        yield from _answer(trace, number, name, decision, full)
    yield from _count(trace, week, before, full)


def _surroundings(trace: Trace, week: Round, before: Round | None, full: bool) -> Iterator[str]:
    """What is nobody's: news, a bill, the benchmark."""
    first = before is None or before.drafting
    change = week.news if before is None else week.news - before.news
    if full or abs(change) >= LEAST_NEWS:
        what = "All labs start out" if first else "News makes all labs"
        yield f"  {what} {'keener' if change > 0 else 'cooler'} by {abs(change):.2f} release cycles."
    for entry in week.log:
        if isinstance(entry, Bill):
            yield f"  The bill on mandatory review is now {STAGES[entry.stage]}."
    waiting = [name for name, done in week.progress.items() if done < 1.0]
    was_ready = before is not None and not before.drafting and min(before.progress.values(), default=1.0) >= 1.0
    if waiting and full:
        labels = trace.scenario.labels
        progress = ", ".join(f"{labels[name]} {week.progress[name]:.0%}" for name in waiting)
        yield f"  The benchmark is not ready ({progress})."
    elif not waiting and not was_ready:
        yield "  The benchmark is ready: whoever still holds out can hope for nothing by waiting."


def _of_the_pen(trace: Trace, entry: Any) -> str:
    """A line on a move of the pen, on who stalled it, or on whom officials court; '' for other entries."""
    labels = trace.scenario.labels
    match entry:
        case Offer(pen, _, _, before, after, deal) if deal:
            worth = f"worth to the pen {before:.2f} to {after:.2f}"
            return f"  Offer by {labels[pen]}: a side deal for {labels[deal]} ({worth})."
        case Offer(pen, old, new, before, after, _, exchange):
            swap = f"; it wins over {labels[exchange]}, who would have stalled" if exchange else ""
            return (
                f"  Offer by {labels[pen]}: {changes_text(old, new)}; worth to the pen, by the words it expects, "
                f"{before:.2f} to {after:.2f}{swap}."
            )
        case Stall(official, text, after, capital):
            return (
                f"  Stalled by {labels[official]}: {changes_text(after, text)}, worse for it than what stands "
                f"({_left(capital)})."
            )
        case Courting(lab, persuasion):
            return f"  Courted: {labels[lab]} ({persuasion:+.3f} release cycles)."
    return ""


def _as_before(entry: Any, before: Round | None) -> bool:
    """Whether officials go on courting the lab of last week."""
    earlier = [its.lab for its in before.log if isinstance(its, Courting)] if before is not None else []
    return isinstance(entry, Courting) and entry.lab in earlier


def _answer(trace: Trace, number: int, name: str, decision: Decision, full: bool) -> Iterator[str]:
    """A lab's answer; where its word is as before, only in full."""
    changed = decision.word is not decision.word_before
    if not (changed or full):
        return
    gain, taste = total_gain(decision.gain), taste_worth(decision.taste, trace.run.case.relations)
    held_out = f", holds out for {decision.held_out:.0%} of what its ideal would bring" if decision.held_out else ""
    reason = _what_did_it(trace, number, name, decision) if changed else ""
    yield (
        f"  {trace.scenario.labels[name]} {TURNS[decision.word_before, decision.word]}: gain {gain:+.2f} and taste "
        f"{taste:+.2f}, together {gain + taste:+.2f}{held_out}{reason}."
    )
    if full:
        parts = sorted(decision.gain._asdict().items(), key=lambda part: -abs(part[1]))
        yield "    " + ", ".join(
            f"{GAIN_ABOUT[part].label} {value:+.2f}" for part, value in parts if abs(value) >= LEAST_PART
        )


def _what_did_it(trace: Trace, number: int, name: str, decision: Decision) -> str:
    """The part of the gain that moved the lab most since it last answered; of a first answer, the largest."""
    answers: list[Decision] = [week.decisions[name] for week in trace.rounds[:number] if name in week.decisions]
    sign = 1.0 if decision.word > decision.word_before else -1.0
    now = decision.gain._asdict()
    if not answers:
        part = max(now, key=lambda part: sign * now[part])
        return f"; most by {GAIN_ABOUT[part].label}, {now[part]:+.2f}" if sign * now[part] > LEAST_PART else ""
    if answers[-1].taste != decision.taste:
        return "; its taste has changed"
    then = answers[-1].gain._asdict()
    part = max(now, key=lambda part: sign * (now[part] - then[part]))
    change = now[part] - then[part]
    if sign * change > LEAST_PART:
        return f"; most by {GAIN_ABOUT[part].label}, {change:+.2f} since it last answered"
    return "; it has conceded with the clock" if sign > 0.0 else ""


def _count(trace: Trace, week: Round, before: Round | None, full: bool) -> Iterator[str]:
    """Whose words count, and what is decided at the deadline."""
    levers, labels = trace.run.case.levers, trace.scenario.labels
    if full or before is None or before.drafting or (week.words, week.pledged) != (before.words, before.pledged):
        needed = f"{levers.quorum_labs} with {levers.quorum_share:.0%} are needed"
        yield f"  Words that count: {counted(week.labs_in, 'lab')} with {week.share_in:.0%} of the frontier; {needed}."
        if_others = {name: week.pledged[name] for name, word in week.words.items() if word is Word.CONDITIONAL}
        yield from _conditions(labels, if_others)
    for entry in week.log:
        if isinstance(entry, Extension):
            room = f"are extended, for at most {counted(rounds_in(levers.extension_days), 'week')}"
            done = room if entry.extended else "end without a framework"
            yield f"  The deadline: {listed(_missing(trace, week))} missing; the talks {done}."


def _missing(trace: Trace, week: Round) -> list[str]:
    """What is missing for an announcement."""
    levers = trace.run.case.levers
    labs, share = levers.quorum_labs - week.labs_in, levers.quorum_share - week.share_in
    missing = [counted(labs, "lab")] if labs > 0 else []
    missing += [f"{share:.0%} of the frontier"] if share > ROUNDING else []
    return missing + ["the benchmark"] * any(done < 1.0 for done in week.progress.values())


def _conditions(labels: Mapping[str, str], if_others: Mapping[str, bool]) -> Iterator[str]:
    """Whose conditions hold and whose do not."""
    for holds, text in ((True, "hold"), (False, "do not hold yet")):
        names = [labels[name] for name, counts in if_others.items() if counts is holds]
        if names:
            yield f"  The conditions of {listed(names)} {text}."
