"""Dims and labels: every dim known, every label where it belongs."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import numpy.typing as npt
import xarray as xr

from popsim.errors import DataError, Problems
from popsim.variables.table import EDGE_KINDS, LOOP_DIMS, SEXES, STATE_DIMS, VARIABLES, Variable

__all__ = ["age_widths", "base_year", "check_axes", "step_years"]

_ENDS = ("origin", "destination")


def age_widths(data: xr.Dataset | xr.DataArray) -> npt.NDArray[np.float64]:
    """Width of each age group in years; the last is infinite.

    Parameters
    ----------
    data
        With the dim `age`, and its auxiliary coordinate `age_width` or ages at equal distances.

    Returns
    -------
    ndarray
        (age), years.

    Raises
    ------
    DataError
        Where ages do not rise, or widths and ages disagree.

    Examples
    --------
    >>> age_widths(xr.DataArray([1.0, 1.0, 1.0], coords={"age": [0, 5, 10]}, dims="age"))
    array([ 5.,  5., inf])
    """
    labels = data["age"].to_numpy()
    if labels.dtype.kind not in "fiu":
        raise DataError(
            f"age: labels are no numbers, got {labels[0]!r}; expected the lower bound of each group"
        )
    ages = np.asarray(labels, dtype=np.float64)
    if ages.size < 2:
        raise DataError("age: at least two age groups are needed, the last of them open")
    gaps = np.diff(ages)
    if not bool(np.all(gaps > 0)):
        at = int(np.argmin(gaps > 0))
        raise DataError(
            f"age: {ages[at + 1]:g} follows {ages[at]:g}; expected ages in rising order"
        )
    widths = np.append(gaps, np.inf)
    if "age_width" in data.coords:
        given = np.asarray(data["age_width"].to_numpy(), dtype=np.float64)
        if given.shape != widths.shape or not np.array_equal(given, widths):
            at = int(np.flatnonzero(given != widths)[0])
            raise DataError(
                f"age_width: {given[at]:g} at age {ages[at]:g}; expected {widths[at]:g}, so that "
                "groups meet without gap or overlap and the last is open (inf)"
            )
    return widths


def step_years(data: xr.Dataset | xr.DataArray) -> int:
    """Years of a projection step: the common width of the age groups.

    Parameters
    ----------
    data
        With the dim `age`.

    Returns
    -------
    int
        Years.

    Raises
    ------
    DataError
        Where closed groups differ in width (an age is missing) or the width is no whole number.

    Examples
    --------
    >>> step_years(xr.DataArray([1.0, 1.0, 1.0], coords={"age": [0, 5, 10]}, dims="age"))
    5
    """
    widths = age_widths(data)[:-1]
    ages = data["age"].to_numpy()
    years = float(np.min(widths))
    if not bool(np.all(widths == years)):
        at = int(np.flatnonzero(widths != years)[0])
        raise DataError(
            f"age: nothing between {ages[at]} and {ages[at + 1]}, while other groups are "
            f"{years:g} years wide; expected groups of one width. Remedy: supply the missing ages "
            "or regroup"
        )
    if ages[0] != 0 or years != int(years):
        raise DataError(
            f"age: groups of {years:g} years from age {ages[0]}; expected whole years from 0"
        )
    return int(years)


def base_year(data: xr.Dataset) -> int:
    """Year of the starting population.

    Parameters
    ----------
    data
        With the scalar `base_year`.

    Returns
    -------
    int

    Raises
    ------
    DataError
        Where it is missing or no single whole number.

    Examples
    --------
    >>> base_year(xr.Dataset({"base_year": 2020}))
    2020
    """
    if "base_year" not in data:
        raise DataError("base_year: missing; expected a scalar, the year of `population`")
    value = data["base_year"].to_numpy()
    number = value.ndim == 0 and value.dtype.kind in "fiu"
    if not number or not np.isfinite(value) or value != int(value):
        raise DataError(f"base_year: got {value}; expected one whole year")
    return int(value)


def check_axes(inputs: xr.Dataset, problems: Problems) -> None:
    """Record every fault of dims and labels."""
    people = inputs.variables.get("population")
    states = [d for d in STATE_DIMS if people is not None and d in people.dims]
    for name, variable in VARIABLES.items():
        if name in inputs.data_vars:
            _check_dims(inputs.variables[name].dims, variable, states, problems)
    for key in inputs.dims:
        dim = str(key)
        if not inputs.sizes[key] and dim != "edge":
            problems.add("no labels at all", where=dim, expected="at least one")
        if dim not in inputs.coords and dim != "edge":
            problems.add("dim without labels", where=dim, expected=f"a coordinate `{dim}`")
        elif dim in inputs.indexes and not inputs.indexes[dim].is_unique:
            twice = inputs.indexes[dim][inputs.indexes[dim].duplicated()][0]
            problems.add("label given twice", where=dim, got=twice)
    if "sex" in inputs.coords and tuple(inputs["sex"].to_numpy().tolist()) != SEXES:
        problems.add(
            "labels missing or misordered",
            where="sex",
            got=inputs["sex"].to_numpy().tolist(),
            expected=list(SEXES),
        )
    step = None
    if "age" in inputs.coords:
        try:
            step = step_years(inputs)
        except DataError as error:
            problems.items.extend(error.problems)
    try:
        first = base_year(inputs)
    except DataError as error:
        problems.items.extend(error.problems)
    else:
        _check_periods(inputs, first, step, problems)
    if "edge" in inputs.dims:
        _check_edges(inputs, problems)


def _check_dims(
    dims: tuple[Hashable, ...], variable: Variable, states: list[str], problems: Problems
) -> None:
    """Record dims that are missing or do not belong."""
    name = variable.name
    wanted = [d for d in variable.dims if not (d == "period" and variable.constant)]
    if variable.states == "all":
        wanted += states
    allowed = {*variable.dims, *LOOP_DIMS}
    if variable.states != "none":
        allowed |= set(states)
    for dim in wanted:
        if dim not in dims:
            why = " (counts of people are never repeated over states)" if dim in states else ""
            problems.add(f"dim `{dim}` is missing{why}", where=name, got=dims)
    for key in dims:
        dim = str(key)
        if dim not in allowed:
            hint = ""
            if dim == "year" and name == "population":
                hint = "select the base year: population.sel(year=base_year)"
            elif dim in STATE_DIMS:
                hint = f"`{dim}` must then be a dim of `population` too"
            problems.add(
                f"dim `{dim}` does not belong here",
                where=name,
                got=dims,
                expected=sorted(allowed),
                remedy=hint,
            )


def _check_periods(inputs: xr.Dataset, first: int, step: int | None, problems: Problems) -> None:
    """Record missing or misordered periods."""
    if "period" not in inputs.coords:
        problems.add(
            "no variable has the dim `period`",
            where="period",
            expected="at least one, so that the number of steps is known",
        )
        return
    if step is None:
        return
    periods = inputs["period"].to_numpy()
    expected = first + step * np.arange(1, periods.size + 1)
    if not np.array_equal(periods, expected):
        missing = [int(p) for p in expected if p not in periods][:5]
        problems.add(
            "periods missing or misordered",
            where="period",
            got=f"{periods[:3].tolist()}.. ({periods.size})",
            expected=f"{expected[:3].tolist()}.., every {step} years after base_year {first}"
            + (f"; missing {missing}" if missing else ""),
            remedy="label each step by its last year",
        )


def _check_edges(inputs: xr.Dataset, problems: Problems) -> None:
    """Record edges whose ends or kind are unknown."""
    if "population" not in inputs:
        return
    dims = [d for d in STATE_DIMS if d in inputs["population"].dims]
    ends: dict[str, list[tuple[object, ...]]] = {}
    for end in _ENDS:
        columns = []
        for dim in dims:
            name = f"{end}_{dim}"
            if name not in inputs.coords:
                problems.add("auxiliary coordinate is missing", where=f"edge ({name})")
                continue
            labels = inputs[name].to_numpy()
            known = set(inputs[dim].to_numpy().tolist())
            for at in [k for k, label in enumerate(labels.tolist()) if label not in known][:5]:
                problems.add("unknown state", where=f"edge {at} ({name})", got=labels[at])
            columns.append(labels.tolist())
        if len(columns) == len(dims):
            ends[end] = list(zip(*columns, strict=True))
    if len(ends) == 2:
        loops = [k for k, (a, b) in enumerate(zip(*ends.values(), strict=True)) if a == b]
        if loops:
            problems.add(
                "origin and destination are the same",
                where=f"edge {loops[0]}",
                got=ends["origin"][loops[0]],
            )
    if "edge_kind" in inputs.coords:
        kinds = inputs["edge_kind"].to_numpy().tolist()
        for at in [k for k, kind in enumerate(kinds) if kind not in EDGE_KINDS][:5]:
            problems.add(
                "unknown kind of move", where=f"edge {at}", got=kinds[at], expected=EDGE_KINDS
            )
