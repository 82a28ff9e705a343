"""Which rows of a run's tables are shown together, in the pictures and on the page alike."""

from __future__ import annotations

import pandas as pd

__all__ = [
    "CARE_SUBJECTS",
    "GROWTH_PARTS",
    "HUKOU_PEOPLE",
    "HUKOU_SHARES",
    "growth_parts",
]

# Indicators of `care.csv` less the scale or pattern after the full stop.
CARE_SUBJECTS = {
    "people": ("population_60plus", "population_65plus", "population_80plus"),
    "need": ("need_mild", "need_moderate", "need_severe", "need_partial", "need_any"),
    "beds": ("beds_norm", "beds_pattern", "beds_need", "dementia_beds_plan"),
}
HUKOU_PEOPLE = ("population", "registered_population", "floating_population", "registered_absent")
HUKOU_SHARES = ("urban_share", "registered_urban_share")
GROWTH_PARTS = ("natural", "migration", "reclassification")


def growth_parts(growth: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """Urban growth of all regions together by period, split into its parts.

    Parameters
    ----------
    growth
        Rows of `urban_growth.csv`; persons.
    scenario
        Which one.

    Returns
    -------
    pd.DataFrame
        Index period, columns natural, migration, reclassification; persons.

    Examples
    --------
    >>> rows = pd.DataFrame({"scenario": "s", "region": ["a", "b", "all"], "period": "2021",
    ...                      "natural": [1, 2, 3], "migration": 5, "reclassification": 0})
    >>> growth_parts(rows, "s").loc[2021].tolist()
    [3.0, 10.0, 0.0]
    """
    rows = growth[(growth["scenario"] == scenario) & (growth["region"] != "all")]
    return rows[list(GROWTH_PARTS)].astype(float).groupby(rows["period"].astype(int)).sum()
