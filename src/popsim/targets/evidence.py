"""What targets are judged on: people and values by region and year, and the user's registers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from popsim.errors import ConfigError, Problem
from popsim.groups import age_group, group_population, total

__all__ = ["AGE_GROUPS", "Evidence", "NotComputable"]

# Age groups that targets speak of: name -> (first age, age that ends it).
AGE_GROUPS: dict[str, tuple[int, float]] = {
    "all": (0, np.inf),
    "0_14": (0, 15),
    "15_59": (15, 60),
    "15_64": (15, 65),
    "60plus": (60, np.inf),
    "65plus": (65, np.inf),
    "80plus": (80, np.inf),
}


class NotComputable(Exception):
    """Demography alone cannot answer: the message names the register that could."""


@dataclass(frozen=True)
class Evidence:
    """What targets are judged on, by definition of the population.

    Parameters
    ----------
    stocks
        Definition (``"resident"``, ``"registered"``) -> persons (region, age_group, year[,
        scenario][, draw]).
    in_group
        Membership (boundary, group, region, year), bool.
    base_year
        Year of the base population: trends start there.
    values
        Other measured series, e.g. ``"gdp"`` (region, year[, scenario]) or ``"urban"`` (region,
        year[, scenario]: urban residents).
    registers
        Stocks that only a register knows, by the key a measure asks for: (region, year) or a
        number.
    """

    stocks: Mapping[str, xr.DataArray]
    in_group: xr.DataArray
    base_year: int
    values: Mapping[str, xr.DataArray] = field(default_factory=dict)
    registers: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def age_groups(population: xr.DataArray) -> xr.DataArray:
        """Persons by the age groups of `AGE_GROUPS`, all other dims of people but region summed."""
        people = total(population, keep=("region", "age"))
        parts = [age_group(people, *limits) for limits in AGE_GROUPS.values()]
        names = xr.DataArray(list(AGE_GROUPS), dims="age_group", name="age_group")
        return xr.concat(parts, dim=names)

    @classmethod
    def from_populations(
        cls, populations: Mapping[str, xr.DataArray], in_group: xr.DataArray, **others: Any
    ) -> Evidence:
        """Evidence from full populations (.., region, .., age, year) by definition."""
        stocks = {name: cls.age_groups(people) for name, people in populations.items()}
        base_year = int(next(iter(stocks.values()))["year"].to_numpy()[0])
        return cls(stocks, in_group, base_year, **others)

    def people(self, definition: str, age: str = "all") -> xr.DataArray:
        """Persons by region and year of one age group."""
        if definition not in self.stocks:
            raise NotComputable(f"population by definition '{definition}'")
        return self.stocks[definition].sel(age_group=age, drop=True)

    def inside(self, by_region: xr.DataArray, group: str, boundary: str) -> xr.DataArray:
        """Sum over the regions of a group on a boundary; over all where no group is named."""
        if not group or group == "all":
            return by_region.sum("region")
        if group in by_region["region"].to_numpy():
            return by_region.sel(region=group, drop=True)
        groups = self.in_group["group"].to_numpy().tolist()
        if group not in groups:
            raise ConfigError(
                Problem("unknown group of regions", f"group {group}", group, f"one of {groups}")
            )
        return group_population(by_region, self.in_group.sel(boundary=boundary, group=group))

    def register(self, key: str) -> xr.DataArray | float:
        """A stock from the user's register.

        Raises
        ------
        NotComputable
            Naming the register, where it was not given.
        """
        if key not in self.registers:
            raise NotComputable(key)
        stock: xr.DataArray | float = self.registers[key]
        return stock
