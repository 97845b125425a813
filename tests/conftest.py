"""What tests share: where the sources are, what a refusal looks like, a browser, and how tests are dealt out.

Two marks say how often a test runs. `slow`: not in the quick loop, ``pytest -n 2 -m "not slow"``, but in `make test`.
`exhaustive`: only in `make test-all`, which is what CI runs; whatever is exhaustive is slow as well.
"""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from model import extends, scenario, yamltree
from model.problems import Problem
from model.schema_problems import schema_problems
from model.yamltree import Node

ROOT = Path(__file__).parent.parent
SECONDS = 30  # far more than reading any file needs, also on a busy machine

WITH_PROCESSES = {"test_cluster", "test_dashboard", "test_store"}
EXAMPLES = {"usual": 200, "quick": 50}
for name, examples in EXAMPLES.items():  # the same every time, so that a green run stays green, and no eye on the clock
    settings.register_profile(
        name,
        derandomize=True,
        deadline=None,
        max_examples=examples,
        suppress_health_check=[HealthCheck.too_slow],
    )

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell has it for what it starts with &
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """Take fewer examples in the quick loop."""
    settings.load_profile("quick" if config.option.markexpr == "not slow" else "usual")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Call slow what is exhaustive or needs a browser."""
    for item in items:
        if item.get_closest_marker("exhaustive") or "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep a file on one worker, as its tests share what they make, and those that wait for processes on the same."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "processes" if Path(file).stem in WITH_PROCESSES else file

    return ByFile(config, log)


@pytest.fixture(autouse=True, scope="session")
def baseline_is_checked_once() -> Iterator[None]:
    """Parse and check the baseline as it is shipped only once: nearly every test reads it, and what extends it."""
    shipped = (scenario.SHIPPED / "baseline.yaml").read_text(encoding="utf-8")
    trees: dict[str, Node] = {}  # by the name that is shown
    found: dict[int, list[Problem]] = {}  # by the id of its tree

    def parse(text: str, shown: str) -> Node:
        if text != shipped:
            return yamltree.parse(text, shown)
        if shown not in trees:
            trees[shown] = yamltree.parse(text, shown)
        return trees[shown]

    def problems(rules: dict[str, Any], tree: Node) -> list[Problem]:
        if tree is not trees.get(tree.mark.file):
            return list(schema_problems(rules, tree))
        if id(tree) not in found:
            found[id(tree)] = list(schema_problems(rules, tree))
        return found[id(tree)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extends, "parse", parse)
        patch.setattr(scenario, "schema_problems", problems)
        yield


# ---------------------------------------------------------------- refusals


class TooSlowError(BaseException):
    """Reading took too long; no `except` in the code under test can swallow it."""


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Stop what hangs, even where it waits in a system call."""

    def stop(*_: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def assert_says(said: list[str], place: str, *fragments: str) -> None:
    """One problem, at the place, with all the fragments, on one line."""
    assert len(said) == 1, said
    assert said[0].startswith(f"{place}: "), said
    assert "\n" not in said[0]
    for fragment in fragments:
        assert fragment in said[0]


# ---------------------------------------------------------------- a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser without a window, closed after the file, since Playwright keeps an event loop running until then."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None and os.environ.get("OPTIN_REQUIRE_BROWSER"):
        pytest.fail("no Chromium is installed, and OPTIN_REQUIRE_BROWSER=1 asks for one")
    if path is None:
        pytest.skip("no Chromium is installed (OPTIN_REQUIRE_BROWSER=1 would fail instead)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield opened
        opened.close()
