"""The line of each finished paper says how far the batch is and how long the rest will take."""

from designspace.runner.progress import Progress, duration


def answered(paper, reported, status="ok"):
    values = [{"status": "reported"}] * reported + [{"status": "not_reported"}]
    seconds = {"attach": 0.5, "prefill": 1.0, "decode": 2.0}
    return {
        "paper": paper,
        "status": status,
        "reason": "It is broken.",
        "values": values,
        "seconds": seconds,
    }


def test_time_left_is_that_of_the_tokens_left():
    clock = iter([100.0, 110.0, 140.0])
    papers = [({"paper": name}, {"tokens_kept": tokens}) for name, tokens in (("a", 1000), ("b", 3000), ("c", 8000))]
    progress = Progress(papers, lambda: next(clock))
    assert progress.finished([answered("a", 2), answered("a", 0)]) == (
        "Paper 1/3 a: 2 values, 2 in all; 1,000 tokens in 7.0 s; 2 min left"  # 10 s for 1,000 of 12,000
    )
    assert progress.finished([answered("b", 3)]).endswith("3 values, 5 in all; 3,000 tokens in 3.5 s; 1 min left")
    assert progress.finished([answered("c", 0, "failed")]) == "Paper 3/3 c: failed: It is broken."


def test_papers_that_are_read_together_end_together():
    clock = iter([0.0, 60.0, 61.0])
    papers = [({"paper": name}, {"tokens_kept": 1000}) for name in "abcd"]
    progress = Progress(papers, lambda: next(clock))
    progress.share([["a", "b", "c"], ["d"]])
    assert progress.finished([answered("b", 1)]).endswith("; 20 s left"), "60 s for three of four"
    assert progress.finished([answered("a", 1)]).endswith("; 20 s left")


def test_papers_of_a_journal_and_those_that_no_model_reads_take_no_time():
    clock = iter([0.0, 50.0])
    papers = [({"paper": name}, {"tokens_kept": 1000}) for name in "abcd"]
    progress = Progress(papers, lambda: next(clock))
    progress.passed_over("a", [answered("a", 4)])
    assert progress.finished([answered("b", 0, "encrypted")], asked=False) == "Paper 2/4 b: encrypted: It is broken."
    assert "1 values, 5 in all" in (line := progress.finished([answered("c", 1)])) and line.endswith("; 50 s left")


def test_a_time_is_written_for_people():
    assert [duration(seconds) for seconds in (4.4, 61, 1800, 5400)] == ["4 s", "1 min", "30 min", "1.5 h"]
