"""Rolling origins: launch from many years of a long series, and score each launch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from popsim.backtest.baselines import exponential_trend, hamilton_perry, linear_trend
from popsim.backtest.scores import coverage, crps, distribution_error, percentage_error
from popsim.errors import ConfigError, DataError, Problem
from popsim.projection import project

__all__ = ["ROLLING_METHODS", "rolling_origin", "score_means"]

GROUP = 5
Method = Callable[..., xr.DataArray]


def _stock(history: xr.Dataset, year: int) -> xr.DataArray:
    """Persons (region, sex, age) of one year, which must have been counted."""
    people = history["population"]
    if year not in people["year"].to_numpy():
        raise DataError(
            Problem(
                "no population of this year",
                f"year={year}",
                f"{int(people['year'].min())}..{int(people['year'].max())}",
                "a year of the series",
            )
        )
    return people.sel(year=year, drop=True).transpose("region", "sex", "age")


def _grouped(people: xr.DataArray) -> xr.DataArray:
    """Five-year age groups of single ages, the last one open."""
    ages = people["age"].to_numpy()
    starts = np.arange(0, int(ages[-1]) + 1, GROUP)
    values = people.transpose(..., "age").to_numpy()
    summed = np.add.reduceat(values, starts, axis=-1)
    coords = {d: people[d] for d in people.dims if d != "age"} | {"age": starts}
    return xr.DataArray(summed, coords, [*(d for d in people.dims if d != "age"), "age"])


def no_change(history: xr.Dataset, origin: int, horizon: int) -> xr.DataArray:
    """The population of the launch year, held."""
    return _stock(history, origin)


def _trend(rule: Callable[..., NDArray[np.float64]]) -> Method:
    def method(history: xr.Dataset, origin: int, horizon: int, *, years: int = 10) -> xr.DataArray:
        later = _stock(history, origin).sum(["sex", "age"])
        earlier = _stock(history, origin - years).sum(["sex", "age"])
        return later.copy(
            data=rule(earlier.to_numpy(), later.to_numpy(), between=years, ahead=horizon)
        )

    return method


def cohort_change(history: xr.Dataset, origin: int, horizon: int) -> xr.DataArray:
    """Hamilton-Perry in five-year groups, from the five years before the launch."""
    if horizon % GROUP:
        raise ConfigError(
            Problem("not a whole number of steps", "horizon", str(horizon), f"n x {GROUP} years")
        )
    later = _grouped(_stock(history, origin))
    earlier = _grouped(_stock(history, origin - GROUP))
    ahead = hamilton_perry(earlier.to_numpy(), later.to_numpy(), steps=horizon // GROUP)
    return later.copy(data=ahead)


def cohort_component(
    history: xr.Dataset,
    origin: int,
    horizon: int,
    *,
    years: int = 5,
    migration_timing: str = "even",
) -> xr.DataArray:
    """Naive cohort-component: mean rates and net migrants of the last years, held.

    Parameters
    ----------
    years
        Years before the launch whose mean is held.
    migration_timing
        As in `popsim.project`.
    """
    known = history.sel(period=np.arange(origin - years + 1, origin + 1))
    periods = np.arange(origin + 1, origin + horizon + 1)
    net = known["net_migration"].mean("period").transpose("region", "sex", "age")
    inputs = xr.Dataset(
        {
            "population": _stock(history, origin),
            "base_year": origin,
            "death_rate": known["death_rate"].mean("period"),
            "fertility_rate": known["fertility_rate"].mean("period"),
            "sex_ratio_at_birth": history["sex_ratio_at_birth"],
            "net_migration": net.expand_dims(period=periods, axis=-1),
        }
    )
    result = project(
        inputs,
        migration_timing=migration_timing,  # type: ignore[arg-type]
        on_negative="floor",
        outputs=["population"],
    )
    return result["population"].isel(year=-1, drop=True).transpose("region", "sex", "age")


def mean_of_two(history: xr.Dataset, origin: int, horizon: int) -> xr.DataArray:
    """Mean of the totals of the linear trend and of the cohort-component projection."""
    cohort = cohort_component(history, origin, horizon).sum(["sex", "age"])
    return (cohort + ROLLING_METHODS["linear"](history, origin, horizon)) / 2


ROLLING_METHODS: dict[str, Method] = {
    "no_change": no_change,
    "linear": _trend(linear_trend),
    "exponential": _trend(exponential_trend),
    "cohort_component": cohort_component,
    "hamilton_perry": cohort_change,
    "mean_linear_cohort": mean_of_two,
}


def rolling_origin(
    history: xr.Dataset,
    *,
    origins: Iterable[int],
    horizons: Iterable[int],
    methods: Sequence[str] | dict[str, Method] | None = None,
    level: float = 0.8,
) -> pd.DataFrame:
    """Launch every method from every origin that the series can judge, and score it by region.

    Parameters
    ----------
    history
        ``population`` (region, sex [female, male], age single, year); for the cohort-component
        method also ``death_rate``, ``net_migration`` (region, sex, age, period),
        ``fertility_rate`` (region, age, period) and ``sex_ratio_at_birth``.
    origins
        Launch years.
    horizons
        Years ahead.
    methods
        Names of `ROLLING_METHODS`, all by default; or functions by name that take (history,
        origin, horizon) and return persons (region[, sex, age][, draw]). A function must use
        nothing after the origin.
    level
        Share that the interval of draws promises.

    Returns
    -------
    pd.DataFrame
        One row a method, horizon, origin and region: `total_error`, `distribution_error` (five-year
        age-sex groups), `error_65plus`, `error_85plus`, in percent, missing where a method does
        not say; and `crps_percent` (of the observed total) and `covered` where it gives draws, the
        errors being then of the median.

    Raises
    ------
    ConfigError
        An unknown method, or no launch that the series could judge.
    """
    if isinstance(methods, dict):
        chosen = methods
    else:
        names = list(ROLLING_METHODS) if methods is None else list(methods)
        unknown = [n for n in names if n not in ROLLING_METHODS]
        if unknown:
            raise ConfigError(
                Problem("unknown method", "methods", str(unknown), f"of {[*ROLLING_METHODS]}")
            )
        chosen = {n: ROLLING_METHODS[n] for n in names}
    last = int(history["population"]["year"].max())
    launches = [(o, h) for h in horizons for o in origins if o + h <= last]
    if not launches:
        raise ConfigError(
            Problem("no launch can be judged", "origins, horizons", "", f"up to {last}")
        )
    frames = []
    for origin, horizon in launches:
        observed = _stock(history, origin + horizon)
        for name, method in chosen.items():
            scores = _scores(method(history, origin, horizon), observed, level)
            frames.append(scores.assign(method=name, horizon=horizon, origin=origin))
    table = pd.concat(frames, ignore_index=True)
    first = ["method", "horizon", "origin", "region"]
    return table[[*first, *(c for c in table.columns if c not in first)]]


def _scores(forecast: xr.DataArray, observed: xr.DataArray, level: float) -> pd.DataFrame:
    """Errors by region of one launch."""
    whole = observed.sum(["sex", "age"])
    columns: dict[str, NDArray[np.float64]] = {}
    if "draw" in forecast.dims:
        dims = [d for d in ("sex", "age") if d in forecast.dims]
        draws = forecast.sum(dims).transpose("draw", "region").to_numpy()
        truth = whole.to_numpy()
        columns["crps_percent"] = 100 * crps(draws, truth) / truth
        inside = [coverage(draws[:, [i]], truth[[i]], level=level) for i in range(truth.size)]
        columns["covered"] = np.array(inside)
        forecast = forecast.median("draw")
    total = forecast.sum([d for d in ("sex", "age") if d in forecast.dims])
    columns["total_error"] = percentage_error(total.to_numpy(), whole.to_numpy())
    if "age" in forecast.dims:
        grouped = forecast if forecast["age"].to_numpy()[1] == GROUP else _grouped(forecast)
        grouped = grouped.transpose("region", "sex", "age")
        counted = _grouped(observed)
        columns["distribution_error"] = distribution_error(grouped.to_numpy(), counted.to_numpy())
        for age in (65, 85):
            older = [p.sel(age=p["age"] >= age).sum(["sex", "age"]) for p in (grouped, counted)]
            columns[f"error_{age}plus"] = percentage_error(*(p.to_numpy() for p in older))
    return pd.DataFrame({"region": observed["region"].to_numpy().astype(str), **columns})


def score_means(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean scores by method and horizon, every launch and region with one vote.

    Parameters
    ----------
    scores
        From `rolling_origin`.

    Returns
    -------
    pd.DataFrame
        Columns method, horizon, tests, total (mean absolute error), bias (mean error),
        distribution, 65plus, 85plus, in percent; crps_percent and covered where there are draws.

    Examples
    --------
    >>> scores = pd.DataFrame({"method": "m", "horizon": 5, "total_error": [1.0, -3.0]})
    >>> score_means(scores)[["tests", "total", "bias"]].iloc[0].to_list()
    [2.0, 2.0, -1.0]
    """
    rows = []
    for (method, horizon), part in scores.groupby(["method", "horizon"], sort=False):
        row = {
            "method": method,
            "horizon": horizon,
            "tests": len(part),
            "total": float(part["total_error"].abs().mean()),
            "bias": float(part["total_error"].mean()),
        }
        for column, name in (
            ("distribution_error", "distribution"),
            ("error_65plus", "65plus"),
            ("error_85plus", "85plus"),
            ("crps_percent", "crps_percent"),
            ("covered", "covered"),
        ):
            if column in part:
                row[name] = float(part[column].abs().mean())
        rows.append(row)
    return pd.DataFrame(rows)
