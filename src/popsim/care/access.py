"""Access to given sites: distances, covered shares, two-step catchment areas."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from popsim.care.siting import NO_RULE, Classes, DensityBasis, density_class
from popsim.errors import DataError

__all__ = [
    "covered_share",
    "distances",
    "rule_coverage",
    "two_step_access",
]

# mean radius of the Earth, metres (IUGG, R1)
EARTH = 6371008.8
Floats = NDArray[np.float64]


def distances(demand: pd.DataFrame, sites: pd.DataFrame) -> Floats:
    """Straight-line distances between demand points and sites.

    Parameters
    ----------
    demand, sites
        Columns `x, y` in metres of one projection, or `lon, lat` in degrees.

    Returns
    -------
    numpy.ndarray
        (demand, sites), metres.

    Raises
    ------
    DataError
        Neither pair of columns in both tables; degrees out of range.

    Notes
    -----
    Degrees by the haversine formula on a sphere.

    Examples
    --------
    >>> import pandas as pd
    >>> home = pd.DataFrame({"x": [0.0], "y": [0.0]})
    >>> distances(home, pd.DataFrame({"x": [300.0], "y": [400.0]})).tolist()
    [[500.0]]
    """
    for pair in (("x", "y"), ("lon", "lat")):
        if all(c in table.columns for c in pair for table in (demand, sites)):
            break
    else:
        raise DataError("demand and sites need columns x, y (metres) or lon, lat (degrees)")
    (ax, ay), (bx, by) = (
        (t[pair[0]].to_numpy(dtype=float), t[pair[1]].to_numpy(dtype=float))
        for t in (demand, sites)
    )
    if not all(bool(np.isfinite(v).all()) for v in (ax, ay, bx, by)):
        raise DataError("a coordinate is missing or not finite")
    if pair == ("x", "y"):
        return np.asarray(np.hypot(ax[:, None] - bx[None, :], ay[:, None] - by[None, :]))
    if bool(np.any(np.abs([*ay, *by]) > 90) or np.any(np.abs([*ax, *bx]) > 180)):
        raise DataError("lon lies in -180..180 and lat in -90..90; are the two exchanged?")
    lon1, lat1, lon2, lat2 = (np.radians(v) for v in (ax, ay, bx, by))
    half = np.sin((lat1[:, None] - lat2) / 2) ** 2
    half += np.cos(lat1)[:, None] * np.cos(lat2) * np.sin((lon1[:, None] - lon2) / 2) ** 2
    return np.asarray(2.0 * EARTH * np.arcsin(np.sqrt(half)))


def demand_weights(weights: Floats, n: int) -> Floats:
    """Demand weights: one for each point, none negative, some positive."""
    out = np.asarray(weights, dtype=float)
    if out.shape != (n,) or bool((out < 0).any()) or not out.sum() > 0:
        raise DataError(f"demand needs {n} weights of 0 or more with a positive sum")
    return out


def covered_share(distance: Floats, weights: Floats, *, radius_m: float) -> float:
    """Share of the demand with a site within the radius.

    Parameters
    ----------
    distance
        (demand, sites), metres, as from `distances`.
    weights
        (demand), e.g. people of 60 and over.
    radius_m
        Metres.

    Returns
    -------
    float
        Share in 0..1.

    Examples
    --------
    >>> import numpy as np
    >>> covered_share(np.array([[100.0], [900.0]]), np.array([3.0, 1.0]), radius_m=500)
    0.75
    """
    people = demand_weights(weights, distance.shape[0])
    near = (distance <= radius_m).any(axis=1)
    return float(people[near].sum() / people.sum())


def rule_coverage(
    cells: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    classes: Classes,
    density_basis: DensityBasis = "elderly",
    tolerance: float = 0.0,
) -> pd.DataFrame:
    """Covered share of the elderly in each density class under the siting rule.

    Parameters
    ----------
    cells
        Columns `x, y` or `lon, lat`, `area_km2`, `elderly` and, for that basis, `population`: grid
        cells or small units, each at its centre.
    sites
        Homes, with the same coordinates.
    classes, density_basis, tolerance
        As in `popsim.care.siting.siting_rule`.

    Returns
    -------
    pandas.DataFrame
        `class, radius_m, elderly, covered, share`; `below` (no rule) has no radius, and a class
        without cells no row.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"x": [0.0, 2000.0], "y": 0.0, "area_km2": 1.0,
    ...                       "elderly": [4000.0, 1500.0]})
    >>> home = pd.DataFrame({"x": [400.0], "y": [0.0]})
    >>> plan = (("high", 3000.0, 500.0), ("medium", 1000.0, 1000.0))
    >>> rule_coverage(cells, home, classes=plan)[["class", "share"]].values.tolist()
    [['high', 1.0], ['medium', 0.0]]
    """
    density = cells[density_basis].to_numpy(dtype=float) / cells["area_km2"].to_numpy(dtype=float)
    kinds = np.array([density_class(d, classes) for d in density])
    people = demand_weights(cells["elderly"].to_numpy(dtype=float), len(cells))
    nearest = distances(cells, sites).min(axis=1) if len(sites) else np.full(len(cells), np.inf)
    records = []
    for name, radius in [*((n, r * (1 + tolerance)) for n, _, r in classes), (NO_RULE, np.nan)]:
        inside = kinds == name
        total = float(people[inside].sum())
        if total <= 0:
            continue
        covered = float(people[inside & (nearest <= radius)].sum()) if radius > 0 else np.nan
        records.append(
            {"class": name, "radius_m": radius, "elderly": total, "covered": covered,
             "share": covered / total}
        )  # fmt: skip
    return pd.DataFrame.from_records(records)


def two_step_access(
    distance: Floats,
    population: Floats,
    supply: Floats,
    *,
    radius_m: float,
    decay: Literal["none", "gaussian"] = "none",
) -> Floats:
    """Accessibility by the two-step floating catchment area method.

    Parameters
    ----------
    distance
        (demand, sites), metres.
    population
        (demand), people of 60 and over.
    supply
        (sites), beds.
    radius_m
        Catchment d0, metres.
    decay
        ``none``: everyone within d0 alike; ``gaussian``: weight falling from 1 at 0 to 0 at d0.

    Returns
    -------
    numpy.ndarray
        (demand), beds per person; its population-weighted sum is the supply of all sites that
        anyone can reach.

    Raises
    ------
    DataError
        Negative supply, wrong shapes.

    Notes
    -----
    R[j] = S[j] / sum over i of P[i] w(d[i, j]); A[i] = sum over j of R[j] w(d[i, j]). Gaussian:
    w = (exp(-(d/d0)^2 / 2) - exp(-1/2)) / (1 - exp(-1/2)).

    References
    ----------
    Luo, W. and Wang, F. (2003), Environment and Planning B 30, 865-884; Dai, D. (2010), Health and
    Place 16, 1038-1052 (Gaussian).

    Examples
    --------
    >>> import numpy as np
    >>> two_step_access(np.array([[100.0], [100.0], [9e3]]), np.array([50.0, 150.0, 10.0]),
    ...                 np.array([20.0]), radius_m=1000).tolist()
    [0.1, 0.1, 0.0]
    """
    people = demand_weights(population, distance.shape[0])
    beds = np.asarray(supply, dtype=float)
    if beds.shape != (distance.shape[1],) or bool((beds < 0).any()):
        raise DataError(f"supply needs {distance.shape[1]} values of 0 or more")
    weight = (distance <= radius_m).astype(float)
    if decay == "gaussian":
        edge = np.exp(-0.5)
        fall = (np.exp(-0.5 * (distance / radius_m) ** 2) - edge) / (1.0 - edge)
        weight = np.where(distance <= radius_m, fall, 0.0)
    elif decay != "none":
        raise DataError(f"unknown decay {decay!r}; expected none or gaussian")
    asked = people @ weight
    ratio = np.divide(beds, asked, out=np.zeros_like(beds), where=asked > 0)
    return np.asarray(weight @ ratio)
