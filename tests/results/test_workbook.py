"""designspace.xlsx has the tables as sheets for people: nothing in it runs, and a value leads to its page."""

import re
import zipfile
from xml.etree import ElementTree

import pytest
from made_up_run import LIBRARY, Run, full_run, reported

from designspace.results import tables, workbook

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(path):
    """{name: (rows of cells as {column letter: text}, the sheet's XML)} of a workbook."""
    with zipfile.ZipFile(path) as file:
        names = [
            sheet.get("name") for sheet in ElementTree.fromstring(file.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        ]
        shared = []
        if "xl/sharedStrings.xml" in file.namelist():
            strings = ElementTree.fromstring(file.read("xl/sharedStrings.xml"))
            shared = ["".join(entry.itertext()) for entry in strings.iter(f"{MAIN}si")]
        read = {}
        for number, name in enumerate(names, 1):
            xml = file.read(f"xl/worksheets/sheet{number}.xml").decode()
            rows = []
            for row in ElementTree.fromstring(xml).iter(f"{MAIN}row"):
                own = {}
                for cell in row.iter(f"{MAIN}c"):
                    text = "".join((cell.find(f"{MAIN}v") if cell.get("t") != "inlineStr" else cell).itertext())
                    text = shared[int(text)] if cell.get("t") == "s" else text
                    own[re.sub(r"\d", "", cell.get("r"))] = text
                rows.append(own)
            read[name] = rows, xml
        return read


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    run = full_run(tmp_path_factory.mktemp("full"))
    run.merge()
    return sheets(run.results / "designspace.xlsx"), run


def test_a_sheet_for_each_table_with_its_rows_and_one_for_the_codebook(full):
    found, run = full
    assert list(found) == [*tables.CSV_TABLES, "codebook"]
    for name in tables.CSV_TABLES:
        frame = tables.read_csv(run.results / f"{name}.csv")
        rows, xml = found[name]
        assert list(rows[0].values()) == list(frame.columns) and len(rows) == len(frame) + 1
        assert f'<dimension ref="A1:{list(rows[0])[-1]}{len(rows)}"' in xml
        assert "<autoFilter" in xml and 'state="frozen"' in xml
    assert list(found["codebook"][0][1].values())[:3] == ["papers", "citation", "string"]


def test_numbers_are_numbers_and_a_page_leads_to_its_picture(full):
    rows, xml = full[0]["extractions"]
    columns = {name: letter for letter, name in rows[0].items()}
    row = next(row for row in rows if row.get(columns["value"]) == "158")
    assert row[columns["number"]] == "158" and row[columns["page"]] == "2"
    assert '<f>HYPERLINK("pages/zhou_2020/2.webp",2)</f>' in xml


def test_nothing_of_a_paper_is_a_formula_or_a_link(tmp_path):
    run = Run(tmp_path)
    evil = [
        '=HYPERLINK("http://x.org")',
        "{=1+1}",
        "http://x.org",
        "+1+1",
        "@SUM(1)",
        "file://etc/passwd",
        "mailto:a@b.c",
        "<r><t>bold</t></r>",
        "<r><b>never closed</r>",
        " & <c>",
    ]
    run.add("a_2020", values=[reported("age_mean", 20.5, evidence=text) for text in evil])
    run.write().merge()
    rows, xml = sheets(run.results / "designspace.xlsx")["extractions"]
    assert set(re.findall("<f>(.*?)</f>", xml)) == {'HYPERLINK("pages/a_2020/2.webp",2)'}
    assert "<hyperlink" not in xml
    column = next(letter for letter, name in rows[0].items() if name == "evidence")
    assert {row.get(column) for row in rows[1:]} >= {text + " " if text.endswith("</r>") else text for text in evil}


def test_a_long_text_is_cut_and_a_long_table_goes_on_in_a_further_sheet(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "ROWS", 3)
    frames = {name: tables.frame_of(kind, []) for name, kind in tables.ROWS.items()}
    step = {"step": "s", "reason": "x" * 40_000, "papers": 1}
    frames["prisma"] = tables.frame_of(tables.ROWS["prisma"], [step | {"papers": n} for n in range(5)])
    workbook.write(frames, LIBRARY, tmp_path / "a.xlsx")
    found = sheets(tmp_path / "a.xlsx")
    assert [len(found[name][0]) for name in ("prisma", "prisma 2", "prisma 3")] == [3, 3, 2]
    assert len(found["prisma"][0][1]["B"]) == 32_767 and found["prisma"][0][1]["B"].endswith("…")
