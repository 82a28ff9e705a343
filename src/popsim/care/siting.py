"""The siting rule by density: which areas need a home within 500 or 1,000 m, and how many homes.

The plan's sentence can be read two ways: the density of *elderly* people or of *all residents*.
Jiaxing's county means are 247 and 1,279 per km2, so the rule never binds under the one and binds
everywhere under the other. It is meaningful on small areas only; county means are refused.
"""

from __future__ import annotations

import math
import re
from typing import Literal

import numpy as np
import pandas as pd

from popsim.care.services import norm_value
from popsim.errors import DataError, Problems

__all__ = [
    "DensityBasis",
    "cell_area",
    "density_class",
    "facilities_needed",
    "siting_classes",
    "siting_rule",
    "walking_radius",
]

DensityBasis = Literal["elderly", "population"]

# area of a regular hexagon of circumradius 1: 3 sqrt(3) / 2 = 2.598
HEXAGON = 1.5 * math.sqrt(3.0)
# mean number of cells cut by a convex edge, per length over radius: 6 / (2 pi 2.598) = 0.3676
EDGE = 6.0 / (2.0 * math.pi * HEXAGON)
NO_RULE = "below"
# class, lowest density per km2, radius in metres; highest class first
Classes = tuple[tuple[str, float, float], ...]
LEVELS = ("township", "grid", "polygon")
COUNTY_CODE = re.compile(r"\d{6}")


def cell_area(radius_m: float, *, detour: float = 1.0) -> float:
    """Area served by one facility in the best regular covering: a hexagon.

    Parameters
    ----------
    radius_m
        Distance allowed, metres.
    detour
        Way walked over straight line, 1 or more; the user's, 1 by default (no sourced value).

    Returns
    -------
    float
        km2.

    Notes
    -----
    a = (3 sqrt(3) / 2) (r / k)^2.

    References
    ----------
    Kershner, R. (1939), The number of circles covering a set, American Journal of Mathematics 61.

    Examples
    --------
    >>> round(cell_area(500), 4), round(cell_area(1000), 3)
    (0.6495, 2.598)
    """
    if radius_m <= 0 or detour < 1:
        raise DataError(f"a radius above 0 and a detour of 1 or more; got {radius_m}, {detour}")
    return HEXAGON * (radius_m / detour / 1000.0) ** 2


def facilities_needed(
    area_km2: float, perimeter_km: float, radius_m: float, *, detour: float = 1.0
) -> float:
    """Expected number of facilities that put every point of an area within the radius.

    Parameters
    ----------
    area_km2, perimeter_km
        Of a convex area.
    radius_m
        Distance allowed, metres.
    detour
        As in `cell_area`.

    Returns
    -------
    float
        Expected number of hexagons of a randomly placed grid that touch the area: an upper planning
        number; area over cell area is the floor.

    Raises
    ------
    DataError
        A perimeter shorter than that of a circle of the same area.

    Notes
    -----
    N = 1 + A / (2.598 r^2) + 0.3676 L / r, with r = radius over detour in km.

    References
    ----------
    Santalo, L. A. (1976), Integral Geometry and Geometric Probability, ch. 6 (lattices of figures).

    Examples
    --------
    >>> round(facilities_needed(4, 8, 500), 2), round(facilities_needed(50, 30, 1000), 2)
    (13.04, 31.27)
    """
    if area_km2 <= 0 or perimeter_km < 2.0 * math.sqrt(math.pi * area_km2) * (1 - 1e-9):
        raise DataError(
            f"no area of {area_km2:g} km2 has a perimeter of {perimeter_km:g} km; "
            "check the units (km2 and km)"
        )
    radius = radius_m / detour / 1000.0
    return 1.0 + area_km2 / cell_area(radius_m, detour=detour) + EDGE * perimeter_km / radius


def siting_classes(norms: pd.DataFrame) -> Classes:
    """The plan's density classes: name, lowest density and radius, highest class first.

    Parameters
    ----------
    norms
        The table `care_norms`, with `siting_density_high` and its like.

    Returns
    -------
    tuple
        ``("high", 3000, 500)`` and ``("medium", 1000, 1000)`` for the plan of Jiaxing.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"norm": ["siting_density_high", "siting_density_medium",
    ...     "siting_radius_high_m", "siting_radius_medium_m"], "value": [3000, 1000, 500, 1000],
    ...     "unit": ["person km-2", "person km-2", "m", "m"]})
    >>> siting_classes(table)
    (('high', 3000.0, 500.0), ('medium', 1000.0, 1000.0))
    """
    return tuple(
        (n, norm_value(norms, f"siting_density_{n}"), norm_value(norms, f"siting_radius_{n}_m"))
        for n in ("high", "medium")
    )


def density_class(density: float, classes: Classes) -> str:
    """Class of a density; the highest class starts above its bound, the others at theirs.

    Parameters
    ----------
    density
        People per km2, of whichever basis.
    classes
        As from `siting_classes`: more than 3,000 is high, 1,000 to 3,000 medium.

    Returns
    -------
    str
        The name of the class, or ``below``, for which the plan gives no rule.

    Examples
    --------
    >>> plan = (("high", 3000.0, 500.0), ("medium", 1000.0, 1000.0))
    >>> [density_class(d, plan) for d in (3001, 3000, 1000, 999)]
    ['high', 'medium', 'medium', 'below']
    """
    if not density >= 0:
        raise DataError(f"a density is 0 or more; got {density}")
    if density > classes[0][1]:
        return classes[0][0]
    return next((name for name, bound, _ in classes[1:] if density >= bound), NO_RULE)


def walking_radius(minutes: float, *, metres_per_minute: float) -> float:
    """Radius of a walk, e.g. of the 15-minute circle.

    Parameters
    ----------
    minutes
        Length of the walk.
    metres_per_minute
        Walking speed of the elderly; the user's.

    Returns
    -------
    float
        Metres.

    Examples
    --------
    >>> walking_radius(15, metres_per_minute=50)
    750
    """
    if minutes <= 0 or metres_per_minute <= 0:
        raise DataError("minutes and speed must be above 0")
    return minutes * metres_per_minute


def _check_units(units: pd.DataFrame, basis: DensityBasis) -> None:
    """Small areas with people and area; counties are refused."""
    problems = Problems(DataError)
    for column in {"unit", "level", "area_km2", "elderly", basis}:
        if column not in units.columns:
            problems.add("missing column", where="planning units", expected=column)
    problems.raise_if_any()
    for row in units.to_dict("records"):
        where = f"unit {row['unit']}"
        if row["level"] == "county" or COUNTY_CODE.fullmatch(str(row["unit"])):
            problems.add(
                "the siting rule cannot be read off a county mean",
                where=where,
                expected=" | ".join(LEVELS),
                remedy="give townships, planning units or grid cells: the rule flips on means",
            )
        elif row["level"] not in LEVELS:
            expected = " | ".join(LEVELS)
            problems.add("unknown level", where=where, got=row["level"], expected=expected)
        if not row["area_km2"] > 0:
            problems.add("area must be above 0", where=where, got=row["area_km2"])
        for column in {"elderly", basis}:
            if not row[column] >= 0:
                problems.add(f"{column} must be 0 or more", where=where, got=row[column])
        if "population" in row and row["elderly"] > row["population"]:
            problems.add("more elderly than people", where=where, got=row["elderly"])
    problems.raise_if_any()


def siting_rule(
    units: pd.DataFrame,
    *,
    classes: Classes,
    elderly_per_home: float,
    density_basis: DensityBasis = "elderly",
    tolerance: float = 0.0,
    detour: float = 1.0,
    shape: Literal["square", "circle"] = "square",
) -> pd.DataFrame:
    """Homes that the siting rule asks of each small area.

    Parameters
    ----------
    units
        Columns `unit, level, area_km2, elderly` (60+), `population` for that basis, and perhaps
        `perimeter_km`; `level` is township, grid or polygon.
    classes
        As from `siting_classes`.
    elderly_per_home
        Fewest elderly a home can live on: caps the number of homes. The norms give 500 (20 beds at
        40 beds per 1,000).
    density_basis
        Whose density sets the class; ``elderly`` follows the word order, ``population`` the usual
        unit. The official origin of the rule was not found, so show both.
    tolerance
        Share by which "about" 500 m may be passed.
    detour
        As in `cell_area`.
    shape
        Perimeter where none is given: that of a square or of a circle of the same area.

    Returns
    -------
    pandas.DataFrame
        `unit, density, class, radius_m, homes_floor` (area over cell), `homes_cover` (to reach
        every point), `homes_cap` (by demand) and `homes` = min(ceil(cover), cap); 0 where there is
        no rule. attrs hold the basis and the flag.

    Raises
    ------
    DataError
        Counties, missing columns, more elderly than people.

    Notes
    -----
    homes = min(ceil(N), ceil(P60 / elderly_per_home)), N as in `facilities_needed`.

    Examples
    --------
    >>> import pandas as pd
    >>> quarter = pd.DataFrame({"unit": ["old town"], "level": ["grid"], "area_km2": [4.0],
    ...                         "elderly": [12800.0], "population": [60000.0]})
    >>> plan = (("high", 3000.0, 500.0), ("medium", 1000.0, 1000.0))
    >>> siting_rule(quarter, classes=plan, elderly_per_home=500)[
    ...     ["class", "homes"]].values.tolist()
    [['high', 14]]
    """
    if elderly_per_home <= 0 or tolerance < 0:
        raise DataError("elderly per home must be above 0, the tolerance 0 or more")
    _check_units(units, density_basis)
    records = []
    for row in units.to_dict("records"):
        area = float(row["area_km2"])
        density = float(row[density_basis]) / area
        kind = density_class(density, classes)
        record = {"unit": row["unit"], "density": density, "class": kind}
        cap = math.ceil(float(row["elderly"]) / elderly_per_home)
        if kind == NO_RULE:
            records.append(
                {**record, "radius_m": np.nan, "homes_floor": 0.0, "homes_cover": 0.0,
                 "homes_cap": cap, "homes": 0}
            )  # fmt: skip
            continue
        radius = next(r for name, _, r in classes if name == kind) * (1.0 + tolerance)
        around = {"square": 4.0 * math.sqrt(area), "circle": 2.0 * math.sqrt(math.pi * area)}
        given = row.get("perimeter_km")
        perimeter = around[shape] if given is None or pd.isna(given) else float(given)
        cover = facilities_needed(area, perimeter, radius, detour=detour)
        records.append(
            {**record, "radius_m": radius, "homes_floor": area / cell_area(radius, detour=detour),
             "homes_cover": cover, "homes_cap": cap, "homes": min(math.ceil(cover), cap)}
        )  # fmt: skip
    out = pd.DataFrame.from_records(records)
    out.attrs = {
        "density_basis": density_basis,
        "flag": f"reading of the rule: density of {density_basis}; its official origin was not "
        "found; no rule below 1,000 per km2",
    }
    return out
