"""Every formula of the model, as pure functions over small records.

A rule takes records and numbers and returns a number or a record: no state, no randomness (its uniform draw
``u`` is an argument), no defaults, plain ``if``. Two rules read parallel sequences (`weighted_median`,
`nash_bargain`), so that a list in Python and an array in compiled code meet the same text. Rules import
``math``, ``enum``, ``typing`` and each other only.

============================================================  =============================================
Question                                                      Where
============================================================  =============================================
What does a stakeholder, a lever, a measure consist of?       `records`
Whose word weighs how much, and who moves whom?               `influence`: voice_weight, tie, pooled,
                                                              ask_after_listening
What does the draft say?                                      `influence.pooled` (compromise),
                                                              `drafting`: weighted_median, nash_bargain
Which changes would every veto player welcome?                `drafting`: winset_low, winset_high
Does the President sign?                                      `drafting`: security_gain, drag,
                                                              signing_chance, signs
Who gains when a draft comes back?                            `drafting`: standing_after_refusal
How does the offer move in the talks?                         `talks`: next_offer
What is spent on the holdouts, and when?                      `talks`: courting
When is the classified benchmark ready?                       `talks`: benchmark_step, is_ready
When is the framework announced, when is it too late?         `talks`: announces, talks_over
What does a lab gain by joining?                              `opting_in`: gain_parts and one rule a part
What wait at the desk does it reckon with?                    `opting_in`: foreseen_wait, expected_wait;
                                                              `operating`: learned_wait
Does it join?                                                 `opting_in`: joining_chance, attends, joins
When does a lab release, and what is covered?                 `operating`: release_chance, threshold_share
When does a review begin, and who is held?                    `operating`: review_starts, desk_free_after,
                                                              hold_chance, hold_length
What does an incident change, when does a law come?           `operating`: after_incident, mandate_risk
Is the framework durable?                                     `operating`: fate
============================================================  =============================================
"""
