"""The event bus, the archive from which days can be replayed, and what brings events to a worker's queue."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from connect_zendesk.detail_types import SOURCE

ARCHIVED_FOR = Duration.days(30)


class Bus(Construct):
    """The bus that the doors put documented events on, open to customers' own rules.

    Attributes:
        bus: the event bus.
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        # The bus's name is what customers' own rules refer to.
        self.bus = events.EventBus(
            self,
            "Bus",
            event_bus_name=Stack.of(self).stack_name,
            description="Events of Amazon Connect and Zendesk, verified and normalised",
        )
        events.Archive(
            self,
            "Archive",
            source_event_bus=self.bus,
            description="Everything the doors let in, to be replayed from",
            # EventBridge itself keeps what a replay brings back from being archived again.
            event_pattern=events.EventPattern(source=[SOURCE]),
            retention=ARCHIVED_FOR,
        )


def to_queue(
    scope: Construct,
    id_: str,
    *,
    bus: events.IEventBus,
    detail_types: Sequence[str],
    detail: Mapping[str, Any] | None = None,
    queue: sqs.IQueue,
    dead_letters: sqs.IQueue,
    description: str,
    message: events.RuleTargetInput | None = None,
    group: str | None = None,
) -> None:
    """Make a rule that brings this project's events of some detail types to a queue.

    `detail` is what the pattern asks of an event's detail. `message` is made of the event in its stead, and
    `group` is the message group of a queue that keeps an order.
    """
    events.Rule(
        scope,
        id_,
        description=description,
        event_bus=bus,
        event_pattern=events.EventPattern(
            source=[SOURCE], detail_type=list(detail_types), detail=dict(detail) if detail else None
        ),
        targets=[
            targets.SqsQueue(queue, message=message, message_group_id=group, dead_letter_queue=dead_letters)
        ],
    )
