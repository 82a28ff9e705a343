"""Writing the accounts of a step: what is kept of each row while it is still in the cache."""

from __future__ import annotations

from popsim.kernels.jit import kernel


@kernel
def copy_row(row, out):
    """Keep a row.  row, out (X)."""
    for x in range(row.shape[0]):
        out[x] = row[x]


@kernel
def book_deaths(births, start, survival, within_open, out):
    """Deaths by cohort, at the age reached.  start, survival, out (X)."""
    last = start.shape[0] - 1
    out[0] = births * (1.0 - survival[0])
    for x in range(1, last):
        out[x] = start[x - 1] * (1.0 - survival[x])
    out[last] = start[last - 1] * (1.0 - survival[last]) + start[last] * (1.0 - within_open)


@kernel
def book_deaths_by_age(births, start, survival, within_open, reaching, out):
    """Deaths by age at death.

    start, survival, out (X); reaching (X): chance of one in group x - 1 at the start to live to
    the exact age at which group x begins.
    """
    last = start.shape[0] - 1
    older = births * (1.0 - survival[0])
    for x in range(last):
        young = start[x] * (1.0 - reaching[x + 1])
        out[x] = older + young
        older = start[x] * (1.0 - survival[x + 1]) - young
    out[last] = older + start[last] * (1.0 - within_open)


@kernel
def book_migrants(early, migrants, out):
    """External migrants at the age they have at the end of the step.  migrants, out (X)."""
    last = migrants.shape[0] - 1
    late = 1.0 - early
    out[0] = late * migrants[0]
    for x in range(1, last + 1):
        out[x] = early * migrants[x - 1] + late * migrants[x]
    out[last] += early * migrants[last]


@kernel
def book_births(years, fertility, women_start, women_end, late, migrants, out):
    """Births by age of mother.  All arrays (X)."""
    half = 0.5 * years
    for x in range(fertility.shape[0]):
        out[x] = half * fertility[x] * (women_start[x] + women_end[x] + late * migrants[x])


@kernel
def book_exposure(years, now, end, out):
    """Person-years lived, as the mean of the two ends.  now, end, out (X)."""
    half = 0.5 * years
    for x in range(now.shape[0]):
        out[x] = half * (now[x] + end[x])


@kernel
def book_moves(move, survivors, out):
    """Movers along one edge.  move, survivors, out (X)."""
    for x in range(move.shape[0]):
        out[x] = move[x] * survivors[x]


@kernel
def lift_negatives(least, end, booked):
    """Set negative cells to `least` and count the persons added as immigrants.

    end (X), booked (X, or 0 where the account is not wanted). Returns the persons added.
    """
    lifted = 0.0
    for x in range(end.shape[0]):
        if end[x] < 0.0:
            lifted += least - end[x]
            if booked.shape[0] > 0:
                booked[x] += least - end[x]
            end[x] = least
    return lifted
