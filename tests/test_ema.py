"""The model as a function of parameters: the numbers of a sweep, the checks of a file, in a form for other tools."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from experiments.ema import Experiment
from experiments.notebook import load, run, sweep
from model.problems import BadInput

MEASURES = ("adopted", "review_days", "joined.meta")
SWEPT = """
question: Does a higher quorum need a greater threat?
scenario: june-order.yaml
vary: {levers.quorum_labs: [3, 6], climate.threat: [0.1, 0.9]}
measures: [adopted, review_days, joined.meta]
"""


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return Experiment(load("june-order.yaml"), MEASURES, runs=80, seed=3)


def test_an_experiment_has_the_means_of_the_sweep_at_its_point(experiment: Experiment, tmp_path: Path) -> None:
    (tmp_path / "swept.yaml").write_text(SWEPT)
    points = sweep(tmp_path / "swept.yaml", runs=80, seed=3).table
    for _, point in points.iterrows():
        found = experiment(
            levers__quorum_labs=np.int64(point["levers.quorum_labs"]),
            climate__threat=np.float64(point["climate.threat"]),
        )
        assert found == pytest.approx({name: point[name] for name in MEASURES}, nan_ok=True)
    assert points["adopted"].nunique() > 1


def test_without_parameters_it_is_the_scenario(experiment: Experiment) -> None:
    table = run("june-order.yaml", 80, 3).table
    assert experiment() == pytest.approx({name: table[name].mean() for name in MEASURES})


def test_a_measure_that_no_run_has_is_nan(experiment: Experiment) -> None:
    found = experiment(levers__quorum_labs=7, levers__quorum_share=1, levers__deadline_days=7, levers__extension_days=0)
    assert found["adopted"] == 0.0
    assert np.isnan(found["review_days"])


def test_it_can_be_sent_to_another_process(experiment: Experiment) -> None:
    assert pickle.loads(pickle.dumps(experiment))(climate__threat=0.4) == experiment(climate__threat=0.4)


def test_whatever_is_wrong_is_said_at_once(experiment: Experiment) -> None:
    with pytest.raises(BadInput) as refused:
        experiment(climate__thread=0.3, climate__threat=3, levers__quorum_labs=2.5)
    unknown, high, broken = map(str, refused.value.problems)
    assert "'climate.thread', which is no parameter of june-order; did you mean 'climate.threat'?" in unknown
    assert "found 3 for climate.threat; allowed: a number from 0 to 1" in high
    assert "found 2.5 for levers.quorum_labs; allowed: a whole number" in broken
    with pytest.raises(BadInput, match="did you mean 'adopted'"):
        Experiment(load("june-order.yaml"), ("adoptd",))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:ipyparallel not installed:UserWarning")
def test_ema_workbench_calls_it_as_its_model(experiment: Experiment) -> None:
    workbench = pytest.importorskip("ema_workbench")
    model = workbench.Model("optin", function=experiment)
    model.uncertainties = [workbench.RealParameter("climate__threat", 0, 1)]
    model.levers = [workbench.IntegerParameter("levers__quorum_labs", 2, 7)]
    model.outcomes = [workbench.ScalarOutcome("adopted")]
    with workbench.SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(scenarios=3, policies=2)
    for (_, point), adopted in zip(experiments.iterrows(), outcomes["adopted"], strict=True):
        called = experiment(climate__threat=point["climate__threat"], levers__quorum_labs=point["levers__quorum_labs"])
        assert called["adopted"] == adopted
