"""Another field than the one that the workflow was written for: clinical trials, with a library and papers.

Nothing but the library and the settings may know what the papers are about.
"""

import csv
import json
import re
import shutil

import pytest
from conftest import ROOT
from projects import configure, snakemake, table
from written_report import Page

from designspace.core import places
from designspace.language import evidence, matching, sections, values
from designspace.parsing import text
from designspace.settings import parameters

TRIALS = ROOT / "tests" / "papers" / "trials"
LIBRARY = parameters.load(ROOT / "config" / "clinical_trials.yaml")
OF_ONE_FIELD = re.compile(
    r"visuomotor|motor learning|adaptation|perturb|washout|aftereffect|force.field|reaching movement|cursor",
    re.IGNORECASE,
)


@pytest.mark.parametrize("folder", ["scripts/designspace", "workflow"])
def test_the_code_names_nothing_of_one_field(folder):
    files = [path for ending in ("py", "js", "html", "smk", "yaml") for path in (ROOT / folder).rglob(f"*.{ending}")]
    named = {path: OF_ONE_FIELD.findall(path.read_text("utf-8")) for path in files if "vendor" not in path.parts}
    assert named and {path: words for path, words in named.items() if words} == {}


def test_evidence_is_ranked_in_this_field_as_in_the_first():
    """There the sentence of the annotator is the first of all in 65% of the values, and one of eight in 84%."""
    library = {entry["name"]: entry for entry in LIBRARY}
    with (TRIALS / "gold.csv").open(encoding="utf-8", newline="") as file:
        gold = [row for row in csv.DictReader(file) if row["evidence"] and row["certainty"] != "ambiguous"]
    found = []
    for row in gold:
        record = text.extract_text((TRIALS / f"{row['paper']}.pdf").read_bytes(), row["paper"])
        context = {"sections": [part | {"kept": [[part["start"], part["end"]]]} for part in sections.split(record)]}
        value = values.typed(row["value"], library[row["parameter"]])
        ranked = evidence.rank(record, context, library[row["parameter"]], value)[:8]
        assert places.page_of(record, ranked[0][0]) == int(row["page"])
        found.append([matching.same_sentence(record["text"][start:end], row["evidence"]) for start, end, _ in ranked])
    assert len(found) > 30
    assert sum(same[0] for same in found) / len(found) > 0.6
    assert sum(any(same) for same in found) / len(found) > 0.8


def parameters_of(project):
    """The columns of parameters.csv behind those that say of what a row is."""
    columns = list(table(project, "parameters").columns)
    return columns[columns.index("group") + 1 :]


def test_the_workflow_takes_the_library_and_what_is_copied_from_its_report(new_project, without_model):
    for paper in TRIALS.glob("*.pdf"):
        shutil.copy(paper, new_project / "papers")
    shutil.copy(TRIALS / "gold.csv", new_project)
    model = new_project / "model" / "config.json"  # which the stand-in does not load; the library needs more positions
    model.write_text(json.dumps(json.loads(model.read_text("utf-8")) | {"max_position_embeddings": 8192}), "utf-8")
    configure(new_project, parameters="config/clinical_trials.yaml", gold="gold.csv")
    snakemake(new_project)
    names = [entry["name"] for entry in LIBRARY]
    assert parameters_of(new_project) == names
    assert set(table(new_project, "papers").citation) == {"Brandt et al. 2020", "Nakashima & Wren 2022"}
    assert set(table(new_project, "evaluation").parameter) >= set(names)

    page = Page((new_project / "results" / "report.html").read_text("utf-8"))
    line = page.data["discoveries"][0]["entry"]
    library = new_project / "config" / "clinical_trials.yaml"
    library.write_text(f"{library.read_text('utf-8')}{line}\n", "utf-8")
    discovered = parameters.load(library)[-1]
    finished, _ = snakemake(new_project)
    assert finished["ask"] == finished["merge"] == 1 and "extract_text" not in finished
    assert parameters_of(new_project) == [*names, discovered["name"]]
    answers = (new_project / "results" / "extraction" / "b0001.jsonl").read_text("utf-8").splitlines()
    for answer in map(json.loads, answers):
        assert discovered["name"] in {value["parameter"] for value in answer["values"]}
