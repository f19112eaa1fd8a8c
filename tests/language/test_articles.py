"""A PDF with two articles: the one that the library names is kept, else the first."""

import pytest
from test_context import byte_pairs
from test_sections import ENTRIES, paper, record

from designspace.language import articles, context

HEADINGS = ("Introduction", "Methods", "Results", "Discussion")
FEET, HANDS = "Feet that walk on belts", "Hands that learn to reach in the dark without any feedback"
FIRST = paper(*HEADINGS).replace("A title", FEET) + f"\nReferences\n{ENTRIES}\n"
SECOND = paper(*HEADINGS).replace("A title", HANDS).replace("hand", "foot") + f"\nReferences\n{ENTRIES}"
BOTH = record(FIRST + SECOND)


@pytest.mark.parametrize("title", [HANDS, "hands that learn to reach in the dark, without any feedback."])
def test_of_two_articles_the_one_with_the_title_is_kept(title):
    tokenizer = byte_pairs()
    fitted = context.fit(BOTH, 10**6, tokenizer, title)
    assert context.kept_text(BOTH, fitted) == SECOND
    assert fitted["tokens_kept"] == context.count(SECOND, tokenizer) < fitted["tokens"]
    kinds = [section["kind"] for section in fitted["sections"]]
    assert kinds == ["back", "front", "introduction", "methods", "results", "discussion", "references"]
    assert fitted["reason"] == "The PDF has another article, too, from page 1."
    small = context.fit(BOTH, 200, tokenizer, title)
    kept = [section["kind"] for section in small["sections"] if section["tokens_kept"]]
    assert "methods" in kept and "references" not in kept and small["tokens_kept"] <= 200


def test_without_the_library_the_first_is_kept_and_a_note_names_the_page_of_the_other():
    both = BOTH | {"reason": "It comes from OCR."}
    page = both["pages"][0]
    both["pages"] = [page | {"end": len(FIRST)}, page | {"page": 2, "start": len(FIRST), "lines": []}]
    fitted = context.fit(both, 200, byte_pairs())
    assert all(not section["tokens_kept"] for section in fitted["sections"] if section["start"] >= len(FIRST))
    assert fitted["reason"] == "It comes from OCR. The PDF has another article, too, from page 2."


@pytest.mark.parametrize(
    "text, title",
    [
        (FIRST + SECOND, "Ears that learn to hear in the light without any sound"),
        (FIRST + SECOND, ""),
        (SECOND, HANDS),
        (paper(*HEADINGS[:2]) + f"\n{HANDS}\n" + SECOND, HANDS),
        (f"{HANDS}s\nReferences\nhttps://example.org/7\nThis article cites 48 articles.\n" + SECOND, HANDS),
        (FIRST.replace("part 7", HANDS) + paper("Appendix"), HANDS),
    ],
    ids=["another title", "no title", "at the start", "no references before", "a cover page", "within a reference"],
)
def test_nothing_is_left_out_where_no_other_article_stands_before_the_title(text, title):
    assert articles.start_of(record(text), title) == 0
