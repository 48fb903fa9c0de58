"""What a container makes as it starts, before its first invocation: Lambda gives a start more CPU than that.

A snapshot of SnapStart, too, holds what was made by then.
"""

import gc
import os
from collections.abc import Callable
from contextlib import suppress


def make_ready(*makers: Callable[[], object]) -> None:
    """Have a container make what each of its invocations uses: clients, connection pools, the ledger.

    To be called where a handler's module ends; ``makers`` keep what they make. Outside Lambda nothing is
    made. What goes wrong goes wrong again in the first invocation, which can say so. From here on garbage is
    collected, of what is made later.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        with suppress(Exception):
            for make in makers:
                make()
        gc.freeze()
        gc.enable()
