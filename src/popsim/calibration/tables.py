"""The table that says what was fitted to what, and how well the rest comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from popsim.assumptions.fitted import Fitted
from popsim.assumptions.solve import Solved
from popsim.assumptions.walk import six
from popsim.calibration.years import Published
from popsim.tables import Case, observed

__all__ = ["FIT_COLUMNS", "fit_table"]

FIT_COLUMNS = [
    "quantity", "region", "period", "published", "projected", "difference_percent", "fitted_to",
    "factor", "value_of_factor", "unit", "source",
]  # fmt: skip


def _source(case: Case, indicator: str, region: str, year: int) -> str:
    """Sources of an observation, as the table of observations names them."""
    table = case.frames["observations"]
    rows = table[
        (table["indicator"] == indicator) & (table["region"] == region) & (table["year"] == year)
    ]
    return "; ".join(dict.fromkeys(rows["source"].astype(str)))


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
    rows: list[dict[str, Any]] = []
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
        regions = [str(r) for r in fitted.population["region"].to_numpy()]
        rows += _counties(case, dict(zip(regions, people.sum((1, 2, 3, 4)), strict=True)), year)
    return pd.DataFrame(rows, columns=FIT_COLUMNS)


def _row(
    rows: list[dict[str, Any]], case: Case, whole: str, year: int, quantity: str, indicator: str,
    figure: float, got: float, factor: str, value: float, *, unit: str = "person",
    fit: bool = True,
) -> None:  # fmt: skip
    """Add a line on the whole; a check, not a fit, names no factor."""
    more = {"fitted_to": quantity, "factor": factor} if fit else {"fitted_to": "", "factor": ""}
    key = (quantity, indicator, whole, year)
    rows.append(_line(case, key, figure, float(got), unit=unit, value_of_factor=value, **more))


def _counties(case: Case, people: Mapping[str, float], year: int) -> list[dict[str, Any]]:
    """Counties whose year-end residents were published: checks, not fits."""
    rows = []
    table = case.frames["observations"]
    for region in people:
        known = table[
            (table["indicator"] == "resident_population")
            & (table["region"] == region)
            & (table["year"] == year)
            & (table["area"] == "total")
        ]
        if known.empty:
            continue
        series = observed(table, "resident_population", region=str(region), area="total")
        rows.append(
            _line(
                case, ("population", "resident_population", str(region), year),
                float(series[year]), float(people[region]),
                fitted_to="", factor="", unit="person",
            )
        )  # fmt: skip
    return rows
