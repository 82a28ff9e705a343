"""Money: subsidies to the supply and to the demand side, entitled groups, long-term care insurance.

Amounts for Zhejiang or Jiaxing were not found. Every amount, share and rate here is therefore an
argument without a default; what is computed is the identity, not the price.
"""

from __future__ import annotations

from dataclasses import dataclass

import xarray as xr

from popsim.errors import DataError

__all__ = [
    "EntitledUnion",
    "care_cost",
    "demand_side_share",
    "demand_subsidy",
    "entitled_union",
    "free_places",
    "supply_subsidy",
]

MONTHS = 12


def supply_subsidy(
    *,
    new_beds: xr.DataArray,
    occupied_beds: xr.DataArray,
    capital_grant: float,
    running_grant: float,
) -> xr.DataArray:
    """Supply-side subsidy (补供方) of a year.

    Parameters
    ----------
    new_beds
        Beds built in the year.
    occupied_beds
        Used beds, not planning beds.
    capital_grant
        Yuan a new bed, once.
    running_grant
        Yuan an occupied bed a year.

    Returns
    -------
    xarray.DataArray
        Yuan a year.

    Notes
    -----
    G_s = new beds x capital grant + occupied beds x running grant.

    Examples
    --------
    >>> import xarray as xr
    >>> float(supply_subsidy(new_beds=xr.DataArray(10.0), occupied_beds=xr.DataArray(100.0),
    ...                      capital_grant=10000, running_grant=1200))
    220000.0
    """
    out = new_beds * capital_grant + occupied_beds * running_grant
    out.attrs = {"units": "yuan year-1", "long_name": "supply-side subsidy"}
    return out


def demand_subsidy(persons: xr.DataArray, monthly: xr.DataArray) -> xr.DataArray:
    """Demand-side subsidy (补需方) of a year.

    Parameters
    ----------
    persons
        (..., entitled), persons by entitled group.
    monthly
        (entitled), yuan a person a month.

    Returns
    -------
    xarray.DataArray
        (...), yuan a year.

    Notes
    -----
    G_d = 12 x sum over g of N[g] b[g]. A person in two groups is paid twice: where the rules pay
    the higher amount only, give disjoint groups.

    Examples
    --------
    >>> import xarray as xr
    >>> group = {"entitled": ["80plus"]}
    >>> n = xr.DataArray([100.0], group, "entitled")
    >>> float(demand_subsidy(n, xr.DataArray([50.0], group, "entitled")))
    60000.0
    """
    with xr.set_options(arithmetic_join="exact"):
        out = MONTHS * (persons * monthly).sum("entitled", skipna=False)
    out.attrs = {"units": "yuan year-1", "long_name": "demand-side subsidy"}
    return out


def demand_side_share(demand: xr.DataArray, supply: xr.DataArray) -> xr.DataArray:
    """Share of the demand side in all care subsidies: the plan wants it to rise.

    Parameters
    ----------
    demand, supply
        Yuan a year.

    Returns
    -------
    xarray.DataArray
        Share.

    Notes
    -----
    G_d / (G_s + G_d).

    Examples
    --------
    >>> import xarray as xr
    >>> float(demand_side_share(xr.DataArray(30.0), xr.DataArray(90.0)))
    0.25
    """
    total = demand + supply
    if bool((total <= 0).any()):
        raise DataError("no subsidy at all: its demand-side share is not defined")
    out = demand / total
    out.attrs = {"units": "1", "long_name": "demand-side share of care subsidies"}
    return out


@dataclass(frozen=True, slots=True)
class EntitledUnion:
    """People in at least one entitled group: bounds without microdata, and one estimate.

    Parameters
    ----------
    lower, upper
        Largest group; sum of the groups, at most everybody. Persons.
    independent
        1 - prod(1 - p): the union if the groups were independent. Persons; an assumption.
    """

    lower: xr.DataArray
    upper: xr.DataArray
    independent: xr.DataArray


def entitled_union(persons: xr.DataArray, elderly: xr.DataArray) -> EntitledUnion:
    """Bounds of the union of overlapping entitled groups.

    Parameters
    ----------
    persons
        (..., entitled), persons of 60 and over by group: 80+ and disabled from the projection, the
        lone, severely handicapped and special family-planning elderly from the user's registers.
    elderly
        (...), all people of 60 and over.

    Returns
    -------
    EntitledUnion

    Raises
    ------
    DataError
        A negative group, or one larger than all elderly.

    Notes
    -----
    max N[g] <= |union| <= min(sum N[g], P60); independence: P60 (1 - prod(1 - N[g] / P60)).

    References
    ----------
    Boole's inequality and its converse for the largest set (Frechet bounds).

    Examples
    --------
    >>> import xarray as xr
    >>> n = xr.DataArray([30.0, 20.0], {"entitled": ["80plus", "disabled"]}, "entitled")
    >>> u = entitled_union(n, xr.DataArray(100.0))
    >>> float(u.lower), float(u.upper), round(float(u.independent), 6)
    (30.0, 50.0, 44.0)
    """
    if bool((persons < 0).any()) or bool((persons > elderly).any()):
        raise DataError("an entitled group lies between 0 and all people of 60 and over")
    total = persons.sum("entitled", skipna=False)
    upper: xr.DataArray = xr.where(total < elderly, total, elderly)
    none = (1.0 - persons / elderly).prod("entitled", skipna=False)
    return EntitledUnion(
        lower=persons.max("entitled", skipna=False),
        upper=upper,
        independent=elderly * (1.0 - none),
    )


def free_places(
    elderly: xr.DataArray, *, poverty_share: float, disability_share: float, special: xr.DataArray
) -> xr.DataArray:
    """Free or low-fee places in public homes for those the plan entitles.

    Parameters
    ----------
    elderly
        People of 60 and over.
    poverty_share
        Share in economic hardship (低保 and 低边 in practice); the user's.
    disability_share
        Share of those who are disabled or demented; the user's or of a scale.
    special
        Elderly of special family-planning families; a register count.

    Returns
    -------
    xarray.DataArray
        Places.

    Notes
    -----
    N = P60 x poverty x disability + special families; poverty and disability taken as independent.

    Examples
    --------
    >>> import xarray as xr
    >>> float(free_places(xr.DataArray(1000.0), poverty_share=0.02, disability_share=0.1,
    ...                   special=xr.DataArray(3.0)))
    5.0
    """
    for name, share in (("poverty_share", poverty_share), ("disability_share", disability_share)):
        if not 0.0 <= share <= 1.0:
            raise DataError(f"{name} lies in 0..1; got {share}")
    out = elderly * poverty_share * disability_share + special
    out.attrs = {"units": "person", "long_name": "free or low-fee places"}
    return out


def care_cost(
    users: xr.DataArray, monthly: xr.DataArray, *, growth: float, base_year: int
) -> xr.DataArray:
    """Cost of care by setting, unit costs growing at a rate.

    Parameters
    ----------
    users
        (..., setting, year), persons.
    monthly
        (setting), yuan a person a month in `base_year`.
    growth
        Yearly growth of unit costs: 0.0225 in Xu, Li & Mi 2024, an assumption of that study.
    base_year
        Year of the unit costs.

    Returns
    -------
    xarray.DataArray
        (..., setting, year), yuan a year.

    Notes
    -----
    C = 12 x U[k] c[k] (1 + pi)^(t - t0).

    Examples
    --------
    >>> import xarray as xr
    >>> u = xr.DataArray([[1.0, 1.0]], {"setting": ["home"], "year": [2020, 2021]},
    ...                  ("setting", "year"))
    >>> c = xr.DataArray([100.0], {"setting": ["home"]}, "setting")
    >>> care_cost(u, c, growth=0.1, base_year=2020).round(6).values.tolist()
    [[1200.0, 1320.0]]
    """
    years = users["year"]
    with xr.set_options(arithmetic_join="exact"):
        out = MONTHS * users * monthly * (1.0 + growth) ** (years - base_year)
    out.attrs = {"units": "yuan year-1", "long_name": "cost of care"}
    return out
