"""How work stops before its end. What the user reads says why, what is saved, and how to go on."""


class WorkersLost(Exception):
    """What plays the parts is gone; says only why."""


class Unfinished(Exception):
    """Work that could not be brought to its end: a full disk, a worker that died."""


class Interrupted(KeyboardInterrupt):
    """Work that the user has stopped."""
