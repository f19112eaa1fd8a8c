"""The passes of a model over papers and their branches: chunks of a prefix, prompts of branches, and decode steps."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from designspace.engine import decoder, linear
from designspace.engine.attention import Batch, Prefix, Row, SharedPrefixCache, pinned, upload
from designspace.planning.branches import step_rows

# A smaller step is captured for the remaining rows only if it has at most this part of the rows of a captured one: a
# capture takes as long as ten steps, and a step of half the rows is only a little shorter.
PART = 8


class Passes:
    """A model and the memory of its papers: `capacity` tokens of prefixes, of `papers` papers at once, and
    `branches` branches of `slots` tokens. `chunk` is how many tokens are read at once."""

    def __init__(self, model: Any, capacity: int, branches: int, slots: int, papers: int, chunk: int) -> None:
        self.model, self.device = model, model.get_input_embeddings().weight.device
        self.papers, self.chunk = papers, chunk
        devices = layer_devices(model)
        self.cache = SharedPrefixCache(model.config, capacity, model.dtype, devices)
        one_gpu = self.device.type == "cuda" and set(devices) == {self.device}
        self.graphed = one_gpu and self.cache.fused
        self.give_slots(branches, slots)

    def give_slots(self, branches: int, slots: int) -> None:
        """Replace the branches by as many of so many tokens; the prefixes stay."""
        self.graphs: dict[int, GraphedStep] = {}  # by their rows
        self.begun: Sequence[Row] | None = None  # the rows of a step of which the GPU has the first layers
        self.branches = branches
        self.cache.give_slots(branches, slots)

    def read(self, tokens: list[int], prefix: Prefix) -> Prefix:
        """Prefill what follows a prefix with token ids, a chunk at a time. It returns when a GPU has been given all
        chunks; the GPU is then still computing them."""
        self.begun = None
        if not tokens:
            return prefix
        for piece in upload([tokens], self.device).split(self.chunk, dim=1):
            self.cache.read_on(prefix)
            self._hidden(piece, only_store=True)
            prefix = Prefix(prefix.begin, prefix.length + piece.shape[1])
        return prefix

    def read_prompts(self, rows: Sequence[Row], prompts: Sequence[list[int]]) -> None:
        """Read the forced beginnings of branches, as many at once as fit into the chunk, padded to the right.

        Padding is written behind a branch's own tokens, where it is overwritten before any token attends to it.
        """
        self.begun = None
        longest = max(map(len, prompts))
        if not longest:
            return
        padded = upload([prompt + [0] * (longest - len(prompt)) for prompt in prompts], self.device)
        at_once = max(self.chunk // longest, 1)
        for first in range(0, len(rows), at_once):
            self.cache.advance(rows[first : first + at_once], longest)
            self._hidden(padded[first : first + at_once])

    def spare(self, rows: int) -> int:
        """How many free rows a step with `rows` rows has."""
        return (self._size(rows) if self.graphed else step_rows(rows)) - rows

    def step(self, rows: Sequence[Row], tokens: list[int]) -> Tensor:
        """Advance branches by the tokens of their rows, those of a paper side by side, and those of a branch one behind
        the other: logits [rows, vocabulary] in float32."""
        if not self.graphed:
            self.cache.advance(rows, 1)
            return self._logits(upload(tokens, self.device)[:, None]).to(self.device).float()
        size = self._size(len(rows))
        if size not in self.graphs:
            self._capture(size)
        if self.begun != rows:
            self.graphs[size].begin(rows, pinned(tokens, self.device))
        self.begun = None
        return self.graphs[size].finish()[: len(rows)].float()

    def begin(self, rows: Sequence[Row], tokens: Tensor) -> None:
        """Give the GPU the first layers of the step that is probably next, with tokens, [rows], that only the GPU has
        yet; so it computes while the CPU looks at the tokens. If another step comes, those layers are computed again,
        and overwrite the same slots."""
        if self.graphed and (step := self.graphs.get(self._size(len(rows)))):
            step.begin(rows, tokens)
            self.begun = rows

    def make_ready(self) -> None:
        """Capture a step of all branches, if steps are captured here and none has been."""
        if self.graphed and not self.graphs:
            self._capture(step_rows(self.branches))

    def _capture(self, size: int) -> None:
        pool = next(iter(self.graphs.values())).graphs[0].pool() if self.graphs else None
        self.graphs[size] = GraphedStep(self._logits, self.cache, size, self.papers, pool)

    def rehearse_reading(self, rows: int, before: int) -> None:
        """Read a chunk of so many tokens behind others, with zeros as tokens and without a result."""
        self.cache.read_on(Prefix(0, before))
        self._hidden(torch.zeros(1, rows, dtype=torch.long, device=self.device))

    def rehearse(self, rows: int) -> None:
        """Do a pass of each kind once, with this many rows: a first chunk, prompts, and a step, with zeros as tokens
        and without a result."""
        self.rehearse_reading(rows, 0)
        branches = [Row(n, 0, rows, Prefix(0, rows)) for n in range(rows)]
        self.read_prompts(branches, [[0, 0]] * rows)
        self.cache.advance(branches, 1)
        self._logits(torch.zeros(rows, 1, dtype=torch.long, device=self.device))

    def _size(self, rows: int) -> int:
        """Rows of the smallest captured step with enough rows, or of a new step that is much smaller."""
        new = step_rows(rows)
        smallest = min((size for size in self.graphs if size >= rows), default=PART * new)
        return new if PART * new <= smallest else smallest

    def _hidden(self, tokens: Tensor, only_store: bool = False) -> Tensor:
        """The last hidden states of the next tokens, token ids [rows, tokens]; with `only_store`, perhaps only their
        keys and values are computed."""
        positions = self.cache.positions(tokens.shape[1])
        if decoder.serves(self.model):
            return decoder.forward(self.model, tokens, positions, self.cache, only_store)
        hidden: Tensor = self._forward(self.model.base_model, tokens, positions).last_hidden_state
        return hidden

    def _logits(self, tokens: Tensor) -> Tensor:
        """The logits [rows, vocabulary] behind one token, [rows, 1], of each row."""
        logits: Tensor
        if decoder.serves(self.model):
            last = self._hidden(tokens)[:, -1]
            (logits,) = linear.project(last.to(self.model.lm_head.weight.device), self.model.lm_head)
        else:
            logits = self._forward(self.model, tokens, self.cache.positions(1)).logits[:, -1]
        return logits

    def _forward(self, module: Any, tokens: Tensor, positions: Tensor) -> Any:
        return module(tokens, position_ids=positions, past_key_values=self.cache, shared_prefix=self.cache)


class GraphedStep:
    """A decode step of at most `size` rows as CUDA graphs, which serve all papers and branches: only numbers on the GPU
    differ between two steps. The first graph has a few layers: the GPU computes them while the rest is launched.

    A step is hundreds of small kernels, which take longer to launch one by one than to run.
    """

    def __init__(
        self,
        step: Callable[[Tensor], Tensor],
        cache: SharedPrefixCache,
        size: int,
        papers: int,
        pool: Any,
    ) -> None:
        self.size, self.last_slot = size, cache.slots - 1
        self.tokens = torch.zeros(size, 1, dtype=torch.long, device=cache.device)
        nowhere = Row(0, 0, 0, Prefix(0, 0))
        self.batch = cache.batch = Batch([nowhere] * size, cache.groups, papers, cache.device)
        self.graphs: list[torch.cuda.CUDAGraph] = []
        # Without torch.cuda.graph, which waits for the GPU, and the GPU is still reading the paper. The mode is
        # relaxed, since a kernel is loaded when it is first run.
        with torch.cuda.stream(torch.cuda.Stream(cache.device)):
            self._begin_graph(pool)
            cache.graph_break = self._break_graph
            try:
                self.logits = step(self.tokens)
            finally:
                cache.graph_break = lambda: None
                self.graphs[-1].capture_end()

    def _begin_graph(self, pool: Any) -> None:
        self.graphs.append(torch.cuda.CUDAGraph())
        self.graphs[-1].capture_begin(pool, capture_error_mode="relaxed")

    def _break_graph(self) -> None:
        """Begin another graph for what follows."""
        self.graphs[-1].capture_end()
        self._begin_graph(self.graphs[-1].pool())

    def _filled(self, rows: Sequence[Row]) -> list[Row]:
        """As many rows as were captured. Those that no branch needs use the last slot of a branch, which is free: its
        last token is never fed."""
        nowhere = Row(rows[-1].slots, self.last_slot, 0, rows[-1].prefix)
        return [*rows, *[nowhere] * (self.size - len(rows))]

    def begin(self, rows: Sequence[Row], tokens: Tensor) -> None:
        """Launch the first graph, with a token id for each row."""
        self.batch.fill(self._filled(rows))
        self.tokens[: len(rows), 0].copy_(tokens, non_blocking=True)
        self.graphs[0].replay()

    def finish(self) -> Tensor:
        """Launch the rest: logits [size, vocabulary]."""
        for graph in self.graphs[1:]:
            graph.replay()
        return self.logits


def layer_devices(model: Any) -> list[torch.device]:
    """The device of each layer; they differ if a model is spread over several GPUs."""
    layers = model.config.get_text_config().num_hidden_layers
    if len(set(getattr(model, "hf_device_map", {}).values())) < 2:
        return [model.get_input_embeddings().weight.device] * layers
    return [layer.input_layernorm.weight.device for layer in model.base_model.layers]
