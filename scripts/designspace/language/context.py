"""The part of a paper that fits a token budget: whole sentences; the least useful sections are left out first."""

from itertools import groupby
from typing import Any

from tokenizers import Tokenizer

from designspace.language import articles, sections, sentences
from designspace.language.tokens import plain

# From the first to go to the last. References and back matter say nothing about the experiments. The discussion and the
# introduction speak of other papers as often as of this one; of the two, the introduction ends with what was done here.
# Results repeat the numbers of groups and trials; a body without headings may hold everything. The title page is short
# and often holds the abstract; the methods are where the parameters are reported, and the abstract says what was done.
DROPPED = ["references", "back", "discussion", "introduction", "results", "body", "front", "methods", "abstract"]

Span = tuple[int, int]  # of characters of the text
Unit = tuple[int, int, int]  # index of a section, start and end of a sentence


def fit(record: dict[str, Any], token_budget: int, tokenizer: Tokenizer, title: str = "") -> dict[str, Any]:
    """Context record of the text `record`: its sections and, for each, the spans that are kept within `token_budget`.

    The kept text, encoded as one piece without special tokens, has `tokens_kept`
    tokens, never more than `token_budget`. Within a kind of section sentences are left out from the end.
    With the paper's `title`, what stands before it is left out where that is another article.
    A record whose status is not ok passes its status on, with no sections.
    """
    tokenizer.no_truncation()  # a tokenizer.json may hold both from its training
    tokenizer.no_padding()
    context = {key: record[key] for key in ("paper", "status", "reason")} | {"token_budget": token_budget}
    if record["status"] != "ok":
        return context | {"tokens": 0, "tokens_kept": 0, "sections": []}
    text = record["text"]
    article = articles.start_of(record, title)
    parts = sections.split(record, article)
    context["reason"] = f"{record['reason']} {articles.note(record, parts)}".strip()
    units = [unit for index, part in enumerate(parts) for unit in _units(text, index, part)]
    lengths = [count(text[start:end], tokenizer) for _, start, end in units]
    kept = [index for index, (_, start, _) in enumerate(units) if start >= article]
    total = count(text, tokenizer)
    tokens_kept = count(text[article:], tokenizer) if article else total
    if tokens_kept > token_budget:
        priority = [DROPPED.index(parts[index]["kind"]) for index, _, _ in units]
        kept = [index for index in _within(token_budget, priority, lengths) if units[index][1] >= article]
        # Tokens may merge or split where sentences meet, so the text is counted as it will be read.
        while (tokens_kept := count(_join(text, _merge(units, kept)), tokenizer)) > token_budget:
            excess = tokens_kept - token_budget
            while excess > 0 and kept:
                excess -= lengths[kept.pop()]
    context |= {"tokens": total, "tokens_kept": tokens_kept, "sections": []}
    remain = set(kept)
    for index, group in groupby(range(len(units)), lambda unit: units[unit][0]):
        own = list(group)
        remaining = [unit for unit in own if unit in remain]
        numbers = {
            "tokens": sum(lengths[unit] for unit in own),
            "tokens_kept": sum(lengths[unit] for unit in remaining),
        }
        section = {key: value for key, value in parts[index].items() if key != sections.OTHER}
        context["sections"].append(section | numbers | {"kept": [list(span) for span in _merge(units, remaining)]})
    return context


def kept_text(record: dict[str, Any], context: dict[str, Any]) -> str:
    """The text that the model reads: the kept spans in reading order, with a newline where something was left out."""
    return _join(record["text"], [tuple(span) for section in context["sections"] for span in section["kept"]])


def count(text: str, tokenizer: Tokenizer) -> int:
    """The number of tokens of `text` in the prompt."""
    return len(plain(tokenizer, text))


def _units(text: str, index: int, section: dict[str, Any]) -> list[Unit]:
    """`(section index, start, end)` for each sentence with the white space before it; together they tile the section.

    Most tokenizers join a word with the space before it, so units count as they do within the text.
    """
    ends = [end for _, end in sentences.spans(text, section["start"], section["end"])]
    ends[-1:] = [section["end"]]
    return [(index, start, end) for start, end in zip([section["start"], *ends[:-1]], ends, strict=True)]


def _within(token_budget: int, priority: list[int], lengths: list[int]) -> list[int]:
    """Units that fit, the one to give up first at the end. A unit that alone is over the budget is passed over."""
    kept: list[int] = []
    used = 0
    for unit in sorted(range(len(lengths)), key=lambda unit: (-priority[unit], unit)):
        if lengths[unit] > token_budget:
            continue
        if used + lengths[unit] > token_budget:
            break
        kept.append(unit)
        used += lengths[unit]
    return kept


def _merge(units: list[Unit], kept: list[int]) -> list[Span]:
    """Spans `(start, end)` of the kept units in reading order, neighbours as one."""
    merged: list[Span] = []
    for start, end in sorted((start, end) for _, start, end in map(units.__getitem__, kept)):
        if merged and merged[-1][1] == start:
            start = merged.pop()[0]
        merged.append((start, end))
    return merged


def _join(text: str, kept: list[Span]) -> str:
    pieces: list[str] = []
    previous: int | None = None
    for start, end in kept:
        if pieces and previous != start and not pieces[-1].endswith("\n"):
            pieces.append("\n")
        pieces.append(text[start:end])
        previous = end
    return "".join(pieces)
