"""The check of everything at once."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

import xarray as xr

from popsim.errors import DataError, Problems
from popsim.variables.axes import check_axes
from popsim.variables.table import VARIABLES
from popsim.variables.values import check_values

__all__ = ["check"]


def check(inputs: xr.Dataset, *, skip: Collection[str] = ()) -> None:
    """Refuse inputs of a projection that cannot be meant, naming every fault and its cells.

    Parameters
    ----------
    inputs
        As `popsim.projection.project` takes them.
    skip
        Variables whose numbers are not looked at, only their names, dims, labels and units; and
        `leaving`, for sums of leaving probabilities.

    Raises
    ------
    DataError
        With all faults: variables missing; dims missing or foreign; sexes, ages, periods or edges
        missing or misordered; units other than the table's; cells missing, infinite or out of
        bounds; leaving probabilities above 1 in sum.

    Examples
    --------
    >>> check(xr.Dataset({"base_year": 2020}))
    Traceback (most recent call last):
    popsim.errors.DataError: 5 faults found:
      1. population: variable is missing
      ...
    """
    problems = Problems(DataError)
    for name in ("population", "fertility_rate", "sex_ratio_at_birth"):
        if name not in inputs:
            problems.add("variable is missing", where=name)
    given = [n for n in ("survival_ratio", "death_rate") if n in inputs]
    if len(given) != 1:
        problems.add(
            "exactly one of two variables is needed",
            where="survival_ratio, death_rate",
            got=given or "neither",
        )
    if "open_survival_ratio" in inputs and "death_rate" in inputs:
        problems.add(
            "death rates say already who survives in the open group", where="open_survival_ratio"
        )
    foreign = [str(n) for n in inputs.data_vars if n not in VARIABLES and n != "base_year"]
    for name in foreign:  # others may ride along; one misspelt would be left out of the projection
        meant = get_close_matches(name, [v for v in VARIABLES if v not in inputs], 1, cutoff=0.8)
        if meant:
            problems.add("unknown variable", where=name, expected=f"`{meant[0]}`?")
    for name, variable in VARIABLES.items():
        units = inputs[name].attrs.get("units") if name in inputs else None
        if units is not None and units != variable.units:
            problems.add("wrong units", where=name, got=units, expected=variable.units)
    check_axes(inputs, problems)
    if not problems:
        check_values(inputs, problems, skip=skip)
    elif "population" in inputs:
        _values_too(inputs, problems)
    problems.raise_if_any()


def _values_too(inputs: xr.Dataset, problems: Problems) -> None:
    """Look at the numbers although labels are at fault: both kinds are shown at once."""
    found = Problems(DataError)
    try:
        check_values(inputs, found)
    except (KeyError, ValueError, IndexError):  # labels too broken to name cells by
        return
    problems.items.extend(found.items)
