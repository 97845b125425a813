"""Forecasts on record as a page shows them: each question with its chances beside the yardsticks, and its rule."""

from typing import NamedTuple

from ..measures.intervals import Interval
from ..results.words import bracketed, spoken
from ..validation.recorded import FORECAST, Asked, Recorded


class Option(NamedTuple):
    """An answer to a question: name, chance (0..1), that in words with its interval, and what yardsticks say."""

    name: str
    chance: float
    text: str
    yardsticks: str


class Question(NamedTuple):
    """A question on record with its answers; of yes and no, only yes."""

    name: str
    asked: Asked
    options: list[Option]


def questions(recorded: Recorded) -> list[Question]:
    """The questions of a forecast, in their order."""
    return [_question(recorded, name, asked) for name, asked in recorded.questions.items()]


def _question(recorded: Recorded, name: str, asked: Asked) -> Question:
    recorded_chances = recorded.data["questions"][name]["probabilities"]
    options = [
        Option(
            spoken(option),
            float(asked.chances[FORECAST][number]),
            bracketed(_interval(recorded_chances[option]), ".2f"),
            ", ".join(f"{who} {chances[number]:.2f}" for who, chances in asked.chances.items() if who != FORECAST),
        )
        for number, option in enumerate(asked.options)
        if option != "no"
    ]
    return Question(name, asked, options)


def _interval(chance: dict[str, float | None]) -> Interval:
    """A chance on record; where an end is missing, there is none."""
    return Interval(*(float("nan") if (end := chance.get(part)) is None else end for part in ("mean", "low", "high")))
