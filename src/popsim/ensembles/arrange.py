"""From labelled inputs and levels to the arrays of the kernel of many draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import xarray as xr

from popsim.ensembles.checks import row_of
from popsim.ensembles.keep import Kept
from popsim.kernels.ensemble_data import (
    PAIR,
    Levels,
    Patterns,
    Sums,
    Timing,
    aligned,
    padded,
    paired,
)
from popsim.kernels.vectors import LANES
from popsim.projection.arrange import Frame, frame_of, lay_out

__all__ = ["frame_for", "lay_out_levels", "lay_out_patterns", "lay_out_sums", "lay_out_timing"]

Array = npt.NDArray[np.float64]


def frame_for(inputs: xr.Dataset, period: xr.DataArray) -> Frame:
    """Labels and sizes of one run."""
    names = [n for n in inputs.data_vars if n != "survival_table"]
    return frame_of(inputs[names].assign_coords(period=period.to_numpy()))


def lay_out_patterns(inputs: xr.Dataset, frame: Frame) -> Patterns:
    """Lay out what all draws share, rows padded to whole vectors."""
    aged = ("period", "sex", "age")
    population = lay_out(inputs["population"], frame, ("sex", "age"))[0]
    survival = lay_out(inputs["survival_table"], frame, ("row", "sex", "age"))[0]
    within = survival[..., -1]
    if "open_survival_table" in inputs:
        within = lay_out(inputs["open_survival_table"], frame, ("row", "sex"))[0]
    n_ages = population.shape[-1]
    inside = aligned((*survival.shape[:-2], PAIR))
    inside[..., (n_ages - 1) % LANES :: LANES] = within
    count, steps = population.shape[0], frame.periods.size
    fertility = lay_out(inputs["fertility_pattern"], frame, ("period", "age"))[0]
    ratio = lay_out(inputs["sex_ratio_at_birth"], frame, ("period",))[0]
    profile = np.zeros((count, 1, 2, n_ages))
    if "migration_profile" in inputs:
        profile = lay_out(inputs["migration_profile"], frame, aged)[0]
    fixed = np.zeros((0, steps, 2, n_ages))
    if "net_migration" in inputs:
        fixed = lay_out(inputs["net_migration"], frame, aged)[0]
    move = np.zeros((0, 0, 2, n_ages))
    if "move_probability" in inputs:
        tail = ("period", "edge", "sex", "age")
        move = lay_out(inputs["move_probability"], frame, tail, states=False)[0]
    return Patterns(
        paired(population),
        paired(survival),
        inside,
        padded(np.broadcast_to(fertility, (count, *fertility.shape[1:]))),
        np.broadcast_to(1.0 / (1.0 + ratio), (count, steps)).copy(),
        paired(profile),
        paired(fixed),
        paired(move),
    )


def lay_out_levels(inputs: xr.Dataset, levels: xr.Dataset, frame: Frame) -> Levels:
    """Lay out the levels of some draws; a level that is not given is 1: the pattern as it is."""
    draws, steps = levels.sizes["draw"], levels.sizes["period"]
    sized = frame.inputs.assign_coords(draw=np.arange(draws))
    many = replace(frame, inputs=sized, loops=("draw",))

    def given(name: str) -> Array:
        if name not in levels:
            return np.ones((draws, 1, steps))
        return _own(lay_out(levels[name], many, ("period",)))

    rows = row_of(inputs)
    level = given("migration_level")
    migration = np.zeros((*level.shape[:2], steps + 1))
    migration[..., :-1] = level
    move = np.ones((draws, 1, steps))
    if "move_level" in levels:
        move = _own(lay_out(levels["move_level"], many, ("edge", "period"), states=False))
    position = (given("mortality_index") - rows.first) / rows.distance
    # a last row given as a decimal label may come out a rounding beyond it
    np.clip(position, 0.0, rows.count - 1.0, out=position)
    return Levels(position, given("tfr"), migration, move)


def _own(values: Array) -> Array:
    """Copy an array that may not be written to: the kernel would be compiled again for it."""
    return values if values.flags.writeable else values.copy()


def _by_step(values: Array, steps: int) -> Array:
    """Repeat (S, T or 1, ..) to every step."""
    return np.broadcast_to(values, (values.shape[0], steps, *values.shape[2:]))


def lay_out_sums(kept: Kept, patterns: Patterns, steps: int) -> Sums:
    """Sums, and what the migrants of each step amount to in them."""
    weight = paired(kept.weight)

    def of(rows: Array) -> Array:
        sums: Array = np.einsum("s...w,kw->s...k", rows, weight)
        return sums

    def of_steps(rows: Array) -> Array:
        sums = np.zeros((rows.shape[0], len(weight), steps + 1))
        if sums.size:
            sums[:, :, :-1] = np.swapaxes(_by_step(of(rows), steps), 1, 2)
        return sums

    return Sums(
        kept.piece,
        kept.part_start,
        kept.part_piece,
        kept.part,
        kept.weighted,
        np.ascontiguousarray(kept.weight[:, :, 0]),
        of(patterns.population),
        of_steps(patterns.profile),
        of_steps(patterns.fixed),
    )


def lay_out_timing(patterns: Patterns, frame: Frame, early: float, exposure: str) -> Timing:
    """Conventions, and births of the women among the migrants at TFR level 1."""
    steps = frame.periods.size
    fertility = _by_step(patterns.fertility, steps)

    def births(rows: Array) -> Array:
        both = np.zeros((rows.shape[0], 2, steps))
        if rows.shape[0]:
            pairs = rows.reshape(*rows.shape[:2], -1, 2, LANES)
            women = _by_step(pairs[:, :, :, 0].reshape(*rows.shape[:2], -1), steps)
            both[:, 0] = np.einsum("stx,stx->st", fertility, women)
            both[:, 1, :-1] = np.einsum("stx,stx->st", fertility[:, :-1], women[:, 1:])
        return both

    late = 1.0 - early
    at_start = early if exposure == "textbook" else 0.0
    at_end = 0.0 if exposure == "before_migration" else late
    bearing = np.flatnonzero(patterns.fertility.any(axis=(0, 1)))
    first = int(bearing[0]) // LANES * LANES if bearing.size else 0
    stop = (int(bearing[-1]) // LANES + 1) * LANES if bearing.size else 0
    return Timing(
        years=float(frame.step),
        early=early,
        counted=(at_start - early) + (at_end - late),
        first=first,
        stop=stop,
        of_profile=births(patterns.profile),
        of_fixed=births(patterns.fixed),
    )
