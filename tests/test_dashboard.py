"""The page to play with: its addresses and files without a browser, then everything in a real one."""

import asyncio
import base64
import contextlib
import csv
import functools
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from experiments.cli import options
from experiments.cli.main import main
from experiments.dashboard import controls, many, recording, saved
from experiments.dashboard.door import Door
from experiments.dashboard.server import HOST
from experiments.dashboard.view import (
    ALLOWED,
    PAGES,
    RUNS,
    SEATS,
    View,
    address,
    read,
    titles,
    why,
    with_setting,
    without_seat,
    without_traits,
)
from experiments.notebook import run
from experiments.plans.design import plan_of
from experiments.publish.findings import findings
from experiments.results.compare import compare
from experiments.results.summary import summarise
from experiments.runs.collect import collect
from experiments.runs.files import write_json
from experiments.runs.pool import run_many
from experiments.runs.store import Store
from model.problems import shown_value
from model.scenario import SHIPPED, Entry, Scenario, load
from model.schema import choices

from .conftest import ROOT
from .drawn import BASELINE

PATIENCE = 60_000  # milliseconds, for a page on a slow machine
HOSTILE = "<script>document.title='caught'</script> \"quoted\" '七家' עברית {{ 1 + 1 }} IPY_MODEL_x"
HOSTILE_LABEL = "<script>alert()</script> '七' {{ 1 + 1 }}"
MOVED = ("levers.", "climate.", "stakeholders.")
SLOW = settings(max_examples=25)


# ---------------------------------------------------------------- addresses and files


@functools.cache
def shipped(name: str) -> Scenario:
    return load(SHIPPED / f"{name}.yaml")


def movable(scenario: Scenario) -> dict[str, Entry]:
    return {path: its for path, its in scenario.entries.items() if path.startswith(MOVED)}


def allowed(entry: Entry) -> st.SearchStrategy[str]:
    """Texts that a parameter takes."""
    if entry.low is None or entry.high is None:
        return st.sampled_from(choices(entry.type))
    if entry.type is int:
        return st.integers(int(entry.low), int(entry.high)).map(str)
    return st.floats(entry.low, entry.high).map(lambda value: shown_value(round(value, 3)))


@st.composite
def views(draw: st.DrawFn) -> View:
    name = draw(st.sampled_from(list(titles())))
    scenario = shipped(name)
    entries = movable(scenario)
    paths = draw(st.lists(st.sampled_from(sorted(entries)), unique=True, max_size=5))
    moved = tuple((path, draw(allowed(entries[path]))) for path in paths)
    for lab in draw(st.sets(st.sampled_from(scenario.named("lab")), max_size=2)):
        moved = without_seat(moved, lab)
    return View(
        page=draw(st.sampled_from(list(PAGES))),
        scenario=name,
        moved=moved,
        beside=draw(st.sampled_from(["", *titles()])),
        who=draw(st.sampled_from(["", *scenario.kinds])),
        folder=draw(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))),
        **{number: draw(st.integers(low, high)) for number, (low, high) in ALLOWED.items()},
    )


@pytest.mark.slow
@SLOW
@given(views())
def test_an_address_gives_back_the_view_it_was_made_of(view: View) -> None:
    seen = read(urlsplit(address(view)).query)
    assert (seen.view, seen.problems) == (view, [])


NAMES = st.sampled_from([*View._fields, "set"]) | st.text(max_size=8)
PATHS_SET = [*movable(load(BASELINE)), "stakeholders.xai", "stakeholders.president", "stakeholders.xai.label", "title"]
SETTINGS = st.builds(
    lambda path, value: f"{path}={value}", st.sampled_from(PATHS_SET), st.text(max_size=6) | st.just("null")
)


@pytest.mark.slow
@SLOW
@given(st.lists(st.tuples(NAMES, SETTINGS | st.text(max_size=12)), max_size=4).map(urlencode) | st.text(max_size=40))
def test_whatever_an_address_says_a_view_comes_of_it(search: str) -> None:
    seen = read(search)
    again = read(urlsplit(address(seen.view)).query)
    assert (again.view, again.problems) == (seen.view, [])


@pytest.mark.slow
@SLOW
@given(view=views())
def test_the_scenario_file_loads_to_the_entries_that_the_page_shows(
    view: View, tmp_path_factory: pytest.TempPathFactory
) -> None:
    seen = read(urlsplit(address(view)).query)
    path = tmp_path_factory.mktemp("made") / "made.yaml"
    path.write_text(controls.as_yaml(seen.base, view), encoding="utf-8")
    assert numbers(load(path)) == numbers(seen.scenario)


def numbers(scenario: Scenario) -> dict[str, Any]:
    return {path: (its.value, its.distribution) for path, its in scenario.entries.items()}


def test_the_scenario_file_keeps_texts_as_they_are(tmp_path: Path) -> None:
    odd = tmp_path / "odd.yaml"
    odd.write_text(json.dumps({"extends": "baseline.yaml", "title": HOSTILE, "question": f"yes: {HOSTILE} # no"}))
    base = load(odd)
    (tmp_path / "made.yaml").write_text(
        controls.as_yaml(base, View(moved=(("levers.secrecy", "0"),))), encoding="utf-8"
    )
    made = load(tmp_path / "made.yaml")
    assert (made.question, made.title) == (base.question, f"{HOSTILE} with levers.secrecy=0")


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("page=mny", "page: found 'mny'; did you mean 'many'?"),
        ("scenario=../../etc/passwd", "scenario: found '../../etc/passwd'; known: baseline, "),
        ("beside=june-ordr", "beside: found 'june-ordr'; did you mean"),
        ("who=mta", "who: found 'mta'; did you mean 'meta'?"),
        ("run=-1", "run: found '-1'; a whole number from 0 to 1,000,000,000 is allowed"),
        ("runs=0", "runs: found '0'; a whole number from 1 to 20,000 is allowed"),
        ("seed=9223372036854775808", "seed: found"),
        ("week=two", "week: found 'two'"),
        ("set=levers.quorum_labs%3Dmany", "--set levers.quorum_labs=many: "),
        ("set=levers.quorm_labs%3D4", "did you mean 'quorum_labs'?"),
        ("set=relations.horizon_days%3D7", "only levers., climate. and stakeholders. can be moved here"),
        ("set=stakeholders.president%3Dnull", "found 0 stakeholders of kind president; exactly one is needed"),
        ("set=stakeholders.nobody%3Dnull", "found nothing (null) for stakeholders.nobody"),
        ("zoom=2", "found 'zoom', which the address cannot say"),
        ("folder=%00", "which no file system can hold"),
    ],
)
def test_what_is_wrong_with_an_address_is_said_and_the_rest_is_kept(search: str, said: str) -> None:
    seen = read(f"{search}&set=levers.secrecy%3D0.5")
    assert said in seen.problems[0]
    assert seen.view == View(moved=(("levers.secrecy", "0.5"),))


def test_a_scenario_that_cannot_be_read_gives_way_to_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = shutil.copytree(SHIPPED, tmp_path / "scenarios")
    monkeypatch.setattr("model.scenario.SHIPPED", shipped)
    (shipped / "may-draft.yaml").write_text("a: [")
    assert titles()["may-draft"] == "may-draft"
    seen = read("scenario=may-draft&page=many")
    assert seen.view == View(page="many")
    assert "not valid YAML" in seen.problems[0]
    beside = read("beside=may-draft&page=many")
    assert (beside.view, beside.other) == (View(page="many"), beside.base)
    assert "not valid YAML" in beside.problems[0]


def test_the_last_official_stays_and_everything_else_is_kept() -> None:
    officials = shipped("baseline").named("official")
    away = [(SEATS + name, "null") for name in officials]
    seen = read(urlencode([("set", "=".join(pair)) for pair in [*away, ("levers.secrecy", "0.5")]]))
    assert [problem.rpartition(": ")[2] for problem in seen.problems] == [
        "found no stakeholder of kind official; at least one is needed"
    ]
    assert seen.view.moved == (*away[:-1], ("levers.secrecy", "0.5"))
    seats = {seat["name"]: seat for seat in table_of(seen.view)["seats"]}
    assert {name: (seats[name]["in"], seats[name]["needed"]) for name in officials} == {
        **dict.fromkeys(officials[:-1], (False, False)),
        officials[-1]: (True, True),
    }


def table_of(view: View) -> dict[str, Any]:
    (table,) = [group for group in controls.groups(read(urlsplit(address(view)).query)) if "seats" in group]
    return table


def test_a_stakeholder_takes_its_traits_along_from_the_table_and_returns_as_the_scenario_has_it() -> None:
    moved = with_setting(with_setting((), "stakeholders.xai.stance", "0"), "stakeholders.meta.stance", "0.5")
    assert with_setting(moved, "stakeholders.xai.stance", None) == (("stakeholders.meta.stance", "0.5"),)
    away = without_seat(moved, "xai")
    assert away == (("stakeholders.meta.stance", "0.5"), ("stakeholders.xai", "null"))
    seen = read(urlsplit(address(View(moved=away))).query)
    assert (seen.problems, seen.base.kinds.keys() - seen.scenario.kinds.keys()) == ([], {"xai"})
    assert without_traits(away, "xai") == (("stakeholders.meta.stance", "0.5"),)


def test_whoever_is_picked_shows_its_traits_unless_it_is_away() -> None:
    view = View(who="meta", moved=(("stakeholders.meta.stance", "0.5"), ("stakeholders.xai", "null")))
    table = table_of(view)
    traits = {trait["path"]: trait for trait in table["levers"]}
    assert traits.keys() == {path for path in shipped("baseline").entries if path.startswith("stakeholders.meta.")}
    assert [path for path, trait in traits.items() if trait["moved"]] == ["stakeholders.meta.stance"]
    assert not any(trait["label"].startswith("Meta") for trait in traits.values())
    assert (table["people"]["meta"], table["people"]["openai"]) == ("Meta (1 change)", "OpenAI")
    assert not table["away"]
    away = table_of(view._replace(who="xai"))
    assert (away["levers"], away["away"]) == ([], True)


@pytest.mark.parametrize("who", ["", "meta", "president", "nsa", "commerce"])
def test_a_slider_stands_inside_the_range_of_what_it_moves_and_only_what_is_set_in_its_field(who: str) -> None:
    seen = read(f"who={who}")
    for its in [lever for group in controls.groups(seen) for lever in group["levers"]]:
        assert "choices" in its or float(its["low"]) <= float(its["at"]) <= float(its["high"])
        assert "choices" not in its or its["at"] in its["choices"]
        drawn = seen.base.entries[its["path"]].distribution is not None
        assert its["set"] == ("" if drawn else its["at"])
        assert its["said"].startswith("drawn anew, ") == drawn


@pytest.mark.parametrize(
    ("form", "at", "said"),
    [
        ("{uniform: {low: 0, high: 1}}", 0.5, "middle 0.5"),
        ("{triangular: {low: 0, mode: 0.2, high: 1}}", 0.2, "mode 0.2"),
        ("{normal: {mean: 0.3, sd: 1, low: 0, high: 1}}", 0.3, "mean 0.3"),
        ("{beta: {a: 1, b: 3, low: 0, high: 1}}", 0.25, "mean 0.25"),
        ("{choice: {values: [0.1, 0.9], weights: [1, 2]}}", 0.9, "mode 0.9"),
        ("{draws: {values: [0.1, 0.2, 0.9]}}", 0.2, "median 0.2"),
    ],
)
def test_a_slider_stands_in_the_middle_of_a_distribution(form: str, at: float, said: str, tmp_path: Path) -> None:
    made = tmp_path / "made.yaml"
    source = "source: {assumption: made up}"
    made.write_text(f"extends: baseline.yaml\nquestion: q\nlevers: {{secrecy: {{distribution: {form}, {source}}}}}\n")
    base = load(made)
    assert controls.typical(base.entries["levers.secrecy"]) == at
    for moved, start in [((), "drawn anew, "), ((("levers.secrecy", "0"),), "otherwise drawn anew, ")]:
        seen = read("")._replace(view=View(moved=moved), base=base, scenario=base)
        (secrecy,) = [lever for lever in controls.groups(seen)[0]["levers"] if lever["path"] == "levers.secrecy"]
        assert secrecy["said"].startswith(f"{start}{said}: ")


def test_the_scenario_file_of_many_changes_passes_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    its = shipped("baseline").entries
    labs = [path for path in its if path.endswith(("stance", "attention", "precedent"))]
    view = View(moved=without_seat(tuple((path, "0.5") for path in labs), "xai"))
    path = tmp_path / controls.file_name(view)
    path.write_text(controls.as_yaml(shipped("baseline"), view), encoding="utf-8")
    assert main(["check", str(path)]) == 0
    assert "Baseline with 19 changes" in capsys.readouterr().out


def test_a_lab_names_what_speaks_most_for_and_against_in_its_last_decision() -> None:
    its = recording.recorded(load(BASELINE), 8, 1)
    told = [lab for lab in its["rounds"][-1]["labs"] if "for" in lab]
    assert told
    for lab in told:
        for side, sign in (("for", 1), ("against", -1)):
            values = [sign * float(part.rsplit(" ", 1)[1]) for part in lab[side].split(", ") if part != "nothing"]
            assert values == sorted(values, reverse=True)
            assert all(value > 0 for value in values)
            assert len(values) <= recording.MOST_REASONS


def test_a_negotiation_without_drafting_or_time_can_be_shown() -> None:
    no_drafting = load(BASELINE, ["levers.drafting_rounds=0"])
    assert not recording.recorded(no_drafting, 0, 1)["rounds"][0]["drafting"]


# ---------------------------------------------------------------- many runs

CHANGED = View(moved=(("levers.quorum_labs", "4"), ("stakeholders.xai", "null")), seed=3, runs=400)


@functools.cache
def played(view: View) -> tuple[many.Played, dict[str, Any]]:
    seen = read(urlsplit(address(view)).query)
    assert seen.problems == []
    its = many.play(seen.scenario, seen.other, view)
    return its, json.loads(json.dumps(many.shown(its, view), allow_nan=False))


def rows_of(shown: dict[str, Any], table: int) -> dict[str, Any]:
    return {row["label"]: row for row in shown["tables"][table]["rows"]}


def test_many_runs_are_those_of_the_notebook_beside_the_scenario_as_it_is() -> None:
    _, its = played(CHANGED)
    base, moved = load(BASELINE), load(BASELINE, CHANGED.settings)
    tables = {"base": run_many(base, 400, 3), "moved": run_many(moved, 400, 3)}
    change = compare(tables)["moved"]["adopted"].difference
    assert float(its["rate"]) == summarise(moved, tables["moved"], 3).outcomes["adopted"].mean
    assert its["headline"] == run(moved, 400, 3).text.splitlines()[0]
    assert "(90% of worlds)" in its["headline"]
    assert "is ignorance" in its["worlds"]
    assert its["rates"]["difference"] == {
        "mean": f"{100 * change.mean:+.1f} points",
        "ends": f"{100 * change.low:+.1f} to {100 * change.high:+.1f}",
    }
    assert its["names"] == {"now": "with these settings", "other": "the scenario as it is"}


@pytest.mark.parametrize("view", [CHANGED, CHANGED._replace(moved=(), runs=RUNS, seed=1)])
def test_the_command_beside_the_rate_gives_the_same_one(
    view: View, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, its = played(view)
    optin, *words = shlex.split(its["basis"]["command"])
    assert optin == "optin"
    assert main([*words, "--figures", "none", "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.splitlines()[0] == its["headline"]


def test_usually_there_are_as_many_runs_as_in_a_terminal() -> None:
    assert RUNS == options.RUNS


def test_two_scenarios_can_be_compared_and_who_sits_in_one_only_has_no_difference() -> None:
    view = View(scenario="five-firms", beside="june-order", runs=300)
    _, its = played(view)
    tables = {name: run_many(shipped(name), 300, 1) for name in ("june-order", "five-firms")}
    pairs = compare(tables)["five-firms"]
    assert its["names"] == {"now": "Talks with five firms", "other": "The order of 2 June"}
    assert its["rates"]["difference"]["mean"] == f"{100 * pairs['adopted'].difference.mean:+.1f} points"
    labs = rows_of(its, 1)
    assert labs["Meta"]["now"]["mean"] == "not at the table"
    assert labs["Meta"]["difference"] is None
    joins = [100 * tables[name]["joined.openai"].mean() for name in tables]
    assert [labs["OpenAI"][name]["mean"] for name in ("other", "now")] == [f"{share:.1f}%" for share in joins]
    assert rows_of(its, 0)["of which durable"]["difference"]["mean"] == (
        f"{100 * pairs['durable'].difference.mean:+.1f} points"
    )


def test_every_share_is_in_percent_and_every_difference_of_shares_in_points() -> None:
    _, its = played(CHANGED)
    shares = [*rows_of(its, 0).values(), *rows_of(its, 1).values()]
    shares.append(rows_of(its, 2)["Share of the frontier in it at the horizon, or when a law came"])
    for row in shares:
        for cell in (row["now"], row["other"]):
            assert cell["mean"].endswith("%") or cell["mean"] == "not at the table"
        assert row["difference"] is None or row["difference"]["mean"].endswith(" points")


def test_a_scenario_as_it_is_stands_alone() -> None:
    its, shown = played(View(runs=300))
    assert (its.other, shown["names"]["other"]) == (None, "")
    rows = [row for table in shown["tables"] for row in table["rows"]]
    assert all((row["other"], row["difference"]) == (None, None) for row in rows)
    assert played(View(beside="baseline", runs=300))[0].other is None


def test_the_tables_come_as_csv_with_all_digits() -> None:
    its, shown = played(CHANGED)
    head, *rows = csv.reader(shown["csv"].splitlines())
    called = "baseline with levers.quorum_labs=4, stakeholders.xai=null"
    assert head == [
        "table",
        "measure",
        "unit",
        *(f"{its}{end}" for its in (called, "baseline", "difference") for end in ("", " low", " high")),
    ]
    assert len(rows) == len(its.rows)
    by_label = {row[1]: row for row in rows}
    assert by_label["adopted"][3] == shown["rate"]
    assert by_label["xAI"][3:6] == by_label["xAI"][9:] == ["", "", ""]
    for row in rows:
        if row[9]:
            assert float(row[9]) == pytest.approx(float(row[3]) - float(row[6]), abs=1e-9)


@pytest.mark.parametrize(("kind", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_a_figure_comes_as_the_file_itself(kind: str, start: bytes) -> None:
    its, shown = played(CHANGED)
    assert list(shown["figures"])[:3] == ["outcomes", "joining", "review-period"]
    head, _, content = many.figure(its.summary, "outcomes", kind).partition(",")
    picture = base64.b64decode(content)
    assert head == f"data:{many.KINDS[kind]};base64"
    assert picture.startswith(start)
    assert b"stakeholders.xai=null" in picture


@pytest.mark.parametrize(("who", "lab"), [("", "meta"), ("google", "google"), ("commerce", "meta")])
def test_the_command_that_asks_why_a_lab_stays_out_can_be_given(
    who: str, lab: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    its, shown = played(CHANGED)
    assert min(its.summary.labs, key=lambda name: its.summary.labs[name].joined.mean) == "meta"
    words = shlex.split(why(its.summary.scenario, CHANGED._replace(who=who), shown["outside"])["command"])
    assert words[1:5] == ["why", "scenarios/baseline.yaml", "--lab", lab]
    assert main([*words[1:], "--runs", "50", "--figures", "none", "--out", str(tmp_path / "out")]) == 0
    assert shipped("baseline").labels[lab] in capsys.readouterr().out


# ---------------------------------------------------------------- saved results


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with scenarios, a hostile one among them, and results: good, unfinished, of another format, damaged."""
    top = tmp_path_factory.mktemp("world")
    shipped = shutil.copytree(SHIPPED, top / "scenarios")
    its = {"extends": "baseline.yaml", "title": HOSTILE, "question": HOSTILE}
    (shipped / "hostile.yaml").write_text(json.dumps(its | {"stakeholders": {"meta": {"label": HOSTILE_LABEL}}}))
    good = top / "results" / "good"
    store = Store(good, plan_of(load(shipped / "hostile.yaml"), 40, 1))
    good.mkdir(parents=True)
    store.begin()
    collect(store, "fast", 1)
    for name in ("unfinished", "old", "damaged", "strange"):
        shutil.copytree(good, good.with_name(name))
    for name in ("good", "old", "damaged", "strange"):
        write_json(good.with_name(name) / "summary.json", findings(store).data)
    manifest = json.loads((good / "manifest.json").read_text())
    write_json(good.with_name("old") / "manifest.json", manifest | {"format": 0})
    write_json(good.with_name("strange") / "manifest.json", {"format": manifest["format"]})
    (good.with_name("damaged") / "manifest.json").write_text("{")
    return top


def test_folders_of_results_are_listed_with_their_state(world: Path) -> None:
    listed = {Path(row["folder"]).name: row["state"] for row in saved.folders(world / "results")}
    states = {"unfinished": "not finished", "old": "another format", "damaged": "damaged"}
    assert listed == {"good": "", "strange": "damaged", **states}
    assert saved.folders(world / "nowhere") == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("unfinished", "is not finished; go on with: "),
        ("old", "holds results of format 0"),
        ("damaged", "manifest.json: cannot be read: "),
        ("strange", "manifest.json: found no 'inputs', 'shard', "),
        ("none", "no such folder"),
    ],
)
def test_results_that_cannot_be_opened_say_why(world: Path, name: str, said: str) -> None:
    its = saved.found(str(world / "results" / name))
    assert (list(its.shown), its.figures) == (["problem"], {})
    assert said in its.shown["problem"]
    assert "Traceback" not in its.shown["problem"]


@pytest.mark.slow
def test_results_of_runs_show_headline_and_figures(world: Path) -> None:
    its = saved.found(str(world / "results" / "good"))
    assert its.shown["headline"].startswith("Adopted in ")
    pictures = saved.pictures(its.figures)
    assert [picture["name"] for picture in pictures] == list(its.figures)
    assert len(pictures) > 3
    assert all(picture["image"].startswith("data:image/png;base64,iVBOR") for picture in pictures)


# ---------------------------------------------------------------- the command


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


CALL = "from experiments.cli.main import main; raise SystemExit(main(['dashboard', '--port', '{}']))"


@pytest.mark.parametrize("missing", ["solara", "solara_assets"])
def test_without_the_extra_the_command_says_what_to_install(missing: str) -> None:
    said = python(f"import sys; sys.modules[{missing!r}] = None; {CALL.format(0)}")
    assert (said.returncode, said.stdout) == (2, "")
    assert len(said.stderr.splitlines()) == 1
    assert "pip install 'opt-in[dashboard]'" in said.stderr


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = python(CALL.format(port))
    assert (said.returncode, said.stdout) == (2, "")
    assert f"port {port} cannot be had" in said.stderr
    assert "--port" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("host", "origin", "own"),
    [
        (b"127.0.0.1:80", b"", True),
        (b"localhost:80", b"http://localhost:80", True),
        (b"127.0.0.1:80", b"http://127.0.0.1:80", True),
        (b"127.0.0.1:80", b"https://elsewhere.example", False),
        (b"127.0.0.1:80", b"null", False),
        (b"elsewhere.example", b"", False),
        (b"127.0.0.1:81", b"", False),
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_only_pages_of_the_server_are_answered(kind: str, host: bytes, origin: bytes, own: bool) -> None:
    reached, sent = [], []

    async def app(*_: Any) -> None:
        reached.append(True)

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", host), (b"cookie", b"optin-80=secret")] + [(b"origin", origin)] * bool(origin)
    scope = {"type": kind, "path": "/", "query_string": b"", "headers": headers}
    asyncio.run(Door(app, {"127.0.0.1:80", "localhost:80"}, "secret")(scope, receive, send))
    assert bool(reached) == own
    assert [its.get("status", its.get("code")) for its in sent[:1]] == (
        [] if own else [403 if kind == "http" else 1008]
    )


# ---------------------------------------------------------------- a server of the command


class Site(NamedTuple):
    """The address of a server, and its token."""

    at: str
    token: str

    @property
    def address(self) -> str:
        return f"{self.at}/?token={self.token}"

    @property
    def cookie(self) -> str:
        return f"optin-{urlsplit(self.at).port}={self.token}"


def started(world: Path) -> tuple[subprocess.Popen[str], Site]:
    """The command in a process of its own, on a free port, with the scenarios of `world`; and its address."""
    code = f"import pathlib, model.scenario; model.scenario.SHIPPED = pathlib.Path({str(world / 'scenarios')!r})"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{code}; {CALL.format(0)}"],
        cwd=world,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    found = re.search(rf"(http://{re.escape(HOST)}:[0-9]+)/\?token=([\w-]{{43}}) ", said)
    if found is None:
        pytest.fail(f"{said}{process.communicate()[1]}")
    assert process.stdout.readline() == "Whoever has this address can read results on this machine.\n"
    return process, Site(found[1], found[2])


@pytest.fixture(scope="module")
def server(world: Path) -> Iterator[Site]:
    process, site = started(world)
    yield site
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30) == ("", "")


# ---------------------------------------------------------------- who is let in


def asked(site: Site, path: str, cookie: str = "", method: str = "GET") -> tuple[int, Message, str]:
    """What the server answers: status, headers and text."""
    connection = HTTPConnection(site.at.removeprefix("http://"), timeout=30)
    with contextlib.closing(connection):
        connection.request(method, path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode(errors="replace")


PATHS = (
    "/",
    "/?page=saved&folder=results/good",
    "/nowhere",
    "/static/assets/custom.css",
    "/static/assets/../../page.py",
    "/_solara/cdn/x",
    "/resourcez?verbose",
    "/readyz",
    "/jupyter/api/kernels/x",
    "/?token",
    "/?token=wrong",
    "/?token=%FF%00",
    "//?token=wrong",
)


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_without_the_token_there_is_no_answer_but_where_to_find_it(server: Site, path: str) -> None:
    for cookie in ("", "optin=x", f"optin-{urlsplit(server.at).port}=", f"{server.cookie[:-1]}", f"x{server.cookie}"):
        status, headers, text = asked(server, path, cookie)
        assert (status, text) == (403, "Open the address that the terminal printed, with the token in it.\n")
        assert "set-cookie" not in headers


@pytest.mark.slow
def test_the_token_is_another_at_each_start(world: Path, server: Site) -> None:
    process, other = started(world)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert other.token != server.token


@pytest.mark.slow
def test_the_address_with_the_token_gives_a_cookie_that_no_other_site_can_use_and_leads_on(server: Site) -> None:
    status, headers, _ = asked(server, f"/?page=many&set=levers.secrecy%3D0.5&token={server.token}&run=8")
    assert status == 200
    assert headers["refresh"] == "0; url=/?page=many&set=levers.secrecy%3D0.5&run=8"
    assert headers["cache-control"] == "no-store"
    assert headers["set-cookie"] == f"{server.cookie}; HttpOnly; Path=/; SameSite=strict"
    assert asked(server, f"//elsewhere.example/?token={server.token}")[1]["refresh"] == "0; url=/"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("/", 200), ("/static/assets/custom.css", 200), ("/favicon.ico", 204)),
        *(("/nowhere", 404), ("/_solara/cdn/x", 404)),
    ],
)
def test_no_answer_may_be_shown_in_a_frame(server: Site, path: str, status: int) -> None:
    for cookie, expected in [(server.cookie, status), ("", 403)]:
        answered, headers, _ = asked(server, path, cookie)
        assert answered == expected
        assert headers["content-security-policy"] == "frame-ancestors 'none'"
        assert headers["x-frame-options"] == "DENY"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/_solara/api/close/x", 400),
        ("POST", "/_solara/api/close/x?session_id=y", 200),
        ("GET", "/static/%00", 400),
        ("GET", "/jupyter/nbextensions/%00", 400),
    ],
)
def test_what_no_page_asks_is_no_error_of_the_server(server: Site, method: str, path: str, status: int) -> None:
    """Nor does it leave a traceback in the terminal, as the server's fixture sees to."""
    assert asked(server, path, server.cookie, method)[0] == status


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/jupyter/api/kernels/x/channels?session_id=y", "/nowhere"])
def test_a_websocket_needs_the_cookie(server: Site, path: str) -> None:
    address = f"{server.at.replace('http', 'ws', 1)}{path}"
    for query, cookie in [("", ""), ("", f"{server.cookie}x"), (f"&token={server.token}", "")]:
        with pytest.raises(InvalidStatus) as caught, connect(address + query, additional_headers={"Cookie": cookie}):
            pass
        assert caught.value.response.status_code == 403


@pytest.mark.slow
def test_a_websocket_that_is_odd_or_cut_off_leaves_nothing_in_the_terminal(server: Site) -> None:
    kernel = f"{server.at.replace('http', 'ws', 1)}/jupyter/api/kernels/cut/channels"
    cookies = {"Cookie": f"{server.cookie}; solara-session-id=cut"}
    with pytest.raises(InvalidStatus), connect(kernel, additional_headers=cookies):
        pass
    for page in range(3):
        with connect(f"{kernel.replace('cut/', f'cut{page}/')}?session_id=y", additional_headers=cookies) as channel:
            channel.socket.shutdown(socket.SHUT_RDWR)
    assert asked(server, "/", server.cookie)[0] == 200


# ---------------------------------------------------------------- in a browser


@pytest.fixture
def elsewhere(browser: Browser) -> Iterator[Page]:
    """A page of another site, of which tests say what is in it."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def shows(page: Page, content: str) -> None:
    page.route("http://elsewhere.example/", lambda route: route.fulfill(body=content, content_type="text/html"))
    page.goto("http://elsewhere.example/")


def test_a_link_of_another_site_leads_to_the_page_if_it_has_the_token(elsewhere: Page, server: Site) -> None:
    shows(elsewhere, f"<a href='{server.address}&page=saved'>with</a> <a href='{server.at}'>without</a>")
    elsewhere.get_by_text("without").click()
    expect(elsewhere.locator("body")).to_contain_text("Open the address that the terminal printed")
    elsewhere.goto("http://elsewhere.example/")
    elsewhere.get_by_text("with", exact=True).click()
    expect(elsewhere.get_by_test_id("folder")).to_be_visible()
    expect(elsewhere).to_have_url(f"{server.at}/?page=saved")


def test_another_site_cannot_put_the_page_in_a_frame(elsewhere: Page, server: Site) -> None:
    shows(elsewhere, f"<iframe src='{server.address}'></iframe><p>beside</p>")
    expect(elsewhere.get_by_text("beside")).to_be_visible()
    elsewhere.wait_for_load_state("networkidle")
    assert [frame.url for frame in elsewhere.frames[1:]] == ["chrome-error://chromewebdata/"]


@pytest.fixture
def page(browser: Browser, server: Site) -> Iterator[Page]:
    """A page of a fresh browser that asks nothing of any other server and has nothing to complain about."""
    asked: list[str] = []
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    context.on("request", lambda request: asked.append(request.url))
    context.on(
        "console",
        lambda its: (
            complaints.append(f"{its.text} {its.location['url']}") if its.type in ("error", "warning") else None
        ),
    )
    context.on("weberror", lambda its: complaints.append(str(its.error)))
    page = context.new_page()
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.goto(server.address)
    expect(page).to_have_url(f"{server.at}/")
    yield page
    context.close()
    ours = (f"{server.at}/", server.at.replace("http", "ws", 1), "data:", "blob:")
    assert [url for url in asked if not url.startswith(ours)] == []
    assert any(url.startswith("ws") for url in asked)
    assert complaints == []


expect.set_options(timeout=PATIENCE)


def move(page: Page, path: str, to: str) -> None:
    page.get_by_test_id(path).locator("input[type=number]").fill(to)
    page.get_by_test_id(path).locator("input[type=number]").press("Tab")
    expect(page.get_by_test_id(path)).to_have_class(re.compile("moved"))


def said_by(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_visit_from_the_first_step_to_the_adoption_rate_of_many_runs(page: Page, world: Path) -> None:
    page.get_by_test_id("scenario").select_option(label="Funded testing infrastructure")
    expect(page.get_by_test_id("question")).to_contain_text("testing is funded")
    page.get_by_test_id("levers.secrecy").locator("input[type=range]").fill("0.25")
    expect(page.get_by_test_id("levers.secrecy")).to_have_class(re.compile("moved"))
    move(page, "levers.quorum_labs", "3")
    expect(page.get_by_test_id("pledged")).to_contain_text("(3 needed)")  # a negotiation with both settings

    expect(page.get_by_test_id("ending")).to_be_visible()  # the whole negotiation, until one goes back
    page.get_by_test_id("first").click()
    expect(page.get_by_test_id("week")).to_contain_text("Week 0 ")
    page.get_by_test_id("step").click()
    expect(page.get_by_test_id("week")).to_contain_text("Week 1 ")
    page.get_by_test_id("back").click()
    expect(page.get_by_test_id("week")).to_contain_text("Week 0 ")
    expect(page.get_by_test_id("ending")).to_have_count(0)
    page.get_by_test_id("play").click()
    expect(page.get_by_test_id("ending")).to_be_visible()
    expect(page.get_by_test_id("decisive").first).to_contain_text("Decisive: ")
    expect(page.get_by_test_id("labs").locator("tbody tr")).to_have_count(7)

    page.get_by_test_id("page-many").click()
    rate = page.get_by_test_id("adoption")
    expect(rate).to_have_attribute("data-settings", "levers.secrecy=0.25, levers.quorum_labs=3")
    scenario = load(world / "scenarios" / "funded-testing.yaml", ["levers.secrecy=0.25", "levers.quorum_labs=3"])
    expected = summarise(scenario, run_many(scenario, RUNS, 1), 1).outcomes["adopted"].mean
    assert float(rate.get_attribute("data-rate") or "") == expected
    expect(rate).to_have_text(f"{100 * expected:.1f}%")


def test_an_address_shows_the_same_in_another_browser_and_back_undoes(
    page: Page, browser: Browser, server: Site
) -> None:
    page.get_by_test_id("run").fill("8")
    page.get_by_test_id("run").press("Tab")
    expect(page).to_have_url(re.compile("run=8"))
    move(page, "levers.protection", "0.75")
    page.get_by_test_id("first").click()
    page.get_by_test_id("step").click()
    expect(page).to_have_url(re.compile("week=1"))
    assert said_by(page)["set"] == ["levers.protection=0.75"]
    other = browser.new_page()
    other.goto(f"{page.url}&token={server.token}")
    expect(other).to_have_url(page.url)
    for part in ("week", "offer", "pledged"):
        expect(other.get_by_test_id(part)).to_have_text(
            page.get_by_test_id(part).inner_text().strip(), use_inner_text=True
        )
    other.close()
    page.go_back()
    expect(page.get_by_test_id("week")).to_contain_text("Week 0 ")
    page.go_back()
    expect(page.get_by_test_id("ending")).to_be_visible()
    page.go_back()
    expect(page.get_by_test_id("levers.protection")).not_to_have_class(re.compile("moved"))


def test_bad_values_in_the_address_are_said_and_the_page_is_there(page: Page, server: Site) -> None:
    page.goto(f"{server.at}/?scenario=nowhere&set=levers.quorum_labs%3Dmany&run=-3")
    expect(page.get_by_test_id("problems").locator("li")).to_have_count(3)
    expect(page.get_by_test_id("problems")).to_contain_text("found 'nowhere'")
    expect(page.get_by_test_id("scenario")).to_have_value("baseline")
    expect(page.get_by_test_id("ending")).to_be_visible()


def test_the_button_gives_a_scenario_file_of_the_settings(page: Page, tmp_path: Path) -> None:
    move(page, "levers.deadline_days", "90")
    page.get_by_test_id("yaml-open").click()
    expect(page.get_by_test_id("yaml")).to_contain_text("deadline_days: 90")
    with page.expect_download() as download:
        page.get_by_test_id("yaml-save").click()
    download.value.save_as(tmp_path / "mine.yaml")
    assert (tmp_path / "mine.yaml").read_text() == page.get_by_test_id("yaml").inner_text()
    assert numbers(load(tmp_path / "mine.yaml")) == numbers(load(BASELINE, ["levers.deadline_days=90"]))


def test_the_table_is_changed_another_scenario_put_beside_and_all_of_it_downloaded(page: Page) -> None:
    page.get_by_test_id("group-1").click()
    page.get_by_test_id("seat-xai").uncheck()
    page.get_by_test_id("who").select_option("meta")
    move(page, "stakeholders.meta.stance", "0.5")
    page.get_by_test_id("page-many").click()
    page.get_by_test_id("beside").select_option("june-order")
    page.get_by_test_id("runs").fill("300")
    page.get_by_test_id("runs").press("Tab")
    expect(page.get_by_test_id("headline")).to_contain_text("of 300 runs")
    expect(page.get_by_test_id("table-1")).to_contain_text("not at the table")
    for test, end in [("csv", b"table,measure"), ("svg", b"<?xml"), ("png", b"\x89PNG"), ("png", b"\x89PNG")]:
        with page.expect_download() as download:
            page.get_by_test_id(test).click()
        assert Path(download.value.path()).read_bytes().startswith(end)
    assert said_by(page) == {
        "page": ["many"],
        "beside": ["june-order"],
        "who": ["meta"],
        "runs": ["300"],
        "set": ["stakeholders.xai=null", "stakeholders.meta.stance=0.5"],
    }
    page.get_by_test_id("reset").click()
    page.get_by_test_id("seat-xai").check()
    expect(page).not_to_have_url(re.compile("set="))


def test_on_a_phone_the_result_comes_before_what_can_be_moved(page: Page, server: Site) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.at}/?page=many&runs=300&set=levers.quorum_labs%3D4")
    expect(page.get_by_test_id("headline")).to_be_visible()
    headline, table, levers = (page.get_by_test_id(part).bounding_box() for part in ("headline", "table-2", "group-0"))
    assert headline is not None
    assert table is not None
    assert levers is not None
    assert headline["y"] < 844 < table["y"] < levers["y"]
    assert table["x"] + table["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_saved_results_are_opened_or_say_why_not(page: Page) -> None:
    page.get_by_test_id("page-saved").click()
    page.get_by_role("button", name="results/good").click()
    expect(page.get_by_test_id("headline")).to_contain_text("Adopted in ")
    expect(page.get_by_test_id("figure").first).to_be_visible()
    page.get_by_role("button", name="results/damaged").click()
    expect(page.get_by_test_id("problem")).to_contain_text("cannot be read")
    page.get_by_test_id("folder").fill("results/old")
    page.get_by_test_id("open").click()
    expect(page.get_by_test_id("problem")).to_contain_text("holds results of format 0")
    assert said_by(page) == {"page": ["saved"], "folder": ["results/old"]}


def test_texts_of_a_scenario_are_shown_as_text(page: Page, server: Site) -> None:
    page.get_by_test_id("scenario").select_option("hostile")
    expect(page.get_by_test_id("question")).to_have_text(HOSTILE)
    expect(page.get_by_test_id("labs")).to_contain_text(HOSTILE_LABEL)
    page.get_by_test_id("page-many").click()
    expect(page.get_by_text(HOSTILE, exact=True).last).to_be_visible()
    page.goto(f"{server.at}/?page=saved&folder=results/good")
    page.get_by_text("In numbers").click()
    expect(page.locator("pre")).to_contain_text(HOSTILE)
    expect(page).to_have_title("Saved results - Opt-In")


CLOSED_PAGE = """
import os, threading
from experiments.dashboard.server import SETTINGS
os.environ |= SETTINGS
from solara.server import app, kernel, kernel_context
from experiments.dashboard import page

under_way, closed, found = threading.Event(), threading.Event(), []

def work():
    another = threading.Thread(target=lambda: found.append("came up"), daemon=True)
    under_way.set()
    closed.wait()
    another.start()
    another.join()

shown = kernel_context.VirtualKernelContext(id="a page", session_id="a visit", kernel=kernel.Kernel())
with shown:
    working = threading.Thread(target=lambda: page.apart(work), daemon=True)
    working.start()
    under_way.wait()
shown.close()
closed.set()
working.join(20)
print(*found, flush=True)
os._exit(0)
"""


@pytest.mark.slow
def test_a_thread_that_is_started_for_work_of_a_page_comes_up_though_the_page_is_closed_meanwhile() -> None:
    """As one of a pool does when a page is left while its runs are played; the pool's lock is that of all pools."""
    said = python(CLOSED_PAGE)
    assert (said.returncode, said.stdout, said.stderr) == (0, "came up\n", "")


@pytest.mark.exhaustive
def test_ctrl_c_ends_the_command_at_once_and_in_silence_whatever_pages_are_at(world: Path, browser: Browser) -> None:
    process, site = started(world)
    pages = [browser.new_page() for _ in range(4)]
    for page in pages:
        page.goto(f"{site.address}&page=many", wait_until="commit")
    expect(pages[0].get_by_test_id("page-many")).to_be_visible()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    for page in pages:
        page.close()
    assert (process.returncode, said) == (0, "")
