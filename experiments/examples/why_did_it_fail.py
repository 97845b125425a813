"""Why did a negotiation end without a framework? The first such run of the baseline, week by week."""

from experiments.notebook import run, trace
from model.scenario import SHIPPED


def main(runs: int = 200) -> None:
    """Print the story of the first run in which an order was signed and no framework followed."""
    table = run(SHIPPED / "baseline.yaml", runs).table
    failed = table.loc[table["outcome"] == 1.0, "run"]
    print(trace(SHIPPED / "baseline.yaml", int(failed.iloc[0])))


if __name__ == "__main__":
    main()
