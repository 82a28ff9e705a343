"""The verdict: what it measures, how it reads, what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from popsim.errors import DataError
from popsim.methods import quality

AGE5 = np.array([0, 1, *range(5, 90, 5)])
SMOOTH = 1e4 * np.exp(-((np.arange(101) / 70.0) ** 4))


def labelled(order: list[str]) -> xr.DataArray:
    rows = {"female": SMOOTH, "male": 1.04 * SMOOTH}
    return xr.DataArray(
        np.stack([rows[s] for s in order], axis=1),
        coords={"age": np.arange(101), "sex": order},
        dims=("age", "sex"),
    )


def test_assess__smooth_single_ages_are_accurate() -> None:
    verdict = quality.assess([SMOOTH, 1.04 * SMOOTH], np.arange(101))
    assert {f.measure for f in verdict} == {
        "whipple",
        "myers",
        "bachi",
        "spoorenberg",
        "coale_li",
        "age_sex_accuracy",
        "sex_ratio",
    }
    assert verdict["whipple", "male"].value == pytest.approx(1, abs=0.01)
    assert verdict.grade <= 1
    assert verdict.label("zh") == "比较准确"


def test_assess__heaped_ages_are_very_rough() -> None:
    heaped = SMOOTH * np.where(np.arange(101) % 10 == 0, 5, 1)
    verdict = quality.assess([heaped, SMOOTH], np.arange(101))
    female = verdict["spoorenberg", "female"]
    assert female.detail["en"] == "0"
    assert verdict["whipple", "female"].grade == 4
    assert verdict["whipple", "male"].grade == 0
    assert verdict.grade == 4
    text = str(verdict)
    assert "Ages ending in 0 and 5 hold" in text
    assert text.splitlines()[-2] == "Overall: very rough, the worst class found (Whipple)."
    chinese = verdict.text("zh")
    assert "总体：非常粗略（各指标中最差一级，见惠普尔指数）。" in chinese
    assert "惠普尔指数" in chinese
    assert {len(row) for row in verdict.rows("zh")} == {5}


def test_assess__labelled_array_in_any_order() -> None:
    plain = quality.assess([SMOOTH, 1.04 * SMOOTH], np.arange(101))
    for order in (["female", "male"], ["male", "female"]):
        got = quality.assess(labelled(order))
        assert [(f.measure, f.sex) for f in got] == [(f.measure, f.sex) for f in plain]
        np.testing.assert_allclose([f.value for f in got], [f.value for f in plain], rtol=1e-12)


def test_assess__groups_and_two_censuses() -> None:
    people = np.stack([np.linspace(900, 100, 19)] * 2)
    people[:, 0], people[:, 1] = 180, 720
    later = people.copy()
    later[1, 6] *= 1.8
    verdict = quality.assess(later, AGE5, earlier=people, interval=10)
    assert [f.measure for f in verdict][:2] == ["age_sex_accuracy", "sex_ratio"]
    male = verdict["cohorts", "male"]
    assert male.detail["en"] == "25-29"
    assert male.grade is None
    assert "earlier census" in male.sentence()
    assert "前次普查人数" in male.sentence("zh")
    assert verdict["sex_ratio", ""].value == 2
    survived = quality.assess(
        later, AGE5, earlier=people, interval=10, survival=np.full((2, 18), 0.98)
    )
    assert "expected survivors" in survived["cohorts", "male"].sentence()
    assert verdict["age_sex_accuracy", ""].label() in {"inaccurate", "highly inaccurate"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quality.assess(SMOOTH, np.arange(101)), "one row for women, one for men"),
        (lambda: quality.assess([SMOOTH, SMOOTH]), "age= is wanted"),
        (lambda: quality.assess([SMOOTH, -SMOOTH], np.arange(101)), r"row \(1,\), age 0: negative"),
        (lambda: quality.assess(labelled(["female", "male"]).isel(sex=[0])), "female and male are"),
        (lambda: quality.assess(labelled(["female", "male"]).isel(sex=0)), "exactly sex and age"),
        (lambda: quality.assess(np.ones((2, 4)), [0, 5, 12, 15]), "ages do not join"),
        (
            lambda: quality.assess(np.ones((2, 19)), AGE5, earlier=np.ones((2, 19))),
            "interval= is wanted",
        ),
    ],
)
def test_assess__refuses(call, message) -> None:
    with pytest.raises(DataError, match=message):
        call()
