"""What the stack is made of: there, switched on, and joined as it was deployed.

Someone may have switched off, stopped or deleted a part by hand. CloudFormation does not look for that when a
deployment changes nothing.
"""

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from administration.doctor import cures
from administration.doctor.findings import Said, Seen, fault, warning
from administration.doctor.system import System
from connect_zendesk.topology import WORKERS

_LETTERS = ("DeadLetterQueueUrl", "FifoDeadLetterQueueUrl")
_EVENT_BRIDGE = "events.amazonaws.com"
_LOST = "its events reach no function, and are not kept for it"
_WAITS = "what is sent to it waits for two weeks at most"


def functions(system: System) -> Iterator[Said]:
    """Look whether each function of the stack is there, and may run."""
    lambda_ = system.client("lambda")
    names = system.parts("AWS::Lambda::Function")
    for name in names:
        try:
            reserved = lambda_.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
        except ClientError as error:
            if not _is_gone(error):
                raise
            yield fault(
                "function-missing", f"the function {name} was deleted", "its work is not done", cures.REVERT
            )
            continue
        if reserved == 0:
            yield fault(
                "function-stopped",
                f"the function {name} is throttled: its reserved concurrency is 0",
                "its work waits, and is dead-lettered in the end; who asks it gets an error",
                cures.REVERT,
                f"or at once: aws lambda delete-function-concurrency --function-name {name}",
            )
    yield Seen(f"{len(names)} functions")


def queues(system: System) -> Iterator[Said]:
    """Look whether each queue of the stack is read, and what cannot be handled is dead-lettered."""
    lambda_, sqs = system.client("lambda"), system.client("sqs")
    letters = {system.outputs[name] for name in _LETTERS if name in system.outputs}
    urls = [url for url in system.parts("AWS::SQS::Queue") if url not in letters]
    work = {system.outputs.get(worker.queue.output): worker.description.lower() for worker in WORKERS}
    for url in urls:
        name = url.rpartition("/")[2]
        try:
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn", "RedrivePolicy"])
        except ClientError as error:
            if not _is_gone(error):
                raise
            yield fault(
                "queue-missing", f"the queue {name} was deleted", "what is sent to it is lost", cures.REVERT
            )
            continue
        attributes = found["Attributes"]
        if not attributes.get("RedrivePolicy"):
            yield warning(
                "queue-without-dead-letters",
                f"the queue {name} has no dead-letter queue",
                "what cannot be handled is tried for 14 days, then deleted, and no alarm says so",
                cures.REVERT,
            )
        mappings = lambda_.list_event_source_mappings(EventSourceArn=attributes["QueueArn"])
        yield from _read(name, mappings.get("EventSourceMappings", []), work.get(url))
    yield Seen(f"{len(urls)} queues")


def _read(name: str, mappings: list[Any], work: str | None) -> Iterator[Said]:
    why = f"not done: {work}; {_WAITS}" if work else _WAITS
    if not mappings:
        yield fault("queue-not-read", f"no function reads the queue {name}", why, cures.REVERT)
    for mapping in mappings:
        if mapping.get("State") in ("Disabled", "Disabling"):
            yield fault(
                "queue-not-read",
                f"the queue {name} is not read: its event source mapping is switched off",
                why,
                f"aws lambda update-event-source-mapping --uuid {mapping['UUID']} --enabled",
            )


def rules(system: System) -> Iterator[Said]:
    """Look whether each rule of the stack is there, switched on, and has a target."""
    events = system.client("events")
    # A rule of a bus of its own is `bus|rule` in CloudFormation's list.
    wanted = {part.rpartition("|")[2] for part in system.parts("AWS::Events::Rule")}
    found: set[str] = set()
    for bus in _pages(events.list_event_buses, "EventBuses"):
        for rule in _pages(events.list_rules, "Rules", EventBusName=bus["Name"]):
            name = rule["Name"]
            if name not in wanted:
                continue
            found.add(name)
            place = f"--name {name} --event-bus-name {bus['Name']}"
            about = rule.get("Description", "")
            if rule.get("State") == "DISABLED":
                yield fault(
                    "rule-off",
                    f"the rule {name} of the bus {bus['Name']} is switched off: {about}",
                    _LOST,
                    f"aws events enable-rule {place}",
                )
                continue
            targets = events.list_targets_by_rule(Rule=name, EventBusName=bus["Name"]).get("Targets")
            if not targets:
                yield fault(
                    "rule-without-target",
                    f"the rule {name} of the bus {bus['Name']} has no target",
                    _LOST,
                    cures.REVERT,
                )
            for target in targets or ():
                if not _lets_event_bridge_in(system, target["Arn"]):
                    yield fault(
                        "rule-target-closed",
                        f"EventBridge may not send to {target['Arn']}, the target of the rule {name}",
                        _LOST,
                        cures.REVERT,
                    )
    for name in sorted(wanted - found):
        yield fault("rule-missing", f"the rule {name} was deleted", _LOST, cures.REVERT)
    yield Seen(f"{len(wanted)} rules on events")


def addresses(system: System) -> Iterator[Said]:
    """Look whether the addresses that Zendesk and agents' browsers call are there, and answer them."""
    lambda_ = system.client("lambda")
    names = system.parts("AWS::Lambda::Url")
    why = "webhooks of Zendesk, or the agent app's page, are refused"
    for name in names:
        shown = name.rpartition(":")[2]
        try:
            found = lambda_.get_function_url_config(FunctionName=name)
        except ClientError as error:
            if not _is_gone(error):
                raise
            yield fault("address-missing", f"the URL of the function {shown} was deleted", why, cures.REVERT)
            continue
        if found.get("AuthType") != "NONE":
            yield fault(
                "address-closed",
                f"the URL of the function {shown} takes only requests signed for AWS",
                why,
                f"aws lambda update-function-url-config --function-name {shown} --auth-type NONE",
            )
    yield Seen(f"{len(names)} addresses")


def _lets_event_bridge_in(system: System, arn: str) -> bool:
    """Return whether the policy of a queue or function lets EventBridge send to it; True of all else."""
    try:
        match arn.split(":")[2]:
            case "sqs":
                sqs, (account, queue) = system.client("sqs"), arn.split(":")[4:6]
                url = sqs.get_queue_url(QueueName=queue, QueueOwnerAWSAccountId=account)["QueueUrl"]
                found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
                text = found.get("Attributes", {}).get("Policy")
            case "lambda":
                text = system.client("lambda").get_policy(FunctionName=arn)["Policy"]
            case _:
                return True
    except ClientError as error:
        if not _is_gone(error):
            raise
        text = None  # without a policy, or deleted
    return any(
        statement.get("Effect") == "Allow" and _EVENT_BRIDGE in json.dumps(statement.get("Principal"))
        for statement in json.loads(text or "{}").get("Statement", ())
    )


def _is_gone(error: ClientError) -> bool:
    code = str(error.response["Error"]["Code"])
    return code == "ResourceNotFoundException" or "NonExistentQueue" in code or "QueueDoesNotExist" in code


def _pages(ask: Any, member: str, **asked: str) -> Iterator[Any]:
    more: dict[str, str] = {}
    while True:
        answer = ask(**asked, **more)
        yield from answer.get(member, ())
        if not answer.get("NextToken"):
            return
        more = {"NextToken": answer["NextToken"]}
