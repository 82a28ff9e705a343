"""Textbook cases of the projection, to the last printed digit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.projection import project

pytestmark = pytest.mark.validation
Make = Callable[..., xr.Dataset]


@pytest.fixture(scope="module")
def textbook(validation_dir: Path) -> Path:
    return validation_dir / "textbook_cases"


def pair(frame: pd.DataFrame, stem: str) -> np.ndarray:
    """(sex, age), female first."""
    return frame[[f"{stem}_f", f"{stem}_m"]].to_numpy(dtype=float).T


def sweden(textbook: Path, make: Make) -> xr.Dataset:
    table = pd.read_csv(textbook / "01_preston_box6_2_sweden_1993" / "input.csv")
    return make(
        {
            "population": pair(table, "pop"),
            "survival_ratio": pair(table, "S")[..., None],
            "fertility_rate": table[["asfr"]].to_numpy(),
            "sex_ratio_at_birth": [1.05],
            "net_migration": pair(table, "mig")[..., None],
        },
        base_year=1993,
        step=5,
    )


# Preston, Heuveline & Guillot (2001), Box 6.2: Sweden 1993-98, every printed figure
def test_project__preston_box_6_2(textbook: Path, make: Make) -> None:
    inputs = sweden(textbook, make)
    expected = pd.read_csv(textbook / "01_preston_box6_2_sweden_1993" / "expected.csv")
    result = project(
        inputs,
        migration_timing="even",
        births_exposure="textbook",
        outputs=["population", "births_by_age"],
    )
    people = result["population"].isel(year=1)
    np.testing.assert_array_equal(np.round(people.to_numpy()), pair(expected, "pop"))
    births = np.round(result["births_by_age"].isel(period=0).to_numpy())
    np.testing.assert_array_equal(births, expected["births_by_age"].to_numpy())


# The same with the migrants left out of the women at the start: Box 6.2 must NOT come out
def test_project__preston_box_6_2_negative_control(
    textbook: Path, published: dict, make: Make
) -> None:
    control = published["preston_box_6_2_sweden_females_1993"]["negative_control"]
    result = project(
        sweden(textbook, make), migration_timing="even", births_exposure="after_migration"
    )
    girls = float(result["population"].sel(sex="female", age=0).isel(year=1))
    assert girls != pytest.approx(302392, abs=0.51)
    assert girls == pytest.approx(control["if_births_exclude_half_migrants"], abs=0.51)


def test_project__preston_rates_form(textbook: Path, make: Make) -> None:
    folder = textbook / "02_preston_box6_2_rates_form"
    table, expected = pd.read_csv(folder / "input.csv"), pd.read_csv(folder / "expected.csv")
    leaving = pair(table, "S")  # from a group to the next; the last within the open one
    survival = np.concatenate([np.full((2, 1), 0.994974), leaving[:, :-1]], axis=1)
    inputs = make(
        {
            "population": pair(table, "pop"),
            "survival_ratio": survival[..., None],
            "open_survival_ratio": leaving[:, -1:],
            "fertility_rate": table[["asfr"]].to_numpy(),
            "sex_ratio_at_birth": [1.05],
            "net_migration_rate": pair(table, "migprop")[..., None],
        },
        base_year=1993,
        step=5,
    )
    result = project(inputs, migration_timing="even", births_exposure="textbook")
    people = result["population"].isel(year=1).to_numpy()
    np.testing.assert_array_equal(np.round(people), pair(expected, "pop"))


def wide(path: Path) -> np.ndarray:
    """(sex, age, time), or (age, time) where the table has no sex."""
    table = pd.read_csv(path)
    if "sex" not in table:
        return table.pivot_table(index="age", columns="time", values="value").to_numpy()
    return np.stack(
        [
            table[table["sex"] == s].pivot_table(index="age", columns="time", values="value")
            for s in "fm"
        ]
    )


def test_project__thailand_1960_2000(textbook: Path, make: Make) -> None:
    folder = textbook / "03_thailand_1960_2000"
    survival = wide(folder / "survival.csv")
    inputs = make(
        {
            "population": pair(pd.read_csv(folder / "base.csv"), "pop"),
            "survival_ratio": survival[:, :-1],
            "open_survival_ratio": survival[:, -1],
            "fertility_rate": wide(folder / "asfr.csv"),
            "sex_ratio_at_birth": pd.read_csv(folder / "srb.csv")["value"].to_numpy(),
            "net_migration_rate": wide(folder / "migprop.csv"),
        },
        base_year=1960,
        step=5,
    )
    result = project(inputs, migration_timing="even", births_exposure="textbook")
    expected = wide(folder / "expected.csv")
    np.testing.assert_allclose(result["population"].to_numpy(), expected, rtol=1e-9)
