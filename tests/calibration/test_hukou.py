"""Splitting residents by status and area, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from popsim.calibration import calibrate
from popsim.calibration.arrivals import steady_stock
from popsim.calibration.registers import age_bands, area_odds_ratio
from popsim.calibration.split import smooth_shares, split_by_odds, split_by_status
from popsim.calibration.words import HukouAssumptions
from popsim.errors import DataError
from popsim.run.plan import Plan


def test_area_odds_ratio__tongxiang_2023(plan: Plan) -> None:
    # Residents 106.05, urban 73.57; registered 42.87 urban, 28.92 rural (ten-thousand); with 35 %
    # floating 68.9325 x .59716 = 41.164 of the registered residents are in towns, 32.406 of the
    # 37.1175 floating: odds of 6.878 against 1.4824.
    assert area_odds_ratio(plan.case, "330483", 2023, 0.35) == pytest.approx(4.640, abs=0.001)


def test_age_bands__published_ages_of_2022(plan: Plan) -> None:
    bands, persons = age_bands(plan.case, "330400", 2022, 101)
    assert bands.sum(1).tolist() == [35, 25, 41]
    # 28.22 % of the registered are 60 or older (published).
    assert 100 * persons[-1] / persons.sum() == pytest.approx(28.22, abs=0.005)


def test_age_bands__refuses_a_year_without_ages(plan: Plan) -> None:
    with pytest.raises(DataError, match="leave gaps or overlap"):
        age_bands(plan.case, "330400", 2021, 101)


@pytest.mark.parametrize(("area", "status"), [(True, False), (False, True), (False, False)])
def test_calibrate__with_any_of_the_states(plan: Plan, area: bool, status: bool) -> None:
    """Towns without statuses, and statuses without towns, meet the published years as both do."""
    found = calibrate(
        plan.case, base_year=2020, area=area, status=status, engine=plan.engine, **plan.calibration
    )
    dims = ["region", *["area"] * area, *["status"] * status, "sex", "age"]
    assert [*found.population.dims] == dims
    fitted = found.table[(found.table["fitted_to"] != "") & (found.table["region"] == "330400")]
    assert {"population", "births"} <= set(fitted["quantity"])
    years = fitted[fitted["quantity"].isin(["population", "births", "urban_share"])]
    assert years["difference_percent"].abs().max() < 1e-6


def test_split_by_status__keeps_every_margin() -> None:
    draw = np.random.default_rng(1)
    residents = draw.uniform(50, 100, (3, 2, 10))
    bands = np.zeros((2, 10))
    bands[0, :5] = bands[1, 5:] = 1
    seed = np.full((2, 10), 0.05)
    floating = residents.sum((1, 2)) * np.array([0.2, 0.3, 0.4])
    everyone = residents.sum((0, 1)) @ bands.T
    registered = np.array([0.6, 0.0]) * everyone
    registered[1] = residents.sum() - floating.sum() - registered[0]
    table = split_by_status(residents, floating, seed, registered, bands)
    assert table.sum(0) == pytest.approx(residents, rel=1e-9)
    assert table[1].sum((1, 2)) == pytest.approx(floating, rel=1e-6)
    assert table[0].sum((0, 1)) @ bands.T == pytest.approx(registered, rel=1e-6)


def test_split_by_status__refuses_more_registered_than_residents() -> None:
    with pytest.raises(DataError, match="do not fit among the residents"):
        split_by_status(
            np.full((1, 2, 2), 10.0), np.array([8.0]), np.full((2, 2), 0.25),
            np.array([25.0, 7.0]), np.eye(2),
        )  # fmt: skip


def test_smooth_shares__meets_the_bands_without_a_step() -> None:
    residents = np.full((2, 60), 100.0)
    bands = np.zeros((2, 60))
    bands[0, :30] = bands[1, 30:] = 1
    share = smooth_shares(residents, np.full((2, 60), 20.0), np.array([1800.0, 900.0]), bands)
    assert (residents * share).sum(0) @ bands.T == pytest.approx([1800, 900], rel=1e-6)
    assert np.abs(np.diff(share[0])).max() < 0.02


def test_split_by_odds__meets_both_margins() -> None:
    areas, statuses = np.array([[80.0, 20.0], [30.0, 70.0]]), np.array([[60.0, 40.0], [90.0, 10.0]])
    share = split_by_odds(areas, statuses, 3.0)
    assert share.sum(1) == pytest.approx(np.ones((2, 2)))
    assert (share * statuses[:, None]).sum(2) == pytest.approx(areas)


def test_steady_stock__is_where_the_recursion_rests() -> None:
    survival = np.full((2, 101), 0.99)
    none = np.zeros(101)
    steady = steady_stock("western_standard", survival, 0.1, fertility=none, sex_ratio=1.05)
    stock = steady.stock / steady.stock[0, 0] * steady.arrivals[0, 0]
    assert stock[:, 1:-1] == pytest.approx(steady.arrivals[:, 1:-1] + 0.9 * 0.99 * stock[:, :-2])


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"mean_stay_years": 0.5}, "mean_stay_years"),
        ({"inside_share": 1.5}, "inside_share"),
        ({"registration_by_age": {20: 1.0}}, "registration_by_age"),
        ({"mixed_couples": -0.1}, "mixed_couples"),
    ],
)
def test_hukou_assumptions__refuse_what_cannot_be_meant(
    plan: Plan, change: dict[str, object], match: str
) -> None:
    given = plan.calibration["hukou"]
    assert isinstance(given, HukouAssumptions)
    with pytest.raises(DataError, match=match):
        replace(given, **change).check()  # type: ignore[arg-type]
