"""The rows of outcomes.csv and meta.csv, declared as those of `rows`.

The columns of meta.csv have the names that metafor's escalc (n1i, m1i, ...) and metalab (n_1, x_1, ...) read.
"""

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


class OutcomeRow(TypedDict):
    """A reported statistic or mean, read into its numbers."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    group: Group
    parameter: Annotated[Text, About("The outcome, a parameter of kind statistic or mean.")]
    item: Annotated[Nth, About("Which of several values of the cell, from 1.")]
    value: Annotated[str, About("The expression as the paper prints it, or as a reviewer corrected it.")]
    test: Annotated[Literal["", "t", "F", "r", "chi2", "Z"], About("The test of a statistic.")]
    df1: Annotated[Value, About("Degrees of freedom: F's first, or those of chi-square.")]
    df2: Annotated[Value, About("Degrees of freedom of the error, or those of t and r.")]
    n: Annotated[Count | None, About("The sample that is printed with a chi-square.")]
    statistic: Annotated[Value, About("The value of t, F, r, chi-square or Z.")]
    p_sign: Annotated[Literal["", "=", "<", ">"], About("How the printed p stands to its number.")]
    p: Annotated[Value, About("The printed p.")]
    p_computed: Annotated[Probability | None, About("The p of the statistic, two-sided for t, r and Z.")]
    p_check: Annotated[
        Literal["", "consistent", "one_sided", "inconsistent", "decision_error"],
        About("Whether the printed p is the computed one, with the rounding of both; empty where none is printed."),
    ]
    effect: Annotated[str, About("The effect size that is printed with a statistic: d, partial eta2, ...")]
    effect_size: Annotated[Value, About("The number of the effect size.")]
    effect_computed: Annotated[
        Value,
        About("The size of that effect, from the statistic, its degrees of freedom and the groups' participants."),
    ]
    effect_check: Annotated[
        Literal["", "consistent", "inconsistent"],
        About("Whether the printed effect size is the computed one, with the rounding of both; empty if none follows."),
    ]
    mean: Annotated[Value, About("The mean, in the unit of the parameter where it can be converted.")]
    unit: Annotated[str, About("The unit of the mean and of its spread.")]
    spread: Annotated[Spread, About("What follows the mean: SD, SE or 95% CI; empty where the paper does not say.")]
    spread_from: Annotated[
        Literal["", "printed", "stated"],
        About("Whether the kind of spread is printed with the mean or stated for all means before it."),
    ]
    spread_size: Annotated[Value, About("The number of the SD or the SE.")]
    ci_low: Annotated[Value, About("The lower limit of the 95% CI.")]
    ci_high: Annotated[Value, About("The upper limit of the 95% CI.")]
    page: Page
    evidence_file: EvidenceFile
    evidence_page: EvidencePage


class MetaRow(TypedDict):
    """A comparison of two groups in a mean, the mean of one group, or a statistic; behind these columns is one for each
    other parameter of the library, with the value that holds for all participants of the row."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    outcome: Annotated[Text, About("The outcome, a parameter of kind statistic or mean.")]
    row: Annotated[Literal["comparison", "group", "statistic"], About("What the row has; take one of them at a time.")]
    group_name_1: Annotated[Text, About("The first group, or the only one; empty for all participants.")]
    group_name_2: Annotated[Text, About("The second group of a comparison.")]
    unit: Annotated[str, About("The unit of means and standard deviations.")]
    n1i: Annotated[Count | None, About("Participants of the first group of a comparison.")]
    m1i: Annotated[Value, About("Mean of the first group.")]
    sd1i: Annotated[Value, About("Standard deviation of the first group.")]
    sd1i_from: Annotated[Spread, About("What the paper prints of it: SD, or SE or CI, from which sd1i is computed.")]
    n2i: Annotated[Count | None, About("Participants of the second group.")]
    m2i: Annotated[Value, About("Mean of the second group.")]
    sd2i: Annotated[Value, About("Standard deviation of the second group.")]
    sd2i_from: Annotated[Spread, About("What the paper prints of it.")]
    g: Annotated[Value, About('Hedges\' g of a comparison, first group less second, as escalc("SMD") computes it.')]
    g_var: Annotated[Value, About("The sampling variance of g.")]
    ni: Annotated[Count | None, About("Participants of a row of one group, or of a correlation.")]
    mi: Annotated[Value, About("Mean of a row of one group.")]
    sdi: Annotated[Value, About("Standard deviation of a row of one group.")]
    sdi_from: Annotated[Spread, About("What the paper prints of it.")]
    ti: Annotated[Value, About("The statistic of a t test.")]
    fi: Annotated[Value, About("The statistic of an F test with one degree of freedom.")]
    ri: Annotated[Value, About("A correlation.")]
    pi: Annotated[Value, About("The p that is printed with an equals sign.")]
    study_ID: Annotated[str, About("metalab: the paper's id.")]
    short_cite: Annotated[str, About("metalab: the citation.")]
    expt_num: Annotated[Ordinal | None, About("metalab: the number of the experiment.")]
    same_infant: Annotated[str, About("metalab: equal in rows with the same participants.")]
    participant_design: Annotated[Literal["", "between", "within_one"], About("metalab: what is compared.")]
    n_1: Annotated[Count | None, About("metalab: participants of the first group.")]
    x_1: Annotated[Value, About("metalab: mean of the first group.")]
    SD_1: Annotated[Value, About("metalab: standard deviation of the first group.")]
    n_2: Annotated[Count | None, About("metalab: participants of the second group.")]
    x_2: Annotated[Value, About("metalab: mean of the second group.")]
    SD_2: Annotated[Value, About("metalab: standard deviation of the second group.")]
    t: Annotated[Value, About("metalab: the statistic of a t test.")]
    F: Annotated[Value, About("metalab: the statistic of an F test.")]
    r: Annotated[Value, About("metalab: a correlation.")]
    d: Annotated[Value, About("metalab: the printed Cohen's d.")]
