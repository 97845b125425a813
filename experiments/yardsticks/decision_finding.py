"""What a record of decisions says about the model's ways of bargaining, as one finding."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from model.problems import listed

from ..results.words import bracketed
from ..validation.markdown import markdown_table
from .decision_scores import (
    CAPITAL,
    FITTED_BARGAIN,
    FITTED_OFFERS,
    MEAN,
    NASH,
    SAMPLES,
    WAYS,
    Comparison,
    Score,
    Standing,
    standing,
)
from .pages import decisions as words
from .pages import wrapped

OFFERS_ARE = """
Offers are the model's own turns of drafting: the actors are officials of equal influence, the Commission holds the
pen, the reference point is what holds without a text. Who would rather have that stalls, and the text moves towards
it. Left out are the President (all that is cleared is signed), voting rules, exchange between issues (it is in the
talks only) and the talks. On one issue offers hardly depend on salience. They need a reference point and a position of
the Commission.
"""


class Decided(NamedTuple):
    """The comparison of all rules on a record."""

    comparison: Comparison

    @property
    def standing(self) -> Standing:
        """How the model's ways of bargaining stand to the weighted mean."""
        scores = self.comparison.scores
        return standing({way: scores[way].mae_excess for way in WAYS if way in scores})

    def headline(self) -> str:
        """Which of the model's ways of bargaining beats the weighted mean, and which does not."""
        return words.headline(self.data())

    def text(self) -> str:
        """The comparison as text, the verdict first."""
        data = self.data()
        lines = [*wrapped([words.headline(data)]), *wrapped(words.sentences(data)), "", *self._table(), ""]
        return "\n".join([*lines, *wrapped([self._intervals()]), *wrapped([self._fitted()]), *wrapped([OFFERS_ARE])])

    def data(self) -> dict[str, Any]:
        """The comparison as plain data that JSON can hold."""
        comparison = self.comparison
        scores = {name: score.data() for name, score in comparison.scores.items()}
        on_test = {name: score.data() for name, score in comparison.on_test.items()}
        test = {"proposals_in_both_halves": comparison.shared, "fitted": comparison.chosen_off_test, "scores": on_test}
        return {
            "beat_the_weighted_mean": self.standing.better,
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
