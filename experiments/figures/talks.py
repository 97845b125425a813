"""Figures of one negotiation, from its trace."""

from .gains import gains
from .got import got
from .offers import offers
from .timeline import timeline

FIGURES = {"offers": offers, "got": got, "gains": gains, "timeline": timeline}
