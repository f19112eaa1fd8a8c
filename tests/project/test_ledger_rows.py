"""A row of the ledger is what it is declared."""

import pytest

from designspace.project import ledger

ROW = ledger.Row("a", "A paper.PDF", "0" * 64, "b0001", "")


@pytest.mark.parametrize(
    "column, cell",
    [
        ("paper", "../a"),
        ("paper", "a" * 81),
        ("paper", "a\n"),
        ("file", "folder/../a.pdf"),
        ("file", "/folder/a.pdf"),
        ("file", ".pdf"),
        ("file", "a.txt"),
        ("sha256", "abc"),
        ("batch", "b1"),
        ("batch", "first"),
        ("duplicate_of", "-"),
    ],
)
def test_a_cell_that_is_not_valid_is_named(tmp_path, column, cell):
    file = tmp_path / "ledger.csv"
    ledger.save([ROW], file, 0)
    assert ledger.load(file) == [ROW]
    ledger.save([ROW, ROW._replace(paper="b", file="b.pdf")._replace(**{column: cell})], file, 0)
    with pytest.raises(ledger.LedgerError, match=f"damaged: row 2 has a `{column}` that is not valid. Restore it"):
        ledger.load(file)
