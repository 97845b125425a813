"""Tests of Opt-In; they mirror `model` and `experiments`."""
