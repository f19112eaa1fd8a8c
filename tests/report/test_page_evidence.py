"""The report's page in a browser: the details of a value, its sentence and the picture of its page."""

from pathlib import Path
from urllib.parse import unquote, urlparse

import pypdfium2
import pytest
from browser import PAPERS, WORDS
from conftest import needs_chromium

pytestmark = needs_chromium


def test_a_value_shows_its_evidence(page):
    page.open(page.cell("okafor_2021", "age_mean"))
    shown = page.one("#panel").text
    for words in ("22.4 years", "confidence 0.93", WORDS, "It says so.", "page 1 of the PDF", "Not reviewed."):
        assert words in shown
    link = page.one("#panel blockquote a").get_attribute("href")
    assert link == (page.file.parent.parent / "papers").as_uri() + "/Okafor%20%26%202021%20%231%2050%25.pdf#page=1"
    assert Path(unquote(urlparse(link).path)).is_file()
    page.open(page.cell("several", "offset"))
    assert "The model’s candidate is -77 deg." in page.one("#panel").text and "p_null 0.8" in page.one("#panel").text
    page.open(page.cell("several", "n_total", "Experiment 1"))
    assert "For the whole paper it is 40." in page.one("#panel").text


@pytest.mark.parametrize("paper", ["okafor_2021", "turned"])
def test_the_mark_lies_on_the_words(page, paper):
    page.open(page.cell(paper, "n_total"))
    page.wait(
        "return document.querySelector('.sheet img')?.complete && document.querySelector('.sheet img').naturalWidth"
    )
    marks = page.js(
        """const on = document.querySelector(".sheet img").getBoundingClientRect();
        return [...document.querySelectorAll(".marked")].map((mark) => {
          const { left, right, top, bottom } = mark.getBoundingClientRect();
          const share = [(left - on.left) / on.width, (right - on.left) / on.width];
          return [...share, (top - on.top) / on.height, (bottom - on.top) / on.height];
        });"""
    )
    with pypdfium2.PdfDocument(PAPERS / "okafor_2021.pdf") as pdf:
        sheet = pdf[0].get_textpage()
        first, length = sheet.search("visuomotor rotation.").get_next()
        width, height = pdf[0].get_size()
        for index in range(first, first + length):
            if sheet.get_text_range(index, 1).isspace():
                continue
            left, bottom, right, top = sheet.get_charbox(index)
            across, down = (left + right) / 2 / width, 1 - (bottom + top) / 2 / height
            assert any(m[0] < across < m[1] and m[2] < down < m[3] for m in marks), sheet.get_text_range(index, 1)
    covered = sum((right - left) * (bottom - top) for left, right, top, bottom in marks)
    assert 0 < covered < 0.03  # of the page: a line or two
    frame = page.js("return document.querySelector('.frame').getBoundingClientRect().toJSON()")
    place = page.js("return document.querySelector('.marked').getBoundingClientRect().toJSON()")
    assert frame["top"] <= place["top"] and place["bottom"] <= frame["bottom"]  # in view without scrolling


def test_a_picture_that_is_missing_is_a_sentence(page):
    page.open(page.cell("z_000", "n_total"))
    page.js("document.querySelector('.frame').scrollIntoView()")
    page.wait("return document.querySelector('.frame .empty')")
    assert page.one(".frame").text.startswith("There is no picture of page 2 beside this report")
    page.logs()
    assert "pages/z_000/2.webp" in page.console.pop()


def test_pictures_are_asked_for_with_their_value_alone(page):
    page.open()
    page.logs()
    assert page.sent and not [url for url in page.sent if url.endswith(".webp")]
    page.open(page.cell("okafor_2021", "n_total"))
    page.wait("return document.querySelector('.sheet img')?.complete")
    page.logs()
    assert [url for url in page.sent if url.endswith(".webp")] == [
        (page.file.parent / "pages/okafor_2021/1.webp").as_uri()
    ]


def test_the_link_of_a_value_opens_its_pdf(page):
    from selenium.webdriver.support.ui import WebDriverWait

    page.open(page.cell("okafor_2021", "n_total"))
    link = page.one("#panel blockquote a")
    address = link.get_attribute("href")
    (own,) = page.driver.window_handles
    link.click()
    WebDriverWait(page.driver, 10).until(lambda driver: len(driver.window_handles) == 2)
    (other,) = set(page.driver.window_handles) - {own}
    page.driver.switch_to.window(other)
    page.wait("return document.contentType === 'application/pdf'")
    assert page.driver.current_url == address
    page.driver.close()
    page.driver.switch_to.window(own)
    page.logs()
    page.sent = [url for url in page.sent if not url.startswith("chrome-extension:")]  # the browser's own viewer
