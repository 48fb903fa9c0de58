"""The addresses of Amazon Connect instances, for links to contacts and recordings (M1)."""

from time import monotonic
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, HTTPClientError, ParamValidationError
from botocore.exceptions import ConnectionError as NoConnection

from connect_zendesk.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_connect import ConnectClient

_REFUSED = frozenset({"AccessDeniedException", "ResourceNotFoundException", "InvalidRequestException"})
_ASKED_AGAIN_SECONDS = 60.0


class InstanceAddresses:
    """Asks DescribeInstance, of which two a second are allowed to a whole account, once for each instance.

    Where it does not answer, it is asked again after a minute; where it is refused, it is not.
    """

    def __init__(self, connect: "ConnectClient") -> None:
        self._connect = connect
        self._known: dict[str, str | None] = {}
        self._not_before: dict[str, float] = {}

    def of(self, instance: str) -> str | None:
        """Return where people open an instance, by its id: ``https://…``, no slash at its end; or None."""
        if instance in self._known or monotonic() < self._not_before.get(instance, 0.0):
            return self._known.get(instance)
        try:
            answer = self._connect.describe_instance(InstanceId=instance)
        except (ClientError, NoConnection, HTTPClientError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            logger.warning("DescribeInstance did not answer", error=code)
            if code in _REFUSED:
                self._known[instance] = None
            self._not_before[instance] = monotonic() + _ASKED_AGAIN_SECONDS
            return None
        except ParamValidationError:
            return None
        url = (answer.get("Instance") or {}).get("InstanceAccessUrl") or ""
        self._known[instance] = url.rstrip("/") if url.startswith("https://") else None
        return self._known[instance]
