"""What all functions share: the rules engine, the ledger, the clients and the workflows."""

import gc
import os

#: The release: pyproject.toml and CHANGELOG.md have the same, the stack says it in its output `Version`.
__version__ = "0.2.0"

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    # All that a container imports stays: searching it for garbage again and again was a tenth of its start.
    # `entrypoints.start` turns it on again.
    gc.disable()
