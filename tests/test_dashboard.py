"""The page to play with: its addresses and files without a browser, then everything in a real one."""

import asyncio
import contextlib
import json
import os
import re
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

from experiments.dashboard import controls, many, recording, saved
from experiments.dashboard.door import Door
from experiments.dashboard.server import HOST
from experiments.dashboard.view import MOST, PAGES, View, address, read, titles
from experiments.notebook import run
from experiments.plans.design import plan_of
from experiments.publish.findings import findings
from experiments.results.summary import summarise
from experiments.runs.collect import collect
from experiments.runs.files import write_json
from experiments.runs.pool import run_many
from experiments.runs.store import Store
from model.problems import shown_value
from model.scenario import SHIPPED, Scenario, load
from model.schema import choices

from .conftest import ROOT
from .drawn import BASELINE

PATIENCE = 60_000  # milliseconds, for a page on a slow machine
HOSTILE = "<script>document.title='caught'</script> \"quoted\" '七家' עברית {{ 1 + 1 }} IPY_MODEL_x"
HOSTILE_LABEL = "<script>alert()</script> '七' {{ 1 + 1 }}"
ENTRIES = {path: its for path, its in load(BASELINE).entries.items() if path.startswith(("levers.", "climate."))}
SLOW = settings(max_examples=25)


# ---------------------------------------------------------------- addresses and files


def allowed(path: str) -> st.SearchStrategy[str]:
    """Texts that a parameter takes."""
    entry = ENTRIES[path]
    if entry.low is None or entry.high is None:
        return st.sampled_from(choices(entry.type))
    if entry.type is int:
        return st.integers(int(entry.low), int(entry.high)).map(str)
    return st.floats(entry.low, entry.high).map(lambda value: shown_value(round(value, 3)))


@st.composite
def views(draw: st.DrawFn) -> View:
    paths = draw(st.lists(st.sampled_from(sorted(ENTRIES)), unique=True, max_size=5))
    return View(
        page=draw(st.sampled_from(list(PAGES))),
        scenario=draw(st.sampled_from(list(titles()))),
        moved=tuple((path, draw(allowed(path))) for path in paths),
        folder=draw(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))),
        **{name: draw(st.integers(0, most)) for name, most in MOST.items()},
    )


@pytest.mark.slow
@SLOW
@given(views())
def test_an_address_gives_back_the_view_it_was_made_of(view: View) -> None:
    seen = read(urlsplit(address(view)).query)
    assert (seen.view, seen.problems) == (view, [])


NAMES = st.sampled_from([*View._fields, "set"]) | st.text(max_size=8)
SETTINGS = st.builds(lambda path, value: f"{path}={value}", st.sampled_from([*ENTRIES, "title"]), st.text(max_size=6))


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
        ("run=-1", "run: found '-1'; a whole number from 0 to 1,000,000,000 is allowed"),
        ("seed=9223372036854775808", "seed: found"),
        ("week=two", "week: found 'two'"),
        ("set=levers.quorum_labs%3Dmany", "--set levers.quorum_labs=many: "),
        ("set=levers.quorm_labs%3D4", "did you mean 'quorum_labs'?"),
        ("set=relations.horizon_days%3D7", "only levers. and climate. can be moved here"),
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


def test_a_slider_stands_inside_the_range_of_what_it_moves() -> None:
    for group in controls.groups(load(BASELINE), View()):
        for its in group["levers"]:
            assert "choices" in its or float(its["low"]) <= float(its["at"]) <= float(its["high"])
            assert "choices" not in its or its["at"] in its["choices"]


@pytest.mark.parametrize(
    ("form", "at"),
    [
        ("{uniform: {low: 0, high: 1}}", 0.5),
        ("{triangular: {low: 0, mode: 0.2, high: 1}}", 0.2),
        ("{normal: {mean: 0.3, sd: 1, low: 0, high: 1}}", 0.3),
        ("{beta: {a: 1, b: 3, low: 0, high: 1}}", 0.25),
        ("{choice: {values: [0.1, 0.9], weights: [1, 2]}}", 0.9),
    ],
)
def test_a_slider_stands_in_the_middle_of_a_distribution(form: str, at: float, tmp_path: Path) -> None:
    made = tmp_path / "made.yaml"
    source = "source: {assumption: made up}"
    made.write_text(f"extends: baseline.yaml\nquestion: q\nlevers: {{secrecy: {{distribution: {form}, {source}}}}}\n")
    assert controls.typical(load(made).entries["levers.secrecy"]) == at


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


def test_many_runs_are_those_of_the_command_beside_the_scenario_as_it_is() -> None:
    view = View(moved=(("levers.quorum_labs", "6"),), seed=3)
    base, moved = load(BASELINE), load(BASELINE, view.settings)
    its = many.played(base, moved, view)
    rates = [summarise(one, run_many(one, many.RUNS, 3), 3).outcomes["adopted"].mean for one in (moved, base)]
    assert (float(its["rate"]), its["usual"]["mean"]) == (rates[0], 100 * rates[1])
    assert its["headline"] == run(moved, many.RUNS, 3).text.splitlines()[0]
    assert "(90% of worlds)" in its["headline"]
    assert "is ignorance" in its["worlds"]
    assert float(its["difference"]["mean"].removesuffix(" points")) == pytest.approx(
        100 * (rates[0] - rates[1]), abs=0.051
    )


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
    its = saved.shown(str(world / "results" / name))
    assert list(its) == ["problem"]
    assert said in its["problem"]
    assert "Traceback" not in its["problem"]


@pytest.mark.slow
def test_results_of_runs_show_headline_and_figures(world: Path) -> None:
    its = saved.shown(str(world / "results" / "good"))
    assert its["headline"].startswith("Adopted in ")
    assert len(its["figures"]) > 3
    assert all(figure["image"].startswith("data:image/png;base64,iVBOR") for figure in its["figures"])


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
    expected = summarise(scenario, run_many(scenario, many.RUNS, 1), 1).outcomes["adopted"].mean
    assert float(rate.get_attribute("data-rate") or "") == expected
    expect(rate).to_have_text(f"{100 * expected:.1f}%")


def test_an_address_shows_the_same_in_another_browser_and_back_undoes(
    page: Page, browser: Browser, server: Site
) -> None:
    page.get_by_test_id("run").fill("8")
    page.get_by_test_id("run").press("Tab")
    expect(page).to_have_url(re.compile("run=8"))
    move(page, "levers.protection", "0.75")
    page.get_by_test_id("last").click()
    expect(page).to_have_url(re.compile("week="))
    assert said_by(page)["set"] == ["levers.protection=0.75"]
    other = browser.new_page()
    other.goto(f"{page.url}&token={server.token}")
    expect(other).to_have_url(page.url)
    for part in ("week", "offer", "pledged", "ending", "labs"):
        expect(other.get_by_test_id(part)).to_have_text(
            page.get_by_test_id(part).inner_text().strip(), use_inner_text=True
        )
    other.close()
    page.go_back()
    expect(page.get_by_test_id("week")).to_contain_text("Week 0 ")
    page.go_back()
    expect(page.get_by_test_id("levers.protection")).not_to_have_class(re.compile("moved"))


def test_bad_values_in_the_address_are_said_and_the_page_is_there(page: Page, server: Site) -> None:
    page.goto(f"{server.at}/?scenario=nowhere&set=levers.quorum_labs%3Dmany&run=-3")
    expect(page.get_by_test_id("problems").locator("li")).to_have_count(3)
    expect(page.get_by_test_id("problems")).to_contain_text("found 'nowhere'")
    expect(page.get_by_test_id("scenario")).to_have_value("baseline")
    expect(page.get_by_test_id("week")).to_contain_text("Week 0 ")


def test_the_button_gives_a_scenario_file_of_the_settings(page: Page, tmp_path: Path) -> None:
    move(page, "levers.deadline_days", "90")
    page.get_by_test_id("yaml-open").click()
    expect(page.get_by_test_id("yaml")).to_contain_text("deadline_days: 90")
    with page.expect_download() as download:
        page.get_by_test_id("yaml-save").click()
    download.value.save_as(tmp_path / "mine.yaml")
    assert (tmp_path / "mine.yaml").read_text() == page.get_by_test_id("yaml").inner_text()
    assert numbers(load(tmp_path / "mine.yaml")) == numbers(load(BASELINE, ["levers.deadline_days=90"]))


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
    page.get_by_test_id("last").click()
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
