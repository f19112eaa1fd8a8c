"""The rows of outcomes.csv and meta.csv, declared like those of `rows`.

The columns of meta.csv have the names that metafor's escalc (n1i, m1i, ...) and metalab (n_1, x_1, ...) read.
"""

from collections.abc import Iterable
from typing import Annotated, Literal, TypedDict

from designspace.core.contracts import Count, Number, Ordinal, Probability
from designspace.results.column_types import (
    Citation,
    EvidenceFile,
    EvidencePage,
    Experiment,
    Group,
    Nth,
    Page,
    Paper,
    Text,
)
from designspace.results.columns import About

Value = Number | None
Spread = Literal["", "SD", "SE", "CI"]
# Metalab's reader refuses a table without these columns, of which a library about another field says nothing. They are
# empty, to be filled by hand, unless a parameter of the library has the name.
OPEN = {
    "response_mode": "For metalab: way of measuring the response.",
    "exposure_phase": "For metalab: kind of exposure before the test.",
    "method": "For metalab: name of the method.",
    "dependent_measure": "For metalab: kind of dependent measure.",
    "native_lang": "For metalab: native languages of the participants.",
    "infant_type": "For metalab: what is particular to the participants.",
}


class OutcomeRow(TypedDict):
    """A reported statistic or mean, with its numbers."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    group: Group
    parameter: Annotated[Text, About("Name of the outcome, a parameter of kind statistic or mean.")]
    item: Annotated[Nth, About("Number of the value among those of its cell, from 1.")]
    value: Annotated[str, About("The expression as the paper prints it, or as a reviewer corrected it.")]
    test: Annotated[Literal["", "t", "F", "r", "chi2", "Z"], About("Test of a statistic; empty for a mean.")]
    df1: Annotated[Value, About("First degrees of freedom of F, or those of chi-square; else empty.")]
    df2: Annotated[Value, About("Degrees of freedom of the error, or those of t and r; empty if they are not printed.")]
    n: Annotated[Count | None, About("Sample size that is printed with a chi-square, or beside a mean; else empty.")]
    statistic: Annotated[Value, About("Value of t, F, r, chi-square or Z; empty for a mean.")]
    p_sign: Annotated[Literal["", "=", "<", ">"], About("Sign between p and its number; empty if no p is printed.")]
    p: Annotated[Value, About("The printed p, from 0 to 1; empty if none is printed.")]
    p_computed: Annotated[
        Probability | None, About("The p of the statistic, two-sided for t, r and Z; empty if it cannot be computed.")
    ]
    p_check: Annotated[
        Literal["", "consistent", "one_sided", "inconsistent", "decision_error"],
        About("Whether the printed p is the computed one, within the rounding of both; empty if none is printed."),
    ]
    effect: Annotated[
        str, About("Kind of effect size that is printed with a statistic, such as d or partial eta2; else empty.")
    ]
    effect_size: Annotated[Value, About("Number of the printed effect size; empty if none is printed.")]
    effect_computed: Annotated[
        Value,
        About("The effect size that follows from the statistic and the groups; empty if none follows."),
    ]
    effect_check: Annotated[
        Literal["", "consistent", "inconsistent"],
        About("Whether the printed effect size is the computed one, within rounding; empty if none follows."),
    ]
    mean: Annotated[Value, About("The mean, in the parameter's unit if it can be converted; empty for a statistic.")]
    unit: Annotated[str, About("Unit of the mean and of its spread; empty for a statistic.")]
    spread: Annotated[
        Spread, About("Kind of spread: SD, SE or 95% CI; empty if the paper does not say, and for a statistic.")
    ]
    spread_from: Annotated[
        Literal["", "printed", "stated"],
        About("Whether the kind of spread is printed with the mean or stated before it; empty without a kind."),
    ]
    spread_size: Annotated[Value, About("Number of the SD or SE, in the unit of the mean; empty if none is printed.")]
    ci_low: Annotated[Value, About("Lower limit of the 95% CI, in the unit of the mean; empty if none is printed.")]
    ci_high: Annotated[Value, About("Upper limit of the 95% CI, in the unit of the mean; empty if none is printed.")]
    page: Page
    evidence_file: EvidenceFile
    evidence_page: EvidencePage


class MetaRow(TypedDict):
    """A comparison of two groups by their means, the mean of one group, or a statistic. After these columns there is
    one for each other parameter of the library, with the value that holds for all participants of the row."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    outcome: Annotated[Text, About("Name of the outcome, a parameter of kind statistic or mean.")]
    row: Annotated[
        Literal["comparison", "group", "statistic"],
        About("What the row describes; compute with one of these kinds at a time. Columns of other kinds are empty."),
    ]
    group_name_1: Annotated[Text, About("Name of the first group, or of the only one; empty for all participants.")]
    group_name_2: Annotated[Text, About("Name of the second group of a comparison; empty if the row has one sample.")]
    unit: Annotated[str, About("Unit of means and standard deviations; empty for a statistic.")]
    n1i: Annotated[Count | None, About("Number of participants of the first of two groups; empty if it is not known.")]
    m1i: Annotated[Value, About("Mean of the first group of a comparison.")]
    sd1i: Annotated[Value, About("Standard deviation of the first group; empty if it does not follow.")]
    sd1i_from: Annotated[Spread, About("What sd1i is computed from: SD (as printed), SE or CI; empty without sd1i.")]
    n2i: Annotated[Count | None, About("Number of participants of the second of two groups; empty if it is not known.")]
    m2i: Annotated[Value, About("Mean of the second group of a comparison.")]
    sd2i: Annotated[Value, About("Standard deviation of the second group; empty if it does not follow.")]
    sd2i_from: Annotated[Spread, About("What sd2i is computed from: SD (as printed), SE or CI; empty without sd2i.")]
    g: Annotated[
        Value,
        About(
            'Hedges\' g of a comparison, first group less second, as escalc("SMD") has it; empty if it does not follow.'
        ),
    ]
    g_var: Annotated[Value, About("Sampling variance of g; empty without g.")]
    ni: Annotated[
        Count | None, About("Number of participants of one group, or of a correlation; empty if it is not known.")
    ]
    mi: Annotated[Value, About("Mean of a row of one group.")]
    sdi: Annotated[Value, About("Standard deviation of a row of one group; empty if it does not follow.")]
    sdi_from: Annotated[Spread, About("What sdi is computed from: SD (as printed), SE or CI; empty without sdi.")]
    ti: Annotated[Value, About("Value of a t test; else empty.")]
    fi: Annotated[Value, About("Value of an F test whose first degree of freedom is 1; else empty.")]
    ri: Annotated[Value, About("A correlation, from -1 to 1; else empty.")]
    pi: Annotated[Value, About("The p that is printed with an equals sign; else empty.")]
    study_ID: Annotated[str, About("For metalab: id of the paper.")]
    long_cite: Annotated[
        str, About("For metalab: citation of the paper, with title and journal; empty if they are not known.")
    ]
    short_cite: Annotated[str, About("For metalab: authors and year of the paper, or its id if they are not known.")]
    peer_reviewed: Annotated[
        Literal["", "yes", "no"],
        About("For metalab: yes for an article, no for a preprint; empty if it is not known which it is."),
    ]
    coder: Annotated[str, About("For metalab: reviewers of the row's outcomes, and the model for those without.")]
    expt_num: Annotated[Ordinal | None, About("For metalab: number of the experiment in its paper.")]
    expt_condition: Annotated[str, About("For metalab: the outcome and the groups that the row is about.")]
    same_infant: Annotated[str, About("For metalab: a text that is equal in rows with the same participants.")]
    participant_design: Annotated[
        Literal["", "between", "within_one"],
        About("For metalab: whether groups are compared; empty for a statistic of other comparisons."),
    ]
    n_1: Annotated[Count | None, About("For metalab: number of participants of the first group.")]
    mean_age_1: Annotated[Value, About("For metalab: mean age of the first group, in days; empty if it is not known.")]
    x_1: Annotated[Value, About("For metalab: mean of the first group.")]
    SD_1: Annotated[Value, About("For metalab: standard deviation of the first group.")]
    n_2: Annotated[Count | None, About("For metalab: number of participants of the second group.")]
    mean_age_2: Annotated[Value, About("For metalab: mean age of the second group, in days; empty if it is not known.")]
    x_2: Annotated[Value, About("For metalab: mean of the second group.")]
    SD_2: Annotated[Value, About("For metalab: standard deviation of the second group.")]
    t: Annotated[Value, About("For metalab: value of a t test.")]
    F: Annotated[Value, About("For metalab: value of an F test.")]
    r: Annotated[Value, About("For metalab: a correlation.")]
    d: Annotated[Value, About("For metalab: the printed Cohen's d.")]
    d_var: Annotated[Value, About("For metalab: sampling variance of d, if it compares two groups of known size.")]
    corr: Annotated[Value, About("For metalab: correlation of two measures of one group; always empty.")]


def last_columns(moderators: Iterable[str]) -> list[str]:
    """The columns of meta.csv behind those of MetaRow: the open ones, and the parameters that are not outcomes."""
    return list(dict.fromkeys([*OPEN, *moderators]))
