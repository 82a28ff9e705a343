"""Assumptions: how each rate goes from the base year to the last.

A model is a plain function `(fitted, periods, **parameters)` and one line in a table: `FERTILITY`,
`MORTALITY`, `MIGRATION`, `URBANISATION`, `REGISTRATION`. Its parameters are checked against its
signature, so a scenario file can name no parameter that is not there. `fitted` holds what the
calibration found. `build_drivers` applies the models of a scenario; `walk` solves, year by year,
for the external migrants and moves that bring the drivers about, and gives inputs of
`popsim.project`; `build_inputs` does both. No figure of any place lives here.

| module | holds |
|---|---|
| `fitted` | what a calibration hands over; a model by name |
| `fertility`, `mortality`, `migration`, `urbanisation`, `registration` | the models, a table each |
| `reclassification` | dated events that make places urban |
| `inputs` | the models of a scenario applied |
| `walk`, `solve`, `year`, `edges` | years solved in turn; one year; the permitted moves |
"""

from popsim.assumptions.fertility import FERTILITY
from popsim.assumptions.fitted import Fitted, Hukou, Model
from popsim.assumptions.inputs import TABLES, build_drivers, build_inputs, with_levels
from popsim.assumptions.migration import MIGRATION
from popsim.assumptions.mortality import MORTALITY, survival_at
from popsim.assumptions.registration import REGISTRATION
from popsim.assumptions.urbanisation import URBANISATION
from popsim.assumptions.walk import walk

__all__ = [
    "FERTILITY",
    "MIGRATION",
    "MORTALITY",
    "REGISTRATION",
    "TABLES",
    "URBANISATION",
    "Fitted",
    "Hukou",
    "Model",
    "build_drivers",
    "build_inputs",
    "survival_at",
    "walk",
    "with_levels",
]
