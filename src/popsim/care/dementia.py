"""Dementia and living arrangements: counts that stand beside disability and are never added to it.

No Chinese prevalence of dementia by age and sex is published in full. The level of a Chinese survey
is therefore put on the age shape of a European one, rescaled so that the total of a standard
population comes out; the array says so. Of living arrangements the census prints households, not
persons, so living alone is bounded, not counted.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from popsim.care.ages import LOOP_AND_PLACE, age_edges, sum_ages, sum_people
from popsim.care.prevalence import OPEN_AGE, UNIT_OF_SHARE
from popsim.errors import DataError

__all__ = [
    "dementia",
    "dementia_prevalence",
    "elderly_households",
    "elderly_only_persons",
    "living_alone_upper_bound",
]


def dementia_prevalence(
    table: pd.DataFrame,
    standard: xr.DataArray,
    *,
    level: str = "jia_2020",
    shape: str = "eurodem_1991",
) -> xr.DataArray:
    """Prevalence of dementia by single age: one survey's level on another's age shape.

    Parameters
    ----------
    table
        Columns `measure, level, age_from, age_to, value, unit`: one row `dementia_level` and the
        bands `dementia_shape`.
    standard
        (age single ...), persons: the population whose 60+ shall show the level.
    level, shape
        Names of the survey for the level and for the shape.

    Returns
    -------
    xarray.DataArray
        (age 0..100), share, the same for both sexes; `attrs["flag"]` says how it was made.

    Raises
    ------
    DataError
        Unknown names; shares above 1 after rescaling; a standard that ends before 90.

    Notes
    -----
    m(a) = level x P60 / (sum P(a) shape(a)) x shape(a).

    References
    ----------
    Jia et al. (2020), Lancet Public Health 5, e661; Hofman et al. (1991), Eurodem.

    Examples
    --------
    >>> import numpy as np, pandas as pd, xarray as xr
    >>> table = pd.DataFrame([("dementia_level", "l", 60, "open", 6.0, "%"),
    ...                       ("dementia_shape", "s", 60, 89, 1.0, "%"),
    ...                       ("dementia_shape", "s", 90, "open", 3.0, "%")],
    ...                      columns=["measure", "level", "age_from", "age_to", "value", "unit"])
    >>> flat = xr.DataArray(np.ones(101), coords={"age": np.arange(101)}, dims="age")
    >>> m = dementia_prevalence(table, flat, level="l", shape="s")
    >>> round(float(m.sel(age=60)), 5), round(float(m.sel(age=95) / m.sel(age=60)), 6)
    (0.03905, 3.0)
    """
    tops = table[(table["measure"] == "dementia_level") & (table["level"] == level)]
    bands = table[(table["measure"] == "dementia_shape") & (table["level"] == shape)]
    if len(tops) != 1 or bands.empty:
        raise DataError(f"care_dementia needs one level {level!r} and a shape {shape!r}")
    values = np.zeros(OPEN_AGE + 1)
    for row in bands.to_dict("records"):
        stop = OPEN_AGE + 1 if row["age_to"] == "open" else int(row["age_to"]) + 1
        values[int(row["age_from"]) : stop] = float(row["value"]) * UNIT_OF_SHARE[row["unit"]]
    ages = xr.DataArray(values, coords={"age": np.arange(OPEN_AGE + 1)}, dims="age")
    people = standard.sum([d for d in standard.dims if d != "age"], skipna=False)
    shaped = _on_groups(ages, people)
    share = float(tops["value"].iloc[0]) * UNIT_OF_SHARE[tops["unit"].iloc[0]]
    wanted = share * float(sum_ages(people, 60))
    factor = wanted / float((people * shaped).sum())
    out = ages * factor
    if float(out.max()) > 1.0:
        raise DataError(f"dementia would pass 100 % (factor {factor:.3f} on {shape})")
    out.attrs = {
        "units": "1",
        "long_name": "prevalence of dementia",
        "level": level,
        "shape": shape,
        "factor": factor,
        "flag": f"level of {level} on the age shape of {shape} (another continent); both sexes "
        "alike; overlaps disability: never add the two",
        "source": "; ".join(
            dict.fromkeys(str(s) for t in (tops, bands) for s in t.get("source", []))
        ),
    }
    return out


def _on_groups(ages: xr.DataArray, people: xr.DataArray) -> xr.DataArray:
    """Shares read at the age groups of a population; a group must lie in one band."""
    lower, upper = age_edges(people)
    known, values = ages["age"].to_numpy(), ages.to_numpy()
    picked = []
    for start, stop in zip(lower, upper, strict=True):
        end = min(stop, float(OPEN_AGE + 1))
        inside = values[(known >= start) & (known <= end - 1)]
        if inside.size == 0 or bool(np.any(inside != inside[0])):
            raise DataError(
                f"the age group starting at {start:g} holds more than one band of the shape; "
                "give the population by single age to 90 and over"
            )
        picked.append(inside[0])
    return xr.DataArray(np.array(picked), coords={"age": people["age"]}, dims="age")


def dementia(population: xr.DataArray, shares: xr.DataArray) -> xr.DataArray:
    """People with dementia, apart from the disabled.

    Parameters
    ----------
    population
        (..., age), persons, in age groups that lie within the bands of the shape.
    shares
        As from `dementia_prevalence`.

    Returns
    -------
    xarray.DataArray
        (scenario, draw, region, year as there are), persons.

    Notes
    -----
    M = sum P(a) m(a). Dementia overlaps disability: the two are never added.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> ages = {"age": np.arange(101)}
    >>> m = xr.DataArray(np.where(np.arange(101) >= 60, 0.06, 0.0), coords=ages, dims="age")
    >>> float(dementia(xr.DataArray(np.ones(101), coords=ages, dims="age"), m).round(6))
    2.46
    """
    with xr.set_options(arithmetic_join="exact"):
        counts = population * _on_groups(shares, population)
    out = counts.sum([d for d in counts.dims if d not in LOOP_AND_PLACE], skipna=False)
    out.attrs = dict(shares.attrs) | {"units": "person", "long_name": "people with dementia"}
    return out


def elderly_households(
    population: xr.DataArray,
    households: xr.DataArray,
    census: xr.DataArray,
) -> xr.DataArray:
    """Households with members of 65 and over, at the census ratio to people of 65 and over.

    Parameters
    ----------
    population
        (..., region, age[, year]), persons.
    households
        (region, elderly), households of one census by the number of their members of 65 and over
        (the case's `households_with_elderly` at one year).
    census
        (region, ..., age), persons of the same census: the denominator of the ratios.

    Returns
    -------
    xarray.DataArray
        (..., region, elderly), households; the kinds are disjoint.

    Raises
    ------
    DataError
        Where the regions differ.

    Notes
    -----
    H[r, t] = P65[r, t] x H[r, census] / P65[r, census]: the ratio by county is held constant.

    Examples
    --------
    >>> import xarray as xr
    >>> p = xr.DataArray([[100.0], [200.0]], dims=("region", "age"),
    ...                  coords={"region": ["a", "b"], "age": [65]})
    >>> h = xr.DataArray([[40.0, 20.0], [80.0, 10.0]], dims=("region", "elderly"),
    ...                  coords={"region": ["a", "b"], "elderly": ["one_65plus", "two_65plus"]})
    >>> elderly_households(2 * p, h, p).sum("elderly").values.tolist()
    [120.0, 180.0]
    """
    base = sum_people(census, 65)
    for other in (base, households):
        if set(other["region"].to_numpy()) != set(population["region"].to_numpy()):
            raise DataError("households, census and population must have the same regions")
    order = population["region"]
    ratio = households.sel(region=order) / base.sel(region=order)
    out = sum_people(population, 65) * ratio
    out.attrs = {"units": "household", "long_name": "households by members of 65 and over"}
    return out


def living_alone_upper_bound(one_person: xr.DataArray, one_elderly: xr.DataArray) -> xr.DataArray:
    """Most people of 65 and over who can have lived alone at a census.

    The census by county prints one-person households of all ages and households with exactly one
    member of 65 and over; a person of 65 and over who lives alone is in both. So the smaller of the
    two is an upper bound; a count needs the long form.

    Parameters
    ----------
    one_person
        (region), households of one person, any age.
    one_elderly
        (region), households with exactly one member of 65 and over.

    Returns
    -------
    xarray.DataArray
        (region), persons.

    Examples
    --------
    >>> import xarray as xr
    >>> float(living_alone_upper_bound(xr.DataArray(90.0), xr.DataArray(40.0)))
    40.0
    """
    one, elderly = xr.align(one_person, one_elderly, join="exact")
    out: xr.DataArray = xr.where(one < elderly, one, elderly)
    out.attrs = {"units": "person", "long_name": "people of 65+ living alone, upper bound"}
    return out


def elderly_only_persons(population: xr.DataArray, *, share: float) -> xr.DataArray:
    """People of 60 and over in households of elderly people only (纯老家庭).

    Parameters
    ----------
    population
        (..., age), persons.
    share
        Share of those of 60 and over; Zhejiang's register prints 0.2416 for 2016.

    Returns
    -------
    xarray.DataArray
        (scenario, draw, region, year as there are), persons.

    Examples
    --------
    >>> import xarray as xr
    >>> p = xr.DataArray([1000.0], coords={"age": [60]}, dims="age")
    >>> round(float(elderly_only_persons(p, share=0.2416)), 6)
    241.6
    """
    if not 0.0 <= share <= 1.0:
        raise DataError(f"a share lies in 0..1; got {share}")
    out = sum_people(population, 60) * share
    out.attrs = {"units": "person", "long_name": "people of 60+ in elderly-only households"}
    return out
