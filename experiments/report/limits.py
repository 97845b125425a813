"""What the numbers cannot say. The README says the same; its test holds the two together."""

LIMITS = (
    "The numbers behind influence, weights and noise are mostly assumptions: optin sources scenarios/baseline.yaml "
    "counts them. They are carried as distributions, so the intervals of a run only say how well that mixture was "
    "sampled, not how well the world is known. Ask what moves the answer before you quote the answer.",
    "The President's weights rest on two decisions (a 90-day draft sent back, a 30-day order signed). That the "
    "baseline repeats them is a sanity check, not a test.",
    "Labs decide by a sum of thirteen parts with noise. Boards, personalities, litigation and election years are not "
    "in it. Offices and companies act; individuals do not.",
    "Fitted to five regimes of the past, and tested on each by leaving it out, the model as first coded predicts who "
    "joins no better than each lab's own rate does (model/VALIDATION.md). The record tells few traits and weights from "
    "their priors.",
    "What was public up to 5 July 2026 went in, much of it from anonymous or single sources; nothing later did.",
    "The year after the talks rests on less evidence still: nobody has seen this desk under a framework. Read its "
    "numbers as differences between scenarios and to the ad-hoc world, not as forecasts of delay.",
    "The ad-hoc world is a stand-in: every flagship release may be held, with one chance and one mean length, since "
    "two holds are all that is known. A mandatory law may come there as well as under a framework, and brings reviews "
    "with it; optin run therefore also tells the difference in the runs without a law.",
    "Always read the model's terms beside the plain compromise and the weighted median: on 351 EU decisions the plain "
    "weighted mean beat the median and the challenge model (DEU III data, mean absolute error 23.6, 28.4 and 28.3 of "
    "100).",
)
