"""Which settings of the levers bring about what is wanted, at what cost."""
