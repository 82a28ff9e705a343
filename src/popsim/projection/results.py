"""From the kernel's accounts to a labelled Dataset."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from popsim.kernels.data import Accounts
from popsim.projection.arrange import Frame
from popsim.variables.table import RESULTS

__all__ = ["KERNEL_DIMS", "allocate", "label"]

# Dims of each account in memory, after loops and states; the Dataset shows time last.
KERNEL_DIMS: dict[str, tuple[str, ...]] = {
    "population": ("year", "sex", "age"),
    "births": ("period", "sex"),
    "deaths": ("period", "sex", "age"),
    "moves": ("period", "edge", "sex", "age"),
    "net_migration": ("period", "sex", "age"),
    "births_by_age": ("period", "age"),
    "deaths_by_age": ("period", "sex", "age"),
    "exposure": ("period", "sex", "age"),
}


def _shape(name: str, frame: Frame) -> tuple[int, ...]:
    """Shape of an account in memory."""
    sizes = {**frame.inputs.sizes, "year": frame.years.size, "edge": frame.origin.size}
    tail = [sizes[d] for d in KERNEL_DIMS[name]]
    return (frame.runs, *tail) if name == "moves" else (frame.runs, frame.states.count, *tail)


def allocate(frame: Frame, wanted: frozenset[str], dtype: npt.DTypeLike) -> Accounts:
    """Make room for the accounts wanted; the others are empty."""
    rooms = {}
    for name in KERNEL_DIMS:
        shape = _shape(name, frame)
        rooms[name] = np.empty(shape if name in wanted else (0,) * len(shape), dtype=dtype)
    return Accounts(**rooms)


def label(
    accounts: Accounts, frame: Frame, wanted: frozenset[str], attrs: dict[str, str]
) -> xr.Dataset:
    """Give the accounts wanted their dims, labels, units and names; nothing is copied."""
    variables: dict[str, tuple[tuple[str, ...], npt.NDArray[Any], dict[str, str]]] = {}
    for name in (n for n in KERNEL_DIMS if n in wanted):
        memory = KERNEL_DIMS[name]
        states = () if name == "moves" else frame.states
        dims = [*frame.loops, *(states.dims if states else ()), *memory]
        shape = [*frame.loop_shape, *(states.shape if states else ())]
        array = getattr(accounts, name)
        array = array.reshape(*shape, *array.shape[len(array.shape) - len(memory) :])
        entry = RESULTS[name]
        shown = [*dims[: len(shape)], *entry.dims]
        variables[name] = (
            tuple(shown),
            array.transpose([dims.index(d) for d in shown]),
            {"units": entry.units, "long_name": entry.meaning},
        )
    used = {d for dims, _, _ in variables.values() for d in dims}
    labels: dict[str, Any] = {
        str(name): coord
        for name, coord in frame.inputs.variables.items()
        if name in frame.inputs.coords and set(coord.dims) <= used and name != "base_year"
    }
    times = {"year": frame.years, "period": frame.periods}
    labels |= {d: (d, values) for d, values in times.items() if d in used}
    if "age" in used and "age_width" not in labels:
        widths = np.full(frame.inputs.sizes["age"], float(frame.step))
        widths[-1] = np.inf
        labels["age_width"] = ("age", widths)
    variables["base_year"] = ((), np.asarray(frame.years[0]), {})
    return xr.Dataset(variables, coords=labels, attrs=attrs)
