"""Many draws: stochastic levels, and their projection reduced to what is asked for.

`draws` is the public call; `levels` draws paths around central ones, and fits their spread;
`factors` splits a scenario into levels and patterns. `checks` refuses what cannot be meant,
`arrange` lays labelled inputs out for the kernel, `keep` says what is kept of each draw and where.
No arithmetic on people is done here: that is in `kernels.ensemble`.
"""

from popsim.ensembles.draws import project_ensemble
from popsim.ensembles.factors import ensemble_inputs, tabulate_survival
from popsim.ensembles.levels import (
    LevelError,
    fit_level_error,
    hindcast_level_error,
    stochastic_levels,
)

__all__ = [
    "LevelError",
    "ensemble_inputs",
    "fit_level_error",
    "hindcast_level_error",
    "project_ensemble",
    "stochastic_levels",
    "tabulate_survival",
]
