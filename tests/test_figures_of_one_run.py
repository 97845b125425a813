"""Figures of one negotiation: what they draw is what its trace and the model's agents say."""

from itertools import accumulate
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from experiments.figures.asks import asks
from experiments.figures.moved import MOST_ARROWS, WIDEST, moved
from experiments.figures.power import power
from experiments.results.moves import pulls
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from experiments.figures import style, talks
from experiments.figures.gains import gains
from experiments.results.trace import Trace, trace
from experiments.results.trace_data import trace_data
from model.negotiation import Negotiation
from model.rules.records import GAIN_ABOUT, Gain, Outcome
from model.scenario import load
from model.turns.drafting import Phase

from .drawn import BASELINE, crowded

TWO = [f"stakeholders.{name}=null" for name in ("google", "microsoft", "amazon", "meta", "xai")]
ODD = {
    "mistral": "Mistral <script>alert(1)</script>",
    "deepseek": "深度求索",
    "reflection": "الذكاء الاصطناعي",
    "nvidia": "$x$ and $\\undefined{",
    "another": "_begins with a line & is rather long",
}


@pytest.fixture(scope="module", params=["two", "seven", "twelve"])
def its(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trace:
    """Run 3 with two, seven and twelve labs."""
    scenarios = {
        "two": lambda: load(BASELINE, TWO),
        "seven": lambda: load(BASELINE),
        "twelve": lambda: load(crowded(tmp_path_factory.mktemp("crowd"), ODD)),
    }
    return trace(scenarios[request.param](), 3, 1)


def without_an_order() -> Trace:
    scenario = load(BASELINE, ["levers.drafting_rounds=1"])
    for number in range(50):
        told = trace(scenario, number, 1)
        if told.negotiation.outcome is Outcome.NO_ORDER:
            return told
    pytest.fail("no run without an order; the settings need another look")


def bars(axes: Axes) -> list[Rectangle]:
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


def arrows(figure: Figure) -> list[FancyArrowPatch]:
    return [patch for patch in figure.axes[0].patches if isinstance(patch, FancyArrowPatch)]


def tail_width(arrow: FancyArrowPatch) -> float:
    its: float = arrow.get_arrowstyle().tail_width
    return its


# ---------------------------------------------------------------- power


def weights_of_agents(told: Trace) -> list[dict[str, float]]:
    """The weights that the agents themselves have in each round; of the first draft, their influence and the threat."""
    negotiation = Negotiation(told.run.case, told.run.luck)
    weeks = []
    while negotiation.running:
        labs = [] if negotiation.phase is Phase.DRAFTING else negotiation.labs
        seats = [*negotiation.officials, *labs]
        if negotiation.week == 0 and negotiation.phase is Phase.DRAFTING:  # nobody speaks before the opening draft
            threat = told.run.case.climate.threat
            weights = {its.name: its.voice.influence * (1 + its.voice.threat_lift * threat) for its in seats}
            negotiation.step()
        else:
            negotiation.step()
            weights = {seat.name: seat.weight for seat in seats}
        weeks.append(weights)
    return weeks


def test_the_bars_of_power_are_the_weights_that_the_agents_have_and_sum_to_100(its: Trace) -> None:
    (axes,) = power(its).axes
    drawn: dict[int, list[float]] = {}
    for bar in bars(axes):
        drawn.setdefault(round(bar.get_x() + bar.get_width() / 2), []).append(bar.get_height())
    for week, weights in enumerate(weights_of_agents(its)):
        expected = [100 * weight / sum(weights.values()) for weight in weights.values()]
        assert [height for height in drawn[week] if height > 0] == pytest.approx(expected)
        assert sum(drawn[week]) == pytest.approx(100)


def test_everybody_at_the_last_table_is_named_beside_the_bars(its: Trace) -> None:
    figure = power(its)
    said = [text.get_text() for text in figure.axes[0].texts]
    assert all(any(text.startswith(its.scenario.labels[name]) for text in said) for name in its.rounds[-1].asks)


def test_names_beside_a_figure_never_touch_and_stay_below_the_top() -> None:
    places = style.spread_out([10, 50, 96, 97, 98], 5, 99)
    assert places == pytest.approx([10, 50, 89, 94, 99])
    assert style.spread_out([10, 11], 5, 99) == pytest.approx([8, 13])
    assert style.spread_out([10, 11, 12, 40], 5, 99) == pytest.approx([6, 11, 16, 40])


# ---------------------------------------------------------------- who moved whom


def summed_moves(told: Trace) -> dict[tuple[str, str], float]:
    """The days of each pull, added up from the data of the trace."""
    days: dict[tuple[str, str], float] = {}
    for week in trace_data(told)["rounds"]:
        for whom, move in week["moves"].items():
            for who, pull in move["causes"].items():
                if who != whom:
                    days[who, whom] = days.get((who, whom), 0) + pull
    return days


def test_arrows_are_as_wide_as_the_moves_summed(its: Trace) -> None:
    days = sorted(map(abs, summed_moves(its).values()), reverse=True)
    drawn = sorted(map(tail_width, arrows(moved(its))), reverse=True)
    assert 1 < len(drawn) <= MOST_ARROWS
    expected = [WIDEST * one / days[0] for one in days[: len(drawn)]]
    assert drawn == pytest.approx(expected)
    assert len(drawn) == MOST_ARROWS or days[len(drawn)] <= 0.01 * days[0]


def test_arrows_that_shorten_the_review_have_a_colour_of_their_own(its: Trace) -> None:
    days = summed_moves(its)
    ranked = sorted(days.values(), key=lambda pull: -abs(pull))
    drawn = sorted(arrows(moved(its)), key=lambda arrow: -tail_width(arrow))
    shades = [style.MORE if pull > 0 else style.LESS for pull in ranked[: len(drawn)]]
    assert [to_hex(arrow.get_facecolor()).upper() for arrow in drawn] == shades


def test_pulls_and_the_own_ideal_together_are_the_way_from_the_ideal_to_the_last_ask(its: Trace) -> None:
    by_others, by_oneself = pulls(its.run, its.rounds), dict.fromkeys(its.run.case.voices, 0.0)
    for week in trace_data(its)["rounds"]:
        for name, move in week["moves"].items():
            by_oneself[name] += move["causes"].get(name, 0.0)
    for name, last in its.rounds[-1].asks.items():
        others = sum(pull for (_, whom), pull in by_others.items() if whom == name)
        ideal = its.run.case.voices[name].ideal.review_days
        assert others + by_oneself[name] == pytest.approx(last.review_days - ideal, abs=1e-9)


def test_pulls_that_are_not_drawn_are_counted(its: Trace) -> None:
    figure = moved(its)
    left = len(summed_moves(its)) - len(arrows(figure))
    assert (f"Not drawn: {left} weaker pulls" in figure.get_supxlabel()) == (left > 0)


# ---------------------------------------------------------------- gains


def test_the_parts_of_a_waterfall_go_on_from_each_other_and_end_at_the_gain(its: Trace) -> None:
    panels = gains(its).axes
    for axes, lab in zip(panels, its.run.case.labs, strict=False):
        last = [week.decisions[lab] for week in its.rounds if lab in week.decisions][-1]
        *parts, total = bars(axes)
        assert [bar.get_width() for bar in parts] == pytest.approx(list(last.gain))
        sums = list(accumulate(last.gain, initial=0.0))
        assert [bar.get_x() for bar in parts] == pytest.approx(sums[:-1])
        assert (total.get_x(), total.get_width()) == pytest.approx((0, sum(last.gain)))
        assert axes.get_title().startswith(style.wrapped(its.scenario.labels[lab], 16))
        assert ("pledged" in axes.get_title()) == last.is_in


def test_every_part_of_a_gain_has_a_label_of_its_own_beside_its_bar() -> None:
    axes = gains(trace(load(BASELINE), 3, 1)).axes[0]
    assert tuple(GAIN_ABOUT) == Gain._fields
    labels = [about.label for about in GAIN_ABOUT.values()]
    assert len(set(labels)) == len(labels)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == [*labels, "all together"]


def test_a_lab_that_never_took_the_question_up_is_named_without_bars() -> None:
    scenario = load(BASELINE, ["stakeholders.meta.attention=0", "levers.drafting_rounds=0"])
    panels = {axes.get_title().partition("\n")[0]: axes for axes in gains(trace(scenario, 0, 1)).axes}
    assert panels["Meta"].get_title() == "Meta\nnever took it up"
    assert bars(panels["Meta"]) == []
    assert len(bars(panels["xAI"])) == len(Gain._fields) + 1


# ---------------------------------------------------------------- all of them


@pytest.mark.slow
def test_figures_of_a_run_are_written_with_odd_names_as_text(its: Trace, tmp_path: Path) -> None:
    for name, draw in talks.FIGURES.items():
        figure = draw(its)
        assert "run 3 of seed 1. Ends: " in figure.get_supxlabel()
        assert style.message_of(figure)
        _, svg = style.save(figure, tmp_path, name, "p")
        ET.parse(svg)
        assert "<script>" not in svg.read_text(encoding="utf-8")


def test_the_legend_names_everybody_even_those_that_begin_with_a_line(its: Trace) -> None:
    (axes,) = asks(its).axes
    labels = [its.scenario.labels[name] for name in its.run.case.voices]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [*labels, "On the table"]


def test_a_run_that_ends_with_its_only_draft_is_drawn_too(tmp_path: Path) -> None:
    told = without_an_order()
    messages = {name: style.message_of(draw(told)) for name, draw in talks.FIGURES.items()}
    assert messages["moved"] == "Nobody moved anybody's ask"
    assert messages["gains"] == "No lab took the question up"
    assert "in the last" not in messages["power"]
    for name, draw in talks.FIGURES.items():
        style.save(draw(told), tmp_path, name, "p")


def test_the_message_of_power_names_those_with_the_most_weight(its: Trace) -> None:
    weeks = weights_of_agents(its)
    first, last = (max(week, key=lambda name: week[name]) for week in (weeks[0], weeks[-1]))
    message = style.message_of(power(its))
    assert message.startswith(f"Most weight: {its.scenario.labels[first]}, ")
    share = f"{100 * weeks[-1][last] / sum(weeks[-1].values()):.0f}% in the last"
    assert message.endswith(f" and {share}" if last == first else f"; {its.scenario.labels[last]}, {share}")
