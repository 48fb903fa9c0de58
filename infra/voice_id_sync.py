"""From contact records to customers' voice-authentication fields: the rule, the queue, and its worker."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra import bus as event_bus
from infra.function import PythonFunction
from infra.queues import WorkQueue
from infra.workflow_function import WORKER_TIMEOUT, Foundation, Worker

DOMAIN_VARIABLE = "VOICE_ID_DOMAIN_ID"


class VoiceIdSync(Construct):
    """The function that finds out whose field a caller's voice authentication belongs in.

    It has a queue of its own, and writes to no ticket and no user: what it finds goes to the customer queue.
    `evaluating`: the functions that may ask Voice ID while a contact goes on, and leave the result with it.
    Voice ID is asked only where the context names a domain.

    Attributes:
        queue: contact records, and contacts that have been linked, on their way.
        worker: the function behind that queue.
    """

    def __init__(
        self, scope: Construct, id_: str, *, foundation: Foundation, evaluating: Sequence[PythonFunction]
    ) -> None:
        super().__init__(scope, id_)
        queues = foundation.queues
        self.queue = WorkQueue(
            self, "Authentications", worker_timeout=WORKER_TIMEOUT, dead_letters=queues.dead_letters
        )
        events.Rule(
            self,
            "RecordsAndLinks",
            description="Contact records, and contacts whose customer is known, to the authentication queue",
            event_bus=foundation.bus,
            event_pattern=events.EventPattern(
                source=[event_bus.SOURCE],
                detail_type=[event_bus.CONTACT_RECORD, event_bus.TICKET_LINKED, event_bus.NO_TICKET_LINKED],
            ),
            targets=[targets.SqsQueue(self.queue, dead_letter_queue=queues.dead_letters)],
        )
        self.worker = Worker(
            self,
            "Worker",
            foundation=foundation,
            queue=self.queue,
            folder="voice_id_sync",
            handler="from_queue.handler",
            description="Callers' voice authentication to their customers",
            links_tickets=False,
            asks_for_agents=False,
        )
        self.worker.allow(["sqs:SendMessage"], [queues.customers.queue_arn])
        if foundation.context.voice_id_domain_id:
            self._let_ask(self.worker, "voiceid:DescribeSpeaker", foundation)
            for function in evaluating:
                self._let_ask(function, "voiceid:EvaluateSession", foundation)
                self._let_leave_attributes(function, foundation.context.connect_instance_arn)

    def _let_ask(self, function: PythonFunction, action: str, foundation: Foundation) -> None:
        domain = foundation.context.voice_id_domain_id
        arn = Stack.of(self).format_arn(service="voiceid", resource="domain", resource_name=domain)
        function.allow([action], [arn])
        function.function.add_environment(DOMAIN_VARIABLE, domain)

    def _let_leave_attributes(self, function: PythonFunction, instance_arn: str) -> None:
        """Let a function set attributes of contacts; their functions may already ask about the same ones."""
        any_instance = Stack.of(self).format_arn(service="connect", resource="instance", resource_name="*")
        function.allow(
            ["connect:UpdateContactAttributes"],
            [instance_arn, f"{instance_arn}/contact/*"] if instance_arn else [any_instance],
        )
