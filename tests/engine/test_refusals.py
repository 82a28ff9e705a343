"""Inputs and options that cannot be meant: refused, all faults at once, with their cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr

from popsim.coords import conform, edge_coords, edge_ends, states_of
from popsim.errors import DataError
from popsim.projection import project
from popsim.variables import check

Make = Callable[..., xr.Dataset]


@pytest.fixture
def inputs(make: Make) -> xr.Dataset:
    fertility = np.zeros((2, 4, 3))
    fertility[:, 2] = 0.1
    return make(
        {
            "population": np.full((2, 2, 4), 100.0),
            "survival_ratio": np.full((2, 2, 4, 3), 0.9),
            "fertility_rate": fertility,
            "sex_ratio_at_birth": np.full((2, 3), 1.05),
            "move_probability": np.full((2, 2, 4, 3), 0.1),
            "net_migration": np.zeros((2, 2, 4, 3)),
        },
        states={"region": ["330402", "330411"]},
        coords=edge_coords({"region": ["330402", "330411"]}, {"region": ["330411", "330402"]}),
    )


@pytest.fixture
def death_rates(inputs: xr.Dataset) -> xr.Dataset:
    """The same with death rates in the place of survival."""
    rates = (inputs["survival_ratio"] * 0 + 0.1).rename("death_rate")
    return inputs.drop_vars("survival_ratio").assign(death_rate=rates)


def altered(inputs: xr.Dataset, name: str, place: dict[str, object], value: float) -> xr.Dataset:
    array = inputs[name].copy()
    array.loc[place] = value
    return inputs.assign({name: array})


@pytest.mark.parametrize(
    ("name", "place", "value", "message"),
    [
        (
            "survival_ratio",
            {"region": "330411", "sex": "male", "age": 2, "period": 2022},
            1.2,
            r"survival_ratio \(region=330411, sex=male, age=2, period=2022\): above its bound; got "
            r"1.2; expected at most 1",
        ),
        (
            "population",
            {"region": "330402", "sex": "female", "age": 3},
            -5.0,
            r"population \(region=330402, sex=female, age=3\): below its bound; got -5",
        ),
        (
            "net_migration",
            {"region": "330402", "sex": "female", "age": 0, "period": 2023},
            np.nan,
            r"net_migration \(.*period=2023\): missing or infinite; got nan",
        ),
        (
            "fertility_rate",
            {"region": "330402", "age": 0, "period": 2021},
            0.1,
            r"fertility_rate \(region=330402, age=0, period=2021\): births to the first age group",
        ),
        (
            "move_probability",
            {"sex": "male", "age": 1, "period": 2021},
            1.5,
            r"move_probability \(edge=0, sex=male, age=1, period=2021; edge=1",
        ),
    ],
)
def test_check__numbers(
    inputs: xr.Dataset, name: str, place: dict[str, object], value: float, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        project(altered(inputs, name, place, value))


def test_check__leaving_probabilities_above_one_in_sum(inputs: xr.Dataset) -> None:
    twice = xr.concat([inputs["move_probability"].isel(edge=[0])] * 2, "edge") + 0.5
    doubled = inputs.drop_dims("edge").assign(move_probability=twice.drop_vars("edge_kind"))
    with pytest.raises(
        DataError,
        match=r"move_probability \(origin=330402, sex=female, age=0, period=2021; .*and \d+ more\):"
        r" more than everybody leaves; got 1.2",
    ):
        project(doubled)


def test_check__all_faults_at_once(inputs: xr.Dataset) -> None:
    wrong = altered(inputs, "survival_ratio", {"age": 2, "period": 2022, "sex": "male"}, 1.5)
    wrong = altered(wrong, "population", {"age": 1, "sex": "male"}, np.nan)
    wrong = wrong.isel(sex=[1, 0]).sel(period=[2021, 2023])
    wrong["fertility_rate"].attrs["units"] = "per 1000"
    with pytest.raises(DataError) as caught:
        check(wrong)
    text = str(caught.value)
    for part in (
        "fertility_rate: wrong units; got per 1000; expected births person-1 year-1",
        "sex: labels missing or misordered; got ['male', 'female']",
        "period: periods missing or misordered; got [2021, 2023]",
        "missing [2022]",
        "population (region=330402, sex=male, age=1",
    ):
        assert part in text, text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.isel(age=[0, 1, 3]), r"age_width: 1 at age 1; expected 2, .* without gap"),
        (
            lambda d: d.drop_vars("age_width").isel(age=[0, 1, 3]),
            r"age: nothing between 1 and 3, while other groups are 1 years wide",
        ),
        (lambda d: d.isel(age=[1, 0, 2, 3]), r"age: 0 follows 1; expected ages in rising order"),
        (lambda d: d.drop_vars("sex_ratio_at_birth"), "sex_ratio_at_birth: variable is missing"),
        (lambda d: d.drop_vars("base_year"), "base_year: missing"),
        (lambda d: d.assign(base_year=2019), r"period: .*every 1 years after base_year 2019"),
        (lambda d: d.drop_vars("survival_ratio"), "exactly one of two variables is needed"),
        (
            lambda d: d.assign(net_migration=d["net_migration"].sum("region")),
            r"net_migration: dim `region` is missing \(counts of people are never repeated",
        ),
        (
            lambda d: d.assign(population=d["population"].expand_dims(year=[2020])),
            r"population: dim `year` does not belong here; .*population.sel\(year=base_year\)",
        ),
        (
            lambda d: d.assign_coords(origin_region=("edge", ["330402", "999999"])),
            r"edge 1 \(origin_region\): unknown state; got 999999",
        ),
        (
            lambda d: d.assign_coords(destination_region=("edge", ["330402", "330402"])),
            "edge 0: origin and destination are the same",
        ),
        (
            lambda d: d.assign_coords(edge_kind=("edge", ["migration", "marriage"])),
            "edge 1: unknown kind of move; got marriage",
        ),
        (
            lambda d: d.assign(net_migration_rate=d["net_migration"].assign_attrs(units="person")),
            "net_migration_rate: wrong units; got person; expected person-1 year-1",
        ),
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
def test_check__labels(
    inputs: xr.Dataset, change: Callable[[xr.Dataset], xr.Dataset], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        project(change(inputs))


def test_project__unknown_words(inputs: xr.Dataset) -> None:
    with pytest.raises(DataError) as caught:
        project(inputs, migration_timing="middle", births_exposure="both", outputs=["deads"])
    for part in ("migration_timing", "births_exposure", "outputs: unknown account; got deads"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("option", "message"),
    [({"dtype": "float16"}, "dtype: unknown choice"), ({"threads": 0}, "threads: no number of")],
)
def test_project__options(inputs: xr.Dataset, option: dict, message: str) -> None:
    with pytest.raises(DataError, match=message):
        project(inputs, **option)


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
def test_project__a0_is_held_to_the_labels(death_rates: xr.Dataset, a0: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        project(death_rates, a0=a0)


def test_project__impossible_mortality_is_named_by_labels(death_rates: xr.Dataset) -> None:
    place = {"region": "330411", "sex": "male", "age": 2, "period": 2022}
    with pytest.raises(
        DataError, match=r"death_rate \(region=330411, period=2022, sex=male, age=2\), qx: got 1.42"
    ):
        project(altered(death_rates, "death_rate", place, 5.0))


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


def test_project__large_arrays_are_looked_at_too(make: Make) -> None:
    """Above a million cells the compiled loop looks; the message is the same."""
    n = 5_000
    survival = np.full((n, 2, 101, 1), 0.9)
    migrants = np.zeros((n, 2, 101, 1))
    inputs = make(
        {
            "population": np.full((n, 2, 101), 10.0),
            "survival_ratio": survival,
            "fertility_rate": np.zeros((101, 1)),
            "sex_ratio_at_birth": [1.0],
            "net_migration": migrants,
        },
        states={"region": [f"{i:06d}" for i in range(n)]},
    )
    project(inputs, outputs=["population"])
    survival[4321, 1, 7, 0] = 1.5
    migrants[17, 0, 3, 0] = np.nan
    for outputs in (["population"], None):
        with pytest.raises(DataError) as caught:
            project(inputs, outputs=outputs)
        assert "survival_ratio (region=004321, sex=male, age=7, period=2021)" in str(caught.value)
        assert "net_migration (region=000017, sex=female, age=3, period=2021)" in str(caught.value)


def test_conform__names_what_differs(inputs: xr.Dataset) -> None:
    population, other = inputs["population"], inputs["survival_ratio"]
    assert conform({"population": population, "survival_ratio": other}).sizes["region"] == 2
    with pytest.raises(DataError, match=r"b \(region\): labels other than in a; .*missing \['33"):
        conform({"a": population, "b": other.isel(region=[0])})


def test_edge_ends__unknown_state(inputs: xr.Dataset) -> None:
    wrong = inputs.assign_coords(destination_region=("edge", ["330411", "x"]))
    with pytest.raises(DataError, match=r"edge 1 \(destination_region\): unknown state; got x"):
        edge_ends(wrong, states_of(inputs))


def test_carry_to_age__needs_death_rates(inputs: xr.Dataset) -> None:
    with pytest.raises(DataError, match=r"older ages need death rates to continue"):
        project(inputs, carry_to_age=130)
