"""What Lambda hears of an invocation that fails: it writes an exception's own words into the log."""

import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from connect_zendesk.errors import ConnectZendeskError
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger


class Unexpected(Exception):
    """AWS is unavailable, or there is a fault in this release. The message has the error's name and place."""


def place_of(error: BaseException) -> str:
    """Return where an error was raised, as file and line."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(place.filename).name}:{place.lineno}"


def without_words(handler: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Wrap a handler whose errors are Lambda's to handle, so that none holds a customer's words.

    This project's own errors hold nothing personal, and come through as they are.
    """

    @wraps(handler)
    def wrapped(event: Any, context: Any) -> None:
        try:
            handler(event, context)
        except ConnectZendeskError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, see above
            name, at = type(error).__name__, place_of(error)
            count(Metric.UNEXPECTED_ERROR)
            logger.error("unexpected error", error=name, at=at)
            raise Unexpected(f"{name} at {at}") from None

    return wrapped
