"""Acknowledgments of cdk-nag findings."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, finding: str, reason: str) -> None:
    """Accept one finding on one construct.

    `finding` is the rule's id, with the finding in brackets where the rule reports several
    (`AwsSolutions-IAM5[Resource::*]`); `reason` says in a sentence why it is right here.
    """
    Validations.of(construct).acknowledge(Acknowledgment(id=finding, reason=reason))
