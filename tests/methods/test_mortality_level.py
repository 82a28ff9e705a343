"""Rates and ratios set to a life expectancy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import DataError
from popsim.methods import lifetable as lt
from popsim.methods import mortality as mo

AGE = np.arange(101.0)
STANDARD = 0.004 * np.exp(-AGE) + 0.00005 * np.exp(0.09 * AGE)


@settings(max_examples=25, deadline=None)
@given(st.floats(67.0, 100.0), st.sampled_from(["female", "male"]))
def test_mortality_at_e0__has_the_e0_asked_for(e0, sex) -> None:
    m = mo.mortality_at_e0(STANDARD, e0, sex=sex)
    np.testing.assert_allclose(lt.life_table(m, sex=sex).ex[0], e0, rtol=1e-12)
    np.testing.assert_allclose(m / STANDARD, (m / STANDARD)[0], rtol=1e-12)


def test_mortality_at_e0__own_e0_gives_back_the_standard() -> None:
    e0 = lt.life_table(STANDARD, sex="male").ex[0]
    np.testing.assert_allclose(mo.mortality_at_e0(STANDARD, e0, sex="male"), STANDARD, rtol=1e-10)


def test_mortality_at_e0__many_at_once_equal_one_by_one() -> None:
    both = np.stack([STANDARD, 1.4 * STANDARD])
    targets = np.array([[80.0, 75.0], [85.0, 81.0], [90.0, 88.0]])
    many = mo.mortality_at_e0(both, targets, sex=("female", "male"))
    assert many.shape == (3, 2, 101)
    one = mo.mortality_at_e0(both[1], 81.0, sex="male")
    np.testing.assert_allclose(many[1, 1], one, rtol=1e-11)


def test_mortality_at_e0__five_year_groups() -> None:
    m = np.concatenate([[0.01, 0.001], 0.00005 * np.exp(0.09 * np.arange(5.0, 101.0, 5.0))])
    out = mo.mortality_at_e0(m, 83.0, sex="female", width="abridged", a0="coale_demeny")
    table = lt.life_table(out, sex="female", width="abridged", a0="coale_demeny")
    np.testing.assert_allclose(table.ex[0], 83.0, rtol=1e-12)


def test_mortality_at_e0__refuses_what_it_cannot_do() -> None:
    with pytest.raises(DataError, match=r"e0\[1\]: life expectancy out of reach.*got 2"):
        mo.mortality_at_e0(STANDARD, [70.0, 2.0], sex="male")
    with pytest.raises(DataError, match=r"standard\[3\]: zero rate"):
        mo.mortality_at_e0(np.where(AGE == 3, 0, STANDARD), 70.0, sex="male")
    with pytest.raises(DataError, match="pattern: 5 ages; the standard has 101"):
        mo.mortality_at_e0(STANDARD, 70.0, sex="male", pattern=np.ones(5))


@settings(max_examples=25, deadline=None)
@given(st.floats(50.0, 95.0))
def test_survival_at_e0__has_the_e0_asked_for(e0) -> None:
    ratio = lt.life_table(STANDARD, sex="female").Sx
    out = mo.survival_at_e0(ratio, e0)
    np.testing.assert_allclose(lt.expectation_from_survival(out), e0, rtol=1e-11)
    own = lt.life_table(STANDARD, sex="female").ex[0]
    assert np.all(out >= ratio) if e0 >= own else np.all(out <= ratio)
    np.testing.assert_allclose(lt.expectation_from_survival(ratio), own, rtol=1e-12)
    np.testing.assert_allclose(mo.survival_at_e0(ratio, own), ratio, rtol=1e-10)


def test_survival_at_e0__refuses_a_ratio_of_one() -> None:
    with pytest.raises(DataError, match=r"standard\[1\]: survival ratio without deaths"):
        mo.survival_at_e0([0.9, 1.0, 0.5], 2.0)
    with pytest.raises(DataError, match=r"Sx\[2\]: got 1; expected below 1"):
        lt.expectation_from_survival([0.9, 0.9, 1.0])
