"""What to look at and what to do when an alarm goes off; docs/alarms.md is made from it.

What an alarm means is its own (`Alarm.means`). Alarms on errors and throttles are alike for all functions.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connect_zendesk.function_kinds import Alarm

PAGE = "docs/alarms.md"


@dataclass(frozen=True)
class Runbook:
    """What goes on meanwhile, what to look at, and what to do: Markdown, a sentence or two each."""

    meanwhile: str
    look: str
    do: str


_LETTERS = Runbook(
    "Everything else goes on. A dead letter is kept for 14 days.",
    '`make dead-letters ARGS="list"`: source, age and reason of each; `show ID` has its data.',
    'Remove the cause that its reason names, then `make dead-letters ARGS="send --all"`, or `send ID`.'
    " What was"
    " written to Zendesk is not written again. A letter whose reason says that it is forged or no JSON"
    " can stay.",
)
_FLOW = Runbook(
    "Contacts go on: the flow takes the branch of its block's status, and the ticket comes with the"
    " contact record.",
    "The log of the function, message `flow block failed`; Zendesk's status page; the metric"
    " `FlowBlockTimedOut`,"
    " which is Zendesk too slow for the block's time limit.",
    "With *server error* in the log: the OAuth client in the stack's secret, its user's role, and"
    " Zendesk. With"
    " timeouts: a longer time limit in the block (up to 8 seconds).",
)
_ZENDESK_WAITS = (
    "The log of the function, messages `retried later` and `Zendesk did not do it`; the metrics"
    " `ZendeskRequests` and"
    " `MessageRetried`, and `PacedByAccountLimit` and `PacedByTicketUpdates`: the plan's limit is reached;"
    " Zendesk's status page; the plan's requests a minute in Admin Center. The dashboard shows how many"
    " messages each queue has, and in how many minutes it is empty ([scale](scale.md#a-busy-hour))."
)
#: By the alarm's id; the last two by the ending of the others.
RUNBOOKS: Mapping[str, Runbook] = {
    "DeadLetters": _LETTERS,
    "FifoLetters": _LETTERS,
    "ContactRecordsDelayed": Runbook(
        "Contacts get their tickets late; the stream keeps their records for a week.",
        "The alarms on errors and throttles of `contact_records`; how many records a second the stream"
        " gets against"
        " its shards (metrics of Kinesis).",
        "More records than the shards carry: raise `record_stream_shards`, and deploy. Else what the"
        " function's"
        " log says.",
    ),
    "ContactsDelayed": Runbook(
        "Contacts wait, and are tried again for 13 days: none is lost.",
        _ZENDESK_WAITS,
        "A refused sign-in: put a valid OAuth client into the stack's secret. An outage: wait, it goes on"
        " by itself."
        " Too few requests a minute: a larger plan, or less of other integrations; a higher"
        " `background_concurrency`"
        " only where Zendesk is not the limit.",
    ),
    "AppSettingsInvalid": Runbook(
        "The last valid settings are in use; containers that have none use the defaults.",
        "The log of `ticket_creation`, message `app settings invalid`: it names each problem."
        " `make settings"
        ' ARGS="show"` shows what is live.',
        'Correct them in a file: `make settings ARGS="check my.toml"`, then `apply my.toml`.',
    ),
    "TicketsDeleted": Runbook(
        "Nothing more is written about these contacts.",
        "The log of `ticket_creation`, message `ticket deleted: nothing more is written`: contact and"
        " ticket. Zendesk's list of"
        " deleted"
        " tickets says who deleted them.",
        "A rule or an agent deletes what it takes for spam: exclude the tag of these tickets there, or"
        " have no"
        " tickets made for such contacts (`missed_contact_tickets`). Deleted tickets can be restored for"
        " 30 days.",
    ),
    "RecordedAgainstConsent": Runbook(
        "The ticket says so, and gets no recording.",
        "The log of `ticket_creation`, message `recorded although the customer opted out`: the contact,"
        " and its flow.",
        "In that flow, set the recording off before the contact is queued where the customer opted out;"
        " walk it with"
        " `python -m local flow`. Delete the recording in Amazon Connect's bucket.",
    ),
    "CallsRefused": Runbook(
        "Calls are voice comments, as without `zendesk_app_id`; nothing is missing on tickets.",
        "The log of `ticket_creation`, message `call refused by the Calls API`: what Zendesk said.",
        "Put the id of a private app of this account into `zendesk_app_id`, the agent app's or another's,"
        " or take the"
        " setting out.",
    ),
    "TicketCreationAnswersServerError": _FLOW,
    "CustomerLookupAnswersServerError": _FLOW,
    "AcceptancesQueued": Runbook(
        "Tickets are created a little later, and do not pop.",
        _ZENDESK_WAITS,
        "As for *ContactsDelayed*.",
    ),
    "PopsNotPossible": Runbook(
        "Tickets and recordings go on; nothing pops.",
        "The log of `screen_pop` and `ticket_creation`, message `pop not shown`: the status that Zendesk"
        " gave.",
        "403 for everybody: the account has no Talk Partner Edition: buy it, or turn on the agent app,"
        " which pops"
        " without it. 404 for some: their entry of `agent_map` names a user who is no agent.",
    ),
    "AttachmentsDelayed": Runbook(
        "Agents see their contacts on another ticket than they chose.",
        _ZENDESK_WAITS,
        "As for *ContactsDelayed*.",
    ),
    "CustomersDelayed": Runbook(
        "Users' voice-authentication fields are late; tickets are not.",
        _ZENDESK_WAITS,
        "As for *ContactsDelayed*.",
    ),
    "UserFieldsNotFound": Runbook(
        "That field is not written; everything else is.",
        "The log of `customer_update`, message `user field not found in Zendesk`: its key.",
        '`make zendesk ARGS="apply"` makes the fields; or correct `voiceid_field` and'
        " `voiceid_status_field` in the"
        " app settings.",
    ),
    "AuthenticationsDelayed": Runbook(
        "Callers' authentication waits for their tickets.", _ZENDESK_WAITS, "As for *ContactsDelayed*."
    ),
    "RecordingsDelayed": Runbook(
        "Calls and voicemails have their tickets; their words come when Amazon Transcribe has finished, and"
        " after a day the ticket says that it did not.",
        "The log of `speech_analysis`, message `retried later`; Amazon Transcribe's jobs whose names begin"
        " with the stack's, and its quota of jobs at once.",
        "Jobs that are queued: ask for a higher quota, or set `speech_minutes_per_day` lower. Refused or"
        " throttled requests: what the log says.",
    ),
    "SpeechMinutesNearlyUsed": Runbook(
        "Recordings are transcribed until the day's minutes are used up; the tickets of the rest say so.",
        "The metrics `SpeechMinutes` and `SpeechMinutesUsedUp`: what is transcribed, and what is left out.",
        "Raise `speech_minutes_per_day` in the app settings, at the price in docs/speech-analysis.md; or have"
        " fewer contacts analysed (`speech_analysis`).",
    ),
    "TranscriptionsAbandoned": Runbook(
        "The tickets say that Amazon Transcribe did not finish; their recordings are untouched.",
        "AWS's health page for Amazon Transcribe; its jobs whose names begin with the stack's.",
        "Nothing here: what was abandoned is not asked for again.",
    ),
    "TranscriptsDelayed": Runbook(
        "Tickets are there without their transcripts; files are tried again for 13 days.",
        "The log of `transcript_attachment`, messages `retried later` and `file refused by Zendesk`;"
        " whether the"
        " function may"
        " decrypt the bucket's key.",
        "Access denied: name the bucket's key in `contact_bucket_keys` (`make configure` finds it), and"
        " deploy. Else"
        " as for *ContactsDelayed*.",
    ),
    "WebhookRejected": Runbook(
        "What is rejected is not done. Zendesk sends its own again for some minutes.",
        "The log of `zendesk_webhook`, message `request rejected`: the reason.",
        'Signatures that fail after the webhook was changed by hand: `make zendesk ARGS="apply"` fetches'
        " its secret."
        " Else somebody else calls the address: there is nothing to do.",
    ),
    "ZendeskEventsLost": Runbook(
        "Tasks or attachments of these events are not made.",
        "The log of `zendesk_recovery`, message `events lost`: when Zendesk gave it up.",
        "Look in Zendesk for tickets that changed then, and repeat what should have become of them (the"
        " macro, or"
        " the change that the task rule wants).",
    ),
    "ArrivalsDelayed": Runbook(
        "Events of the other bus become tasks and attachments late.",
        _ZENDESK_WAITS,
        "As for *ContactsDelayed*.",
    ),
    "TasksDelayed": Runbook(
        "Tasks come late, in their order.",
        "The log of `task_creation`, message `retried later`: what Amazon Connect said.",
        "Throttled: ask AWS for more StartTaskContact a second, or make the task rules narrower. Refused:"
        " the flow,"
        " quick connect or queue that the rule names is gone: correct `task_rules`.",
    ),
    "AgentAppRejects": Runbook(
        "Agents' pages show that they are not signed in; contacts go on.",
        "The log of `agent_app`, message `request rejected`: the reason.",
        'After the app was installed by hand or again: `make zendesk ARGS="apply"` fetches its public key.',
    ),
    "RecordingsNotSwitched": Runbook(
        "Recordings go on, or stay paused; the agent is told.",
        "The log of `agent_app`, message `recording not switched`: what Amazon Connect said.",
        "The flow has to set the recording on (*Set recording behavior*) before agents can pause it; turn"
        " `pause_recording` off where there is none.",
    ),
    "Errors": Runbook(
        "What failed is tried again, and then dead-lettered: nothing is lost. A contact flow takes its"
        " error branch.",
        "The log group of the function: `unexpected error`, with type and place; or a timeout, or too"
        " little memory,"
        " in Lambda's own lines.",
        "An error of this software: report it with those lines, which hold nothing personal; the release"
        " before can"
        " be deployed again. *AccessDenied*: a policy or key of the account was changed.",
    ),
    "Throttles": Runbook(
        "Work waits in its queue or stream; a contact flow takes its error branch; Zendesk sends webhooks"
        " again.",
        "The account's concurrent executions against its quota (Lambda console, or Service Quotas).",
        "Ask for a higher quota: new accounts have 10. Or set less aside: `webhook_concurrency`,"
        " `agent_app_concurrency`, `background_concurrency`.",
    ),
}


def section_of(alarm: Alarm) -> str:
    """Return the key of an alarm's runbook, which is also its heading in the page. KeyError: it has none."""
    if alarm.id in RUNBOOKS:
        return alarm.id
    (ending,) = [name for name in ("Errors", "Throttles") if alarm.metric == name] or [alarm.id]
    return ending if ending in RUNBOOKS else _missing(alarm.id)


def _missing(name: str) -> str:
    raise KeyError(f"the alarm {name} has no runbook in infra/runbooks.py")


def link_of(alarm: Alarm) -> str:
    """Return where the page says what to do about an alarm."""
    return f"{PAGE}#{section_of(alarm).lower()}"
