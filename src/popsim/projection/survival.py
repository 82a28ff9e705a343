"""Survival of a step, as given or from death rates."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import xarray as xr

from popsim.errors import DataError, Problem, Problems
from popsim.methods.lifetable import life_table
from popsim.projection.arrange import Frame, lay_out
from popsim.variables.values import name_cells

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
    try:
        table = life_table(rates, sex=("female", "male"), width=width, a0=first)
    except DataError as fault:
        raise DataError([_named(p, frame, rates.shape) for p in fault.problems]) from None
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
    given = a0 if isinstance(a0, xr.DataArray) else xr.DataArray(float(a0))
    allowed = (*frame.loops, *frame.states.dims, "period", "sex")
    problems = Problems(DataError)
    for dim in map(str, given.dims):
        if dim not in allowed:
            problems.add("foreign dim", where="a0", got=dim, expected=", ".join(allowed))
        elif dim not in given.indexes or not given.indexes[dim].equals(frame.inputs.indexes[dim]):
            got = given[dim].to_numpy().tolist()[:8] if dim in given.coords else "no labels"
            expected = frame.inputs[dim].to_numpy().tolist()[:8]
            problems.add(
                "labels missing or misordered", where=f"a0 ({dim})", got=got, expected=expected
            )
    values = given.to_numpy()
    bad = given.copy(data=~((values >= 0.0) & (values <= frame.step)))
    if bool(bad.any()):
        where, found = name_cells(bad, given)
        problems.add(
            "outside the first group",
            where=f"a0 ({where})" if where else "a0",
            got=found,
            expected=f"0 to {frame.step} years",
        )
    problems.raise_if_any()
    if not given.dims:
        return np.full((1, 1, 1, 1), float(given))
    return lay_out(given, frame, ("period", "sex"))


def _named(fault: Problem, frame: Frame, shape: tuple[int, ...]) -> Problem:
    """A fault of the life table with the labels of its cell, instead of the place in an array."""
    found = re.match(r"(\w+)\[([\d, ]+)\](, age [\d.]+)?", fault.what)
    if found is None:
        return fault
    run, state, period, sex, age = (int(k) for k in found[2].split(","))
    inputs = frame.inputs
    place: dict[str, object] = {}
    if shape[0] > 1:
        at = np.unravel_index(run, frame.loop_shape)
        place |= {d: inputs[d].to_numpy()[k] for d, k in zip(frame.loops, at, strict=True)}
    if shape[1] > 1:
        at = np.unravel_index(state, frame.states.shape)
        place |= dict(
            zip(
                frame.states.dims,
                (labels[k] for labels, k in zip(frame.states.labels, at, strict=True)),
                strict=True,
            )
        )
    if shape[2] > 1:
        place["period"] = frame.periods[period]
    place |= {"sex": inputs["sex"].to_numpy()[sex], "age": inputs["age"].to_numpy()[age]}
    cell = ", ".join(f"{d}={label}" for d, label in place.items())
    return replace(fault, what=f"death_rate ({cell}), {found[1]}{fault.what[found.end() :]}")
