"""What is deployed: one row for each function, with what invokes it and where its work ends up.

The CDK stack, the functions, replay, the dead letters and the generated pages read this table: a new function
is a row here. It needs the standard library only, since functions import it.
"""

from typing import Any

from connect_zendesk.detail_types import (
    ATTACHMENT_REQUESTED,
    CALL_ANALYTICS_CHANGED,
    CALL_CHECK_DUE,
    CONTACT_EVENT,
    CONTACT_FILE,
    CONTACT_FILES_EXPECTED,
    CONTACT_RECORD,
    CUSTOMER_UPDATE,
    FORCED_TICKET_DUE,
    NO_TICKET_LINKED,
    OBJECT_CREATED,
    SPEECH_ANALYSIS_REQUESTED,
    SPEECH_RESULT_USED,
    STACK_STATUS_CHANGED,
    TICKET_LINKED,
    TRANSCRIPTION_CHANGED,
    VOICE_RECORD,
    ZENDESK_EVENT,
)
from connect_zendesk.function_kinds import (
    Alarm,
    CustomResource,
    Endpoint,
    EventConsumer,
    FlowBlock,
    Function,
    Order,
    Queue,
    Retries,
    Rule,
    Scheduled,
    StreamConsumer,
    Worker,
)
from connect_zendesk.metrics import Metric
from connect_zendesk.rules.ticket_events import EVENTS, PARTNERS_DETAIL_TYPE, TICKET, WEBHOOKS_TYPE
from connect_zendesk.rules.tickets.macro_tags import MACRO_TAGS

#: The queues that others than their worker send to, by name.
CONTACTS, CUSTOMERS, DEAD_LETTERS = "contacts", "customers", "dead letters"
#: The stack's outputs with the URLs of the queues of dead letters: of standard queues, and of FIFO queues.
DEAD_LETTER_OUTPUTS = ("DeadLetterQueueUrl", "FifoDeadLetterQueueUrl")
#: The alarms of those two queues.
DEAD_LETTER_ALARMS = tuple(
    Alarm(
        id=name,
        metric="ApproximateNumberOfMessagesVisible",
        above=0,
        means="a message was dead-lettered: it holds its reason, and can be sent again",
    )
    for name in ("DeadLetters", "FifoLetters")
)
#: The streams that Amazon Connect writes to.
RECORD_STREAM, AGENT_STREAM = "contact records", "agent events"

_MINUTE, _HOUR, _DAY = 60, 3600, 24 * 3600
# Of a metric within five minutes: one that Zendesk or a new container made late is no reason to wake anyone.
_FEW = 5
# Background work: a contact takes up to half a dozen requests to Zendesk, one after another, of some hundred
# milliseconds each. Five contacts fit the timeout with room for a slow hour, and a failure delays few others.
_WORKER_TIMEOUT = 30
# No block waits longer. The function answers earlier by itself, as the block's parameter says.
_BLOCK_TIMEOUT = 8
# A caller waits, within a limit that a new container's start counts against. Twice the memory is twice the
# CPU, for what such a start does after its imports: TLS, the first token. The context value flow_block_start
# spares the start, which is paid for by the hour, also at night.
_BLOCK_MEMORY_MB = 1024
# A task that comes late is late by this, and Zendesk keeps what failed for a week. What is known of an agent
# is remembered for an hour, and known again well before that.
_EVERY = 15 * _MINUTE
_LINKS_TICKETS = (CONTACTS, CUSTOMERS, DEAD_LETTERS)


def _waits(what: str) -> dict[str, Any]:
    """Return what a rule asks of an event that a contact is linked: that something waits for it.

    The release before this one did not say so.
    """
    return {"$or": [{what: [True]}, {what: [{"exists": False}]}]}


def _delayed(name: str, above: int, means: str) -> Alarm:
    return Alarm(id=f"{name}Delayed", metric="ApproximateAgeOfOldestMessage", above=above, means=means)


APP_SETTINGS = CustomResource(
    folder="app_settings",
    module="seed",
    description="Makes the first version of the app settings, once",
    timeout=2 * _MINUTE,
    runs_workflows=False,
    asks_zendesk=False,
)

CONTACT_RECORDS = StreamConsumer(
    folder="contact_records",
    module="handler",
    description="Contact records from the stream to the bus",
    stream=RECORD_STREAM,
    mapping="Records",
    # A call to the bus per record, some hundredths of a second each: far within the timeout, retries
    # included.
    batch=100,
    timeout=_MINUTE,
    # Records of a contact need no order. Four lanes per shard: one that is stuck leaves three.
    lanes=4,
    # What cannot be forwarded (the bus refuses, the function crashes) is retried until it is a day old:
    # longer than any outage of a region so far, and with six of the stream's seven days left to fetch it by
    # hand, as the dead letter carries sequence numbers and not the record. The age bounds the retries; a
    # count would be used up in minutes of an outage. A record that cannot be read does not come to this: the
    # function itself dead-letters it, with its reason.
    oldest=_DAY,
    # LATEST begins some minutes after the mapping is made, and loses what comes until then. Records from
    # before the deployment do no harm, as contacts that began before `settle_from` get no ticket; in an
    # existing stream, those over a day old are dead-lettered unread.
    from_beginning=True,
    retried=True,
    output="RecordStreamName",
    waits=Alarm(
        id="ContactRecordsDelayed",
        metric="IteratorAge",
        above=5 * _MINUTE * 1000,
        means="contact records wait on the stream for more than five minutes",
    ),
    runs_workflows=False,
    asks_zendesk=False,
    sends_to=(DEAD_LETTERS,),
    publishes=True,
)

TICKET_CREATION = Worker(
    folder="ticket_creation",
    module="from_contact_record",
    description="Contact records to tickets",
    timeout=_WORKER_TIMEOUT,
    queue=Queue(
        name=CONTACTS,
        output="ContactQueueUrl",
        rules=(
            Rule(
                id="ContactRecords",
                description="Contact records to the contact queue",
                detail_types=(CONTACT_RECORD,),
            ),
        ),
        sent=(FORCED_TICKET_DUE, CALL_CHECK_DUE, CONTACT_EVENT),
        shared=True,
        waits=_delayed(
            "Contacts",
            _HOUR,
            "contacts wait more than an hour for a ticket: Zendesk refuses, or its limits are reached",
        ),
    ),
    asks_connect=("DescribeUser", "DescribeContact", "DescribeInstance"),
    sends_to=_LINKS_TICKETS,
    publishes=True,
    alarms=(
        Alarm(
            id="AppSettingsInvalid",
            metric=Metric.APP_SETTINGS_INVALID,
            above=0,
            means="the live app settings are invalid, and the last valid ones are in use",
        ),
        Alarm(
            id="TicketsDeleted",
            metric=Metric.TICKET_DELETED,
            above=_FEW,
            means="contacts' tickets are deleted before all is written on them, by people or by rules",
        ),
        Alarm(
            id="CallsRefused",
            metric=Metric.CALL_REFUSED,
            above=_FEW,
            means="Zendesk does not take calls, and voice comments take their place: zendesk_app_id is no app"
            " of the account, or its plan has no Talk Partner Edition",
        ),
        Alarm(
            id="RecordedAgainstConsent",
            metric=Metric.RECORDED_AGAINST_CONSENT,
            above=0,
            means="contacts are recorded whose customers opted out: their flow does not stop the recording",
        ),
    ),
)

TICKET_FROM_FLOW = FlowBlock(
    folder="ticket_creation",
    module="from_contact_flow",
    description="Tickets from contact flows",
    timeout=_BLOCK_TIMEOUT,
    memory_mb=_BLOCK_MEMORY_MB,
    asks_connect=("DescribeUser", "DescribeContact"),
    sends_to=_LINKS_TICKETS,
    publishes=True,
    output="TicketFromFlowFunctionArn",
    alarms=(
        Alarm(
            id="TicketCreationAnswersServerError",
            metric=Metric.FLOW_SERVER_ERROR,
            above=_FEW,
            means="contact flows get *server error* from ticket_creation, or no answer in time",
        ),
    ),
)

CUSTOMER_LOOKUP = FlowBlock(
    folder="customer_lookup",
    module="from_contact_flow",
    description="Customers and tickets for contact flows",
    timeout=_BLOCK_TIMEOUT,
    memory_mb=_BLOCK_MEMORY_MB,
    output="CustomerLookupFunctionArn",
    alarms=(
        Alarm(
            id="CustomerLookupAnswersServerError",
            metric=Metric.FLOW_SERVER_ERROR,
            above=_FEW,
            means="contact flows get *server error* from customer_lookup, or no answer in time",
        ),
    ),
)

ACCEPTANCE = EventConsumer(
    folder="ticket_creation",
    module="from_contact_event",
    description="Contact events to tickets on agents' screens",
    # What an agent waits for; and as long as a pop may come after what it answers.
    timeout=20,
    # Nothing is delivered later than this: the contact queue then makes the ticket, without a pop.
    latest=_MINUTE,
    failures=CONTACTS,
    rules=(
        Rule(
            id="ContactEvents",
            description="Agents who accept contacts, and contacts that end",
            source="aws.connect",
            detail_types=(CONTACT_EVENT,),
            detail={"eventType": ["CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED"]},
        ),
        # Of the events that report changes, the ones that make the contact's snapshot old.
        Rule(
            id="AttributesChanged",
            description="Contacts whose attributes have changed",
            source="aws.connect",
            detail_types=(CONTACT_EVENT,),
            detail={"eventType": ["CONTACT_DATA_UPDATED"], "updatedProperties": ["UserDefinedAttributes"]},
        ),
    ),
    asks_connect=("DescribeUser", "DescribeContact"),
    sends_to=_LINKS_TICKETS,
    publishes=True,
    alarms=(
        Alarm(
            id="AcceptancesQueued",
            metric=Metric.ACCEPTANCE_QUEUED,
            above=_FEW,
            means="tickets are not there when agents accept: they are created later, and do not pop",
        ),
        Alarm(
            id="PopsNotPossible",
            metric=Metric.POP_NOT_POSSIBLE,
            above=_FEW,
            means="Zendesk shows no tickets to agents: Talk Partner Edition is needed, and their right ids",
        ),
    ),
)

SCREEN_POP = StreamConsumer(
    folder="screen_pop",
    module="from_agent_event",
    description="Agent events to pops while contacts ring",
    needs="agent_event_stream_arn",
    stream=AGENT_STREAM,
    mapping="AgentEvents",
    timeout=20,
    # An agent waits: few events at a time, and all the lanes that a shard has.
    batch=5,
    lanes=10,
    # The least that Lambda takes. A pop is worth nothing after 20 seconds, and the function makes none then:
    # so an event that fails is not retried either, and goes to no dead letters.
    oldest=_MINUTE,
    # Idle agents send a heartbeat every two minutes; only changes start the function. Nothing finer: whether
    # a filter of Lambda's looks into the list of an agent's contacts is documented nowhere, and one that does
    # not would let nothing through, silently.
    pattern={"EventType": ["STATE_CHANGE"]},
    asks_connect=("DescribeUser", "DescribeContact"),
)

AGENT_MAP = Scheduled(
    folder="agent_map",
    module="on_schedule",
    description="Amazon Connect's agents to their Zendesk ids",
    needs="connect_instance_arn",
    # Most of a run is waiting between two DescribeUser, one a second: some 850 agents are asked for in one.
    timeout=15 * _MINUTE,
    # A new deployment has no OAuth client yet; once it has, the map is filled within this time.
    every=_EVERY,
    schedule="Who the agents are, every quarter of an hour",
    # CloudFormation reports to the default bus: no custom resource, whose failure would undo a deployment.
    rules=(
        Rule(
            id="Deployed",
            description="Who the agents are, when a deployment has ended",
            source="aws.cloudformation",
            detail_types=(STACK_STATUS_CHANGED,),
            detail={"status-details": {"status": ["CREATE_COMPLETE", "UPDATE_COMPLETE"]}},
        ),
    ),
    asks_connect=("DescribeUser",),
)

#: It has a queue of its own: an agent waits for it, and contact records can be many.
TICKET_ATTACHMENT = Worker(
    folder="ticket_attachment",
    module="from_command",
    description="Agents' attachments to tickets",
    timeout=_WORKER_TIMEOUT,
    people_wait=True,
    queue=Queue(
        name="attachments",
        output="AttachmentQueueUrl",
        rules=(
            Rule(
                id="Commands",
                description="Agents' attachments to the attachment queue",
                detail_types=(ATTACHMENT_REQUESTED,),
            ),
            # What a macro's tag can come with: a ticket that gets it, or that is made with it (A1).
            Rule(
                id="Macros",
                description="Tickets that get a macro's tag to the attachment queue",
                detail_types=(ZENDESK_EVENT,),
                detail={
                    "by_connector": [False],
                    "$or": [
                        {"type": [f"{TICKET}tags_changed"], "change": {"tags_added": list(MACRO_TAGS)}},
                        {"type": [f"{TICKET}created"], "ticket": {"tags": list(MACRO_TAGS)}},
                    ],
                },
            ),
            Rule(
                id="Merges",
                description="Tickets that were merged into others to the attachment queue",
                detail_types=(ZENDESK_EVENT,),
                detail={"type": [f"{TICKET}merged"]},
            ),
        ),
        waits=_delayed("Attachments", 10 * _MINUTE, "agents' attachments wait for more than ten minutes"),
    ),
    asks_connect=("DescribeUser", "DescribeInstance"),
    sends_to=_LINKS_TICKETS,
    publishes=True,
)

CUSTOMER_UPDATES = Worker(
    folder="customer_update",
    module="from_queue",
    description="What contacts say about customers to their Zendesk users",
    timeout=_WORKER_TIMEOUT,
    batch=1,
    queue=Queue(
        name=CUSTOMERS,
        output="CustomerQueueUrl",
        sent=(CUSTOMER_UPDATE,),
        # In order for each user; one that fails blocks no other's. The pace is kept by the function.
        order=Order(group="user", field="user"),
        shared=True,
        waits=_delayed("Customers", _HOUR, "changes of customers' users wait for more than an hour"),
    ),
    sends_to=(DEAD_LETTERS,),
    alarms=(
        Alarm(
            id="UserFieldsNotFound",
            metric=Metric.USER_FIELD_NOT_FOUND,
            above=0,
            means="Zendesk has no user field of a name that the settings give: the log has the name",
        ),
    ),
)

#: It has a queue of its own, and writes to no ticket and no user: what it finds goes to the customer queue.
VOICE_ID_SYNC = Worker(
    folder="voice_id_sync",
    module="from_queue",
    description="Callers' voice authentication to their customers",
    timeout=_WORKER_TIMEOUT,
    queue=Queue(
        name="authentications",
        output="AuthenticationQueueUrl",
        rules=(
            Rule(
                id="VoiceRecords",
                description="Records of calls with voice authentication to the authentication queue",
                detail_types=(VOICE_RECORD,),
            ),
            Rule(
                id="RecordsAndLinks",
                description="Contacts whose customer is known by now to the authentication queue",
                detail_types=(TICKET_LINKED, NO_TICKET_LINKED),
                detail=_waits("authentication"),
            ),
        ),
        waits=_delayed(
            "Authentications",
            _HOUR,
            "callers' voice authentication waits more than an hour for its customer",
        ),
    ),
    asks_zendesk=False,
    sends_to=(CUSTOMERS, DEAD_LETTERS),
)

TRANSCRIPT_ATTACHMENT = Worker(
    folder="transcript_attachment",
    module="from_queue",
    description="Transcripts and analyses to tickets",
    needs="contact_buckets",
    # A transcript of 50 MB is read twice, rendered and uploaded in a minute or two; most take a second.
    timeout=5 * _MINUTE,
    # Memory stays flat however long a transcript is. This is for the CPU that comes with it.
    memory_mb=1024,
    # The file itself, at most 150 MB, and what is made of it, at most four times 45 MB.
    disk_mb=1024,
    batch=1,
    queue=Queue(
        name="transcripts",
        output="TranscriptQueueUrl",
        rules=(
            # No redacted recordings, and no analysis of e-mails: a function is started for what it reads.
            Rule(
                id="Files",
                description="Amazon Connect's transcripts and analyses to the transcript queue",
                source="aws.s3",
                detail_types=(OBJECT_CREATED,),
                detail={
                    "object": {
                        "key": [
                            {"wildcard": "*ChatTranscripts/*.json"},
                            {"wildcard": "*Analysis/Voice/*.json"},
                            {"wildcard": "*Analysis/Chat/*.json"},
                        ]
                    }
                },
            ),
            Rule(
                id="Links",
                description="Contacts whose files wait for a ticket to the transcript queue",
                detail_types=(TICKET_LINKED, NO_TICKET_LINKED),
                detail=_waits("files"),
            ),
            Rule(
                id="ContactFiles",
                description="Files of contacts, there or expected, to the transcript queue",
                detail_types=(CONTACT_FILE, CONTACT_FILES_EXPECTED),
            ),
        ),
        # Half an hour is hidden what crashes its function: fewer receives, so that five days are the end of
        # it. The waits grow sooner instead.
        receives=240,
        retries=Retries(late_after=50, late=2 * _HOUR),
        waits=_delayed(
            "Transcripts",
            # Some wait on purpose: until the files of a long call should all have come.
            6 * _HOUR,
            "transcripts wait more than six hours: Zendesk or Amazon Connect refuses",
        ),
    ),
    asks_connect=("DescribeUser", "DescribeContact", "DescribeInstance"),
    sends_to=(DEAD_LETTERS,),
    # One message for each file of a contact that is linked, and that a ticket has been followed up.
    publishes=True,
)

#: It has a queue of its own, in which a recording's message waits for its transcription.
SPEECH_ANALYSIS = Worker(
    folder="speech_analysis",
    module="from_queue",
    description="Recordings to Amazon Transcribe, and its results to tickets",
    needs="contact_buckets",
    timeout=_WORKER_TIMEOUT,
    batch=1,
    queue=Queue(
        name="recordings",
        output="RecordingQueueUrl",
        rules=(
            Rule(
                id="Requests",
                description="Recordings to be transcribed, and transcriptions on tickets, to the queue",
                detail_types=(SPEECH_ANALYSIS_REQUESTED, SPEECH_RESULT_USED),
            ),
            Rule(
                id="Results",
                description="What Amazon Transcribe has written to the recording queue",
                source="aws.s3",
                own_bucket=True,
                detail_types=(OBJECT_CREATED,),
                detail={"object": {"key": [{"wildcard": "*.json"}]}},
            ),
            # Of those that complete there is a file. An event of the account's other jobs is passed over.
            Rule(
                id="FailedTranscriptions",
                description="Transcriptions that failed to the recording queue",
                source="aws.transcribe",
                detail_types=(TRANSCRIPTION_CHANGED,),
                detail={"TranscriptionJobStatus": ["FAILED"]},
            ),
            Rule(
                id="FailedAnalyses",
                description="Call Analytics that failed to the recording queue",
                source="aws.transcribe",
                detail_types=(CALL_ANALYTICS_CHANGED,),
                detail={"JobStatus": ["FAILED"]},
            ),
        ),
        waits=_delayed(
            "Recordings",
            # Each waits on purpose until its transcription is over, and is asked for by name meanwhile.
            6 * _HOUR,
            "recordings wait more than six hours for Amazon Transcribe: it refuses, or is slow",
        ),
    ),
    asks_zendesk=False,
    sends_to=(DEAD_LETTERS,),
    # A message for each transcription that is over.
    publishes=True,
    alarms=(
        Alarm(
            id="SpeechMinutesNearlyUsed",
            metric=Metric.SPEECH_MINUTES_NEARLY_USED,
            above=0,
            means="four fifths of the day's minutes of speech analysis (speech_minutes_per_day) are used",
        ),
        Alarm(
            id="TranscriptionsAbandoned",
            metric=Metric.SPEECH_ABANDONED,
            above=0,
            means="Amazon Transcribe does not finish recordings within a day, and their tickets say so",
        ),
    ),
)

ZENDESK_WEBHOOK = Endpoint(
    folder="zendesk_webhook",
    module="handler",
    description="Zendesk's events to the bus",
    # Zendesk waits ten seconds for an answer.
    timeout=9,
    runs_workflows=False,
    asks_zendesk=False,
    sends_to=(DEAD_LETTERS,),
    publishes=True,
    partitions="webhook#*",
    output="ZendeskWebhookUrl",
    concurrency="webhook_concurrency",
    not_again="it is no event of a ticket, and would be none the next time",
    alarms=(
        Alarm(
            id="WebhookRejected",
            metric=Metric.WEBHOOK_REJECTED,
            above=_FEW,
            means="the webhook endpoint rejects requests: forged, or their signing secret is not known",
        ),
    ),
)

AGENT_APP = Endpoint(
    folder="agent_app",
    module="handler",
    description="The agent app in Zendesk: its pages, and what they ask for",
    needs="agent_app",
    # What an agent waits for, an attachment being the longest: then it goes to its queue.
    timeout=20,
    asks_connect=("DescribeUser", "DescribeContact"),
    sends_to=_LINKS_TICKETS,
    publishes=True,
    output="AgentAppUrl",
    concurrency="agent_app_concurrency",
    alarms=(
        Alarm(
            id="AgentAppRejects",
            metric=Metric.APP_REJECTED,
            above=_FEW,
            means="the agent app rejects requests: forged, or its keys are not the app's (make zendesk)",
        ),
        Alarm(
            id="RecordingsNotSwitched",
            metric=Metric.RECORDING_NOT_SWITCHED,
            above=_FEW,
            means="agents cannot pause or resume recordings: there are none, or Amazon Connect refuses",
        ),
    ),
)

ZENDESK_RECOVERY = Scheduled(
    folder="zendesk_recovery",
    module="on_schedule",
    description="Zendesk's undelivered events to the bus",
    # Two requests to Zendesk for each delivery that failed: some hundreds in a run, and the next run goes on.
    timeout=5 * _MINUTE,
    every=_EVERY,
    schedule="Zendesk's undelivered events, every quarter of an hour",
    sends_to=(DEAD_LETTERS,),
    publishes=True,
    not_again="Zendesk does not show what was in it",
    alarms=(
        Alarm(
            id="ZendeskEventsLost",
            metric=Metric.ZENDESK_EVENT_LOST,
            above=0,
            means="Zendesk gave up delivering events, and does not show what was in them",
        ),
    ),
)

#: It reads a bus that is not the stack's, and puts what it finds on the stack's own.
ZENDESK_BUS = Worker(
    folder="zendesk_bus",
    module="from_queue",
    description="Zendesk's events of another bus to the stack's bus",
    needs="zendesk_event_bus",
    timeout=_WORKER_TIMEOUT,
    queue=Queue(
        name="arrivals",
        output="ArrivalQueueUrl",
        rules=(
            Rule(
                id="Partners",
                description="Ticket events in the shape of Zendesk's partner integration to the queue",
                bus="zendesk_event_bus",
                detail_type_prefix=PARTNERS_DETAIL_TYPE,
            ),
            Rule(
                id="Webhooks",
                description="Ticket events in the shape of Zendesk's webhooks to the queue",
                bus="zendesk_event_bus",
                detail={"type": [{"prefix": f"{WEBHOOKS_TYPE}{TICKET}"}]},
            ),
        ),
        envelopes=True,
        waits=_delayed(
            "Arrivals",
            15 * _MINUTE,
            "Zendesk's events of another bus wait over a quarter of an hour: Zendesk refuses, or cannot be"
            " reached",
        ),
    ),
    sends_to=(DEAD_LETTERS,),
    publishes=True,
)

TASK_CREATION = Worker(
    folder="task_creation",
    module="from_zendesk_event",
    description="Zendesk events to tasks in Amazon Connect",
    timeout=_WORKER_TIMEOUT,
    batch=1,
    queue=Queue(
        name="tasks",
        output="TaskQueueUrl",
        rules=(
            # What task rules can name, done by anyone but this connector (K1, K4).
            Rule(
                id="Events",
                description="Zendesk events that task rules can name to the task queue",
                detail_types=(ZENDESK_EVENT,),
                detail={"type": [f"{TICKET}{name}" for name in EVENTS], "by_connector": [False]},
            ),
        ),
        # Tasks are made one after the other, two a second.
        order=Order(group="tasks"),
        deduplicates=True,
        # A message blocks all behind it: it waits for no longer than a minute, but in an outage of more
        # than half a day, when its receives have to last for the rest of its patience.
        retries=Retries(longest=_MINUTE, late_after=12 * 60, late=2 * _HOUR),
        waits=_delayed(
            "Tasks",
            15 * _MINUTE,
            "Zendesk events wait over a quarter of an hour to become tasks: Amazon Connect refuses, or"
            " there are more than two a second",
        ),
    ),
    asks_zendesk=False,
    sends_to=(DEAD_LETTERS,),
)

#: All of them, those of one folder together, its main function first.
FUNCTIONS: tuple[Function, ...] = (
    CONTACT_RECORDS,
    TICKET_CREATION,
    TICKET_FROM_FLOW,
    ACCEPTANCE,
    CUSTOMER_LOOKUP,
    SCREEN_POP,
    AGENT_MAP,
    TICKET_ATTACHMENT,
    CUSTOMER_UPDATES,
    VOICE_ID_SYNC,
    TRANSCRIPT_ATTACHMENT,
    SPEECH_ANALYSIS,
    ZENDESK_WEBHOOK,
    ZENDESK_RECOVERY,
    ZENDESK_BUS,
    TASK_CREATION,
    AGENT_APP,
    APP_SETTINGS,
)
WORKERS: tuple[Worker, ...] = tuple(row for row in FUNCTIONS if isinstance(row, Worker))


def title(function: Function) -> str:
    """Return how alarms name a function: by its folder, a further one of the folder by its module as well."""
    first = next(row for row in FUNCTIONS if row.folder == function.folder)
    module = "" if first is function else function.module.title().replace("_", "")
    return function.construct + module


def own_alarms(function: Function) -> tuple[Alarm, Alarm]:
    """Return the alarms that every function has, on its errors and on its throttles."""
    folder, name = function.folder, title(function)
    return (
        Alarm(id=f"{name}Errors", metric="Errors", above=0, means=f"{folder} fails: its log says why"),
        Alarm(
            id=f"{name}Throttles",
            metric="Throttles",
            above=0,
            means=f"{folder} finds no free concurrency in this account",
        ),
    )


def alarms() -> tuple[Alarm, ...]:
    """Return all alarms of a stack with all functions, those of one function together.

    A custom resource has none: where it fails, the deployment says so.
    """
    found = [*DEAD_LETTER_ALARMS]
    for function in FUNCTIONS:
        if isinstance(function, CustomResource):
            continue
        waits = function.queue.waits if isinstance(function, Worker) else None
        if isinstance(function, StreamConsumer):
            waits = function.waits
        found += [*((waits,) if waits else ()), *function.alarms, *own_alarms(function)]
    return tuple(found)


def worker_of(queue: str) -> Worker:
    """Return the worker behind a queue, by the queue's name. Raises KeyError."""
    return _BY_QUEUE[queue]


def flow_block(folder: str) -> FlowBlock:
    """Return the function of a folder that contact flows call. Raises StopIteration where it has none."""
    return next(row for row in FUNCTIONS if isinstance(row, FlowBlock) and row.folder == folder)


_BY_QUEUE = {worker.queue.name: worker for worker in WORKERS}
