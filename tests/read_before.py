"""Imported last where processes are forked that read papers: what only the first paper of a process takes is done, such
as drawing the glyphs that all are compared with. Then no process looks through what all of them share for garbage."""

import gc
from pathlib import Path

from designspace.parsing import text

text.extract_text(Path(__file__).with_name("papers").joinpath("okafor_2021.pdf").read_bytes(), "okafor_2021")
gc.freeze()
