"""Tables beside the projection: the hindcast, the sets of counties that reach a share, readings."""

from __future__ import annotations

import pandas as pd

from popsim.backtest import hindcast_tables
from popsim.boundaries import boundary_table, reading_table
from popsim.labels import LANGS, titles
from popsim.run.plan import Plan

__all__ = ["beside_tables"]


def beside_tables(plan: Plan, targets: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables that need the case and the verdicts, but no projected population.

    Parameters
    ----------
    plan
        From `make_plan`.
    targets
        The table of verdicts.

    Returns
    -------
    dict of pd.DataFrame
        ``readings`` (columns `popsim.boundaries.reading.READINGS`); ``boundaries`` where a share
        of residents is a target and the case has GDP by county; ``hindcast`` and
        ``hindcast_ages`` where the scenario file asks for them.
    """
    own = {
        name: {"title": dict(scenario.title)} if scenario.title else {}
        for name, scenario in plan.config.scenarios.items()
    }
    parts = [
        reading_table(targets, lang, scenarios=titles(own, "scenario", lang)) for lang in LANGS
    ]
    tables = {"readings": pd.concat(parts, ignore_index=True)}
    shares = [
        t for t in plan.targets if t.indicator == "population_share" and t.at_least is not None
    ]
    if shares and {"gdp", "regions"} <= set(plan.case.frames):
        first = shares[0]
        tables["boundaries"] = boundary_table(
            plan.case,
            threshold=float(first.at_least or 0.0),
            population_year=plan.config.base_year,
            whole=plan.calibration["whole"],
            group=first.group,
            boundary=plan.boundaries[0],
            as_of=first.year,
        )
    if plan.hindcast:
        tables |= hindcast_tables(
            plan.case, engine=plan.engine, boundaries=plan.boundaries, **plan.hindcast
        )
    return tables
