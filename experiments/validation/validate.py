"""Everything that says whether the model is right, from one seed: calibration, backtest and forecast."""

import datetime
from typing import NamedTuple

from model import __version__
from model.scenario import SHIPPED, Scenario, load

from ..runs.pool import run_many
from . import backtest, calibrate, forecast
from .posterior import Table, table_of
from .record import DRAFTING, REGIMES, read_record, regime

DRAFTING_RUNS = 1000  # of the drafting episode, for the yardsticks of the order


class Size(NamedTuple):
    """How much is played: ``draws`` from the priors, ``times`` each of them plays, synthetic ``records``."""

    draws: int
    times: int
    records: int

    def told(self, seed: int) -> str:
        """In words, with the seed and what else the numbers follow from."""
        its = f"seed {seed}, {self.draws:,} draws, each played {self.times} times, {self.records} synthetic records"
        return f"Opt-In {__version__}, {its}"


def baseline_table(size: Size, seed: int, workers: int) -> Table:
    """Draws from the baseline's priors, with the regimes as they are read since the one change."""
    return _table(load(SHIPPED / "baseline.yaml"), size, seed, workers, changed=True)


def _table(priors: Scenario, size: Size, seed: int, workers: int, *, changed: bool) -> Table:
    record = read_record()
    return table_of(priors, record.changed() if changed else record, size.draws, size.times, seed, workers)


def calibrated(table: Table, size: Size, workers: int) -> calibrate.Calibration:
    """The model fitted to the record."""
    return calibrate.calibrate(table, read_record().changed(), size.records, workers)


def tested(table: Table, size: Size, seed: int, workers: int) -> dict[str, backtest.Backtest]:
    """The versions of the backtest; `table` is that of the last one."""
    alike = load(REGIMES / "exchangeable.yaml")
    drafting = run_many(regime(DRAFTING), DRAFTING_RUNS, seed, workers=workers)
    ideals = backtest.yardsticks_of_order(drafting)
    record = read_record()
    first, changed, last = backtest.VERSIONS
    return {
        first: backtest.backtest(_table(alike, size, seed, workers, changed=False), record, ideals),
        changed: backtest.backtest(_table(alike, size, seed, workers, changed=True), record.changed(), ideals),
        last: backtest.backtest(table, record.changed(), ideals),
    }


def foreseen(table: Table, as_of: datetime.date) -> dict[str, forecast.Question]:
    """The forecast as of a day."""
    return forecast.forecast(table, table.weights(read_record().changed()), as_of)


class Everything(NamedTuple):
    """All that was found."""

    calibration: calibrate.Calibration
    tests: dict[str, backtest.Backtest]
    questions: dict[str, forecast.Question]
    table: Table


def everything(size: Size, seed: int, workers: int, as_of: datetime.date) -> Everything:
    """Calibration, backtest and forecast, sharing what they can."""
    table = baseline_table(size, seed, workers)
    return Everything(
        calibrated(table, size, workers), tested(table, size, seed, workers), foreseen(table, as_of), table
    )
