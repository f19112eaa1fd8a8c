"""The file of excluded papers, and rows of it that cannot be used."""

import pytest

from designspace.core.sheets import SheetError
from designspace.project import exclusions


def test_papers_are_excluded_by_any_of_their_names(tmp_path):
    path = tmp_path / "excluded.csv"
    path.write_text("\ufeffpaper,reason,by\nsmith_2019,no human participants,MW\nJones 2020.pdf,a review,\ngone,old,\n")
    reasons = exclusions.load(path)
    names = {"smith_2019": "smith_2019", "Jones 2020.pdf": "Jones_2020-1a2b3c4d"}
    assert exclusions.of_papers(reasons, names) == {
        "smith_2019": "no human participants",
        "Jones_2020-1a2b3c4d": "a review",
    }
    assert exclusions.load(tmp_path / "none.csv") == {}


@pytest.mark.parametrize(
    "text, message",
    [
        ("paper\na", "has no column `reason` in its first line"),
        ("paper,reason\na,", "row 2 has no `reason`; write one, or remove the row."),
        ("paper,reason\n,x", "row 2 has no `paper`"),
        ("paper,reason\na,x\na,y", "row 3 excludes a a second time"),
    ],
)
def test_rows_that_exclude_nothing_are_an_error(tmp_path, text, message):
    (tmp_path / "excluded.csv").write_text(text)
    with pytest.raises(SheetError, match=message):
        exclusions.load(tmp_path / "excluded.csv")
