"""Care demand of Zhejiang against the closest published model: Xu, Li & Mi 2024, table 1.

Their assumptions: cohorts of the 2020 census survived forward, prevalence by age held fixed
(CHARLS 2018) or moved by 0.8 % a year. The age pattern of CHARLS was not found, so the only census
pattern by age and sex stands in, its level set to their 285 thousand severely disabled of 2023.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.care import Calibration, need, sum_ages
from popsim.tables import Case

# Zhejiang, residents of the 2020 census by sex and age 0, 1-4, 5-9, .., 80-84, 85+
# (Tabulation on the 2020 population census by county)
CENSUS = {
    "female": [
        218491, 1182607, 1412166, 1258391, 1289710, 1665551, 2214095, 2867368, 2418649, 2338080,
        2738717, 2802726, 2357371, 1711990, 1633890, 1157928, 652850, 484451, 482549,
    ],
    "male": [
        240618, 1309773, 1612841, 1446894, 1519440, 2023475, 2628336, 3271221, 2689753, 2548248,
        2930421, 3006857, 2503105, 1794345, 1615125, 1125829, 627673, 435724, 350330,
    ],
}  # fmt: skip
SCALE = "census_self_care_shanghai"
YEARS = [2030, 2040, 2050]


@pytest.fixture(scope="module")
def published(validation_dir: Path) -> pd.DataFrame:
    case = json.loads((validation_dir / "published_cases.json").read_text("utf-8"))
    columns = {k: v for k, v in case["zhejiang_ltc_demand"].items() if isinstance(v, list)}
    return pd.DataFrame(columns).set_index("year")


@pytest.fixture(scope="module")
def zhejiang(case: Case) -> xr.DataArray:
    """Closed cohorts of 2020 to 2050 under the survival of China (WPP 2024), thousand persons."""
    schedule = case["survival_schedule"]
    start = np.zeros((2, 101))
    for i, sex in enumerate(("female", "male")):
        groups = CENSUS[sex]
        start[i, 0], start[i, 1:5] = groups[0], groups[1] / 4
        start[i, 5:85] = np.repeat(np.array(groups[2:18]) / 5, 5)
        falling = 0.82 ** np.arange(16)
        start[i, 85:] = groups[18] * falling / falling.sum()
    path = [start / 1000]
    for year in range(2021, 2051):
        lives = schedule.interp(schedule_year=max(year, 2026)).to_numpy()
        after = np.zeros_like(start)
        after[:, 1:] = path[-1][:, :-1] * lives[:, 1:]
        after[:, -1] += path[-1][:, -1] * lives[:, -1]
        path.append(after)
    return xr.DataArray(
        np.stack(path, axis=-1),
        coords={"sex": ["female", "male"], "age": np.arange(101), "year": np.arange(2020, 2051)},
        dims=("sex", "age", "year"),
    )


def severe(
    people: xr.DataArray, table: pd.DataFrame, trend: float, published: pd.DataFrame
) -> pd.Series:
    """Severely disabled people, thousand, at their level of 2023."""
    level = Calibration(float(published["severe_medium"][2023]), 2023, "Xu, Li & Mi 2024")
    counts = need(people, table, scale=SCALE, calibrate_to=level, over=("sex", "age"))
    moved = need(
        people, table, scale=SCALE, trend=("annual", trend), trend_from=2020, over=("sex", "age")
    )
    factor = float(counts.attrs["calibration_factor"])
    return (factor * moved).sum("need_level").to_series()


@pytest.mark.validation
def test_need__zhejiang_severe_within_the_published_interval(
    care_tables: dict[str, pd.DataFrame], zhejiang: xr.DataArray, published: pd.DataFrame
) -> None:
    """Theirs 386, 592, 810 (356-418, 504-694, 637-1,029); ours 382, 558, 737 on fewer elderly."""
    ours = severe(zhejiang, care_tables["care_prevalence"], 0.0, published)
    side_by_side = published.loc[YEARS].assign(ours=ours.loc[YEARS])
    assert (side_by_side["ours"] > side_by_side["severe_low"]).all(), side_by_side
    assert (side_by_side["ours"] < side_by_side["severe_high"]).all(), side_by_side
    assert side_by_side["ours"].round().tolist() == [382, 558, 737]


@pytest.mark.validation
def test_need__zhejiang_severe_on_their_number_of_elderly(
    care_tables: dict[str, pd.DataFrame], zhejiang: xr.DataArray, published: pd.DataFrame
) -> None:
    """With their older population (they let people in), 388, 592, 801: within 1.2 % of theirs."""
    older = sum_ages(zhejiang, 60).sum("sex").to_series()
    inflow = published["older_pop"] / older.reindex(published.index)
    ours = severe(zhejiang, care_tables["care_prevalence"], 0.0, published).loc[YEARS]
    ours *= inflow.loc[YEARS] / inflow[2023]
    np.testing.assert_allclose(ours, published["severe_medium"].loc[YEARS], rtol=0.012)


@pytest.mark.validation
@pytest.mark.parametrize(("trend", "column"), [(0.008, "severe_high"), (-0.008, "severe_low")])
def test_need__zhejiang_trend_scenarios(
    care_tables: dict[str, pd.DataFrame],
    zhejiang: xr.DataArray,
    published: pd.DataFrame,
    trend: float,
    column: str,
) -> None:
    """Their high and low are 1.008 and 0.992 to the power of the years since 2020."""
    table = care_tables["care_prevalence"]
    flat, moved = (severe(zhejiang, table, k, published).loc[YEARS] for k in (0.0, trend))
    theirs = published.loc[YEARS, column] / published.loc[YEARS, "severe_medium"]
    # half a thousand persons of rounding on 386 thousand
    np.testing.assert_allclose(moved / flat, theirs, rtol=2e-3)
