"""The stack itself: how its last deployment ended, its release, whether its rules and queues are at work."""

from collections.abc import Iterator

from administration.doctor import cures
from administration.doctor.findings import Said, Seen, fault, warning
from administration.doctor.system import System
from connect_zendesk import __version__
from connect_zendesk.topology import WORKERS

_UNDER_WAY = "_IN_PROGRESS"
_NO_EVENTS = "what the rule is for does not reach its function: contacts, transcripts or tasks are missed"


def deployment(system: System) -> Iterator[Said]:
    """Look how the last deployment ended, and whether it is of the release that these commands are of."""
    (found,) = system.client("cloudformation").describe_stacks(StackName=system.stack)["Stacks"]
    status = str(found["StackStatus"])
    if status.endswith("_FAILED") or "ROLLBACK" in status:
        yield warning(
            "deployment-failed",
            f"the last deployment ended as {status}",
            "what it was to change is not in force",
            f"aws cloudformation describe-stack-events --stack-name {system.stack}, which says why",
            cures.DEPLOY,
        )
    elif status.endswith(_UNDER_WAY):
        yield warning(
            "deployment-under-way",
            f"a deployment is under way ({status})",
            "what is found now may be different in some minutes",
            "run doctor again when it is over",
        )
    release = system.outputs.get("Version")
    if release and release != __version__:
        yield warning(
            "other-release",
            f"the stack is of release {release}, and these commands are of {__version__}",
            "commands may look for what that release has not",
            f"check out release {release}, or upgrade (CHANGELOG.md says how):",
            cures.DEPLOY,
        )
    yield Seen(f"{status}, release {release or 'unknown'}")


def rules(system: System) -> Iterator[Said]:
    """Look whether the stack's rules of EventBridge are switched on, on its bus and on the default one."""
    events = system.client("events")
    count = 0
    for bus, asked in ((system.outputs["BusName"], {}), ("default", {"NamePrefix": system.stack})):
        for page in events.get_paginator("list_rules").paginate(EventBusName=bus, **asked):
            for rule in page["Rules"]:
                count += 1
                if rule.get("State") == "DISABLED":
                    yield fault(
                        "rule-off",
                        f"the rule {rule['Name']} is switched off: {rule.get('Description', '')}",
                        _NO_EVENTS,
                        f"aws events enable-rule --name {rule['Name']} --event-bus-name {bus}",
                    )
    yield Seen(f"{count} rules")


def queues(system: System) -> Iterator[Said]:
    """Look whether a function reads each queue."""
    for worker in WORKERS:
        url = system.outputs.get(worker.queue.output)
        if not url:
            continue
        attributes = system.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn = attributes["Attributes"]["QueueArn"]
        found = system.client("lambda").list_event_source_mappings(EventSourceArn=arn)["EventSourceMappings"]
        off = [each for each in found if str(each.get("State")) in ("Disabled", "Disabling")]
        if off or not found:
            yield fault(
                "queue-not-read",
                f"the queue *{worker.queue.name}* is not read"
                + (": its event source mapping is switched off" if off else ""),
                f"not done: {worker.description.lower()}; a message waits for two weeks at most",
                f"aws lambda update-event-source-mapping --uuid {off[0]['UUID']} --enabled"
                if off
                else cures.DEPLOY,
            )
