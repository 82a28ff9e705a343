"""The public call: many draws, each reduced to what was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import numpy as np
import xarray as xr

from popsim.coords import States
from popsim.ensembles.arrange import (
    frame_for,
    lay_out_levels,
    lay_out_patterns,
    lay_out_sums,
    lay_out_timing,
)
from popsim.ensembles.checks import check_inputs, check_levels, check_moves
from popsim.ensembles.keep import Keep, Kept, kept_sums, places_of
from popsim.errors import DataError, Problems
from popsim.kernels.ensemble_run import Below, run_draws
from popsim.projection.arrange import Frame, couple

__all__ = ["project_ensemble"]

_EARLY = {"end": 0.0, "even": 0.5, "start": 1.0}
_EXPOSURES = ("before_migration", "after_migration", "textbook")
# Draws whose levels are laid out at a time: enough to keep threads busy, few enough to fit.
_BATCH = 256


def project_ensemble(
    inputs: xr.Dataset,
    levels: xr.Dataset | Iterable[xr.Dataset],
    *,
    keep: Keep,
    by: Sequence[str] = (),
    groups: xr.DataArray | None = None,
    migration_timing: Literal["end", "even", "start"] = "end",
    births_exposure: Literal["before_migration", "after_migration", "textbook"] = (
        "before_migration"
    ),
    batch: int | None = None,
    threads: int | None = None,
    dtype: Literal["float64", "float32"] = "float64",
) -> xr.Dataset:
    """Project many draws and keep of each only the sums asked for.

    Rates are factorised, level x pattern: all draws share the patterns in `inputs`, and a draw
    has a few numbers a period of its own in `levels`. Nothing else is stored, so memory does not
    grow with ages, states or steps times draws.

    Parameters
    ----------
    inputs
        A state is a cell of the dims region, area, status, whichever `population` has. Variables:

        - ``population`` (state, sex, age), persons; ``base_year``, a scalar;
        - ``survival_table`` (row, [state], sex, age): survival ratios by age reached, a family of
          life tables; `row` has equally spaced numbers as labels (schedule years, say), or none:
          0, 1, ..; survival into the open group is of the last two groups pooled (T/T), unless
          ``open_survival_table`` (row, [state], sex) says who of those in it survive in it;
        - ``fertility_pattern`` ([state], age, [period]): births per woman-year at a TFR of 1;
        - ``sex_ratio_at_birth`` ([state], [period]), boys per girl;
        - optional ``migration_profile`` (state, sex, age, [period]): net migrants a step across
          the outer border at level 1, persons;
        - optional ``net_migration`` (state, sex, age, period): the same whatever the level;
        - optional ``move_probability`` (edge, sex, age, [period]) at level 1, as in `project`.
    levels
        Paths of each draw; state dims in brackets may be absent: the same everywhere.

        - ``mortality_index`` (draw, [state], period): a place on the scale of `row`; survival is
          interpolated linearly between rows;
        - ``tfr`` (draw, [state], period), births per woman;
        - optional ``migration_level`` (draw, [state], period), multiple of the profile;
        - optional ``move_level`` (draw, [edge], period), multiple of the probabilities.

        An optional level that is absent leaves its pattern as it is. Instead of one Dataset, an
        iterable of them, each with some of the draws: they are projected and dropped in turn.
    keep
        What to keep, by name: ages ``(lower, upper)`` in years, upper excluded, both sexes; or
        weights (sex, age), (age) or (sex), for a sum of weight x people.
    by
        State dims that stay apart in the result; all others are summed over.
    groups
        Groups of regions (group, region, [year]), true or false: the sums of each group instead
        of all regions'. With `year`, on the boundary of each year.
    migration_timing, births_exposure
        As in `project`.
    batch
        Draws laid out at a time; 256 by default. No bit of the result depends on it.
    threads
        At most so many; all processors of this process by default. No bit depends on it.
    dtype
        Of the result; the arithmetic is double precision always.

    Returns
    -------
    xr.Dataset
        A variable for each name of `keep`: (draw, [group], [by..], year), persons, or units of
        the weights x person. The first year is the base year.

    Raises
    ------
    DataError
        Where inputs or levels cannot be meant (all faults, with their cells); where more people
        leave than are there (state and draw).

    Notes
    -----
    The same steps as `project`, in the same order: it gives the same numbers to rounding for
    ``survival_ratio`` interpolated, ``fertility_rate`` = tfr x pattern, ``net_migration`` =
    level x profile + fixed, ``move_probability`` = level x pattern.

    Examples
    --------
    >>> inputs = xr.Dataset(
    ...     {
    ...         "population": (("sex", "age"), [[10.0, 10.0, 10.0], [10.0, 10.0, 10.0]]),
    ...         "base_year": 2020,
    ...         "survival_table": (("row", "sex", "age"), [[[1, 1, 0.4]] * 2, [[1, 1, 0.6]] * 2]),
    ...         "fertility_pattern": (("age",), [0.0, 1.0, 0.0]),
    ...         "sex_ratio_at_birth": 1.0,
    ...     },
    ...     coords={"age": [0, 1, 2], "sex": ["female", "male"]},
    ... )
    >>> levels = xr.Dataset(
    ...     {
    ...         "mortality_index": (("draw", "period"), [[0.5, 0.5], [1.0, 1.0]]),
    ...         "tfr": (("draw", "period"), [[0.5, 0.5], [0.0, 0.0]]),
    ...     },
    ...     coords={"draw": [0, 1], "period": [2021, 2022]},
    ... )
    >>> result = project_ensemble(inputs, levels, keep={"total": (0, np.inf), "old": (2, np.inf)})
    >>> result.total.to_numpy()
    array([[60.   , 45.   , 28.125],
           [60.   , 44.   , 26.4  ]])
    """
    problems = Problems(DataError)
    words: dict[str, tuple[str, tuple[str, ...]]] = {
        "migration_timing": (migration_timing, tuple(_EARLY)),
        "births_exposure": (births_exposure, _EXPOSURES),
    }
    for name, (word, known) in words.items():
        if word not in known:
            problems.add("unknown choice", where=name, got=word, expected=known)
    if dtype not in ("float64", "float32"):
        problems.add("unknown choice", where="dtype", got=dtype, expected="float64 or float32")
    for name, number in {"threads": threads, "batch": batch}.items():
        if number is not None and not (isinstance(number, int | np.integer) and number >= 1):
            problems.add("not a whole number above 0", where=name, got=number)
    problems.raise_if_any()
    parts: list[np.ndarray] = []
    drawn: list[np.ndarray] = []
    shared = None
    for some in _batches(levels, batch or _BATCH):
        if shared is None:
            check_inputs(inputs, some["period"])
            frame = frame_for(inputs, some["period"])
            kept = kept_sums(keep, inputs, problems)
            places, labels = places_of(frame.states, by, groups, frame.years, problems)
            problems.raise_if_any()
            patterns = lay_out_patterns(inputs, frame)
            timing = lay_out_timing(patterns, frame, _EARLY[migration_timing], births_exposure)
            sums = lay_out_sums(kept, patterns, frame.periods.size)
            shared = (sums, places, timing, couple(frame))
        elif not np.array_equal(some["period"], frame.periods):
            raise DataError(
                f"levels (period): got {some['period'].to_numpy().tolist()[:4]}; expected "
                f"{frame.periods.tolist()[:4]}, as in the draws before"
            )
        check_levels(inputs, some)
        check_moves(inputs, some)
        own = lay_out_levels(inputs, some, frame)
        sizes = (len(own.row), *(len(v) for v in labels.values()), len(kept.weight), -1)
        out, below = run_draws(patterns, own, *shared, threads=threads)
        if below.count:
            raise _negative(below, frame.states, some)
        named = np.tensordot(kept.rows, out.reshape(sizes), axes=([1], [len(sizes) - 2]))
        parts.append(named.astype(dtype))
        drawn.append(some["draw"].to_numpy())
    if shared is None:
        raise DataError("levels: no draws")
    return _label(_joined(parts), np.concatenate(drawn), kept, labels, frame, keep, inputs)


def _batches(levels: xr.Dataset | Iterable[xr.Dataset], size: int) -> Iterator[xr.Dataset]:
    """Cut the draws into batches."""
    seen: set[object] = set()
    for some in [levels] if isinstance(levels, xr.Dataset) else levels:
        missing = {"draw", "period"} - set(some.dims)
        if missing or not {"draw", "period"} <= set(some.coords):
            raise DataError("levels: expected the dims draw and period, with their labels")
        for draw in some["draw"].to_numpy().tolist():
            if draw in seen:
                raise DataError(f"levels (draw): draw {draw} given twice")
            seen.add(draw)
        for first in range(0, some.sizes["draw"], size):
            yield some.isel(draw=slice(first, first + size))


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    """Join parts along the draws, letting go of each as it is copied: never all of it twice."""
    if len(parts) == 1:
        return parts[0]
    shape = list(parts[0].shape)
    shape[1] = sum(part.shape[1] for part in parts)
    values = np.empty(shape, dtype=parts[0].dtype)
    at = 0
    while parts:
        part = parts.pop(0)
        values[:, at : at + part.shape[1]] = part
        at += part.shape[1]
    return values


def _negative(below: Below, states: States, levels: xr.Dataset) -> DataError:
    """Name the first draw in which people run out."""
    draw = levels["draw"].to_numpy()[below.draw]
    where = ", ".join(p for p in (states.name(below.state), f"draw={draw}") if p)
    return DataError(
        f"population ({where}): more people leave than are there, in {below.count} of the states "
        "x draws of this batch. Remedy: mend migration_profile, net_migration or migration_level; "
        "`project` of that draw names the year and age"
    )


def _label(
    values: np.ndarray,
    draws: np.ndarray,
    kept: Kept,
    labels: dict[str, np.ndarray],
    frame: Frame,
    keep: Keep,
    inputs: xr.Dataset,
) -> xr.Dataset:
    """Put labels, units and names on the sums."""
    dims = ("draw", *labels, "year")
    variables = {}
    for n, name in enumerate(kept.names):
        what = keep[name]
        if isinstance(what, xr.DataArray):
            units = str(what.attrs.get("units", "1"))
            attrs = {"units": "person" if units == "1" else f"{units} person"}
            attrs["long_name"] = f"sum of {what.attrs.get('long_name', name)} x people"
        else:
            attrs = {"units": "person", "long_name": f"people aged {what[0]:g} to {what[1]:g}"}
        variables[name] = (dims, values[n], attrs)
    coords = {"draw": draws, **labels, "year": frame.years}
    result = xr.Dataset(variables, coords)
    extra = {
        str(n): c.variable
        for n, c in inputs.coords.items()
        if n not in coords and c.dims and set(c.dims) <= set(labels)
    }
    return result.assign_coords(extra)
