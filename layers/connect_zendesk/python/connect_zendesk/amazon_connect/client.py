"""The API calls made to Amazon Connect."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import ClientError, HTTPClientError, ParamValidationError
from botocore.exceptions import ConnectionError as NoConnection

from connect_zendesk.amazon_connect.errors import NoAnswer, NotRecorded, QuotaReached, Refused, Throttled
from connect_zendesk.amazon_connect.instance_addresses import InstanceAddresses
from connect_zendesk.observability import logger
from connect_zendesk.rules import wording

if TYPE_CHECKING:
    from mypy_boto3_connect import ConnectClient

    from connect_zendesk.rules.zendesk_events.task_content import Task

_LARGEST_PAGE = 1000
_THROTTLED = frozenset({"TooManyRequestsException", "ThrottlingException", "Throttling"})
_QUOTAS = frozenset({"ServiceQuotaExceededException", "LimitExceededException"})
#: Also an id that can be none, which is refused by its length.
_NO_SUCH = frozenset({"ResourceNotFoundException", "InvalidParameterException"})
_SERVERS_FAULT = 500


@dataclass(frozen=True)
class ConnectUser:
    """A user of Amazon Connect: an agent, a supervisor. Instances with SAML may have no ``email``."""

    arn: str
    username: str
    email: str | None = None


@dataclass(frozen=True)
class AgentsLeg:
    """A leg that an agent is on or is offered: its ``state``, and how the contact began (*OUTBOUND*, …)."""

    state: str
    initiation_method: str


class AmazonConnect:
    """Speaks to Amazon Connect, of which every ARN names the instance.

    ``new_client`` makes the client when it is first needed: what the ledger knows is not asked for, and what
    the API of Amazon Connect looks like is a quarter of a megabyte to read.
    """

    def __init__(self, new_client: Callable[[], "ConnectClient"]) -> None:
        self._new_client = new_client

    @cached_property
    def _connect(self) -> "ConnectClient":
        return self._new_client()

    @cached_property
    def _addresses(self) -> InstanceAddresses:
        return InstanceAddresses(self._connect)

    def address(self, instance_arn: str) -> str | None:
        """Return where people open an instance, ``https://…`` without a slash at its end, or None.

        DescribeInstance is asked once: see `InstanceAddresses`. A link is no reason to fail.
        """
        return self._addresses.of(_instance_id(instance_arn))

    def user(self, agent_arn: str) -> ConnectUser | None:
        """Return an agent as DescribeUser returns them, or None where it does not.

        ``agent_arn`` is ``…:instance/<instance id>/agent/<user id>``. Two a second are allowed to a whole
        account. Raises `Throttled`.
        """
        _, _, resource = agent_arn.partition(":instance/")
        instance, _, user_id = resource.partition("/agent/")
        if not instance or not user_id:
            return None
        try:
            answer = self._connect.describe_user(InstanceId=instance, UserId=user_id)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _THROTTLED:
                raise Throttled("DescribeUser is throttled") from None
            # A user of another instance, or a role without permission: the agent can be found otherwise.
            logger.warning("DescribeUser did not answer", error=code)
            return None
        except ParamValidationError:  # ids that nothing can have, which are not even asked for
            return None
        user = answer["User"]
        email = user.get("IdentityInfo", {}).get("Email") or None
        return ConnectUser(agent_arn, user.get("Username") or "", email)

    def users(self, instance_arn: str) -> Iterator[ConnectUser]:
        """Return the users of an instance, of which a list has no e-mail addresses.

        A request for each thousand of them. Raises `Throttled`.
        """
        more: dict[str, str] = {}
        while True:
            try:
                page = self._connect.list_users(
                    InstanceId=_instance_id(instance_arn), MaxResults=_LARGEST_PAGE, **more
                )
            except ClientError as error:
                if error.response["Error"]["Code"] in _THROTTLED:
                    raise Throttled("ListUsers is throttled") from None
                raise
            for user in page["UserSummaryList"]:
                yield ConnectUser(user["Arn"], user.get("Username") or "")
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}

    def contact(self, instance_arn: str, contact_id: str) -> Mapping[str, Any] | None:
        """Return a contact as DescribeContact returns it, or None where there is no such contact.

        ``instance_arn`` is ``…:instance/<instance id>``. Ten a second are allowed to a whole account. Raises
        `Throttled`.
        """
        instance = _instance_id(instance_arn)
        try:
            answer = self._connect.describe_contact(InstanceId=instance, ContactId=contact_id)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _THROTTLED:
                raise Throttled("DescribeContact is throttled") from None
            logger.warning("DescribeContact did not answer", error=code)
            if code in _NO_SUCH:
                return None
            raise
        except ParamValidationError:
            return None
        return answer["Contact"]

    def set_attributes(self, instance_arn: str, root: str, attributes: Mapping[str, str]) -> None:
        """Set attributes of a contact, going on or ended; all its legs share them.

        ``root`` is the id of its first leg. Each call has its records sent again, so leave out what it has
        already: see `changed_attributes`. Ten a second are allowed to a whole account. Raises `Throttled`,
        and `ClientError` where it is refused.
        """
        try:
            self._connect.update_contact_attributes(
                InstanceId=_instance_id(instance_arn), InitialContactId=root, Attributes=attributes
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _THROTTLED:
                raise Throttled("UpdateContactAttributes is throttled") from None
            raise

    def contacts_of(self, agent_arn: str) -> Mapping[str, AgentsLeg]:
        """Return what an agent is on now, as GetCurrentUserData has it: each leg by its id.

        *CONNECTING* is ringing, for which there is no contact event. Five a second are allowed to a whole
        account. Raises `Throttled`, `NoAnswer` and `Refused`.
        """
        request = {"Filters": {"Agents": [agent_arn.rpartition("/")[2]]}, "MaxResults": 1}
        found = self._at_once("GetCurrentUserData", agent_arn, **request)
        return {
            contact["ContactId"]: AgentsLeg(
                contact.get("AgentContactState", ""), contact.get("InitiationMethod", "")
            )
            for user in found.get("UserDataList", ())
            for contact in user.get("Contacts", ())
        }

    def suspend_recording(self, instance_arn: str, root: str, leg: str) -> None:
        """Suspend a leg's recording, which then has silence. Two a second are allowed to a whole account.

        Raises `Throttled`, `NoAnswer`, `NotRecorded` and `Refused`.
        """
        ids = {"ContactId": leg, "InitialContactId": root}
        self._at_once("SuspendContactRecording", instance_arn, **ids)

    def resume_recording(self, instance_arn: str, root: str, leg: str) -> None:
        """Resume a leg's recording. Raises as `suspend_recording` does."""
        ids = {"ContactId": leg, "InitialContactId": root}
        self._at_once("ResumeContactRecording", instance_arn, **ids)

    def start_task(self, instance_arn: str, task: "Task") -> str:
        """Start a task, and return its contact id.

        Asked again with the same token, Amazon Connect answers with the task that it made before. How long it
        remembers a token is documented nowhere: so a caller that knows the task was made does not ask again.
        Two a second are allowed to a whole account. Raises `AmazonConnectLater` and `Refused`.
        """
        ways = {
            "ContactFlowId": task.start.contact_flow,
            "QuickConnectId": task.start.quick_connect,
            "TaskTemplateId": task.start.template,
        }
        request: dict[str, Any] = {
            way: place.rpartition("/")[2] for way, place in ways.items() if place is not None
        }
        if task.scheduled is not None:
            request["ScheduledTime"] = datetime.fromisoformat(task.scheduled)
        try:
            answer = self._connect.start_task_contact(
                InstanceId=_instance_id(instance_arn),
                Name=task.name,
                Description=task.description,
                Attributes=dict(task.attributes),
                References={wording.TASK_LINK: {"Type": "URL", "Value": task.link}},
                ClientToken=task.token,
                **request,
            )
        except ClientError as error:
            raise _why_no_task(error) from None
        except ParamValidationError:
            raise Refused("StartTaskContact asked for what nothing can be called") from None
        except (NoConnection, HTTPClientError) as error:
            raise NoAnswer(f"no answer to StartTaskContact ({type(error).__name__})") from None
        return answer["ContactId"]

    def _at_once(self, operation: str, arn: str, **request: Any) -> Any:
        """Do what an agent waits for. Raises `Throttled`, `NoAnswer`, `NotRecorded` and `Refused`."""
        call = getattr(self._connect, xform_name(operation))
        try:
            return call(InstanceId=_instance_id(arn), **request)
        except ClientError as error:
            raise _why_not(operation, error) from None
        except ParamValidationError:  # its own words hold what was asked
            raise Refused(f"{operation} asked for what nothing can be called") from None
        except (NoConnection, HTTPClientError) as error:
            raise NoAnswer(f"no answer to {operation} ({type(error).__name__})") from None


def _why_not(operation: str, error: ClientError) -> Exception:
    """Return what to make of an error, without its own words."""
    code = error.response["Error"]["Code"]
    if code in _THROTTLED:
        return Throttled(f"{operation} is throttled")
    if error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVERS_FAULT:
        return NoAnswer(f"{operation} answered {code}")
    # The only documented reason for it, but for ids that are none, is that there is no recording.
    kind = NotRecorded if code == "InvalidRequestException" else Refused
    return kind(f"{operation} answered {code}")


def _why_no_task(error: ClientError) -> Exception:
    """Return what to make of a refusal. Its own words are left out: they can hold what was asked."""
    code = error.response["Error"]["Code"]
    if code in _THROTTLED:
        return Throttled("StartTaskContact is throttled")
    if code in _QUOTAS:
        return QuotaReached("there are too many active tasks")
    if error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVERS_FAULT:
        return NoAnswer(f"StartTaskContact answered {code}")
    return Refused(f"StartTaskContact answered {code}")


def changed_attributes(known: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Return those of the wanted attributes that a contact does not have yet.

    What is set anew, with the same value even, has Amazon Connect send the contact's records again.
    """
    return {name: value for name, value in wanted.items() if known.get(name) != value}


def _instance_id(arn: str) -> str:
    """Return the instance's id from its ARN, or from the ARN of something in it."""
    return arn.partition(":instance/")[2].partition("/")[0]
