"""What is deployed: the functions of the topology, and what they stand on."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from connect_zendesk import __version__, topology
from connect_zendesk.function_kinds import (
    Endpoint,
    EventConsumer,
    FlowBlock,
    Function,
    Scheduled,
    StreamConsumer,
    Worker,
)
from infra import agent_app, task_creation, transcript_attachment, voice_id_sync, zendesk_webhook
from infra.alarms import Alarms
from infra.app_settings import PROJECT, AppSettings
from infra.bus import Bus
from infra.context import DeploymentContext
from infra.dashboard import Dashboard
from infra.dependencies import build_dependencies
from infra.deployed_flows import DeployedFlows
from infra.deployed_function import DeployedFunction, Foundation
from infra.endpoint_function import EndpointFunction
from infra.event_function import EventFunction
from infra.flow_function import FlowFunction
from infra.layers import Layers
from infra.ledger import Ledger
from infra.queue_worker import QueueWorker
from infra.queues import Queues
from infra.record_stream import RecordStream
from infra.scheduled_function import ScheduledFunction
from infra.speech_analysis import SpeechAnalysis
from infra.stream_function import StreamFunction
from infra.zendesk_credentials import ZendeskCredentials

#: What makes a function of each kind, and the id of what is made.
_KINDS: Mapping[type[Function], tuple[Any, str]] = {
    Worker: (QueueWorker, "Worker"),
    StreamConsumer: (StreamFunction, "Reader"),
    EventConsumer: (EventFunction, "Consumer"),
    FlowBlock: (FlowFunction, "Block"),
    Endpoint: (EndpointFunction, "Endpoint"),
    Scheduled: (ScheduledFunction, "Scheduled"),
}
#: Other ids, under which something was first deployed: another id would be another resource.
_IDS: Mapping[Function, tuple[str, str]] = {
    topology.CONTACT_RECORDS: ("ContactRecords", "Door"),
    topology.ACCEPTANCE: ("Acceptance", "Accepted"),
    topology.SCREEN_POP: ("ScreenPop", "Ringing"),
    topology.AGENT_MAP: ("AgentMap", "Listing"),
    topology.ZENDESK_WEBHOOK: ("ZendeskWebhook", "Door"),
    topology.ZENDESK_RECOVERY: ("ZendeskRecovery", "Recovering"),
}


class ConnectZendesk(Stack):
    """Streams and webhooks → bus → a queue for each worker → Zendesk and Amazon Connect.

    A ledger beside them holds what has been done.
    """

    def __init__(self, scope: Construct, id_: str, *, context: DeploymentContext) -> None:
        super().__init__(scope, id_, description="Joins Amazon Connect and Zendesk")
        queues = Queues(self, "Queues")
        foundation = Foundation(
            context=context,
            layers=Layers(self, "Layers", dependencies=build_dependencies()).both,
            stream=RecordStream(self, "RecordStream", context=context),
            bus=Bus(self, "Bus").bus,
            queues=queues,
            settings=AppSettings(
                self,
                "AppSettings",
                log_retention_days=context.log_retention_days,
                settings_file=PROJECT / "app_settings.toml",
            ),
            ledger=Ledger(self, "Ledger"),
            credentials=ZendeskCredentials(self, "Zendesk"),
            webhook_keys=zendesk_webhook.make_keys(self._folder(topology.ZENDESK_WEBHOOK.construct)),
            alarms=Alarms(self, "Alarms", email=context.alarm_email, queues=queues),
            speech=SpeechAnalysis(self, "Speech", context=context) if context.contact_buckets else None,
        )
        made = {row: self._make(row, foundation) for row in topology.FUNCTIONS if _is_deployed(row, context)}
        self._grant(made, foundation)
        if context.sample_flow_queue_arn:
            blocks = {each.row.folder: each for each in made.values() if isinstance(each, FlowFunction)}
            DeployedFlows(self, "SampleFlows", context=context, functions=blocks)
        Dashboard(self, "Dashboard", functions=made, queues=queues, alarms=foundation.alarms.made)
        self._put_out(foundation)

    def _make(self, row: Function, foundation: Foundation) -> DeployedFunction:
        """Make a function with all that is its own."""
        kind, id_ = _KINDS[type(row)]
        folder, id_ = _IDS.get(row, (row.construct, id_))
        own = {"code": agent_app.code()} if row is topology.AGENT_APP else {}
        made: DeployedFunction = kind(self._folder(folder), id_, row, foundation, **own)
        return made

    def _folder(self, id_: str) -> Construct:
        """Return the construct that the resources of a folder of `functions/` are in."""
        found = self.node.try_find_child(id_)
        return found if isinstance(found, Construct) else Construct(self, id_)

    def _grant(self, made: Mapping[Function, DeployedFunction], foundation: Foundation) -> None:
        """Let functions do what no other of their kind does."""
        context, worker = foundation.context, made[topology.TICKET_CREATION]
        for row in (topology.ZENDESK_WEBHOOK, topology.ZENDESK_RECOVERY):
            zendesk_webhook.let_read_keys(made[row], foundation.webhook_keys)
            zendesk_webhook.name_other_bus(made[row], context.zendesk_event_bus)
        task_creation.let_start_tasks(made[topology.TASK_CREATION], context.connect_instance_arn)
        if agent_map := made.get(topology.AGENT_MAP):
            agent_map.allow(["connect:ListUsers"], [context.connect_instance_arn])
        if transcripts := made.get(topology.TRANSCRIPT_ATTACHMENT):
            transcript_attachment.let_read_files(transcripts, worker, context)
        if foundation.speech is not None:
            foundation.speech.let_transcribe(made[topology.SPEECH_ANALYSIS])
            foundation.speech.let_attach(made[topology.TRANSCRIPT_ATTACHMENT])
        if isinstance(app := made.get(topology.AGENT_APP), EndpointFunction):
            agent_app.AgentApp(
                self._folder(topology.AGENT_APP.construct), "App", function=app, context=context
            )
        self._keep_order(made)
        if context.voice_id_domain_id:
            voice_id_sync.let_ask_voice_id(
                made[topology.VOICE_ID_SYNC], (made[topology.ACCEPTANCE], worker), context
            )

    def _keep_order(self, made: Mapping[Function, DeployedFunction]) -> None:
        """Have an upgrade from release 0.1 lose no event between two rules or a rule and a worker (O6).

        Records of calls with voice authentication were taken from the bus itself: that goes on until there is
        a worker that publishes them, and for those a rule, and behind it a worker that knows them.
        """
        reader, publisher = made[topology.VOICE_ID_SYNC], made[topology.TICKET_CREATION]
        folder = self._folder(topology.VOICE_ID_SYNC.construct).node
        rules = {rule.id: folder.find_child(rule.id) for rule in topology.VOICE_ID_SYNC.queue.rules}
        rules["VoiceRecords"].node.add_dependency(reader.function)
        publisher.function.node.add_dependency(rules["VoiceRecords"])
        rules["RecordsAndLinks"].node.add_dependency(publisher.function)
        if topology.TRANSCRIPT_ATTACHMENT in made:
            # One rule was for links and for files.
            folder = self._folder(topology.TRANSCRIPT_ATTACHMENT.construct).node
            folder.find_child("Links").node.add_dependency(folder.find_child("ContactFiles"))

    def _put_out(self, foundation: Foundation) -> None:
        """Make the outputs that are no function's."""
        context, settings, queues = foundation.context, foundation.settings, foundation.queues
        standard, fifo = topology.DEAD_LETTER_OUTPUTS
        outputs = {
            "Version": __version__,
            "RecordStreamArn": foundation.stream.arn,
            "BusName": foundation.bus.event_bus_name,
            standard: queues.dead_letters.queue_url,
            fifo: queues.fifo_dead_letters.queue_url,
            "TableName": foundation.ledger.table.table_name,
            "ZendeskSecretArn": foundation.credentials.secret.secret_arn,
            "ZendeskUrl": context.zendesk_url,
            "ZendeskWebhookSecretArn": foundation.webhook_keys.secret_arn,
            "AppSettingsApplicationId": settings.application,
            "AppSettingsEnvironmentId": settings.environment,
            "AppSettingsProfileId": settings.profile,
            "AppSettingsStrategyId": settings.strategy,
        }
        # What was chosen, for commands that look whether it is so (`make doctor`).
        outputs |= {
            name: value
            for name, value in {
                "ConnectInstanceArn": context.connect_instance_arn,
                "AgentEventStreamArn": context.agent_event_stream_arn,
                "ContactBuckets": ",".join(context.contact_buckets),
                "ContactBucketKeys": ",".join(context.contact_bucket_keys),
                "VoiceIdDomain": context.voice_id_domain_id,
            }.items()
            if value
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)


def _is_deployed(row: Function, context: DeploymentContext) -> bool:
    """Return whether a row is made here: the context names what it needs, and it has a kind of its own."""
    return type(row) in _KINDS and bool(not row.needs or getattr(context, row.needs))
