"""Which lab's stance moves adoption most? The shipped sweep over the stances of all seven."""

from experiments.notebook import sweep
from experiments.plans.sweepfile import SWEEPS


def main(runs: int = 200) -> None:
    """Print the change of adoption from the lowest to the highest stance of each lab, all else equal."""
    result = sweep(SWEEPS / "lab-stances.yaml", runs=runs)
    effects = result.data["effects"]["adopted"]["by_path"]
    for path, effect in sorted(effects.items(), key=lambda item: -abs(item[1]["mean"])):
        ends = f"[95% interval {100 * effect['low']:+.1f} to {100 * effect['high']:+.1f}]"
        print(f"  {path.split('.')[1]:10} {100 * effect['mean']:+.1f} points {ends}")


if __name__ == "__main__":
    main()
