"""The public call."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr

from popsim.errors import BalanceError, DataError, Problem, Problems
from popsim.kernels import step
from popsim.kernels.data import Accounts, Rates, Rules
from popsim.kernels.threads import run, scan
from popsim.projection.arrange import Array, Frame, couple, frame_of, lay_out
from popsim.projection.balance import TOLERANCE, check_balance
from popsim.projection.oldest import carry, fold
from popsim.projection.results import KERNEL_DIMS, allocate, label
from popsim.projection.survival import InfantRule, halfway, survival_of
from popsim.variables import VARIABLES, check
from popsim.variables.values import name_cells

__all__ = ["project"]

MigrationTiming = Literal["end", "even", "start"]
BirthsExposure = Literal["before_migration", "after_migration", "textbook"]
OnNegative = Literal["raise", "floor"]

_EARLY = {"end": 0.0, "even": 0.5, "start": 1.0}
_EXPOSURE = {
    "before_migration": step.BEFORE_MIGRATION,
    "after_migration": step.AFTER_MIGRATION,
    "textbook": step.TEXTBOOK,
}
_TAIL = ("period", "sex", "age")
_USUAL = ("population", "births", "deaths", "moves", "net_migration")
# Arrays of these larger than this are looked at by compiled code, most while they are in the cache.
_LARGE = 1_000_000
_SCREENED = ("survival_ratio", "net_migration", "fertility_rate")


@dataclass(frozen=True, slots=True)
class _Options:
    """The conventions chosen and the accounts wanted."""

    early: float
    exposure: int
    floor: bool
    wanted: frozenset[str]


def project(
    inputs: xr.Dataset,
    *,
    migration_timing: MigrationTiming = "end",
    births_exposure: BirthsExposure = "before_migration",
    on_negative: OnNegative = "raise",
    outputs: Collection[str] | None = None,
    a0: InfantRule = "andreev_kingkade",
    carry_to_age: int | None = None,
    dtype: Literal["float64", "float32"] = "float64",
    threads: int | None = None,
) -> xr.Dataset:
    """Project a population by age, sex and state through all periods of its inputs.

    P population, G external net migrants of a step (counts + n rate P), S survival ratio into the
    age reached, f births per woman-year, p probability of moving along an edge, n years of a
    step, h the share of G present from the start of it (0, 1/2, 1 for `end`, `even`, `start`).

    Parameters
    ----------
    inputs
        A state is a cell of the dims region, area, status, whichever `population` has. Variables:

        - ``population`` (.., state, sex, age), persons; ``base_year``, a scalar;
        - ``survival_ratio`` or ``death_rate`` ([state], sex, age, [period]); survival into the
          open group is of the last two groups pooled (T/T), unless ``open_survival_ratio``
          ([state], sex, [period]) says who of those already in it survive in it;
        - ``fertility_rate`` ([state], age, [period]), over all ages, 0 where none bear;
        - ``sex_ratio_at_birth`` ([state], [period]), boys per girl;
        - optional ``move_probability`` (edge, sex, age, [period]), by the age reached, with the
          coordinates ``origin_*`` and ``destination_*`` for every state dim;
        - optional ``net_migration`` (state, sex, age, period), persons a step, and
          ``net_migration_rate`` ([state], sex, age, [period]), per person of the starting
          population of that age and year; where both are given they add up, so arrivals may be
          counts and departures a negative rate on those who are there.

        Dims in brackets may be absent from rates: the same everywhere. The loop dims scenario and
        draw may stand on anything. The step is the width of the age groups; periods are labelled
        by their last year. Memory is used as it is, without a copy, where the dims lie in the
        order (scenario, draw, state, period, sex, age).
    migration_timing
        When external migrants come: `end` (WPP 2024), `even` (half at each end), `start`.
    births_exposure
        Women who bear, as the mean of start and end of the step: the end `before_migration` (WPP
        2024 and the UN's engine) or `after_migration` (WPP 2012); `textbook` takes the early
        migrants into the start and the late ones into the end (Preston). Moves between states
        are in the end always: a woman who moved bears half in each state.
    on_negative
        Where emigration exceeds the people: `raise`, or `floor` as the UN's engine does.
    outputs
        Accounts wanted, of population, births, deaths, moves, net_migration, births_by_age,
        deaths_by_age, exposure; the first five by default. Others cost nothing.
    a0
        For `death_rate`: rule for the years lived by those who die in the first group, or its
        value, a number or an array ([state], sex, [period]).
    carry_to_age
        Carry single ages to this age inside, e.g. 130, and give the open group back as it was.
        Needs `death_rate`: Kannisto's curve, one slope for both sexes, fitted from age 80,
        replaces the rate of the open group, whose people are spread as a stationary population.
    dtype
        Of the results; the arithmetic is double precision always.
    threads
        At most so many; all processors of this process by default. No bit depends on it.

    Returns
    -------
    xr.Dataset
        ``population`` (.., state, sex, age, year), T + 1 stocks; flows over ``period``, T of them,
        persons a step: ``births`` (.., state, sex), ``deaths`` (.., state, sex, age) and
        ``net_migration`` by age at the *end* of the step, ``moves`` (.., edge, sex, age) likewise;
        ``births_by_age`` of mother, ``deaths_by_age`` at death, ``exposure`` in person-years.

    Raises
    ------
    DataError
        Where inputs cannot be meant (all faults, with their cells), or a population turns
        negative under `raise`.
    BalanceError
        Where the accounts do not add up: a bug of popsim.

    Notes
    -----
    In this order, in every state: A = P + h G; E[x] = A[x-1] S[x], in the open group
    (A[last-1] + A[last]) S[last], or A[last-1] S[last] + A[last] W with W of its own; deaths in
    the state of origin; moves p E, all at once on the survivors of the origin at the age reached;
    births B = n sum f (women at start + women at end)/2 in the mother's state; boys B s/(1+s),
    girls B/(1+s); E[0] = B_sex S[0], then moves of the newborn; P' = E + (1-h) G. Under `even`
    half of the G of age group x is in group x at the start and half in group x at the end; the
    account ``net_migration`` shows all of it at the age at the end.

    References
    ----------
    Preston, Heuveline & Guillot (2001), *Demography*, ch. 6. United Nations (2024), *World
    Population Prospects 2024: Methodology*. Rogers (1975), *Introduction to Multiregional
    Mathematical Demography*, ch. 5.

    Examples
    --------
    >>> age = {"age": [0, 1, 2], "sex": ["female", "male"], "period": [2021, 2022]}
    >>> inputs = xr.Dataset(
    ...     {
    ...         "population": (("sex", "age"), [[10.0, 10.0, 10.0], [10.0, 10.0, 10.0]]),
    ...         "base_year": 2020,
    ...         "survival_ratio": (("sex", "age"), [[1.0, 1.0, 0.5], [1.0, 1.0, 0.5]]),
    ...         "fertility_rate": (("age", "period"), [[0.0, 0.0], [0.5, 0.5], [0.0, 0.0]]),
    ...         "sex_ratio_at_birth": 1.0,
    ...     },
    ...     coords=age,
    ... )
    >>> project(inputs).population.sum(["sex", "age"]).to_numpy()
    array([60.   , 45.   , 28.125])
    """
    if carry_to_age is not None:
        check(inputs)
        carried = project(
            carry(inputs, carry_to_age),
            migration_timing=migration_timing,
            births_exposure=births_exposure,
            on_negative=on_negative,
            outputs=outputs,
            a0=a0,
            dtype=dtype,
            threads=threads,
        )
        return fold(carried, inputs)
    options = _options(inputs, migration_timing, births_exposure, on_negative, outputs)
    _check_machine(dtype, threads)
    large = [n for n in _SCREENED if n in inputs and inputs[n].size > _LARGE]
    large += ["leaving"] if "move_probability" in inputs else []  # the kernel adds them up
    check(inputs, skip=large)
    frame = frame_of(inputs)
    rates = _rates(frame, a0, options)
    rules = _rules(frame, rates, options, large)
    accounts = allocate(frame, options.wanted, dtype)
    outcome = run(
        rates,
        couple(frame),
        rules,
        accounts,
        runs=frame.runs,
        steps=frame.periods.size,
        threads=threads,
    )
    if outcome.bad_survival or outcome.bad_migrants or outcome.bad_leaving:
        check(inputs)
    if outcome.negative:
        raise _negative(frame, rates, rules, accounts)
    attrs: dict[str, str] = {
        "migration_timing": migration_timing,
        "births_exposure": births_exposure,
        "on_negative": on_negative,
    }
    result = label(accounts, frame, options.wanted, attrs)
    if not rules.audit:
        check_balance(result)
    elif not outcome.imbalance <= TOLERANCE["float64"]:
        raise BalanceError(f"the balance of a step is off by {outcome.imbalance:.3g}, relative")
    return result


def _check_machine(dtype: str, threads: int | None) -> None:
    """Refuse precisions and numbers of threads that there are not."""
    problems = Problems(DataError)
    if dtype not in ("float64", "float32"):
        problems.add("unknown choice", where="dtype", got=dtype, expected="float64 or float32")
    if threads is not None and not (isinstance(threads, int | np.integer) and threads >= 1):
        problems.add("no number of threads", where="threads", got=threads, expected="1 or more")
    problems.raise_if_any()


def kernel_inputs(
    inputs: xr.Dataset,
    migration_timing: MigrationTiming,
    births_exposure: BirthsExposure,
    a0: InfantRule,
) -> tuple[Rates, Rules]:
    """Check inputs and lay them out for the kernel, without projecting."""
    options = _options(inputs, migration_timing, births_exposure, "raise", None)
    check(inputs)
    frame = frame_of(inputs)
    rates = _rates(frame, a0, options)
    return rates, _rules(frame, rates, options, [])


def _options(
    inputs: xr.Dataset,
    migration_timing: str,
    births_exposure: str,
    on_negative: str,
    outputs: Collection[str] | None,
) -> _Options:
    """Refuse unknown words."""
    problems = Problems(DataError)
    given: dict[str, tuple[str, Iterable[str]]] = {
        "migration_timing": (migration_timing, _EARLY),
        "births_exposure": (births_exposure, _EXPOSURE),
        "on_negative": (on_negative, ("raise", "floor")),
    }
    for name, (word, known) in given.items():
        if word not in known:
            problems.add("unknown choice", where=name, got=word, expected=sorted(known))
    wanted = [n for n in _USUAL if n != "moves" or "edge" in inputs.dims]
    if outputs is not None:
        wanted = [outputs] if isinstance(outputs, str) else list(outputs)
    for name in wanted:
        if name not in KERNEL_DIMS:
            problems.add("unknown account", where="outputs", got=name, expected=list(KERNEL_DIMS))
        elif name == "moves" and "edge" not in inputs.dims:
            problems.add("no moves without `move_probability`", where="outputs", got=name)
    problems.raise_if_any()
    return _Options(
        _EARLY[migration_timing],
        _EXPOSURE[births_exposure],
        on_negative == "floor",
        frozenset(wanted),
    )


def _rates(frame: Frame, a0: InfantRule, options: _Options) -> Rates:
    """Lay all inputs out for the kernel."""
    inputs = frame.inputs
    none = np.empty((0,) * 5)
    survival, reaching = survival_of(frame, a0)
    within_open = np.ascontiguousarray(survival[..., -1])
    if "open_survival_ratio" in inputs:
        within_open = lay_out(inputs["open_survival_ratio"], frame, ("period", "sex"))
    if "deaths_by_age" not in options.wanted:
        reaching = none
    elif "survival_ratio" in inputs:
        reaching = halfway(survival)

    def given(name: str, *, states: bool = True, tail: tuple[str, ...] = _TAIL) -> Array:
        return lay_out(inputs[name], frame, tail, states=states) if name in inputs else none

    return Rates(
        population=given("population", tail=("sex", "age")),
        survival=survival,
        within_open=within_open,
        reaching=reaching,
        fertility=given("fertility_rate", tail=("period", "age")),
        sex_ratio=given("sex_ratio_at_birth", tail=("period",)),
        move=given("move_probability", states=False, tail=("period", "edge", "sex", "age")),
        migrants=given("net_migration"),
        migration_rate=given("net_migration_rate"),
    )


def _rules(frame: Frame, rates: Rates, options: _Options, large: list[str]) -> Rules:
    """Gather what the kernel must know besides arrays."""
    if "fertility_rate" in large:
        outside, highest = scan(rates.fertility, VARIABLES["fertility_rate"].upper)
        if outside or highest[0] > 0:
            check(frame.inputs)
    else:
        highest = rates.fertility.max(axis=(0, 1, 2))
    bearing = np.flatnonzero(highest)
    accounts = {"population", "births", "deaths", "net_migration"}
    if frame.origin.size:
        accounts.add("moves")
    return Rules(
        years=float(frame.step),
        early=options.early,
        exposure=options.exposure,
        floor=options.floor,
        first_bearing=int(bearing[0]) if bearing.size else 0,
        stop_bearing=int(bearing[-1]) + 1 if bearing.size else 0,
        screen_survival="survival_ratio" in large,
        screen_migrants="net_migration" in large,
        audit=not accounts <= options.wanted,
    )


def _negative(frame: Frame, rates: Rates, rules: Rules, accounts: Accounts) -> DataError:
    """Name the first cells that turn negative."""
    wanted = frozenset({"population"})
    if not accounts.population.size:
        accounts = allocate(frame, wanted, "float64")
        sizes = {"runs": frame.runs, "steps": frame.periods.size}
        run(rates, couple(frame), rules, accounts, **sizes)
    people = label(accounts, frame, wanted, {})["population"]
    below = (people < 0).any([d for d in people.dims if d != "year"]).to_numpy()
    year = people["year"].to_numpy()[int(np.argmax(below))]
    first = people.sel(year=[year])
    where, got = name_cells(first < 0, first)
    return DataError(
        Problem(
            "more people leave than are there",
            f"population ({where})",
            got,
            "0 or more",
            "mend net_migration or net_migration_rate, or choose on_negative='floor' to hold it "
            "back as the UN does",
        )
    )
