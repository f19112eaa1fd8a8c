"""Sections by their headings, in papers as different journals set them."""

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
