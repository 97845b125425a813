"""How results are cited: as text and in BibTeX, with what is needed to make them anew."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from model.problems import listed

from ..runs.manifest import manifest_of
from ..runs.store import Store
from .comparison import provenance_of_all
from .findings import provenance

AUTHORS = "The Opt-In founders"  # as CITATION.cff has it
TITLE = "Opt-In: a simulator of how a voluntary rule gets made, and of who joins it"
SPECIAL = re.compile(r"[#$%&_{}\\^~]")  # characters that mean something else to LaTeX
WORDS = {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"}


class Citation(NamedTuple):
    """What a citation of results says; ``line`` is the provenance that their figures and summary carry too."""

    title: str
    version: str
    year: str
    inputs: str
    line: str

    def text(self) -> str:
        """The citation as text, then in BibTeX."""
        return f"{self.sentence()}\n\n{self.bibtex()}"

    def sentence(self) -> str:
        """The citation as a list of references has it."""
        program = f"{TITLE}, version {self.version} [software]"
        return f"{AUTHORS} ({self.year}). {program}. Results: {self.title}. {self.line}."

    def bibtex(self) -> str:
        """The citation in BibTeX."""
        fields = {
            "author": f"{{{AUTHORS}}}",
            "title": f"{{{_latex(TITLE)}}}",
            "version": self.version,
            "year": self.year,
            "note": f"Results: {_latex(self.title)}. {_latex(self.line)}",
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
        return "\n".join([f"@software{{optin-{self.inputs[:12]},", *lines, "}"])

    def data(self) -> dict[str, Any]:
        """The citation as plain data that JSON can hold."""
        return {**self._asdict(), "text": self.sentence(), "bibtex": self.bibtex()}


def citation(store: Store) -> Citation:
    """How results are cited, by their manifest."""
    there = manifest_of(store.folder)
    return Citation(store.plan.title, there["version"], there["written"][:4], there["inputs"], provenance(store))


def citation_of_all(stores: Sequence[Store]) -> Citation:
    """How results are cited, or a comparison of several."""
    if len(stores) == 1:
        return citation(stores[0])
    first, *others = (citation(store) for store in stores)
    title = f"{first.title}, compared with {listed([its.title for its in others])}"
    inputs = hashlib.sha256("".join(store.made_from for store in stores).encode()).hexdigest()
    return first._replace(title=title, inputs=inputs, line=provenance_of_all(stores))


def _latex(text: str) -> str:
    """Text with the characters that mean something else to LaTeX escaped."""
    return SPECIAL.sub(lambda found: WORDS.get(found[0], f"\\{found[0]}"), text)
