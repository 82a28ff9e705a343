"""Draws around chosen scenarios: people by age group, and people in need of care."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from popsim.assumptions.fitted import Fitted
from popsim.care import prevalence, prevalence_draws
from popsim.ensembles import LevelError, project_ensemble
from popsim.ensembles.from_inputs import DrawErrors, DrawInputs, draw_inputs
from popsim.ensembles.keep import Keep
from popsim.errors import ConfigError, DataError, Problem
from popsim.targets import Evidence
from popsim.targets.evidence import AGE_GROUPS

__all__ = ["FOLLOWS", "Drawn", "draw_scenarios", "error_text"]

# Key of the draws of prevalence, beside those of the draws themselves, (0,), (1,), ..
PREVALENCE = (0, 1)
# Care counts that are a fixed multiple of an age group, by stem.
FOLLOWS = {
    "population_60plus": "60plus",
    "population_65plus": "65plus",
    "population_80plus": "80plus",
    "home_pattern": "60plus",
    "community_pattern": "60plus",
    "beds_pattern": "60plus",
    "beds_norm": "60plus",
    "beds_nursing_norm": "60plus",
    "floor_norm": "60plus",
    "dementia_beds_plan": "60plus",
    "health_management_persons": "65plus",
}


@dataclass(frozen=True)
class Drawn:
    """Draws of the scenarios asked for.

    Parameters
    ----------
    stocks
        Persons (scenario, draw, region, age_group, year), by the age groups of targets.
    needs
        By name of care count: its draws over its value without uncertainty (scenario, draw,
        region, year); region `all` is the sum.
    interval
        Lower and upper quantile shown beside single values.
    """

    stocks: xr.DataArray
    needs: Mapping[str, xr.DataArray]
    interval: tuple[float, float]


def draw_scenarios(
    fitted: Fitted,
    inputs: xr.Dataset,
    population: xr.DataArray,
    frames: Mapping[str, pd.DataFrame],
    care: Mapping[str, Any],
    seed: int,
    *,
    count: int,
    scenarios: tuple[str, ...],
    tfr: tuple[LevelError, ...],
    mortality: tuple[LevelError, ...],
    migration: tuple[LevelError, ...],
    county_migration: tuple[LevelError, ...],
    mobility: str,
    prevalence_n: float,
    interval: tuple[float, float],
) -> Drawn:
    """Draw around scenarios.

    Parameters
    ----------
    fitted, inputs, population
        Calibration; inputs and projected people, with the dim `scenario`.
    frames
        Tables of the case: `care_prevalence`.
    care
        Parameters of `care_table`, for its scales.
    seed
        Of everything.
    count
        Number of draws.
    scenarios
        Around which; the errors are the same in all.
    tfr, mortality, migration, county_migration
        Errors, each a list whose parts add up: see `popsim.ensembles.from_inputs.DrawErrors`.
        None of them has a default.
    mobility
        UN model schedule of migration by age, on which an error of migration is laid.
    prevalence_n
        Persons behind each figure of prevalence, as far as it is not printed with an interval.
    interval
        Lower and upper quantile shown beside single values.

    Returns
    -------
    Drawn
        The levels of the whole are known in the fitted periods, and a county's up to the last one
        to whose residents it was fitted; residents counted later are met by every draw.

    Raises
    ------
    ConfigError
        Scenarios that are not run, an interval that is none.
    """
    _check(inputs, scenarios, count, interval)
    errors = DrawErrors(
        tfr=tfr, mortality=mortality, migration=migration, regional_migration=county_migration
    )
    come = fitted.trend_arrivals.sum(["sex", "age"])
    spread = (come / come.sum()).reset_coords(drop=True)
    classes = dict(_prevalence(frames, care, count, seed, prevalence_n))
    keep: dict[str, tuple[float, float] | xr.DataArray] = {
        f"age.{name}": (float(low), float(high)) for name, (low, high) in AGE_GROUPS.items()
    }
    for scale, held in classes.items():
        keep |= {f"{scale}.{k}": mask for k, mask in enumerate(held.masks)}
    fitted_until = _fitted_until(fitted.table)
    parts, needs = [], []
    for name in scenarios:
        drawn = draw_inputs(
            inputs.sel(scenario=name, drop=True),
            population.sel(scenario=name, drop=True),
            fitted.survival_schedule,
            errors,
            draws=count,
            seed=seed,
            known_until=int(fitted.periods[-1]),
            mobility=mobility,
            spread=spread,
            fitted_until=fitted_until,
            counted=_counted(fitted.table, population.sel(scenario=name), fitted_until),
        )
        sums = _projected(drawn, keep)
        parts.append(_by_age_group(sums))
        central = _central(population.sel(scenario=name, drop=True))
        needs.append(_needs(classes, sums, central) | _followers(parts[-1], central))
    label = pd.Index(list(scenarios), name="scenario")
    joined = {
        n: xr.concat([one[n] for one in needs], label, join="exact") for n in needs[0]
    }  # fmt: skip
    return Drawn(xr.concat(parts, label, join="exact"), joined, interval)


def _projected(drawn: DrawInputs, keep: Keep) -> xr.Dataset:
    """Sums of all draws; a draw in which people run out is a spread too wide."""
    try:
        return project_ensemble(drawn.patterns, drawn.levels, keep=keep, by=("region",))
    except DataError as error:
        raise ConfigError(
            Problem(
                "a draw loses more people than there are",
                "draws",
                str(error).partition(". Remedy")[0],
                remedy="smaller spreads in migration and county_migration",
            )
        ) from error


def _by_age_group(sums: xr.Dataset) -> xr.DataArray:
    """Persons (age_group, draw, region, year)."""
    dims = ("draw", "region", "year")
    kept = [sums.variables[f"age.{name}"].transpose(*dims).to_numpy() for name in AGE_GROUPS]
    labels = {"age_group": [*AGE_GROUPS], **{d: sums[d].to_numpy() for d in dims}}
    return xr.DataArray(np.stack(kept), labels, ("age_group", *dims))


def error_text(error: LevelError) -> str:
    """Parameters of an error as they are written in a scenario file."""
    return (
        f"sd={error.sd:g}, persistence={error.persistence:g}, drift_sd={error.drift_sd:g}, "
        f"scale={error.scale}"
    )


def _check(
    inputs: xr.Dataset, scenarios: Sequence[str], count: int, interval: tuple[float, float]
) -> None:
    known = [str(s) for s in inputs["scenario"].to_numpy()]
    faults = [
        Problem("unknown scenario", "draws.scenarios", name, f"one of {', '.join(known)}")
        for name in scenarios
        if name not in known
    ]
    if not scenarios or len(set(scenarios)) < len(scenarios):
        faults.append(Problem("no scenario, or one twice", "draws.scenarios", str([*scenarios])))
    if count < 2:
        faults.append(Problem("too few draws", "draws.count", str(count), "2 or more"))
    if not 0 < interval[0] < 0.5 < interval[1] < 1:
        faults.append(Problem("not an interval", "draws.interval", str([*interval]), "[0.1, 0.9]"))
    if faults:
        raise ConfigError(faults)


def _fitted_until(fit: pd.DataFrame) -> dict[str, int]:
    """Last period to whose residents each region was fitted."""
    if fit.empty:
        return {}
    rows = fit[(fit["quantity"] == "population") & (fit["fitted_to"] == "population")]
    last = rows.groupby("region")["period"].max()
    return {str(region): int(period) for region, period in last.items()}


def _counted(
    fit: pd.DataFrame, population: xr.DataArray, fitted_until: Mapping[str, int]
) -> dict[str, dict[int, float]]:
    """Residents of regions counted after they were fitted, over the projected ones, less 1."""
    people = _central(population).sum(["sex", "age"])
    rows = fit[fit["quantity"] == "population"] if len(fit) else fit
    found: dict[str, dict[int, float]] = {}
    for row in rows.to_dict("records"):
        region, period = str(row["region"]), int(row["period"])
        if region not in people["region"] or period <= fitted_until.get(region, 0):
            continue
        if period in people["year"][1:]:
            projected = float(people.sel(region=region, year=period))
            found.setdefault(region, {})[period] = float(row["published"]) / projected - 1.0
    return found


@dataclass(frozen=True)
class _Scale:
    """A scale as classes of cells (sex, age) that share one prevalence.

    `masks` by class; `central` (need_level, class); `drawn` (draw, need_level, class).
    """

    masks: list[xr.DataArray]
    levels: list[str]
    central: np.ndarray
    drawn: np.ndarray


def _prevalence(
    frames: Mapping[str, pd.DataFrame],
    care: Mapping[str, Any],
    count: int,
    seed: int,
    effective_n: float,
) -> Iterator[tuple[str, _Scale]]:
    """Each scale of the care table with the draws of its prevalence."""
    scales = care.get("scale", ())
    detail = care.get("detail", "age")
    if "area" in detail or "care_prevalence" not in frames:
        return
    for scale in [scales] if isinstance(scales, str) else scales:
        how = {"scale": scale, "detail": detail, "extend": care.get("extend", "none")}
        source = np.random.SeedSequence(seed, spawn_key=PREVALENCE)
        table = frames["care_prevalence"]
        order = ("need_level", "sex", "age")
        central = prevalence(table, **how).transpose(*order)
        drawn = prevalence_draws(
            table, draws=count, rng=np.random.default_rng(source), effective_n=effective_n, **how
        ).transpose("draw", *order)
        flat = central.to_numpy().reshape(central.sizes["need_level"], -1)
        cells = drawn.to_numpy().reshape(count, len(flat), -1)
        # Cells are of one class where they agree without uncertainty and in a draw.
        both = np.concatenate([flat, cells[0]])
        _, first, member = np.unique(both, axis=1, return_index=True, return_inverse=True)
        used = np.flatnonzero(flat[:, first].any(axis=0))
        like = central.isel(need_level=0, drop=True)
        masks = [
            like.copy(data=(member.ravel() == k).astype(float).reshape(like.shape)).drop_attrs()
            for k in used
        ]
        levels = [str(n) for n in central["need_level"].to_numpy()]
        yield scale, _Scale(masks, levels, flat[:, first[used]], cells[..., first[used]])


def _central(population: xr.DataArray) -> xr.DataArray:
    """People (region, sex, age, year) without uncertainty."""
    inside = [d for d in population.dims if d in ("area", "status")]
    return population.sum(inside, skipna=False).reset_coords(drop=True)


def _needs(
    classes: Mapping[str, _Scale], sums: xr.Dataset, central: xr.DataArray
) -> dict[str, xr.DataArray]:
    """Draws of each need over its value without uncertainty (draw, region and `all`, year)."""
    found: dict[str, xr.DataArray] = {}
    for scale, held in classes.items():
        kept = [sums.variables[f"{scale}.{k}"] for k in range(len(held.masks))]
        people = np.stack([one.transpose("draw", "region", "year").to_numpy() for one in kept])
        plain = central.transpose("region", "sex", "age", "year").to_numpy()
        masks = np.stack([mask.transpose("sex", "age").to_numpy() for mask in held.masks])
        sure = np.einsum("rgxy,kgx->kry", plain, masks)
        drawn = np.einsum("dlk,kdry->ldry", held.drawn, people)
        middle = np.einsum("lk,kry->lry", held.central, sure)
        like = sums[f"{scale}.0"].transpose("draw", "region", "year").drop_attrs()
        for i, level in enumerate(held.levels):
            found[f"need_{level}.{scale}"] = _ratio(drawn[i], middle[i], like)
        found[f"need_total.{scale}"] = _ratio(drawn.sum(0), middle.sum(0), like)
    return found


def _followers(ages: xr.DataArray, central: xr.DataArray) -> dict[str, xr.DataArray]:
    """Draws of age groups over their value without uncertainty."""
    found = {}
    sure = Evidence.age_groups(central)
    for name in dict.fromkeys(FOLLOWS.values()):
        drawn = ages.sel(age_group=name, drop=True).transpose("draw", "region", "year")
        middle = sure.sel(age_group=name, drop=True).transpose("region", "year").to_numpy()
        found[name] = _ratio(drawn.to_numpy(), middle, drawn)
    return found


def _ratio(drawn: np.ndarray, middle: np.ndarray, like: xr.DataArray) -> xr.DataArray:
    """Draws (draw, region, year) and their sum over regions, over the values without draws."""
    top = np.concatenate([drawn, drawn.sum(1, keepdims=True)], axis=1)
    below = np.concatenate([middle, middle.sum(0, keepdims=True)], axis=0)
    regions = [*(str(r) for r in like["region"].to_numpy()), "all"]
    labels = {"draw": like["draw"], "region": regions, "year": like["year"]}
    return xr.DataArray(top / below, labels, ("draw", "region", "year"))
