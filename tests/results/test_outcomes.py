"""Reported results become numbers: outcomes.csv has each, and meta.csv what a meta-analysis computes with."""

import json
import shutil
import subprocess

import pytest
import yaml
from conftest import ROOT
from made_up_run import Run, reported

from designspace.results import effects, tables
from designspace.settings import parameters as parameter_library

LIBRARY = [
    {"name": "n", "kind": "integer", "multiple": True, "per": "group", "participants": "analysed", "definition": "n."},
    {"name": "size", "kind": "number", "unit": "deg", "per": "group", "multiple": True, "definition": "Rotation."},
    {"name": "aftereffect", "kind": "mean", "unit": "deg", "per": "group", "multiple": True, "definition": "It."},
    {"name": "test", "kind": "statistic", "per": "experiment", "definition": "Its test."},
]
FIRST, SECOND = {"experiment": "Experiment 1"}, {"experiment": "Experiment 2"}
PLACE = {"evidence": "They took part.", "page": 3, "start": 7, "end": 22, "boxes": [], "confidence": 0.7}


@pytest.fixture
def run(tmp_path):
    run = Run(tmp_path)
    run.parameters.write_text(yaml.safe_dump(LIBRARY))
    return run


def add(run, paper, means, size, n=(20, 20), test=None):
    """A paper with one experiment whose groups Early and Late report a mean each."""
    values = [reported("size", size, evidence="Values are means ± standard errors.")]
    for group, number, mean in zip(("Early", "Late"), n, means, strict=True):
        values += [reported("n", number, group=group)]
        values += [reported("aftereffect", mean, group=group, evidence=f"It was {mean} then.")]
    values += [reported("test", test)] if test else []
    run.add(paper, values=values, groups=[{"experiment": "", "name": name} | PLACE for name in ("Early", "Late")])


def test_a_statistic_is_read_and_checked(run):
    add(run, "one_2020", ["19.6 ± 1.2°", "8.8 ± 1.0°"], 30, test="t(38) = 2.94, p = .06, d = 0.8")
    row = run.write().merge()["outcomes"].query("parameter == 'test'").iloc[0]
    assert row[["test", "df2", "statistic", "p_sign", "p", "effect", "effect_size"]].tolist() == [
        *("t", 38, 2.94, "=", 0.06, "d", 0.8),
    ]
    assert row.p_computed == pytest.approx(0.0055588, rel=1e-4) and row.p_check == "decision_error"
    assert row.effect_computed == pytest.approx(2.94 / 10**0.5) and row.effect_check == "inconsistent"
    assert (row.value, row.evidence_page) == ("t(38) = 2.94, p = .06, d = 0.8", 2)


def test_a_mean_is_in_the_unit_of_its_parameter_with_its_kind_of_spread(run):
    add(run, "one_2020", ["0.5 ± 0.1 rad", "8.8 ± 1.0° SD"], 30)
    rows = run.write().merge()["outcomes"]
    assert rows["mean"].tolist() == pytest.approx([28.6478897565, 8.8])
    assert rows["spread_size"].tolist() == pytest.approx([5.7295779513, 1.0])
    assert rows[["unit", "spread", "spread_from"]].values.tolist() == [
        ["deg", "SE", "stated"],
        ["deg", "SD", "printed"],
    ]


def test_a_mean_of_the_cells_of_a_row_has_its_spread_and_its_sample(run):
    add(run, "one_2020", ["M = 7.1, SD = 1.5, n = 19", "M = 6.2°, 95% CI 5.1 to 7.3"], 30)
    rows = run.write().merge()["outcomes"]
    assert rows[["mean", "spread", "spread_from", "spread_size", "n"]].values.tolist()[0] == [
        7.1,
        "SD",
        "printed",
        1.5,
        19,
    ]
    assert rows.loc[1, ["mean", "spread", "ci_low", "ci_high"]].tolist() == [6.2, "CI", 5.1, 7.3]


def test_two_groups_are_a_comparison_and_a_row_each(run):
    add(run, "one_2020", ["19.6 ± 1.2°", "8.8° (95% CI 6.8 to 10.8)"], 30, (20, 16), "t(34) = 5.1, p < .001")
    rows = run.write().merge()["meta"]
    assert rows["row"].tolist() == ["comparison", "group", "group", "statistic"]
    pair, early, late, test = rows.to_dict("records")
    assert [pair[name] for name in ("group_name_1", "n1i", "m1i", "sd1i_from")] == ["Early", 20, 19.6, "SE"]
    assert [pair[name] for name in ("group_name_2", "n2i", "m2i", "sd2i_from")] == ["Late", 16, 8.8, "CI"]
    assert (pair["sd1i"], pair["sd2i"]) == pytest.approx((1.2 * 20**0.5, 2 / 2.131449546 * 4))
    assert (pair["g"], pair["g_var"]) == pytest.approx(effects.hedges_g(20, 19.6, pair["sd1i"], 16, 8.8, pair["sd2i"]))
    assert (pair["SD_1"], pair["x_2"], pair["n_2"], pair["size"]) == (pair["sd1i"], 8.8, 16, "30")
    assert (early["ni"], early["mi"], early["sdi"], late["group_name_1"]) == (20, 19.6, pair["sd1i"], "Late")
    assert [test[name] for name in ("ti", "t", "n1i", "n2i", "participant_design")] == [5.1, 5.1, 20, 16, "between"]


def test_what_cannot_be_known_is_missing(run):
    add(run, "one_2020", ["19.6 ± 1.2°", "8.8 ± 1.0°"], 30, (20, 1), "t(18) = 5.1, p < .001")
    rows = run.write().merge()["meta"]
    pair, test = rows.iloc[0], rows.iloc[-1]
    assert rows["sd2i"].isna().all() and rows["n2i"].tolist()[0] == 1 and pair["sd2i_from"] == ""
    assert (test["group_name_1"], test["participant_design"]) == ("", ""), "it is no test between these groups"


def test_groups_of_one_experiment_are_not_compared_with_those_of_another(run):
    values = [reported("n", 20, **FIRST), reported("n", 16, **SECOND), reported("aftereffect", "3 ± 1 deg", **FIRST)]
    values += [reported("aftereffect", "4 ± 1 deg", **SECOND), reported("test", "r(14) = .5, p = .05", **SECOND)]
    run.add("two_2020", values=values, experiments=[{"name": name["experiment"]} | PLACE for name in (FIRST, SECOND)])
    rows = run.write().merge()["meta"]
    assert rows[["experiment", "row", "expt_num", "ni"]].values.tolist() == [
        ["Experiment 1", "group", 1, 20],
        ["Experiment 2", "group", 2, 16],
        ["Experiment 2", "statistic", 2, 16],
    ]
    assert rows["sdi"].isna().all() and rows["ri"].dropna().tolist() == [0.5]


# The fields that metalab's specification requires; its reader refuses a file without one of them.
METALAB = [
    "study_ID",
    "long_cite",
    "short_cite",
    "peer_reviewed",
    "coder",
    "expt_num",
    "expt_condition",
    "same_infant",
    "response_mode",
    "exposure_phase",
    "method",
    "dependent_measure",
    "participant_design",
    "native_lang",
    "infant_type",
    "group_name_1",
    "group_name_2",
    "n_1",
    "n_2",
    "mean_age_1",
    "mean_age_2",
    "x_1",
    "x_2",
    "SD_1",
    "SD_2",
    "t",
    "F",
    "r",
    "d",
    "d_var",
    "corr",
]
YEARS = {"name": "years", "kind": "number", "unit": "years", "per": "group", "characteristic": "age_mean"}
ESCALC = ["n1i", "m1i", "sd1i", "n2i", "m2i", "sd2i", "ni", "mi", "sdi", "ti", "fi", "ri", "pi"]


@pytest.fixture
def cited(run):
    """A run with one paper that has authors, a year and a journal, groups with mean ages, and a reviewer's value."""
    run.parameters.write_text(yaml.safe_dump([*LIBRARY, YEARS | {"definition": "Age."}]))
    add(run, "one_2020", ["19.6 ± 1.2°", "8.8 ± 1.0°"], 30, test="t(38) = 2.94, p = .006, d = 0.93")
    values = run.batches["extraction", "b0001"][0]["values"]
    values += [reported("years", age, group=group) for group, age in (("Early", 20), ("Late", 68.4))]
    run.batches["extraction", "b0001"][0]["model"] = "Qwen/Qwen3-32B"
    citation = {"title": "Slow waves", "authors": ["Ada B. Okoye", "Jo van der Berg"], "year": "2020", "doi": ""}
    citation |= {"journal": "Journal of Waves", "type": "article", "citation": "Okoye & van der Berg 2020"}
    path = run.results / "text" / "one_2020.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"citation": citation | {"sources": {}}}))
    run.corrections.write_text(
        "paper,group,parameter,value,reviewer\none_2020,Early,aftereffect,19.6 ± 1.2°,A. Reader\n", encoding="utf-8"
    )
    return run.write()


def test_metalab_reads_the_table_without_renaming(cited):
    rows = cited.merge()["meta"]
    assert set(rows.columns) >= {*METALAB, *ESCALC}
    pair, early, late, test = rows.to_dict("records")
    assert (pair["study_ID"], pair["short_cite"]) == ("one_2020", "Okoye & van der Berg 2020")
    assert pair["long_cite"] == "Okoye, A. B., & van der Berg, J. (2020). Slow waves. Journal of Waves."
    assert (pair["peer_reviewed"], pair["expt_num"], pair["same_infant"]) == ("yes", 1, "one_2020")
    assert [row["expt_condition"] for row in (pair, early, late, test)] == [
        *("aftereffect: Early vs. Late", "aftereffect: Early", "aftereffect: Late", "test: Early vs. Late"),
    ]
    assert [row["coder"] for row in (pair, early, late, test)] == [
        *("A. Reader, Qwen/Qwen3-32B", "A. Reader", "Qwen/Qwen3-32B", "Qwen/Qwen3-32B"),
    ]
    assert (pair["mean_age_1"], pair["mean_age_2"]) == pytest.approx((20 * 365.25, 68.4 * 365.25)), "in days"
    assert late["mean_age_1"] == pair["mean_age_2"] and early["mean_age_2"] is None
    assert (test["d"], test["d_var"]) == pytest.approx((0.93, 2 / 20 + 0.93**2 / 80))
    assert [test[name] for name in ("corr", "method", "response_mode")] == [None, "", ""], "papers do not print them"


def test_a_parameter_with_the_name_of_a_field_of_metalab_fills_it(cited):
    library = [*LIBRARY, YEARS | {"definition": "Age."}]
    library += [{"name": "native_lang", "kind": "string", "definition": "Language of the participants."}]
    cited.parameters.write_text(yaml.safe_dump(parameter_library.check(library, "a library")))
    cited.batches["extraction", "b0001"][0]["values"].append(reported("native_lang", "Danish"))
    rows = cited.write().merge()["meta"]
    assert list(rows["native_lang"].unique()) == ["Danish"] and rows.columns.is_unique
    assert cited.sql("SELECT DISTINCT native_lang FROM meta") == [("Danish",)]
    package = json.loads((cited.results / "datapackage.json").read_text("utf-8"))
    (schema,) = [own["schema"] for own in package["resources"] if own["name"] == "meta"]
    (field,) = [field for field in schema["fields"] if field["name"] == "native_lang"]
    assert field["description"] == "Language of the participants."


def test_a_paper_without_a_citation_has_what_metalab_requires_of_every_row(run):
    add(run, "two_2021", ["19.6 ± 1.2°", "8.8 ± 1.0°"], 30)
    rows = run.write().merge()["meta"]
    assert set(rows["short_cite"]) == {"two_2021"} and set(rows["peer_reviewed"]) == {""}


needs_r = pytest.mark.skipif(not shutil.which("Rscript"), reason="R with metafor is not installed")
# The invented papers of the demonstration: outcome and moderator as they print them, with their groups' sizes.
PRINTED = {
    "lindqvist_2019": (["19.6 ± 1.2°", "8.8 ± 1.0°"], 60, (20, 20)),
    "okafor_2021": (["11.3 ± 1.2°", "12.0 ± 1.3°"], 45, (16, 16)),
    "tanaka_adults_2020": (["8.9 ± 1.0°", "5.2 ± 1.1°"], 40, (16, 16)),
    "tanaka_children_2020": (["2.9 ± 0.6°", "1.4 ± 0.6°"], 20, (16, 16)),
}
SMD = """library(metafor)
meta <- read.csv("meta.csv", fileEncoding = "UTF-8-BOM")
dat <- escalc("SMD", n1i=n1i, m1i=m1i, sd1i=sd1i, n2i=n2i, m2i=m2i, sd2i=sd2i, data=meta, subset=row == "comparison")
cat(sprintf("%.10f", c(dat$yi, dat$vi)))
"""
R = """library(metafor)
meta <- read.csv("meta.csv", fileEncoding = "UTF-8-BOM")
dat <- escalc("MD", n1i=n1i, m1i=m1i, sd1i=sd1i, n2i=n2i, m2i=m2i, sd2i=sd2i, data=meta, subset=row == "comparison")
fit <- rma(yi, vi, mods = ~ perturbation_magnitude, data = dat, method = "DL", test = "knha")
pdf("forest.pdf"); forest(fit); invisible(dev.off())
cat(sprintf("%.10f", c(coef(fit), fit$tau2, fit$se)))
"""


def python_model(file):
    """The same model in Python."""
    from pymare import Dataset
    from pymare.estimators import DerSimonianLaird

    needed = ["m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i", "perturbation_magnitude"]
    pairs = (
        tables.read_csv(file).query("row == 'comparison'").dropna(subset=needed).astype(dict.fromkeys(needed, float))
    )
    y, v = pairs.m1i - pairs.m2i, pairs.sd1i**2 / pairs.n1i + pairs.sd2i**2 / pairs.n2i
    data = Dataset(y.to_numpy(), v.to_numpy(), X=pairs[needed[-1:]].to_numpy(), X_names=needed[-1:])
    result = DerSimonianLaird().fit_dataset(data).summary()
    fixed = result.get_fe_stats()
    return [*fixed["est"].ravel(), *result.tau2.ravel(), *fixed["se"].ravel()]


def in_r(code, folder):
    """The numbers that a program in R prints."""
    done = subprocess.run(["Rscript", "-e", code], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return list(map(float, done.stdout.split()))


@needs_r
def test_g_is_that_of_metafor(run):
    for paper, (means, size, n) in PRINTED.items():
        add(run, paper, means, size, n)
    pairs = run.write().merge()["meta"].query("row == 'comparison'")
    assert len(pairs) == 4
    assert in_r(SMD, run.results) == pytest.approx([*pairs["g"], *pairs["g_var"]], abs=1e-9)


@needs_r
def test_metafor_and_pymare_read_the_table_of_a_real_run_and_agree(tmp_path):
    """The table that a model of 1.5 billion parameters made of the invented papers."""
    shutil.copy(ROOT / "docs/example/outcomes/meta.csv", tmp_path)
    assert in_r(R, tmp_path) == pytest.approx(python_model(tmp_path / "meta.csv"), abs=1e-6)
    assert (tmp_path / "forest.pdf").stat().st_size > 1000
