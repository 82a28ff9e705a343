"""The United Nations' projection of a country, made again: World Population Prospects 2024.

    python examples/un_replication.py [ISO3]

Takes the UN's base population, death rates, fertility, sex ratio at birth and net migration of one
country from the folder of validation cases (POPSIM_VALIDATION, or ../shared/validation beside the
checkout), projects by single ages to 2100, and prints how far the result is from what the UN
published. Without the folder there is nothing to compare with, and it says so.
"""

import os
import sys
from pathlib import Path

import numpy as np
import xarray as xr

import popsim as ps
from popsim.coords import age_coords

HERE = Path(__file__).resolve().parents[1]


def find_case(name: str | None) -> Path:
    """Return the folder of a country, the first where none is named."""
    given = os.environ.get("POPSIM_VALIDATION")
    root = Path(given) if given else HERE.parent / "shared" / "validation"
    found = sorted((root / "projection_cases" / "un_1x1_wpp2024").glob(f"{name or '*'}/case.npz"))
    found = [path for path in found if "mx" in np.load(path).files]
    if not found:
        sys.exit(f"no case of WPP 2024 {name or ''} under {root}: set POPSIM_VALIDATION")
    return found[0]


def labelled(case: dict[str, np.ndarray]) -> xr.Dataset:
    """UN arrays (year, [male, female], age) as inputs of `project`."""
    ends = case["years"] + 1  # a step is labelled by the 1 January at its end
    data = xr.Dataset(coords={"sex": ["female", "male"], **age_coords(100), "period": ends})
    data["population"], data["base_year"] = (("sex", "age"), case["pop0"][::-1]), case["years"][0]
    data["death_rate"] = (("period", "sex", "age"), case["mx"][:, ::-1])
    data["fertility_rate"] = (("period", "age"), case["asfr"])
    data["sex_ratio_at_birth"] = ("period", case["srb"])
    data["net_migration"] = (("period", "sex", "age"), case["mig"][:, ::-1])
    return data


def main(name: str | None = None) -> dict[str, float]:
    """Project, print, and return the errors relative to the UN's figures."""
    path = find_case(name)
    with np.load(path) as arrays:
        case = dict(arrays)
    # The UN's conventions are the defaults; they are named here to be seen.
    result = ps.project(labelled(case), migration_timing="end", births_exposure="before_migration")
    people = result["population"].sum("sex").transpose("year", "age").to_numpy()
    july = (people[:-1] + people[1:]) / 2  # the UN publishes 1 July
    mine, theirs = july[:, :100], case["expected_midyear_both"]
    births = result["births"].sum("sex").to_numpy()
    deaths = result["deaths"].sum(["sex", "age"]).to_numpy()

    def worst(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.abs(a / b - 1).max())

    cells = np.abs(mine[:, :95] / theirs[:, :95] - 1)
    errors = {
        "total without 100+, worst year": worst(mine.sum(1), theirs.sum(1)),
        "single ages 0-94, median cell": float(np.median(cells)),
        "single ages 0-94, 95th percentile": float(np.quantile(cells, 0.95)),
        "births, worst year": worst(births, case["expected_births"]),
        "deaths, worst year": worst(deaths, case["expected_deaths"]),
    }
    print(f"{path.parent.name}, {case['years'][0]}-{case['years'][-1]}: error against WPP 2024")
    for what, error in errors.items():
        print(f"  {what:34} {error:.1e}")
    print("\nyear  popsim (1 July, without 100+)   WPP 2024")
    for year in (2030, 2050, 2075, 2099):
        i = year - int(case["years"][0])
        print(f"{year}  {mine[i].sum():18,.0f} {theirs[i].sum():18,.0f}")
    return errors


if __name__ == "__main__":
    main(*sys.argv[1:2])
