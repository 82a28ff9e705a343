"""Are the intervals calibrated? Draws launched in Finland's 19 regions with what was known then.

The error model is that of a scenario file, its spreads fitted before the launch by the rules of
docs/probability.md; the outcomes are Statistics Finland's populations on 31 December.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from popsim.assumptions import survival_at
from popsim.backtest import coverage
from popsim.ensembles import LevelError, project_ensemble
from popsim.ensembles.from_inputs import DrawErrors, draw_inputs
from popsim.methods.lifetable import life_table
from popsim.projection import project

WINDOW = 5
LEVEL = 0.8


@pytest.fixture(scope="module")
def finland(validation_dir: Path) -> xr.Dataset:
    """Populations, and national mortality and fertility, of Finland's regions."""
    with np.load(validation_dir / "finland_regions" / "finland.npz") as stored:
        data = {name: stored[name] for name in stored.files}
    people = data["population"].astype(float)
    exposed = people[..., -data["mx"].shape[-1] :]
    rates = (data["mx"] * exposed).sum(0) / np.maximum(exposed.sum(0), 1e-9)
    pattern = np.zeros((101, 36))
    pattern[data["pasfr_age"]] = data["pasfr"].mean(0)
    coords = {
        "region": data["region"].astype(str),
        "sex": ["female", "male"],
        "age": np.arange(101),
        "year": data["year_stock"],
        "period": data["year_flow"],
    }
    return xr.Dataset(
        {
            "population": (("region", "sex", "age", "year"), people),
            "net_migration": (("region", "sex", "age", "period"), data["net_migration"] * 1.0),
            "death_rate": (("sex", "age", "period"), rates),
            "pattern": (("age", "period"), pattern / pattern.sum(0)),
            "tfr": (("region", "period"), data["tfr"]),
        },
        coords,
    )


def errors_known_at(data: xr.Dataset, origin: int) -> DrawErrors:
    """Spreads of the years before a launch, by the rules of docs/probability.md."""
    past = data.sel(period=np.arange(origin - 2 * WINDOW + 1, origin + 1))
    residents = past["population"].sum(["sex", "age"]).sel(year=past["period"].to_numpy())
    residents = residents.rename(year="period")
    net = past["net_migration"].sum(["sex", "age"])
    whole = (net.sum("region") / residents.sum("region")).isel(period=slice(WINDOW, None))
    beside = net / residents - net.sum("region") / residents.sum("region")
    halves = [beside.isel(period=s).mean("period") for s in (slice(WINDOW), slice(WINDOW, None))]
    drift = float(np.sqrt(((halves[1] - halves[0]) ** 2).mean()))
    tfr = np.log(past["tfr"].mean("region").isel(period=slice(WINDOW, None)))
    spread = float(whole.std(ddof=1))

    def error(sd: float, persistence: float, drift_sd: float, scale: str = "level") -> LevelError:
        return LevelError(sd=sd, persistence=persistence, drift_sd=drift_sd, scale=scale)  # type: ignore[arg-type]

    return DrawErrors(
        tfr=(error(float(tfr.std(ddof=1)), 1.0, 0.0, "log"),),
        mortality=(error(2.4, 0.0, 1.2), error(0.0, 1.0, 0.5)),
        migration=(error(spread, 0.0, spread / np.sqrt(WINDOW)),),
        regional_migration=(error(0.0, 0.0, drift), error(drift / 2, 1.0, 0.0)),
    )


def launched(data: xr.Dataset, origin: int, horizon: int, draws: int = 400) -> xr.Dataset:
    """Draws of the regions' people, means of the last years held, launched in a year."""
    last = np.arange(origin - WINDOW + 1, origin + 1)
    periods = np.arange(origin + 1, origin + horizon + 1)
    rates = data["death_rate"].sel(period=[last[0], last[-1]]).transpose("period", "sex", "age")
    table = life_table(rates.to_numpy(), sex=("female", "male"))
    coords = {"schedule_year": last[[0, -1]], "sex": data["sex"], "age": data["age"]}
    schedule = xr.DataArray(table.Sx, coords, ("schedule_year", "sex", "age"))
    index = xr.DataArray(periods.astype(float), {"period": periods}, "period")
    women = data["population"].sel(sex="female", year=origin, drop=True)
    by_region = data["tfr"].sel(period=last).mean("period")
    tfr = (by_region * women.sum("age")).sum() / women.sum() * xr.ones_like(index)
    pattern = data["pattern"].sel(period=last).mean("period")
    net = data["net_migration"].sel(period=last).mean("period")
    # the few movers of 90 and over, spread evenly over groups, would empty cells
    net = net.where(net["age"] < 90, 0.0)
    inputs = xr.Dataset(
        {
            "population": data["population"].sel(year=origin, drop=True),
            "base_year": origin,
            "survival_ratio": survival_at(schedule, index),
            "fertility_rate": pattern * by_region * xr.ones_like(index),
            "sex_ratio_at_birth": 1.05 * xr.ones_like(index),
            "net_migration": net * xr.ones_like(index),
            "tfr": tfr,
            "mortality_index": index,
        }
    )
    central = project(inputs)["population"]
    residents = inputs["population"].sum(["sex", "age"])
    drawn = draw_inputs(
        inputs,
        central,
        schedule,
        errors_known_at(data, origin),
        draws=draws,
        seed=1,
        known_until=origin,
        mobility="western_standard",
        spread=residents / residents.sum(),
        fitted_until={},
        counted={},
    )
    keep = {"all": (0.0, np.inf), "65plus": (65.0, np.inf)}
    return project_ensemble(drawn.patterns, drawn.levels, keep=keep, by=("region",)).isel(year=-1)


def covered(data: xr.Dataset, horizon: int) -> dict[str, tuple[float, int]]:
    """Share of outcomes inside the 80 % interval, and the number of outcomes."""
    inside: dict[str, list[float]] = {"all": [], "65plus": [], "share": []}
    for origin in range(2000, 2026 - horizon, WINDOW):
        sums = launched(data, origin, horizon)
        counted = data["population"].sel(year=origin + horizon, drop=True)
        truth = {
            "all": counted.sum(["sex", "age"]),
            "65plus": counted.sel(age=slice(65, None)).sum(["sex", "age"]),
        }
        draws = {name: sums[name].transpose("draw", "region") for name in truth}
        truth["share"] = truth["all"] / truth["all"].sum("region")
        draws["share"] = draws["all"] / draws["all"].sum("region")
        for name, values in draws.items():
            for region in data["region"].to_numpy():
                one, real = values.sel(region=region), truth[name].sel(region=region)
                inside[name].append(
                    coverage(one.to_numpy()[:, None], real.to_numpy()[None], level=LEVEL)
                )
    return {name: (float(np.mean(found)), len(found)) for name, found in inside.items()}


# docs/probability.md prints these shares. The totals come near the 80 % promised; shares are wider
# than they need be; the old are not covered: their regions' own mortality is not in the model.
@pytest.mark.validation
@pytest.mark.parametrize(
    ("horizon", "tests", "total", "old", "share"),
    [(5, 95, 0.726, 0.568, 0.895), (10, 76, 0.816, 0.632, 0.961)],
)
def test_draw_inputs__coverage_in_finland(
    finland: xr.Dataset, horizon: int, tests: int, total: float, old: float, share: float
) -> None:
    found = covered(finland, horizon)
    assert found["all"][1] == tests
    # three outcomes more or fewer: quantiles of 400 draws
    assert found["all"][0] == pytest.approx(total, abs=3.5 / tests)
    assert found["65plus"][0] == pytest.approx(old, abs=3.5 / tests)
    assert found["share"][0] == pytest.approx(share, abs=3.5 / tests)
    assert 0.65 <= found["all"][0] <= 0.95
