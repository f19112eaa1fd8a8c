"""designspace.xlsx: the tables as sheets for people, with the codebook as the last one.

Rows are written one after the other and not kept in memory (XlsxWriter's constant memory). The only formulas are the
links from the number of a page to its picture: Excel accepts only 65,530 real hyperlinks a sheet.
"""

import io
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from designspace.core.files import write_whole, writing
from designspace.core.sheets import NUMBER
from designspace.results import codebook, tables

ROWS = 1_048_576  # of a sheet
CHARACTERS = 32_767  # of a cell
WIDTHS = {"evidence": 60, "description": 60, "citation": 24, "value": 18}  # in characters; of the others WIDTH
WIDTH = 12
# Whatever a paper says is stored as text, even if it looks like a number or a formula.
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
CREATED = datetime(2000, 1, 1)  # constant, so that the same tables give the same file


def write(frames: dict[str, pd.DataFrame], library: list[dict[str, Any]], path: Path) -> None:
    """Write the CSV tables of a run, and the codebook of its library. NotWritten if that fails."""
    fields = codebook.fields(library)
    numeric = {(field.table, field.column) for field in fields if field.type in ("integer", "number")}
    file = io.BytesIO()
    with writing(path), tempfile.TemporaryDirectory(dir=path.parent) as folder:
        book = xlsxwriter.Workbook(file, OPTIONS | {"tmpdir": folder})
        book.set_properties({"title": "Designspace", "created": CREATED})
        styles = book.add_format({"bold": True, "bottom": 1}), book.add_format({"font_color": "blue", "underline": 1})
        for name in tables.CSV_TABLES:
            _table(book, styles, name, frames[name], [(name, column) in numeric for column in frames[name].columns])
        known = pd.DataFrame(
            [(*field[:-1], "; ".join(field.values)) for field in fields], columns=codebook.Field._fields
        )
        _table(book, styles, "codebook", known, [False] * known.shape[1])
        book.close()
    write_whole(path, file.getvalue())


def _table(book: Any, styles: tuple[Any, Any], name: str, frame: pd.DataFrame, numeric: list[bool]) -> None:
    """Write a table as a sheet, and rows beyond the limit of a sheet in further sheets."""
    for number, first in enumerate(range(0, max(len(frame), 1), ROWS - 1), 1):
        part = frame.iloc[first : first + ROWS - 1]
        sheet = book.add_worksheet(name if number == 1 else f"{name} {number}")
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(part), len(frame.columns) - 1)
        for index, column in enumerate(frame.columns):
            sheet.set_column(index, index, WIDTHS.get(column, WIDTH))
            sheet.write_string(0, index, column, styles[0])
        places = {column: index for index, column in enumerate(frame.columns)}
        paper, page = places.get("paper"), places.get("page")
        for row, cells in enumerate(tables.rows_of(part), 1):
            for index, cell in enumerate(cells):
                if pd.isna(cell) or cell == "":
                    continue
                if index == page and paper is not None:
                    link = f'=HYPERLINK("pages/{cells[paper]}/{cell}.webp",{cell})'
                    sheet.write_formula(row, index, link, styles[1], cell)
                elif numeric[index] and NUMBER.fullmatch(str(cell)):
                    sheet.write_number(row, index, float(cell))
                else:
                    sheet.write_string(row, index, _plain(str(cell)))


def _plain(text: str) -> str:
    """A text as a cell may contain it: not too long, and not from "<r>" to "</r>", which XlsxWriter takes for XML."""
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "
    return text if len(text) <= CHARACTERS else text[: CHARACTERS - 1] + "…"
