"""Decomposition of a difference of e0, and the spread of lifespans."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import DataError
from popsim.methods import lifetable as lt

AGE = np.arange(121.0)
GOMPERTZ = 3e-5 * np.exp(0.09 * AGE)
rates = st.lists(st.floats(1e-4, 0.5), min_size=12, max_size=12)


@settings(max_examples=40, deadline=None)
@given(rates, rates)
def test_arriaga__adds_to_the_difference(first, second) -> None:
    a, b = lt.life_table(first, sex="female"), lt.life_table(second, sex="male")
    parts = lt.arriaga(a, b)
    np.testing.assert_allclose(parts.total.sum(), b.ex[0] - a.ex[0], atol=1e-11)
    np.testing.assert_allclose(parts.direct + parts.indirect, parts.total)


def test_arriaga__puts_a_change_where_it_is() -> None:
    a = lt.life_table(GOMPERTZ, sex="female")
    b = lt.life_table(np.where(AGE == 60, 0.5, 1.0) * GOMPERTZ, sex="female")
    total = lt.arriaga(a, b).total
    np.testing.assert_allclose(np.delete(total, 60), 0.0, atol=1e-12)
    assert total[60] > 0


@pytest.mark.validation
def test_arriaga__china_and_sweden(validation_dir) -> None:
    folder = validation_dir / "textbook_cases" / "09_mortcast_life_tables"
    tables = []
    for country in ("156", "752"):
        with (folder / f"abridged_{country}_female_ak.csv").open(encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
        m = [float(row["mx"]) for row in rows if int(row["age"]) <= 100]
        tables.append(lt.life_table(m, sex="female", width="abridged"))
    china, sweden = tables
    parts = lt.arriaga(china, sweden)
    np.testing.assert_allclose(parts.total.sum(), sweden.ex[0] - china.ex[0], atol=1e-12)
    # Arriaga (1984): the direct effect of age 0, by hand from the columns
    want = sweden.Lx[0] - china.Lx[0]
    np.testing.assert_allclose(parts.direct[0], want, rtol=1e-10)


def test_arriaga__refuses_tables_of_other_ages() -> None:
    a = lt.life_table([0.1, 0.1, 0.1], sex="male")
    b = lt.life_table([0.1, 0.1, 0.1, 0.1], sex="male")
    with pytest.raises(DataError, match="3 and 4; expected the same"):
        lt.arriaga(a, b)


def test_entropy__is_one_under_a_constant_force() -> None:
    # Keyfitz (1977)
    table = lt.life_table(np.full(2000, 0.01), sex="female", a0=0.5)
    np.testing.assert_allclose(lt.entropy(table), 1.0, rtol=1e-3)


def test_e_dagger__is_nearly_zero_where_all_die_together() -> None:
    m = np.full(81, 1e-9)
    m[-1] = 1e3
    assert lt.e_dagger(lt.life_table(m, sex="female", a0=0.1)) < 0.01


def test_e_dagger__equals_minus_the_integral_of_l_ln_l() -> None:
    table = lt.life_table(GOMPERTZ, sex="female", a0=0.5, radix=1e5)
    share = table.lx / table.lx[0]
    integral = -np.trapezoid(share * np.log(share), AGE)
    np.testing.assert_allclose(lt.e_dagger(table), integral, rtol=1e-3)


def test_entropy__tells_the_gain_of_a_fall_of_all_rates() -> None:
    table = lt.life_table(GOMPERTZ, sex="female", a0=0.5)
    lower = lt.life_table(0.999 * GOMPERTZ, sex="female", a0=0.5)
    gain = (lower.ex[0] / table.ex[0] - 1) / 0.001
    np.testing.assert_allclose(lt.entropy(table), gain, rtol=5e-3)
