"""Loading the weights from safetensors, against a plain read of the same files."""

import gc
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmark.inference.shapes import DEVICE, DTYPE, GIB, LARGE, ON_GPU, model, row, seconds
from designspace.engine import loading as models

LAYERS = 8 if ON_GPU else 2  # of the large shape


def measure() -> None:
    weights = model(LARGE, num_hidden_layers=LAYERS)
    for place, parent in (("memory (/dev/shm)", "/dev/shm"), ("disk", None)):
        with tempfile.TemporaryDirectory(dir=parent) as folder:
            weights.save_pretrained(folder, max_shard_size="5GB")
            files = sorted(Path(folder).glob("*.safetensors"))
            size = sum(file.stat().st_size for file in files) / GIB
            plain, ours = (timed(action, files) for action in (read, load))
            speeds = f"{size / plain:.2f} GiB/s", f"{size / ours:.2f} GiB/s"
            row(f"{size:.1f} GiB from {place}: plain read, load", *speeds, f"x {ours / plain:.2f}")


def timed(action: Callable[[list[Path]], None], files: list[Path]) -> float:
    """Seconds of an action on files that are not in the page cache; in /dev/shm they lie in memory all the same."""
    os.sync()
    for file in files:
        with file.open("rb") as opened:
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return seconds(lambda: action(files))


def read(files: list[Path]) -> None:
    block = bytearray(64 << 20)
    for file in files:
        with file.open("rb", buffering=0) as opened:
            while opened.readinto(block):
                pass


def load(files: list[Path]) -> None:
    dtype = str(DTYPE).removeprefix("torch.")
    models.load(str(files[0].parent), None, dtype, DEVICE.type, 1, None, "fused", 0)
    gc.collect()
