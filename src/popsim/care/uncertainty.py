"""Uncertainty of prevalence: random shares by band, to be joined with the draws of a population."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr

from popsim.care.prevalence import (
    UNIT_OF_SHARE,
    Bands,
    Detail,
    Extend,
    bands_by_sex,
    lay_out,
    levels_of,
    select_bands,
)
from popsim.errors import DataError

__all__ = ["prevalence_draws"]

# two-sided 95 % normal quantile, for intervals printed as 95 %
Z95 = 1.959963984540054


def prevalence_draws(
    table: pd.DataFrame,
    *,
    scale: str,
    draws: xr.DataArray | int,
    rng: np.random.Generator,
    effective_n: float | None = None,
    dependence: Literal["common", "independent"] = "common",
    wave: int | None = None,
    detail: Detail = "age",
    extend: Extend = "none",
) -> xr.DataArray:
    """Random prevalence, one array per draw, normal on the logit scale.

    Parameters
    ----------
    table, scale, wave, detail, extend
        As in `prevalence`.
    draws
        The number of draws, or the coordinate `draw` of a population, so that both line up.
    rng
        Source of randomness.
    effective_n
        Effective sample size per band, used for rows with no printed 95 % interval
        (`low`, `high`). Without it such rows are refused: no uncertainty is invented.
    dependence
        ``common``: one deviate moves all bands and grades together (an error of the instrument,
        the wider interval of a total). ``independent``: one deviate each (sampling error only).

    Returns
    -------
    xarray.DataArray
        (draw, need_level[, area], sex, age), share.

    Raises
    ------
    DataError
        A row with neither interval nor `effective_n`.

    Notes
    -----
    logit p_d = logit p + sigma z_d, with sigma = (logit high - logit low) / (2 x 1.96), or
    sigma = [n p (1 - p)]^(-1/2) by the delta method.

    Examples
    --------
    >>> from popsim.care.prevalence import COLUMNS
    >>> rows = [("mine", "any", "both", 60, "open", "all", 2020, 6.0, "%", 5.8, 6.3)]
    >>> frame = pd.DataFrame(rows, columns=[*COLUMNS, "low", "high"])
    >>> d = prevalence_draws(frame, scale="mine", draws=3, rng=np.random.default_rng(1))
    >>> d.dims, bool((d.sel(age=70) > 0.05).all())
    (('draw', 'need_level', 'sex', 'age'), True)
    """
    rows, year = select_bands(table, scale, wave)
    label = np.arange(draws) if isinstance(draws, int) else draws.to_numpy()
    used = sorted(
        {int(i) for g in levels_of(rows) for b in bands_by_sex(rows, g).values() for i in b}
    )
    sigma = np.zeros(rows.share.size)
    sigma[used] = [_sigma(rows, i, effective_n, scale) for i in used]
    columns = 1 if dependence == "common" else rows.share.size
    z = rng.standard_normal((label.size, columns))
    inside = (rows.share > 0) & (rows.share < 1)
    logit = np.where(inside, np.log(np.where(inside, rows.share, 0.5)), 0.0)
    logit -= np.where(inside, np.log1p(-np.where(inside, rows.share, 0.5)), 0.0)
    moved = 1.0 / (1.0 + np.exp(-(logit + sigma * z)))
    moved = np.where(inside, moved, rows.share)
    # Laying out is linear in the shares, so each row is laid out once and not once a draw.
    unity = np.eye(rows.share.size)[used]
    each = [lay_out(rows, unit, scale, year, detail, extend) for unit in unity]
    cells = np.stack([one.to_numpy() for one in each])
    like = each[0]
    out = xr.DataArray(
        np.tensordot(moved[:, used], cells, axes=1),
        {"draw": label, **like.coords},
        ("draw", *like.dims),
        name=like.name,
        attrs=like.attrs,
    )
    out.attrs |= {"uncertainty": f"logit-normal, {dependence}"}
    return out


def _sigma(rows: Bands, i: int, effective_n: float | None, scale: str) -> float:
    """Standard deviation of the logit of one row's share."""
    row = rows.frame.iloc[i]
    printed = [row.get(k) for k in ("low", "high")]
    p = float(rows.share[i])
    if all(v is not None and not pd.isna(v) and str(v).strip() for v in printed):
        unit = UNIT_OF_SHARE[row["unit"]]
        a, b = (float(str(v)) * unit for v in printed)
        return float((np.log(b / (1 - b)) - np.log(a / (1 - a))) / (2 * Z95))
    if effective_n is None:
        raise DataError(
            f"scale {scale!r}: the row {row['need_level']}, {row['age_from']}-{row['age_to']} has "
            "no printed interval. Remedy: give effective_n (people behind each figure)"
        )
    return float(1.0 / np.sqrt(effective_n * p * (1 - p))) if 0 < p < 1 else 0.0
