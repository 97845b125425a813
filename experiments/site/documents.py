"""Pages of Markdown as HTML: links lead to pages or files of the site, images stand inside, wide tables scroll."""

import base64
import mimetypes
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from model.extends import TOP

if TYPE_CHECKING:
    from markdown_it.token import Token

DOCUMENTS = (
    "README.md",
    "scenarios/TUTORIAL.md",
    "scenarios/README.md",
    "scenarios/regimes/README.md",
    "experiments/sweeps/README.md",
    "experiments/AUTOMATION.md",
    "experiments/CLUSTERS.md",
    "experiments/forecasts/README.md",
    "model/ODD.md",
    "model/VALIDATION.md",
    "model/DECISIONS.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
)  # a wheel has no pages of the top folder; what is missing is left out
FORECAST_PAGES = "experiments/forecasts/*.md"
FOLDER, FILES = "documents", "files"
OPENED = '<div class="scrolled" role="region" aria-label="Table" tabindex="0">\n'


class Document(NamedTuple):
    """A page of Markdown: its title, its sections (anchor -> title), its HTML, and the files that it links to."""

    title: str
    sections: dict[str, str]
    html: str
    files: list[str]


def found() -> dict[str, str]:
    """The documents that are there: path from the top -> path in the site."""
    further = sorted(path.relative_to(TOP).as_posix() for path in TOP.glob(FORECAST_PAGES))
    there = dict.fromkeys(path for path in (*DOCUMENTS, *further) if (TOP / path).is_file())
    return {path: f"{FOLDER}/{path.removesuffix('.md').replace('/', '-')}.html" for path in there}


def document(path: str, pages: Mapping[str, str]) -> Document:
    """A page of Markdown made HTML; HTML inside it is shown as text.

    Parameters
    ----------
    path : from the top folder
    pages : documents that are in the site, by path -> path in the site
    """
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse((TOP / path).read_text(encoding="utf-8"))
    headings: dict[str, tuple[str, str]] = {}  # anchor -> tag and title
    files: list[str] = []
    for token, inside in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and inside is not None:
            anchor = _anchor(inside.content, headings)
            headings[anchor] = token.tag, _plain(inside)
            token.attrSet("id", anchor)
        if token.children:
            token.children = _led(token.children, path, pages, files)
    html = reader.renderer.render(tokens, reader.options, {})
    html = html.replace("<table>", f"{OPENED}<table>").replace("</table>", "</table>\n</div>")
    title = next((title for tag, title in headings.values() if tag == "h1"), path)
    return Document(title, {anchor: title for anchor, (tag, title) in headings.items() if tag == "h2"}, html, files)


def _anchor(text: str, taken: Iterable[str]) -> str:
    """The anchor of a heading, as code hosts make them, and unlike the others of its page."""
    anchor = re.sub(r"[^\w -]", "", text.lower()).strip().replace(" ", "-")
    same = sum(re.fullmatch(rf"{re.escape(anchor)}(-\d+)?", other) is not None for other in taken)
    return f"{anchor}-{same}" if same else anchor


def _plain(inline: "Token") -> str:
    return "".join(child.content for child in inline.children or [])


def _led(children: "list[Token]", path: str, pages: Mapping[str, str], files: list[str]) -> "list[Token]":
    """The parts of a line, with links that lead somewhere in the site; a link to nothing in it is only its text."""
    kept, is_open = [], False
    for child in children:
        if child.type == "image":
            child.attrSet("src", _picture(_target(path, str(child.attrGet("src")))))
        if child.type == "link_open":
            href = _href(path, str(child.attrGet("href")), pages, files)
            is_open = href is not None
            if href is None:
                continue
            child.attrSet("href", href)
        if child.type == "link_close" and not is_open:
            continue
        kept.append(child)
    return kept


def _target(path: str, link: str) -> str:
    """What a relative link means, from the top folder."""
    return os.path.normpath(PurePosixPath(path).parent / link).replace(os.sep, "/")


def _href(path: str, link: str, pages: Mapping[str, str], files: list[str]) -> str | None:
    """Where a link leads from a page in the folder of documents; None for what is not in the site."""
    if re.match(r"\w+:|#", link):
        return link
    link, _, anchor = link.partition("#")
    target, suffix = _target(path, link), f"#{anchor}" if anchor else ""
    if target in pages:
        return PurePosixPath(pages[target]).name + suffix
    if target.startswith("..") or not (TOP / target).is_file():
        return None
    files.append(target)
    return f"../{FILES}/{target}"


def _picture(target: str) -> str:
    kind = mimetypes.guess_type(target)[0]
    return f"data:{kind};base64,{base64.b64encode((TOP / target).read_bytes()).decode()}"
