"""The committed JSON Schema is in step with the declarations, and says what the loader says."""

import json

import pytest
from jsonschema import Draft7Validator

from model.scenario import SHIPPED
from model.schema import published_text
from model.yamltree import parse, read_text

from .drawn import ROOT

PUBLISHED = json.loads((SHIPPED / "schema.json").read_text(encoding="utf-8"))


def errors(text: str) -> list[str]:
    return [error.message for error in Draft7Validator(PUBLISHED).iter_errors(parse(text, "x").plain())]


def test_the_committed_schema_is_what_optin_schema_prints() -> None:
    assert (SHIPPED / "schema.json").read_text(encoding="utf-8") == published_text(ROOT), (
        "run: optin schema > scenarios/schema.json"
    )


def test_the_published_schema_is_itself_a_good_schema() -> None:
    Draft7Validator.check_schema(PUBLISHED)


@pytest.mark.parametrize("path", sorted(SHIPPED.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_scenario_that_adds_to_the_baseline_passes_the_published_schema(path: object) -> None:
    text = read_text(path, "x")  # type: ignore[arg-type]
    assert errors(text) == []


@pytest.mark.parametrize(
    "line",
    [
        "levers: {quorm: 3}",
        "levers: {quorum_labs: 4.5}",
        "levers: {quorum_labs: 99}",
        "relations: {bargaining: mean}",
        "stakeholders: {openai: {influence: 0}}",
        "stakeholders: {newcomer: {kind: lab}}",
        "climate: {threat: {distribution: {uniform: {low: 0, high: 2}}, source: {assumption: x}}}",
    ],
)
def test_an_editor_is_told_of_what_the_loader_refuses(line: str) -> None:
    assert errors(f"extends: baseline.yaml\nquestion: q\n{line}\n")
