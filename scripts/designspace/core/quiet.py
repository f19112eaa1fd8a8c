"""What other libraries say of themselves while they are imported; whoever reads a log can do nothing about it."""

import functools
import logging
import os

# transformers imports torchao, of which only the rounding of weights is used. Without its kernels it says that it is
# without, with them it complains of each that does not load; and PyTorch complains of how it registers its enums.
LINES = {"torchao": "Skipping import of cpp extensions", "torch.utils._pytree": "Calling register_constant() on Enum"}


@functools.cache
def hush():
    """Keep exactly these lines off the screen and the logs, in this process. To be called before the import."""
    os.environ.setdefault("TORCHAO_FORCE_SKIP_LOADING_SO_FILES", "1")
    for logger, line in LINES.items():
        logging.getLogger(logger).addFilter(lambda record, line=line: line not in record.getMessage())
