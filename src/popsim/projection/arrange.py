"""From labelled inputs to the arrays of the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from popsim.coords import States, edge_ends, loops_of, states_of, years_of
from popsim.kernels.data import Groups
from popsim.variables import base_year, step_years

__all__ = ["Frame", "couple", "frame_of", "lay_out"]

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Frame:
    """The labels of a projection and the sizes they give the kernel.

    Parameters
    ----------
    inputs
        The Dataset, for its coordinates.
    loops
        Dims of independent runs, in order.
    states
        The states.
    step
        Years of a step.
    years, periods
        Labels of stocks and flows.
    origin, destination
        Numbers of the states at the ends of edges.
    """

    inputs: xr.Dataset
    loops: tuple[str, ...]
    states: States
    step: int
    years: npt.NDArray[np.int64]
    periods: npt.NDArray[np.int64]
    origin: npt.NDArray[np.intp]
    destination: npt.NDArray[np.intp]

    @property
    def loop_shape(self) -> tuple[int, ...]:
        """Number of labels of each loop dim."""
        return tuple(self.inputs.sizes[d] for d in self.loops)

    @property
    def runs(self) -> int:
        """Independent runs, L."""
        return int(np.prod(self.loop_shape, dtype=np.int64))


def frame_of(inputs: xr.Dataset) -> Frame:
    """Read the labels of checked inputs."""
    states = states_of(inputs)
    step = step_years(inputs)
    years, periods = years_of(base_year(inputs), inputs.sizes["period"], step)
    origin, destination = edge_ends(inputs, states)
    return Frame(inputs, loops_of(inputs), states, step, years, periods, origin, destination)


def lay_out(
    array: xr.DataArray, frame: Frame, tail: Sequence[str], *, states: bool = True
) -> Array:
    """Return an array as (L, [S,] *tail), C-contiguous float64, without copying where it can.

    Runs and states that the array lacks altogether have length 1; so has a missing `period`.
    """
    groups = [frame.loops, frame.states.dims] if states else [frame.loops]
    given = array.variable
    order = [*frame.loops, *(frame.states.dims if states else ()), *tail]
    order = [d for d in order if d in given.dims]
    values = np.asarray(given.data, dtype=np.float64)
    values = values.transpose([given.dims.index(d) for d in order])
    sizes = given.sizes
    shape: list[int] = []
    full: list[int] = []
    flat: list[int] = []
    for dims in groups:
        present = any(d in sizes for d in dims)
        own = [sizes.get(d, 1) for d in dims]
        whole = [frame.inputs.sizes[d] for d in dims] if present else [1] * len(dims)
        shape += own
        full += whole
        flat.append(int(np.prod(whole, dtype=np.int64)))
    ends = [sizes.get(d, 1) for d in tail]
    values = values.reshape(*shape, *ends)
    if not values.flags.writeable:  # a kernel is compiled for arrays that can be written
        values = values.copy()
    if shape != full:
        values = np.broadcast_to(values, (*full, *ends))
    return np.ascontiguousarray(values).reshape(*flat, *ends)


def couple(frame: Frame) -> Groups:
    """Sort states and edges into groups that moves couple."""
    count = frame.states.count
    label = _components(count, frame.origin, frame.destination)
    n_groups = int(label.max()) + 1
    member = np.argsort(label, kind="stable")
    member_start = np.searchsorted(label[member], np.arange(n_groups + 1))
    place = np.empty(count, dtype=np.int64)
    place[member] = np.arange(count) - member_start[label[member]]
    edge = np.lexsort((frame.origin, frame.destination, label[frame.origin]))
    edge_start = np.searchsorted(label[frame.origin[edge]], np.arange(n_groups + 1))
    return Groups(
        member.astype(np.int64),
        member_start.astype(np.int64),
        edge.astype(np.int64),
        edge_start.astype(np.int64),
        place[frame.origin[edge]],
        place[frame.destination[edge]],
    )


def _components(count: int, origin: Index, destination: Index) -> Index:
    """Number of the connected part of each state, in the order of their first states.

    Every state takes the lowest number among its neighbours, and then that one's own, until none
    changes.
    """
    label = np.arange(count)
    while True:
        lowest = np.minimum(label[origin], label[destination])
        lower = label.copy()
        np.minimum.at(lower, origin, lowest)
        np.minimum.at(lower, destination, lowest)
        lower = lower[lower]
        if np.array_equal(lower, label):
            return np.unique(label, return_inverse=True)[1]
        label = lower
