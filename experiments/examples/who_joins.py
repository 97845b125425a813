"""Who joins, and who is missing when a framework fails? Runs of the order of 2 June."""

from experiments.notebook import run
from model.scenario import SHIPPED


def main(runs: int = 2000) -> None:
    """Print how often each lab joins, over all runs and over those without a framework."""
    result = run(SHIPPED / "june-order.yaml", runs)
    print(result.text.partition("\n")[0])
    print("\nLabs outside, as a share of runs (all of them where there is no framework)")
    for name, lab in result.data["labs"].items():
        out = 1.0 - result.table[f"joined.{name}"]
        adopted = out[result.table["adopted"] == 1.0].mean()
        print(f"  {lab['label']:10} {out.mean():6.1%} of all runs, {adopted:6.1%} of those with a framework")


if __name__ == "__main__":
    main()
