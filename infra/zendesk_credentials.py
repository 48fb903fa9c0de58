"""The secret that holds the Zendesk OAuth client."""

import json

from aws_cdk import RemovalPolicy, SecretValue
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.nag import Acknowledged, acknowledge


class ZendeskCredentials(Construct):
    """A secret with the shape of an OAuth client and nothing in it: an administrator puts the values in.

    Attributes:
        secret: the secret; JSON {"client_id": "", "client_secret": ""} until it is filled.
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        self.secret = secretsmanager.Secret(
            self,
            "OAuthClient",
            description="Zendesk OAuth client: client_id and client_secret of a confidential client",
            # Empty on purpose: a template is no place for a secret. CloudFormation writes this value once and
            # leaves what the administrator puts there alone, as long as this text does not change.
            secret_string_value=SecretValue.unsafe_plain_text(
                json.dumps({"client_id": "", "client_secret": ""})
            ),
            removal_policy=RemovalPolicy.RETAIN,
        )
        acknowledge(
            self.secret,
            Acknowledged.CLIENT_NOT_ROTATED,
        )
