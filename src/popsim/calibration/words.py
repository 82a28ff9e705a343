"""What is assumed of household registration, as parameters and as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from popsim.errors import DataError, Problem

__all__ = ["HukouAssumptions", "base_notes", "hukou_notes"]


@dataclass(frozen=True)
class HukouAssumptions:
    """Assumptions on household registration that no published figure settles.

    Parameters
    ----------
    mean_stay_years
        Mean years that one of the floating stays, and that one of the absent is away.
    schedule
        Name of the UN model schedule of migration by age (`popsim.methods.migration`).
    registration_by_age
        First age -> relative probability of registration from that age on.
    inside_share
        Share of the floating from another county of the province whose hukou is in another region
        of the whole.
    ages_year
        Year of the published registered population by age.
    odds_region, odds_year
        Where urban and rural places are published for residents and for the registered: the odds
        ratio found there is taken for all regions.
    newborn_rule
        ``"mother"``: a child has the status of its mother; ``"registered_if_either"``: children
        of floating mothers with a registered father are registered.
    mixed_couples
        Share of floating mothers with a registered partner; used by ``"registered_if_either"``.
    distance_power
        Power by which moves between regions fall with their distance, where the case has the
        table `distance_km`.
    """

    mean_stay_years: float
    schedule: str
    registration_by_age: dict[int, float]
    inside_share: float
    ages_year: int
    odds_region: str
    odds_year: int
    newborn_rule: Literal["mother", "registered_if_either"] = "mother"
    mixed_couples: float = 0.0
    distance_power: float = 1.0

    def check(self) -> None:
        """Refuse what cannot be meant."""
        faults = []
        if not self.mean_stay_years > 1:
            faults.append(("mean_stay_years", f"{self.mean_stay_years:g}", "more than 1 year"))
        for name in ("inside_share", "mixed_couples"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                faults.append((name, f"{value:g}", "a share between 0 and 1"))
        if not self.registration_by_age or min(self.registration_by_age) != 0:
            faults.append(("registration_by_age", str(self.registration_by_age), "a value from 0"))
        if faults:
            raise DataError(
                [Problem("cannot be meant", f"calibration.hukou.{n}", g, e) for n, g, e in faults]
            )


def base_notes(
    ratios: Mapping[str, float | None], *, county_grade: str, area: bool
) -> dict[str, str]:
    """What the base population and its rates assume, Chinese and English, by key.

    Parameters
    ----------
    ratios
        `rural_fertility_ratio` and `rural_mortality_ratio` as given.
    county_grade
        Worst grade of the counties' year-end residents that are fitted; none if empty.
    area
        Whether urban and rural are told apart.
    """
    counties = (
        (
            f"公布了年末常住人口且来源等级不低于{county_grade}的县(市、区)按公布数拟合。",
            f" Counties whose year-end residents a source of grade {county_grade} or better "
            "published are fitted to them.",
        )
        if county_grade
        else ("", "")
    )
    notes = {
        "base_population": (
            "基期人口为人口普查推算至当年年末的数,各县(市、区)保持普查时的比重。" + counties[0],
            "The base population is the census carried to the end of its year; counties keep their "
            "shares of the census." + counties[1],
        ),
        "migration_residual": (
            "两次普查之间的净迁移为存活推算不能解释的余数。",
            "Net migration between the censuses is what survival leaves unexplained.",
        ),
        "fertility_factor": (
            "各县(市、区)生育水平与全市之比保持普查年份的数值。",
            "Counties keep the ratio of their fertility to the whole's of the census year.",
        ),
    }
    names = {"fertility": ("生育率", "fertility"), "mortality": ("死亡强度", "hazard of death")}
    for kind, (zh, en) in names.items() if area else ():
        ratio = ratios[f"rural_{kind}_ratio"]
        notes[f"rural_{kind}"] = (
            (f"城乡{zh}相同(未给出城乡差别)。", f"Towns and villages have the same {en}: no "
             "difference was given.")
            if ratio is None
            else (f"农村{zh}为城镇的{ratio:g}倍(使用者给定),各年龄相同;总水平仍按公布数拟合。",
                  f"The {en} of villages is {ratio:g} times that of towns at every age (the "
                  "user's); the level of both is fitted to the published figures.")
        )  # fmt: skip
    return {key: f"{zh} / {en}" for key, (zh, en) in notes.items()}


def hukou_notes(given: HukouAssumptions, odds: float, *, distances: bool) -> dict[str, str]:
    """The assumptions as sentences, Chinese and English, by key.

    Parameters
    ----------
    given
        The assumptions.
    odds
        Odds ratio of living in towns, floating against registered.
    distances
        Distances between regions are at hand.
    """
    notes = _stock_notes(given, odds) | _move_notes(given, distances)
    return {key: f"{zh} / {en}" for key, (zh, en) in notes.items()}


def _stock_notes(given: HukouAssumptions, odds: float) -> dict[str, tuple[str, str]]:
    """How many are floating and absent, where, and of which ages."""
    stay = f"{given.mean_stay_years:g}"
    where = f"{given.odds_region}, {given.odds_year}"
    return {
        "floating_stock": (
            "流动人口=户口在省内其他县(市、区)或外省的常住人口(2020年普查),按年末常住人口等比推算。",
            "The floating are residents whose hukou is in another county of the province or in "
            "another province (census of 2020), scaled to the end of the year.",
        ),
        "registered_by_region": (
            "未公布户籍人口的县(市、区):2010年的外出户籍人口等比调整,使合计等于全市户籍人口;"
            "其他年份公布的,按前后年份或全市增速推算到基年末。",
            "Where a county's registered population is not published, its absent of 2010 are "
            "scaled so that all add to the city's; figures of other years are carried to the base "
            "year between their neighbours, or at the city's pace.",
        ),
        "floating_ages": (
            f"流动人口与外出户籍人口的年龄:以平均停留{stay}年、联合国迁移模式表({given.schedule})的稳定存量为初值,"
            f"再调整流动人口,使{given.ages_year}年末户籍人口的年龄构成与公布数一致。",
            f"Ages of the floating and of the absent start from the stock that steady arrivals by "
            f"the UN schedule {given.schedule} and a mean stay of {stay} years leave; the floating "
            f"are then raked until the registered population of {given.ages_year} has its "
            "published ages.",
        ),
        "floating_area": (
            f"流动人口与户籍人口居住城镇的优势比为{odds:.2f}(由{where}推得),各县(市、区)与各年龄相同。",
            f"The odds of living in towns are {odds:.2f} times as high for the floating as for the "
            f"registered (from {where}), in all counties and at all ages.",
        ),
        "absent": (
            f"外出户籍人口总量不变:离开的人数等于返回(每年1/{stay})与死亡、减去出生之和;不计入常住人口。",
            f"The registered absent keep their number: as many leave as return (1/{stay} a year) "
            "or die, less their newborn. They are no residents.",
        ),
    }


def _move_notes(given: HukouAssumptions, distances: bool) -> dict[str, tuple[str, str]]:
    """Who comes, goes, is registered, and moves inside."""
    power = f"{given.distance_power:g}"
    how = (f"距离的{power}次方衰减", f"falling with distance to the power {power}")
    if not distances:
        how = ("只按规模,无距离数据", "by size alone: no distances at hand")
    stay = f"{given.mean_stay_years:g}"
    share = f"{100 * given.inside_share:g} %"
    rules = {
        "mother": ("新生儿随母亲的户籍状态。", "A newborn has the status of its mother."),
        "registered_if_either": (
            f"父母一方为户籍人口的新生儿落户;流动母亲中配偶为户籍人口的占{given.mixed_couples:.0%}。",
            f"A newborn with one registered parent is registered; {given.mixed_couples:.0%} of "
            "floating mothers have a registered partner.",
        ),
    }
    return {
        "border_registered": (
            "户籍常住人口的市外净迁移由外出户籍人口账户倒推(离开者转为外出,返回者转为常住);"
            "其余市外净迁移属流动人口。",
            "Net migration of registered residents across the outer border mirrors the account of "
            "the absent (who leaves joins them, who returns leaves them); the rest is that of the "
            "floating.",
        ),
        "departures": (
            f"流动人口每年有1/{stay}离开或返回原籍县(按年初在本地的人数计,随人数增减);迁入人数由常住人口总量拟合,"
            "县与年龄构成取自两次普查间的残差。",
            f"One in {stay} of the floating leaves a year, or goes back to a county inside: a "
            "share of those who are there at its start. Arrivals are fitted to the total of "
            "residents; their counties and ages are those that the residual between the censuses "
            "asks for.",
        ),
        "registration": (
            "落户概率的年龄构成为假设,水平按户籍人口总量拟合(净额:已扣除迁出户籍,含市内各县之间);之后按平均水平延续。",
            "The ages of registration are assumed; its level is fitted to the registered "
            "population (net of those who take their registration away, also to another county of "
            "the whole), and its mean goes on.",
        ),
        "internal": (
            f"户口在省内其他县的流动人口中{share}来自市内其他县(市、区)(假设,上限为两边的合计);"
            f"流向由重力模型({how[0]})与迭代比例拟合。",
            f"{share} of the floating from other counties of the province come from inside the "
            "whole (an assumption, bounded by both margins); who comes from where is gravity "
            f"({how[1]}) and proportional fitting.",
        ),
        "newborn": rules[given.newborn_rule],
    }
