"""What a record of decisions says about the model's ways of bargaining, as one finding."""

import math
import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

from model.problems import listed

from ..measures.intervals import Interval
from ..results.words import bracketed
from .decision_scores import CAPITAL, FITTED_BARGAIN, FITTED_OFFERS, MEAN, NASH, SAMPLES, WAYS, Comparison, Score
from .decisions import SCALE
from .markdown import markdown_table

SOURCE = "DEU III, Arregui & Perarnaud (2021), doi 10.34810/data53, CC BY 4.0"
WIDTH = 120
OFFERS_ARE = """
Offers are the model's own turns of drafting: the actors are officials of equal influence, the Commission holds the
pen, the reference point is what holds without a text. Who would rather have that stalls, and the text moves towards
it. Left out are the President (all that is cleared is signed), voting rules, exchange between issues (it is in the
talks only) and the talks. On one issue offers hardly depend on salience. They need a reference point and a position of
the Commission.
"""


class Decided(NamedTuple):
    """The comparison, and how the command was called."""

    comparison: Comparison
    command: str

    @property
    def beating(self) -> list[str]:
        """The ways of bargaining with a mean absolute error below the weighted mean's by more than chance."""
        return [way for way in self._ways() if self.comparison.scores[way].mae_excess.high < 0.0]

    @property
    def same(self) -> list[str]:
        """The ways of bargaining that are the weighted mean itself."""
        return [way for way in self._ways() if _is_zero(self.comparison.scores[way].mae_excess)]

    def _ways(self) -> list[str]:
        return [way for way in WAYS if way in self.comparison.scores]

    def headline(self) -> str:
        """Which of the model's ways of bargaining beats the weighted mean, and which does not."""
        mean, first = self.comparison.scores[MEAN], listed(self.beating, "no way of bargaining in the model")
        return (
            f"{first[0].upper()}{first[1:]} {'beat' if len(self.beating) > 1 else 'beats'} the weighted mean of all "
            f"positions on {mean.issues} decisions (mean absolute error {mean.mae.mean:.1f} of {SCALE:.0f}): "
            f"{self._others()}."
        )

    def _others(self) -> str:
        """Which ways of bargaining do not beat the weighted mean, and how much worse they are."""
        scores = self.comparison.scores
        rest = [way for way in self._ways() if way not in self.beating + self.same]
        named = listed([f"{way} ({scores[way].mae_excess.mean:+z.2f})" for way in rest])
        parts = [
            f"{listed(self.same)} {'are' if len(self.same) > 1 else 'is'} that mean" if self.same else "",
            f"{named} {'do' if len(rest) > 1 else 'does'} not beat it" if rest else "",
        ]
        return "; ".join(filter(None, parts)) or "all do"

    def _by_square(self) -> str:
        """The ways of bargaining whose root mean square error is below the weighted mean's by more than chance."""
        scores = self.comparison.scores
        lower = [way for way in self._ways() if scores[way].rmse_excess.high < 0.0]
        named = listed([f"{way} ({bracketed(scores[way].rmse_excess, '+.2f')})" for way in lower])
        return f"In the root mean square (RMSE), which weighs large errors more, below it: {named}." if lower else ""

    def text(self) -> str:
        """The comparison as text, the verdict first."""
        lines = [*_wrapped(self.headline()), *_wrapped(self._by_square()), "", *self._table(), ""]
        return "\n".join([*lines, *_wrapped(self._intervals()), *_wrapped(self._fitted()), *_wrapped(OFFERS_ARE)])

    def page(self) -> str:
        """The comparison as a section of a page in Markdown, with its source and the command."""
        record = self.comparison.record
        source = _wrapped(f"Data: {SOURCE}; file `{record.file}`, SHA-256 `{record.digest}`.")
        return "\n".join(
            ["### Decisions of the European Union", "", self.text(), "", *source, f"Command: `{self.command}`.", ""]
        )

    def data(self) -> dict[str, Any]:
        """The comparison as plain data that JSON can hold."""
        comparison = self.comparison
        scores = {name: score.data() for name, score in comparison.scores.items()}
        on_test = {name: score.data() for name, score in comparison.on_test.items()}
        test = {"proposals_in_both_halves": comparison.shared, "fitted": comparison.chosen_off_test, "scores": on_test}
        return {
            "verdict": self.headline(),
            "beat_the_weighted_mean": self.beating,
            "source": SOURCE,
            "file": comparison.record.file,
            "sha256": comparison.record.digest,
            "left_out": dict(comparison.record.left_out),
            "scores": scores,
            "fitted": comparison.chosen,
            "test": test if on_test else None,
        }

    def _table(self) -> list[str]:
        """The lines of a table of scores."""
        comparison = self.comparison
        head = ["rule", "issues", "MAE", "RMSE", "MAE excess", "RMSE excess"]
        rows = [[name, str(score.issues), *_cells(score)] for name, score in comparison.scores.items()]
        if comparison.on_test:
            head.append("MAE excess, test half")
            rows = [[*row, _test_cell(comparison.on_test.get(row[0]))] for row in rows]
        return markdown_table(head, rows)

    def _intervals(self) -> str:
        """What the intervals are of, and what was left out."""
        comparison = self.comparison
        left_out = comparison.record.left_out
        reasons = listed([f"{count} with {why}" for why, count in left_out.items()])
        held = [score.held for score in comparison.scores.values() if not math.isnan(score.held)]
        parts = [
            "Excess: over the weighted mean (by salience; power is equal) on the same issues; above 0 is worse.",
            f"95% intervals: jackknife over the {comparison.scores[MEAN].proposals} proposals, Student's t.",
            f"They hold {min(held):.0%} to {max(held):.0%} of the time in {SAMPLES:,} samples of proposals."
            if held
            else "",
            "They do not allow for how many rules are looked at.",
            f"Lines left out: {reasons}." if left_out else "",
        ]
        return " ".join(filter(None, parts))

    def _fitted(self) -> str:
        """What was fitted, and to what."""
        comparison = self.comparison
        parts = [
            f"As shipped: Nash with a disagreement of {NASH:g}, offers with a capital of {CAPITAL:g} (one stall each).",
            f"Fitted: the value that is best on all other proposals; on all of them {_values(comparison.chosen)}.",
        ]
        if comparison.on_test:
            parts.append(
                f"On the test half, {comparison.on_test[MEAN].issues} issues, nothing is fitted (on the rest: "
                f"{_values(comparison.chosen_off_test)}); {comparison.shared} proposals have issues in both halves."
            )
        return " ".join(parts)


def _cells(score: Score) -> list[str]:
    return [
        bracketed(score.mae, ".2f"),
        bracketed(score.rmse, ".2f"),
        bracketed(score.mae_excess, "+z.2f"),
        bracketed(score.rmse_excess, "+z.2f"),
    ]


def _test_cell(score: Score | None) -> str:
    return f"{bracketed(score.mae_excess, '+z.2f')}, {score.issues} issues" if score else ""


def _values(chosen: Mapping[str, float]) -> str:
    return f"a disagreement of {chosen[FITTED_BARGAIN]:g} and a capital of {chosen[FITTED_OFFERS]:g}"


def _is_zero(excess: Interval) -> bool:
    return math.isnan(excess.low) and abs(excess.mean) < 1e-9


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), WIDTH)
