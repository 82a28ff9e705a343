"""Laws of mortality and their fit: parameters put in come out."""

from __future__ import annotations

import numpy as np
import pytest

from popsim.errors import DataError
from popsim.methods import mortality as mo

AGE = np.arange(0.5, 100.0)


def test_laws__contain_one_another() -> None:
    np.testing.assert_allclose(
        mo.siler_law(AGE, 0.0, 1.0, 0.001, 5e-5, 0.09), mo.makeham_law(AGE, 0.001, 5e-5, 0.09)
    )
    np.testing.assert_allclose(
        mo.makeham_law(AGE, 0.0, 5e-5, 0.09), mo.gompertz_law(AGE, 5e-5, 0.09)
    )
    np.testing.assert_allclose(mo.gompertz_law([np.log(2) / 0.09], 5e-5, 0.09), 1e-4)


def test_heligman_pollard_law__three_parts_at_the_hump() -> None:
    got = mo.heligman_pollard_law(22.0, 0.001, 0.02, 0.1, 0.002, 9.0, 22.0, 5e-5, 1.1)
    np.testing.assert_allclose(got, 0.001 ** (22.02**0.1) + 0.002 + 5e-5 * 1.1**22)
    # at birth the hump is nothing
    np.testing.assert_allclose(
        mo.heligman_pollard_law(0.0, 0.001, 0.02, 0.1, 0.002, 9.0, 22.0, 5e-5, 1.1),
        0.001 ** (0.02**0.1) + 5e-5,
    )


@pytest.mark.parametrize(
    ("law", "fit", "parameters"),
    [
        (mo.gompertz_law, mo.fit_gompertz, (2e-5, 0.1)),
        (mo.makeham_law, mo.fit_makeham, (7e-4, 2e-5, 0.1)),
        (mo.siler_law, mo.fit_siler, (0.3, 1.8, 0.003, 8e-5, 0.08)),
    ],
)
def test_fit__finds_what_was_put_in(law, fit, parameters) -> None:
    m = law(AGE, *parameters)
    found = fit(AGE, m)
    np.testing.assert_allclose(found.parameters, parameters, rtol=1e-5)
    np.testing.assert_allclose(found.fitted, m, rtol=1e-6)
    assert found.rms < 1e-7


def test_fit_heligman_pollard__finds_what_was_put_in() -> None:
    age = np.arange(0.0, 100.0)
    parameters = (0.0007, 0.015, 0.1, 0.0006, 8.0, 22.0, 4e-5, 1.105)
    odds = mo.heligman_pollard_law(age, *parameters)
    found = mo.fit_heligman_pollard(age, odds / (1 + odds), weight=np.linspace(1, 2, 100))
    np.testing.assert_allclose(found.parameters, parameters, rtol=1e-3)
    np.testing.assert_allclose(found.fitted, odds / (1 + odds), rtol=1e-5)


def test_fit__refuses_bad_rates_by_name() -> None:
    m = mo.gompertz_law(AGE, 2e-5, 0.1)
    with pytest.raises(DataError, match=r"mx\[3\], age 3.5: zero rate"):
        mo.fit_gompertz(AGE, np.where(AGE == 3.5, 0, m))
    with pytest.raises(DataError, match="2 ages for 5 parameters"):
        mo.fit_siler(AGE[:2], m[:2])
    with pytest.raises(DataError, match=r"expected the same \(age,\)"):
        mo.fit_makeham(AGE[:3], m)
    with pytest.raises(DataError, match=r"qx\[1\]: got 1 or more"):
        mo.fit_heligman_pollard([0.0, 1.0], [0.5, 1.0])
