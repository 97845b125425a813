"""Opt-In's model: the rules, the scenarios, the luck and the engine.

Importing this package imports none of them, so that help and checks answer at once.
"""

__version__ = "0.1.0"
