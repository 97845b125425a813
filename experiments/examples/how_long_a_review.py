"""How long may a review be before half of the frameworks fail? The shipped sweep over its length, quorum by quorum."""

import numpy as np

from experiments.notebook import sweep
from experiments.plans.sweepfile import SWEEPS


def main(runs: int = 1000) -> None:
    """Print the length at which adoption crosses one half, by linear interpolation between the points of the sweep."""
    result = sweep(SWEEPS / "review-length.yaml", runs=runs)
    print(result.text.partition("\n")[0])
    print("\nAdoption crosses one half at a review of about")
    for quorum, points in result.table.groupby("levers.quorum_labs"):
        days, adopted = points["levers.opening.review_days"].to_numpy(), points["adopted"].to_numpy()
        half = np.interp(0.5, adopted[::-1], days[::-1]) if adopted.min() < 0.5 < adopted.max() else np.nan
        print(f"  {half:4.0f} days where {quorum} labs are needed")


if __name__ == "__main__":
    main()
