"""From printed lines to running text: lines joined to paragraphs, words to whole words, and the place of each kept."""

import re
from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any, NamedTuple

from designspace.language import headings, sentences
from designspace.parsing.hyphens import count_words, hangs, is_compound
from designspace.parsing.pdf import Line, Page

FLOAT = re.compile(r"(Fig(ure)?|Table|Box|Scheme)\b", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]{4}")
LIST_ITEM = re.compile(r"(?:\[?\d{1,3}[.)\]]|[•–])\s+\S")
# The end of a line that breaks off, and how the next one may begin, though with no small letter.
BROKEN = re.compile(
    r"(?:[,(\[{=<>±×+−–/]|\b(?:the|an?|of|for|and|or|to|in|on|with|by|than|at|from|first|last|next|was|were|is|are|that"
    r"|which|each|between|per|about|only|least|most))$"
)
BEGINNING = re.compile(r"[\d.“‘±=<>−~]")
# But no number of an equation or a source, and no letter of an item.
BRACKET = re.compile(r"\((?!\d{1,3}[a-z]?\)|\w{1,3}\) ?[A-Z])|\[(?!\d{1,3}\] ?[A-Z])|\{")
OPERATOR, ITS_NUMBER = re.compile(r"[=+−∗*<>≤≥≈∝]"), re.compile(r"\(\d{1,3}[a-z]?\)$")  # of an equation
CAPITALS = re.compile(r"[A-Z][A-Z ,:&-]{8,}")


class Piece(NamedTuple):
    """A line within a paragraph: the number of its page, and the space, hyphen or newline that follows it."""

    page: int
    line: Line
    separator: str


Paragraph = list[Piece]


def join_lines(pages: list[Page]) -> tuple[str, list[dict[str, Any]]]:
    """(text, page records): the running text, and for each page where it and each of its lines lie in it.

    The lines of a paragraph are joined by a space, or by nothing within a word; paragraphs, headings and columns end
    with a newline. A paragraph that plainly goes on in the next column or page, also behind a figure, is one paragraph.
    """
    words = count_words(pages)
    paragraphs = _paragraphs(pages, words)
    _put_floats_aside(paragraphs, words)
    lines: dict[int, Paragraph] = {page.number: [] for page in pages}
    for piece in (piece for paragraph in paragraphs for piece in paragraph):
        lines[piece.page].append(piece)
    pieces: list[str] = []
    records: list[dict[str, Any]] = []
    length = 0
    for page in pages:
        start, line_records = length, []
        for _, line, separator in lines[page.number]:
            # A hyphen that stays is the line's own.
            end = length + len(line.text) + separator.startswith("-")
            box = [round(edge, 1) for edge in line.box]
            line_records.append({"start": length, "end": end, "box": box, "size": round(line.size, 1)})
            pieces += line.text, separator
            length += len(line.text) + len(separator)
        place = {"page": page.number, "width": page.width, "height": page.height, "start": start, "end": length}
        records.append(place | {"lines": line_records})
    return "".join(pieces), records


def _paragraphs(pages: list[Page], words: Counter[str]) -> list[Paragraph]:
    """Paragraphs; a heading, a row of a table and a label in a figure are one too."""
    leading = _leading(pages)
    lines = [(page.number, page.lines, i) for page in pages for i in range(len(page.lines))]
    paragraphs: list[Paragraph] = []
    begins = True
    for (number, above, i), (_, below, j) in pairwise(lines):
        line, following = above[i], below[j]
        if line.row or following.row:
            separator = "\n"
        elif j and _is_same_row(line, following):
            gap = (following.box[0] - line.box[2]) / line.size
            separator = "" if gap < 0.25 and not line.spaced else " " if gap < 3 else "\n"
        elif j and _is_below(line, following) and _is_same_paragraph(below, j, leading, begins):
            separator = " "
        else:
            separator = " " if _goes_on_elsewhere(line, following) else "\n"
        if begins:
            paragraphs.append([])
        separator = _with_hyphen(separator, line, following, words)
        paragraphs[-1].append(Piece(number, line, separator))
        begins = separator.endswith("\n")
    if lines:
        number, above, i = lines[-1]
        paragraphs += [[]] if begins else []
        paragraphs[-1].append(Piece(number, above[i], "-\n" if above[i].hyphenated else "\n"))
    return paragraphs


def _with_hyphen(separator: str, line: Line, following: Line, words: Counter[str]) -> str:
    if not line.hyphenated:
        return separator
    if separator == "\n":
        return "-\n"
    if hangs(line.text, following.text, words):
        return "- "
    return "-" if is_compound(line.text, following.text, words) else ""


def _put_floats_aside(paragraphs: list[Paragraph], words: Counter[str]) -> None:
    """Reunite, in place, paragraphs that figures or tables interrupt in the order of the file.

    The floats of the page where the paragraph breaks off go before it, those of the page where it goes on go after it:
    so the lines of a page stay together.
    """
    k = 0
    while k < len(paragraphs):
        if m := _continuation(paragraphs, k):
            number, line, _ = paragraphs[k][-1]
            floats = paragraphs[k + 1 : m]
            before = [float_ for float_ in floats if float_[0][0] == number]
            after = floats[len(before) :]
            # Neither move may carry a float past lines of another page.
            if not (before and paragraphs[k][0][0] < number) and not (
                after and paragraphs[m][-1][0] > after[-1][-1][0]
            ):
                joint = Piece(number, line, _with_hyphen(" ", line, paragraphs[m][0][1], words))
                paragraphs[k : m + 1] = [*before, [*paragraphs[k][:-1], joint, *paragraphs[m]], *after]
                k += len(before)
        k += 1


def _continuation(paragraphs: list[Paragraph], k: int) -> int | None:
    """The index of the paragraph behind floats with which paragraph k goes on; None if it is complete or unclear."""
    number, line, _ = paragraphs[k][-1]
    if len(line.text) <= 25 or line.row or _is_ended(line.text):
        return None
    equations = False  # which stay in a sentence of their page
    for m in range(k + 1, len(paragraphs)):
        first_number, first, _ = paragraphs[m][0]
        is_equation = _is_equation(first.text)
        if m > k + 1 and len(first.text) > 25 and not first.row and not is_equation and _goes_on(line, first):
            return None if equations and first_number == number else m
        equations = equations or is_equation
        is_float = (
            first.row or FLOAT.match(first.text) or len(first.text) <= 25 or is_equation or not _same_size(line, first)
        )
        if first_number > number + 1 or not is_float or _is_heading(first.text):
            return None
    return None


def _is_same_row(line: Line, following: Line) -> bool:
    """Whether pdfium broke a row in two, as it does after a superscript."""
    if following.box[0] < line.box[2] - 0.5 * line.size:
        return False
    overlap = min(line.box[3], following.box[3]) - max(line.box[1], following.box[1])
    return overlap > 0.6 * min(line.box[3] - line.box[1], following.box[3] - following.box[1])


def _is_below(line: Line, following: Line) -> bool:
    return following.box[1] < line.box[1] and min(line.box[2], following.box[2]) > max(line.box[0], following.box[0])


def _same_size(line: Line, following: Line) -> bool:
    return abs(following.size - line.size) < 0.09 * line.size


def _goes_on(line: Line, following: Line) -> bool:
    """Whether the words alone show that a sentence goes on: it has not ended, and no other begins."""
    if not _same_size(line, following) or _is_ended(line.text):
        return False
    return following.text[0].islower() or _breaks_off(line.text, following.text)


def _breaks_off(text: str, following: str) -> bool:
    """Whether a sentence plainly goes on in a line that begins with a number, a sign or a bracket."""
    if BRACKET.match(following):
        return bool(WORD.search(text))
    if not BEGINNING.match(following):
        return False
    if any(text.rfind(opened) > text.rfind(closed) for opened, closed in ("()", "[]")):
        return True
    return bool(BROKEN.search(text) and WORD.search(following) and not LIST_ITEM.match(following))


def _goes_on_elsewhere(line: Line, following: Line) -> bool:
    """Whether a sentence goes on in a line of another place; in or behind an equation only if it is printed below."""
    if not _is_below(line, following) and (_is_equation(line.text) or _is_equation(following.text)):
        return False
    return len(line.text) > 25 and _goes_on(line, following)


def _is_equation(text: str) -> bool:
    number = ITS_NUMBER.search(text)
    return bool(number and OPERATOR.search(text, 0, number.start())) and len(WORD.findall(text)) < 3


def _is_same_paragraph(lines: list[Line], i: int, leading: dict[int, float], begins: bool) -> bool:
    """Whether line i, somewhere below line i - 1, belongs to the same paragraph."""
    line, following = lines[i - 1], lines[i]
    step = line.box[1] - following.box[1]
    if not _same_size(line, following) or step > 1.35 * leading.get(round(2 * line.size), 1.5 * line.size):
        return False
    if _goes_on(line, following):
        return True
    if _is_heading(line.text) or _is_heading(following.text):
        return False
    if _is_table_row(line.text) and _is_table_row(following.text):
        return False
    if _is_ended(line.text):
        indent = (following.box[0] - line.box[0]) / line.size
        if indent > 0.6 and not following.text[0].islower() or indent < -0.6 and not begins:
            return False
        if LIST_ITEM.match(following.text):
            return False
    if line.hyphenated:
        return True
    # A line that leaves room for the next word was ended on purpose. How far lines reach, the neighbours show.
    neighbours = [other for other in lines[max(0, i - 3) : i + 3] if abs(other.box[0] - line.box[0]) < 4 * line.size]
    room = max(other.box[2] for other in neighbours) - line.box[2]
    word = len(following.text.partition(" ")[0]) + 1
    return room < 1.3 * word * (following.box[2] - following.box[0]) / len(following.text) + 0.3 * line.size


def _is_heading(text: str) -> bool:
    plain = headings.is_plain(text) or headings.EXPERIMENT.fullmatch(text.lower().strip(" :"))
    return len(text) < 60 and bool(plain or CAPITALS.fullmatch(text))


def _is_ended(text: str) -> bool:
    return text[-1] in ":;" or bool(sentences.ENDED.search(text))


def _is_table_row(text: str) -> bool:
    """Whether a line has no words, and neither begins nor ends within an expression."""
    return text[0].isalnum() and text[-1] not in ";,(=<>±−–" and not WORD.search(text)


def _leading(pages: list[Page]) -> dict[int, float]:
    """{twice the font size, rounded: the usual distance of two lines of that size, in points}."""
    steps: defaultdict[int, Counter[float]] = defaultdict(Counter)
    for page in pages:
        for line, following in pairwise(page.lines):
            step = line.box[1] - following.box[1]
            if 0.7 * line.size < step < 3 * line.size and abs(line.box[0] - following.box[0]) < 3 * line.size:
                steps[round(2 * line.size)][round(2 * step) / 2] += 1
    return {size: counts.most_common(1)[0][0] for size, counts in steps.items()}
