"""What is deployed."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from connect_zendesk import __version__
from infra.acceptance import Acceptance
from infra.agent_map import AgentMap
from infra.alarms import Alarms
from infra.app_settings import PROJECT, AppSettings
from infra.bus import Bus
from infra.contact_records import ContactRecords
from infra.context import DeploymentContext
from infra.customer_lookup import CustomerLookup
from infra.customer_update import CustomerUpdate
from infra.dependencies import build_dependencies
from infra.function import PythonFunction
from infra.layers import Layers
from infra.ledger import Ledger
from infra.queues import Queues
from infra.record_stream import RecordStream
from infra.screen_pop import ScreenPop
from infra.task_creation import TaskCreation
from infra.ticket_attachment import TicketAttachment
from infra.ticket_creation import TicketCreation
from infra.transcript_attachment import TranscriptAttachment
from infra.voice_id_sync import VoiceIdSync
from infra.workflow_function import WORKER_TIMEOUT, Foundation
from infra.zendesk_credentials import ZendeskCredentials
from infra.zendesk_recovery import ZendeskRecovery
from infra.zendesk_webhook import ZendeskWebhook


class ConnectZendesk(Stack):
    """Doors → bus → a queue for each worker → Zendesk and Amazon Connect, with a ledger beside them."""

    def __init__(self, scope: Construct, id_: str, *, context: DeploymentContext) -> None:
        super().__init__(scope, id_, description="Joins Amazon Connect and Zendesk")
        layers = Layers(self, "Layers", dependencies=build_dependencies()).both
        stream = RecordStream(self, "RecordStream", context=context)
        bus = Bus(self, "Bus").bus
        queues = Queues(self, "Queues", worker_timeout=WORKER_TIMEOUT)
        settings = AppSettings(
            self,
            "AppSettings",
            log_retention_days=context.log_retention_days,
            settings_file=PROJECT / "app_settings.toml",
        )
        door = ContactRecords(
            self,
            "ContactRecords",
            context=context,
            stream=stream,
            bus=bus,
            dead_letters=queues.dead_letters,
            layers=layers,
            settings=settings,
        ).door
        foundation = Foundation(
            context=context,
            bus=bus,
            queues=queues,
            ledger=Ledger(self, "Ledger"),
            credentials=ZendeskCredentials(self, "Zendesk"),
            settings=settings,
            layers=layers,
        )
        creation = TicketCreation(self, "TicketCreation", foundation=foundation)
        worker = creation.worker
        blocks = (CustomerLookup(self, "CustomerLookup", foundation=foundation).block, creation.block)
        acceptance = Acceptance(self, "Acceptance", foundation=foundation).function
        if context.agent_event_stream_arn:
            ScreenPop(self, "ScreenPop", foundation=foundation)
        if context.connect_instance_arn:
            AgentMap(self, "AgentMap", foundation=foundation)
        attachment = TicketAttachment(self, "TicketAttachment", foundation=foundation)
        customers = CustomerUpdate(self, "CustomerUpdate", foundation=foundation)
        authentication = VoiceIdSync(
            self, "VoiceIdSync", foundation=foundation, evaluating=(acceptance, worker)
        )
        transcripts = None
        if context.contact_buckets:
            transcripts = TranscriptAttachment(
                self, "TranscriptAttachment", foundation=foundation, announcing=worker
            )
        webhook = ZendeskWebhook(self, "ZendeskWebhook", foundation=foundation)
        recovery = ZendeskRecovery(self, "ZendeskRecovery", foundation=foundation, secret=webhook.secret)
        tasks = TaskCreation(self, "TaskCreation", foundation=foundation)
        Alarms(
            self,
            "Alarms",
            email=context.alarm_email,
            queues=queues,
            attachments=attachment.queue,
            tasks=tasks.queue,
            transcripts=transcripts.queue if transcripts else None,
            authentications=authentication.queue,
            customers=customers.worker,
            door=door,
            blocks=blocks,
            acceptance=acceptance,
            # All but the one that makes the first settings: where that fails, the deployment says so.
            functions=[
                found
                for found in self.node.find_all()
                if isinstance(found, PythonFunction) and found.node.scope is not settings
            ],
            reads_settings=worker,
            webhook=webhook.door,
            recovery=recovery.function,
        )
        outputs = {
            "Version": __version__,
            "RecordStreamName": stream.name,
            "RecordStreamArn": stream.arn,
            "BusName": bus.event_bus_name,
            "ContactQueueUrl": queues.contacts.queue_url,
            "AttachmentQueueUrl": attachment.queue.queue_url,
            "TaskQueueUrl": tasks.queue.queue_url,
            "CustomerQueueUrl": queues.customers.queue_url,
            "AuthenticationQueueUrl": authentication.queue.queue_url,
            "DeadLetterQueueUrl": queues.dead_letters.queue_url,
            "CustomerLookupFunctionArn": blocks[0].function.function_arn,
            "TicketFromFlowFunctionArn": blocks[1].function.function_arn,
            "TableName": foundation.ledger.table.table_name,
            "ZendeskSecretArn": foundation.credentials.secret.secret_arn,
            "ZendeskUrl": context.zendesk_url,
            "ZendeskWebhookUrl": webhook.url,
            "ZendeskWebhookSecretArn": webhook.secret.secret_arn,
            "AppSettingsApplicationId": settings.application,
            "AppSettingsEnvironmentId": settings.environment,
            "AppSettingsProfileId": settings.profile,
            "AppSettingsStrategyId": settings.strategy,
        }
        if transcripts:
            outputs["TranscriptQueueUrl"] = transcripts.queue.queue_url
            outputs["ContactBuckets"] = ",".join(context.contact_buckets)
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
