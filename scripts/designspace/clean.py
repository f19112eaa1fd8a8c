"""From printed lines to running text: what is not the paper's text removed, words and paragraphs put together again."""

import re
from collections import Counter, defaultdict

PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–—|\s]*(\d{1,5})(?:\s*(?:of|/)\s*\d+)?[-–—|\s]*", re.IGNORECASE)
LINE_NUMBER = re.compile(r"(\d{1,4})(?:\s+|$)")
SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*[\d,–-]*$")
LIST_ITEM = re.compile(r"(?:\[?\d{1,3}[.)\]]|[•–])\s+\S")
LAST_TOKEN, FIRST_TOKEN = re.compile(r"[^\W_][\w-]*$"), re.compile(r"^\w[\w-]*")
HEADINGS = frozenset(
    "abstract|summary|introduction|background|methods|method|materials and methods|methods and materials|participants|"
    "experimental procedures|procedure|data analysis|statistical analysis|results|results and discussion|discussion|"
    "general discussion|conclusion|conclusions|references|bibliography|acknowledgments|acknowledgements|"
    "author contributions|data availability|funding|supplementary material|supplementary information".split("|")
)
# Parts of words that are words by themselves, but that a line's end rather divides than compounds.
FUSING = frozenset(
    "over under inter super counter micro multi semi post fore some every other back with hand work able less like "
    "ness ward ship land time times wise ever side".split()
)


def remove_running_lines(pages):
    """Takes running heads and feet, stamps and page numbers out of the pages, in place.

    They are the lines of the outer eighth of the page that come again, up to digits, on other pages, and numbers there
    that count with the pages.
    """
    enough = 2 if len(pages) < 6 else 3
    seen, offsets = defaultdict(set), defaultdict(set)
    outer = [[line for line in page.lines if _is_outer(line, page)] for page in pages]
    keys = {}
    for page, lines in zip(pages, outer):
        for line in lines:
            keys[id(line)] = key = re.sub(r"[\W\d_]+", " ", line.text).strip().casefold()
            seen[key].add(page.number)
            if match := PAGE_NUMBER.fullmatch(line.text):
                offsets[int(match.group(1)) - page.number].add(page.number)
    for page, lines in zip(pages, outer):
        removed = set()
        for line in lines:
            key, match = keys[id(line)], PAGE_NUMBER.fullmatch(line.text)
            repeats = len(key) >= 4 and len(seen[key]) >= enough
            counts = match and len(offsets[int(match.group(1)) - page.number]) >= enough
            if repeats or counts:
                removed.add(id(line))
        page.lines = [line for line in page.lines if id(line) not in removed]


def _is_outer(line, page):
    left, bottom, right, top = line.box
    if top - bottom > right - left and len(line.text) > 2:  # printed sideways along an edge
        return not 0.125 < (left + right) / 2 / (page.width or 1) < 0.875
    return not 0.125 < (bottom + top) / 2 / (page.height or 1) < 0.875


def remove_line_numbers(pages):
    """Takes the line numbers of manuscripts out of the pages, in place: alone on a line or at its beginning."""
    numbered = [(page, _numbered_lines(page.lines)) for page in pages]
    if 2 * sum(bool(lines) for _, lines in numbered) < sum(len(page.lines) >= 10 for page in pages):
        return
    for page, lines in numbered:
        for line in lines:
            left, bottom, right, top = line.box
            rest = line.text[LINE_NUMBER.match(line.text).end() :]
            # The number took its share of the line's width.
            line.box = (right - (right - left) * len(rest) / len(line.text), bottom, right, top)
            line.text = rest
        page.lines = [line for line in page.lines if line.text]


def _numbered_lines(lines):
    """The lines that begin with the page's line numbers: a run that counts down the page by 1 or by 5 in one margin."""
    candidates = defaultdict(list)
    for line in lines:
        if match := LINE_NUMBER.match(line.text):
            candidates[int(match.group(1))].append(line)
    n_text = sum(len(line.text) > 4 for line in lines)
    for step in (1, 5):
        for number in sorted(candidates):
            for line in candidates[number]:
                run = [line]
                while below := [
                    other
                    for other in candidates.get(number + step * len(run), ())
                    if other.box[3] < run[-1].box[3] and abs(other.box[0] - line.box[0]) < 2.5 * line.size
                ]:
                    run.append(below[0])
                if len(run) >= 5 and len(run) * step * 2 >= n_text:
                    return run
    return []


def join_lines(pages):
    """(text, page records): the running text, and for each page where it and each of its lines lie in it.

    The lines of a paragraph are joined by a space, or by nothing within a word; paragraphs, headings and columns end
    with a newline. A paragraph that plainly goes on at the head of the next column or page is one paragraph.
    """
    pieces, records, length = [], [], 0
    separators = _separators(pages)
    for page in pages:
        record = {"page": page.number, "width": page.width, "height": page.height, "start": length, "lines": []}
        for line in page.lines:
            separator = next(separators)
            end = length + len(line.text)
            box = [round(float(edge), 1) for edge in line.box]
            record["lines"].append({"start": length, "end": end, "box": box, "size": round(line.size, 1)})
            pieces += line.text, separator
            length = end + len(separator)
        records.append(record | {"end": length})
    return "".join(pieces), records


def _separators(pages):
    """What follows each line; a hyphen that stays is put back at the end of the line's text."""
    words, leading = _count_words(pages), _leading(pages)
    lines = [(page.lines, i) for page in pages for i in range(len(page.lines))]
    begins_paragraph = True
    for (above, i), (below, j) in zip(lines, lines[1:]):
        line, following = above[i], below[j]
        if j and _is_same_row(line, following):
            gap = (following.box[0] - line.box[2]) / line.size
            separator = "" if gap < 0.25 else " " if gap < 3 else "\n"
        elif j and _is_below(line, following):
            separator = " " if _is_same_paragraph(below, j, leading, begins_paragraph) else "\n"
        else:
            separator = " " if len(line.text) > 25 and _goes_on(line, following) else "\n"
        if line.hyphenated:
            if separator == "\n" or _is_compound(line.text, following.text, words):
                line.text += "-"
            separator = separator.strip(" ")
        begins_paragraph = separator == "\n"
        yield separator
    yield "\n"


def _is_same_row(line, following):
    """Whether pdfium broke a row in two, as it does after a superscript."""
    overlap = min(line.box[3], following.box[3]) - max(line.box[1], following.box[1])
    height = min(line.box[3] - line.box[1], following.box[3] - following.box[1])
    return overlap > 0.6 * height and following.box[0] > line.box[2] - 0.5 * line.size


def _is_below(line, following):
    return following.box[1] < line.box[1] and min(line.box[2], following.box[2]) > max(line.box[0], following.box[0])


def _same_size(line, following):
    return abs(following.size - line.size) < 0.09 * line.size


def _goes_on(line, following):
    """Whether the words alone say that a sentence goes on: not ended, and not begun."""
    return following.text[0].islower() and _same_size(line, following) and not SENTENCE_END.search(line.text)


def _is_same_paragraph(lines, i, leading, begins_paragraph):
    """Whether line i, somewhere below line i - 1, belongs to the same paragraph."""
    line, following = lines[i - 1], lines[i]
    step = line.box[1] - following.box[1]
    if not _same_size(line, following) or step > 1.35 * leading.get(round(2 * line.size), 1.5 * line.size):
        return False
    if _goes_on(line, following):
        return True
    if line.text.casefold().strip(" .:") in HEADINGS or following.text.casefold().strip(" .:") in HEADINGS:
        return False
    if SENTENCE_END.search(line.text):
        indent = (following.box[0] - line.box[0]) / line.size
        if indent > 0.6 or (indent < -0.6 and not begins_paragraph) or LIST_ITEM.match(following.text):
            return False
    if line.hyphenated:
        return True
    # A line that leaves room for the next word was ended on purpose. How far lines reach, the neighbours show.
    neighbours = [other for other in lines[max(0, i - 3) : i + 3] if abs(other.box[0] - line.box[0]) < 4 * line.size]
    room = max(other.box[2] for other in neighbours) - line.box[2]
    word = len(following.text.partition(" ")[0]) + 1
    return room < 1.3 * word * (following.box[2] - following.box[0]) / len(following.text) + 0.3 * line.size


def _leading(pages):
    """{twice the font size, rounded: the usual distance of two lines of that size, in points}."""
    steps = defaultdict(Counter)
    for page in pages:
        for line, following in zip(page.lines, page.lines[1:]):
            step = line.box[1] - following.box[1]
            if 0.7 * line.size < step < 3 * line.size and abs(line.box[0] - following.box[0]) < 3 * line.size:
                steps[round(2 * line.size)][round(2 * step) / 2] += 1
    return {size: counts.most_common(1)[0][0] for size, counts in steps.items()}


def _count_words(pages):
    """How often each word stands whole within a line, lower case, hyphenated compounds as they are."""
    words = Counter()
    for page in pages:
        for line in page.lines:
            tokens = line.text.lower().split()
            words.update(tokens[1:-1] if line.hyphenated else tokens[1:])
    counts = Counter()
    for word, count in words.items():
        counts[word.strip(".,;:!?()[]\"'“”‘’")] += count
    return counts


def _is_compound(text, following, words):
    """Whether the hyphen between the two lines belongs to the word ("center-out"), by the rest of the paper."""
    left, right = LAST_TOKEN.search(text), FIRST_TOKEN.match(following)
    if not (left and right):
        return True
    left, right = left.group(), right.group()
    divided = (left.rpartition("-")[2] + right.partition("-")[0]).lower()
    compound = f"{left}-{right}".lower()
    if words[compound] or words[divided]:
        return words[compound] > words[divided]
    if not right[0].islower() and not left.isupper() or left[-1].isdigit():
        return True
    ends = left.rpartition("-")[2].lower(), right.partition("-")[0].lower()
    if "-" in compound.replace(f"{ends[0]}-{ends[1]}", ""):  # one-to-/one, trial-/by-trial
        return all(words[end] for end in ends)
    return all(len(end) >= 4 and words[end] and end not in FUSING for end in ends)
