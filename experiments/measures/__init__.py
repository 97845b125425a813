"""What a run measures: columns by name, and intervals for their means."""
