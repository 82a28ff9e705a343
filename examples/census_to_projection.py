"""From a census table to a projection: Zhejiang province to 2035, in one page."""

from pathlib import Path

import numpy as np
import xarray as xr
from scipy.optimize import brentq

import popsim as ps
from popsim.coords import age_coords
from popsim.methods import graduation, lifetable, migration, mortality, quality

case = ps.read_case(Path(__file__).parents[1] / "data" / "zhejiang")
seen = case.frames["observations"].set_index(["indicator", "age_from", "year"])["value"]
fit, years = [2021, 2022, 2023], np.arange(2021, 2036)  # years fitted, years projected

# Judge the census of 2020, and its cohorts against that of 2010.
census = case.population.transpose("year", "sex", "age")
print(quality.assess(census.sel(year=2020), earlier=census.sel(year=2010), interval=10), "\n")

# Carry 85+ to 100+ by a stable population, graduate to single ages, move to 31 December.
standard = case.survival_standard.transpose("sex", "age").to_numpy()
person_years = np.cumprod(standard, axis=-1)
person_years[:, -1] /= 1 - standard[:, -1]  # the open group: all years above 100
ages, upper = census["age"].to_numpy(), [85, 90, 95, 100]
groups = graduation.redistribute_open_age(
    census.sel(year=2020), ages, standard_Lx=person_years, to_age=upper
)
base = graduation.pclm(groups, [*ages[:-1], *upper], last_age=100)
base *= seen["residents", "", 2020] / base.sum()

# Project at a gain of life expectancy over the standard, a TFR, and net migrants a year.
e0 = lifetable.expectation_from_survival(standard)
pattern = np.pad(case.fertility_pattern.to_numpy(), (15, 51))
young = migration.rogers_castro(np.arange(101), **migration.un_schedule("western_standard", "male"))


def project(gain: float, tfr: float, net: float) -> xr.Dataset:
    """Project to 2035 with constant rates."""
    out = xr.Dataset(coords={"sex": ["female", "male"], **age_coords(100), "period": years})
    out["population"], out["base_year"] = (("sex", "age"), base), 2020
    out["survival_ratio"] = (("sex", "age"), mortality.survival_at_e0(standard, e0 + gain))
    out["fertility_rate"], out["sex_ratio_at_birth"] = ("age", tfr * pattern), 1.08
    moved = migration.migration_by_age(net, np.stack([young, young]))
    out["net_migration"] = (("sex", "age"), moved)
    return ps.project(out.assign(net_migration=out["net_migration"].expand_dims(period=years)))


# Levels: births and deaths as published; migrants are what these leave unexplained.
born, died = (sum(seen[name, "", year] for year in fit) for name in ("births", "deaths"))
net = (seen["residents", "", 2023] - seen["residents", "", 2020] - born + died) / len(fit)
tfr = born / float(project(0, 1, net)["births"].sel(period=fit).sum())
gain = brentq(lambda x: float(project(x, tfr, net)["deaths"].sel(period=fit).sum()) - died, -5, 5)
people = project(gain, tfr, net)["population"].sum("sex").to_pandas() / 1e4
print(f"e0 {(e0 + gain).round(1)} women, men; TFR {tfr:.2f}; net migrants {net:,.0f} a year")
for year in (2020, 2024, 2025, 2030, 2035):  # 10,000 persons; published 2024: 6670, 1494, 1048
    print(year, *(f"{low}+ {people.loc[low:, year].sum():6,.0f}" for low in (0, 60, 65, 80)))
