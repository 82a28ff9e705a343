"""Life tables: numbers in, numbers out, age the last axis.

Here live the columns of the life table and the rules for them (`table`, `infant`, `ax`), the
survival of a projection step (`survival`), tables from probabilities or deaths (`inputs`), old-age
curves that close a table (`closing`), change of age groups (`regroup`), which rule stands behind
published survival (`practice`), and what a table says of a life (`difference`). How mortality moves
in time is in `popsim.methods.mortality`; nothing here knows of years, scenarios or labels.
"""

from popsim.methods.lifetable.ax import ax_greville, ax_keyfitz
from popsim.methods.lifetable.closing import (
    Closed,
    coherent_kannisto,
    gompertz,
    kannisto,
    makeham,
)
from popsim.methods.lifetable.difference import Arriaga, arriaga, e_dagger, entropy
from popsim.methods.lifetable.infant import (
    a0_andreev_kingkade,
    a0_coale_demeny,
    a1_coale_demeny,
)
from popsim.methods.lifetable.inputs import from_deaths, from_qx
from popsim.methods.lifetable.practice import Practice, closest_ax
from popsim.methods.lifetable.regroup import abridge, unabridge
from popsim.methods.lifetable.survival import expectation_from_survival, survival_ratio
from popsim.methods.lifetable.table import LifeTable, life_table

__all__ = [
    "Arriaga",
    "Closed",
    "LifeTable",
    "Practice",
    "a0_andreev_kingkade",
    "a0_coale_demeny",
    "a1_coale_demeny",
    "abridge",
    "arriaga",
    "ax_greville",
    "ax_keyfitz",
    "closest_ax",
    "coherent_kannisto",
    "e_dagger",
    "entropy",
    "expectation_from_survival",
    "from_deaths",
    "from_qx",
    "gompertz",
    "kannisto",
    "life_table",
    "makeham",
    "survival_ratio",
    "unabridge",
]
