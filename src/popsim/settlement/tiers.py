"""Tiers of a settlement pattern: people and shares by tier, and shares projected."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import xarray as xr

from popsim.errors import DataError, Problem, Problems
from popsim.labels import label

__all__ = [
    "TIERS",
    "project_tier_shares",
    "tier_drift",
    "tier_label",
    "tier_population",
    "tier_shares",
]

# The four tiers in their order, and the word for towns whose tier nobody has published.
TIERS = ("central_city", "county_seat", "small_city", "ordinary_town", "unknown")


def tier_label(tier: str, lang: str) -> str:
    """Word for a tier.

    Parameters
    ----------
    tier
        One of `TIERS`.
    lang
        ``"zh"`` or ``"en"``.

    Examples
    --------
    >>> tier_label("small_city", "zh"), tier_label("unknown", "en")
    ('小城市（中心镇）', 'tier not published')
    """
    if tier not in TIERS:
        raise DataError(Problem("unknown tier", got=tier, expected=f"one of {', '.join(TIERS)}"))
    return label("tier.unknown" if tier == "unknown" else f"tier.{TIERS.index(tier) + 1}", lang)


def tier_shares(
    towns: pd.DataFrame,
    tiers: pd.DataFrame,
    *,
    year: int,
    totals: xr.DataArray | None = None,
    tolerance: float = 0.5,
) -> pd.DataFrame:
    """People by tier and county, with their shares of the county.

    Parameters
    ----------
    towns
        Columns region, township, indicator, year, value; rows of ``resident_population``.
    tiers
        The tier map: columns region, township, tier, basis. Tiers are `TIERS`; ``unknown`` where
        none was published.
    year
        Year of the towns' figures.
    totals
        Published persons (region) of the counties wanted, to which their towns must add; a county
        whose towns are not all there then shows.
    tolerance
        Persons by which the towns may miss it.

    Returns
    -------
    pd.DataFrame
        Columns region, year, tier, towns (number), population (persons), share (of the county),
        basis (the words of the map, joined); one row a county and tier that has towns.

    Raises
    ------
    DataError
        Towns without a tier or with two, unknown tiers, a county that does not add up: all at
        once.

    Examples
    --------
    >>> towns = pd.DataFrame({"region": "r", "township": ["a", "b"], "year": 2000,
    ...                       "indicator": "resident_population", "value": [30.0, 70.0]})
    >>> tiers = pd.DataFrame({"region": "r", "township": ["a", "b"],
    ...                       "tier": ["central_city", "unknown"], "basis": "assumption"})
    >>> tier_shares(towns, tiers, year=2000)[["tier", "share"]].values.tolist()
    [['central_city', 0.3], ['unknown', 0.7]]
    """
    chosen = towns[(towns["indicator"] == "resident_population") & (towns["year"] == year)]
    if totals is not None:
        chosen = chosen[chosen["region"].isin(totals["region"].to_numpy().astype(str))]
    _check_map(chosen, tiers, year)
    merged = chosen.merge(
        tiers[["region", "township", "tier", "basis"]],
        on=["region", "township"],
        validate="1:1",
    )
    if totals is not None:
        _check_totals(merged, totals, tolerance)
    grouped = merged.groupby(["region", "tier"], sort=False)
    table = grouped["value"].agg(["size", "sum"]).reset_index()
    told = grouped["basis"].agg(lambda words: ";".join(sorted(set(words)))).to_numpy()
    whole = table.groupby("region")["sum"].transform("sum")
    table = table.assign(year=year, basis=told, share=table["sum"] / whole)
    table = table.rename(columns={"size": "towns", "sum": "population"})
    order = table["tier"].map(TIERS.index)
    table = table.assign(order=order).sort_values(["region", "order"], ignore_index=True)
    return table[["region", "year", "tier", "towns", "population", "share", "basis"]]


def _check_map(towns: pd.DataFrame, tiers: pd.DataFrame, year: int) -> None:
    """Every town once, in one known tier."""
    problems = Problems(DataError)
    if towns.empty:
        problems.add("no towns of this year", where="towns", got=year)
    for row in tiers[~tiers["tier"].isin(TIERS)].to_dict("records"):
        problems.add(
            "unknown tier",
            where=f"tiers (region={row['region']}, township={row['township']})",
            got=row["tier"],
            expected=f"one of {', '.join(TIERS)}",
        )
    keys = list(zip(tiers["region"], tiers["township"], strict=True))
    for region, town in sorted({k for k in keys if keys.count(k) > 1}):
        problems.add("two tiers", where=f"tiers (region={region}, township={town})", expected="one")
    known = set(keys)
    for region, town in zip(towns["region"], towns["township"], strict=True):
        if (region, town) not in known:
            problems.add(
                "no tier",
                where=f"towns (region={region}, township={town})",
                expected=f"one of {', '.join(TIERS)}",
                remedy="add a row to the tier map; write unknown where none was published",
            )
    problems.raise_if_any()


def _check_totals(towns: pd.DataFrame, totals: xr.DataArray, tolerance: float) -> None:
    """The towns of each county add to the county."""
    problems = Problems(DataError)
    for region, value in towns.groupby("region")["value"].sum().items():
        published = float(totals.sel(region=str(region)))
        if abs(float(value) - published) > tolerance:
            problems.add(
                "the towns do not add to the county",
                where=f"region={region}",
                got=f"{float(value):,.0f}",
                expected=f"{published:,.0f}",
                remedy="complete the towns, or leave the county out of `totals`",
            )
    problems.raise_if_any()


def tier_drift(earlier: xr.DataArray, later: xr.DataArray, *, years: float) -> xr.DataArray:
    """Yearly change of the logarithm of each tier's share between two dates.

    Parameters
    ----------
    earlier, later
        Shares (.., tier), above 0, adding to 1.
    years
        Years between them.

    Returns
    -------
    xr.DataArray
        g (.., tier), per year; only differences between tiers matter.

    Examples
    --------
    >>> before = xr.DataArray([0.5, 0.5], {"tier": ["central_city", "ordinary_town"]}, "tier")
    >>> after = xr.DataArray([0.6, 0.4], {"tier": ["central_city", "ordinary_town"]}, "tier")
    >>> g = tier_drift(before, after, years=10)
    >>> project_tier_shares(before, g, start=2010, years=[2020]).values.round(6).tolist()
    [[0.6], [0.4]]
    """
    for name, shares in (("earlier", earlier), ("later", later)):
        _check_shares(shares, name)
        if (shares <= 0).any():
            raise DataError(
                Problem(
                    "a tier without people has no drift",
                    f"{name}, tier",
                    "0",
                    "above 0",
                    "leave the tier out of the county",
                )
            )
    if years <= 0:
        raise DataError(Problem("not a number of years", "years", str(years), "above 0"))
    with xr.set_options(arithmetic_join="exact"):
        change = later / earlier
    drift = change.copy(data=np.log(change.to_numpy()) / years)
    return drift.assign_attrs(units="year-1", long_name="drift of the log share of a tier")


def _check_shares(shares: xr.DataArray, name: str) -> None:
    """Shares of tiers, none negative, adding to 1."""
    problems = Problems(DataError)
    if "tier" not in shares.dims:
        problems.add("no dim tier", where=name, got=shares.dims)
        problems.raise_if_any()
    if not (np.isfinite(shares) & (shares >= 0)).all():
        problems.add("missing or negative share", where=name, expected="0 or more")
    elif not np.allclose(shares.sum("tier"), 1.0, rtol=0, atol=1e-9):
        problems.add(
            "shares do not add to 1",
            where=name,
            got=np.round(shares.sum("tier").to_numpy(), 6).tolist(),
            expected="1 over tier",
        )
    problems.raise_if_any()


def project_tier_shares(
    shares: xr.DataArray, drift: xr.DataArray, *, start: int, years: Iterable[int]
) -> xr.DataArray:
    """Shares by tier along a drift of their logarithms, adding to 1 in every year.

    Parameters
    ----------
    shares
        Shares (.., tier) in the year `start`, adding to 1.
    drift
        g (tier), or with further dims of `shares`, per year.
    start
        Year of the shares.
    years
        Years wanted.

    Returns
    -------
    xr.DataArray
        Shares (.., tier, year).

    Notes
    -----
    ``s_k(t) = s_k(0) exp(g_k t) / sum_j s_j(0) exp(g_j t)``: the odds of any two tiers change at
    a constant rate, shares stay between 0 and 1, and a tier without people stays without.
    """
    _check_shares(shares, "shares")
    if not np.isfinite(drift).all():
        raise DataError(Problem("a drift is missing", "drift", "not finite", "a number"))
    wanted = np.array(list(years), dtype=np.int64)
    since = xr.DataArray((wanted - start).astype(float), {"year": wanted}, "year")
    with xr.set_options(arithmetic_join="exact"):
        exponent = drift * since
        # Only differences matter: the largest is taken off so that no exponential overflows.
        weight = shares * np.exp(exponent - exponent.max("tier"))
    projected: xr.DataArray = weight / weight.sum("tier")
    return projected.transpose(*shares.dims, "year").assign_attrs(
        units="1", long_name="share of a tier in the county"
    )


def tier_population(shares: xr.DataArray, totals: xr.DataArray) -> xr.DataArray:
    """Persons by tier under the projected totals of the counties.

    Parameters
    ----------
    shares
        Shares (region, tier, year).
    totals
        Persons (.., region, year) of a projection, the regions of `shares` or more.

    Returns
    -------
    xr.DataArray
        Persons (.., region, tier, year), adding to the totals.

    Raises
    ------
    DataError
        When the totals lack a region or a year of the shares.
    """
    problems = Problems(DataError)
    for dim in ("region", "year"):
        lacking = sorted(
            set(shares[dim].to_numpy().tolist()) - set(totals[dim].to_numpy().tolist())
        )
        if lacking:
            problems.add(f"no totals for these labels of {dim}", where="totals", got=lacking)
    problems.raise_if_any()
    county = totals.sel(region=shares["region"].to_numpy(), year=shares["year"].to_numpy())
    with xr.set_options(arithmetic_join="exact"):
        people: xr.DataArray = county.reset_coords(drop=True) * shares
    tail = ("region", "tier", "year")
    return people.transpose(..., *tail).assign_attrs(units="person", long_name="persons by tier")
