"""Whether a hyphen at the end of a line divides a word or belongs to it, by the other words of the paper."""

import re
from collections import Counter

from designspace.parsing.pdf import Page

LAST_TOKEN, FIRST_TOKEN = re.compile(r"[^\W_][\w-]*$"), re.compile(r"^\w[\w-]*")
# Parts of words that are words by themselves, but that a line's end rather divides than compounds.
FUSING = frozenset(
    ("over", "under", "inter", "super", "counter", "micro", "multi", "semi", "post", "fore", "some", "every", "other")
    + ("back", "with", "able", "less", "like", "ness", "ward", "ship", "times", "wise")
)
# Words that begin compounds rather than they are parts of a word, before a word of six letters and more.
BEGINNING = frozenset(("near", "right", "left", "two", "three", "four", "five"))
NUMBER = re.compile(
    r"(?:.*-)?(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"-(?:one|two|three|four|five|six|seven|eight|nine|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\b"
)
HANGING = re.compile(r"(?:and|or|to)(?=\s|$)")


def count_words(pages: list[Page]) -> Counter[str]:
    """How often each word stands whole within a line, lower case, hyphenated compounds as they are."""
    tokens: list[str] = []
    for page in pages:
        divided = True  # the first word of a line may be a part of one, and so may the last
        for line in page.lines:
            whole = line.text.split()
            tokens += whole[divided : len(whole) - line.hyphenated]
            divided = line.hyphenated
    words: Counter[str] = Counter()
    for token, count in Counter(tokens).items():
        words[token.strip(".,;:!?()[]\"'“”‘’").lower()] += count
    return words


def hangs(text: str, following: str, words: Counter[str]) -> bool:
    """Whether the hyphen between the two lines stands for a word that comes later: "single- and paired-pulse"."""
    before, after = LAST_TOKEN.search(text), HANGING.match(following)
    if not (before and after):
        return False
    left = before.group().lower()
    return bool(words[left]) and not words[left + after.group()]


def is_compound(text: str, following: str, words: Counter[str]) -> bool:
    """Whether the hyphen between the two lines belongs to the word ("center-out"), by the rest of the paper."""
    before, after = LAST_TOKEN.search(text), FIRST_TOKEN.match(following)
    if not (before and after):
        return True
    left, right = before.group(), after.group()
    divided = (left.rpartition("-")[2] + right.partition("-")[0]).lower()
    compound = f"{left}-{right}".lower()
    if NUMBER.match(compound):
        return True
    if words[compound] or words[divided]:
        return words[compound] > words[divided]
    if not right[0].islower() and not left.isupper() or left[-1].isdigit():
        return True
    ends = left.rpartition("-")[2].lower(), right.partition("-")[0].lower()
    if "-" in compound.replace(f"{ends[0]}-{ends[1]}", ""):  # one-to-/one, trial-/by-trial
        return all(words[end] for end in ends)
    if ends[0] == "self" and ends[1] not in FUSING or ends[0] in BEGINNING and len(ends[1]) >= 6:
        return True
    return all(len(end) >= 4 and words[end] and end not in FUSING for end in ends)
