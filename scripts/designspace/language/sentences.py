"""Sentences of scientific English, as spans of the text: regular expressions and a few lists, no model."""

import re
from collections.abc import Iterator

# A full stop after one of these does not end a sentence, whatever follows.
_NEVER_LAST = re.compile(
    r"figs?|eqs?|eqns?|refs?|exps?|expts?|secs?|sect|tab|vols?|ch|nos|pp?|vs|cf|ca|approx|resp|viz|suppl?|eds?|dept"
    r"|univ|incl|i\.e|e\.g|\d+-in|(?-i:Dr|Prof|Mrs?|Ms|St)",
    re.IGNORECASE,
)
# After these, initials ("J. Taylor") and dotted abbreviations ("U.S."), only a word that opens sentences starts one.
_SELDOM_LAST = re.compile(r"al|etc|inc|ltd|co|corp|jr|sr", re.IGNORECASE)
_OPENER = re.compile(
    r"(A|After|All|Although|An|And|Another|As|At|Because|Before|Both|But|By|Each|Finally|First|For|From|Hence|Here|How"
    r"|However|If|In|It|Its|Moreover|No|Next|Note|On|One|Only|Other|Our|Overall|Participants|Second|Similarly|Since|So"
    r"|Some|Subjects|Such|That|The|Their|Then|There|Therefore|These|They|This|Those|Thus|To|Two|Under|Unlike|Until|We"
    r"|What|When|Where|Whereas|Whether|Which|While|With|Within)\b(?!\.)"
)
# A line that stops on one of these is not finished: a page, a column or a figure interrupts its sentence.
_UNFINISHED = re.compile(
    r"(?:^|\s)(a|an|and|are|as|at|be|between|but|by|for|from|had|has|have|in|into|is|its|not|of|on|or|our|than|that|the"
    r"|their|these|this|to|using|was|we|were|which|while|with|[,(–-]|\S+[,–-])$"
)

_CLOSED = r"[)\]\"'”’»]*"  # with a sentence, after its mark
# The end of a text that ends as a sentence does: the mark, what closes with it, citations.
ENDED = re.compile(rf"[.!?]{_CLOSED}(?:[\d,–−-]*|(?:\s?\[[\d,;–− -]+\])+)$")
# A possible end: the mark, what closes with it, and the superscript citations that journals put behind it.
_END = re.compile(
    rf"(?<![.!?])[.!?]+{_CLOSED}"
    r"(?:(?<=[^\W\d][.!?])\d{1,3}(?:[,–−-]\d{1,3})*|(?:\s?\[[\d,;–− -]+\])+)?(?=\s)"
)
_WORD_BEFORE = re.compile(r"[^\s([{\"'“‘/—–]*$")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
# "2.1." and "(a." before a heading or an item, "Fig. 3." and "Experiment 4." before what they are about.
_LABEL = re.compile(r"\(?(?:(?:[A-Z][a-z]+\.? )?\d+(?:\.\d+)*[A-Za-z]?|[IVX]+|[A-Za-z])")
_LINE = re.compile(r"[^\n]+")
_LONGEST = 2000  # characters of a sentence


def spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Sentence spans `(start, end)` of text[start:end] in order, without the white space between them.

    A newline ends a sentence, unless the line is broken off and the next one carries on.
    """
    sentences: list[tuple[int, int]] = []
    for left, right in _paragraphs(text, start, len(text) if end is None else end):
        begin = left
        for match in _END.finditer(text, left, right):
            if match.end() < right and _ends_sentence(text, begin, match, right):
                sentences.append((begin, match.end()))
                begin = _skip_space(text, match.end(), right)
        if begin < right:
            sentences.append((begin, right))
    return sentences


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches of text between the newlines that are boundaries, trimmed."""
    left: int | None = None
    right = start
    for line in _LINE.finditer(text, start, end):
        begin = _skip_space(text, line.start(), line.end())
        if begin == line.end():
            continue
        stop = line.start() + len(line.group().rstrip())
        if left is not None and _carries_on(text[max(left, right - 40) : right], text[begin:stop]):
            right = stop
            continue
        if left is not None:
            yield left, right
        left, right = begin, stop
    if left is not None:
        yield left, right


def _carries_on(above: str, below: str) -> bool:
    """Whether the line below finishes the sentence that the line above, or its last 40 characters, leaves open."""
    # Labels of figures and headings are short and unfinished too: only lines of prose are joined.
    if len(above) < 40 or len(below) < 15 or above[-1] == ":" or ENDED.search(above[-20:]):
        return False
    return below[0].islower() or bool(_UNFINISHED.search(above))


def _ends_sentence(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    """Whether a mark that _END matches ends the sentence that begins at `begin`."""
    following = _skip_space(text, match.end(), end)
    opener = text[following]
    if opener.islower() or opener in ",;:)]=<>±×%&":
        return False
    # Of a sentence without end, as a malicious paper has, not all is looked at again at every mark.
    sentence = text[max(begin, match.start() - _LONGEST) : match.start()]
    if sentence.count("(") > sentence.count(")") + match.group().count(")") and sentence[:1] != "(":
        return text.find(")", following, following + 200) < 0  # an unclosed bracket: only if it is never closed
    if match.group()[0] != ".":
        return True
    if _LABEL.fullmatch(sentence):
        return False
    before = _WORD_BEFORE.findall(sentence[-24:])[0]
    if _NEVER_LAST.fullmatch(before) or before.lower() == "no" and opener.isdigit():
        return False
    initial = len(before) == 1 and before.isupper() or before[-2:-1] in ".-" and before[-1:].isupper()
    if initial or _SELDOM_LAST.fullmatch(before) or _DOTTED.fullmatch(before):
        return bool(_OPENER.match(text, following, end))
    return True


def _skip_space(text: str, position: int, end: int) -> int:
    while position < end and text[position].isspace():
        position += 1
    return position
