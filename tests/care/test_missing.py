from __future__ import annotations

import importlib
import inspect
import re

import pandas as pd
import pytest

from popsim.tables import Case

CALL = re.compile(r"\b(care|economy|capacity)\.(\w+)(?:\(([^)]*)\))?")


@pytest.fixture(scope="module")
def missing(case: Case) -> pd.DataFrame:
    return case.frames["missing"]


def test_missing__names_functions_and_arguments_that_exist(missing: pd.DataFrame) -> None:
    """Each input that was not found says where the user gives it, and that place is there."""
    found = 0
    for cell in missing["argument"]:
        for room, name, arguments in CALL.findall(cell):
            function = getattr(importlib.import_module(f"popsim.{room}"), name)
            known = inspect.signature(function).parameters
            for argument in filter(None, (a.strip(" =") for a in arguments.split(","))):
                assert argument in known, f"{room}.{name} has no argument {argument}"
            found += 1
    assert found > 25


def test_missing__targets_exist(case: Case, missing: pd.DataFrame) -> None:
    known = set(case.frames["targets"]["target"])
    named = {t.strip() for cell in missing["targets"] for t in cell.split(";") if t.strip()}
    assert named <= known


def test_missing__money_and_shares_have_no_defaults() -> None:
    """What was not found may not be assumed: the arguments are required."""
    care = importlib.import_module("popsim.care")
    for name, arguments in {
        "beds_by_need": ["occupancy"],
        "family_carers": ["carers_each"],
        "supply_subsidy": ["capital_grant", "running_grant"],
        "free_places": ["poverty_share", "disability_share"],
        "insurance_balance": ["premium", "take_up", "monthly_benefit"],
        "walking_radius": ["metres_per_minute"],
        "need": ["scale"],
    }.items():
        known = inspect.signature(getattr(care, name)).parameters
        for argument in arguments:
            assert known[argument].default is inspect.Parameter.empty, f"{name}({argument})"
