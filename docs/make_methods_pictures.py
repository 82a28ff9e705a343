"""The pictures of docs/methods.md, drawn from published numbers with popsim's own style.

    python docs/make_methods_pictures.py [FOLDER]

Every picture is one function below, named as its file; the figures stand beside it with their
source, or come from the cases in data/.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from popsim.methods import (
    decomposition,
    fertility,
    graduation,
    health,
    lifetable,
    migration,
    mortality,
    quality,
    raking,
    urbanisation,
)
from popsim.plots.style import COLOURS, INK, MUTED, headline, new_figure, panel_title, style
from popsim.tables import read_case

ROOT = Path(__file__).resolve().parents[1]

# Austria, males 1992: deaths and mid-year population at 0, 1-4, .., 85+.
# Preston, Heuveline & Guillot (2001), Demography, p. 49.
AUSTRIA_DEATHS = [419, 70, 36, 46, 249, 420, 403, 441, 508, 769, 1154, 1866, 2043, 3496, 4366,
                  4337, 5279, 6460, 6146]  # fmt: skip
AUSTRIA_PEOPLE = [47925, 189127, 234793, 238790, 254996, 326831, 355086, 324222, 269963, 261971,
                  238011, 261612, 181385, 187962, 153832, 105169, 73694, 57512, 32248]  # fmt: skip
ABRIDGED = np.array([0, 1, *range(5, 90, 5)])

# United States: a and b by 0, 1-4, .., 80-84; k in 1989 and its drift and innovations.
# Lee & Carter (1992), JASA 87, table 1 and p. 663.
US_A = [-3.64109, -6.70581, -7.51064, -7.55717, -6.76012, -6.44334, -6.40062, -6.22909, -5.91325,
        -5.51323, -5.09024, -4.6568, -4.25497, -3.85608, -3.47313, -3.06117, -2.63023,
        -2.20498]  # fmt: skip
US_B = [0.09064, 0.11049, 0.09179, 0.08358, 0.04744, 0.05351, 0.05966, 0.06173, 0.05899, 0.05279,
        0.04458, 0.0383, 0.03382, 0.02949, 0.0288, 0.02908, 0.0324, 0.03091]  # fmt: skip

# Sweden 1993, births per woman-year at 15-19, .., 45-49. Preston et al. (2001), box 6.2.
SWEDEN_1993 = [0.0120, 0.0908, 0.1499, 0.1125, 0.0441, 0.0074, 0.0003]

# Males by single age 0-99, US Census Bureau, spreadsheet SINGAGE of PAS (as in DemoTools).
SINGLE = """80626 95823 104315 115813 100796 105086 97266 116328 75984 89982 95525 56973 78767 65672
53438 85014 47600 64363 42195 42262 73221 30080 34391 29072 20531 66171 24029 44227 24128 23599
82088 16454 22628 17108 12531 57325 17220 28425 16206 17532 65976 11593 15828 13541 8133 44696 11165
18543 12614 12041 55798 9324 10772 10453 6773 28358 9916 13348 8039 7583 42470 5288 5317 6582 3361
17949 3650 5873 3279 3336 27368 1965 2495 2319 1335 12022 1401 1668 1360 1185 9167 424 568 462 282
6206 343 409 333 291 4137 133 169 157 89 2068 68 81 66 57"""
# The same people in 0-4, .., 80+, spreadsheet AGESMTH of PAS.
FIVES = [642367, 515520, 357831, 275542, 268336, 278601, 242515, 198231, 165937, 122756, 96775,
         59307, 63467, 32377, 29796, 16183, 34729]  # fmt: skip

# Seed and margins of the worked example of "Iterative proportional fitting", Wikipedia.
SEED = [[40, 30, 20, 10], [35, 50, 100, 75], [30, 80, 70, 120], [20, 30, 40, 50]]
ROWS, COLUMNS = [150, 300, 400, 150], [200, 300, 400, 100]

# France 1991, ages 65-69, .., 85+: survivors, person-years, share disabled. EURO-REVES.
FRANCE = [[89367, 84968, 78012, 66625, 48532], [436589, 408793, 364013, 290533, 289068],
          [0.196, 0.286, 0.37, 0.513, 0.71]]  # fmt: skip


def panels(
    title: str, subtitle: str, count: int = 2, height: float = 3.5
) -> tuple[Figure, list[Axes]]:
    """Return a figure with panels side by side under one headline."""
    figure = new_figure(8.0, height)
    headline(figure, title, subtitle)
    axes = [figure.add_subplot(1, count, i + 1) for i in range(count)]
    figure.subplots_adjust(
        left=0.08, right=0.97, top=1 - 1.0 / height, bottom=0.5 / height, wspace=0.24
    )
    return figure, axes


def china() -> np.ndarray:
    """Forces of mortality of China 2026 (sex, age reached 0..100), WPP 2024, from its survival."""
    survival = read_case(ROOT / "data" / "zhejiang").survival_standard
    return -np.log(survival.transpose("sex", "age").to_numpy())


def life_table() -> Figure:
    """Columns of a life table."""
    figure, (left, right) = panels(
        "A life table from deaths and people",
        "Austria, males 1992 (Preston, Heuveline & Guillot 2001, p. 49)",
    )
    table = lifetable.from_deaths(AUSTRIA_DEATHS, AUSTRIA_PEOPLE, sex="male", width="abridged")
    left.semilogy(ABRIDGED, table.mx, "o-", ms=3, color=COLOURS[0], label="death rate m(x)")
    left.semilogy(
        ABRIDGED[:-1], table.qx[:-1], "o-", ms=3, color=COLOURS[1], label="probability q(x)"
    )
    panel_title(left, "rates in, probabilities out")
    right.plot(
        ABRIDGED, 100 * table.lx, "o-", ms=3, color=COLOURS[0], label="survivors of 100, l(x)"
    )
    right.plot(ABRIDGED, table.ex, "o-", ms=3, color=COLOURS[1], label="years to live, e(x)")
    right.annotate(
        f"e(0) = {table.ex[0]:.2f}", (0, table.ex[0]), xytext=(8, -14), textcoords="offset points"
    )
    panel_title(right, "survivors and expectation of life")
    for axes in (left, right):
        axes.set_xlabel("age")
        axes.legend(frameon=False, fontsize=9)
    return figure


def closing() -> Figure:
    """Curves that close a table at old ages."""
    figure, (left, right) = panels(
        "Closing a life table at old ages", "China, women and men 2026 (WPP 2024), fitted to 70-94"
    )
    age, force = np.arange(1, 100), china()[:, 1:100]
    for name, colour in (("kannisto", 0), ("makeham", 1), ("gompertz", 2)):
        closed = getattr(lifetable, name)(force[0], age, fit=(70, 94), from_age=95, to_age=120)
        old = closed.age >= 95
        left.plot(closed.age[old], closed.mx[old], color=COLOURS[colour], label=name)
    left.plot(age[69:], force[0, 69:], "o", ms=2.5, color=INK, label="published")
    left.set_ylim(0, 2)
    panel_title(left, "women: one curve or another")
    both = lifetable.coherent_kannisto(force, age, fit=(70, 94), from_age=95, to_age=120)
    for sex, name, colour in ((0, "women", 1), (1, "men", 0)):
        right.plot(both.age[69:], both.mx[sex, 69:], color=COLOURS[colour], label=name)
    right.set_ylim(0, 1)
    panel_title(right, "coherent_kannisto: the sexes never cross")
    for axes in (left, right):
        axes.set_xlabel("age")
        axes.legend(frameon=False, fontsize=9)
    left.set_ylabel("force of mortality")
    return figure


def _coale_guo(m: np.ndarray) -> np.ndarray:
    """Rates (.., 18) to 105-109, as Lee and Carter close them (p. 662)."""
    growth = np.log(m[..., 17:] / m[..., 16:17])
    fall = (6 * growth - np.log((m[..., 16:17] + 0.66) / m[..., 16:17])) / 15
    return np.concatenate(
        [m, m[..., 17:] * np.exp(np.cumsum(growth - fall * np.arange(1, 6), axis=-1))], -1
    )


def lee_carter() -> Figure:
    """Forecast of Lee and Carter."""
    figure, (left, right) = panels(
        "Lee and Carter's forecast of 1992, made again",
        "United States, 1990-2065, from the published a, b and k",
    )
    fit = mortality.LeeCarter(np.array(US_A), np.array(US_B), np.array([-11.05]), 0.97)
    ahead = np.arange(1, 77)
    out = mortality.lee_carter_forecast(fit, ahead, drift=mortality.Drift(-0.365, 0.0, 0.652))
    drawn = mortality.lee_carter_forecast(
        fit,
        ahead,
        drift=mortality.Drift(-0.365, 0.0, 0.652),
        draws=400,
        generator=np.random.default_rng(1),
    )
    years = 1989 + ahead
    left.fill_between(
        years, out.kt - 1.96 * out.kt_sd, out.kt + 1.96 * out.kt_sd, color=COLOURS[0], alpha=0.2
    )
    left.plot(years, out.kt, color=COLOURS[0])
    panel_title(left, "index k and its 95 % band")
    options = {"sex": "both", "width": "abridged", "a0": "coale_demeny"}
    e0 = lifetable.life_table(_coale_guo(drawn.mx), **options).ex[..., 0]
    middle = lifetable.life_table(_coale_guo(out.mx), **options).ex[..., 0]
    low, high = np.quantile(e0, [0.025, 0.975], axis=0)
    right.fill_between(years, low, high, color=COLOURS[1], alpha=0.2)
    right.plot(years, middle, color=COLOURS[1])
    right.plot(2065, 86.05, "o", color=INK, ms=5)
    right.annotate("published: 86.05", (2065, 86.05), xytext=(-98, 6), textcoords="offset points")
    panel_title(right, "life expectancy, 400 draws")
    return figure


def fertility_schedules() -> Figure:
    """Model schedules fitted to one set of rates."""
    figure, (left, right) = panels(
        "Fertility schedules fitted to five-year rates",
        "Sweden 1993 (Preston, Heuveline & Guillot 2001, box 6.2)",
    )
    bounds, fine = np.arange(15, 50, 5), np.linspace(12, 50, 300)
    left.bar(
        bounds, SWEDEN_1993, 5, align="edge", color="#e6e9ec", edgecolor="white", label="published"
    )
    rows = []
    for i, name in enumerate(("gamma", "hadwiger", "beta", "quadratic_spline")):
        fit = fertility.fit_schedule(name, bounds, SWEDEN_1993, width=5)
        left.plot(
            fine, fertility.SCHEDULES[name](fine, **fit.parameters), color=COLOURS[i], label=name
        )
        rows.append((name, 1e3 * np.sqrt(np.mean((fit.fitted - SWEDEN_1993) ** 2))))
    left.legend(frameon=False, fontsize=8.5)
    left.set_ylim(0, 0.24)
    left.set_xlabel("age of mother")
    left.set_ylabel("births per woman and year")
    right.barh([r[0] for r in rows], [r[1] for r in rows], color=COLOURS[: len(rows)])
    right.invert_yaxis()
    panel_title(right, "root mean square error, per 1,000")
    figure.subplots_adjust(left=0.09, wspace=0.42)
    return figure


def rogers_castro() -> Figure:
    """Migration by age."""
    figure, (left, right) = panels(
        "Migration by age: Rogers and Castro's waves",
        "Fundamental set (1981), and the model schedules of the United Nations (1992), males",
    )
    age = np.linspace(0, 80, 321)
    whole = {
        "a1": 0.02,
        "alpha1": 0.1,
        "a2": 0.06,
        "alpha2": 0.1,
        "mu2": 20,
        "lambda2": 0.4,
        "c": 0.003,
    }
    left.plot(age, migration.rogers_castro(age, **whole), color=INK, lw=2, label="all")
    for name, off, colour in (("children", "a2", 0), ("labour force", "a1", 1)):
        part = migration.rogers_castro(age, **{**whole, off: 0.0, "c": 0.0})
        left.plot(age, part, color=COLOURS[colour], label=name)
    left.axhline(0.003, color=MUTED, lw=1, ls=":", label="constant c")
    panel_title(left, "the parts of the fundamental set")
    for i, name in enumerate(migration.un_schedules()):
        curve = migration.rogers_castro(age, **migration.un_schedule(name, "male"))
        right.plot(age, curve, color=COLOURS[i], label=name.replace("_", " "))
    right.set_ylim(0, 0.09)
    panel_title(right, "un_schedule: six families")
    for axes in (left, right):
        axes.set_xlabel("age")
        axes.legend(frameon=False, fontsize=8)
    return figure


def residual_migration() -> Figure:
    """Net migration as what survival leaves unexplained."""
    figure, (left, right) = panels(
        "Net migration as a residual of two censuses",
        "Zhejiang, cohorts 2010-2020, survival of China 2026 (WPP 2024)",
    )
    people = (
        read_case(ROOT / "data" / "zhejiang").population.transpose("year", "sex", "age").to_numpy()
    )
    five = np.concatenate([people[..., :1] + people[..., 1:2], people[..., 2:]], axis=-1)
    lived = np.exp(-np.cumsum(china(), axis=-1))
    lived[:, 100] = lived[:, 99] * np.exp(-china()[:, 100]) / (1 - np.exp(-china()[:, 100]))
    groups = np.add.reduceat(lived, np.arange(0, 90, 5), axis=-1)
    survival = groups[:, 2:-1] / groups[:, :-3]
    moved = migration.residual_net_migration(
        five[0, :, :-3], five[1, :, 2:-1], survival, method="average"
    )
    ages = np.arange(10, 60, 5)
    for sex, name, colour in ((0, "women", 1), (1, "men", 0)):
        here, there = moved[sex, : ages.size], five[1, sex, 2 : 2 + ages.size]
        left.plot(ages + 2.5, here / 1e4, "o-", ms=3, color=COLOURS[colour], label=name)
        right.plot(ages + 2.5, 100 * here / there, "o-", ms=3, color=COLOURS[colour])
    panel_title(left, "net migrants of the decade, 10,000")
    panel_title(right, "per 100 residents of 2020")
    left.legend(frameon=False, fontsize=9)
    for axes in (left, right):
        axes.axhline(0, color=MUTED, lw=0.8)
        axes.set_xlabel("age in 2020")
    return figure


def graduation_methods() -> Figure:
    """Five-year groups to single ages."""
    figure, (left, right) = panels(
        "From five-year groups to single ages",
        "Males of the US Census Bureau's example; every method keeps every group",
    )
    single = {
        "uniform": graduation.uniform(FIVES, range(0, 85, 5)),
        "sprague": graduation.sprague(FIVES),
        "beers": graduation.beers(FIVES),
        "grabill": graduation.grabill(FIVES),
        "monotone": graduation.monotone(FIVES, range(0, 85, 5)),
        "pclm": graduation.pclm(FIVES, range(0, 85, 5), last_age=80),
    }
    colours = ["#b8bfc6", *COLOURS]
    for axes, span in ((left, slice(0, 30)), (right, slice(40, 80))):
        for (name, counts), colour in zip(single.items(), colours, strict=False):
            age = np.arange(counts.size)[span]
            how = {"drawstyle": "steps-mid"} if name == "uniform" else {}
            axes.plot(age, counts[span] / 1e3, color=colour, lw=1.5, label=name, **how)
        axes.set_xlabel("age")
    panel_title(left, "young ages, thousands")
    panel_title(right, "old ages: humps that the data's heaping makes")
    left.legend(frameon=False, fontsize=8.5)
    return figure


def smoothing() -> Figure:
    """Five-year groups smoothed."""
    figure, (axes,) = panels(
        "Smoothing five-year groups",
        "Males of the US Census Bureau's example (PAS, AGESMTH)",
        count=1,
    )
    ages, counted = np.arange(0, 80, 5), np.array(FIVES[:-1], dtype=float)
    names = ("carrier_farrag", "karup_king_newton", "arriaga", "united_nations", "strong")
    for i, name in enumerate(names):
        smooth = getattr(graduation, name)(FIVES)[:-1]
        axes.plot(ages, 100 * (smooth / counted - 1), "o-", ms=3, color=COLOURS[i], label=name)
    axes.axhline(0, color=INK, lw=0.8)
    axes.set_xlabel("age, lower bound of the group")
    axes.set_ylabel("smoothed less counted, %")
    axes.legend(frameon=False, fontsize=9)
    return figure


def heaping() -> Figure:
    """Preferred last digits."""
    figure, (left, right) = panels(
        "Heaped ages and what the indices say",
        "Males of the US Census Bureau's example (PAS, SINGAGE)",
    )
    people = np.array(SINGLE.split(), dtype=float)
    age = np.arange(people.size)
    colours = [COLOURS[1] if a % 10 == 0 else COLOURS[4] if a % 5 == 0 else "#b8bfc6" for a in age]
    left.bar(age[:90], people[:90] / 1e3, 0.9, color=colours[:90])
    panel_title(left, "persons by single age, thousands")
    left.set_xlabel("age")
    digits = [float(quality.noumbissi(people, digit=d)) for d in range(10)]
    right.bar(range(10), digits, color=[COLOURS[1], *["#b8bfc6"] * 4, COLOURS[4], *["#b8bfc6"] * 4])
    right.axhline(1, color=INK, lw=0.8)
    right.set_xticks(range(10))
    right.set_xlabel("last digit")
    panel_title(right, "Noumbissi's index by digit")
    found = [("Whipple", quality.whipple), ("Myers", quality.myers), ("Bachi", quality.bachi),
             ("Spoorenberg", quality.spoorenberg), ("Coale-Li", quality.coale_li)]  # fmt: skip
    text = "\n".join(f"{name} {float(index(people)):.2f}" for name, index in found)
    right.text(0.97, 0.97, text, transform=right.transAxes, ha="right", va="top", fontsize=9)
    return figure


def ipf() -> Figure:
    """A table fitted to margins."""
    figure, axes = panels(
        "ipf: a table that meets its margins and keeps the seed's pattern",
        "Worked example of Wikipedia's Iterative proportional fitting",
    )
    fit = raking.ipf(SEED, [((0,), ROWS), ((1,), COLUMNS)])
    whole = raking.controlled_rounding(fit.table, margins=[(0,), (1,)])
    for ax, table, title in (
        (axes[0], np.array(SEED, float), "seed"),
        (axes[1], whole, "fitted, rounded with its totals"),
    ):
        ax.imshow(table, cmap="Blues", vmin=0, vmax=220, aspect="auto")
        ax.set_xlim(-0.5, 4.5)
        ax.set_ylim(4.5, -0.5)
        for (i, j), value in np.ndenumerate(table):
            ax.text(j, i, f"{value:.0f}", ha="center", va="center", color=INK)
        for k in range(4):
            ax.text(4, k, f"{table[k].sum():.0f}", ha="center", va="center", color=MUTED)
            ax.text(k, 4, f"{table[:, k].sum():.0f}", ha="center", va="center", color=MUTED)
        ax.set_axis_off()
        panel_title(ax, title)
    return figure


def decompositions() -> Figure:
    """Differences told apart."""
    figure, (left, right) = panels(
        "Differences told apart",
        "China 2026 (WPP 2024); fertility by factors (Das Gupta 1993, example 2.4)",
    )
    force = china()
    rates = np.concatenate([force[:, :1], (force[:, 1:] + force[:, :-1]) / 2], axis=-1)[:, :100]
    women, men = (lifetable.life_table(rates[s], sex=x) for s, x in ((0, "female"), (1, "male")))
    split = lifetable.arriaga(men, women)
    ages = np.append(np.arange(0, 95, 5), 95)
    parts = [np.add.reduceat(part, ages) for part in (split.direct, split.indirect)]
    left.bar(ages, parts[0], 4.2, align="edge", color=COLOURS[0], label="direct")
    left.bar(ages, parts[1], 4.2, align="edge", bottom=parts[0], color=COLOURS[5], label="indirect")
    left.legend(frameon=False, fontsize=9)
    left.set_xlabel("age")
    panel_title(left, f"arriaga: women less men, {women.ex[0] - men.ex[0]:.2f} years by age")
    # Das Gupta (1993), example 2.4: a rate that is the product of five factors, at two dates.
    names = ("married", "contraception", "abortion", "lactation", "fecundity")
    first = dict(zip(names, (0.58, 0.76, 0.84, 0.66, 16.573), strict=True))
    second = dict(zip(names, (0.72, 0.97, 0.97, 0.56, 16.158), strict=True))
    effects = decomposition.das_gupta(first, second).effects
    values = [float(value) for value in effects.values()]
    right.barh(list(effects), values, color=[COLOURS[2] if v > 0 else COLOURS[1] for v in values])
    right.axvline(0, color=MUTED, lw=0.8)
    right.invert_yaxis()
    panel_title(right, f"das_gupta: five factors, {sum(values):+.2f}")
    figure.subplots_adjust(wspace=0.42)
    return figure


def urban_share() -> Figure:
    """Paths of the urban share."""
    figure, (axes,) = panels(
        "Paths of the urban share",
        "Jiaxing: 53.3 % in 2010, 71.3 % in 2020 (censuses), and three ways on",
        count=1,
    )
    area = (
        read_case(ROOT / "data" / "jiaxing")
        .population_by_area_city.transpose("area", "year")
        .to_numpy()
    )
    (u0, u1), (r0, r1) = area
    d = float(urbanisation.growth_difference(u0, r0, u1, r1, years=10))
    ahead = np.arange(0, 31)
    share = u1 / (u1 + r1)
    paths = {
        f"logistic_path: difference stays {d:.3f}": urbanisation.logistic_path(share, d, ahead),
        "converging_path to 0.02 in 25 years": urbanisation.converging_path(
            share, d, ahead, norm=[0.02]
        ),
        "converging_path to 0 in 10 years": urbanisation.converging_path(
            share, d, ahead, norm=[0.0], convergence_years=10
        ),
    }
    for i, (name, path) in enumerate(paths.items()):
        axes.plot(2020 + ahead, 100 * path, color=COLOURS[i], label=name)
    axes.plot([2010, 2020], [100 * u0 / (u0 + r0), 100 * share], "o", color=INK, label="census")
    axes.set_ylabel("urban, %")
    axes.set_ylim(50, 100)
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    return figure


def sullivan() -> Figure:
    """Years with and without disability."""
    figure, (axes,) = panels(
        "Sullivan: years with and without disability", "France 1991 (EURO-REVES)", count=1
    )
    found = health.sullivan(*FRANCE)
    ages = np.array([65, 70, 75, 80, 85])
    axes.bar(ages, found.healthy, 3.6, color=COLOURS[2], label="free of disability")
    axes.bar(
        ages, found.unhealthy, 3.6, bottom=found.healthy, color="#c9d0d6", label="with disability"
    )
    for age, years in zip(ages, found.healthy, strict=True):
        axes.text(age, years / 2, f"{years:.1f}", ha="center", va="center", color="white")
    axes.set_xticks(ages)
    axes.set_xlabel("age reached")
    axes.set_ylabel("years left")
    axes.legend(frameon=False, fontsize=9)
    return figure


PICTURES: dict[str, Callable[[], Figure]] = {
    "life_table": life_table,
    "closing": closing,
    "lee_carter": lee_carter,
    "fertility_schedules": fertility_schedules,
    "rogers_castro": rogers_castro,
    "residual_migration": residual_migration,
    "graduation": graduation_methods,
    "smoothing": smoothing,
    "heaping": heaping,
    "ipf": ipf,
    "decomposition": decompositions,
    "urban_share": urban_share,
    "sullivan": sullivan,
}


def main(folder: Path) -> None:
    """Draw all pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        with style():
            canvas = FigureCanvasAgg(draw())
            canvas.draw()
        picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        picture.quantize(64).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "methods")
