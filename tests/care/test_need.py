from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.care import Calibration, dementia, dementia_prevalence, need, prevalence
from popsim.care.need import prevalence_trend
from popsim.errors import DataError

# "Disabled elderly" of the same 1,042,562 residents under four definitions
PRINTED = {
    "census_self_care": 24396,
    "jiashan_ltci": 38613,
    "zhejiang_register": 77671,
    "charls_zhejiang": 140149,
}


@pytest.mark.parametrize(("scale", "persons"), PRINTED.items())
def test_need__the_factor_of_six(
    care_tables: dict[str, pd.DataFrame], elderly_2020: xr.DataArray, scale: str, persons: int
) -> None:
    got = need(elderly_2020, care_tables["care_prevalence"], scale=scale)
    assert round(float(got.sum())) == persons


def test_need__zhejiang_shares_on_jiaxing(
    care_tables: dict[str, pd.DataFrame], elderly_2020: xr.DataArray
) -> None:
    """Xu, Li & Mi 2024: 285, 288 and 1,393 of 14,625 thousand in 2023."""
    table = care_tables["care_prevalence"]
    got = need(elderly_2020, table, scale="charls_zhejiang", over=("sex", "age"))
    by = {str(g): round(float(got.sel(need_level=g))) for g in got["need_level"].to_numpy()}
    assert by == {"mild": 99302, "moderate": 20530, "severe": 20317}
    share = float(got.sel(need_level="severe") / elderly_2020.sum())
    assert round(share, 5) == 0.01949


def test_need__five_year_groups_equal_single_ages(
    care_tables: dict[str, pd.DataFrame], elderly_2020: xr.DataArray, projected: xr.DataArray
) -> None:
    table = care_tables["care_prevalence"]
    five = need(elderly_2020, table, scale="clhls_adl", over=("sex", "age"))
    one = need(projected, table, scale="clhls_adl", over=("region", "sex", "age"))
    first = one.sel(year=2020, scenario="recent", drop=True)
    np.testing.assert_allclose(five, first.sel(need_level=five["need_level"]), rtol=1e-12)


def test_need__group_across_a_band_is_refused(care_tables: dict[str, pd.DataFrame]) -> None:
    coarse = xr.DataArray(np.ones((2, 2)), dims=("sex", "age")).assign_coords(
        sex=["female", "male"], age=[60, 70]
    )
    with pytest.raises(DataError, match="band edge 65 lies inside an age group"):
        need(coarse, care_tables["care_prevalence"], scale="clhls_adl")


def test_need__calibration_factor_is_shown(
    care_tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    table = care_tables["care_prevalence"]
    target = Calibration(77671, 2020, "provincial register 2016 applied to 60+")
    got = need(
        projected.sel(scenario="recent"), table, scale="clhls_adl", calibrate_to=target,
        over=("sex", "age"),
    )  # fmt: skip
    assert float(got.sel(year=2020).sum()) == pytest.approx(77671)
    plain = need(projected.sel(scenario="recent"), table, scale="clhls_adl", over=("sex", "age"))
    factor = got.attrs["calibration_factor"]
    np.testing.assert_allclose(got, plain * factor, rtol=1e-12)
    assert "77671 in 2020" in got.attrs["calibrated_to"]


def test_need__annual_trend(care_tables: dict[str, pd.DataFrame], projected: xr.DataArray) -> None:
    table = care_tables["care_prevalence"]
    low = need(projected, table, scale="clhls_adl", trend=("annual", -0.008), over=("age",))
    flat = need(projected, table, scale="clhls_adl", over=("age",))
    np.testing.assert_allclose(low.sel(year=2035) / flat.sel(year=2035), 0.992**15, rtol=1e-12)
    np.testing.assert_allclose(low.sel(year=2020), flat.sel(year=2020), rtol=1e-12)


def test_prevalence_trend__healthy_gain_shifts_ages(
    care_tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    d = prevalence(care_tables["care_prevalence"], scale="clhls_adl")
    years = projected["year"]
    e0 = 80 + 0.2 * (years - 2020)
    later = prevalence_trend(d, projected, trend="healthy_gain", life_expectancy=e0)
    # ten years: e0 + 2, so one year of shift: age 75 now has the share of age 74
    at = later.sel(year=2030, sex="male", need_level="severe")
    assert float(at.sel(age=75)) == pytest.approx(0.0058)
    assert float(at.sel(age=76)) == pytest.approx(0.0140)
    # five years: half a year of shift, so age 75 has half of each
    half = later.sel(year=2025, sex="male", need_level="severe", age=75)
    assert float(half) == pytest.approx((0.0058 + 0.0140) / 2)


@settings(max_examples=25, deadline=None)
@given(gain=st.floats(-3, 12), part=st.floats(0, 1))
def test_prevalence_trend__shift_keeps_shares_and_order(gain: float, part: float) -> None:
    ages = {"age": np.arange(101)}
    d = xr.DataArray(np.where(np.arange(101) < 65, 0.0, np.arange(101) / 250), ages, "age")
    people = xr.DataArray(np.ones((101, 2)), {**ages, "year": [0, 1]}, ("age", "year"))
    e0 = xr.DataArray([75.0, 75.0 + gain], {"year": [0, 1]}, "year")
    got = prevalence_trend(d, people, trend=("healthy_gain", part), life_expectancy=e0)
    assert float(got.min()) >= 0.0
    assert float(got.max()) <= float(d.max()) + 1e-12
    after, before = got.sel(year=1), got.sel(year=0)
    assert bool((after <= before + 1e-12).all() if gain >= 0 else (after >= before - 1e-12).all())


def test_need__scale_of_an_array_must_agree(
    care_tables: dict[str, pd.DataFrame], elderly_2020: xr.DataArray
) -> None:
    d = prevalence(care_tables["care_prevalence"], scale="adl_meta")
    with pytest.raises(DataError, match="is of the scale 'adl_meta', not 'clhls_adl'"):
        need(elderly_2020, d, scale="clhls_adl")
    with pytest.raises(DataError, match=r"\['area'\], which the population"):
        need(elderly_2020, care_tables["care_prevalence"], scale="clhls_adl", detail="age_area")


def test_need__missing_cell_is_refused(
    care_tables: dict[str, pd.DataFrame], elderly_2020: xr.DataArray
) -> None:
    holed = elderly_2020.copy()
    holed[0, 0] = np.nan
    with pytest.raises(DataError, match="1 missing cells"):
        need(holed, care_tables["care_prevalence"], scale="clhls_adl")


def test_dementia__six_per_cent_of_jiaxing(
    care_tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    """6.0 % of 1,042,562 residents of 60+ (Jia et al. 2020): 62,554 people."""
    base = projected.sel(year=2020, scenario="recent")
    shares = dementia_prevalence(care_tables["care_dementia"], base)
    assert round(float(dementia(base, shares).sum())) == 62554
    assert "never add" in shares.attrs["flag"]
    # the shape is kept: 32.2 against 1.0 %
    assert float(shares.sel(age=95) / shares.sel(age=60)) == pytest.approx(32.2)


def test_dementia_prevalence__open_group_at_85_is_refused(
    care_tables: dict[str, pd.DataFrame], elderly_2020: xr.DataArray
) -> None:
    with pytest.raises(DataError, match="starting at 85 holds more than one band"):
        dementia_prevalence(care_tables["care_dementia"], elderly_2020)
