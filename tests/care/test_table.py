from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.care import care_table, prevalence_draws
from popsim.errors import DataError
from popsim.tables import Case

SCALES = ("census_self_care", "zhejiang_register", "charls_zhejiang", "clhls_adl")


@pytest.fixture(scope="module")
def table(care_tables: dict[str, pd.DataFrame], projected: xr.DataArray) -> pd.DataFrame:
    return care_table(projected, care_tables, scale=SCALES, groups={"both": ["330402", "330411"]})


def value(table: pd.DataFrame, indicator: str, year: int = 2020, region: str = "all") -> float:
    rows = table[
        (table["indicator"] == indicator)
        & (table["year"] == year)
        & (table["region"] == region)
        & (table["scenario"] == "recent")
    ]
    assert len(rows) == 1, indicator
    return float(rows["value"].iloc[0])


def test_care_table__columns_and_one_row_each(table: pd.DataFrame) -> None:
    assert list(table.columns) == [
        "indicator", "region", "scenario", "year", "value", "unit", "definition", "source",
    ]  # fmt: skip
    keys = ["indicator", "region", "scenario", "year"]
    assert not table.duplicated(keys).any()
    assert not table.isna().any().any()
    assert (table[["definition", "source", "unit"]] != "").all().all()
    n = table["indicator"].nunique()
    assert len(table) == n * 4 * 2 * 16  # two regions, a group, all; scenarios; years


def test_care_table__published_base_figures(table: pd.DataFrame) -> None:
    """The figures of the plan on the 2020 residents, to the printed digit."""
    assert value(table, "population_60plus") == pytest.approx(1042562)
    assert value(table, "population_65plus") == pytest.approx(758584)
    assert round(value(table, "need_total.census_self_care")) == 24396
    assert round(value(table, "need_total.zhejiang_register")) == 77671
    assert round(value(table, "need_total.charls_zhejiang")) == 140149
    assert round(value(table, "beds_norm")) == 41702
    assert round(value(table, "beds_pattern.90-7-3")) == 31277
    assert round(value(table, "beds_pattern.90-6-4")) == 41702
    assert round(value(table, "dementia_beds_plan")) == 2085
    assert round(value(table, "dementia")) == 62554
    assert round(value(table, "dementia_bed_cover"), 3) == 0.033
    assert int(value(table, "health_management_persons")) == 546180
    assert value(table, "need_share_60plus.zhejiang_register") == pytest.approx(0.0745)
    assert round(value(table, "need_definition_factor"), 1) == 5.7


def test_care_table__regions_add_up_and_groups_are_sums(table: pd.DataFrame) -> None:
    counts = table[table["unit"].isin(["person", "bed", "m2"])]
    wide = counts.pivot_table(
        index=["indicator", "scenario", "year"], columns="region", values="value"
    )
    np.testing.assert_allclose(wide["330402"] + wide["330411"], wide["all"], rtol=1e-12)
    np.testing.assert_allclose(wide["both"], wide["all"], rtol=1e-12)


def test_care_table__degrees_sum_to_the_total(table: pd.DataFrame) -> None:
    for year in (2020, 2035):
        parts = sum(
            value(table, f"need_{g}.clhls_adl", year) for g in ("mild", "moderate", "severe")
        )
        assert parts == pytest.approx(value(table, "need_total.clhls_adl", year))


def test_care_table__draws_give_median_and_bounds(
    care_tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    rng = np.random.default_rng(3)
    draws = xr.DataArray(np.arange(60), dims="draw", coords={"draw": np.arange(60)})
    noise = 1 + 0.02 * xr.DataArray(rng.standard_normal(60), coords=draws.coords, dims="draw")
    people = projected.sel(scenario=["recent"]) * noise
    shares = prevalence_draws(
        care_tables["care_prevalence"],
        scale="clhls_adl",
        draws=draws["draw"],
        rng=rng,
        effective_n=3000,
    )
    got = care_table(
        people,
        care_tables,
        scale="clhls_adl",
        prevalence_arrays={"clhls_adl": shares},
        years=[2020, 2035],
    )
    assert list(got.columns[-2:]) == ["lower", "upper"]
    assert (got["lower"] <= got["value"] + 1e-9).all()
    assert (got["upper"] >= got["value"] - 1e-9).all()
    at = got[(got["region"] == "all") & (got["year"] == 2035)].set_index("indicator")
    spread = at["upper"] / at["lower"]
    assert spread["need_severe.clhls_adl"] > spread["population_60plus"] > 1.0


def test_care_table__beds_by_need_with_the_users_shares(
    care_tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    levels = ["mild", "moderate", "severe"]
    q = xr.DataArray(
        [[1.0, 0.0], [0.8, 0.2], [0.5, 0.5]],
        coords={"need_level": levels, "setting": ["family", "institution"]},
        dims=("need_level", "setting"),
    )
    got = care_table(
        projected, care_tables, scale=["clhls_adl", "census_self_care"], degree_shares=q,
        occupancy=0.6, years=[2020],
    )  # fmt: skip
    want = 0.2 * value(got, "need_moderate.clhls_adl") + 0.5 * value(got, "need_severe.clhls_adl")
    assert value(got, "beds_used_need.clhls_adl") == pytest.approx(want)
    assert value(got, "beds_need.clhls_adl") == pytest.approx(want / 0.6)
    # a scale without degrees has no beds by degree
    assert "beds_need.census_self_care" not in set(got["indicator"])


def test_care_table__hospice_by_both_shares(
    care_tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    deaths = xr.DataArray(
        np.full((2, 1), 16250.0),
        coords={"region": ["330402", "330411"], "period": [2021]},
        dims=("region", "period"),
    )
    got = care_table(projected, care_tables, scale="clhls_adl", deaths=deaths)
    row = got[got["indicator"] == "hospice_need.higginson"]
    assert row[row["region"] == "all"]["value"].iloc[0] == pytest.approx(19591)


def test_care_table__unknown_region_in_a_group(
    care_tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    with pytest.raises(DataError, match=r"unknown regions in a group: \['330499'\]"):
        care_table(projected, care_tables, scale="clhls_adl", groups={"g": ["330499"]})
    with pytest.raises(DataError, match="no table 'care_patterns'"):
        care_table(
            projected, {"care_prevalence": care_tables["care_prevalence"]}, scale="clhls_adl"
        )


def test_care_table__same_from_the_case_as_from_plain_csv(
    case: Case, care_tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    """The case reader turns % into shares; the counts must not notice."""
    people = projected.sel(scenario=["recent"], year=[2020])
    one = care_table(people, case, scale=["clhls_adl", "adl_meta"])
    two = care_table(people, care_tables, scale=["clhls_adl", "adl_meta"])
    pd.testing.assert_frame_equal(one, two, rtol=1e-12)
