"""The care table: every care count of a projected population, long, with definition and source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from popsim.care.ages import LOOP_AND_PLACE, sum_people
from popsim.care.balance import supply_rows
from popsim.care.counts import (
    Count,
    bed_need_counts,
    definition_spread,
    frame_of,
    hospice_counts,
    need_counts,
    norm_counts,
    pattern_counts,
    people_counts,
)
from popsim.care.need import Calibration, Trend
from popsim.care.prevalence import Detail, Extend
from popsim.care.rule import NeedRule
from popsim.care.supply import read_supply
from popsim.errors import DataError

__all__ = ["CARE_COLUMNS", "care_table"]

CARE_COLUMNS = (
    "indicator",
    "region",
    "scenario",
    "year",
    "value",
    "unit",
    "definition",
    "source",
)
ALL = "all"


def care_table(
    population: xr.DataArray,
    case: Any,
    *,
    scale: str | Sequence[str],
    patterns: Sequence[str] = ("90-7-3", "90-6-4"),
    trend: Trend = "constant",
    trend_from: int | None = None,
    life_expectancy: xr.DataArray | None = None,
    detail: Detail = "age",
    extend: Extend = "none",
    calibrate_to: Mapping[str, Calibration] | None = None,
    prevalence_arrays: Mapping[str, xr.DataArray] | None = None,
    degree_shares: xr.DataArray | Mapping[str, Mapping[str, float]] | None = None,
    occupancy: float | None = None,
    supply: pd.DataFrame | str | Path | None = None,
    deaths: xr.DataArray | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    years: Sequence[int] | None = None,
    interval: tuple[float, float] = (0.1, 0.9),
) -> pd.DataFrame:
    """Every care count of a projected population, in long format.

    Parameters
    ----------
    population
        ([scenario, draw,] region[, area, status], sex, age, year), persons.
    case
        A case (`case.frames`) or a mapping of the tables `care_prevalence`, `care_dementia`,
        `care_norms`, `care_patterns`, `care_living` and, with `deaths`, `care_hospice`.
    scale
        One or several named scales of disability; several are shown side by side.
    patterns
        Named patterns of settings, such as 90-7-3.
    trend, trend_from, life_expectancy, detail, extend
        As in `need`; the same for all scales.
    calibrate_to
        An official count by scale.
    prevalence_arrays
        Prevalence by scale in place of the table, e.g. random ones.
    degree_shares, occupancy
        (need_level, setting) shares, or ``{level: {setting: share}}``, and the occupancy of beds,
        the user's: with both, beds by need are counted for scales with the same need levels.
    supply
        The register of capacity, as from `read_supply`, or its file: adds stocks and gaps.
    deaths
        ([scenario, draw,] region, .., period), persons: with it, deaths in need of hospice care.
    groups
        Further rows by name, e.g. ``{"city_proper": ["330402", "330411"]}``.
    years
        The years to show; all by default.
    interval
        Lower and upper quantile over the draws; `value` is then the median.

    Returns
    -------
    pandas.DataFrame
        Columns `indicator, region, scenario, year, value, unit, definition, source`, with `lower`
        and `upper` added where there are draws. Region `all` is the sum of the regions. One row
        for each indicator, region, scenario and year; the scale or pattern follows the indicator
        after a full stop, as in ``need_severe.clhls_adl``.

    Raises
    ------
    DataError
        Missing tables, unknown scales or patterns, unknown regions in a group.

    Examples
    --------
    >>> import numpy as np, pandas as pd, xarray as xr
    >>> from popsim.care.prevalence import COLUMNS
    >>> p = xr.DataArray(np.ones((1, 2, 101, 1)), dims=("region", "sex", "age", "year"),
    ...     coords={"region": ["x"], "sex": ["female", "male"], "age": np.arange(101),
    ...             "year": [2020]})
    >>> case = {"care_prevalence": pd.DataFrame(
    ...     [("mine", "any", "both", 60, "open", "all", 2020, 5.0, "%")], columns=COLUMNS)}
    >>> care_table(p, case, scale="mine", patterns=()).query("indicator == 'need_total.mine'")[
    ...     ["region", "year", "value"]].round(9).values.tolist()
    [['x', 2020, 4.1], ['all', 2020, 4.1]]
    """
    start = int(population["year"][0]) if trend_from is None else trend_from
    rule = NeedRule(
        start, trend, life_expectancy, detail, extend, calibrate_to or {}, prevalence_arrays or {}
    )
    people = rule.people(population if years is None else population.sel(year=list(years)))
    scales = [scale] if isinstance(scale, str) else list(scale)
    counts = [*people_counts(people, str(people.attrs.get("definition", "resident population")))]
    counts += _need_counts(people, case, rule, scales, _degree_array(degree_shares), occupancy)
    counts += pattern_counts(people, case, patterns)
    counts += norm_counts(people, case, population.isel(year=0))
    if deaths is not None:
        counts += hospice_counts(deaths, case)
    rows = _long(counts, groups or {}, interval)
    return rows if supply is None else _with_supply(rows, supply, people, case, groups or {})


def _need_counts(
    people: xr.DataArray,
    case: Any,
    rule: NeedRule,
    scales: Sequence[str],
    shares: xr.DataArray | None,
    occupancy: float | None,
) -> list[Count]:
    """People in need under each scale, beds for them, and how far the scales are apart."""
    over = tuple(str(d) for d in people.dims if d not in LOOP_AND_PLACE)
    table, sixty = frame_of(case, "care_prevalence"), sum_people(people, 60)
    counts, totals = [], []
    for name in scales:
        persons = rule.persons(people, table, name, over=over)
        counts += need_counts(persons, name, sixty)
        totals.append(persons.sum("need_level", skipna=False))
        if shares is not None and occupancy is not None:
            counts += bed_need_counts(persons, name, shares, occupancy)
    return [*counts, definition_spread(totals, [*scales])] if len(totals) > 1 else counts


def _with_supply(
    rows: pd.DataFrame,
    supply: pd.DataFrame | str | Path,
    people: xr.DataArray,
    case: Any,
    groups: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """The rows, and stocks and gaps where the register knows them."""
    regions = [str(r) for r in people["region"].to_numpy()]
    if not isinstance(supply, pd.DataFrame):
        supply = read_supply(supply, items=frame_of(case, "care_supply_items"), regions=regions)
    added = supply_rows(rows, supply, regions=regions, groups=groups)
    return pd.concat([rows, added], ignore_index=True) if len(added) else rows


def _degree_array(
    shares: xr.DataArray | Mapping[str, Mapping[str, float]] | None,
) -> xr.DataArray | None:
    """Shares by degree and setting as an array; every degree names the same settings."""
    if shares is None or isinstance(shares, xr.DataArray):
        return shares
    table = pd.DataFrame.from_dict({k: dict(v) for k, v in shares.items()}, orient="index")
    if bool(table.isna().any().any()):
        raise DataError("degree_shares: every degree must name every setting, 0 included")
    coords = {"need_level": list(table.index), "setting": list(table.columns)}
    return xr.DataArray(table.to_numpy(dtype=float), coords, ("need_level", "setting"))


def _long(
    counts: Sequence[Count], groups: Mapping[str, Sequence[str]], interval: tuple[float, float]
) -> pd.DataFrame:
    """Rows of the counts by scenario: each region, each group, and all, by year."""
    arrays = [*map(attrgetter("values"), counts)]
    labels = [str(r) for r in arrays[0]["region"].to_numpy()]
    unknown = {r for own in groups.values() for r in own} - set(labels)
    if unknown:
        raise DataError(f"unknown regions in a group: {sorted(unknown)}; known {sorted(labels)}")
    members = {**groups, ALL: sorted(labels)}
    chosen = [[labels.index(str(r)) for r in own] for own in members.values()]
    places = [*labels, *members]
    drawn = any("draw" in array.dims for array in arrays)
    columns: dict[str, list[Any]] = {name: [] for name in CARE_COLUMNS if name != "value"}
    numbers = []
    for count, array in zip(counts, arrays, strict=True):
        values = _places(array, chosen)
        if count.ratio_of is not None:
            values = values / _places(count.ratio_of, chosen)
        scenarios = array["scenario"].to_numpy().tolist() if "scenario" in array.dims else ["base"]
        cells = [*product(scenarios, places, array["year"].to_numpy().tolist())]
        for name, told in zip(
            ("scenario", "region", "year"), zip(*cells, strict=True), strict=True
        ):
            columns[name] += told
        for name, text in (
            ("indicator", count.name),
            ("unit", count.unit),
            ("definition", count.definition),
            ("source", count.source),
        ):
            columns[name] += [text] * len(cells)
        numbers.append(_summary(values, interval) if drawn else values.reshape(1, -1))
    names = ("value", "lower", "upper")[: len(numbers[0])]
    found = dict(zip(names, np.concatenate(numbers, axis=1), strict=True))
    table = pd.DataFrame(columns).assign(**found)
    return table.loc[:, [*CARE_COLUMNS, *names[1:]]]


def _summary(values: NDArray[np.float64], interval: tuple[float, float]) -> NDArray[np.float64]:
    """Median and bounds over the draws, rows of values (.., draw)."""
    return np.quantile(values, [0.5, *interval], axis=-1).reshape(3, -1)


def _places(values: xr.DataArray, members: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Regions, then the sums over their groups (scenario, region, year, draw)."""
    dims = ("scenario", "region", "year", "draw")
    full = values.expand_dims([d for d in dims if d not in values.dims]).transpose(*dims)
    plain = full.to_numpy()
    sums = [plain[:, list(own)].sum(axis=1, keepdims=True) for own in members]
    return np.concatenate([plain, *sums], axis=1)
