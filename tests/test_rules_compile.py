"""Every rule compiles under numba as it stands, and then gives the same bits as in Python.

Rules are found by looking, and their arguments are drawn by their type hints: a new rule is tested without a word here.
"""

import ast
import importlib
import inspect
import pkgutil
import struct
import sys
import zlib
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import numba
import numpy as np
import pytest
from numba.extending import register_jitable

import model.rules

DRAWS = 300
MODULES = [importlib.import_module(found.name) for found in pkgutil.iter_modules(model.rules.__path__, "model.rules.")]
FUNCTIONS = [
    function
    for module in MODULES
    for _, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__
]
RULES = [function for function in FUNCTIONS if not function.__name__.startswith("_")]
MAY_IMPORT = {"math", "enum", "typing", "collections.abc"}

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.__module__.split('.')[-1]}.{rule.__name__}")
each_module = pytest.mark.parametrize(
    "source", sorted(Path(model.rules.__path__[0]).glob("*.py")), ids=lambda path: path.stem
)


@pytest.fixture(scope="module", autouse=True)
def rules_may_call_rules() -> None:
    for function in FUNCTIONS:
        register_jitable(function)


def drawn_float(luck: np.random.Generator) -> float:
    """Nought, one, a share, a negative share, or days."""
    share = luck.random()
    return float(luck.choice([0.0, 1.0, share, -share, 100.0 * share]))


def drawn(hint: Any, luck: np.random.Generator, length: int) -> Any:
    """A random value of the type that the hint names; sequences have the length given."""
    if get_origin(hint) is Sequence:
        (item,) = get_args(hint)
        return [drawn(item, luck, length) for _ in range(length)]
    if hasattr(hint, "_fields"):
        return hint(*(drawn(field, luck, length) for field in get_type_hints(hint).values()))
    if issubclass(hint, IntEnum):
        return hint(luck.choice(list(hint)))
    draw = {bool: lambda: bool(luck.integers(2)), int: lambda: int(luck.integers(10)), float: lambda: drawn_float(luck)}
    return draw[hint]()


def arguments(rule: Callable[..., Any], luck: np.random.Generator) -> list[Any]:
    """Random arguments for a rule."""
    length = int(luck.integers(1, 9))
    hints = get_type_hints(rule)
    return [drawn(hints[name], luck, length) for name in inspect.signature(rule).parameters]


def in_domain(rule: Callable[..., Any], given: list[Any]) -> bool:
    """Whether Python has an answer: no division by zero, no exponential beyond a double."""
    try:
        rule(*given)
    except (ArithmeticError, ValueError):
        return False
    return True


def as_arrays(given: list[Any]) -> list[Any]:
    """The same arguments for compiled code, which reads arrays for lists."""
    return [np.array(value) if isinstance(value, list) else value for value in given]


def bits(value: Any) -> Any:
    """What must be equal: every float's eight bytes, so that -0.0 is not 0.0 and NaN is itself."""
    if isinstance(value, tuple):
        return [type(value).__name__, *map(bits, value)]
    return struct.pack("<d", value) if isinstance(value, float) else value


@pytest.mark.slow
@each_rule
def test_a_rule_compiles_unchanged_and_gives_the_same_bits_as_in_python(rule: Callable[..., Any]) -> None:
    luck = np.random.default_rng(zlib.crc32(rule.__name__.encode()))
    draws = [given for given in (arguments(rule, luck) for _ in range(DRAWS)) if in_domain(rule, given)]
    assert len(draws) >= DRAWS / 4
    compiled = numba.njit(rule)
    for given in draws:
        assert bits(compiled(*as_arrays(given))) == bits(rule(*given)), given


def test_rules_are_found_in_the_files_where_they_live() -> None:
    names = {rule.__name__ for rule in RULES}
    assert {"logistic", "weighted_median", "add_ask", "announces", "gain_parts"} <= names


def test_bits_tell_zeros_apart_and_know_nan() -> None:
    assert bits(0.0) != bits(-0.0)
    assert bits((1.0, float("nan"))) == bits((1.0, float("nan")))
    assert bits(1.0) != bits(1.0 + sys.float_info.epsilon)


@each_rule
def test_a_rule_has_no_default_arguments(rule: Callable[..., Any]) -> None:
    defaults = [value.default for value in inspect.signature(rule).parameters.values()]
    assert set(defaults) <= {inspect.Parameter.empty}


@each_module
def test_rules_import_only_a_few_plain_modules_and_each_other(source: Path) -> None:
    siblings = {f".{path.stem}" for path in source.parent.glob("*.py")}
    assert imported_by(source.read_text()) <= MAY_IMPORT | siblings


def test_every_form_of_import_is_seen() -> None:
    text = "import math, numpy.linalg\nfrom .records import Lab\nfrom . import talks\nif 1:\n from random import choice"
    assert imported_by(text) == {"math", "numpy.linalg", ".records", ".talks", "random"}


def imported_by(text: str) -> set[str]:
    """Modules that Python source imports, wherever in it, with the dots of the relative ones."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level
            found |= {start + node.module} if node.module else {start + alias.name for alias in node.names}
    return found
