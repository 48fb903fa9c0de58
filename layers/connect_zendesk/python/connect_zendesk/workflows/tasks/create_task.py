"""Makes a task of a Zendesk event, as the task rules say, once (K1, K2, K4)."""

from dataclasses import replace
from datetime import datetime, timedelta

from connect_zendesk.amazon_connect.client import NotNow, Refused
from connect_zendesk.ledger.ledger import Claim, NotReady
from connect_zendesk.ledger.pace import wait_for_turn
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.zendesk_events import task_decision
from connect_zendesk.rules.zendesk_events.task_content import Task, task_of
from connect_zendesk.rules.zendesk_events.task_decision import TaskDecision
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent
from connect_zendesk.workflows.services import Services

#: Two StartTaskContact a second are what Amazon Connect allows to an account.
SPACING = timedelta(seconds=0.5)

_STEP = "step#task"
_SOON_SECONDS = 5
#: Amazon Connect refuses a moment that has passed when it gets to it, by its own clock.
_TOO_SOON = timedelta(seconds=10)
_NO_INSTANCE = (
    'the task rule "{rule}" names no instance: write its flow, quick connect or template as an ARN, or set'
    " connect_instance_arn in cdk.json and deploy"
)
_OTHER_INSTANCE = (
    'the task rule "{rule}" names another instance than connect_instance_arn in cdk.json, the only one that'
    " this stack may make tasks in"
)


def create_task(services: Services, event: ZendeskEvent) -> str | None:
    """Make the task that the rules make of an event, and return its contact id; None where there is none.

    Zendesk is asked nothing. One event makes one task, however often it is delivered and whatever the rules
    say by then: it is a step in the ledger. An attempt that may have got through is repeated as it was, with
    the same token, of which Amazon Connect makes one task. How long it remembers a token is not documented:
    what is repeated after a long outage may make a second task. What certainly was not made begins anew, by
    the rules that hold then.

    Raises `NotNow`, `Refused`, and `NotReady` where somebody else is at it.
    """
    decision = task_decision.decide(event, services.app)
    _log(event, decision)
    rule = decision.rule
    if rule is None:
        count("NoTask")
        return None
    named, ours = rule.task.instance, services.connect_instance
    if not (named or ours):
        raise Refused(_NO_INSTANCE.format(rule=rule.name))
    if named and ours and named.lower() != ours.lower():
        raise Refused(_OTHER_INSTANCE.format(rule=rule.name))
    claim = services.ledger.claim(
        *_place(event),
        lambda: task_of(event, rule, services.app, services.zendesk.url, services.clock()).as_item(),
    )
    if claim.state == "done":
        count("AlreadyHandled")
        return str(claim.result)
    if claim.state == "busy":
        raise NotReady("somebody else makes this task", min(claim.wait, _SOON_SECONDS))
    contact = _start(services, event, claim)
    services.ledger.confirm(claim, contact)
    count("TaskMade")
    logger.info("task made", ticket=event.ticket.id, contact=contact, rule=claim.body["rule"])
    return contact


def _start(services: Services, event: ZendeskEvent, claim: Claim) -> str:
    task = Task.of(claim.body)
    instance = task.start.instance or services.connect_instance
    try:
        wait_for_turn(services, "tasks", SPACING)
        return services.amazon_connect.start_task(instance, _in_time(task, services.clock()))
    except (NotNow, Refused) as error:
        if getattr(error, "doubtful", False) or claim.state == "doubtful":
            services.ledger.release(claim, doubtful=True)
        else:
            services.ledger.abandon(*_place(event))
        if isinstance(error, Refused):
            # Who reads the dead letter has to know which rule to mend.
            raise Refused(f'{error}, for rule "{task.rule}"') from None
        raise


def _in_time(task: Task, now: datetime) -> Task:
    """Return a task that starts at once where its moment has passed while it waited, or all but."""
    passed = task.scheduled is not None and datetime.fromisoformat(task.scheduled) <= now + _TOO_SOON
    return replace(task, scheduled=None) if passed else task


def _place(event: ZendeskEvent) -> tuple[str, str]:
    """Return where the ledger has the step that makes an event's task."""
    return f"zendesk-event#{event.account}#{event.id}", _STEP


def _log(event: ZendeskEvent, decision: TaskDecision) -> None:
    logger.info(
        "decided on a task",
        event=event.id,
        type=event.type,
        ticket=event.ticket.id,
        rule=decision.rule.name if decision.rule else None,
        reasons=[f"{reason.rule}: {reason.text}" for reason in decision.reasons],
    )
