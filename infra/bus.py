"""The event bus, and the archive from which days can be replayed."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from constructs import Construct

from connect_zendesk.detail_types import SOURCE

ARCHIVED_FOR = Duration.days(30)


class Bus(Construct):
    """The bus that documented events are published on, open to customers' own rules.

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
            description="All events of this project, to be replayed from",
            # EventBridge itself keeps what a replay brings back from being archived again.
            event_pattern=events.EventPattern(source=[SOURCE]),
            retention=ARCHIVED_FOR,
        )
