"""A quorum of four, Meta not invited, one page for the boss: what a policy analyst types, and what the page says."""

import functools
import html
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.analysis.drivers import day, shipped_drivers
from experiments.cli.main import main
from experiments.report.limits import IN_BRIEF, LIMITS

OWN = """
extends: baseline.yaml
title: Four labs are enough, without Meta
question: Does a framework come about if four labs are enough and Meta is not invited?
levers:
  quorum_labs: 4
stakeholders:
  meta: null
"""
SET = ("--set", "levers.quorum_labs=4", "--set", "stakeholders.meta=null")
RUNS = ("--runs", "120", "--figures", "none")  # enough to say how far worlds differ
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A folder with a scenario of one's own and its results, beside those of the same settings on the command line."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.yaml").write_text(OWN)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        typed("run", "own.yaml", *RUNS, "--out", "results/own")
        typed("run", "scenarios/baseline.yaml", *SET, *RUNS, "--out", "results/set")
        yield


def typed(*words: str) -> None:
    assert main(list(words)) == 0


@functools.cache
def said(results: str, *words: str) -> str:
    """The page of a report, as HTML."""
    typed("report", results, *words)
    return (Path(results) / "report.html").read_text(encoding="utf-8")


def first_page(code: str) -> str:
    """What is said above the figures."""
    above = code.partition("<body")[2].partition('<section id="figures">')[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", above)).split())


def test_one_page_has_the_answer_its_two_uncertainties_what_drives_it_and_limits() -> None:
    words = ("--title", "Four labs, no Meta?", "--author", "Policy desk", "--note", "A draft.\nFor Monday.")
    code = said("results/own", *words)
    page, made = first_page(code), json.loads(Path("results/own/manifest.json").read_text())
    adopted = json.loads(Path("results/own/summary.json").read_text())["outcomes"]["adopted"]
    mean, low, high = (f"{100 * adopted[end]:.1f}" for end in ("mean", "low", "high"))
    assert "<title>Four labs, no Meta?</title>" in code
    for told in (
        "Four labs, no Meta?",
        f"Policy desk, results of {day(made['written'])}",
        "A draft. For Monday.",
        "Does a framework come about if four labs are enough and Meta is not invited?",
        f"Adopted in {mean}% of 120 runs [95% interval {low} to {high}%].",
        "The interval is sampling error, which more runs narrow.",
        "The spread over worlds, each a value for every unknown, is ignorance, which they do not.",
        *(driver.label for driver in shipped_drivers().strongest),
        *IN_BRIEF,
    ):
        assert told in page


def test_what_drives_another_scenario_is_said_to_be_of_the_baseline() -> None:
    page = first_page(said("results/own"))
    assert shipped_drivers().made() in page
    assert "It is made from baseline, not from own, where other unknowns may matter more." in page
    assert "optin sensitivity own.yaml makes it for own" in page


def test_a_sensitivity_analysis_of_ones_own_takes_its_place() -> None:
    typed("sensitivity", "own.yaml", "--points", "2", "--runs-per-point", "2", "--figures", "none")
    typed("report", "results/own", "results/own-sobol-adopted", "--out", "both.html")
    page = first_page(Path("both.html").read_text(encoding="utf-8"))
    assert "Sensitivity analysis (Sobol) of own, made on " in page
    assert "It is made from" not in page


@pytest.mark.parametrize(("results", "scenario"), [("own", ["own.yaml"]), ("set", ["scenarios/baseline.yaml", *SET])])
def test_the_page_asks_why_a_lab_stays_out_with_the_command_that_tells(results: str, scenario: list[str]) -> None:
    (command,) = re.findall(r"<code>(optin why .*?)</code>", said(f"results/{results}"))
    optin, why, file, option, lab, *rest = shlex.split(html.unescape(command))
    assert (optin, why, option, [file, *rest]) == ("optin", "why", "--lab", scenario)
    labs = json.loads(Path(f"results/{results}/summary.json").read_text())["labs"]
    joined = {name: its["joined_if_adopted"]["mean"] for name, its in labs.items()}
    assert joined[lab] == min(joined.values())
    assert f"Why does {labs[lab]['label']} stay out?" in first_page(said(f"results/{results}"))
    typed(why, file, option, lab, *rest, "--runs", "40", "--figures", "none", "--out", f"results/why-{results}")


def test_a_title_tells_a_changed_scenario_from_the_one_it_was_made_of() -> None:
    assert "<title>Four labs are enough, without Meta</title>" in said("results/own")
    changed = "Baseline, changed: levers.quorum_labs=4, stakeholders.meta=null"
    assert f"<title>{changed}</title>" in said("results/set")


def test_the_same_results_give_the_same_page() -> None:
    typed("report", "results/own", "--out", "again.html")
    assert Path("again.html").read_text(encoding="utf-8") == said("results/own")


@pytest.mark.parametrize("option", ["--title", "--author", "--note"])
def test_words_that_say_nothing_are_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "results/own", option, " "]) == 2
    assert f"argument {option}: found ' '; some text is needed" in capsys.readouterr().err


def test_the_limits_in_brief_have_their_numbers_from_the_limits() -> None:
    for brief, limit in zip(IN_BRIEF, LIMITS, strict=False):
        assert set(re.findall(r"\d+", brief)) <= set(re.findall(r"\d+", limit))
