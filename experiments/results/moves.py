"""Who moved whom on the review period in one negotiation."""

from collections.abc import Mapping
from typing import NamedTuple

from model.case import Run
from model.rules import influence

from .trace import Round


class Move(NamedTuple):
    """A change of one ask on the review period: days before and after, and the days due to each cause by name."""

    before: float
    after: float
    causes: Mapping[str, float]


def weights_in(run: Run, rounds: list[Round], number: int) -> dict[str, float]:
    """The weight of everybody at the table in one round, by name."""
    case, now = run.case, rounds[number]
    standing = dict.fromkeys(case.voices, 1.0) | (rounds[number - 1].standing if number else {})
    share_in = rounds[number - 1].share_in if number else 0.0
    uncommitted = 0.0 if now.drafting else max(0.0, 1.0 - share_in)
    return {
        name: influence.voice_weight(case.voices[name], standing[name], case.climate.threat, uncommitted)
        for name in now.asks
    }


def moves(run: Run, rounds: list[Round], number: int) -> dict[str, Move]:
    """How the asks on the review period moved in one round, and because of whom.

    A move is the pull of the own ideal plus a pull by each of the others:
    ``s (ideal - before) + (1 - s) sum_j w_j (ask_j - before)``, the w_j summing to 1.
    """
    case, now = run.case, rounds[number]
    ideals = {name: voice.ideal for name, voice in case.voices.items()}
    before = ideals | (rounds[number - 1].asks if number else {})
    weights = weights_in(run, rounds, number)
    moved = {}
    for name in now.asks:
        if now.week == 0 and now.drafting:  # the opening draft comes before anybody moves
            moved[name] = Move(ideals[name].review_days, now.asks[name].review_days, {})
            continue
        voice, start = case.voices[name], before[name].review_days
        heard = {
            other: weight
            * influence.tie(name in case.labs, other in case.labs, case.relations)
            * case.voices[other].salience.review_days
            for other, weight in weights.items()
            if other != name
        }
        total = sum(heard.values())
        open_minded = (1.0 - voice.stubbornness) / total if total > 0.0 else 0.0
        causes = {other: open_minded * weight * (before[other].review_days - start) for other, weight in heard.items()}
        causes[name] = voice.stubbornness * (voice.ideal.review_days - start)
        moved[name] = Move(start, now.asks[name].review_days, causes)
    return moved


def pulls(run: Run, rounds: list[Round]) -> dict[tuple[str, str], float]:
    """Days by which each pulled the ask of each other on the review period, over all rounds: (who, whom) -> days.

    Longer counts above 0, shorter below.
    """
    days: dict[tuple[str, str], float] = {}
    for number in range(len(rounds)):
        for whom, move in moves(run, rounds, number).items():
            for who, pull in move.causes.items():
                if who != whom:
                    days[who, whom] = days.get((who, whom), 0.0) + pull
    return days
