"""Tables 1 to 6: population, components, age, urbanisation, distribution, labour."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from popsim.labels import label
from popsim.sheets.frames import WAN, finish, not_computable, pick, place_rows, spread
from popsim.sheets.source import RunTables
from popsim.sheets.tiers import primacy_of, tier_lines, tier_notes

__all__ = [
    "age_table",
    "components_table",
    "distribution_table",
    "labour_table",
    "population_table",
    "urbanisation_table",
]


def population_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 1: residents, registered and urban people by place, variant and year."""
    names = {"population": WAN, "registered_population": WAN, "urban_population": WAN}
    wide = spread(run, names)
    if wide.empty:
        return not_computable(1, ["population"], run, lang)
    columns = {
        "population": "resident",
        "registered_population": "registered",
        "urban_population": "urban",
    }
    frame, empty = pick(place_rows(wide, run, lang), columns)
    return finish(frame, 1, run, lang, missing=[(key, key) for key in empty])


def age_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 3: broad ages, dependency ratios, median age and sex ratio of residents."""
    people = {
        "population_0_14": "p0_14",
        "population_15_59": "p15_59",
        "population_60plus": "p60",
        "population_65plus": "p65",
        "population_80plus": "p80",
    }
    ratios = {
        "share_60plus": "s60",
        "child_dependency_ratio": "dep_child",
        "old_age_dependency_ratio": "dep_old",
        "total_dependency_ratio": "dep_total",
        "sex_ratio": "sex_ratio",
    }
    factors = dict.fromkeys(people, WAN) | dict.fromkeys(ratios, 100.0) | {"median_age": 1.0}
    wide = spread(run, factors)
    if wide.empty:
        return not_computable(3, ["population"], run, lang)
    columns = people | ratios | {"median_age": "median_age"}
    frame, empty = pick(place_rows(wide, run, lang), columns)
    return finish(frame, 3, run, lang, missing=[(key, "population") for key in empty])


def urbanisation_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 4: urban share of residents and of registered people, and the gap between them."""
    wide = spread(run, {"urban_share": 100.0, "registered_urban_share": 100.0})
    if "urban_share" not in wide:
        return not_computable(4, ["urban"], run, lang)
    if "registered_urban_share" in wide:
        wide["gap"] = (wide["urban_share"] - wide["registered_urban_share"]).round(2)
    columns = {
        "urban_share": "rate_resident",
        "registered_urban_share": "rate_registered",
        "gap": "rate_gap",
    }
    frame, empty = pick(place_rows(wide, run, lang), columns)
    return finish(frame, 4, run, lang, missing=[(key, "registered_urban") for key in empty])


def distribution_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 5: share of the whole on each boundary, gap to the plan's share, density, tiers."""
    wide = spread(run, {"population": WAN, "population_share": 100.0, "urban_population": WAN})
    if "population_share" not in wide:
        return not_computable(5, ["population"], run, lang)
    threshold = _share_threshold(run)
    if threshold is not None:
        group = wide["boundary"] != ""
        wide["gap60"] = (wide["population_share"] - 100 * threshold).round(2).where(group)
    for name, column in (("density", _density(wide, run)), ("primacy", primacy_of(wide, run))):
        if column is not None:
            wide[name] = column
    columns = {
        "population": "resident",
        "population_share": "share",
        "gap60": "gap_to_threshold",
        "density": "density",
        "primacy": "primacy",
    }
    frame, empty = pick(place_rows(wide, run, lang), columns)
    lines = tier_lines(run, lang)
    if len(lines):
        frame = pd.concat([frame, lines], ignore_index=True)
    else:
        frame, empty = frame.assign(tier=None), [*empty, "tier"]
    needs = {
        "gap_to_threshold": "targets", "density": "area_km2", "primacy": "urban", "tier": "tier",
    }  # fmt: skip
    missing = [(key, needs[key]) for key in empty]
    notes = [label("text.primacy_note", lang), *tier_notes(run, lang)]
    return finish(frame, 5, run, lang, missing=missing, notes=notes)


def labour_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 6: people of working age; participation and schooling where the run holds them."""
    factors = {
        "population_15_59": WAN,
        "population_15_64": WAN,
        "participation": 100.0,
        "labour_force": WAN,
        "mean_schooling": 1.0,
    }
    wide = spread(run, factors)
    if wide.empty:
        return not_computable(6, ["population", "participation"], run, lang)
    columns = {
        "population_15_59": "working_age",
        "population_15_64": "working_age_64",
        "participation": "participation",
        "labour_force": "labour_force",
        "mean_schooling": "schooling",
    }
    frame, empty = pick(place_rows(wide, run, lang), columns)
    needs = {"schooling": "schooling"}
    return finish(
        frame, 6, run, lang, missing=[(key, needs.get(key, "participation")) for key in empty]
    )


def components_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 2: births, deaths, moves and rates by county, between the years shown."""
    data = run.projection
    if data is None or not {"births", "deaths", "population"} <= set(data):
        return not_computable(2, ["components"], run, lang)
    flows = {
        "births": _by_region(data["births"]),
        "deaths": _by_region(data["deaths"]),
        **_moves(data),
    }
    if "net_migration" in data:
        flows["net_border"] = _by_region(data["net_migration"])
    stocks = _by_region(data["population"])
    frames = []
    for start, end in zip(run.years, run.years[1:], strict=False):
        window = {
            name: _window(flow, start, end).sum("period").rename(name)
            for name, flow in flows.items()
        }
        mean = stocks.sel(year=slice(start, end))
        exposure = (mean.sum("year") - 0.5 * (mean.isel(year=0) + mean.isel(year=-1))).rename("py")
        part = xr.merge([*window.values(), exposure], join="exact", compat="override")
        frame = part.to_dataframe().reset_index()
        frames.append(frame.assign(period=f"{start + 1}—{end}"))
    table = pd.concat(frames, ignore_index=True)
    return _finish_components(table, run, lang)


def _finish_components(table: pd.DataFrame, run: RunTables, lang: str) -> pd.DataFrame:
    for name in ("move_in", "move_out", "net_border"):
        if name not in table:
            table[name] = 0.0
    if "scenario" not in table:
        table["scenario"] = ""
    table["natural"] = table["births"] - table["deaths"]
    table["net_within"] = table["move_in"] - table["move_out"]
    table["net"] = table["net_within"] + table["net_border"]
    rates = {
        "birth_rate": "births",
        "death_rate": "deaths",
        "natural_rate": "natural",
        "net_rate": "net",
    }
    for rate, count in rates.items():
        table[rate] = (1000 * table[count] / table["py"]).round(2)
    counts = [
        "births", "deaths", "natural", "move_in", "move_out", "net_within", "net_border", "net",
    ]  # fmt: skip
    table[counts] = (table[counts] * WAN).round(2)
    order = {name: i for i, name in enumerate(run.scenarios)}
    table = table.assign(_s=table["scenario"].map(order), _all=table["region"] == "all")
    table = table.sort_values(["_s", "_all", "region", "period"], kind="stable")
    table["region"] = [run.region_name(code, lang) for code in table["region"]]
    table["scenario"] = [run.scenario_name(s, lang) for s in table["scenario"]]
    frame = table[["region", "scenario", "period", *counts, *rates]]
    return finish(frame, 2, run, lang, notes=[label("text.moves_note", lang)])


def _by_region(array: xr.DataArray) -> xr.DataArray:
    """Sums by region (and scenario), with the whole as region `all`."""
    keep = {"scenario", "region", "year", "period"}
    plain = array.sum([d for d in array.dims if d not in keep]).reset_coords(drop=True)
    if "region" not in plain.dims:
        return plain.expand_dims(region=["all"])
    whole = plain.sum("region").expand_dims(region=["all"])
    return xr.concat([plain.assign_coords(region=plain["region"].astype(str)), whole], "region")


def _window(flow: xr.DataArray, start: int, end: int) -> xr.DataArray:
    return flow.sel(period=slice(start + 1, end))


def _moves(data: xr.Dataset) -> dict[str, xr.DataArray]:
    """Moves between regions, as arrivals and departures by region."""
    if "moves" not in data or "origin_region" not in data["moves"].coords:
        return {}
    moves = data["moves"]
    origin = moves["origin_region"].to_numpy().astype(str)
    goal = moves["destination_region"].to_numpy().astype(str)
    keep = {"scenario", "edge", "period"}
    plain = moves.sum([d for d in moves.dims if d not in keep]).reset_coords(drop=True)
    regions = [str(code) for code in data["region"].to_numpy()]
    crossing = np.flatnonzero(origin != goal)
    sides = {"move_in": goal, "move_out": origin}
    found = {}
    for name, side in sides.items():
        parts = [plain.isel(edge=crossing[side[crossing] == code]).sum("edge") for code in regions]
        # Within the whole, what one region gains another loses.
        parts.append(plain.isel(edge=crossing).sum("edge"))
        index = pd.Index([*regions, "all"], name="region")
        found[name] = xr.concat(parts, index)
    return found


def _share_threshold(run: RunTables) -> float | None:
    if run.targets is None:
        return None
    rows = run.targets[run.targets["indicator"] == "population_share"]
    numbers = pd.to_numeric(rows["threshold"], errors="coerce").dropna()
    return None if numbers.empty else float(numbers.iloc[0])


def _density(wide: pd.DataFrame, run: RunTables) -> pd.Series | None:
    """Residents per km2 of the counties and the whole; None without areas."""
    data = run.projection
    if data is None or "area_km2" not in data.variables:
        return None
    area = {
        str(r): float(a) for r, a in zip(data["region"].to_numpy(), data["area_km2"], strict=True)
    }
    area["all"] = sum(area.values())
    km2 = wide["group_or_region"].map(area)
    return (wide["population"] / WAN / km2).round(0)
