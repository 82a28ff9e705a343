"""Fertility: model schedules, their fit, summary measures, rates from births, indirect estimates.

`curves`, `spline`: curves of fertility by exact age. `schedules`: their table, and their means
over age groups.
`fitting`: parameters of the curves from observed rates; the relational Gompertz model.
`measures`: TFR, mean age, GRR, NRR, patterns and their convergence.
`rates`: rates from births, with mothers' ages known, partly known or unknown.
`indirect`: fertility from the age structure alone, or from children matched to mothers.

How fertility moves in the future is chosen in `popsim.assumptions`, not here.
"""

from popsim.methods.fertility.curves import beta, brass, gamma, hadwiger
from popsim.methods.fertility.fitting import (
    RelationalFit,
    ScheduleFit,
    fit_relational_gompertz,
    fit_schedule,
    relational_gompertz,
)
from popsim.methods.fertility.indirect import (
    OwnChildren,
    ReverseSurvival,
    child_woman_ratio,
    own_children,
    reverse_survival,
    tfr_from_age_structure,
)
from popsim.methods.fertility.measures import (
    converge_pattern,
    grr,
    mean_age,
    nrr,
    pattern,
    tfr,
)
from popsim.methods.fertility.rates import (
    rates_from_births,
    rates_from_total_births,
)
from popsim.methods.fertility.schedules import SCHEDULES, rates_by_age
from popsim.methods.fertility.spline import quadratic_spline

__all__ = [
    "SCHEDULES",
    "OwnChildren",
    "RelationalFit",
    "ReverseSurvival",
    "ScheduleFit",
    "beta",
    "brass",
    "child_woman_ratio",
    "converge_pattern",
    "fit_relational_gompertz",
    "fit_schedule",
    "gamma",
    "grr",
    "hadwiger",
    "mean_age",
    "nrr",
    "own_children",
    "pattern",
    "quadratic_spline",
    "rates_by_age",
    "rates_from_births",
    "rates_from_total_births",
    "relational_gompertz",
    "reverse_survival",
    "tfr",
    "tfr_from_age_structure",
]
