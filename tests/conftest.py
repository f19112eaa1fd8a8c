"""What the tests share: the library on the path, a tokenizer and small models with random weights."""

import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # no test may need a model hub
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import pytest  # noqa: E402

WORDS = "The participants made rapid reaching movements of 8 cm to one of 12 targets; feedback was rotated by 45 degrees. "


@pytest.fixture(scope="session")
def tokenizer():
    """A byte-level BPE tokenizer of 600 tokens with a chat template, trained on a sentence."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=["<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    bpe.train_from_iterator([WORDS, '{"value": null, "reasoning": "participants reported 12 trials"}'], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        chat_template="{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}",
    )


@pytest.fixture(params=["llama", "qwen3", "mistral"])
def family(request):
    return request.param


def random_model(family, seed=0, vocabulary=640):
    """A two-layer model of a family with random float32 weights, large enough that its logits differ."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(seed)
    config = AutoConfig.for_model(
        family,
        vocab_size=vocabulary,
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        max_position_embeddings=2048,
        initializer_range=0.3,
        sliding_window=None,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    return AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
