"""Draws that cannot be meant: refused, with the draw, the period and the state named."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr

from popsim.ensembles import project_ensemble
from popsim.errors import DataError

Ensemble = Callable[..., tuple[xr.Dataset, xr.Dataset]]
REGIONS = {"region": ["A", "B", "C"]}
FULL = {"region": ["A", "B"], "area": ["urban", "rural"], "status": ["registered", "floating"]}
KEEP = {"total": (0, np.inf)}


def test_project_ensemble__levels_outside_the_family(ensemble: Ensemble) -> None:
    inputs, levels = ensemble()
    levels["mortality_index"][2, 3] = 2031.0
    with pytest.raises(DataError, match=r"mortality_index: draw=2, period=2040.*got 2031.*widen"):
        project_ensemble(inputs, levels, keep=KEEP)


def test_project_ensemble__missing_numbers_and_names_them(ensemble: Ensemble) -> None:
    inputs, levels = ensemble(states=REGIONS)
    inputs["survival_table"][1, 2, 0, 3] = np.nan
    inputs["migration_profile"][0, 1, 2] = np.nan
    with pytest.raises(DataError) as caught:
        project_ensemble(inputs, levels, keep=KEEP)
    assert "survival_table (region=B, row=2, sex=female, age=15)" in str(caught.value)
    assert "migration_profile (region=A, sex=male, age=10)" in str(caught.value)


def test_project_ensemble__more_leaving_than_there_are(ensemble: Ensemble) -> None:
    inputs, levels = ensemble(states=REGIONS)
    levels["migration_level"][4] = -1000.0
    with pytest.raises(DataError, match=r"region=A, draw=4.*more people leave than are there"):
        project_ensemble(inputs, levels, keep=KEEP)


def test_project_ensemble__moves_of_more_than_everybody(ensemble: Ensemble) -> None:
    inputs, levels = ensemble(states=FULL, edges=20)
    levels["move_level"][3, 2] = 500.0
    with pytest.raises(DataError, match=r"period=2035, draw=3, region=.*more than everybody"):
        project_ensemble(inputs, levels, keep=KEEP)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"keep": {}}, "nothing to keep"),
        ({"keep": {"odd": (0, 63)}}, r"keep \(odd\): a limit cuts through an age group; got 63"),
        ({"keep": KEEP, "by": ["area"]}, "cannot be kept apart; got area"),
        ({"keep": KEEP, "migration_timing": "middle"}, "unknown choice; got middle"),
    ],
)
def test_project_ensemble__what_cannot_be_kept(
    ensemble: Ensemble, change: dict, message: str
) -> None:
    inputs, levels = ensemble(states=REGIONS)
    with pytest.raises(DataError, match=message):
        project_ensemble(inputs, levels, **change)


def test_project_ensemble__foreign_levels(ensemble: Ensemble) -> None:
    inputs, levels = ensemble(states=REGIONS)
    wrong = levels.assign(move_level=levels["tfr"], mood=levels["tfr"])
    with pytest.raises(DataError) as caught:
        project_ensemble(inputs, wrong, keep=KEEP)
    assert "levels (move_level): nothing to act on" in str(caught.value)
    assert "levels (mood): unknown level" in str(caught.value)
    with pytest.raises(DataError, match=r"levels \(tfr\): variable is missing"):
        project_ensemble(inputs, levels.drop_vars("tfr"), keep=KEEP)


def test_project_ensemble__parts_of_draws_have_the_same_periods(ensemble: Ensemble) -> None:
    inputs, levels = ensemble()
    later = levels.isel(draw=[2]).assign_coords(period=levels["period"] + 5)
    with pytest.raises(DataError, match=r"levels \(period\): got \[2030, .*; expected \[2025, "):
        project_ensemble(inputs, [levels.isel(draw=[0, 1]), later], keep=KEEP)


def test_project_ensemble__a_draw_is_given_once(ensemble: Ensemble) -> None:
    inputs, levels = ensemble()
    with pytest.raises(DataError, match=r"levels \(draw\): draw 1 given twice"):
        project_ensemble(inputs, [levels, levels.isel(draw=[1])], keep=KEEP)


def test_project_ensemble__groups_are_told_in_full(ensemble: Ensemble) -> None:
    inputs, levels = ensemble(states=REGIONS)
    groups = xr.DataArray(np.ones((1, 3)), {"group": ["g"], **REGIONS}, ("group", "region"))
    missing = groups.where(groups["region"] != "B")
    with pytest.raises(DataError, match=r"groups \(group=g, region=B\): neither a member nor not"):
        project_ensemble(inputs, levels, keep=KEEP, groups=missing)
    twice = xr.concat([groups, groups], "group")
    with pytest.raises(DataError, match=r"groups \(group\): label given twice"):
        project_ensemble(inputs, levels, keep=KEEP, groups=twice)


@pytest.mark.parametrize("name", ["survival_table", "fertility_pattern"])
def test_project_ensemble__units(ensemble: Ensemble, name: str) -> None:
    inputs, levels = ensemble()
    inputs[name].attrs["units"] = "per 1000"
    with pytest.raises(DataError, match=f"{name}: wrong units; got per 1000"):
        project_ensemble(inputs, levels, keep=KEEP)
