"""Persons in need of care: prevalence x population, under a named scale and a trend.

The plain route of the field (prevalence fixed by age, applied to a projected population), as in
Xu, Li & Mi (2024) for Zhejiang and in the Ageing Reports of the European Commission. Its limits:

- grade names do not travel between scales: "moderate" of one is not "moderate" of another;
- prevalence measured on China or on another place is carried to the counties unchanged;
- people in institutions are under-represented in household surveys;
- a band that starts at 65 leaves nobody in need at 60-64 unless the user says otherwise;
- dementia overlaps disability: `dementia` is returned apart and may not be added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from popsim.care.ages import age_edges
from popsim.care.prevalence import Detail, Extend, prevalence
from popsim.errors import DataError, Problems

__all__ = ["Calibration", "Trend", "need", "prevalence_trend"]

Trend = Literal["constant", "healthy_gain"] | tuple[Literal["annual", "healthy_gain"], float]

# share of a longevity gain spent in health in the "constant disability" variant half-way between
# no gain and full gain: European Commission, Ageing Report, long-term care reference scenario
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Calibration:
    """An official count that the need of one year must equal.

    Parameters
    ----------
    persons
        The count, persons.
    year
        The year of the projection it is set against.
    source
        Where it is printed.
    region
        The region it is a count of; all regions together by default.

    Examples
    --------
    >>> Calibration(24396, 2020, "census 2020").region is None
    True
    """

    persons: float
    year: int
    source: str
    region: str | None = None


def _to_groups(
    shares: NDArray[np.float64],
    shift: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Mean of the step function d(x - shift) over each group [lower, upper)."""
    last = shares.shape[-1] - 1
    lead = np.broadcast_shapes(shares.shape[:-1], shift.shape)
    value = np.broadcast_to(shares, (*lead, last + 1))
    before = np.cumsum(value, axis=-1) - value  # integral from birth to each exact age

    def integral(age: NDArray[np.float64]) -> NDArray[np.float64]:
        exact = np.broadcast_to(np.maximum(age - shift[..., None], 0.0), (*lead, age.size))
        whole = np.minimum(exact.astype(np.int64), last)
        part = np.take_along_axis(value, whole, -1) * (exact - whole)
        return np.asarray(np.take_along_axis(before, whole, -1) + part)

    width = upper - lower
    # an open group is read at its first years, as wide as the group before it
    width = np.where(np.isfinite(width), width, width[-2] if width.size > 1 else 1.0)
    return (integral(lower + width) - integral(lower)) / width


def prevalence_trend(
    shares: xr.DataArray,
    population: xr.DataArray,
    *,
    trend: Trend = "constant",
    trend_from: int | None = None,
    life_expectancy: xr.DataArray | None = None,
) -> xr.DataArray:
    """Prevalence on the age groups and years of a population, under a trend.

    Parameters
    ----------
    shares
        (need_level[, area], sex, age single) as from `prevalence`.
    population
        Gives the age groups and the years.
    trend
        ``constant``; ``("annual", k)``: every share times (1 + k)^(t - t0), e.g. -0.008 or 0.008
        (Xu, Li & Mi 2024); ``healthy_gain``: half of the gain in life expectancy is spent in
        health, ``("healthy_gain", f)`` for another part f in 0..1.
    trend_from
        t0; the first year of the population by default.
    life_expectancy
        ([region, scenario], sex, year), years: needed by ``healthy_gain``.

    Returns
    -------
    xarray.DataArray
        (need_level[, ..], sex, age[, year]), share.

    Raises
    ------
    DataError
        A share above 1, a missing life expectancy, an age group that straddles two bands.

    Notes
    -----
    Healthy gain: d(a, t) = d(a - f [e(t) - e(t0)], t0) with the step function read as uniform
    within an age. An open age group is read at its first years, so give single ages to 100 where
    the shift matters.

    References
    ----------
    European Commission, Ageing Report, part on long-term care (constant disability scenario).

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> ages = {"age": np.arange(101)}
    >>> d = xr.DataArray(np.where(np.arange(101) >= 80, 0.2, 0.0), coords=ages, dims="age")
    >>> people = xr.DataArray(np.ones((101, 2)), coords={**ages, "year": [2020, 2030]},
    ...                       dims=("age", "year"))
    >>> e0 = xr.DataArray([80.0, 82.0], coords={"year": [2020, 2030]}, dims="year")
    >>> later = prevalence_trend(d, people, trend="healthy_gain", life_expectancy=e0)
    >>> [float(later.sel(age=a, year=2030)) for a in (80, 81)]
    [0.0, 0.2]
    """
    kind, size = (trend, HALF) if isinstance(trend, str) else trend
    lower, upper = age_edges(population)
    years = population["year"].to_numpy() if "year" in population.dims else np.array([], int)
    start = trend_from if trend_from is not None else (int(years[0]) if years.size else None)
    shift = xr.DataArray(0.0)
    if kind == "healthy_gain":
        if life_expectancy is None or start is None:
            raise DataError("trend healthy_gain needs life_expectancy by year and years to shift")
        if not 0.0 <= size <= 1.0:
            raise DataError(f"the healthy part of a gain lies in 0..1; got {size}")
        shift = size * (life_expectancy - life_expectancy.sel(year=start, drop=True))
    else:
        _refuse_straddle(shares, lower, upper)
    out: xr.DataArray = xr.apply_ufunc(
        _to_groups,
        shares,
        shift,
        kwargs={"lower": lower, "upper": upper},
        input_core_dims=[["age"], []],
        output_core_dims=[["group"]],
        join="exact",
    ).rename(group="age")
    out = out.assign_coords(age=population["age"])
    if kind == "annual":
        if start is None:
            raise DataError("an annual trend needs a population by year")
        out = out * xr.DataArray((1.0 + size) ** (years - start), {"year": years}, "year")
    elif kind not in ("constant", "healthy_gain"):
        raise DataError(f"unknown trend {kind!r}; expected constant, annual or healthy_gain")
    if float(out.max()) > 1.0:
        raise DataError(f"the trend takes a prevalence to {float(out.max()):.3f}, above 1")
    out.attrs = dict(shares.attrs) | {"trend": kind if kind == "constant" else f"{kind} {size:g}"}
    return out


def _refuse_straddle(
    shares: xr.DataArray, lower: NDArray[np.float64], upper: NDArray[np.float64]
) -> None:
    """Refuse an age group in which the prevalence changes: the split inside it is unknown."""
    ages = shares["age"].to_numpy()
    steps = ages[1:][(shares.diff("age") != 0).any([d for d in shares.dims if d != "age"])]
    problems = Problems(DataError)
    for edge in steps:
        cut = (lower < edge) & (upper > edge)
        for group in lower[cut & (lower < ages[-1])]:
            problems.add(
                f"the band edge {edge} lies inside an age group",
                where=f"age group starting at {group:g}",
                remedy="give the population by single age, or ages whose groups meet the bands",
            )
    problems.raise_if_any()


def need(
    population: xr.DataArray,
    prevalence_table: pd.DataFrame | xr.DataArray,
    *,
    scale: str,
    wave: int | None = None,
    detail: Detail = "age",
    extend: Extend = "none",
    trend: Trend = "constant",
    trend_from: int | None = None,
    life_expectancy: xr.DataArray | None = None,
    calibrate_to: Calibration | None = None,
    over: tuple[str, ...] = (),
) -> xr.DataArray:
    """Persons in need of care by need level.

    Parameters
    ----------
    population
        (..., sex, age[, year]), persons; any further dims (scenario, draw, region, area, status).
    prevalence_table
        A table as in `prevalence`, or an array by single age with `attrs["scale"]`, e.g. the
        random one of `prevalence_draws` (its `draw` must equal that of the population).
    scale
        The named scale; there is no default, since definitions differ by a factor of six.
    wave, detail, extend
        As in `prevalence`.
    trend, trend_from, life_expectancy
        As in `prevalence_trend`.
    calibrate_to
        An official count; the factor that meets it is in `attrs["calibration_factor"]` (or the
        coordinate of that name where it differs by scenario or draw). Default: none, factor 1.
    over
        Dims to sum over on the way, e.g. ``("sex", "age")``: spares memory with many draws.

    Returns
    -------
    xarray.DataArray
        (..., need_level), persons: `mild, moderate, severe`, or `any` for scales without grades;
        the levels are disjoint and may be summed.

    Raises
    ------
    DataError
        No scale, an array of another scale, dims of the prevalence that the population lacks,
        labels that differ.

    Notes
    -----
    D[g] = c x sum P[a, s] d[g, a, s] (1 + k)^(t - t0), c the calibration factor.

    References
    ----------
    Xu, Li & Mi (2024), BMC Health Services Research 24, doi 10.1186/s12913-024-10875-7.

    Examples
    --------
    >>> import pandas as pd, xarray as xr
    >>> from popsim.care.prevalence import COLUMNS
    >>> rows = [("mine", "any", "both", 60, "open", "all", 2020, 2.34, "%")]
    >>> people = xr.DataArray([[500.0, 521281.0]] * 2, dims=("sex", "age"),
    ...     coords={"sex": ["female", "male"], "age": [0, 60]})
    >>> d = need(people, pd.DataFrame(rows, columns=COLUMNS), scale="mine", over=("sex", "age"))
    >>> round(float(d.sum()))
    24396
    """
    if isinstance(prevalence_table, xr.DataArray):
        shares = prevalence_table
        if shares.attrs.get("scale") != scale:
            raise DataError(
                f"the prevalence array is of the scale {shares.attrs.get('scale')!r}, "
                f"not {scale!r}; a prevalence without its own named scale is refused"
            )
    else:
        shares = prevalence(prevalence_table, scale=scale, wave=wave, detail=detail, extend=extend)
    extra = [d for d in shares.dims if d not in (*population.dims, "need_level")]
    if extra:
        raise DataError(
            f"the prevalence is by {extra}, which the population {population.dims} lacks"
        )
    missing = int(np.isnan(population.to_numpy()).sum())
    if missing:
        raise DataError(f"the population has {missing} missing cells")
    rates = prevalence_trend(
        shares,
        population,
        trend=trend,
        trend_from=trend_from,
        life_expectancy=life_expectancy,
    )
    with xr.set_options(arithmetic_join="exact"):
        counts: xr.DataArray = xr.dot(population, rates, dim=list(over))
    attrs = dict(rates.attrs) | {
        "units": "person",
        "long_name": f"persons in need of care ({scale})",
        "calibration_factor": 1.0,
        "note": f"measured at ages {shares.attrs.get('measured_ages', 'not stated')}; "
        f"nobody is counted below {shares.attrs.get('covers_ages', 'the first band')}",
    }
    if calibrate_to is not None:
        counts, attrs = _calibrate(counts, attrs, calibrate_to)
    counts.attrs = attrs
    return counts.rename("need").transpose(..., "need_level")


def _calibrate(
    counts: xr.DataArray, attrs: dict[str, object], target: Calibration
) -> tuple[xr.DataArray, dict[str, object]]:
    """Scale the counts so that those of one year equal an official count."""
    base = counts.sel(year=target.year) if "year" in counts.dims else counts
    if target.region is not None:
        base = base.sel(region=target.region)
    total = base.sum([d for d in base.dims if d not in ("scenario", "draw")])
    if bool((total <= 0).any()):
        raise DataError(f"nobody in need in {target.year}: there is nothing to calibrate")
    factor = (target.persons / total).drop_vars([c for c in total.coords if c not in total.dims])
    attrs = attrs | {"calibrated_to": f"{target.persons:g} in {target.year}: {target.source}"}
    attrs["calibration_factor"] = (
        float(factor) if factor.ndim == 0 else "see the coordinate calibration_factor"
    )
    return (counts * factor).assign_coords(calibration_factor=factor), attrs
