"""The verdict on the censuses of a case: the published counts of Jiaxing, judged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from popsim.methods.quality import age_sex_accuracy
from popsim.run.quality import quality_table
from popsim.tables import Case


@pytest.fixture(scope="module")
def table(case: Case) -> pd.DataFrame:
    return quality_table(case)


def test_quality_table__both_censuses_of_every_place(case: Case, table: pd.DataFrame) -> None:
    places = set(zip(table["year"], table["region"], strict=True))
    regions = ["all", *case["population"]["region"].to_numpy()]
    assert places == {(year, str(region)) for year in (2010, 2020) for region in regions}
    last = table.groupby(["year", "region"], sort=False).tail(1)
    assert set(last["index"]) == {"overall"}
    assert table["sentence_zh"].str.endswith("。").all()
    assert table["sentence_en"].str.endswith(".").all()


def test_quality_table__index_is_that_of_the_city_total(case: Case, table: pd.DataFrame) -> None:
    city = case["population"].sum("region").sel(year=2020)
    five = np.add.reduceat(city.transpose("sex", "age").to_numpy(), [0, *range(2, 19)], axis=-1)
    women, men = five[:, :14]  # closed groups below 70
    row = table[(table["year"] == 2020) & (table["region"] == "all")].set_index("index")
    expected = age_sex_accuracy(women, men).score
    assert float(row.loc["age_sex_accuracy", "value"]) == pytest.approx(expected, rel=1e-12)


def test_quality_table__students_and_workers_arrived(table: pd.DataFrame) -> None:
    found = table[(table["index"] == "cohorts") & (table["region"] == "all")]
    assert found["year"].tolist() == [2020, 2020]
    # Censuses: 311,298 aged 20-24 in 2020 against 197,772 aged 10-14 in 2010.
    assert (found["value"].astype(float) > 25).all()
    assert found["sentence_en"].str.contains("20-24.*expected survivors").all()
