"""What the numbers cannot say. The README says the same; its test holds the two together."""

LIMITS = (
    "It cannot say how likely the real talks are to succeed. A share of runs is a statement about the assumptions "
    "that were put in. Read differences between scenarios, and ask what moves an answer before you quote it.",
    "Of the baseline's 293 parameters 229 are assumptions (optin sources scenarios/baseline.yaml gives the reason "
    "for each). Influence, weights and noise are mostly among them.",
    "As first coded the model predicted who joined past regimes no better than each lab's own rate did. After one "
    "change, made with that result in view, it scores better than four simple predictors, two of them beyond its "
    "95% intervals, which are too narrow because labs in one regime are alike. This is no independent test. There "
    "are five regimes; past decisions moved 11 of 65 traits and weights, the other 54 are still assumptions.",
    "The President's weights rest on two decisions (a 90-day draft sent back, a 30-day order signed). That the "
    "baseline repeats them is a sanity check, not a test.",
    "A lab adds up fourteen gains and costs and a taste that is drawn once. The pen makes one move a week and does "
    "not look ahead. Offices and companies act; individuals, boards, courts, litigation and elections are not in it.",
    "Evidence ends on 5 July 2026. Much of it is from anonymous or single sources.",
    "Nobody has seen the year after the talks, so delay, holds and durability are tested against nothing. The "
    "year without a framework is extrapolated from two known holds; comparisons with it are weak.",
    "Read the model's terms beside the two yardsticks. On 351 EU decisions the weighted mean came closer than the "
    "median and the challenge model (average miss 23.6, 28.4 and 28.3 on a scale of 100; Arregui & Perarnaud "
    "2021). Those are other data, and no evidence for this model.",
)
