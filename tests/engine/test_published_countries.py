"""Countries as the United Nations published them; any country found is tried, none by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from popsim.methods.lifetable import closest_ax, life_table
from popsim.projection import project

pytestmark = pytest.mark.validation
Make = Callable[..., xr.Dataset]


def cases(folder: Path, family: str) -> list[tuple[str, dict[str, np.ndarray], dict]]:
    found = []
    for path in sorted((folder / "projection_cases" / family).glob("*/case.npz")):
        meta = json.loads(path.with_name("meta.json").read_text(encoding="utf-8"))
        with np.load(path, allow_pickle=False) as arrays:
            found.append((path.parent.name, dict(arrays), meta))
    if not found:
        pytest.skip(f"no case of {family} at hand")
    return found


def both(values: np.ndarray) -> np.ndarray:
    """(time, [male, female], age) -> ([female, male], age, time)."""
    return np.moveaxis(values[..., ::-1, :], 0, -1)


def errors(got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return np.abs(got / expected - 1.0)


def test_project__un_engine_single_ages(validation_dir: Path, make: Make) -> None:
    for name, case, meta in cases(validation_dir, "engine_1x1"):
        inputs = make(
            {
                "population": case["pop0"][::-1],
                "survival_ratio": both(case["Sx"]),
                "fertility_rate": case["asfr"].T,
                "sex_ratio_at_birth": case["srb"],
                "net_migration": both(case["mig"]),
            },
            base_year=int(case["years"][0]),
        )
        result = project(inputs, migration_timing=meta["timing"], on_negative="floor")
        expected = both(case["expected_pop"])
        people = result["population"].to_numpy()
        large = expected >= 1.0
        assert errors(people[large], expected[large]).max() < 1e-9, name
        births = result["births"].sum("sex").to_numpy()
        assert errors(births, case["expected_births"]).max() < 1e-9, name


def published_survival(case: dict[str, np.ndarray], steps: slice, share: float) -> np.ndarray:
    """Ratios between published populations, by group reached; NaN at birth and below 1,000."""
    people, net = case["expected_pop"], case["mig"][steps]
    start = people[:-1][steps] + share * net
    reached = people[1:][steps] - (1.0 - share) * net
    ratio = np.full(net.shape, np.nan)
    large = (start[..., :-2] >= 1000.0) & (reached[..., 1:-1] >= 1000.0)
    ratio[..., 1:-1][large] = reached[..., 1:-1][large] / start[..., :-2][large]
    return ratio


def survival_wpp_2012(case: dict[str, np.ndarray], steps: slice, share: float) -> np.ndarray:
    """(step, [male, female], group), by the practice that the people themselves show.

    WPP 2012 used survival ratios of five decimals, by Greville's nax in every projection, but some
    countries' estimates are by nax of half a group below age 80.
    """
    rates = np.maximum(case["mx"][steps], 0.0)
    found = closest_ax(rates, published_survival(case, steps, share), sex=("male", "female"))
    table = life_table(
        rates, sex=("male", "female"), width="abridged", a0="coale_demeny", ax=found.ax
    )
    return np.round(table.Sx, 5)


# Marks: cells of 1,000 and more at ages 0-99, median and p95; total without 100+
@pytest.mark.parametrize(
    ("start", "median", "p95", "total"), [(2010, 5e-4, 2e-3, 5e-4), (1950, 6e-4, 5e-3, 1e-3)]
)
def test_project__wpp_2012_five_year_ages(
    validation_dir: Path, make: Make, start: int, median: float, p95: float, total: float
) -> None:
    for name, case, meta in cases(validation_dir, "un_5x5_wpp2012"):
        first = int(np.flatnonzero(case["years"] == start)[0])
        share = {"end": 0.0, "even": 0.5}[meta["timing"]]
        base = int(np.flatnonzero(case["years"] == 2010)[0])  # estimates before, projection after
        blocks = [slice(first, base), slice(base, None)] if first < base else [slice(first, None)]
        survival = np.concatenate([survival_wpp_2012(case, block, share) for block in blocks])
        pattern = case["pasfr"][first:] / case["pasfr"][first:].sum(axis=1, keepdims=True)
        fertility = np.zeros((21, survival.shape[0]))
        fertility[3:10] = (case["tfr"][first:, None] * pattern / 5.0).T
        inputs = make(
            {
                "population": case["expected_pop"][first][::-1],
                "survival_ratio": both(survival),
                "fertility_rate": fertility,
                "sex_ratio_at_birth": case["srb"][first:],
                "net_migration": both(case["mig"][first:]),
            },
            base_year=start,
            step=5,
        )
        result = project(
            inputs,
            migration_timing=meta["timing"],
            births_exposure="after_migration",
            on_negative="floor",
        )
        people = result["population"].to_numpy()[..., 1:]
        expected = both(case["expected_pop"][first + 1 :])
        closed, published = people[:, :-1], expected[:, :-1]
        large = published >= 1000.0
        cell = errors(closed[large], published[large])
        assert np.median(cell) < median, name
        assert np.quantile(cell, 0.95) < p95, name
        assert errors(closed.sum((0, 1)), published.sum((0, 1))).max() < total, name


def test_project__wpp_2024_single_ages(validation_dir: Path, make: Make) -> None:
    for name, case, meta in cases(validation_dir, "un_1x1_wpp2024"):
        first = int(meta["start"].split()[-1])
        mortality = (
            {"survival_ratio": both(case["Sx"])}
            if "Sx" in case
            else {"death_rate": both(case["mx"])}
        )
        inputs = make(
            {
                "population": case["pop0"][::-1],
                **mortality,
                "fertility_rate": case["asfr"].T,
                "sex_ratio_at_birth": case["srb"],
                "net_migration": both(case["mig"]),
            },
            base_year=first,
        )
        a0 = "andreev_kingkade"
        if "a0" in case and "Sx" not in case:
            a0 = xr.DataArray(
                case["a0"][:, ::-1],
                dims=("period", "sex"),
                coords={"period": inputs["period"], "sex": inputs["sex"]},
            )
        result = project(inputs, migration_timing=meta["timing"], a0=a0)
        if "death_rate" in inputs:
            carried = project(inputs, migration_timing=meta["timing"], a0=a0, carry_to_age=130)
            closed = slice(None, 99)
            xr.testing.assert_allclose(
                carried["population"].sel(age=closed), result["population"].sel(age=closed)
            )
        january = result["population"].sum("sex").to_numpy()
        midyear = (january[:, :-1] + january[:, 1:]) / 2.0  # UN: 1 July, between two 1 Januaries
        published = case["expected_midyear_both"].T[:100]
        cell = errors(midyear[:95], published[:95])
        assert np.median(cell) < 2e-4, name
        assert np.quantile(cell, 0.95) < 7e-4, name
        assert errors(midyear[:100].sum(0), published.sum(0)).max() < 5e-4, name
        births = result["births"].sum("sex").to_numpy()
        assert errors(births, case["expected_births"]).max() < 1e-3, name
