"""popsim: cohort-component population projection by region, area, status, sex and age.

A projection is a pure function from one labelled `xarray.Dataset` of inputs to one of results::

    import popsim as ps

    result = ps.project(inputs)                       # population, births, deaths, moves
    share = ps.group_share(result.population, case.in_group.sel(boundary="today"), "city_proper")

The names below are loaded when first used, so that `import popsim` is quick.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

# Public name -> the module it lives in. Packages are named by themselves.
_HOME = {
    "BalanceError": "errors",
    "ConfigError": "errors",
    "ConvergenceError": "errors",
    "DataError": "errors",
    "PopsimError": "errors",
    "age_group": "groups",
    "group_population": "groups",
    "group_share": "groups",
    "restate": "groups",
    "Case": "tables",
    "observed": "tables",
    "read_case": "tables",
    "check_balance": "projection",
    "project": "projection",
    "Fitted": "assumptions",
    "Hukou": "assumptions",
    "Model": "assumptions",
    "build_inputs": "assumptions",
    "Scenario": "scenarios",
    "scenario_inputs": "scenarios",
    "dependency_ratio": "indicators",
    "indicator_table": "indicators",
    "median_age": "indicators",
    "urban_share": "indicators",
    "Evidence": "targets",
    "Target": "targets",
    "evaluate": "targets",
    "evaluate_all": "targets",
    "required": "targets",
    "required_people": "targets",
    "calibrate": "calibration",
    "HukouAssumptions": "calibration.words",
    "load_config": "config",
    "read_run": "results",
    "conform": "coords",
    "edge_coords": "coords",
    "age_coords": "coords",
    "leslie_matrix": "matrices",
    "rogers_matrix": "matrices",
    "stable_population": "matrices",
    "ProjectionMatrix": "matrices",
    "multiregional_life_table": "methods.multiregional",
    "project_ensemble": "ensembles",
    "stochastic_levels": "ensembles",
    "ensemble_inputs": "ensembles",
    "LevelError": "ensembles",
    "DrawErrors": "ensembles.from_inputs",
    "draw_inputs": "ensembles.from_inputs",
    "find_boundaries": "boundaries",
    "boundary_table": "boundaries",
    "reading_in_words": "boundaries",
    "rolling_origin": "backtest",
    "hindcast_tables": "backtest",
    "functional_area": "commuting",
    "decompose_difference": "scenarios",
    "with_annexations": "scenarios",
    "registered_population": "hukou",
    "residents_by_account": "hukou",
    "urban_growth_table": "growth",
    "write_figures": "plots",
    "write_workbook": "sheets",
    "planning_tables": "sheets",
    "write_report": "report",
    "build_drivers": "assumptions",
    "run_config": "run",
}
_PACKAGES = [
    "assumptions", "backtest", "boundaries", "calibration", "capacity", "care", "commuting",
    "config", "coords", "economy", "ensembles", "errors", "groups", "growth", "hukou",
    "indicators", "labels", "matrices", "methods", "plots", "projection", "report", "results",
    "run", "scenarios", "settlement", "sheets", "tables", "targets", "variables",
]  # fmt: skip

__all__ = ["__version__", *_HOME, *_PACKAGES]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name in _HOME:
        return getattr(importlib.import_module(f"popsim.{_HOME[name]}"), name)
    if name in _PACKAGES:
        return importlib.import_module(f"popsim.{name}")
    raise AttributeError(f"module 'popsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
