"""Backtests: what a method would have said of years that are known by now.

`hindcast`: a case projected from an older census with what was `known` then, against a later one.
`table`: its figures as rows, and the verdict in words. `rolling`: many launch years on long
series. `baselines`: the simple methods a projection has to beat. `scores`: errors of numbers, of
age-sex distributions, and of draws.

A backtest uses nothing dated after its launch, and says so where it had to (schedules).
"""

from popsim.backtest.baselines import (
    exponential_trend,
    hamilton_perry,
    linear_trend,
)
from popsim.backtest.hindcast import HINDCAST_METHODS, backtest
from popsim.backtest.known import Known, known_at
from popsim.backtest.rolling import ROLLING_METHODS, rolling_origin, score_means
from popsim.backtest.scores import (
    coverage,
    crps,
    distribution_error,
    interval_score,
    mean_absolute_percentage_error,
    percentage_error,
)
from popsim.backtest.table import (
    hindcast_ages,
    hindcast_summary,
    hindcast_table,
    hindcast_tables,
    hindcast_verdict,
)

__all__ = [
    "HINDCAST_METHODS",
    "ROLLING_METHODS",
    "Known",
    "backtest",
    "coverage",
    "crps",
    "distribution_error",
    "exponential_trend",
    "hamilton_perry",
    "hindcast_ages",
    "hindcast_summary",
    "hindcast_table",
    "hindcast_tables",
    "hindcast_verdict",
    "interval_score",
    "known_at",
    "linear_trend",
    "mean_absolute_percentage_error",
    "percentage_error",
    "rolling_origin",
    "score_means",
]
