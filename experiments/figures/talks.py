"""Figures of one negotiation, from its trace."""

from .asks import asks
from .gains import gains
from .moved import moved
from .power import power

FIGURES = {"asks": asks, "power": power, "moved": moved, "gains": gains}
