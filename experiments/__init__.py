"""What one does with the model: run it, sweep it, trace it, keep results, draw them. The `optin` command."""

SEED, MAX_RUNS = 1, 1_000_000  # where nothing else is said; the latter with a precision only
KNOWN_UP_TO = "2026-07-05"  # the day of the evidence: nothing later went into the scenarios or the record
