"""Which experiments the rows of a table of groups are about, wherever the table stands: those that a column or the
caption names, or else the one whose sentences name the group; by its place only where nothing else tells."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from designspace.language import group_names
from designspace.language.attribution import CAPTION, ROW, Sentence
from designspace.language.group_names import content

_CAPTION = 4  # sentences before a table, in which its caption begins
_NAMING = 3  # times as much as others counts a sentence that names the experiment itself
_CLEARLY = 2  # times as often as where the table stands, another experiment names the group


def attribute(sentences: list[Sentence]) -> list[Sentence]:
    """The same sentences, in which the rows of tables of groups are about the experiments that they belong to."""
    tables = list(_tables(sentences))
    if not tables or not any(sentence.experiments for sentence in sentences):
        return sentences
    prose = [sentence for sentence in sentences if len(sentence.experiments) == 1 and not ROW.match(sentence.text)]
    words = [(sentence, content(sentence.text)) for sentence in prose]
    groups = [(sentence, content(m.name)) for sentence in prose for m in group_names.mentioned(sentence.text)]
    placed = list(sentences)
    for table in tables:
        caption = _caption(sentences, table[0])
        cells = {index: content(group_names.row(sentences[index].text)) for index in table}
        for index, cell in cells.items():
            row, others = sentences[index], [other for other in cells.values() if other != cell]
            naming = {s for s, all_words in words if cell <= all_words}
            naming |= {s for s, group in groups if group <= cell and not any(group <= other for other in others)}
            if not row.is_naming:
                placed[index] = row._replace(experiments=caption or _most_named(naming, row.experiments))
    return placed


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


def _most_named(naming: Iterable[Sentence], here: frozenset[str]) -> frozenset[str]:
    """The experiment to which most of the sentences belong that name a group, unless that is `here` nearly as often."""
    weights = Counter[str]()
    for sentence in naming:
        weights.update(dict.fromkeys(sentence.experiments, _NAMING if sentence.is_naming else 1))
    best, most = max(weights.items(), key=lambda item: item[1], default=("", 0))
    return frozenset({best}) if most > _CLEARLY * max((weights[name] for name in here), default=0) else here
