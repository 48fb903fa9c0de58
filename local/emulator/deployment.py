"""Deploys a synthesised stack to the emulator the way CloudFormation gets it: assets in S3, one template."""

import contextlib
import io
import json
import time
import zipfile
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from local.emulator.assembly import Assembly, FileAsset, Template
from local.emulator.clients import Clients
from local.emulator.process import REGION
from local.emulator.template import TakenOut, fit_to_emulator, with_function_environment

_TEMPLATE_BUCKET = "laptop-templates"
_BOOTSTRAP_PARAMETER = "BootstrapVersion"
_BOOTSTRAP_VERSION = "30"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # always the same, so that the same folder makes the same file
_NOT_PACKED = {"__pycache__"}
_FINISHED = ("_COMPLETE", "_FAILED")


class DeploymentError(Exception):
    """The stack was not made. The message names the resources that failed and why."""


@dataclass(frozen=True)
class DeployedStack:
    """What came of a deployment."""

    name: str
    outputs: dict[str, str]
    taken_out: tuple[TakenOut, ...]
    functions: dict[str, str]  # what we call it to what Lambda calls it


def deploy(
    assembly: Assembly,
    clients: Clients,
    *,
    function_environment: Mapping[str, str] | None = None,
    timeout: float = 60.0,
) -> DeployedStack:
    """Deploy the stack and wait until it is there.

    `function_environment`: environment variables that every function gets besides its own.
    `timeout`: seconds to wait for the stack.

    Raises `DeploymentError`, and `TemplateError` if a resource needs one that the emulator cannot make.
    """
    fitted, taken_out = fit_to_emulator(assembly.template)
    template = with_function_environment(fitted, function_environment or {})
    _upload_assets(assembly.assets, clients)
    _answer_bootstrap_parameter(template, clients)
    _make_bucket(_TEMPLATE_BUCKET, clients)
    key = f"{assembly.stack_name}.template.json"
    clients.s3.put_object(Bucket=_TEMPLATE_BUCKET, Key=key, Body=json.dumps(template).encode())
    try:
        clients.cloudformation.create_stack(
            StackName=assembly.stack_name,
            TemplateURL=f"{clients.endpoint}/{_TEMPLATE_BUCKET}/{key}",
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            OnFailure="DO_NOTHING",
        )
    except clients.cloudformation.exceptions.ClientError as error:
        raise DeploymentError(f"The emulator refused the template: {error}") from error
    outputs = _wait_for_outputs(assembly.stack_name, clients, timeout)
    return DeployedStack(
        name=assembly.stack_name,
        outputs=outputs,
        taken_out=taken_out,
        functions=_function_names(assembly.stack_name, template, clients),
    )


def zip_folder(folder: Path) -> bytes:
    """The folder's files as a zip file: same files, same bytes. Nothing is compressed, as it stays here."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not _NOT_PACKED.intersection(path.parts):
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _ZIP_TIME)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes())
    return packed.getvalue()


def _upload_assets(assets: tuple[FileAsset, ...], clients: Clients) -> None:
    places = {asset: _here(asset.bucket, clients) for asset in assets}
    for bucket in sorted(set(places.values())):
        _make_bucket(bucket, clients)

    def upload(asset: FileAsset) -> None:
        body = zip_folder(asset.path) if asset.zipped else asset.path.read_bytes()
        clients.s3.put_object(Bucket=places[asset], Key=asset.key, Body=body)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upload, assets))


def _make_bucket(name: str, clients: Clients) -> None:
    with contextlib.suppress(clients.s3.exceptions.BucketAlreadyOwnedByYou):
        clients.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})


def _here(name: str, clients: Clients) -> str:
    for placeholder, value in (
        ("${AWS::AccountId}", clients.account),
        ("${AWS::Region}", clients.region),
        ("${AWS::Partition}", "aws"),
    ):
        name = name.replace(placeholder, value)
    return name


def _answer_bootstrap_parameter(template: Template, clients: Clients) -> None:
    """Say that this account is prepared for CDK, if the template asks for it."""
    parameter = template.get("Parameters", {}).get(_BOOTSTRAP_PARAMETER)
    if parameter is not None:
        clients.ssm.put_parameter(
            Name=parameter["Default"], Value=_BOOTSTRAP_VERSION, Type="String", Overwrite=True
        )


def _wait_for_outputs(stack: str, clients: Clients, timeout: float) -> dict[str, str]:
    deadline = time.monotonic() + timeout
    while True:
        description = clients.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        status = description["StackStatus"]
        if status == "CREATE_COMPLETE":
            return {output["OutputKey"]: output["OutputValue"] for output in description.get("Outputs", [])}
        if status.endswith(_FINISHED) or time.monotonic() > deadline:
            reason = description.get("StackStatusReason", "")
            raise DeploymentError(
                f"The stack {stack} was not made ({status}). {reason}\n{_failures(stack, clients)}".rstrip()
            )
        time.sleep(0.05)


def _failures(stack: str, clients: Clients) -> str:
    events = clients.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return "\n".join(
        f"  {event.get('LogicalResourceId')} ({event.get('ResourceType')}):"
        f" {event.get('ResourceStatusReason', 'no reason given')}"
        for event in reversed(events)
        if event.get("ResourceStatus", "").endswith("_FAILED")
    )


def _function_names(stack: str, template: Template, clients: Clients) -> dict[str, str]:
    """The functions by the service name that they log with, or by logical id where they have none.

    Where several share a service, each by service and module: "ticket_creation/from_contact_record".
    """
    resources = clients.cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    found: list[tuple[str, str, str]] = []
    for resource in resources:
        if resource["ResourceType"] == "AWS::Lambda::Function":
            logical_id = resource["LogicalResourceId"]
            properties = template["Resources"][logical_id]["Properties"]
            service = properties["Environment"]["Variables"].get("POWERTOOLS_SERVICE_NAME")
            module = properties["Handler"].partition(".")[0]
            name = service if isinstance(service, str) else logical_id
            found.append((name, module, resource["PhysicalResourceId"]))
    sharing = Counter(name for name, _, _ in found)
    return {
        name if sharing[name] == 1 else f"{name}/{module}": physical_id for name, module, physical_id in found
    }
