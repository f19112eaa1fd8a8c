"""The passes of a model over papers and their branches: chunks of a prefix, prompts of branches, and decode steps."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from designspace.engine import decoder, linear
from designspace.engine.attention import Batch, Prefix, Row, SharedPrefixCache, upload
from designspace.planning.branches import step_rows

# A smaller step is captured for the remaining rows only if it has at most this part of the rows of a captured one: a
# capture takes as long as some twenty steps.
PART = 4


class Passes:
    """A model and the memory of its papers: `capacity` tokens of prefixes, of `papers` papers at once, and
    `branches` branches of `slots` tokens. `chunk` is how many tokens are read at once."""

    def __init__(self, model: Any, capacity: int, branches: int, slots: int, papers: int, chunk: int) -> None:
        self.model, self.device = model, model.get_input_embeddings().weight.device
        self.branches, self.papers, self.chunk = branches, papers, chunk
        devices = layer_devices(model)
        self.cache = SharedPrefixCache(model.config, capacity, branches, slots, model.dtype, devices)
        one_gpu = self.device.type == "cuda" and set(devices) == {self.device}
        self.graphed = one_gpu and self.cache.fused
        self.graphs: dict[int, GraphedStep] = {}  # by their rows

    def read(self, tokens: list[int], begin: int) -> Prefix:
        """Prefill a prefix with token ids, a chunk at a time, at a place in the pool."""
        prefix = Prefix(begin, 0)
        for piece in upload([tokens], self.device).split(self.chunk, dim=1):
            self.cache.read_on(prefix)
            self._hidden(piece)  # the logits of the paper are not needed
            prefix = Prefix(begin, prefix.length + piece.shape[1])
        return prefix

    def read_prompts(self, rows: Sequence[Row], prompts: Sequence[list[int]]) -> None:
        """Read the forced beginnings of branches, as many at once as fit into the chunk, padded to the right.

        Padding is written behind a branch's own tokens, where it is overwritten before any token attends to it.
        """
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
        if self.graphed:
            size = self._size(len(rows))
            # Rows that no branch needs use the last slot of a branch, which is free: its last token is never fed.
            nowhere = Row(rows[-1].slots, self.cache.slots - 1, 0, rows[-1].prefix)
            padded = [*rows, *[nowhere] * (size - len(rows))]
            if size not in self.graphs:
                pool = next(iter(self.graphs.values())).graphs[0].pool() if self.graphs else None
                self.graphs[size] = GraphedStep(self._logits, self.cache, padded, self.papers, pool)
            return self.graphs[size](padded, tokens + [0] * (size - len(rows)))[: len(rows)].float()
        self.cache.advance(rows, 1)
        logits = self._logits(upload(tokens, self.device)[:, None])
        return logits.to(self.device).float()

    def rehearse(self, rows: int) -> None:
        """Do a pass of each kind once, with this many rows: a chunk, prompts, and a step, with zeros as tokens and
        without a result."""
        prefix = self.read([0] * rows, 0)
        branches = [Row(n, 0, rows, prefix) for n in range(rows)]
        self.read_prompts(branches, [[0, 0]] * rows)
        self.cache.advance(branches, 1)
        self._logits(torch.zeros(rows, 1, dtype=torch.long, device=self.device))

    def _size(self, rows: int) -> int:
        """Rows of the smallest captured step with enough rows, or of a new step that is much smaller."""
        new = step_rows(rows)
        smallest = min((size for size in self.graphs if size >= rows), default=PART * new)
        return new if PART * new <= smallest else smallest

    def _hidden(self, tokens: Tensor) -> Tensor:
        """The last hidden states of the next tokens, token ids [rows, tokens]."""
        positions = self.cache.positions(tokens.shape[1])
        if decoder.serves(self.model):
            return decoder.forward(self.model, tokens, positions, self.cache)
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
    """A decode step of a fixed number of rows as CUDA graphs, which serve all papers and branches: only numbers on the
    GPU differ between two steps. The second graph is launched while the GPU runs the first, that of a few layers.

    A step is hundreds of small kernels, which take longer to launch one by one than to run.
    """

    def __init__(
        self,
        step: Callable[[Tensor], Tensor],
        cache: SharedPrefixCache,
        rows: Sequence[Row],
        papers: int,
        pool: Any,
    ) -> None:
        self.rows = len(rows)
        self.tokens = torch.zeros(self.rows, 1, dtype=torch.long, device=cache.device)
        self.batch = cache.batch = Batch(rows, cache.groups, papers, cache.device)
        self.graphs: list[torch.cuda.CUDAGraph] = []
        # Without torch.cuda.graph, which waits for the GPU, and the GPU may still be reading the paper. The mode is
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

    def __call__(self, rows: Sequence[Row], tokens: list[int]) -> Tensor:
        """Token ids of as many rows -> their logits [rows, vocabulary]."""
        self.batch.fill(rows)
        self.tokens.copy_(upload(tokens, self.tokens.device)[:, None])
        for graph in self.graphs:
            graph.replay()
        return self.logits


def layer_devices(model: Any) -> list[torch.device]:
    """The device of each layer; they differ if a model is spread over several GPUs."""
    layers = model.config.get_text_config().num_hidden_layers
    if len(set(getattr(model, "hf_device_map", {}).values())) < 2:
        return [model.get_input_embeddings().weight.device] * layers
    return [layer.input_layernorm.weight.device for layer in model.base_model.layers]
