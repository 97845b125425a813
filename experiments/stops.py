"""How work stops before its end. Both messages say why, what is saved, and how to go on."""


class Unfinished(Exception):
    """Work that could not be brought to its end: a full disk, a worker that died."""


class Interrupted(KeyboardInterrupt):
    """Work that the user has stopped."""
