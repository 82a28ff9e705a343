"""Quality of ages: the printed indices of PAS and DemoTools, then limits that are known by hand."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import DataError
from popsim.methods import quality

HEAPED = np.tile([10.0] + [0.0] * 9, 11)
FLAT = np.ones(110)
checked = settings(max_examples=30, deadline=None)

# PAS spreadsheet AGESEX.xlsx (US Census Bureau): 0-4 .. 70-74, 75+, in thousands.
MALES = [4677, 4135, 3825, 3647, 3247, 2802, 2409, 2212, 1786, 1505, 1390, 984, 745, 537, 346, 335]
FEMALES = [4544, 4042, 3735, 3647, 3309, 2793, 2353, 2112, 1691, 1409, 1241, 887, 697, 525]
FEMALES += [348, 366]
AGE5 = [0, 1, *range(5, 90, 5)]


def pasex(folder: Path) -> tuple[np.ndarray, dict[str, float]]:
    """Males by single age 0-99 and the printed indices."""
    text = (folder / "graduation_and_heaping_values.txt").read_text(encoding="utf-8")
    ages = text[text.index("c(") : text.index("pop5m_pasex")]
    indices = dict(re.findall(r"## (.+?) *\n\[1\] ([\d.]+) *\n", text))
    return np.array([float(w) for w in re.findall(r"\d+", ages)]), {
        k: float(v) for k, v in indices.items()
    }


@pytest.mark.validation
@pytest.mark.parametrize(
    ("title", "index"),
    [
        ("whipple05", lambda p: quality.whipple(p)),
        ("whipple 25-65 0,5", lambda p: quality.whipple(p, age_max=65)),
        ("myers 10-89", lambda p: quality.myers(p)),
        ("bachi 23-77", lambda p: quality.bachi(p)),
        ("noumbissi0", lambda p: quality.noumbissi(p)),
        ("spoorenberg", lambda p: quality.spoorenberg(p)),
        ("coale_li", lambda p: quality.coale_li(p)),
        ("kannisto", lambda p: quality.kannisto(p)),
        ("jdanov", lambda p: quality.jdanov(p)),
    ],
)
def test_heaping__printed_values(validation_dir, title, index) -> None:
    people, printed = pasex(validation_dir)
    assert people.size == 100
    assert float(index(people)) == pytest.approx(printed[title], rel=1e-10)


@pytest.mark.validation
def test_noumbissi__other_digits(validation_dir) -> None:
    # DemoTools, manual page of check_heaping_noumbissi, two places. Its digits 4 and 5 are of
    # another age range; the printed Spoorenberg index holds all ten over 20-64.
    people, _ = pasex(validation_dir)
    expected = {0: 2.32, 1: 0.55, 2: 0.73, 3: 0.76, 6: 0.66, 7: 1.08, 8: 0.57, 9: 0.59}
    for digit, value in expected.items():
        assert round(float(quality.noumbissi(people, digit=digit)), 2) == value


def test_age_sex_accuracy__pas_spreadsheet() -> None:
    # PAS, AGESEX: sex ratio score 2.2, age ratio scores 3.9 and 3.66, index 14.3.
    got = quality.age_sex_accuracy(1e3 * np.array(FEMALES[:-1]), 1e3 * np.array(MALES[:-1]))
    assert round(got.score, 1) == 14.3
    assert round(got.sex_ratio_score, 1) == 2.2
    assert round(got.age_ratio_score_male, 1) == 3.9
    assert round(got.age_ratio_score_female, 2) == 3.66


def test_age_sex_accuracy__small_populations() -> None:
    # United Nations (1952): 3500 over the square root of the population, less 3.5, is taken off.
    women, men = np.array(FEMALES[:-1], dtype=float), np.array(MALES[:-1], dtype=float)
    large, small = quality.age_sex_accuracy(1e3 * women, 1e3 * men), (women + men).sum()
    got = quality.age_sex_accuracy(women, men)
    assert got.score == pytest.approx(large.score - 3500 / np.sqrt(small) + 3.5, rel=1e-12)


def test_heaping__limits() -> None:
    for name, none, all_zero in (
        ("whipple", 1, 5),
        ("myers", 0, 90),
        ("bachi", 0, 90),
        ("noumbissi", 1, 5),
        ("spoorenberg", 0, None),
        ("coale_li", 1, None),
        ("jdanov", 100, None),
        ("kannisto", 1, None),
    ):
        index = getattr(quality, name)
        assert float(index(FLAT)) == pytest.approx(none, abs=1e-12), name
        if all_zero is not None:
            assert float(index(HEAPED)) == pytest.approx(all_zero, abs=1e-12), name


@checked
@given(slope=st.floats(0, 0.9), digit=st.integers(0, 9))
def test_heaping__straight_line_prefers_no_digit(slope, digit) -> None:
    line = 1 - slope * np.arange(110) / 110
    assert float(quality.noumbissi(line, digit=digit)) == pytest.approx(1, abs=1e-9)
    assert float(quality.spoorenberg(line)) == pytest.approx(0, abs=1e-8)


@checked
@given(st.lists(st.floats(1, 1e6), min_size=100, max_size=100), st.floats(0.01, 100))
def test_heaping__bounds_and_scale(counts, factor) -> None:
    people = np.array(counts)
    for name, top in (("whipple", 5), ("myers", 90), ("bachi", 90), ("noumbissi", 5)):
        index = getattr(quality, name)
        value = float(index(people))
        assert 0 <= value <= top
        assert float(index(factor * people)) == pytest.approx(value, rel=1e-9, abs=1e-9)
        np.testing.assert_allclose(index(np.stack([people, people])), value)
        assert float(index(people[10:], first_age=10)) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quality.whipple(np.ones(50)), "single ages 23-62 are needed; 0-49 are given"),
        (lambda: quality.whipple(FLAT, digits=(0, 3)), "digits must be"),
        (lambda: quality.whipple(-FLAT), r"row \(\), age 23: missing or negative count; got -1.0"),
        (lambda: quality.whipple(0 * FLAT), "nobody in the age range"),
        (lambda: quality.myers(FLAT, age_min=23, age_max=77), "two or more whole decades"),
        (lambda: quality.bachi(FLAT, age_min=70), "a decade and four years"),
        (lambda: quality.jdanov(np.ones(95)), "none of the ages"),
        (lambda: quality.kannisto(HEAPED), "one holds nobody"),
        (lambda: quality.noumbissi(FLAT, digit=12), "a last digit is 0 to 9"),
        (lambda: quality.coale_li(np.ones(60)), "no age ending in 0"),
        (lambda: quality.age_ratio_score([1, 2]), "3 age groups or more"),
        (lambda: quality.sex_ratio_score([1, 0], [1, 1]), "group 1 has no women"),
        (lambda: quality.sex_ratio_score([1, 1], [1, 1, 1]), "the sexes differ in age groups"),
        (lambda: quality.age_sex_accuracy([1, -1, 2], [1, 1, 1]), "group 1: missing or negative"),
    ],
)
def test_quality__refuses(call, message) -> None:
    with pytest.raises(DataError, match=message):
        call()


def test_cohort_consistency__closed_population_has_no_residual() -> None:
    age = np.arange(0, 90, 5)
    survival = np.append(np.linspace(0.99, 0.7, 17), 0.4)
    first = np.linspace(1000, 100, 18)
    second = first
    for _ in range(2):
        pooled = second[-2:].sum() * survival[-1]
        second = np.concatenate([[900], second[:-2] * survival[1:-1], [pooled]])
    got = quality.cohort_consistency(first, second, age, interval=10, survival=survival)
    np.testing.assert_allclose(got.residual, 0, atol=1e-12)
    assert got.age.tolist() == [*range(10, 90, 5)]
    more = second.copy()
    more[4] *= 1.5
    got = quality.cohort_consistency(first, more, age, interval=10, survival=survival)
    assert got.age[got.flagged].tolist() == [20]
    with pytest.raises(DataError, match="8 years are not a whole number"):
        quality.cohort_consistency(first, second, age, interval=8)
    with pytest.raises(DataError, match="must be of one width"):
        quality.cohort_consistency(np.ones(19), np.ones(19), AGE5, interval=5)


def test_sex_ratio_check__names_the_step() -> None:
    got = quality.sex_ratio_check([100, 100, 50], [105, 120, 60])
    assert got.ratio.tolist() == [105, 120, 120]
    assert got.flagged.tolist() == [False, True, False]
    assert np.isnan(got.change[0])
