"""The people that resources can bear, and the resource that binds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from popsim.errors import DataError, Problems

__all__ = ["Resource", "bearing_population"]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource that bounds the people of a place.

    Parameters
    ----------
    available
        R: what there is, or may be used (a cap); in `unit`.
    fixed
        F: uses that do not grow with people; in `unit`.
    per_person
        u: use per person, in `unit` a person.
    unit
        E.g. ``m3 year-1``.
    source
        Where the figures stand, or ``user``.

    Examples
    --------
    >>> Resource(100.0, 20.0, 2.0, "m3 year-1", "user").unit
    'm3 year-1'
    """

    available: float | xr.DataArray
    fixed: float | xr.DataArray
    per_person: float | xr.DataArray
    unit: str
    source: str


def bearing_population(resources: Mapping[str, Resource]) -> xr.Dataset:
    """People each resource can bear, and the resource that binds.

    Parameters
    ----------
    resources
        By name; arrays must have the same labels.

    Returns
    -------
    xarray.Dataset
        `population` (resource, ...), persons; `bearing` (...), the smallest; `binding` (...), the
        name of the resource that gives it.

    Raises
    ------
    DataError
        No resource; a use per person of 0; fixed uses above what there is (listed together).

    Notes
    -----
    P_cap = min over k of (R[k] - F[k]) / u[k].

    Examples
    --------
    >>> found = bearing_population({"water": Resource(100.0, 20.0, 2.0, "m3", "user"),
    ...                             "land": Resource(90.0, 0.0, 3.0, "km2", "user")})
    >>> float(found.bearing), str(found.binding.values)
    (30.0, 'land')
    """
    problems = Problems(DataError)
    if not resources:
        problems.add("no resource given", remedy="give at least one Resource")
    for name, r in resources.items():
        if bool(np.any(np.asarray(r.per_person) <= 0)):
            problems.add("use per person must be above 0", where=name, got=r.per_person)
        if bool(np.any(np.asarray(r.available) < np.asarray(r.fixed))):
            remedy = "no one can be borne: check units, or cut the fixed uses"
            problems.add("fixed uses exceed the resource", where=name, remedy=remedy)
    problems.raise_if_any()
    with xr.set_options(arithmetic_join="exact"):
        each = [
            (xr.DataArray(r.available) - r.fixed) / xr.DataArray(r.per_person)
            for r in resources.values()
        ]
        people = xr.concat(
            list(xr.broadcast(*each)),
            dim=xr.DataArray(list(resources), dims="resource", name="resource"),
            join="exact",
        )
    people.attrs = {
        "units": "person",
        "source": "; ".join(f"{n}: {r.source}" for n, r in resources.items()),
    }
    first = people.argmin("resource")
    names = xr.DataArray(list(resources), dims="resource")
    return xr.Dataset(
        {
            "population": people,
            "bearing": people.min("resource").assign_attrs(units="person"),
            "binding": names.isel(resource=first).drop_vars("resource", errors="ignore"),
        }
    )
