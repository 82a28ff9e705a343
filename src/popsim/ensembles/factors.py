"""A scenario as level x pattern: from inputs of `project` to those of `project_ensemble`."""

from __future__ import annotations

import numpy as np
import xarray as xr

from popsim.assumptions.mortality import survival_at
from popsim.errors import DataError, Problem, Problems

__all__ = ["ensemble_inputs", "tabulate_survival"]

# Steps of the table, years of the schedule: halved until the table is fine enough.
_FIRST_STEP = 0.25
_FINEST_STEP = _FIRST_STEP / 2**8
# What a survival ratio of the scenario may differ from its schedule at its index.
_SAME = 1e-9


def tabulate_survival(
    schedule: xr.DataArray, lowest: float, highest: float, *, tolerance: float = 1e-7
) -> xr.DataArray:
    """Tabulate a family of life tables so finely that it may be read linearly.

    Parameters
    ----------
    schedule
        Survival ratios (schedule_year, sex, age), between which hazards are log-linear.
    lowest, highest
        Range of the mortality index to cover, years of the schedule.
    tolerance
        Largest error allowed of a survival ratio read linearly between rows.

    Returns
    -------
    xr.DataArray
        (row, sex, age), `row` in years of the schedule.

    Raises
    ------
    DataError
        Where the range is empty or the tolerance finer than the table may be.

    Notes
    -----
    Half-way between rows a distance d apart the error is d**2 / 8 times the second derivative of
    the survival ratio, so halving d quarters it. Rows fall on whole years, where the family has
    its kinks.

    Examples
    --------
    >>> values = [[[0.99, 0.5]] * 2, [[0.995, 0.6]] * 2]
    >>> schedule = xr.DataArray(values, {"schedule_year": [2000, 2020]}, ("schedule_year", "sex",
    ...     "age"))
    >>> table = tabulate_survival(schedule, 2000.0, 2010.0)
    >>> table.sizes["row"], float(table.row[1])
    (81, 2000.125)
    """
    if not lowest <= highest:
        raise DataError(f"range of the mortality index: {lowest:g} to {highest:g}")
    first = float(np.floor(lowest))
    last = max(float(np.ceil(highest)), first + 1.0)
    step = _FIRST_STEP
    while step >= _FINEST_STEP:
        rows = np.arange(first, last + step / 2, step)
        table = survival_at(schedule, xr.DataArray(rows, {"row": rows}, "row"))
        middles = rows[:-1] + step / 2
        exact = survival_at(schedule, xr.DataArray(middles, dims="row")).to_numpy()
        values = table.to_numpy()
        error = np.abs(0.5 * (values[..., :-1] + values[..., 1:]) - exact).max()
        if error <= tolerance:
            return table.transpose("row", "sex", "age")
        step /= 2
    raise DataError(
        f"survival table: {error:.2g} off at {2 * step:g} years between rows; expected "
        f"{tolerance:g}. Remedy: a larger tolerance"
    )


def ensemble_inputs(
    inputs: xr.Dataset, schedule: xr.DataArray, *, lowest: float, highest: float
) -> tuple[xr.Dataset, xr.Dataset]:
    """Split the inputs of one scenario into patterns and central levels.

    Parameters
    ----------
    inputs
        Of `build_inputs`, without the dim `scenario`: with ``tfr`` and ``mortality_index``.
    schedule
        Survival ratios (schedule_year, sex, age) on which the mortality index moves.
    lowest, highest
        Range of the mortality index that draws may reach.

    Returns
    -------
    tuple of xr.Dataset
        Inputs of `project_ensemble`, and central levels (period) for `stochastic_levels`;
        migration and moves have the level 1.

    Raises
    ------
    DataError
        Where levels are missing, or survival is not that of the schedule at the index (a lever
        changed it).
    """
    problems = Problems(DataError)
    for name in ("tfr", "mortality_index", "survival_ratio", "fertility_rate"):
        if name not in inputs:
            problems.add("variable is missing", where=name, expected="inputs of build_inputs")
    if "net_migration_rate" in inputs:
        problems.add(
            "rates of migrants are not known to draws",
            where="net_migration_rate",
            remedy="book them as counts first: `popsim.ensembles.from_inputs.by_region`",
        )
    if "scenario" in inputs.dims:
        problems.add("several scenarios", where="scenario", remedy="select one")
    problems.raise_if_any()
    index, tfr = inputs["mortality_index"], inputs["tfr"]
    expected = survival_at(schedule, index)
    apart = float(abs(inputs["survival_ratio"] - expected).max())
    if not apart <= _SAME:
        raise DataError(
            Problem(
                "survival is not that of the schedule at the mortality index",
                "survival_ratio",
                f"{apart:.2g} apart",
                f"at most {_SAME:g}",
                "leave the lever on survival out, or move the mortality index instead",
            )
        )
    if not (tfr > 0).all():
        raise DataError("tfr: 0 in some period; a pattern per birth cannot be told")
    table = tabulate_survival(schedule, lowest, highest)
    patterns = {
        "population": inputs["population"],
        "base_year": inputs["base_year"],
        "survival_table": table,
        "fertility_pattern": (inputs["fertility_rate"] / tfr).assign_attrs(units="year-1"),
        "sex_ratio_at_birth": inputs["sex_ratio_at_birth"],
    }
    one = xr.ones_like(tfr).drop_attrs()
    levels = {"mortality_index": index, "tfr": tfr}
    if "net_migration" in inputs:
        patterns["migration_profile"] = inputs["net_migration"]
        levels["migration_level"] = one
    if "move_probability" in inputs:
        patterns["move_probability"] = inputs["move_probability"]
        levels["move_level"] = one
    return xr.Dataset(patterns), xr.Dataset(levels).reset_coords(drop=True)
