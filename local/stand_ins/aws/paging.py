"""Pages of a list: so many entries, and a token for where the next page begins."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from local.stand_ins.aws.wire import RefusedError

Held = dict[str, Any]

_PAGE = 100  # entries, where MaxResults is not given


def page(
    entries: Sequence[Held | str],
    asked: Mapping[str, Any],
    name: str,
    refused_as: str = "InvalidParameterException",
    *,
    size: int = _PAGE,
) -> Held:
    """Return the page asked for under `name`; RefusedError for a token that was never given out."""
    first, size = 0, asked.get("MaxResults", size)
    if token := asked.get("NextToken"):
        try:
            first = int(base64.b64decode(token, validate=True).decode())
        except (binascii.Error, ValueError):
            raise RefusedError(refused_as, "The NextToken cannot be read") from None
    following = first + size
    more = base64.b64encode(str(following).encode()).decode() if following < len(entries) else None
    return {name: list(entries[first:following]), "NextToken": more}
