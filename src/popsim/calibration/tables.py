"""The table that says what was fitted to what, and how well the rest comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from popsim.tables import Case, observed

if TYPE_CHECKING:
    from popsim.assumptions.fitted import Fitted
    from popsim.calibration.fit import Observed

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
    published: Observed,
    results: list[xr.Dataset],
    whole: str,
    deaths_to: int,
) -> pd.DataFrame:
    """Published against projected for every fitted year, and the counties where published.

    Returns
    -------
    pd.DataFrame
        Columns `FIT_COLUMNS`; `fitted_to` is empty where the figure is a check, not a fit.
    """
    rows: list[dict[str, Any]] = []
    for result in results:
        year = int(result["period"].to_numpy()[-1])
        people = result["population"].isel(year=-1)
        at = {"period": year}
        rows.append(
            _line(
                case, ("population", "resident_population", whole, year),
                published.population[year], float(people.sum()),
                fitted_to="population", factor="net migration", unit="person",
                value_of_factor=float(fitted.net_migration.sel(at).sum()),
            )
        )  # fmt: skip
        rows.append(
            _line(
                case, ("births", "births", whole, year),
                published.births[year], float(result["births"].sum()),
                fitted_to="births", factor="TFR", unit="person",
                value_of_factor=float(fitted.tfr.sel(at)),
            )
        )  # fmt: skip
        rows.append(
            _line(
                case, ("deaths", "deaths", whole, year),
                published.deaths[year], float(result["deaths"].sum()),
                fitted_to="deaths" if year <= deaths_to else "",
                factor="mortality index", unit="person",
                value_of_factor=float(fitted.mortality_index.sel(at)),
            )
        )  # fmt: skip
        if fitted.urban_shift is not None:
            urban = float(people.sel(area="urban").sum() / people.sum())
            rows.append(
                _line(
                    case, ("urban_share", "urban_share", whole, year),
                    published.urban_share[year], urban,
                    fitted_to="urban_share", factor="shift of growth difference", unit="1",
                    value_of_factor=float(fitted.urban_shift.sel(at)),
                )
            )  # fmt: skip
        rows += _counties(case, people, year)
    return pd.DataFrame(rows, columns=FIT_COLUMNS)


def _counties(case: Case, people: xr.DataArray, year: int) -> list[dict[str, Any]]:
    """Counties whose year-end residents were published: checks, not fits."""
    rows = []
    table = case.frames["observations"]
    for region in people["region"].to_numpy():
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
                float(series[year]), float(people.sel(region=region).sum()),
                fitted_to="", factor="", unit="person",
            )
        )  # fmt: skip
    return rows
