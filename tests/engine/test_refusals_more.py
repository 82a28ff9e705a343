"""More inputs that cannot be meant: options, labels of a0, single precision, draws and groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr

from popsim.coords import age_coords
from popsim.ensembles import project_ensemble
from popsim.errors import DataError
from popsim.projection import project

Make = Callable[..., xr.Dataset]
KEEP = {"total": (0, np.inf)}


@pytest.fixture
def inputs(make: Make) -> xr.Dataset:
    fertility = np.zeros((2, 4, 3))
    fertility[:, 2] = 0.1
    return make(
        {
            "population": np.full((2, 2, 4), 100.0),
            "death_rate": np.full((2, 2, 4, 3), 0.1),
            "fertility_rate": fertility,
            "sex_ratio_at_birth": np.full((2, 3), 1.05),
            "net_migration": np.zeros((2, 2, 4, 3)),
        },
        states={"region": ["330402", "330411"]},
    )


def infant(**labels: list[Any]) -> xr.DataArray:
    sizes = [len(v) for v in labels.values()]
    values = np.linspace(0.1, 0.4, int(np.prod(sizes))).reshape(sizes)
    return xr.DataArray(values, coords=labels, dims=list(labels))


@pytest.mark.parametrize(
    ("a0", "message"),
    [
        (infant(sex=["male", "female"]), r"a0 \(sex\): labels missing or misordered; got \['male'"),
        (infant(sex=["female", "male"], period=[2022, 2023, 2024]), r"a0 \(period\): labels miss"),
        (infant(region=["330411", "330402"]), r"a0 \(region\): labels missing or misordered"),
        (infant(foo=[1, 2]), "a0: foreign dim; got foo; expected region, period, sex"),
        (
            infant(sex=["female", "male"]) * 4.0,
            r"a0 \(sex=male\): outside the first group; got 1.6",
        ),
        (np.nan, "a0: outside the first group; got nan; expected 0 to 1 years"),
    ],
)
def test_project__a0_is_held_to_the_labels(inputs: xr.Dataset, a0: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        project(inputs, a0=a0)


def test_project__impossible_mortality_is_named_by_labels(inputs: xr.Dataset) -> None:
    inputs["death_rate"].loc[{"region": "330411", "sex": "male", "age": 2, "period": 2022}] = 5.0
    with pytest.raises(
        DataError, match=r"death_rate \(region=330411, period=2022, sex=male, age=2\), qx: got 1.42"
    ):
        project(inputs)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.isel(period=[]), "period: no labels at all"),
        (lambda d: d.isel(region=[]), "region: no labels at all"),
        (lambda d: d.assign(base_year="2020"), "base_year: got 2020; expected one whole year"),
        (
            lambda d: d.drop_vars("age_width").assign_coords(age=["0", "1", "2", "3+"]),
            "age: labels are no numbers",
        ),
        (
            lambda d: d.rename(net_migration="net_migraton"),
            "net_migraton: unknown variable; expected `net_migration`",
        ),
    ],
)
def test_project__labels_and_names(
    inputs: xr.Dataset, change: Callable[[xr.Dataset], xr.Dataset], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        project(change(inputs))


@pytest.mark.parametrize(
    ("option", "message"),
    [({"dtype": "float16"}, "dtype: unknown choice"), ({"threads": 0}, "threads: no number of")],
)
def test_project__options(inputs: xr.Dataset, option: dict, message: str) -> None:
    with pytest.raises(DataError, match=message):
        project(inputs, **option)


def test_project__single_precision_inputs_are_looked_at_as_others(inputs: xr.Dataset) -> None:
    short = inputs.astype("float32").assign(base_year=2020)
    np.testing.assert_allclose(
        project(short)["population"], project(inputs)["population"], rtol=1e-6
    )
    short["population"][1, 0, 2] = np.inf
    with pytest.raises(
        DataError, match=r"population \(region=330411, sex=female, age=2\): missing"
    ):
        project(short)


def draws() -> tuple[xr.Dataset, xr.Dataset, xr.DataArray]:
    patterns = xr.Dataset(
        {
            "population": (("region", "sex", "age"), np.full((2, 2, 4), 10.0)),
            "base_year": 2020,
            "survival_table": (("row", "sex", "age"), np.full((2, 2, 4), 0.9)),
            "fertility_pattern": ("age", [0.0, 0.5, 0.5, 0.0]),
            "sex_ratio_at_birth": 1.05,
        },
        coords={"region": ["A", "B"], "sex": ["female", "male"], **age_coords(3)},
    )
    levels = xr.Dataset(
        {n: (("draw", "period"), np.full((3, 2), 0.5)) for n in ("mortality_index", "tfr")},
        coords={"draw": [0, 1, 2], "period": [2021, 2022]},
    )
    groups = xr.DataArray(
        [[1.0, 1.0]], coords={"group": ["g"], "region": ["A", "B"]}, dims=("group", "region")
    )
    return patterns, levels, groups


def test_project_ensemble__parts_of_draws_have_the_same_periods() -> None:
    patterns, levels, _ = draws()
    later = levels.isel(draw=[2]).assign_coords(period=[2022, 2023])
    with pytest.raises(DataError, match=r"levels \(period\): got \[2022, 2023\]; expected \[2021"):
        project_ensemble(patterns, [levels.isel(draw=[0, 1]), later], keep=KEEP)


def test_project_ensemble__a_draw_is_given_once() -> None:
    patterns, levels, _ = draws()
    with pytest.raises(DataError, match=r"levels \(draw\): draw 1 given twice"):
        project_ensemble(patterns, [levels, levels.isel(draw=[1])], keep=KEEP)


def test_project_ensemble__groups_are_told_in_full() -> None:
    patterns, levels, groups = draws()
    missing = groups.where(groups["region"] == "A")
    with pytest.raises(DataError, match=r"groups \(group=g, region=B\): neither a member nor not"):
        project_ensemble(patterns, levels, keep=KEEP, groups=missing)
    twice = xr.concat([groups, groups], "group")
    with pytest.raises(DataError, match=r"groups \(group\): label given twice"):
        project_ensemble(patterns, levels, keep=KEEP, groups=twice)


@pytest.mark.parametrize("name", ["survival_table", "fertility_pattern"])
def test_project_ensemble__units(name: str) -> None:
    patterns, levels, _ = draws()
    patterns[name].attrs["units"] = "per 1000"
    with pytest.raises(DataError, match=f"{name}: wrong units; got per 1000"):
        project_ensemble(patterns, levels, keep=KEEP)


def test_carry_to_age__rates_of_draws(make: Make) -> None:
    """Loops on the death rates alone: each draw as if carried by itself."""
    ages = np.arange(101)
    rates = np.minimum(0.0003 * np.exp(0.085 * ages) + 0.005 * (ages == 0), 0.7)
    fertility = np.zeros((101, 3))
    fertility[20:40] = 0.06
    one = make(
        {
            "population": np.full((2, 101), 1000.0) * np.exp(-0.03 * ages),
            "death_rate": np.stack([rates, 1.2 * rates])[..., None] * np.ones(3),
            "fertility_rate": fertility,
            "sex_ratio_at_birth": np.full(3, 1.05),
        }
    )
    level = xr.DataArray([1.0, 0.9], dims="draw", coords={"draw": [0, 1]})
    many = project(one.assign(death_rate=one["death_rate"] * level), carry_to_age=130)
    for draw in (0, 1):
        alone = one.assign(death_rate=one["death_rate"] * float(level[draw]))
        xr.testing.assert_allclose(
            many["population"].sel(draw=draw, drop=True),
            project(alone, carry_to_age=130)["population"],
        )
