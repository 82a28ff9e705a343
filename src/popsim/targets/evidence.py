"""What targets are judged on: people and values by region and year, and the user's registers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
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

    @property
    def register(self) -> str:
        """Key of the register."""
        return str(self)


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
        Stocks that only a register knows, by the key a measure asks for: (region, year), NaN where
        the register is silent, or a number.
    frames
        Tables of the case: gdp, employment, resources, townships, ...
    care
        The care table of the run: its counts by place, scenario and year.
    options
        What the user says beside the registers, e.g. the trend of disability.
    care_draws
        Where the evidence is of draws: their care counts over those without draws, by indicator
        (scenario, draw, region and `all`, year).
    words
        Register -> what it is called, (English, Chinese).
    """

    stocks: Mapping[str, xr.DataArray]
    in_group: xr.DataArray
    base_year: int
    values: Mapping[str, xr.DataArray] = field(default_factory=dict)
    registers: Mapping[str, Any] = field(default_factory=dict)
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    care: pd.DataFrame | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    care_draws: Mapping[str, xr.DataArray] | None = None

    @staticmethod
    def age_groups(
        population: xr.DataArray, wanted: Sequence[str] = tuple(AGE_GROUPS)
    ) -> xr.DataArray:
        """Persons by the age groups of `AGE_GROUPS`, all other dims of people but region summed."""
        people = total(population, keep=("region", "age"))
        parts = [age_group(people, *AGE_GROUPS[name]) for name in wanted]
        first = parts[0]
        values = np.stack([part.transpose(*first.dims).to_numpy() for part in parts])
        coords = {"age_group": list(wanted), **first.coords}
        return xr.DataArray(values, coords, ("age_group", *first.dims), attrs=first.attrs)

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
            raise NotComputable(definition)
        return self.stocks[definition].sel(age_group=age, drop=True)

    @property
    def years(self) -> list[int]:
        """Years of the stocks."""
        return [int(y) for y in next(iter(self.stocks.values()))["year"].to_numpy()]

    @property
    def regions(self) -> list[str]:
        """Regions of the stocks."""
        return [str(r) for r in next(iter(self.stocks.values()))["region"].to_numpy()]

    def named_group(self, group: str) -> bool:
        """Whether a group is one of the boundary table, and so depends on the boundary."""
        return group in self.in_group["group"].to_numpy()

    def members(self, group: str) -> list[str]:
        """Regions of a group written as codes with semicolons; all where none is named.

        Raises
        ------
        ConfigError
            A code that the stocks do not know.
        """
        if not group or group == "all":
            return self.regions
        codes = [code.strip() for code in group.split(";")]
        unknown = [code for code in codes if code not in self.regions]
        if unknown:
            groups = self.in_group["group"].to_numpy().tolist()
            expected = f"one of {groups}, or regions of {self.regions}"
            raise ConfigError(
                Problem("unknown group of regions", f"group {group}", str(unknown), expected)
            )
        return codes

    def inside(self, by_region: xr.DataArray, group: str, boundary: str) -> xr.DataArray:
        """Sum over the regions of a group: of the boundary table, or codes with semicolons."""
        if self.named_group(group):
            return group_population(by_region, self.in_group.sel(boundary=boundary, group=group))
        return by_region.sel(region=self.members(group)).sum("region", skipna=False)

    def named(self, regions: Iterable[str]) -> tuple[str, str]:
        """Names of regions as a list in words, (English, Chinese); codes where none are known."""
        table = self.frames.get("regions")
        rows = {} if table is None else table.set_index("region").to_dict("index")
        codes = [str(code) for code in regions]
        words = [
            [str(rows.get(code, {}).get(f"name_{lang}", code)) for code in codes]
            for lang in ("en", "zh")
        ]
        return ", ".join(words[0]), "、".join(words[1])

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

    def frame(self, name: str, register: str) -> pd.DataFrame:
        """A table of the case; `register` is what is asked for where the case has none."""
        if name not in self.frames:
            raise NotComputable(register)
        return self.frames[name]

    def value(self, name: str, register: str) -> xr.DataArray:
        """A measured series; `register` is what is asked for where there is none."""
        if name not in self.values:
            raise NotComputable(register)
        return self.values[name]

    def care_count(self, indicator: str, register: str, place: str = "all") -> xr.DataArray:
        """A count of the care table by year and scenario."""
        rows = None if self.care is None else self.care
        if rows is not None:
            rows = rows[(rows["indicator"] == indicator) & (rows["region"] == place)]
            rows = rows[rows["year"].isin(self.years)]
        if rows is None or rows.empty:
            raise NotComputable(register)
        series = rows.set_index(["scenario", "year"])["value"]
        array = xr.DataArray.from_series(series).astype(float)
        order = list(dict.fromkeys(rows["scenario"]))
        array = array.sel(scenario=order)
        return array if self.care_draws is None else self._drawn_count(array, indicator, place)

    def _drawn_count(self, array: xr.DataArray, indicator: str, place: str) -> xr.DataArray:
        """Draws of a care count (scenario, draw, year), under the scenarios that are drawn."""
        assert self.care_draws is not None
        if indicator not in self.care_draws:
            raise NotComputable("draws")
        ratio = self.care_draws[indicator].sel(region=place, drop=True)
        both = [s for s in array["scenario"].to_numpy() if s in ratio["scenario"].to_numpy()]
        return array.sel(scenario=both) * ratio.sel(scenario=both, year=array["year"].to_numpy())
