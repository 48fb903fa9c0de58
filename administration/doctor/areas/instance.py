"""The Amazon Connect instance: known, its list of functions, its approved origins, its address."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from administration.doctor import cures
from administration.doctor.findings import Said, Seen, fault, note, warning
from administration.doctor.system import System

#: The outputs with the functions that contact flows may invoke.
_FLOW_FUNCTIONS = ("CustomerLookupFunctionArn", "TicketFromFlowFunctionArn")


def instance(system: System) -> Iterator[Said]:
    """Look whether the stack knows its instance, and whether links lead to it."""
    if not system.outputs.get("ConnectInstanceArn"):
        yield warning(
            "instance-not-set",
            "connect_instance_arn is not set",
            "contacts of every instance of the account are taken, agents are not found ahead of a shift (P7),"
            " and links to contacts have no address",
            *cures.deployed_with("connect_instance_arn", system.instance or "arn:aws:connect:…:instance/…"),
        )
    if not system.instance:
        return
    found = system.connect().describe_instance(InstanceId=system.instance_id)["Instance"]
    if found.get("InstanceStatus") not in (None, "ACTIVE"):
        yield fault(
            "instance-not-active",
            f"the instance is {found['InstanceStatus']}",
            "no contact reaches it",
            "in the Amazon Connect console: see why",
        )
    address = str(found.get("InstanceAccessUrl") or "").rstrip("/")
    yield Seen(f"{found.get('InstanceAlias') or system.instance_id} {address}".rstrip())
    given = system.app.connect_instance_url
    if (
        address
        and given
        and urlsplit(given).hostname != urlsplit(address).hostname
        and not _leads_there(given, found)
    ):
        yield warning(
            "instance-address-wrong",
            f"connect_instance_url is {given}, and the instance is at {address}",
            "links on tickets lead elsewhere, and the agent app's softphone does not load",
            *cures.set_in_app_settings(f'connect_instance_url = "{address}"'),
        )


def _leads_there(given: str, found: dict[str, object]) -> bool:
    """Return whether an address is the instance's older one, which works still, or a stand-in's."""
    older = f"{found.get('InstanceAlias')}.awsapps.com"
    return urlsplit(given).hostname in (older, "127.0.0.1", "localhost")


def flow_functions(system: System) -> Iterator[Said]:
    """Look whether the functions for contact flows are on the instance's list."""
    if not system.instance:
        return
    listed = set(system.pages("ListLambdaFunctions", "LambdaFunctions", InstanceId=system.instance_id))
    for output in _FLOW_FUNCTIONS:
        arn = system.outputs.get(output, "")
        if arn and arn not in listed:
            yield warning(
                "flow-function-not-associated",
                f"the function {arn.rpartition(':')[2]} ({output}) is not on the instance's list",
                "contact flows cannot choose it; a flow that invokes it takes its error branch",
                f"aws connect associate-lambda-function --instance-id {system.instance_id} \\",
                f"  --function-arn {arn}",
                "or: associate_flow_functions, true, then: make deploy",
            )
    yield Seen(f"{len(listed)} functions on the list of the instance")


def approved_origins(system: System) -> Iterator[Said]:
    """Look whether the agent app's page and Zendesk may frame the softphone (A3)."""
    there = system.place.agent_app
    if there is None or not system.instance:
        return
    listed = {
        origin.rstrip("/")
        for origin in system.pages("ListApprovedOrigins", "Origins", InstanceId=system.instance_id)
    }
    page = urlsplit(there.address)
    for name, origin in (
        ("the agent app's page", f"{page.scheme}://{page.netloc}"),
        ("Zendesk", system.outputs["ZendeskUrl"].rstrip("/")),
    ):
        if origin not in listed:
            yield fault(
                "origin-not-approved",
                f"the instance has not approved the origin of {name}, {origin}",
                "agents see an empty frame in place of the softphone (A3)",
                f"aws connect associate-approved-origin --instance-id {system.instance_id} --origin {origin}",
            )


def caller_authentication(system: System) -> Iterator[Said]:
    """Say where results of voice authentication are looked for in a service that AWS has ended (V)."""
    app = system.app
    is_on = str(app.defaults.get("voiceid_enabled", "")).lower() in ("true", "t", "1", "yes", "y")
    if app.caller_authentication.source == "voice_id" and is_on:
        yield warning(
            "voice-id-ended",
            "voice authentication is on, and its results are looked for in Voice ID, which AWS ended on"
            " 2026-05-20",
            "no result comes: user fields stay as they are, and callers are taken for not evaluated (V2)",
            *cures.set_in_app_settings('caller_authentication = { source = "attributes", … }'),
            "or switch it off: voiceid_enabled = false",
        )
    elif system.outputs.get("VoiceIdDomain"):
        yield note(
            "voice-id-domain-set",
            "voice_id_domain_id is set, and AWS ended Voice ID on 2026-05-20",
            "each question to it fails, and costs time",
            *cures.deployed_with("voice_id_domain_id", ""),
        )
