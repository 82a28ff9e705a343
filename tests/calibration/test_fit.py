"""The calibration of Jiaxing: what was published comes out, and the accounts close."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from popsim.assumptions import Fitted
from popsim.calibration import calibrate
from popsim.calibration.years import fit_index
from popsim.errors import ConfigError
from popsim.run.plan import Plan


def line(fitted: Fitted, quantity: str, year: int) -> float:
    table = fitted.table
    rows = table[
        (table["quantity"] == quantity) & (table["period"] == year) & (table["region"] == "330400")
    ]
    return float(rows["projected"].iloc[0])


@pytest.mark.parametrize(
    ("quantity", "year", "published"),
    [
        # Statistical bulletins of Jiaxing for 2021 and 2022 (copies); the figures of 2023 and
        # 2024 as the observations of the case give them.
        ("population", 2021, 5_516_000),
        ("population", 2022, 5_551_000),
        ("population", 2024, 5_608_000),
        ("births", 2021, 38_600),
        ("deaths", 2022, 35_500),
        ("urban_share", 2021, 0.719),
        ("urban_share", 2022, 0.724),
        ("urban_share", 2023, 0.732),
        ("urban_share", 2024, 0.745),
        ("registered_population", 2021, 3_718_500),
        ("registered_population", 2022, 3_748_500),
    ],
)
def test_calibrate__published_figures_come_out(
    fitted: Fitted, quantity: str, year: int, published: float
) -> None:
    # Every one of them is fitted: rounding of the solver is all that may be left.
    assert line(fitted, quantity, year) == pytest.approx(published, rel=1e-8)


def test_calibrate__base_adds_to_published_stocks(fitted: Fitted, plan: Plan) -> None:
    people = fitted.population
    scale = 5_411_000 / 5_400_868
    by_region = people.sum(["area", "status", "sex", "age"])
    census = plan.case["population"].sel(year=2020).sum(["sex", "age"])
    assert by_region.to_numpy() == pytest.approx(census.to_numpy() * scale, rel=1e-9)
    elsewhere = plan.case["hukou_elsewhere"].sel(year=2020)
    floating = elsewhere.sel(hukou_place=["other_county", "other_province"]).sum("hukou_place")
    # Census of 2020: 330,831 from other counties of the province, 1,724,340 from other provinces.
    assert float(floating.sum()) == 330_831 + 1_724_340
    ours = people.sel(status="floating").sum(["area", "sex", "age"])
    assert ours.to_numpy() == pytest.approx(floating.to_numpy() * scale, rel=1e-6)
    towns = people.sel(area="urban").sum(["status", "sex", "age"])
    published = plan.case["population_by_area"].sel(year=2020, area="urban")
    assert towns.to_numpy() == pytest.approx(published.to_numpy() * scale, rel=1e-9)


def test_calibrate__registered_population_by_region(fitted: Fitted) -> None:
    assert fitted.hukou is not None
    dims = ["area", "sex", "age"]
    registered = fitted.population.sel(status="registered").sum(dims)
    registered = registered + fitted.hukou.absent.sum(dims)
    assert float(registered.sum()) == pytest.approx(3_673_800, rel=1e-8)
    # Bulletin of Haining 2020.
    assert float(registered.sel(region="330481")) == pytest.approx(708_038, rel=1e-8)


def test_calibrate__every_cell_has_people(fitted: Fitted) -> None:
    assert fitted.hukou is not None
    assert float(fitted.population.min()) > 0
    assert float(fitted.hukou.absent.min()) > 0
    assert float(fitted.trend_arrivals.min()) >= 0


def test_calibrate__flows_between_regions_meet_both_margins(fitted: Fitted, plan: Plan) -> None:
    assert fitted.hukou is not None
    stock = fitted.hukou.flows["stock"]
    assert np.diag(stock).tolist() == [0.0] * 7
    near = plan.case["hukou_elsewhere"].sel(year=2020, hukou_place="other_county")
    arrived = 0.5 * near.to_numpy() * 5_411_000 / 5_400_868
    assert stock.sum("home").to_numpy() == pytest.approx(arrived, rel=1e-6)
    absent = fitted.hukou.absent.sum(["area", "sex", "age"]).to_numpy()
    assert stock.sum("away").to_numpy() / absent == pytest.approx(
        np.full(7, arrived.sum() / absent.sum()), rel=1e-6
    )


def test_calibrate__notes_say_what_was_assumed(fitted: Fitted) -> None:
    assert {"floating_ages", "absent", "registration", "newborn"} <= set(fitted.notes)


def test_calibrate__statuses_need_assumptions(plan: Plan) -> None:
    params = {k: v for k, v in plan.calibration.items() if k != "hukou"}
    with pytest.raises(ConfigError, match=r"calibration\.hukou"):
        calibrate(plan.case, base_year=2020, area=True, status=True, **params)


def test_fit_index__finds_the_deaths_it_is_given(fitted: Fitted) -> None:
    schedule = fitted.survival_schedule
    from popsim.assumptions import survival_at

    people = fitted.population
    alive = survival_at(schedule, xr.DataArray(2033.0)).transpose("sex", "age").to_numpy()
    plain = people.sum(["region", "area", "status"]).transpose("sex", "age").to_numpy()
    born = 40_000 * np.array([1.0, 1.1]) / 2.1
    deaths = (plain[:, :-1] * (1 - alive[:, 1:])).sum()
    deaths += (plain[:, -1] * (1 - alive[:, -1])).sum() + (born * (1 - alive[:, 0])).sum()
    found = fit_index(schedule, people, births=40_000, sex_ratio=1.1, deaths=deaths)
    assert found == pytest.approx(2033.0, abs=1e-6)
