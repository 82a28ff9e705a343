"""Table 9's sexes and ages: rows of women and men under each row, a column for each age group."""

from __future__ import annotations

import pandas as pd

from popsim.sheets.source import RunTables

__all__ = ["age_columns", "one_rate_scales", "split_by_sex_and_age"]

PLACE = ["region", "scenario", "year"]
KEYS = ["indicator", *PLACE]
SEXES = ("both", "female", "male")


def age_columns(run: RunTables) -> dict[str, str]:
    """Column by age group of `tables/care_by_age.csv`; empty where the run has none.

    Examples
    --------
    >>> ages = pd.DataFrame({"age_group": ["60-64", "85+", "60-64"]})
    >>> age_columns(RunTables(extra={"care_by_age": ages}))
    {'60-64': 'a60_64', '85+': 'a85plus'}
    """
    table = (run.extra or {}).get("care_by_age")
    groups = [] if table is None else [str(g) for g in dict.fromkeys(table["age_group"])]
    return {g: "a" + g.replace("-", "_").replace("+", "plus") for g in groups}


def one_rate_scales(run: RunTables) -> list[str]:
    """Scales under which every age group of 60 and over has the same share: ages say nothing then.

    Examples
    --------
    >>> rows = [(i, a, v) for i, a, v in zip(
    ...     ["population"] * 2 + ["need_total.flat"] * 2 + ["need_total.steep"] * 2,
    ...     ["60-79", "80+"] * 3, [100.0, 10.0, 5.0, 0.5, 1.0, 4.0])]
    >>> table = pd.DataFrame(rows, columns=["indicator", "age_group", "value"])
    >>> place = dict(region="all", scenario="s", year=2020, sex="female")
    >>> one_rate_scales(RunTables(extra={"care_by_age": table.assign(**place)}))
    ['flat']
    """
    table = (run.extra or {}).get("care_by_age")
    if table is None:
        return []
    place = table[(table["region"] == "all") & (table["year"] == table["year"].max())]
    place = place[place["scenario"] == place["scenario"].iloc[0]]
    cells = place.pivot_table(
        index="indicator", columns=["sex", "age_group"], values="value", sort=False
    )
    shares = cells / cells.loc["population"]
    flat = (shares.max(axis=1) - shares.min(axis=1)) < 1e-9
    totals = [str(name) for name in shares.index[flat] if str(name).startswith("need_total.")]
    return [name.partition(".")[2] for name in totals]


def split_by_sex_and_age(rows: pd.DataFrame, run: RunTables) -> pd.DataFrame:
    """Each row of both sexes followed by those of women and men, with a column for each age group.

    Parameters
    ----------
    rows
        Columns indicator, region, scenario, year, value and `sixty`, people of 60 and over.
    run
        With the extra table ``care_by_age``.

    Returns
    -------
    pd.DataFrame
        `rows` with the columns `sex` and those of `age_columns`; a row that the table by age lacks
        (a count of the census) stays alone, its ages empty.
    """
    columns = age_columns(run)
    ages = [*columns.values()]
    assert run.extra is not None
    told = run.extra["care_by_age"].replace({"age_group": columns})
    wide = told.pivot(index=[*KEYS, "sex"], columns="age_group", values="value")  # noqa: PD010
    apart = wide.reset_index()[[*KEYS, "sex", *ages]]
    both = apart.groupby(KEYS, sort=False)[ages].sum().reset_index().assign(sex=SEXES[0])
    people = apart[apart["indicator"] == "population"]
    sixty = people[[*PLACE, "sex"]].assign(sixty=people[ages].sum(axis=1))
    own = apart.assign(value=apart[ages].sum(axis=1)).merge(sixty, on=[*PLACE, "sex"])
    first = rows.assign(order=range(len(rows)))
    rest = first.drop(columns=["value", "sixty"])
    lines = pd.concat(
        [first.merge(both, on=KEYS, how="left"), rest.merge(own, on=KEYS)], ignore_index=True
    )
    lines["sex"] = lines["sex"].fillna(SEXES[0])
    rank = lines["sex"].map(SEXES.index)
    order = lines.assign(rank=rank).sort_values(["order", "rank"], kind="stable")
    return order.drop(columns=["order", "rank"]).reset_index(drop=True)
