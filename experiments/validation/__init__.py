"""Whether the model is right: fitted to past decisions, tested on regimes left out, with a forecast on record."""
