"""Life table columns against published tables."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import DataError
from popsim.methods import lifetable as lt

RULE = {"ak": "andreev_kingkade", "cd": "coale_demeny"}


def read_columns(path: Path) -> dict[str, np.ndarray]:
    with path.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    return {
        key: np.array([float(row[key]) if row[key] not in ("", "NA") else np.nan for row in rows])
        for key in rows[0]
    }


@pytest.mark.validation
@pytest.mark.parametrize("country", ["156", "752"])
@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("rule", ["ak", "cd"])
def test_life_table__abridged_equals_mortcast(validation_dir, country, sex, rule) -> None:
    folder = validation_dir / "textbook_cases" / "09_mortcast_life_tables"
    want = read_columns(folder / f"abridged_{country}_{sex}_{rule}.csv")
    got = lt.life_table(
        want["mx"], sex=sex, width="abridged", a0=RULE[rule], ax="greville_mortcast"
    )
    for column in ("qx", "lx", "dx", "Lx", "Tx", "ex", "ax"):
        np.testing.assert_allclose(getattr(got, column), want[column], rtol=1e-9, err_msg=column)
    # the source lists one ratio per five-year group and pads the last row with a zero
    np.testing.assert_allclose(got.Sx, want["sx"][:-1], rtol=1e-9)


@pytest.mark.validation
@pytest.mark.parametrize("rule", ["ak", "cd"])
def test_life_table__single_ages_equal_mortcast(validation_dir, rule) -> None:
    folder = validation_dir / "textbook_cases" / "09_mortcast_life_tables"
    want = read_columns(folder / f"single_156_female_{rule}.csv")
    got = lt.life_table(want["mx"], sex="female", a0=RULE[rule])
    for column in ("qx", "lx", "dx", "Lx", "Tx", "ex", "ax"):
        np.testing.assert_allclose(getattr(got, column), want[column], rtol=1e-9, err_msg=column)
    np.testing.assert_allclose(got.Sx, want["sx"], rtol=1e-9)


@pytest.mark.validation
def test_life_table__open_at_85_equals_mortcast(validation_dir) -> None:
    folder = validation_dir / "textbook_cases" / "09_mortcast_life_tables"
    whole = read_columns(folder / "single_156_female_ak.csv")
    want = read_columns(folder / "single_156_female_ak_open85.csv")
    got = lt.life_table(whole["mx"], sex="female", open_age=85)
    for column in ("mx", "lx", "dx", "ex", "ax"):
        np.testing.assert_allclose(getattr(got, column), want[column], rtol=1e-9, err_msg=column)
    np.testing.assert_allclose(got.Lx[:-1], want["Lx"][:-1], rtol=1e-9)
    np.testing.assert_allclose(got.Lx[-1], want["Lx"][-1], rtol=1e-9)
    np.testing.assert_allclose(got.Tx, np.cumsum(got.Lx[::-1])[::-1], rtol=1e-12)
    # the source leaves its last row blank and writes T85/T84 one row early
    np.testing.assert_allclose(got.Sx[:-2], want["sx"][:-2], rtol=1e-9)
    np.testing.assert_allclose(got.Sx[-1], want["sx"][-2], rtol=1e-9)


# Austria, males 1992: Preston, Heuveline & Guillot (2001), p. 49.
AUSTRIA_DEATHS = [419, 70, 36, 46, 249, 420, 403, 441, 508, 769, 1154, 1866, 2043, 3496, 4366]
AUSTRIA_DEATHS += [4337, 5279, 6460, 6146]
AUSTRIA_PEOPLE = [47925, 189127, 234793, 238790, 254996, 326831, 355086, 324222, 269963, 261971]
AUSTRIA_PEOPLE += [238011, 261612, 181385, 187962, 153832, 105169, 73694, 57512, 32248]
AUSTRIA_AX = [0.068, 1.626, 2.5, 3.143, 2.724, 2.520, 2.481, 2.601, 2.701, 2.663, 2.698, 2.676]
AUSTRIA_AX += [2.645, 2.624, 2.619, 2.593, 2.518, 2.423, 5.247]


def austria() -> lt.LifeTable:
    m = np.array(AUSTRIA_DEATHS) / np.array(AUSTRIA_PEOPLE)
    return lt.life_table(m, sex="male", width="abridged", ax=AUSTRIA_AX)


def test_life_table__austria_1992_of_preston() -> None:
    table = austria()
    assert table.ex[0].round(3) == 72.889
    assert table.ex[14].round(3) == 14.971
    assert table.ex[18].round(3) == 5.247
    assert table.qx[0].round(6) == 0.008672


def test_life_table__keyfitz_iteration_gives_prestons_ax() -> None:
    m = np.array(AUSTRIA_DEATHS) / np.array(AUSTRIA_PEOPLE)
    table = lt.life_table(m, sex="male", width="abridged", ax="keyfitz", a0=0.068)
    # the printed nax are the book's, not from this iteration; the raw parabola stays near them
    np.testing.assert_allclose(table.ax[3:16], AUSTRIA_AX[3:16], atol=0.25)
    assert abs(table.ex[0] - 72.889) < 0.01


@pytest.mark.validation
@pytest.mark.parametrize("open_age", [80, 85])
def test_survival_ratio__austria_of_demcore(validation_dir, open_age) -> None:
    folder = validation_dir / "textbook_cases" / "15_demcore_lifetable_austria_1992"
    table = read_columns(folder / "expected_5year.csv")
    want = read_columns(folder / f"expected_nSx_{open_age}.csv")["nSx"]
    got = lt.life_table(table["mx"], sex="male", width=5, ax=table["ax"])
    np.testing.assert_allclose(got.Sx, want, rtol=1e-9)
    np.testing.assert_allclose(got.ex, table["ex"], rtol=1e-9)
    np.testing.assert_allclose(lt.survival_ratio(table["nLx"], width=5), want, rtol=1e-9)


@pytest.mark.validation
@pytest.mark.parametrize("country", ["GBR", "MEX", "MYS", "PHL", "THA"])
def test_life_table__wpp_2012_reference_ratios(validation_dir, country) -> None:
    case = np.load(validation_dir / "projection_cases" / "un_5x5_wpp2012" / country / "case.npz")
    got = lt.life_table(case["mx"], sex=("male", "female"), width="abridged", a0="coale_demeny")
    # the reference rounds to five decimals
    np.testing.assert_allclose(got.Sx, case["Sx_reference"], atol=0.51e-5)


@pytest.mark.validation
def test_life_table__un_engine_ratios(validation_dir) -> None:
    case = np.load(validation_dir / "projection_cases" / "engine_1x1" / "MEX" / "case.npz")
    a = case["ax"]
    got = lt.life_table(case["mx"], sex=("male", "female"), ax=a)
    # its open group comes from a table carried beyond 100, which the case does not give
    np.testing.assert_allclose(got.Sx[..., :-1], case["Sx"][..., :-1], rtol=1e-9)


@pytest.mark.validation
def test_life_table__demotools_cases(validation_dir) -> None:
    path = validation_dir / "textbook_cases" / "16_demotools_lifetable_beers" / "case.json"
    case = json.loads(path.read_text(encoding="utf-8"))
    pas = case["pas_north_male"]
    m = np.array(pas["deaths"]) / np.array(pas["exposures"])
    ax = np.full(m.size, 2.5)
    ax[0] = lt.a0_coale_demeny(m[0], "male", "north", q0=pas["imr"])
    m[0] = pas["imr"] / (1 - (1 - ax[0]) * pas["imr"])  # infant mortality is known by itself
    ax[1] = lt.a1_coale_demeny(m[0], "male", "north", q0=pas["imr"])
    table = lt.life_table(m, sex="male", width="abridged", ax=ax)
    np.testing.assert_allclose(table.ex, pas["expected_ex"], atol=0.0051)
    un = case["un1982_male"]
    table = lt.life_table(un["mx"], sex="male", width="abridged", a0="coale_demeny")
    np.testing.assert_allclose(table.ex[:14], un["expected_ex"][:14], rtol=0.02)
    mortpak = case["mortpak1988_female"]
    table = lt.life_table(mortpak["mx"], sex="female", width="abridged", a0="coale_demeny")
    np.testing.assert_allclose(table.ex, mortpak["published_ex"], rtol=0.002)


def test_a0__andreev_kingkade_printed_values() -> None:
    np.testing.assert_allclose(
        lt.a0_andreev_kingkade([0.01, 0.05, 0.09], "female"), [0.1284773, 0.2407145, 0.31411]
    )
    np.testing.assert_allclose(
        lt.a0_andreev_kingkade([0.01, 0.05, 0.09], "male"), [0.1293355, 0.1913305, 0.29915]
    )


@pytest.mark.validation
def test_a0__andreev_kingkade_values_of_demotools(validation_dir) -> None:
    text = (validation_dir / "graduation_and_heaping_values.txt").read_text(encoding="utf-8")
    line = text.split("## ak_m0_a0")[1].splitlines()[1]
    want = [float(number) for number in line.split()[1:]]
    m = [0.01, 0.05, 0.08]
    np.testing.assert_allclose(lt.a0_andreev_kingkade(m, "female"), want[:3], atol=5e-8)
    got_male = lt.a0_andreev_kingkade([0.01, 0.05, 0.0831], "male")
    np.testing.assert_allclose(got_male, want[3:], atol=5e-8)


@pytest.mark.parametrize("region", ["west", "north", "east", "south"])
@pytest.mark.parametrize("sex", ["female", "male"])
def test_coale_demeny__lines_meet_at_the_break(region, sex) -> None:
    for rule in (lt.a0_coale_demeny, lt.a1_coale_demeny):
        below, above = rule(0.0, sex, region, q0=[0.1, 0.1000001])
        assert abs(below - above) < 0.001 if rule is lt.a1_coale_demeny else True
    # solved q0 agrees with q0 given
    q = 0.06
    a = lt.a0_coale_demeny(0.0, sex, region, q0=q)
    m = q / (1 - (1 - a) * q)
    if region != "west":  # West alone uses the lines refitted on m0
        np.testing.assert_allclose(lt.a0_coale_demeny(m, sex, region), a, rtol=1e-12)
        want = lt.a1_coale_demeny(0.0, sex, region, q0=q)
        np.testing.assert_allclose(lt.a1_coale_demeny(m, sex, region), want, rtol=1e-12)


def test_life_table__both_sexes_at_once_equal_one_by_one() -> None:
    m = np.array([[0.02, 0.001, 0.01, 0.3], [0.03, 0.002, 0.02, 0.4]])
    both = lt.life_table(np.stack([m, m * 1.1]), sex=("female", "male"))
    one = lt.life_table(m[1] * 1.1, sex="male")
    np.testing.assert_array_equal(both.ex[1, 1], one.ex)


rates = st.lists(st.floats(1e-5, 0.6), min_size=3, max_size=30)


@settings(max_examples=40, deadline=None)
@given(rates, st.sampled_from(["female", "male", "both"]))
def test_life_table__adds_up(mx, sex) -> None:
    table = lt.life_table(mx, sex=sex, radix=1e5)
    np.testing.assert_allclose(table.dx.sum(), 1e5, rtol=1e-12)
    np.testing.assert_allclose(table.Lx.sum(), table.Tx[0], rtol=1e-12)
    assert np.all(np.diff(table.lx) <= 0)
    np.testing.assert_allclose(table.dx / table.Lx, table.mx, rtol=1e-9)
    # a stationary population stays: L[x] = S[x] L[x-1], the last two pooled
    step = table.Lx[:-2] * table.Sx[1:-1]
    np.testing.assert_allclose(step, table.Lx[1:-1], rtol=1e-12)
    np.testing.assert_allclose((table.Lx[-2] + table.Lx[-1]) * table.Sx[-1], table.Lx[-1])


def test_life_table__refuses_bad_cells_by_name() -> None:
    with pytest.raises(DataError, match=r"mx\[1, 2\], age 2: negative rate; got -0.1"):
        lt.life_table([[0.1, 0.1, 0.1, 0.2], [0.1, 0.1, -0.1, 0.2]], sex="female")
    with pytest.raises(DataError, match=r"mx\[1\], age 1: missing or infinite rate"):
        lt.life_table([0.1, np.nan, 0.2, 0.2], sex="female", width="abridged")
    with pytest.raises(DataError, match=r"2 faults found"):
        lt.life_table([0.1, np.nan, -0.2, 0.2], sex="female")
    with pytest.raises(DataError, match=r"mx\[2\], age 2: the open group has no deaths"):
        lt.life_table([0.1, 0.1, 0.0], sex="female")
    with pytest.raises(DataError, match="3 widths for 4 age groups"):
        lt.life_table([0.1, 0.1, 0.1, 0.1], sex="female", width=[1, 4, np.inf])
    with pytest.raises(DataError, match=r"age 15: zero rate: Greville"):
        lt.life_table([0.1, 0.1, 0.1, 0.1, 0.0, 0.1, 0.2], sex="female", width="abridged")
    with pytest.raises(DataError, match=r"qx\[1\], age 1: got 1.2"):
        lt.life_table([0.1, 3.0, 0.1], sex="female")
    with pytest.raises(DataError, match="sex: 'women' is not known"):
        lt.life_table([0.1, 0.1, 0.1], sex="women")
    with pytest.raises(DataError, match="first group is 5 years wide"):
        lt.life_table([0.1, 0.1, 0.1], sex="female", width=5)
    with pytest.raises(DataError, match="open_age: 7 does not begin a group"):
        lt.life_table([0.1, 0.1, 0.1], sex="female", open_age=7)
    with pytest.raises(DataError, match="not one step"):
        lt.survival_ratio([1.0, 2.0, 3.0, 4.0], width=[1, 2, 3, np.inf])


@pytest.mark.validation
@pytest.mark.parametrize("country", ["GBR", "MYS", "PHL", "THA"])
def test_life_table__wpp_2024_infants_and_e0(validation_dir, country) -> None:
    case = np.load(validation_dir / "projection_cases" / "un_1x1_wpp2024" / country / "case.npz")
    got = lt.life_table(case["mx"], sex=("male", "female"))
    np.testing.assert_allclose(got.ax[..., 0], case["a0"], rtol=1e-12)
    # rates by sex are derived there from published ones; the case itself is within .005 year
    np.testing.assert_allclose(got.ex[..., 0], case["expected_e0"], atol=0.005)


# Rates of Austria, males 1992 (as above), 0, 1-4, 5-9, .., 85+.
AUSTRIA_MX = np.array(AUSTRIA_DEATHS) / np.array(AUSTRIA_PEOPLE)
ABRIDGED = [0, 1, *range(5, 90, 5)]


def test_life_table__ages_instead_of_widths() -> None:
    by_age = lt.life_table(AUSTRIA_MX, sex="male", age=ABRIDGED)
    by_width = lt.life_table(AUSTRIA_MX, sex="male", width="abridged")
    for got, want in zip(by_age, by_width, strict=True):
        np.testing.assert_array_equal(got, want)


def test_life_table__groups_do_not_pass_as_single_ages() -> None:
    with pytest.raises(DataError, match=r"19 rates without a width are single ages, open at 18\+"):
        lt.life_table(AUSTRIA_MX, sex="male")
    with pytest.raises(DataError, match='Remedy: width="abridged"'):
        lt.from_deaths(AUSTRIA_DEATHS, AUSTRIA_PEOPLE, sex="male")
    table = lt.life_table(AUSTRIA_MX, sex="male", width="abridged")
    with pytest.raises(DataError, match="look like groups"):
        lt.from_qx(table.qx, sex="male", open_mx=table.mx[-1])
    assert lt.life_table(AUSTRIA_MX, sex="male", age=np.arange(19)).mx.size == 19  # said, so taken


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"age": ABRIDGED, "width": "abridged"}, "width and age: both say"),
        ({"age": ABRIDGED[:-1]}, "the ages do not join: 18 ages for 19 groups"),
        ({"age": range(5, 24)}, r"age\[0\]: a life table begins at age 0; got 5"),
        ({"age": [0, 1, 5, 5, *range(10, 85, 5)]}, "group 2 is 0 years wide"),
    ],
)
def test_life_table__refuses_ages(arguments, message) -> None:
    with pytest.raises(DataError, match=message):
        lt.life_table(AUSTRIA_MX, sex="male", **arguments)


def test_survival_ratio__groups_do_not_pass_as_single_ages() -> None:
    table = lt.life_table(AUSTRIA_MX, sex="male", width="abridged")
    with pytest.raises(DataError, match=r"Lx\[1\], age 1: 3.* survivors cannot grow"):
        lt.survival_ratio(table.Lx)
