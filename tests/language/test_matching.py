"""A quote is found where it stands, in prose, with slips, or as a row of a table."""

import pytest

from designspace.language import matching

ROW = "Group: Young; n: 18; Women: 10; Age (years): 22.7 ± 2.2; Range: 19–27."


@pytest.mark.parametrize(
    ("sentence", "quote", "same"),
    [
        ("In all, a total of 158 subjects took part.", "A total of 158 subjects", True),
        ("The ﬁrst half (n = 80) reached.", "the first half (n=80) reached", True),
        ("We tested 158 young subjects.", "Here, we tested 158 young subjects. They sat.", True),
        ("158", "a total of 158 subjects", False),
        ("We tested 158 subjects.", "We tested 80 subjects.", False),
        (ROW, "Young 18 10 22.7 ± 2.2 19–27", True),
        (ROW, "Young 18 10", True),
        (ROW, "Young 18 11", False),
        ("Aim: to test. We saw: nothing.", "to test nothing", False),
    ],
)
def test_the_same_sentence(sentence, quote, same):
    assert matching.same_sentence(sentence, quote) == same


def test_a_quote_of_a_row_stands_in_the_line_that_has_its_cells():
    text = f"Table 1. The groups.\n{ROW}\nGroup: Older; n: 18; Women: 9; Age (years): 67.4 ± 4.1; Range: 61–76.\n0 5 10"
    start = text.index("Group: Older")
    assert matching.places(text, "Older 18 9 67.4 ± 4.1 61–76") == [(start, text.index("\n0 5 10"))]
    assert matching.places(text, "Women: 10") == [(text.index("Women"), text.index("Women") + len("Women: 10"))]
    assert matching.places(text, "Patients 14 7 54.1 ± 9.8") == []
