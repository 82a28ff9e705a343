"""Where to put homes: set cover and maximal covering, as mixed-integer programmes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from popsim.care.access import covered_share, demand_weights
from popsim.errors import ConvergenceError, DataError

__all__ = ["maximal_covering", "set_cover"]

Floats = NDArray[np.float64]


def set_cover(distance: Floats, *, radius_m: float) -> list[int]:
    """Fewest sites that put every demand point within the radius (LSCP).

    Parameters
    ----------
    distance
        (demand, candidate sites), metres.
    radius_m
        Metres.

    Returns
    -------
    list of int
        Positions of the chosen sites.

    Raises
    ------
    DataError
        Demand points that no candidate reaches.
    ConvergenceError
        Where the solver does not prove an optimum.

    Notes
    -----
    min sum y[j], sum over j in N[i] of y[j] >= 1 for all i, y binary; HiGHS branch and bound.

    References
    ----------
    Toregas, C. et al. (1971), The location of emergency service facilities, Operations Research 19.

    Examples
    --------
    >>> import numpy as np
    >>> set_cover(np.array([[1.0, 9.0, 1.0], [9.0, 1.0, 1.0]]), radius_m=2)
    [2]
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # slow to import, seldom needed

    near = sparse.csr_array((distance <= radius_m).astype(float))
    lonely = np.flatnonzero(near.sum(axis=1) == 0)
    if lonely.size:
        raise DataError(
            f"{lonely.size} demand points have no candidate within {radius_m:g} m, "
            f"first {lonely[0]}; add candidates or widen the radius"
        )
    count = distance.shape[1]
    result = milp(
        np.ones(count),
        constraints=LinearConstraint(near, lb=1.0),
        integrality=np.ones(count, dtype=np.int64),
        bounds=Bounds(0, 1),
    )
    if not result.success:
        raise ConvergenceError(f"set cover not solved: {result.message}")
    return [int(j) for j in np.flatnonzero(result.x > 0.5)]


def maximal_covering(
    distance: Floats, weights: Floats, *, radius_m: float, sites: int
) -> tuple[list[int], float]:
    """The given number of sites that covers most demand (MCLP).

    Parameters
    ----------
    distance
        (demand, candidate sites), metres.
    weights
        (demand), people.
    radius_m
        Metres.
    sites
        How many may be opened.

    Returns
    -------
    tuple
        Positions of the chosen sites and the share of demand they cover.

    Raises
    ------
    DataError
        More sites than candidates, or fewer than one.
    ConvergenceError
        Where the solver does not prove an optimum.

    Notes
    -----
    max sum a[i] x[i], x[i] <= sum over j in N[i] of y[j], sum y = p, y binary, x in 0..1.

    References
    ----------
    Church, R. and ReVelle, C. (1974), The maximal covering location problem, Papers of the Regional
    Science Association 32.

    Examples
    --------
    >>> import numpy as np
    >>> d = np.array([[1.0, 9.0], [9.0, 1.0], [9.0, 1.0]])
    >>> maximal_covering(d, np.array([1.0, 1.0, 2.0]), radius_m=2, sites=1)
    ([1], 0.75)
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # slow to import, seldom needed

    points, count = distance.shape
    people = demand_weights(weights, points)
    if not 1 <= sites <= count:
        raise DataError(f"sites lies in 1..{count} (the candidates); got {sites}")
    near = sparse.csr_array((distance <= radius_m).astype(float))
    reach = sparse.hstack([near, -sparse.eye_array(points)], format="csr")
    chosen = sparse.csr_array(np.concatenate([np.ones(count), np.zeros(points)])[None, :])
    result = milp(
        np.concatenate([np.zeros(count), -people / people.sum()]),
        constraints=[
            LinearConstraint(reach, lb=0.0),
            LinearConstraint(chosen, lb=sites, ub=sites),
        ],
        integrality=np.repeat([1, 0], [count, points]),
        bounds=Bounds(0, 1),
    )
    if not result.success:
        raise ConvergenceError(f"maximal covering not solved: {result.message}")
    picked = [int(j) for j in np.flatnonzero(result.x[:count] > 0.5)]
    return picked, covered_share(distance[:, picked], people, radius_m=radius_m)
