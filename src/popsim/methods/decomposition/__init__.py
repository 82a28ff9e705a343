"""Decomposition: a difference between two dates or places told apart into its causes.

`factors`: rates that are formulas of factors (Kitagawa, Das Gupta).
`structure`: the same for people classified in several ways at once (Das Gupta).
`paths`: any function of many inputs (Horiuchi's line integral, stepwise replacement).
`urban`: urban growth into natural increase, migration and reclassification.

The split of a difference of life expectancy by age, `arriaga`, lives with the life table and is
found here too. The functions decomposed are the caller's; none is defined here.
"""

from popsim.methods.decomposition.factors import (
    DasGupta,
    Kitagawa,
    das_gupta,
    kitagawa,
)
from popsim.methods.decomposition.paths import horiuchi, stepwise
from popsim.methods.decomposition.structure import cross_classified, structure_factors
from popsim.methods.decomposition.urban import UrbanGrowth, urban_growth, urban_transfers
from popsim.methods.lifetable import arriaga

__all__ = [
    "DasGupta",
    "Kitagawa",
    "UrbanGrowth",
    "arriaga",
    "cross_classified",
    "das_gupta",
    "horiuchi",
    "kitagawa",
    "stepwise",
    "structure_factors",
    "urban_growth",
    "urban_transfers",
]
