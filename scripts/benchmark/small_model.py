"""A small model of random weights whose tokens are letters, and papers for it."""

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

from designspace.language import context

Record = dict[str, Any]

# Shapes of the model. On a GPU of about 125 million parameters, and with more keys and values than such a model would
# have, 128 KiB a token, so that what a paper needs depends on how much of it is read.
SHAPES: dict[str, Record] = {
    "cuda": {"hidden_size": 512, "intermediate_size": 1024, "num_hidden_layers": 16, "num_attention_heads": 32}
    | {"num_key_value_heads": 16, "head_dim": 128},
    "cpu": {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4}
    | {"num_key_value_heads": 2, "head_dim": 16},
}
DTYPE = {"cuda": "bfloat16", "cpu": "float32"}
LIBRARY = [
    {"name": "n_total", "kind": "integer", "definition": "Participants who took part."},
    {"name": "handedness", "kind": "category", "values": ["left", "right"], "definition": "Handedness."},
    {"name": "target_distance", "kind": "number", "unit": "cm", "definition": "Distance of the targets."},
]
SENTENCE = "In study {} we tested twenty right-handed people who reached for targets at a distance of 8 cm. "
TEMPLATE = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>"


def config_of(device: str) -> Record:
    """The content of the model's config.json."""
    rest = {"vocab_size": 512, "max_position_embeddings": 16384, "tie_word_embeddings": True, "initializer_range": 0.1}
    return {"model_type": "qwen3", "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1} | SHAPES[device] | rest


def make_model(folder: Path, device: str) -> PreTrainedTokenizerFast:
    """A model of random weights, and a tokenizer with a token for each byte. Returns the tokenizer."""
    special = ["<|im_start|>", "<|im_end|>"]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    bpe = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(special + alphabet)}, merges=[]))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    names = dict(zip(("bos_token", "eos_token"), special, strict=True))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, **names, chat_template=TEMPLATE)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = config_of(device)
    model = AutoModelForCausalLM.from_config(
        AutoConfig.for_model(config.pop("model_type"), **config), dtype=getattr(torch, DTYPE[device])
    )
    model.save_pretrained(folder)
    print(f"{sum(weight.numel() for weight in model.parameters()) / 1e6:.1f} million random weights")
    return tokenizer


def make_paper(
    folder: Path, paper: str, sentences: int, budget: int, tokenizer: PreTrainedTokenizerFast, broken: bool = False
) -> None:
    """Write the text and the context of a paper of one page, of so many sentences of some hundred letters; one that is
    broken cannot be tokenized."""
    text = SENTENCE.format(paper) * sentences
    line = {"start": 0, "end": len(text), "box": [50, 700, 300, 710], "size": 9.0}
    page = {"page": 1, "width": 595.0, "height": 842.0, "start": 0, "end": len(text), "lines": [line]}
    record: Record = {"paper": paper, "sha256": "0" * 64, "status": "ok", "reason": "", "n_pages": 1, "text": text}
    record["pages"] = [page]
    kept = context.fit(record, budget, tokenizer.backend_tokenizer)
    if broken:
        record["text"] = "\ud800" + text[1:]  # half a letter, which no tokenizer takes
    for name, content in (("text", record), ("context", kept)):
        (folder / name / f"{paper}.json").write_text(json.dumps(content))
