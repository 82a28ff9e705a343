"""Household registration (hukou): residents by status, the absent, and the registered population.

Residents are registered where they live or floating. Who is registered in a region and lives
elsewhere is *absent*: a stock with an account of its own, projected by the same engine and the
same mortality, and never inside `population`, which counts residents alone. The registered
population (户籍人口) is registered residents plus absent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from popsim.errors import DataError, Problem
from popsim.groups import age_group, total
from popsim.indicators import COLUMNS, urban_share
from popsim.projection import project

__all__ = [
    "absent_inputs",
    "check_status",
    "hukou_table",
    "persons_registered",
    "project_absent",
    "registered_population",
    "residents_by_account",
]

# Cells of residents may differ from the sum of their statuses by rounding alone.
CLOSED = 1e-9


def absent_inputs(inputs: xr.Dataset) -> xr.Dataset:
    """Inputs of `popsim.project` for the registered absent.

    Parameters
    ----------
    inputs
        As `popsim.scenarios.scenario_inputs` makes them with statuses: the residents' inputs, with
        ``absent_population`` (region, [area], sex, age) and ``absent_net_migration``
        (.., region, [area], sex, age, period): who joins the absent less who returns.

    Returns
    -------
    xr.Dataset
        With the survival, fertility and sex ratio at birth of the residents.

    Raises
    ------
    DataError
        Where the inputs know no absent.
    """
    missing = [n for n in ("absent_population", "absent_net_migration") if n not in inputs]
    if missing:
        raise DataError(
            Problem(
                "no stock of registered people who live elsewhere",
                "inputs",
                f"without {', '.join(missing)}",
                remedy="set states.status: true in the scenario file",
            )
        )
    names = ["base_year", "survival_ratio", "fertility_rate", "sex_ratio_at_birth"]
    rates = {n: inputs[n] for n in names}
    net = inputs["absent_net_migration"].assign_attrs(units="person")
    people = inputs["absent_population"].assign_attrs(units="person")
    return xr.Dataset({**rates, "population": people, "net_migration": net})


def project_absent(inputs: xr.Dataset, **engine: Any) -> xr.Dataset:
    """Project the registered absent.

    Parameters
    ----------
    inputs
        As for `absent_inputs`.
    **engine
        Options of `popsim.project`.

    Returns
    -------
    xr.Dataset
        ``registered_absent`` (.., region, [area], sex, age, year), persons.
    """
    wanted = {**engine, "outputs": ["population"]}
    people = project(absent_inputs(inputs), **wanted)["population"]
    return xr.Dataset(
        {
            "registered_absent": people.assign_attrs(
                units="person", long_name="registered here, living elsewhere"
            )
        }
    )


def check_status(
    population: xr.DataArray, residents: xr.DataArray, *, tolerance: float = CLOSED
) -> float:
    """Check that residents are registered residents plus floating, in every cell.

    Parameters
    ----------
    population
        Residents by status (.., status, ..).
    residents
        Residents (..), the same dims without `status`.
    tolerance
        Allowed difference as a share of the cell (of one person, where it is smaller).

    Returns
    -------
    float
        The largest difference, relative.

    Raises
    ------
    DataError
        Naming the cell that differs most.

    Examples
    --------
    >>> people = xr.DataArray([6.0, 4.0], {"status": ["registered", "floating"]}, "status")
    >>> check_status(people, xr.DataArray(10.0))
    0.0
    """
    with xr.set_options(arithmetic_join="exact"):
        difference = population.sum("status") - residents
    gap = abs(difference) / abs(difference.copy(data=residents.transpose(*difference.dims))).clip(1)
    worst = float(gap.max()) if gap.size else 0.0
    if not worst <= tolerance:
        place = np.unravel_index(int(np.argmax(gap.to_numpy())), gap.shape)
        at = gap.isel(dict(zip(gap.dims, place, strict=True)))
        where = ", ".join(f"{d}={at[d].item()}" for d in gap.dims)
        raise DataError(
            Problem(
                "registered residents and floating do not add up to the residents",
                f"population ({where})",
                f"a relative difference of {worst:.3g}",
                f"at most {tolerance:g}",
                "residents = registered residents + floating; the absent are no residents",
            )
        )
    return worst


def residents_by_account(result: xr.Dataset) -> xr.DataArray:
    """Residents of every region carried from the base year by their accounts, status untold.

    Parameters
    ----------
    result
        Of `popsim.project`: population (.., region, [area], status, sex, age, year) and all flows.

    Returns
    -------
    xr.DataArray
        Persons (.., region, sex, age, year), to be held against the sum of statuses
        (`check_status`).

    Notes
    -----
    Each cohort of a region is its people a year before, less deaths, plus births, migrants across
    the outer border and moves between regions; moves inside a region, registration and
    reclassification among them, change nothing.
    """
    inside = [d for d in ("area", "status") if d in result["population"].dims]
    order = ("region", "sex", "age", "period")
    gain = (result["net_migration"] - result["deaths"]).sum(inside)
    if "moves" in result:
        gain = gain + _between_regions(result["moves"], gain["region"].to_numpy())
    gain = gain.reset_coords(drop=True).transpose(..., *order)
    change = gain.to_numpy().copy()
    births = result["births"].sum(inside).transpose(..., "region", "sex", "period")
    change[..., 0, :] += births.to_numpy()
    people = result["population"].sum(inside).reset_coords(drop=True)
    people = people.transpose(*gain.dims[:-1], "year")
    carried = people.to_numpy().copy()
    for t in range(change.shape[-1]):
        before = carried[..., t]
        after = change[..., t].copy()
        after[..., 1:] += before[..., :-1]
        after[..., -1] += before[..., -1]
        carried[..., t + 1] = after
    return people.copy(data=carried)


def _between_regions(moves: xr.DataArray, regions: np.ndarray) -> xr.DataArray:
    """Net gain of every region by moves (.., region, sex, age, period)."""
    ends = [moves[f"{end}_region"].to_numpy() for end in ("destination", "origin")]
    sign = [(end == regions[:, None]).astype(np.float64) for end in ends]
    table = xr.DataArray(sign[0] - sign[1], {"region": regions}, ("region", "edge"))
    gain: xr.DataArray = xr.dot(moves.reset_coords(drop=True), table, dim="edge")
    return gain


def registered_population(population: xr.DataArray, absent: xr.DataArray) -> xr.DataArray:
    """Registered residents plus registered absent.

    Parameters
    ----------
    population
        Residents by status (.., region, [area], status, sex, age, year).
    absent
        From `project_absent` (.., region, [area], sex, age, year).

    Returns
    -------
    xr.DataArray
        Persons (.., region, [area], sex, age, year): people in the register, no residents.
    """
    with xr.set_options(arithmetic_join="exact"):
        found = population.sel(status="registered", drop=True) + absent
    return found.assign_attrs(units="person", long_name="registered population")


def persons_registered(moves: xr.DataArray) -> xr.DataArray:
    """Persons registered a year, by the region where they are registered.

    Parameters
    ----------
    moves
        Moves (.., edge, sex, age, period) with the coordinates `edge_kind` and
        `destination_region`.

    Returns
    -------
    xr.DataArray
        Persons (.., region, period).
    """
    kept = moves.isel(edge=np.flatnonzero(moves["edge_kind"].to_numpy() == "registration"))
    people = kept.sum([d for d in ("sex", "age") if d in kept.dims], skipna=False)
    goal = people["destination_region"].to_numpy()
    regions = np.array(sorted({str(g) for g in goal}))
    table = xr.DataArray(
        (goal == regions[:, None]).astype(np.float64), {"region": regions}, ("region", "edge")
    )
    found: xr.DataArray = xr.dot(people.reset_coords(drop=True), table, dim="edge")
    return found


def hukou_table(
    result: xr.Dataset,
    absent: xr.DataArray,
    *,
    coverage: xr.DataArray | None = None,
) -> pd.DataFrame:
    """Indicators of registration for every region and the whole, as rows of `indicators.csv`.

    Parameters
    ----------
    result
        Of the projection, with `population` by status and `moves`.
    absent
        From `project_absent`.
    coverage
        Share of the floating whom basic public services cover ([scenario], period), NaN where a
        scenario does not say; from the lever of that name.

    Returns
    -------
    pd.DataFrame
        Columns of `popsim.indicators.COLUMNS`. `floating_population`, `registered_residents`,
        `registered_absent`, `registered_population` (persons), `registered_urban_share` and
        `urban_share_gap` (urban share of residents less that of the registered, points),
        `registered_share_60plus`, `persons_registered` (a year), and `service_coverage`. The
        column `definition` is empty: each name says whom it counts.
    """
    people = result["population"]
    in_register = registered_population(people, absent)
    keep = ("region",)
    resident = _with_whole(total(people, ("region", "area", "status")))
    registered = _with_whole(total(in_register, ("region", "area")))
    older = _with_whole(age_group(total(in_register, ("region", "age")), 60))
    by_status = total(resident, ("region", "status"))
    floating = by_status.sel(status="floating", drop=True)
    found: dict[str, tuple[xr.DataArray, str]] = {
        "floating_population": (floating, "person"),
        "registered_residents": (
            by_status.sel(status="registered", drop=True), "person"),
        "registered_absent": (_with_whole(total(absent, keep)), "person"),
        "registered_population": (total(registered, keep), "person"),
        "registered_share_60plus": (
            older / total(registered, keep), "1"),
    }  # fmt: skip
    if "area" in people.dims:
        towns = urban_share(registered, keep)
        found["registered_urban_share"] = (towns, "1")
        gap = 100.0 * (urban_share(resident, keep) - towns)
        found["urban_share_gap"] = (gap, "points")
    if "moves" in result and "edge_kind" in result.coords:
        flow = _with_whole(persons_registered(result["moves"])).rename(period="year")
        found["persons_registered"] = (flow, "person")
    frames = [_rows(name, *entry) for name, entry in found.items()]
    if coverage is not None:
        share = coverage.rename(period="year")
        at = {"year": share["year"].to_numpy()}
        covered = 1.0 - (1.0 - share) * (floating / by_status.sum("status")).sel(at)
        rows = _rows("service_coverage", covered, "1")
        frames.append(rows[rows["value"].notna()])
    return pd.concat(frames, ignore_index=True)[COLUMNS]


def _with_whole(people: xr.DataArray) -> xr.DataArray:
    """Regions, and their sum as region `all`."""
    plain = people.reset_coords(drop=True)
    whole = plain.sum("region", skipna=False).expand_dims(region=["all"])
    return xr.concat([whole, plain], "region", join="exact")


def _rows(name: str, values: xr.DataArray, unit: str) -> pd.DataFrame:
    columns: dict[str, Any] = {"scenario": ""}
    for dim, at in zip(values.dims, np.indices(values.shape), strict=True):
        key = "group_or_region" if dim == "region" else str(dim)
        columns[key] = values[dim].to_numpy()[at.ravel()]
    columns |= {"indicator": name, "boundary": "", "unit": unit, "definition": ""}
    return pd.DataFrame({**columns, "value": values.to_numpy().ravel()})
