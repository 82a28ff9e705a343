"""Functional areas on an invented textbook example (three towns and a city beyond the border)."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import xarray as xr

from popsim.commuting import commuting_zone, functional_area, functional_area_totals
from popsim.errors import DataError
from popsim.tables import Case

# Invented for the example: no figure of any place.
AREAS = ["border", "middle", "inner"]


def counts(values: list[float], areas: list[str] = AREAS) -> xr.DataArray:
    return xr.DataArray(values, {"area_id": areas}, "area_id")


RESIDENTS = counts([200.0, 300.0, 500.0])
WORKERS = counts([100.0, 150.0, 250.0])
OLDER = counts([20.0, 60.0, 110.0])


def register(rows: list[tuple[str, str, float]], source: str = "textbook") -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["origin", "destination", "workers"])
    return table.assign(year=2020, source=source)


FLOWS = register([
    ("border", "big_city", 90.0), ("middle", "big_city", 15.0),
    ("inner", "middle", 40.0), ("big_city", "border", 5.0),
])  # fmt: skip


def area() -> xr.Dataset:
    return functional_area(
        RESIDENTS, WORKERS, FLOWS, year=2020, outside=["big_city"], by_residence={"older": OLDER}
    )


def test_functional_area__by_hand() -> None:
    found = area()
    assert found.workers_by_workplace.to_numpy().tolist() == [15.0, 175.0, 210.0]
    assert found.out_commuting_rate.to_numpy().tolist() == [0.9, 0.1, 0.16]


def test_functional_area__people_and_care_stay_where_they_live() -> None:
    found = area()
    assert found.residents.identical(RESIDENTS.rename("residents").assign_attrs(units="person"))
    assert found.older.to_numpy().tolist() == OLDER.to_numpy().tolist()


def test_functional_area_totals__inner_flows_cancel() -> None:
    totals = functional_area_totals(area(), FLOWS, ["middle", "inner"])
    assert totals["out_commuters"] == 15.0
    assert totals["in_commuters"] == 0.0
    assert totals["workers_by_workplace"] == totals["workers_by_residence"] - 15.0
    assert totals["self_containment"] == pytest.approx(385 / 400)
    assert totals["older"] == 170.0


def test_functional_area_totals__account_closes_for_any_members() -> None:
    for members in (["border"], ["border", "inner"], AREAS):
        t = functional_area_totals(area(), FLOWS, members)
        assert t["workers_by_workplace"] == pytest.approx(
            t["workers_by_residence"] - t["out_commuters"] + t["in_commuters"]
        )


def test_commuting_zone__threshold() -> None:
    zone: dict[str, Any] = {"core": ["big_city"], "year": 2020}
    assert commuting_zone(WORKERS, FLOWS, threshold=0.15, **zone) == ["border"]
    assert commuting_zone(WORKERS, FLOWS, threshold=0.10, **zone) == ["border", "middle"]
    with pytest.raises(DataError, match="not a share; got 15"):
        commuting_zone(WORKERS, FLOWS, threshold=15, **zone)


def test_commuting_zone__core_of_own_areas() -> None:
    inner = register([("border", "middle", 20.0), ("inner", "middle", 20.0)])
    got = commuting_zone(WORKERS, inner, core=["middle"], threshold=0.15, year=2020)
    assert got == ["middle", "border"]


def test_functional_area__register_of_jiaxing_is_empty_and_refused(case: Case) -> None:
    flows = case.frames["commuting"]
    assert flows.empty
    with pytest.raises(DataError, match="no commuting flows of this year; got an empty register"):
        functional_area(RESIDENTS, WORKERS, flows, year=2020)


def test_functional_area__every_fault_at_once() -> None:
    bad = register(
        [("border", "border", 1.0), ("inner", "moon", 2.0), ("inner", "middle", -1.0),
         ("inner", "middle", 3.0)]
    )  # fmt: skip
    with pytest.raises(DataError) as error:
        functional_area(RESIDENTS, WORKERS, bad, year=2020)
    text = str(error.value)
    assert "a flow to where it comes from" in text
    assert "unknown area; got moon" in text
    assert "not a number of workers; got -1" in text
    assert "a flow stands twice" in text


def test_functional_area__flow_without_source() -> None:
    with pytest.raises(DataError, match="no source"):
        functional_area(
            RESIDENTS, WORKERS, register([("border", "inner", 1.0)], source=" "), year=2020
        )


def test_functional_area__more_commuters_than_workers() -> None:
    many = register([("border", "inner", 60.0), ("border", "middle", 50.0)])
    with pytest.raises(DataError, match="more commuters than employed residents; got 110"):
        functional_area(RESIDENTS, WORKERS, many, year=2020)
    with pytest.raises(DataError, match="more employed residents than residents"):
        functional_area(RESIDENTS, RESIDENTS + 1, many, year=2020)


def test_functional_area__areas_that_do_not_match() -> None:
    with pytest.raises(DataError, match="areas that residents lack"):
        functional_area(RESIDENTS, counts([1.0, 1.0], AREAS[:2]), FLOWS, year=2020)


def test_functional_area__columns_missing() -> None:
    with pytest.raises(DataError, match="columns missing; got source"):
        functional_area(RESIDENTS, WORKERS, FLOWS.drop(columns="source"), year=2020)


def test_functional_area_totals__unknown_member() -> None:
    with pytest.raises(DataError, match="not an area, or named twice; got moon"):
        functional_area_totals(area(), FLOWS, ["moon"])
