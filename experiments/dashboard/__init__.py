"""A page to play with: one negotiation, many runs, saved results, in the browser and on this machine only.

It stands on Solara but not on Mesa's SolaraViz. SolaraViz makes a model anew from sliders that are its constructor's
arguments, steps it forward only, and keeps neither its sliders nor its seed in the address. A negotiation here is made
from a scenario, whose levers keep their distributions where they are left alone, and from the luck of one run; it can
be stepped back, has an end, and is shared by its address. So the page plays the Mesa model once, as `optin trace` does,
and shows the rounds in its DataCollector one by one.

`view`, `controls`, `recording`, `many` and `saved` know nothing of Solara: they return plain data.
`page` hands these data to the templates (`*.vue`), which put them in the page as text. `server` is the web server.
"""
