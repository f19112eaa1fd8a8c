"""How long a paper will take: from a model's shapes, and from what a device computes and copies in a second.

The factors are the measured times of docs/performance.md divided by those of the matrix products or of one reading of
the weights. The times that a run has measured are better, and replace these estimates (settings/estimate.py).
"""

from typing import Any, NamedTuple

from designspace.planning.branches import Branches, Library, differing, first_branches
from designspace.planning.shapes import Shape

READING = 1.2  # a prefill divided by its matrix products alone; attention is added
ATTENTION_SHARE = 0.6  # of the rate of matrix products that attention reaches
STEP = 1.28  # a step divided by one reading of the weights
ROUNDING = {"fp8": (0.67, 1.64), "int8": (1.25, 2.8)}  # the same for the prefill and the step with such weights
ASKING_STEPS, SCOPE_STEPS = 30, 15  # measured with 27 to 30; another round for the experiments, and one for the groups
FINDING_STEPS = 60  # tokens of a finding with its keys
# On a CPU, the tokens beside the prompt cost more than reading the weights: the tokens of an average answer about a
# paper with groups, and of a finding, both with the forced tokens; and the share of the rate of matrix products that
# their attention to the prompt reaches.
ANSWER_ROWS, FINDING_ROWS, ROWS_SHARE = 50, 1, 0.08
PAPER_SECONDS, LOADING_RATE, JOB_SECONDS = 0.3, 1.3e9, 20  # a process; the weights from a disk, bytes/s; a job's start


class Device(NamedTuple):
    """What a device does in a second: floating-point operations in large matrix products, and bytes that it copies."""

    name: str
    products: float
    copies: float


# The first two are measured; the others are 80 and 90% of what their data sheets state.
GPUS = (
    Device("H200", 777e12, 4.23e12),
    Device("H100", 786e12, 3.01e12),
    Device("A100", 250e12, 1.8e12),
    Device("L40S", 290e12, 0.78e12),
    Device("RTX 4090", 132e12, 0.91e12),
    Device("RTX A6000", 124e12, 0.69e12),
    Device("L4", 97e12, 0.27e12),
)


class Asked(NamedTuple):
    """What a task asks about a paper: its steps, and the tokens beside the prompt that all of them compute."""

    steps: int
    rows: int


def cpu(cores: int, dtype: str) -> Device:
    """A CPU with this many cores, measured on an idle one that multiplies bfloat16 (AMX); others take far longer."""
    return Device("CPU", cores * (600e9 if dtype == "bfloat16" else 130e9), min(cores, 4) * 8e9)


class Speed:
    """The times of a model on a device; `weights` in bytes, `model` is that section of the configuration."""

    def __init__(self, config: dict[str, Any], weights: int, model: dict[str, Any], device: Device) -> None:
        self.shape, self.weights, self.device = Shape.of(config), weights, device
        self.prefill_factor, self.step_factor = ROUNDING.get(model["quantization"], (1.0, STEP))

    def prefill(self, tokens: int) -> float:
        """Seconds to read a prompt."""
        shape = self.shape
        parameters = shape.layers * sum(rows * columns for rows, columns in shape.matrices)
        products = 2 * parameters * tokens * READING * self.prefill_factor
        attention = 2 * tokens**2 * shape.heads * shape.head_dim * shape.layers / ATTENTION_SHARE
        return (products + attention) / self.device.products

    def step(self) -> float:
        """Seconds of a step, which is the time to read the weights."""
        return self.weights * self.step_factor / self.device.copies

    def paper(self, tokens: int, asked: Asked, read: int = 0) -> float:
        """Seconds of a task for a paper: its process, its prompt and its questions. Of the prompt, `read` tokens may
        have been read by another task in the same process."""
        process = 0 if read else PAPER_SECONDS
        prompt = self.prefill(tokens) - self.prefill(read)
        return process + prompt + asked.steps * self.step() + self._rows(tokens, asked.rows)

    def _rows(self, tokens: int, rows: int) -> float:
        """Seconds of the attention of the rows to a prompt; on a GPU they are negligible beside reading the weights."""
        if self.device.name != "CPU":
            return 0.0
        attention = 4 * rows * tokens * self.shape.heads * self.shape.head_dim * self.shape.layers
        return attention / (ROWS_SHARE * self.device.products)

    def job(self) -> float:
        """Seconds until a job has loaded the weights."""
        return JOB_SECONDS + self.weights / LOADING_RATE


def of_extraction(library: Library, asked: Branches) -> Asked:
    """An extraction: one round for the paper, and one for each level at which a parameter may differ."""
    rounds = sum(bool(differing(library, level)) for level in ("experiment", "group"))
    steps = min(ASKING_STEPS, asked.new_tokens) + rounds * min(SCOPE_STEPS, asked.new_tokens)
    return Asked(steps, ANSWER_ROWS * first_branches(library))


def of_discovery(findings: int, asked: Branches) -> Asked:
    """A discovery, until the findings of the longest category end."""
    steps = min(findings * FINDING_STEPS, asked.new_tokens)
    return Asked(steps, FINDING_ROWS * asked.number * steps)
