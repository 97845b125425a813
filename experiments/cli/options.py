"""What commands are declared with: a record for each, and the arguments that several of them share."""

import argparse
import math
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from model.problems import known_instead, quoted
from model.yamltree import scalar

from .. import MAX_RUNS, SEED

RUNS = 1000  # of one scenario, where nothing is said
USUAL = {"seed": SEED, "max_runs": MAX_RUNS}  # of what may be planned, where nothing is said
MIN_INCHES, MAX_INCHES = 1, 40  # of a side of a figure
PLANNED = ("runs", "seed", "precision", "max_runs")  # what the command line may say in place of a sweep file

type Function = Callable[[argparse.Namespace], None]


class Argument(NamedTuple):
    """An argument of a command: its name or flag, and what argparse is told of it."""

    flag: str
    options: dict[str, Any]


class Command(NamedTuple):
    """A command: the function that carries it out and is named like it, an example, and its arguments."""

    function: Function
    example: str
    arguments: tuple[Argument, ...]

    @property
    def name(self) -> str:
        """What the user calls it by."""
        return self.function.__name__.rstrip("_")  # import_, since import is a word of Python's

    @property
    def about(self) -> str:
        """What it does, in a sentence."""
        return (self.function.__doc__ or "").strip()


def command(example: str, *arguments: Argument) -> Callable[[Function], Command]:
    """Make a command of the function below."""
    return lambda function: Command(function, example, arguments)


def argument(flag: str, **options: Any) -> Argument:
    """An argument, as argparse takes it."""
    return Argument(flag, options)


# ---------------------------------------------------------------- what an argument may say


def count(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"found {text!r}; a whole number from {least:,} to {most:,} is allowed")
        return int(text)

    return read


def number(allowed: str, least: float = -math.inf) -> Callable[[str], float]:
    """A reader of numbers above `least`; `allowed` says which."""

    def read(text: str) -> float:
        value = scalar(text)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= least:
            raise argparse.ArgumentTypeError(f"found {text!r}; {allowed}")
        return float(value)

    return read


def share(text: str) -> tuple[int, int]:
    """A shard as it is said: its number and how many there are."""
    which, _, of = text.partition("/")
    if not all(part.isascii() and part.isdigit() for part in (which, of)) or not 1 <= int(which) <= int(of):
        raise argparse.ArgumentTypeError(f"found {text!r}; i/n is allowed, as 1/4, with i from 1 to n")
    return int(which), int(of)


def names(text: str) -> list[str]:
    """Names that are said with commas between them."""
    return [name.strip() for name in text.split(",") if name.strip()]


def one_or_more_of(*known: str) -> Callable[[str], list[str]]:
    """A reader of names with commas between them, each one of those known."""

    def read(text: str) -> list[str]:
        found = list(dict.fromkeys(names(text)))
        if not found or not set(found) <= set(known):
            raise argparse.ArgumentTypeError(f"found {text!r}; {', '.join(known)} are allowed, with commas between")
        return found

    return read


def one_of(known: Collection[str]) -> Callable[[str], str]:
    """A reader of one of several words."""

    def read(text: str) -> str:
        if text not in known:
            raise argparse.ArgumentTypeError(f"found {quoted(text)}{known_instead(text, known)}")
        return text

    return read


def size(text: str) -> tuple[float, float]:
    """Width and height in inches, as they are said: 6.5x4."""
    ends = [scalar(end) for end in text.split("x")]
    inches = [float(end) for end in ends if isinstance(end, int | float) and MIN_INCHES <= end <= MAX_INCHES]
    if len(ends) != 2 or len(inches) != 2:
        allowed = f"width x height in inches is allowed, as 6.5x4, each from {MIN_INCHES} to {MAX_INCHES}"
        raise argparse.ArgumentTypeError(f"found {text!r}; {allowed}")
    return inches[0], inches[1]


# ---------------------------------------------------------------- shared arguments


def points(about: str, default: int | None = None, most: int = 2**17) -> Argument:
    """How many points are played."""
    shown = about if default is None else f"{about} ({default})"
    return argument("--points", type=count(2, most), default=default, metavar="N", help=shown)


def runs_per_point(default: int, about: str = "negotiations at each point", most: int = 10**6) -> Argument:
    """How many runs each point gets."""
    shown = f"{about} ({default})"
    return argument("--runs-per-point", type=count(2, most), default=default, metavar="M", help=shown)


def runs(about: str, default: int | None = None, least: int = 1, most: int = 10**7) -> Argument:
    """How many runs there are; without a default, what was not said is None."""
    return argument("--runs", type=count(least, most), default=default, help=about)


def seed(about: str, default: int | None = None) -> Argument:
    """The seed; without a default, what was not said is None."""
    return argument("--seed", type=count(0, 2**63 - 1), default=default, help=f"seed of all luck ({about})")


SCENARIO = argument("scenario", metavar="SCENARIO", help="a scenario file (YAML), or the name of a shipped one")
SCENARIOS = argument("scenarios", metavar="SCENARIO", nargs="+", help="scenario files (YAML), or names of shipped ones")
RESULTS = argument("results", metavar="RESULTS", help="a folder of results")
MEASURE = argument("--measure", default="adopted", help="a measure, as durable or joined.meta (adopted)")
RUNS_TO_PLAY = runs(f"negotiations to run ({RUNS})", RUNS)
SEED_TO_PLAY = seed(f"{SEED}", SEED)
PLANNED_SEED = seed(f"{SEED}; of a sweep the file's")
PRECISION = argument(
    "--precision",
    type=number("a number above 0 is allowed, as 0.01", 0.0),
    metavar="P",
    help="go on until the 95%% interval of adoption (or a sweep's first measure) is this wide to each side",
)
MOST_RUNS = argument(
    "--max-runs", type=count(1, 10**7), metavar="N", help=f"the most runs with --precision ({MAX_RUNS:,})"
)
SETTINGS = argument(
    "--set",
    action="append",
    default=[],
    metavar="PATH=VALUE",
    help="change a parameter, as levers.quorum_labs=4; may be repeated",
)
OUT = argument("--out", metavar="DIR", help="folder for the results (results/<scenario and settings>)")
ENGINE = argument(
    "--engine", choices=("fast", "mesa"), default="fast", help="compiled rules, or the readable Mesa agents (fast)"
)
WORKERS = argument(
    "--workers", type=count(1, 256), default=2, metavar="N", help="threads, or for long work processes (2)"
)
SHARD = argument(
    "--shard",
    type=share,
    default=(1, 1),
    metavar="I/N",
    help="play only the I-th of N shares, for optin merge (1/1)",
)
CLUSTER = argument(
    "--cluster",
    metavar="ADDRESS",
    help="play on a Dask cluster: tcp://HOST:8786 of its scheduler, or local to start one",
)
JSON = argument("--json", action="store_true", help="print one JSON object and nothing else")
FIGURES = argument(
    "--figures",
    choices=("none", "main", "all"),
    default="main",
    help="which figures to draw, after all is said; optin plot draws them later (main: of runs three, else all)",
)
CARRIED_OUT = (PLANNED_SEED, SETTINGS, OUT, ENGINE, WORKERS, CLUSTER, SHARD, FIGURES, JSON)
PLANNED_ARGUMENTS = (PRECISION, MOST_RUNS, *CARRIED_OUT)
