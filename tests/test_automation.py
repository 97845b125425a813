"""The page on driving the command: each key has the value that it shows, and refusals are as it says."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from .conftest import ROOT
from .pages import blocks, commands, text_of
from .test_cli import optin

PAGE = "experiments/AUTOMATION.md"
SHOWN = re.compile(r"^```sh\n(.*?)\n```\n\n\| key \| example \| what \|\n\|[-|]+\|\n((?:\|.*\n)+)", re.MULTILINE)
STEP = re.compile(r'\.?(\w+)|\[(\d+)\]|\["([^"]+)"\]')


class Example(NamedTuple):
    """A command of the page, and what it says of keys of its JSON."""

    command: str
    values: dict[str, Any]


def examples() -> list[Example]:
    return [
        Example(
            found[1],
            {key: json.loads(value) for key, value in re.findall(r"^\| `(.*?)` \| `(.*?)` \|", found[2], re.M)},
        )
        for found in SHOWN.finditer(text_of(PAGE))
    ]


def at(data: Any, key: str) -> Any:
    """What stands at a key, as `points[0].measures.adopted`."""
    assert "".join(step[0] for step in STEP.finditer(key)) == key
    for name, number, quoted in STEP.findall(key):
        data = data[int(number)] if number else data[name or quoted]
    return data


def test_a_key_is_followed_by_names_numbers_and_quoted_names() -> None:
    data = {"a": [{"b.c": {"d": 7}}]}
    assert at(data, 'a[0]["b.c"].d') == 7
    with pytest.raises(KeyError):
        at(data, "a[0].b")


@pytest.mark.slow
def test_each_key_has_the_value_that_the_page_shows(tmp_path: Path) -> None:
    """In the order of the page, since a command may read what one before it has left."""
    assert len(examples()) == len(blocks("sh", pages=[PAGE])) > 10
    for example in examples():
        assert example.values
        said = optin(*example.command.split()[1:], cwd=tmp_path)
        assert said.returncode == 0, f"{example.command}: {said.stderr}"
        data = json.loads(said.stdout)
        for key, value in example.values.items():
            found = at(data, key)
            expected = pytest.approx(value, rel=1e-3) if isinstance(value, float) else value
            assert found == expected, f"{example.command}: {key}"


def test_a_refusal_is_as_the_page_shows_it(tmp_path: Path) -> None:
    (shown,) = [block for block in blocks("text", pages=[PAGE]) if block.text.startswith("$ optin")]
    ((_, command),) = commands(shown)
    said = optin(*command.split()[1:], cwd=tmp_path)
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == shown.text.partition("\n")[2]


def test_the_folder_has_what_the_page_says_it_has(tmp_path: Path) -> None:
    said = optin("sweep", "bargaining.yaml", "--runs", "100", "--out", "results", "--json", cwd=tmp_path)
    named = re.findall(
        r"^\| `([\w./]+)` \|", text_of(PAGE).partition("| in the folder |")[2].partition("\n\n")[0], re.M
    )
    assert len(named) == 5
    for name in named:
        assert (tmp_path / "results" / name).exists()
    summary = json.loads((tmp_path / "results" / "summary.json").read_text())
    assert summary == json.loads(said.stdout)


def test_every_page_that_llms_txt_lists_is_there() -> None:
    text = (ROOT / "llms.txt").read_text(encoding="utf-8")
    assert re.match(r"# [^\n]+\n\n> ", text)  # a title, then what it is, as llmstxt.org has it
    links = re.findall(r"^- \[[^]]+\]\(([^)]+)\): ", text, re.MULTILINE)
    assert len(links) == len(re.findall("^- ", text, re.MULTILINE)) > 5
    assert [link for link in links if not (ROOT / link).is_file()] == []
