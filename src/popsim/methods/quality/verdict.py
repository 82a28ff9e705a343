"""One verdict on a census by age and sex, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError
from popsim.methods.graduation.groups import Groups, age_groups, group_counts
from popsim.methods.quality import age_sex, digits, old_age
from popsim.methods.quality.scales import CLASSES, MEASURES, WORDS, Lang, grade_of, label_of

__all__ = ["Finding", "Verdict", "assess"]

Floats = NDArray[np.float64]
SEXES = ("female", "male")


@dataclass(frozen=True, slots=True)
class Finding:
    """One measure of a population's quality.

    Parameters
    ----------
    measure
        Key of the measure: ``whipple``, ``myers``, ``age_sex_accuracy``, ..
    sex
        ``female``, ``male``, or empty for both together.
    value
        Its value.
    grade
        0 (highly accurate) to 4 (very rough); None where it is not classed.
    detail
        What the sentence names besides, by language.
    """

    measure: str
    sex: str
    value: float
    grade: int | None
    detail: dict[str, str]

    def name(self, lang: Lang = "en") -> str:
        """Name of the measure, with ``*`` where its classes are this package's own."""
        measure = MEASURES[self.measure]
        own = bool(measure.classes) and not measure.published
        return measure.name[lang] + ("*" if own else "")

    def label(self, lang: Lang = "en") -> str:
        """Class in words."""
        return label_of(self.measure, self.grade, lang)

    def sentence(self, lang: Lang = "en") -> str:
        """What the value says."""
        basis = WORDS[self.detail.get("basis", "former")][lang]
        return (
            MEASURES[self.measure]
            .sentence[lang]
            .format(
                value=self.value,
                grade=self.label(lang),
                detail=self.detail.get(lang, ""),
                basis=basis,
            )
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `assess` found; ``str()`` prints it as a table.

    Parameters
    ----------
    findings
        One entry for each measure and sex.
    """

    findings: tuple[Finding, ...]

    @property
    def grade(self) -> int:
        """Worst class among the measures."""
        return max(f.grade for f in self.findings if f.grade is not None)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __getitem__(self, key: tuple[str, str]) -> Finding:
        for finding in self.findings:
            if (finding.measure, finding.sex) == key:
                return finding
        raise KeyError(key)

    def label(self, lang: Lang = "en") -> str:
        """Worst class in words."""
        return CLASSES[lang][self.grade]

    def summary(self, lang: Lang = "en") -> str:
        """Worst class as a sentence, with the measure that has it."""
        worst = next(f for f in self.findings if f.grade == self.grade)
        return WORDS["overall"][lang].format(grade=self.label(lang), measure=worst.name(lang))

    def rows(self, lang: Lang = "en") -> list[dict[str, str]]:
        """Rows of the table: measure, sex, value, class, sentence."""
        return [
            {
                "measure": f.name(lang),
                "sex": WORDS[f.sex][lang],
                "value": f"{f.value:.2f}",
                "class": f.label(lang),
                "sentence": f.sentence(lang),
            }
            for f in self.findings
        ]

    def text(self, lang: Lang = "en") -> str:
        """Whole verdict as a table in one language, the overall class last."""
        rows = self.rows(lang)
        heads = {key: WORDS[key][lang] for key in ("measure", "sex", "value", "class")}
        wide = {k: max(_cells(r[k]) for r in [*rows, heads]) for k in heads}
        lines = [_line(heads, wide)]
        lines += [f"{_line(row, wide)}  {row['sentence']}" for row in rows]
        lines.append(self.summary(lang))
        lines.append(WORDS["rule"][lang])
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()


def assess(
    population: ArrayLike,
    age: ArrayLike | None = None,
    *,
    earlier: ArrayLike | None = None,
    interval: int | None = None,
    survival: ArrayLike | None = None,
) -> Verdict:
    """Judge a census by age and sex, and its cohorts against an earlier census.

    Parameters
    ----------
    population
        Persons (sex, age), sexes in the order female, male; the last age open. A labelled array
        with the dims `sex` and `age` brings its own ages.
    age
        Lower bounds (age): single years, 5-year groups, or these with 0 and 1-4 apart. None: the
        array's own.
    earlier
        An earlier census in the same form and ages.
    interval
        Years from the earlier census to this; wanted with `earlier`.
    survival
        One-step survival ratios (sex, age) for the ages after 0 and 1-4 are joined (5-year steps)
        or single ages (1-year steps), indexed by the age reached, so that cohorts are compared with
        their survivors.

    Returns
    -------
    Verdict
        With single ages: Whipple, Myers, Bachi, Spoorenberg and, where the ages go to 93, Coale-Li,
        for each sex. Always: the United Nations' age-sex accuracy index over closed groups below
        70, and the steps of the sex ratio. With `earlier`: the cohort that differs most from its
        expected survivors (without `survival`, from its former number, below age 60).

    Raises
    ------
    DataError
        Where a sex is missing, ages do not join, or counts are missing or negative.

    Notes
    -----
    The overall class is the worst of the classes. No index tells misreporting from migration: in a
    city that students and workers come to, the age-sex index is high though ages are true.

    References
    ----------
    United Nations (1955). Manual II: Methods of Appraisal of Quality of Basic Data for Population
    Estimates.

    Examples
    --------
    >>> people = [[800.0 - 40 * i for i in range(18)]] * 2
    >>> assess(people, range(0, 90, 5))["sex_ratio", ""].label()
    'highly accurate'
    """
    people, ages = _unwrap(population, age)
    groups = age_groups(ages)
    values = group_counts(people, groups)
    if values.shape[:-1] != (2,):
        raise DataError(
            f"population has shape {values.shape}; (2, {groups.age.size}) is wanted: one row for "
            "women, one for men"
        )
    findings: list[Finding] = []
    if (groups.width[:-1] == 1).all() and groups.age.size > 92:
        findings += _heaping(values, int(groups.age[0]))
    five, bounds = _five(values, groups)
    findings += _age_sex(five, bounds)
    if earlier is not None:
        if interval is None:
            raise DataError("interval= is wanted with earlier=: years between the two censuses")
        before, before_age = _unwrap(earlier, age)
        if not np.array_equal(before_age, ages):
            raise DataError("the two censuses have different age groups: the ages do not join")
        findings += _cohorts(before, values, groups, interval, survival)
    return Verdict(tuple(findings))


def _unwrap(population: Any, age: ArrayLike | None) -> tuple[Any, NDArray[np.int64]]:
    """Plain counts (sex, age) and ages, of a plain or a labelled array."""
    dims = getattr(population, "dims", None)
    if dims is not None:
        if set(dims) != {"sex", "age"}:
            raise DataError(f"dims {tuple(dims)}; exactly sex and age are wanted. Remedy: select")
        labels = [str(s) for s in np.asarray(population["sex"])]
        if sorted(labels) != sorted(SEXES):
            raise DataError(f"sex has the labels {labels}; female and male are wanted")
        population = population.transpose("sex", "age")
        age = np.asarray(population["age"]) if age is None else age
        counts = np.asarray(population)[[labels.index(s) for s in SEXES]]
    else:
        counts = np.asarray(population, dtype=np.float64)
    if age is None:
        raise DataError("age= is wanted: the lower bounds of the age groups")
    return counts, np.asarray(age)


def _five(values: Floats, groups: Groups) -> tuple[Floats, NDArray[np.int64]]:
    """Counts (sex, group) in 5-year groups from 0, and their bounds."""
    bounds = groups.age[groups.age % 5 == 0]
    starts = np.searchsorted(groups.age, bounds)
    if groups.age[0] != 0 or (np.diff(bounds) != 5).any():
        raise DataError("ages do not join to the 5-year groups 0-4, 5-9, ..")
    five: Floats = np.add.reduceat(values, starts, axis=-1)
    return five, bounds


def _heaping(values: Floats, first: int) -> list[Finding]:
    """Heaping of single ages, for each sex."""
    found = []
    for sex, row in zip(SEXES, values, strict=True):
        closed = row[:-1]
        liked = [float(digits.noumbissi(closed, digit=d, first_age=first)) for d in range(10)]
        most = str(int(np.argmax(liked)))
        for key, index in (
            ("whipple", digits.whipple),
            ("myers", digits.myers),
            ("bachi", digits.bachi),
            ("spoorenberg", digits.spoorenberg),
            ("coale_li", old_age.coale_li),
        ):
            value = float(index(closed, first_age=first))
            found.append(Finding(key, sex, value, grade_of(key, value), {"en": most, "zh": most}))
    return found


def _age_sex(five: Floats, bounds: NDArray[np.int64]) -> list[Finding]:
    """Age-sex accuracy and sex-ratio steps of the closed groups below 70."""
    use = bounds[:-1] < 70
    women, men = five[:, :-1][:, use]
    index = age_sex.age_sex_accuracy(women, men)
    parts = {
        lang: WORDS["parts"][lang].format(
            sex=index.sex_ratio_score,
            female=index.age_ratio_score_female,
            male=index.age_ratio_score_male,
        )
        for lang in ("en", "zh")
    }
    steps = age_sex.sex_ratio_check(women, men)
    places = np.flatnonzero(steps.flagged)
    at = ", ".join(f"{bounds[i]}-{bounds[i] + 4}: {steps.change[i]:+.0f}" for i in places)
    text = {lang: at or WORDS["nowhere"][lang] for lang in ("en", "zh")}
    jumps, key = float(places.size), "age_sex_accuracy"
    return [
        Finding(key, "", index.score, grade_of(key, index.score), parts),
        Finding("sex_ratio", "", jumps, grade_of("sex_ratio", jumps), text),
    ]


def _cohorts(
    before: Floats, now: Floats, groups: Groups, interval: int, survival: ArrayLike | None
) -> list[Finding]:
    """Largest residual among the cohorts, for each sex."""
    age = groups.age
    first, second = group_counts(before, groups), now
    if len(set(groups.width[:-1].tolist())) > 1:
        first, age = _five(first, groups)
        second, _ = _five(now, groups)
    check = age_sex.cohort_consistency(first, second, age, interval=interval, survival=survival)
    basis = "former" if survival is None else "survivors"
    seen = check.age < (60 if survival is None else np.inf)  # above, deaths outweigh all else
    found = []
    for row, sex in enumerate(SEXES):
        place = int(np.abs(check.residual[row][seen]).argmax())
        last = place == check.age.size - 1
        low = int(check.age[place])
        name = f"{low}+" if last else f"{low}-{int(check.age[place + 1]) - 1}"
        detail = {"en": name, "zh": name, "basis": basis}
        found.append(Finding("cohorts", sex, 100 * float(check.residual[row, place]), None, detail))
    return found


def _cells(text: str) -> int:
    """Width of a text in columns of a terminal: Chinese characters take two."""
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)


def _line(row: dict[str, str], wide: dict[str, int]) -> str:
    """One line of the table, without the sentence."""
    return "  ".join(row[k] + " " * (n - _cells(row[k])) for k, n in wide.items()).rstrip()
