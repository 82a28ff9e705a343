"""TFR, mean age, GRR, NRR, patterns, rates from births, indirect estimates."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from popsim.errors import DataError
from popsim.methods.fertility import (
    child_woman_ratio,
    converge_pattern,
    gamma,
    grr,
    mean_age,
    nrr,
    own_children,
    pattern,
    rates_by_age,
    rates_from_births,
    rates_from_total_births,
    reverse_survival,
    tfr,
    tfr_from_age_structure,
)


@pytest.mark.validation
def test_nrr__demcore(validation_dir) -> None:
    text = (validation_dir / "published_cases.json").read_text(encoding="utf-8")
    case = json.loads(text)["nrr_demCore"]
    found = nrr(case["asfr"], case["nLx"], case["srb"])
    assert float(found) == pytest.approx(case["expect"], abs=case["tolerance"])


# Preston, Heuveline and Guillot (2001), Box 6.2: rates of Sweden 1993, women in the table of 1993.
@pytest.mark.validation
def test_nrr__sweden_1993_below_its_grr(validation_dir) -> None:
    text = (validation_dir / "published_cases.json").read_text(encoding="utf-8")
    case = json.loads(text)["preston_box_6_2_sweden_females_1993"]
    lived = case["nLx"][3:10]
    net = float(nrr(case["asfr_15_49"], lived, case["srb"], radix=case["l0"]))
    gross = float(grr(case["asfr_15_49"], case["srb"], width=5))
    by_hand = np.dot(case["asfr_15_49"], lived) / 100_000 / 2.05
    assert net == pytest.approx(by_hand)
    assert 0.985 < net / gross < 0.995


def test_tfr__and_mean_age_many_regions_at_once() -> None:
    rates = np.array([[0.1, 0.2, 0.1], [0.0, 0.1, 0.3]])
    np.testing.assert_allclose(tfr(rates, width=5), [2.0, 2.0])
    np.testing.assert_allclose(mean_age(rates, [20, 25, 30], width=5), [27.5, 31.25])


def test_mean_age__of_a_gamma_schedule_is_its_parameter() -> None:
    age = np.arange(12, 80)
    rates = rates_by_age("gamma", age, tfr=1.5, mean_age=29.3, sd=5)
    # grouping into single ages moves the mean by less than a hundredth of a year
    assert float(mean_age(rates, age)) == pytest.approx(29.3, abs=0.01)


def test_mean_age__no_births_refused() -> None:
    with pytest.raises(DataError, match=r"rates, total\[1\]: zero or negative"):
        mean_age([[0.1, 0.1], [0.0, 0.0]], [20, 25], width=5)


def test_nrr__ages_that_do_not_join_refused() -> None:
    with pytest.raises(DataError, match="Lx: shape does not join with rates"):
        nrr([0.1, 0.2], [4.5, 4.4, 4.3], 1.05)


@settings(max_examples=20, deadline=None)
@given(arrays(float, (2, 6), elements=st.floats(0.001, 1)))
def test_converge_pattern__mean_age_moves_evenly(rates) -> None:
    age = np.arange(20, 50, 5)
    years = [0, 10, 20, 50]
    path = converge_pattern(rates[0], rates[1], years, convergence_years=20, width=5)
    np.testing.assert_allclose(tfr(path, width=5), 1)
    first, last = (float(mean_age(r, age, width=5)) for r in rates)
    expected = [first, (first + last) / 2, last, last]
    np.testing.assert_allclose(mean_age(path, age, width=5), expected, rtol=1e-9)


def test_converge_pattern__no_time_refused() -> None:
    with pytest.raises(DataError, match="no time to converge in"):
        converge_pattern([1, 1], [1, 2], [0], convergence_years=0)


def test_pattern__zero_schedule_refused() -> None:
    with pytest.raises(DataError, match="rates, total"):
        pattern([0.0, 0.0])


@settings(max_examples=20, deadline=None)
@given(
    arrays(float, (3, 5), elements=st.floats(1, 1e5)),
    arrays(float, (3, 5), elements=st.floats(100, 1e6)),
    arrays(float, 3, elements=st.floats(0, 1e4)),
)
def test_rates_from_births__give_all_births_back(births, women, unknown) -> None:
    rates = rates_from_births(births, women, unknown=unknown, years=5)
    again = 5 * (rates * women).sum(axis=-1)
    np.testing.assert_allclose(again, births.sum(axis=-1) + unknown, rtol=1e-10)


def test_rates_from_births__births_to_no_women_names_the_cell() -> None:
    with pytest.raises(DataError, match=r"births\[2\]: births to no women; got 3"):
        rates_from_births([1, 2, 3], [10, 10, 0])


def test_rates_from_births__all_unknown_points_to_the_other_function() -> None:
    with pytest.raises(DataError, match="use rates_from_total_births"):
        rates_from_births([0, 0], [10, 10], unknown=5)


@settings(max_examples=20, deadline=None)
@given(
    arrays(float, 3, elements=st.floats(1, 1e5)), arrays(float, (3, 4), elements=st.floats(1, 1e6))
)
def test_rates_from_total_births__give_births_and_pattern(births, women) -> None:
    shape = np.array([0.1, 0.4, 0.3, 0.2])
    rates = rates_from_total_births(births, women, shape)
    np.testing.assert_allclose((rates * women).sum(axis=-1), births, rtol=1e-10)
    np.testing.assert_allclose(pattern(rates), np.broadcast_to(shape, rates.shape), rtol=1e-10)


def test_rates_from_total_births__no_women_of_those_ages_refused() -> None:
    with pytest.raises(DataError, match="births but no women of the pattern's ages"):
        rates_from_total_births(10.0, [0.0, 5.0], [1.0, 0.0])


# Hauer and Schmertmann (2020): (10.65 - 12.55 pi) C / W, and 7 C / W, divided by 1 - .75 q5.
def test_tfr_from_age_structure__formulas_by_hand() -> None:
    women = np.full(7, 100.0)
    simple = tfr_from_age_structure(210.0, women, method="simple")
    assert float(simple) == pytest.approx(7 * 0.3)
    extended = tfr_from_age_structure(210.0, women, q5=0.04)
    assert float(extended) == pytest.approx((10.65 - 12.55 * 2 / 7) * 0.3 / 0.97)


# Half of the schedules in the source lie within .09 births of the truth; a flat pyramid with a late
# schedule must lie near it.
@pytest.mark.parametrize("level", [1.2, 2.1, 4.0])
def test_tfr_from_age_structure__near_the_truth_in_a_flat_pyramid(level) -> None:
    ages = np.arange(15, 50)
    rates = gamma(ages + 0.5, tfr=level, mean_age=28, sd=5.5)
    children = 5 * float((rates * 1000).sum())
    found = tfr_from_age_structure(children, np.full(7, 5000.0))
    assert float(found) == pytest.approx(level, rel=0.03)


def test_tfr_from_age_structure__groups_of_women() -> None:
    with pytest.raises(DataError, match="women: shape does not join with seven ages 15-49"):
        tfr_from_age_structure(300.0, np.full(35, 100.0))


def test_child_woman_ratio__no_women_refused() -> None:
    with pytest.raises(DataError, match="women, total: zero or negative"):
        child_woman_ratio(5.0, np.zeros(7))


def simulate(levels: np.ndarray, fertile: int, width: int) -> tuple[np.ndarray, ...]:
    """Project women of a single-age population and their children; return what a count shows."""
    lived = np.exp(-0.0005 * np.arange(width) ** 1.5)
    shape = pattern(gamma(np.arange(fertile) + 15.5, tfr=1, mean_age=27, sd=5))
    women = 1000 * np.linspace(1.3, 0.6, width)
    alive = 0.97 - 0.002 * np.arange(levels.size)
    children = np.zeros(levels.size)
    for year in range(levels.size):
        entrants = 1250.0 + 10 * year
        after = np.concatenate([[entrants], women[:-1] * lived[1:] / lived[:-1]])
        exposed = (women + after)[:fertile] / 2
        births = levels[year] * float(shape @ exposed)
        children = np.concatenate([[births * alive[0]], children[:-1] * alive[1:] / alive[:-1]])
        women = after
    return children, women, shape, alive, lived


def test_reverse_survival__finds_the_tfr_of_every_year() -> None:
    levels = np.linspace(2.4, 1.3, 10)
    children, women, shape, alive, lived = simulate(levels, fertile=35, width=45)
    found = reverse_survival(children, women, shape, child_survival=alive, women_Lx=lived)
    np.testing.assert_allclose(found.tfr, levels[::-1], rtol=1e-10)


def test_reverse_survival__pattern_of_each_year() -> None:
    levels = np.linspace(2.4, 1.3, 10)
    children, women, shape, alive, lived = simulate(levels, fertile=35, width=45)
    yearly = np.tile(3 * shape, (10, 1))
    found = reverse_survival(children, women, yearly, child_survival=alive, women_Lx=lived)
    np.testing.assert_allclose(found.tfr, levels[::-1], rtol=1e-10)


# Cambodia, census of 2008: children by single age and the survival used with them, as carried by
# the R package fertestr from Tools for Demographic Estimation (2013). Births by hand.
def test_reverse_survival__cambodia_2008_births() -> None:
    children = np.array([281260, 261320, 268410, 286810, 278990])
    lx = np.array([1.0000, 0.9320, 0.9275, 0.9228, 0.9165, 0.9125])
    alive = (lx[:-1] + lx[1:]) / 2
    found = reverse_survival(
        children, np.full(40, 1e5), np.ones(35), child_survival=alive, women_Lx=np.ones(40)
    )
    np.testing.assert_allclose(found.births, children / alive)
    assert found.births[0] == pytest.approx(281260 / 0.966)


def test_reverse_survival__too_few_women_refused() -> None:
    with pytest.raises(DataError, match="women: shape does not join with pattern and children"):
        reverse_survival([1.0], np.ones(3), np.ones(3), child_survival=[0.9], women_Lx=np.ones(3))


def test_own_children__stationary_population_keeps_tfr_and_mean_age() -> None:
    ages, fertile = 5, 35
    rates = np.zeros(fertile)
    rates[2:-3] = 0.05 + 0.04 * np.sin(np.arange(fertile - 5) / 9)
    alive = np.linspace(0.98, 0.95, ages)
    children = np.zeros((ages, fertile + ages))
    for x in range(ages):  # a mother of age a at birth is a + x or a + x + 1 now
        born = 1000 * rates * alive[x] / 2
        children[x, x : x + fertile] += born
        children[x, x + 1 : x + 1 + fertile] += born
    women = np.full(fertile + ages, 1000.0)
    found = own_children(children, women, child_survival=alive, women_Lx=np.ones(fertile + ages))
    age = np.arange(15, 50)
    np.testing.assert_allclose(tfr(found.rates), rates.sum(), rtol=1e-12)
    np.testing.assert_allclose(mean_age(found.rates, age), float(mean_age(rates, age)), rtol=1e-12)


def test_own_children__raised_to_all_children() -> None:
    matched = np.zeros((2, 6))
    matched[:, 2:4] = 10.0
    arguments = {"child_survival": [1.0, 1.0], "women_Lx": np.ones(6)}
    plain = own_children(matched, np.full(6, 100.0), **arguments)
    raised = own_children(matched, np.full(6, 100.0), all_children=[30, 20], **arguments)
    np.testing.assert_allclose(raised.births[0], 1.5 * plain.births[0])
    np.testing.assert_allclose(raised.births[1], plain.births[1])


def test_own_children__fewer_children_than_matched_refused() -> None:
    with pytest.raises(DataError, match=r"all_children\[0\]: matched and all children do not join"):
        own_children([[5.0, 5.0]], [9, 9], child_survival=[1.0], women_Lx=[1, 1], all_children=[8])


def test_own_children__births_to_no_women_refused() -> None:
    with pytest.raises(DataError, match=r"births\[0, 0\]: births to no women|births to no women"):
        own_children([[5.0, 0.0]], [0, 0], child_survival=[1.0], women_Lx=[1, 1])


def test_rates_from_births__one_unknown_for_many_regions_refused() -> None:
    with pytest.raises(DataError, match="unknown: shape does not join with births"):
        rates_from_births([[1, 2], [3, 4]], [[10, 10], [10, 10]], unknown=5)


def test_nrr__regions_that_do_not_join_refused() -> None:
    with pytest.raises(DataError, match="rates, Lx, sex_ratio_at_birth: shapes do not join"):
        nrr(np.ones((3, 2)), np.ones((2, 2)), 1.05)
