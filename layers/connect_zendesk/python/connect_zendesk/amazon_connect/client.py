"""The API calls made to Amazon Connect."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from connect_zendesk.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_connect import ConnectClient

_THROTTLED = frozenset({"TooManyRequestsException", "ThrottlingException", "Throttling"})


class Throttled(Exception):
    """Amazon Connect asks to slow down: its quotas, two to ten a second, are for a whole account."""

    seconds = 2


class AmazonConnect:
    """Speaks to Amazon Connect, of which every ARN names the instance."""

    def __init__(self, connect: "ConnectClient") -> None:
        self._connect = connect

    def email_of(self, agent_arn: str) -> str | None:
        """Return an agent's e-mail address, or None: instances with SAML may have none.

        ``agent_arn`` is ``…:instance/<instance id>/agent/<user id>``. Raises `Throttled`.
        """
        _, _, resource = agent_arn.partition(":instance/")
        instance, _, user = resource.partition("/agent/")
        if not instance or not user:
            return None
        try:
            answer = self._connect.describe_user(InstanceId=instance, UserId=user)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _THROTTLED:
                raise Throttled("DescribeUser is throttled") from None
            # A user of another instance, or a role without permission: the agent can be found otherwise.
            logger.warning("DescribeUser did not answer", error=code)
            return None
        return answer["User"].get("IdentityInfo", {}).get("Email") or None

    def contact(self, instance_arn: str, contact_id: str) -> Mapping[str, Any] | None:
        """Return a contact as DescribeContact tells of it, or None where there is no such contact.

        ``instance_arn`` is ``…:instance/<instance id>``. Ten a second are allowed to a whole account. Raises
        `Throttled`.
        """
        instance = instance_arn.partition(":instance/")[2].partition("/")[0]
        try:
            answer = self._connect.describe_contact(InstanceId=instance, ContactId=contact_id)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _THROTTLED:
                raise Throttled("DescribeContact is throttled") from None
            logger.warning("DescribeContact did not answer", error=code)
            if code == "ResourceNotFoundException":
                return None
            raise
        return answer["Contact"]
