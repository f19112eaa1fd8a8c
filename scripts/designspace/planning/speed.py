"""How long a paper takes, before it is read: from a model's shapes and what a device computes and copies in a second.

The factors are those between docs/performance.md's measured times and the matrix products and readings of the weights
alone; what a run has measured itself is better, and replaces them (settings/estimate.py).
"""

from typing import Any, NamedTuple

from designspace.planning.branches import Branches, Library, differing
from designspace.planning.shapes import Shape

READING = 1.2  # a prefill to its matrix products alone; attention is counted besides
ATTENTION_SHARE = 0.6  # of the rate of matrix products that attention reaches
STEP = 1.28  # a step to one reading of the weights
ROUNDING = {"fp8": (0.67, 1.64), "int8": (1.25, 2.8)}  # what the prefill and the step of such weights take of that
ASKING_STEPS, SCOPE_STEPS = 30, 15  # measured with 27 to 30; another round for the experiments, and one for the groups
FINDING_STEPS = 60  # tokens of a finding with its keys
CPU_ROWS = 5e9  # FLOP/s of a core in the attention of a step's rows over the paper
PAPER_SECONDS, LOADING_RATE, JOB_SECONDS = 0.3, 1.3e9, 20  # a process; the weights from a disk, bytes/s; a job's start


class Device(NamedTuple):
    """What a device does in a second: floating-point operations of large matrix products, and bytes that it copies."""

    name: str
    products: float
    copies: float


# The first two as measured; the others by their data sheets, of which a GPU reaches 80 and 90%.
GPUS = (
    Device("H200", 777e12, 4.23e12),
    Device("H100", 786e12, 3.01e12),
    Device("A100", 250e12, 1.8e12),
    Device("L40S", 290e12, 0.78e12),
    Device("RTX 4090", 132e12, 0.91e12),
    Device("RTX A6000", 124e12, 0.69e12),
    Device("L4", 97e12, 0.27e12),
)


def cpu(cores: int, dtype: str) -> Device:
    """A CPU with this many cores; measured on one that multiplies bfloat16 (AMX), on others that takes far longer."""
    return Device("CPU", cores * (220e9 if dtype == "bfloat16" else 110e9), min(cores, 4) * 10e9)


class Speed:
    """The times of a model on a device; `weights` in bytes, `model` is that section of the configuration."""

    def __init__(self, config: dict[str, Any], weights: int, model: dict[str, Any], device: Device) -> None:
        self.shape, self.weights, self.device = Shape.of(config), weights, device
        self.prefill_factor, self.step_factor = ROUNDING.get(model["quantization"], (1.0, STEP))
        self.cores = device.copies / 10e9 if device.name == "CPU" else 0

    def prefill(self, tokens: int) -> float:
        """Seconds to read a prompt."""
        shape = self.shape
        parameters = shape.layers * sum(rows * columns for rows, columns in shape.matrices)
        products = 2 * parameters * tokens * READING * self.prefill_factor
        attention = 2 * tokens**2 * shape.heads * shape.head_dim * shape.layers / ATTENTION_SHARE
        return (products + attention) / self.device.products

    def step(self, tokens: int, rows: int) -> float:
        """Seconds of a step of this many branches about a prompt."""
        seconds = self.weights * self.step_factor / self.device.copies
        if self.cores:
            of_rows = 4 * rows * tokens * self.shape.heads * self.shape.head_dim * self.shape.layers
            seconds += of_rows / (self.cores * CPU_ROWS)
        return seconds

    def paper(self, tokens: int, asked: Branches, steps: int) -> float:
        """Seconds of a task for a paper: a process, the prompt and this many steps."""
        return PAPER_SECONDS + self.prefill(tokens) + steps * self.step(tokens, asked.number)

    def job(self) -> float:
        """Seconds until a job has loaded the weights."""
        return JOB_SECONDS + self.weights / LOADING_RATE


def extraction_steps(library: Library, asked: Branches) -> int:
    """Steps of an extraction: one round for the paper, and one for each level at which a parameter may differ."""
    rounds = sum(bool(differing(library, level)) for level in ("experiment", "group"))
    return min(ASKING_STEPS, asked.new_tokens) + rounds * min(SCOPE_STEPS, asked.new_tokens)


def discovery_steps(findings: int, asked: Branches) -> int:
    """Steps of a discovery: until the findings of the longest category end."""
    return min(findings * FINDING_STEPS, asked.new_tokens)
