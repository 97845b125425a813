"""Results in a store that fsspec knows are those of a folder on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.cli.main import main
from experiments.plans.sweepfile import SWEEPS
from experiments.runs.files import located

from .drawn import BASELINE

fsspec = pytest.importorskip("fsspec")
pytest.importorskip("upath")
RUN = ("run", str(BASELINE), "--runs", "2500")
SWEEP = SWEEPS / "review-length.yaml"
AWAY = "memory://shared/results"


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    fsspec.filesystem("memory").store.clear()


def files(folder: Path) -> dict[str, bytes]:
    its = ("summary.json", *(f"parts/{number:06}.parquet" for number in range(3)))
    return {name: (folder / name).read_bytes() for name in its}


@pytest.mark.slow
def test_results_in_a_store_have_the_bytes_of_a_folder_and_are_gone_on_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*RUN, "--out", str(tmp_path)]) == 0
    assert main([*RUN, "--out", AWAY]) == 0
    assert files(located(AWAY)) == files(tmp_path)
    figures = {path.name for path in (located(AWAY) / "figures").iterdir()}
    assert figures == {path.name for path in (tmp_path / "figures").iterdir()}
    (located(AWAY) / "parts" / "000001.parquet").write_bytes(b"PAR1 no longer PAR1")
    assert main([*RUN, "--out", AWAY]) == 0
    assert "2 of 3 parts were there already" in capsys.readouterr().err
    assert files(located(AWAY)) == files(tmp_path)


@pytest.mark.slow
def test_shards_in_a_store_are_merged_drawn_and_exported_from_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*RUN, "--out", str(tmp_path / "here")]) == 0
    for number in (1, 2):
        assert main([*RUN, "--shard", f"{number}/2", "--out", f"{AWAY}/{number}"]) == 0
    assert main(["merge", f"{AWAY}/1", f"{AWAY}/2", "--out", f"{AWAY}/all"]) == 0
    assert files(located(f"{AWAY}/all")) == files(tmp_path / "here")
    assert main(["plot", f"{AWAY}/all"]) == 0
    assert main(["report", f"{AWAY}/all", "--out", f"{AWAY}/deep/page.html"]) == 0
    assert (located(AWAY) / "deep" / "page.html").read_bytes().startswith(b"<!doctype html>")
    assert main(["export", f"{AWAY}/all", "--csv", str(tmp_path / "runs.csv")]) == 0
    assert len((tmp_path / "runs.csv").read_text().splitlines()) == 2501


@pytest.mark.slow
def test_other_results_in_a_store_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RUN, "--out", AWAY]) == 0
    assert main([*RUN, "--seed", "2", "--out", AWAY]) == 2
    assert "holds other results" in capsys.readouterr().err


def test_a_file_url_is_a_path_on_this_machine(tmp_path: Path) -> None:
    assert located(f"file://{tmp_path}") == tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ("trace", str(BASELINE), "--out", AWAY),
        ("gallery", str(BASELINE), "--out", AWAY),
        (*RUN, "--out", "no://x/y"),
        ("plot", "no://x"),
    ],
)
def test_what_cannot_go_to_a_store_is_refused(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == 2
    said = capsys.readouterr().err
    assert "a path on this machine is needed" in said or "cannot be reached (" in said


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1:1/x",
        "github://a:b@/x",
        "zip://",
        "zip://x",
        "tar://x",
        "dir://x",
        "cached://",
        "webhdfs://127.0.0.1:1/x",
        "http://127.0.0.1:1/x",
        "no://x",
        "://x",
        "a b://c",
        "arrow_hdfs://x",
        "file://",
        "file://results",
        "local://",
        "data://x",
        "\x1b]0;b\x07://x",
    ],
)
def test_a_store_that_is_down_or_unknown_is_one_sentence_for_reading_and_writing(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", _no_network)
    monkeypatch.chdir(tmp_path)
    for command in (
        (*RUN, "--out", url),
        ("sweep", str(SWEEP), "--runs", "20", "--out", url),
        ("plot", url),
        ("export", url),
        ("report", url),
        ("report", str(tmp_path), "--out", url),
        ("merge", url, "--out", str(tmp_path / "merged")),
    ):
        assert main(command) == 2
        said = capsys.readouterr().err
        assert said.startswith("optin: ")
        assert len(said.splitlines()) == 1
        assert said[:-1].isprintable()
    assert list(tmp_path.iterdir()) == []


def _no_network(host: object, *_: object, **__: object) -> object:
    raise OSError(f"no network is needed to look for {host}")
