"""Sections by their headings, in papers as different journals set them."""

import itertools

import pytest

from designspace.language import sections

PROSE = "Participants moved a cursor to a target on a screen, and their hand was hidden from view. " * 4
ENTRIES = "\n".join(
    f"{n}. Taylor, J. A. & Ivry, R. B. A study of the motor system, part {n}. J. Neurosci. {n}, 1–9 ({1990 + n})."
    for n in range(1, 13)
)


def record(text, size=None):
    """A text record whose lines are the lines of the text; `size` gives a line's font size."""
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(
            {"start": start, "end": start + len(line), "box": [0, 0, 1, 1], "size": size(line) if size else 9.0}
        )
        start += len(line) + 1
    page = {"page": 1, "width": 600, "height": 800, "start": 0, "end": len(text), "lines": lines}
    return {"paper": "p", "status": "ok", "reason": "", "text": text, "pages": [page]}


def outline(text, **layout):
    found = sections.split(record(text, **layout))
    assert found[0]["start"] == 0 and found[-1]["end"] == len(text)
    assert all(one["end"] == two["start"] for one, two in zip(found, found[1:], strict=False))
    assert all(section["end"] > section["start"] for section in found)
    return [(section["kind"], section["title"]) for section in found]


def paper(*headings):
    return "A title\nA. Author\n" + "\n".join(f"{heading}\n{PROSE}" for heading in headings)


@pytest.mark.parametrize(
    "headings",
    [
        ("Abstract", "Introduction", "Methods", "Results", "Discussion", "References"),
        ("ABSTRACT", "INTRODUCTION", "MATERIALS AND METHODS", "RESULTS", "GENERAL DISCUSSION", "REFERENCES"),
        ("Abstract", "1. Introduction", "2. Materials & methods", "3. Results", "4. Conclusions", "References"),
        ("Summary", "I. INTRODUCTION", "II. METHODS", "III. RESULTS", "IV. DISCUSSION", "LITERATURE CITED"),
        ("a b s t r a c t".upper(), "1 Introduction", "2 Method", "3 Results", "4 Discussion", "Bibliography"),
    ],
)
def test_headings_in_all_their_dresses(headings):
    kinds = ["front", "abstract", "introduction", "methods", "results", "discussion", "references"]
    assert [kind for kind, _ in outline(paper(*headings))] == kinds


def test_whatever_the_order_of_headings_sections_cover_the_text():
    headings = "Abstract", "Introduction", "Keywords", "Methods", "Results", "Discussion", "References", "Appendix"
    for some in itertools.permutations(headings, 4):
        assert outline(paper(*some))


def test_subheadings_of_the_methods_are_methods_with_a_title_of_their_own():
    text = paper("1 Introduction", "2 Methods", "2.1 Participants", "2.2 Learning blocks", "3 Results", "3.1 Aiming")
    assert outline(text)[2:] == [
        ("methods", "2 Methods"),
        ("methods", "2.1 Participants"),
        ("methods", "2.2 Learning blocks"),
        ("results", "3 Results"),
        ("results", "3.1 Aiming"),
    ]
    assert ("methods", "Workspace Cue") in outline(paper("Introduction", "Methods", "Workspace Cue", "Results"))


def test_parts_of_the_methods_are_known_without_a_heading_above_them():
    found = outline(paper("Introduction", "Experiment 1", "Participants", "Results", "Experiment 2", "Apparatus"))
    assert [kind for kind, _ in found[1:]] == ["introduction", "body", "methods", "results", "results", "methods"]


def test_methods_after_the_discussion_and_back_matter_after_the_references():
    text = paper(
        "Introduction", "Results", "Discussion", "Methods", "Data availability", "References", "Acknowledgements"
    )
    kinds = [kind for kind, _ in outline(text + "\nCompeting interests\nNone.")]
    assert kinds[1:] == ["introduction", "results", "discussion", "methods", "back", "references", "back", "back"]


def test_run_in_headings_open_sections_and_those_of_a_structured_abstract_do_not():
    text = (
        f"A title\nAbstract—{PROSE}\n1. Introduction\n{PROSE}\nFunding: This work was paid for.\nReferences\n{ENTRIES}"
    )
    assert [kind for kind, _ in outline(text)] == ["front", "abstract", "introduction", "back", "references"]
    text = paper("Abstract", "Background", "Methods", "Results", "Conclusions", "Introduction", "Methods", "Results")
    kinds = [kind for kind, _ in outline(text)]
    assert kinds == ["front"] + 5 * ["abstract"] + ["introduction", "methods", "results"]


def test_without_headings_there_is_one_body_and_still_a_list_of_references():
    text = "\n".join([PROSE] * 8)
    assert outline(text) == [("body", "")]
    assert [kind for kind, _ in outline(f"{text}\n{ENTRIES}")] == ["body", "references"]
    assert sections.split(record("")) == []


def test_the_abstract_and_the_introduction_of_a_first_page_without_headings():
    text = f"A title\nA. Author\n{PROSE * 2}\n1 Department\n" + "\n".join([PROSE] * 14) + f"\nResults\n{PROSE}"
    assert [kind for kind, _ in outline(text)] == ["front", "abstract", "introduction", "results"]


@pytest.mark.parametrize(
    "title",
    [
        "Implications of motor noise for learning",
        "Limitations of implicit recalibration",
        "Credit assignment in a redundant task",
        "Funding: see page 9",
        "Conclusions and opinions in motor learning",
        "References",
        "Data availability: on request",
    ],
)
def test_what_stands_before_the_abstract_opens_no_back_matter(title):
    """A title, a masthead, a side bar that comes first in the file, a cover page."""
    rest = paper("Abstract", "Introduction", "Methods", "Results", "Discussion", "References")
    kinds = ["front", "abstract", "introduction", "methods", "results", "discussion", "references"]
    assert [kind for kind, _ in outline(f"{title}\n{rest}")] == kinds
    bare = "\n".join([f"{title}\nA. Author", *[PROSE * 2] * 14, "Results", *[PROSE] * 4])
    assert [kind for kind, _ in outline(bare)] == ["front", "abstract", "introduction", "results"]


@pytest.mark.parametrize("note", ["Author contributions: A.B. wrote it.", "Funding: A grant.", "Disclosures\nNone."])
def test_a_footnote_of_the_first_page_does_not_end_the_introduction(note):
    text = f"A title\nAbstract\n{PROSE}\nIntroduction\n{PROSE}\n{note}\n{PROSE * 3}\nMethods\n{PROSE * 20}"
    found = sections.split(record(text))
    assert [part["kind"] for part in found] == ["front", "abstract", "introduction", "back", "introduction", "methods"]
    assert text[found[3]["start"] : found[3]["end"]].strip() == note


def test_a_line_of_a_table_and_an_analysis_are_results_where_they_stand_among_them():
    text = paper("Introduction", "Methods", "Results") + "\nData collection\n12\n13\nRefinement\n14"
    assert [kind for kind, _ in outline(text)] == ["front", "introduction", "methods", "results"]
    text = paper("Introduction", "Methods", "Data Analysis", "Results", "Data Analysis", "Discussion")
    kinds = ["introduction", "methods", "methods", "results", "results", "discussion"]
    assert [kind for kind, _ in outline(text)][1:] == kinds


def test_numbers_of_another_kind_below_the_methods_are_parts_of_them():
    text = paper("1 | INTRODUCTION", "2 | METHODS", "2.1 | Visual tasks", "3 | RESULTS", "4 | DISCUSSION")
    assert [kind for kind, _ in outline(text)][1:] == ["introduction", "methods", "methods", "results", "discussion"]
    text = paper("Introduction", "Methods", "I. Visuomotor adaptation", "II. Force fields", "Results")
    assert [kind for kind, _ in outline(text)][1:] == ["introduction", "methods", "methods", "methods", "results"]
    text = paper("1 Introduction", "2 Methods", "3 A model of adaptation", "4 Results")
    assert [kind for kind, _ in outline(text)][1:] == ["introduction", "methods", "body", "results"]


def test_experiments_may_be_the_only_headings():
    text = "\n".join(["A title\nA. Author", *[PROSE * 2] * 10] + [f"Experiment {n}\n{PROSE * 4}" for n in (1, 2, 3)])
    found = outline(text)
    assert found[:3] == [("front", ""), ("abstract", ""), ("introduction", "")]
    assert found[3:] == [("body", f"Experiment {n}") for n in (1, 2, 3)]


@pytest.mark.parametrize(
    "entry",
    [
        "[{n}] J. A. Taylor and R. B. Ivry, “A study of the motor system,” J. Neurosci., vol. {n}, {year}.",
        "{n}. van der Taylor JA, de Ivry RB ({year}) A study of the motor system, part {n}. J Neurosci {n}:1-9",
        "Taylor, Jordan A., & Ivry, R. B. ({year}). A study of the motor system, part {n}. J. Neurosci., {n}, 1–9.",
    ],
)
def test_a_list_of_references_without_a_heading(entry):
    entries = "\n".join(entry.format(n=n, year=1990 + n) for n in range(1, 13))
    text = f"{paper('Introduction', 'Methods', 'Results', 'Discussion')}\n{entries}"
    found = sections.split(record(text))
    assert found[-1]["kind"] == "references" and text[found[-1]["start"] :] == entries


def test_labels_of_figures_and_lines_of_prose_are_no_headings():
    text = paper("Methods", "Results") + "\nTarget\nRT (s)\nMethods\n45\n" + PROSE
    small = {"Target", "RT (s)", "45"}
    found = outline(
        text.replace("\nMethods\n45", "\nMethods of old\n45"), size=lambda line: 5.0 if line in small else 9.0
    )
    assert [kind for kind, _ in found] == ["front", "methods", "results"]
    label = outline(
        f"{paper('Introduction', 'Results')}\nMethods\nt\n{PROSE}", size=lambda s: 5.0 if s == "Methods" else 9.0
    )
    assert [kind for kind, _ in label] == ["front", "introduction", "results"]


def test_a_heading_that_the_text_ran_together_with_its_paragraph():
    joined = record(f"A title\nIntroduction\n{PROSE}\nMethods {PROSE}")
    start = joined["text"].index("Methods")
    joined["pages"][0]["lines"][3:] = [
        {"start": start, "end": start + 7, "box": [0, 0, 1, 1], "size": 9.0},
        {"start": start + 8, "end": len(joined["text"]), "box": [0, 0, 1, 1], "size": 9.0},
    ]
    assert [section["kind"] for section in sections.split(joined)] == ["front", "introduction", "methods"]


def test_a_first_section_named_background_leaves_the_introduction_before_it_alone():
    text = paper("Abstract", "1 Introduction", "2 Background", "3 Methods", "4 Results", "References")
    kinds = [kind for kind, _ in outline(text)]
    assert kinds == ["front", "abstract", "introduction", "introduction", "methods", "results", "references"]


def test_a_running_title_read_as_a_heading_leaves_the_introduction_alone():
    text = paper("Abstract", "1. Introduction", "Brain and Language xxx", "2. Methods", "3. Results", "References")
    assert ("introduction", "1. Introduction") in outline(text)


def test_a_summary_in_a_box_interrupts_the_section_around_it():
    text = paper(
        "Abstract", "Introduction", "Results", "Learning", "Author Summary", "Discussion", "Methods", "References"
    )
    text = text.replace(f"Author Summary\n{PROSE}", f"Author Summary\n{PROSE}\nThe curve of learning rose. {PROSE * 3}")
    found = outline(text.replace(f"Discussion\n{PROSE}", f"Discussion\n{PROSE * 16}"))
    place = found.index(("abstract", "Author Summary"))
    assert found[place - 1 : place + 2] == [
        ("results", "Learning"),
        ("abstract", "Author Summary"),
        ("results", "Learning"),
    ]


def test_a_box_of_the_first_page_interrupts_the_introduction():
    text = paper("Abstract", "Introduction", "Methods", "Results")
    text = text.replace("Methods", f"Significance Statement\n{PROSE}\n{PROSE * 4}\nMethods\n{PROSE * 12}", 1)
    found = [kind for kind, _ in outline(text)]
    assert found == ["front", "abstract", "introduction", "abstract", "introduction", "methods", "results"]


def test_a_second_article_in_the_file_is_not_the_paper():
    first = paper("Introduction", "Methods", "Results", "Discussion") + f"\nReferences\n{ENTRIES}\n"
    second = paper("Introduction", "Methods", "Results", "Discussion") + f"\nReferences\n{ENTRIES}"
    found = outline(first + second)
    assert [kind for kind, _ in found[:6]] == [
        "front",
        "introduction",
        "methods",
        "results",
        "discussion",
        "references",
    ]
    assert {kind for kind, _ in found[6:]} == {"back", "references"}


def test_methods_behind_the_references_are_the_papers_where_there_is_one_list():
    text = paper("Summary", "Introduction", "Results", "Discussion") + f"\nReferences\n{ENTRIES}\n"
    text += f"METHOD DETAILS\n{PROSE}\nQUANTIFICATION AND STATISTICAL ANALYSIS\n{PROSE}"
    assert ("methods", "METHOD DETAILS") in outline(text)


@pytest.mark.parametrize(
    "heading", ["Figure Legends", "Figure captions:", "FIGURE AND TABLE LEGENDS", "Legends to figures"]
)
def test_legends_behind_the_references_are_results(heading):
    text = f"{paper('Introduction', 'Methods', 'Results')}\nReferences\n{ENTRIES}\n{heading}\nFigure 1. {PROSE}"
    assert outline(text)[-2:] == [("references", "References"), ("results", heading.strip(":"))]


@pytest.mark.parametrize("label", ["Figure 1. ", "Fig. 2 | ", "Table 1. ", "TABLE 2\n", "Figure S1: ", "Figure 4\n"])
def test_figures_and_tables_behind_the_references_or_among_them_are_results(label):
    entries = ENTRIES.split("\n")
    text = f"{paper('Introduction', 'Methods', 'Results')}\nReferences\n"
    behind = text + "\n".join([*entries, f"{label}Mean hand angles of both groups.", "Group: hand: 3.2; eye: 5."])
    assert [kind for kind, _ in outline(behind)][-2:] == ["references", "results"]
    found = sections.split(record(behind + "\n" + "\n".join(entries)))
    assert [section["kind"] for section in found[-3:]] == ["references", "results", "references"]
    assert behind[found[-2]["start"] : found[-2]["end"]].startswith(label)


def test_references_that_name_a_figure_or_a_table_stay_references():
    entries = ENTRIES.replace("A study", "Table 1 of a study").replace(" part 3", "\nFigure 1 of them and part 3")
    assert outline(f"{paper('Methods', 'Results')}\nReferences\n{entries}")[-1] == ("references", "References")


@pytest.mark.parametrize(
    "first", ["EXPERIMENTAL MODEL AND SUBJECT DETAILS", "Contact for reagent and resource sharing"]
)
def test_detailed_methods_behind_the_references_begin_with_their_first_heading(first):
    text = paper("Summary", "Introduction", "Results", "Discussion") + f"\nReferences\n{ENTRIES}\n"
    found = outline(text + f"{first}\n{PROSE}\nParticipants\n{PROSE}\nMETHOD DETAILS\n{PROSE}")
    assert [kind for kind, _ in found][-4:] == ["references", "methods", "methods", "methods"]


def test_the_summary_of_an_experiment_is_part_of_the_results():
    text = paper(
        "Introduction", "Methods", "Results", "Learning", "Experiment 1 summary", "Experiment 2 summary", "Discussion"
    )
    kinds = [kind for kind, _ in outline(text)]
    assert kinds[-4:] == ["results", "results", "results", "discussion"]


@pytest.mark.parametrize(
    "label",
    [
        "Miller et al",
        "Prediction interval Heterogeneity: I2 = 69%",
        "Group: Old; Age: 68",
        "Data https://example.org/a",
    ],
)
def test_labels_of_figures_and_rows_of_tables_open_no_section(label):
    found = outline(f"{paper('Introduction', 'Methods', 'Results')}\n{label}\n{PROSE}")
    assert found[-1] == ("results", "Results")
