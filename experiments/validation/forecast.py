"""A dated forecast of the talks of 2026, from the fitted model and the information of that day.

Draws from the posterior play the talks from the order of 2 June on. Runs that announce a framework before the day of
the forecast are left out, and draws with more such runs count less. Within a week of the talks every day is equally
likely, because the model has no days.

Two readings of the talks count equally: the terms of the order are bargained over (`june-order`), or they are offered
to take or leave (`fixed-terms`). Where one side wants 14 days and the other 90, no other length suits both better than
the order's 30 (Tsebelis 2002: the winset of 30 is 30 alone), while the compromise of everybody's ideals lies below.
Nothing known on the day shows which reading holds.

A lab counts as joining if it is in the framework, or inside the talks, when the framework is declared final. The model
gives the probability of the first. It has no mechanism for the second: firms named as parties to the talks are assumed
to stay in them with the probability that Laplace's rule gives after five labs had agreements on tests and none was
known to have left. The answer about a mandate by October comes from the ad-hoc world, since the weeks of talks have no
law in the model. What happens by the end of June 2027 is played from the day of the forecast on, with the framework,
where one comes, at work from that day, which is some weeks too early. Where the model has a number and the question a
yes, a share of published weights of a half or more reads as covered, a delay abroad that rounds to a day or more as a
delay, and delays that come to seven days in all as a release a week later.

The forecast is about how the outcome will be read, which is assumed to go wrong with a probability of 5%: with two
options no probability is below 0.05 or above 0.95. Intervals hold 90% of the posterior draws: they show how much the
fitted traits and weights matter, not how wrong the model may be.
"""

import datetime
from typing import Any, NamedTuple

import numpy as np

from model import __version__
from model.draws import Array, stream
from model.fingerprint import fingerprint
from model.scenario import SHIPPED, load

from .. import KNOWN_UP_TO
from ..measures.intervals import Interval, finite
from ..results.words import bracketed
from .episodes import drawn, episode, fitted_paths, play_block
from .likelihood import MISREAD
from .markdown import markdown_table
from .predict import CALIBRATED
from .questions import FINAL_BY, Question, aftermath, further, further_commitment, membership, review_days, timing
from .record import REGIMES, read_record
from .resolution import resolution
from .talks import SUMMER, chance_by, joined_together, play_talks, repeated

LAST_DAY = datetime.date.fromisoformat(KNOWN_UP_TO)
READINGS = ("june-order", "fixed-terms")
FURTHER = "further-commitment"
ENDS = FINAL_BY[0], FINAL_BY[-1]  # the first and the last of the days asked about
NOTE = (
    f"An answer is misread with a probability of {MISREAD:.0%}, so that none is certain. Where that sets an end of an",
    "interval, the end is left out: 'at most' and 'at least' give the other one, a number alone has neither.",
)
DIGITS = 4  # so that the last bits of another machine's logarithm do not make another forecast


class Draws(NamedTuple):
    """Equally likely draws from the posterior, ``theta`` (draws, paths), and the seed of the luck that plays them."""

    paths: tuple[str, ...]
    theta: Array
    seed: int


def shipped_draws(seed: int) -> Draws:
    """The draws of `scenarios/calibrated.yaml`, so that whoever has this version makes the same forecast."""
    calibrated = load(CALIBRATED)
    return Draws(fitted_paths(calibrated), drawn(calibrated), seed)


class Forecast(NamedTuple):
    """Every question and its probabilities, by id, as of a day; ``why`` there is a further forecast of that day."""

    questions: dict[str, Question]
    draws: Draws
    as_of: datetime.date
    why: str | None

    def headline(self) -> str:
        """The probability of a framework, by the first and the last of the days asked about."""
        first, last = (
            bracketed(self.questions[f"declared_final_by_{day}"].probabilities["yes"], ".2f") for day in ENDS
        )
        return f"A framework is declared final by {ENDS[0]} with probability {first}, and by {ENDS[1]} with {last}."

    def text(self) -> str:
        """The forecast as text, the headline first."""
        rows = [
            [name, option, bracketed(chance, ".2f"), question.condition]
            for name, question in self.questions.items()
            for option, chance in question.probabilities.items()
            if option != "no"
        ]
        head = ["question", "option", "probability (90% of the posterior)", "given"]
        return "\n".join([self.headline(), "", *markdown_table(head, rows), "", *NOTE])

    def data(self) -> dict[str, Any]:
        """The forecast as plain data that JSON can hold, as it goes on record."""
        return {
            "as_of": self.as_of.isoformat(),
            "model": {
                "name": "Opt-In",
                "version": __version__,
                "rules": fingerprint(),
                "draws": len(self.draws.theta),
                "seed": self.draws.seed,
                "interval": "90% of the posterior",
                **({"why": self.why} if self.why else {}),
            },
            "questions": {name: _question_data(name, question) for name, question in self.questions.items()},
        }


def _question_data(name: str, question: Question) -> dict[str, Any]:
    return {
        "question": question.text,
        **({"given": question.condition} if question.condition else {}),
        "probabilities": {option: _rounded(chance) for option, chance in question.probabilities.items()},
        **resolution(name, tuple(question.probabilities)),
    }


def _rounded(interval: Interval) -> dict[str, float | None]:
    return {end: finite(round(value, DIGITS)) for end, value in interval._asdict().items()}


def forecast(draws: Draws, as_of: datetime.date = LAST_DAY, why: str | None = None, workers: int = 2) -> Forecast:
    """Every question and its probabilities, as of a day, the same on any number of workers."""
    paths, theta, _ = draws
    record = read_record()
    horizon = f"relations.horizon_days={(SUMMER - as_of).days}"
    readings = [load(SHIPPED / f"{name}.yaml", [horizon]) for name in READINGS]
    starts = readings[0].starts
    seed = int(stream(draws.seed, 0, "forecast").integers(2**62))
    by_reading = [play_talks(episode(each, paths, record.labs, seed), theta, as_of, workers) for each in readings]
    talks = joined_together(by_reading, lambda arrays: np.concatenate(arrays, axis=1))
    still_open = 1.0 - chance_by(as_of, talks.week, starts)
    final = np.where(np.isnan(talks.week), 0.0, still_open)
    commitment = episode(load(REGIMES / f"{FURTHER}.yaml"), paths, record.labs, seed)
    signing = [play_block(commitment, rows, block).joined.sum(axis=1) for block, rows in enumerate(repeated(theta))]
    questions = {
        **timing(talks, starts, as_of),
        **review_days(talks, final),
        **membership(talks, final, {lab: readings[0].labels[lab] for lab in record.labs}),
        **further_commitment(np.stack(signing), len(record.labs)),
        **aftermath(talks, still_open),
        **further(talks, final, still_open),
    }
    return Forecast(questions, draws, as_of, why)
