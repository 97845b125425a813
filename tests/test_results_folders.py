"""Results folders: no wrong number without a word, no traceback whatever is in them, and the way on."""

import json
import os
import resource
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments import MAX_RUNS
from experiments.dashboard import saved
from experiments.plans.design import plan_of
from experiments.publish import validation
from experiments.publish.findings import Findings
from experiments.publish.tables import export
from experiments.runs import files
from experiments.runs import store as stores
from experiments.runs.manifest import SEAL, inputs, seal
from experiments.runs.parts import Origin, flaw, origin_of, sealed
from experiments.runs.store import opened
from model.problems import BadInput
from model.scenario import SHIPPED, load

from .conftest import ROOT, within
from .fuzz_folders import called, failures, in_a_hurry

JUNE = str(SHIPPED / "june-order.yaml")
RUNS = 1500  # two parts
OURS = ("run", JUNE, "--runs", str(RUNS), "--json")
LARGER = ("run", JUNE, "--set", "levers.quorum_labs=7", "--runs", str(RUNS), "--json")
SEVENTH = (*OURS, "--seed", "7")
MINUTE = 60


@pytest.fixture(autouse=True)
def _quickly() -> Iterator[None]:
    with in_a_hurry(load_once=False):
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], Path]:
    """Results of three commands, never changed."""
    folders = {}
    with in_a_hurry(load_once=False):
        for number, command in enumerate((OURS, LARGER, SEVENTH)):
            folders[command] = tmp_path_factory.mktemp("made") / str(number)
            assert called(*command, "--out", folders[command]).code == 0
    return folders


@pytest.fixture
def folder(made: dict[tuple[str, ...], Path], tmp_path: Path) -> Path:
    """A copy of our results."""
    return Path(shutil.copytree(made[OURS], tmp_path / "its"))


def adopted(out: str) -> float:
    return float(json.loads(out)["outcomes"]["adopted"]["mean"])


def parts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "parts").glob("*.parquet"))}


def readings(folder: Path, beside: Path) -> list[tuple[object, ...]]:
    return [
        ("plot", folder),
        ("export", folder, "--csv", beside / "runs.csv"),
        ("report", folder, "--out", beside / "page.html"),
        ("merge", folder, "--out", beside / "merged"),
    ]


def all_refuse(folder: Path, beside: Path, fragment: str) -> None:
    for command in readings(folder, beside):
        said = called(*command)
        assert said.code in (1, 2), (command, said)
        assert not said.traceback, said
        assert fragment in said.err
        assert said.err.startswith("optin: ")


# ---------------------------------------------------------------- parts of other results


def test_parts_without_a_manifest_are_never_taken_for_those_of_another_scenario(
    made: dict[tuple[str, ...], Path], folder: Path
) -> None:
    (folder / "manifest.json").unlink()
    before = parts(folder)
    said = called(*LARGER, "--out", folder)
    assert said.code == 2
    assert said.err == (
        f"optin: --out {folder}: holds parts of other results, which only the command that made them goes on with; "
        "name another folder, or remove this one\n"
    )
    assert parts(folder) == before
    again = called(*OURS, "--out", folder)
    assert "2 of 2 parts were there already" in again.err
    assert adopted(again.out) == adopted((made[OURS] / "summary.json").read_text())


def test_without_a_chosen_folder_other_parts_stay_and_the_next_one_is_taken(
    made: dict[tuple[str, ...], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(made[SEVENTH], tmp_path / "results" / f"june-order-runs={RUNS}")
    (tmp_path / "results" / f"june-order-runs={RUNS}" / "manifest.json").unlink()
    assert called(*OURS).code == 0
    assert parts(tmp_path / "results" / f"june-order-runs={RUNS}-2") == parts(made[OURS])


@pytest.mark.parametrize("others", [SEVENTH, LARGER], ids=["another seed", "other settings"])
def test_parts_of_other_results_are_refused_by_all_that_read_and_made_again_by_the_command(
    made: dict[tuple[str, ...], Path], folder: Path, tmp_path: Path, others: tuple[str, ...]
) -> None:
    shutil.copy(made[others] / "parts" / "000001.parquet", folder / "parts")
    all_refuse(folder, tmp_path, "it holds runs of other results")
    said = called(*OURS, "--out", folder)
    assert "000001.parquet is damaged (it holds runs of other results) and is made again" in said.err
    assert parts(folder) == parts(made[OURS])


def test_a_part_in_the_place_of_another_is_no_part(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "parts" / "000000.parquet", folder / "parts" / "000001.parquet")
    all_refuse(folder, tmp_path, "it is part 000000")


@pytest.mark.parametrize("name", ["000099.parquet", "copy of 000000.parquet"])
def test_a_stray_file_is_named_and_left_out(
    made: dict[tuple[str, ...], Path], folder: Path, tmp_path: Path, name: str
) -> None:
    shutil.copy(made[SEVENTH] / "parts" / "000000.parquet", folder / "parts" / name)
    for command in (*readings(folder, tmp_path)[:3], (*OURS, "--out", folder)):
        said = called(*command)
        assert said.code == 0
        assert f"{name} is no part of these results and is left out\n" in said.err
    assert len((tmp_path / "runs.csv").read_text().splitlines()) == RUNS + 1
    assert adopted(said.out) == adopted((made[OURS] / "summary.json").read_text())


def rewritten_by_pandas(path: Path) -> None:
    import pandas as pd

    pd.read_parquet(path).to_parquet(path)


def rewritten_by_arrow(path: Path) -> None:
    """With all metadata kept, and one number changed."""
    table = pq.read_table(path)
    column = table.column_names.index("adopted")
    changed = pa.array(1.0 - table["adopted"].to_numpy())
    kept = pq.read_metadata(path).metadata
    table = table.set_column(column, "adopted", changed)
    with pq.ParquetWriter(path, table.schema, compression="zstd", write_page_checksum=True) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({key: value for key, value in kept.items() if key.startswith(b"opt-in")})


@pytest.mark.parametrize("rewritten", [rewritten_by_pandas, rewritten_by_arrow])
def test_a_part_that_another_program_has_rewritten_is_refused(
    made: dict[tuple[str, ...], Path], folder: Path, tmp_path: Path, rewritten: Callable[[Path], None]
) -> None:
    rewritten(folder / "parts" / "000000.parquet")
    all_refuse(folder, tmp_path, "its bytes are not those that were written")
    assert called(*OURS, "--out", folder).code == 0
    assert parts(folder) == parts(made[OURS])


def test_any_bit_of_a_part_counts_also_one_that_moves_no_value(made: dict[tuple[str, ...], Path]) -> None:
    path = made[OURS] / "parts" / "000001.parquet"
    content, its = path.read_bytes(), json.loads((made[OURS] / "manifest.json").read_text())["inputs"]
    assert flaw(content, Origin(its, 1)) == ""
    for place in [*range(0, 400, 3), *range(400, len(content), 997), *range(len(content) - 3000, len(content), 7)]:
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        assert flaw(changed, Origin(its, 1)) != ""


def test_a_sealed_part_reads_as_ordinary_parquet_and_says_its_origin(made: dict[tuple[str, ...], Path]) -> None:
    path = made[OURS] / "parts" / "000001.parquet"
    said = pq.read_metadata(path).metadata
    plan = plan_of(load(JUNE), RUNS, 1, None, MAX_RUNS)
    assert said[b"opt-in.inputs"].decode() == inputs(plan)
    assert said[b"opt-in.part"] == b"1"
    assert origin_of(path.read_bytes()) == Origin(inputs(plan), 1)
    assert sealed(path.read_bytes()) == path.read_bytes()
    assert pq.read_table(path)["run"].to_pylist() == list(range(1024, RUNS))


@pytest.mark.parametrize(
    "error", [pa.ArrowNotImplementedError, pa.ArrowTypeError, pa.ArrowKeyError, pa.ArrowMemoryError, OSError]
)
def test_whatever_arrow_says_of_a_part_is_one_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def broken(*_: object) -> None:
        raise error("Integers with more than 64 bits\nnot implemented")

    monkeypatch.setattr(stores, "read", broken)
    for command in readings(folder, tmp_path)[:3]:
        said = called(*command)
        assert (said.code, said.traceback) == (2, "")
        assert "000000.parquet: is damaged (Integers with more than 64 bits); the command that made it" in said.err


def test_with_a_precision_only_the_parts_of_the_steps_taken_are_read(tmp_path: Path) -> None:
    command = ("run", JUNE, "--runs", "100", "--precision", "0.06", "--max-runs", "3000", "--json")
    said = called(*command, "--out", tmp_path)
    runs = json.loads(said.out)["runs"]
    assert 100 < runs < 3000
    count = len(parts(tmp_path))
    for number in range(count, count + 2):
        shutil.copy(tmp_path / "parts" / "000000.parquet", tmp_path / "parts" / f"{number:06}.parquet")
    assert opened(tmp_path).rows() == runs
    assert called("export", tmp_path, "--csv", tmp_path / "runs.csv", "--json").code == 0
    assert len((tmp_path / "runs.csv").read_text().splitlines()) == runs + 1
    (tmp_path / "parts" / "000000.parquet").unlink()
    assert "000000.parquet: is missing; the command that made it makes it anew" in called("plot", tmp_path).err


# ---------------------------------------------------------------- whatever stops the work, the same command goes on


def empty_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"")


def zeroed_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(bytes(4096))


def cut_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes()[:5000])


def no_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def cut_part(folder: Path) -> None:
    path = folder / "parts" / "000001.parquet"
    path.write_bytes(path.read_bytes()[:-100])


def no_part(folder: Path) -> None:
    (folder / "parts" / "000001.parquet").unlink()


def no_summary(folder: Path) -> None:
    (folder / "summary.json").unlink()


def cut_summary(folder: Path) -> None:
    (folder / "summary.json").write_bytes(b"{")


def piped_part(folder: Path) -> None:
    (folder / "parts" / "000001.parquet").unlink()
    os.mkfifo(folder / "parts" / "000001.parquet")


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (empty_manifest, "manifest.json: cannot be read: it is empty"),
        (zeroed_manifest, "manifest.json: cannot be read: it is empty"),
        (cut_manifest, "manifest.json: cannot be read: "),
        (no_manifest, "holds no results: there is no manifest.json in it"),
        (cut_part, "000001.parquet: is damaged (its bytes are not those that were written)"),
        (no_part, "000001.parquet: is missing"),
        (piped_part, "000001.parquet: is damaged (is no file)"),
    ],
)
def test_whatever_is_missing_or_damaged_is_said_and_the_same_command_goes_on(
    made: dict[tuple[str, ...], Path], folder: Path, tmp_path: Path, damage: Callable[[Path], None], why: str
) -> None:
    damage(folder)
    all_refuse(folder, tmp_path, why if "parquet" not in why else "000001")
    assert why in called("plot", folder).err
    said = called(*OURS, "--out", folder)
    assert said.code == 0, said
    assert parts(folder) == parts(made[OURS])
    assert json.loads(said.out) == json.loads((made[OURS] / "summary.json").read_text())
    assert called("plot", folder).code == 0


@pytest.mark.parametrize(
    ("damage", "why"),
    [(no_summary, "is not finished; go on with: "), (cut_summary, "summary.json: cannot be read: ")],
)
def test_a_summary_that_is_missing_or_damaged_is_written_again(
    folder: Path, damage: Callable[[Path], None], why: str
) -> None:
    damage(folder)
    said = called("plot", folder)
    assert (said.code, why in said.err) == (2, True)
    assert called(*OURS, "--out", folder).code == 0
    assert called("plot", folder).code == 0


def test_a_manifest_of_another_program_is_left_alone(tmp_path: Path) -> None:
    for content in ('{"name": "extension"}', "[1]", "// a comment\n{}"):
        (tmp_path / "manifest.json").write_text(content)
        assert called(*OURS, "--out", tmp_path).code == 2
        assert (tmp_path / "manifest.json").read_text() == content
        assert not (tmp_path / "parts").exists()


READ_ONLY = OSError(30, "Read-only file system")


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that nobody may write to, as it is also to root, whom permissions do not stop."""
    unlocked = os.open
    writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT

    def refused(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if flags & writes and str(path) != os.devnull:
            raise OSError(READ_ONLY.errno, READ_ONLY.strerror, str(path))
        return unlocked(path, flags, *more, **named)

    def opened_to_read(self: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
        if set(mode) & set("wax+"):
            raise OSError(READ_ONLY.errno, READ_ONLY.strerror, str(self))
        return open(self, mode, *more, **named)

    monkeypatch.setattr(os, "open", refused)
    monkeypatch.setattr(Path, "open", opened_to_read)


@pytest.mark.usefixtures("read_only")
def test_results_on_a_disk_that_is_only_to_be_read_are_read_or_the_disk_is_named(folder: Path) -> None:
    for command in (OURS, ("plot",), ("export",), ("report",)):
        ours = command is OURS
        said = called(*command, *(("--out", folder) if ours else (folder,)))
        if command == ("plot",):  # the figures are left out here
            assert said.code == 0
            continue
        assert said.code == 2, said
        assert "Read-only file system" in said.err
        assert len(said.err.splitlines()) == 1


def limited(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.slow
def test_on_a_full_disk_plot_says_so_in_a_sentence_and_leaves_no_half_of_a_figure(
    made: dict[tuple[str, ...], Path], folder: Path
) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "experiments", "plot", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limited(3000),
    )
    assert said.returncode == 1, said
    assert said.stderr == f"optin: {folder / 'figures'}: cannot be written: File too large\n"
    assert list((folder / "figures").iterdir()) == []


# ---------------------------------------------------------------- what is no manifest, no file, no text


def sealed_again(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data | {SEAL: seal(data)}))


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        (lambda its: its.update(shard="x"), "found 'x' for shard; allowed: i/n"),
        (lambda its: its["plan"].update(seed="x"), "found 'x' for plan.seed; allowed: a whole number"),
        (lambda its: its["plan"].pop("runs"), "found no 'runs' in plan"),
        (lambda its: its.update(plan=None), "found nothing (null) for plan"),
        (lambda its: its["libraries"].pop("numpy"), "found no 'numpy' in libraries"),
        (lambda its: its["plan"].update(seed=2), "is not the one of these results"),
        (lambda its: its["plan"].update(runs=3000), "is not the one of these results"),
        (lambda its: its["plan"]["scenario"].update(starts="2026-13-45"), "cannot be read: "),
        (lambda its: its["plan"].update(measures=["joy"]), "found the measure 'joy'"),
        (lambda its: its.update(format={}), "holds results of format unknown"),
    ],
)
def test_a_manifest_that_cannot_be_says_what_is_wrong_with_it(
    folder: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object], fragment: str
) -> None:
    sealed_again(folder / "manifest.json", change)
    all_refuse(folder, tmp_path, fragment)


def test_a_manifest_that_was_changed_by_hand_is_refused(folder: Path, tmp_path: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace("Is the June order", "Is the July order"))
    data = json.loads(path.read_text())
    data["plan"]["title"] = "Another"
    path.write_text(json.dumps(data))
    all_refuse(folder, tmp_path, "has changed since it was written")


@pytest.mark.parametrize(
    "content",
    [b"point,levers.quorum_labs\n0,4\n", b"\xff\xfe\x00", b"", b"x\n" * 3, b'point,a\n0,"', b"point,a\n0,\x00\n"],
)
def test_points_that_are_not_those_of_the_manifest_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sweep.yaml").write_text(
        "question: q\nscenario: june-order.yaml\nvary: {levers.quorum_labs: [4, 7]}\nruns: 20\n"
    )
    command = ("sweep", tmp_path / "sweep.yaml", "--out", tmp_path / "its", "--json")
    truth = called(*command)
    (tmp_path / "its" / "design.csv").write_bytes(content)
    all_refuse(tmp_path / "its", tmp_path, "design.csv: ")
    assert called(*command).out == truth.out
    assert called("plot", tmp_path / "its").code == 0


@pytest.mark.parametrize("name", ["manifest.json", "summary.json"])
@pytest.mark.parametrize("put", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_never_opened(folder: Path, name: str, put: Callable[[Path], object]) -> None:
    (folder / name).unlink()
    put(folder / name)
    with within(20):
        said = called("plot", folder)
        assert saved.found(str(folder)).shown["problem"]
        assert [its["state"] for its in saved.folders(folder.parent)] == [
            "damaged" if name == "manifest.json" else "not finished"
        ]
    assert said.code == 2
    assert f"{name}: is no file; remove it, or name other results" in said.err


def test_nothing_raw_of_a_manifest_reaches_the_terminal(folder: Path) -> None:
    nasty = "optin run \x1b]0;PWNED\x07 \udcff"

    def change(its: dict[str, Any]) -> None:
        its.update(command=nasty, written=nasty, version=nasty)

    sealed_again(folder / "manifest.json", change)
    (folder / "summary.json").unlink()
    said = called("plot", folder)
    assert "go on with: optin run \\x1b]0;PWNED\\x07 \\udcff" in said.err
    for command in (LARGER, OURS[:2]):
        assert "\x1b" not in called(*command, "--out", folder).err
    assert "\x1b" not in said.err


def test_nothing_raw_of_the_head_of_a_table_reaches_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a\x1b]0;PWNED\x07\n1\n")
    text = "question: q\nscenario: june-order.yaml\ndesign: table\ntable: t.csv\nvary: [levers.secrecy]\n"
    (tmp_path / "sweep.yaml").write_text(text)
    said = called("sweep", tmp_path / "sweep.yaml", "--out", tmp_path / "its")
    assert (said.code, "PWNED" in said.err, "\x1b" in said.err) == (2, True, False), said


# ---------------------------------------------------------------- writing


def test_a_pipe_is_written_into(folder: Path, tmp_path: Path) -> None:
    for command in (("export", folder, "--csv"), ("report", folder, "--out")):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        with (tmp_path / "read").open("wb") as read, subprocess.Popen(["cat", str(pipe)], stdout=read) as reader:
            said = called(*command, pipe)
            reader.wait(timeout=30)
        content = (tmp_path / "read").read_bytes()
        assert (said.code, said.out) == (0, ""), said
        assert str(pipe) in said.err
        assert stat.S_ISFIFO(pipe.stat().st_mode)
        if command[0] == "export":
            store = opened(folder)
            export(store, tmp_path / "runs.csv")
            assert content == (tmp_path / "runs.csv").read_bytes()
        else:
            assert content.startswith(b"<!doctype html>")
        pipe.unlink()


@pytest.mark.parametrize("command", ["export", "report"])
def test_a_device_is_never_replaced(folder: Path, tmp_path: Path, command: str) -> None:
    flag = "--csv" if command == "export" else "--out"
    full = Path("/dev/full")
    before = full.stat()
    said = called(command, folder, flag, full)
    assert (said.code, said.err) == (1, "optin: /dev/full: cannot be written: No space left on device\n")
    assert (full.stat().st_rdev, full.stat().st_mode) == (before.st_rdev, before.st_mode)


@pytest.mark.slow
@pytest.mark.parametrize("into_file", [True, False])
def test_an_export_to_standard_output_is_the_table_and_nothing_else(
    folder: Path, tmp_path: Path, into_file: bool
) -> None:
    export(opened(folder), tmp_path / "runs.csv")
    command = [sys.executable, "-m", "experiments", "export", str(folder), "--csv", "/dev/stdout"]
    if into_file:
        with (tmp_path / "out.csv").open("wb") as out:
            subprocess.run(command, cwd=ROOT, check=True, stdout=out)
        content = (tmp_path / "out.csv").read_bytes()
    else:
        content = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    assert content == (tmp_path / "runs.csv").read_bytes()
    assert os.path.islink("/dev/stdout")


@pytest.mark.slow
def test_a_reader_who_has_seen_enough_of_a_run_is_no_fault(folder: Path) -> None:
    command = [sys.executable, "-m", "experiments", *OURS[:-1], "--out", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert "Broken pipe" not in process.stderr.read()
    assert process.returncode == 0
    assert (folder / "summary.json").exists()


def test_missing_folders_are_made_and_links_stay(folder: Path, tmp_path: Path) -> None:
    for command, flag in (("export", "--csv"), ("report", "--out")):
        path = tmp_path / command / "deep" / "its"
        assert called(command, folder, flag, path).code == 0
        link = tmp_path / f"link-{command}"
        link.symlink_to(path)
        content = path.read_bytes()
        path.write_bytes(b"before")
        assert called(command, folder, flag, link).code == 0
        assert link.is_symlink()
        assert path.read_bytes() == content


@pytest.mark.parametrize(("command", "flag"), [("export", "--csv"), ("report", "--out")])
def test_a_folder_in_place_of_the_file_is_one_sentence(folder: Path, tmp_path: Path, command: str, flag: str) -> None:
    (tmp_path / "there").mkdir()
    said = called(command, folder, flag, tmp_path / "there")
    assert (said.code, said.err) == (2, f"optin: {tmp_path / 'there'}: cannot be written: Is a directory\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["its", "there"]


def test_a_pipe_whose_reader_leaves_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["head", "-c", "1", str(tmp_path / "pipe")], stdout=subprocess.DEVNULL):
        said = called("export", folder, "--csv", tmp_path / "pipe")
    assert (said.code, said.err) == (2, f"optin: {tmp_path / 'pipe'}: cannot be written: Broken pipe\n")


def test_what_stands_where_a_file_is_first_written_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.part")
    with within(20):
        files.write_bytes(tmp_path / "x", b"content")
    (tmp_path / "y.part").symlink_to(tmp_path / "x")
    files.write_bytes(tmp_path / "y", b"other")
    assert (tmp_path / "x").read_bytes() == b"content"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x", "y"]


def test_a_folder_in_place_of_a_part_is_named(folder: Path) -> None:
    path = folder / "parts" / "000001.parquet"
    path.unlink()
    path.mkdir()
    said = called(*OURS, "--out", folder)
    assert (said.code, said.traceback) == (1, "")
    assert f"optin: {path}: Is a directory; " in said.err


def test_a_file_is_on_the_disk_before_it_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        order.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def replaced(self: Path, target: Path) -> Path:
        order.append("replace")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    files.write_bytes(tmp_path / "x", b"content")
    assert order == ["file", "replace", "folder"]


def test_a_validation_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("a file, where a folder is needed")
    with pytest.raises(BadInput, match="there: cannot be written: "):
        validation.write(tmp_path / "there", Findings(Nothing()), {}, "nothing")


class Nothing:
    """A finding with nothing in it."""

    def headline(self) -> str:
        return ""

    def text(self) -> str:
        return ""

    def data(self) -> dict[str, Any]:
        return {}


def test_an_export_goes_to_this_machine_only(folder: Path) -> None:
    said = called("export", folder, "--csv", "memory://there/runs.csv")
    assert (said.code, "a path on this machine is needed" in said.err) == (2, True)


# ---------------------------------------------------------------- a few of the mutations


@pytest.mark.slow
def test_no_mutation_of_a_folder_gives_a_traceback_or_a_wrong_number() -> None:
    """Ten thousand of them by a command, see `fuzz_folders`."""
    with within(10 * MINUTE):
        assert list(failures(60, seed=2)) == []
