"""Care workers by the draft of 2018 and the user's ratios; hours and money by the user's rates."""

from __future__ import annotations

import pandas as pd
import pytest

from popsim.care import care_table, worker_ratios, workforce_table
from popsim.config.binding import bind
from popsim.errors import ConfigError, DataError
from popsim.run.evidence import care_options


@pytest.fixture(scope="module")
def care(care_tables: dict[str, pd.DataFrame], projected) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    scales = ["clhls_adl", "census_self_care"]
    return care_table(projected, care_tables, scale=scales, years=[2020, 2035])


def of(table: pd.DataFrame, item: str, **where: object) -> pd.Series:
    chosen = {"item": item, "region": "all", "scenario": "recent", "year": 2020, **where}
    for column, value in chosen.items():
        table = table[table[column] == value]
    assert len(table) == 1, chosen
    return table.iloc[0]


def test_worker_ratios__draft_of_2018(care_tables: dict[str, pd.DataFrame]) -> None:
    """Severe 10 at grade 1 and 4 at grade 5, moderate 25 and 5 (Health News 2018 on the draft)."""
    ratios = worker_ratios(care_tables["care_norms"])
    assert ratios.sel(grade="grade1").to_numpy().tolist() == [25.0, 10.0]
    assert ratios.sel(grade="grade5").to_numpy().tolist() == [5.0, 4.0]


def test_worker_ratios__users_must_hold_both_degrees(care_tables: dict[str, pd.DataFrame]) -> None:
    with pytest.raises(DataError, match=r"(?s)residents_per_worker\.mild.*moderate.*severe"):
        worker_ratios(care_tables["care_norms"], {"severe": 0.0, "mild": 12.0})


def test_workforce_table__everybody_in_homes(
    care: pd.DataFrame, care_tables: dict[str, pd.DataFrame]
) -> None:
    """Moderate / 25 + severe / 10 workers at grade 1, moderate / 5 + severe / 4 at grade 5."""
    rows = care[(care["region"] == "all") & (care["scenario"] == "recent") & (care["year"] == 2020)]
    need = rows.set_index("indicator")["value"]
    moderate, severe = need["need_moderate.clhls_adl"], need["need_severe.clhls_adl"]
    row = of(workforce_table(care, care_tables["care_norms"]), "staff_all")
    assert row["people"] == pytest.approx(moderate + severe)
    assert row["workers_grade1"] == pytest.approx(moderate / 25 + severe / 10)
    assert row["workers_grade5"] == pytest.approx(moderate / 5 + severe / 4)
    assert (row["scale"], row["source"]) == ("clhls_adl", "home_rating_draft_2018")


def test_workforce_table__places_of_the_pattern_lie_between_the_degrees(
    care: pd.DataFrame, care_tables: dict[str, pd.DataFrame]
) -> None:
    """31,277 places (3 % of 60+): between all moderate and all severe."""
    row = of(workforce_table(care, care_tables["care_norms"]), "staff_pattern.90-7-3")
    assert round(row["people"]) == 31277
    assert row["people"] / 25 < row["workers_grade1"] < row["people"] / 10
    assert row["people"] / 5 < row["workers_grade5"] < row["people"] / 4


def test_workforce_table__a_scale_without_degrees_has_no_workers(
    care: pd.DataFrame, care_tables: dict[str, pd.DataFrame]
) -> None:
    table = workforce_table(care, care_tables["care_norms"])
    assert set(table["scale"]) == {"clhls_adl"}


def test_workforce_table__the_users_ratios_and_shares(
    care: pd.DataFrame, care_tables: dict[str, pd.DataFrame]
) -> None:
    shares = {
        "mild": {"family": 1.0, "institution": 0.0},
        "moderate": {"family": 0.8, "institution": 0.2},
        "severe": {"family": 0.5, "institution": 0.5},
    }
    table = workforce_table(
        care, care_tables["care_norms"], degree_shares=shares,
        residents_per_worker={"moderate": 6.0, "severe": 3.0},
    )  # fmt: skip
    everybody, inside = of(table, "staff_all"), of(table, "staff_shares")
    assert 0.2 * everybody["people"] < inside["people"] < 0.5 * everybody["people"]
    assert inside["people"] / 6 < inside["workers_own"] < inside["people"] / 3


def test_workforce_table__hours_and_money_are_the_users(
    care: pd.DataFrame, care_tables: dict[str, pd.DataFrame]
) -> None:
    table = workforce_table(
        care, care_tables["care_norms"],
        hours_per_month={"need_severe.clhls_adl": 90.0}, monthly_yuan={"population_80plus": 100.0},
    )  # fmt: skip
    severe, old = of(table, "need_severe.clhls_adl"), of(table, "population_80plus")
    assert severe["hours"] == pytest.approx(90 * severe["people"])
    assert old["yuan"] == pytest.approx(12 * 100 * 144_330)  # 80+ of the census of 2020
    assert pd.isna(severe["yuan"])
    with pytest.raises(DataError, match=r"monthly_yuan\.population_90plus.*one of population_60"):
        workforce_table(care, care_tables["care_norms"], monthly_yuan={"population_90plus": 100.0})


def test_care_options__numbers_that_cannot_be_meant_are_refused_by_their_place() -> None:
    given = {"residents_per_worker": {"severe": 0, "mild": 3}, "monthly_yuan": {"dementia": -1}}
    with pytest.raises(
        ConfigError, match=r"(?s)worker\.severe.*more than 0.*worker\.mild.*yuan\.dementia.*0 or"
    ):
        bind(care_options, given, "care")
