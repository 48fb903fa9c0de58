"""What checkers of the field find and is right here all the same: each finding once, with its reason.

cdk-nag's AWS Solutions rules are part of synthesis, cfn-lint of the tests of what was synthesised
(`tests/infra/test_checkers.py`): both fail on what is not in these tables, and on a row that nothing needs.
"""

from collections.abc import Mapping
from enum import Enum

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

_WILDCARD, _NOT_ROTATED = "AwsSolutions-IAM5", "AwsSolutions-SMG4"


class Acknowledged(Enum):
    """A finding of cdk-nag: its rule, and in a sentence why it is right here."""

    ANY_INSTANCE = (
        _WILDCARD,
        "Contacts of any instance of this account and region are accepted when connect_instance_arn is empty,"
        " and any agent may have had them.",
    )
    ANY_AGENT_OR_CONTACT = (_WILDCARD, "Any agent and any contact of the instance may be the one.")
    ANY_START_OF_A_TASK = (
        _WILDCARD,
        "The task rules choose where a task starts, and the task is a new contact.",
    )
    ANY_CONTACT_FILE = (
        _WILDCARD,
        "Files are named after contacts; recordings and attachments lie under other names.",
    )
    ANY_RECORDING = (
        _WILDCARD,
        "Recordings are named after contacts; what else is in the bucket lies under other names.",
    )
    ANY_RESULT = (_WILDCARD, "Results are named after jobs; the bucket has nothing else in it.")
    ANY_JOB = (
        _WILDCARD,
        "A job has no ARN before it is started; those of this stack begin with its name.",
    )
    ANY_TEXT = (_WILDCARD, "Amazon Comprehend's analyses have no resources.")
    ANY_TRACE = (_WILDCARD, "Traces are no resource: X-Ray's two actions know no other than all.")
    ANY_DEPLOYMENT = (_WILDCARD, "A deployment's number is known only once it has started.")
    ANY_KEY = (
        _WILDCARD,
        "The key of a stream that is not made here is unknown at synthesis. Two conditions allow it for"
        " decrypting records of that one stream, through Kinesis, and for nothing else.",
    )
    OWN_KEY_OF_STREAM = (
        "AwsSolutions-KDS3",
        "The rule prefers alias/aws/kinesis to a key of one's own; the key's policy is what lets Amazon"
        " Connect's service-linked role write, and what narrows who else can.",
    )
    NO_ACCESS_LOG = (
        "AwsSolutions-S1",
        "A log of who read a file would be kept longer than the file, and names its contact.",
    )
    CLIENT_NOT_ROTATED = (
        _NOT_ROTATED,
        "Zendesk issues the client secret in its admin centre and has no call that replaces it with a valid"
        " overlap, so a rotation function could only break the connection.",
    )
    WEBHOOK_KEYS_NOT_ROTATED = (
        _NOT_ROTATED,
        "Zendesk makes the signing secrets; `make zendesk` rotates them, both being valid for a while.",
    )
    APP_KEYS_NOT_ROTATED = (
        _NOT_ROTATED,
        "Zendesk's public key is not ours to rotate; `make zendesk` does the rest.",
    )

    def __init__(self, rule: str, reason: str) -> None:
        self.rule, self.reason = rule, reason


#: Findings of cfn-lint: by its rule and the type of resource.
ACKNOWLEDGED_BY_TYPE: Mapping[tuple[str, str], str] = {
    ("W3005", "AWS::Lambda::Function"): (
        "The CDK has a function wait for its role's policies, and names the role besides, which the function"
        " refers to anyway: it says a thing twice."
    ),
}


def acknowledge(construct: IConstruct, finding: Acknowledged, part: str = "") -> None:
    """Accept one finding on one construct; `part` is what of it, where the rule reports several."""
    id_ = f"{finding.rule}[{part}]" if part else finding.rule
    Validations.of(construct).acknowledge(Acknowledgment(id=id_, reason=finding.reason))
