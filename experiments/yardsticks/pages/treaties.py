"""What a record of treaties says about the joining rule, in words."""

from ...measures.intervals import Interval
from ...results.words import bracketed
from ...validation.markdown import markdown_table
from ..scoring import scores_from, verdict
from ..treaty_predictions import CALM, MODEL, SIMPLE
from . import Data, Section, shown

READING = (
    "Brier score of who joins and ranked probability score of how many, in states: less is better. Excess: how much "
    "worse than the model (below 0: better). The shock is what all states have in common before one treaty. Rasch: a "
    "stance of each state, whatever the year. Intervals are over treaties."
)
LIMITS = (
    "A lasting taste for one treaty, which this rule lacks, would pull the weight of company below 0. Which states "
    "could join is read from their other acts; the record holds only treaties that many have joined by now. States are "
    "not companies."
)


def headline(data: Data) -> str:
    """Whether the model beats simple rules, for who joins and for how many."""
    its = data["left_out"]
    return (
        f"Which states join a treaty: the model {verdict(scores_from(its['who']), SIMPLE)}. How many: its 90% "
        f"intervals hold {_covered(its, MODEL)} of {its['treaties']} treaties left out, without a shock in common "
        f"{_covered(its, CALM)}."
    )


def sentences(data: Data) -> list[str]:
    """What company and the shock weigh, and how the newest treaties are predicted."""
    estimates, newest = data["estimates"], data["newest"]
    company = Interval.from_data(estimates["company"])
    full, rasch = (
        f"{shown(estimates[name], '.2f')} (standard error {estimates[name]['standard_error']:.2f})"
        for name in ("shock_sd", "shock_sd_rasch")
    )
    return [
        f"Company, all others in rather than none, weighs {shown(estimates['company_calm'], '+.1f')} logits without "
        f"the shock and {bracketed(company, '+.1f')} beside it{_of_company(company)}.",
        f"The shock has a standard deviation of {full} logits, by Rasch's rule {rasch}.",
        f"The newest {newest['treaties']} treaties, from older ones: the model "
        f"{verdict(scores_from(newest['who']), SIMPLE)}; its 90% intervals hold {_covered(newest, MODEL)} of them.",
    ]


def _of_company(weight: Interval) -> str:
    if weight.low > 0.0:
        return ""
    return ", where the model allows none below 0" if weight.high < 0.0 else ", which is not told from none"


def section(data: Data) -> Section:
    """The table of scores, and what they leave open."""
    who, counts, newest = data["left_out"]["who"], data["left_out"]["how_many"], data["newest"]["how_many"]
    rows = [
        [
            name,
            shown(its["brier"], ".4f"),
            "" if name == MODEL else shown(its["brier_excess"], "+.4f"),
            shown(counts[name]["ranked"], ".1f"),
            shown(counts[name]["covered"], ".0%"),
            shown(newest[name]["covered"], ".0%"),
        ]
        for name, its in who.items()
    ]
    head = ["predicted by", "Brier", "excess", "ranked", "in 90% interval", "of the newest"]
    return Section(markdown_table(head, rows), READING, LIMITS)


def _covered(comparison: Data, name: str) -> str:
    return shown(comparison["how_many"][name]["covered"], ".0%")
