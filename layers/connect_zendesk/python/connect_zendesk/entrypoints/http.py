"""How a function answers HTTP requests at its function URL.

Of Powertools there is no event handler here: its import alone costs the webhook's endpoint a fifth of its
start-up, and one route needs no router.
"""

from collections.abc import Callable, Mapping
from typing import Any

from connect_zendesk.entrypoints.faults import place_of
from connect_zendesk.http_messages import Rejected, Request, Response
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger


def respond(
    event: Mapping[str, Any], handle: Callable[[Request], Response], *, retry_after: int
) -> dict[str, Any]:
    """Return what ``handle`` answers to a request, as Lambda takes it. Raises nothing.

    A `Rejected` request gets its status. Where anything else goes wrong the answer is 503, with the seconds
    after which the client is to send it again.
    """
    try:
        response = handle(Request(event))
    except Rejected as rejected:
        response = Response(rejected.status)
    except Exception as error:  # noqa: BLE001 - a fault of ours that a release mends
        count(Metric.UNEXPECTED_ERROR)
        logger.error("unexpected error", error=type(error).__name__, at=place_of(error))
        response = Response(503)
    headers = dict(response.headers)
    if response.status == 503:
        headers.setdefault("Retry-After", str(retry_after))
    answer = {"statusCode": response.status, "headers": headers, "body": response.body}
    return {**answer, "isBase64Encoded": True} if response.encoded else answer
