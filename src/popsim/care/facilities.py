"""Facilities by norm: homes, day-care centres, hospice services, land and floor, plan counts.

Norms that disagree are shown side by side: GB 50437 asks for 18-44 m2 of land a bed and for 0.1 m2
an inhabitant, which for Jiaxing 2020 are 75-183 and 54 hectares.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from popsim.care.services import norm_value
from popsim.errors import DataError

__all__ = ["capacity_ratio", "facility_range", "hospice_services", "land_rules", "wards_needed"]


def facility_range(
    inhabitants: xr.DataArray, norms: pd.DataFrame, kind: str
) -> tuple[xr.DataArray, xr.DataArray]:
    """Fewest and most facilities by the service population of the norm.

    Parameters
    ----------
    inhabitants
        (...), all inhabitants, not the elderly alone.
    norms
        The table `care_norms`.
    kind
        ``home`` (50,000-100,000 people each) or ``day_care`` (5,000-12,000).

    Returns
    -------
    tuple of xarray.DataArray
        Fewest (largest service population) and most, not rounded.

    References
    ----------
    GB 50437-2007, partial revision 2018, table 3.1.2.

    Examples
    --------
    >>> import pandas as pd, xarray as xr
    >>> names = ["service_population_home_min", "service_population_home_max"]
    >>> table = pd.DataFrame({"norm": names, "value": [50000, 100000], "unit": "person"})
    >>> low, high = facility_range(xr.DataArray(5400868.0), table, "home")
    >>> round(float(low)), round(float(high))
    (54, 108)
    """
    ends = [norm_value(norms, f"service_population_{kind}_{e}") for e in ("max", "min")]
    low, high = (inhabitants / e for e in ends)
    for values in (low, high):
        values.attrs = {"units": "facility", "long_name": f"{kind} by service population"}
    return low, high


def land_rules(beds: xr.DataArray, inhabitants: xr.DataArray, norms: pd.DataFrame) -> xr.DataArray:
    """Land for elderly facilities by the three rules of one standard.

    Parameters
    ----------
    beds
        (...), planning beds.
    inhabitants
        (...), all inhabitants.
    norms
        The table `care_norms`.

    Returns
    -------
    xarray.DataArray
        (rule, ...), hectares: `per_bed_min`, `per_bed_max`, `per_inhabitant`.

    References
    ----------
    GB 50437-2007, partial revision 2018, 3.2.1A and table 3.2.4.

    Examples
    --------
    >>> import pandas as pd, xarray as xr
    >>> table = pd.DataFrame({"norm": ["land_m2_per_bed_min", "land_m2_per_bed_max",
    ...     "land_m2_per_inhabitant"], "value": [18, 44, 0.1], "unit": "m2"})
    >>> land_rules(xr.DataArray(41702.0), xr.DataArray(5400868.0), table).round().values.tolist()
    [75.0, 183.0, 54.0]
    """
    low, high = (beds * norm_value(norms, f"land_m2_per_bed_{e}") / 1e4 for e in ("min", "max"))
    head = inhabitants * norm_value(norms, "land_m2_per_inhabitant") / 1e4
    names = pd.Index(["per_bed_min", "per_bed_max", "per_inhabitant"], name="rule")
    out = xr.concat([low, high, head], dim=names, join="exact")
    out.attrs = {"units": "ha", "long_name": "land for elderly facilities, rules that disagree"}
    return out


def hospice_services(inhabitants: xr.DataArray, hospice: pd.DataFrame) -> xr.DataArray:
    """Palliative services by the European norm, beside the plan's ward in each county.

    Parameters
    ----------
    inhabitants
        (...), persons.
    hospice
        The table `care_hospice`.

    Returns
    -------
    xarray.DataArray
        (service, ...), number: home teams, inpatient services, hospital teams.

    References
    ----------
    Norms of the European Association for Palliative Care, as in PMC4800456.

    Examples
    --------
    >>> import pandas as pd, xarray as xr
    >>> table = pd.DataFrame({"item": ["home_teams_per_100000", "inpatient_services_per_200000",
    ...     "hospital_teams_per_200000"], "value": 1.0, "unit": "team"})
    >>> hospice_services(xr.DataArray(5516000.0), table).round(1).values.tolist()
    [55.2, 27.6, 27.6]
    """
    per = {"home_teams": 100000, "inpatient_services": 200000, "hospital_teams": 200000}
    parts = [
        inhabitants * norm_value(hospice, f"{name}_per_{people}", column="item") / people
        for name, people in per.items()
    ]
    out = xr.concat(parts, dim=pd.Index(list(per), name="service"), join="exact")
    out.attrs = {"units": "facility", "long_name": "palliative services by the EAPC norm"}
    return out


def wards_needed(registered: xr.DataArray, *, per_region: float) -> xr.DataArray:
    """Facilities each region still lacks of a fixed number (hospice wards: one in each county).

    Parameters
    ----------
    registered
        (region), number in the register; NaN where it is silent, and so is the answer.
    per_region
        The number wanted in each.

    Returns
    -------
    xarray.DataArray
        (region), number lacking, 0 where there are enough, NaN where unknown.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> wards_needed(xr.DataArray([0.0, 2.0, np.nan], dims="region"), per_region=1).values.tolist()
    [1.0, 0.0, nan]
    """
    lacking = per_region - registered
    out = lacking.clip(min=0.0)
    out.attrs = {"units": "facility", "long_name": "lacking"}
    return out


def capacity_ratio(
    stock: xr.DataArray | float, people: xr.DataArray, *, per: float
) -> xr.DataArray:
    """A stock per so many people (500 home-care beds are 4.8 per 10,000 of 60 and over).

    Parameters
    ----------
    stock
        Units of capacity, from a register or a plan.
    people
        (...), the denominator; say of which age.
    per
        10,000 or 1,000.

    Returns
    -------
    xarray.DataArray
        Units per `per` people.

    Raises
    ------
    DataError
        Nobody in the denominator, or a negative stock.

    Examples
    --------
    >>> import xarray as xr
    >>> round(float(capacity_ratio(500, xr.DataArray(1042562.0), per=10000)), 1)
    4.8
    """
    if bool((people <= 0).any()) or bool(np.any(np.asarray(stock) < 0)):
        raise DataError("a ratio needs people above 0 and a stock of 0 or more")
    out = stock / people * per
    out.attrs = {"units": "1", "long_name": f"per {per:g} people"}
    return out
