"""Single ages to five-year groups and back."""

from __future__ import annotations

import numpy as np
import pytest

from popsim.errors import DataError
from popsim.methods import lifetable as lt

AGE = np.arange(101.0)
SINGLE = lt.life_table(0.004 * np.exp(-AGE) + 3e-5 * np.exp(0.09 * AGE), sex="female")
WIDTH = np.array([1.0, 4.0, *[5.0] * 19, np.inf])


def test_abridge__keeps_every_survivor_and_every_year() -> None:
    wide = lt.abridge(SINGLE)
    starts = np.concatenate([[0, 1], np.arange(5, 101, 5)])
    np.testing.assert_array_equal(wide.lx, SINGLE.lx[starts])
    np.testing.assert_array_equal(wide.ex, SINGLE.ex[starts])
    np.testing.assert_allclose(wide.Lx.sum(), SINGLE.Tx[0], rtol=1e-12)
    # its own rates and ax rebuild the same table
    again = lt.life_table(wide.mx, sex="female", width="abridged", ax=wide.ax)
    np.testing.assert_allclose(again.lx, wide.lx, rtol=1e-12)
    np.testing.assert_allclose(again.Sx, wide.Sx, rtol=1e-12)
    five = SINGLE.Lx[:100].reshape(20, 5).sum(axis=1)
    np.testing.assert_allclose(wide.Sx[1:-1], five[1:] / five[:-1], rtol=1e-12)


def test_unabridge__keeps_survivors_at_the_limits() -> None:
    wide = lt.abridge(SINGLE)
    both = lt.life_table(np.stack([wide.mx, wide.mx * 1.2]), sex="female", width="abridged")
    single = lt.unabridge(both, WIDTH)
    starts = np.concatenate([[0, 1], np.arange(5, 101, 5)])
    np.testing.assert_allclose(single.lx[:, starts], both.lx, rtol=1e-12)
    assert np.all(single.mx > 0)
    np.testing.assert_allclose(single.ex[:, 0], both.ex[:, 0], atol=0.05)


def test_unabridge__finds_gompertz_rates_again() -> None:
    m = 3e-5 * np.exp(0.09 * AGE)
    single = lt.life_table(m, sex="female", a0=0.5)
    found = lt.unabridge(lt.abridge(single), WIDTH)
    np.testing.assert_allclose(found.mx[10:95], m[10:95], rtol=0.01)


def test_regroup__refuses_ages_that_do_not_join() -> None:
    with pytest.raises(DataError, match="open age 3: expected a multiple of 5"):
        lt.abridge(lt.life_table([0.1, 0.1, 0.1, 0.2], sex="male"))
    wide = lt.abridge(SINGLE)
    with pytest.raises(DataError, match="3 widths for 22 age groups"):
        lt.unabridge(wide, [1, 4, np.inf])
    with pytest.raises(DataError, match="age 0 alone"):
        lt.unabridge(wide, np.array([5.0] * 21 + [np.inf]))
