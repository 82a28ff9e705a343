"""Numbers: complete, within bounds, and possible together."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import xarray as xr

from popsim.errors import Problems
from popsim.variables.table import STATE_DIMS, VARIABLES

__all__ = ["check_values", "name_cells"]

_SHOWN = 5
# Rounding allowed where shares of one origin are added up.
_ROUNDING = 1e-12


def name_cells(bad: xr.DataArray, values: xr.DataArray) -> tuple[str, str]:
    """Return the first faulty cells by their labels, and their values, as text.

    Parameters
    ----------
    bad
        Truth of the fault, any dims.
    values
        The numbers, same dims.

    Returns
    -------
    tuple of str
        Places, and values.

    Examples
    --------
    >>> a = xr.DataArray([1.0, -1.0], coords={"age": [0, 1]}, dims="age")
    >>> name_cells(a < 0, a)
    ('age=1', '-1')
    """
    flags = bad.to_numpy()
    cells = np.argwhere(flags)
    numbers = values.transpose(*bad.dims).to_numpy()
    places, found = [], []
    for cell in cells[:_SHOWN]:
        index = tuple(int(i) for i in cell)
        labels = [
            f"{dim}={bad[dim].to_numpy()[i] if dim in bad.coords else i}"
            for dim, i in zip(bad.dims, index, strict=True)
        ]
        places.append(", ".join(labels))
        found.append(f"{numbers[index]:.6g}")
    more = f" and {len(cells) - _SHOWN} more" if len(cells) > _SHOWN else ""
    return "; ".join(places) + more, ", ".join(found)


def check_values(inputs: xr.Dataset, problems: Problems, *, skip: Collection[str] = ()) -> None:
    """Record missing and impossible numbers of every variable, with their cells.

    Variables named in `skip` are looked at elsewhere (in the compiled loop, for large arrays), and
    so are sums of leaving probabilities, where it holds the word `leaving`.
    """
    for name, variable in VARIABLES.items():
        if name not in inputs.data_vars or name in skip:
            continue
        numbers = np.asarray(inputs.variables[name].data)
        if numbers.dtype.kind not in "fiu":
            problems.add("not numbers", where=name, got=numbers.dtype, expected="float64")
        elif name == "survival_ratio" and "open_survival_ratio" in inputs:
            _check_survival(inputs[name], problems)
        elif numbers.size and not (
            # as double precision: the bounds are infinite in single
            float(numbers.min()) >= variable.lower and float(numbers.max()) <= variable.upper
        ):
            _check_bounds(inputs[name], variable.lower, variable.upper, problems)
    fertility = inputs.get("fertility_rate")
    if fertility is not None and "fertility_rate" not in skip and "age" in fertility.dims:
        youngest = fertility.isel(age=[0])
        expected = "0: those born in a step do not bear in it"
        bad = youngest.to_numpy() > 0
        _report(youngest, bad, "births to the first age group", expected, problems)
    if "move_probability" in inputs and "leaving" not in skip:
        _check_leaving(inputs, problems)


def _check_bounds(array: xr.DataArray, lower: float, upper: float, problems: Problems) -> None:
    """Record cells that are no numbers or lie outside the bounds."""
    numbers = array.to_numpy().astype(np.float64, copy=False)
    finite = np.isfinite(numbers)
    low, high = finite & (numbers < lower), finite & (numbers > upper)
    _report(array, ~finite, "missing or infinite", "a number in every cell", problems)
    _report(array, low, "below its bound", f"at least {lower:g}", problems)
    _report(array, high, "above its bound", f"at most {upper:g}", problems)


def _check_survival(array: xr.DataArray, problems: Problems) -> None:
    """Record impossible survival where the open group has a ratio of its own.

    The ratio into it is then L[open]/L[below], whose people are not all in L[below]: where none
    are taken to survive within it (Willekens & Rogers 1978), it may pass 1.
    """
    _check_bounds(array.isel(age=slice(None, -1)), 0.0, 1.0, problems)
    _check_bounds(array.isel(age=[-1]), 0.0, VARIABLES["survival_ratio"].upper * 2.0, problems)


def _report(
    values: xr.DataArray,
    bad: npt.NDArray[np.bool_],
    what: str,
    expected: str,
    problems: Problems,
) -> None:
    """Record one fault for all cells that share it."""
    if bad.any():
        where, got = name_cells(values.copy(data=bad), values)
        problems.add(what, where=f"{values.name} ({where})", got=got, expected=expected)


def leaving(
    moves: npt.NDArray[np.float64], origin: npt.NDArray[np.intp], n: int
) -> npt.NDArray[np.float64]:
    """Sum of probabilities by origin.  moves (edge, ...), origin (edge) -> (state, ...)."""
    total = np.zeros((n, *moves.shape[1:]))
    np.add.at(total, origin, moves)
    return total


def _check_leaving(inputs: xr.Dataset, problems: Problems) -> None:
    """Record origins from which more than everybody would leave."""
    dims = [d for d in STATE_DIMS if d in inputs["population"].dims]
    names = [f"origin_{d}" for d in dims]
    moves = inputs["move_probability"]
    if "edge" not in moves.dims or any(n not in inputs.coords for n in names):
        return
    keys = list(zip(*(inputs[n].to_numpy().tolist() for n in names), strict=True))
    states = sorted(set(keys), key=str)
    place = {key: k for k, key in enumerate(states)}
    rest = [d for d in moves.dims if d != "edge"]
    origin = np.array([place[key] for key in keys], dtype=np.intp)
    total = leaving(moves.transpose("edge", *rest).to_numpy(), origin, len(states))
    labels = np.array([" / ".join(map(str, key)) for key in states], dtype=np.str_)
    coords = {d: moves[d].to_numpy() for d in rest if d in moves.coords}
    summed = xr.DataArray(total, dims=["origin", *rest], coords={"origin": labels, **coords})
    _report(
        summed.rename("move_probability"),
        total > 1.0 + _ROUNDING,
        "more than everybody leaves",
        "a sum over the edges of each origin of at most 1",
        problems,
    )
