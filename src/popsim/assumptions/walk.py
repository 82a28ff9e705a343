"""From drivers by scenario to inputs of the projection, year by year.

Drivers say how people fare (survival, fertility), who comes and with what probability people
leave or register, and which path the towns take. The inputs that bring this about (net migrants,
probabilities of moves) are solved for in each year from the population the year before left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.assumptions.edges import edges_of
from popsim.assumptions.fitted import Fitted
from popsim.assumptions.solve import Levels, System, solve_year
from popsim.assumptions.year import Convention

__all__ = ["levels_of", "plain_values", "six", "system_of", "walk"]

Array = NDArray[np.float64]
# Dims of each driver after `scenario`, in the order of the plain arrays.
DRIVERS: dict[str, tuple[str, ...]] = {
    "survival_ratio": ("region", "area", "sex", "age"),
    "fertility_rate": ("region", "area", "age"),
    "sex_ratio_at_birth": (),
    "arrivals": ("region", "sex", "age"),
    "net_total": (),
    "departure_probability": ("region", "sex", "age"),
    "absence_return": ("region",),
    "registration_hazard": ("region", "age"),
    "newborn_registered": (),
    "leaving_probability": ("home", "away", "sex", "age"),
    "returning_probability": ("home", "away", "sex", "age"),
    "urban_growth": ("region",),
    "urban_share_wanted": (),
    "reclassified": ("region",),
    "reclassified_persons": ("region",),
    "reclassification_part": (),
}
HUKOU = (
    "departure_probability",
    "absence_return",
    "registration_hazard",
    "newborn_registered",
    "leaving_probability",
    "returning_probability",
)


def six(people: xr.DataArray) -> Array:
    """Persons (region, [area], [status], sex, age) as a plain array with all six axes but one."""
    values = plain_values(people.variable, ("region", "area", "status", "sex", "age"))
    return np.ascontiguousarray(values, dtype=np.float64)


def plain_values(variable: xr.Variable, dims: Sequence[str]) -> Array:
    """Values with one axis for each of the dims, in their order, of length 1 for those it lacks."""
    here = [variable.dims.index(d) for d in dims if d in variable.dims]
    axes = tuple(slice(None) if d in variable.dims else None for d in dims)
    return np.asarray(variable.to_numpy().transpose(here)[axes])


def system_of(fitted: Fitted, engine: Mapping[str, Any] | None = None) -> System:
    """What is the same in all years."""
    people = fitted.population
    kept = six(people)
    if fitted.hukou is None:
        by_area = kept.sum((2, 3, 4))
        leavers = np.zeros(kept.shape[-2:])
    else:
        by_area = kept[:, :, 1].sum((2, 3))
        leavers = fitted.hukou.leavers.transpose("sex", "age").to_numpy()
    place = by_area / by_area.sum(1, keepdims=True)
    regions = tuple(str(r) for r in people["region"].to_numpy())
    return System(edges_of(people), regions, place, leavers, Convention.of(engine))


def levels_of(drivers: xr.Dataset, fitted: Fitted) -> list[Levels]:
    """Levels of each period as plain arrays, all scenarios on the first axis."""
    people = fitted.population
    size = {d: people.sizes[d] for d in ("region", "sex", "age")}
    pairs = _pairs(fitted)
    lines = drivers.sizes.get("scenario", 1)
    periods = drivers["period"].size
    found: dict[str, Array] = {}
    for name, dims in DRIVERS.items():
        if name not in drivers:
            empty = {"home": 0, "away": 0} if fitted.hukou is None else {}
            shape = [empty.get(d, size.get(d, size["region"])) for d in dims]
            if dims[:2] == ("home", "away"):
                shape = [0, *shape[2:]]
            fill = np.nan if name in ("net_total", "urban_share_wanted", "urban_growth") else 0.0
            found[name] = np.full((periods, lines, *shape), fill)
            continue
        value = plain_values(drivers.variables[name], ("period", "scenario", *dims))
        size["area"] = drivers.sizes["area"] if "area" in drivers.variables[name].dims else 1
        shape = [periods, lines, *(size.get(d, size["region"]) for d in dims)]
        if name == "survival_ratio":
            shape[2] = value.shape[2]
        plain = np.broadcast_to(value, shape)
        if dims[:2] == ("home", "away"):
            home, away = pairs
            plain = plain[:, :, home, away]
        found[name] = plain
    return [Levels(*(found[name][t] for name in DRIVERS)) for t in range(periods)]


def _pairs(fitted: Fitted) -> tuple[list[int], list[int]]:
    edges = edges_of(fitted.population)
    pairs = edges.pairs if edges is not None else ()
    return [home for home, _ in pairs], [away for _, away in pairs]


def walk(
    fitted: Fitted, drivers: xr.Dataset, *, engine: Mapping[str, Any] | None = None
) -> xr.Dataset:
    """Inputs of `popsim.project` that bring the drivers about.

    Parameters
    ----------
    fitted
        For the base population and the stock of the absent.
    drivers
        As `popsim.assumptions.build_drivers` makes them, with or without the dim `scenario`.
    engine
        Options of the projection.

    Returns
    -------
    xr.Dataset
        ``population``, ``base_year``, ``survival_ratio``, ``fertility_rate``,
        ``sex_ratio_at_birth``, ``net_migration`` and, with areas or statuses,
        ``move_probability``. With statuses also ``net_migration_rate`` (.., region, status, sex,
        age, period), by which the floating leave across the outer border, a share of those who
        are there at the start of the year (arrivals, and the registered, are counts); and
        ``absent_population`` and ``absent_net_migration`` (.., region, [area], sex, age, period),
        the account of those registered here who live elsewhere (`popsim.hukou.absent_inputs`).

    Raises
    ------
    ConfigError
        Where a path or an event asks to move more people than there are.
    """
    base = fitted.population
    system = system_of(fitted, engine)
    levels = levels_of(drivers, fitted)
    periods = drivers["period"].to_numpy()
    lines = drivers.sizes.get("scenario", 1)
    people = np.broadcast_to(six(base), (lines, *six(base).shape)).copy()
    absent = None
    if fitted.hukou is not None:
        first = six(fitted.hukou.absent)[:, :, 0]
        absent = np.broadcast_to(first, (lines, *first.shape)).copy()
    migrants = np.empty((*people.shape[:4], len(levels), *people.shape[4:]))
    gone = np.empty((*people.shape[:3], len(levels), *people.shape[4:]))
    edges = 0 if system.edges is None else system.edges.origin.size
    move = np.empty((lines, len(levels), edges, *people.shape[4:]))
    for t, level in enumerate(levels):
        solved = solve_year(system, people, absent, level, int(periods[t]))
        migrants[:, :, :, :, t] = solved.counts
        move[:, t] = solved.move
        gone[:, :, :, t] = solved.absent_migrants
        people = solved.people
        absent = None if absent is None else solved.absent
    coords: dict[str, Any] = {str(d): base[d].to_numpy() for d in base.dims}
    coords["period"] = periods
    if "scenario" in drivers.dims:
        coords["scenario"] = drivers["scenario"].to_numpy()
    variables: dict[str, xr.DataArray] = {
        "population": base.assign_attrs(units="person").reset_coords(drop=True),
        "base_year": xr.DataArray(int(periods[0]) - 1),
        **{n: drivers[n] for n in ("survival_ratio", "fertility_rate", "sex_ratio_at_birth")},
        "net_migration": _labelled(migrants, coords, base.dims, "net migration").assign_attrs(
            units="person"
        ),
    }
    if system.edges is not None:
        variables["move_probability"] = _moves(move, coords, system)
    if fitted.hukou is not None:
        variables["net_migration_rate"] = _leaving_rate(drivers["departure_probability"])
        dims = [d for d in base.dims if d != "status"]
        variables["absent_population"] = fitted.hukou.absent.transpose(*dims)
        variables["absent_net_migration"] = _labelled(gone, coords, dims, "net moves of absent")
    return xr.Dataset(variables)


def _leaving_rate(departure: xr.DataArray) -> xr.DataArray:
    """Net migrants per person and year (.., region, status, sex, age, period)."""
    nobody = xr.zeros_like(departure)
    rate = xr.concat(
        [nobody, -departure], xr.DataArray(["registered", "floating"], dims="status", name="status")
    )
    last = ("region", "status", "sex", "age", "period")
    return rate.transpose(..., *last).assign_attrs(
        units="person-1 year-1", long_name="net migration rate: the floating who leave"
    )


def _labelled(values: Array, coords: Mapping[str, Any], dims: Any, name: str) -> xr.DataArray:
    """Label an array (scenario, region, area, [status], period, sex, age); drop axes not told."""
    full = ["region", "area", "status"][: values.ndim - 4]
    states = [d for d in full if d in dims]
    shape = [values.shape[0], *(len(coords[d]) for d in states), *values.shape[-3:]]
    order = ["scenario", *states, "period", "sex", "age"]
    array = values.reshape(shape)
    if "scenario" not in coords:
        array, order = array[0], order[1:]
    labels = {d: coords[d] for d in order}
    return xr.DataArray(array, labels, order, attrs={"long_name": name}).transpose(..., "period")


def _moves(values: Array, coords: Mapping[str, Any], system: System) -> xr.DataArray:
    """Label probabilities (scenario, period, edge, sex, age)."""
    assert system.edges is not None
    order = ["scenario", "period", "edge", "sex", "age"]
    if "scenario" not in coords:
        values, order = values[0], order[1:]
    labels = {d: coords[d] for d in order if d != "edge"}
    array = xr.DataArray(values, {**labels, **system.edges.coords}, order)
    return array.transpose(..., "edge", "sex", "age", "period").assign_attrs(
        units="1", long_name="probability of a move"
    )
