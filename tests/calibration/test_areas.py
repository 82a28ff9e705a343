"""Urban-rural differences of fertility and mortality: levels that still give what was published."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from popsim.assumptions import Fitted
from popsim.calibration import calibrate
from popsim.calibration.areas import area_fertility, area_hazard
from popsim.errors import ConfigError
from popsim.hukou import project_absent
from popsim.projection import project
from popsim.run.plan import Plan
from popsim.scenarios import scenario_inputs

FERTILITY, MORTALITY = 1.3, 1.2


def calibrated(plan: Plan, **ratios: float) -> Fitted:
    return calibrate(
        plan.case, base_year=2020, area=True, status=True, engine=plan.engine,
        **{**plan.calibration, **ratios},
    )  # fmt: skip


@pytest.fixture(scope="module")
def different(plan: Plan) -> Fitted:
    return calibrated(plan, rural_fertility_ratio=FERTILITY, rural_mortality_ratio=MORTALITY)


@pytest.fixture(scope="module")
def inputs(different: Fitted, plan: Plan) -> xr.Dataset:
    return scenario_inputs(different, plan.scenarios[:1], last_year=2026, engine=plan.engine)


def test_calibrate__equal_rates_change_no_bit(fitted: Fitted, plan: Plan) -> None:
    same = calibrated(plan, rural_fertility_ratio=1.0, rural_mortality_ratio=1.0)
    assert same.table.equals(fitted.table)
    ours, theirs = (
        scenario_inputs(one, plan.scenarios[:1], last_year=2026, engine=plan.engine)
        for one in (same, fitted)
    )
    assert ours.identical(theirs)


def test_calibrate__rates_have_the_ratio(inputs: xr.Dataset) -> None:
    rate = inputs["fertility_rate"].sel(age=slice(15, 49))
    towns, villages = (rate.sel(area=a, drop=True) for a in ("urban", "rural"))
    bearing = towns > 0
    assert (villages / towns).where(bearing, FERTILITY).to_numpy() == pytest.approx(FERTILITY)
    hazard = -np.log(inputs["survival_ratio"])
    both = hazard.sel(area="rural") / hazard.sel(area="urban")
    assert both.to_numpy() == pytest.approx(MORTALITY, rel=1e-9)


def test_calibrate__published_totals_still_come_out(different: Fitted, inputs: xr.Dataset) -> None:
    table = different.table
    city = table[(table["region"] == "330400") & table["quantity"].isin(["births", "deaths"])]
    assert len(city) == 8
    assert city["difference_percent"].abs().max() < 1e-6
    result = project(inputs)
    births = result["births"].sum(["region", "area", "status", "sex"]).squeeze()
    deaths = result["deaths"].sum(["region", "area", "status", "sex", "age"]).squeeze()
    # Statistical bulletins of Jiaxing for 2021 and 2022 (copies).
    assert float(births.sel(period=2021)) == pytest.approx(38_600, rel=1e-9)
    assert float(deaths.sel(period=2022)) == pytest.approx(35_500, rel=1e-8)


def test_calibrate__the_level_stays_that_of_all(different: Fitted, fitted: Fitted) -> None:
    # Factors are weighted to a mean of 1 at the base year, so TFR and index mean what they did:
    # within 1 % and within half a schedule year in the first year.
    first = {"period": 2021}
    assert float(different.tfr.sel(first)) == pytest.approx(float(fitted.tfr.sel(first)), rel=0.01)
    index = [float(one.mortality_index.sel(first)) for one in (different, fitted)]
    assert index[0] == pytest.approx(index[1], abs=0.5)


def test_calibrate__the_absent_die_and_bear_by_the_rates_of_their_area(inputs: xr.Dataset) -> None:
    absent = project_absent(inputs)["registered_absent"]
    assert float(absent.min()) > 0
    total = absent.sum(["region", "area", "sex", "age"]).squeeze()
    # As many leave as return or die, less their newborn: the stock keeps its number.
    assert total.to_numpy() == pytest.approx(float(total[0]), rel=1e-6)


def test_calibrate__notes_say_whether_rates_differ(different: Fitted, fitted: Fitted) -> None:
    assert "no difference was given" in fitted.notes["rural_fertility"]
    assert "1.2 times" in different.notes["rural_mortality"]
    assert "1.2倍" in different.notes["rural_mortality"]


def test_calibrate__every_note_is_in_both_languages(fitted: Fitted) -> None:
    for key, note in fitted.notes.items():
        zh, en = note.split(" / ")
        assert any("一" <= letter <= "鿿" for letter in zh), key
        assert en.isascii(), key


def test_area_factors__weigh_to_one() -> None:
    draw = np.random.default_rng(3)
    coords = {"region": ["a", "b"], "area": ["urban", "rural"], "sex": ["female", "male"]}
    people = xr.DataArray(
        draw.uniform(1, 9, (2, 2, 2, 4)), coords, ("region", "area", "sex", "age")
    )
    pattern = xr.DataArray([0.0, 0.3, 0.7, 0.0], dims="age")
    factor = area_fertility(people, pattern, 1.5)
    assert factor is not None
    born = (people.sel(sex="female") * pattern).sum("age")
    assert (factor * born).sum("area").to_numpy() == pytest.approx(born.sum("area").to_numpy())
    alive = xr.DataArray(draw.uniform(0.5, 1, (2, 4)), {"sex": ["female", "male"]}, ("sex", "age"))
    hazard = area_hazard(people, alive, 1.5)
    assert hazard is not None
    dead = (people * (1 - alive)).sum(["region", "sex", "age"])
    assert float((hazard * dead).sum()) == pytest.approx(float(dead.sum()))


@pytest.mark.parametrize(
    ("change", "area", "match"),
    [
        ({"rural_fertility_ratio": 0.0}, True, r"calibration\.rural_fertility_ratio.*more than 0"),
        ({"rural_mortality_ratio": -1.0}, True, r"calibration\.rural_mortality_ratio"),
        ({"rural_mortality_ratio": 1.2}, False, r"states\.area"),
    ],
)
def test_calibrate__refuses_ratios_that_cannot_be_meant(
    plan: Plan, change: dict[str, float], area: bool, match: str
) -> None:
    params = {**plan.calibration, **change}
    with pytest.raises(ConfigError, match=match):
        calibrate(plan.case, base_year=2020, area=area, status=False, **params)
