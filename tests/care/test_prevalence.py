from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.care import check_prevalence, prevalence, prevalence_draws
from popsim.errors import DataError

COLUMNS = ["scale", "need_level", "sex", "age_from", "age_to", "area", "year", "value", "unit"]


def frame(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=COLUMNS)


def test_prevalence__clhls_2018_by_age(care_tables: dict[str, pd.DataFrame]) -> None:
    """China CDC Weekly 2023;5(27):593-598, table 2, 2018."""
    d = prevalence(care_tables["care_prevalence"], scale="clhls_adl") * 100
    printed = {65: (1.24, 1.95, 0.58), 75: (3.60, 4.74, 1.40), 85: (8.80, 23.13, 10.35)}
    for age, grades in printed.items():
        for last in (age, min(age + 9, 100)):
            got = d.sel(age=last, sex="male", need_level=["mild", "moderate", "severe"])
            np.testing.assert_allclose(got, grades, atol=1e-12)


def test_prevalence__older_wave(care_tables: dict[str, pd.DataFrame]) -> None:
    d = prevalence(care_tables["care_prevalence"], scale="clhls_adl", wave=2011)
    assert float(d.sel(age=90, sex="female", need_level="severe")) == pytest.approx(0.0942)
    assert d.attrs["wave"] == 2011


def test_prevalence__nobody_below_first_band_unless_asked(
    care_tables: dict[str, pd.DataFrame],
) -> None:
    table = care_tables["care_prevalence"]
    none = prevalence(table, scale="clhls_adl")
    assert float(none.sel(age=slice(60, 64)).sum()) == 0.0
    assert none.attrs["covers_ages"] == "65+"
    held = prevalence(table, scale="clhls_adl", extend="youngest_band")
    assert float(held.sel(age=60, sex="male", need_level="severe")) == pytest.approx(0.0058)
    assert float(held.sel(age=59).sum()) == 0.0
    assert (held.attrs["covers_ages"], held.attrs["measured_ages"]) == ("60+", "65+")


def test_prevalence__sexes_of_their_own_where_banded_as_finely(
    care_tables: dict[str, pd.DataFrame],
) -> None:
    """Census of Shanghai's towns, 2010, table 8-2b: men lead before 75, women after."""
    d = prevalence(care_tables["care_prevalence"], scale="census_self_care_shanghai")
    d = d.isel(need_level=0)
    assert float(d.sel(sex="male", age=62)) == pytest.approx(49 / 5720, abs=1e-8)
    assert float(d.sel(sex="female", age=80)) == pytest.approx(574 / 5781, abs=1e-8)
    assert float(d.sel(sex="male", age=70)) > float(d.sel(sex="female", age=70))


def test_prevalence__ratios_by_sex_and_area(care_tables: dict[str, pd.DataFrame]) -> None:
    table = care_tables["care_prevalence"]
    plain = prevalence(table, scale="clhls_adl")
    both = prevalence(table, scale="clhls_adl", detail="age_sex_area")
    ratio = both / plain
    got = ratio.sel(age=80, sex="female", area="urban", need_level="severe")
    assert float(got) == pytest.approx(2.79 / 2.18 * 2.28 / 2.18)
    assert "ratios" in both.attrs["assumption"]


def test_check_prevalence__no_scale_is_refused() -> None:
    table = frame(("", "any", "both", 60, "open", "all", 2020, 3.0, "%"))
    with pytest.raises(DataError, match=r"\.csv:2: prevalence without a named scale"):
        check_prevalence(table)
    with pytest.raises(DataError, match="prevalence without a named scale"):
        check_prevalence(table.drop(columns="scale"))


def test_check_prevalence__all_faults_at_once() -> None:
    table = frame(
        ("s", "some", "both", 60, "open", "all", 2020, 3.0, "%"),
        ("s", "any", "both", 60, "open", "all", 2020, 130.0, "%"),
        ("s", "any", "both", 60, "open", "all", 2020, 0.5, "share"),
    )
    with pytest.raises(DataError) as caught:
        check_prevalence(table)
    text = str(caught.value)
    assert ":2: unknown need_level" in text
    assert ":3: prevalence out of range" in text
    assert ":4: duplicate row" in text


def test_prevalence__unknown_scale_and_gap() -> None:
    table = frame(
        ("s", "any", "both", 60, 69, "all", 2020, 3.0, "%"),
        ("s", "any", "both", 75, "open", "all", 2020, 9.0, "%"),
    )
    with pytest.raises(DataError, match="no prevalence under the scale 'mzt_039'"):
        prevalence(table, scale="mzt_039")
    with pytest.raises(DataError, match="gaps or overlap"):
        prevalence(table, scale="s")


def test_prevalence_draws__printed_interval_comes_back(
    care_tables: dict[str, pd.DataFrame],
) -> None:
    """Meta-analysis of 100 studies: 80+ 47.0 % (46.2-47.8)."""
    rng = np.random.default_rng(7)
    d = prevalence_draws(care_tables["care_prevalence"], scale="adl_meta", draws=4000, rng=rng)
    low, high = np.quantile(d.sel(age=85, sex="male").isel(need_level=0), [0.025, 0.975])
    assert low == pytest.approx(0.462, abs=1e-3)
    assert high == pytest.approx(0.478, abs=1e-3)


def test_prevalence_draws__same_generator_same_bits_and_labels(
    care_tables: dict[str, pd.DataFrame],
) -> None:
    label = xr.DataArray([5, 6, 9], dims="draw", coords={"draw": [5, 6, 9]})["draw"]
    table = care_tables["care_prevalence"]
    one, two = (
        prevalence_draws(
            table, scale="clhls_adl", draws=label, rng=np.random.default_rng(1), effective_n=3000
        )
        for _ in range(2)
    )
    assert one.identical(two)
    assert one["draw"].to_numpy().tolist() == [5, 6, 9]


def test_prevalence_draws__no_interval_is_not_invented(
    care_tables: dict[str, pd.DataFrame],
) -> None:
    with pytest.raises(DataError, match="has no printed interval"):
        prevalence_draws(
            care_tables["care_prevalence"],
            scale="clhls_adl",
            draws=2,
            rng=np.random.default_rng(1),
        )
