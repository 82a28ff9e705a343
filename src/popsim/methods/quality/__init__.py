"""Quality of a population by age and sex: heaped ages, age and sex ratios, cohorts, one verdict.

Here lives what judges counts and changes none; what mends them is in `popsim.methods.graduation`.
Ages are single years from `first_age` on, or groups by their lower bounds; age is the last axis.

`digits` and `old_age`: heaping by last digit; `age_sex`: age and sex ratios, cohorts between
censuses; `verdict`, with the words and limits of `scales`: all of them in a sentence; `ranges`: the
counts that an index is made of.
"""

from popsim.methods.quality.age_sex import (
    AgeSexAccuracy,
    CohortConsistency,
    SexRatios,
    age_ratio_score,
    age_sex_accuracy,
    cohort_consistency,
    sex_ratio_check,
    sex_ratio_score,
)
from popsim.methods.quality.digits import bachi, myers, noumbissi, spoorenberg, whipple
from popsim.methods.quality.old_age import coale_li, jdanov, kannisto
from popsim.methods.quality.verdict import Finding, Verdict, assess

__all__ = [
    "AgeSexAccuracy",
    "CohortConsistency",
    "Finding",
    "SexRatios",
    "Verdict",
    "age_ratio_score",
    "age_sex_accuracy",
    "assess",
    "bachi",
    "coale_li",
    "cohort_consistency",
    "jdanov",
    "kannisto",
    "myers",
    "noumbissi",
    "sex_ratio_check",
    "sex_ratio_score",
    "spoorenberg",
    "whipple",
]
