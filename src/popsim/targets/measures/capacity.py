"""Carrying capacity: land, water, dwellings (T16-T18, T43).

Amounts are projected from published rates per head; the caps and norms that would judge them were
not found and are the user's.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from popsim.targets.evidence import Evidence, NotComputable
from popsim.targets.measure import (
    Measure,
    against_stock,
    flagged,
    no_variant,
    stock_path,
)
from popsim.targets.model import Target

__all__ = ["MEASURES", "water_path"]


def land(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """Construction land for the urban residents of the group, at the user's m2 per person."""
    from popsim.capacity import land_needed

    urban = evidence.value("urban", "population_by_area")
    per_person = evidence.options.get("land_m2_per_urban_resident")
    if per_person is None:
        raise NotComputable("land_per_person")
    return land_needed(evidence.inside(urban, target.group, boundary), float(per_person))


def water_path(evidence: Evidence) -> tuple[xr.DataArray, int]:
    """Water use in m3 a year: living use by head, other uses as in the year of the bulletin."""
    from popsim.capacity.needs import SECTORS, water_use

    table = evidence.frame("resources", "water_use")
    years = table.loc[table["indicator"] == "water_use_living", "year"]
    if years.empty:
        raise NotComputable("water_use")
    year = int(years.max())
    rows = table[table["year"] == year].set_index("indicator")["value"].astype(float)
    people = evidence.people("resident").sum("region")
    mean = (0.5 * (people + people.shift(year=1))).fillna(people)
    start = mean.sel(year=year)
    start = start.isel(scenario=0) if "scenario" in start.dims else start
    others = {name: float(rows[f"water_use_{name}"]) for name in SECTORS}
    per_head = float(rows["water_use_living"]) / float(start.mean())
    used = water_use(mean, living_m3_per_person=per_head, **others)
    return used, year


def water(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """Water used by the projected residents."""
    path, year = water_path(evidence)
    note = (
        f"living use per head and all other uses as in {year}",
        f"生活用水按{year}年人均，其他用水按{year}年水平",
    )
    return flagged(path, "computed", note=note)


def dwellings(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """Dwelling floor area per person of the whole, at the censuses."""
    table = evidence.frame("observations", "floor_area_per_person")
    rows = table[table["indicator"] == "floor_area_per_person"]
    rows = rows[~rows["region"].isin(evidence.regions)]
    if rows.empty:
        raise NotComputable("floor_area_per_person")
    series = rows.groupby("year")["value"].mean().sort_index()
    years = [int(y) for y in series.index]
    path = xr.DataArray(series.to_numpy(dtype=float), {"year": years}, "year")
    first, last = float(series.iloc[0]), float(series.iloc[-1])
    note = (
        f"dwellings per head {first:g} ({years[0]}) -> {last:g} ({years[-1]}); waste, sewage and "
        "satisfaction were not found",
        f"人均住房{first:g}({years[0]})→{last:g}({years[-1]})平方米；垃圾、污水与满意度未找到",
    )
    return flagged(path, "base_only", needs="waste_sewage; satisfaction", as_of=years[-1],
                   note=note)  # fmt: skip


def efficiency(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """Urban residents per km2 of construction land; of all land where that is not registered."""
    urban = evidence.value("urban", "population_by_area").sum("region")
    try:
        land_km2 = stock_path(evidence, "construction_land", evidence.members(target.group))
    except NotComputable:
        area = evidence.value("land_area_km2", "land_per_person")
        note = (
            "urban residents per km2 of all land, not of construction land",
            "按全部土地面积，而非城镇建设用地",
        )
        path = urban / float(area.sum())
        return flagged(path, "proxy", needs=target.register, note=note)
    path = (urban / land_km2).dropna("year")
    if target.year not in path["year"] or bool(np.isnan(path.sel(year=target.year)).any()):
        raise NotComputable("construction_land")
    return path


MEASURES = {
    "land_need": Measure(land, "km2", by_boundary=True, variants=no_variant),
    "water_use": Measure(
        water, "m3 a year", variants=no_variant, extra=against_stock("water_cap"), drawn="people"
    ),
    "floor_area": Measure(dwellings, "m2 person-1", variants=no_variant),
    "land_efficiency": Measure(efficiency, "person km-2", variants=no_variant),
}
