"""What does protection from ad-hoc holds change? Two scenarios under the same luck, run by run."""

from experiments.measures.intervals import average
from experiments.notebook import run
from model.scenario import SHIPPED


def main(runs: int = 2000) -> None:
    """Print paired differences between full protection and none."""
    none, full = (run(SHIPPED / "june-order.yaml", runs, settings=[f"levers.protection={p}"]).table for p in (0, 1))
    print(f"Full protection against none, {runs:,} runs each under the same luck")
    for name in ("adopted", "durable", "labs_joined", "holds", "delay_days"):
        its = average(full[name] - none[name])
        print(f"  {name:12} {its.mean:+.3f} [95% interval {its.low:+.3f} to {its.high:+.3f}]")


if __name__ == "__main__":
    main()
