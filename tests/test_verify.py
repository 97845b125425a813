"""What was changed in results or in a forecast is found and named, also where it was sealed anew."""

import datetime
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from experiments.cli.main import main
from experiments.publish import verify
from experiments.runs import replay
from experiments.runs.manifest import sources
from experiments.runs.parts import Origin, packed
from experiments.runs.play import Rows
from experiments.runs.store import Store, opened
from experiments.validation import forecast, forecast_verification, ledger
from experiments.validation.forecast_record import added
from model.problems import BadInput

from .conftest import ROOT
from .drawn import BASELINE

EVIDENCE = datetime.date(2026, 7, 5)
WRITTEN = datetime.date(2026, 11, 26)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of some parts, made with one worker."""
    folder = tmp_path_factory.mktemp("results")
    assert main(["run", str(BASELINE), "--runs", "6000", "--workers", "1", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "results"))


def test_results_verify_with_another_number_of_workers(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(made), "--all", "--workers", "3", "--json"]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert seen["played"] == seen["parts"] > replay.SAMPLE
    assert verify.verify(made, 2, whole=False).played < seen["parts"]


@pytest.mark.parametrize("where", ["parts", "worlds/parts"])
def test_a_changed_digit_in_a_part_is_found_and_named(
    folder: Path, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = sorted((folder / where).iterdir())[-1]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert main(["verify", str(folder)]) == 2
    assert capsys.readouterr().err.startswith(f"optin: {path}: is damaged")


def forge(store: Store, number: int) -> Path:
    """Change one number of a part, and seal it anew."""
    import pyarrow.parquet as pq

    path = store.path(number)
    table = pq.read_table(path)
    measured = np.column_stack([table[name].to_numpy() for name in store.names])
    measured[0, store.names.index("review_days")] += 1.0
    rows = Rows(*(table[name].to_numpy() for name in ("point", "run", "failed")), measured)
    path.write_bytes(packed(rows, store.names, store.plan.seed, Origin(store.made_from, number)))
    return path


def test_a_changed_number_that_was_sealed_anew_is_found_by_playing_all_parts_again(folder: Path) -> None:
    store = opened(folder)
    unseen = next(part.number for part in store.parts() if part not in replay.sampled(store.parts()))
    path = forge(store, unseen)
    assert opened(folder).wrong(store.parts()[unseen]) == ""  # the seal says nothing
    forged = opened(folder)
    data = verify.summary_data(forged, verify.findings(forged))
    (folder / "summary.json").write_text(json.dumps(data, allow_nan=False), encoding="utf-8")
    verify.verify(folder, 2, whole=False)  # not in the sample
    with pytest.raises(BadInput, match="holds other numbers") as found:
        verify.verify(folder, 2, whole=True)
    assert [problem.mark.file for problem in found.value.problems] == [str(path)]


def test_a_changed_number_in_the_summary_is_found_and_named(folder: Path) -> None:
    path = folder / "summary.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["outcomes"]["adopted"]["mean"] += 0.001
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(BadInput, match=r"for outcomes\.adopted\.mean; the parts give"):
        verify.verify(folder, 2, whole=False)


def test_what_other_versions_made_is_not_played_again_and_they_are_named(
    made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = sources()
    monkeypatch.setattr(replay, "sources", lambda: here._replace(versions=("0.0", *here.versions[1:])))
    assert main(["verify", str(made)]) == 1
    said = capsys.readouterr()
    assert "Nothing was played again" in said.out
    assert f"numpy {here.versions[0]} (here 0.0)" in said.err
    assert "needs Opt-In" in said.err


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    assert main(["verify", str(tmp_path)]) == 2


# ---------------------------------------------------------------- forecasts


def few_draws(seed: int) -> forecast.Draws:
    draws = forecast.shipped_draws(seed)
    return draws._replace(theta=draws.theta[:2])


@pytest.fixture(scope="module")
def small() -> forecast.Forecast:
    return forecast.forecast(few_draws(1), EVIDENCE, "a smaller one", workers=2)


@pytest.fixture
def on_record(small: forecast.Forecast, tmp_path: Path) -> Path:
    """A folder with the first forecast, and a small one after it."""
    folder = Path(shutil.copytree(ROOT / "experiments" / "forecasts", tmp_path / "forecasts"))
    (folder / "2026-07-05.v2.json").unlink(missing_ok=True)
    (folder / ledger.LEDGER).write_text(ledger.ledger_text(ledger.read_ledger(ROOT / "experiments/forecasts")[:2]))
    for name, text in added(folder, small, WRITTEN).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "2026-07-05.v2.json"


@pytest.mark.slow
def test_a_forecast_is_added_to_the_ledger_once_and_nothing_else_changes(
    small: forecast.Forecast, on_record: Path
) -> None:
    before = ledger.read_ledger(ROOT / "experiments" / "forecasts")[:2]
    after = ledger.read_ledger(on_record.parent)
    assert after[:2] == before
    assert [entry.file for entry in after[2:]] == ["2026-07-05.v2.json"]
    assert added(on_record.parent, small, WRITTEN) == {}
    fewer = dict(list(small.questions.items())[1:])
    with pytest.raises(BadInput, match="--why"):
        added(on_record.parent, small._replace(questions=fewer, why=None), WRITTEN)


@pytest.mark.slow
def test_a_forecast_is_made_anew_with_another_number_of_workers(
    on_record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast_verification, "shipped_draws", few_draws)
    seen = forecast_verification.verify_forecast(on_record, workers=1)
    assert seen.needs == ""
    assert seen.head == ledger.head(ledger.read_ledger(on_record.parent))


@pytest.mark.slow
def test_a_probability_that_was_changed_and_chained_anew_is_found(
    on_record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = json.loads(on_record.read_text(encoding="utf-8"))
    chances = data["questions"]["joins_meta"]["probabilities"]
    chances["yes"]["mean"], chances["no"]["mean"] = chances["no"]["mean"], chances["yes"]["mean"]
    forged = json.dumps(data, indent=2).encode()
    on_record.write_bytes(forged)
    entries = ledger.read_ledger(ROOT / "experiments" / "forecasts")[:2]
    chained = ledger.ledger_text(ledger.extended(entries, on_record.name, forged, "2026-11-26"))
    (on_record.parent / ledger.LEDGER).write_text(chained, encoding="utf-8")
    monkeypatch.setattr(forecast_verification, "shipped_draws", few_draws)
    with pytest.raises(BadInput, match="for joins_meta; made anew") as found:
        forecast_verification.verify_forecast(on_record, workers=2)
    assert len(found.value.problems) == 1


def test_of_the_first_forecast_the_chain_holds_and_what_it_needs_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(ROOT / "experiments" / "forecasts" / "2026-07-05.json")]) == 1
    said = capsys.readouterr()
    assert "entry 1 of" in said.out
    assert (
        "needs Opt-In 0.1.0, commit unknown, rules 6eb542c807317160c77b34ab7e2cdbcc37325a68aad0b7f5b1a7071b606c4c88"
        in (said.err)
    )


def test_a_forecast_that_is_not_on_record_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(BadInput, match=r"is not on record: no entry of .*ledger\.yaml has its name"):
        forecast_verification.verify_forecast(path, 1)
