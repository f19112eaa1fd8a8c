"""Which experiments the rows of a table of groups are about, wherever the table stands: those that a column or the
caption names, or else the one whose sentences name the group; by its place only where nothing else tells."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from designspace.language import group_names
from designspace.language.attribution import CAPTION, ROW, Sentence
from designspace.language.group_names import content

_CAPTION = 4  # sentences before a table, in which its caption begins
_NAMING = 3  # times as much as others counts a sentence that names the experiment itself


def attribute(sentences: list[Sentence]) -> list[Sentence]:
    """The same sentences, in which the rows of tables of groups are about the experiments that they belong to."""
    tables = list(_tables(sentences))
    if not tables or not any(sentence.experiments for sentence in sentences):
        return sentences
    prose = [sentence for sentence in sentences if len(sentence.experiments) == 1 and not ROW.match(sentence.text)]
    named = [(s, content(s.text), [content(m.name) for m in group_names.mentioned(s.text)]) for s in prose]
    placed = list(sentences)
    for table in tables:
        caption = _caption(sentences, table[0])
        weights = _weights({index: content(group_names.row(sentences[index].text)) for index in table}, named)
        # Where a group is named in other experiments alone, the table is one of several experiments.
        is_of_several = any(
            weights[index] and not any(weights[index][experiment] for experiment in sentences[index].experiments)
            for index in table
        )
        for index in table:
            row = sentences[index]
            here = caption or row.experiments
            if is_of_several and not caption and (most := max(weights[index].values(), default=0)):
                best = frozenset(experiment for experiment, weight in weights[index].items() if weight == most)
                here = here & best or best
            if not row.is_naming:
                placed[index] = row._replace(experiments=here)
    return placed


def _weights(
    cells: dict[int, frozenset[str]], named: list[tuple[Sentence, frozenset[str], list[frozenset[str]]]]
) -> dict[int, Counter[str]]:
    """How often sentences of each experiment name the group of each row, {row: {experiment: weight}}; those that name
    several, which they compare, do not count."""
    weights = {index: Counter[str]() for index in cells}
    for sentence, words, groups in named:
        rows = [
            index
            for index, cell in cells.items()
            if cell <= words
            or any(group <= cell and not any(group <= c for i, c in cells.items() if i != index) for group in groups)
        ]
        if len(rows) == 1:
            weights[rows[0]].update(dict.fromkeys(sentence.experiments, _NAMING if sentence.is_naming else 1))
    return weights


def _tables(sentences: list[Sentence]) -> Iterator[list[int]]:
    """The rows of each table of groups, by their indices."""
    for is_row, run in groupby(range(len(sentences)), lambda index: bool(group_names.row(sentences[index].text))):
        if is_row:
            yield list(run)


def _caption(sentences: list[Sentence], first: int) -> frozenset[str]:
    """The experiments that the caption of a table names, which stands right before its first row."""
    before = sentences[max(first - _CAPTION, 0) : first]
    begins = [index for index, sentence in enumerate(before) if CAPTION.match(sentence.text)]
    named = [sentence.experiments for sentence in before[begins[-1] :] if sentence.is_naming] if begins else []
    return frozenset().union(*named)
