"""Whatever is in the folder of papers: no crash, no hang, a row for each file with its status and reason."""

import json
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import bad_papers
import pytest
from bad_papers import BY_NAME, CRASH, SAMPLE, SMALL, is_within, sha256
from made_up_run import unreported
from tokenizers import Tokenizer, models

from designspace.language import context
from designspace.parsing import pictures, quality, reading, text
from designspace.project import ledger
from designspace.results import merging

GOOD = [SAMPLE, *SMALL]
STATUSES = {"ok", "needs_ocr", "encrypted", "empty", "unreadable"}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, forked_readers):
    """The results of more than 300 files, each read as the workflow reads it; and what is in each, by file name."""
    files = {name: bad_papers.by_name(name) for name in BY_NAME} | bad_papers.by_chance()
    files |= {f"good {number}": data for number, data in enumerate(GOOD)}
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "papers").mkdir()
    for name, data in files.items():
        (folder / "papers" / f"{name}.pdf").write_bytes(data)
    rows = ledger.plan(folder / "papers", folder / "ledger.csv", 16)
    ledger.save(rows, folder / "ledger.csv", 0)
    papers = [row for row in rows if not row.duplicate_of]

    def read(row):
        return reading.read(folder / "papers" / row.file, row.paper, row.sha256, with_ocr=False)

    with ThreadPoolExecutor(2) as pool:
        records = dict(zip((row.paper for row in papers), pool.map(read, papers), strict=True))
    return folder, files, rows, records


def test_the_damaged_papers_are_the_same_every_time():
    assert bad_papers.by_chance() == bad_papers.by_chance()
    assert bad_papers.by_chance([1]) != bad_papers.by_chance([2])


def record_of(corpus, name):
    *_, rows, records = corpus
    (row,) = (row for row in rows if row.file == f"{name}.pdf")
    return records[row.duplicate_of or row.paper]


@pytest.mark.parametrize("name", BY_NAME)
def test_a_bad_paper_has_its_status_and_its_reason(corpus, name):
    _, status, expected = BY_NAME[name]
    record = record_of(corpus, name)
    assert (record["status"], record["reason"]) == (status, "") if status == "ok" else record["status"] == status
    assert expected in (record["text"] if status == "ok" else record["reason"])


def test_every_file_has_a_record_that_is_whole(corpus):
    _, files, rows, records = corpus
    assert len(rows) == len(files) and len({row.sha256 for row in rows} - set(map(sha256, GOOD))) > 300
    for record in records.values():
        assert record["status"] in STATUSES
        assert (record["text"] != "") == (record["status"] == "ok")
        # What was read has a reason only where pages of it cannot be trusted.
        assert (record["reason"] == "") == (record["status"] == "ok" and not quality.bad_pages(record["pages"]))
        assert record["status"] == "ok" or record["reason"].endswith(".")
        assert not re.search(CRASH, record["reason"])
        assert not {unicodedata.category(letter) for letter in set(record["text"]) - {"\n"}} & {"Cc", "Cs", "Co"}
        json.dumps(record, allow_nan=False).encode("utf-8")
        for page in record["pages"]:
            assert all(page["start"] <= line["start"] <= line["end"] <= page["end"] for line in page["lines"])
            assert all(is_within(page, line) for line in page["lines"])
    assert {record["status"] for record in records.values()} == STATUSES


def test_a_page_that_was_read_is_drawn_or_left_out(corpus, tmp_path):
    folder, _, rows, records = corpus
    read = [row for row in rows if not row.duplicate_of and records[row.paper]["status"] == "ok"]
    for row in read[::8]:  # some of each kind of damage
        pages = [page["page"] for page in records[row.paper]["pages"] if page["lines"]][:3]
        left_out = pictures.draw(folder / "papers" / row.file, row.sha256, pages, tmp_path / row.paper)
        drawn = {int(picture.stem) for picture in (tmp_path / row.paper).glob("*")}
        assert drawn.isdisjoint(left_out) and drawn | left_out.keys() == set(pages)
        assert not re.search(CRASH, " ".join(left_out.values()))


def test_good_papers_are_unharmed_among_bad_ones(corpus):
    for number, data in enumerate(GOOD):
        record = record_of(corpus, f"good {number}")
        assert record == text.extract_text(data, record["paper"]) and record["status"] == "ok"


def test_every_file_has_its_row(corpus):
    folder, files, rows, records = corpus
    tokenizer = Tokenizer(models.WordLevel({"x": 0}, unk_token="x"))
    for kind in ("text", "context", "extraction", "discovery"):
        (folder / kind).mkdir()
    for paper, record in records.items():
        (folder / "text" / f"{paper}.json").write_text(json.dumps(record))
        (folder / "context" / f"{paper}.json").write_text(json.dumps(context.fit(record, 256, tokenizer)))
    for batch, papers in ledger.batches(rows).items():
        for task in ("extraction", "discovery"):
            found = {"values": [unreported("n_total", None)], "findings": []}
            heads = [{key: records[paper][key] for key in ("paper", "status", "reason")} for paper in papers]
            lines = [json.dumps(head | {"task": task} | found) + "\n" for head in heads]
            (folder / task / f"{batch}.jsonl").write_text("".join(lines))
    parameters = [{"name": "n_total", "kind": "integer", "definition": "Participants."}]
    none = folder / "no corrections.csv"
    tables = merging.build(folder, folder / "ledger.csv", folder / "papers", parameters, none).frames
    table = tables["papers"].set_index("file")
    assert sorted(table.index) == sorted(f"{name}.pdf" for name in files)
    for row in rows:
        status = "duplicate" if row.duplicate_of else records[row.paper]["status"]
        shown, reason = table.loc[row.file], "" if row.duplicate_of else records[row.paper]["reason"]
        if shown.status == "version":  # a damaged copy that can be read is another version of the paper
            assert status == "ok" and shown.version_of
        else:
            assert shown.status == status and (shown.reason == "") == (reason == "")
