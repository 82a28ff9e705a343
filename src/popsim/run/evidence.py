"""What the targets of a run are judged on, gathered from its result, its case and the user's files.

Nothing is judged here: series are summed by region and year, registers laid out, words collected.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
import xarray as xr
from pydantic import Field

from popsim.care import read_points, read_supply, supply_array
from popsim.labels import catalogue, label
from popsim.tables import Case
from popsim.targets import Evidence

__all__ = [
    "SmallAreas",
    "capacity_options",
    "care_options",
    "place_inputs",
    "register_of",
    "run_evidence",
]

ALL = "all"
FLOWS = {
    "rural_to_urban": ("area", "rural", "urban"),
    "urban_to_rural": ("area", "urban", "rural"),
    "registration_moves": ("status", "floating", "registered"),
}
# Numbers of a scenario file that may not be 0, or not below it.
Above = Annotated[float, Field(gt=0)]
AtLeast = Annotated[float, Field(ge=0)]
SmallAreas = dict[str, pd.DataFrame]


def care_options(
    *,
    homes: str | None = None,
    small_areas: str | None = None,
    walking_metres_per_minute: float | None = None,
    carers_each: float | None = None,
    tables: tuple[Literal["by_age_sex", "staff"], ...] = (),
    residents_per_worker: dict[Literal["moderate", "severe"], Above] | None = None,
    hours_per_month: dict[str, AtLeast] | None = None,
    monthly_yuan: dict[str, AtLeast] | None = None,
) -> dict[str, Any]:
    """What the block `care` of a scenario file may say beside the parameters of the care table.

    Parameters
    ----------
    homes, small_areas
        Files of `place_inputs`.
    walking_metres_per_minute
        Walking speed of the elderly, for the 15-minute circle.
    carers_each
        Family carers for each person in need.
    tables
        Care tables written beside `care.csv`: need and dementia by sex and age group; staff.
    residents_per_worker, hours_per_month, monthly_yuan
        As in `workforce_table`: ratios by degree, hours and money by care count.
    """
    return dict(locals())


def capacity_options(*, land_m2_per_urban_resident: float | None = None) -> dict[str, Any]:
    """What the block `capacity` of a scenario file may say.

    Parameters
    ----------
    land_m2_per_urban_resident
        Construction land per urban resident, m2.
    """
    return dict(locals())


def register_of(case: Case, path: Path) -> pd.DataFrame:
    """Read the register of capacity of a scenario file, refused with file and line.

    Parameters
    ----------
    case
        With `care_supply_items` and `population`.
    path
        The register.
    """
    regions = [str(r) for r in case["population"]["region"].to_numpy()]
    return read_supply(path, items=case.frames["care_supply_items"], regions=regions)


def place_inputs(*, homes: Path | None = None, small_areas: Path | None = None) -> SmallAreas:
    """Sites of homes and small areas with their elderly, where the user gives them.

    Parameters
    ----------
    homes
        Points of homes, CSV or GeoJSON.
    small_areas
        Centres of grid cells or small units with `area_km2`, `elderly`, `population`.
    """
    found = {}
    if homes is not None:
        found["homes"] = read_points(homes)
    if small_areas is not None:
        found["small_areas"] = read_points(
            small_areas, numbers=("area_km2", "elderly", "population")
        )
    return found


def _by_year(array: xr.DataArray) -> xr.DataArray:
    """Sums by region and year (and scenario, draw), whatever else is told apart."""
    keep = {"scenario", "draw", "region", "year"}
    plain = array.rename(period="year") if "period" in array.dims else array
    return plain.sum([d for d in plain.dims if d not in keep]).reset_coords(drop=True)


def _flow(moves: xr.DataArray, regions: list[str], what: tuple[str, str, str]) -> Any:
    """Moves (.., edge, period) inside each region, by year; None where no edge does so."""
    kind, origin, goal = what
    if f"origin_{kind}" not in moves.coords:
        return None
    start = moves[f"origin_{kind}"].to_numpy().astype(str)
    end = moves[f"destination_{kind}"].to_numpy().astype(str)
    chosen = (start == origin) & (end == goal)
    if not chosen.any():
        return None
    here = moves["origin_region"].to_numpy().astype(str)
    plain = moves.reset_coords(drop=True)
    parts = [plain.isel(edge=np.flatnonzero(chosen & (here == r))).sum("edge") for r in regions]
    return xr.concat(parts, pd.Index(regions, name="region")).rename(period="year")


def _values(case: Case, result: xr.Dataset) -> dict[str, xr.DataArray]:
    """Series of the result and arrays of the case that measures ask for."""
    people = result["population"]
    values = {name: case[name] for name in ("area_km2", "land_area_km2") if name in case}
    values = {name: array.reset_coords(drop=True) for name, array in values.items()}
    if "area" in people.dims:
        values["urban"] = _by_year(people.sel(area="urban", drop=True))
    if "status" in people.dims:
        values["floating"] = _by_year(people.sel(status="floating", drop=True))
    if "moves" in result:
        regions = [str(r) for r in people["region"].to_numpy()]
        moves = result["moves"].sum([d for d in result["moves"].dims if d in ("sex", "age")])
        for name, what in FLOWS.items():
            flow = _flow(moves, regions, what)
            if flow is not None:
                values[name] = flow
    return values


def _words(case: Case) -> dict[str, tuple[str, str]]:
    """What registers and inputs nobody published are called, (English, Chinese)."""
    words = {
        key.removeprefix("need."): (label(key, "en"), label(key, "zh"))
        for key in catalogue()
        if key.startswith("need.")
    }
    for name, key, english in (
        ("missing", "input", "title"),
        ("care_supply_items", "item", "definition"),
    ):
        table = case.frames.get(name)
        if table is not None and {key, english, "title_zh"} <= set(table):
            for row in table.to_dict("records"):
                words[str(row[key])] = (str(row[english]), str(row["title_zh"]))
    return words


def run_evidence(
    case: Case,
    result: xr.Dataset,
    *,
    in_group: xr.DataArray,
    populations: Mapping[str, xr.DataArray],
    care: pd.DataFrame | None = None,
    supply: pd.DataFrame | None = None,
    places: SmallAreas | None = None,
    options: Mapping[str, Any] | None = None,
) -> tuple[Evidence, Evidence]:
    """Evidence of a run, and of the last census alone.

    Parameters
    ----------
    case, result
        The case and the projection.
    in_group
        Membership (boundary, group, region, year).
    populations
        Full populations by definition.
    care
        The care table of the projected population.
    supply
        The register, as from `register_of`.
    places
        As from `place_inputs`.
    options
        What the user says of care and capacity, e.g. the trend of disability.

    Returns
    -------
    tuple of Evidence
    """
    registers = {}
    if supply is not None and len(supply):
        regions = [*(str(r) for r in case["population"]["region"].to_numpy()), ALL]
        items = dict.fromkeys(str(item) for item in supply["item"])
        registers = {item: supply_array(supply, item, regions=regions) for item in items}
    values = _values(case, result)
    evidence = Evidence.from_populations(
        populations,
        in_group,
        values=values,
        registers=registers,
        frames={**case.frames, **(places or {})},
        care=care,
        options=dict(options or {}),
        words=_words(case),
    )
    census = Evidence.from_populations(
        {"resident": case["population"]},
        in_group,
        values={k: v for k, v in values.items() if k.endswith("area_km2")},
    )
    return evidence, census
