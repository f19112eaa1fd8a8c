"""What users of Snakemake expect of a workflow: lint, graph, report, and a word where it is used as a module."""

import os
import shutil
import zipfile

import pytest
import ready_programs
from projects import SNAKEFILE, pdf, snakemake, study


def bare(folder, *arguments):
    """Snakemake with these arguments only, in a folder. Returns its exit code and what it printed."""
    return ready_programs.snakemake([*map(str, arguments)], folder, os.environ)


RULES = ["extract_text", "truncate", "plan_memory", "ask", "merge", "draw", "report", "all"]


def test_lint_and_graph_work_in_an_empty_folder(tmp_path):
    code, printed = bare(tmp_path, "--snakefile", SNAKEFILE, "--lint")
    assert code == 0 and "Lints for" not in printed, printed
    code, printed = bare(tmp_path, "--snakefile", SNAKEFILE, "--rulegraph")
    assert code == 0 and all(f'label = "{rule}"' in printed for rule in RULES), printed


def test_lint_and_graph_need_no_papers_and_no_model(tmp_path):
    shutil.copytree(SNAKEFILE.parent / "config", tmp_path / "config")
    code, printed = bare(tmp_path, "--snakefile", SNAKEFILE, "--lint")
    assert code == 0, printed
    code, printed = bare(tmp_path, "--snakefile", SNAKEFILE, "--rulegraph")
    assert code == 0, printed
    assert all(f'label = "{rule}"' in printed for rule in RULES)
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("option", ["--dry-run", "-np"])
def test_a_dry_run_ends_with_what_the_run_will_cost(new_project, option):
    pdf(study(1), new_project / "papers" / "study_1.pdf")
    code, printed = bare(new_project, "--snakefile", SNAKEFILE, "--cores", "2", option)
    assert code == 0 and "Papers     1, of which 1 have no answers yet\n" in printed, printed
    assert "\nTime       " in printed and "\nSLURM      " in printed
    assert not (new_project / "results").exists()
    assert "no answers yet" not in bare(new_project, "--snakefile", SNAKEFILE, "--list-rules")[1]


def test_an_error_in_the_settings_is_printed_however_quiet_snakemake_is(new_project):
    for quiet in ([], ["--quiet", "all"]):
        code, printed = bare(new_project, "--snakefile", SNAKEFILE, "--cores", "1", *quiet, "--config", "model=x")
        assert code == 1 and printed.count('config: `model` is "x"; it must be a mapping') == 1, printed


def test_the_report_of_snakemake_has_the_results(project):
    snakemake(project, "--report", "report.zip")
    with zipfile.ZipFile(project / "report.zip") as archive:
        names = archive.namelist()
    assert any(name.endswith("/report.html") and "/data/" in name for name in names), names
    assert any(name.endswith("parameters.csv") for name in names), names


@pytest.mark.parametrize("how", ["module", "include"])
def test_a_module_of_another_workflow_is_refused_in_a_sentence(tmp_path, how):
    shutil.copytree(SNAKEFILE.parent / "config", tmp_path / "config")
    use = {
        "module": f'module papers:\n    snakefile: "{SNAKEFILE}"\n    config: {{}}\n\nuse rule * from papers as p_*\n',
        "include": f'include: "{SNAKEFILE}"\n',
    }
    (tmp_path / "Snakefile").write_text(use[how])
    code, printed = bare(tmp_path, "--cores", "1")
    assert code == 1 and "Designspace cannot be a module of another workflow" in printed
    assert "Traceback" not in printed and not (tmp_path / "results").exists()
