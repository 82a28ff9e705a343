"""The table that says what was fitted to what, and how well the rest comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from popsim.assumptions.fitted import Fitted
from popsim.assumptions.solve import Solved
from popsim.assumptions.walk import six
from popsim.calibration.registers import age_bands
from popsim.calibration.years import Published
from popsim.tables import Case, observed

__all__ = ["FIT_COLUMNS", "fit_table"]

FIT_COLUMNS = [
    "quantity", "region", "period", "published", "projected", "difference_percent", "fitted_to",
    "factor", "value_of_factor", "unit", "source",
]  # fmt: skip


def _source(case: Case, indicator: str, region: str, year: int) -> str:
    """Sources of an observation, as the table of observations names them."""
    rows = _rows(case, indicator, region, year)
    return "; ".join(dict.fromkeys(case.frames["observations"]["source"].to_numpy()[rows]))


def _rows(case: Case, indicator: str, region: str, year: int) -> NDArray[np.intp]:
    """Places in the table of observations of one figure."""
    table = case.frames["observations"]
    wanted = {"year": year, "region": region, "indicator": indicator}
    return np.flatnonzero(
        np.logical_and.reduce([table[c].to_numpy() == v for c, v in wanted.items()])
    )


def _line(
    case: Case, key: tuple[str, str, str, int], published: float, projected: float, **more: Any
) -> dict[str, Any]:
    quantity, indicator, region, year = key
    return {
        "quantity": quantity,
        "region": region,
        "period": year,
        "published": published,
        "projected": projected,
        "difference_percent": 100.0 * (projected / published - 1.0),
        "source": _source(case, indicator, region, year),
    } | more


def fit_table(
    fitted: Fitted,
    case: Case,
    published: Published,
    results: Sequence[Solved],
    whole: str,
    deaths_to: int,
) -> pd.DataFrame:
    """Published against projected for every fitted year, and the counties where published.

    Parameters
    ----------
    fitted
        With its levels.
    case
        For sources and the figures of counties.
    published
        Figures of the whole.
    results
        The fitted years as they came out.
    whole
        Region code of the whole.
    deaths_to
        Last year whose deaths were fitted.

    Returns
    -------
    pd.DataFrame
        Columns `FIT_COLUMNS`; `fitted_to` is empty where the figure is a check, not a fit.
    """
    rows: list[dict[str, Any]] = [] if fitted.hukou is None else _stocks(fitted, case, whole)
    before = six(fitted.population).sum()
    for year, result in zip(fitted.periods.tolist(), results, strict=True):
        at = {"period": year}
        people = result.people[0]
        births = float(result.births.sum())
        deaths = before + births + float(result.migrants.sum()) - people.sum()
        before = people.sum()

        add = partial(_row, rows, case, whole, year)
        add("population", "resident_population", published.population[year], people.sum(),
            "net migration", float(fitted.net_migration.sel(at)))  # fmt: skip
        add("births", "births", published.births[year], births, "TFR", float(fitted.tfr.sel(at)))
        add("deaths", "deaths", published.deaths[year], deaths, "mortality index",
            float(fitted.mortality_index.sel(at)), fit=year <= deaths_to)  # fmt: skip
        if fitted.urban_shift is not None:
            add("urban_share", "urban_share", published.urban_share[year],
                people[:, 0].sum() / people.sum(), "shift of growth difference",
                float(fitted.urban_shift.sel(at)), unit="1")  # fmt: skip
        if fitted.hukou is not None and year in published.registered:
            add("registered_population", "registered_population", published.registered[year],
                people[:, :, 0].sum() + result.absent.sum(), "registration level",
                float(fitted.hukou.registration.sel(at)))  # fmt: skip
            rows += _ages(case, whole, year, result)
        regions = [str(r) for r in fitted.population["region"].to_numpy()]
        inside = dict(zip(regions, people.sum((1, 2, 3, 4)), strict=True))
        rows += _counties(case, inside, year, published.regions.get(year, {}))
    return pd.DataFrame(rows, columns=FIT_COLUMNS)


def _stocks(fitted: Fitted, case: Case, whole: str) -> list[dict[str, Any]]:
    """Floating of every region and registered people where published, at the base year."""
    assert fitted.hukou is not None
    rows: list[dict[str, Any]] = []
    year, people = fitted.base_year, fitted.population
    near = case["hukou_elsewhere"].sel(year=year, hukou_place=["other_county", "other_province"])
    absent = fitted.hukou.absent
    elsewhere = absent.sum([d for d in absent.dims if d != "region"])
    by_status = people.sum([d for d in people.dims if d not in ("region", "status")])
    register = by_status.sel(status="registered", drop=True) + elsewhere
    table = case.frames["observations"]
    known = table[(table["indicator"] == "registered_population") & (table["year"] == year)]
    for region in [*(str(r) for r in people["region"].to_numpy()), whole]:
        at = {} if region == whole else {"region": region}
        floating = by_status.sel({**at, "status": "floating"})
        rows.append(
            _line(
                case, ("floating_population", "hukou_elsewhere", region, year),
                float(near.sel(at).sum()), float(floating.sum()), unit="person",
                fitted_to="floating_population", factor="to the end of the year",
                value_of_factor=float(floating.sum() / near.sel(at).sum()),
            ) | {"source": str(case["hukou_elsewhere"].attrs.get("source", ""))}
        )  # fmt: skip
        if (known["region"] == region).any():
            series = observed(table, "registered_population", region=region)
            _row(rows, case, region, year, "registered_population", "registered_population",
                 float(series[year]), float(register.sel(at).sum()), "registered absent",
                 float(elsewhere.sel(at).sum()))  # fmt: skip
    return rows


def _ages(case: Case, whole: str, year: int, result: Solved) -> list[dict[str, Any]]:
    """Registered people by the ages published for a year; none where they are not."""
    table = case.frames["observations"]
    name = "registered_population_by_age"
    wanted = (table["indicator"] == name) & (table["region"] == whole) & (table["year"] == year)
    if not wanted.any():
        return []
    residents = result.people[:, :, :, 0].sum((0, 1, 2, 3))
    ages = residents + result.absent.sum((0, 1, 2, 3))
    rows: list[dict[str, Any]] = []
    bands, published = age_bands(case, whole, year, ages.size)
    for band, figure in zip(bands, published, strict=True):
        inside = np.flatnonzero(band)
        last = "+" if inside[-1] == ages.size - 1 else f"-{inside[-1]}"
        _row(rows, case, whole, year, f"registered_{inside[0]}{last}", name, float(figure),
             float(ages[inside].sum()), "ages of the floating", np.nan)  # fmt: skip
    return rows


def _row(
    rows: list[dict[str, Any]], case: Case, whole: str, year: int, quantity: str, indicator: str,
    figure: float, got: float, factor: str, value: float, *, unit: str = "person",
    fit: bool = True,
) -> None:  # fmt: skip
    """Add a line on the whole; a check, not a fit, names no factor."""
    more = {"fitted_to": quantity, "factor": factor} if fit else {"fitted_to": "", "factor": ""}
    key = (quantity, indicator, whole, year)
    rows.append(_line(case, key, figure, float(got), unit=unit, value_of_factor=value, **more))


def _counties(
    case: Case, people: Mapping[str, float], year: int, fitted: Mapping[str, float]
) -> list[dict[str, Any]]:
    """Counties whose year-end residents were published; those not fitted are checks."""
    rows = []
    table = case.frames["observations"]
    for region in people:
        known = _rows(case, "resident_population", region, year)
        if not (table["area"].to_numpy()[known] == "total").any():
            continue
        series = observed(table, "resident_population", region=str(region), area="total")
        rows.append(
            _line(
                case, ("population", "resident_population", str(region), year),
                float(series[year]), float(people[region]),
                fitted_to="population" if region in fitted else "",
                factor="arrivals of the county" if region in fitted else "", unit="person",
            )
        )  # fmt: skip
    return rows
