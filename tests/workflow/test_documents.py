"""The texts for people: the README is short, and every relative link leads somewhere."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import ROOT

LISTED = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True).stdout.split()
PAGES = sorted(LISTED or (str(path.relative_to(ROOT)) for path in ROOT.glob("[!.]*/**/*.md")))
LINK = re.compile(r"(?<!`)\]\(([^()\s]+)\)")


def without_code(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", without_code(page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken(page: Path) -> list[str]:
    """The relative links of a page that lead to no file or no heading."""
    lost = []
    for link in LINK.findall(without_code(page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    return lost


def test_the_readme_has_at_most_1200_words():
    assert len((ROOT / "README.md").read_text("utf-8").split()) <= 1200


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_leads_to_a_file_and_a_heading(page):
    assert broken(ROOT / page) == []


def swallowed(text):
    """The lines that a page would show as a row of the table above them, since no empty line parts them."""
    lines = without_code(text).splitlines()
    return [line for above, line in pairwise(lines) if above.startswith("|") and line and not line.startswith("|")]


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_line_ends_every_table(page):
    assert swallowed((ROOT / page).read_text("utf-8")) == []
    assert swallowed("| a |\n| --- |\n| b |\nText\n") == ["Text"]


NAMED = re.compile(r"`((?:scripts|tests|workflow|docs|envs|config|\.ci)/[\w./-]+|test_\w+\.py)`")
MADE_BY_USERS = {"config/corrections.csv", "config/corrections/", "config/excluded.csv"}


@pytest.mark.parametrize("page", PAGES)
def test_every_file_of_the_repository_that_a_page_names_is_there(page):
    named = set(NAMED.findall((ROOT / page).read_text("utf-8"))) - MADE_BY_USERS
    tests = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert [name for name in sorted(named) if not (ROOT / name).exists() and name not in tests] == []


def test_a_link_to_nothing_is_noticed(tmp_path):
    (tmp_path / "there.md").write_text("# One `heading`, here\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](there.md) [b](there.md#one-heading-here) [c](gone.md) [d](there.md#gone) [e](#none) [f](https://x.org)"
    )
    assert broken(page) == ["gone.md", "there.md#gone", "#none"]
