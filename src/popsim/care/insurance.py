"""Long-term care insurance: income, outlay and reserve of a fund.

Premium, benefit and take-up of Jiaxing's scheme were not found: they are the user's.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from popsim.errors import DataError

__all__ = ["insurance_balance"]

MONTHS = 12


def insurance_balance(
    *,
    insured: xr.DataArray,
    premium: xr.DataArray | float,
    entitled: xr.DataArray,
    take_up: float,
    monthly_benefit: xr.DataArray | float,
    premium_growth: float,
    benefit_growth: float,
    base_year: int,
    interest: float,
    reserve: float,
) -> xr.Dataset:
    """Income, outlay and reserve of a long-term care insurance fund.

    Parameters
    ----------
    insured
        (..., year), insured people.
    premium
        Yuan an insured person a year in `base_year`, all payers together.
    entitled
        (..., year), people of the entitled degrees (severe, or severe and moderate).
    take_up
        Share of them who draw the benefit: 299 of at least 4,000 in Jiashan's first month.
    monthly_benefit
        Yuan a beneficiary a month in `base_year`.
    premium_growth, benefit_growth
        Yearly growth of premium and benefit.
    base_year
        Year of the amounts.
    interest
        Yearly return on the reserve.
    reserve
        Reserve before the first year, yuan.

    Returns
    -------
    xarray.Dataset
        `income`, `outlay`, `balance` and `reserve` (..., year), yuan; `reserve` may turn negative:
        that is the finding, not an error.

    Raises
    ------
    DataError
        A take-up outside 0..1; years that do not follow one another.

    Notes
    -----
    R[t] = R[t-1] (1 + i) + insured premium - 12 entitled x take-up x benefit.

    References
    ----------
    Xu, Li & Mi (2024), BMC Health Services Research 24, doi 10.1186/s12913-024-10875-7.

    Examples
    --------
    >>> import xarray as xr
    >>> years = {"year": [2020, 2021]}
    >>> fund = insurance_balance(insured=xr.DataArray([1000.0, 1000.0], years, "year"), premium=90,
    ...     entitled=xr.DataArray([20.0, 30.0], years, "year"), take_up=0.5, monthly_benefit=600,
    ...     premium_growth=0, benefit_growth=0, base_year=2020, interest=0, reserve=0)
    >>> fund.reserve.values.tolist()
    [18000.0, 0.0]
    """
    if not 0.0 <= take_up <= 1.0:
        raise DataError(f"take-up lies in 0..1; got {take_up}")
    years = insured["year"].to_numpy()
    if bool(np.any(np.diff(years) != 1)):
        raise DataError("a fund is carried from year to year: give every year")
    since = insured["year"] - base_year
    with xr.set_options(arithmetic_join="exact"):
        income = insured * premium * (1.0 + premium_growth) ** since
        benefit = monthly_benefit * (1.0 + benefit_growth) ** since
        outlay = MONTHS * entitled * take_up * benefit
        balance = income - outlay
    held = []
    stock: xr.DataArray | float = reserve
    for year in years:
        stock = stock * (1.0 + interest) + balance.sel(year=year, drop=True)
        held.append(stock)
    reserves = xr.concat(held, dim=balance["year"], join="exact").transpose(*balance.dims)
    out = xr.Dataset({"income": income, "outlay": outlay, "balance": balance, "reserve": reserves})
    for name in out.data_vars:
        out[name].attrs = {"units": "yuan year-1" if name != "reserve" else "yuan"}
    return out
