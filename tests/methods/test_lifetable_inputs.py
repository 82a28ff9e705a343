"""Life tables from deaths and from probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import DataError
from popsim.methods import lifetable as lt

# Austria, males 1992: Preston, Heuveline & Guillot (2001), p. 49.
DEATHS = [419, 70, 36, 46, 249, 420, 403, 441, 508, 769, 1154, 1866, 2043, 3496, 4366, 4337, 5279]
DEATHS += [6460, 6146]
PEOPLE = [47925, 189127, 234793, 238790, 254996, 326831, 355086, 324222, 269963, 261971, 238011]
PEOPLE += [261612, 181385, 187962, 153832, 105169, 73694, 57512, 32248]


def test_from_deaths__austria_1992_of_preston() -> None:
    table = lt.from_deaths(DEATHS, PEOPLE, sex="male", width="abridged", a0="coale_demeny")
    # the book's ax differ in the third decimal from Greville's; its e0 is 72.889
    assert abs(table.ex[0] - 72.889) < 0.01
    np.testing.assert_allclose(table.mx[0], 0.00874282733437663, rtol=1e-14)


def test_from_deaths__refuses_bad_cells_by_name() -> None:
    with pytest.raises(DataError, match=r"deaths\[0, 1\], age 1: negative deaths; got -2"):
        lt.from_deaths([[1, -2, 3]], [[9, 9, 9]], sex="male")
    with pytest.raises(DataError, match=r"exposure\[2\], age 5: zero exposure; .*pool this age"):
        lt.from_deaths([1, 2, 3, 1], [9, 9, 0, 5], sex="male", width="abridged")
    with pytest.raises(DataError, match=r"exposure\[0\], age 0: missing exposure"):
        lt.from_deaths([1, 2, 3], [np.nan, 9, 9], sex="male")
    with pytest.raises(DataError, match="2 faults found"):
        lt.from_deaths([1, -2, 3], [0, 9, 9], sex="male")
    with pytest.raises(DataError, match=r"shapes \(2,\) and \(3,\)"):
        lt.from_deaths([1, 2], [9, 9, 9], sex="male")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(1e-5, 0.5), min_size=3, max_size=20), st.sampled_from(["female", "male"]))
def test_from_qx__gives_back_single_age_rates(mx, sex) -> None:
    table = lt.life_table(mx, sex=sex)
    back = lt.from_qx(table.qx, sex=sex, open_mx=mx[-1])
    np.testing.assert_allclose(back.qx, table.qx, rtol=1e-12)
    # the rule for a0 jumps by 1e-4 year at its breaks, where two rates have the same q
    np.testing.assert_allclose(back.mx, mx, rtol=1e-5)
    np.testing.assert_allclose(back.mx[1:], mx[1:], rtol=1e-12)


@pytest.mark.parametrize("a0", ["andreev_kingkade", "coale_demeny"])
def test_from_qx__gives_back_abridged_rates(a0) -> None:
    m = np.array(DEATHS) / np.array(PEOPLE)
    table = lt.life_table(m, sex="male", width="abridged", a0=a0)
    back = lt.from_qx(table.qx, sex="male", width="abridged", a0=a0, open_mx=m[-1])
    np.testing.assert_allclose(back.mx, m, rtol=1e-11)
    np.testing.assert_allclose(back.ex, table.ex, rtol=1e-11)


def test_from_qx__refuses_what_is_no_probability() -> None:
    with pytest.raises(DataError, match=r"qx\[1\], age 1: probability above 1; got 1.2"):
        lt.from_qx([0.1, 1.2, 1.0], sex="male", open_mx=0.3)
    with pytest.raises(DataError, match=r"qx\[2\], age 2: the open group; got 0.5; expected 1"):
        lt.from_qx([0.1, 0.2, 0.5], sex="male", open_mx=0.3)
