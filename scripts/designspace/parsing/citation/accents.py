"""Accents that a PDF prints as characters of their own."""

import re
import unicodedata

ACCENTS = dict(zip("¨“´`ˆ˜ˇ¸˚", "\u0308\u0308\u0301\u0300\u0302\u0303\u030c\u0327\u030a", strict=True))
ACCENT = re.compile(rf"([^\W\d_])([{''.join(ACCENTS)}])( ?[^\W\d_])")


def accented(text: str) -> str:
    """Text in which an accent that is printed as a character of its own is joined to its letter: "Jo¨ rn", "J¨orn"."""
    if not ACCENT.search(text):
        return text

    def join(match: re.Match[str]) -> str:
        before, accent, after = match.groups()
        mark = ACCENTS[accent]
        letter = unicodedata.normalize("NFC", before + mark)
        if len(letter) == 1 and before.casefold() in "aeiouncsz":
            return letter + after.strip()
        letter = unicodedata.normalize("NFC", after.strip() + mark)
        return before + letter if len(letter) == 1 else match.group()

    return ACCENT.sub(join, text)
