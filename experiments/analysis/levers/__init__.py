"""Lever settings with the best trade-offs between the measures that are wanted."""
