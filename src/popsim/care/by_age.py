"""People in need of care by sex and age group: what the care table sums up, left apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import xarray as xr

from popsim.care.ages import sum_ages
from popsim.care.counts import frame_of
from popsim.care.dementia import dementia_prevalence
from popsim.care.need import Calibration, Trend
from popsim.care.prevalence import Detail, Extend
from popsim.care.rule import NeedRule
from popsim.errors import DataError

__all__ = ["AGE_BANDS", "BY_AGE_COLUMNS", "need_by_age_sex"]

# Lower ages of the groups shown, the last one open: the elderly ages of the census volumes.
AGE_BANDS = (60, 65, 70, 75, 80, 85)
BY_AGE_COLUMNS = ("indicator", "region", "scenario", "year", "sex", "age_group", "value", "unit")
ALL = "all"


def need_by_age_sex(
    population: xr.DataArray,
    case: Any,
    *,
    scale: str | Sequence[str],
    trend: Trend = "constant",
    trend_from: int | None = None,
    life_expectancy: xr.DataArray | None = None,
    detail: Detail = "age",
    extend: Extend = "none",
    calibrate_to: Mapping[str, Calibration] | None = None,
    years: Sequence[int] | None = None,
    bands: Sequence[int] = AGE_BANDS,
) -> pd.DataFrame:
    """People of 60 and over, in need by degree, and with dementia, by sex and age group.

    Parameters
    ----------
    population
        ([scenario,] region[, area, status], sex, age, year), persons.
    case
        A case or a mapping of the tables `care_prevalence` and, for dementia, `care_dementia`.
    scale, trend, trend_from, life_expectancy, detail, extend, calibrate_to
        As in `care_table`.
    years
        The years to show; all by default.
    bands
        Lower ages of the groups, rising; the last group is open.

    Returns
    -------
    pandas.DataFrame
        Columns `indicator, region, scenario, year, sex, age_group, value, unit`; region `all` is
        the sum of the regions. Indicators are `population`, `need_GRADE.SCALE`,
        `need_total.SCALE` and `dementia`: over sexes and groups they add up to those of
        `care_table` where nobody below the first band is counted.

    Raises
    ------
    DataError
        Draws, bands that do not rise; and as `need` does.

    Notes
    -----
    Where a scale is printed for both sexes together, the sexes differ by their ages alone. The
    bands of the scale, wider than the groups, show as equal shares of neighbouring groups.

    Examples
    --------
    >>> import numpy as np, pandas as pd, xarray as xr
    >>> from popsim.care.prevalence import COLUMNS
    >>> p = xr.DataArray(np.ones((1, 2, 101, 1)), dims=("region", "sex", "age", "year"),
    ...     coords={"region": ["x"], "sex": ["female", "male"], "age": np.arange(101),
    ...             "year": [2020]})
    >>> case = {"care_prevalence": pd.DataFrame(
    ...     [("mine", "any", "both", 60, "open", "all", 2020, 10.0, "%")], columns=COLUMNS)}
    >>> table = need_by_age_sex(p, case, scale="mine", bands=(60, 80))
    >>> table.query("indicator == 'need_total.mine' and region == 'all'")[
    ...     ["sex", "age_group", "value"]].round(9).values.tolist()
    [['female', '60-79', 2.0], ['female', '80+', 2.1], ['male', '60-79', 2.0], ['male', '80+', 2.1]]
    """
    _check(population, bands)
    start = int(population["year"][0]) if trend_from is None else trend_from
    rule = NeedRule(start, trend, life_expectancy, detail, extend, calibrate_to or {})
    people = rule.people(population)
    over = ("area",) if "area" in people.dims else ()
    counts = {"population": people.sum(over, skipna=False)}
    for name in [scale] if isinstance(scale, str) else scale:
        persons = rule.persons(people, frame_of(case, "care_prevalence"), name, over=over)
        counts |= _by_degree(persons, name)
    if "care_dementia" in getattr(case, "frames", case):
        shares = dementia_prevalence(frame_of(case, "care_dementia"), population.isel(year=0))
        counts["dementia"] = counts["population"] * shares
    wanted = population["year"].to_numpy() if years is None else list(years)
    parts = [_rows(name, array.sel(year=wanted), bands) for name, array in counts.items()]
    return pd.concat(parts, ignore_index=True)[[*BY_AGE_COLUMNS]]


def _check(population: xr.DataArray, bands: Sequence[int]) -> None:
    if "draw" in population.dims:
        raise DataError("need by age and sex is told without draws; take their mean or one of them")
    if list(bands) != sorted(set(bands)) or not bands:
        raise DataError(f"age groups must begin at rising ages; got {list(bands)}")


def _by_degree(persons: xr.DataArray, scale: str) -> dict[str, xr.DataArray]:
    """Each degree of a graded scale, and all degrees together."""
    graded = [str(g) for g in persons["need_level"].to_numpy() if g != "any"]
    found = {f"need_{g}.{scale}": persons.sel(need_level=g, drop=True) for g in graded}
    return found | {f"need_total.{scale}": persons.sum("need_level", skipna=False)}


def _rows(name: str, array: xr.DataArray, bands: Sequence[int]) -> pd.DataFrame:
    """One count by age group, with the sum of the regions, as rows."""
    edges = list(zip(bands, [*bands[1:], float("inf")], strict=True))
    groups = [f"{a}-{b - 1:g}" if b < float("inf") else f"{a}+" for a, b in edges]
    parts = [sum_ages(array, a, b).reset_coords(drop=True) for a, b in edges]
    grouped = xr.concat(parts, pd.Index(groups, name="age_group"))
    whole = grouped.sum("region", skipna=False).expand_dims(region=[ALL])
    told = xr.concat([grouped.assign_coords(region=grouped["region"].astype(str)), whole], "region")
    if "scenario" not in told.dims:
        told = told.expand_dims(scenario=["base"])
    order = ("scenario", "region", "year", "sex", "age_group")
    series = told.transpose(*order).to_series()
    return series.rename("value").reset_index().assign(indicator=name, unit="person")
