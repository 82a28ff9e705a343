"""A second road to need: people move between degrees of need, and die at rates of their degree.

States are independent, mild, moderate and severe (or independent and any), and dead. The death
column is scaled, for every sex, age, year and place, so that all states together die exactly as the
life table says; a projected population therefore keeps its numbers, and only its split by degree is
modelled. Migrants and newcomers of an age are split as the residents of that age.

No yearly transition rates by county are published in China. `transitions_from_prevalence` gives the
least movement between degrees that reproduces a published prevalence; anything else is the user's.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.care.ages import age_edges
from popsim.errors import ConvergenceError, DataError, Problems

__all__ = ["INDEPENDENT", "multistate_need", "step_states", "transitions_from_prevalence"]

INDEPENDENT = "independent"
Floats = NDArray[np.float64]
# Newton on a convex function from its left converges in a handful of steps; this is a safety net
MAX_STEPS = 60
TOLERANCE = 4e-15
ROUNDING = 1e-13
ROW_TOLERANCE = 1e-9


def _death_scale(split: Floats, survival: Floats, relative: Floats) -> Floats:
    """The c for which sum split exp(-c relative) equals survival; (...) for split (..., state)."""
    scale: Floats = np.zeros(survival.shape)
    for _ in range(MAX_STEPS):
        alive = split * np.exp(-scale[..., None] * relative)
        total = alive.sum(-1)
        excess = np.log(total) - np.log(survival)
        scale = scale + excess * total / (alive * relative).sum(-1)
        if float(np.max(np.abs(excess), initial=0.0)) <= TOLERANCE:
            return scale
    worst = float(np.max(np.abs(excess)))
    if worst <= ROUNDING:
        return scale
    raise ConvergenceError(f"the deaths of the states do not meet the life table: off by {worst}")


def _shares_of(people: Floats) -> Floats:
    """Split by state; everybody independent where nobody lives."""
    total = people.sum(-1, keepdims=True)
    first = np.zeros(people.shape[-1])
    first[0] = 1.0
    return np.where(total > 0, people / np.where(total > 0, total, 1.0), first)


def step_states(
    people: Floats, survival: Floats, transitions: Floats, relative: Floats
) -> tuple[Floats, Floats]:
    """One year of death and movement between degrees.

    n: people by state; S: survival of all states together; rho: death hazard of a state relative to
    the first; T: movement of survivors.

    Parameters
    ----------
    people
        (..., state), persons at the start.
    survival
        (...), share of all who live to the end, in (0, 1].
    transitions
        (..., state from, state to), movement of those who survive; rows add up to 1.
    relative
        (state), above 0.

    Returns
    -------
    tuple of numpy.ndarray
        People alive at the end by state (..., state), and deaths by state at the start.

    Raises
    ------
    DataError
        Survival outside (0, 1], rows that do not add up, hazards not above 0.

    Notes
    -----
    Survivors of state g: n[g] exp(-c rho[g]) with c such that their sum is S sum n, solved by
    Newton's method; then sum over g of survivors[g] T[g, h].

    Examples
    --------
    >>> import numpy as np
    >>> stay = np.eye(2)
    >>> alive, dead = step_states(np.array([80.0, 20.0]), np.array(0.9), stay, np.array([1.0, 3.0]))
    >>> round(float(alive.sum()), 9), bool(dead[1] / 20 > dead[0] / 80)
    (90.0, True)
    """
    problems = Problems(DataError)
    if not bool(np.all((survival > 0) & (survival <= 1))):
        problems.add("survival outside (0, 1]", got=f"{survival.min():g} to {survival.max():g}")
    if bool(np.any(relative <= 0)):
        problems.add("a relative hazard must be above 0", got=relative.tolist())
    rows = transitions.sum(-1)
    if bool(np.any(np.abs(rows - 1.0) > ROW_TOLERANCE)) or bool(np.any(transitions < 0)):
        problems.add("rows of transitions must be 0 or more and add up to 1")
    problems.raise_if_any()
    scale = _death_scale(_shares_of(people), survival, relative)
    staying = people * np.exp(-scale[..., None] * relative)
    moved = np.einsum("...g,...gh->...h", staying, transitions)
    return moved, people - staying


def transitions_from_prevalence(
    shares: xr.DataArray, survival_ratio: xr.DataArray, relative_mortality: xr.DataArray
) -> xr.DataArray:
    """Least yearly movement between degrees that reproduces a prevalence by age.

    A cohort that ages through the schedule and dies at rates of its degree must show the prevalence
    of the next age a year later. Among all movements that do so the one with the fewest steps along
    independent, mild, moderate, severe is taken: the two distributions are matched in order.

    Parameters
    ----------
    shares
        (need_level, sex, age single), prevalence as from `popsim.care.prevalence`.
    survival_ratio
        (sex, age), survival into the age reached, single ages to the open one.
    relative_mortality
        (need_level with `independent` first), death hazard relative to the independent; the
        user's, since no Chinese table was found.

    Returns
    -------
    xarray.DataArray
        (sex, age, need_from, need_to): movement of the survivors from age a to a + 1 (within the
        open age at the last); rows add up to 1.

    Raises
    ------
    DataError
        Ages or levels that differ.

    Notes
    -----
    With cumulative shares F of the survivors and G of the next age,
    mass[g, h] = max(0, min(F[g], G[h]) - max(F[g-1], G[h-1])), T = mass / survivors[g].

    References
    ----------
    Order-preserving transport on a line minimises the total movement: Villani, C. (2003), Topics in
    Optimal Transportation, section 2.2.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> ages = {"sex": ["female"], "age": [0, 1]}
    >>> d = xr.DataArray([[[0.0, 0.2]]], {"need_level": ["any"], **ages},
    ...                  ("need_level", "sex", "age"))
    >>> s = xr.DataArray([[0.99, 0.9]], ages, ("sex", "age"))
    >>> rho = xr.DataArray([1.0, 1.0], {"need_level": ["independent", "any"]}, "need_level")
    >>> t = transitions_from_prevalence(d, s, rho)
    >>> round(float(t.sel(sex="female", age=0, need_from="independent", need_to="any")), 9)
    0.2
    """
    levels = _levels(shares, relative_mortality)
    full = _with_independent(shares).transpose("sex", "age", "need_level")
    with xr.set_options(arithmetic_join="exact"):
        survival = (survival_ratio + 0.0 * full.isel(need_level=0, drop=True)).transpose(
            "sex", "age"
        )
    split = full.to_numpy()
    lived = np.concatenate([survival.to_numpy()[:, 1:], survival.to_numpy()[:, -1:]], axis=1)
    after = np.concatenate([split[:, 1:], split[:, -1:]], axis=1)
    relative = relative_mortality.to_numpy()
    scale = _death_scale(split, lived, relative)
    left = split * np.exp(-scale[..., None] * relative)
    left = left / left.sum(-1, keepdims=True)
    f, g = np.cumsum(left, -1), np.cumsum(after, -1)
    f[..., -1] = g[..., -1] = 1.0
    before_f = np.concatenate([np.zeros((*f.shape[:-1], 1)), f[..., :-1]], -1)
    before_g = np.concatenate([np.zeros((*g.shape[:-1], 1)), g[..., :-1]], -1)
    mass = np.minimum(f[..., :, None], g[..., None, :])
    mass = np.maximum(mass - np.maximum(before_f[..., :, None], before_g[..., None, :]), 0.0)
    total = mass.sum(-1, keepdims=True)
    stay = np.broadcast_to(np.eye(len(levels)), mass.shape)
    rows = np.where(total > 0, mass / np.where(total > 0, total, 1.0), stay)
    return xr.DataArray(
        rows,
        dims=("sex", "age", "need_from", "need_to"),
        coords={
            "sex": full["sex"].to_numpy(),
            "age": full["age"].to_numpy(),
            "need_from": levels,
            "need_to": levels,
        },
        attrs={"units": "1", "long_name": "yearly movement of survivors between degrees of need"},
    )


def _levels(shares: xr.DataArray, relative: xr.DataArray) -> list[str]:
    """Independent and the degrees of a prevalence; the hazards must name the same."""
    levels = [INDEPENDENT, *(str(g) for g in shares["need_level"].to_numpy())]
    named = [str(g) for g in relative["need_level"].to_numpy()]
    if named != levels:
        raise DataError(f"relative mortality is by {named}; expected {levels}, in this order")
    return levels


def _with_independent(shares: xr.DataArray) -> xr.DataArray:
    """Add the independent: whoever is in no degree."""
    rest = (1.0 - shares.sum("need_level", skipna=False)).assign_coords(need_level=INDEPENDENT)
    return xr.concat([rest, shares], dim="need_level", join="exact", coords="minimal")


def multistate_need(
    population: xr.DataArray,
    survival_ratio: xr.DataArray,
    transitions: xr.DataArray,
    relative_mortality: xr.DataArray,
    shares: xr.DataArray,
) -> xr.DataArray:
    """People in need by degree from transitions, on a projected population.

    Parameters
    ----------
    population
        (..., sex, age single, year by year), persons: a result of the projection.
    survival_ratio
        (..., sex, age, period), the survival the projection used; may lack the leading dims.
    transitions
        (sex, age, need_from, need_to), as from `transitions_from_prevalence` or the user's.
    relative_mortality
        (need_level with `independent` first).
    shares
        (need_level, sex, age), prevalence in the first year.

    Returns
    -------
    xarray.DataArray
        (..., sex, age, year, need_level without `independent`), persons.

    Raises
    ------
    DataError
        Steps other than one year, ages other than single, labels that differ.

    Notes
    -----
    Newborns and children are independent where the prevalence is 0. With constant mortality and
    transitions made from a prevalence, the result equals that of `need` in every year.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> ages = {"sex": ["female"], "age": [0, 1]}
    >>> d = xr.DataArray([[[0.0, 0.2]]], {"need_level": ["any"], **ages},
    ...                  ("need_level", "sex", "age"))
    >>> s = xr.DataArray([[0.99, 0.9]], ages, ("sex", "age"))
    >>> rho = xr.DataArray([1.0, 2.0], {"need_level": ["independent", "any"]}, "need_level")
    >>> p = xr.DataArray([[[10.0, 10.0], [50.0, 54.0]]], {**ages, "year": [2020, 2021]},
    ...                  ("sex", "age", "year"))
    >>> t = transitions_from_prevalence(d, s, rho)
    >>> n = multistate_need(p, s.expand_dims(period=[2021]), t, rho, d)
    >>> float(n.sel(year=2021, age=1).sum().round(9))
    10.8
    """
    levels = _levels(shares, relative_mortality)
    lower, upper = age_edges(population)
    years = population["year"].to_numpy()
    widths = (upper - lower)[:-1]
    if bool(np.any(np.diff(years) != 1)) or bool(np.any(widths != 1)):
        raise DataError("the multistate road needs single ages and every year")
    lead = [d for d in population.dims if d not in ("sex", "age", "year")]
    people = population.transpose(*lead, "year", "sex", "age")
    with xr.set_options(arithmetic_join="exact"):
        first = people.isel(year=0, drop=True)
        template = first + 0.0 * _with_independent(shares).sum("need_level")
        survived = survival_ratio + 0.0 * template
    order = ("period", *lead, "sex", "age")
    survival = survived.transpose(*order).sel(period=years[1:]).to_numpy()
    moves = transitions.sel(need_from=levels, need_to=levels, age=population["age"])
    moves = moves.sel(sex=population["sex"]).transpose("sex", "age", "need_from", "need_to")
    split = _with_independent(shares).sel(need_level=levels, sex=population["sex"])
    split = split.sel(age=population["age"]).transpose("sex", "age", "need_level")
    counts = people.transpose("year", *lead, "sex", "age").to_numpy()
    matrix, relative = moves.to_numpy(), relative_mortality.to_numpy()
    now = np.broadcast_to(split.to_numpy(), (*counts.shape[1:], len(levels)))
    newborn = now[..., :1, :]
    held = [counts[0][..., None] * now]
    for t in range(len(years) - 1):
        into = survival[t][..., 1:]
        lived = np.concatenate([into, into[..., -1:]], axis=-1)
        alive, _ = step_states(held[-1], lived, matrix, relative)
        aged = alive[..., :-1, :].copy()
        aged[..., -1, :] += alive[..., -1, :]  # the open age keeps its own survivors
        now = np.concatenate([newborn, _shares_of(aged)], axis=-2)
        held.append(counts[t + 1][..., None] * now)
    out = xr.DataArray(
        np.stack(held, axis=-2),
        dims=(*lead, "sex", "age", "year", "need_level"),
        coords={
            **{d: population[d].to_numpy() for d in (*lead, "sex", "age", "year")},
            "need_level": levels,
        },
        attrs={
            "units": "person",
            "long_name": "people in need, multistate",
            "scale": str(shares.attrs.get("scale", "")),
            "trend": "multistate",
        },
    )
    return out.sel(need_level=levels[1:]).rename("need")
