"""One run from the first draft to the horizon, and the same year without a framework."""

from typing import NamedTuple

from .case import Run
from .negotiation import Negotiation
from .year import Year, members_of


class History(NamedTuple):
    """A run as played. Without a framework the year is the ad-hoc world itself."""

    negotiation: Negotiation
    year: Year
    ad_hoc: Year


def play(run: Run) -> History:
    """Play the negotiation, the year after it, and under the same luck the year of the ad-hoc world."""
    negotiation = Negotiation(run.case, run.luck)
    negotiation.play()
    ad_hoc = Year(run.case, negotiation.draws, negotiation.state, None)
    ad_hoc.play()
    members = members_of(negotiation)
    if members is None:
        return History(negotiation, ad_hoc, ad_hoc)
    year = Year(run.case, negotiation.draws, negotiation.state, members)
    year.play()
    return History(negotiation, year, ad_hoc)
