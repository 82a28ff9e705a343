"""How fast popsim is, beside plain numpy, scipy.sparse and the limits of the machine.

``python -m benchmarks`` runs the standard work. `works` says what is projected, `baselines` how one
would do it without popsim, `limits` what the machine can do at all, `measure` how time and memory
are taken, `suite` the same works as asv wants them. No test looks at a time: every claim is a ratio
of two things measured in one run.
"""
