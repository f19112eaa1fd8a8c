"""Papers that a new run reads again, although neither the papers nor the questions have changed.

Snakemake repeats a job if one of its parameters has changed. So a paper whose reading failed for a passing reason, or a
scan that was read while OCR was off, gets a note beside its text, and the content of the note is such a parameter. The
note stays after the paper was read, since removing it would change the parameter again.
"""

import time
from pathlib import Path

from designspace.core.files import write_whole

SCAN = "needs_ocr"


def note(text_file: Path, statuses: list[str]) -> None:
    """Note the result of reading a paper and its supplements: `failed` is read again in any case, `needs_ocr` with
    OCR."""
    if "failed" in statuses or SCAN in statuses:
        content = f"failed {time.time_ns()}" if "failed" in statuses else SCAN
        write_whole(text_file.with_suffix(".again"), content.encode())


def noted(folder: Path, with_ocr: bool) -> dict[str, str]:
    """{paper: the content of its note}, for all notes in the folder of the texts that are in force now."""
    notes = {path.stem: path.read_text(errors="replace") for path in folder.glob("*.again")}
    return {paper: content for paper, content in notes.items() if with_ocr or content != SCAN}
