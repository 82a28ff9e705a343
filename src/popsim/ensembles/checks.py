"""Inputs and levels of many draws: complete, aligned, possible together; all faults at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import xarray as xr

from popsim.coords import States, edge_ends, states_of
from popsim.errors import DataError, Problems
from popsim.variables import check
from popsim.variables.values import leaving, name_cells

__all__ = ["LEVELS", "check_inputs", "check_levels", "check_moves", "row_of"]

LEVELS = ("mortality_index", "tfr", "migration_level", "move_level")
# Names here, and the names under which the house checks the same numbers.
_STANDS_FOR = {"survival_table": "survival_ratio", "fertility_pattern": "fertility_rate"}
_AS_GIVEN = ("population", "base_year", "sex_ratio_at_birth", "net_migration", "move_probability")
_UNITS = {
    "survival_table": "1",
    "open_survival_table": "1",
    "fertility_pattern": "year-1",
    "migration_profile": "person",
    "tfr": "births per woman",
}
# Rounding allowed where shares of one origin are added up.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class _Scale:
    """Rows of the family of life tables as a scale: first label and distance."""

    first: float
    distance: float
    count: int


def row_of(inputs: xr.Dataset) -> _Scale:
    """Labels of the rows of `survival_table`; 0, 1, .. where it has none."""
    table = inputs["survival_table"]
    if "row" not in table.coords:
        return _Scale(0.0, 1.0, table.sizes["row"])
    labels = table["row"].to_numpy().astype(np.float64)
    distance = float((labels[-1] - labels[0]) / max(1, labels.size - 1)) or 1.0
    return _Scale(float(labels[0]), distance, labels.size)


def check_inputs(inputs: xr.Dataset, period: xr.DataArray) -> None:
    """Refuse inputs that cannot be meant; `period` is that of the levels."""
    problems = Problems(DataError)
    for name in ("population", "base_year", "survival_table", "fertility_pattern"):
        if name not in inputs:
            problems.add("variable is missing", where=name)
    if "survival_table" in inputs and "row" not in inputs["survival_table"].dims:
        got = inputs["survival_table"].dims
        problems.add("dim `row` is missing", where="survival_table", got=got)
    if "net_migration_rate" in inputs:
        problems.add(
            "rates of migrants are not known to draws",
            where="net_migration_rate",
            remedy="give counts (net_migration), or project with `popsim.project`",
        )
    _check_units(inputs, problems)
    if "period" in inputs.coords and not np.array_equal(inputs["period"], period):
        problems.add(
            "periods other than of the levels",
            where="period",
            got=inputs["period"].to_numpy().tolist()[:4],
            expected=period.to_numpy().tolist()[:4],
        )
    problems.raise_if_any()
    if "row" in inputs["survival_table"].coords:
        labels = inputs["survival_table"]["row"].to_numpy().astype(np.float64)
        even = row_of(inputs)
        expected = even.first + even.distance * np.arange(even.count)
        if not (even.distance > 0 and np.allclose(labels, expected, rtol=0, atol=1e-6)):
            got = labels[:5].tolist()
            problems.add(
                "rows not at equal rising distances", where="survival_table (row)", got=got
            )
    _check_known(inputs, period, problems)
    if "migration_profile" in inputs:
        _check_profile(inputs, problems)
    problems.raise_if_any()


def _check_units(data: xr.Dataset, problems: Problems) -> None:
    """Record units that are given and are others than expected."""
    for name in _UNITS:
        units = data[name].attrs.get("units") if name in data else None
        if units is not None and units != _UNITS[name]:
            problems.add("wrong units", where=name, got=units, expected=_UNITS[name])


def _check_known(inputs: xr.Dataset, period: xr.DataArray, problems: Problems) -> None:
    """Let the house check what it knows, and name it as it is named here."""
    known = xr.Dataset(
        {_STANDS_FOR.get(n, n): inputs[n] for n in (*_STANDS_FOR, *_AS_GIVEN) if n in inputs}
    )
    rows = np.arange(known.sizes["row"])
    known = known.drop_vars("row", errors="ignore").rename(row="draw").assign_coords(draw=rows)
    for name in _STANDS_FOR.values():
        known[name].attrs = {}
    try:
        check(known.assign_coords(period=period.to_numpy()))
    except DataError as error:
        for problem in error.problems:
            where = problem.where.replace("draw=", "row=")
            for ours, theirs in _STANDS_FOR.items():
                where = where.replace(theirs, ours)
            problems.items.append(replace(problem, where=where))


def _check_profile(inputs: xr.Dataset, problems: Problems) -> None:
    """The profile of migrants has every cell of the population: it counts people."""
    profile, people = inputs["migration_profile"], inputs["population"]
    if set(profile.dims) - {"period"} != set(people.dims):
        problems.add(
            "wrong dims", where="migration_profile", got=profile.dims, expected=people.dims
        )
    elif not np.isfinite(profile.to_numpy()).all():
        where, got = name_cells(profile.copy(data=~np.isfinite(profile.to_numpy())), profile)
        problems.add("missing or infinite", where=f"migration_profile ({where})", got=got)


def check_levels(inputs: xr.Dataset, levels: xr.Dataset) -> None:
    """Refuse levels that do not fit the inputs, or leave the family of life tables."""
    problems = Problems(DataError)
    _check_units(levels, problems)
    states = states_of(inputs)
    needs = {"migration_level": "migration_profile", "move_level": "move_probability"}
    for name in ("mortality_index", "tfr"):
        if name not in levels:
            problems.add("variable is missing", where=f"levels ({name})")
    for key in levels.data_vars:
        name = str(key)
        if name not in LEVELS:
            problems.add("unknown level", where=f"levels ({name})", expected=LEVELS)
            continue
        if name in needs and needs[name] not in inputs:
            problems.add(f"nothing to act on: no `{needs[name]}`", where=f"levels ({name})")
        allowed = {"draw", "period"} | ({"edge"} if name == "move_level" else set(states.dims))
        dims = set(levels[name].dims)
        if not ({"draw", "period"} <= dims <= allowed):
            got = levels[name].dims
            problems.add("wrong dims", where=f"levels ({name})", got=got, expected=sorted(allowed))
    for dim in set(levels.dims) & {*states.dims, "edge"}:
        same = levels.sizes[dim] == inputs.sizes[dim]
        if dim != "edge":
            same = np.array_equal(levels[dim].to_numpy(), inputs[dim].to_numpy())
        if not same:
            problems.add("labels other than of the inputs", where=f"levels ({dim})")
    problems.raise_if_any()
    rows = row_of(inputs)
    last = rows.first + rows.distance * (rows.count - 1)
    bounds = {
        "mortality_index": (rows.first, last),
        "tfr": (0.0, 1e300),
        "move_level": (0.0, 1e300),
    }
    for name in (str(n) for n in levels.data_vars):
        lower, upper = bounds.get(name, (-1e300, 1e300))
        values = levels[name].to_numpy()
        # as double precision: the bounds are infinite in single
        if not (values.size and float(values.min()) >= lower and float(values.max()) <= upper):
            inside = (levels[name] >= lower) & (levels[name] <= upper)
            where, found = name_cells(~inside, levels[name])
            problems.add(
                "outside its bounds",
                where=f"levels ({name}: {where})",
                got=found,
                expected=f"{lower:g} to {upper:g}",
                remedy="widen survival_table" if name == "mortality_index" else "",
            )
    problems.raise_if_any()


def check_moves(inputs: xr.Dataset, levels: xr.Dataset) -> None:
    """Refuse draws in which more than everybody leaves a state."""
    if "move_probability" not in inputs or "move_level" not in levels:
        return
    states = states_of(inputs)
    origin, _ = edge_ends(inputs, states)
    moves = inputs["move_probability"].transpose("edge", "sex", "age", ...).to_numpy()
    if moves.ndim == 3:
        moves = moves[..., None]
    level = levels["move_level"]
    if "edge" not in level.dims:
        level = level.expand_dims(edge=1)
    values = level.transpose("draw", "edge", "period").to_numpy()
    highest = values.max(axis=0)[:, None, None, :]
    total = leaving(moves * highest, origin, states.count).max(axis=(1, 2))
    for s, t in np.argwhere(total > 1.0 + _ROUNDING):
        _name_draw(s, t, moves, values, origin, states, levels)


def _name_draw(
    s: int,
    t: int,
    moves: npt.NDArray[np.float64],
    values: npt.NDArray[np.float64],
    origin: npt.NDArray[np.intp],
    states: States,
    levels: xr.Dataset,
) -> None:
    """Raise where the draws' own levels add up to more than 1 in a state and step."""
    edges = np.flatnonzero(origin == s)
    pattern = moves[edges, :, :, min(t, moves.shape[-1] - 1)]
    level = values[:, edges if values.shape[1] > 1 else np.zeros(edges.size, int), t]
    total = np.einsum("de,egx->dgx", level, pattern).max(axis=(1, 2))
    if total.max() > 1.0 + _ROUNDING:
        draw = levels["draw"].to_numpy()[int(np.argmax(total))]
        where = f"period={levels['period'].to_numpy()[t]}, draw={draw}, {states.name(int(s))}"
        raise DataError(
            f"move_probability x move_level ({where}): more than everybody leaves; got "
            f"{total.max():.6g}; expected a sum over the edges of each origin of at most 1"
        )
