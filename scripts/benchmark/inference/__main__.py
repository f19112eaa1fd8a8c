"""Measure the inference on this machine: `python scripts/benchmark/inference [PART ...]`, by default all parts.

On a GPU the models have the shapes of real ones, with random weights, which change neither time nor memory; on a CPU a
tiny shape goes through the same code. Times are of one run each, after a first that is not counted.
"""

import argparse
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")  # as a run does

PARTS = {
    "speed": "engine.measure",  # prefill, decode step and both tasks, against the ceilings and transformers' own ways
    "memory": "memory.measure",  # fresh processes: start, predicted and measured peak, what is left afterwards
    "compilation": "compilation.measure",  # kernels compiled before and behind the first paper, of models of many heads
    "batch": "batch.measure",  # eight papers through the driver: what they wait for besides reading and answering
    "throughput": "batch.measure_written_out",  # the same with answers of a fixed length, and with other shapes
    "groups": "groups.measure",  # both tasks of eight papers, so many at once: seconds a paper, tokens, memory
    "int8": "engine.measure_int8",
    "fp8": "engine.measure_fp8",
    "exactness": "exactness.measure",
    "loading": "loading.measure",
    "gpus": "several.measure",  # a model spread over several
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=[], choices=[[], *PARTS], metavar="PART", help=", ".join(PARTS))
    parts = parser.parse_args().parts or list(PARTS)
    if len(parts) == 1:
        measure(*parts)
        return
    for part in parts:  # in a process of its own: what one leaves in the memory would be counted as another's
        if code := subprocess.run([sys.executable, Path(__file__).parent, part]).returncode:
            sys.exit(code)


def measure(part: str) -> None:
    """Run one part in this process."""
    from benchmark.inference import shapes

    print(f"\n== {part}", flush=True)
    shapes.row("machine", shapes.machine())
    module, function = PARTS[part].split(".")
    getattr(import_module(f"benchmark.inference.{module}"), function)()


if __name__ == "__main__":
    main()
