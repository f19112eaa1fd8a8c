"""What becomes of files and entries in the tables: versions, supplements, exclusions, and where evidence is printed."""

import json

import pytest
from made_up_run import Run, finding, full_run, reported

from designspace.project.library.entries import Entry
from designspace.results import merging
from designspace.results.papers import sort_key

TITLE = "Hands that learn to reach in the dark"


LIBRARY = [{"name": "n_total", "kind": "integer", "definition": "Participants."}]


@pytest.fixture
def run(tmp_path):
    run = Run(tmp_path)
    run.parameters.write_text(json.dumps(LIBRARY))
    return run


def cite(run, paper, title=TITLE, authors=("Ada Ng",), year="2019", doi="", kind="article", **more):
    """Write what the first page of a paper says into its text."""
    path = run.results / "text" / f"{paper}.json"
    citation = {"citation": "", "title": title, "authors": list(authors), "year": year, "journal": "", "doi": doi}
    citation |= {"type": kind, "sources": {"title": ["page 1, title by size"]}}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"citation": citation} | more))


def build(run, *entries, excluded=(), look_up=lambda dois: {}):
    run.write()
    sources = merging.Sources(list(entries), dict(excluded), look_up)
    ledger_file = run.results / "ledger.csv"
    return merging.build(run.results, ledger_file, run.papers, LIBRARY, run.corrections, sources)


def test_a_preprint_and_its_article_are_counted_once(run):
    for paper, kind in (("a_preprint", "preprint"), ("b_article", "article")):
        run.add(paper, values=[reported("n_total", 24)], findings=[finding("tilt")])
        cite(run, paper, kind=kind)
    frames, included = build(run)
    rows = frames["papers"].set_index("paper")
    assert (rows.loc["a_preprint"].status, rows.loc["a_preprint"].version_of) == ("version", "b_article")
    for table in ("extractions", "parameters", "findings"):
        assert set(frames[table].paper) == {"b_article"} and set(frames[table].citation) == {"Ng 2019"}
    assert set(frames["memory"].paper) == {"a_preprint", "b_article"}, "both were read"
    assert frames["discoveries"].n_papers.tolist() == [1] and [item["id"] for item in included] == ["b_article"]


def test_tables_are_sorted_by_citation_and_keep_the_id(run):
    for paper, author in (("a", "Zoe Wu"), ("b", "Abe Li"), ("c", "")):
        run.add(paper, values=[reported("n_total", 3)])
        cite(
            run, paper, title=f"{TITLE} of {author}", authors=[author] if author else [], year="2001" if author else ""
        )
    cite(run, "c", title="", authors=[], year="")
    frames, _ = build(run)
    order = [("", "c"), ("Li 2001", "b"), ("Wu 2001", "a")]
    for table in ("papers", "extractions", "parameters"):
        assert list(zip(frames[table].citation, frames[table].paper, strict=True)) == order


def test_every_table_with_a_row_for_each_paper_shows_its_citation_and_is_sorted_by_it(tmp_path):
    run = full_run(tmp_path)
    for paper, author in (("zhou_2020", "Ada Ng"), ("adams_2018", "Zoe Wu"), ("scan", "Jo Li"), ("stuck", "")):
        cite(run, paper, title=f"{TITLE} of {author}", authors=[author] if author else [], year="2001")
    run.corrections.write_text(
        "paper,parameter,value\nadams_2018,offset,5\nzhou_2020,offset,5\nscan,gone,1\nstuck,gone,1\n"
    )
    frames = run.merge()
    about = {name: frame for name, frame in frames.items() if "paper" in frame.columns and len(frame)}
    assert about.keys() >= {"papers", "extractions", "parameters", "memory", "reviews", "corrections_unused"}
    assert list(frames["papers"].columns[:7]) == ["citation", "title", "authors", "year", "journal", "doi", "type"]
    for name, frame in about.items():
        order = [sort_key(row) for row in frame.to_dict("records")]
        assert list(frame.columns).index("citation") < list(frame.columns).index("paper")
        assert order == sorted(order) and len({row[0] for row in order}) > 1, name


def test_an_excluded_paper_and_corrections_of_it_are_listed_with_the_reason(run):
    run.add("a", values=[reported("n_total", 3)])
    run.add("b", values=[reported("n_total", 4)])
    run.corrections.write_text("paper,parameter,value\na,n_total,5\n")
    frames, _ = build(run, excluded={"a.pdf": "no hands"})
    assert frames["papers"].set_index("paper").loc["a"][["status", "reason"]].tolist() == ["excluded", "no hands"]
    assert set(frames["extractions"].paper) == {"b"}
    (unused,) = frames["corrections_unused"].itertuples()
    assert unused.reason == "The paper is not counted: its status is excluded."


def test_reviews_and_unused_corrections_show_the_citation_beside_the_id(run):
    run.add("a", values=[reported("n_total", 3)])
    cite(run, "a")
    rows = ["a,n_total,5", "a.pdf,gone,5", "nobody,n_total,5"]
    run.corrections.write_text("\n".join(["paper,parameter,value", *rows, ""]))
    frames, _ = build(run)
    assert frames["reviews"][["citation", "paper"]].values.tolist() == [["Ng 2019", "a"]]
    unused = frames["corrections_unused"][["citation", "paper"]].values.tolist()
    assert unused == [["Ng 2019", "a.pdf"], ["", "nobody"]]


def test_a_supplement_that_names_its_paper_is_not_a_paper(run):
    run.add("a", values=[reported("n_total", 3)])
    cite(run, "a")
    run.add("s", values=[reported("n_total", 9)])
    cite(run, "s", title="Supplementary Text", authors=[], kind="supplement", text=f"Supplement to {TITLE}. ")
    frames, _ = build(run)
    assert frames["papers"].set_index("paper").loc["s"][["status", "supplement_of"]].tolist() == ["supplement", "a"]
    assert frames["extractions"].paper.tolist() == ["a"]


def test_evidence_names_the_file_and_its_page(run):
    run.add("a", values=[reported("n_total", 3, page=14)], findings=[finding("tilt")])
    run.add("a_supp")
    run.ledger[-1] = run.ledger[-1]._replace(batch="", supplement_of="a")
    parts = [{"paper": "a_supp", "sha256": "0" * 64, "start": 0, "page": 13, "n_pages": 2}]
    cite(run, "a", parts=parts)
    frames, _ = build(run)
    (value,) = frames["extractions"].itertuples()
    assert (value.page, value.evidence_file, value.evidence_page) == (14, "a_supp.pdf", 2)
    (discovery,) = frames["discoveries"].itertuples()
    assert (discovery.evidence_file, discovery.evidence_page, discovery.evidence_citation) == ("a.pdf", 4, "Ng 2019")
    assert frames["papers"].set_index("paper").loc["a_supp"].citation == "Ng 2019"


def test_a_doi_is_looked_up_only_where_the_library_has_no_entry(run):
    for paper, doi in (("a", "10.1/a"), ("b", "10.1/b")):
        run.add(paper)
        cite(run, paper, title=f"{TITLE} {paper * 20}", doi=doi)
    asked = []

    def look_up(dois):
        asked.extend(dois)
        return {"10.1/b": Entry("x", {"title": "From the network", "volume": "3"})}

    frames, included = build(run, Entry("mine", {"id": "mine", "DOI": "10.1/A", "title": "Mine"}), look_up=look_up)
    rows = frames["papers"].set_index("paper")
    assert asked == ["10.1/b"] and rows.loc["b"].title == "From the network" and rows.loc["a"].title == "Mine"
    assert "title: doi.org" in rows.loc["b"].found_in and "title: library" in rows.loc["a"].found_in
    assert "year: pdf" in rows.loc["a"].found_in
    assert [(item["id"], item.get("volume")) for item in included] == [("mine", None), ("b", "3")]


def test_a_preprint_whose_doi_names_its_article_is_a_version_of_it(run):
    for paper, title in (("a", TITLE), ("b", "Feet that learn to walk in the light")):
        run.add(paper, values=[reported("n_total", 3)])
        cite(
            run,
            paper,
            title=title,
            authors=[paper],
            doi=f"10.1/{paper}",
            kind="article" if paper == "b" else "preprint",
        )
    other = {"id-type": "doi", "id": "https://doi.org/10.1/B", "asserted-by": "subject"}

    def look_up(dois):
        return {"10.1/a": Entry("x", {"DOI": "10.1/a", "relation": {"is-preprint-of": [other], "cites": ["10.1/c"]}})}

    rows = build(run, look_up=look_up)[0]["papers"].set_index("paper")
    assert rows.loc["a"][["status", "version_of"]].tolist() == ["version", "b"]
    rows = build(run)[0]["papers"].set_index("paper")
    assert set(rows.status) == {"ok"}, "without its citation nobody knows"


@pytest.mark.parametrize(
    "relation", [[], {"is-preprint-of": "10.1/b"}, {"is-preprint-of": [{"id": 3}]}, {"cites": [{"id": "10.1/b"}]}]
)
def test_a_relation_of_no_use_is_none(relation):
    assert Entry("x", {"relation": relation}).related == frozenset()


def test_of_two_articles_in_one_pdf_the_librarys_is_cited_and_a_note_names_the_other(run):
    first = "The end of an article about feet"
    run.add("a", values=[reported("n_total", 3)])
    cite(run, "a", title=first, text=f"{first}\nKofi Osei\n{TITLE.upper()}\nAda Ng\n")
    run.add("b", values=[reported("n_total", 3)])
    cite(run, "b", title=f"{TITLE}: a study", text=f"{TITLE}: a study")
    entries = [
        Entry(name, {"id": name, "title": TITLE, "issued": {"date-parts": [[year]]}}, (f"x/{name}.pdf",))
        for name, year in (("a", 2001), ("b", 2002))
    ]
    rows = build(run, entries[0])[0]["papers"].set_index("paper")
    assert (rows.loc["a"].title, rows.loc["a"].reason) == (TITLE, f"The PDF has another article, too: {first}.")
    assert build(run, entries[1])[0]["papers"].set_index("paper").loc["b"].reason == ""
