"""What the fork server has loaded for every paper's process: the library, and the tokenizer and the code of the model.

Only the server imports this module (processes.py). It must not touch a GPU, because a process that did cannot be
forked. Some libraries look for a GPU when they are imported, so GPUs are hidden during the imports; the management
library says whether there is one, since asking the driver would touch it.
"""

import contextlib
import gc
import json
import os

_gpus = os.environ.get("CUDA_VISIBLE_DEVICES")
os.environ |= {"CUDA_VISIBLE_DEVICES": "", "PYTORCH_NVML_BASED_CUDA_CHECK": "1"}

import torch

from designspace.core import processes
from designspace.engine import loading, warming
from designspace.planning import model_files
from designspace.runner import worker

del os.environ["CUDA_VISIBLE_DEVICES"]
if _gpus is not None:
    os.environ["CUDA_VISIBLE_DEVICES"] = _gpus

with contextlib.suppress(Exception):  # a process that needs it will report the error itself
    _name, _revision = json.loads(os.environ[processes.TOKENIZER])
    loading.load_grammar_tokenizer(_name, _revision, model_files.model_config(_name, _revision)["vocab_size"])
    # transformers imports the code of a model when one is made.
    warming.one_layer(_name, _revision, torch.float32, "meta", None)

with contextlib.suppress(Exception):  # a private function of Triton; without it, each process computes the hash
    # The name of a kernel on disk contains a hash of all of Triton, which takes half a second.
    from triton.runtime.cache import triton_key

    triton_key()

# A process that looks for garbage among all of this would copy the memory that it shares with the server.
gc.collect()
gc.freeze()
