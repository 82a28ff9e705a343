"""The standard work: 2 sexes x single ages 0..100+, steps of a year, migrants half at each end.

W1  one region, 100 steps, rates of every year
W2  3,143 regions, 80 steps, rates and migrants of every year: (a) the population of every year
    kept, (b) only total, 60+ and 80+ of each region, (c) the population, births, deaths and net
    migration
W3  237 regions x 1,000 draws x 76 steps: mortality, fertility and migration of every draw and
    year; total, 60+ and 80+ of each year and draw kept
W4  50 regions, a move probability by age and sex from each to each, 50 steps: (a) the same in all
    years, (b) another one every year
W5  (a) seven counties, urban and rural, two statuses, all 756 edges, 30 steps; (b) 400 regions with
    20 edges each, 30 steps

Figures are made up and of the right size: no claim here is about people. Each work gives the same
result four ways: the labelled call, the kernel on exactly the arrays that the labelled call hands
it, numpy, scipy.sparse.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from itertools import permutations
from typing import Any, ClassVar

import numpy as np
import xarray as xr

import popsim.ensembles.draws as ensembles
import popsim.projection.engine as engine
from benchmarks import baselines
from popsim.coords import age_coords, edge_coords
from popsim.ensembles import project_ensemble
from popsim.projection import project

__all__ = ["WORKS", "Work"]

AGES = 101
BANDS = {"total": (0, AGES), "60plus": (60, AGES), "80plus": (80, AGES)}
KEEP = {"total": (0, np.inf), "60plus": (60, np.inf), "80plus": (80, np.inf)}
GIRLS = 1.0 / 2.05


def survival_of(shape: tuple[int, ...], random: np.random.Generator) -> np.ndarray:
    """Survival ratios (.., G, X) of Gompertz hazards at many levels."""
    age = np.arange(AGES)
    hazard = np.minimum(4e-5 * np.exp(0.095 * age), 0.6)
    hazard[0] = 0.004
    level = random.uniform(0.6, 1.4, (*shape, 1, 1)) * np.array([[0.8], [1.1]])
    return np.exp(-hazard * level)


def fertility_of(shape: tuple[int, ...], random: np.random.Generator) -> np.ndarray:
    """Births per woman-year (.., X), between 1.2 and 2.4 a life."""
    age = np.arange(AGES)
    curve = np.exp(-(((age - 29.0) / 6.0) ** 2) / 2) * ((age >= 15) & (age < 50))
    return curve / curve.sum() * random.uniform(1.2, 2.4, (*shape, 1))


def people_of(count: int, random: np.random.Generator) -> np.ndarray:
    """Persons (S, G, X)."""
    falling = np.exp(-((np.arange(AGES) / 75.0) ** 4))
    return random.uniform(500.0, 1500.0, (count, 2, 1)) * falling + 1.0


def migrants_of(people: np.ndarray, steps: int, random: np.random.Generator) -> np.ndarray:
    """Net migrants (S, T, G, X), some thousandths of the people."""
    size = random.uniform(-0.002, 0.006, (people.shape[0], steps, 1, 1))
    return size * people[:, None]


def labelled(steps: int, regions: int, **arrays: tuple[tuple[str, ...], np.ndarray]) -> xr.Dataset:
    """Put labels on arrays."""
    coords = {
        **age_coords(AGES - 1),
        "sex": ["female", "male"],
        "region": [f"r{k:04d}" for k in range(regions)],
        "period": 2021 + np.arange(steps),
    }
    common = {"base_year": 2020, "sex_ratio_at_birth": (("period",), np.full(steps, 1.05))}
    return xr.Dataset({**common, **arrays}, coords)


@contextmanager
def caught(module: Any, name: str, calls: list):
    """Note the arguments with which a module calls a function."""
    function = getattr(module, name)

    def noting(*args: Any, **kwargs: Any) -> Any:
        calls.append((args, kwargs))
        return function(*args, **kwargs)

    setattr(module, name, noting)
    try:
        yield
    finally:
        setattr(module, name, function)


class Work:
    """One piece of standard work: sizes, arrays, and four ways to do it."""

    name: ClassVar[str]
    title: ClassVar[str]
    size: ClassVar[dict[str, int]]
    quick_size: ClassVar[dict[str, int]]
    # What bounds it: `triad` (bytes moved) or `l1`, `l2` (cells).
    bound: ClassVar[str]
    outputs: ClassVar[list[str] | None] = ["population"]
    one_thread: ClassVar[bool] = False
    # The full work of the slow baselines takes minutes; this part of it is done, and said.
    sparse_part: ClassVar[float] = 1.0
    quick_rest: ClassVar[bool] = True

    def __init__(self, *, quick: bool = False) -> None:
        self.at = self.quick_size if quick else self.size
        self.random = np.random.default_rng(20260101)
        self.build()

    def build(self) -> None:
        """Make the arrays."""
        raise NotImplementedError

    def api(self) -> xr.Dataset:
        """Labelled in, labelled out."""
        options: dict[str, Any] = {} if self.outputs is None else {"outputs": self.outputs}
        return project(self.inputs, migration_timing="even", **options)

    def kernel(self) -> Callable[[], Any]:
        """Return the compiled call alone, on the arrays and into the room of the labelled one."""
        calls: list = []
        with caught(engine, "run", calls):
            self.api()
        args, kwargs = calls[0]
        return lambda: engine.run(*args, **kwargs)

    def numpy(self) -> Any:
        """Whole-array numpy."""
        raise NotImplementedError

    def sparse(self) -> Any:
        """Sparse matrices times vectors."""
        raise NotImplementedError

    def compare(self, way: str) -> None:
        """Refuse another result than of the labelled call."""
        expected = self.api()["population"].transpose("region", "year", "sex", "age").to_numpy()
        found = np.moveaxis(getattr(self, way)(), 0, 1)
        np.testing.assert_allclose(found, expected, rtol=1e-9)

    @property
    def cells(self) -> int:
        """Cells of population made, or flows where states are coupled."""
        return self.at["regions"] * self.at["steps"] * 2 * AGES

    @property
    def moved(self) -> int:
        """Bytes that must be read or written once."""
        raise NotImplementedError

    def share_of_limit(self, seconds: float, limits: dict[str, float]) -> float:
        """Part of what the machine can do."""
        amount = self.moved if self.bound == "triad" else self.cells
        thread = "_1" if self.one_thread else ""
        return amount / seconds / limits[self.bound + thread]


class W1(Work):
    name, title, bound, one_thread = "W1", "1 region x 100 years", "l1", True
    size = quick_size = {"regions": 1, "steps": 100}

    def build(self) -> None:
        regions, steps = self.at["regions"], self.at["steps"]
        people = people_of(regions, self.random)
        survival = survival_of((regions, steps), self.random)
        fertility = fertility_of((regions, steps), self.random)
        migrants = migrants_of(people, steps, self.random)
        every = ("region", "period", "sex", "age")
        self.inputs = labelled(
            steps,
            regions,
            population=(("region", "sex", "age"), people),
            survival_ratio=(every, survival),
            fertility_rate=(("region", "period", "age"), fertility),
            net_migration=(every, migrants),
        )
        by_year = [np.ascontiguousarray(a.swapaxes(0, 1)) for a in (survival, fertility, migrants)]
        self.plain = (people, by_year[0], by_year[1], GIRLS, by_year[2])

    def numpy(self) -> Any:
        return baselines.numpy_states(*self.plain)

    def sparse(self) -> Any:
        return baselines.sparse_states(*self.plain)


class W2a(W1):
    name, title = "W2a", "3,143 regions x 80 years, population kept"
    bound, one_thread = "triad", False
    size: ClassVar = {"regions": 3143, "steps": 80}
    quick_size: ClassVar = {"regions": 150, "steps": 40}

    @property
    def moved(self) -> int:
        # survival and migrants read, population written, fertility of 35 ages read
        return 8 * (3 * self.cells + self.at["regions"] * self.at["steps"] * 35)


class W2b(W2a):
    name, title = "W2b", "3,143 regions x 80 years, 3 sums kept"

    def build(self) -> None:
        super().build()
        steps = self.at["steps"]
        own = self.inputs.drop_vars(["survival_ratio", "fertility_rate"])
        rates = self.inputs["survival_ratio"].rename(period="row").drop_vars("row")
        self.factors = own.assign(
            survival_table=rates, fertility_pattern=self.inputs["fertility_rate"]
        )
        year = np.arange(steps, dtype=np.float64)[None]
        self.levels = xr.Dataset(
            {"mortality_index": (("draw", "period"), year), "tfr": (("draw", "period"), year**0)},
            {"draw": [0], "period": self.inputs["period"]},
        )

    def api(self) -> xr.Dataset:
        return project_ensemble(
            self.factors, self.levels, keep=KEEP, by=["region"], migration_timing="even"
        )

    def kernel(self) -> Callable[[], Any]:
        calls: list = []
        with caught(ensembles, "run_draws", calls):
            self.api()
        return lambda: [ensembles.run_draws(*args, **kwargs) for args, kwargs in calls]

    def reduced(self, people: np.ndarray) -> np.ndarray:
        """Sums of bands (band, S, T + 1) of people (T + 1, S, G, X)."""
        sums = [people[..., a:b].sum(axis=(2, 3)).T for a, b in BANDS.values()]
        return np.array(sums)

    def numpy(self) -> Any:
        return self.reduced(super().numpy())

    def sparse(self) -> Any:
        return self.reduced(super().sparse())

    def compare(self, way: str) -> None:
        expected = self.api()
        for name, found in zip(BANDS, getattr(self, way)(), strict=True):
            np.testing.assert_allclose(found, expected[name].isel(draw=0), rtol=1e-9)

    @property
    def moved(self) -> int:
        return 8 * (2 * self.cells + self.at["regions"] * self.at["steps"] * 35)


class W2c(W2a):
    name, title = "W2c", "3,143 regions x 80 years, all accounts"
    outputs = None

    def numpy(self) -> Any:
        return baselines.numpy_states(*self.plain, accounts=True)

    def compare(self, way: str) -> None:
        if way == "sparse":
            return super().compare(way)
        expected = self.api()
        found = self.numpy()
        names = ("population", "births", "deaths", "net_migration")
        for name, value in zip(names, found, strict=True):
            time = "year" if name == "population" else "period"
            order = (time, "region", "sex") + (() if name == "births" else ("age",))
            # net migrants are near 0 where immigration meets emigration: hence a millionth person
            wanted = expected[name].transpose(*order)
            np.testing.assert_allclose(value, wanted, rtol=1e-9, atol=1e-6)
        return None

    @property
    def moved(self) -> int:
        return 8 * (5 * self.cells + self.at["regions"] * self.at["steps"] * 37)


class W3(Work):
    name, title, bound = "W3", "237 regions x 1,000 draws x 76 years, 3 sums kept", "l2"
    size: ClassVar = {"regions": 237, "steps": 76, "draws": 1000, "rows": 61}
    quick_size: ClassVar = {"regions": 12, "steps": 76, "draws": 64, "rows": 61}
    sparse_part = 0.002

    def build(self) -> None:
        at, random = self.at, self.random
        regions, steps, draws = at["regions"], at["steps"], at["draws"]
        people = people_of(regions, random)
        worst = survival_of((regions,), random)
        gain = np.linspace(1.0, 0.45, at["rows"])[:, None, None]
        table = np.exp(np.log(worst)[:, None] * gain)
        fertility = fertility_of((regions,), random) / 2.0
        profile = 0.003 * people
        self.factors = labelled(
            steps,
            regions,
            population=(("region", "sex", "age"), people),
            survival_table=(("region", "row", "sex", "age"), table),
            fertility_pattern=(("region", "age"), fertility),
            migration_profile=(("region", "sex", "age"), profile),
        )
        self.levels = self.drawn(range(draws))
        own = [self.levels[n].to_numpy() for n in ("mortality_index", "tfr", "migration_level")]
        self.plain = (people, table, fertility, GIRLS, profile, *own)

    def drawn(self, draws: range) -> xr.Dataset:
        """Random walks of mortality, fertility and migration."""
        steps = self.at["steps"]
        shape = (3, len(draws), steps)
        walk = np.random.default_rng(draws.start).standard_normal(shape).cumsum(axis=2)
        row = np.clip(np.linspace(5, 45, steps) + walk[0], 0, self.at["rows"] - 1)
        dims = ("draw", "period")
        return xr.Dataset(
            {
                "mortality_index": (dims, row),
                "tfr": (dims, 1.8 * np.exp(0.02 * walk[1])),
                "migration_level": (dims, 1.0 + 0.02 * walk[2]),
            },
            {"draw": np.array(draws), "period": self.factors["period"]},
        )

    def streamed(self, draws: int) -> xr.Dataset:
        """Many more draws, made and handed over part by part, sums kept in single precision."""
        part = self.at["draws"]
        parts = (self.drawn(range(k, k + part)) for k in range(0, draws, part))
        options = {"migration_timing": "even", "dtype": "float32"}
        return project_ensemble(self.factors, parts, keep=KEEP, **options)

    def api(self) -> xr.Dataset:
        return project_ensemble(self.factors, self.levels, keep=KEEP, migration_timing="even")

    kernel = W2b.kernel

    def numpy(self) -> Any:
        return baselines.numpy_draws(*self.plain, list(BANDS.values()))

    def sparse(self) -> Any:
        some = max(1, round(self.sparse_part * self.at["draws"]))
        own = [a[:some] for a in self.plain[5:]]
        return baselines.sparse_draws(*self.plain[:5], *own, list(BANDS.values()))

    def compare(self, way: str) -> None:
        expected = self.api()
        found = getattr(self, way)()
        for k, name in enumerate(BANDS):
            np.testing.assert_allclose(found[:, k], expected[name][: len(found)], rtol=1e-9)

    @property
    def cells(self) -> int:
        return super().cells * self.at["draws"]


class W4a(Work):
    name, title, bound = "W4a", "50 regions, all moves, 50 years, constant", "l2"
    size: ClassVar = {"regions": 50, "steps": 50, "matrices": 1}
    quick_size: ClassVar = {"regions": 20, "steps": 20, "matrices": 1}

    def edges(self) -> np.ndarray:
        """Origin and destination of every edge."""
        return np.array(list(permutations(range(self.at["regions"]), 2))).T

    def build(self) -> None:
        at, random = self.at, self.random
        regions, steps, matrices = at["regions"], at["steps"], at["matrices"]
        people, survival = people_of(regions, random), survival_of((regions,), random)
        fertility = fertility_of((regions,), random)
        self.origin, self.destination = self.edges()
        leaving = 0.1 * np.exp(-(((np.arange(AGES) - 25) / 15.0) ** 2)) + 0.01
        each = leaving * self.origin.size**-1 * regions
        size = random.uniform(0.2, 1.0, (matrices, self.origin.size, 2, 1))
        self.move = size * each / regions
        dims = ("period", "edge", "sex", "age")[matrices == 1 :]
        names = np.array([f"r{k:04d}" for k in range(regions)])
        self.inputs = labelled(
            steps,
            regions,
            population=(("region", "sex", "age"), people),
            survival_ratio=(("region", "sex", "age"), survival),
            fertility_rate=(("region", "age"), fertility),
            move_probability=(dims, self.move if matrices > 1 else self.move[0]),
        ).assign_coords(
            edge_coords(
                {"region": names[self.origin].tolist()},
                {"region": names[self.destination].tolist()},
            )
        )
        self.plain = (people, survival, fertility, GIRLS)

    def transition(self) -> np.ndarray:
        """Dense matrices (T or 1, G, X, S, S)."""
        regions = self.at["regions"]
        dense = np.zeros((len(self.move), 2, AGES, regions, regions))
        dense[..., self.origin, self.destination] = np.moveaxis(self.move, 1, -1)
        dense[..., np.arange(regions), np.arange(regions)] = 1.0 - dense.sum(axis=-1)
        return dense

    def numpy(self) -> Any:
        if not hasattr(self, "dense"):
            last = [np.ascontiguousarray(np.moveaxis(a, 0, -1)) for a in self.plain[:3]]
            self.dense = (*last, GIRLS, self.transition(), self.at["steps"])
        return np.moveaxis(baselines.numpy_moves(*self.dense), -1, 1)

    def sparse(self) -> Any:
        edges = (self.origin, self.destination, self.move, self.at["steps"])
        return baselines.sparse_moves(*self.plain, *edges)

    @property
    def cells(self) -> int:
        return (self.origin.size + self.at["regions"]) * self.at["steps"] * 2 * AGES


class W4b(W4a):
    name, title, bound = "W4b", "50 regions, all moves, 50 years, another each year", "triad"
    size: ClassVar = {"regions": 50, "steps": 50, "matrices": 50}
    quick_size: ClassVar = {"regions": 20, "steps": 20, "matrices": 20}

    @property
    def moved(self) -> int:
        return 8 * self.cells


class W5a(W4a):
    name, title = "W5a", "7 counties x 2 areas x 2 statuses, all 756 moves, 30 years"
    size = quick_size = {"regions": 28, "steps": 30, "matrices": 1}


class W5b(W4a):
    name, title = "W5b", "400 regions, 20 moves each, 30 years"
    size: ClassVar = {"regions": 400, "steps": 30, "matrices": 1}
    quick_size: ClassVar = {"regions": 60, "steps": 10, "matrices": 1}

    def edges(self) -> np.ndarray:
        regions = self.at["regions"]
        origin = np.repeat(np.arange(regions), 20)
        return np.array([origin, (origin + np.tile(np.arange(1, 21), regions)) % regions])


WORKS: dict[str, type[Work]] = {w.name: w for w in (W1, W2a, W2b, W2c, W3, W4a, W4b, W5a, W5b)}
