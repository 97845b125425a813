"""The whole validation from one seed: calibration, backtest and forecast."""

import datetime
from typing import Any, NamedTuple

from model import __version__
from model.scenario import SHIPPED, Scenario, load

from ..runs.pool import run_many
from .backtest import VERSIONS, backtest, order_yardsticks
from .backtest_finding import Backtests
from .calibrate import Calibration, calibrate
from .forecast import Forecast, forecast
from .posterior import Table, play_table
from .record import DRAFTING, REGIMES, read_record, regime

DRAFTING_RUNS = 1000  # of the drafting episode, for the yardsticks of the order


class Size(NamedTuple):
    """How much is played: ``draws`` from the priors, ``times`` each of them plays, synthetic ``records``."""

    draws: int
    times: int
    records: int

    def text(self, seed: int) -> str:
        """In words, with the version and the seed."""
        return (
            f"Opt-In {__version__}, seed {seed}, {self.draws:,} draws, each played {self.times} times, "
            f"{self.records} synthetic records"
        )


class Validation(NamedTuple):
    """All findings of a validation."""

    calibration: Calibration
    backtests: Backtests
    forecast: Forecast

    def headline(self) -> str:
        """The headlines of all three."""
        return "\n".join(finding.headline() for finding in self)

    def text(self) -> str:
        """The texts of all three."""
        return "\n\n".join(finding.text() for finding in self)

    def data(self) -> dict[str, Any]:
        """All three as plain data that JSON can hold."""
        return {
            "calibration": self.calibration.data(),
            "backtest": self.backtests.data(),
            "forecast": self.forecast.data(),
        }


def baseline_table(size: Size, seed: int, workers: int) -> Table:
    """Draws from the baseline's priors, with the regimes as coded since the one change."""
    return _table(load(SHIPPED / "baseline.yaml"), size, seed, workers, changed=True)


def _table(priors: Scenario, size: Size, seed: int, workers: int, *, changed: bool) -> Table:
    record = read_record()
    return play_table(priors, record.changed() if changed else record, size.draws, size.times, seed, workers)


def run_calibration(table: Table, size: Size, workers: int) -> Calibration:
    """The model fitted to the record."""
    return calibrate(table, read_record().changed(), size.records, workers)


def run_backtests(table: Table, size: Size, seed: int, workers: int) -> Backtests:
    """The versions of the backtest; `table` is that of the last one."""
    exchangeable = load(REGIMES / "exchangeable.yaml")
    ideals = order_yardsticks(run_many(regime(DRAFTING), DRAFTING_RUNS, seed, workers=workers))
    record = read_record()
    first, changed, last = VERSIONS
    return Backtests(
        {
            first: backtest(_table(exchangeable, size, seed, workers, changed=False), record, ideals),
            changed: backtest(_table(exchangeable, size, seed, workers, changed=True), record.changed(), ideals),
            last: backtest(table, record.changed(), ideals),
        }
    )


def run_forecast(table: Table, as_of: datetime.date, why: str | None = None) -> Forecast:
    """The forecast as of a day."""
    return forecast(table, table.weights(read_record().changed()), as_of, why)


def run_all(size: Size, seed: int, workers: int, as_of: datetime.date) -> Validation:
    """Calibration, backtest and forecast, from one table of draws."""
    table = baseline_table(size, seed, workers)
    return Validation(
        run_calibration(table, size, workers),
        run_backtests(table, size, seed, workers),
        run_forecast(table, as_of),
    )
