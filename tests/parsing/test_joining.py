"""A paper and its supplements as one text: its pages, its places, its sections, and supplements that cannot be read."""

from conftest import text_record

from designspace.core.places import boxes, file_and_page, page_of
from designspace.language import sections
from designspace.parsing.joining import join

FILLER = "We asked how hands adapt to a rotation that nobody had announced to those who made the movements. " * 3


def paper():
    return text_record("a", ["Methods", FILLER], ["References", "Someone, A. (2001). On something. Things 3, 1–12."])


def supplement(name="a_supp"):
    return text_record(name, ["Supplementary Methods", "The tablet weighed 800 g."], ["Supplementary Note", "More."])


def test_pages_are_counted_on_and_places_hold():
    joined = join(paper(), [supplement(), supplement("a_si")])
    assert [page["page"] for page in joined["pages"]] == [1, 2, 3, 4, 5, 6] and joined["n_pages"] == 6
    start = joined["text"].index("The tablet")
    assert page_of(joined, start) == 3
    assert boxes(joined, start, start + 10) == [{"page": 3, "box": [50, 688, 300, 698]}]
    places = [file_and_page(joined, page) for page in (1, 2, 3, 4, 5, 6)]
    assert places == [("a", 1), ("a", 2), ("a_supp", 1), ("a_supp", 2), ("a_si", 1), ("a_si", 2)]
    assert [part["sha256"] for part in joined["parts"]] == ["0" * 64] * 2
    for page in joined["pages"]:
        for line in page["lines"]:
            assert page["start"] <= line["start"] <= line["end"] <= page["end"]


def test_what_stands_behind_the_references_of_a_paper_is_not_part_of_them():
    joined = join(paper(), [supplement()])
    found = {section["title"]: section["kind"] for section in sections.split(joined)}
    assert found["References"] == "references" and found["Supplementary Methods"] == "methods"
    parts = sections.split(joined)
    assert parts[0]["start"] == 0 and parts[-1]["end"] == len(joined["text"])
    assert all(one["end"] == next["start"] for one, next in zip(parts, parts[1:], strict=False))


def test_a_supplement_that_cannot_be_read_is_left_out_and_the_reason_says_so():
    broken = supplement() | {"status": "unreadable", "reason": "The PDF is encrypted.", "text": "", "pages": []}
    joined = join(paper(), [broken])
    assert joined["reason"] == "Its supplement a_supp is left out. The PDF is encrypted."
    assert joined["text"] == paper()["text"] and "parts" not in joined


def test_a_paper_that_cannot_be_read_stays_as_it_is():
    broken = paper() | {"status": "unreadable", "reason": "The PDF is encrypted."}
    assert join(broken, [supplement()]) == broken
