"""An agent attaches a contact by the app's buttons, and sees what came of it (A1)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connect_zendesk.detail_types import ATTACHMENT_REQUESTED
from connect_zendesk.errors import Permanent, RetryLater
from connect_zendesk.http_messages import Rejected
from connect_zendesk.ledger import agent_contacts, heads
from connect_zendesk.ledger.agent_contacts import AgentContact
from connect_zendesk.ledger.schema import COMMAND
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import app_wording
from connect_zendesk.rules.tickets.attachment import BY_PAGE, Attachment, match
from connect_zendesk.workflows.agent_app.own_contacts import find, own
from connect_zendesk.workflows.attachments.attach import Target, attach, target_of
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk.errors import ZendeskError


@dataclass(frozen=True)
class Asked:
    """What a button asks for. ``id`` is the page's own name for it, with which it may ask again.

    One of ``ticket``, ``user`` and ``new`` is set; ``contact`` where the agent said which.
    """

    id: str
    ticket: int | None = None
    user: int | None = None
    new: bool = False
    contact: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of it: attached to ``ticket``; or not, for a ``problem``; or the agent has to say which.

    None of them: it has been taken, and is not done yet.
    """

    contact: str | None = None
    ticket: int | None = None
    problem: str | None = None
    which: tuple[str, ...] = ()


def ask(services: Services, agent: int, asked: Asked) -> Outcome:
    """Attach a contact of this agent's, once, however often it is asked for. Raises `Rejected`.

    Now, where Zendesk answers; else the command goes to its queue, and `outcome` says later what came of it.
    Asked again when the contact is no longer this agent's, it is not tried again; what was begun is finished,
    also where AWS has failed, and whether it is asked for again or not.
    """
    kept = services.ledger.recall(_key(agent, asked.id))
    if kept is None:
        at = services.clock()
        chosen = _chosen(services, agent, asked, at)
        if isinstance(chosen, Outcome):
            return chosen
        first = {"asked": _as_item(asked), "at": at.isoformat(), "root": chosen.root}
        value = services.ledger.change(_key(agent, asked.id), lambda known: known or first)
    else:
        value = kept.value
    if value["asked"] != _as_item(asked):
        raise Rejected(422, "one id for two attachments")
    if kept is not None and find(services, agent, value["root"]) is None:
        made = outcome(services, agent, asked.id)
        if made.ticket is None and made.problem is None:
            raise Rejected(403, "a contact that the agent is not on")
        if _is_done(services, agent, asked.id):
            return made
    command = _command(agent, asked, value)
    try:
        attach(services, command)
    except (RetryLater, ZendeskError) as error:
        if isinstance(error, Permanent):
            return Outcome(value["root"], problem=app_wording.NOT_ACCEPTED)
        _send_to_queue(services, command, error)
    except Exception as error:
        _send_to_queue(services, command, error)
        raise
    return outcome(services, agent, asked.id)


def outcome(services: Services, agent: int, named: str) -> Outcome:
    """Return what came of an attachment that this agent asked for. Raises `Rejected` where there is none.

    Where another command has moved the contact since, its ticket is for those only who are on it (A4).
    """
    kept = services.ledger.recall(_key(agent, named))
    if kept is None:
        raise Rejected(404, "an attachment that the agent did not ask for")
    root: str = kept.value["root"]
    stamp = _command(agent, Asked(**kept.value["asked"]), kept.value).stamp
    # In this order: the queue may do it meanwhile, which links the contact first.
    is_done = _is_done(services, agent, named)
    head = heads.head(services.ledger, root)
    if head is not None and head.ticket is not None and head.attached is not None and head.attached >= stamp:
        if head.attached != stamp:
            own(services, agent, root)
        return Outcome(root, head.ticket)
    if is_done:
        return Outcome(root, problem=app_wording.NOT_ACCEPTED)
    return Outcome(root)


def _is_done(services: Services, agent: int, named: str) -> bool:
    return services.ledger.recall(COMMAND.key(command=_name(agent, named), part="done")) is not None


def _send_to_queue(services: Services, command: Attachment, error: Exception) -> None:
    services.messages.publish(ATTACHMENT_REQUESTED, _detail(command))
    count(Metric.APP_ATTACHMENT_QUEUED)
    logger.info("attachment sent to its queue", command=command.id, error=type(error).__name__)


def _chosen(services: Services, agent: int, asked: Asked, at: datetime) -> AgentContact | Outcome:
    """Return which contact is meant, or why nothing is attached: before anything is kept or written.

    ``at``: when it was asked for, however long this takes.
    """
    contacts = agent_contacts.at(services.ledger, agent, at)
    named = own(services, agent, asked.contact) if asked.contact is not None else None
    if not contacts:
        return Outcome(problem=app_wording.ON_NO_CONTACT)  # and Zendesk is not asked for anything
    try:
        target = target_of(services, _command(agent, asked, {"at": at.isoformat()}))
    except RetryLater:
        # Zendesk does not answer. Where it is clear which contact is meant, the command waits in its queue.
        target = Target()
    if target.problem is not None:
        if asked.user is not None:
            return Outcome(problem=app_wording.NO_USER.format(user=asked.user))
        problem = app_wording.PROBLEMS.get(target.problem, app_wording.NOT_ACCEPTED)
        return Outcome(problem=problem.format(ticket=asked.ticket))
    found = named or match(contacts, target.requester, None)
    if found is not None:
        return found
    return Outcome(which=tuple(each.root for each in contacts))


def _command(agent: int, asked: Asked, value: dict[str, Any]) -> Attachment:
    contact = value.get("root") or asked.contact
    at = datetime.fromisoformat(value["at"])
    command = Attachment(_name(agent, asked.id), agent, at, asked.ticket, asked.user, asked.new)
    return replace(command, contact=contact)


def _detail(command: Attachment) -> dict[str, Any]:
    target = {"ticket": command.ticket, "user": command.user, "new": command.new or None}
    asked = {name: value for name, value in target.items() if value is not None}
    return {
        "id": command.id,
        "agent": command.agent,
        "at": command.at.isoformat(),
        "contact": command.contact,
        **asked,
    }


def _as_item(asked: Asked) -> dict[str, Any]:
    return {
        "id": asked.id,
        "ticket": asked.ticket,
        "user": asked.user,
        "new": asked.new,
        "contact": asked.contact,
    }


def _key(agent: int, named: str) -> Any:
    return COMMAND.key(command=_name(agent, named), part="asked")


def _name(agent: int, named: str) -> str:
    """Return the command's name, in which no agent can name another's."""
    return f"{BY_PAGE}{agent}:{named}"
