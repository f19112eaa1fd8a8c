"""Running lines on few pages, further in or without letters, and line numbers within lines."""

from test_text import FILLER, column, text_of

BODY = [f"{FILLER} It was measured {n} times." for n in ("two", "three", "four", "five", "six", "seven", "eight")]


def pages_with(*footers):
    feet = [[(50, 20, 7, footer)] if footer else [] for footer in footers]
    return [[*column(line, FILLER), *foot] for line, foot in zip(BODY, feet, strict=True)]


def test_a_foot_with_the_number_of_the_page_may_stand_on_two_pages():
    foot = "Nobody et al. Journal of Tests | May 2016 | vol. 113 | no. 24 | {}"
    text = text_of(*pages_with("", "", foot.format(6799), "", foot.format(6801), "", ""))
    assert "Journal of Tests" not in text and FILLER in text
    others = pages_with("", "", "Table 5. Hand angles of all groups", "", "Table 7. Hand angles of all groups", "", "")
    assert text_of(*others).count("Hand angles of all groups") == 2


def test_a_mark_without_letters_at_the_same_height_of_many_pages_is_a_running_line():
    assert "1 3" not in text_of(*pages_with(*["1 3"] * 7))
    assert text_of(*pages_with("1 3", "", "1 3", "", "", "", "")).count("1 3") == 2


def test_a_long_head_that_stands_below_the_margin_is_a_running_line():
    head = "published in the Journal of Tests and of their Results, vol. 3"
    pages = [[(50, 684, 10, head), *column(line, FILLER)] for line in BODY]
    assert head not in text_of(*pages)
    inside = [[*column(FILLER, y=760), (50, 684, 10, head), *column(line, FILLER)] for line in BODY]
    assert head in text_of(*inside)


def test_a_line_number_that_was_read_within_its_line_goes():
    """As where something raised parts the line, and pdfium reads the number behind that."""
    words = ["no", "not", "many", "more", "few", "some", "all"]
    pages = [
        [f"{7 * page + i + 1} line of the text that has {word}" for i, word in enumerate(words)] for page in range(5)
    ]
    pages[1][3] = "line of 12 words (X2 11 = 73%, p < 0.001) and more"
    pages[2][2:4] = ["between 17 and 18 lines that has few", "some of the 14 people 18 who came"]
    text = text_of(*[column(*lines, x=60, leading=24) for lines in pages])
    assert "line of 12 words (X2 = 73%, p < 0.001) and more" in text
    assert "between and 18 lines" in text and "the 14 people who came" in text
