"""The care counts behind the care table: each an array by region and year with its definition.

Add a count by yielding one more `Count` from the function of its subject.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import xarray as xr

from popsim.care.ages import LOOP_AND_PLACE, sum_people
from popsim.care.dementia import dementia, dementia_prevalence, elderly_only_persons
from popsim.care.services import (
    beds_by_need,
    beds_by_norm,
    hospice_need,
    norm_value,
    pattern_shares,
    per_10000,
    places_by_pattern,
    settings_by_degree,
)
from popsim.errors import DataError

__all__ = [
    "Count",
    "bed_need_counts",
    "definition_spread",
    "frame_of",
    "hospice_counts",
    "need_counts",
    "norm_counts",
    "pattern_counts",
    "people_counts",
]


@dataclass(frozen=True, slots=True)
class Count:
    """One care count of the whole projection: its values by region and year, and what it is."""

    name: str
    values: xr.DataArray
    unit: str
    definition: str
    source: str
    ratio_of: xr.DataArray | None = None  # the value is values / ratio_of, after summing regions


def frame_of(case: Any, name: str) -> pd.DataFrame:
    """A table of the case by name; the case is a Case or a plain mapping of frames."""
    frames = getattr(case, "frames", case)
    if name not in frames:
        raise DataError(f"the case has no table {name!r}, which the care counts need")
    frame: pd.DataFrame = frames[name]
    return frame


def source_keys(table: pd.DataFrame, column: str, value: str) -> str:
    """Source keys of the rows of a table."""
    return "; ".join(sorted({str(s) for s in table.loc[table[column] == value, "source"]}))


def people_counts(population: xr.DataArray, about: str) -> Iterator[Count]:
    """Elderly people by the three denominators of the plan."""
    source = str(population.attrs.get("source", "projection"))
    for age in (60, 65, 80):
        people = sum_people(population, age)
        yield Count(f"population_{age}plus", people, "person", f"{about} of {age} and over", source)


def need_counts(persons: xr.DataArray, scale: str, p60: xr.DataArray) -> list[Count]:
    """People in need by degree and in all under one scale."""
    how = (
        f"prevalence of scale {scale} ({persons.attrs['wave']}) x population by age; "
        f"{persons.attrs['note']}; trend {persons.attrs['trend']}; "
        f"calibration factor {persons.attrs['calibration_factor']}"
        if "wave" in persons.attrs
        else f"prevalence of scale {scale} x population"
    )
    source = str(persons.attrs.get("source", ""))
    graded = list(persons["need_level"].to_numpy())
    out = [
        Count(
            f"need_{g}.{scale}",
            persons.sel(need_level=g, drop=True),
            "person",
            f"{g}: {how}",
            source,
        )
        for g in graded
        if g != "any"
    ]
    total = persons.sum("need_level", skipna=False)
    out.append(Count(f"need_total.{scale}", total, "person", f"all degrees: {how}", source))
    share = f"need_total.{scale} / population_60plus"
    out.append(Count(f"need_share_60plus.{scale}", total, "1", share, source, ratio_of=p60))
    return out


def definition_spread(totals: list[xr.DataArray], scales: list[str]) -> Count:
    """How far apart the definitions are: largest count over smallest."""
    together = xr.concat(totals, dim="scale", join="exact", coords="minimal", compat="override")
    text = "largest over smallest count among the scales " + ", ".join(scales)
    most, least = together.max("scale", skipna=False), together.min("scale", skipna=False)
    return Count("need_definition_factor", most, "1", text, "derived", ratio_of=least)


def bed_need_counts(
    persons: xr.DataArray, scale: str, shares: xr.DataArray, occupancy: float
) -> list[Count]:
    """Used and planning beds for the people in need in institutions."""
    if set(shares["need_level"].to_numpy()) != set(persons["need_level"].to_numpy()):
        return []
    users = settings_by_degree(persons, shares.sel(need_level=persons["need_level"]))
    used = users.sum("need_level", skipna=False).sel(setting="institution", drop=True)
    text = f"people in need ({scale}) in institutions by the user's shares by degree"
    beds = beds_by_need(used, occupancy=occupancy)
    plan = f"{text}, divided by an occupancy of {occupancy:g}"
    return [
        Count(f"beds_used_need.{scale}", used, "bed", f"used beds: {text}", "user"),
        Count(f"beds_need.{scale}", beds, "bed", f"planning beds: {plan}", "user"),
    ]


def pattern_counts(population: xr.DataArray, case: Any, names: Sequence[str]) -> Iterator[Count]:
    """People by setting under the named patterns; institution places are beds."""
    for name in names:
        table = frame_of(case, "care_patterns")
        source = source_keys(table, "pattern", name)
        shares = pattern_shares(table, name)
        users = places_by_pattern(population, shares)
        for setting in users["setting"].to_numpy():
            bed = setting == "institution"
            text = f"{shares.sel(setting=setting).item():.0%} of people 60+"
            label = f"beds_pattern.{name}" if bed else f"{setting}_pattern.{name}"
            kind = "beds in use under" if bed else f"{setting} under"
            yield Count(
                label,
                users.sel(setting=setting, drop=True),
                "bed" if bed else "person",
                f"{kind} the pattern {name}: {text}",
                source,
            )


def norm_counts(population: xr.DataArray, case: Any, base: xr.DataArray) -> Iterator[Count]:
    """Beds and persons asked for by norms and by the plan; dementia beside them."""
    frames = getattr(case, "frames", case)
    if "care_norms" in frames:
        norms = frame_of(case, "care_norms")

        def rate(name: str) -> tuple[float, str]:
            return norm_value(norms, name), source_keys(norms, "norm", name)

        per_1000, gb = rate("beds_per_1000_60plus")
        beds = beds_by_norm(population, per_1000=per_1000)
        yield Count("beds_norm", beds, "bed", f"planning beds, {per_1000:g} per 1,000 aged 60+", gb)
        part, where = rate("nursing_bed_share")
        text = f"nursing-type beds, at least {part:.0%} of beds_norm"
        yield Count("beds_nursing_norm", part * beds, "bed", text, where)
        floor, gb = rate("floor_m2_per_bed")
        yield Count("floor_norm", floor * beds, "m2", f"{floor:g} m2 floor per norm bed", gb)
        twenty, plan = rate("dementia_beds_per_10000_60plus")
        text = f"dementia beds of the plan, {twenty:g} per 10,000 aged 60+"
        yield Count("dementia_beds_plan", per_10000(population, twenty), "bed", text, plan)
        managed, plan = rate("health_management_rate")
        text = f"people to be under health management, {managed:.0%} of those of 65+"
        people = managed * sum_people(population, 65)
        yield Count("health_management_persons", people, "person", text, plan)
    if "care_dementia" in frames:
        shares = dementia_prevalence(frame_of(case, "care_dementia"), base)
        people = dementia(population, shares)
        text = str(shares.attrs["flag"])
        yield Count("dementia", people, "person", text, str(shares.attrs["source"]))
        if "care_norms" in frames:
            beds = per_10000(population, twenty)
            text = "dementia_beds_plan / dementia: beds of the plan against people with dementia"
            yield Count("dementia_bed_cover", beds, "1", text, "derived", ratio_of=people)
    if "care_living" in frames:
        living = frame_of(case, "care_living")
        name = "elderly_only_household_share_60plus"
        share = norm_value(living, name, column="indicator")
        people = elderly_only_persons(population, share=share)
        text = f"people 60+ in elderly-only households (纯老家庭), {share:.2%} (register, province)"
        source = source_keys(living, "indicator", name)
        yield Count("elderly_only_household_persons", people, "person", text, source)


def hospice_counts(deaths: xr.DataArray, case: Any) -> Iterator[Count]:
    """Deaths in need of palliative care, by both published shares."""
    table = frame_of(case, "care_hospice")
    total = deaths.rename(period="year") if "period" in deaths.dims else deaths
    total = total.sum([d for d in total.dims if d not in LOOP_AND_PLACE], skipna=False)
    for method in ("higginson", "gomez_batiste"):
        item = f"need_share_of_deaths_{method}"
        share = norm_value(table, item, column="item")
        text = f"deaths x {share:.2%} in need of palliative care (England)"
        people = hospice_need(total, share=share)
        yield Count(
            f"hospice_need.{method}", people, "person", text, source_keys(table, "item", item)
        )
