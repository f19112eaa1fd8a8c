"""Messages that other libraries print while they are imported, and about which a user can do nothing."""

import functools
import logging
import os

# transformers imports torchao, of which only the rounding of weights is used. Without its kernels it
# reports that they are missing, with them it reports each that does not load; and PyTorch warns of how it registers
# its enums.
LINES = {"torchao": "Skipping import of cpp extensions", "torch.utils._pytree": "Calling register_constant() on Enum"}


@functools.cache
def hush() -> None:
    """Keep exactly these lines off the screen and the logs, in this process. To be called before the import."""
    os.environ.setdefault("TORCHAO_FORCE_SKIP_LOADING_SO_FILES", "1")
    for logger, line in LINES.items():
        logging.getLogger(logger).addFilter(functools.partial(_is_other, line))


def _is_other(line: str, record: logging.LogRecord) -> bool:
    return line not in record.getMessage()
