"""What cannot be used is refused with its place, what was found and what is allowed; nothing else ever happens."""

import json
import os
import signal
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.problems import BadInput
from model.scenario import SHIPPED, load

from .drawn import ROOT

HEAD = "extends: baseline.yaml\nquestion: What if?\n"  # so the body of a case begins in line 3
BASELINE = (SHIPPED / "baseline.yaml").read_text(encoding="utf-8")
SECONDS = 30  # far more than any case needs, also on a busy machine


class TooSlowError(BaseException):
    """Reading took too long; no `except` in the code under test can swallow it."""


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Stop what hangs, even where it waits in a system call."""

    def stop(*_: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def refusals(path: Path, *changes: str) -> list[str]:
    """Every problem that is reported for a file, with paths as seen from its folder."""
    with within(SECONDS), pytest.raises(BadInput) as caught:
        load(path, changes)
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return [str(problem).replace(f"{path.parent}/", "") for problem in caught.value.problems]


def refusals_of(folder: Path, text: str | bytes, *changes: str) -> list[str]:
    """Every problem that is reported for a file of this text, called ``case.yaml``."""
    path = folder / "case.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return refusals(path, *changes)


def assert_says(said: list[str], place: str, *fragments: str) -> None:
    """One problem, at the place, with all the fragments, on one line."""
    assert len(said) == 1, said
    assert said[0].startswith(f"{place}: "), said
    assert "\n" not in said[0]
    for fragment in fragments:
        assert fragment in said[0]


def drawn(distribution: str) -> str:
    """A body with a distribution of a share (0..1); what is inside its braces starts at 6:20."""
    return f"levers:\n  protection:\n    source: {{assumption: why}}\n    distribution: {{{distribution}}}\n"


# ---------------------------------------------------------------- files


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refusals(tmp_path / "missing.yaml") == ["missing.yaml: no such file"]


def test_a_directory_is_no_scenario(tmp_path: Path) -> None:
    folder = tmp_path / "folder.yaml"
    folder.mkdir()
    assert refusals(folder) == ["folder.yaml: is a directory; a YAML file is needed"]


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert_says(refusals(tmp_path / "pipe.yaml"), "pipe.yaml", "not an ordinary file")


def test_a_device_is_refused() -> None:
    assert_says(refusals(Path("/dev/zero")), "zero", "not an ordinary file")


def test_a_file_of_100_megabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    big = tmp_path / "big.yaml"
    big.touch()
    os.truncate(big, 100_000_000)  # sparse
    tracemalloc.start()
    said = refusals(big)
    _, most_memory = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert_says(said, "big.yaml", "100,000,000 bytes", "at most 1,000,000")
    assert most_memory < 10_000_000


def test_a_name_that_the_system_cannot_hold_is_refused(tmp_path: Path) -> None:
    assert_says(refusals(tmp_path / ("a" * 300)), "a" * 300, "cannot be read", "too long")


def test_a_name_with_a_nul_byte_is_refused(tmp_path: Path) -> None:
    assert_says(refusals(tmp_path / "a\0b"), "a\0b", "cannot be read", "null byte")


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    assert_says(refusals(tmp_path / "loop.yaml"), "loop.yaml", "cannot be read", "symbolic links")


@pytest.mark.parametrize(
    ("raw", "place", "fragments"),
    [
        (b"title: a\nx: \0\n", "case.yaml:2:4", [r"'\x00'", "plain text"]),
        (b"title: caf\xc3\xa9 \x01\n", "case.yaml:1:13", [r"'\x01'", "plain text"]),
        (b"title: \xff\xfe\n", "case.yaml", ["not UTF-8 text (byte 7)"]),
        ("title: Québec\n".encode("latin-1"), "case.yaml", ["not UTF-8 text (byte 9)"]),
        ("title: a\n".encode("utf-16"), "case.yaml", ["not UTF-8 text (byte 0)"]),
        ("title: a\n".encode("utf-16-be"), "case.yaml:1:1", [r"'\x00'", "plain text"]),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "case.yaml", ["not UTF-8 text (byte 0)"]),
    ],
)
def test_bytes_that_are_no_plain_text_are_refused(tmp_path: Path, raw: bytes, place: str, fragments: list[str]) -> None:
    assert_says(refusals_of(tmp_path, raw), place, *fragments)


# ---------------------------------------------------------------- YAML


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("", "1:1", "nothing"),
        ("# only a remark\n", "1:1", "nothing"),
        ("- a\n- b\n", "1:1", "a list of 2"),
        ("\n  word\n", "2:3", "'word'"),
        ("~\n", "1:1", "nothing (null)"),
    ],
)
def test_a_file_is_a_mapping(tmp_path: Path, text: str, place: str, found: str) -> None:
    assert refusals_of(tmp_path, text) == [f"case.yaml:{place}: found {found}; a mapping of names to values is needed"]


@pytest.mark.parametrize(
    ("body", "place", "fragments"),
    [
        ("levers: [1, 2\n", "4:1", ["expected ',' or ']'", "begun in line 3"]),
        ("levers: {secrecy: 1\ntitle: a\n", "4:6", ["expected ',' or '}'", "begun in line 3"]),
        ("levers:\n  secrecy: 1\n   protection: 1\n", "5:14", ["not valid YAML"]),
        ("levers:\n    secrecy: 1\n  protection: 1\n", "5:3", ["not valid YAML"]),
        ("levers:\n\tsecrecy: 1\n", "4:1", ["not valid YAML", "cannot start any token"]),
        ('title: "a\n', "4:1", ["not valid YAML", "quoted scalar begun in line 3"]),
        ("title: a: b\n", "3:9", ["not valid YAML"]),
        ("title: %a\n", "3:8", ["not valid YAML"]),
        ("? [a]\n: 1\n", "3:3", ["collection as a key"]),
    ],
)
def test_broken_yaml_is_refused_where_it_breaks(tmp_path: Path, body: str, place: str, fragments: list[str]) -> None:
    assert_says(refusals_of(tmp_path, HEAD + body), f"case.yaml:{place}", *fragments)


@pytest.mark.parametrize(
    ("body", "place", "fragment"),
    [
        ("levers: {secrecy: &s 1}\n", "3:19", "anchor or alias 's'"),
        ("levers: {secrecy: *s}\n", "3:19", "anchor or alias 's'"),
        ("levers:\n  <<: *defaults\n", "4:7", "anchor or alias 'defaults'"),
        ("title: !!str 5\n", "3:8", "the tag 'tag:yaml.org,2002:str'"),
        ("title: ! a\n", "3:8", "the tag '!'"),
        ("!!python/name:os.system : 1\n", "3:1", "the tag 'tag:yaml.org,2002:python/name:os.system'"),
        ("---\ntitle: a\n", "3:1", "second document"),
        ("...\n---\ntitle: a\n", "4:1", "second document"),
    ],
)
def test_anchors_tags_and_further_documents_are_refused(tmp_path: Path, body: str, place: str, fragment: str) -> None:
    assert_says(
        refusals_of(tmp_path, HEAD + body), f"case.yaml:{place}", f"found {'a ' * ('doc' in fragment)}", fragment
    )


def test_a_merge_key_is_an_unknown_key(tmp_path: Path) -> None:
    said = refusals_of(tmp_path, HEAD + "levers: {<<: {secrecy: 1}}\n")
    assert_says(said, "case.yaml:3:10", "unknown key '<<'")


def test_a_billion_laughs_stop_at_the_first(tmp_path: Path) -> None:
    lines = ["a0: &a0 [ha, ha]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]
    assert_says(refusals_of(tmp_path, "\n".join(lines)), "case.yaml:1:5", "anchor or alias 'a0'", "not allowed")


@pytest.mark.parametrize(
    "text",
    [
        "extends: !!python/object/apply:os.system ['{}']\nquestion: a\n",
        HEAD + "title: !!python/object/apply:os.system ['{}']\n",
        HEAD + "title: !!python/object/new:os.system ['{}']\n",
        HEAD + "? !!python/object/apply:os.system ['{}']\n: 1\n",
        "%TAG ! tag:yaml.org,2002:python/object/apply:\n---\nquestion: !os.system ['{}']\n",
    ],
)
def test_nothing_in_a_file_is_executed(tmp_path: Path, text: str) -> None:
    trace = tmp_path / "trace"
    said = refusals_of(tmp_path, text.format(f"touch {trace}"))
    assert "tags are not allowed" in said[0]
    assert not trace.exists()


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_nesting_is_refused_at_the_21st_level(tmp_path: Path, opening: str) -> None:
    (said,) = refusals_of(tmp_path, opening * 200_000)
    assert said == f"case.yaml:1:{20 * len(opening) + 1}: nested deeper than 20 levels"


@pytest.mark.parametrize(
    ("body", "place", "fragment"),
    [
        ("levers: {secrecy: " + "9" * 500_000 + "}\n", "3:19", "a number from 0 to 1"),
        ("levers: {secrecy: 0." + "0" * 400_000 + "x}\n", "3:19", "a number from 0 to 1"),
        ("levers: {secrecy: 1e" + "9" * 400_000 + "}\n", "3:19", "a number from 0 to 1"),
        ("? " + "a" * 500_000 + "\n: 1\n", "3:3", "unknown key"),
        ("title: &" + "a" * 500_000 + " 1\n", "3:8", "anchor"),
        ("levers: {secrecy: {value: 1, source: " + "a" * 500_000 + "}}\n", "3:38", "which `sources` lacks"),
    ],
)
def test_what_is_very_long_is_refused_briefly(tmp_path: Path, body: str, place: str, fragment: str) -> None:
    said = refusals_of(tmp_path, HEAD + body)
    assert_says(said, f"case.yaml:{place}", fragment)
    assert len(said[0]) < 1000
    assert "; write it" not in said[0]  # no advice on how to write what cannot be written


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"k{n}: 1\n" for n in range(80_000)),
        "stakeholders:\n" + "".join(f"  k{n}: {{kind: lab}}\n" for n in range(40_000)),
        drawn("choice: {values: [" + "9, " * 100_000 + "1], weights: [" + "0, " * 100_000 + "1]}"),
    ],
    ids=["keys", "stakeholders", "values"],
)
def test_what_has_very_many_parts_is_refused_before_they_are_looked_at(tmp_path: Path, body: str) -> None:
    said = refusals_of(tmp_path, HEAD + body)
    assert len(said) == 1
    assert "found more than 10,000 keys and values" in said[0]


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("body", "place", "fragments"),
    [
        ("lever: {}\n", "3:1", ["'lever'", "did you mean 'levers'?", "known here: climate, extends, levers, question"]),
        ("levers:\n  quorum_lab: 4\n", "4:3", ["'quorum_lab'", "did you mean 'quorum_labs'?", "secrecy"]),
        ("stakeholders: {openai: {stanc: 0}}\n", "3:25", ["'stanc'", "did you mean 'stance'?", "attention"]),
        (
            "stakeholders: {openai: {ideal: {review_day: 9}}}\n",
            "3:33",
            ["'review_day'", "did you mean 'review_days'?", "known here: covered_share, disclosure, review_days"],
        ),
        ("traits: {}\n", "3:1", ["'traits'"]),
        ("5: 6\n", "3:1", ["'5'"]),
        ('"": 6\n', "3:1", ["''"]),
    ],
)
def test_an_unknown_key_is_named_with_the_known_ones(
    tmp_path: Path, body: str, place: str, fragments: list[str]
) -> None:
    assert_says(refusals_of(tmp_path, HEAD + body), f"case.yaml:{place}", "found the unknown key ", *fragments)


def test_a_key_that_resembles_nothing_gets_no_suggestion(tmp_path: Path) -> None:
    (said,) = refusals_of(tmp_path, HEAD + "zzz: 1\n")
    assert "did you mean" not in said


def test_a_key_that_stands_twice_is_named_with_the_line_of_the_first(tmp_path: Path) -> None:
    said = refusals_of(tmp_path, HEAD + "levers:\n  secrecy: 1\n  protection: 0\n  secrecy: 0\n")
    assert said == ["case.yaml:6:3: found the key 'secrecy' again; it stands already in line 4"]


@pytest.mark.parametrize("name", ["OpenAI", "a.b", "5th", '"ab\\n"', "_a", "é"])
def test_a_new_stakeholder_has_a_plain_name(tmp_path: Path, name: str) -> None:
    said = refusals_of(tmp_path, f"{HEAD}stakeholders:\n  {name}: {{kind: agency, label: A, benchmark_days: 30}}\n")
    assert_says(said, "case.yaml:4:3", "found the name ", "a name of small letters, digits and _")


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("said", "fragments"),
    [
        ("yes", ["found 'yes'", "yes and no are words here"]),
        ("Off", ["found 'Off'", "yes and no are words here"]),
        ("true", ["found true"]),
        ("1e3", ["found '1e3'", "write it as a plain number, as 1000"]),
        ("1.2.3e5", ["found '1.2.3e5'"]),
        ("1e400", ["found '1e400'"]),
        (".nan", ["found '.nan'", "must be finite"]),
        ("-.Inf", ["found '-.Inf'", "must be finite"]),
        ("012", ["found '012'", "without the leading zero"]),
        ("0x1F", ["found '0x1F'"]),
        ("1_000", ["found '1_000'"]),
        ("12:30:00", ["found '12:30:00'"]),
        ("2026-05-18", ["found '2026-05-18'"]),
        ('"5"', ["found '5'", "write it without quotes"]),
        ("0.99", ["found 0.99"]),
        ("120.5", ["found 120.5"]),
        ("-30", ["found -30"]),
        ("9" * 40, ["found " + "9" * 40]),
        ("[30]", ["found a list of 1"]),
        ("30 days", ["found '30 days'"]),
        ("|\n      30", ["found '30\\n'"]),
    ],
)
def test_only_a_plain_number_in_range_is_a_number(tmp_path: Path, said: str, fragments: list[str]) -> None:
    body = f"levers:\n  opening:\n    review_days: {said}\n"
    allowed = "allowed: a number from 1 to 120 (Review in the opening draft (days))"
    expected = [*fragments, "for levers.opening.review_days", allowed]
    assert_says(refusals_of(tmp_path, HEAD + body), "case.yaml:5:18", *expected)


@pytest.mark.parametrize("said", ["", "~", "null"])
def test_nothing_is_no_number(tmp_path: Path, said: str) -> None:
    (problem,) = refusals_of(tmp_path, f"{HEAD}levers:\n  secrecy: {said}\n")
    assert problem.startswith("case.yaml:4:1")
    assert "found nothing (null) for levers.secrecy; allowed: a number from 0 to 1" in problem


@pytest.mark.parametrize("said", ["4.5", "-1", "21", '"4"', "four"])
def test_labs_are_counted_in_whole_numbers(tmp_path: Path, said: str) -> None:
    problems = refusals_of(tmp_path, f"{HEAD}levers: {{quorum_labs: {said}}}\n")
    assert_says(
        problems, "case.yaml:3:23", "for levers.quorum_labs", "a whole number from 0 to 20 (Labs needed (labs))"
    )


@pytest.mark.parametrize("said", ["fairness", "COMPROMISE", "nashh", "0", "true", "[nash]"])
def test_a_rule_is_one_of_the_known_words(tmp_path: Path, said: str) -> None:
    problems = refusals_of(tmp_path, f"{HEAD}levers: {{draft_rule: {said}}}\n")
    assert_says(problems, "case.yaml:3:22", "for levers.draft_rule", "allowed: compromise, median, nash")


@pytest.mark.parametrize(
    ("body", "place", "fragments"),
    [
        ("title: 5\n", "3:8", ["found 5 for title", "in quotes where it looks like a number"]),
        ('title: ""\n', "3:8", ["found '' for title", "not empty"]),
        ("starts: tomorrow\n", "3:9", ["found 'tomorrow' for starts", "as 2026-05-18"]),
        ("starts: 2026-02-30\n", "3:9", ["found '2026-02-30' for starts", "day is out of range"]),
        ("starts: 20260518\n", "3:9", ["found 20260518 for starts", "as 2026-05-18"]),
        ("levers: 5\n", "3:9", ["found 5 for levers", "a mapping with keys among opening, drafting_rounds"]),
        ("levers:\n  opening: 90\n", "4:12", ["found 90 for levers.opening", "review_days, covered_share, disclosure"]),
        (
            "stakeholders: [openai]\n",
            "3:15",
            ["found a list of 1 for stakeholders", "a mapping with keys among president"],
        ),
    ],
)
def test_other_values_of_the_wrong_kind_are_refused(
    tmp_path: Path, body: str, place: str, fragments: list[str]
) -> None:
    assert_says(refusals_of(tmp_path, HEAD + body), f"case.yaml:{place}", *fragments)


# ---------------------------------------------------------------- distributions


@pytest.mark.parametrize(
    ("distribution", "column", "fragments"),
    [
        ("uniform: {low: 0.5, high: 0.2}", 20, ["uniform with low 0.5, high 0.2", "low < high is needed"]),
        ("uniform: {low: 0.5, high: 0.5}", 20, ["uniform with low 0.5, high 0.5", "low < high is needed"]),
        ("triangular: {low: 0.2, mode: 0.1, high: 1}", 20, ["mode 0.1", "low <= mode <= high"]),
        ("normal: {mean: 0.9, sd: 1, low: 0, high: 0.8}", 20, ["mean 0.9", "low <= mean <= high"]),
        ("beta: {a: 1, b: 1, low: 1, high: 0}", 20, ["low 1, high 0", "low < high is needed"]),
        ("uniform: {low: -1, high: 1}", 35, ["found -1 for ", "distribution.uniform.low", "a number from 0 to 1"]),
        ("triangular: {low: 0, mode: 1, high: 1.5}", 56, ["found 1.5 for ", "a number from 0 to 1"]),
        ("normal: {mean: 0.5, sd: 0, low: 0, high: 1}", 44, ["found 0 for ", "greater than 0 and at most 1,000,000"]),
        ("beta: {a: 2, b: 1000001, low: 0, high: 1}", 36, ["found 1000001 for ", "at most 1,000,000"]),
        (
            "gaussian: {low: 0, high: 1}",
            20,
            ["unknown key 'gaussian'", "beta, choice, draws, normal, triangular, uniform"],
        ),
        ("unifrom: {low: 0, high: 1}", 20, ["did you mean 'uniform'?"]),
        ("uniform: {low: 0}", 20, ["found no 'high' in levers.protection.distribution.uniform", "(found: low)"]),
        ("uniform: {low: 0, high: 1, mode: 1}", 47, ["unknown key 'mode'", "known here: high, low"]),
        ("uniform: [0, 1]", 29, ["found a list of 2 for ", "a mapping with keys among low, high"]),
        ("choice: {values: [0, 1, 1], weights: [1, 1]}", 20, ["3 values and 2 weights", "as many weights as values"]),
        ("choice: {values: [0, 2], weights: [1, 1]}", 41, ["found 2 for ", "choice.values.1", "a number from 0 to 1"]),
        ("choice: {values: [0, 1], weights: [1, 0]}", 58, ["found 0 for ", "choice.weights.1", "greater than 0"]),
    ],
)
def test_a_faulty_distribution_is_refused(tmp_path: Path, distribution: str, column: int, fragments: list[str]) -> None:
    assert_says(refusals_of(tmp_path, HEAD + drawn(distribution)), f"case.yaml:6:{column}", *fragments)


@pytest.mark.parametrize(
    ("distribution", "found"),
    [("", "nothing"), ("uniform: {low: 0, high: 1}, beta: {a: 1, b: 1, low: 0, high: 1}", "uniform, beta")],
)
def test_a_distribution_has_one_form(tmp_path: Path, distribution: str, found: str) -> None:
    said = refusals_of(tmp_path, HEAD + drawn(distribution))
    forms = "beta, choice, draws, normal, triangular, uniform"
    assert said == [f"case.yaml:6:5: found {found} in levers.protection.distribution; needed: one of {forms}"]


def test_unequal_numbers_of_draws_are_refused(tmp_path: Path) -> None:
    body = "relations:\n" + "".join(
        f"  {name}: {{distribution: {{draws: {{values: {values}}}}}, source: {{assumption: why}}}}\n"
        for name, values in {"peer_weight": [0.1, 0.2], "rivalry": [0.1, 0.2, 0.3]}.items()
    )
    said = refusals_of(tmp_path, HEAD + body)
    assert_says(said, "case.yaml:5:3", "found 3 draws", "relations.peer_weight has 2", "the same one of each")


def test_whole_numbers_can_only_be_chosen_among(tmp_path: Path) -> None:
    body = "levers:\n  quorum_labs:\n    distribution: {uniform: {low: 3, high: 6}}\n    source: {assumption: why}\n"
    assert_says(refusals_of(tmp_path, HEAD + body), "case.yaml:5:20", "unknown key 'uniform'", "known here: choice")


def test_words_are_chosen_among_the_known_ones(tmp_path: Path) -> None:
    body = "levers:\n  draft_rule:\n    distribution: {choice: {values: [nash, mean], weights: [1, 1]}}\n"
    said = refusals_of(tmp_path, HEAD + body + "    source: {assumption: why}\n")
    assert_says(said, "case.yaml:5:44", "found 'mean'", "compromise, median, nash")


def test_a_value_beside_a_distribution_is_refused(tmp_path: Path) -> None:
    body = drawn("uniform: {low: 0, high: 1}") + "    value: 1\n"
    found = "found source, distribution, value in levers.protection"
    assert_says(refusals_of(tmp_path, HEAD + body), "case.yaml:4:3", found, "exactly one of value and distribution")


# ---------------------------------------------------------------- sources


@pytest.mark.parametrize(
    ("source", "column", "fragments"),
    [
        ("may_draf", 13, ["found the source 'may_draf', which `sources` lacks", "did you mean 'may_draft'?"]),
        ("zzz", 13, ["found the source 'zzz', which `sources` lacks", "known: anthropic_framework, cadence"]),
        ("5", 13, ["found 5 for levers.protection.source", "the name of a source, or a mapping"]),
        ("~", 13, ["found nothing (null) for levers.protection.source"]),
        ("{}", 5, ["found nothing in levers.protection.source", "title, url and date"]),
        ("{title: a}", 5, ["found title in levers.protection.source", "title, url and date", "or assumption"]),
        ("{assumption: a, title: b, url: c, date: d}", 5, ["found assumption, title, url, date", "or assumption"]),
        ('{assumption: ""}', 26, ["found '' for levers.protection.source.assumption", "not empty"]),
        ("{title: a, url: b, date: 2026}", 38, ["found 2026 for levers.protection.source.date", "in quotes"]),
    ],
)
def test_a_source_is_a_known_name_or_says_where_a_value_comes_from(
    tmp_path: Path, source: str, column: int, fragments: list[str]
) -> None:
    body = f"levers:\n  protection:\n    value: 1\n    source: {source}\n"
    assert_says(refusals_of(tmp_path, HEAD + body), f"case.yaml:6:{column}", *fragments)


def test_a_mapping_without_a_source_is_refused(tmp_path: Path) -> None:
    said = refusals_of(tmp_path, HEAD + "levers: {protection: {value: 1}}\n")
    assert said == ["case.yaml:3:10: found no 'source' in levers.protection; required (found: value)"]


@pytest.mark.parametrize(("said", "found"), [("5", "5"), ("~", "nothing (null)"), ("a", "'a'"), ("[a]", "a list of 1")])
def test_an_entry_of_sources_is_a_mapping(tmp_path: Path, said: str, found: str) -> None:
    expected = [f"found {found} for sources.mine", "title, url and date (with or without a note), or assumption"]
    assert_says(refusals_of(tmp_path, f"{HEAD}sources: {{mine: {said}}}\n"), "case.yaml:3:17", *expected)


# ---------------------------------------------------------------- extends


def test_a_file_without_extends_is_told_to_name_a_scenario(tmp_path: Path) -> None:
    said = refusals_of(tmp_path, "question: What if?\nlevers: {secrecy: 1}\n")
    assert_says(said, "case.yaml:1:1", "found no 'extends'", "extends: baseline.yaml")


def test_a_file_without_a_question_is_refused(tmp_path: Path) -> None:
    said = refusals_of(tmp_path, "extends: baseline.yaml\n")
    assert said == ["case.yaml:1:1: found no 'question' in the file; required (found: extends)"]


def test_a_file_that_extends_itself_is_refused(tmp_path: Path) -> None:
    said = refusals_of(tmp_path, "question: a\nextends: case.yaml\n")
    assert_says(said, "case.yaml:2:10", "a loop of extends: case.yaml -> case.yaml; a file")


def test_two_files_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("title: a\nquestion: a\nextends: case.yaml\n")
    said = refusals_of(tmp_path, "extends: other.yaml\nquestion: a\n")
    assert_says(said, "other.yaml:3:10", "a loop of extends: case.yaml -> other.yaml -> case.yaml; a file")


@pytest.mark.parametrize(
    ("name", "fragments"),
    [
        ("missing.yaml", ["missing.yaml: no such file"]),
        ("baseline", ["baseline: no such file"]),
        ("deeper/baseline.yaml", ["deeper/baseline.yaml: no such file"]),
        (".", ["is a directory"]),
        ("../case.yaml", ["found extends: '../case.yaml', which lies outside"]),
        ("deeper/../../case.yaml", ["which lies outside"]),
        ("/etc/passwd", ["found extends: '/etc/passwd', which lies outside"]),
        (str(SHIPPED / "baseline.yaml"), ["which lies outside"]),
        ("a" * 300, ["File name too long"]),
        ('""', ["found ''; extends takes the name of a file"]),
        ('"a\\0b"', ["found the control character"]),
        ('"baseline.yaml\\n"', ["extends takes the name of a file"]),
        ("~", ["found nothing (null); extends takes the name of a file"]),
        ("[baseline.yaml]", ["found a list of 1; extends takes the name of a file"]),
        ("5", ["found 5; extends takes the name of a file"]),
    ],
)
def test_what_cannot_be_extended_is_refused_where_it_is_asked_for(
    tmp_path: Path, name: str, fragments: list[str]
) -> None:
    assert_says(refusals_of(tmp_path, f"question: a\nextends: {name}\n"), "case.yaml:2:10", *fragments)


@pytest.mark.parametrize("name", ["link.yaml", "folder/secret.yaml"])
def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.yaml").write_text("secret\n")
    (inside / "link.yaml").symlink_to(outside / "secret.yaml")
    (inside / "folder").symlink_to(outside)
    said = refusals_of(inside, f"question: a\nextends: {name}\n")
    assert_says(said, "case.yaml:2:10", "which lies outside", "a file in that folder is allowed")
    assert "secret\n" not in said[0]


def test_a_looping_link_cannot_be_extended(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    assert_says(refusals_of(tmp_path, "question: a\nextends: loop.yaml\n"), "case.yaml:2:10", "symbolic links")


def test_a_fault_in_an_extended_file_is_named_there(tmp_path: Path) -> None:
    (tmp_path / "middle.yaml").write_text(HEAD + "levers: {secrecy: 2}\n")
    said = refusals_of(tmp_path, "extends: middle.yaml\nquestion: a\n")
    assert_says(said, "middle.yaml:3:19", "found 2 for levers.secrecy")


# ---------------------------------------------------------------- stakeholders


def newcomer(**changes: Any) -> str:
    """A body with a new lab that says all that OpenAI says, a line for each key, its influence in line 7."""
    its = {"kind": "lab", "label": "Newcomer", "influence": 0.2} | ROOT["stakeholders"]["openai"] | changes
    lines = [f"    {key}: {json.dumps(said)}\n" for key, said in its.items() if said is not None]
    return "stakeholders:\n  newcomer:\n" + "".join(lines)


def test_a_new_stakeholder_without_influence_is_refused(tmp_path: Path) -> None:
    said = refusals_of(tmp_path, HEAD + newcomer(influence=None))
    assert_says(
        said, "case.yaml:4:3", "found no 'influence' in stakeholders.newcomer", "(found: kind, label, stubbornness"
    )


def test_a_new_stakeholder_without_weight_is_refused(tmp_path: Path) -> None:
    said = refusals_of(tmp_path, HEAD + newcomer(influence=0))
    assert_says(said, "case.yaml:7:16", "found 0 for stakeholders.newcomer.influence", "a number from 0.01 to 10")


def test_all_that_a_new_stakeholder_lacks_is_listed_at_once(tmp_path: Path) -> None:
    said = refusals_of(tmp_path, HEAD + "stakeholders:\n  newcomer: {kind: president}\n")
    assert_says(said, "case.yaml:4:3", "found no 'security_weight', 'drag_weight', 'temperature', 'label' in ")


@pytest.mark.parametrize(
    ("body", "place", "fragments"),
    [
        ("zed: null", "4:8", ["found nothing (null) for stakeholders.zed", "inherited: president, national_security"]),
        (
            "zed: {influence: 1}",
            "4:3",
            ["found no 'kind' in stakeholders.zed", "inherited: president, national_security"],
        ),
        ("zed: {kind: labb}", "4:15", ["found 'labb' for stakeholders.zed.kind", "official, lab, president, agency"]),
        (
            "zed: {kind: [lab]}",
            "4:15",
            ["found a list of 1 for stakeholders.zed.kind", "official, lab, president, agency"],
        ),
        ("zed: 5", "4:8", ["found 5 for stakeholders.zed", "a new stakeholder, complete and with its kind"]),
        ("openai: {kind: official}", "4:18", ["found 'official' for stakeholders.openai.kind", "allowed: lab"]),
        ("openai: {influence: 0}", "4:23", ["found 0 for stakeholders.openai.influence", "a number from 0.01 to 10"]),
        ("openai: 5", "4:11", ["found 5 for stakeholders.openai", "a mapping, or null to leave it out"]),
    ],
)
def test_a_stakeholder_is_an_inherited_one_or_a_new_one_with_a_kind(
    tmp_path: Path, body: str, place: str, fragments: list[str]
) -> None:
    assert_says(refusals_of(tmp_path, f"{HEAD}stakeholders:\n  {body}\n"), f"case.yaml:{place}", *fragments)


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("lab", "no stakeholder of kind lab; at least one is needed"),
        ("official", "no stakeholder of kind official; at least one is needed"),
        ("president", "0 stakeholders of kind president; exactly one is needed"),
    ],
)
def test_nobody_can_be_spared_as_a_kind(tmp_path: Path, kind: str, found: str) -> None:
    removed = "".join(f"  {name}: null\n" for name in load(SHIPPED / "baseline.yaml").named(kind))
    assert refusals_of(tmp_path, f"{HEAD}stakeholders:\n{removed}") == [f"case.yaml:3:1: found {found}"]


def test_there_is_one_president(tmp_path: Path) -> None:
    second = "  second: {kind: president, label: B, security_weight: 1, drag_weight: 1, temperature: 0.1}\n"
    said = refusals_of(tmp_path, f"{HEAD}stakeholders:\n{second}")
    assert said == ["case.yaml:3:1: found 2 stakeholders of kind president; exactly one is needed"]


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("setting", "fragments"),
    [
        ("levers.quorum_lab=4", ["unknown key 'quorum_lab'", "did you mean 'quorum_labs'?"]),
        ("lever.quorum_labs=4", ["unknown key 'lever'", "did you mean 'levers'?"]),
        ("levers.secrecy.value=1", ["found no 'source' in levers.secrecy"]),
        ("levers.quorum_labs=99", ["found 99 for levers.quorum_labs", "a whole number from 0 to 20"]),
        ("levers.quorum_labs=", ["found nothing (null) for levers.quorum_labs"]),
        ("levers.secrecy=yes", ["found 'yes' for levers.secrecy", "a number from 0 to 1"]),
        ("levers.secrecy=1e-1", ["found '1e-1'", "write it as a plain number, as 0.1"]),
        ("levers.secrecy=!!python/object/apply:os.system [ls]", ["found '!!python/object/apply:os.system [ls]'"]),
        ("levers.secrecy", ["a setting reads dotted.path=value"]),
        ("levers..secrecy=1", ["a setting reads dotted.path=value"]),
        ("=1", ["a setting reads dotted.path=value"]),
        ("", ["a setting reads dotted.path=value"]),
        ("levers=1", ["found 1 for levers", "a mapping with keys among opening"]),
        ("sources.mine=1", ["found 1 for sources.mine"]),
        ("starts=2026-13-01", ["found '2026-13-01' for starts", "month must be in 1..12"]),
        ("extends=other.yaml", ["found extends", "name the other scenario file itself"]),
        ("stakeholders.zed=null", ["found nothing (null) for stakeholders.zed", "a new stakeholder, complete"]),
        ("stakeholders.president=null", ["found 0 stakeholders of kind president"]),
        ("a." * 50_000 + "a=1", ["a setting reads dotted.path=value"]),
    ],
)
def test_a_bad_setting_is_named_as_it_was_given(setting: str, fragments: list[str]) -> None:
    assert_says(refusals(SHIPPED / "baseline.yaml", setting), f"--set {setting}", *fragments)


def test_all_bad_settings_are_reported_in_one_go() -> None:
    said = refusals(SHIPPED / "baseline.yaml", "levers.secrecy=2", "levers.quorum_labs=4", "climate.thread=1")
    assert [problem.split(":")[0] for problem in said] == ["--set climate.thread=1", "--set levers.secrecy=2"]


# ---------------------------------------------------------------- everything at once


def test_everything_wrong_with_a_file_is_reported_in_one_go_and_in_its_order(tmp_path: Path) -> None:
    body = """\
starts: 2026-02-30
levers:
  quorum_lab: 4
  secrecy: 2
  protection: {distribution: {uniform: {low: 1, high: 0}}, source: nowhere}
  draft_rule: fairness
stakeholders:
  zed: null
  openai: {influence: 0, ideal: {review_day: 3}}
"""
    expected = [
        ("3:9", "found '2026-02-30' for starts"),
        ("5:3", "found the unknown key 'quorum_lab'"),
        ("6:12", "found 2 for levers.secrecy"),
        ("7:31", "found uniform with low 1, high 0"),
        ("7:68", "found the source 'nowhere'"),
        ("8:15", "found 'fairness' for levers.draft_rule"),
        ("10:8", "found nothing (null) for stakeholders.zed"),
        ("11:23", "found 0 for stakeholders.openai.influence"),
        ("11:34", "found the unknown key 'review_day'"),
    ]
    said = refusals_of(tmp_path, HEAD + body)
    assert len(said) == len(expected)
    for problem, (place, fragment) in zip(said, expected, strict=True):
        assert problem.startswith(f"case.yaml:{place}: {fragment}")


def test_a_root_file_is_held_to_its_own_declarations(tmp_path: Path) -> None:
    faulty = BASELINE.replace("range: [0, 365]", "range: [365, 0]", 1).replace(
        "    unit: probability within the year\n", "", 1
    )
    said = refusals_of(tmp_path, faulty)
    assert any("found a range from 365 to 0; low < high is needed" in problem for problem in said)
    assert any("found no 'unit' in climate.mandate_chance" in problem for problem in said)


@pytest.mark.parametrize("said", ["0.5", "~", "[1]", "word"])
def test_a_root_file_declares_a_parameter_with_a_mapping(tmp_path: Path, said: str) -> None:
    start, end = BASELINE.index("  threat:\n"), BASELINE.index("  mandate_chance:\n")
    problems = refusals_of(tmp_path, f"{BASELINE[:start]}  threat: {said}\n{BASELINE[end:]}")
    line = BASELINE[:start].count("\n") + 1
    assert_says(
        problems, f"case.yaml:{line}:11", "for climate.threat", "allowed: exactly one of value and distribution"
    )


# ---------------------------------------------------------------- anything at all

ANYTHING = settings(derandomize=True, database=None, deadline=None, max_examples=60)
NAMES = st.sampled_from(
    [
        *("title", "question", "starts", "sources", "climate", "levers", "relations", "stakeholders", "traits"),
        *(
            "threat",
            "protection",
            "quorum_labs",
            "draft_rule",
            "opening",
            "openai",
            "president",
            "zed",
            "kind",
            "label",
        ),
        *("influence", "ideal", "review_days", "value", "distribution", "source", "uniform", "choice", "low", "high"),
        *("values", "weights", "title", "assumption", "unit", "range", "<<", ""),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | NAMES | st.text(max_size=5)
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("anything")


def assert_loads_or_is_refused(folder: Path, text: str) -> None:
    """Any other exception fails the test."""
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    try:
        with within(SECONDS):
            load(path)
    except BadInput as error:
        problems = str(error).splitlines()
    else:
        problems = [f"{path}: none"]
    assert problems
    assert all(problem.startswith(str(path)) for problem in problems)


@ANYTHING
@given(text=st.text(st.characters(codec="utf-8")) | st.text("ab:-?[]{}&*!|>'\"#%@` \n\t0.~<,"))
def test_any_text_loads_or_is_refused(folder: Path, text: str) -> None:
    assert_loads_or_is_refused(folder, text)


@ANYTHING
@given(tree=st.dictionaries(NAMES, TREES, max_size=4))
def test_any_tree_of_known_names_loads_or_is_refused(folder: Path, tree: dict[str, Any]) -> None:
    assert_loads_or_is_refused(folder, json.dumps({"extends": "baseline.yaml", "question": "a"} | tree))


@ANYTHING
@given(
    line=st.integers(0, BASELINE.count("\n") - 1),
    place=st.integers(0, len(BASELINE) - 1),
    character=st.sampled_from([*"{}[]:,-&*!|>'\"#%@\t\0 \n~0a", "é", "\u2028", "\x85"]),
)
def test_a_baseline_with_a_line_lost_or_a_character_changed_loads_or_is_refused(
    folder: Path, line: int, place: int, character: str
) -> None:
    lines = BASELINE.splitlines(keepends=True)
    assert_loads_or_is_refused(folder, "".join(lines[:line] + lines[line + 1 :]))
    assert_loads_or_is_refused(folder, BASELINE[:place] + character + BASELINE[place + 1 :])


@pytest.mark.parametrize("escape", ["\\e[2J", "\\a", "\\r", "\\x7f", "\\N", "\\x9b"])
def test_what_would_command_the_readers_terminal_is_refused(tmp_path: Path, escape: str) -> None:
    said = refusals_of(tmp_path, f'extends: baseline.yaml\nquestion: q\ntitle: "a {escape} b"\n')
    assert_says(said, "case.yaml:3:8", "found the control character '\\", "in a text")
