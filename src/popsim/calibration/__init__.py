"""Calibration: from published tables to a base population and levels fitted to observed years.

Three steps, each in its own module: the base population by single ages at the end of the base
year (`base`), the net migration that two censuses leave unexplained (`residual`), and the levels
of mortality, fertility, migration and urbanisation that reproduce the published years (`fit`).
Arithmetic on people comes from `popsim.methods`; every fitted factor is listed with what it was
fitted to.

| module | holds |
|---|---|
| `base` | single ages, the open group at 100, urban and rural, at the end of the base year |
| `residual` | net migration between two censuses |
| `years`, `areas` | the levels of each year; villages against towns |
| `hukou` | registered, floating and absent: `registers`, `words`, `split`, `arrivals`, `internal` |
| `fit`, `tables` | all of these in turn; what was fitted to what |
"""

from popsim.calibration.base import base_population, single_ages
from popsim.calibration.fit import calibrate
from popsim.calibration.residual import intercensal_migration

__all__ = ["base_population", "calibrate", "intercensal_migration", "single_ages"]
