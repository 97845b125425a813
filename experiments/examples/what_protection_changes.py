"""What does protection from ad-hoc holds change? Two scenarios under the same luck, run by run."""

from experiments.measures.intervals import difference_in
from experiments.notebook import run
from experiments.results.words import interval_text
from model.rules.records import ABOUT
from model.scenario import SHIPPED


def main(runs: int = 2000) -> None:
    """Print paired differences between full protection and none."""
    none, full = (run(SHIPPED / "june-order.yaml", runs, settings=[f"levers.protection={p}"]).table for p in (0, 1))
    print(f"Full protection against none, {runs:,} runs each under the same luck [95% interval]")
    for name in ("adopted", "durable", "labs_joined", "holds", "delay_days"):
        difference = difference_in(ABOUT[name].unit, full[name] - none[name])
        print(f"  {name:12} {interval_text(difference, ABOUT[name], signed=True, unit=True)}")


if __name__ == "__main__":
    main()
