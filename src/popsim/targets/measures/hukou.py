"""Registration of residents and services for all of them (T09-T13).

Measured on the hukou states of the run: people who are registered where they live and people who
are not, and the moves from the second to the first. A run without these states says so.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from popsim.targets.evidence import Evidence, NotComputable
from popsim.targets.measure import Measure, flagged, no_variant, stock_path
from popsim.targets.model import Target

__all__ = ["MEASURES"]


def citizenised(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """Residents registered where they live in a year (落户); the share floating is noted."""
    moves = evidence.value("registration_moves", "hukou_states").sum("region")
    floating = evidence.value("floating", "hukou_states").sum("region")
    share = floating / evidence.people("resident").sum("region")
    share = share.isel(scenario=0) if "scenario" in share.dims else share
    ends = [float(share.sel(year=y).to_numpy().mean()) for y in (evidence.base_year, target.year)]
    text = f"{ends[0]:.2%} ({evidence.base_year}), {ends[1]:.2%} ({target.year})"
    told = f"{evidence.base_year}年{ends[0]:.2%}，{target.year}年{ends[1]:.2%}"
    note = (f"not registered where they live: {text}", f"非本地户籍常住人口占比：{told}")
    return flagged(moves, "computed", note=note)


def registration_lever(
    evidence: Evidence, target: Target, boundary: str, variant: str
) -> xr.DataArray:
    """Persons registered in a year under the scenario: the lever itself is an input."""
    moves = evidence.value("registration_moves", "hukou_states").sum("region")
    note = (
        "a lever: compare scenarios that assume other rates of registration",
        "政策开关：落户力度由方案设定，可比较落户设定不同的方案",
    )
    return flagged(moves, "assumed", note=note)


def service_coverage(
    evidence: Evidence, target: Target, boundary: str, definition: str
) -> xr.DataArray:
    """Residents covered by basic public services over residents."""
    covered = stock_path(evidence, target.register, evidence.members(target.group))
    people = evidence.people("resident").sel(region=evidence.members(target.group)).sum("region")
    share = covered / people
    if bool(np.isnan(share.sel(year=target.year)).any()):
        raise NotComputable(target.register)
    return share


MEASURES = {
    "citizenised": Measure(citizenised, "person a year", variants=no_variant),
    "registration_lever": Measure(registration_lever, "person a year", variants=no_variant),
    "service_coverage": Measure(service_coverage, "1", variants=no_variant),
}
