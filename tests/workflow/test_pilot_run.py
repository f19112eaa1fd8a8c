"""A pilot in a real run, and what its continuation would do: its papers are not asked again."""

import pytest
from projects import configure, pdf, planned, snakemake, study, table

pytestmark = pytest.mark.usefixtures("without_model")


def test_a_pilot_is_read_first_and_the_rest_reuses_its_answers(new_project):
    for path in (new_project / "papers").glob("*.pdf"):
        path.unlink()
    for number, year in enumerate((2001, 2012, 2020), 1):
        pdf(study(number), new_project / "papers" / f"study{number}_{year}.pdf")
    configure(new_project, pilot=1, papers_per_job=4)
    finished, printed = snakemake(new_project)
    assert {rule: finished[rule] for rule in ("extract_text", "ask", "draw")} == {
        "extract_text": 1,
        "ask": 1,
        "draw": 1,
    }
    assert "Estimate   1 of 1 papers to read, " in printed
    papers = table(new_project, "papers")
    assert sorted(papers.status) == ["excluded", "excluded", "ok"]
    assert set(papers.reason[papers.status == "excluded"]) == {"not in the pilot"}
    assert set(table(new_project, "extractions").paper) == set(papers.paper[papers.status == "ok"])
    assert planned(new_project) == {}, "the next run draws no other sample"
    assert "no answers yet" not in snakemake(new_project, "--dry-run")[1], "a run that reads nothing costs nothing"
    configure(new_project, pilot=None)
    jobs = planned(new_project)
    assert (jobs["extract_text"], jobs["ask"]) == (2, 1)
