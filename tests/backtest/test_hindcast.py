"""Jiaxing launched from the census of 2010, judged by that of 2020."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.assumptions import survival_at
from popsim.backtest import (
    backtest,
    hindcast_ages,
    hindcast_summary,
    hindcast_table,
    hindcast_tables,
    hindcast_verdict,
    known_at,
)
from popsim.backtest.hindcast import _cohort_inputs
from popsim.backtest.known import five_year_groups
from popsim.errors import ConfigError, DataError
from popsim.projection import project
from popsim.tables import Case

SCHEDULES: dict[str, Any] = {
    "schedule": "wpp2024_2026",
    "migration_schedule": "un_western_standard",
}


@pytest.fixture(scope="module")
def result(case: Case) -> xr.Dataset:
    return backtest(case, schedule="wpp2024_2026", migration_schedule="un_western_standard")


@pytest.fixture(scope="module")
def table(case: Case, result: xr.Dataset) -> pd.DataFrame:
    return hindcast_table(case, result, whole="330400", boundaries=("today", "expanded"))


def pick(table: pd.DataFrame, method: str, measure: str, region: str = "330400") -> pd.Series[Any]:
    rows = table[
        (table["method"] == method) & (table["measure"] == measure) & (table["region"] == region)
    ]
    assert len(rows) == 1
    return rows.iloc[0]


def test_hindcast_table__baselines_by_hand(table: pd.DataFrame) -> None:
    # Census 2000, 2010, 2020 of Nanhu: 500,298; 612,663; 839,433.
    linear = 612_663 + (612_663 - 500_298)
    assert pick(table, "linear", "population", "330402")["value"] == pytest.approx(linear)
    exponential = 612_663**2 / 500_298
    assert pick(table, "exponential", "population", "330402")["value"] == pytest.approx(exponential)
    assert pick(table, "no_change", "population")["value"] == 4_501_657
    assert pick(table, "no_change", "population")["observed"] == 5_400_868


def test_hindcast_table__published_study_beside(table: pd.DataFrame) -> None:
    # Study of 2011: 598.56 to 611.01 ten thousand in 2020; the census found 540.09.
    low, high = (pick(table, f"zju_2011.{v}", "population") for v in ("low", "high"))
    assert low["value"] == pytest.approx(5_985_600)
    assert high["error_percent"] == pytest.approx(13.13, abs=0.01)


def test_hindcast_table__shares_of_the_census(table: pd.DataFrame) -> None:
    today, expanded = (
        pick(table, "linear", f"share.{b}", "city_proper") for b in ("today", "expanded")
    )
    assert today["observed"] == pytest.approx(0.2812, abs=5e-5)
    assert expanded["observed"] == pytest.approx(0.6101, abs=5e-5)


def test_hindcast_table__structure_beats_the_baselines_and_totals_do_not(
    table: pd.DataFrame,
) -> None:
    mean = "mean_of_regions"
    own = pick(table, "cohort_component", "age_sex_error", mean)["value"]
    simple = pick(table, "linear", "age_sex_error", mean)["value"]
    assert own < simple / 2
    totals = [
        pick(table, name, "mape_total", mean)["value"] for name in ("cohort_component", "linear")
    ]
    assert totals == pytest.approx([13.7, 13.3], abs=0.1)
    english = hindcast_verdict(table, "en")
    assert "it is no better" in english
    assert "it is better" in english
    assert "并不优于" in hindcast_verdict(table, "zh")


def test_hindcast_table__hamilton_perry_says_what_it_lacks(table: pd.DataFrame) -> None:
    row = table[table["method"] == "hamilton_perry"].iloc[0]
    assert row["measure"] == "not_possible"
    assert row["note"] == "needs: population of 2000 by age and sex"


def test_backtest__levels_reproduce_the_crude_rates(case: Case) -> None:
    known = known_at(case, base=2010, target=2020, earlier=2000, **SCHEDULES)
    still = xr.zeros_like(known.yearly_net_migration)
    inputs = _cohort_inputs(known, still).isel(period=[0])
    # The level of the launch year itself, before mortality has gained its first year.
    inputs["survival_ratio"] = survival_at(
        known.survival_schedule, inputs["mortality_index"]
    ).expand_dims(period=inputs["period"], axis=-1)
    flows = project(inputs.drop_vars(["tfr", "mortality_index"]))
    deaths = flows["deaths"].sum(["sex", "age", "period"])
    births = flows["births"].sum(["sex", "period"])
    # The engine counts births on the mean of the women at start and end, so within a percent.
    assert np.allclose(births / known.total, known.birth_rate, rtol=0.02)
    assert np.allclose(deaths / known.total, known.death_rate, rtol=0.001)


def test_known_at__migration_is_growth_less_natural_increase(case: Case) -> None:
    known = known_at(case, base=2010, target=2020, earlier=2000, **SCHEDULES)
    # Haiyan: 387,723 to 430,940; births 7.11 and deaths 6.09 per thousand.
    natural = (7.11 - 6.09) / 1000 * (387_723 + 430_940) / 2 * 10
    expected = (430_940 - 387_723 - natural) / 10
    assert float(known.yearly_net_migration.sel(region="330424")) == pytest.approx(expected)


def test_backtest__nothing_of_the_year_judged_leaks_in(case: Case, result: xr.Dataset) -> None:
    later = case.population.copy(deep=True)
    later.loc[{"year": 2020}] = 1.0
    totals = case.population_total.copy(deep=True)
    totals.loc[{"year": 2020}] = 252.0
    other = replace(case, arrays={**case.arrays, "population": later, "population_total": totals})
    again = backtest(other, **SCHEDULES)
    assert again["population"].identical(result["population"])
    assert float(again["observed"].sum()) == 7 * 2 * 19


def test_five_year_groups__keep_everyone(case: Case, result: xr.Dataset) -> None:
    people = case.population.sel(year=2010, drop=True)
    grouped = five_year_groups(people)
    assert grouped["age"].to_numpy().tolist() == list(range(0, 90, 5))
    assert float(grouped.sum()) == float(people.sum())
    assert grouped.dims == ("region", "sex", "age")


def test_hindcast_ages__every_cell(result: xr.Dataset) -> None:
    ages = hindcast_ages(result)
    assert len(ages) == result.sizes["forecast"] * 7 * 2 * 18
    one = ages[(ages["method"] == "no_change") & (ages["age"] == 85) & (ages["sex"] == "female")]
    assert one["value"].sum() == float(
        result["population"].sel(forecast="no_change", age=85, sex="female").sum()
    )


def test_hindcast_tables__some_methods_only(case: Case) -> None:
    tables = hindcast_tables(case, whole="330400", methods=["linear", "no_change"], **SCHEDULES)
    assert set(tables) == {"hindcast", "hindcast_ages"}
    assert "verdict" not in set(tables["hindcast"]["method"])


def test_backtest__unknown_method(case: Case) -> None:
    with pytest.raises(ConfigError, match="unknown method; got oracle"):
        backtest(case, methods=["oracle"], **SCHEDULES)
    with pytest.raises(ConfigError, match="no method is possible"):
        backtest(case, methods=["hamilton_perry"], **SCHEDULES)


def test_known_at__every_fault_at_once(case: Case) -> None:
    with pytest.raises(DataError) as error:
        known_at(case, base=2015, target=2030, earlier=1990, **SCHEDULES)
    assert "3 faults" in str(error.value)


def test_known_at__unknown_schedule(case: Case) -> None:
    with pytest.raises(ConfigError, match="unknown migration schedule; got mars"):
        known_at(
            case, base=2010, target=2020, earlier=2000, schedule="wpp2024_2026",
            migration_schedule="mars",
        )  # fmt: skip


def test_hindcast_summary__from_the_table_and_from_its_file(
    table: pd.DataFrame, tmp_path: Path
) -> None:
    summary = hindcast_summary(table).set_index("method")
    linear = summary.loc["linear"]
    assert linear["whole"] == pytest.approx(0.36, abs=0.005)
    assert (
        linear["mean_of_regions"] == pick(table, "linear", "mape_total", "mean_of_regions")["value"]
    )
    assert linear["age_sex_whole"] == pick(table, "linear", "age_sex_error")["value"]
    assert summary["mean_of_regions"].isna()["zju_2011.low"]
    assert "hamilton_perry" not in summary.index
    table.to_csv(tmp_path / "hindcast.csv", index=False)
    again = hindcast_summary(pd.read_csv(tmp_path / "hindcast.csv", dtype={"region": str}))
    pd.testing.assert_frame_equal(again.set_index("method"), summary)


def test_docs__show_the_figures_of_today(root: Path, table: pd.DataFrame) -> None:
    page = (root / "docs" / "hindcast.md").read_text(encoding="utf-8")
    assert hindcast_verdict(table, "zh") in page
    assert hindcast_verdict(table, "en") in " ".join(page.replace("\n>", "").split())
    rows = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| `")]
    shown = {r[0].strip(" `"): [c.strip() for c in r[1:]] for r in rows if len(r) == 7}
    for method in ("cohort_component", "linear", "no_change"):
        assert float(shown[method][0]) == pytest.approx(
            pick(table, method, "population")["error_percent"], abs=0.051
        )
        assert float(shown[method][2]) == pytest.approx(
            pick(table, method, "age_sex_error", "mean_of_regions")["value"], abs=0.051
        )
