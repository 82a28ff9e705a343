"""The Jiaxing tables agree with the published figures and with each other."""

from __future__ import annotations

import numpy as np
import pytest

from popsim.tables import Case, observed
from popsim.tables.frames import split_sources

CITY = "330400"
COUNTIES = ["330402", "330411", "330421", "330424", "330481", "330482", "330483"]


def share(case: Case, boundary: str, year: int) -> float:
    """Share of the city proper in the residents."""
    inside = case.in_group.sel(boundary=boundary, group="city_proper", year=year)
    people = case.population_total.sel(year=year)
    return float((people * inside).sum() / people.sum())


@pytest.mark.parametrize(
    ("year", "total"), [(2000, 3_582_996), (2010, 4_501_657), (2020, 5_400_868)]
)
def test_population_total__city(case: Case, year: int, total: int) -> None:
    # The census totals of the whole city; the seven counties add to them exactly.
    assert case.population_total.sel(year=year).sum() == total
    assert case.population_total_city.sel(year=year) == total


def test_population__counties_add_to_the_city_by_sex_and_age(case: Case) -> None:
    gap = case.population.sum("region") - case.population_city
    assert np.abs(gap.to_numpy()).max() == 0


def test_population__administrative_boundary(case: Case) -> None:
    total = case.population.sum(["sex", "age"]).sel(year=2020)
    assert list(total.region.to_numpy()) == COUNTIES
    assert total.sel(region="330402") == 839_433  # not 624,655, the management boundary
    assert total.sel(region="330411") == 679_221


def test_population__births_of_the_year(case: Case) -> None:
    # 38,230 children of age 0 on 540.09 ten-thousand residents are 7.08 per 1,000; published 7.09.
    infants = float(case.population.sel(age=0, year=2020).sum())
    assert infants == 38_230
    rate = observed(case.frames["observations"], "crude_birth_rate", region=CITY)[2020]
    assert infants / 5_400_868 == pytest.approx(rate, rel=0.002)  # printed with two decimals


def test_population__elderly(case: Case) -> None:
    # 60 and over: 1,042,562 residents, 19.30 %; 65 and over: 758,584 (census of 2020).
    people = case.population_city.sel(year=2020).sum("sex")
    assert people.sel(age=slice(60, None)).sum() == 1_042_562
    assert people.sel(age=slice(65, None)).sum() == 758_584


@pytest.mark.parametrize(
    ("boundary", "year", "published"),
    [
        ("today", 2000, 0.2461),
        ("today", 2010, 0.2670),
        ("today", 2020, 0.2812),
        ("expanded", 2010, 0.6395),
        ("expanded", 2020, 0.6101),
        ("expanded_2025", 2020, 0.2812),
    ],
)
def test_in_group__share(case: Case, boundary: str, year: int, published: float) -> None:
    assert round(share(case, boundary, year), 4) == published


def test_in_group__annexation_in_2025(case: Case) -> None:
    members = case.in_group.sel(boundary="expanded_2025", group="city_proper").sum("region")
    assert members.sel(year=[2024, 2025, 2100]).to_numpy().tolist() == [2, 5, 5]


def test_in_group__only_one_pair_of_three_counties_passes(case: Case) -> None:
    # Of the sets that leave Haining and Tongxiang out, only all three counties pass 60 %.
    assert share(case, "expanded", 2020) > 0.60
    for boundary in ("plus_jiashan", "plus_pinghu", "plus_haiyan"):
        assert share(case, boundary, 2020) < 0.60


def test_gdp__shares_of_2021(case: Case) -> None:
    # 26.72 % on the management boundary, 30.00 % with the Port Zone, 63.19 % with three counties
    # (maigoo.com/news/514119.html; the city is 6,355.28).
    gdp = case.frames["gdp"]
    units = gdp[(gdp["boundary_basis"] == "management") & (gdp["year"] == 2021)]
    value = units.set_index("region")["value"]
    city = 635_528_000_000.0
    assert value.sum() == 635_418_000_000.0
    proper = value[["330402", "330411", "3304JK"]].sum()
    assert round(proper / city, 4) == 0.2672
    assert round((proper + value["3304GQ"]) / city, 4) == 0.3000
    three = value[["330421", "330482", "330424", "3304GQ"]].sum()
    assert round((proper + three) / city, 4) == 0.6319


def test_population_by_area__urban_share(case: Case) -> None:
    # 71.34 % of the residents lived in urban places at the census of 2020.
    people = case.population_by_area_city.sel(year=2020)
    assert round(float(people.sel(area="urban") / people.sum()), 4) == 0.7134


def test_hukou_elsewhere__city(case: Case) -> None:
    people = case.hukou_elsewhere.sel(year=2020).sum("region")
    assert people.sel(hukou_place="other_province") == 1_724_340
    assert people.sel(hukou_place="other_county") == 330_831


@pytest.mark.parametrize(
    ("indicator", "published"),
    [
        ("resident_population", [5_411_000, 5_516_000, 5_551_000, 5_584_000, 5_608_000]),
        ("urban_share", [0.713, 0.719, 0.724, 0.732, 0.745]),
    ],
)
def test_observations__series_from_2020(case: Case, indicator: str, published: list[float]) -> None:
    series = observed(case.frames["observations"], indicator, region=CITY)
    assert series.index.tolist() == [2020, 2021, 2022, 2023, 2024]
    assert series.tolist() == published


def test_observations__accounts_of_the_city(case: Case) -> None:
    # Change of the year-end residents = births - deaths + net migration, to the rounding of 0.01.
    table = case.frames["observations"]
    births, deaths, net, stock = (
        observed(table, name, region=CITY)
        for name in ("births", "deaths", "net_migration", "resident_population")
    )
    for year in (2021, 2022, 2023, 2024):
        change = stock[year] - stock[year - 1]
        assert births[year] - deaths[year] + net[year] == pytest.approx(change, abs=100)


def test_observations__counties_of_2021(case: Case) -> None:
    table = case.frames["observations"]
    stock = [observed(table, "resident_population", region=r)[2021] for r in COUNTIES]
    assert sum(stock) == 5_515_900  # the city is 551.60; the gap is rounding


def test_households__parts_add_up(case: Case) -> None:
    of = case.households
    by_generation = case.households_by_generations.sum("generations")
    by_elderly = case.households_with_elderly.sum("elderly")
    assert (by_generation == of.sel(household_kind="family")).all()
    assert (by_elderly == of.sel(household_kind="with_65plus")).all()


def test_employment__sectors_add_to_the_total(case: Case) -> None:
    work = case.frames["employment"]
    total = work[work["sector_group"] == "all"].groupby(["region", "year"])["value"].sum()
    parts = work[work["sector_group"] != "all"].groupby(["region", "year"])["value"].sum()
    assert (total == parts).all()
    assert len(total) == 14


def test_schedules__are_schedules(case: Case) -> None:
    survival = case.survival_schedule
    assert survival.sel(schedule_year=2026, sex="male", age=0) == 1 - 0.005048
    assert ((survival > 0) & (survival < 1)).all()
    years_to_100 = survival.sel(age=slice(0, 99)).cumprod("age").sum("age")
    female, male = years_to_100.sel(sex="female"), years_to_100.sel(sex="male")
    assert ((female > male + 2) & (male > 74) & (female < 95)).all()
    shares = case.fertility_schedule
    np.testing.assert_allclose(shares.sum("age"), 1, rtol=1e-15)
    mean_age = ((shares.age + 0.5) * shares).sum("age")
    assert ((mean_age > 27) & (mean_age < 33)).all()


def test_targets__all_in_their_own_words(case: Case) -> None:
    targets = case.frames["targets"].set_index("target")
    assert targets.index.tolist() == [f"T{i:02d}" for i in range(1, 44)]
    assert targets.loc["T01", "zh_quote"] == "力争市本级人口和经济规模占全市比重达到60%以上"
    numbers = case.frames["plan_targets"].set_index("target")["value"]
    assert numbers["T01"] == 0.6
    assert numbers["T32"] == 0.002
    assert numbers["T36"] == 0.72


def test_sources__declared_and_used(case: Case) -> None:
    used = {
        key
        for frame in case.frames.values()
        for cell in frame["source"]
        for key in split_sources(cell)
    } | {key for array in case.values() for key in split_sources(array.attrs["source"])}
    assert used <= set(case.sources)
    for key, source in case.sources.items():
        assert source.title and source.publisher and source.licence, key


def test_observations__derived_figures_say_so(case: Case) -> None:
    table = case.frames["observations"]
    net = table[table["indicator"] == "net_migration"]
    assert net["note"].str.startswith("derived:").all()
    weak = table[(table["year"] == 2024) & (table["region"] == CITY)]
    assert set(weak[weak["indicator"].isin(["births", "deaths"])]["source_grade"]) == {"E"}
