"""The trace: it adds up, its replays are what they say, and readable transcripts stay as they are."""

import datetime
import shlex
from pathlib import Path

import pytest
from experiments.results.moves import moves

from experiments.cli.main import main
from experiments.results.story import story
from experiments.results.trace import Trace, date_of, trace
from experiments.results.trace_data import trace_data
from model.case import runs_of_block
from model.draws import BLOCK
from model.negotiation import Negotiation
from model.rules.opting_in import total_gain
from model.rules.records import Outcome
from model.scenario import load

from .drawn import BASELINE

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
ROOT = Path(__file__).parent.parent


def traced(number: int, *settings: str) -> Trace:
    return trace(load(BASELINE, settings), number, 1)


@pytest.mark.parametrize("number", range(8))
def test_every_move_is_the_sum_of_its_causes(number: int) -> None:
    its = traced(number)
    for week in range(len(its.rounds)):
        for move in moves(its.run, its.rounds, week).values():
            assert move.after - move.before == pytest.approx(sum(move.causes.values()), abs=1e-9)


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
    its = traced(0, *eager, *slow)
    assert its.negotiation.outcome is Outcome.NO_FRAMEWORK
    assert {"the clock", "the benchmark"} <= {found.what for found in its.decisive}


@pytest.mark.slow
def test_the_one_lab_that_was_missing_is_decisive() -> None:
    """All seven are needed, in one week; the one that alone stayed out, asked last, is the one it hung on."""
    settings = ["levers.drafting_rounds=0", "levers.quorum_labs=7", "levers.extension_days=0", "levers.deadline_days=7"]
    settings += [f"stakeholders.{name}=null" for name in ("treasury", "nsa", "cisa", "nist")]
    settings += [f"stakeholders.{name}.attention=1" for name in load(BASELINE).named("lab")]
    for run in runs_of_block(load(BASELINE, settings), 1, 0, range(BLOCK)):
        negotiation = Negotiation(run.case, run.luck)
        negotiation.play()
        missing = [seat.name for seat in negotiation.labs if not seat.is_in]
        if missing == [max(run.case.labs, key=lambda name: run.luck[name, "turn"][0])]:
            found = traced(run.number, *settings).decisive
            assert [its.what for its in found if its.what in run.case.labs] == missing
            return
    pytest.fail("no run with a single holdout that was asked last; the settings need another look")


def test_every_decisive_change_is_checked_by_an_independent_replay() -> None:
    """The veto again, by a President who cares for nothing but security, instead of by luck."""
    its = first_dead()
    (veto,) = [found for found in its.decisive if found.what == "the veto"]
    name, president = its.run.case.president
    willing = its.run.case._replace(president=(name, president._replace(drag_weight=0.0, temperature=0.01)))
    again = Negotiation(willing, its.run.luck)
    again.play()
    assert again.outcome is veto.outcome


def test_each_told_gain_is_the_sum_of_its_parts_and_decides_with_its_luck() -> None:
    its = traced(3)
    for week in its.rounds:
        for decision in week.decisions.values():
            assert decision.is_in == (decision.u < decision.chance)
            assert (total_gain(decision.gain) > 0) == (decision.chance > 0.5)


@pytest.mark.slow
def test_a_told_word_is_kept_withdrawn_or_new() -> None:
    told = "".join(story(traced(number)) for number in range(5))
    assert all(
        f" {verb}: gain" in told for verb in ("pledges", "keeps its pledge", "withdraws its pledge", "stays out")
    )


@pytest.mark.slow
def test_a_lab_that_turns_does_so_by_its_taste_and_its_chance() -> None:
    turns = [turn for number in range(30) for turn in traced(number).year.turns]
    assert len(turns) > 3
    assert all(turn.is_in == (turn.taste < turn.chance) for turn in turns)


@pytest.mark.slow
def test_what_a_law_changes_is_told_after_the_law() -> None:
    """A year in which every covered release under the law is reviewed for 90 days, and none before."""
    settings = ["climate.mandate_chance=0.99", "climate.mandate_days=90", "relations.forestalling=0"]
    for number in range(5):
        before, law, after = story(traced(number, *settings)).partition("A mandatory law comes")
        assert law
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
