"""Every formula of the model, as pure functions over small records.

A rule takes records and numbers and returns a number or a record: no state, no randomness (its draw is an argument),
no defaults, plain ``if``. Two rules read parallel sequences (`weighted_median`, `nash_bargain`), so that a list in
Python and an array in compiled code meet the same text. Rules import ``math``, ``enum``, ``typing`` and each other
only.

============================================================  =============================================
Question                                                      Where
============================================================  =============================================
What does a stakeholder, a lever, a measure consist of?       `records`
What is a text worth to somebody, who would rather have none? `spatial`: loss, worth, prefers, edge
How far does a stall move it?                                 `spatial`: risk, conceded
Does the President sign, and why not?                         `drafting`: security_gain, drag,
                                                              signing_chance, refusal_reason
What does the pen learn from a refusal?                       `drafting`: hoped_chance, after_refusal
Whose word weighs how much, what would a formula settle?      `compromise`: voice_weight, pooled,
                                                              weighted_median, nash_bargain
What does a lab gain by joining?                              `opting_in`: gain_parts and one rule a part
How long a review can it just live with?                      `opting_in`: reservation_days
Does it pledge, and what does it hold out for?                `opting_in`: joining_chance, taste_worth,
                                                              held_out_share, while_waiting
What does the pen expect of a lab?                            `opting_in`: expected_word, pivotality
How do labs concede by the clock?                             `talks`: conceded_by
What is spent on the holdouts, and when?                      `talks`: courting
When is the classified benchmark ready?                       `talks`: common_delay, benchmark_step, is_ready
When is the framework announced, when is it too late?         `talks`: announces, extends, talks_over
How likely is a law, and what does a framework do to it?      `law`
What wait at the desk does a lab reckon with?                 `opting_in`: foreseen_wait, expected_wait;
                                                              `operating`: learned_wait
When does a lab release, how capable is it, what is covered?  `operating`: release_chance, rank, danger,
                                                              threshold_share, is_exempt
Who is reviewed without a framework, who contests?            `operating`: ad_hoc_chance, contests
When does a review begin, how long does it last?              `operating`: review_starts, desk_free_after,
                                                              needed_days
What does it miss?                                            `operating`: finding_days, missed, danger_out
Who is held?                                                  `operating`: hold_chance, hold_length
What becomes an incident, and what does that change?          `operating`: incident_chance, incident_length,
                                                              after_incident
Is the framework durable?                                     `operating`: fate
============================================================  =============================================
"""
