"""A scenario is the root file, changed by each file that extends it and at last by the settings."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from enum import IntEnum
from pathlib import Path
from typing import Any

import pytest

from model import schema
from model.case import runs_of_block
from model.negotiation import Negotiation
from model.problems import BadInput, Mark
from model.scenario import SHIPPED, Entry, Scenario, load
from model.yamltree import parse, read_text

from .drawn import ROOT

BASELINE = SHIPPED / "baseline.yaml"
HEAD = "extends: baseline.yaml\nquestion: What if?\n"  # so the body of a file begins in line 3
SCENARIOS = sorted(SHIPPED.rglob("*.yaml"))


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return load(BASELINE)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, body: str, *settings: str) -> Scenario:
    """The baseline, changed by this body and these settings."""
    return load(written(folder, "case.yaml", HEAD + body), settings)


def unlike(one: Scenario, other: Scenario) -> set[str]:
    """Paths of the parameters in which two scenarios differ, other than in where they were written."""

    def bare(entry: Entry | None) -> Any:
        return entry and dataclasses.replace(entry, mark=Mark(""))

    paths = {*one.entries, *other.entries}
    return {path for path in paths if bare(one.entries.get(path)) != bare(other.entries.get(path))}


# ---------------------------------------------------------------- what a file changes


def test_a_scenario_that_says_nothing_is_the_baseline_with_another_question(tmp_path: Path, baseline: Scenario) -> None:
    scenario = loaded(tmp_path, "")
    assert unlike(scenario, baseline) == set()
    assert (scenario.question, scenario.starts) == ("What if?", baseline.starts)
    assert scenario.kinds == baseline.kinds


def test_a_title_is_the_files_own_or_its_name_and_never_inherited(tmp_path: Path) -> None:
    assert loaded(tmp_path, "").title == "case"
    assert loaded(tmp_path, "title: Mine\n").title == "Mine"
    assert load(BASELINE, ["levers.secrecy=0"]).title == "Baseline"


def test_a_file_changes_what_it_says_and_nothing_else(tmp_path: Path, baseline: Scenario) -> None:
    scenario = loaded(tmp_path, "stakeholders: {openai: {ideal: {review_days: 3}}}\n")
    assert unlike(scenario, baseline) == {"stakeholders.openai.ideal.review_days"}


def test_of_three_files_the_last_one_that_speaks_is_heard(tmp_path: Path) -> None:
    written(tmp_path, "first.yaml", HEAD + "title: First\nlevers: {secrecy: 0.1, protection: 0.1, side_deals: 0.1}\n")
    written(tmp_path, "second.yaml", "extends: first.yaml\nquestion: a\nlevers: {protection: 0.2, side_deals: 0.2}\n")
    last = written(tmp_path, "third.yaml", "extends: second.yaml\nquestion: b\nlevers: {side_deals: 0.3}\n")
    scenario = load(last)
    levers = [scenario.entries[f"levers.{name}"] for name in ("secrecy", "protection", "side_deals")]
    assert [entry.value for entry in levers] == [0.1, 0.2, 0.3]
    assert [Path(entry.source["scenario"]).name for entry in levers] == ["first.yaml", "second.yaml", "third.yaml"]
    assert (scenario.title, scenario.question) == ("third", "b")
    assert [Path(name).name for name in scenario.files] == ["third.yaml", "second.yaml", "first.yaml", "baseline.yaml"]


def test_a_change_brings_its_own_source_and_keeps_label_unit_and_range(tmp_path: Path, baseline: Scenario) -> None:
    source = {"title": "A report", "url": "https://example.org/report", "date": "2026-07-01"}
    path, before = "levers.review_capacity", baseline.entries["levers.review_capacity"]
    scenario = loaded(tmp_path, f"levers: {{review_capacity: {{value: 40, source: {json.dumps(source)}}}}}\n")
    after = scenario.entries[path]
    assert (after.value, dict(after.source), after.origin) == (40.0, source, "sourced")
    assert (after.label, after.unit, after.low, after.high) == (before.label, before.unit, before.low, before.high)


def test_a_distribution_takes_the_place_of_a_value_and_a_value_that_of_a_distribution(tmp_path: Path) -> None:
    said = "{distribution: {uniform: {low: 0.2, high: 0.4}}, source: {assumption: why}}"
    written(tmp_path, "drawn.yaml", f"{HEAD}levers: {{secrecy: {said}}}\n")
    drawn = load(tmp_path / "drawn.yaml").entries["levers.secrecy"]
    assert (drawn.value, drawn.distribution) == (None, {"uniform": {"low": 0.2, "high": 0.4}})
    fixed = load(written(tmp_path, "fixed.yaml", "extends: drawn.yaml\nquestion: a\nlevers: {secrecy: 0.3}\n")).entries[
        "levers.secrecy"
    ]
    assert (fixed.value, fixed.distribution) == (0.3, None)


def test_the_name_of_a_source_stands_for_the_source(tmp_path: Path) -> None:
    body = "sources:\n  mine: {title: A, url: https://example.org, date: 2026-07-01}\n"
    both = "levers:\n  secrecy: {value: 1, source: mine}\n  protection: {value: 1, source: may_draft}\n"
    entries = loaded(tmp_path, body + both).entries
    assert entries["levers.secrecy"].source["url"] == "https://example.org"
    assert entries["levers.protection"].source == ROOT["sources"]["may_draft"]


def test_a_bare_value_has_the_scenario_file_as_its_source(tmp_path: Path) -> None:
    entry = loaded(tmp_path, "levers: {secrecy: 0.5}\n").entries["levers.secrecy"]
    assert (dict(entry.source), entry.origin) == ({"scenario": str(tmp_path / "case.yaml")}, "scenario")


def test_a_whole_number_written_with_a_point_is_a_whole_number(tmp_path: Path) -> None:
    value = loaded(tmp_path, "levers: {quorum_labs: 4.0}\n").entries["levers.quorum_labs"].value
    assert (value, type(value)) == (4, int)


def test_another_first_day_is_a_date(tmp_path: Path) -> None:
    assert loaded(tmp_path, "starts: 2026-06-02\n").starts.isoformat() == "2026-06-02"


def test_a_parameter_knows_the_file_and_line_that_it_was_set_in(tmp_path: Path, baseline: Scenario) -> None:
    entries = loaded(tmp_path, "levers:\n  secrecy: 0.5\n  opening:\n    disclosure: 0.1\n").entries
    assert str(entries["levers.secrecy"].mark) == f"{tmp_path / 'case.yaml'}:4:3"
    assert str(entries["levers.opening.disclosure"].mark) == f"{tmp_path / 'case.yaml'}:6:5"
    inherited = entries["climate.threat"].mark
    assert inherited == baseline.entries["climate.threat"].mark
    assert BASELINE.read_text(encoding="utf-8").splitlines()[inherited.line - 1] == "  threat:"


# ---------------------------------------------------------------- where files are looked for


def test_a_bare_name_that_is_not_beside_the_file_is_looked_for_among_the_shipped(tmp_path: Path) -> None:
    assert loaded(tmp_path, "").files == (str(tmp_path / "case.yaml"), str(BASELINE))


def test_a_file_beside_the_scenario_goes_before_a_shipped_one(tmp_path: Path) -> None:
    text = BASELINE.read_text(encoding="utf-8")
    written(tmp_path, "baseline.yaml", text.replace("starts: 2026-05-18", "starts: 2027-01-04"))
    assert loaded(tmp_path, "").starts.year == 2027


def test_a_file_in_a_folder_below_scenarios_may_extend_one_above_it(tmp_path: Path) -> None:
    deeper = tmp_path / "scenarios" / "deeper"
    deeper.mkdir(parents=True)
    written(deeper.parent, "above.yaml", HEAD + "starts: 2027-01-04\n")
    assert load(written(deeper, "case.yaml", "extends: ../above.yaml\nquestion: a\n")).starts.year == 2027


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_bytes(b"\xef\xbb\xbf" + HEAD.encode())
    assert load(tmp_path / "case.yaml").question == "What if?"


# ---------------------------------------------------------------- who is there


def test_null_removes_a_stakeholder_with_all_it_has(tmp_path: Path, baseline: Scenario) -> None:
    scenario = loaded(tmp_path, "stakeholders: {meta: null}\n")
    assert list(scenario.kinds) == list(scenario.labels) == [name for name in baseline.kinds if name != "meta"]
    assert unlike(scenario, baseline) == {path for path in baseline.entries if path.startswith("stakeholders.meta.")}


def newcomer(**changes: Any) -> str:
    """A body that adds a lab like OpenAI, with its own label."""
    its = ROOT["stakeholders"]["openai"] | {"label": "Newcomer"} | changes
    return f"stakeholders: {{newcomer: {json.dumps(its)}}}\n"


def test_who_was_removed_can_come_back_complete(tmp_path: Path) -> None:
    without = written(tmp_path, "without.yaml", HEAD + "stakeholders: {openai: null}\n")
    again = newcomer().replace("{newcomer:", "{openai:")
    scenario = load(written(tmp_path, "case.yaml", f"extends: {without.name}\nquestion: a\n{again}"))
    assert scenario.labels["openai"] == "Newcomer"
    assert list(scenario.kinds)[-1] == "openai"


def test_a_new_lab_takes_yaml_alone_and_sits_at_the_table(tmp_path: Path, baseline: Scenario) -> None:
    scenario = loaded(tmp_path, newcomer(attention=1))
    assert scenario.named("lab") == [*baseline.named("lab"), "newcomer"]
    (run,) = runs_of_block(scenario, seed=1, block=0, numbers=range(1))
    negotiation = Negotiation(run.case, run.luck)
    negotiation.play()
    assert "newcomer" in negotiation.joined()
    assert negotiation.outcome is not None


def test_a_new_lab_shares_the_frontier_with_the_others(tmp_path: Path) -> None:
    (run,) = runs_of_block(loaded(tmp_path, newcomer()), seed=1, block=0, numbers=range(1))
    assert sum(lab.frontier_share for lab in run.case.labs.values()) == pytest.approx(1)
    assert run.case.labs["newcomer"].frontier_share > 0


def test_the_labels_of_parameters_follow_the_label_of_their_stakeholder(tmp_path: Path) -> None:
    entries = loaded(tmp_path, "stakeholders: {openai: {label: Open Lab}}\n").entries
    assert entries["stakeholders.openai.influence"].label == "Open Lab: influence"
    assert entries["stakeholders.openai.ideal.review_days"].label == "Open Lab: ideal review"
    assert entries["stakeholders.google.influence"].label == "Google: influence"


# ---------------------------------------------------------------- settings


def test_settings_come_last_and_in_their_order(tmp_path: Path) -> None:
    settings = ("levers.secrecy=0.6", "levers.secrecy=0.7", "relations.bargaining=nash", "stakeholders.meta=null")
    scenario = loaded(tmp_path, "levers: {secrecy: 0.5}\nrelations: {bargaining: median}\n", *settings)
    assert scenario.entries["levers.secrecy"].value == 0.7
    assert scenario.entries["relations.bargaining"].value == "nash"
    assert "meta" not in scenario.kinds


def test_a_setting_is_its_own_source_and_place() -> None:
    entry = load(BASELINE, ["levers.quorum_labs = 4"]).entries["levers.quorum_labs"]
    assert entry.value == 4
    assert dict(entry.source) == {"scenario": "--set levers.quorum_labs = 4"}
    assert str(entry.mark) == "--set levers.quorum_labs = 4"


def test_a_setting_changes_nothing_else(baseline: Scenario) -> None:
    scenario = load(BASELINE, ["climate.threat=0.5"])
    assert unlike(scenario, baseline) == {"climate.threat"}
    assert (scenario.title, scenario.question) == (baseline.title, baseline.question)


# ---------------------------------------------------------------- what cannot change


@pytest.mark.parametrize("name", ["entries", "kinds", "labels"])
def test_nobody_can_write_into_a_scenario(baseline: Scenario, name: str) -> None:
    its: Any = getattr(baseline, name)
    with pytest.raises(TypeError):
        its["zed"] = None
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(baseline, name, {})


def test_nobody_can_write_into_a_parameter(baseline: Scenario) -> None:
    entry: Any = baseline.entries["levers.secrecy"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.value = 0.0
    with pytest.raises(TypeError):
        entry.source["title"] = "another"


def test_loading_one_scenario_leaves_another_as_it_was(tmp_path: Path) -> None:
    before = load(BASELINE)
    loaded(tmp_path, "title: Other\nstakeholders: {meta: null}\n", "levers.secrecy=0")
    assert load(BASELINE) == before


# ---------------------------------------------------------------- what is declared

RECORDS = schema.SECTIONS | schema.TRAITS


def declared(said: Mapping[str, Any], *path: str) -> Iterator[tuple[str, ...]]:
    """The paths under which a label stands."""
    for name, inner in said.items():
        if isinstance(inner, Mapping) and "label" in inner:
            yield (*path, name)
        elif isinstance(inner, Mapping):
            yield from declared(inner, *path, name)


@pytest.mark.parametrize("section", RECORDS)
def test_the_baseline_declares_the_fields_of_every_record_and_no_others(section: str) -> None:
    said = ROOT[section] if section in schema.SECTIONS else ROOT["traits"][section]
    fields = {field.path: field.type for field in schema.fields(RECORDS[section])}
    assert set(declared(said)) == set(fields)
    for path, kind in fields.items():
        about = schema.get(said, path)
        assert about["label"]
        assert about["unit"]
        assert ("range" in about) != issubclass(kind, IntEnum)


@pytest.mark.parametrize("section", RECORDS)
def test_a_declaration_without_a_field_is_refused(tmp_path: Path, section: str) -> None:
    head = f"  {section}:\n" if section in schema.TRAITS else f"\n{section}:\n"
    indent = "    " if section in schema.TRAITS else "  "
    faulty = BASELINE.read_text(encoding="utf-8").replace(
        head, f"{head}{indent}luck: {{label: Luck, unit: share, range: [0, 1]}}\n", 1
    )
    with pytest.raises(BadInput, match="found the unknown key 'luck'"):
        load(written(tmp_path, "case.yaml", faulty))


@pytest.mark.parametrize("line", ["  threat:\n", "    influence: {label: Influence"])
def test_a_field_without_a_declaration_is_refused(tmp_path: Path, line: str) -> None:
    text = BASELINE.read_text(encoding="utf-8")
    name = line.partition(":")[0].strip()
    faulty = text.replace(line, line.replace(name, "luck"), 1)
    with pytest.raises(BadInput, match=f"found no '{name}'"):
        load(written(tmp_path, "case.yaml", faulty))


# ---------------------------------------------------------------- what is shipped


def numbers(entry: Entry) -> list[float]:
    """Every number that a parameter's value or distribution names, in the parameter's own unit."""
    if entry.distribution is None:
        return [entry.value] if isinstance(entry.value, int | float) else []
    ((_, said),) = entry.distribution.items()
    ends = [said[name] for name in ("low", "mode", "mean", "high") if name in said]
    return [number for number in [*ends, *said.get("values", ())] if isinstance(number, int | float)]


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_shipped_value_lies_in_its_declared_range(path: Path) -> None:
    scenario = load(path)
    assert scenario.name == path.stem
    assert [
        (entry.path, number, entry.low, entry.high)
        for entry in scenario.entries.values()
        for number in numbers(entry)
        if entry.low is None or entry.high is None or not entry.low <= number <= entry.high
    ] == []


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_shipped_value_says_where_it_comes_from(path: Path) -> None:
    assert [entry.path for entry in load(path).entries.values() if entry.origin == "scenario"] == []


def test_every_source_is_used_by_some_parameter() -> None:
    trees = [parse(read_text(path, path.name), path.name) for path in SCENARIOS]
    used = {node.value["source"].plain() for tree in trees for node in tree.mappings() if named_source(node.value)}
    assert set(ROOT["sources"]) - used == set()


def named_source(said: Mapping[str, Any]) -> bool:
    return "source" in said and isinstance(said["source"].value, str)


def test_a_file_anywhere_can_extend_a_shipped_one_that_extends_another(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("extends: no-protection.yaml\nquestion: q\n")
    its = load(tmp_path / "mine.yaml")
    assert [Path(file).name for file in its.files] == [
        "mine.yaml",
        "no-protection.yaml",
        "june-order.yaml",
        "baseline.yaml",
    ]
    assert its.entries["levers.protection"].value == 0


def test_a_file_anywhere_can_extend_a_regime_of_the_past(tmp_path: Path) -> None:
    mine = load(written(tmp_path, "mine.yaml", "extends: seoul-2024.yaml\nquestion: q\nlevers: {secrecy: 0.3}\n"))
    assert mine.entries["levers.secrecy"].value == 0.3
    assert mine.named("lab") == load(SHIPPED / "regimes" / "seoul-2024.yaml").named("lab")
