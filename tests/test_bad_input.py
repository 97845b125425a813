"""What cannot be used is refused with its place, what was found and what is allowed; nothing else ever happens."""

import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.problems import BadInput
from model.scenario import SHIPPED, load

from .conftest import SECONDS, assert_says, within
from .drawn import ROOT
from .refusals import Case, assert_refused, cases, written

HEAD = "extends: baseline.yaml\nquestion: What if?\n"  # so the body of a case begins in line 3
BASELINE = (SHIPPED / "baseline.yaml").read_text(encoding="utf-8")


def refusals(path: Path, *changes: str, seconds: int = SECONDS) -> list[str]:
    """Every problem that is reported for a file, with paths as seen from its folder."""
    with within(seconds), pytest.raises(BadInput) as caught:
        load(path, changes)
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return [str(problem).replace(f"{path.parent}/", "") for problem in caught.value.problems]


def refusals_of(folder: Path, text: str | bytes, *changes: str) -> list[str]:
    """Every problem that is reported for a file of this text, called ``case.yaml``."""
    path = folder / "case.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return refusals(path, *changes)


@pytest.mark.parametrize("case", cases("scenario"))
def test_what_a_scenario_may_not_say_is_refused_where_it_stands(case: Case, tmp_path: Path) -> None:
    changes = written(tmp_path, case)
    assert_refused(refusals(tmp_path / "case.yaml", *changes, seconds=int(case["seconds"])), case)


# ---------------------------------------------------------------- files


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    said = ["missing.yaml: no such file; `optin list` shows the shipped ones"]
    assert refusals(tmp_path / "missing.yaml") == said


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
    assert_says(refusals(tmp_path / "a\0b"), "a\\x00b", "cannot be read", "null byte")


@pytest.mark.parametrize(("name", "shown"), [(b"a\x1b[31m.yaml", "a\\x1b[31m.yaml"), (b"a\xff.yaml", "a\\udcff.yaml")])
def test_a_name_that_would_reach_the_terminal_raw_is_refused(tmp_path: Path, name: bytes, shown: str) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_text(HEAD)
    assert_says(refusals(path), shown, "control character", "in its name; rename it")


def test_a_setting_with_bytes_that_are_no_text_is_refused() -> None:
    said = refusals(SHIPPED / "june-order.yaml", "title=a\udcff")
    assert_says(said, "--set title=a\\udcff", "found the control character '\\udcff'")


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    assert_says(refusals(tmp_path / "loop.yaml"), "loop.yaml", "cannot be read", "symbolic links")


# ---------------------------------------------------------------- YAML


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


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"k{n}: 1\n" for n in range(80_000)),
        "stakeholders:\n" + "".join(f"  k{n}: {{kind: lab}}\n" for n in range(40_000)),
        "levers: {protection: {distribution: {choice: "
        f"{{values: [{'9, ' * 100_000}1], weights: [{'0, ' * 100_000}1]}}}}}}}}\n",
    ],
    ids=["keys", "stakeholders", "values"],
)
def test_what_has_very_many_parts_is_refused_before_they_are_looked_at(tmp_path: Path, body: str) -> None:
    said = refusals_of(tmp_path, HEAD + body)
    assert len(said) == 1
    assert "found more than 20,000 keys and values" in said[0]


# ---------------------------------------------------------------- extends


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


@pytest.mark.parametrize("files", [20, 21, 1500])
def test_a_chain_of_extends_has_at_most_20_files(tmp_path: Path, files: int) -> None:
    for number in range(files - 1):
        parent = f"s{number + 1}.yaml" if number < files - 2 else "baseline.yaml"
        (tmp_path / f"s{number}.yaml").write_text(f"extends: {parent}\nquestion: q\n")
    if files == 20:
        assert len(load(tmp_path / "s0.yaml").files) == 20
    else:
        said = refusals(tmp_path / "s0.yaml", seconds=5)
        assert_says(said, "s19.yaml:1:10", "more than 20 files that extend each other, from s0.yaml on", "nearer")


# ---------------------------------------------------------------- stakeholders


def newcomer(**changes: Any) -> str:
    """A body with a new lab that says all that OpenAI says, a line for each key, its influence in line 7."""
    its = {"kind": "lab", "label": "Newcomer", "influence": 0.2} | ROOT["stakeholders"]["openai"] | changes
    lines = [f"    {key}: {json.dumps(said)}\n" for key, said in its.items() if said is not None]
    return "stakeholders:\n  newcomer:\n" + "".join(lines)


def test_a_new_stakeholder_without_influence_is_refused(tmp_path: Path) -> None:
    said = refusals_of(tmp_path, HEAD + newcomer(influence=None))
    assert_says(said, "case.yaml:4:3", "found no 'influence' in stakeholders.newcomer", "(found: kind, label, ideal")


def test_a_new_stakeholder_without_weight_is_refused(tmp_path: Path) -> None:
    said = refusals_of(tmp_path, HEAD + newcomer(influence=0))
    assert_says(said, "case.yaml:7:16", "found 0 for stakeholders.newcomer.influence", "a number from 0.01 to 10")


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


def test_a_setting_of_very_many_steps_is_refused() -> None:
    setting = "a." * 50_000 + "a=1"
    assert_says(refusals(SHIPPED / "baseline.yaml", setting), f"--set {setting}", "a setting reads dotted.path=value")


def test_all_bad_settings_are_reported_in_one_go() -> None:
    said = refusals(SHIPPED / "baseline.yaml", "levers.secrecy=2", "levers.quorum_labs=4", "climate.thread=1")
    assert [problem.split(":")[0] for problem in said] == ["--set climate.thread=1", "--set levers.secrecy=2"]


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

ANYTHING = settings(max_examples=60)
NAMES = st.sampled_from(
    [
        *("title", "question", "starts", "sources", "climate", "levers", "relations", "stakeholders", "traits"),
        *("threat", "protection", "quorum_labs", "bargaining", "opening", "openai", "president", "zed", "kind"),
        *("label",),
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


@pytest.mark.slow
@ANYTHING
@given(tree=st.dictionaries(NAMES, TREES, max_size=4))
def test_any_tree_of_known_names_loads_or_is_refused(folder: Path, tree: dict[str, Any]) -> None:
    assert_loads_or_is_refused(folder, json.dumps({"extends": "baseline.yaml", "question": "a"} | tree))


@pytest.mark.slow
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
