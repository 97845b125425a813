"""A short script a question, answered through `experiments.notebook`: ``python -m experiments.examples.who_joins``."""
