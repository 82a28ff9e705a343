"""Ages, years and periods, states and edges; alignment of labels, exact or refused.

`year` is a moment and `period` the interval that ends in it, so T + 1 years go with T periods.
A state is one cell of the state dims of a population (region x area x status, any subset of them,
even none); an edge is one permitted move from state to state.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from popsim.errors import DataError, Problems
from popsim.variables import EDGE_KINDS, LOOP_DIMS, STATE_DIMS

__all__ = ["States", "age_coords", "conform", "edge_coords", "edge_ends", "states_of", "years_of"]


@dataclass(frozen=True, slots=True)
class States:
    """The states of a projection, numbered in the order of their labels, last dim fastest.

    Parameters
    ----------
    dims
        State dims present, in the order region, area, status.
    labels
        Labels of each of these dims.
    """

    dims: tuple[str, ...]
    labels: tuple[tuple[Hashable, ...], ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of labels by dim."""
        return tuple(len(values) for values in self.labels)

    @property
    def count(self) -> int:
        """Number of states; 1 where there is no state dim."""
        return prod(self.shape)

    def number(self, labels: Mapping[str, Hashable]) -> int:
        """Place of a state among all, from its labels.

        Examples
        --------
        >>> States(("region", "area"), (("A", "B"), ("urban", "rural"))).number(
        ...     {"region": "B", "area": "urban"}
        ... )
        2
        """
        place = 0
        for dim, values in zip(self.dims, self.labels, strict=True):
            place = place * len(values) + values.index(labels[dim])
        return place

    def name(self, number: int) -> str:
        """Labels of a state as text.

        Examples
        --------
        >>> States(("region", "area"), (("A", "B"), ("urban", "rural"))).name(2)
        'region=B, area=urban'
        """
        place = np.unravel_index(number, self.shape) if self.dims else ()
        pairs = zip(self.dims, self.labels, place, strict=True)
        return ", ".join(f"{dim}={values[int(i)]}" for dim, values, i in pairs)


def states_of(data: xr.Dataset | xr.DataArray) -> States:
    """Return the states of a population.

    Parameters
    ----------
    data
        A population, or a Dataset that holds one.

    Returns
    -------
    States

    Examples
    --------
    >>> p = xr.DataArray([1.0, 2.0], coords={"region": ["A", "B"]}, dims="region")
    >>> states_of(p).count
    2
    """
    array = data["population"] if isinstance(data, xr.Dataset) else data
    dims = tuple(d for d in STATE_DIMS if d in array.dims)
    return States(dims, tuple(tuple(array[d].to_numpy().tolist()) for d in dims))


def edge_ends(
    data: xr.Dataset, states: States
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the states that edges leave and reach.

    Parameters
    ----------
    data
        With the dim `edge` and its auxiliary coordinates ``origin_*``, ``destination_*``; none of
        them where there are no moves.
    states
        As `states_of` gives them.

    Returns
    -------
    tuple of ndarray
        Numbers of origins and of destinations, (edge).

    Raises
    ------
    DataError
        Where a coordinate is missing or an end is no state.
    """
    if "edge" not in data.dims:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    problems = Problems(DataError)
    ends = []
    for end in ("origin", "destination"):
        place = np.zeros(data.sizes["edge"], dtype=np.intp)
        for dim, values in zip(states.dims, states.labels, strict=True):
            name = f"{end}_{dim}"
            if name not in data.coords:
                problems.add("auxiliary coordinate is missing", where=f"edge ({name})")
                continue
            ends_here = data[name].to_numpy()
            number = {label: i for i, label in enumerate(values)}
            found = np.array([number.get(end, -1) for end in ends_here.tolist()], dtype=np.intp)
            for at in np.flatnonzero(found < 0)[:5]:
                got = ends_here[at]
                problems.add("unknown state", where=f"edge {at} ({name})", got=got)
            place = place * len(values) + found
        ends.append(place)
    problems.raise_if_any()
    return ends[0], ends[1]


def edge_coords(
    origin: Mapping[str, Sequence[Hashable]],
    destination: Mapping[str, Sequence[Hashable]],
    kind: str | Sequence[str] = "migration",
) -> dict[str, tuple[str, npt.NDArray[np.str_]]]:
    """Return coordinates of the dim `edge` from lists of ends.

    Parameters
    ----------
    origin, destination
        By state dim, one label per edge.
    kind
        Of each edge, or of all: migration, reclassification or registration.

    Returns
    -------
    dict
        ``origin_*``, ``destination_*`` and ``edge_kind``, for `coords=` of a DataArray.

    Raises
    ------
    DataError
        Where lists differ in length or a kind is unknown.

    Examples
    --------
    >>> coords = edge_coords({"area": ["rural"]}, {"area": ["urban"]}, "reclassification")
    >>> sorted(coords)
    ['destination_area', 'edge_kind', 'origin_area']
    """
    columns = {f"origin_{d}": list(v) for d, v in origin.items()}
    columns |= {f"destination_{d}": list(v) for d, v in destination.items()}
    lengths = {name: len(v) for name, v in columns.items()}
    count = next(iter(lengths.values()), 1)
    columns["edge_kind"] = [kind] * count if isinstance(kind, str) else list(kind)
    problems = Problems(DataError)
    for name, values in columns.items():
        if len(values) != count:
            problems.add("another number of edges", where=name, got=len(values), expected=count)
    for word in sorted(set(columns["edge_kind"]) - set(EDGE_KINDS), key=str):
        problems.add("unknown kind of move", where="edge_kind", got=word, expected=EDGE_KINDS)
    problems.raise_if_any()
    return {name: ("edge", np.asarray(values, dtype=np.str_)) for name, values in columns.items()}


def age_coords(open_age: int, step: int = 1) -> dict[str, tuple[str, npt.NDArray[np.generic]]]:
    """Return the coordinates `age` and `age_width` from 0 to the open age.

    Parameters
    ----------
    open_age
        First age of the open group, years.
    step
        Width of the other groups, years.

    Returns
    -------
    dict
        For `coords=` of a DataArray.

    Examples
    --------
    >>> age_coords(10, 5)["age_width"][1]
    array([ 5.,  5., inf])
    """
    if open_age % step:
        raise DataError(f"open_age: {open_age} is no multiple of the step of {step} years")
    ages = np.arange(0, open_age + step, step)
    widths = np.full(ages.size, float(step))
    widths[-1] = np.inf
    return {"age": ("age", ages), "age_width": ("age", widths)}


def years_of(
    base_year: int, steps: int, step: int = 1
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the labels of years (stocks) and of periods (flows).

    Parameters
    ----------
    base_year
        Of the starting population.
    steps
        Number of steps.
    step
        Years of one.

    Returns
    -------
    tuple of ndarray
        Years (steps + 1) and periods (steps), each period labelled by its last year.

    Examples
    --------
    >>> years_of(2020, 2, 5)
    (array([2020, 2025, 2030]), array([2025, 2030]))
    """
    years = base_year + step * np.arange(steps + 1, dtype=np.int64)
    return years, years[1:]


def conform(arrays: Mapping[str, xr.DataArray]) -> xr.Dataset:
    """Join arrays whose labels agree exactly; refuse all others, naming what differs.

    xarray's own constructor would take the union of the labels and fill the rest with NaN.

    Parameters
    ----------
    arrays
        By variable name.

    Returns
    -------
    xr.Dataset
        The arrays, unchanged.

    Raises
    ------
    DataError
        With every dim in which two arrays differ: labels missing in one, or in another order.

    Examples
    --------
    >>> a = xr.DataArray([1, 2], coords={"region": ["A", "B"]}, dims="region")
    >>> conform({"one": a, "two": a.isel(region=[1, 0])})
    Traceback (most recent call last):
    popsim.errors.DataError: two (region): labels in another order than in one; got ['B', 'A'];...
    """
    problems = Problems(DataError)
    first: dict[Hashable, tuple[str, pd.Index]] = {}
    for name, array in arrays.items():
        for dim, index in array.indexes.items():
            if dim not in array.dims:
                continue
            owner, reference = first.setdefault(dim, (name, index))
            if index.equals(reference):
                continue
            where = f"{name} ({dim})"
            missing = reference.difference(index).tolist()
            foreign = index.difference(reference).tolist()
            if not missing and not foreign:
                problems.add(
                    f"labels in another order than in {owner}",
                    where=where,
                    got=index.tolist()[:8],
                    expected=reference.tolist()[:8],
                )
            else:
                problems.add(
                    f"labels other than in {owner}",
                    where=where,
                    got=f"unknown {foreign[:5]} ({len(foreign)}), missing {missing[:5]} "
                    f"({len(missing)})",
                    remedy="select or supply the same labels in both",
                )
    problems.raise_if_any()
    return xr.merge(
        [array.rename(name) for name, array in arrays.items()],
        join="exact",
        compat="equals",
        combine_attrs="drop_conflicts",
    )


def loops_of(data: xr.Dataset) -> tuple[str, ...]:
    """Return the dims of independent runs that are present."""
    return tuple(d for d in LOOP_DIMS if d in data.dims)
