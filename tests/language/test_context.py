"""What is kept of a paper within a token budget."""

import json
import subprocess
import sys

import pytest
from conftest import ROOT
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from designspace.language import context, sentences

SENTENCES = "Subjects reached to {n} targets with feedback. The rotation was {n} degrees in the {name} block. "


def record(text, status="ok", reason=""):
    page = {"page": 1, "width": 595, "height": 842, "start": 0, "end": len(text), "lines": []}
    return {"paper": "p", "status": status, "reason": reason, "n_pages": 1, "text": text, "pages": [page]}


def paragraph(name):
    return "".join(SENTENCES.format(n=n, name=name) for n in range(2, 6)).strip()


NAMES = ["Abstract", "Introduction", "Methods", "Results", "Discussion", "Acknowledgements", "References"]
PAPER = record("A title\n" + "\n".join(f"{name}\n{paragraph(name)}" for name in NAMES))


def byte_pairs():
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    bpe.train_from_iterator([PAPER["text"]], trainer)
    return bpe


def merging_over_spaces():
    """Tokens that run over the ends of sentences, so that the parts do not count as the whole does."""
    bpe = Tokenizer(models.BPE())
    bpe.train_from_iterator([PAPER["text"]], trainers.BpeTrainer(vocab_size=300, show_progress=False))
    return bpe


@pytest.fixture(params=[byte_pairs, merging_over_spaces], ids=["byte pairs", "merging over spaces"])
def tokenizer(request):
    return request.param()


def test_the_kept_text_never_exceeds_the_budget_and_is_counted_exactly(tokenizer):
    whole = context.count(PAPER["text"], tokenizer)
    for budget in [0, 1, 5, *range(17, whole + 50, 71)]:
        fitted = context.fit(PAPER, budget, tokenizer)
        kept = context.kept_text(PAPER, fitted)
        assert context.count(kept, tokenizer) == fitted["tokens_kept"] <= budget
        assert (fitted["tokens"], fitted["token_budget"]) == (whole, budget)
        assert (kept == PAPER["text"]) == (budget >= whole)


def test_only_whole_sentences_are_kept_from_the_beginning_of_a_section(tokenizer):
    text = PAPER["text"]
    ends = {end for _, end in sentences.spans(text)}
    fitted = context.fit(PAPER, context.count(text, tokenizer) // 2, tokenizer)
    for section in fitted["sections"]:
        assert len(section["kept"]) <= 1
        for start, end in section["kept"]:
            assert start == section["start"]
            assert end == section["end"] or end in ends
        assert bool(section["kept"]) == bool(section["tokens_kept"])


def test_references_go_first_and_methods_and_abstract_last():
    tokenizer = byte_pairs()
    two_sentences = "\n".join(f"{name}\n{SENTENCES.format(n=8, name=name).strip()}" for name in NAMES)
    paper = record(f"A title\n{two_sentences}")

    def left_out(budget):
        return {part["kind"] for part in context.fit(paper, budget, tokenizer)["sections"] if not part["tokens_kept"]}

    gone, order = set(), []
    for budget in range(context.count(paper["text"], tokenizer), 0, -1):
        more = left_out(budget) - gone
        order += sorted(more)
        gone |= more
    sections = ["references", "back", "discussion", "introduction", "results", "front", "methods", "abstract"]
    assert order[: len(sections) - 1] == sections[:-1]


def test_a_sentence_longer_than_the_budget_is_passed_over():
    long = record("Methods\nThe table has " + "many words " * 400 + "in it.\nSubjects reached to 8 targets.")
    tokenizer = byte_pairs()
    kept = context.kept_text(long, context.fit(long, 60, tokenizer))
    assert "8 targets." in kept and "many words" not in kept


def test_truncation_and_padding_of_the_tokenizer_file_do_not_count():
    tokenizer = byte_pairs()
    whole = context.count(PAPER["text"], tokenizer)
    tokenizer.enable_truncation(16)
    tokenizer.enable_padding(length=32)
    assert context.fit(PAPER, 10**6, tokenizer)["tokens"] == whole


@pytest.mark.parametrize(
    ("pattern", "characters"),
    [
        ("." * 999, 1_000_000),
        ("A. ", 500_000),
        ("a line of many words that is not finished because and\n", 2_000_000),
        ("Methods\n", 200_000),
        ("data " * 20 + "zz\n", 1_000_000),
    ],
)
def test_a_malicious_text_takes_no_longer_than_another_of_its_length(pattern, characters):
    """Where the time grew with the square of the length, each of these took minutes."""
    hostile = record(pattern * (characters // len(pattern)))
    one_token = Tokenizer(models.WordLevel({"x": 0}, unk_token="x"))
    fitted = context.fit(hostile, 10, one_token)
    spans = [tuple(span) for section in fitted["sections"] for span in section["kept"]]
    assert spans == sorted(spans)
    assert [section["start"] for section in fitted["sections"]][1:] == [s["end"] for s in fitted["sections"]][:-1]


def run(tmp_path, text_record, budget, model):
    (tmp_path / "p.json").write_text(json.dumps(text_record), encoding="utf-8")
    output = tmp_path / "new folder" / "context.json"
    command = [sys.executable, ROOT / "scripts" / "truncate.py", "--text", tmp_path / "p.json"]
    command += ["--token-budget", str(budget), "--model", model, "--output", output]
    return subprocess.run(command, capture_output=True, text=True), output


def test_the_program_writes_the_record_and_says_what_was_left_out(tmp_path):
    byte_pairs().save(str(tmp_path / "tokenizer.json"))
    done, output = run(tmp_path, PAPER, 200, tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(output.read_text(encoding="utf-8")) == context.fit(PAPER, 200, byte_pairs())
    assert "References" in done.stdout


def test_the_program_passes_on_the_status_of_a_paper_without_text(tmp_path):
    byte_pairs().save(str(tmp_path / "tokenizer.json"))
    scanned = record("", "needs_ocr", "The pages are images.")
    done, output = run(tmp_path, scanned, 200, tmp_path)
    assert done.returncode == 0, done.stderr
    fitted = json.loads(output.read_text(encoding="utf-8"))
    assert (fitted["status"], fitted["reason"], fitted["sections"]) == ("needs_ocr", "The pages are images.", [])


def test_the_program_says_where_it_missed_the_tokenizer(tmp_path):
    done, output = run(tmp_path, PAPER, 200, tmp_path / "nowhere")
    assert done.returncode != 0 and "is not a folder here" in done.stderr and not output.exists()
