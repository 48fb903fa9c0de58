"""What is counted: one row for each metric. docs/metrics.md is generated from it, alarms name its rows.

All are in the CloudWatch namespace `ConnectZendesk`, under the dimension `service`: the folder of the
function that counts. Every function imports it, so it needs the standard library only.
"""

from enum import StrEnum


class Metric(StrEnum):
    """A metric by its name in CloudWatch, with what one of it means; to be read by its sum."""

    meaning: str

    def __new__(cls, name: str, meaning: str) -> "Metric":
        """Make a row of the table: a text that also has its meaning."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.meaning = meaning
        return member

    @property
    def unit(self) -> str:
        """The unit, as CloudWatch calls it."""
        return "Count"

    # Messages, whatever they are about.
    ALREADY_HANDLED = "AlreadyHandled", "Something was delivered again, and had been handled before."
    CONTACT_FORGOTTEN = (
        "ContactForgotten",
        "A record of a contact that is forgotten (O5) was sent again, and is ignored.",
    )
    MESSAGE_RETRIED = "MessageRetried", "A message of a queue could not be handled yet, and is retried later."
    PACED_BY_ACCOUNT_LIMIT = (
        "PacedByAccountLimit",
        "A message waits, as Zendesk's limit of requests a minute is kept for people who wait (O7).",
    )
    PACED_BY_TICKET_UPDATES = (
        "PacedByTicketUpdates",
        "A message waits, as Zendesk's limit of ticket updates a minute has no room for it (O7).",
    )
    PACED_BY_OTHER_LIMIT = (
        "PacedByOtherLimit",
        "A message waits, as another limit of Zendesk's has no room for it; the log names the limit (O7).",
    )
    DEAD_LETTER = "DeadLetter", "Something was dead-lettered by a function, with its reason."
    UNEXPECTED_ERROR = (
        "UnexpectedError",
        "An error that nothing here foresees: AWS is unavailable, or there is a fault in this release.",
    )
    LEDGER_UNAVAILABLE = (
        "LedgerUnavailable",
        "The webhook endpoint could not use the ledger; the event was published all the same.",
    )
    ZENDESK_REQUESTS = "ZendeskRequests", "A request to Zendesk."
    ZENDESK_CREDENTIALS_REFUSED = (
        "ZendeskCredentialsRefused",
        "Zendesk granted no access token: the OAuth client in the secret is missing or wrong.",
    )

    # Settings.
    APP_SETTINGS_INVALID = (
        "AppSettingsInvalid",
        "App settings that are live could not be read in full; the last valid ones stay in use.",
    )
    APP_SETTINGS_UNAVAILABLE = "AppSettingsUnavailable", "AppConfig returned no app settings."
    SETTING_IGNORED = (
        "SettingIgnored",
        "A contact attribute or app setting has a value that cannot be read, and is ignored for a contact.",
    )
    USER_FIELD_NOT_FOUND = (
        "UserFieldNotFound",
        "Zendesk has no user field of the name that a setting gives; once a day for each name.",
    )

    # Contacts and their tickets.
    CONTACT_RECORD_RECEIVED = "ContactRecordReceived", "A record was read from the stream of contact records."
    CONTACT_RECORD = "ContactRecord", "A contact record was read from the contact queue, in any attempt."
    CONTACT_EVENT = "ContactEvent", "A contact event of Amazon Connect was received, in any attempt."
    FIRST_LEG_DESCRIBED = (
        "FirstLegDescribed",
        "The record of a contact's first leg never came, and DescribeContact was used in its place.",
    )
    CONTACT_UNKNOWN = (
        "ContactUnknown",
        "An agent accepted a contact of which neither the ledger nor Amazon Connect knows anything.",
    )
    ACCEPTANCE_QUEUED = (
        "AcceptanceQueued",
        "A contact event could not be handled at once and went to the contact queue: no pop.",
    )
    ACCEPTANCE_REPORTED = "AcceptanceReported", "A ticket got the note that an agent accepted a task."
    LEG_REPORTED = "LegReported", "A ticket got the details of a leg."
    REQUESTER_REFUSED = (
        "RequesterRefused",
        "Zendesk did not accept the requester of a new ticket, suspended or gone by now; it was replaced.",
    )
    ASSIGNEE_REFUSED = (
        "AssigneeRefused",
        "Zendesk refused an agent as the assignee of a new ticket, which was made without one.",
    )
    TICKET_PART_DROPPED = (
        "TicketPartDropped",
        "Zendesk made a ticket without a part of it and did not say so; a note on the ticket does.",
    )
    RECORDED_AGAINST_CONSENT = (
        "RecordedAgainstConsent",
        "A contact whose customer opted out of the recording has a recording all the same.",
    )
    CHANGED_AFTER_CLOSE = (
        "ChangedAfterClose",
        "A contact record changed after the contact's ticket was closed; the change is not on it.",
    )
    TICKET_MERGED = (
        "TicketMerged",
        "A contact goes on with the ticket that its own was merged into.",
    )
    TICKET_DELETED = (
        "TicketDeleted",
        "A contact's ticket was deleted: nothing more is written about the contact.",
    )
    OPTIONAL_PART_REFUSED = (
        "OptionalPartRefused",
        "Zendesk refused a voice comment or a file; the rest was written, and says so.",
    )
    CALL_REPORTED = "CallReported", "A call was put on a ticket through the Calls API."
    CALL_UPDATED = "CallUpdated", "A call on a ticket was brought up to date through the Calls API."
    CALL_REFUSED = (
        "CallRefused",
        "Zendesk did not take a call through the Calls API, which got a voice comment; or a change of one.",
    )
    CALL_TWICE = (
        "CallTwice",
        "A call is on its ticket more than once: Zendesk carried out a request late. A note there says so.",
    )
    ATTRIBUTES_TOO_LATE = (
        "AttributesTooLate",
        "A flow set attributes that decide about the ticket after its last snapshot of the contact.",
    )
    SNAPSHOT_NOT_SAVED = "SnapshotNotSaved", "A contact flow's snapshot of its contact could not be saved."

    # What agents see.
    AGENT_EVENT = "AgentEvent", "An event was read from the agent event stream."
    AGENT_EVENT_INVALID = "AgentEventInvalid", "A record of the agent event stream is no agent event."
    POP_SHOWN = "PopShown", "Zendesk opened a ticket or a user on an agent's screen."
    POP_FAILED = "PopFailed", "A pop failed: Zendesk, Amazon Connect or AWS answered with an error."
    POP_TOO_LATE = "PopTooLate", "A pop was not tried: what it answers is over 20 seconds ago."
    POP_WITHOUT_AGENT = "PopWithoutAgent", "A pop was not tried: the agent has no user in Zendesk."
    POP_NOT_POSSIBLE = (
        "PopNotPossible",
        "A pop was not tried: Zendesk refused those before, of this agent or of the account's plan.",
    )
    POP_LEFT_TO_PAGE = "PopLeftToPage", "A pop was left to the agent app, which the agent has open."
    POP_BY_PAGE = "PopByPage", "The agent app was given a ticket or a user to show."
    NOTICE_ON_TICKET = "NoticeOnTicket", "A notice for an agent was written on a ticket."
    NOTICE_WITHOUT_TICKET = "NoticeWithoutTicket", "There was no ticket to write a notice for an agent on."
    AGENTS_LISTED = "AgentsListed", "A user of the Amazon Connect instance, in each run of the agent map."
    AGENTS_PENDING = (
        "AgentsPending",
        "An agent left to the next run: there was no time to ask for the address.",
    )
    AGENT_MAP_THROTTLED = "AgentMapThrottled", "Amazon Connect throttled DescribeUser during the agent map."

    # Attachment of a contact to another ticket.
    ATTACHMENT = "Attachment", "A command to attach a contact was received, in any attempt."
    CONTACT_NOT_ATTACHED = (
        "ContactNotAttached",
        "A command did not attach a contact: which one is meant is unclear, or its target cannot be used.",
    )
    CONTACT_MOVED = "ContactMoved", "A contact was moved to another ticket."
    AGENT_NOT_NOTIFIED = (
        "AgentNotNotified",
        "A contact was not attached, and no ticket could be found to write that to its agent.",
    )

    # The agent app.
    APP_OPENED = "AppOpened", "An agent opened the agent app: Zendesk's signature was verified."
    APP_REJECTED = (
        "AppRejected",
        "A request to the agent app was rejected: forged, over, too many, or about what is not the agent's.",
    )
    APP_RETRY_REQUESTED = "AppRetryRequested", "The agent app was asked to try again in some seconds."
    APP_ATTACHMENT_QUEUED = (
        "AppAttachmentQueued",
        "An attachment by the agent app could not be made at once, and went to its queue.",
    )
    APP_KEYS_UNAVAILABLE = (
        "AppKeysUnavailable",
        "The agent app's keys could not be read again; those read before stay in use.",
    )
    RECORDING_PAUSED = "RecordingPaused", "An agent paused a recording."
    RECORDING_RESUMED = "RecordingResumed", "An agent resumed a recording."
    RECORDING_NOT_SWITCHED = (
        "RecordingNotSwitched",
        "A recording was neither paused nor resumed: there is none, or Amazon Connect did not answer.",
    )
    CALL_DIALLED = "CallDialled", "A call was dialled from a ticket or a user in Zendesk."

    # Contact flows.
    FLOW_LOOK_UP = "FlowLookUp", "A contact flow called the look-up."
    FLOW_TICKET = "FlowTicket", "A contact flow called for a ticket."
    FLOW_BLOCK_FAILED = "FlowBlockFailed", "A contact flow was answered with a status that is an error."
    FLOW_BLOCK_TIMED_OUT = "FlowBlockTimedOut", "There was no result within the time limit of a flow's block."
    FLOW_SERVER_ERROR = "FlowServerError", "A contact flow was answered with *server error*."

    # Transcripts and analyses.
    CONTACT_FILE = "ContactFile", "An S3 event about a file was received, in any attempt."
    FILE_ATTACHED = "FileAttached", "A file was attached to its contact's ticket."
    FILE_PENDING = "FilePending", "A file waits: its contact is not settled yet."
    FILE_WITHOUT_TICKET = "FileWithoutTicket", "A file was not attached: its contact gets no ticket."
    FILE_SKIPPED = "FileSkipped", "A file was not attached: settings or redaction exclude it."
    FILE_DEFERRED = "FileDeferred", "A file was deferred: its leg's record or a redacted file may still come."
    FILE_IGNORED = "FileIgnored", "A file is no transcript or analysis of a call or a chat."
    FILE_OF_UNKNOWN_CONTACT = "FileOfUnknownContact", "The contact of a file was not found, in any attempt."
    FILE_EVENT_MISSING = "FileEventMissing", "An expected file was found in S3 although its event never came."
    FILE_NOT_FOUND = "FileNotFound", "An expected file is not in S3."

    # Speech analysis without Contact Lens.
    SPEECH_SKIPPED = (
        "SpeechSkipped",
        "A recording is not transcribed though that was asked for: the log says why; in any attempt.",
    )
    SPEECH_STARTED = "SpeechStarted", "Amazon Transcribe accepted a recording."
    SPEECH_MINUTES = "SpeechMinutes", "A minute of a recording was reserved of the day's, to be transcribed."
    SPEECH_MINUTES_NEARLY_USED = (
        "SpeechMinutesNearlyUsed",
        "Four fifths of `speech_minutes_per_day` are used; once a day.",
    )
    SPEECH_MINUTES_USED_UP = (
        "SpeechMinutesUsedUp",
        "A recording is not transcribed, as the day's minutes are used up; the ticket says so.",
    )
    SPEECH_NOT_ANALYSED = (
        "SpeechNotAnalysed",
        "A recording could not be transcribed; the ticket says why, and the log.",
    )
    SPEECH_RESTARTED = "SpeechRestarted", "A transcription that Amazon Transcribe failed was started again."
    SPEECH_EVENT_MISSING = (
        "SpeechEventMissing",
        "A transcription was found to be over although its event never came.",
    )
    SPEECH_ABANDONED = "SpeechAbandoned", "Amazon Transcribe did not finish a recording within a day."
    SPEECH_RESULT_DELETED = (
        "SpeechResultDeleted",
        "What Amazon Transcribe wrote of a recording was deleted, as it is on its ticket.",
    )
    COMPREHEND_UNAVAILABLE = (
        "ComprehendUnavailable",
        "Amazon Comprehend did not analyse a conversation; the comment was written without, and says so.",
    )

    # Customers' users and the callers' voice authentication.
    CUSTOMER_UPDATED = "CustomerUpdated", "A customer's Zendesk user was updated."
    CUSTOMER_UNCHANGED = "CustomerUnchanged", "A customer's Zendesk user needed no update."
    CUSTOMER_UPDATE_COALESCED = (
        "CustomerUpdateCoalesced",
        "An update of a customer's user was made by an earlier message.",
    )
    AUTHENTICATION_CHECKED = "AuthenticationChecked", "A caller's authentication was read; it did not fail."
    AUTHENTICATION_FAILED = "AuthenticationFailed", "A caller's authentication failed or was inconclusive."
    AUTHENTICATION_NOT_EVALUATED = (
        "AuthenticationNotEvaluated",
        "`voiceid_auth_mode` asks for an evaluation, and only Voice ID evaluates; once a day.",
    )
    AUTHENTICATION_VALUE_UNKNOWN = (
        "AuthenticationValueUnknown",
        "A value of the voice authentication is unknown here; the log says in which field.",
    )
    AUTHENTICATION_MISSING = "AuthenticationMissing", "A call's record has no voice authentication."
    AUTHENTICATION_UNKNOWN = (
        "AuthenticationUnknown",
        "A call's record has voice authentication without a status.",
    )
    AUTHENTICATION_ASSIGNED = "AuthenticationAssigned", "A call's voice authentication went to its customer."
    AUTHENTICATION_WITHOUT_TICKET = (
        "AuthenticationWithoutTicket",
        "A call's voice authentication went to no customer: the call has no ticket.",
    )
    AUTHENTICATION_WITHOUT_CUSTOMER = (
        "AuthenticationWithoutCustomer",
        "A call's voice authentication went to no customer: it is not certain who called.",
    )
    ATTRIBUTES_NOT_SET = (
        "AttributesNotSet",
        "Amazon Connect did not set the result of an evaluation as attributes of the contact.",
    )
    VOICE_ID_UNAVAILABLE = (
        "VoiceIdUnavailable",
        "The Voice ID domain does not answer; once a month.",
    )

    # Zendesk's webhooks, and tasks.
    ZENDESK_EVENT = "ZendeskEvent", "A Zendesk event was verified and published."
    ZENDESK_EVENT_DUPLICATE = "ZendeskEventDuplicate", "A Zendesk event was delivered again."
    WEBHOOK_REJECTED = "WebhookRejected", "A request to the webhook endpoint was rejected as not Zendesk's."
    WEBHOOK_RETRY_REQUESTED = (
        "WebhookRetryRequested",
        "A request to the webhook endpoint was answered with 503, for Zendesk to retry it.",
    )
    WEBHOOK_KEYS_UNAVAILABLE = (
        "WebhookKeysUnavailable",
        "The signing secrets could not be read again; those read before stay in use.",
    )
    INTEGRATION_USER_UNKNOWN = (
        "IntegrationUserUnknown",
        "The secret does not name the connector's Zendesk user, or names another: run `make zendesk`.",
    )
    WEBHOOKS_CHECKED = "WebhooksChecked", "A webhook was checked for deliveries that failed."
    ZENDESK_EVENT_RECOVERED = (
        "ZendeskEventRecovered",
        "An event that Zendesk gave up delivering was published after all.",
    )
    ZENDESK_EVENT_LOST = (
        "ZendeskEventLost",
        "Zendesk gave up delivering an event and does not show what was in it.",
    )
    WEBHOOK_NOT_FOUND = "WebhookNotFound", "Zendesk has no webhook of an id that the secret names."
    RECOVERY_REFUSED = "RecoveryRefused", "Zendesk refused to list a webhook's deliveries."
    TASK_CREATED = "TaskCreated", "A task was created for a Zendesk event."
    NO_TASK = "NoTask", "No task rule matches a Zendesk event."


#: What is counted of messages that wait for a limit of Zendesk's.
PACED = (Metric.PACED_BY_ACCOUNT_LIMIT, Metric.PACED_BY_TICKET_UPDATES, Metric.PACED_BY_OTHER_LIMIT)
