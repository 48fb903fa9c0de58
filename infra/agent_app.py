"""The agent app: its code with Amazon Connect's library in it, its keys, its origin, and what it may do."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from aws_cdk import CfnOutput, Fn, Stack
from aws_cdk import aws_connect as connect
from constructs import Construct

from connect_zendesk.workflows.agent_app.pages import compressed
from connect_zendesk.zendesk.app_keys import AppKeys
from infra.context import DeploymentContext
from infra.endpoint_function import EndpointFunction
from infra.function import FUNCTIONS
from infra.keys import keys_secret
from infra.nag import Acknowledged
from infra.npm_packages import STREAMS, STREAMS_FILE
from infra.synth import PROJECT

#: Under this name the page loads it; what is served of it is compressed.
STREAMS_ASSET = "connect-streams.js"
_STAGED = PROJECT / ".build" / "agent_app"


def streams() -> bytes:
    """Return Amazon Connect's library. Raises FetchError where it cannot be had."""
    return STREAMS.file(STREAMS_FILE).encode()


def code() -> Path:
    """Return a folder with the function's code, and Amazon Connect's library among its pages' assets.

    Raises FetchError where that cannot be had.
    """
    packed = compressed(streams())
    source = FUNCTIONS / "agent_app"
    files = {
        path.relative_to(source): path.read_bytes()
        for path in sorted(source.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    files[Path("pages/assets") / f"{STREAMS_ASSET}.gz"] = packed
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name} {len(content)} ".encode() + content)
    folder = _STAGED / digest.hexdigest()[:16]
    if not folder.exists():
        _STAGED.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix="unfinished-", dir=_STAGED))
        for name, content in files.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            (part / name).write_bytes(content)
        try:
            part.rename(folder)
        except OSError:  # another process was faster
            shutil.rmtree(part)
    return folder


class AgentApp(Construct):
    """What the agent app has beside its function: a secret with its keys, and its approved origins."""

    def __init__(
        self, scope: Construct, id_: str, *, function: EndpointFunction, context: DeploymentContext
    ) -> None:
        super().__init__(scope, id_)
        keys = keys_secret(
            self,
            "Agent app in Zendesk: installation, public key, session key; see make zendesk",
            AppKeys().as_text(),
            Acknowledged.APP_KEYS_NOT_ROTATED,
        )
        function.allow(["secretsmanager:GetSecretValue"], [keys.secret_arn])
        function.function.add_environment("AGENT_APP_SECRET_ARN", keys.secret_arn)
        instance = context.connect_instance_arn
        any_instance = Stack.of(self).format_arn(service="connect", resource="instance", resource_name="*")
        contacts = [instance, f"{instance}/contact/*"] if instance else [any_instance]
        agents = [instance, f"{instance}/agent/*"] if instance else [any_instance]
        function.allow(["connect:SuspendContactRecording", "connect:ResumeContactRecording"], contacts)
        function.allow(["connect:UpdateContactAttributes"], contacts)
        # GetCurrentUserData takes queues, routing profiles and users of the instance as its resources.
        function.allow(["connect:GetCurrentUserData"], agents)
        if instance:
            self._approve_origins(function, context)
        CfnOutput(Stack.of(self), "AgentAppSecretArn", value=keys.secret_arn)

    def _approve_origins(self, function: EndpointFunction, context: DeploymentContext) -> None:
        """Let the page frame the instance's softphone, whose frame has two ancestors."""
        # Without the last slash: an origin.
        own = Fn.join("", ["https://", Fn.select(2, Fn.split("/", function.address.url))])
        origins = {"OwnOrigin": own}
        # One that is on the list already, put there by others, is left alone: approving it twice fails.
        origins |= {"ZendeskOrigin": context.zendesk_url} if context.approve_zendesk_origin else {}
        for name, origin in origins.items():
            connect.CfnApprovedOrigin(self, name, instance_id=context.connect_instance_arn, origin=origin)
