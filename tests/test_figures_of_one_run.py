"""Figures of one negotiation: what they draw is what its trace and the model's agents say."""

from itertools import accumulate
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from experiments.figures import style, talks
from experiments.figures.gains import TASTE, gains
from experiments.figures.got import gain_of_labs, got, worth_to_officials
from experiments.figures.offers import offers
from experiments.figures.timeline import HELD, SHADES, timeline
from experiments.results.trace import Trace, trace
from model.rules.opting_in import taste_worth
from model.rules.records import GAIN_ABOUT, Gain, Outcome, Word
from model.scenario import load
from model.turns.drafting import Stall

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


# ---------------------------------------------------------------- offers


def test_the_black_line_is_what_is_on_the_table_and_labs_have_lines_of_their_own(its: Trace) -> None:
    (axes,) = offers(its).axes
    lines = {str(line.get_label()): line for line in axes.lines if not str(line.get_label()).startswith("_")}
    table = lines["On the table"]
    assert list(table.get_ydata()) == [week.terms.review_days for week in its.rounds]
    for name in its.run.case.labs:
        asked = [week.asks[name].review_days for week in its.rounds if name in week.asks]
        labels = [line for line in axes.lines if line.get_label() == its.scenario.labels[name]]
        if asked and labels:  # labels that begin with _ are kept from the lookup by name
            assert list(labels[0].get_ydata()) == asked


def test_stalls_and_words_are_marked_once_each(its: Trace) -> None:
    (axes,) = offers(its).axes
    marks = [str(line.get_marker()) for line in axes.lines]
    stalls = sum(isinstance(entry, Stall) for week in its.rounds for entry in week.log)
    given = sum(its.word > its.word_before for week in its.rounds for its in week.decisions.values())
    refused = sum(week.verdict is not None and not week.verdict.signed for week in its.rounds)
    assert (marks.count("s"), marks.count("o"), marks.count("x")) == (stalls, given, refused)
    assert stalls + given + refused > 0


def test_names_beside_a_figure_never_touch_and_stay_below_the_top() -> None:
    places = style.spread_out([10, 50, 96, 97, 98], 5, 99)
    assert places == pytest.approx([10, 50, 89, 94, 99])
    assert style.spread_out([10, 11], 5, 99) == pytest.approx([8, 13])
    assert style.spread_out([10, 11, 12, 40], 5, 99) == pytest.approx([6, 11, 16, 40])


# ---------------------------------------------------------------- what each got


def test_an_official_with_its_ideal_gets_all_it_wanted_and_one_with_no_text_nothing(its: Trace) -> None:
    reach = its.negotiation.state.reach
    for name, share in worth_to_officials(its).items():
        voice, seat = its.run.case.voices[name], next(s for s in its.negotiation.officials if s.name == name)
        loss = sum(
            care * abs(has - wish) / most
            for care, has, wish, most in zip(voice.salience, its.rounds[-1].terms, voice.ideal, reach, strict=True)
            if most > 0.0
        )
        assert share == pytest.approx(1.0 - loss / seat.without)


def test_the_bars_of_what_each_got_are_the_numbers(its: Trace) -> None:
    left, right = got(its).axes
    assert [bar.get_width() for bar in bars(left)] == pytest.approx(list(worth_to_officials(its).values()))
    labs = gain_of_labs(its)
    assert [bar.get_width() for bar in bars(right)] == pytest.approx(list(labs.values()))
    assert all((gain > 0.0) == its.rounds[-1].pledged[name] for name, gain in labs.items())


# ---------------------------------------------------------------- gains


def test_the_parts_of_a_waterfall_go_on_from_each_other_and_end_at_the_gain(its: Trace) -> None:
    panels = gains(its).axes
    for axes, lab in zip(panels, its.run.case.labs, strict=False):
        last = [week.decisions[lab] for week in its.rounds if lab in week.decisions][-1]
        *parts, total = bars(axes)
        told = [*last.gain, taste_worth(last.taste, its.run.case.relations)]
        assert [bar.get_width() for bar in parts] == pytest.approx(told)
        sums = list(accumulate(told, initial=0.0))
        assert [bar.get_x() for bar in parts] == pytest.approx(sums[:-1])
        assert (total.get_x(), total.get_width()) == pytest.approx((0, sum(told)))
        assert axes.get_title().startswith(style.wrapped(its.scenario.labels[lab], 16))
        assert ("pledged" in axes.get_title()) == (last.word is not Word.OUT)


def test_every_part_of_a_gain_has_a_label_of_its_own_beside_its_bar() -> None:
    axes = gains(trace(load(BASELINE), 3, 1)).axes[0]
    assert tuple(GAIN_ABOUT) == Gain._fields
    labels = [about.label for about in GAIN_ABOUT.values()]
    assert len(set(labels)) == len(labels)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == [*labels, TASTE, "all together"]


def test_a_lab_that_never_took_the_question_up_is_named_without_bars() -> None:
    """A law comes in the first weeks of the talks, before anybody is called on."""
    law = ["climate.law_stage=3", "climate.mandate_chance=1"]
    scenario = load(BASELINE, ["stakeholders.meta.attention=0", "levers.drafting_rounds=0", *law])
    told = next(its for its in (trace(scenario, number, 1) for number in range(20)) if len(its.rounds) > 1)
    panels = {axes.get_title().partition("\n")[0]: axes for axes in gains(told).axes}
    assert panels["Meta"].get_title() == "Meta\nnever took it up"
    assert bars(panels["Meta"]) == []


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
    (axes,) = offers(its).axes
    labels = [its.scenario.labels[name] for name in its.run.case.labs]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [*labels, "On the table"]


def test_a_run_that_ends_with_its_only_draft_is_drawn_too(tmp_path: Path) -> None:
    told = without_an_order()
    messages = {name: style.message_of(draw(told)) for name, draw in talks.FIGURES.items()}
    assert messages["gains"] == "No lab took the question up"
    assert " from the last text, " in messages["got"]
    for name, draw in talks.FIGURES.items():
        style.save(draw(told), tmp_path, name, "p")


# ---------------------------------------------------------------- timeline


def test_every_model_has_a_dot_on_the_day_of_its_release_in_the_row_of_its_lab(its: Trace) -> None:
    (axes,) = timeline(its).axes
    names = list(its.run.case.labs)
    dots = sorted((round(x, 6), round(y)) for dot in axes.collections for x, y in dot.get_offsets().tolist())
    told = [(round(its.model.day + its.delay_days, 6), names.index(its.lab)) for its in its.year.log]
    assert dots == sorted(told)
    assert [label.get_text() for label in axes.get_yticklabels()] == [its.scenario.labels[name] for name in names]


def test_reviews_and_holds_are_as_long_as_they_were(its: Trace) -> None:
    (axes,) = timeline(its).axes
    drawn: dict[str, float] = {}
    for line in axes.lines:
        if line.get_linewidth() == 5:
            begin, end = line.get_xdata()
            drawn[str(line.get_color())] = drawn.get(str(line.get_color()), 0.0) + end - begin
    ways = [release.way for release in its.year.log]
    assert drawn.get(HELD, 0.0) == pytest.approx(sum(way.hold_days for way in ways))
    for kind, (shade, _) in SHADES.items():
        days = sum(way.review_days - way.hold_days for way in ways if way.review is kind)
        assert drawn.get(shade, 0.0) == pytest.approx(days)
