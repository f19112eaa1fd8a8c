"""A pilot reads a sample first, and what comes after it reuses its answers: no old batch changes."""

import re

from paper_folder import Papers

from designspace.project import ledger
from designspace.project.pilot import Paper, left_out, sample, year_in


def folder_of(tmp_path):
    papers = Papers(tmp_path)
    papers.write(**{f"p{n:02}_{2000 + n % 20}": f"{n}" + n * "x" for n in range(40)})
    return papers


def batches(rows):
    return {row.paper: row.batch for row in rows if row.is_asked}


def planned(papers, pilot):
    rows = ledger.plan(papers.folder, papers.file, 4, pilot=pilot)
    ledger.save(rows, papers.file, 0)
    return rows


def test_only_the_sample_is_asked_and_the_rest_follows_in_batches_of_its_own(tmp_path):
    papers = folder_of(tmp_path)
    first = batches(planned(papers, 10))
    assert len(first) == 10 and set(first.values()) == {"b0001", "b0002", "b0003"}
    assert batches(planned(papers, 10)) == first, "the next run draws no other sample"
    more = batches(planned(papers, 15))
    assert len(more) == 15 and more.items() >= first.items()
    every = batches(planned(papers, None))
    assert len(every) == 40 and every.items() >= more.items(), "nothing is asked twice"
    assert batches(planned(papers, 10)) == every, "what was asked stays"


def test_what_was_excluded_is_not_drawn(tmp_path):
    papers = folder_of(tmp_path)
    excluded = [f"p{n:02}_{2000 + n % 20}" for n in range(35)]
    rows = ledger.plan(papers.folder, papers.file, 4, excluded=excluded, pilot=10)
    assert {row.paper for row in rows if row.is_asked} == {row.paper for row in rows} - set(excluded)


def test_the_sample_has_early_and_late_papers_and_short_and_long_ones():
    papers = [Paper(str(1990 + n % 30), 1000 * (n * 7 % 60 + 1), f"p{n}") for n in range(60)]
    drawn = [paper for paper in papers if paper.paper in sample(papers, 12)]
    assert len(drawn) == 12
    for of in (lambda paper: int(paper.year), lambda paper: paper.size):
        ordered = sorted(map(of, papers))
        thirds = [sum(ordered[i] <= of(paper) <= ordered[i + 19] for paper in drawn) for i in (0, 20, 40)]
        assert min(thirds) >= 2, thirds
    assert sample(papers, 12) == sample(reversed(papers), 12) and sample(papers, 100) == {p.paper for p in papers}
    assert sample([], 3) == set()


def test_papers_that_were_asked_are_a_part_of_the_pilot():
    new = {name: Paper("", 1, name) for name in "abcd"}
    assert len(left_out(new, asked=1, pilot=3)) == 2
    assert left_out(new, asked=9, pilot=3) == set(new)


def test_the_year_stands_in_the_name_of_the_file():
    assert [year_in(name) for name in ("smith_2019.pdf", "Smith1999b.pdf", "a12019.pdf", "x.pdf")] == [
        "2019",
        "1999",
        "",
        "",
    ]
    assert re.fullmatch(r"\d{4}", year_in("Marchetti et al. 2022 – force fields.pdf"))
