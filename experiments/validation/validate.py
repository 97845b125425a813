"""The whole validation from one seed: calibration, backtest and forecast."""

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from model import __version__
from model.scenario import Scenario, load

from ..runs.pool import run_many
from .backtest import Backtest, backtest, by_rasch, check_order, order_yardsticks
from .backtest_finding import CODED, KNOWN, NEW, OWN, TEST, VERSIONS, WIDER, Backtests
from .calibrate import Calibration, calibrate
from .fit import Effort, Posterior, fit
from .forecast import Draws, Forecast, forecast
from .left_out import LeftOut
from .record import DRAFTING, REGIMES, Record, coded_blind, read_record, regime

DRAFTING_RUNS = 1000  # of the drafting episode, for the yardsticks of the order


class Size(NamedTuple):
    """How much is drawn and played by each fit, and how many synthetic ``records`` check the procedure."""

    effort: Effort
    records: int

    def text(self, seed: int) -> str:
        """In words, with the version and the seed."""
        draws = self.effort.samples * self.effort.particles
        return f"Opt-In {__version__}, seed {seed}, {draws:,} draws by each fit, {self.records} synthetic records"


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


def priors_of_fit() -> Scenario:
    """The priors that the shipped posterior comes from."""
    return _priors("priors-wider")


def _priors(name: str) -> Scenario:
    return load(REGIMES / f"{name}.yaml")


def fit_record(size: Size, seed: int, workers: int) -> Posterior:
    """The model fitted to the record."""
    return fit(read_record().changed(), priors_of_fit(), size.effort, seed, workers)


def run_calibration(size: Size, seed: int, workers: int) -> Calibration:
    """The model fitted to the record, and the fit checked."""
    return calibrate(read_record().changed(), priors_of_fit(), size.effort, size.records, seed, workers)


def run_backtests(size: Size, seed: int, workers: int) -> Backtests:
    """The versions of the backtest."""
    record = read_record()

    def rasch(of: Record) -> Mapping[str, LeftOut]:
        return by_rasch(of, _priors("exchangeable"), size.effort, seed, workers)

    def test(of: Record, priors: str, yardsticks: Mapping[str, LeftOut]) -> Backtest:
        return backtest(of, _priors(priors), yardsticks, size.effort, seed, workers)

    whole, known = record.changed(), record.changed().without_doubts()
    of_whole = rasch(whole)
    first = test(whole, "exchangeable", of_whole)
    versions = {
        TEST: first,
        NEW: first.only(coded_blind(whole)),
        KNOWN: test(known, "exchangeable", rasch(known)),
        CODED: test(record, "exchangeable", rasch(record)),
        WIDER: test(whole, "exchangeable-wider", of_whole),
        OWN: test(whole, "priors-wider", of_whole),
    }
    assert list(versions) == list(VERSIONS)
    ideals = order_yardsticks(run_many(regime(DRAFTING), DRAFTING_RUNS, seed, workers=workers))
    order = check_order(record, _priors("exchangeable"), ideals, size.effort, seed, workers)
    return Backtests(versions, order)


def run_all(size: Size, seed: int, workers: int, as_of: datetime.date) -> Validation:
    """Calibration, backtest and forecast."""
    calibration = run_calibration(size, seed, workers)
    return Validation(
        calibration, run_backtests(size, seed, workers), forecast(_draws(calibration), as_of, None, workers)
    )


def _draws(calibration: Calibration) -> Draws:
    """The draws of a calibration as `calibrated.yaml` has them, with four digits."""
    theta = np.array([[float(f"{value:.4g}") for value in row] for row in calibration.theta])
    return Draws(calibration.posterior.problem.paths, theta, calibration.posterior.seed)
