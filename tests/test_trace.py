"""The trace: it adds up, its replays are what they say, and readable transcripts stay as they are."""

import datetime
import shlex
from pathlib import Path

import pytest

from experiments.cli.main import main
from experiments.results.story import story
from experiments.results.story_weeks import TURNS
from experiments.results.trace import Trace, date_of, trace
from experiments.results.trace_data import trace_data
from model.negotiation import Negotiation
from model.rules.opting_in import taste_worth, total_gain
from model.rules.records import Outcome, Word
from model.scenario import SHIPPED, load
from model.turns.drafting import Stall
from model.turns.table import Decision

from .drawn import BASELINE

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
ROOT = Path(__file__).parent.parent


def traced(number: int, *settings: str) -> Trace:
    return trace(load(BASELINE, settings), number, 1)


@pytest.mark.slow
def test_a_traced_run_is_the_run_that_the_table_holds() -> None:
    from experiments.runs.pool import run_many

    table = run_many(load(BASELINE), 8, 1)
    for number in range(8):
        its = traced(number).negotiation
        assert its.measures().outcome == table["outcome"][number]
        assert its.joined() == {name: table[f"joined.{name}"][number] == 1 for name in its.joined()}


def test_a_veto_is_decisive_where_no_draft_was_signed() -> None:
    its = first_dead()
    assert "the veto" in [found.what for found in its.decisive]


def first_dead() -> Trace:
    tried = (traced(number, "levers.drafting_rounds=1") for number in range(50))
    return next(its for its in tried if its.negotiation.outcome is Outcome.NO_ORDER)


def test_without_an_extension_a_slow_benchmark_is_decisive_and_so_is_the_clock() -> None:
    slow = [f"stakeholders.{name}.benchmark_days=90" for name in ("treasury", "nsa", "cisa", "nist")]
    eager = ["levers.drafting_rounds=0", "levers.extension_days=0", "levers.quorum_labs=1", "levers.quorum_share=0.1"]
    eager += ["relations.deadline_rush=0", "relations.agency_sd=0"]
    its = traced(0, *eager, *slow)
    assert its.negotiation.outcome is Outcome.NO_FRAMEWORK
    assert {"the clock", "the benchmark"} <= {found.what for found in its.decisive}


@pytest.mark.slow
def test_a_lab_without_which_there_is_no_quorum_is_decisive_where_it_joined() -> None:
    """All seven are needed: had any one of them been against it from the start, there would be no framework."""
    settings = ["levers.quorum_labs=7", "levers.drafting_rounds=0"]
    tried = (traced(number, *settings) for number in range(30))
    its = next(told for told in tried if told.negotiation.outcome is Outcome.ADOPTED)
    assert {found.what for found in its.decisive} >= set(its.run.case.labs)


def test_every_decisive_change_is_checked_by_an_independent_replay() -> None:
    """The veto again, by a President who cares for nothing but security and heeds nobody, instead of by luck."""
    its = first_dead()
    (veto,) = [found for found in its.decisive if found.what == "the veto"]
    name, president = its.run.case.president
    willing = its.run.case._replace(
        president=(name, president._replace(drag_weight=0.0, temperature=0.01)),
        relations=its.run.case.relations._replace(dissent_weight=0.0),
    )
    again = Negotiation(willing, its.run.luck)
    again.play()
    assert again.outcome is veto.outcome


def test_a_lab_pledges_where_its_taste_lies_below_its_chance_and_at_the_last_call_where_it_gains() -> None:
    for number in range(6):
        its = traced(number)
        for week in its.rounds:
            for decision in week.decisions.values():
                assert (decision.word is Word.PLEDGED) == (decision.taste < decision.chance)
                if decision.held_out == 0.0 and decision.word_before is not Word.PLEDGED:
                    taste = taste_worth(decision.taste, its.run.case.relations)
                    assert (total_gain(decision.gain) + taste > 0.0) == (decision.word is Word.PLEDGED)


@pytest.mark.slow
def test_the_story_tells_stalls_offers_and_words_and_in_full_more() -> None:
    told = [traced(number) for number in range(12)]
    short, full = ("".join(story(its, full=full) for its in told) for full in (False, True))
    verbs = (" pledges: gain", " pledges if enough of the others do: gain", "Stalled by ", "Offer by ", "Courted: ")
    assert all(verb in short for verb in verbs)
    assert "holds out: gain" not in short
    assert all(verb in full for verb in (*verbs, " holds out: gain", " keeps its pledge: gain"))
    assert len(full) > 1.5 * len(short)


def test_every_stall_and_change_of_word_is_told() -> None:
    for number in range(6):
        its = traced(number)
        entries = [entry for week in its.rounds for entry in week.log]
        turned = [entry for entry in entries if isinstance(entry, Decision) and entry.word is not entry.word_before]
        assert story(its).count("Stalled by ") == sum(isinstance(entry, Stall) for entry in entries)
        assert sum(story(its).count(f" {verb}: gain") for verb in set(TURNS.values())) == len(turned)


@pytest.mark.slow
def test_a_lab_that_turns_does_so_by_its_taste_and_its_chance() -> None:
    small_desk = load(SHIPPED / "small-desk.yaml")
    turns = [turn for number in range(30) for turn in trace(small_desk, number, 1).year.turns]
    assert len(turns) > 3
    assert all(turn.is_in == (turn.taste < turn.chance) for turn in turns)


@pytest.mark.slow
def test_what_a_law_changes_is_told_after_the_law() -> None:
    """A year in which every covered release under the law is reviewed for 90 days, and none before."""
    settings = ["climate.mandate_chance=0.99", "climate.mandate_days=90", "relations.forestalling=0"]
    settings += ["climate.law_stage=2", "levers.drafting_rounds=0", "levers.opening.review_days=20"]
    told = [story(traced(number, *settings)).partition("A mandatory law comes") for number in range(15)]
    passed = [(before, after) for before, law, after in told if law]
    assert len(passed) > 3
    for before, after in passed:
        assert "reviewed for 90" not in before
        assert "In the framework" not in after


def test_the_last_lines_name_what_was_decisive() -> None:
    for number in range(5):
        assert story(traced(number)).splitlines()[-1].startswith("Decisive: ")


def test_the_data_of_a_trace_has_the_rounds_of_the_story() -> None:
    its = traced(3)
    data = trace_data(its)
    assert [week["week"] for week in data["rounds"]] == list(range(len(its.rounds)))
    assert story(its).count("\nWeek ") == len(its.rounds)


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_transcript_is_what_the_command_in_its_first_line_prints(
    path: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person reads the diff of a transcript; to renew it, run the command in its first line."""
    monkeypatch.chdir(ROOT)
    first, _, stored = path.read_text(encoding="utf-8").partition("\n")
    _, *words = shlex.split(first.removeprefix("$ "))
    assert main([*words, "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == stored


def test_a_week_beyond_the_calendar_has_no_date_of_its_own() -> None:
    scenario = load(BASELINE)
    late = type(scenario)(**{**vars(scenario), "starts": datetime.date(9999, 12, 30)})
    assert date_of(late, 0) == "9999-12-30"
    assert date_of(late, 1) == "after 9999-12-31"
    assert date_of(scenario, 1) == (scenario.starts + datetime.timedelta(days=7)).isoformat()
