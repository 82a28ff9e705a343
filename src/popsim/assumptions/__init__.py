"""Assumptions: how each rate goes from the base year to the last.

A model is a plain function `(fitted, periods, **parameters) -> DataArray` and one line in a table:
`FERTILITY`, `MORTALITY`, `MIGRATION`, `URBANISATION`. Its parameters are checked against its
signature, so a scenario file can name no parameter that is not there. `fitted` holds what the
calibration found; `build_inputs` turns the chosen models into inputs of `popsim.project`.
No figure of any place lives here.
"""

from popsim.assumptions.fertility import FERTILITY
from popsim.assumptions.fitted import Fitted, Model
from popsim.assumptions.inputs import build_inputs, step_inputs
from popsim.assumptions.migration import MIGRATION
from popsim.assumptions.mortality import MORTALITY, survival_at
from popsim.assumptions.urbanisation import URBANISATION

__all__ = [
    "FERTILITY",
    "MIGRATION",
    "MORTALITY",
    "URBANISATION",
    "Fitted",
    "Model",
    "build_inputs",
    "step_inputs",
    "survival_at",
]
