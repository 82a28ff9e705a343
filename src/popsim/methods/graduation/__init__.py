"""Graduation: from age groups to single ages, from heaped groups to smooth ones, between dates.

Here lives what rearranges counts of one population over ages and dates and keeps their sums. What
judges the counts is in `popsim.methods.quality`; life tables are in `popsim.methods.lifetable`.
Age is the last axis everywhere; the last group is open unless the caller says otherwise.

| module | holds |
|---|---|
| `groups` | age groups and their checks |
| `osculatory`, `coefficients` | Sprague, Beers, Grabill, and their printed multipliers |
| `composite_link`, `splines` | the penalised composite link model |
| `cumulative` | even within groups, or monotone |
| `five_year` | smoothing of groups |
| `open_age` | the open group by a stable population |
| `dates` | stocks between and beyond their dates |
"""

from popsim.methods.graduation.composite_link import PclmFit, pclm, pclm_fit
from popsim.methods.graduation.cumulative import monotone, uniform
from popsim.methods.graduation.dates import interpolate_stock, shift_date
from popsim.methods.graduation.five_year import (
    arriaga,
    carrier_farrag,
    karup_king_newton,
    strong,
    united_nations,
)
from popsim.methods.graduation.groups import aggregate
from popsim.methods.graduation.open_age import (
    redistribute_open_age,
    stable_growth_rate,
    stable_population,
)
from popsim.methods.graduation.osculatory import beers, grabill, sprague

__all__ = [
    "PclmFit",
    "aggregate",
    "arriaga",
    "beers",
    "carrier_farrag",
    "grabill",
    "interpolate_stock",
    "karup_king_newton",
    "monotone",
    "pclm",
    "pclm_fit",
    "redistribute_open_age",
    "shift_date",
    "sprague",
    "stable_growth_rate",
    "stable_population",
    "strong",
    "uniform",
    "united_nations",
]
