"""Who will join a regime that is not on record: each lab's chance, and how many join, by the fitted model.

The draws are those of `scenarios/calibrated.yaml`, so that a prediction takes a moment, and whoever has this version
gets the same. Its interval holds 90% of them: it shows what the record leaves open about traits and weights, not how
wrong the model may be.
"""

from typing import Any, NamedTuple

import numpy as np

from model.draws import Array
from model.problems import refusal
from model.scenario import SHIPPED, Scenario, load

from ..measures.intervals import Interval
from ..results.words import bracketed
from .asking import Asking, asking, set_chances, unlike_the_law
from .cascade import MOST_LABS, count_chances, lab_chances
from .episodes import drawn
from .markdown import markdown_table
from .posterior import interval

CALIBRATED = SHIPPED / "calibrated.yaml"


class Predicted(NamedTuple):
    """What is predicted of a regime.

    ``labs``: lab -> chance that it joins, with a 90% interval; ``numbers`` (labs + 1,): the chance that 0, 1, ... of
    them join; ``made_by``: version, rules and files that made it.
    """

    title: str
    labs: dict[str, Interval]
    numbers: Array
    made_by: dict[str, str]

    def headline(self) -> str:
        """How many labs join, on average."""
        mean = np.arange(len(self.numbers)) @ self.numbers
        return f"{self.title}: of {len(self.labs)} labs asked, {mean:.1f} join on average."

    def text(self) -> str:
        """The prediction as text, the headline first."""
        return "\n".join(
            [
                self.headline(),
                "",
                *markdown_table(
                    ["lab", "chance to join (90% of the posterior)"],
                    [[lab, bracketed(chance, ".2f")] for lab, chance in self.labs.items()],
                ),
                "",
                *markdown_table(
                    ["labs that join", "chance"], [[str(k), f"{chance:.3f}"] for k, chance in enumerate(self.numbers)]
                ),
                "",
                "Intervals show what the record leaves open about traits and weights, not how wrong the model may be: "
                "model/VALIDATION.md says how it did on past regimes, beside simple rules.",
            ]
        )

    def data(self) -> dict[str, Any]:
        """The prediction as plain data that JSON can hold."""
        return {
            "labs": {lab: chance.data() for lab, chance in self.labs.items()},
            "count": self.numbers.tolist(),
            "made_by": self.made_by,
        }


def predict(scenario: Scenario, made_by: dict[str, str]) -> Predicted:
    """Predict who joins a regime.

    Parameters
    ----------
    scenario : Scenario
        The regime, coded as ``scenarios/regimes/README.md`` says.
    made_by : dict
        What else goes into ``made_by``.

    Raises
    ------
    BadInput
        If it has too many labs, or its terms are not to be taken or left.
    """
    _check(scenario)
    posterior = load(CALIBRATED)
    regime = asking(scenario, posterior)
    chances = set_chances(regime, drawn(posterior))
    return Predicted(scenario.title, _labs(regime, chances), count_chances(chances.mean(axis=0)), made_by)


def _labs(regime: Asking, chances: Array) -> dict[str, Interval]:
    equal = np.full(len(chances), 1.0 / len(chances))
    return {lab: interval(its, equal) for lab, its in zip(regime.labs, lab_chances(chances).T, strict=True)}


def _check(scenario: Scenario) -> None:
    mark, labs = scenario.files[0], len(scenario.named("lab"))
    if labs > MOST_LABS:
        raise refusal(mark, f"found {labs} labs; at most {MOST_LABS} are allowed here")
    unlike = unlike_the_law(scenario)
    if unlike:
        text = "by these, terms are bargained over; a regime is to be taken or left, as regimes/seoul-2024.yaml"
        raise refusal(mark, f"found {', '.join(unlike)}: {text}")
