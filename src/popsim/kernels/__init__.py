"""Compiled loops over plain arrays.

Here lives numba code and nothing else: no labels, no units, no reading of files. `jit` says how
functions are compiled and where compiled code is kept; `data` what goes in and comes out; `step`
is the arithmetic of one projection step and `book` its accounts; `run` is the loop over years
around them, `lean` the same where only the population of uncoupled states is wanted, `cohorts`
where only that of coupled states with constant moves is; `threads` shares the jobs. `rogers` is
the step as a sparse matrix, `ensemble*` many draws at once. Every kernel states its array shapes
in the letters of this key:

    L  independent runs (scenario x draw)   S  states (region x area x status)
    T  steps (periods)                      G  sexes, 0 female, 1 male
    X  age groups, the last open            E  edges (permitted moves between states)

Arrays are C-contiguous with age last. A rate that repeats over L, S or T has length 1 there.
"""
