"""What the fork server has ready for every paper's process: the library, imported, and the tokenizers of the model.

Imported by the server alone (processes.py). It must not touch a GPU, because a process with a context cannot be forked.
"""

import contextlib
import json
import os

from . import hub, model, processes, worker  # noqa: F401

with contextlib.suppress(Exception):  # a process that needs what cannot be read will say so itself
    _model = json.loads(os.environ[processes.TOKENIZER])
    model.load_grammar_tokenizer(*_model, hub.model_config(*_model)["vocab_size"])
