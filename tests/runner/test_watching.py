"""What jobs on other machines have finished is counted from their journals."""

import json

from test_progress import answered

from designspace.runner.watching import Watch


def write(path, *papers, mode="a"):
    path.parent.mkdir(exist_ok=True)
    with path.open(mode) as file:
        if not file.tell():
            file.write(json.dumps({"fingerprint": "inputs"}) + "\n")
        for paper in papers:
            file.write(json.dumps({"task": path.parent.name} | record(paper)) + "\n")


def record(paper):
    return {"paper": paper, "status": "failed", "reason": ""}


def test_a_line_counts_what_was_finished_since_the_run_began(tmp_path):
    first, second = (tmp_path / f"extraction/b{n}.jsonl.journal" for n in (1, 2))
    write(first, "of a run before")
    clock = iter([0.0, 60.0, 90.0])
    watch = Watch(tmp_path, 6, lambda: next(clock))
    assert watch.line() == ""
    write(first, "p1", "p1")  # of two tasks
    write(second, "p2")
    with second.open("a") as file:
        file.write('{"paper": "p3", "sta')  # which is being written
    assert watch.line() == "Progress   2/6 papers; 0 values and findings; 2 min left"  # 2 of 6 in a minute
    assert watch.line() == "", "nothing new"
    with second.open("a") as file:
        file.write('tus": "failed", "reason": "", "task": "extraction"}\n')
    assert "3/6 papers" in watch.line()


def test_a_journal_that_is_written_anew_is_read_anew_and_more_papers_than_expected_are_no_error(tmp_path):
    path = tmp_path / "extraction/b1.jsonl.journal"
    write(path, "p1", "p2", "p3")
    watch = Watch(tmp_path, 0)
    write(path, "p1", mode="w")
    assert watch.line() == "Progress   1 papers; 0 values and findings"
    path.unlink()
    assert watch.line() == ""


def test_values_and_findings_are_counted(tmp_path, monkeypatch):
    path = tmp_path / "extraction/b1.jsonl.journal"
    watch = Watch(tmp_path, 1)
    write(path, "p1")
    monkeypatch.setattr("designspace.runner.watching.whole_records", lambda lines: [answered("p1", 3) for _ in lines])
    assert "3 values and findings" in watch.line()
