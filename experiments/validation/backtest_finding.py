"""The versions of the backtest together, as one finding."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from model.problems import listed

from ..results.words import bracketed
from .backtest import MODEL, VERSIONS, Backtest
from .markdown import markdown_table
from .scores import Scores


class Backtests(NamedTuple):
    """The versions of the backtest, by name, in the order of `VERSIONS`."""

    versions: dict[str, Backtest]

    @property
    def first(self) -> Backtest:
        """The version that is the test."""
        return self.versions[VERSIONS[0]]

    @property
    def changed(self) -> Backtest:
        """The version after the one change."""
        return self.versions[VERSIONS[1]]

    def headline(self) -> str:
        """The verdict of the test."""
        return f"The model as first coded {self.first.verdict()}."

    def text(self) -> str:
        """The tests as text, the verdict first."""
        days = f"{self.changed.order_days:.0f}"
        lines = [
            self.headline(),
            f"After one change to how a regime was read, tried once, the model {self.changed.verdict()}.",
            _order_verdict(self.changed),
            "",
            *_scores_table(self.versions),
            "",
            "Excess: how much worse than the model (below 0: better). A regime is one observation, since labs in one",
            "regime have much in common: intervals are over regimes (Student's t), 'at most' where the lower end would",
            "be below 0, which no score is. Luck: the chance of as much if the predictor were no worse, by all signs",
            "of the regimes. Ranked: ranked probability score of how many join.",
            _effective_text(self.versions),
            "",
            "After the change: predicted probability of joining the regime left out (in brackets the lab's decision)",
            "",
            *_chances_table(self.changed),
            "",
            f"Days of review in the order, which had {days} (drafting episode left out)",
            "",
            *_order_table(self.changed),
            "",
            "The priors of the drafting episode were written with the order in view; its days are a check, not a test.",
        ]
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The tests as plain data that JSON can hold."""
        return {version: test.data() for version, test in self.versions.items()}


def _order_verdict(test: Backtest) -> str:
    errors = {name: abs(days.mean - test.order_days) for name, days in test.order.items()}
    closer = [name for name, error in errors.items() if not name.startswith(MODEL) and error < errors[f"{MODEL}, mean"]]
    subject = listed(closer, "no yardstick").capitalize()
    verb = "come" if len(closer) > 1 else "comes"
    return f"{subject} {verb} closer to the order's {test.order_days:.0f} days than the model's mean."


def _effective_text(versions: Mapping[str, Backtest]) -> str:
    least = ", ".join(f"{test.effective_draws:,.0f} ({version})" for version, test in versions.items())
    return f"The model's predictions rest on effective draws of at least {least}."


def _scores_table(versions: Mapping[str, Backtest]) -> list[str]:
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


def _order_table(test: Backtest) -> list[str]:
    rows = [
        [
            name,
            bracketed(days, ".1f"),
            f"{abs(days.mean - test.order_days):.1f}",
        ]
        for name, days in test.order.items()
    ]
    return markdown_table(["predicted by", "days (model: 90% interval)", "off by"], rows)
