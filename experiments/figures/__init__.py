"""Figures, a family a file: `runs` from a table of runs, `talks` from one negotiation; `style` for all."""
