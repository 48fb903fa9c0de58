"""Amazon Connect's users: the agents."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from connect_zendesk.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_connect import ConnectClient

_THROTTLED = frozenset({"TooManyRequestsException", "ThrottlingException", "Throttling"})


class Throttled(Exception):
    """Amazon Connect asks to slow down: DescribeUser allows two a second to a whole account."""

    seconds = 2


class AmazonConnect:
    """The API calls made to Amazon Connect."""

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
