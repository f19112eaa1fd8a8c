"""The kinds of values that are expressions of numbers, copied from the paper and read by the program: statistics and
means with their spread."""

import re
from bisect import bisect
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from designspace.language import (
    cell_means,
    cell_statistics,
    evidence,
    means,
    quantities,
    sentences,
    statistics,
    units,
)
from designspace.language.mentions import is_of_table

_READERS: dict[str, Any] = {"statistic": statistics, "mean": means}
KINDS = frozenset(_READERS)
# What an expression of a kind begins with, also for JavaScript.
PATTERNS: dict[str, str] = {kind: reader.PATTERN.pattern.replace("(?P<", "(?<") for kind, reader in _READERS.items()}
EXAMPLES = {"statistic": "t(38) = 2.94, p = .006", "mean": "12.3 ± 1.1"}


class Expressions:
    """The expressions of a text, by their kind."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, list[Any]] = {}

    def printed(self, kind: str, answer: str) -> str | None:
        """The expression of the text that an answer copies, on one line; None where there is none."""
        text: str | None = _READERS[kind].printed(answer, self._of_kind(kind))
        return text and on_one_line(text)

    def support(self, value: str, parameter: evidence.Record) -> float:
        """How far the text supports that an expression of it is a value of a parameter of the library: 0.0 where it has
        a unit of another kind, half where no sentence with it has a word of the parameter's name or definition."""
        mean = means.parse(value) if parameter["kind"] == "mean" else None
        own, unit = mean.unit if mean else "", parameter.get("unit", "")
        if own and units.known(unit) and quantities.convert(1.0, own, unit) is None:
            return 0.0
        about = f"{parameter['name']} {parameter['definition']}"
        same = (one for one in self._of_kind(parameter["kind"]) if on_one_line(one.text) == value)
        around = (self._sentence(one.start) for one in same)
        return 1.0 if any(evidence.shared_words(sentence, about) for sentence in around) else 0.5

    def _of_kind(self, kind: str) -> list[Any]:
        """The expressions of a kind, in order; those of a row of a table have its place."""
        if kind not in self._found:
            rows = [span for span in self._sentences if is_of_table(self._text[slice(*span)])]
            starts = [start for start, _ in rows]
            found = [
                one
                for one in _READERS[kind].find(self._text)
                if not (place := bisect(starts, one.start)) or one.start >= rows[place - 1][1]
            ]
            for start, end in rows:
                found += [one._replace(start=start) for one in _of_row(kind, self._text[start:end])]
            self._found[kind] = sorted(found, key=lambda one: int(one.start))
        return self._found[kind]

    def _sentence(self, position: int) -> str:
        return self._text[slice(*self._sentences[bisect(self._sentences, (position, len(self._text))) - 1])]

    @cached_property
    def _sentences(self) -> list[tuple[int, int]]:
        return sentences.spans(self._text)


@lru_cache(maxsize=4096)  # the rows of a paper are read for each of its values
def _of_row(kind: str, row: str) -> tuple[Any, ...]:
    """The expressions of a kind in a row of a table."""
    if kind == "mean":
        return tuple(mean for _, mean in cell_means.find(row))
    return tuple(cell_statistics.find(row))


class Place(NamedTuple):
    """Where a text has an expression: as it is written, or in the cells of a row of a table."""

    kind: str
    value: str

    def search(self, text: str, start: int, end: int) -> bool:
        """Whether a sentence of a text has it."""
        sentence = text[start:end]
        if is_of_table(sentence):
            return any(on_one_line(one.text) == self.value for one in _of_row(self.kind, sentence))
        return bool(written(self.value).search(sentence))


def on_one_line(text: str) -> str:
    """An expression of a paper as a value: semicolons are between several values."""
    return " ".join(text.replace(";", ",").split())


def is_one(kind: str, text: str) -> bool:
    """Whether a text is an expression of a kind."""
    return _READERS[kind].parse(text) is not None


def same(kind: str, one: str, other: str) -> bool:
    """Whether two expressions of a kind have the same numbers; a statistic's p and effect are left out of account."""
    return Expressions(other).printed(kind, one) is not None


def written(value: str) -> re.Pattern[str]:
    """The pattern of an expression in the text that it was copied from."""
    return re.compile(r"\s+".join(map(re.escape, value.split())).replace(",", "[,;]"))
