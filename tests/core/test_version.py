"""The version of the program is the same wherever it stands."""

import re

import yaml
from conftest import ROOT

import designspace


def test_the_citation_and_the_changelog_have_the_version_of_the_program():
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == designspace.__version__
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[1]
    assert newest == designspace.__version__
