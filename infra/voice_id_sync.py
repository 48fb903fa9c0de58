"""From contact records to customers' voice-authentication fields: the rule, the queue, and its worker."""

from collections.abc import Sequence

from aws_cdk import Stack
from constructs import Construct

from connect_zendesk.detail_types import CONTACT_RECORD, NO_TICKET_LINKED, TICKET_LINKED
from infra.bus import to_queue
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
        to_queue(
            self,
            "RecordsAndLinks",
            bus=foundation.bus,
            detail_types=[CONTACT_RECORD, TICKET_LINKED, NO_TICKET_LINKED],
            queue=self.queue,
            dead_letters=queues.dead_letters,
            description="Contact records, and contacts whose customer is known, to the authentication queue",
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
            asks_zendesk=False,
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
