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
from popsim.care.prevalence import OPEN_AGE
from popsim.errors import DataError

__all__ = [
    "dementia",
    "dementia_prevalence",
    "elderly_households",
    "elderly_only_persons",
    "living_alone_upper_bound",
]

HOUSEHOLDS = ("households_with_one_65plus", "households_with_two_65plus")
HOUSEHOLDS_ALL = (*HOUSEHOLDS, "households_with_three_plus_65plus")


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
        Columns `measure, level, age_from, age_to, value` (%): one row `dementia_level` and the
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
    >>> table = pd.DataFrame([("dementia_level", "l", 60, "open", 6.0),
    ...                       ("dementia_shape", "s", 60, 89, 1.0),
    ...                       ("dementia_shape", "s", 90, "open", 3.0)],
    ...                      columns=["measure", "level", "age_from", "age_to", "value"])
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
        values[int(row["age_from"]) : stop] = float(row["value"]) / 100.0
    ages = xr.DataArray(values, coords={"age": np.arange(OPEN_AGE + 1)}, dims="age")
    people = standard.sum([d for d in standard.dims if d != "age"], skipna=False)
    shaped = _on_groups(ages, people)
    wanted = float(tops["value"].iloc[0]) / 100.0 * float(sum_ages(people, 60))
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
    picked = []
    for start, stop in zip(lower, upper, strict=True):
        end = min(stop, float(OPEN_AGE + 1))
        inside = ages.sel(age=slice(start, end - 1)).to_numpy()
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


def _living(living: pd.DataFrame, indicator: str, year: int, regions: list[str]) -> xr.DataArray:
    """One census count by region."""
    rows = living[(living["indicator"] == indicator) & (living["year"].astype(int) == year)]
    values = rows.assign(region=rows["region"].astype(str)).set_index("region")["value"]
    missing = [r for r in regions if r not in values.index]
    if missing:
        raise DataError(f"care_living has no {indicator} of {year} for {', '.join(missing)}")
    counts = [float(values.loc[r]) for r in regions]
    return xr.DataArray(counts, coords={"region": regions}, dims="region")


def elderly_households(
    population: xr.DataArray, living: pd.DataFrame, census: xr.DataArray, *, year: int = 2020
) -> xr.DataArray:
    """Households with members of 65 and over, at the census ratio to people of 65 and over.

    Parameters
    ----------
    population
        (..., region, age[, year]), persons.
    living
        Columns `region, indicator, year, value`: census households with one, two, three or more
        members of 65 and over.
    census
        (region, ..., age), persons of the same census: the denominator of the ratios.
    year
        The census.

    Returns
    -------
    xarray.DataArray
        (..., household), households; `household` is disjoint.

    Notes
    -----
    H[r, t] = P65[r, t] x H[r, census] / P65[r, census]: the ratio by county is held constant.

    Examples
    --------
    >>> import pandas as pd, xarray as xr
    >>> p = xr.DataArray([[100.0], [200.0]], dims=("region", "age"),
    ...                  coords={"region": ["a", "b"], "age": [65]})
    >>> rows = [(r, f"households_with_{k}_65plus", 2020, v) for r in "ab"
    ...         for k, v in [("one", 40), ("two", 20), ("three_plus", 0)]]
    >>> table = pd.DataFrame(rows, columns=["region", "indicator", "year", "value"])
    >>> elderly_households(2 * p, table, p).sum("household").values.tolist()
    [120.0, 120.0]
    """
    regions = [str(r) for r in population["region"].to_numpy()]
    counts = xr.concat(
        [_living(living, name, year, regions) for name in HOUSEHOLDS_ALL],
        dim=pd.Index(HOUSEHOLDS_ALL, name="household"),
        join="exact",
    )
    base = sum_people(census, 65).sel(region=regions)
    out = sum_people(population, 65) * (counts / base)
    out.attrs = {"units": "household", "long_name": "households by members of 65 and over"}
    return out


def living_alone_upper_bound(
    living: pd.DataFrame, regions: list[str], *, year: int = 2020
) -> xr.DataArray:
    """Most people of 65 and over who can have lived alone at a census, by region.

    The census by county prints one-person households of all ages and households with exactly one
    member of 65 and over; a person of 65 and over who lives alone is in both. So the smaller of the
    two is an upper bound; a count needs the long form.

    Parameters
    ----------
    living
        As in `elderly_households`, with `one_person_households`.
    regions
        Region codes.
    year
        The census.

    Returns
    -------
    xarray.DataArray
        (region), persons.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("a", "one_person_households", 2020, 90), ("a", HOUSEHOLDS[0], 2020, 40)]
    >>> table = pd.DataFrame(rows, columns=["region", "indicator", "year", "value"])
    >>> living_alone_upper_bound(table, ["a"]).values.tolist()
    [40.0]
    """
    one = _living(living, "one_person_households", year, regions)
    out = np.minimum(one, _living(living, HOUSEHOLDS[0], year, regions))
    return xr.DataArray(out).assign_attrs(
        units="person", long_name="people of 65+ living alone, upper bound"
    )


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
