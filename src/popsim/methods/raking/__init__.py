"""Raking: tables made to agree with totals that are known better.

Here live iterative proportional fitting (`fitting`: `ipf`), scaling of children to a parent
(`rake_to_parent`) and rounding that keeps totals (`rounding`: `controlled_rounding`). What the
tables mean (regions, ages, flows) may not be known here.
"""

from popsim.methods.raking.fitting import Fit, ipf, rake_to_parent
from popsim.methods.raking.rounding import controlled_rounding

__all__ = ["Fit", "controlled_rounding", "ipf", "rake_to_parent"]
