"""What the numbers cannot say. The README says the same; its test holds the two together."""

LIMITS = (
    "It cannot say how likely the real talks are to succeed. A share of runs is a statement about the assumptions "
    "that were put in. Read differences between scenarios, and ask what moves an answer before you quote it.",
    "Of the baseline's 318 parameters 252 are assumptions (optin sources scenarios/baseline.yaml gives the reason "
    "for each). Influence, weights and noise are mostly among them.",
    "On 19 past regimes left out its mechanism predicts who joins no better than an effect of each lab and one of each "
    "regime (Rasch's rule), and as first tested worse than each lab's own rate. Past decisions moved 14 of 72 traits "
    "and weights, the others are still assumptions. VALIDATION.md says this first.",
    "The President's weights rest on two decisions (a 90-day draft sent back, a 30-day order signed). That the "
    "baseline repeats them is a sanity check, not a test.",
    "A lab adds up fourteen gains and costs and a taste that is drawn once. The pen makes one move a week and does "
    "not look ahead. Offices and companies act; individuals, boards, courts, litigation and elections are not in it.",
    "Evidence ends on 5 July 2026. Much of it is from anonymous or single sources.",
    "Nobody has seen the year after the talks, so delay, holds, incidents and durability are tested against nothing. "
    "The year without a framework is extrapolated from two known holds. optin run names what the sign of the "
    "difference hangs on.",
    "Records of others (optin yardstick) support its rules little. On 351 EU decisions no way of bargaining in it "
    "beats the weighted mean of all positions, off by 23.6 of 100; offers, the baseline's way, are off by 33.9. On "
    "175 treaties its rule tells who joins no better than each state's own rate. In a laboratory joining rises with "
    "company and, less, with pivotality; around two quorums pivotality shows no robust sign. Read the model's terms "
    "beside the two yardsticks.",
)

IN_BRIEF = (  # the three that a reader in a hurry must know
    "It cannot say how likely the real talks are to succeed: a share of runs is a statement about its assumptions.",
    "Of the baseline's 318 parameters 252 are assumptions.",
    "On 19 past regimes its mechanism predicts who joins no better than an effect of each lab and one of each regime.",
)
