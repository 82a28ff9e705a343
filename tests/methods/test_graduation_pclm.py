"""The penalised composite link model and the open age."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import DataError
from popsim.methods import graduation

AGE = np.array([0, 1, *range(5, 90, 5)])
checked = settings(max_examples=15, deadline=None)


def gompertz(ages, a=3e-5, b=0.1):
    """Deaths by single age of a Gompertz law with 100,000 births, without rounding."""
    edges = np.append(ages, ages[-1] + 1)
    return -np.diff(1e5 * np.exp(-a / b * np.expm1(b * edges)))


def test_pclm__recovers_the_distribution_behind_5_year_groups() -> None:
    # Deaths of a life table by 5-year group and 100+: the design of Rizzi, Gampe and Eilers (2015),
    # whose point is that the smooth distribution comes back.
    truth = gompertz(np.arange(115))
    groups = [*range(0, 105, 5)]
    fit = graduation.pclm_fit(graduation.aggregate(truth, groups), groups)
    assert np.abs(fit.counts - truth)[:100].max() < 0.01 * truth.max()
    assert np.abs(fit.counts - truth).sum() < 0.01 * truth.sum()


def test_pclm__offset_makes_the_rate_smooth() -> None:
    ages = np.arange(40, 100)
    exposure = 1e5 * np.where(ages % 10 < 5, 1.5, 0.7)
    rate = 5e-4 * np.exp(0.09 * (ages - 40))
    groups = [*range(40, 100, 5)]
    deaths = graduation.aggregate(rate * exposure, groups)
    fit = graduation.pclm_fit(deaths, groups, offset=exposure, open_ended=False)
    np.testing.assert_allclose(fit.rate, rate, rtol=0.02)
    np.testing.assert_allclose(graduation.aggregate(fit.counts, groups), deaths, rtol=1e-12)
    np.testing.assert_allclose(fit.rate * exposure, fit.counts, rtol=1e-12)


def test_pclm__larger_penalty_is_smoother() -> None:
    heaped = np.array([50.0, 70, 40, 66, 38, 60, 30, 44, 20, 30, 11, 9]) * 100
    groups = 5 * np.arange(12)
    rough = [
        np.abs(np.diff(np.log(graduation.pclm_fit(heaped, groups, smoothing=w).fitted), 2)).sum()
        for w in (1.0, 1e4, 1e8)
    ]
    assert rough[0] > rough[1] > rough[2]


def test_pclm__aic_smooths_no_more_than_bic() -> None:
    counts = np.random.default_rng(5).poisson(40 * np.exp(-0.03 * 5 * np.arange(18)))
    groups = 5 * np.arange(18)
    aic = graduation.pclm_fit(counts, groups, smoothing="aic")
    bic = graduation.pclm_fit(counts, groups, smoothing="bic")
    assert aic.smoothing <= bic.smoothing * 1.01
    assert aic.aic <= bic.aic + 0.1
    assert bic.bic <= aic.bic + 0.1


@checked
@given(st.lists(st.floats(0, 1e6), min_size=19, max_size=19))
def test_pclm__keeps_groups_and_sign(counts) -> None:
    single = graduation.pclm(counts, AGE)
    assert single.shape == (101,)
    assert single.min() >= 0
    kept = graduation.aggregate(single, AGE)
    np.testing.assert_allclose(kept, counts, rtol=1e-9, atol=1e-9)


def test_pclm__rows_and_ages_kept() -> None:
    table = np.stack([np.linspace(900, 10, 19), np.zeros(19)]).reshape(2, 1, 19)
    single = graduation.pclm(table, AGE)
    assert single.shape == (2, 1, 101)
    assert not single[1].any()
    kept = graduation.pclm(table, AGE, last_age=None, closing_age=110)
    assert kept.shape == (2, 1, 110)
    assert graduation.pclm(table, AGE, last_age=85).shape == (2, 1, 86)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"last_age": 80}, "last_age 80 must lie between"),
        ({"closing_age": 85}, "closing_age 85 must lie above"),
        ({"offset": np.ones(30)}, "offset has shape"),
        ({"offset": np.zeros(115)}, "age 0: exposure must be above 0"),
        ({"smoothing": "gcv"}, "smoothing must be a number, 'aic' or 'bic'"),
    ],
)
def test_pclm__refuses(change, message) -> None:
    with pytest.raises(DataError, match=message):
        graduation.pclm(np.ones(19), AGE, **change)


LX = 1e5 * np.exp(-3e-5 / 0.1 * np.expm1(0.1 * (np.arange(121) + 0.5)))


def test_redistribute_open_age__gives_back_a_stable_population() -> None:
    stable = graduation.stable_population(LX, 0.013)
    wanted = [*range(0, 105, 5)]
    grouped = graduation.aggregate(stable, [*range(0, 90, 5)])
    got = graduation.redistribute_open_age(grouped, [*range(0, 90, 5)], standard_Lx=LX)
    np.testing.assert_allclose(got, graduation.aggregate(stable, wanted), rtol=1e-5)


def test_stable_population__life_table_at_no_growth_and_open_tail() -> None:
    np.testing.assert_allclose(graduation.stable_population(LX, 0.0), LX, rtol=1e-12)
    # A standard cut at an age from which survival is constant loses nothing by the cut.
    constant = 0.8 ** np.arange(400)
    cut = np.append(constant[:20], constant[20:].sum())
    long = graduation.stable_population(constant, 0.02)
    short = graduation.stable_population(cut, 0.02)
    assert short[-1] == pytest.approx(long[20:].sum(), rel=1e-12)


@checked
@given(st.lists(st.floats(1, 1e6), min_size=5, max_size=5), st.floats(-0.03, 0.03))
def test_redistribute_open_age__keeps_the_group(counts, rate) -> None:
    age = [65, 70, 75, 80, 85]
    got = graduation.redistribute_open_age(counts, age, standard_Lx=LX, growth_rate=rate)
    assert got.shape == (8,)
    assert got[4:].sum() == pytest.approx(counts[-1], rel=1e-9)
    assert (np.diff(got[4:7]) < 0).all()
    fitted = graduation.redistribute_open_age([counts, counts], age, standard_Lx=LX)
    np.testing.assert_array_equal(fitted[0], fitted[1])


def test_redistribute_open_age__refuses() -> None:
    counts, age = [10.0, 5.0], [80, 85]
    with pytest.raises(DataError, match="the ages do not join"):
        graduation.redistribute_open_age(counts, age, standard_Lx=LX, to_age=[90, 95])
    with pytest.raises(DataError, match=r"100\+ must be among them"):
        graduation.redistribute_open_age(counts, age, standard_Lx=LX[:95])
    with pytest.raises(DataError, match="Lx must be two or more numbers above 0"):
        graduation.redistribute_open_age(counts, age, standard_Lx=-LX, growth_rate=0.0)
    with pytest.raises(DataError, match=r"nobody at ages 80\+"):
        graduation.redistribute_open_age([0, 0], age, standard_Lx=LX, fit_groups=1)
