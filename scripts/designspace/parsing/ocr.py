"""Scans: pictures of their pages go through OCRmyPDF and come back with their text.

OCR sees nothing of a PDF but its pages as they are shown, so that no password, signature, rotation or old text layer
is in its way, and so that a place on the new page is the same place on the old one.
"""

import shutil
from collections.abc import Sequence
from math import sqrt
from pathlib import Path

DPI = 300
LARGEST, LONGEST = 50_000_000, 30_000  # pixels of a picture, and along its side; an A4 page has 8.7 million


def missing() -> str:
    """What OCR needs and this machine lacks, as a sentence; empty if nothing is missing."""
    if shutil.which("tesseract"):
        return ""
    return (
        "`ocr` is true, and the program tesseract, which reads scans, is not here; install it (on Debian and Ubuntu: "
        "apt-get install tesseract-ocr), or set `ocr` to false."
    )


def searchable(data: bytes, folder: Path, pages: Sequence[int] = ()) -> bytes:
    """A PDF with the same pages as pictures, or those of the numbers `pages`, and their text as OCR reads it; `folder`
    is for files in between."""
    import ocrmypdf  # takes a second

    scan, result = folder / "scan.pdf", folder / "result.pdf"
    _draw(data, scan, pages)
    ocrmypdf.ocr(
        scan,
        result,
        output_type="pdf",  # neither this nor the rasterizer needs Ghostscript
        rasterizer="pypdfium",
        optimize=0,
        jobs=1,
        use_threads=True,
        progress_bar=False,
    )
    return result.read_bytes()


def _draw(data: bytes, scan: Path, pages: Sequence[int] = ()) -> None:
    """Write pages of a PDF as pictures, each of its page's size, into another."""
    import pypdfium2
    from PIL import Image

    with pypdfium2.PdfDocument(data) as document:
        indices = [page - 1 for page in pages] or range(len(document))
        for index in indices:
            dpi = DPI
            try:
                page = document[index]
                width, height = page.get_size()
                dpi = min(DPI, int(72 * min(sqrt(LARGEST / (width * height)), LONGEST / max(width, height))))
                picture = page.render(scale=dpi / 72, grayscale=True).to_pil()
            except (pypdfium2.PdfiumError, ZeroDivisionError):
                picture = Image.new("L", (DPI, DPI), 255)  # a damaged page is a blank one: the others keep their number
            picture.save(scan, "PDF", resolution=dpi, quality=90, append=index != indices[0])
