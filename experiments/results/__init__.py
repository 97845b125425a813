"""What runs say: summaries, sweeps, comparisons, and the story of one run."""
