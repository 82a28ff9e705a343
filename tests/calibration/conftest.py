"""Jiaxing calibrated once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from popsim.assumptions import Fitted
from popsim.calibration import calibrate
from popsim.run.plan import Plan, make_plan


@pytest.fixture(scope="session")
def plan(root: Path) -> Plan:
    return make_plan(root / "configs" / "jiaxing.yaml")


@pytest.fixture(scope="session")
def fitted(plan: Plan) -> Fitted:
    return calibrate(
        plan.case, base_year=2020, area=True, status=True, engine=plan.engine, **plan.calibration
    )
