"""Pictures of the pages with evidence, on which a reviewer checks it.

A page is drawn as a viewer shows it, in the frame of the boxes in the text record. Since a PDF is not trusted, it is
drawn in a separate process within limits, and a page that cannot be drawn is left out. The metadata of a picture name
its PDF, so that a picture that was drawn before is recognized by the content of its paper.
"""

import hashlib
import io
import sys
import time
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designspace.core import limits, records
from designspace.core.contracts import Answers
from designspace.core.files import NotWritten, write_whole, writing
from designspace.core.places import boxes

if TYPE_CHECKING:
    import pypdfium2
    from PIL import Image

SCALE = 1.5  # pixels of a picture for each point of the page
LARGEST = 4_000_000  # pixels of a picture; an A4 page has 1.1 million
LONGEST = 16_383  # pixels along a side, WebP's limit
QUALITY = 20  # small print is still easy to read
EVERY = range(1, sys.maxsize)  # page of a paper
DESCRIPTION = 0x010E  # the tag ImageDescription of Exif
ADDRESS_SPACE = 2 * 2**30
SECONDS = 60  # that a paper may take, beside one for each page; a usual page takes a quarter of a second


def pages_with_evidence(text: dict[str, Any], answers: list[Answers]) -> list[int]:
    """The pages on which the evidence in the answers about a paper is printed, sorted; `text` is its text record."""
    items = [item for record in answers for item in records.items(record) if item.get("evidence")]
    places = [place for item in items for place in boxes(text, item["start"] or 0, item["end"] or 0)]
    return sorted({place["page"] for place in places})


def draw(pdf: Path, sha256: str, pages: list[int], folder: Path, own: range = EVERY) -> dict[int, str]:
    """Make the pictures {page}.webp in `folder` those of these pages of a PDF. What it has of them stays as it is.

    `own` are the numbers that the PDF's pages have in the paper, whose supplements are counted on. `sha256` is that of
    the PDF whose text was read; of another, nothing is drawn. Returns {page: why it was not drawn, as the end of a
    sentence}. Raises NotWritten.
    """
    before = own.start - 1
    pictures = {page: folder / f"{page}.webp" for page in pages if page in own}
    current = {picture for page, picture in pictures.items() if _is_of(picture, page - before, sha256)}
    for old in set(folder.glob("*.webp")) - current:
        if not old.stem.isdecimal() or int(old.stem) in own:
            with writing(old):
                old.unlink()
    left_out: dict[int, str] = {}
    latest = time.monotonic() + 2 * SECONDS
    while missing := [page for page, picture in pictures.items() if page not in left_out and not picture.exists()]:
        try:
            seconds = SECONDS + len(missing)
            limit = {"seconds": seconds, "address_space": ADDRESS_SPACE}
            answer = limits.call(_draw, pdf, sha256, missing, folder, before, **limit)
        except limits.Failed as failure:
            # Pages are drawn in order: the first that is missing now is the one at fault, and the others may be good.
            missing = [page for page in missing if not pictures[page].exists()]
            left_out |= dict.fromkeys(missing[:1] if time.monotonic() < latest else missing, str(failure))
        else:
            if "stop" in answer:
                raise NotWritten(answer["stop"])
            left_out |= dict.fromkeys(missing, answer["left out"]) if answer else {}
    return left_out


def _draw(pdf: Path, sha256: str, pages: list[int], folder: Path, before: int = 0) -> dict[str, str]:
    """Draw the pages in order; so many of the paper's stand before the PDF's. Returns {} if all were drawn, else
    {"left out"} if the PDF is at fault or {"stop"} if the folder is, with a reason."""
    try:
        data = pdf.read_bytes()
    except OSError as error:
        return {"left out": f"the PDF cannot be read: {error.strerror}"}
    if hashlib.sha256(data).hexdigest() != sha256:
        return {"left out": "the PDF is another one than the one whose text was read"}
    import pypdfium2  # both of them in this process only
    from PIL import Image

    with pypdfium2.PdfDocument(data) as document:
        for page in pages:
            picture, file = _picture(document[page - before - 1]), io.BytesIO()
            exif = Image.Exif()
            exif[DESCRIPTION] = _description(page - before, sha256)
            picture.save(file, "WEBP", quality=QUALITY, exif=exif)
            try:
                write_whole(folder / f"{page}.webp", file.getvalue())
            except NotWritten as error:
                return {"stop": str(error)}
    return {}


def _picture(page: "pypdfium2.PdfPage") -> "Image.Image":
    width, height = page.get_size()
    scale = min(SCALE, sqrt(LARGEST / (width * height)), (LONGEST - 1) / max(width, height))
    picture: Image.Image = page.render(scale=scale).to_pil()
    return picture


def _description(page: int, sha256: str) -> str:
    return f"Page {page} of the PDF with the SHA-256 {sha256}"


def _is_of(picture: Path, page: int, sha256: str) -> bool:
    from PIL import Image

    try:
        with Image.open(picture) as image:
            return bool(image.getexif().get(DESCRIPTION) == _description(page, sha256))
    except OSError:  # no picture, or half of one
        return False
