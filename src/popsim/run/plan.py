"""The plan of a run: the scenario file bound to the case, every fault of both at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from popsim.assumptions.fitted import Model
from popsim.assumptions.inputs import TABLES
from popsim.backtest import hindcast_tables
from popsim.calibration import calibrate
from popsim.care import care_table
from popsim.config import Config, arranged, bind, load_config
from popsim.config.binding import parameters
from popsim.config.models import Scenario as ScenarioBlock
from popsim.errors import ConfigError, PopsimError, Problem, Problems
from popsim.run.draws import draw_scenarios
from popsim.run.entries import plan_target
from popsim.run.evidence import (
    SmallAreas,
    capacity_options,
    care_options,
    place_inputs,
    register_of,
)
from popsim.scenarios import LEVERS, Scenario
from popsim.tables import Case, read_case
from popsim.targets import Target

__all__ = ["Plan", "make_plan"]

# What the program itself gives a model, and so no scenario file may.
GIVEN = {
    "calibration": ("case", "base_year", "area", "status", "engine"),
    "hindcast": ("case", "engine", "boundaries"),
    "draws": ("fitted", "inputs", "population", "frames", "care", "seed"),
    "care": ("population", "case", "deaths", "prevalence_arrays", "life_expectancy", "groups"),
}


@dataclass(frozen=True)
class Plan:
    """All that a run needs, checked.

    Parameters
    ----------
    config, case
        The scenario file and the case it names.
    scenarios
        In the order of the file.
    calibration, care, hindcast, draws
        Parameters of `calibrate`, of `care_table`, of `hindcast_tables` (none: no hindcast) and of
        `draw_scenarios` (none: no draws); the register of capacity in `care` has been read.
    places, options
        The user's sites and small areas, and what else targets are judged by.
    targets
        In the order of the file.
    boundaries, definitions
        Where targets are judged.
    """

    config: Config
    case: Case
    scenarios: tuple[Scenario, ...]
    calibration: Mapping[str, Any]
    care: Mapping[str, Any]
    hindcast: Mapping[str, Any]
    draws: Mapping[str, Any]
    places: SmallAreas
    options: Mapping[str, Any]
    targets: tuple[Target, ...]
    boundaries: tuple[str, ...]
    definitions: tuple[str, ...]

    def missing(self) -> list[str]:
        """Figures that nobody has published, as the case's tables list them."""
        table = self.case.frames.get("missing")
        if table is None:
            return []
        title = "title_zh" if self.config.report.lang == "zh" and "title_zh" in table else "title"
        return [
            f"{row['input']}: {row[title]} [{row['targets'] or '-'}]; {row['likely_holder']}"
            for row in table.to_dict("records")
        ]

    @property
    def engine(self) -> dict[str, Any]:
        """Options of the projection."""
        return {
            name: value
            for name, value in self.config.engine.model_dump().items()
            if value is not None
        }


def make_plan(path: str | Path, *, lang: str | None = None) -> Plan:
    """Read and check a scenario file and its case; run nothing.

    Parameters
    ----------
    path
        The scenario file.
    lang
        Language of titles, ``"zh"`` or ``"en"``; that of the file by default.

    Returns
    -------
    Plan

    Raises
    ------
    PopsimError
        Listing every fault of the file and of the tables.
    """
    problems = Problems(ConfigError)
    config = load_config(path, problems=problems)
    faults: list[Problem] = []
    try:
        case: Case | None = read_case(config.data)
    except PopsimError as error:
        case = None
        faults.extend(error.problems)
    scenarios = tuple(
        _scenario(config, name, block, problems) for name, block in config.scenarios.items()
    )

    def bound(name: str, function: Callable[..., Any], block: Mapping[Any, Any]) -> dict[str, Any]:
        where = partial(config.where, name)
        return bind(function, block, where, given=GIVEN[name], problems=problems)

    calibration = bound("calibration", calibrate, config.calibration)
    own = {k: v for k, v in config.care.items() if k in parameters(care_options, given=())}
    care = bound("care", care_table, {k: v for k, v in config.care.items() if k not in own})
    options = _options(config, own, problems)
    hindcast = bound("hindcast", hindcast_tables, config.hindcast) if config.hindcast else {}
    draws = bound("draws", draw_scenarios, config.draws) if config.draws else {}
    targets: tuple[Target, ...] = ()
    places: SmallAreas = {}
    if case is not None:
        places = _user_files(config, case, care, options, faults)
        _check_boundaries(config, case, problems)
        targets = tuple(
            target
            for i, entry in enumerate(config.targets)
            if (target := plan_target(config, case, i, entry, problems, lang)) is not None
        )
    # A key that is missing or of the wrong type stood in for while the rest was checked: what is
    # then said of its stand-in is no fault of the file.
    told = {p.where for p in problems if p.what in ("missing key", "wrong type")}
    later = [p for p in problems if p.where not in told or p.what in ("missing key", "wrong type")]
    faults = [*later, *faults]
    if faults:
        raise ConfigError(arranged(faults))
    assert case is not None
    return Plan(
        config,
        case,
        scenarios,
        calibration,
        care,
        hindcast,
        draws,
        places,
        options | {k: care[k] for k in ("trend",) if k in care},
        targets,
        config.boundaries or tuple(str(b) for b in case["in_group"]["boundary"].to_numpy()),
        config.definitions,
    )


def _options(config: Config, care: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """What the blocks `care` and `capacity` say beside the parameters of their tables."""
    there, here = partial(config.where, "care"), partial(config.where, "capacity")
    found = bind(care_options, care, there, given=(), problems=problems)
    return found | bind(capacity_options, config.capacity, here, given=(), problems=problems)


def _user_files(
    config: Config, case: Case, care: dict[str, Any], options: dict[str, Any], faults: list[Problem]
) -> SmallAreas:
    """Read the register into `care`, and the user's points; paths stand beside the file."""
    try:
        if isinstance(care.get("supply"), str | Path):
            file = config.beside(Path(care["supply"]), "care", "supply")
            care["supply"] = register_of(case, file)
        named = {k: options.pop(k) for k in ("homes", "small_areas") if k in options}
        return place_inputs(
            **{k: config.beside(Path(v), "care", k) for k, v in named.items() if v is not None}
        )
    except PopsimError as error:
        faults.extend(error.problems)
        return {}


def _model(
    config: Config, scenario: str, kind: str, block: ScenarioBlock, problems: Problems
) -> Model | None:
    """A model of a scenario, its parameters bound to the signature of the function."""
    choice = getattr(block, kind)
    if choice is None:
        return None
    where = partial(config.where, "scenarios", scenario, kind)
    table = TABLES[kind]
    if choice.model not in table:
        problems.add(
            f"unknown model of {kind}",
            where=where("model"),
            got=choice.model,
            expected=f"one of {', '.join(table)}",
        )
        return Model("unknown")
    params = bind(table[choice.model], choice.params, where, problems=problems)
    return Model(choice.model, **params)


def _scenario(config: Config, name: str, block: ScenarioBlock, problems: Problems) -> Scenario:
    models = {kind: _model(config, name, kind, block, problems) for kind in TABLES}
    levers = []
    for i, lever in enumerate(block.levers):
        where = partial(config.where, "scenarios", name, "levers", i)
        if lever.lever not in LEVERS:
            problems.add(
                "unknown lever",
                where=where("lever"),
                got=lever.lever,
                expected=f"one of {', '.join(LEVERS)}",
            )
            continue
        params = bind(LEVERS[lever.lever], lever.params, where, problems=problems)
        levers.append((lever.lever, params))
    return Scenario(name, **models, levers=tuple(levers))  # type: ignore[arg-type]


def _check_boundaries(config: Config, case: Case, problems: Problems) -> None:
    known = [str(b) for b in case["in_group"]["boundary"].to_numpy()]
    for i, name in enumerate(config.boundaries):
        if name not in known:
            problems.add(
                "unknown boundary",
                where=config.where("boundaries", i),
                got=name,
                expected=f"one of {', '.join(known)}",
                remedy="add its regions to the case's membership table",
            )
    years = [int(y) for y in case["population"]["year"].to_numpy()]
    if config.base_year not in years:
        problems.add(
            "no population for the base year",
            where=config.where("base_year"),
            got=config.base_year,
            expected=f"one of {years}",
        )
