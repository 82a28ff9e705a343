"""Services: where people in need are cared for, and the beds, staff and hours that takes.

Three ways of counting beds stand side by side because they answer different questions: a *norm*
(beds a plan must show per 1,000 elderly), a *pattern* (a share of all elderly in institutions) and
the *need* (disabled people in institutions). Planning beds are beds to be built; used beds are
those with somebody in them: they differ by the occupancy, and are never mixed here.
"""

from __future__ import annotations

import pandas as pd
import xarray as xr

from popsim.care.ages import sum_people
from popsim.care.prevalence import UNIT_OF_SHARE
from popsim.errors import DataError, Problems

__all__ = [
    "beds_by_need",
    "beds_by_norm",
    "hospice_need",
    "norm_value",
    "pattern_shares",
    "per_10000",
    "places_by_pattern",
    "settings_by_degree",
    "used_beds",
]

# rounding of printed shares
SHARE_TOLERANCE = 1e-6


def norm_value(norms: pd.DataFrame, name: str, *, column: str = "norm") -> float:
    """Value of one norm of the table `care_norms` (column `norm`), shares of % as shares of 1.

    Parameters
    ----------
    norms
        Columns `norm, value, unit`.
    name
        The norm, e.g. ``"beds_per_1000_60plus"``.
    column
        The column that holds the names: `norm`, or `item` in `care_hospice` and `care_costs`.

    Returns
    -------
    float
        The value in its unit; a value in % is divided by 100.

    Raises
    ------
    DataError
        Where the table has no such norm, or more than one.

    Examples
    --------
    >>> import pandas as pd
    >>> norm_value(pd.DataFrame({"norm": ["a"], "value": [55], "unit": ["%"]}), "a")
    0.55
    """
    found = norms[norms[column] == name]
    if len(found) != 1:
        raise DataError(
            f"{len(found)} rows of the {column} {name!r}; expected one of "
            + ", ".join(sorted(map(str, norms[column])))
        )
    value = float(found["value"].iloc[0])
    return value * UNIT_OF_SHARE.get(str(found["unit"].iloc[0]), 1.0)


def pattern_shares(patterns: pd.DataFrame, pattern: str) -> xr.DataArray:
    """Shares of the elderly by setting under one named pattern.

    Parameters
    ----------
    patterns
        Columns `pattern, setting, share, unit`, e.g. 90-7-3 (home, community, institution).
    pattern
        The name.

    Returns
    -------
    xarray.DataArray
        (setting), shares that add up to 1.

    Raises
    ------
    DataError
        Unknown pattern; shares that do not add up to 1.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"pattern": ["p"] * 2, "setting": ["home", "institution"],
    ...                       "share": [96, 4], "unit": ["%"] * 2})
    >>> pattern_shares(table, "p").values.tolist()
    [0.96, 0.04]
    """
    rows = patterns[patterns["pattern"] == pattern]
    if rows.empty:
        known = ", ".join(sorted(set(patterns["pattern"])))
        raise DataError(f"no pattern {pattern!r}; the table holds {known}")
    scale = rows["unit"].map(UNIT_OF_SHARE).to_numpy(dtype=float)
    shares = xr.DataArray(
        rows["share"].to_numpy(dtype=float) * scale,
        coords={"setting": rows["setting"].to_list()},
        dims="setting",
        attrs={"pattern": pattern, "units": "1"},
    )
    _check_shares(shares, f"pattern {pattern}")
    return shares


def _check_shares(shares: xr.DataArray, what: str) -> None:
    """Shares by setting lie in 0..1 and add up to 1."""
    problems = Problems(DataError)
    if bool(((shares < 0) | (shares > 1)).any()):
        problems.add("a share lies outside 0..1", where=what)
    total = shares.sum("setting")
    if bool((abs(total - 1.0) > SHARE_TOLERANCE).any()):
        problems.add("shares do not add up", where=what, got=total.values, expected="1")
    problems.raise_if_any()


def places_by_pattern(population: xr.DataArray, shares: xr.DataArray) -> xr.DataArray:
    """Elderly people (60+) by setting under a pattern.

    Parameters
    ----------
    population
        (..., age), persons.
    shares
        (setting), as from `pattern_shares`, or the user's.

    Returns
    -------
    xarray.DataArray
        (scenario, draw, region, year as there are, setting), persons; at `institution` these are
        the used beds of the pattern.

    Examples
    --------
    >>> import xarray as xr
    >>> p = xr.DataArray([10.0, 1000.0], coords={"age": [0, 60]}, dims="age")
    >>> q = xr.DataArray([0.97, 0.03], coords={"setting": ["home", "institution"]}, dims="setting")
    >>> places_by_pattern(p, q).values.tolist()
    [970.0, 30.0]
    """
    _check_shares(shares, str(shares.attrs.get("pattern", "shares")))
    out = sum_people(population, 60) * shares
    out.attrs = {"units": "person", "long_name": "elderly people by setting"}
    return out


def settings_by_degree(need: xr.DataArray, shares: xr.DataArray) -> xr.DataArray:
    """People in need by setting, from shares by degree.

    Parameters
    ----------
    need
        (..., need_level), persons.
    shares
        (need_level, setting), the user's: family, home_care, day_care, institution or other
        names; each level adds up to 1. There are no defaults: no such table was found for Zhejiang.

    Returns
    -------
    xarray.DataArray
        (..., need_level, setting), persons.

    Notes
    -----
    U[k] = sum over g of D[g] q[k | g]; sum over `need_level` for the users of a setting.

    Examples
    --------
    >>> import xarray as xr
    >>> d = xr.DataArray([100.0], coords={"need_level": ["severe"]}, dims="need_level")
    >>> q = xr.DataArray([[0.4, 0.6]], dims=("need_level", "setting"),
    ...     coords={"need_level": ["severe"], "setting": ["family", "institution"]})
    >>> settings_by_degree(d, q).sum("need_level").values.tolist()
    [40.0, 60.0]
    """
    _check_shares(shares, "shares by degree and setting")
    with xr.set_options(arithmetic_join="exact"):
        out = need * shares
    out.attrs = {"units": "person", "long_name": "people in need by setting"} | {
        k: v for k, v in need.attrs.items() if k in ("scale", "trend")
    }
    return out


def beds_by_norm(population: xr.DataArray, *, per_1000: float) -> xr.DataArray:
    """Planning beds by a norm per 1,000 people of 60 and over.

    Parameters
    ----------
    population
        (..., age), persons.
    per_1000
        Beds per 1,000; 40 in GB 50437-2007 (partial revision 2018), clause 3.2.1.

    Returns
    -------
    xarray.DataArray
        Planning beds.

    References
    ----------
    GB 50437-2007, partial revision 2018, 3.2.1.

    Examples
    --------
    >>> import xarray as xr
    >>> p = xr.DataArray([1042562.0], coords={"age": [60]}, dims="age")
    >>> round(float(beds_by_norm(p, per_1000=40)))
    41702
    """
    out = sum_people(population, 60) * (per_1000 / 1000.0)
    out.attrs = {"units": "bed", "long_name": f"planning beds, {per_1000:g} per 1,000 aged 60+"}
    return out


def per_10000(population: xr.DataArray, rate: float, *, from_age: float = 60) -> xr.DataArray:
    """A capacity per 10,000 people of some age and over (dementia beds: 20 per 10,000 of 60+).

    Parameters
    ----------
    population
        (..., age), persons.
    rate
        Units per 10,000 people.
    from_age
        Exact age the denominator starts at.

    Returns
    -------
    xarray.DataArray
        Units required.

    Examples
    --------
    >>> import xarray as xr
    >>> p = xr.DataArray([1042562.0], coords={"age": [60]}, dims="age")
    >>> round(float(per_10000(p, 20)))
    2085
    """
    out = sum_people(population, from_age) * (rate / 10000.0)
    out.attrs = {"units": "bed", "long_name": f"{rate:g} per 10,000 aged {from_age:g}+"}
    return out


def beds_by_need(users: xr.DataArray, *, occupancy: float) -> xr.DataArray:
    """Planning beds for the users of institutions: used beds divided by the occupancy.

    Parameters
    ----------
    users
        People in institutions, one bed each.
    occupancy
        Share of beds in use, in (0, 1]; the user's, none is shipped.

    Returns
    -------
    xarray.DataArray
        Planning beds.

    Raises
    ------
    DataError
        Occupancy outside (0, 1].

    Notes
    -----
    B = U / occupancy.

    Examples
    --------
    >>> import xarray as xr
    >>> float(beds_by_need(xr.DataArray(80.0), occupancy=0.8))
    100.0
    """
    if not 0.0 < occupancy <= 1.0:
        raise DataError(f"occupancy lies in (0, 1]; got {occupancy}")
    out = users / occupancy
    out.attrs = {"units": "bed", "long_name": f"planning beds at an occupancy of {occupancy:g}"}
    return out


def used_beds(beds: xr.DataArray, *, occupancy: float) -> xr.DataArray:
    """Beds in use out of planning beds: the inverse of `beds_by_need`.

    Parameters
    ----------
    beds
        Planning beds.
    occupancy
        Share of beds in use, in (0, 1].

    Returns
    -------
    xarray.DataArray
        Used beds.

    Examples
    --------
    >>> import xarray as xr
    >>> float(used_beds(xr.DataArray(100.0), occupancy=0.8))
    80.0
    """
    if not 0.0 < occupancy <= 1.0:
        raise DataError(f"occupancy lies in (0, 1]; got {occupancy}")
    out = beds * occupancy
    out.attrs = {"units": "bed", "long_name": f"used beds at an occupancy of {occupancy:g}"}
    return out


def hospice_need(deaths: xr.DataArray, *, share: float) -> xr.DataArray:
    """Deaths that need palliative care in a year.

    Parameters
    ----------
    deaths
        (..., period), persons.
    share
        Share of deaths in need: 0.6028 (Higginson) or 0.75 (Gomez-Batiste), both for England.

    Returns
    -------
    xarray.DataArray
        Persons.

    References
    ----------
    Murtagh et al. (2014), Palliative Medicine 28(1), 49-58.

    Examples
    --------
    >>> import xarray as xr
    >>> round(float(hospice_need(xr.DataArray(32500.0), share=0.6028)))
    19591
    """
    if not 0.0 <= share <= 1.0:
        raise DataError(f"the share of deaths in need lies in 0..1; got {share}")
    out = deaths * share
    out.attrs = {"units": "person", "long_name": f"deaths in need of palliative care ({share:.2%})"}
    return out
