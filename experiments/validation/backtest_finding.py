"""The versions of the backtest together, as one finding."""

from typing import Any, NamedTuple

import numpy as np

from model.problems import listed

from ..results.words import bracketed
from .backtest import MODEL, SHARED, Backtest, OrderCheck
from .markdown import markdown_table
from .scores import Excess, Scores

TEST = "the test"
NEW = "the regimes coded before their outcome was read"
KNOWN = 'a doubtful "no" as not known'
CODED = "the US institute of 2024 as first coded"
WIDER = "views free to weigh more"
OWN = "the same, with the baseline's views of labs"
VERSIONS = {
    TEST: "labs alike beforehand, all regimes",
    NEW: "the predictions of the test, scored on these alone",
    KNOWN: "whether a lab was asked is not known where it stayed out; here that is no decision",
    CODED: "all seven labs asked, where the test has each asked with a chance of one half",
    WIDER: "the one change tried after the test, once: what a lab's view is worth may be up to three times as much",
    OWN: "priors written with five of these regimes in view; what `optin predict` uses",
}


class Backtests(NamedTuple):
    """The versions of the backtest, by name, in the order of `VERSIONS`, and the check of the order."""

    versions: dict[str, Backtest]
    order: OrderCheck

    @property
    def first(self) -> Backtest:
        """The version that is the test."""
        return self.versions[TEST]

    @property
    def changed(self) -> Backtest:
        """The version after the one change."""
        return self.versions[WIDER]

    @property
    def own(self) -> Backtest:
        """The version that predictions are made with."""
        return self.versions[OWN]

    def headline(self) -> str:
        """The verdict of the test: first whether the mechanism adds anything to Rasch's rule."""
        return f"{mechanism_verdict(self.first)} The model {self.first.verdict()}."

    def text(self) -> str:
        """The tests as text, the verdict first."""
        lines = [
            self.headline(),
            "",
            f"After the one change (views free to weigh more): {mechanism_verdict(self.changed)} With the baseline's "
            f"views of labs as well: {mechanism_verdict(self.own)} Both were made with the test in view, so that only "
            "regimes outside the record can test them.",
            "",
            *[f"- *{name}*: {its}." for name, its in VERSIONS.items()],
            "",
            *_scores_table(self.versions),
            "",
            "Excess: how much worse than the model (below 0: better). A regime is one observation, since labs in one",
            "regime have much in common: intervals are over regimes (Student's t), 'at most' where the lower end would",
            "be below 0, which no score is. Luck: the chance of as much if the predictor were no worse, by all signs",
            "of the regimes. Ranked: ranked probability score of how many join.",
            "",
            _effective_text(self.first),
            "",
            "The test: predicted probability of joining the regime left out (in brackets the lab's decision)",
            "",
            *_chances_table(self.first),
            "",
            f"Days of review in the order, which had {self.order.seen:.0f}. {_order_verdict(self.order)}",
            "",
            *_order_table(self.order),
            "",
            "The priors of the drafting episode were written with the order in view; its days are a check, not a test.",
        ]
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The tests as plain data that JSON can hold."""
        return {
            "versions": {version: test.data() for version, test in self.versions.items()},
            "order_days": self.order.data(),
        }


def mechanism_verdict(test: Backtest) -> str:
    """Whether the model's mechanism adds anything to an effect of each lab and one of each regime: a sentence."""
    scores = test.scores[SHARED]
    by = f"Brier {_signed(scores.brier_excess)}, log {_signed(scores.log_excess)}"
    both = (scores.brier_excess, scores.log_excess)
    if all(its.is_clear for its in both):
        return f"The mechanism adds something to Rasch's rule: {by} in the model's favour."
    if all(its.interval.mean > 0.0 for its in both):
        return f"The mechanism adds no more than chance to Rasch's rule: {by} in the model's favour."
    return f"The mechanism adds nothing to Rasch's rule, which predicts as well or better: {by} for the model."


def _signed(excess: Excess) -> str:
    return bracketed(excess.interval, "+.3f")


def _order_verdict(order: OrderCheck) -> str:
    errors = {name: abs(days.mean - order.seen) for name, days in order.days.items()}
    closer = [name for name, error in errors.items() if not name.startswith(MODEL) and error < errors[f"{MODEL}, mean"]]
    subject = listed(closer, "no yardstick").capitalize()
    verb = "come" if len(closer) > 1 else "comes"
    return f"{subject} {verb} closer to that than the model's mean."


def _effective_text(test: Backtest) -> str:
    least = ", ".join(f"{draws:,.0f} ({name})" for name, draws in test.effective_draws.items())
    return f"Predictions of the test rest on effective draws of at least {least}."


def _scores_table(versions: dict[str, Backtest]) -> list[str]:
    rows = [
        [
            version,
            name,
            *(bracketed(its, ".3f") for its in (scores.brier, scores.log, scores.ranked)),
            *_excess(name, scores),
        ]
        for version, test in versions.items()
        for name, scores in test.scores.items()
    ]
    head = ["version", "predicted by", "Brier", "log", "ranked", "Brier excess", "luck", "log excess", "luck"]
    return markdown_table(head, rows)


def _excess(name: str, scores: Scores) -> list[str]:
    if name == MODEL:
        return [""] * 4
    both = (scores.brier_excess, scores.log_excess)
    return [cell for its in both for cell in (bracketed(its.interval, "+.3f"), f"{its.chance:.3f}")]


def _chances_table(test: Backtest) -> list[str]:
    rows = [
        [regime, *map(_chance_text, its.labs, joined)]
        for regime, its, joined in zip(test.record.regimes, test.predictions[MODEL], test.record.joined, strict=True)
    ]
    return markdown_table(["regime", *test.record.labs], rows)


def _chance_text(chance: float, joined: float) -> str:
    return "-" if np.isnan(joined) else f"{chance:.2f} ({joined:g})"


def _order_table(order: OrderCheck) -> list[str]:
    rows = [
        [
            name,
            bracketed(days, ".1f"),
            f"{abs(days.mean - order.seen):.1f}",
        ]
        for name, days in order.days.items()
    ]
    return markdown_table(["predicted by", "days (model: 90% interval)", "off by"], rows)
