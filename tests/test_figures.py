"""Figures: they carry their provenance, colours are fixed and told apart, and text from files stays text."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image
from scipy.stats import binomtest

from experiments.figures import flow, runs, sets, style
from experiments.measures.intervals import Interval
from experiments.results.summary import summarise
from experiments.results.summary_parts import joint_sets
from experiments.runs.pool import run_many
from model.scenario import Scenario, load

from .drawn import BASELINE, crowded

SCENARIO = load(BASELINE)
SUMMARY = summarise(SCENARIO, run_many(SCENARIO, 40, 1), 1)


def test_a_figure_carries_its_provenance_in_both_formats(tmp_path: Path) -> None:
    png, svg = style.save(runs.outcomes(SUMMARY), tmp_path, "outcomes", "made by a test, seed 1")
    with Image.open(png) as image:
        assert image.info["Description"] == "made by a test, seed 1"
    assert "made by a test, seed 1" in svg.read_text()


def test_the_same_figure_is_the_same_file(tmp_path: Path) -> None:
    first = style.save(runs.joining(SUMMARY), tmp_path / "a", "x", "p")
    again = style.save(runs.joining(SUMMARY), tmp_path / "b", "x", "p")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]


@pytest.mark.parametrize("name", sorted(runs.FIGURES))
def test_every_figure_says_of_which_runs_it_is(name: str) -> None:
    figure = runs.FIGURES[name](SUMMARY)
    assert "40 runs, seed 1" in figure.get_supxlabel()
    assert style.message_of(figure)
    assert name == "outcome-flow" or all(axes.get_xlabel() or axes.get_ylabel() for axes in figure.axes)


def test_the_joining_figure_draws_each_lab_at_its_share_with_its_interval() -> None:
    (axes,) = runs.joining(SUMMARY).axes
    widths = sorted(round(bar.get_width(), 9) for bar in axes.patches)
    shares = sorted(round(100 * lab.joined_if_adopted.mean, 9) for lab in SUMMARY.labs.values())
    assert widths == shares
    assert len(axes.lines) == 3 * len(shares)  # an interval for the bar, a dot and an interval for all runs


def test_everybody_has_a_colour_of_their_own_that_newcomers_do_not_change() -> None:
    names = [*SCENARIO.named("official"), *SCENARIO.named("lab")]
    assert len({style.colour(name) for name in names}) == len(names)
    assert style.colour("newcomer") == style.colour("newcomer")


def test_a_horizon_of_less_than_a_month_is_drawn_too() -> None:
    scenario = load(BASELINE, ["relations.horizon_days=7"])
    short = summarise(scenario, run_many(scenario, 20, 1), 1)
    assert short.months == []
    assert "Not drawn, since the horizon is shorter than a month: participation and queue." in short.text()
    drawn = dict(runs.figures(short))
    assert {"joining", "delays"} <= set(drawn)
    assert not {"participation", "queue"} & set(drawn)
    for draw in drawn.values():
        draw().canvas.draw()


def test_a_newcomer_never_takes_the_colour_of_somebody_known() -> None:
    newcomers = {style.colour(f"newcomer_{number}") for number in range(50)}
    assert not newcomers & set(style.COLOURS.values())


def test_the_panels_of_the_leaving_figure_share_their_rows() -> None:
    left, right = runs.leaving(SUMMARY).axes
    assert left.get_ylim() == right.get_ylim()


def test_of_runs_without_a_framework_only_that_is_drawn_which_they_have_and_the_text_says_so() -> None:
    scenario = load(BASELINE, ["levers.quorum_labs=20"])
    nobody = summarise(scenario, run_many(scenario, 20, 1), 1)
    drawn = dict(runs.figures(nobody))
    assert list(drawn) == ["outcomes", "outcome-flow", "review-period"]
    assert "Not drawn, since no run adopts a framework: joining, joining-together, delays," in nobody.text()
    for draw in drawn.values():
        draw().canvas.draw()


def test_where_nobody_comes_or_goes_waits_or_leaves_that_is_said_and_not_drawn() -> None:
    first = SUMMARY.months[0]
    nobody = Interval(0.0, 0.0, 0.1)
    still = [first._replace(month=month, mean_queue=nobody) for month in range(1, 14)]
    calm = {
        name: lab._replace(left_if_adopted=nobody, holds_if_adopted=nobody, holds_ad_hoc=nobody)
        for name, lab in SUMMARY.labs.items()
    }
    quiet = SUMMARY._replace(months=still, labs=calm)
    assert set(runs.FIGURES) - set(dict(runs.figures(quiet))) == {"participation", "queue", "leaving"}
    assert "Not drawn, since who is in stays the same: participation." in quiet.text()
    assert "Not drawn, since nobody ever waits: queue." in quiet.text()
    spread = first.share_in._replace(p5=first.share_in.p5 - 0.01)
    moved = SUMMARY._replace(months=[*still, first._replace(month=14, share_in=spread)])
    assert "participation" in dict(runs.figures(moved))
    assert "Not drawn" not in SUMMARY.text()


def test_a_queue_is_said_to_grow_only_where_its_intervals_are_apart() -> None:
    first, last = SUMMARY.months[0], SUMMARY.months[-1]
    for low, grows in ((0.15, False), (0.25, True)):
        ends = [
            first._replace(mean_queue=Interval(0.1, 0.05, 0.2)),
            last._replace(mean_queue=Interval(0.3, low, 0.4)),
        ]
        assert ("grows" in style.message_of(runs.queue(SUMMARY._replace(months=ends)))) == grows


def test_a_lab_is_said_to_be_least_often_in_only_where_its_interval_is_apart() -> None:
    for high, apart in ((0.6, False), (0.4, True)):
        labs = {name: lab._replace(joined_if_adopted=Interval(0.8, 0.5, 0.9)) for name, lab in SUMMARY.labs.items()}
        labs["meta"] = labs["meta"]._replace(joined_if_adopted=Interval(0.3, 0.2, high))
        message = style.message_of(runs.joining(SUMMARY._replace(labs=labs)))
        assert message.startswith(f"Meta is in 30.0% [20.0% to {100 * high:.1f}%] of the adopted frameworks")
        assert ("less often than any other lab" in message) == apart


# ---------------------------------------------------------------- the way of runs, and sets of labs

FEW = [f"stakeholders.{name}=null" for name in ("google", "microsoft", "amazon", "meta", "xai")]
WILLING = ["levers.drafting_rounds=0", "levers.quorum_labs=0", "levers.quorum_share=0", "levers.deadline_days=90"]
AT_ONCE = [f"stakeholders.{name}=null" for name in ("treasury", "nsa", "cisa", "nist")]
MADE = {
    "as it is": ([], 400),
    "two labs": ([*FEW, "levers.quorum_labs=2"], 200),
    "twelve labs": (None, 300),
    "nobody adopts": (["levers.quorum_labs=20"], 60),
    "all adopt": ([*WILLING, *AT_ONCE], 60),
    "a single run": ([], 1),
    "a single run that adopts": ([*WILLING, *AT_ONCE], 1),
}


class Made:
    """A scenario with the table of its runs."""

    def __init__(self, scenario: Scenario, count: int) -> None:
        self.labs = scenario.named("lab")
        self.labels = scenario.labels
        self.table: pd.DataFrame = run_many(scenario, count, 1)
        self.summary = summarise(scenario, self.table, 1)
        self.adopted = self.table[self.table["adopted"] == 1]

    def sets(self) -> dict[frozenset[str], int]:
        """Which labs joined together how often, counted by pandas."""
        counts = self.adopted[[f"joined.{name}" for name in self.labs]].value_counts()
        return {
            frozenset(name for name, joined in zip(self.labs, row, strict=True) if joined): int(count)
            for row, count in counts.items()
        }


@pytest.fixture(scope="module", params=MADE)
def its(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    settings, count = MADE[request.param]
    if settings is not None:
        return Made(load(BASELINE, settings), count)
    labels = {"a1": "<script>", "a2": "深度求索", "a3": "الذكاء", "a4": "$x$ & %s", "a5": "_five {5}"}
    return Made(load(crowded(tmp_path_factory.mktemp("crowd"), labels)), count)


def test_the_scenarios_of_these_tests_are_what_they_are_called() -> None:
    assert Made(load(BASELINE, MADE["nobody adopts"][0]), 60).adopted.empty
    assert len(Made(load(BASELINE, MADE["all adopt"][0]), 60).adopted) == 60


def test_the_bands_of_the_flow_are_as_high_as_the_counts_of_the_table(its: Made) -> None:
    (axes,) = flow.outcome_flow(its.summary).axes
    runs_in_all = len(its.table)
    outcome, fate = its.table["outcome"], its.table["fate"]
    expected = {
        "durable": (fate == 1).sum(),
        "eroded": (fate == 2).sum(),
        "superseded": (fate == 3).sum(),
        "no_framework": (outcome == 1).sum(),
        "no_order": (outcome == 0).sum(),
    }
    stages = {"drafting": runs_in_all, "signed": (outcome >= 1).sum(), "announced": (outcome == 2).sum()}
    drawn = {str(band.get_label()): band.get_paths()[0].vertices for band in axes.collections}
    for name, count in (expected | stages).items():
        edges = {x: drawn[name][drawn[name][:, 0] == x][:, 1] for x in set(drawn[name][:, 0])}
        assert all(np.ptp(edge) == pytest.approx(count / runs_in_all) for edge in edges.values())
    ends = sorted((drawn[name][:, 1][drawn[name][:, 0].argmax()], name) for name in expected)
    assert [name for _, name in ends] == list(reversed(expected))  # the bands do not cross


def test_the_flow_says_counts_shares_and_intervals(its: Made) -> None:
    (axes,) = flow.outcome_flow(its.summary).axes
    said = {text.get_text().partition("\n")[0]: text.get_text() for text in axes.texts}
    signed = int((its.table["outcome"] >= 1).sum())
    ends = binomtest(signed, len(its.table)).proportion_ci(method="wilson")
    told = f"{100 * signed / len(its.table):.1f}% [{100 * ends.low:.1f}% to {100 * ends.high:.1f}%]"
    assert said["Order signed"] == f"Order signed\n{signed} run{'s' * (signed != 1)}\n{told}"
    eroded = int((its.table["fate"] == 2).sum())
    assert said["Eroded"].startswith(f"Eroded\n{eroded} run")
    assert len(said) == 8


def test_the_sets_of_the_summary_are_those_that_pandas_counts(its: Made) -> None:
    counted, found = its.sets(), its.summary.sets
    told = {frozenset(one.labs): one.joined.mean for one in found.most_often}
    assert found.runs == len(its.adopted)
    assert {labs: round(mean * len(its.adopted)) for labs, mean in told.items()} == {
        labs: counted[labs] for labs in told
    }
    assert [counted[labs] for labs in told] == sorted(counted.values(), reverse=True)[:12]
    assert found.others == len(counted) - len(told)
    if len(its.adopted):
        rest = len(its.adopted) - sum(counted[labs] for labs in told)
        assert found.in_others.mean == pytest.approx(rest / len(its.adopted))


def test_sets_of_more_labs_than_a_number_has_bits_are_told_apart() -> None:
    labs = [f"lab_{place}" for place in range(130)]
    joined = np.random.default_rng(1).random((40, 130)) < 0.5
    joined[20:30] = joined[0]  # eleven times the same
    joined[30:34, :] = joined[1]
    joined[34, :129], joined[34, 129] = joined[0][:129], not joined[0][129]
    columns = {f"joined.{lab}": joined[:, place].astype(float) for place, lab in enumerate(labs)}
    found = joint_sets(labs, lambda name: columns.get(name, np.ones(40)))
    first, second, third, *_ = found.most_often
    assert first.labs == [lab for lab, is_in in zip(labs, joined[0], strict=True) if is_in]
    assert [round(40 * one.joined.mean) for one in (first, second, third)] == [11, 5, 1]
    assert found.others == len({tuple(row) for row in joined.tolist()}) - 12


def filled(figure: Figure) -> list[set[int]]:
    """The rows of the large dots of each column of sets."""
    dots = [line for line in figure.axes[1].lines if line.get_marker() == "o"]
    columns = sorted({int(line.get_xdata()[0]) for line in dots})
    large = [(int(line.get_xdata()[0]), int(line.get_ydata()[0])) for line in dots if line.get_markersize() > 6]
    return [{row for place, row in large if place == column} for column in columns]


def test_the_bars_over_the_sets_are_shares_of_the_runs_that_adopt(its: Made) -> None:
    if its.adopted.empty:
        assert "joining-together" not in dict(runs.figures(its.summary))
        return
    figure = sets.joint_sets(its.summary)
    counted, runs_in_all = its.sets(), len(its.adopted)
    heights: list[float] = [bar.get_height() for bar in figure.axes[0].patches]
    assert heights == pytest.approx([100 * n / runs_in_all for n in sorted(counted.values(), reverse=True)[:12]])
    for line, height in zip(figure.axes[0].lines, heights, strict=True):
        ends = binomtest(round(height * runs_in_all / 100), runs_in_all).proportion_ci(method="wilson")
        assert list(line.get_ydata()) == pytest.approx([100 * ends.low, 100 * ends.high], abs=1e-9)
    names = [tick.get_text() for tick in figure.axes[1].get_yticklabels()]
    of_label = {its.labels[name]: name for name in its.labs}
    for rows, height in zip(filled(figure), heights, strict=True):
        labs = frozenset(of_label[names[row]] for row in rows)
        assert 100 * counted[labs] / runs_in_all == pytest.approx(height)
    left = len(counted) - len(heights)
    assert (f"{left} other sets" if left else "No other set") in figure.get_supxlabel()


def test_a_commonest_ending_or_set_is_named_only_where_its_interval_is_apart(its: Made) -> None:
    table = its.table
    ends = [(table["fate"] == fate).sum() for fate in (1, 2, 3)] + [(table["outcome"] == one).sum() for one in (0, 1)]
    assert surely(ends, len(table)) == ("surely" not in style.message_of(flow.outcome_flow(its.summary)))
    if len(its.adopted):
        counts = [*its.sets().values(), 0]
        assert surely(counts, len(its.adopted)) == ("surely" not in style.message_of(sets.joint_sets(its.summary)))


def surely(counts: list[Any], runs_in_all: int) -> bool:
    """Whether Wilson's interval of the largest count lies above that of the next."""
    first, second = sorted(map(int, counts), reverse=True)[:2]
    low, high = (binomtest(count, runs_in_all).proportion_ci(method="wilson") for count in (first, second))
    return bool(low.low > high.high)


@pytest.mark.slow
def test_every_figure_of_these_runs_is_written(its: Made, tmp_path: Path) -> None:
    for name, draw in runs.figures(its.summary):
        png, svg = style.save(draw(), tmp_path, name, "p")
        with Image.open(png) as image:
            assert image.width > 600
        ET.parse(svg)
        assert "<script>" not in svg.read_text(encoding="utf-8")
