"""Predictions of a regime that is not on record: their form, what they rest on, and what is refused."""

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.validation import asking, cascade, episodes
from model.fingerprint import fingerprint
from model.scenario import SHIPPED, load
from model.yamltree import parse, read_text

from .conftest import ROOT, assert_says
from .test_cli import optin, refused

SEOUL, PROVENANCE = (f"scenarios/regimes/{name}.yaml" for name in ("seoul-2024", "provenance-2024"))
BASELINE, CALIBRATED = SHIPPED / "baseline.yaml", SHIPPED / "calibrated.yaml"
TAKEN_OR_LEFT = {
    "levers": dict.fromkeys(("drafting_rounds", "quorum_labs", "quorum_share", "side_deals"), 0),
    "relations": {"pace": 0, "patience": 0},
}


def prediction(regime: str, out: Path, cwd: Path = ROOT) -> Any:
    """The file that the command leaves."""
    said = optin("predict", regime, "--out", str(out), cwd=cwd)
    assert said.returncode == 0, said.stderr
    return json.loads((out / "prediction.json").read_text())


def own_file(folder: Path, **parts: Any) -> Path:
    """A file of the user's own; JSON is YAML too."""
    path = folder / "mine.yaml"
    path.write_text(json.dumps({"question": "Who joins mine?", **parts}))
    return path


@pytest.fixture(scope="module")
def seoul(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return prediction(SEOUL, tmp_path_factory.mktemp("seoul"))


# ---------------------------------------------------------------- form


def test_a_prediction_has_the_agreed_form(seoul: Any) -> None:
    assert list(seoul) == ["labs", "count", "made_by"]
    assert list(seoul["labs"]) == load(ROOT / SEOUL).named("lab")
    assert len(seoul["count"]) == len(seoul["labs"]) + 1
    for chance in seoul["labs"].values():
        assert list(chance) == ["mean", "low", "high"]
        assert 0 < chance["low"] < chance["mean"] < chance["high"] < 1


def test_the_numbers_of_labs_have_chances_that_sum_to_1_and_the_mean_of_the_labs(seoul: Any) -> None:
    assert min(seoul["count"]) > 0
    assert math.fsum(seoul["count"]) == pytest.approx(1)
    mean = sum(labs * chance for labs, chance in enumerate(seoul["count"]))
    assert mean == pytest.approx(sum(chance["mean"] for chance in seoul["labs"].values()))


def test_a_lab_that_is_not_at_the_table_is_not_predicted(tmp_path: Path) -> None:
    found = prediction(PROVENANCE, tmp_path)
    assert set(found["labs"]) == {"openai", "google", "microsoft", "amazon", "meta", "xai"}
    assert len(found["count"]) == 7


def test_what_made_a_prediction_is_told_with_every_file_that_it_rests_on(seoul: Any) -> None:
    made_by = seoul["made_by"]
    assert made_by["rules"] == fingerprint()
    files = {"regimes/seoul-2024.yaml", "regimes/further-commitment.yaml", "june-order.yaml", "baseline.yaml"}
    for file in (*files, "calibrated.yaml"):
        assert made_by[Path(file).name] == hashlib.sha256((SHIPPED / file).read_bytes()).hexdigest()


def test_a_regime_has_the_same_bytes_twice(seoul: Any, tmp_path: Path) -> None:
    assert prediction(SEOUL, tmp_path / "once") == seoul
    said = optin("predict", SEOUL, "--out", str(tmp_path / "twice"))
    once, twice = ((tmp_path / name / "prediction.json").read_bytes() for name in ("once", "twice"))
    assert once == twice
    assert hashlib.sha256(twice).hexdigest() in said.stdout


# ---------------------------------------------------------------- numbers


def test_a_prediction_is_the_mean_over_the_draws_of_the_shipped_posterior(seoul: Any) -> None:
    """Read from the file by hand; an interval leaves 6 of 128 draws (5% of them, rounded down) on either side."""
    shipped = parse(read_text(CALIBRATED, "calibrated.yaml"), "calibrated.yaml").plain()
    posterior = load(CALIBRATED)
    columns = []
    for path in episodes.fitted_paths(posterior):
        inner = shipped
        for step in path.split("."):
            inner = inner[step]
        columns.append(inner["distribution"]["draws"]["values"])
    theta = np.array(columns).T
    assert len(theta) == 128
    chances = asking.set_chances(asking.asking(load(ROOT / SEOUL), posterior), theta)
    by_lab = {lab: chances @ inside for lab, inside in zip(seoul["labs"], cascade.members(7).T, strict=True)}
    for lab, its in by_lab.items():
        expected = {"mean": its.mean(), "low": sorted(its)[6], "high": sorted(its)[-7]}
        assert seoul["labs"][lab] == pytest.approx(expected)
    sizes = cascade.members(7).sum(axis=1)
    assert seoul["count"] == pytest.approx([chances[:, sizes == size].sum() / 128 for size in range(8)])


def test_a_lab_that_is_asked_by_a_coin_joins_half_as_often_where_nobody_looks_at_others(tmp_path: Path) -> None:
    """The weight of company is the posterior's, so that the lab has to be the only one."""
    choice = {"choice": {"values": [0, 0.5], "weights": [1, 1]}}
    coin = {"attention": {"distribution": choice, "source": {"assumption": "a coin"}}}
    alone = dict.fromkeys(["anthropic", "google", "microsoft", "amazon", "meta", "xai"])
    found = []
    for name, openai in (("asked", {"attention": 0.5}), ("coin", coin)):
        (tmp_path / name).mkdir()
        labs = {**alone, "openai": openai}
        file = own_file(tmp_path / name, extends="baseline.yaml", stakeholders=labs, **TAKEN_OR_LEFT)
        found.append(prediction(str(file), tmp_path / name / "out")["labs"]["openai"])
    asked, by_coin = found
    assert asked["mean"] > 0.05
    assert by_coin == pytest.approx({part: chance / 2 for part, chance in asked.items()})


# ---------------------------------------------------------------- files


def test_a_regime_of_ones_own_extends_the_baseline_from_any_folder(tmp_path: Path) -> None:
    file = own_file(tmp_path, extends="baseline.yaml", **TAKEN_OR_LEFT)
    found = prediction(file.name, tmp_path / "out", cwd=tmp_path)
    assert list(found["labs"]) == load(BASELINE).named("lab")
    assert found["made_by"]["mine.yaml"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_regime_of_ones_own_extends_a_past_one_from_any_folder(tmp_path: Path, seoul: Any) -> None:
    file = own_file(tmp_path, extends="seoul-2024.yaml")
    found = prediction(file.name, tmp_path / "out", cwd=tmp_path)
    assert (found["labs"], found["count"]) == (seoul["labs"], seoul["count"])


def test_a_shipped_regime_is_at_hand_in_an_empty_folder(tmp_path: Path, seoul: Any) -> None:
    assert prediction("regimes/seoul-2024.yaml", tmp_path / "out", cwd=tmp_path) == seoul


# ---------------------------------------------------------------- refusals


def test_a_regime_whose_terms_are_bargained_over_is_refused() -> None:
    said = refused("predict", str(BASELINE)).splitlines()
    paths = [f"{section}.{name}" for section, names in TAKEN_OR_LEFT.items() for name in names]
    assert_says(said, f"optin: {BASELINE}", *paths, "taken or left")


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({"levers": {**TAKEN_OR_LEFT["levers"], "quorum_labs": 3}}, "levers.quorum_labs"),
        ({"relations": {**TAKEN_OR_LEFT["relations"], "taste_persistence": 0.9}}, "relations.taste_persistence"),
    ],
)
def test_what_alone_makes_terms_bargained_over_is_named_alone(parts: dict[str, Any], path: str, tmp_path: Path) -> None:
    file = own_file(tmp_path, extends="baseline.yaml", **{**TAKEN_OR_LEFT, **parts})
    assert_says(refused("predict", str(file)).splitlines(), f"optin: {file}", f"found {path}: ")


def test_eight_labs_are_refused(tmp_path: Path) -> None:
    root = parse(read_text(BASELINE, "baseline.yaml"), "baseline.yaml").plain()
    eighth = {**root["stakeholders"]["xai"], "label": "Eighth"}
    file = own_file(tmp_path, extends="baseline.yaml", stakeholders={"eighth": eighth}, **TAKEN_OR_LEFT)
    assert_says(refused("predict", str(file)).splitlines(), f"optin: {file}", "8 labs", "at most 7")


@pytest.mark.parametrize("text", ["- a list", "title: [", "levers: {}", "labs: 3", ""])
def test_a_file_that_is_no_scenario_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    assert refused("predict", str(file)).startswith(f"optin: {file}")


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    missing = tmp_path / "missing.yaml"
    assert_says(refused("predict", str(missing)).splitlines(), f"optin: {missing}", "no such file")
    assert_says(refused("predict", str(tmp_path)).splitlines(), f"optin: {tmp_path}", "is a directory")
