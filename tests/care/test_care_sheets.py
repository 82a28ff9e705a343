"""Tables 9 and 11 from the tables of a run: sexes, ages, workers, and what is missing."""

from __future__ import annotations

import pandas as pd
import pytest
import xarray as xr

from popsim.care import care_table, need_by_age_sex, workforce_table
from popsim.sheets import RunTables
from popsim.sheets.services import disability_table, staff_table

SCALES = ["clhls_adl", "census_self_care"]
YEARS = (2020, 2035)


@pytest.fixture(scope="module")
def run(care_tables: dict[str, pd.DataFrame], projected: xr.DataArray) -> RunTables:
    care = care_table(projected, care_tables, scale=SCALES, years=YEARS)
    extra = {
        "care_by_age": need_by_age_sex(projected, care_tables, scale=SCALES, years=YEARS),
        "staff": workforce_table(care, care_tables["care_norms"]),
    }
    return RunTables(care=care, extra=extra, years=YEARS)


def test_disability_table__women_and_men_add_up_to_each_row(run: RunTables) -> None:
    table = disability_table(run, "en")
    ages = [c for c in table if str(c).startswith("aged")]
    assert len(ages) == 6
    wide = table.pivot_table(
        index=["region", "scenario", "year", "scale", "degree"], columns="sex", values=ages,
        sort=False,
    )  # fmt: skip
    for age in ages:
        sexes = wide[age]
        assert (sexes["female"] + sexes["male"] - sexes["both sexes"]).abs().max() <= 1.0
    assert set(table["sex"]) == {"both sexes", "female", "male"}
    assert "census: cannot care for self" in table.attrs["notes"][-1]
    assert "CLHLS" not in table.attrs["notes"][-1]


def test_disability_table__without_the_split_says_what_would_give_it(run: RunTables) -> None:
    plain = RunTables(care=run.care, extra={}, years=YEARS)
    table = disability_table(plain, "zh")
    assert "性别" not in table
    assert "care.tables" in table.attrs["notes"][-1]


def test_staff_table__workers_beside_the_people_served(run: RunTables) -> None:
    table = staff_table(run, "en")
    staffed = table[table["care workers, ratios of grade 1"].notna()]
    assert set(staffed["scale"]) == {"CLHLS six ADL items"}
    assert (
        staffed["care workers, ratios of grade 1"] < staffed["care workers, ratios of grade 5"]
    ).all()
    assert any("care.monthly_yuan" in note for note in table.attrs["notes"])


def test_staff_table__shortfall_where_every_county_is_registered(run: RunTables) -> None:
    register = pd.DataFrame(
        {"region": ["330402", "330411"], "item": "care_workers", "value": [300.0, 400.0]}
    )
    regions = xr.Dataset(coords={"region": ["330402", "330411"], "year": [2020]})
    assert run.extra is not None
    held = RunTables(
        projection=regions, care=run.care, extra={**run.extra, "care_supply": register}, years=YEARS
    )
    rows = staff_table(held, "en")
    rows = rows[rows["shortfall"].notna() & (rows["region"] == "whole city")]
    least = rows["care workers, ratios of grade 1"]
    assert (rows["shortfall"] - (least - 700.0)).abs().max() <= 1.0
