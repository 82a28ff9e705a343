"""Decomposition: Das Gupta's own examples, Kitagawa, Horiuchi, stepwise, urban growth."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from popsim.errors import ConvergenceError, DataError
from popsim.methods.decomposition import (
    cross_classified,
    das_gupta,
    horiuchi,
    kitagawa,
    stepwise,
    structure_factors,
    urban_growth,
    urban_transfers,
)

# Das Gupta (1993), Standardization and Decomposition of Rates, P23-186. Inputs and results of his
# numbered examples as carried by the R package DasGuptR.
AUSTRIA = {"births": 51.78746, "women": 0.45919, "share": 0.52638}
CHILE = {"births": 84.90502, "women": 0.75756, "share": 0.51065}
TAIWAN_1960 = {
    "births": [393, 407, 369, 274, 184, 90, 16],
    "married": [0.122, 0.622, 0.903, 0.930, 0.916, 0.873, 0.800],
    "women": [0.043, 0.041, 0.036, 0.032, 0.026, 0.020, 0.018],
}
TAIWAN_1970 = {
    "births": [488, 452, 338, 156, 63, 22, 3],
    "married": [0.082, 0.527, 0.866, 0.941, 0.942, 0.923, 0.876],
    "women": [0.058, 0.038, 0.032, 0.030, 0.026, 0.023, 0.019],
}
HEADSHIP = {
    "size_1970": [12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9],
    "rate_1970": [1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8],
    "size_1985": [10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5],
    "rate_1985": [2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2],
}
DEATHS = {
    "size_1970": [
        [2968, 11484, 34614, 30992, 21983, 20314, 20928, 16897, 11339, 5720, 1315],
        [535, 2162, 6120, 4781, 3096, 2718, 2363, 1767, 1149, 448, 117],
    ],
    "rate_1970": [
        [18.469, 0.751, 0.391, 1.146, 1.287, 2.672, 6.636, 15.691, 34.723, 79.763, 176.837],
        [36.993, 1.352, 0.541, 2.040, 3.523, 6.746, 12.967, 24.471, 45.091, 74.902, 123.205],
    ],
    "size_1985": [
        [3041, 11577, 27450, 32711, 35480, 27411, 19555, 19795, 15254, 8022, 2472],
        [707, 2692, 6473, 6841, 6547, 4352, 3034, 2540, 1749, 804, 236],
    ],
    "rate_1985": [
        [9.163, 0.462, 0.248, 0.929, 1.084, 1.810, 4.715, 12.187, 27.728, 64.068, 157.570],
        [17.208, 0.738, 0.328, 1.103, 2.045, 3.724, 8.052, 17.812, 34.128, 68.276, 125.161],
    ],
}


@pytest.fixture(scope="module")
def published(validation_dir):
    text = (validation_dir / "published_cases.json").read_text(encoding="utf-8")
    return json.loads(text)["das_gupta_1993"]


@pytest.mark.validation
def test_das_gupta__example_2_1_earnings(published) -> None:
    found = das_gupta({"a": 10930, "b": 0.717892}, {"a": 16591, "b": 0.825974})
    effects = [float(effect) for effect in found.effects.values()]
    np.testing.assert_allclose([*effects, found.total], published["eg2_1"], atol=5e-4)
    np.testing.assert_allclose(found.standardised["a"], [8437.228, 12807.14], atol=5e-3)
    np.testing.assert_allclose(found.standardised["b"], [9878.553, 11365.82], atol=5e-3)


def test_das_gupta__example_2_2_three_factors() -> None:
    found = das_gupta(AUSTRIA, CHILE)
    effects = list(found.effects.values())
    np.testing.assert_allclose(effects, [10.4340333, 10.5608476, -0.6670084], atol=5e-8)
    np.testing.assert_allclose(found.total, 20.3278726, atol=5e-8)


def test_das_gupta__example_2_3_four_factors() -> None:
    names = ("births", "pregnancies", "active", "single")
    first = dict(zip(names, (25.3, 0.214, 0.279, 0.949), strict=True))
    second = dict(zip(names, (32.7, 0.290, 0.473, 0.986), strict=True))
    effects = list(das_gupta(first, second).effects.values())
    np.testing.assert_allclose(effects, [0.6889411, 0.8125381, 1.3829055, 0.1047547], atol=5e-8)


def test_das_gupta__example_2_4_five_factors() -> None:
    names = ("married", "contraception", "abortion", "lactation", "fecundity")
    first = dict(zip(names, (0.58, 0.76, 0.84, 0.66, 16.573), strict=True))
    second = dict(zip(names, (0.72, 0.97, 0.97, 0.56, 16.158), strict=True))
    effects = list(das_gupta(first, second).effects.values())
    expected = [1.0909785, 1.2298438, 0.7278399, -0.8398707, -0.1290187]
    np.testing.assert_allclose(effects, expected, atol=5e-8)


def test_das_gupta__example_3_1_difference_as_rate() -> None:
    found = das_gupta(
        {"births": 19.4, "deaths": 10.8},
        {"births": 23.7, "deaths": 9.5},
        lambda f: f["births"] - f["deaths"],
    )
    np.testing.assert_allclose(list(found.effects.values()), [4.3, 1.3], atol=1e-12)


@pytest.mark.validation
def test_das_gupta__example_4_3_taiwan(published) -> None:
    found = das_gupta(TAIWAN_1960, TAIWAN_1970)
    effects = [float(effect) for effect in found.effects.values()]
    np.testing.assert_allclose([*effects, found.total], published["eg4_3_taiwan_cbr"], atol=5e-5)


def test_das_gupta__example_4_4_ratio_of_sums() -> None:
    first = {
        "a": [0.200, 0.163, 0.146, 0.154, 0.168, 0.169],
        "b": [0.866, 0.325, 0.119, 0.099, 0.099, 0.121],
        "c": [0.007, 0.021, 0.023, 0.015, 0.008, 0.002],
        "d": [0.454, 0.326, 0.195, 0.107, 0.051, 0.015],
    }
    second = {
        "a": [0.169, 0.195, 0.190, 0.174, 0.150, 0.122],
        "b": [0.931, 0.563, 0.311, 0.216, 0.199, 0.191],
        "c": [0.018, 0.026, 0.023, 0.016, 0.008, 0.002],
        "d": [0.380, 0.201, 0.149, 0.079, 0.025, 0.006],
    }

    def illegitimacy(f):
        outside = np.sum(f["a"] * f["b"] * f["c"])
        return outside / (outside + np.sum(f["a"] * (1 - f["b"]) * f["d"]))

    effects = list(das_gupta(first, second, illegitimacy).effects.values())
    expected = [-0.00620498, 0.04866154, 0.02705922, 0.02470928]
    np.testing.assert_allclose(effects, expected, atol=5e-9)


@pytest.mark.validation
def test_cross_classified__example_5_3_death_rates(published) -> None:
    found = cross_classified(*DEATHS.values(), names=["race", "age"])
    case = published["eg5_3_us_cdr"]
    for name in ("race", "age", "rate"):
        np.testing.assert_allclose(found.effects[name], case[name], atol=5e-8)
    np.testing.assert_allclose(found.total, case["r2"] - case["r1"], atol=1e-6)
    # the table printed with the example
    np.testing.assert_allclose(found.standardised["age"], [8.385332, 9.907067], atol=5e-7)
    np.testing.assert_allclose(found.standardised["race"], [9.136312, 9.156087], atol=5e-7)
    np.testing.assert_allclose(found.standardised["rate"], [10.257368, 8.029643], atol=5e-7)


def test_cross_classified__axes_without_names_refused() -> None:
    with pytest.raises(DataError, match="names do not name the axes"):
        cross_classified(*DEATHS.values(), names=["race"])


@settings(max_examples=20, deadline=None)
@given(arrays(float, (2, 4), elements=st.floats(0.1, 10)))
def test_das_gupta__effects_add_up_for_any_rate(values) -> None:
    first, second = (dict(zip("abcd", row, strict=True)) for row in values)
    found = das_gupta(first, second, lambda f: f["a"] ** 2 / f["b"] + np.log(f["c"]) * f["d"])
    np.testing.assert_allclose(sum(found.effects.values()), found.total, atol=1e-8)


def test_das_gupta__factors_that_do_not_join_refused() -> None:
    with pytest.raises(DataError, match="factors do not join"):
        das_gupta({"a": 1.0}, {"b": 1.0})
    with pytest.raises(DataError, match=r"factors2\[a\]: shape"):
        das_gupta({"a": [1.0, 2.0]}, {"a": [1.0]})


def test_das_gupta__rate_that_is_not_finite_refused() -> None:
    with pytest.raises(DataError, match="rate with b of the second population"):
        das_gupta(
            {"a": 1.0, "b": 1.0}, {"a": 2.0, "b": 0.0}, lambda f: np.nan if f["b"] == 0 else 1
        )


@settings(max_examples=20, deadline=None)
@given(arrays(float, (2, 3, 2), elements=st.floats(1, 100)))
def test_structure_factors__three_axes_multiply_to_the_shares(counts) -> None:
    product = np.prod(structure_factors(counts), axis=0)
    np.testing.assert_allclose(product, counts / counts.sum(), rtol=1e-10)


def test_structure_factors__empty_margin_names_the_cell() -> None:
    with pytest.raises(DataError, match=r"margin over axes \(0,\)\[1, 0\]: nobody"):
        structure_factors([[1.0, 2.0], [0.0, 0.0]])


@pytest.mark.validation
def test_kitagawa__example_5_1_headship(published) -> None:
    parts = kitagawa(*HEADSHIP.values())
    found = [parts.composition.sum(), parts.rate.sum(), parts.total]
    np.testing.assert_allclose(found, published["eg5_1_headship"], atol=5e-5)


@settings(max_examples=20, deadline=None)
@given(arrays(float, (4, 5), elements=st.floats(0.5, 50)))
def test_kitagawa__adds_up_and_turns_with_the_populations(values) -> None:
    there = kitagawa(values[0], values[1], values[2], values[3])
    back = kitagawa(values[2], values[3], values[0], values[1])
    np.testing.assert_allclose((there.composition + there.rate).sum(), there.total, atol=1e-10)
    np.testing.assert_allclose(there.rate, -back.rate, atol=1e-12)


def test_kitagawa__nobody_refused() -> None:
    with pytest.raises(DataError, match="composition2, total"):
        kitagawa([1, 2], [0.1, 0.1], [0, 0], [0.1, 0.1])


# On a function bilinear in shares and rates the path integral is Kitagawa's formula.
def test_horiuchi__equals_kitagawa_on_example_5_1() -> None:
    size1, rate1, size2, rate2 = (np.array(v) for v in HEADSHIP.values())
    start = np.stack([size1 / size1.sum(), rate1])
    stop = np.stack([size2 / size2.sum(), rate2])
    found = horiuchi(lambda x: float(x[0] @ x[1]), start, stop, steps=4)
    np.testing.assert_allclose(found.sum(axis=1), [1.2269, 1.7403], atol=5e-5)


def e0(rates: np.ndarray) -> float:
    """Life expectancy with rates constant in each single year, the last open."""
    alive = np.concatenate([[1.0], np.exp(-np.cumsum(rates[:-1]))])
    years = -np.diff(alive) / rates[:-1]
    return float(years.sum() + alive[-1] / rates[-1])


def gompertz(level: float) -> np.ndarray:
    return level * np.exp(0.09 * np.arange(0, 101))


def test_horiuchi__error_falls_with_the_square_of_the_steps() -> None:
    start, stop = gompertz(8e-5), gompertz(4e-5)
    total = e0(stop) - e0(start)
    left = [abs(horiuchi(e0, start, stop, steps=n, tolerance=None).sum() - total) for n in (10, 20)]
    assert left[0] / left[1] == pytest.approx(4, rel=0.05)


def test_horiuchi__unexplained_remainder_refused() -> None:
    with pytest.raises(ConvergenceError, match="contributions do not add up"):
        horiuchi(lambda x: float(x[0] * x[1]) ** 5, [1.0, 2.0], [5.0, 3.0], steps=1)


@pytest.mark.parametrize("order", ["up", "down", "both"])
@pytest.mark.parametrize("symmetric", [True, False])
def test_stepwise__adds_up_exactly(order, symmetric) -> None:
    start, stop = gompertz(8e-5), gompertz(4e-5)
    found = stepwise(e0, start, stop, order=order, symmetric=symmetric)
    assert found.sum() == pytest.approx(e0(stop) - e0(start), abs=1e-10)


def test_stepwise__near_the_line_integral_for_small_changes() -> None:
    start, stop = gompertz(8e-5), gompertz(7.6e-5)
    smooth = horiuchi(e0, start, stop)
    np.testing.assert_allclose(stepwise(e0, start, stop), smooth, atol=2e-5)


def test_stepwise__unknown_order_refused() -> None:
    with pytest.raises(DataError, match="no such order"):
        stepwise(e0, gompertz(8e-5), gompertz(4e-5), order="sideways")


@settings(max_examples=20, deadline=None)
@given(arrays(float, (5, 3), elements=st.floats(0, 1e6)))
def test_urban_growth__parts_add_up(values) -> None:
    start, end, natural, moved, classed = values
    for known in (
        {},
        {"migration": moved},
        {"reclassified": classed},
        {"migration": moved, "reclassified": classed},
    ):
        found = urban_growth(start, end, natural_increase=natural, **known)
        parts = found.natural + found.migration + found.reclassification + found.residual
        np.testing.assert_allclose(parts, end - start, atol=1e-6)


def test_urban_growth__says_which_part_is_the_residual() -> None:
    whole = urban_growth(1000.0, 1500.0, natural_increase=100.0)
    assert whole.method == "migration and reclassification"
    assert float(whole.migration) == 400
    known = urban_growth(1000.0, 1500.0, natural_increase=100.0, migration=250.0)
    assert known.method == "reclassification"
    assert float(known.reclassification) == 150


def test_urban_transfers__nothing_moves_where_all_grow_alike() -> None:
    np.testing.assert_allclose(urban_transfers([300.0], [330.0], [1000.0], [1100.0]), 0, atol=1e-9)


def test_urban_transfers__more_urban_than_people_refused() -> None:
    with pytest.raises(DataError, match=r"urban1\[0\]: more urban people than people; got 1200"):
        urban_transfers([300.0], [1200.0], [1000.0], [1100.0])
