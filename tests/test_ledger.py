"""The ledger of forecasts: a later change of any file or entry shows, and is named."""

import hashlib
import itertools
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.validation import ledger, recorded, resolution
from model.problems import BadInput
from model.yamltree import parse, read_text

from .conftest import ROOT

ON_RECORD = ROOT / "experiments" / "forecasts"
FIRST = "2975c2192630d56ad7ff64117cbf3fbb65629662006f86dda2ad20cccd14c195"  # of the first forecast, as it was written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ON_RECORD, tmp_path / "forecasts"))


def test_the_ledger_holds_every_forecast_and_begins_with_the_first() -> None:
    entries = ledger.read_ledger(ON_RECORD)
    assert (entries[0].file, entries[0].sha256) == ("2026-07-05.json", FIRST)
    assert {path.name for path in ON_RECORD.glob("*.json")} <= {entry.file for entry in entries}
    assert (ON_RECORD / ledger.LEDGER).read_text(encoding="utf-8") == ledger.ledger_text(entries)


def test_an_entry_hashes_four_lines_as_any_tool_does() -> None:
    """As `printf '%s\\n' BEFORE FILE SHA256 WRITTEN | sha256sum` does."""
    lines = f"{'0' * 64}\n2026-07-05.json\n{FIRST}\n2026-11-24\n"
    second = ledger.read_ledger(ON_RECORD)[1]
    assert second.before == hashlib.sha256(lines.encode()).hexdigest()


def digits(text: str) -> Iterator[int]:
    """Where the digits of a text stand, but for those in comments."""
    for line in re.finditer(r"^(?!#).*$", text, re.MULTILINE):
        yield from (line.start() + found.start() for found in re.finditer(r"\d", line[0]))


def test_a_changed_digit_anywhere_in_the_ledger_is_found(folder: Path) -> None:
    path = folder / ledger.LEDGER
    text = path.read_text(encoding="utf-8")
    for place in digits(text):
        path.write_text(text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :], encoding="utf-8")
        with pytest.raises(BadInput, match=r"ledger\.yaml|is missing"):
            ledger.read_ledger(folder)


def test_a_changed_digit_in_a_file_on_record_is_found_and_named(folder: Path) -> None:
    for entry in ledger.read_ledger(folder):
        path = folder / entry.file
        sound = path.read_bytes()
        place = next(re.finditer(rb"\d", sound[len(sound) // 2 :])).start() + len(sound) // 2
        digit = b"%d" % ((int(sound[place : place + 1]) + 1) % 10)
        path.write_bytes(sound[:place] + digit + sound[place + 1 :])
        with pytest.raises(BadInput, match="has changed since it was recorded") as found:
            ledger.read_ledger(folder)
        assert [problem.mark.file for problem in found.value.problems] == [str(path)]
        path.write_bytes(sound)


def test_an_entry_that_is_taken_out_breaks_the_chain_where_it_stood(folder: Path) -> None:
    entries = ledger.read_ledger(folder)
    without = ledger.ledger_text([entries[0], *entries[2:]]) if len(entries) > 2 else ledger.ledger_text(entries[1:])
    (folder / ledger.LEDGER).write_text(without, encoding="utf-8")
    with pytest.raises(BadInput, match="the chain is broken"):
        ledger.read_ledger(folder)


def test_a_file_that_is_gone_is_named(folder: Path) -> None:
    (folder / "2026-07-05.json").unlink()
    with pytest.raises(BadInput, match=r"2026-07-05\.json: is on record in ledger\.yaml and is missing"):
        ledger.read_ledger(folder)


def test_a_new_entry_changes_none_before_it() -> None:
    before = ledger.read_ledger(ON_RECORD)
    after = ledger.extended(before, "next.json", b"{}", "2026-12-01")
    assert after[:-1] == before
    assert after[-1].before == before[-1].hash
    assert after[-1].sha256 == hashlib.sha256(b"{}").hexdigest()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("entries: []\nhead: '" + "0" * 64 + "'", "found a list of 0 for entries"),
        ("entries:\n  - {file: a.json}\nhead: '" + "0" * 64 + "'", "2:5: found no 'sha256', 'written', 'before'"),
        ("entries:\n  - {file: ../a.json, sha256: x, written: y, before: z}\nhead: x", "the name of a file beside"),
        ("head: 1", "1:1: found no 'entries'"),
    ],
)
def test_a_faulty_ledger_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / ledger.LEDGER).write_text(text + "\n", encoding="utf-8")
    with pytest.raises(BadInput) as found:
        ledger.read_ledger(tmp_path)
    assert "ledger.yaml:" in str(found.value)
    assert says in str(found.value)


# ---------------------------------------------------------------- rules and yardsticks


def test_every_question_on_record_has_a_rule_sources_a_day_and_yardsticks_that_are_distributions() -> None:
    for path in ON_RECORD.glob("*.json"):
        forecast = recorded.read_recorded(path)
        assert set(forecast.questions) == set(forecast.data["questions"])
        for asked in forecast.questions.values():
            assert {"even odds", "status quo"} <= asked.chances.keys()
            for chances in asked.chances.values():
                assert (chances > 0).all()
                assert chances.sum() == pytest.approx(1.0, abs=1e-3)


def test_rules_are_of_the_questions_that_are_asked_and_use_nothing_later_than_the_evidence() -> None:
    text = read_text(resolution.FILE, "resolution.yaml")
    rules = parse(text, "resolution.yaml").plain()["questions"]
    first = recorded.read_recorded(ON_RECORD / "2026-07-05.json")
    assert first.questions.keys() <= rules.keys()
    assert len(rules) - len(first.questions) >= 10
    assert len({rule["cluster"] for rule in rules.values()}) >= 8
    assert all("2026-07-05" < rule["by"] <= "2027-06-30" for rule in rules.values())


def test_yardsticks_are_those_worked_out_by_hand() -> None:
    """Misread with 5%: .95 p + .05 (1 - p) of two options, .95 p + .05 (1 - p) / 3 of four."""
    yardsticks = resolution.resolution("a_mandate_by_2027-06-30", ("yes", "no"))["yardsticks"]
    assert yardsticks["even odds"]["chances"] == {"yes": 0.5, "no": 0.5}
    assert yardsticks["status quo"]["chances"] == {"yes": 0.05, "no": 0.95}
    assert yardsticks["base rate"]["chances"]["yes"] == pytest.approx(0.95 * 0.12 + 0.05 * 0.88)
    holds = resolution.resolution("holds_by_2027-06-30", ("0", "1_to_2", "3_to_5", "6_or_more"))["yardsticks"]
    assert holds["status quo"]["chances"]["0"] == 0.95
    assert holds["base rate"]["chances"]["3_to_5"] == pytest.approx(0.95 * 0.221 + 0.05 * 0.779 / 3, abs=5e-5)


def test_counted_base_rates_are_poisson() -> None:
    from scipy.stats import poisson

    rules = parse(read_text(resolution.FILE, "resolution.yaml"), "resolution.yaml").plain()["questions"]
    holds, releases = (rules[f"{name}_by_2027-06-30"]["base_rate"] for name in ("holds", "flagship_releases"))
    for rate, mean, tops in ((holds, 2 / 96 * 360, (0, 2, 5)), (releases, 25.5 * 360 / 365, (19, 24, 29))):
        ends = [0.0, *poisson.cdf(tops, mean), 1.0]
        counted = [chance for name, chance in rate.items() if name != "because"]
        assert counted == pytest.approx([b - a for a, b in itertools.pairwise(ends)], abs=1e-3)
    assert rules["an_incident_by_2027-06-30"]["base_rate"]["yes"] == pytest.approx(1 - poisson.pmf(0, 1), abs=5e-3)
