"""Figures of one negotiation, from its trace."""

from .gains import gains
from .got import got
from .offers import offers

FIGURES = {"offers": offers, "got": got, "gains": gains}
