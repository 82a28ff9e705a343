"""The 43 targets of the plan on the census of 2020 held still: figures, statuses, words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.run.entries import _compared
from popsim.run.evidence import run_evidence
from popsim.tables import Case
from popsim.targets import Evidence, Target, evaluate_all
from popsim.targets.answers import with_levers
from popsim.targets.measure import STATUSES
from popsim.targets.measures import MEASURES

YEARS = list(range(2020, 2027))


@pytest.fixture(scope="module")
def evidence(case: Case) -> Evidence:
    """The census counts of 2020 in every year: what is read off them is published arithmetic."""
    counts = case["population"].sel(year=2020, drop=True).reset_coords(drop=True)
    still = counts.expand_dims(year=YEARS).transpose("region", "sex", "age", "year")
    towns = case["population_by_area"].sel(year=2020, drop=True).reset_coords(drop=True)
    by_area = still * (towns / towns.sum("area"))
    rows = [
        {"indicator": name, "region": "all", "scenario": "still", "year": year, "value": value}
        for name, value in (
            ("population_60plus", 1_042_562.0),
            ("population_80plus", 150_000.0),
            # Of 1,042,562: census 2.34 %, province's study 13.44 %.
            ("need_total.census_self_care", 24_396.0),
            ("need_total.charls_zhejiang", 140_149.0),
        )
        for year in YEARS
    ]
    found, _ = run_evidence(
        case,
        xr.Dataset({"population": by_area}),
        in_group=case["in_group"],
        populations={"resident": by_area},
        care=pd.DataFrame(rows),
    )
    return found


@pytest.fixture(scope="module")
def targets(case: Case) -> list[Target]:
    rows = case.frames["targets"].fillna("").to_dict("records")
    return [
        Target(
            row["target"],
            indicator=row["measure"],
            year=int(row["year"]),
            group=row["group"],
            register=row["register"],
            title=row["title_en"],
            title_zh=row["title_zh"],
            unit=row["unit"],
            quote=row["zh_quote"],
            strength=row["strength"],
            reading=row["reading"],
            reading_zh=row["reading_zh"],
            **_compared(row["comparison"], row["threshold"], None),
        )
        for row in rows
    ]


@pytest.fixture(scope="module")
def table(evidence: Evidence, targets: list[Target]) -> pd.DataFrame:
    rows = evaluate_all(targets, evidence, boundaries=["today", "expanded"])
    return with_levers(rows, targets, evidence)


def only(table: pd.DataFrame, target: str, **where: str) -> pd.Series:
    rows = table[table["target"] == target]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1, rows
    return rows.iloc[0]


def test_targets__every_one_is_evaluated_and_none_silent(table: pd.DataFrame) -> None:
    assert table["target"].drop_duplicates().tolist() == [f"T{i:02d}" for i in range(1, 44)]
    assert set(table["status"]) <= set(STATUSES)
    for words in ("title", "title_zh", "quote", "strength", "reading", "reading_zh"):
        assert (table[words].str.strip() != "").all(), words
    lacking = table[table["status"].isin(["not_computable", "need_only", "base_only"])]
    for words in ("register", "reason", "reason_zh"):
        assert (lacking[words] != "").all(), lacking.loc[lacking[words] == "", "target"]
    numbers = table[table["status"] != "not_computable"]
    assert np.isfinite(numbers["value"].astype(float)).all()


def test_targets__what_is_named_is_known(case: Case, targets: list[Target]) -> None:
    assert {t.indicator for t in targets} <= set(MEASURES)
    known = set(case.frames["missing"]["input"]) | set(case.frames["care_supply_items"]["item"])
    named = {k.strip() for t in targets for part in t.register.split(";") for k in part.split("/")}
    assert named - {""} - known == {"hukou_states"}


def test_population_share__census_2020(table: pd.DataFrame) -> None:
    """151.87 of 540.09 and, with Jiashan, Pinghu and Haiyan, 329.49 ten thousand."""
    assert only(table, "T01", boundary="today")["value"] == pytest.approx(0.2812, abs=5e-5)
    assert only(table, "T01", boundary="expanded")["value"] == pytest.approx(0.6101, abs=5e-5)
    assert "172" in only(table, "T01", boundary="today")["lever_zh"]


@pytest.mark.parametrize(
    ("boundary", "port", "share"),
    [
        ("today", "port_zone_out", 0.2672),
        ("today", "port_zone_in", 0.3000),
        ("expanded", "port_zone_out", 0.6319),
        ("expanded", "port_zone_in", 0.6319),
    ],
)
def test_gdp_share__management_boundary_2021(
    table: pd.DataFrame, boundary: str, port: str, share: float
) -> None:
    """GDP of 2021: 1,697.88 of 6,355.28; the Port Zone adds 209.01; people standing still."""
    row = only(table, "T02", boundary=boundary, definition=port)
    assert row["base_value"] == pytest.approx(share, abs=5e-5)
    assert row["value"] == pytest.approx(share, abs=5e-5)


def test_needs__figures_of_the_census(table: pd.DataFrame) -> None:
    """20 beds for each 10,000 of 1,042,562; 72 % of 758,584; 65+ to have a record."""
    assert round(only(table, "T32")["value"]) == 2085
    assert round(only(table, "T36")["value"]) == 546_180
    assert only(table, "T38")["value"] == pytest.approx(758_584)
    assert only(table, "T32")["lever"] == "beds needed in all: 2,086"


def test_density__census_2020_on_the_area_with_water(table: pd.DataFrame) -> None:
    """5,400,868 on 4,223 km2 are 1,279."""
    assert only(table, "T15")["value"] == pytest.approx(1279, abs=0.5)


def test_water_use__bulletin_of_2021(table: pd.DataFrame) -> None:
    """With people standing still the use is that of 2021: 18.7430e8 m3."""
    row = only(table, "T17")
    assert row["value"] == pytest.approx(18.7430e8, rel=1e-6)
    assert (row["status"], row["threshold"], row["met"]) == ("need_only", "cap", "")


def test_family_carers__definitions_are_told_apart(table: pd.DataFrame) -> None:
    wide = only(table, "T26", definition="charls_zhejiang")
    assert "5.7 times" in wide["note"]
    assert "5.7倍" in wide["note_zh"]


def test_siting__never_on_county_means(table: pd.DataFrame) -> None:
    """Only towns with people and area are asked: two, of which one is dense by its residents."""
    rows = table[table["target"] == "T21"].set_index("definition")
    assert rows.loc["elderly", "value"] == 0
    assert rows.loc["population", "value"] == 15
    assert set(rows["status"]) == {"need_only"}


def test_floor_area__stays_a_published_figure(table: pd.DataFrame) -> None:
    row = only(table, "T18")
    assert (row["base_value"], row["value"], row["as_of"]) == (48.03, 50.14, 2020)
    assert row["met"] == ""


def test_entitled__bounds_of_the_known_groups(table: pd.DataFrame) -> None:
    row = only(table, "T40", definition="charls_zhejiang")
    assert row["value"] == 150_000
    assert "between 150,000 and 290,149" in row["note"]
    assert "lone_elderly" in row["register"]


def test_notes__no_keys_of_the_program_in_either_language(table: pd.DataFrame, case: Case) -> None:
    """Scales, tiers, trends, groups and counties are named in words."""
    keys = {
        *case.frames["care_scales"]["scale"], *case["population"]["region"].to_numpy(),
        "central_city", "registration`", "80plus", "constant",
    }  # fmt: skip
    for column in ("note", "note_zh", "surely", "surely_zh"):
        for text in table[column]:
            assert not [key for key in keys if str(key) in text], (column, text)
    # Chinese notes hold no English words but names of scales and units.
    words = table["note_zh"].str.extractall(r"([a-z_]{4,})")
    assert words.empty, words
