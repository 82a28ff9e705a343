"""A projection step as a labelled sparse matrix, and the stable population it leads to.

The matrix is assembled here and nowhere in a projection: it serves analysis, and tests hold the
compiled loop to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import xarray as xr
from scipy import sparse

from popsim.errors import DataError
from popsim.kernels.rogers import step_matrices
from popsim.kernels.run import at
from popsim.methods.stable import stable_analysis
from popsim.projection.arrange import frame_of
from popsim.projection.engine import (
    BirthsExposure,
    MigrationTiming,
    kernel_inputs,
)
from popsim.projection.survival import InfantRule

__all__ = ["ProjectionMatrix", "leslie_matrix", "rogers_matrix", "stable_population"]


@dataclass(frozen=True)
class ProjectionMatrix:
    """One step of a projection: P' = (staying + born) P + migrants G.

    Parameters
    ----------
    staying
        Who survives, in the state and at the age reached, (n, n).
    born
        Children at the end of the step, by state, sex and age of the mother, (n, n).
    migrants
        What one external migrant adds at the end of the step, (n, n).
    labels
        State dims, sex and age of each of the n rows; rows and columns have the same.
    period
        The step.
    years
        Its length.
    """

    staying: sparse.csr_array
    born: sparse.csr_array
    migrants: sparse.csr_array
    labels: pd.MultiIndex
    period: int
    years: int

    @property
    def matrix(self) -> sparse.csr_array:
        """Survivors and children together, (n, n)."""
        return sparse.csr_array(self.staying + self.born)

    def apply(
        self, population: xr.DataArray, net_migration: xr.DataArray | None = None
    ) -> xr.DataArray:
        """Project a population one step.

        Parameters
        ----------
        population
            Persons over the dims of `labels`, with the same labels.
        net_migration
            Persons a step, likewise.

        Returns
        -------
        xr.DataArray
            Persons at the end of the step.

        Raises
        ------
        DataError
            Where dims or labels differ.
        """
        people = self.matrix @ self._flat(population)
        if net_migration is not None:
            people = people + self.migrants @ self._flat(net_migration)
        dims = [str(n) for n in self.labels.names]
        order = population.transpose(*dims)
        return order.copy(data=people.reshape(order.shape))

    def _flat(self, array: xr.DataArray) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return values in the order of the labels."""
        dims = [str(n) for n in self.labels.names]
        if set(array.dims) != set(dims):
            raise DataError(f"dims {array.dims}; expected {tuple(dims)}")
        for dim, level in zip(dims, self.labels.levels, strict=True):
            if not array.indexes[dim].equals(pd.Index(level, name=dim)):
                raise DataError(
                    f"{dim}: got {array.indexes[dim].tolist()[:8]}; expected {level.tolist()[:8]}"
                )
        return np.asarray(array.transpose(*dims).to_numpy(), dtype=np.float64).ravel()


def rogers_matrix(
    inputs: xr.Dataset,
    period: int,
    *,
    migration_timing: MigrationTiming = "end",
    births_exposure: BirthsExposure = "before_migration",
    a0: InfantRule = "andreev_kingkade",
) -> ProjectionMatrix:
    """Return the matrix of one step over states, sexes and ages.

    Parameters
    ----------
    inputs
        As `popsim.projection.project` takes them, without loop dims.
    period
        Label of the step.
    migration_timing, births_exposure, a0
        As in `popsim.projection.project`. `net_migration_rate` is part of the matrix;
        `net_migration` is not, because it does not depend on the population: see `apply`.

    Returns
    -------
    ProjectionMatrix
        Rows in the order state, sex, age, the last fastest.

    Raises
    ------
    DataError
        Where inputs cannot be meant, have loop dims, or have no such period.

    Notes
    -----
    Repeated multiplication gives `project` to 1e-12, which the tests assert.

    References
    ----------
    Rogers, A. (1975). *Introduction to Multiregional Mathematical Demography*. Wiley, ch. 5.

    Examples
    --------
    >>> inputs = xr.Dataset(
    ...     {
    ...         "population": (("sex", "age"), np.ones((2, 3))),
    ...         "base_year": 2020,
    ...         "survival_ratio": (("sex", "age"), np.full((2, 3), 0.5)),
    ...         "fertility_rate": (("age", "period"), [[0.0], [1.0], [0.0]]),
    ...         "sex_ratio_at_birth": 1.0,
    ...     },
    ...     coords={"sex": ["female", "male"], "age": [0, 1, 2], "period": [2021]},
    ... )
    >>> rogers_matrix(inputs, 2021).matrix.toarray()[:3, :3]
    array([[0.0625, 0.125 , 0.    ],
           [0.5   , 0.    , 0.    ],
           [0.    , 0.5   , 0.5   ]])
    """
    rates, rules = kernel_inputs(inputs, migration_timing, births_exposure, a0)
    frame = frame_of(inputs)
    if frame.loops:
        raise DataError(f"the matrix is of one run: select along {', '.join(frame.loops)} first")
    steps = np.flatnonzero(frame.periods == period)
    if not steps.size:
        raise DataError(f"period: got {period}; expected one of {frame.periods.tolist()}")
    t, count = int(steps[0]), frame.states.count
    one = at.py_func

    def by_state(values: np.ndarray) -> np.ndarray:
        return np.stack([one(values, 0, s, t) for s in range(count)])

    shape = (count, 2, inputs.sizes["age"])
    move = rates.move
    parts = step_matrices(
        by_state(rates.survival),
        by_state(rates.within_open),
        by_state(rates.fertility),
        by_state(rates.sex_ratio),
        move[0, t if move.shape[1] > 1 else 0] if move.size else np.zeros((0, *shape[1:])),
        frame.origin,
        frame.destination,
        by_state(rates.migration_rate) if rates.migration_rate.size else np.zeros(shape),
        years=rules.years,
        early=rules.early,
        exposure=rules.exposure,
    )
    # by levels and codes, because `from_product` sorts, and rows follow the order of the inputs
    levels: list[list[Any]] = [*map(list, frame.states.labels), inputs["sex"].to_numpy().tolist()]
    levels.append(inputs["age"].to_numpy().tolist())
    codes = np.indices([len(level) for level in levels]).reshape(len(levels), -1)
    labels = pd.MultiIndex(
        levels=levels, codes=list(codes), names=[*frame.states.dims, "sex", "age"]
    )
    return ProjectionMatrix(*parts, labels=labels, period=int(period), years=frame.step)


def leslie_matrix(
    inputs: xr.Dataset,
    period: int,
    *,
    sex: Literal["female", "male"] = "female",
    migration_timing: MigrationTiming = "end",
    births_exposure: BirthsExposure = "before_migration",
    a0: InfantRule = "andreev_kingkade",
) -> ProjectionMatrix:
    """Return the matrix of one step over the ages of one sex, in one state.

    Parameters
    ----------
    inputs
        As `popsim.projection.project` takes them, without states and loop dims.
    period
        Label of the step.
    sex
        Whose ages; of `male`, the matrix holds no births, which are of women.
    migration_timing, births_exposure, a0
        As in `rogers_matrix`.

    Returns
    -------
    ProjectionMatrix
        Rows by age.

    Raises
    ------
    DataError
        Where inputs cannot be meant, or have states.

    Notes
    -----
    First row n S[0] / (1 + s) (f[x] + f[x+n] S[x+n]) / 2, sub-diagonal S, both as the engine has
    them. Test: the 17 x 17 matrix of the R package ccmpp.tmb to 1e-12.

    References
    ----------
    Leslie, P. H. (1945). On the use of matrices in certain population mathematics. *Biometrika*
    33(3), 183-212.

    Examples
    --------
    >>> inputs = xr.Dataset(
    ...     {
    ...         "population": (("sex", "age"), np.ones((2, 3))),
    ...         "base_year": 2020,
    ...         "survival_ratio": (("sex", "age"), np.full((2, 3), 0.5)),
    ...         "fertility_rate": (("age", "period"), [[0.0], [1.0], [0.0]]),
    ...         "sex_ratio_at_birth": 1.0,
    ...     },
    ...     coords={"sex": ["female", "male"], "age": [0, 1, 2], "period": [2021]},
    ... )
    >>> leslie_matrix(inputs, 2021).matrix.toarray()
    array([[0.0625, 0.125 , 0.    ],
           [0.5   , 0.    , 0.    ],
           [0.    , 0.5   , 0.5   ]])
    """
    whole = rogers_matrix(
        inputs, period, migration_timing=migration_timing, births_exposure=births_exposure, a0=a0
    )
    if len(whole.labels.names) > 2:
        raise DataError(
            f"the inputs have states ({', '.join(map(str, whole.labels.names[:-2]))}): use "
            "rogers_matrix, or select one state"
        )
    at_rows = np.flatnonzero(whole.labels.get_level_values("sex") == sex)
    if not at_rows.size:
        raise DataError(f"sex: got {sex!r}; expected female or male")

    def cut(part: sparse.csr_array) -> sparse.csr_array:
        return sparse.csr_array(part[at_rows][:, at_rows])

    ages = pd.MultiIndex.from_arrays([inputs["age"].to_numpy()], names=["age"])
    return ProjectionMatrix(
        cut(whole.staying), cut(whole.born), cut(whole.migrants), ages, whole.period, whole.years
    )


def stable_population(matrix: ProjectionMatrix) -> xr.Dataset:
    """Return the stable population of a projection matrix.

    Parameters
    ----------
    matrix
        Of `leslie_matrix` or `rogers_matrix`. For a plain array of numbers use
        `popsim.methods.stable.stable_analysis`.

    Returns
    -------
    xr.Dataset
        Scalars ``growth_factor`` (a step), ``growth_rate`` (a year), ``damping_ratio``,
        ``net_reproduction``, ``generation_length`` (years); over the dims of the matrix
        ``structure`` (sums to 1) and ``reproductive_value``; over ``cell`` and ``source``, both
        in the order of `matrix.labels`, ``sensitivity`` and ``elasticity``.

    Raises
    ------
    DataError, ConvergenceError
        As `stable_analysis`.

    References
    ----------
    Caswell, H. (2001). *Matrix Population Models*, 2nd ed. Sinauer. Ch. 4, 5 and 9.

    Examples
    --------
    >>> births, stay = sparse.csr_array([[0.0, 2.0], [0.0, 0.0]]), sparse.csr_array(
    ...     [[0.0, 0.0], [0.5, 0.0]]
    ... )
    >>> ages = pd.MultiIndex.from_arrays([[0, 5]], names=["age"])
    >>> stable = stable_population(ProjectionMatrix(stay, births, stay, ages, 2025, 5))
    >>> float(stable.growth_factor), stable.structure.to_numpy().round(4)
    (1.0, array([0.6667, 0.3333]))
    """
    found = stable_analysis(matrix.matrix, births=matrix.born, years=matrix.years)
    dims = [str(n) for n in matrix.labels.names]
    coords = {d: level.to_numpy() for d, level in zip(dims, matrix.labels.levels, strict=True)}
    shape = [len(c) for c in coords.values()]
    scalars = {
        "growth_factor": "1",
        "growth_rate": "year-1",
        "damping_ratio": "1",
        "net_reproduction": "1",
        "generation_length": "year",
    }
    variables: dict[str, Any] = {
        n: ((), getattr(found, n), {"units": u}) for n, u in scalars.items()
    }
    for name in ("structure", "reproductive_value"):
        variables[name] = (tuple(dims), getattr(found, name).reshape(shape), {"units": "1"})
    for name in ("sensitivity", "elasticity"):
        variables[name] = (("cell", "source"), getattr(found, name), {"units": "1"})
    return xr.Dataset(variables, coords=coords)
