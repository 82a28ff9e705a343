"""Growth of output by place: productivity, paths, control to a total, levers of a share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from popsim.economy.accounts import BASIS, same_basis
from popsim.errors import DataError

__all__ = [
    "control_to_total",
    "gdp_path",
    "growth_accounting",
    "productivity",
    "share_decomposition",
]


def productivity(gdp: xr.DataArray, workers: xr.DataArray) -> xr.DataArray:
    """GDP per worker at the workplace.

    Parameters
    ----------
    gdp, workers
        (..., region), on the same boundary basis.

    Returns
    -------
    xarray.DataArray
        (..., region), money a worker.

    Raises
    ------
    DataError
        Mixed bases; no workers.

    Examples
    --------
    >>> import xarray as xr
    >>> a = {"boundary_basis": "merged"}
    >>> float(productivity(xr.DataArray(100.0, attrs=a), xr.DataArray(4.0, attrs=a)))
    25.0
    """
    basis = same_basis(gdp, workers)
    if bool((workers <= 0).any()):
        raise DataError("a place without workers has no productivity")
    with xr.set_options(arithmetic_join="exact"):
        out = gdp / workers
    out.attrs = {"units": f"{gdp.attrs.get('units', '')} person-1", BASIS: basis}
    return out


def gdp_path(
    workers: xr.DataArray, base: xr.DataArray, *, growth: float, convergence: float
) -> xr.DataArray:
    """GDP by place from workers and productivity that may converge.

    Parameters
    ----------
    workers
        (..., region, year), persons at the workplace.
    base
        (region), productivity in the first year, on the same basis.
    growth
        g: common growth of productivity a year, in logs; the user's.
    convergence
        beta in 0..1: share of the log gap to the mean closed in a year; 0 holds the ratios.

    Returns
    -------
    xarray.DataArray
        (..., region, year), GDP.

    Raises
    ------
    DataError
        Mixed bases; years that do not follow one another; beta outside 0..1.

    Notes
    -----
    y[t+1] = y[t] exp(g + beta (ln ybar[t] - ln y[t])), ybar = sum E y / sum E; Y = E y.

    Examples
    --------
    >>> import xarray as xr
    >>> a = {"boundary_basis": "merged"}
    >>> e = xr.DataArray([[10.0, 20.0]], {"region": ["r"], "year": [2020, 2021]},
    ...                  ("region", "year"), attrs=a)
    >>> y = xr.DataArray([5.0], {"region": ["r"]}, "region", attrs=a)
    >>> gdp_path(e, y, growth=0.0, convergence=0.1).values.tolist()
    [[50.0, 100.0]]
    """
    basis = same_basis(workers, base)
    years = workers["year"].to_numpy()
    if bool(np.any(np.diff(years) != 1)) or not 0.0 <= convergence <= 1.0:
        raise DataError("GDP is carried from year to year, with a convergence in 0..1")
    with xr.set_options(arithmetic_join="exact"):
        level = base + 0.0 * workers.isel(year=0, drop=True)
        held = [level]
        for year in years[:-1]:
            people = workers.sel(year=year, drop=True)
            mean = (people * level).sum("region") / people.sum("region")
            level = level * np.exp(growth + convergence * (np.log(mean) - np.log(level)))
            held.append(level)
        path = xr.concat(held, dim=workers["year"], join="exact")
        out = (workers * path).transpose(*workers.dims)
    out.attrs = {"units": "money", "long_name": "GDP, labour times productivity", BASIS: basis}
    return out


def control_to_total(gdp: xr.DataArray, total: xr.DataArray) -> xr.DataArray:
    """Scale GDP of all places so that it adds up to that of the city.

    Parameters
    ----------
    gdp
        (..., region, year).
    total
        (year ...), GDP of the city; shares of places stay as they are.

    Returns
    -------
    xarray.DataArray
        As `gdp`; `attrs["factor"]` tells the smallest and largest factor.

    Examples
    --------
    >>> import xarray as xr
    >>> g = xr.DataArray([40.0, 60.0], {"region": ["a", "b"]}, "region")
    >>> control_to_total(g, xr.DataArray(110.0)).values.tolist()
    [44.0, 66.0]
    """
    with xr.set_options(arithmetic_join="exact"):
        factor = total / gdp.sum("region", skipna=False)
        out = (gdp * factor).transpose(*gdp.dims)
    low, high = float(factor.min()), float(factor.max())
    out.attrs = dict(gdp.attrs) | {"factor": f"{low:.4f} to {high:.4f}"}
    return out


def share_decomposition(
    gdp: xr.DataArray, workers: xr.DataArray, members: Sequence[str], *, start: int, end: int
) -> xr.Dataset:
    """Change of a GDP share, told apart into workers and productivity.

    Parameters
    ----------
    gdp, workers
        (..., region, year), on the same boundary basis.
    members
        Places of the group.
    start, end
        Years.

    Returns
    -------
    xarray.Dataset
        `share_start`, `share_end`, and in logs `change` = `workers` + `productivity`, exactly.

    Raises
    ------
    DataError
        Mixed bases.

    Notes
    -----
    S = (share of workers) x (productivity relative to all), so
    d ln S = d ln(share of workers) + d ln(relative productivity).

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> c = {"region": ["a", "b"], "year": [0, 1]}
    >>> a = {"boundary_basis": "merged"}
    >>> e = xr.DataArray([[1.0, 2.0], [1.0, 2.0]], c, ("region", "year"), attrs=a)
    >>> y = xr.DataArray([[1.0, 3.0], [1.0, 1.0]], c, ("region", "year"), attrs=a)
    >>> d = share_decomposition(y, e, ["a"], start=0, end=1)
    >>> float(d.workers), float(d.productivity.round(6)) == float(np.log(1.5).round(6))
    (0.0, True)
    """
    same_basis(gdp, workers)

    def share(values: xr.DataArray) -> xr.DataArray:
        part = values.sel(region=list(members)).sum("region", skipna=False)
        return part / values.sum("region", skipna=False)

    both = {name: share(v) for name, v in (("gdp", gdp), ("workers", workers))}
    first = {name: v.sel(year=start, drop=True) for name, v in both.items()}
    last = {name: v.sel(year=end, drop=True) for name, v in both.items()}
    change = np.log(last["gdp"] / first["gdp"])
    people = np.log(last["workers"] / first["workers"])
    return xr.Dataset(
        {
            "share_start": first["gdp"],
            "share_end": last["gdp"],
            "change": change,
            "workers": people,
            "productivity": change - people,
        }
    )


def growth_accounting(
    *,
    tfp: float,
    labour_share: float,
    human_capital: float,
    participation: float,
    working_age_share: float,
    population: float,
    investment_to_capital: float,
    depreciation: float,
) -> float:
    """Growth of a city's GDP from its parts (for a total; capital by county is not public).

    Parameters
    ----------
    tfp
        Growth of total factor productivity, in logs a year, like all growth here.
    labour_share
        b, in 0..1.
    human_capital, participation, working_age_share, population
        Growth of each.
    investment_to_capital, depreciation
        I / K and delta, a year.

    Returns
    -------
    float
        Growth of GDP, in logs a year.

    Notes
    -----
    g = g_A + b (g_h + g_rho + g_omega + g_N) + (1 - b)(I / K - delta).

    References
    ----------
    World Bank, Long Term Growth Model (2022), appendix 2: Y = A K^(1-b) (h L)^b.

    Examples
    --------
    >>> round(growth_accounting(tfp=0.01, labour_share=0.5, human_capital=0.01, participation=0,
    ...     working_age_share=-0.01, population=0.01, investment_to_capital=0.1,
    ...     depreciation=0.05), 6)
    0.04
    """
    if not 0.0 <= labour_share <= 1.0:
        raise DataError(f"the labour share lies in 0..1; got {labour_share}")
    labour = human_capital + participation + working_age_share + population
    capital = investment_to_capital - depreciation
    return tfp + labour_share * labour + (1.0 - labour_share) * capital
