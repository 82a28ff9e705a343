"""What it would take: the amount of a lever at which a target is met, and whether it is likely.

Two answers are given side by side. `required_people` is arithmetic on the projected stocks: how
many people would have to live inside the boundary. `required` turns a lever of the inputs (net
migration, moves inside the city, fertility) and projects again until the target is met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from popsim.errors import ConfigError, ConvergenceError, Problem
from popsim.targets.evidence import Evidence
from popsim.targets.measures import MEASURES
from popsim.targets.model import Target

__all__ = ["LEVERS", "Requirement", "ShareRequirement", "required", "required_people"]


class ShareRequirement(NamedTuple):
    """People needed for a share target, by arithmetic.

    Parameters
    ----------
    moved_inside
        Persons that would have to move from the rest into the group, the whole unchanged.
    from_outside
        Persons that would have to come from outside into the group, the rest unchanged.
    yearly_growth
        Growth rate a year of the group that reaches the share while the rest grows as projected.
    """

    moved_inside: float
    from_outside: float
    yearly_growth: float


def required_people(
    inside: float, whole: float, share: float, *, start: float, years: int
) -> ShareRequirement:
    """People needed for a group to hold a share of the whole.

    Parameters
    ----------
    inside, whole
        Projected persons in the group and in all, in the target's year.
    share
        The share to reach, between 0 and 1.
    start
        Persons in the group in the base year.
    years
        Years from the base year to the target's year.

    Returns
    -------
    ShareRequirement
        Persons and rate; negative where the target is over-fulfilled.

    Notes
    -----
    Fixed total: ``M = s N - C``. From outside: ``(C + M) / (N + M) = s`` gives
    ``M = (s N - C) / (1 - s)``. Growth: ``g = (s / (1 - s) * R / C0) ** (1 / T) - 1`` with the
    rest ``R = N - C``.

    Examples
    --------
    >>> need = required_people(151.87, 540.09, 0.60, start=151.87, years=5)
    >>> round(need.moved_inside, 1), round(need.from_outside, 1), round(need.yearly_growth, 2)
    (172.2, 430.5, 0.31)
    """
    short = share * whole - inside
    growth = (share / (1 - share) * (whole - inside) / start) ** (1 / years) - 1
    return ShareRequirement(short, short / (1 - share), growth)


@dataclass(frozen=True)
class Requirement:
    """The amount of a lever at which a target is met.

    Parameters
    ----------
    lever, unit
        The lever's name, and the unit of `amount`.
    amount
        The amount at which the target is just met; 0 where it is met without it.
    history
        The same quantity as projected without it (mean a year), to compare with; NaN where there
        is none.
    times_history
        ``|amount| / |history|``.
    plausible
        Whether the amount stays within twice what the inputs hold; None without a history.
    """

    lever: str
    unit: str
    amount: float
    history: float
    times_history: float
    plausible: bool | None

    def __str__(self) -> str:
        """One sentence a planner can quote."""
        text = f"{self.lever}: {self.amount:,.4g} {self.unit}"
        if np.isfinite(self.times_history):
            text += f" ({self.times_history:.1f} times the inputs' {self.history:,.4g})"
        return text


@dataclass(frozen=True)
class Lever:
    """A lever: how it changes the inputs, its unit, its value without it, the largest tried.

    `history` reads the result of the inputs as they are, where counts and rates stand together.

    `linear` says that people of every place are linear in the amount: two projections then tell
    all.
    """

    apply: Callable[[xr.Dataset, float, list[str]], xr.Dataset]
    unit: str
    history: Callable[[xr.Dataset, list[str]], float]
    start: float
    limit: float
    linear: bool = False


def _profile(inputs: xr.Dataset, members: list[str]) -> xr.DataArray:
    """Non-negative shape of in-migration over the states of the members, by sex, age, period."""
    inflow = inputs["net_migration"].clip(min=0.0).sel(region=members)
    dims = [d for d in inflow.dims if d not in ("period", "scenario")]
    return inflow / inflow.sum(dims)


def _add_net_migration(inputs: xr.Dataset, amount: float, members: list[str]) -> xr.Dataset:
    """Add persons a year from outside into the members, in the shape of their own inflow."""
    extra = (_profile(inputs, members) * amount).reindex_like(
        inputs["net_migration"], fill_value=0.0
    )
    return inputs.assign(net_migration=inputs["net_migration"] + extra)


def _move_inside(inputs: xr.Dataset, amount: float, members: list[str]) -> xr.Dataset:
    """Move persons a year from the other regions into the members, the city's total unchanged."""
    rest = [r for r in inputs["region"].to_numpy().tolist() if r not in members]
    added = _add_net_migration(inputs, amount, members)
    weight = inputs["population"].sel(region=rest)
    people = [d for d in weight.dims if d not in ("region", "area", "status", "scenario")]
    share = weight.sum(people) / weight.sum([d for d in weight.dims if d != "scenario"])
    gained = (added["net_migration"] - inputs["net_migration"]).sum(
        [d for d in share.dims if d != "scenario"]
    )
    taken = (share * gained).reindex_like(inputs["net_migration"], fill_value=0.0)
    return inputs.assign(net_migration=added["net_migration"] - taken)


def _scale_fertility(inputs: xr.Dataset, amount: float, members: list[str]) -> xr.Dataset:
    """Multiply all fertility rates by 1 + amount."""
    return inputs.assign(fertility_rate=inputs["fertility_rate"] * (1.0 + amount))


def _mean_net(result: xr.Dataset, members: list[str]) -> float:
    dims = [d for d in result["net_migration"].dims if d != "period"]
    return float(result["net_migration"].sel(region=members).sum(dims).mean())


LEVERS: dict[str, Lever] = {
    "net_migration": Lever(_add_net_migration, "person a year", _mean_net, 1e4, 1e8, linear=True),
    "internal_migration": Lever(_move_inside, "person a year", _mean_net, 1e4, 1e7, linear=True),
    "fertility": Lever(_scale_fertility, "relative change", lambda i, m: np.nan, 0.1, 20.0),
}


def required(
    target: Target,
    inputs: xr.Dataset,
    lever: str = "net_migration",
    *,
    in_group: xr.DataArray,
    boundary: str,
    definition: str = "resident",
    project: Callable[..., xr.Dataset] | None = None,
    **options: Any,
) -> Requirement:
    """Find the amount of a lever at which a target is just met.

    Parameters
    ----------
    target
        A target with a threshold.
    inputs
        Inputs of one scenario for `popsim.project`.
    lever
        A key of `LEVERS`.
    in_group
        Membership (boundary, group, region, year), bool.
    boundary, definition
        Where the target is judged.
    project
        The projection; `popsim.project` by default.
    **options
        Passed to the projection.

    Returns
    -------
    Requirement

    Raises
    ------
    ConfigError
        Unknown lever, or a target without a threshold.
    ConvergenceError
        When no amount up to the lever's limit meets the target.
    """
    from popsim.projection import project as engine

    if lever not in LEVERS:
        raise ConfigError(Problem("unknown lever", "lever", lever, f"one of {sorted(LEVERS)}"))
    if target.threshold is None:
        raise ConfigError(Problem("the target has no threshold", f"target {target.id}"))
    rule = LEVERS[lever]
    run = engine if project is None else project
    year = min(target.year, int(in_group["year"].max()))
    # What happens after the target's year does not move it.
    inputs = until(inputs, target.year)
    inside = in_group.sel(boundary=boundary, group=target.group, year=year)
    members = [str(r) for r in inside["region"].to_numpy()[inside.to_numpy()]]
    members = [r for r in members if r in inputs["region"].to_numpy()]

    def projected(amount: float) -> xr.DataArray:
        changed = rule.apply(inputs, amount, members) if amount else inputs
        people = run(changed, **options)["population"]
        return people.isel(year=[0, int(np.flatnonzero(people["year"] == target.year)[0])])

    def gap(amount: float) -> float:
        evidence = Evidence.from_populations({definition: projected(amount)}, in_group)
        path = MEASURES[target.indicator].function(evidence, target, boundary, definition)
        value, base = (path.sel(year=y).to_numpy() for y in (target.year, evidence.base_year))
        found = target.gap(value, base)
        assert found is not None
        return float(found)

    if rule.linear and target.indicator == "population_share" and target.at_least is not None:
        amount = _share_root(projected, rule, target, in_group, boundary, lever)
    else:
        amount = _root(gap, rule, target, lever)
    history = rule.history(run(inputs, **options), members)
    times = abs(amount / history) if history else np.nan
    plausible = None if not np.isfinite(times) else bool(times <= 2.0)
    return Requirement(lever, rule.unit, amount, history, times, plausible)


def until(inputs: xr.Dataset, year: int) -> xr.Dataset:
    """Inputs up to a year; the same object where they go no further."""
    periods = inputs["period"].to_numpy()
    if int(periods[-1]) <= year:
        return inputs
    return inputs.isel(period=slice(int(np.searchsorted(periods, year, side="right"))))


def _share_root(
    projected: Callable[[float], xr.DataArray],
    rule: Lever,
    target: Target,
    in_group: xr.DataArray,
    boundary: str,
    lever: str,
) -> float:
    """Amount at which people inside reach a share of all, both linear in the amount.

    With C + c a inside and N + n a in all, (C + c a) / (N + n a) = s at
    a = (s N - C) / (c - s n).
    """
    share = target.at_least
    assert share is not None
    age = str(target.options.get("age", "all"))

    def counts(amount: float) -> tuple[float, float]:
        stock = Evidence.age_groups(projected(amount), [age])
        evidence = Evidence({"": stock}, in_group, target.year)
        people = evidence.people("", age)
        inside = evidence.inside(people, target.group, boundary)
        both = (inside, people.sum("region"))
        return float(both[0].sel(year=target.year)), float(both[1].sel(year=target.year))

    inside, whole = counts(0.0)
    if inside >= share * whole:
        return 0.0
    more, larger = counts(rule.start)
    gain = ((more - inside) - share * (larger - whole)) / rule.start
    amount = (share * whole - inside) / gain if gain > 0 else np.inf
    if amount > rule.limit:
        raise _unreachable(rule, target, lever, rule.limit)
    return amount


def _unreachable(rule: Lever, target: Target, lever: str, tried: float) -> ConvergenceError:
    return ConvergenceError(
        Problem(
            "no amount of the lever meets the target",
            f"target {target.id}, lever {lever}",
            f"still missed at {tried:g} {rule.unit}",
            f"met at or below {rule.limit:g}",
            "the lever does not move this target on this boundary",
        )
    )


def _root(gap: Callable[[float], float], rule: Lever, target: Target, lever: str) -> float:
    """Smallest positive amount with a gap of zero, by doubling and then Brent's method."""
    from scipy.optimize import brentq  # slow to import, seldom needed

    if gap(0.0) >= 0:
        return 0.0
    low, high = 0.0, rule.start
    while gap(high) < 0:
        low, high = high, 4.0 * high
        if high > rule.limit:
            raise _unreachable(rule, target, lever, low)
    root: float = brentq(gap, low, high, rtol=1e-9)
    return root
