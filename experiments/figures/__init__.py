"""Figures: `runs`, `flow` and `sets` of a table of runs, `talks` of one negotiation, `sweeps`; `style` for all."""
