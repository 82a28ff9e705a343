"""The test that every account adds up."""

from __future__ import annotations

import numpy as np
import xarray as xr

from popsim.coords import edge_ends, loops_of, states_of
from popsim.errors import BalanceError, DataError
from popsim.variables.values import name_cells

__all__ = ["check_balance"]

# The identity holds to rounding: 1e-9 of a cell in double precision, 1e-5 in single.
TOLERANCE = {"float64": 1e-9, "float32": 1e-5}
_NEEDED = ("population", "births", "deaths", "net_migration")


def check_balance(result: xr.Dataset, *, tolerance: float | None = None) -> float:
    """Check P' = P + births - deaths + in-moves - out-moves + net migration in every cell.

    Parameters
    ----------
    result
        Of `project`, with population, births, deaths and net_migration, and moves where states
        are coupled: ``(.., state, sex, age, year)`` and ``(.., state, sex, age, period)``.
    tolerance
        Allowed residual as a share of the cell (of one person, where it is smaller); 1e-9 for
        float64 and 1e-5 for float32 if not given.

    Returns
    -------
    float
        The largest residual, relative.

    Raises
    ------
    BalanceError
        Where a cell misses the tolerance; the cells are named.
    DataError
        Where an account is missing.

    Notes
    -----
    All accounts are by age at the end of the step, so P is the population one age group younger
    (the last two together in the open group), and births enter at age 0.

    Examples
    --------
    >>> flow = (("sex", "age", "period"), [[[0.0], [0.5]], [[0.0], [0.5]]])
    >>> coords = {"sex": ["female", "male"], "age": [0, 1], "year": [2020, 2021], "period": [2021]}
    >>> people = (("sex", "age", "year"), [[[1.0, 1.0], [0.0, 0.5]], [[1.0, 1.0], [0.0, 0.5]]])
    >>> births = (("sex", "period"), [[1.0], [1.0]])
    >>> none = (flow[0], np.zeros((2, 2, 1)))
    >>> result = xr.Dataset(
    ...     {"population": people, "births": births, "deaths": flow, "net_migration": none}, coords
    ... )
    >>> check_balance(result)
    0.0
    """
    missing = [n for n in _NEEDED if n not in result]
    if missing:
        raise DataError(f"check_balance needs {', '.join(missing)}; ask for them in `outputs`")
    states = states_of(result)
    loops = loops_of(result)
    order = (*loops, *states.dims)
    people = result["population"].transpose(*order, "year", "sex", "age").to_numpy()
    now, after = people[..., :-1, :, :], people[..., 1:, :, :]
    expected = np.zeros(after.shape)
    expected[..., 1:] = now[..., :-1]
    expected[..., -1] += now[..., -1]
    expected[..., 0] += result["births"].transpose(*order, "period", "sex").to_numpy()
    expected -= result["deaths"].transpose(*order, "period", "sex", "age").to_numpy()
    expected += result["net_migration"].transpose(*order, "period", "sex", "age").to_numpy()
    if "moves" in result:
        origin, destination = edge_ends(result, states)
        moves = result["moves"].transpose("edge", *loops, "period", "sex", "age").to_numpy()
        lead = tuple(result.sizes[d] for d in loops)
        flat = expected.reshape(*lead, states.count, *expected.shape[-3:])
        by_state = np.moveaxis(flat, len(lead), 0)
        for edge in range(origin.size):
            by_state[origin[edge]] -= moves[edge]
            by_state[destination[edge]] += moves[edge]
    residual = np.abs(after - expected) / np.maximum(1.0, np.abs(after))
    worst = float(residual.max()) if residual.size else 0.0
    allowed = TOLERANCE[str(people.dtype)] if tolerance is None else tolerance
    if not worst <= allowed:
        dims = (*order, "period", "sex", "age")
        cells = xr.DataArray(residual, dims=dims, coords={d: result[d].to_numpy() for d in dims})
        where, got = name_cells(~(cells <= allowed), cells)
        raise BalanceError(
            f"the accounts do not add up at {where}: relative residual {got}, allowed {allowed:g}"
        )
    return worst
