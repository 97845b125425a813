"""Reports: one file that a browser opens with nothing else, that says what the results say, and only as text."""

import html
import itertools
import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from experiments.analysis.why import plan_why
from experiments.cli.main import main
from experiments.figures.runs import FIGURES
from experiments.figures.style import message_of
from experiments.measures.intervals import Interval
from experiments.plans.design import Plan, cut, plan_of
from experiments.plans.sweepfile import read_sweep
from experiments.publish.findings import MAIN_OF_RUNS, findings
from experiments.report import page as pages
from experiments.report.first_page import Heading
from experiments.report.limits import LIMITS
from experiments.report.page import page, write
from experiments.report.words import Number, estimate
from experiments.results.compare import COMPARED, compare
from experiments.results.sources import Basis, basis, basis_text
from experiments.runs import manifest
from experiments.runs.collect import collect
from experiments.runs.files import write_json
from experiments.runs.play import Rows
from experiments.runs.pool import run_many
from experiments.runs.store import SUMMARY, Store, opened
from model.problems import BadInput
from model.rules.records import ABOUT, About
from model.scenario import SHIPPED, load

from .conftest import ROOT

RUNS = 150
SWEEP = """
title: A shorter clock
question: Does it help?
scenario: june-order.yaml
vary: {levers.deadline_days: [30, 60, 120], relations.bargaining: [compromise, nash]}
runs: 30
measures: [adopted, review_days]
"""
SURE = ("levers.quorum_labs=0", "levers.quorum_share=0")
AT_HAND = tuple(f"stakeholders.{name}.benchmark_days=7" for name in ("treasury", "nsa", "cisa", "nist"))
EVIL = "<script>1</script> \" ' & 框架 إطار"
ODD = f"""
extends: baseline.yaml
title: {json.dumps("title " + EVIL)}
question: {json.dumps("question " + EVIL)}
sources:
  odd: {{title: {json.dumps("source " + EVIL)}, url: "javascript:alert(1)", date: {json.dumps("date " + EVIL)}}}
  tricky: {{title: t, url: "https://example.org/\\"onmouseover=alert(1)//<b>", date: d, note: {json.dumps(EVIL)}}}
levers:
  deadline_days: {{value: 61, source: odd}}
  secrecy: {{value: 0.5, source: tricky}}
  protection: {{value: 0.5, source: {{assumption: {json.dumps("assumption " + EVIL)}}}}}
stakeholders:
  meta: {{label: {json.dumps("label " + EVIL)}}}
"""


def finished(folder: Path, plan: Plan) -> Path:
    """Results of a plan, as `optin run` leaves them but for the figures."""
    store = Store(folder, plan)
    store.begin()
    collect(store, "fast", 2)
    write_json(folder / SUMMARY, findings(store).data)
    return folder


def run(folder: Path, name: str, *settings: str, runs: int = RUNS, seed: int = 1) -> Path:
    return finished(folder, plan_of(load(SHIPPED / f"{name}.yaml", settings), runs, seed))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Finished results by name: four scenarios, a sweep, and a scenario whose every text is an attack."""
    folder = tmp_path_factory.mktemp("results")
    names = ("june-order", "no-protection", "full-protection", "no-industry-aides")
    (folder / "clock.yaml").write_text(SWEEP)
    (folder / "odd.yaml").write_text(ODD, encoding="utf-8")
    return {
        **{name: run(folder / name, name) for name in names},
        "sweep": finished(folder / "sweep", read_sweep(folder / "clock.yaml")),
        "odd": finished(folder / "odd", plan_of(load(folder / "odd.yaml"), 40, 1)),
    }


# ---------------------------------------------------------------- in a browser


class Shown(NamedTuple):
    """A page that a browser has opened, what it asked for, and what it had to say."""

    page: Any
    asked: list[str]
    said: list[str]
    url: str

    def texts(self, selector: str) -> list[str]:
        return [" ".join(text.split()) for text in self.page.locator(selector).all_inner_texts()]


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Shown]]:
    """Write a report of some results and open it."""
    tabs = []

    def shown(*folders: Path, heading: Heading = Heading(), appendix: bool = False) -> Shown:  # noqa: B008
        path, _ = write(folders, tmp_path / "report.html", heading, appendix=appendix)
        tab = browser.new_page()
        tabs.append(tab)
        asked: list[str] = []
        said: list[str] = []
        tab.on("request", lambda its: asked.append(its.url))
        tab.on("pageerror", lambda its: said.append(str(its)))
        tab.on("console", lambda its: said.append(its.text) if its.type in ("error", "warning") else None)
        tab.on("dialog", lambda its: (said.append(f"dialog {its.message}"), its.dismiss()))
        tab.goto(path.as_uri())
        return Shown(tab, asked, said, path.as_uri())

    yield shown
    for tab in tabs:
        tab.close()


def assert_sound(its: Shown, figures: int) -> None:
    """Nothing asked of a network, nothing complained of, every figure drawn, named and in its place."""
    assert [url for url in its.asked if not url.startswith("data:")] == [its.url]
    assert its.said == []
    assert its.page.locator("script").count() == 0
    drawn = its.page.evaluate("[...document.images].map(its => [its.alt.trim().length > 10, its.naturalWidth > 0])")
    assert drawn == [[True, True]] * figures
    levels = its.page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(its => +its.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert its.page.evaluate("document.documentElement.lang") == "en"
    assert its.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
def test_one_result_opens_offline_with_its_headline_first_and_all_its_figures(
    results: dict[str, Path], show: Callable[..., Shown]
) -> None:
    found = findings(opened(results["june-order"]))
    its = show(results["june-order"])
    assert_sound(its, len(found.figures))
    assert its.texts(".headline") == [found.text.partition("\n")[0]]
    adopted, durable = (found.data["outcomes"][name] for name in ("adopted", "durable"))
    review, labs = (found.data["measures"][name] for name in ("review_days", "labs_joined"))
    assert its.texts(".cards .value") == [
        f"{100 * adopted['mean']:.1f}%",
        f"{100 * durable['mean']:.1f}%",
        f"{review['median']:.1f} days",
        f"{labs['mean']:.3g}",
    ]
    more = " ".join(its.texts(".cards .more"))
    for words in (
        f"95% interval {100 * adopted['low']:.1f}% to {100 * adopted['high']:.1f}%",
        f"{review['p5']:.3g} to {review['p95']:.3g}",
        f"95% interval {labs['low']:.3g} to {labs['high']:.3g}",
    ):
        assert words in more
    main, others = MAIN_OF_RUNS, [name for name in found.figures if name not in MAIN_OF_RUNS]
    figures = [found.figures[name]() for name in (*main, *others)]
    captions, titles = (
        [" ".join(text.split()) for text in its.page.locator(selector).all_text_contents()]
        for selector in ("figcaption", "figure .title")
    )
    assert captions == [" ".join(figure.get_supxlabel().split()) for figure in figures]
    assert titles == [" ".join(message_of(figure).split()) for figure in figures]
    assert its.page.locator("#figures figure").count() == len(main)


@pytest.mark.slow
def test_the_appendix_is_folded_on_screen_and_printed_only_where_it_is_asked_for(
    results: dict[str, Path], show: Callable[..., Shown]
) -> None:
    for appendix in (False, True):
        its = show(results["june-order"], appendix=appendix)
        last = its.page.locator(".parameters tr").last
        assert not last.is_visible()
        assert its.page.locator(".parameters tbody tr th[scope=row]").count() == len(
            load(SHIPPED / "june-order.yaml").entries
        )
        its.page.emulate_media(media="print")
        assert last.is_visible() is appendix
        assert its.page.locator("pre").is_visible() is appendix


@pytest.mark.slow
def test_what_is_printed_of_one_scenario_is_short_and_its_first_page_holds_all_above_the_figures(
    results: dict[str, Path], show: Callable[..., Shown]
) -> None:
    note = "A first draft, for the meeting on Monday; what a law would change is not in it yet.\nComments by Friday."
    its = show(results["june-order"], heading=Heading("Protection from holds", "Policy desk", note))
    pages = len(re.findall(rb"/Type\s*/Page\b", its.page.pdf(prefer_css_page_size=True)))
    assert 2 <= pages <= 6
    its.page.emulate_media(media="print")
    width, height = (round((size - 2 * margin) / 25.4 * 96) for size, margin in ((210, 16), (297, 19)))
    its.page.set_viewport_size({"width": width, "height": height})
    summary = its.page.locator("#summary").bounding_box()
    assert summary["y"] + summary["height"] <= height


@pytest.mark.slow
def test_scenarios_side_by_side_show_the_paired_differences_of_the_comparison(
    results: dict[str, Path], show: Callable[..., Shown]
) -> None:
    names = ["june-order", "no-protection", "full-protection"]
    its = show(*(results[name] for name in names))
    assert_sound(its, 1 + 3 * len(FIGURES))
    (first,) = its.texts("header figure .title")
    assert first.startswith("Adoption against june-order: no-protection ")
    assert its.texts(".headline") == [findings(opened(results[name])).text.partition("\n")[0] for name in names]
    assert its.page.locator("header figure").bounding_box()["y"] < its.page.locator("#beside").bounding_box()["y"]
    expected = compare({name: run_many(load(SHIPPED / f"{name}.yaml"), RUNS, 1) for name in names})
    cells = [its.texts(f"#beside table >> nth=0 >> tbody tr >> nth={row} >> td") for row in range(len(COMPARED))]
    for name, both in zip(COMPARED, cells, strict=True):
        for other, cell in zip(names[1:], both, strict=True):
            found = estimate(expected[other][name].difference, ABOUT[name], signed=True)
            assert cell == f"{found.value} [{found.interval}]".removesuffix(" []")
    change = expected["no-protection"]["adopted"].difference
    assert cells[0][0] == f"{100 * change.mean:+.1f} points [{100 * change.low:+.1f} to {100 * change.high:+.1f}]"
    settings = dict(zip(its.texts("#beside table >> nth=2 >> tbody th"), range(9), strict=False))
    row = settings["Protection from ad-hoc holds by joining (0 none .. 1 full)"]
    assert its.texts(f"#beside table >> nth=2 >> tbody tr >> nth={row} >> td")[1:] == ["0", "1"]


@pytest.mark.slow
def test_text_from_scenario_files_is_shown_as_text_and_only_pages_of_the_web_are_links(
    results: dict[str, Path], show: Callable[..., Shown]
) -> None:
    its = show(results["odd"], appendix=True)
    assert_sound(its, len(FIGURES))
    its.page.emulate_media(media="print")
    shown = " ".join(its.page.inner_text("body").split())
    for place in ("title", "question", "source", "date", "assumption", "label"):
        assert f"{place} {EVIL}" in shown
    assert "javascript:alert(1)" in shown
    links = its.page.evaluate("[...document.links].map(its => its.getAttribute('href'))")
    assert all(re.match(r"https?://|#", link) for link in links)
    assert 'https://example.org/"onmouseover=alert(1)//<b>' in links
    assert its.page.evaluate("[...document.querySelectorAll('*')].every(its => !its.onmouseover)")
    assert its.page.title() == f"title {EVIL}"
    assert its.said == []


@pytest.mark.slow
def test_a_sweep_opens_with_where_its_measure_is_least_and_most(
    results: dict[str, Path], show: Callable[..., Shown]
) -> None:
    store = opened(results["sweep"])
    found = findings(store)
    its = show(results["sweep"], appendix=True)
    assert_sound(its, len(found.figures))
    assert its.texts(".headline") == [found.text.partition("\n")[0]]
    means = [point["measures"]["adopted"]["mean"] for point in found.data["points"]]
    assert its.texts(".cards .value") == [f"{100 * min(means):.1f}%", f"{100 * max(means):.1f}%", "6", "180"]
    its.page.emulate_media(media="print")
    varied = its.texts(".parameters tr:has(td:text-is('varied')) td:nth-child(2)")
    assert varied == ["30, 60, 120", "compromise, nash"]


# ---------------------------------------------------------------- as text


def text_of(*folders: Path) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page([opened(folder) for folder in folders])).split())


@pytest.mark.slow
def test_a_page_forbids_everything_but_its_own_styles_and_images(results: dict[str, Path]) -> None:
    html = page([opened(results["june-order"])])
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"" in html


@pytest.mark.slow
def test_the_same_results_give_the_same_file(results: dict[str, Path], tmp_path: Path) -> None:
    one, other = (write([results["sweep"]], tmp_path / name)[0] for name in ("one.html", "other.html"))
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.slow
def test_the_manifest_and_how_to_make_it_again_are_told(results: dict[str, Path]) -> None:
    shown = text_of(results["june-order"])
    manifest = json.loads((results["june-order"] / "manifest.json").read_text())
    for key in ("inputs", "version", "python", "machine", "written"):
        assert manifest[key] in shown
    assert all(f"{name} {version}" in shown for name, version in manifest["libraries"].items())
    assert "To reproduce it" in shown


@pytest.mark.slow
@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"seed": 2}, "their seeds differ (1 in june-order and 2 in no-protection)"),
        ({"runs": 60}, "their numbers of runs differ (150 in june-order and 60 in no-protection)"),
    ],
)
def test_results_of_other_luck_say_why_there_is_no_comparison(
    results: dict[str, Path], tmp_path: Path, other: dict[str, int], reason: str
) -> None:
    shown = text_of(results["june-order"], run(tmp_path, "no-protection", **other))
    assert f"There are no paired differences: {reason}" in shown
    assert "Differences to" not in shown
    assert "Numbers of each scenario" in shown


@pytest.mark.slow
def test_results_of_other_rules_are_not_compared_and_say_so(results: dict[str, Path], tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest, "fingerprint", lambda: "0" * 64)
        old = run(tmp_path / "old", "no-protection")
    shown = text_of(results["june-order"], old)
    assert "no paired differences: no-protection was played with other rules or libraries" in shown
    assert "Played again, the numbers may differ" in shown


@pytest.mark.slow
def test_scenarios_with_other_stakeholders_are_compared_and_who_is_missing_is_named(results: dict[str, Path]) -> None:
    shown = text_of(results["june-order"], results["no-industry-aides"])
    assert "Differences to june-order" in shown
    assert "Pro-industry aides is not part of no-industry-aides." in shown
    assert "It lacks: Pro-industry aides: influence;" in shown


@pytest.mark.slow
def test_a_scenario_with_other_settings_is_told_from_itself(results: dict[str, Path], tmp_path: Path) -> None:
    same = run(tmp_path / "same", "june-order")
    shown = text_of(results["june-order"], same)
    assert "No parameter differs." in shown
    assert f"june-order ({same})" in shown
    assert "All are as in The order of 2 June." in shown
    shown = text_of(results["june-order"], run(tmp_path / "set", "june-order", "levers.quorum_labs=3"))
    assert "june-order with levers.quorum_labs=3" in shown
    assert "1 are set by the scenario or on the command line" in shown


@pytest.mark.slow
def test_a_sweep_beside_a_scenario_has_its_own_part(results: dict[str, Path]) -> None:
    shown = text_of(results["june-order"], results["sweep"])
    assert "The order of 2 June, beside A shorter clock" in shown
    assert "Side by side" not in shown


@pytest.mark.slow
def test_no_adoption_and_certain_adoption_are_told(tmp_path: Path) -> None:
    nobody = text_of(run(tmp_path / "0", "june-order", "levers.quorum_labs=20", runs=30))
    assert "Adopted in 0.0% of 30 runs" in nobody
    assert "no run reaches a framework" in nobody
    certain = plan_of(load(SHIPPED / "june-order.yaml", [*SURE, *AT_HAND]), 7, 1)
    shown = text_of(finished(tmp_path / "1", certain))
    assert "Adopted in 100.0% of 7 runs" in shown


def test_a_single_run_has_no_intervals(tmp_path: Path) -> None:
    assert "no interval: one run, or all are equal" in text_of(run(tmp_path, "june-order", runs=1))


def broken(folder: Path, runs: int, failing: int) -> Path:
    """Results of which the first so many runs have failed."""
    finished(folder, plan_of(load(SHIPPED / "june-order.yaml"), runs, 1))
    store = opened(folder)
    measured = np.column_stack([store[name] for name in store.names])
    measured[:failing] = math.nan
    failed = np.array(["on <purpose>"] * failing + [""] * (runs - failing), dtype=object)
    (part,) = cut([0], 0, runs, 0)
    store.keep(part, Rows(store["point"], store["run"], failed, measured))
    return folder


def test_failed_runs_are_named_with_their_reasons(tmp_path: Path) -> None:
    html = page([opened(broken(tmp_path, 20, 2))])
    assert "2 of 20 runs failed and are left out of every number: on &lt;purpose&gt; (2)." in html


def test_results_of_nothing_but_failures_are_told_too(tmp_path: Path) -> None:
    shown = text_of(broken(tmp_path, 5, 5))
    assert "No run of 5 came to an end" in shown
    assert "No figure: no run came to an end." in shown


def test_notes_on_a_scenario_are_passed_on(tmp_path: Path) -> None:
    shown = text_of(run(tmp_path, "june-order", "levers.quorum_labs=8", runs=10))
    assert "levers.quorum_labs asks for more labs than the 7 at the table" in shown


def test_the_limits_are_those_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (section,) = re.findall(r"## Limits, in plain words\n\n(.*?)\n\n## ", readme, re.DOTALL)
    told = [
        " ".join(item.split()).replace("`", "").replace("*", "") for item in section.removeprefix("- ").split("\n- ")
    ]
    assert told == list(LIMITS)


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("http://example.org", "http://example.org"),
        ("javascript:alert(1)", ""),
        (" javascript:alert(1)//https://example.org", ""),
        ("data:text/html,<script>alert(1)</script>", ""),
        ("https://example.org/\njavascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
    ],
)
def test_only_pages_of_the_web_are_links(tmp_path: Path, url: str, link: str) -> None:
    source = json.dumps({"title": "t", "url": url, "date": "2026-06-01", "note": "n"})
    (tmp_path / "its.yaml").write_text(
        f"extends: baseline.yaml\nquestion: q\nlevers: {{secrecy: {{value: 0.5, source: {source}}}}}\n"
    )
    entry = load(tmp_path / "its.yaml").entries["levers.secrecy"]
    assert basis(entry) == (Basis("t", link, ", 2026-06-01 (n)") if link else Basis(basis_text(entry)))
    assert basis_text(entry) == f"t, 2026-06-01, {url} (n)"


def test_an_estimate_has_its_interval_apart_and_says_whether_it_leaves_out_zero() -> None:
    share, labs = About("Adopted", "share of runs"), About("Labs that joined", "labs")
    nothing = Interval(math.nan, math.nan, math.nan)
    assert estimate(Interval(0.5, 0.25, 1.0), share) == Number("50.0%", "25.0% to 100.0%", True)
    assert estimate(Interval(0.05, 0.02, 0.08), share, signed=True) == Number("+5.0 points", "+2.0 to +8.0", True)
    assert estimate(Interval(-0.5, -1.0, 0.5), labs, signed=True) == Number("-0.50", "-1.00 to +0.50", False)
    assert estimate(Interval(2.0, math.nan, math.nan), labs) == Number("2.00", "", False)
    assert estimate(nothing, labs) == Number("-", "no run has it", False)


# ---------------------------------------------------------------- the command


@pytest.mark.slow
def test_the_command_writes_the_file_and_says_how_large_it_is(
    results: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "protection.html"
    names = ("june-order", "no-protection", "full-protection", "sweep")
    assert main(["report", *(str(results[name]) for name in names), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(out), "bytes": out.stat().st_size}
    assert out.stat().st_size < 1_500_000
    assert [path.name for path in out.parent.iterdir()] == ["protection.html"]


@pytest.mark.slow
def test_without_a_name_the_report_goes_into_the_first_folder(
    results: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(results["sweep"]), str(results["june-order"])]) == 0
    assert capsys.readouterr().out.startswith(f"Report written to {results['sweep'] / 'report.html'} (")


@pytest.mark.slow
def test_what_cannot_be_reported_is_refused_with_exit_code_2(
    results: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, begun = str(results["sweep"]), tmp_path / "begun"
    Store(begun, plan_of(load(SHIPPED / "baseline.yaml"), 10, 1)).begin()
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "manifest.json").write_text('{"written": "2026-07-04"}')
    for arguments, fragment in (
        ([str(tmp_path / "none")], "no such folder"),
        ([good, str(begun)], "is not finished; go on with"),
        ([str(tmp_path / "old")], "holds results of format 0"),
        ([good, good], "is named twice"),
        ([good, "--out", str(tmp_path)], f"{tmp_path}: cannot be written: "),
        ([good, "--out", f"{good}/manifest.json/report.html"], "cannot be written: "),
    ):
        assert main(["report", *arguments]) == 2
        said = capsys.readouterr()
        assert fragment in said.err
        assert said.out == ""


@pytest.mark.slow
def test_more_than_goes_by_mail_is_refused(results: dict[str, Path], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(pages, "MOST_BYTES", 10_000)
    with pytest.raises(BadInput, match="name fewer results"):
        write([results["sweep"]], tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_an_analysis_is_reported_by_its_headline_and_figures(tmp_path: Path) -> None:
    scenario = load(SHIPPED / "june-order.yaml")
    store = Store(tmp_path, plan_why(scenario, "meta", 60, 1))
    store.begin()
    collect(store, "fast", 2)
    write_json(tmp_path / SUMMARY, findings(store).data)
    text = page([store])
    assert findings(store).text.partition("\n")[0].partition(" (")[0] in html.unescape(text)
    assert text.count("<img") == 1
    assert '<ul class="cards">' not in text
