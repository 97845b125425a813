"""Who acts when, and on what: the turns of a run, written once for both engines.

The functions here are plain Python over *tables*. A table is a list of Mesa agents in the readable engine and an array
of records in the compiled one; both are read and written by the same names (``members[lab].is_in = True``), so one can
step through the text with a debugger, and numba compiles the very same text from outside, as it does the rules.

What belongs to somebody stands in a table. What belongs to nobody (phase, week, terms on the table, news, the stage of
a law) is a record passed in and returned. Whatever a reader may want to know of a turn is appended to ``log``: a list,
or None where nobody asks, which costs compiled code nothing.

A week of drafting (`drafting.drafting_week`):

1. the pen writes: the opening draft, a text that came back from a stall, or the best text for itself times the chance
   of a signature as it sees it,
2. the other officials clear the text or stall it, at a price in capital; a stalled text is moved towards the staller,
3. what is cleared the President signs or sends back, with a reason from which the pen learns.

A week of talks (`talks.talks_week`):

4. news moves all labs alike, a bill may go a stage further, the agencies work on the classified benchmark,
5. each lab says what it asks for, the pen makes the move that is worth most to it or stands firm; the others clear the
   move, are won over by an exchange, or stall it (`offers`),
6. officials court one lab,
7. labs answer one at a time, in an order drawn for the week: they pledge, pledge on condition, or hold out; then
   pledges on condition count as far as their conditions hold together,
8. the framework is announced, or the talks are extended, lapse, or go into another week.

A week of the year after (`year.year_week`), with the framework or in the ad-hoc world:

9. labs release models at their own rates, at a moment of the week, in the order of their moments: a model has a rank,
   the classified threshold designates it or not, and the lab may have expected otherwise,
10. a designated model of a participant goes to the review desk, first come first served, unless its lab contests that
   with success; one of a lab outside goes there if an agreement from before brings it; an official may hold any model,
   until it is reviewed or looked at again; what a review misses may become an incident,
11. the bill may go a stage further; once it is law every lab is under it and the framework is superseded,
12. officials court the labs outside; labs take the question up one at a time, knowing the delays they got.

A lab's taste is drawn once. In the year it leaves or joins only when what it gains has changed, and leaves only for a
loss above what going back on its word costs.
"""
