"""Who acts when, and on what: the turns of a run, written once for both engines.

The functions here are plain Python over *tables*. A table is a list of Mesa agents in the readable engine and an array
of records in the compiled one; both are read and written by the same names (``members[lab].is_in = True``), so one can
step through the text with a debugger, and numba compiles the very same text from outside, as it does the rules.

What belongs to somebody stands in a table. What belongs to nobody (phase, week, terms on the table, alarm) is a record
passed in and returned. Whatever a reader may want to know of a turn is appended to ``log``: a list, or None where
nobody asks, which costs compiled code nothing.

A round of drafting (`drafting.drafting_week`):

1. officials hear each other and move their asks (not in the first round),
2. a draft is made of their asks (in the first round: the opening draft),
3. the President signs it or sends it back; a draft sent back shifts influence.

A round of talks (`talks.talks_week`):

4. everybody at the table hears the others and moves; the offer follows what they settle on,
5. officials court the labs that have not pledged,
6. labs take the question up one at a time, in an order drawn for the round, and pledge or withdraw,
7. the agencies work on the classified benchmark,
8. the framework is announced, or time runs out, or another week begins.

A round of the year after (`year.year_week`), with the framework or in the ad-hoc world:

9. labs release at their own rates, at a moment of the week; a release is covered or not by the true threshold,
10. in the order of their moments, covered releases of participants go to the review desk, first come first served;
    any release may meet an ad-hoc hold; what is covered and neither reviewed nor held may become an incident,
11. a mandatory law may come; from then on every lab is under it and the framework is superseded,
12. officials court the labs outside; labs take the question up one at a time, knowing the delays they got.

A lab's noise in the year is drawn once: it keeps the luck of its last word in the talks, so that it leaves or joins
only when what it gains has changed.
"""
