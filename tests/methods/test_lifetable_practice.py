"""The practice behind published survival, found from the survival itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import DataError
from popsim.methods.lifetable import closest_ax, life_table

AGES = np.array([0.0, 1.0, *range(5, 105, 5)])


def rates(level: float, slope: float) -> np.ndarray:
    """Death rates of both sexes at 22 ages: infancy, a flat middle, Gompertz."""
    one = level * (np.exp(slope * AGES) + 40.0 * np.exp(-2.0 * AGES))
    return np.stack([one, 0.8 * one])


def table(mx: np.ndarray, ax: str) -> np.ndarray:
    return life_table(mx, sex=("male", "female"), width="abridged", a0="coale_demeny", ax=ax).Sx


@settings(max_examples=25, deadline=None)
@given(
    level=st.floats(0.0002, 0.001),
    slope=st.floats(0.05, 0.07),
    rule=st.sampled_from(["greville", "midpoint_to_80"]),
)
def test_closest_ax__finds_the_rule_that_made_the_survival(
    level: float, slope: float, rule: str
) -> None:
    mx = rates(level, slope)
    found = closest_ax(mx, np.round(table(mx, rule), 5), sex=("male", "female"))
    assert found.ax == rule
    assert found.error[rule] < 1e-5 < max(found.error.values())


def test_life_table__midpoint_to_80_is_greville_from_80_on() -> None:
    mx = rates(0.0005, 0.06)
    plain, mixed, middle = (
        life_table(mx, sex=("male", "female"), width="abridged", ax=rule).ax
        for rule in ("greville", "midpoint_to_80", "midpoint")
    )
    old = AGES >= 80.0
    np.testing.assert_array_equal(mixed[:, old], plain[:, old])
    np.testing.assert_array_equal(mixed[:, ~old], middle[:, ~old])
    assert np.all(mixed[:, 2:17] == 2.5)


@pytest.mark.validation
def test_closest_ax__a_country_keeps_its_practice(validation_dir: Path) -> None:
    """Each step of the estimates alone finds what all find; all projections are by Greville."""
    paths = sorted((validation_dir / "projection_cases" / "un_5x5_wpp2012").glob("*/case.npz"))
    if not paths:
        pytest.skip("no case of un_5x5_wpp2012 at hand")
    for path in paths:
        meta = json.loads(path.with_name("meta.json").read_text(encoding="utf-8"))
        share = {"end": 0.0, "even": 0.5}[meta["timing"]]
        with np.load(path, allow_pickle=False) as case:
            people, net, mx = case["expected_pop"], case["mig"], np.maximum(case["mx"], 0.0)
            base = int(np.flatnonzero(case["years"] == 2010)[0])
        start, reached = people[:-1] + share * net, people[1:] - (1.0 - share) * net
        known = np.full(net.shape, np.nan)
        known[..., 2:16] = reached[..., 2:16] / start[..., 1:15]  # ages 10-79
        sexes = ("male", "female")
        past = closest_ax(mx[:base], known[:base], sex=sexes).ax
        steps = {closest_ax(mx[i], known[i], sex=sexes).ax for i in range(base)}
        assert steps == {past}, path.parent.name
        assert closest_ax(mx[base:], known[base:], sex=sexes).ax == "greville", path.parent.name


def test_closest_ax__refusals() -> None:
    mx = rates(0.0005, 0.06)
    known = table(mx, "greville")
    with pytest.raises(DataError, match="Sx: no ratio is known"):
        closest_ax(mx, np.full_like(known, np.nan), sex=("male", "female"))
    with pytest.raises(DataError, match=r"Sx: shape \(2, 20\); expected \(2, 21\)"):
        closest_ax(mx, known[:, 1:], sex=("male", "female"))
    with pytest.raises(DataError, match="rules: none named"):
        closest_ax(mx, known, sex=("male", "female"), rules=())
    with pytest.raises(DataError, match="'linear' is not a rule"):
        closest_ax(mx, known, sex=("male", "female"), rules=("linear",))


def test_closest_ax__a_rule_that_makes_no_table_is_not_chosen() -> None:
    """Zero deaths at 30-34: Greville's logarithm refuses, the midpoint does not."""
    mx = rates(0.0005, 0.06)
    mx[:, 7] = 0.0
    found = closest_ax(mx, table(mx, "midpoint_to_80"), sex=("male", "female"))
    assert found.ax == "midpoint_to_80"
    assert found.error["greville"] == np.inf
