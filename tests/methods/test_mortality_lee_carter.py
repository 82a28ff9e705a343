"""Lee-Carter, its forecast, its coherent and rotated forms."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from popsim.errors import DataError
from popsim.methods import lifetable as lt
from popsim.methods import mortality as mo

AGE = np.array([0.0, 1.0, *range(5, 101, 5)])


def table(path: Path) -> np.ndarray:
    return np.genfromtxt(path, delimiter=",", names=True)


@pytest.fixture
def china(validation_dir) -> tuple[Path, np.ndarray]:
    folder = validation_dir / "textbook_cases" / "10_mortcast_lee_carter"
    with (folder / "input_mx.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    m = [[float(row["value"]) for row in rows if row["sex"] == sex] for sex in "fm"]
    return folder, np.array(m).reshape(2, 12, 22)


@pytest.mark.validation
def test_lee_carter__china_of_mortcast(china) -> None:
    folder, m = china
    want = table(folder / "expected_leecarter_female.csv")
    with (folder / "expected_leecarter_female_kt.csv").open(encoding="utf-8") as handle:
        k = [float(row["kt"]) for row in csv.DictReader(handle)]
    fit = mo.lee_carter(m[0], method="sums")
    np.testing.assert_allclose(fit.ax, want["ax"], rtol=1e-12)
    np.testing.assert_allclose(fit.bx, want["bx"], rtol=1e-12)
    np.testing.assert_allclose(fit.kt, k, rtol=1e-11)


@pytest.mark.validation
def test_un_coherent__china_of_mortcast(china) -> None:
    folder, m = china
    want = table(folder / "expected_ax_bx.csv")
    fit = mo.un_coherent(m, AGE)
    np.testing.assert_allclose(fit.ax[0], want["ax_f"], rtol=1e-12)
    np.testing.assert_allclose(fit.ax[1], want["ax_m"], rtol=1e-12)
    np.testing.assert_allclose(fit.bx, want["bx"], rtol=1e-12)


@pytest.mark.validation
def test_rotated_rates__china_of_mortcast(china) -> None:
    folder, m = china
    fit = mo.un_coherent(m, AGE)
    e0 = np.array([[78.0, 75.0], [80.0, 77.0], [83.5, 80.0], [87.0, 84.0]])
    b = mo.rotate(fit.bx, fit.ultimate_bx, e0.mean(axis=1))[:, None, :]
    how = {"sex": ("female", "male"), "width": "abridged", "pattern": b}
    got = mo.mortality_at_e0(np.exp(fit.ax), e0, search="mortcast", **how)
    for i, sex in enumerate(("female", "male")):
        want = table(folder / f"expected_mx_{sex}.csv")
        rates = np.stack([want[name] for name in want.dtype.names[1:]])
        np.testing.assert_allclose(got[:, i], rates, rtol=1e-10)
    # the source stops its search within .01 year of e0; ours does not
    exact = mo.mortality_at_e0(np.exp(fit.ax), e0, **how)
    life = {"sex": ("female", "male"), "width": "abridged"}
    np.testing.assert_allclose(lt.life_table(exact, **life).ex[..., 0], e0, rtol=1e-12)
    np.testing.assert_allclose(lt.life_table(got, **life).ex[..., 0], e0, atol=0.0101)


# Lee & Carter (1992), JASA 87, table 1: a and b (80 and over by their extension), United States.
US_A = [-3.64109, -6.70581, -7.51064, -7.55717, -6.76012, -6.44334, -6.40062, -6.22909, -5.91325]
US_A += [-5.51323, -5.09024, -4.6568, -4.25497, -3.85608, -3.47313, -3.06117, -2.63023, -2.20498]
US_B = [0.09064, 0.11049, 0.09179, 0.08358, 0.04744, 0.05351, 0.05966, 0.06173, 0.05899, 0.05279]
US_B += [0.04458, 0.0383, 0.03382, 0.02949, 0.0288, 0.02908, 0.0324, 0.03091]


def coale_guo(m: np.ndarray) -> np.ndarray:
    """Rates to 105-109, their growth falling linearly so that m(105) = m(75) + .66 (ibid. 662)."""
    growth = np.log(m[17] / m[16])
    fall = (6 * growth - np.log((m[16] + 0.66) / m[16])) / 15
    return np.concatenate([m, m[17] * np.exp(np.cumsum(growth - fall * np.arange(1, 6)))])


def test_lee_carter_forecast__united_states_1992() -> None:
    fit = mo.LeeCarter(np.array(US_A), np.array(US_B), np.array([-11.05]), 0.97)
    years = np.arange(1, 77)  # after 1989
    out = mo.lee_carter_forecast(fit, years, drift=mo.Drift(-0.365, 0.0, 0.652))
    # ibid. table 2: k in 1990, 2000, 2019, and its standard deviation by innovations alone
    np.testing.assert_allclose(out.kt[[0, 10, 29]], [-11.41, -15.06, -22.00], atol=0.011)
    np.testing.assert_allclose(out.kt_sd[[0, 1, 10, 29]], [0.65, 0.92, 2.16, 3.57], atol=0.006)
    rates = np.stack([np.exp(fit.ax + fit.bx * fit.kt[-1]), out.mx[-1]])
    closed = np.stack([coale_guo(m) for m in rates])
    e0 = lt.life_table(closed, sex="both", width="abridged", a0="coale_demeny").ex[:, 0]
    # ibid. abstract: up 10.5 years to 86.05 in 2065, from five-digit parameters and their own ax
    assert abs(e0[1] - e0[0] - 10.5) < 0.1
    assert abs(e0[1] - 86.05) < 0.2


# Li (2018), Limited Lee-Carter v4 (UN), as kept in DemoTools' test_interp_lc_lim.R: males.
LI_DATES = [1980.671, 1991.668, 1996.586, 2000.586, 2010.71]
LI_M = """
.058872 .002992 .000697 .000703 .001424 .002102 .002519 .003109 .004072 .005968 .00739
.010927 .013366 .018798 .028653 .037304 .052714 .059629 .070922 .093256 .135563 .217859
.030825 .001351 .000517 .000528 .001434 .002436 .002954 .003341 .003971 .004966 .006267
.009662 .012983 .019135 .024503 .032664 .047827 .057952 .073104 .099948 .148105 .237862
.026198 .001109 .000457 .000555 .001571 .002404 .003012 .003674 .004129 .005016 .006223
.008328 .012217 .017762 .025149 .032561 .042365 .057642 .080202 .116701 .177582 .282593
.018484 .000883 .000382 .000455 .001646 .002304 .002467 .003097 .003724 .004507 .005908
.00794 .010738 .016865 .022493 .032624 .040211 .051478 .068234 .09696 .147703 .241212
.01295 .00063 .000332 .000433 .001641 .002581 .002578 .002547 .00289 .004012 .005381
.007316 .009889 .013273 .018334 .028212 .03749 .052073 .073922 .109615 .169785 .274699
"""
LI_L = {
    1953: "83150 80337 79837 79431 78942 78185 77029 75385 73199 70275 67106 62278 56789 49566 "
    "40140 32042 22605 15933 10927 6875 3588",
    1983: "95577 94769 94478 94177 93499 92464 91190 89637 87750 85311 82393 78291 73213 66402 "
    "57740 48261 37534 27844 19202 11587 5461",
    2018: "99131 98967 98834 98652 97800 96520 95295 94048 92688 91003 88753 85890 82010 76744 "
    "70385 61350 51679 40330 27992 16003 6550",
}


def test_lee_carter_limited__spreadsheet_of_the_un() -> None:
    m = np.array(LI_M.split(), dtype=float).reshape(5, 22)
    got = mo.lee_carter_limited(m, LI_DATES, list(LI_L))
    lx = lt.life_table(got, sex="male", width="abridged", radix=1e5).lx[:, 1:]
    want = np.array([row.split() for row in LI_L.values()], dtype=float)
    np.testing.assert_allclose(lx, want, rtol=2e-3)
    np.testing.assert_allclose(lx[1:], want[1:], rtol=2e-4)


B = np.array([0.4, 0.3, 0.2, 0.1])
K = np.array([2.0, 1.5, 0.2, -1.0, -2.7])
MODEL = np.exp(np.array([-3.0, -6.0, -4.0, -1.0]) + np.outer(K, B))


@pytest.mark.parametrize("method", ["svd", "sums"])
def test_lee_carter__finds_its_own_parameters(method) -> None:
    fit = mo.lee_carter(MODEL, method=method)
    np.testing.assert_allclose(fit.bx, B, rtol=1e-10)
    np.testing.assert_allclose(fit.kt, K, atol=1e-10)
    np.testing.assert_allclose(fit.explained, 1.0)


def test_lee_carter__jump_off_starts_from_the_last_rates() -> None:
    rng = np.random.default_rng(1)
    m = MODEL * np.exp(rng.normal(0, 0.05, MODEL.shape))
    fit = mo.lee_carter(m, jump_off="observed")
    assert fit.kt[-1] == 0
    np.testing.assert_allclose(np.exp(fit.ax), m[-1], rtol=1e-12)
    out = mo.lee_carter_forecast(fit, [1.0], drift=mo.Drift(0.0, 0.0, 0.1))
    np.testing.assert_allclose(out.mx[0], m[-1], rtol=1e-12)


def test_random_walk_drift__by_hand() -> None:
    drift = mo.random_walk_drift([0.0, -1.0, -3.0, -3.0], step=5.0)
    np.testing.assert_allclose(drift.drift, -0.2)
    # deviations 0, -1, 1 of the five-year steps; two are free
    np.testing.assert_allclose(drift.sigma, np.sqrt(2 / 2 / 5))
    np.testing.assert_allclose(drift.drift_se, drift.sigma / np.sqrt(15))


def test_lee_carter_forecast__draws_have_the_stated_spread_and_repeat() -> None:
    fit = mo.lee_carter(MODEL)
    drift = mo.Drift(-0.9, 0.05, 0.4)
    years = [1.0, 5.0, 20.0]

    def drawn() -> mo.Forecast:
        rng = np.random.default_rng(3)
        return mo.lee_carter_forecast(fit, years, drift=drift, generator=rng, draws=4000)

    out = drawn()
    assert out.mx.shape == (4000, 3, 4)
    np.testing.assert_allclose(out.kt.std(axis=0), out.kt_sd, rtol=0.05)
    np.testing.assert_array_equal(out.kt, drawn().kt)


def test_li_lee__finds_its_own_parameters() -> None:
    own = np.array([0.6, -0.3, -0.3, 0.2])
    # the groups' own factors cancel in the mean and are at right angles to the common k
    kt = np.array([1.0, -1.0, 0.0, 1.0, -1.0])
    kt = kt - kt.mean() - K * ((kt - kt.mean()) @ K) / (K @ K)
    a = np.array([-3.0, -6.0, -4.0, -1.0])
    first = np.exp(a + np.outer(K, B) + np.outer(kt, own))
    second = np.exp(a + 0.3 + np.outer(K, B) - np.outer(kt, own))
    fit = mo.li_lee(np.stack([first, second]))
    np.testing.assert_allclose(fit.Bx, B, rtol=1e-9)
    np.testing.assert_allclose(fit.Kt, K - K.mean(), atol=1e-9)
    rebuilt = fit.ax[:, None] + np.outer(fit.Kt, fit.Bx) + fit.kt[:, :, None] * fit.bx[:, None]
    np.testing.assert_allclose(np.exp(rebuilt), np.stack([first, second]), rtol=1e-9)
    np.testing.assert_allclose(fit.explained, 1.0)
    assert np.all(fit.explained_common < 1)


def test_li_lee__equal_groups_have_no_factor_of_their_own() -> None:
    fit = mo.li_lee(np.stack([MODEL, MODEL * 1.3]), weight=[3.0, 1.0])
    np.testing.assert_allclose(fit.kt, 0.0, atol=1e-9)
    np.testing.assert_allclose(fit.explained_common, 1.0)


def test_rotate__keeps_the_sum_and_the_ends() -> None:
    b = np.array([0.3, 0.25, 0.2, 0.15, 0.1])
    ultimate = mo.ultimate_pattern(b, [0, 15, 60, 65, 70])
    out = mo.rotate(b, ultimate, [60.0, 80.0, 90.0, 102.0, 110.0])
    np.testing.assert_allclose(out.sum(axis=1), 1.0)
    np.testing.assert_array_equal(out[1], b)
    np.testing.assert_allclose(out[3], ultimate, rtol=1e-12)
    np.testing.assert_allclose(ultimate[2], ultimate[3])


def test_lee_carter__refuses_what_it_cannot_fit() -> None:
    with pytest.raises(DataError, match=r"mx\[1, 2\]: zero rate, whose logarithm"):
        mo.lee_carter(np.where(np.arange(20).reshape(5, 4) == 6, 0.0, MODEL))
    with pytest.raises(DataError, match=r"expected \(time, age\) with two dates or more"):
        mo.lee_carter(MODEL[:1])
    with pytest.raises(DataError, match="no rate changes between the dates"):
        mo.lee_carter(np.ones((3, 4)))
    opposite = np.exp(np.outer([1.0, 0.0, -1.0], [0.5, -0.5]))
    with pytest.raises(DataError, match="cannot sum to 1"):
        mo.lee_carter(opposite)
    with pytest.raises(DataError, match="draws need a numpy Generator"):
        mo.lee_carter_forecast(mo.lee_carter(MODEL), [1], drift=mo.Drift(0, 0, 1), draws=2)
    with pytest.raises(DataError, match="rising values"):
        mo.lee_carter_forecast(mo.lee_carter(MODEL), [2, 1], drift=mo.Drift(0, 0, 1))
    with pytest.raises(DataError, match="expected 5 rising dates"):
        mo.lee_carter_limited(MODEL, [1, 2, 3, 5, 4], [1.5])
    with pytest.raises(DataError, match="three values or more"):
        mo.random_walk_drift([1.0, 2.0])
    with pytest.raises(DataError, match="2 weights for 1 groups"):
        mo.li_lee(MODEL[None], weight=[1, 1])
    with pytest.raises(DataError, match="groups beginning at 15 and 60"):
        mo.ultimate_pattern([0.5, 0.5], [0, 15])
