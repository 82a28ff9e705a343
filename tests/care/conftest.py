"""Small populations and the tables of the Jiaxing case, read as plain frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

# Residents of Jiaxing by 5-year age group, both sexes, 2020 census (county volume of the census):
# 60-64, 65-69, 70-74, 75-79, 80-84, 85+; they sum to 1,042,562.
ELDERLY_2020 = {
    "male": [147642, 142951, 99070, 59034, 34845, 24609],
    "female": [136336, 141829, 105907, 65463, 43445, 41431],
}
TABLES = ("prevalence", "dementia", "norms", "patterns", "costs", "hospice", "living", "supply")


@pytest.fixture(scope="session")
def care_tables(root: Path) -> dict[str, pd.DataFrame]:
    """The care tables of the Jiaxing case."""
    folder = root / "data" / "jiaxing"
    return {
        f"care_{t}": pd.read_csv(folder / f"care_{t}.csv", dtype={"region": str}) for t in TABLES
    }


@pytest.fixture(scope="session")
def elderly_2020() -> xr.DataArray:
    """Jiaxing's residents of 60 and over in 2020 by sex and 5-year age group, 85+ open."""
    return xr.DataArray(
        [ELDERLY_2020["female"], ELDERLY_2020["male"]],
        dims=("sex", "age"),
        coords={"sex": ["female", "male"], "age": [60, 65, 70, 75, 80, 85]},
    ).astype(float)


@pytest.fixture(scope="session")
def projected() -> xr.DataArray:
    """Two regions, two scenarios, single ages: Jiaxing's 60+ of 2020, then growing 2 % a year."""
    single = np.zeros((2, 101))
    for i, sex in enumerate(("female", "male")):
        for k, people in enumerate(ELDERLY_2020[sex][:5]):
            single[i, 60 + 5 * k : 65 + 5 * k] = people / 5
        single[i, 85:] = ELDERLY_2020[sex][5] * 0.8 ** np.arange(16) / (0.8 ** np.arange(16)).sum()
    single[:, 20:60] = 30000.0
    ages = xr.DataArray(
        single,
        dims=("sex", "age"),
        coords={"sex": ["female", "male"], "age": np.arange(101)},
    )
    years = np.arange(2020, 2036)
    growth = xr.DataArray(1.02 ** (years - 2020), {"year": years}, "year")
    split = xr.DataArray([0.3, 0.7], {"region": ["330402", "330411"]}, "region")
    pace = xr.DataArray([1.0, 1.0], {"scenario": ["recent", "trend"]}, "scenario")
    return (pace * split * ages * growth).assign_attrs(definition="resident population", source="t")
