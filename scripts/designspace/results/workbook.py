"""designspace.xlsx: the tables as sheets for people, with the codebook as the last one.

Rows are written one after the other and not held (XlsxWriter's constant memory), as XML, since XlsxWriter itself takes
most of the time of a merge. The only formulas are the links from
the number of a page to its picture: of hyperlinks proper, Excel takes 65,530 a sheet.
"""

import io
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from designspace.core.files import write_whole, writing
from designspace.results import cells, codebook, tables

ROWS = 1_048_576  # of a sheet
WIDTHS = {"evidence": 60, "description": 60, "citation": 24, "value": 18}  # in characters; of the others WIDTH
WIDTH = 12
CREATED = datetime(2000, 1, 1)  # the same tables give the same file


def write(frames: dict[str, pd.DataFrame], library: list[dict[str, Any]], path: Path) -> None:
    """Write the CSV tables of a run, and the codebook of its library. NotWritten where that fails."""
    fields = codebook.fields(library)
    numeric = {(field.table, field.column) for field in fields if field.type in ("integer", "number")}
    file = io.BytesIO()
    with writing(path), tempfile.TemporaryDirectory(dir=path.parent) as folder:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
        book.set_properties({"title": "Designspace", "created": CREATED})
        looks = {"bold": True, "bottom": 1}, {"font_color": "blue", "underline": 1}
        styles = tuple(book.add_format(look)._get_xf_index() for look in looks)
        for name in tables.CSV_TABLES:
            _table(book, styles, name, frames[name], [(name, column) in numeric for column in frames[name].columns])
        known = pd.DataFrame(
            [(*field[:-1], "; ".join(field.values)) for field in fields], columns=codebook.Field._fields
        )
        _table(book, styles, "codebook", known, [False] * known.shape[1])
        book.close()
    write_whole(path, file.getvalue())


def _table(book: Any, styles: tuple[int, int], name: str, frame: pd.DataFrame, numeric: list[bool]) -> None:
    """Write a table as a sheet, and what is longer than one in further ones."""
    for number, first in enumerate(range(0, max(len(frame), 1), ROWS - 1), 1):
        part = frame.iloc[first : first + ROWS - 1]
        sheet = book.add_worksheet(name if number == 1 else f"{name} {number}", Sheet)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(part), len(frame.columns) - 1)
        for index, column in enumerate(frame.columns):
            sheet.set_column(index, index, WIDTHS.get(column, WIDTH))
        sheet.put(
            0, [cells.text(f"{xl_col_to_name(at)}1", column, styles[0]) for at, column in enumerate(frame.columns)]
        )
        for row, written in enumerate(_rows(part, numeric, styles[1]), 1):
            sheet.put(row, written)


class Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose rows are written as they come, from the first one on."""

    def put(self, row: int, written: list[str]) -> None:
        """Write a row of cells as XML, empty ones as ""."""
        for column in (0, len(written) - 1):
            self._check_dimensions(row, column)
        self.row_data_fh.write(f'<row r="{row + 1}">{"".join(written)}</row>')


def _rows(frame: pd.DataFrame, numeric: list[bool], style: int) -> Iterator[list[str]]:
    """The cells of each row as XML; a row stands behind the header."""
    letters = [xl_col_to_name(index) for index in range(len(frame.columns))]
    places = {column: index for index, column in enumerate(frame.columns)}
    paper, page = places.get("paper"), places.get("page")
    filled = frame.astype(object).where(frame.notna(), "")
    for row, values in enumerate(filled.itertuples(index=False, name=None), 2):
        written = []
        for index, value in enumerate(values):
            if value == "":
                written.append("")
            elif index == page and paper is not None:
                written.append(cells.link(f"{letters[index]}{row}", values[paper], value, style))
            else:
                make = cells.number if numeric[index] else cells.text
                written.append(make(f"{letters[index]}{row}", str(value)))
        yield written
