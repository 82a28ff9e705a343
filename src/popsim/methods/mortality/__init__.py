"""How mortality moves: models of its level and its age pattern. Numbers in, numbers out.

Here live the setting of a schedule to a life expectancy (`level`), Lee-Carter and its kin
(`lee_carter`, `coherent`), relational and model tables (`relational`, `model_tables`), paths of
life expectancy (`paths`) and laws of mortality fitted to rates (`laws`). The columns of a life
table are in `popsim.methods.lifetable`. Age is the last axis; time, where there is one, the axis
before it.
"""

from popsim.methods.mortality.level import mortality_at_e0, survival_at_e0

__all__ = ["mortality_at_e0", "survival_at_e0"]
