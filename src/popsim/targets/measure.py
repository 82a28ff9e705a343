"""What a measure is, and the few pieces that measures share.

A measure takes the evidence, the target, a boundary and a variant, and returns the path of its
value over `year` (and `scenario`, `draw`), or raises `NotComputable` naming the register it needs.
What the path is worth stands in its attrs (`flagged`): without a flag it is a projection that may
be judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import xarray as xr

from popsim.targets.evidence import Evidence, NotComputable
from popsim.targets.model import Target

__all__ = [
    "STATUSES", "Extra", "Measure", "MeasureFunction", "against_stock", "constant", "flagged",
    "no_variant", "scales", "stock_path",
]  # fmt: skip

MeasureFunction = Callable[[Evidence, Target, str, str], xr.DataArray]
Extra = Callable[[Evidence, Target, xr.DataArray], dict[str, Any]]

#: What a row of the table of targets is worth.
STATUSES = {
    "computed": "a value of the projection or of a register, judged where there is a threshold",
    "need_only": "the value is what the target asks for; whether it is there needs a register",
    "base_only": "a published value of the year `as_of`; the projection cannot carry it on",
    "proxy": "a number near the subject that the plan's words are not met by",
    "assumed": "an input of this run, not its result",
    "not_computable": "no number without the register named",
}


def no_variant(evidence: Evidence, target: Target) -> Sequence[str]:
    """One row, whatever the definition of the population."""
    return ("",)


def definitions(evidence: Evidence, target: Target) -> Sequence[str]:
    """One row for each definition of the population."""
    return target.definitions or tuple(evidence.stocks)


def scales(evidence: Evidence, target: Target) -> Sequence[str]:
    """One row for each scale of disability in the care table."""
    if evidence.care is None:
        return ("",)
    found = evidence.care["indicator"].astype(str)
    found = found[found.str.startswith("need_total.")].str.partition(".")[2]
    return tuple(dict.fromkeys(found)) or ("",)


@dataclass(frozen=True)
class Measure:
    """A measure: its function, its unit, and on what it depends.

    Parameters
    ----------
    function
        The path of the value.
    unit
        Unit of the value, where it differs from that of the threshold.
    by_boundary
        Whether a group of the boundary table is summed on each boundary.
    variants
        Names in the column `definition`: of the population, of scales of disability, ...
    extra
        Columns that replace those of the plain judgement.
    drawn
        What is uncertain in it and drawn: ``"all"``; ``"people"`` alone, where something else that
        decides is held (output at a productivity, water at a use a head): a share of draws would
        pass for a probability it is not; ``"nothing"``.
    """

    function: MeasureFunction
    unit: str
    by_boundary: bool = False
    variants: Callable[[Evidence, Target], Sequence[str]] = definitions
    extra: Extra | None = None
    drawn: Literal["all", "people", "nothing"] = "all"


def flagged(
    path: xr.DataArray,
    status: str,
    *,
    needs: str = "",
    as_of: int | None = None,
    note: tuple[str, str] = ("", ""),
) -> xr.DataArray:
    """A path with what it is worth.

    Parameters
    ----------
    path
        Over `year`.
    status
        A key of `STATUSES`.
    needs
        Registers that the verdict needs, with semicolons.
    as_of
        Year of the value where it is not the target's.
    note
        A remark, (English, Chinese).
    """
    assert status in STATUSES
    out = path.copy()
    out.attrs = {"status": status, "needs": needs, "note": note}
    if as_of is not None:
        out.attrs["as_of"] = as_of
    return out


def constant(evidence: Evidence, value: float) -> xr.DataArray:
    """A value that holds in every year of the run."""
    years = evidence.years
    return xr.DataArray(np.full(len(years), value), {"year": years}, "year")


def _carried(stock: xr.DataArray, years: Sequence[int]) -> xr.DataArray:
    """Stock (region, year) in the years wanted, each region's last count held."""
    regions = [str(r) for r in stock["region"].to_numpy()]
    table = pd.DataFrame(
        stock.transpose("region", "year").to_numpy(),
        index=regions,
        columns=[int(y) for y in stock["year"].to_numpy()],
    )
    every = sorted({*years, *(int(y) for y in table.columns)})
    wide = table.reindex(columns=every).ffill(axis=1)[list(years)]
    return xr.DataArray(
        wide.to_numpy(dtype=float), {"region": regions, "year": list(years)}, ("region", "year")
    )


def stock_path(evidence: Evidence, key: str, regions: Sequence[str]) -> xr.DataArray:
    """Stock of a register by year, the last count of each region held in later years.

    Raises
    ------
    NotComputable
        Where the register lacks the item, or a region of those asked for.
    """
    stock = evidence.register(key)
    if not isinstance(stock, xr.DataArray):
        return constant(evidence, float(stock))
    years = evidence.years
    held = _carried(stock, years)
    whole = [r for r in held["region"].to_numpy() if r not in evidence.regions]
    counted = held.sel(region=[r for r in regions if r in held["region"].to_numpy()])
    total = counted.sum("region", skipna=False)
    if counted.sizes["region"] < len(regions):
        total = total * np.nan
    if whole and sorted(regions) == sorted(evidence.regions):
        # A count of the whole city stands where the counties are not all known.
        city = held.sel(region=whole).max("region")
        total = total.fillna(city)
    if not bool(np.isfinite(total).any()):
        raise NotComputable(key)
    return total


def against_stock(key: str) -> Extra:
    """Judge a need against the stock in a register; say which register where there is none."""

    def extra(evidence: Evidence, target: Target, need: xr.DataArray) -> dict[str, Any]:
        needed = float(need.sel(year=target.year))
        register = target.register or key
        try:
            stock = float(
                stock_path(evidence, register, evidence.members("")).sel(year=target.year)
            )
        except NotComputable:
            stock = float("nan")
        if np.isnan(stock):
            return {
                "met": "", "gap": "", "first_year_met": "",
                "status": "need_only", "needs": register,
            }  # fmt: skip
        met: bool | str = "" if target.comparison == "report" else stock >= needed
        return {
            "stock": stock, "gap": stock - needed, "met": met, "first_year_met": "",
        }  # fmt: skip

    return extra
