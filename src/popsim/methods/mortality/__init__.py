"""How mortality moves: models of its level and its age pattern. Numbers in, numbers out.

Here live the setting of a schedule to a life expectancy (`level`), Lee-Carter and its kin
(`lee_carter`, `coherent`), relational and model tables (`relational`), paths of life expectancy
(`paths`), laws of mortality (`laws`) and their fit to rates (`fits`). The columns of a life
table are in `popsim.methods.lifetable`, and so is what closes it at old ages; `kannisto` and
`coherent_kannisto` are found here too. Age is the last axis; time, where there is one, the axis
before it.
"""

from popsim.methods.lifetable import coherent_kannisto, kannisto
from popsim.methods.mortality.coherent import (
    LiLee,
    UNCoherent,
    li_lee,
    rotate,
    ultimate_pattern,
    un_coherent,
)
from popsim.methods.mortality.fits import (
    Fit,
    fit_gompertz,
    fit_heligman_pollard,
    fit_makeham,
    fit_siler,
)
from popsim.methods.mortality.laws import (
    gompertz_law,
    heligman_pollard_law,
    makeham_law,
    siler_law,
)
from popsim.methods.mortality.lee_carter import (
    Drift,
    Forecast,
    LeeCarter,
    lee_carter,
    lee_carter_forecast,
    lee_carter_limited,
    random_walk_drift,
)
from popsim.methods.mortality.level import (
    mortality_at_e0,
    survival_at_e0,
)
from popsim.methods.mortality.paths import (
    DoubleLogistic,
    double_logistic_gain,
    e0_double_logistic,
    e0_linear,
    e0_target,
)
from popsim.methods.mortality.relational import (
    Brass,
    brass_logit,
    brass_relational,
    fit_brass,
    log_quadratic,
    model_table,
)

__all__ = [
    "Brass",
    "DoubleLogistic",
    "Drift",
    "Fit",
    "Forecast",
    "LeeCarter",
    "LiLee",
    "UNCoherent",
    "brass_logit",
    "brass_relational",
    "coherent_kannisto",
    "double_logistic_gain",
    "e0_double_logistic",
    "e0_linear",
    "e0_target",
    "fit_brass",
    "fit_gompertz",
    "fit_heligman_pollard",
    "fit_makeham",
    "fit_siler",
    "gompertz_law",
    "heligman_pollard_law",
    "kannisto",
    "lee_carter",
    "lee_carter_forecast",
    "lee_carter_limited",
    "li_lee",
    "log_quadratic",
    "makeham_law",
    "model_table",
    "mortality_at_e0",
    "random_walk_drift",
    "rotate",
    "siler_law",
    "survival_at_e0",
    "ultimate_pattern",
    "un_coherent",
]
