"""Words and class limits of the verdict, in English and Chinese."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["CLASSES", "MEASURES", "WORDS", "Lang", "Measure", "grade_of", "label_of"]

Lang = Literal["en", "zh"]

#: Classes from best to worst.
CLASSES: dict[str, tuple[str, ...]] = {
    "en": ("highly accurate", "fairly accurate", "approximate", "rough", "very rough"),
    "zh": ("非常准确", "比较准确", "大致准确", "粗略", "非常粗略"),
}


class Measure(NamedTuple):
    """One measure of the verdict.

    Attributes
    ----------
    name
        Its name, by language.
    limits
        Upper limits of the first classes; above the last is the last class of `classes`.
    classes
        Which of the five classes the limits part; one more than there are limits.
    published
        Whether the limits are published, or this package's rule of thumb.
    sentence
        What to say, by language, with ``{value}``, ``{grade}`` and ``{detail}``.
    labels
        Published names of the classes, by language, where they have their own.
    """

    name: dict[str, str]
    limits: tuple[float, ...]
    classes: tuple[int, ...]
    published: bool
    sentence: dict[str, str]
    labels: dict[str, tuple[str, ...]] | None = None


ALL = (0, 1, 2, 3, 4)
# Per cent of persons with a misreported last digit: no published classes; chosen so that a register
# falls into the first and PAS's example population into the last.
DIGIT_LIMITS = (2.0, 5.0, 10.0, 20.0)

MEASURES: dict[str, Measure] = {
    "whipple": Measure(
        {"en": "Whipple", "zh": "惠普尔指数"},
        # United Nations, Demographic Yearbook, technical notes: 105, 110, 125, 175 per cent.
        (1.05, 1.10, 1.25, 1.75),
        ALL,
        True,
        {
            "en": "Ages ending in 0 and 5 hold {value:.2f} times their due: {grade}.",
            "zh": "尾数为 0 和 5 的年龄人数是应有人数的 {value:.2f} 倍：{grade}。",
        },
    ),
    "myers": Measure(
        {"en": "Myers", "zh": "迈耶斯指数"},
        DIGIT_LIMITS,
        ALL,
        False,
        {
            "en": "{value:.1f} % of persons would have to change their last digit: {grade}.",
            "zh": "{value:.1f}% 的人需改动年龄尾数：{grade}。",
        },
    ),
    "bachi": Measure(
        {"en": "Bachi", "zh": "巴奇指数"},
        DIGIT_LIMITS,
        ALL,
        False,
        {
            "en": "By Bachi's count {value:.1f} % would have to: {grade}.",
            "zh": "按巴奇法，{value:.1f}% 的人需改动年龄尾数：{grade}。",
        },
    ),
    "spoorenberg": Measure(
        {"en": "Spoorenberg", "zh": "斯普伦伯格指数"},
        # No published classes: Whipple's, for all ten digits together.
        (0.5, 1.0, 2.5, 5.0),
        ALL,
        False,
        {
            "en": "All digits together deviate by {value:.2f} of 16; most preferred is digit "
            "{detail}: {grade}.",
            "zh": "十个尾数合计偏离 {value:.2f}（最大 16），最受偏好的尾数为 {detail}：{grade}。",
        },
    ),
    "coale_li": Measure(
        {"en": "Coale-Li", "zh": "科尔—李指数"},
        # No published classes: Whipple's.
        (1.05, 1.10, 1.25, 1.75),
        ALL,
        False,
        {
            "en": "At 60-89, ages ending in 0 stand at {value:.2f} of their surroundings: {grade}.",
            "zh": "60—89 岁中尾数为 0 的年龄人数为邻近年龄的 {value:.2f} 倍：{grade}。",
        },
    ),
    "age_sex_accuracy": Measure(
        {"en": "UN age-sex accuracy", "zh": "联合国年龄性别准确度指数"},
        # United Nations (1952), Population Bulletin 2: under 20 accurate, 20 to 40 inaccurate,
        # over 40 highly inaccurate.
        (20.0, 40.0),
        (1, 3, 4),
        True,
        {
            "en": "The joint score of 5-year groups is {value:.1f}: {grade}; migration and uneven "
            "births raise it too ({detail}).",
            "zh": "五岁组综合得分 {value:.1f}：{grade}；迁移和出生波动也会抬高得分（{detail}）。",
        },
        {
            "en": ("accurate", "inaccurate", "highly inaccurate"),
            "zh": ("准确", "不准确", "很不准确"),
        },
    ),
    "sex_ratio": Measure(
        {"en": "Sex-ratio steps", "zh": "性别比跳跃"},
        (0.5, 1.5, 3.5, 6.5),
        ALL,
        False,
        {
            "en": "Steps of the sex ratio of more than 10 below age 70: {value:.0f} ({detail}): "
            "{grade}.",
            "zh": "70 岁以下有 {value:.0f} 处性别比相邻相差超过 10（{detail}）：{grade}。",
        },
    ),
    "cohorts": Measure(
        {"en": "Cohorts", "zh": "队列一致性"},
        (),
        (),
        False,
        {
            "en": "Of the cohorts, that now aged {detail} differs most from {basis}, by "
            "{value:+.1f} %: migration, coverage or ages; not classed.",
            "zh": "各队列中，现 {detail} 岁队列与{basis}相差最大，为 {value:+.1f}%："
            "可能为迁移、漏登或年龄误报，不评级。",
        },
    ),
}

WORDS: dict[str, dict[str, str]] = {
    "measure": {"en": "measure", "zh": "指标"},
    "sex": {"en": "sex", "zh": "性别"},
    "value": {"en": "value", "zh": "数值"},
    "class": {"en": "class", "zh": "等级"},
    "female": {"en": "female", "zh": "女"},
    "male": {"en": "male", "zh": "男"},
    "": {"en": "both", "zh": "合计"},
    "none": {"en": "not classed", "zh": "不评级"},
    "nowhere": {"en": "none", "zh": "无"},
    "survivors": {"en": "its expected survivors", "zh": "预期存活人数"},
    "former": {"en": "its number at the earlier census", "zh": "前次普查人数"},
    "overall": {
        "en": "Overall: {grade}, the worst class found ({measure}).",
        "zh": "总体：{grade}（各指标中最差一级，见{measure}）。",
    },
    "parts": {
        "en": "sex ratios {sex:.1f}, age ratios {female:.1f} female, {male:.1f} male",
        "zh": "性别比 {sex:.1f}，年龄比女 {female:.1f}、男 {male:.1f}",
    },
    "rule": {
        "en": "* classes are a rule of thumb of this package; the others are the United Nations'.",
        "zh": "* 等级界限为本软件的经验取值；其余为联合国公布的界限。",
    },
}


def grade_of(key: str, value: float) -> int | None:
    """Class of a value, 0 best to 4 worst; None where the measure is not classed.

    Examples
    --------
    >>> grade_of("whipple", 1.07), grade_of("age_sex_accuracy", 33.0), grade_of("cohorts", 1.0)
    (1, 3, None)
    """
    measure = MEASURES[key]
    if not measure.classes:
        return None
    return measure.classes[sum(value >= limit for limit in measure.limits)]


def label_of(key: str, grade: int | None, lang: Lang = "en") -> str:
    """Class of a measure in words.

    Examples
    --------
    >>> label_of("whipple", 3), label_of("age_sex_accuracy", 3), label_of("cohorts", None)
    ('rough', 'inaccurate', 'not classed')
    """
    measure = MEASURES[key]
    if grade is None:
        return WORDS["none"][lang]
    if measure.labels is not None:
        return measure.labels[lang][measure.classes.index(grade)]
    return CLASSES[lang][grade]
