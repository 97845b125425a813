"""Texts in figures: what no font has is named once, and the longest labels leave room for what is drawn."""

from pathlib import Path

import pytest

from experiments.cli.main import main
from experiments.figures import style
from experiments.figures.glyphs import note_of_undrawn
from experiments.figures.style import canvas, save

NOBODY_HAS = "\U000f0001"  # for private use
SCRIPTS = "abc äöü Ωжא"  # all in the font that comes with matplotlib


def drawn(folder: Path, message: str) -> str:
    """The note about a figure of a message, in both formats."""
    save(canvas(4, 3, message, "")[0], folder, "figure", "")
    return note_of_undrawn()


def test_characters_that_no_font_has_are_named_in_one_note_for_all_figures(tmp_path: Path) -> None:
    save(canvas(4, 3, f"a {NOBODY_HAS} b", "")[0], tmp_path, "one", "")
    said = drawn(tmp_path, f"c {NOBODY_HAS}\U000f0002")
    assert said.startswith(f"note: no installed font can draw {NOBODY_HAS} \U000f0002; ")
    assert note_of_undrawn() == ""


def test_what_can_be_drawn_needs_no_note(tmp_path: Path) -> None:
    assert drawn(tmp_path, SCRIPTS) == ""


def test_of_the_fonts_for_other_scripts_those_that_are_installed_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "OTHER_SCRIPTS", ("No Such Font", "STIXGeneral"))  # the latter comes with matplotlib
    style.fonts.cache_clear()
    try:
        assert style.fonts() == [style.FONT, "STIXGeneral"]
    finally:
        style.fonts.cache_clear()


@pytest.mark.slow
def test_a_run_with_such_a_label_says_so_once_and_last(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "odd.yaml"
    labels = f"stakeholders: {{meta: {{label: 'Méta {NOBODY_HAS}'}}, xai: {{label: '{NOBODY_HAS}'}}}}"
    file.write_text(f"extends: june-order.yaml\nquestion: q\n{labels}\n")
    assert main(["run", str(file), "--runs", "20", "--out", str(tmp_path / "out")]) == 0
    lines = capfd.readouterr().err.splitlines()
    assert [line.startswith("optin: note: no installed font") for line in lines].count(True) == 1
    assert lines[-1].startswith(f"optin: note: no installed font can draw {NOBODY_HAS};")


@pytest.mark.slow
def test_the_longest_labels_and_titles_fit_into_every_figure(tmp_path: Path) -> None:
    labels = ", ".join(
        f"{name}: {{label: {(name + ' National Laboratory of the Union of All States')[:40].ljust(40, 'n')}}}"
        for name in ("openai", "anthropic", "google", "microsoft", "amazon", "meta", "xai")
    )
    file = tmp_path / f"{'w' * 200}.yaml"
    file.write_text(
        f"extends: june-order.yaml\ntitle: {'Wide ' * 39}Title\nquestion: {'q' * 1000}\nstakeholders: {{{labels}}}\n"
    )
    assert main(["run", str(file), "--runs", "20", "--out", str(tmp_path / "out")]) == 0  # a warning is an error here
    assert main(["trace", str(file), "--out", str(tmp_path / "out")]) == 0
