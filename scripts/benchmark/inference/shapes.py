"""Models of real shapes with random weights, a tokenizer of a real size, and papers of a given length."""

import gc
import itertools
import random
import string
import time
from collections.abc import Callable
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerFast
from transformers.initialization import no_init_weights

from designspace.engine import fp8, rounding
from designspace.engine.attention import FUSED
from designspace.language import context
from designspace.planning.memory import parse_size

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
ON_GPU = DEVICE.type == "cuda"
DTYPE = torch.bfloat16 if ON_GPU else torch.float32
GIB = 2**30

Record = dict[str, Any]

_DENSE: Record = {
    "max_position_embeddings": 65536,
    "tie_word_embeddings": False,
    "sliding_window": None,
    "eos_token_id": None,
}
_QWEN: Record = {"head_dim": 128, "num_key_value_heads": 8, "vocab_size": 151936}
_WIDE: Record = {"hidden_size": 5120, "intermediate_size": 25600, "num_hidden_layers": 64, "num_attention_heads": 64}
_NARROW = {"hidden_size": 4096, "num_attention_heads": 32, "head_dim": 128, "num_key_value_heads": 8}
_TINY = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 8}
_TINY |= {"head_dim": 16, "num_key_value_heads": 2, "vocab_size": 2048}
SHAPES: dict[str, tuple[str, Record]] = {
    "Qwen3-32B": ("qwen3", _QWEN | _WIDE),
    "Qwen3-8B": ("qwen3", _QWEN | _NARROW | {"intermediate_size": 12288, "num_hidden_layers": 36}),
    "Llama-3.1-8B": ("llama", _NARROW | {"intermediate_size": 14336, "num_hidden_layers": 32, "vocab_size": 128256}),
}
# Of 2, 4 and 8 key-value heads, with 6, 7 and 8 query heads each.
_QWEN2 = {"hidden_size": 1536, "intermediate_size": 8960, "num_hidden_layers": 28, "num_attention_heads": 12}
_QWEN2_LARGER = {"hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28, "num_attention_heads": 28}
VARIED: dict[str, tuple[str, Record]] = {
    "Qwen2.5-1.5B": ("qwen2", _QWEN2 | {"num_key_value_heads": 2, "vocab_size": 151936}),
    "Qwen2.5-7B": ("qwen2", _QWEN2_LARGER | {"num_key_value_heads": 4, "vocab_size": 152064}),
    "Qwen3-32B": SHAPES["Qwen3-32B"],
}
UNTUNED = "Mistral-Small-24B"  # which no other part measures
VARIED[UNTUNED] = "mistral", {"hidden_size": 5120, "intermediate_size": 32768, "num_hidden_layers": 40, "head_dim": 128}
VARIED[UNTUNED][1].update(num_attention_heads=32, num_key_value_heads=8, vocab_size=131072)
if not ON_GPU:
    VARIED[UNTUNED] = "mistral", _TINY
    SHAPES = {f"tiny {name}": (family, _TINY) for name, (family, _) in SHAPES.items()}
LARGE = next(iter(SHAPES))
SCALE = 1 if ON_GPU else 64  # a tiny shape reads so many times fewer tokens
PAPER = 12288 // SCALE  # tokens
CAPACITY = parse_size("6GiB")
if ON_GPU:  # an 80 GB card, or as much of it as there is
    CAPACITY = min(parse_size("79.25GiB"), torch.cuda.get_device_properties(0).total_memory)


def machine() -> str:
    """What it runs on, in words."""
    device = torch.cuda.get_device_name() if ON_GPU else f"CPU, {torch.get_num_threads()} threads"
    return f"{device}; PyTorch {torch.__version__}, transformers {transformers.__version__}"


def model(name: str, **changes: Any) -> PreTrainedModel:
    """A model of a shape with random weights, the same in every run."""
    torch.manual_seed(0)
    family, shape = (SHAPES | VARIED)[name]
    config = AutoConfig.for_model(family, **_DENSE | shape | changes)
    with no_init_weights(), DEVICE:
        made = AutoModelForCausalLM.from_config(config, dtype=DTYPE, attn_implementation=FUSED)
    for weight in made.parameters():
        weight.data.normal_(0, 0.02) if weight.dim() > 1 else weight.data.fill_(1)
    ready: PreTrainedModel = made.eval().requires_grad_(False)
    return ready


def in_eight_bits(made: PreTrainedModel, quantization: str) -> None:
    """Round the weights of a model's layers, as loading it with `model.quantization` int8 or fp8 does."""
    give_back()  # else they would lie in parts of what was used before, whose rest no other process could have
    round_layers(made, quantization)
    give_back()


def round_layers(made: Any, quantization: str) -> None:
    for name, layer in list(made.base_model.layers.named_modules()):
        if isinstance(layer, torch.nn.Linear):
            rounded = rounding.ROUND_ROWS[quantization](layer.weight)
            made.base_model.layers.set_submodule(name, rounding.LINEAR[quantization](*rounded, layer.bias))


def give_back() -> None:
    """Give the memory of the GPU that nothing uses any more back to the driver."""
    gc.collect()
    if ON_GPU:
        torch.cuda.empty_cache()


def quantization_of(made: Any) -> str | None:
    """The `model.quantization` of a model."""
    return {torch.int8: "int8", fp8.FORMAT: "fp8"}.get(made.base_model.layers[0].mlp.up_proj.weight.dtype)


def tokenizer(vocabulary: int) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer whose tokens are runs of letters."""
    letters = string.ascii_lowercase
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    longer = ("".join(run) for length in (2, 3, 4) for run in itertools.product(letters, repeat=length))
    runs = list(itertools.islice(longer, vocabulary - len(alphabet) - 1))
    tokens = {token: number for number, token in enumerate([*alphabet, *runs, "<|end|>"])}
    bpe = Tokenizer(models.BPE(tokens, [(run[:-1], run[-1]) for run in runs]))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="<|end|>")


def prompt(length: int, vocabulary: int) -> list[int]:
    """Random token ids."""
    return torch.randint(0, vocabulary, (length,)).tolist()


def paper(tokens: int, tokenizer: PreTrainedTokenizerFast) -> tuple[Record, Record]:
    """(text record, context record) of a paper of so many tokens, at most."""
    random.seed(tokens)  # the same papers in every run
    words = ["".join(random.choices(string.ascii_lowercase, k=random.randint(2, 8))) for _ in range(tokens)]
    text = " ".join(
        word.title() if n % 15 == 0 else f"{word}." if n % 15 == 14 else word for n, word in enumerate(words)
    )
    record: Record = {
        "paper": f"paper_{tokens}",
        "status": "ok",
        "reason": "",
        "text": text,
        "sha256": "",
        "n_pages": 1,
    }
    line = {"start": 0, "end": len(text), "box": [0, 0, 1, 1], "size": 9.0}
    page = {"page": 1, "width": 1.0, "height": 1.0, "start": 0, "end": len(text), "lines": [line]}
    record |= {"n_pages": 1, "pages": [page]}
    return record, context.fit(record, tokens, tokenizer.backend_tokenizer)


def seconds(action: Callable[[], object], times: int = 1) -> float:
    """Seconds that an action takes, the mean of some times."""
    synchronize()
    start = time.perf_counter()
    for _ in range(times):
        action()
    synchronize()
    return (time.perf_counter() - start) / times


def synchronize() -> None:
    if ON_GPU:
        torch.cuda.synchronize()


def used() -> int:
    """Bytes in use on the GPU, by whichever process."""
    if not ON_GPU:
        return 0
    free, total = torch.cuda.mem_get_info()
    return total - free


def row(what: str, *values: object) -> None:
    """Print a line of a table."""
    print(f"{what:56}", *(f"{value!s:>14}" for value in values), flush=True)
