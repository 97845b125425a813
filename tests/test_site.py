"""The static site: every link leads somewhere, nothing is loaded from elsewhere, and pages say what commands say."""

import html
import json
import re
import urllib.parse
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from experiments.cli.main import main
from experiments.notebook import run, sweep
from experiments.site import documents
from experiments.site.build import shipped_scenarios, shipped_sweeps
from experiments.site.documents import document, found
from experiments.validation.ledger import ON_RECORD
from model.scenario import SHIPPED, load

from .conftest import ROOT, assert_says

EVIL = "</script><script>alert(1)</script>"
MINE = f"extends: june-order.yaml\ntitle: {json.dumps(EVIL)}\nquestion: {json.dumps('Does ' + EVIL + ' help?')}\n"
SWEPT = f"""
title: {json.dumps(EVIL)}
question: Does a longer clock help at a higher quorum?
scenario: june-order.yaml
vary: {{levers.quorum_labs: [3, 7], levers.deadline_days: [30, 60, 90]}}
measures: [adopted, review_days]
"""
OUTCOMES = """
forecast: 2026-07-05.v2.json
as_of: 2026-09-01
outcomes:
  declared_final_by_2026-08-01:
    outcome: no
    sources: [{title: A made-up notice, url: "https://example.org/notice", date: 2026-08-03}]
"""
SMALL = ("--runs", "30", "--runs-per-point", "10")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site of a shipped and a hostile scenario, a shipped and a hostile sweep, and a score."""
    folder = tmp_path_factory.mktemp("site")
    for name, text in (("mine.yaml", MINE), ("swept.yaml", SWEPT), ("outcomes.yaml", OUTCOMES)):
        (folder / name).write_text(text)
    mine, swept, outcomes = (str(folder / f"{name}.yaml") for name in ("mine", "swept", "outcomes"))
    what = ["--scenario", "june-order.yaml", "--scenario", mine, "--sweep", "bargaining.yaml", "--sweep", swept]
    score = ["--score", str(ON_RECORD / "2026-07-05.v2.json"), outcomes]
    assert main(["site", str(folder / "site"), *what, *score, *SMALL]) == 0
    return folder / "site"


class Page(HTMLParser):
    """What a page links to, what it loads, and what can be linked to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "a":
            self.links.append(given["href"] or "")
        elif given.get("href") or given.get("src"):
            self.loads.append(given.get("href") or given.get("src") or "")
        if given.get("id"):
            self.anchors.add(given["id"] or "")


def dead_links(site: Path) -> Iterator[str]:
    pages = {path: Page(path) for path in site.rglob("*.html")}
    for path, page in pages.items():
        for link in page.links:
            if re.match(r"https?:", link):
                continue
            to, _, anchor = urllib.parse.unquote(link).partition("#")
            target = (path.parent / to).resolve() if to else path
            if not target.is_file() or (anchor and anchor not in pages[target].anchors):
                yield f"{path.relative_to(site)}: {link}"


@pytest.mark.slow
def test_every_link_between_pages_leads_somewhere(site: Path) -> None:
    assert list(dead_links(site)) == []
    assert len(Page(site / "index.html").links) > 20
    (site / "index.html").rename(site / "elsewhere.html")
    assert len(list(dead_links(site))) > 10  # it would have been seen
    (site / "elsewhere.html").rename(site / "index.html")


@pytest.mark.slow
def test_no_page_loads_anything(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert [its for its in Page(path).loads if not its.startswith("data:")] == [], path
        assert "default-src 'none'" in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_page_is_reached_from_the_front_page_and_leads_back(site: Path) -> None:
    reached = {(site / link.partition("#")[0]).resolve() for link in Page(site / "index.html").links}
    for path in site.rglob("*.html"):
        if path.name != "index.html":
            assert path.resolve() in reached
            assert "../index.html" in Page(path).links


@pytest.mark.slow
def test_the_front_page_says_what_optin_run_says(site: Path) -> None:
    said = " ".join(html.unescape((site / "index.html").read_text(encoding="utf-8")).split())
    ends = run("june-order.yaml", 30).data["outcomes"]["adopted"]
    assert f"Adopted in {ends['mean']:.1%} [{ends['low']:.1%} to {ends['high']:.1%}] of runs" in said
    assert "Each scenario was played 30 times" in said


@pytest.mark.slow
def test_text_of_files_is_shown_as_text(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert "<script>alert" not in path.read_text(encoding="utf-8")
    for name in ("index", "scenarios/mine", "sweeps/swept"):
        assert html.escape(EVIL) in (site / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_table_behind_the_sliders_is_that_of_the_sweep(site: Path) -> None:
    page = (site / "sweeps" / "swept.html").read_text(encoding="utf-8")
    stored = re.search(r'<script type="application/json" id="sweep">(.*?)</script>', page, re.DOTALL)
    assert stored is not None
    data = json.loads(stored[1])
    clock, quorum = data["sliders"]
    assert (clock["levels"], quorum["levels"]) == (["30", "60", "90"], ["3", "7"])
    assert clock["start"] == 1  # the order's clock is 60 days
    result = sweep(site.parent / "swept.yaml", runs=10)
    by_point = result.table.set_index(["levers.deadline_days", "levers.quorum_labs"])
    for i, days in enumerate(clock["positions"]):
        for j, labs in enumerate(quorum["positions"]):
            expected = by_point.loc[(days, labs)]
            for side, column in (("mean", "adopted"), ("low", "adopted_low"), ("high", "adopted_high")):
                assert data["measures"][0][side][2 * i + j] == pytest.approx(100 * expected[column], rel=1e-3)


@pytest.mark.slow
def test_a_forecast_has_every_question_and_a_score_its_headline(site: Path) -> None:
    recorded = json.loads((ON_RECORD / "2026-07-05.v2.json").read_text())["questions"]
    page = html.unescape((site / "forecasts" / "2026-07-05.v2.html").read_text(encoding="utf-8"))
    for name, question in recorded.items():
        assert f'id="{name}"' in page
        assert question["question"] in page
        assert question["resolution"]["rule"] in page
    chance = recorded["declared_final_by_2026-08-01"]["probabilities"]["yes"]["mean"]
    score = (site / "forecasts" / "score-2026-07-05.v2.html").read_text(encoding="utf-8")
    assert f"Brier score {chance**2:.3f} on 1 question in 1 cluster" in score


@pytest.mark.slow
def test_the_sliders_move_and_pages_fit_a_phone(site: Path, browser: Any) -> None:
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda its: asked.append(its.url))
    tab.on("pageerror", lambda its: said.append(str(its)))
    tab.on("console", lambda its: said.append(its.text))
    for path in sorted(site.rglob("*.html")):
        tab.goto(path.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    tab.goto((site / "sweeps" / "swept.html").as_uri())
    table = sweep(site.parent / "swept.yaml", runs=10).table.set_index(["levers.deadline_days", "levers.quorum_labs"])
    for keys, days, labs in ((("Home", "Home"), 30, 3), (("End", "Home"), 90, 3), (("End", "End"), 90, 7)):
        for slider, key in zip(tab.locator("input[type=range]").all(), keys, strict=True):
            slider.press(key)
        assert tab.locator("output").all_inner_texts() == [str(days), str(labs)]
        point = table.loc[(days, labs)]
        first = tab.locator(".measure").first
        assert first.locator(".value").inner_text() == f"{point['adopted']:.1%}"
        ends = f"95% interval {point['adopted_low']:.1%} to {point['adopted_high']:.1%}"
        assert first.locator(".more").inner_text() == ends
        assert first.locator("svg circle.here").count() == 1
    tab.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


# ---------------------------------------------------------------- documents


@pytest.mark.parametrize("path", found())
def test_a_document_keeps_its_headings_rows_and_blocks(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    made = document(path, found()).html
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert made.count("<h2") == len(re.findall("^## ", outside, re.MULTILINE))
    assert made.count("<tr>") == len(re.findall(r"^\|", outside, re.MULTILINE)) - len(
        re.findall(r"^\|[ :|-]+\|$", outside, re.MULTILINE)
    )
    assert made.count("<pre><code") >= len(re.findall("^```", text, re.MULTILINE)) // 2
    anchors = re.findall(r'<h\d id="([^"]*)"', made)
    assert len(set(anchors)) == len(anchors)


def test_links_lead_to_pages_and_files_of_the_site_or_are_only_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "TOP", tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "data.csv").write_text("1\n")
    (tmp_path / "folder" / "a.md").write_text(
        "# A\n\n## Twice\n\n## Twice\n\n[b](../b.md#end), [data](../data.csv), [up](../../x), [gone](gone.md), "
        "[folder](.), [web](https://example.org), [here](#twice) <b>raw</b> [bad](javascript:alert(1))\n"
    )
    made = document("folder/a.md", {"b.md": "documents/b.html"})
    assert made.title == "A"
    assert list(made.sections) == ["twice", "twice-1"]
    assert re.findall('href="([^"]*)"', made.html) == [
        "b.html#end",
        "../files/data.csv",
        "https://example.org",
        "#twice",
    ]
    assert made.files == ["data.csv"]
    assert "up, gone, folder" in made.html
    assert "&lt;b&gt;raw&lt;/b&gt;" in made.html


# ---------------------------------------------------------------- what is refused, and what ships


def test_the_shipped_scenarios_and_sweeps_are_all_there() -> None:
    assert {path.stem for path in shipped_scenarios()} == {path.stem for path in SHIPPED.glob("*.yaml")}
    assert load(shipped_scenarios()[0]).name == "baseline"
    assert all(path.is_file() for path in shipped_sweeps())


@pytest.mark.parametrize(
    ("files", "arguments", "place", "fragments"),
    [
        ({"notes.txt": "mine"}, [], "site", ["holds something else"]),
        ({"index.html": "<p>mine</p>"}, [], "site", ["holds something else"]),
        ({}, ["--scenario", "baseline.yaml", "--scenario", "baseline.yaml"], "--scenario", ["baseline, baseline"]),
        ({}, ["--scenario", "baselin.yaml"], "baselin.yaml", ["no such file"]),
        (
            {},
            ["--sweep", "lab-stances.yaml", *SMALL],
            "the sweep lab-stances",
            ["found the design lhs with 7 parameters"],
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, str],
    arguments: list[str],
    place: str,
    fragments: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site").mkdir()
    for name, text in files.items():
        (tmp_path / "site" / name).write_text(text)
    given = arguments if "--scenario" in arguments else ["--scenario", "baseline.yaml", *arguments]
    assert main(["site", "site", *given]) == 2
    said = [line.removeprefix("optin: ") for line in capsys.readouterr().err.splitlines()]
    assert_says(said, place, *fragments)
    assert {path.name for path in (tmp_path / "site").iterdir()} == set(files)
