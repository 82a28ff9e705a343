"""Survival of a step, as given or from death rates."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import xarray as xr

from popsim.methods.lifetable import life_table
from popsim.projection.arrange import Frame, lay_out

__all__ = ["InfantRule", "survival_of"]

Array = npt.NDArray[np.float64]
InfantRule = Literal["andreev_kingkade", "coale_demeny"] | float | xr.DataArray

_TAIL = ("period", "sex", "age")


def survival_of(frame: Frame, a0: InfantRule) -> tuple[Array, Array]:
    """Return survival into the age reached, and the chance to reach its first birthday alive.

    Both (L, S, T, G, X). The second separates a cohort's deaths by age at death: from lx and Lx
    where death rates are given; from l half-way between the L around it where only survival is.
    """
    inputs = frame.inputs
    if "survival_ratio" in inputs:
        survival = lay_out(inputs["survival_ratio"], frame, _TAIL)
        return survival, survival
    rates = lay_out(inputs["death_rate"], frame, _TAIL)
    first: str | Array = a0 if isinstance(a0, str) else _infant(a0, frame)
    width = None if frame.step == 1 else float(frame.step)
    table = life_table(rates, sex=("female", "male"), width=width, a0=first)
    reaching = np.ones_like(table.lx)
    reaching[..., 1:] = frame.step * table.lx[..., 1:] / table.Lx[..., :-1]
    return np.ascontiguousarray(table.Sx), reaching


def halfway(survival: Array) -> Array:
    """Chance to reach the next group's first birthday where only survival is known."""
    reaching = np.ones_like(survival)
    reaching[..., 1:-1] = 0.5 * (1.0 + survival[..., 1:-1])
    # survival into the open group may be of two groups pooled: the one below it stands in, but
    # nobody may die before a birthday whom the ratio lets live past it
    below = np.maximum(survival[..., -2], survival[..., -1])
    reaching[..., -1] = 0.5 * (1.0 + below)
    return reaching


def _infant(a0: float | xr.DataArray, frame: Frame) -> Array:
    """Years lived in the first group by those who die in it, (L, S, T, G)."""
    if isinstance(a0, xr.DataArray):
        return lay_out(a0, frame, ("period", "sex"))
    return np.full((1, 1, 1, 1), float(a0))
