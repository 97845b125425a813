"""The gallery: every kind of figure on one page, on which text from files stays text."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from experiments.cli.main import main
from experiments.figures import runs, talks
from experiments.publish.gallery import SWEPT


class Seen(HTMLParser):
    """The tags of a page, its pictures and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.pictures: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "img":
            self.pictures.append(dict(attrs)["src"] or "")

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.slow
def test_the_page_shows_every_figure_with_what_it_says_and_of_which_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / "odd.yaml"
    odd.write_text(
        "extends: baseline.yaml\ntitle: '<script>alert(1)</script> & <b>'\nquestion: \"$x$ 深度 'q' <i>?\"\n"
        "stakeholders: {meta: {label: '</figcaption><script>'}}\n"
    )
    out = tmp_path / "out"
    assert main(["gallery", str(odd), "--runs", "12", "--seed", "4", "--out", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    page = Path(said["page"])
    assert page == out / "index.html"
    seen = Seen()
    seen.feed(page.read_text(encoding="utf-8"))
    names = [Path(picture).stem for picture in seen.pictures]
    assert names == [*runs.FIGURES, *talks.FIGURES, *SWEPT]
    assert all((out / picture).exists() for picture in seen.pictures)
    assert seen.tags == {"html", "head", "meta", "title", "style", "body", "h1", "figure", "h2", "img", "figcaption"}
    assert "<script>alert(1)</script> & <b>: $x$ 深度 'q' <i>?" in seen.text
    for figure in said["figures"]:
        assert figure["message"] in seen.text
        assert figure["caption"] in seen.text
        assert "seed 4" in figure["caption"]


@pytest.mark.slow
def test_without_a_scenario_the_gallery_is_of_the_baseline_and_says_where_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gallery", "--runs", "1", "--out", str(tmp_path)]) == 0
    count = (tmp_path / "index.html").read_text(encoding="utf-8").count("<img")
    assert count >= len(talks.FIGURES)  # what one run shows nothing of is not drawn
    assert capsys.readouterr().out == f"{count} figures on {tmp_path / 'index.html'}\n"
    assert json.loads((tmp_path / "manifest.json").read_text())["plan"]["scenario"]["name"] == "baseline"
