"""The cohort-component projection: one labelled Dataset in, one labelled Dataset out.

`engine` is the public function; `arrange` lays labelled inputs out for the kernel, `survival`
makes ratios of death rates, `results` puts labels on what comes back, `balance` checks it. No
demographic arithmetic is done here that a kernel or a method does.
"""

from popsim.projection.balance import check_balance
from popsim.projection.engine import project

__all__ = ["check_balance", "project"]
