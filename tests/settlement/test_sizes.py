"""Sizes of towns: closed forms, the official classes, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import DataError
from popsim.settlement import (
    CITY_SIZE_CLASSES,
    city_size_class,
    city_size_label,
    primacy,
    rank_size,
)


@pytest.mark.parametrize(
    ("persons", "name"),
    [
        # State Council (2014): "above" holds the number itself, "below" does not.
        (199_999, "small_2"),
        (200_000, "small_1"),
        (499_999, "small_1"),
        (500_000, "medium"),
        (1_000_000, "large_2"),
        (2_999_999, "large_2"),
        (3_000_000, "large_1"),
        (5_000_000, "very_large"),
        (10_000_000, "super"),
    ],
)
def test_city_size_class__limits_of_2014(persons: float, name: str) -> None:
    assert city_size_class(persons) == name


def test_city_size_label__every_class_in_both_languages() -> None:
    words = [city_size_label(n, lang) for n in CITY_SIZE_CLASSES for lang in ("zh", "en")]
    assert len(set(words)) == len(words) == 14


def test_city_size_class__not_a_number_of_persons() -> None:
    with pytest.raises(DataError, match="not a number of persons; got -1"):
        city_size_class(-1)


@pytest.mark.parametrize("slope", [0.7, 1.0, 1.4])
def test_rank_size__exact_line_is_found(slope: float) -> None:
    rank = np.arange(1, 30)
    sizes = 1e6 * (rank - 0.5) ** (-1 / slope)
    fit = rank_size(sizes)
    assert fit.slope == pytest.approx(slope, rel=1e-12)
    assert fit.r_squared == pytest.approx(1.0)
    assert fit.standard_error == pytest.approx(slope * np.sqrt(2 / 29))


def test_rank_size__half_removes_most_of_the_bias() -> None:
    # Draws of a Pareto law of exponent 1: the plain line is biased towards 0, as Gabaix &
    # Ibragimov (2011) show, and the shift by 1/2 takes nearly all of it away.
    rng = np.random.default_rng(11)
    samples = [1 / rng.random(50) for _ in range(2000)]
    plain = np.mean([rank_size(s, shift=0.0).slope for s in samples])
    shifted = np.mean([rank_size(s).slope for s in samples])
    assert plain < 0.95
    assert shifted == pytest.approx(1.0, abs=0.03)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(1, 1e7), min_size=4, max_size=12, unique=True),
    st.floats(0.5, 20),
)
def test_rank_size_and_primacy__do_not_know_units(sizes: list[float], factor: float) -> None:
    scaled = [s * factor for s in sizes]
    assert rank_size(scaled).slope == pytest.approx(rank_size(sizes).slope, rel=1e-6)
    assert primacy(scaled).share == pytest.approx(primacy(sizes).share, rel=1e-9)
    assert primacy(sizes).two_city >= primacy(sizes).four_city


def test_sizes__refusals() -> None:
    with pytest.raises(DataError, match="too few towns; got 1"):
        primacy([5.0])
    with pytest.raises(DataError, match="2 faults"):
        rank_size([1.0, -1.0, 0.0, 4.0])
    with pytest.raises(DataError, match="all towns are of one size"):
        rank_size([2.0, 2.0, 2.0])
    with pytest.raises(DataError, match="not a shift"):
        rank_size([1.0, 2.0, 3.0], shift=1.0)
