"""What does EMA Workbench make of the model? Levers and unknowns by Latin hypercube, from a function that it calls.

It needs ``pip install ema_workbench``, which Opt-In does without.
"""

from experiments.ema import Experiment
from model.scenario import SHIPPED, load

PARAMETERS = ("climate__threat", "climate__mandate_chance", "levers__quorum_labs")  # with __ in place of dots


def main(runs: int = 200) -> None:
    """Print how adoption and delay go with each of two unknowns and a lever, by rank correlation."""
    from ema_workbench import (
        IntegerParameter,
        Model,
        RealParameter,
        ScalarOutcome,
        SequentialEvaluator,
    )

    function = Experiment(load(SHIPPED / "june-order.yaml"), ("adopted", "delay_days"), runs)
    model = Model("optin", function=function)
    threat, law, quorum = PARAMETERS
    model.uncertainties = [RealParameter(threat, 0, 1), RealParameter(law, 0, 0.5)]
    model.levers = [IntegerParameter(quorum, 2, 7)]
    model.outcomes = [ScalarOutcome("adopted"), ScalarOutcome("delay_days")]
    with SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(scenarios=12, policies=4)
    ranks = experiments[[*PARAMETERS]].astype(float).assign(**outcomes).corr("spearman")
    print(f"{len(experiments)} experiments of {runs} runs each; rank correlation with adoption and delay at home")
    for name in PARAMETERS:
        print(f"  {name:24} {ranks.loc[name, 'adopted']:+.2f} {ranks.loc[name, 'delay_days']:+.2f}")


if __name__ == "__main__":
    main()
