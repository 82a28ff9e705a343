"""Life expectancy free of need, with its sampling variance (Sullivan's method, labelled)."""

from __future__ import annotations

import numpy as np
import xarray as xr

from popsim.care.ages import age_edges
from popsim.errors import DataError
from popsim.methods.health import sullivan

__all__ = ["need_free_expectancy"]


def need_free_expectancy(
    survival_ratio: xr.DataArray, shares: xr.DataArray, *, effective_n: float | None = None
) -> xr.Dataset:
    """Life expectancy with and without need of care, by sex and age.

    Parameters
    ----------
    survival_ratio
        (..., sex, age single to an open one), survival into the age reached.
    shares
        (need_level, sex, age), prevalence; all levels count as in need.
    effective_n
        People asked at each age, for the standard error; without it the error is NaN.

    Returns
    -------
    xarray.Dataset
        `free`, `in_need`, `total` (years), `free_share` and `standard_error` (..., sex, age).

    Raises
    ------
    DataError
        Ages that are not single or differ.

    Notes
    -----
    L(0) = S(0), L(x) = L(x-1) S(x), and in the open group L = L(below) S / (1 - S), since S there
    is T(open) / T(one below). l(0) = 1 and l(x) = [L(x-1) + L(x)] / 2; at the open age, l is the
    survivors of the age below scaled by S of that age.

    References
    ----------
    Sullivan, D. F. (1971), HSMHA Health Reports 86(4), 347-354.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> ages = {"sex": ["female"], "age": np.arange(101)}
    >>> s = xr.DataArray(np.full((1, 101), 0.98), ages, ("sex", "age"))
    >>> d = xr.DataArray(np.full((1, 1, 101), 0.1), {"need_level": ["any"], **ages},
    ...                  ("need_level", "sex", "age"))
    >>> float(need_free_expectancy(s, d).free_share.sel(age=60, sex="female").round(9))
    0.9
    """
    lower, upper = age_edges(survival_ratio)
    if bool(np.any((upper - lower)[:-1] != 1)):
        raise DataError("need-free expectancy needs single ages")
    with xr.set_options(arithmetic_join="exact"):
        ill = shares.sum("need_level", skipna=False) + 0.0 * survival_ratio
    ill = ill.transpose(..., "sex", "age")
    survival = (survival_ratio + 0.0 * ill).transpose(*ill.dims).to_numpy()
    lived = np.cumprod(survival, axis=-1)
    lived[..., -1] = lived[..., -2] * survival[..., -1] / (1.0 - survival[..., -1])
    alive = np.ones_like(lived)
    alive[..., 1:-1] = (lived[..., :-2] + lived[..., 1:-1]) / 2.0
    alive[..., -1] = alive[..., -2] * survival[..., -2]
    asked = None if effective_n is None else np.full(ill.shape, float(effective_n))
    found = sullivan(alive, lived, ill.to_numpy(), sample_size=asked)
    names = ("free", "in_need", "total", "free_share", "standard_error")
    values = (found.healthy, found.unhealthy, found.total, found.share, found.standard_error)
    coords = {d: ill[d] for d in ill.dims}
    return xr.Dataset(
        {
            name: xr.DataArray(
                value, coords, ill.dims, attrs={"units": "1" if "share" in name else "year"}
            )
            for name, value in zip(names, values, strict=True)
        },
        attrs={"scale": str(shares.attrs.get("scale", "")), "method": "Sullivan"},
    )
