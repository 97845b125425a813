"""Tables of actors become scenarios that are checked, played, and settle what the table says; others are refused."""

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.plans.actors import Actors, Stand, read_actors
from experiments.plans.imported import imported
from experiments.runs.pool import run_many
from experiments.yardsticks.decision_records import Actor
from experiments.yardsticks.drafted import settle
from model.problems import BadInput
from model.rules.records import Bargaining
from model.scenario import Scenario, load

from .refusals import Case, assert_not_read, cases
from .test_cli import as_json, optin, refused

DECIDE = """\
'#A'	'Left'	'Left'	''
'#A'	'Right'	'Right'	''
'#A'	'Far'	'Far'	''
'#P'	'speed'	'speed'	'speed'
'#M'	'speed'	20
'#M'	'speed'	120
'#P'	'scope'	'scope'	'scope'
'#D'	'Left'	'speed'	120.0	0.5	0.9
'#D'	'Right'	'speed'	40	1.0	0.3
'#D'	'Far'	'speed'	110	0.5	0.3
'#D'	'Left'	'scope'	10	0.25	0.9
'#D'	'Right'	'scope'	50	0.75	0.3
"""
KTAB = """\
Two issues; and a title, "of KTAB", 2, 2,
Actor,Description,Influence,Fast Position,Fast Salience,Pstn2,Sal2,
"A, the first", one,  80.0, 30, 24.0, 20, 48.0,
B,              two,  40.0, 45, 44.7,   ,     ,
"""
NAMES = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")), min_size=1).map(str.strip)
STANDS = st.builds(Stand, st.floats(0, 1), st.floats(1e-3, 1e3), st.floats(1, 1000))


def read(folder: Path, text: str) -> Actors:
    (folder / "table.csv").write_text(text, encoding="utf-8")
    return read_actors(folder / "table.csv")


def scenario(folder: Path, table: Actors, *changes: str, issues: tuple[str, ...] = ()) -> Scenario:
    """The scenario of a table, read from a file as a user would."""
    (folder / "table.yaml").write_text(imported(table, issues).text, encoding="utf-8")
    return load(folder / "table.yaml", changes)


def test_a_table_of_decide_is_read_as_shares_of_the_scales(tmp_path: Path) -> None:
    table = read(tmp_path, DECIDE)
    assert table.names == ("Left", "Right", "Far")
    assert table.stands == {
        "speed": {"Left": Stand(1.0, 0.5, 0.9), "Right": Stand(0.2, 1.0, 0.3), "Far": Stand(0.9, 0.5, 0.3)},
        "scope": {"Left": Stand(0.1, 0.25, 0.9), "Right": Stand(0.5, 0.75, 0.3)},
    }


def test_a_table_of_ktab_is_read_with_its_title_and_its_gaps(tmp_path: Path) -> None:
    table = read(tmp_path, KTAB)
    assert table.title == "Two issues; and a title"
    assert table.stands == {
        "Fast": {"A, the first": Stand(0.3, 24.0, 80.0), "B": Stand(0.45, 44.7, 40.0)},
        "issue 2": {"A, the first": Stand(0.2, 48.0, 80.0)},
    }


def test_a_table_becomes_officials_with_its_numbers(tmp_path: Path) -> None:
    made = scenario(tmp_path, read(tmp_path, DECIDE))
    values = {path: entry.value for path, entry in made.entries.items()}
    assert made.named("official") == ["left", "right", "far"]
    assert [values[f"stakeholders.{name}.pen"] for name in made.named("official")] == [1, 0, 0]
    right = {path.removeprefix("stakeholders.right."): value for path, value in values.items() if ".right." in path}
    assert right["influence"] == pytest.approx(10 / 3, abs=1e-6)
    assert (right["ideal.review_days"], right["ideal.disclosure"]) == (20.0, 0.5)
    assert (right["salience.review_days"], right["salience.disclosure"]) == (1.0, 0.75)
    # without a position: no salience, and (10 x .25 x .9 + 50 x .75 x .3) / (.25 x .9 + .75 x .3) = 30 of 100
    assert values["stakeholders.far.ideal.disclosure"] == pytest.approx(0.3)
    assert values["stakeholders.far.salience.disclosure"] == 0.0


def test_power_by_issue_weighs_as_in_the_table(tmp_path: Path) -> None:
    """Influence times salience is in proportion to power times salience on both issues."""
    stands = {"x": {"A": Stand(0.5, 1.0, 8.0), "B": Stand(0.5, 0.5, 1.0)}, "y": {"A": Stand(0.5, 0.5, 2.0)}}
    values = {k: e.value for k, e in scenario(tmp_path, Actors("t", ("A", "B"), stands)).entries.items()}

    def weight(name: str, term: str) -> Any:
        return values[f"stakeholders.{name}.influence"] * values[f"stakeholders.{name}.salience.{term}"]  # type: ignore[operator]

    assert weight("a", "review_days") == pytest.approx(16 * weight("b", "review_days"))
    assert weight("a", "review_days") == pytest.approx(8 * weight("a", "disclosure"))


@pytest.mark.slow
@pytest.mark.parametrize("capital", [0.05, 0.15, 0.25])
def test_an_imported_table_settles_as_the_actors_do_by_themselves(tmp_path: Path, capital: float) -> None:
    """Ten of influence are one of the bridge's, so that a tenth of the capital lets each stall as often."""
    positions = {"A": 1.0, "B": 0.2, "C": 0.9, "D": 0.1}
    table = Actors("t", tuple(positions), {"x": {name: Stand(at, 1.0, 2.0) for name, at in positions.items()}})
    actors = [Actor(name, 100 * at, 100.0) for name, at in positions.items()]
    for bargaining in Bargaining:
        changes = (f"relations.capital={capital}", f"relations.bargaining={bargaining.name.lower()}")
        runs = run_many(scenario(tmp_path, table, *changes), 20, 1)
        expected = settle(actors, bargaining, 0, 0.0, 10 * capital, 2.0)
        assert runs["order_review_days"].to_numpy() == pytest.approx(expected)
        assert runs["review_days"].to_numpy() == pytest.approx(expected)  # the talks change nothing
        assert runs["compromise_review_days"].to_numpy() == pytest.approx(55.0)


@settings(max_examples=25)
@given(st.lists(st.tuples(NAMES.filter(bool), STANDS), min_size=1, max_size=6, unique_by=lambda item: item[0]), NAMES)
def test_whatever_the_names_and_numbers_the_scenario_is_good(
    tmp_path_factory: pytest.TempPathFactory, actors: list[tuple[str, Stand]], title: str
) -> None:
    names = tuple(name for name, _ in actors)
    table = Actors(title or "t", names, {"yes: no": dict(actors), title or "x": dict(actors[:1])})
    made = scenario(tmp_path_factory.mktemp("made"), table)
    assert len(made.named("official")) == len(actors)
    assert [made.labels[name][:37] for name in made.named("official")] == [name[:37] for name in names]


def test_names_that_the_model_has_already_are_told_apart(tmp_path: Path) -> None:
    stand = Stand(0.5, 1.0, 1.0)
    table = Actors("t", ("Commerce", "commerce", "中国", "1st", "Nobody"), {})
    table = table._replace(stands={"x": dict.fromkeys(table.names, stand)})
    made = scenario(tmp_path, table)
    assert made.named("official") == ["commerce_2", "commerce_3", "actor", "actor_1st", "nobody_2"]
    assert made.named("lab") == ["nobody"]


def test_five_issues_are_too_many_and_unknown_ones_are_named() -> None:
    stands = {name: {"A": Stand(0.5, 1.0, 1.0)} for name in ("one", "two", "three", "four", "five")}
    table = Actors("t", ("A",), stands)
    made = imported(table, [])
    assert list(made.places.values()) == ["one", "two", "three", "four"]
    assert made.left_out == ("five",)
    assert imported(table, ["five", "one"]).places == {"review_days": "five", "disclosure": "one"}
    for wanted, words in (
        (list(stands), "at most 4"),
        (["one", "one"], "each once"),
        (["fife"], "did you mean 'five'?"),
    ):
        with pytest.raises(BadInput, match=words):
            imported(table, wanted)


@pytest.mark.parametrize("case", cases("actors"))
def test_what_a_table_of_actors_may_not_say_is_refused_where_it_stands(case: Case, tmp_path: Path) -> None:
    assert_not_read(read_actors, tmp_path, case)


@given(st.integers(0, len(DECIDE) - 1), st.text(max_size=3), st.integers(0, 4))
def test_a_damaged_table_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, at: int, put: str, gone: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.csv"
    path.write_bytes((DECIDE[:at] + put + DECIDE[at + gone :]).encode(errors="surrogatepass"))
    with contextlib.suppress(BadInput):
        imported(read_actors(path), [])


def test_two_hundred_actors_are_the_most(tmp_path: Path) -> None:
    head, rows = "Actor,Power,Position,Salience\n", [f"a{number},1,50,1\n" for number in range(201)]
    scenario(tmp_path, read(tmp_path, head + "".join(rows[:200])))
    with pytest.raises(BadInput, match=r"table\.csv:202:1: found 201 actors; at most 200"):
        read(tmp_path, head + "".join(rows))


# ---------------------------------------------------------------- the command


def test_the_command_writes_a_scenario_or_prints_it(tmp_path: Path) -> None:
    table, file = tmp_path / "table.csv", tmp_path / "made" / "table.yaml"
    table.write_text(DECIDE)
    said = optin("import", str(table), "--out", str(file))
    assert said.returncode == 0
    assert "3 officials; Left holds the pen" in said.stdout
    assert "speed is review_days, from 0 to 100" in said.stdout
    assert optin("import", str(table)).stdout == file.read_text()
    assert optin("check", str(file)).returncode == 0
    data = as_json("import", str(table), "--issue", "scope")
    assert (data["places"], data["left_out"], data["file"]) == ({"review_days": "scope"}, ["speed"], None)


def test_the_command_refuses_what_it_cannot_use_or_write(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(DECIDE)
    assert "no such file" in refused("import", str(tmp_path / "none.csv"))
    assert "the table itself" in refused("import", str(table), "--out", str(table))
    assert "cannot be written" in refused("import", str(table), "--out", str(tmp_path))
    assert "optin import makes one of a table of actors" in refused("check", str(table))
    assert table.read_text() == DECIDE
