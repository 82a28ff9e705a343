"""Graduation: the printed numbers of PAS and DemoTools, then what theory promises."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from popsim.errors import DataError
from popsim.methods import graduation

# Population in 5-year groups 0-4 .. 80+, PAS spreadsheet AGESMTH (US Census Bureau).
FIVES = "642367 515520 357831 275542 268336 278601 242515 198231 165937 122756 96775 59307 "
FIVES += "63467 32377 29796 16183 34729"
PASEX = np.array(FIVES.split(), dtype=np.float64)
ABRIDGED = np.array([0, 1, *range(5, 90, 5)])

# Johnson (2016), spreadsheet BEERSP.XLS: males in 0, 1-4, 5-9 .. 80+.
JOHNSON = [184499, 567625, 582662, 463534, 369976, 286946, 235867, 199561, 172133, 151194, 131502]
JOHNSON += [113439, 95614, 78777, 60157, 40960, 21318, 25451]

positive = st.lists(st.floats(1, 1e6), min_size=19, max_size=19).map(np.array)
any_count = st.lists(st.floats(0, 1e6), min_size=19, max_size=19).map(np.array)
checked = settings(max_examples=30, deadline=None)


def printed(folder: Path, title: str) -> NDArray[np.float64]:
    """Numbers under one heading of the file of printed values."""
    text = (folder / "graduation_and_heaping_values.txt").read_text(encoding="utf-8")
    body = re.split(rf"^## {re.escape(title)} *$", text, flags=re.M)[1].split("##")[0]
    words = re.sub(r"^\s*\[\d+\]", "", body, flags=re.M).split()
    return np.array([float("nan" if word == "NA" else word) for word in words])


def polynomial(degree: int, groups: int) -> NDArray[np.float64]:
    """Counts by single age whose course is a polynomial of the degree, above 0."""
    edges = np.arange(5 * groups + 1) / (5 * groups)
    return np.diff(edges + edges ** (degree + 1))


def fives(single: NDArray[np.float64]) -> NDArray[np.float64]:
    return single.reshape(-1, 5).sum(axis=-1)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("title", "single"),
    [
        ("sprague", lambda: graduation.sprague(PASEX)),
        ("beers ord", lambda: graduation.beers(PASEX, kind="ordinary")),
        ("beers mod", lambda: graduation.beers(PASEX, kind="modified", keep="published")),
        ("grabill", lambda: graduation.grabill(PASEX, keep="published")),
        ("mono", lambda: graduation.monotone(PASEX, 5 * np.arange(17))),
    ],
)
def test_graduation__printed_values(validation_dir, title, single) -> None:
    expected = printed(validation_dir, title)
    np.testing.assert_allclose(single()[: expected.size], expected, rtol=0, atol=5e-5)


@pytest.mark.validation
def test_united_nations__printed_values(validation_dir) -> None:
    expected = printed(validation_dir, "UN smooth")
    got = graduation.united_nations(PASEX, tails="nan")
    np.testing.assert_allclose(got, expected, rtol=0, atol=5e-5)


def test_smoothing__pas_spreadsheet_agesmth() -> None:
    # PAS, AGESMTH, as printed in DemoTools' manual pages of carrier_farrag_smth, kkn_smth,
    # arriaga_smth and strong_smth; the spreadsheet rounds Strong's intermediate steps.
    nan3 = [np.nan] * 3
    cf = [
        346290,
        287083,
        285855,
        261082,
        237937,
        202809,
        162973,
        125720,
        88730,
        67352,
        55187,
        40657,
    ]
    kkn = [354871, 278502, 285508, 261429, 236513, 204233, 162138, 126555, 90094, 65988]
    kkn += [54803, 41041]
    ar = [662761, 495126, 345744, 287629, 285919, 261018, 237469, 203277, 161733, 126960, 88586]
    ar += [67496, 54587, 41257, 28790, 17189, 34729]
    strong = [646617, 511270, 386889, 317345, 273736, 240058, 218645, 188297, 153931, 124347, 93254]
    strong += [71858, 53594, 39721, 27887, 18092, 34729]
    same = np.testing.assert_array_equal
    same(graduation.carrier_farrag(PASEX, tails="nan").round(), nan3[:2] + cf + nan3)
    same(graduation.karup_king_newton(PASEX, tails="nan").round(), nan3[:2] + kkn + nan3)
    same(graduation.arriaga(PASEX).round(), ar)
    np.testing.assert_allclose(graduation.strong(PASEX), strong, rtol=0, atol=1)


def test_beers__johnson_adjustment() -> None:
    # Johnson (2016), BEERSP.XLS, as printed in the tests of DemoTools: ages 0-12.
    expected = [184499, 158163, 143895, 135416, 130151, 126153, 122028, 117182, 111566, 105733]
    expected += [101088, 96719, 92551]
    age = [0, 1, *range(5, 85, 5)]
    got = graduation.beers(JOHNSON, age, johnson=True)
    np.testing.assert_allclose(got[:13], expected, rtol=0, atol=1)


@pytest.mark.parametrize(
    ("name", "degree"), [("sprague", 3), ("beers", 3), ("modified", 2), ("monotone", 2)]
)
def test_graduation__exact_on_polynomials(name: str, degree: int) -> None:
    methods = {
        "sprague": lambda g: graduation.sprague(g, open_ended=False),
        "beers": lambda g: graduation.beers(g, open_ended=False),
        "modified": lambda g: graduation.beers(g, kind="modified", open_ended=False),
        "monotone": lambda g: graduation.monotone(g, 5 * np.arange(g.size), open_ended=False),
    }
    for low in range(degree + 1):
        single = polynomial(low, 9)
        np.testing.assert_allclose(methods[name](fives(single)), single, rtol=1e-12)
    single = polynomial(degree + 2, 9)
    assert not np.allclose(methods[name](fives(single)), single, rtol=1e-9)


def test_smoothing__exact_on_polynomials() -> None:
    for name, degree in (("karup_king_newton", 2), ("arriaga", 1), ("united_nations", 3)):
        groups = fives(polynomial(degree, 12))
        got = getattr(graduation, name)(groups, open_ended=False)
        np.testing.assert_allclose(got, groups, rtol=1e-12, err_msg=name)


@checked
@given(counts=any_count)
def test_graduation__keeps_groups_and_sign(counts) -> None:
    for single in (
        graduation.uniform(counts, ABRIDGED),
        graduation.monotone(counts, ABRIDGED),
        graduation.sprague(counts, ABRIDGED, on_negative="monotone"),
        graduation.beers(counts, ABRIDGED, on_negative="monotone"),
        graduation.beers(counts, ABRIDGED, kind="modified", on_negative="monotone"),
        graduation.grabill(counts, ABRIDGED, on_negative="monotone"),
    ):
        scale = counts.max()
        kept = graduation.aggregate(single, ABRIDGED)
        np.testing.assert_allclose(kept, counts, rtol=1e-9, atol=1e-9 * scale + 1e-300)
        assert single.min() >= -1e-9 * scale


@checked
@given(counts=positive)
def test_smoothing__keeps_sums(counts) -> None:
    groups = counts[:17]
    for name in ("carrier_farrag", "karup_king_newton", "arriaga"):
        smooth = getattr(graduation, name)(groups)
        tens = smooth[:-1].reshape(-1, 2).sum(axis=-1)
        former = groups[:-1].reshape(-1, 2).sum(axis=-1)
        np.testing.assert_allclose(tens, former, rtol=1e-9, atol=1e-12 * groups.max())
    assert graduation.strong(groups).sum() == pytest.approx(groups.sum(), rel=1e-12)


def test_graduation__leading_dims_are_rows() -> None:
    both = np.stack([PASEX, PASEX[::-1] + 1])
    for name in ("sprague", "beers", "grabill", "arriaga", "strong", "karup_king_newton"):
        method = getattr(graduation, name)
        kwargs = {"on_negative": "allow"} if name in ("sprague", "beers", "grabill") else {}
        np.testing.assert_allclose(method(both, **kwargs)[1], method(both[1], **kwargs), rtol=1e-12)


@pytest.mark.parametrize(
    ("counts", "age", "message"),
    [
        ([1, 2, -3, 4, 5, 6], None, "age 10-14: negative count"),
        ([1, 2, np.nan, 4, 5, 6], None, "age 10-14: missing count"),
        ([1, 2, 3, 4, 5, 6], [0, 5, 10, 20, 25, 30], "age group 10-19: 5-year groups are wanted"),
        ([1, 2, 3, 4, 5, 6], [0, 5, 10, 10, 25, 30], "ages do not ascend; got 10 then 10"),
        ([1, 2, 3, 4, 5, 6], [0, 5, 10.5, 15, 20, 25], "not a whole number of years"),
        ([1, 2, 3], None, "five closed 5-year groups or more"),
        ([100, 90, 0, 0, 80, 9], None, "the formula gives .* Remedy"),
    ],
)
def test_sprague__refuses(counts, age, message) -> None:
    with pytest.raises(DataError, match=message):
        graduation.sprague(counts, age)


def test_graduation__refuses_with_the_row_named() -> None:
    table = np.ones((2, 3, 19))
    table[1, 2, 18] = -4
    with pytest.raises(DataError, match=r"row \(1, 2\), age 85\+: negative count; got -4"):
        graduation.monotone(table, ABRIDGED)
    with pytest.raises(DataError, match="one entry for each of the 19 age groups"):
        graduation.uniform(np.ones(18), ABRIDGED)
    with pytest.raises(DataError, match="Johnson's adjustment wants age 0 apart"):
        graduation.beers(PASEX, johnson=True)
    with pytest.raises(DataError, match="10-year group is empty"):
        graduation.carrier_farrag(np.zeros(9))
