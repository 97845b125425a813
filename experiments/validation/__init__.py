"""Is it right? The model fitted to what happened, tested on what was left out, and a forecast put on record."""
