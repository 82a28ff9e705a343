"""The oldest ages carried apart inside a projection, and given back as one open group."""

from __future__ import annotations

import numpy as np
import xarray as xr

from popsim.errors import DataError, Problems
from popsim.methods.lifetable import life_table
from popsim.methods.lifetable.closing import coherent_kannisto
from popsim.variables import VARIABLES, step_years

__all__ = ["carry", "fold"]

# Ages at which Kannisto's curve is fitted, as the UN does: Ševčíková et al. (2016), section 2.2.
_FIT_FROM = 80


def carry(inputs: xr.Dataset, to_age: int) -> xr.Dataset:
    """Return inputs whose single ages go on to `to_age`.

    Death rates from the open age on follow Kannisto's curve, one slope for both sexes, fitted
    from age 80 in every period; the rate given for the open group is not used. People and net
    migrants of the open group are spread as a stationary population of the first period's rates.
    Other rates of the open group hold at all ages in it.
    """
    open_age = _check(inputs, to_age)
    ages = np.arange(to_age + 1)
    rates = _death_rates(inputs["death_rate"], open_age, to_age, ages)
    spread = _stationary(rates, open_age)
    older = [a for a in ages if a >= open_age]
    variables: dict[str, xr.DataArray] = {"death_rate": rates}
    for name, array in inputs.data_vars.items():
        if name == "death_rate":
            continue
        if "age" not in array.dims:
            variables[str(name)] = array
            continue
        last = array.isel(age=-1, drop=True)
        if VARIABLES[str(name)].states == "all":
            tail = last * spread
        else:
            tail = last.expand_dims(age=older)
        joined = xr.concat(
            [_plain(array.isel(age=slice(None, -1))), _plain(tail)], dim="age", join="exact"
        )
        # of rates with loops, the people spread by them have loops too
        variables[str(name)] = joined.transpose(..., *array.dims).assign_attrs(array.attrs)
    coords = {n: c for n, c in inputs.coords.items() if "age" not in c.dims}
    plain = {n: _plain(a) for n, a in variables.items()}
    return xr.Dataset(plain, coords=coords, attrs=inputs.attrs)


def fold(result: xr.Dataset, inputs: xr.Dataset) -> xr.Dataset:
    """Return results whose open group is that of the inputs: all flows and stocks added up."""
    open_age = inputs["age"].to_numpy()[-1]
    aged = [n for n in result.data_vars if "age" in result[n].dims]
    young = result[aged].sel(age=slice(None, open_age - 1))
    old = result[aged].sel(age=slice(open_age, None)).sum("age", keep_attrs=True)
    old = old.expand_dims(age=[open_age])
    whole = xr.concat([_bare(young), _bare(old)], dim="age", join="exact")
    whole = whole.assign_coords(age_width=("age", np.append(np.ones(young.sizes["age"]), np.inf)))
    out = result.drop_dims("age")
    for name in aged:
        array = whole[name].transpose(*result[name].dims)
        out[name] = array.assign_attrs(result[name].attrs)
    order = [n for n in result.data_vars if n in out]
    return out[order].assign_attrs(result.attrs)


def _check(inputs: xr.Dataset, to_age: int) -> int:
    """Refuse what cannot be carried; return the open age."""
    problems = Problems(DataError)
    if "death_rate" not in inputs:
        problems.add(
            "older ages need death rates to continue",
            where="carry_to_age",
            got="survival_ratio" if "survival_ratio" in inputs else "no mortality",
            remedy="give death_rate",
        )
    problems.raise_if_any()
    step, open_age = step_years(inputs), int(inputs["age"].to_numpy()[-1])
    if step != 1:
        problems.add("single ages are needed", where="carry_to_age", got=f"{step}-year groups")
    if open_age < _FIT_FROM + 2:
        problems.add(
            "too few old ages to fit", where="age", got=f"open at {open_age}", expected="82 or more"
        )
    if not isinstance(to_age, int | np.integer):
        problems.add("not a whole age", where="carry_to_age", got=to_age)
    elif to_age <= open_age:
        problems.add("not above the open age", where="carry_to_age", got=to_age, expected=open_age)
    problems.raise_if_any()
    return open_age


def _death_rates(
    rates: xr.DataArray, open_age: int, to_age: int, ages: np.ndarray[tuple[int], np.dtype[np.int_]]
) -> xr.DataArray:
    """Death rates to the last age, the dims as they were."""
    rest = [d for d in rates.dims if d not in ("sex", "age")]
    values = rates.transpose(*rest, "sex", "age").to_numpy()
    closed = coherent_kannisto(
        values,
        rates["age"].to_numpy(),
        fit=(_FIT_FROM, open_age - 1),
        from_age=open_age,
        to_age=to_age,
    )
    coords = {d: rates[d] for d in (*rest, "sex") if d in rates.coords}
    whole = xr.DataArray(
        closed.mx, dims=[*rest, "sex", "age"], coords={**coords, "age": ages}, attrs=rates.attrs
    )
    return whole.transpose(*rates.dims)


def _stationary(rates: xr.DataArray, open_age: int) -> xr.DataArray:
    """Shares of the open group at each age in it, adding to 1."""
    first = rates.isel(period=0, drop=True) if "period" in rates.dims else rates
    rest = [d for d in first.dims if d not in ("sex", "age")]
    ordered = first.transpose(*rest, "sex", "age")
    lived = life_table(ordered.to_numpy(), sex=("female", "male")).Lx
    old = ordered.copy(data=lived).sel(age=slice(open_age, None))
    return _plain(old / old.sum("age")).assign_attrs({})


def _plain(array: xr.DataArray) -> xr.DataArray:
    """Without auxiliary coordinates, which need not agree between pieces."""
    return array.drop_vars([n for n in array.coords if n not in array.dims])


def _bare(data: xr.Dataset) -> xr.Dataset:
    """Without auxiliary coordinates of age."""
    return data.drop_vars([n for n in data.coords if n not in data.dims])
