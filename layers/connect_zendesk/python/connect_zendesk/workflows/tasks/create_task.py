"""Makes a task of a Zendesk event, as the task rules say, once (K1, K2, K4)."""

from dataclasses import replace
from datetime import datetime, timedelta

from connect_zendesk.amazon_connect.errors import Refused
from connect_zendesk.ledger.claims import Draft
from connect_zendesk.ledger.pace import wait_for_turn
from connect_zendesk.ledger.schema import TASK, own_step
from connect_zendesk.ledger.steps import result_of, run_once
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.zendesk_events import task_decision
from connect_zendesk.rules.zendesk_events.task_content import Task, task_of
from connect_zendesk.rules.zendesk_events.task_decision import TaskDecision
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent
from connect_zendesk.workflows.services import Services

#: Two StartTaskContact a second are what Amazon Connect allows to an account.
SPACING = timedelta(seconds=0.5)

#: Amazon Connect refuses a time that has passed when it gets to it, by its own clock.
_TOO_SOON = timedelta(seconds=10)
_NO_INSTANCE = (
    'the task rule "{rule}" names no instance: write its flow, quick connect or template as an ARN, or set'
    " connect_instance_arn in deployment.toml and deploy"
)
_OTHER_INSTANCE = (
    'the task rule "{rule}" names another instance than connect_instance_arn in deployment.toml, the only'
    " one that"
    " this stack may make tasks in"
)


def create_task(services: Services, event: ZendeskEvent) -> str | None:
    """Make the task that the rules make of an event, and return its contact id; None where there is none.

    Zendesk is asked nothing. One event makes one task, however often it is delivered and whatever the rules
    say by then: it is a step in the ledger. An attempt that may have got through is repeated as it was, with
    the same token, of which Amazon Connect makes one task. How long it remembers a token is not documented:
    what is repeated after a long outage may make a second task. What certainly was not made begins anew, by
    the rules that hold then.

    Raises `AmazonConnectLater`, `Refused`, and `Conflict` while another container is at work on it.
    """
    decision = task_decision.decide(event, services.app)
    _log(event, decision)
    rule = decision.rule
    if rule is None:
        count(Metric.NO_TASK)
        return None
    named, ours = rule.task.instance, services.connect_instance
    if not (named or ours):
        raise Refused(_NO_INSTANCE.format(rule=rule.name))
    if named and ours and named.lower() != ours.lower():
        raise Refused(_OTHER_INSTANCE.format(rule=rule.name))
    step = own_step(TASK.key(account=event.account, event=event.id))
    if (made := result_of(services.ledger, step)) is not None:
        count(Metric.ALREADY_HANDLED)
        return str(made)
    contact = run_once(
        services.ledger,
        step,
        draft=lambda: Draft(
            content=task_of(event, rule, services.app, services.zendesk.url, services.clock()).as_item()
        ),
        write=lambda claim: _start(services, event, Task.of(claim.draft.content)),
        draft_again=True,
    )
    return str(contact)


def _start(services: Services, event: ZendeskEvent, task: Task) -> str:
    instance = task.start.instance or services.connect_instance
    wait_for_turn(services.ledger, "tasks", SPACING, services.sleep)
    try:
        contact = services.amazon_connect.start_task(instance, _in_time(task, services.clock()))
    except Refused as refused:
        # Who reads the dead letter has to know which rule to mend.
        raise Refused(f'{refused}, for rule "{task.rule}"') from None
    count(Metric.TASK_CREATED)
    logger.info("task created", ticket=event.ticket.id, contact=contact, rule=task.rule)
    return contact


def _in_time(task: Task, now: datetime) -> Task:
    """Return a task that starts at once where its time has passed while it waited, or all but."""
    passed = task.scheduled is not None and datetime.fromisoformat(task.scheduled) <= now + _TOO_SOON
    return replace(task, scheduled=None) if passed else task


def _log(event: ZendeskEvent, decision: TaskDecision) -> None:
    logger.info(
        "task rules evaluated",
        event=event.id,
        type=event.type,
        ticket=event.ticket.id,
        rule=decision.rule.name if decision.rule else None,
        reasons=[f"{reason.rule}: {reason.text}" for reason in decision.reasons],
    )
