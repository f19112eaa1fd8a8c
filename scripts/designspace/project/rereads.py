"""Papers to read again when a run is started, although neither they nor what they are asked has changed.

Snakemake runs a job again where a parameter of it is another one than before. So a paper whose reading failed for a
passing reason, or that is a scan while OCR is switched off, gets a note beside its text, and the content of the note
is such a parameter. It stays when the paper was read, since a parameter that went back would be another one, too.
"""

import time
from pathlib import Path

from designspace.core.files import write_whole

SCAN = "needs_ocr"


def note(text_file: Path, statuses: list[str]) -> None:
    """Note what the reading of a paper and its supplements came to: `failed` is read again in any case, `needs_ocr`
    with OCR."""
    if "failed" in statuses or SCAN in statuses:
        content = f"failed {time.time_ns()}" if "failed" in statuses else SCAN
        write_whole(text_file.with_suffix(".again"), content.encode())


def noted(folder: Path, with_ocr: bool) -> dict[str, str]:
    """{paper: the content of its note}, of all notes in the folder of the texts that count now."""
    notes = {path.stem: path.read_text(errors="replace") for path in folder.glob("*.again")}
    return {paper: content for paper, content in notes.items() if with_ocr or content != SCAN}
