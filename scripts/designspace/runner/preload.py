"""What the fork server has ready for every paper's process: the library, imported, and the tokenizers of the model.

Imported by the server alone (processes.py). It must not touch a GPU, because a process that did cannot be forked. Some
libraries look for one when they are imported, so none is to be seen meanwhile; whether there is one is asked of the
management library, since asking the driver is touching.
"""

import contextlib
import json
import os

_gpus = os.environ.get("CUDA_VISIBLE_DEVICES")
os.environ |= {"CUDA_VISIBLE_DEVICES": "", "PYTORCH_NVML_BASED_CUDA_CHECK": "1"}

from designspace.core import processes
from designspace.engine import loading
from designspace.planning import model_files
from designspace.runner import worker

del os.environ["CUDA_VISIBLE_DEVICES"]
if _gpus is not None:
    os.environ["CUDA_VISIBLE_DEVICES"] = _gpus

with contextlib.suppress(Exception):  # a process that needs what cannot be read will say so itself
    _model = json.loads(os.environ[processes.TOKENIZER])
    loading.load_grammar_tokenizer(*_model, model_files.model_config(*_model)["vocab_size"])
