"""Matching of people and industry: indices of ours, none of them official.

The plan speaks of raising 人产匹配 and gives no formula. Each result says so in
`attrs["official"]`; a report must not call any of them the plan's index.
"""

from __future__ import annotations

import xarray as xr

from popsim.errors import DataError

__all__ = [
    "coupling_coordination",
    "education_match",
    "jobs_residents_ratio",
    "labour_supply_ratio",
    "structural_deviation",
]

NOT_OFFICIAL = {"official": "no: an index of this library; the plan gives no formula"}


def labour_supply_ratio(supply: xr.DataArray, demand: xr.DataArray) -> xr.DataArray:
    """Scale: labour supply over labour demand.

    Parameters
    ----------
    supply, demand
        (..., region), persons; the demand is the user's.

    Returns
    -------
    xarray.DataArray
        Ratio; 1 is balance.

    Examples
    --------
    >>> import xarray as xr
    >>> float(labour_supply_ratio(xr.DataArray(90.0), xr.DataArray(100.0)))
    0.9
    """
    if bool((demand <= 0).any()):
        raise DataError("labour demand must be above 0")
    with xr.set_options(arithmetic_join="exact"):
        out = supply / demand
    out.attrs = {"units": "1", "long_name": "labour supply over demand", **NOT_OFFICIAL}
    return out


def jobs_residents_ratio(jobs: xr.DataArray, resident_workers: xr.DataArray) -> xr.DataArray:
    """Jobs in a place over workers who live there.

    Parameters
    ----------
    jobs, resident_workers
        (..., region), persons.

    Returns
    -------
    xarray.DataArray
        Ratio; above 1 the place draws commuters in.

    Examples
    --------
    >>> import xarray as xr
    >>> float(jobs_residents_ratio(xr.DataArray(120.0), xr.DataArray(100.0)))
    1.2
    """
    out = labour_supply_ratio(jobs, resident_workers)
    out.attrs["long_name"] = "jobs over resident workers"
    return out


def structural_deviation(value_added: xr.DataArray, employed: xr.DataArray) -> xr.Dataset:
    """Structure: how far sectors' shares of output are from their shares of workers.

    Parameters
    ----------
    value_added
        (..., sector), money.
    employed
        (..., sector), persons.

    Returns
    -------
    xarray.Dataset
        `deviation` (..., sector), 0 in balance, and `index` (...), the mean of its absolute value.

    Raises
    ------
    DataError
        A sector without workers.

    Notes
    -----
    theta[k] = (Y[k] / Y) / (E[k] / E) - 1; index = mean over k of |theta[k]|.

    Examples
    --------
    >>> import xarray as xr
    >>> k = {"sector": ["primary", "secondary"]}
    >>> d = structural_deviation(xr.DataArray([10.0, 90.0], k, "sector"),
    ...                          xr.DataArray([20.0, 80.0], k, "sector"))
    >>> d.deviation.values.tolist(), float(d["index"])
    ([-0.5, 0.125], 0.3125)
    """
    if bool((employed <= 0).any()):
        raise DataError("a sector without workers has no structural deviation")
    with xr.set_options(arithmetic_join="exact"):
        output = value_added / value_added.sum("sector", skipna=False)
        people = employed / employed.sum("sector", skipna=False)
        theta = output / people - 1.0
    return xr.Dataset(
        {"deviation": theta, "index": abs(theta).mean("sector", skipna=False)},
        attrs=NOT_OFFICIAL,
    )


def education_match(supply: xr.DataArray, demand: xr.DataArray) -> xr.DataArray:
    """Quality: one less the dissimilarity of the schooling of supply and demand.

    Parameters
    ----------
    supply, demand
        (..., education), persons or shares; each is brought to shares.

    Returns
    -------
    xarray.DataArray
        In 0..1; 1 is a perfect match.

    Notes
    -----
    M = 1 - sum over e of |s[e] - q[e]| / 2.

    References
    ----------
    Duncan, O. D. and Duncan, B. (1955), American Sociological Review 20(2), 210-217.

    Examples
    --------
    >>> import xarray as xr
    >>> e = {"education": ["low", "high"]}
    >>> float(education_match(xr.DataArray([80.0, 20.0], e, "education"),
    ...                       xr.DataArray([60.0, 40.0], e, "education")).round(9))
    0.8
    """
    for name, values in (("supply", supply), ("demand", demand)):
        if bool((values < 0).any()) or bool((values.sum("education") <= 0).any()):
            raise DataError(f"{name} by schooling must be 0 or more, with a sum above 0")
    with xr.set_options(arithmetic_join="exact"):
        gap = supply / supply.sum("education") - demand / demand.sum("education")
    out = 1.0 - 0.5 * abs(gap).sum("education", skipna=False)
    out.attrs = {"units": "1", "long_name": "match of schooling", **NOT_OFFICIAL}
    return out


def coupling_coordination(first: xr.DataArray, second: xr.DataArray) -> xr.DataArray:
    """Composite of two indices in 0..1: their balance times their level.

    Parameters
    ----------
    first, second
        Indices in 0..1, e.g. of people and of industry; the normalisation is the user's.

    Returns
    -------
    xarray.DataArray
        D in 0..1; 0 where both are 0.

    Notes
    -----
    C = 2 sqrt(u v) / (u + v), T = (u + v) / 2, D = sqrt(C T) = (u v)^(1/4).

    Examples
    --------
    >>> import xarray as xr
    >>> float(coupling_coordination(xr.DataArray(1.0), xr.DataArray(0.0625)))
    0.5
    """
    for values in (first, second):
        if bool(((values < 0) | (values > 1)).any()):
            raise DataError("coupling coordination needs indices in 0..1")
    out = (first * second) ** 0.25
    out.attrs = {"units": "1", "long_name": "coupling coordination", **NOT_OFFICIAL}
    return out
