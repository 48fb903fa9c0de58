"""What agents and administrators read on a ticket: plain words, in one place, ready to be translated."""

INCOMING_SUBJECT = "Incoming call from {who}"
OUTGOING_SUBJECT = "Outgoing call to {who}"
WEB_CALL_SUBJECT = "Web call from {who}"
VOICEMAIL_SUBJECT = "Voicemail from {who}"
SUBJECTS = {
    "incoming_call": INCOMING_SUBJECT,
    "outgoing_call": OUTGOING_SUBJECT,
    "web_call": WEB_CALL_SUBJECT,
}
CHAT_SUBJECT = "Chat with {who}"
TASK_SUBJECT = "Task"
ANONYMOUS = "an anonymous caller"
ANONYMOUS_CUSTOMER = "an anonymous customer"
WEB_CALL = "Web call"
NO_NUMBER = "No number"
UNTITLED_CALL = "Call"
PLACEHOLDER_NAME = "Anonymous caller"
#: A new user whose name, number and address Zendesk does not accept as a name (C8).
UNNAMED = "Unnamed customer"

#: What a contact is called, by how it began.
HEADINGS = {
    "incoming_call": "Incoming call",
    "outgoing_call": "Outgoing call",
    "web_call": WEB_CALL,
    "chat": "Chat",
    "outgoing_chat": "Chat",
    "task": "Task",
}
CHANNEL_OF_ORIGIN = {
    "incoming_call": "call",
    "outgoing_call": "call",
    "web_call": "call",
    "chat": "chat",
    "outgoing_chat": "chat",
    "task": "task",
    "other": "contact",
}
#: What a leg is called, by what it is within its contact.
LEG_HEADINGS = {
    "first": "{contact}",
    "voicemail": "Voicemail",
    "transferred": "{contact}, transferred to {queue}",
    "joined": "{contact}, joined by {agent}",
    "left_queue": "{contact}, left the queue",
    "external": "{contact} to somebody outside, added to the conversation",
    "side_task": "Task made during the {channel}",
}
ANOTHER_QUEUE = "another queue"
ANOTHER_AGENT = "another agent"
AGENTS_QUEUE = "for an agent"
WAITED_AND_LEFT = "{why} Waited {waited} ({queue}), from {began} to {ended}. Contact {contact}."
CHANGED = "{heading}: the contact record has changed ({what})"
CHANGED_SOMEHOW = "{heading}: the contact record has changed"
ASPECTS = {"recording": "recording", "agent": "agent", "queue": "queue", "times": "times"}
#: Why no agent spoke with the customer.
UNANSWERED = {
    "voicemail": "The customer left a voicemail.",
    "callback": "A callback was requested, and has not been answered.",
    "unreached": "Nobody was reached.",
    "missed": "It was offered to agents, and none answered.",
    "abandoned": "The customer left the queue before an agent answered.",
    "self_service": "It ended in the contact flow, without an agent.",
    "other": "It ended before an agent took it.",
}

TITLE = "Title"
TASK_NAME = "Name"
DESCRIPTION = "Description"
REFERENCES = "References"
FROM = "From"
TO = "To"
QUEUE = "Queue"
AGENT = "Agent"
BEGAN = "Began"
CONNECTED = "Connected to the agent"
ENDED = "Ended"
WAITED = "Waited in the queue"
TALKED = "With the agent"
ON_HOLD = "On hold"
WRAP_UP = "Wrap-up"
TRANSFERRED_TO = "Transferred to"
ENDED_BY = "Ended by"
CONTACT = "Contact"
CONTACT_PAGE = "Contact in Amazon Connect"
RECORDING = "Recording"
NO_LINK = "recorded; set connect_instance_url in the app settings for a link"
NOT_RECORDED = "This call was not recorded: the customer opted out."
RECORDED_ALL_THE_SAME = (
    "There is a recording of this call, although the customer opted out. Please tell your administrator."
)
STREAMED = "recorded in Kinesis Video Streams, to which there is no link"
CONSENTED = "The customer agreed to the recording."
ATTRIBUTES = "Contact attributes"
MORE = "… and {count} more, left out for length"
IGNORED = "Settings that were ignored"
NO_SUCH_TICKET = "{setting}: there is no ticket {ticket}"
WHY = "Why this ticket"
CANDIDATES = "The customer may be"
CANDIDATE_TICKET = "The flow named ticket #{ticket}, which somebody else requested."
CANDIDATE = "{name} (user {id})"
#: What a rule of `ticket_fields` has set (T17).
TICKET_FIELDS_SET = 'The rule "{rule}" of ticket_fields sets {what}'
FIELD_GIVEN = "field {field} to {value}"
FIELD_FROM_ATTRIBUTE = "field {field} to what the attribute {attribute} holds"
FOLLOW_UP = "This continues ticket #{ticket}, which is closed."

#: Of a new user, what is left out (C8), and of a new ticket, what Zendesk does not accept (T16).
LEFT_OUT = {
    "name": "The new user has another name than intended: Zendesk does not accept that one.",
    "number": "The new user does not have the number: somebody else has it, or Zendesk does not accept it.",
    "email": "The new user does not have the address: somebody else has it, or Zendesk does not accept it.",
}
REQUESTER_REPLACED = (
    "Zendesk does not accept the requester that was decided on first (suspended, merged or deleted):"
    " another one was chosen."
)
NO_FOLLOW_UP = (
    "Ticket #{ticket} is closed, and Zendesk does not accept its requester any more: it has no follow-up."
)
ANOTHER_REQUESTER = "Zendesk does not accept the requester: the ticket has another one."
WITHOUT_EXTERNAL_ID = "Zendesk does not accept the external id: other programs cannot find the ticket by it."
WITHOUT_ASSIGNEE = "Zendesk does not accept the agent as assignee: the ticket is assigned to nobody."
WITHOUT_TAGS = "Zendesk does not accept the tags: they are left out."
WITHOUT_CHANNEL = "Zendesk does not accept the channel: it is left out."
GROUP_WITHOUT_AGENT = (
    "The agent is not in the group that a rule sets, or cannot be assigned tickets: the ticket is assigned to"
    " the group alone."
)
WITHOUT_GROUP = "Zendesk does not accept the group: it is left out."
WITHOUT_BRAND = "Zendesk does not accept the brand: it is left out."
WITHOUT_FORM = "Zendesk does not accept the ticket form: it is left out."
WITHOUT_PRIORITY = "Zendesk does not accept the priority: it is left out."
WITHOUT_TYPE = "Zendesk does not accept the type: it is left out."
WITHOUT_FIELDS = "Zendesk does not accept the values of the ticket fields: they are left out."
WITHOUT_FIELD = "Zendesk does not accept the value of ticket field {field}: it is left out."
WITHOUT_FOLLOW_UP = "Zendesk does not accept the ticket as a follow-up: it is not linked to the closed one."

CHANNELS = {"VOICE": "call", "CHAT": "chat", "TASK": "task"}
BY_AGENT = "by agent {agent} at"
ATTACHED_BY = "Attached " + BY_AGENT + " {time}"
MADE_BY_HAND = "A new ticket, asked for " + BY_AGENT + " {time}"
WHICH_CONTACT = (
    "No contact was attached: you are on several, or were until less than ten minutes ago. "
    "Please attach again and say which one:"
)
NOT_THAT_CONTACT = "No contact was attached: you were not on the one that was named. You are or were on:"
NO_CONTACT_TO_ATTACH = (
    "No contact was attached: you are on none, and were on none in the ten minutes before you asked."
)
CONTACT_TO_ATTACH = "{time}, {channel}, contact {contact}"
NO_TICKET_TO_ATTACH_TO = (
    "Contact {contact} was not attached to ticket #{ticket}: it was deleted or never existed."
)
MERGED_TICKET = "Contact {contact} was not attached to ticket #{ticket}: it was merged into another one."
NO_USER_TO_ATTACH_TO = "No ticket was made for user {user}: deleted, suspended, or never existed."
MADE_BY_MACRO = "For contact {contact}, ticket #{ticket} was made, as the macro that was used here asked."
MOVED_TO = "An agent has attached this contact to ticket #{ticket}. Contact {contact} continues there."
FORCED_MOVED_TO = (
    "This ticket was made because nobody had attached the contact to one. An agent has done so since: "
    "contact {contact} continues on ticket #{ticket}."
)

VOICE_COMMENT_REFUSED = "Zendesk did not accept this call's voice comment: see its private details instead."
CALL_TWICE = (
    "This call is on the ticket {times} times: Zendesk answered late, and carried out more than one of the"
    " requests for it. All of them say the same. Contact {contact}."
)
FILE_REFUSED = "Zendesk did not accept the file with the whole conversation, so it is not attached."

NOTICE_HEADING = "For the agent of this contact:"
NEW_TICKET_ASKED_FOR = "the contact flow asks for a new ticket"
NOTICES = {
    "C4": "The caller is anonymous: ask who it is before you rely on the requester.",
    "C6": "No Zendesk user matches this chat: please choose the customer and the ticket.",
    "C7": "The flow named a Zendesk user who does not exist or is suspended: please choose the customer.",
    "S4": "Settings that could not be read were ignored: {what}",
    "T1": "Please attach this contact to a ticket: {what}.",
    "T2": "Somebody other than the caller requested this ticket: please decide where the contact belongs.",
    "T5": "Several Zendesk users match this customer: please search and choose.",
    "T9": "The caller's authentication failed or was inconclusive: please check who is calling.",
    "T12": "This contact has no ticket yet: please attach it to one, or wait for the other agent to do so.",
}

#: What `explain` says of an agent's attachment: which contact it means is decided when it arrives (A1).
ATTACHMENT_EXPLAINED = (
    "The agent's contact at that moment is attached to {target}: the only one whose customer is the"
    " requester, else the only one; else the agent is asked which"
)

#: What `explain` says of the call itself on its ticket (M2, M5).
CALL_EXPLAINED = {
    "call": "put on the ticket through the Calls API",
    "voice_comment": "a voice comment on the ticket",
}
CALL_NOT_IN_PUBLIC = "not on a ticket with public comments"

#: What `explain` says of an agent who joins a contact (T12).
JOINING_EXPLAINED = (
    "An agent joins the contact: its ticket is shown, which the first leg decides; where it has none yet, the"
    " agent gets manual assignment"
)

#: What an agent reads of a task that a Zendesk event became (K2).
TASK_ABOUT = "Ticket #{ticket}: {subject}"
TASK_PRIORITY = "Priority: {priority}"
TASK_WHY = "Why: {rule} ({event})"
TASK_LINK = "Zendesk ticket"
NO_SUBJECT = "(no subject)"

#: Why a Zendesk event becomes a task, or does not (K1, K4).
NOT_SET = "not set"
OR, AND = "or", "and"
TASK_NOT_FOR_OWN_CHANGE = "This connector made the change itself: no task"
TASK_NOT_FOR_OWN_TICKET = "The ticket was made for a contact of Amazon Connect: no task"
TASK_NOT_FOR_OWN_TAGS = "The tags that changed are this connector's own: no task"
TASK_NOT_WITHOUT_ACTOR = "No one is named who changed this ticket, which was made for a contact: no task"
TASK_RULE_FITS = 'rule "{rule}" fits'
TASK_RULE_MISMATCH = 'rule "{rule}" does not fit: {why}'
TASK_RULE_OFF = "it is switched off"
TASK_EVENT = "the event"
TASK_MISMATCH = "{what} is {value}, expected {expected}"
TASK_LACKS_ANY_TAG = "the ticket has none of the tags {tags}"
TASK_LACKS_TAG = "the ticket lacks {tags}"
TASK_HAS_TAG = "the ticket has {tags}"
NO_TASK_RULES = "there are no task rules"

#: What a task came to, by how Amazon Connect says that it ended (K5).
OUTCOME = "Outcome"
OUTCOMES = {
    ("TASK", "AGENT_COMPLETED"): "completed by the agent",
    ("TASK", "AGENT_DISCONNECT"): "ended by the agent",
    ("TASK", "CONTACT_FLOW_DISCONNECT"): "ended by the contact flow",
    ("TASK", "EXPIRED"): "expired before it was completed",
    ("TASK", "API"): "ended by another system",
}
ACCEPTED = "{heading}, accepted by an agent"
#: On the ticket where a macro was used by an agent who cannot be found (A1).
NO_AGENT_ATTACHES = "No contact was attached: the tag was not set by an agent."

#: Transcripts and analysis (X).
TRANSCRIPTS = {
    "chat": "Chat transcript",
    "lens_chat": "Chat, analysed by Contact Lens",
    "lens_voice": "Call, analysed by Contact Lens",
    "call_analytics": "Call, analysed by Amazon Transcribe",
    "transcription": "Call, transcribed by Amazon Transcribe",
    "voicemail": "Voicemail, transcribed by Amazon Transcribe",
}
#: Who made what is attached.
SERVICES = {
    "chat": "Amazon Connect",
    "lens_chat": "Contact Lens",
    "lens_voice": "Contact Lens",
    "call_analytics": "Amazon Transcribe",
    "transcription": "Amazon Transcribe",
    "voicemail": "Amazon Transcribe",
}
AUTOMATED = "{transcript}: the part with the bot"
TIMES_IN = "times in {zone}"
TRANSCRIPT_CONTACT = "contact {contact}"
PERSONAL_DATA_LEFT_OUT = "Amazon Connect has left out personal data."
PERSONAL_DATA_NOT_TRANSCRIBED = "Amazon Transcribe has left out personal data."
DEGRADED = (
    "Possibly degraded: more than two took part or a supervisor joined, so that who said what may be wrong."
)
NOT_ANALYSED = "{service} did not finish its analysis ({status})."
SKIPPED = "Not done by {service}: {feature}, because {reason}."
SKIPPED_SOME = "Not done by {service}: {feature} ({what}), because {reason}."
SKIPPED_FEATURES = {
    "GENERATIVE_SUMMARIZATION": "the summary",
    "POST_CONTACT_SUMMARY": "the summary",
    "SUMMARY": "the summary",
    "CATEGORIZATION": "categories",
    "SENTIMENT": "sentiment",
}
SKIPPED_REASONS = {
    "QUOTA_EXCEEDED": "there were too many analyses at that time",
    "INSUFFICIENT_CONVERSATION_CONTENT": "too little was said",
    "FAILED_SAFETY_GUIDELINES": "it would not have met the safety guidelines",
    "INVALID_ANALYSIS_CONFIGURATION": "it is not set up correctly",
    "INTERNAL_ERROR": "of an error in Amazon Connect",
}
SUMMARY_HEADING = "Summary"
CATEGORIES = "Categories"
FEELINGS = "How they felt, from −5 to +5"
MEASURED = "In numbers"
TONES = "How they sounded to Amazon Comprehend"
TONE = "{word} overall: {shares}"
TONE_SHARE = "{word} {share} %"
TONE_WORDS = {"positive": "positive", "neutral": "neutral", "negative": "negative", "mixed": "mixed"}
SPOKEN_OF = "What the customer spoke of"
KEY_PHRASES = "Key phrases"
ENTITIES = {
    "PERSON": "People",
    "LOCATION": "Places",
    "ORGANIZATION": "Organisations",
    "COMMERCIAL_ITEM": "Products",
    "EVENT": "Events",
    "DATE": "Times",
    "QUANTITY": "Quantities",
    "TITLE": "Titles",
    "OTHER": "Other names",
}
SPEAKER = "Speaker {number}"
FOUND = "What came up"
FOUND_ISSUE, FOUND_OUTCOME, FOUND_ACTION = "Issue", "Outcome", "To do"
CONVERSATION = "Conversation"
NOTHING_SAID = "Nothing was said."

ROLES = {
    "customer": "Customer",
    "agent": "Agent",
    "supervisor": "Supervisor",
    "bot": "Bot",
    "system": "System",
    "other": "Participant",
}
#: One in front of every speaker, to distinguish them where all text looks the same.
ROLE_MARKS = {"customer": "●", "agent": "○", "supervisor": "◐", "bot": "◇", "system": "◦", "other": "◌"}
MOODS = {"positive": "☺ positive", "negative": "☹ negative", "mixed": "mixed feelings"}

#: Up to which score, and the word for it.
FEELING_WORDS = (
    (-3.0, "very negative"),
    (-1.0, "negative"),
    (1.0, "neutral"),
    (3.0, "positive"),
    (5.0, "very positive"),
)
FELT = "{word} overall ({score})"
FELT_THROUGHOUT = "{word} throughout"
FELT_FROM = "{word} from {begin} to {end}"
FELT_THEN = "then {word} until {end}"
FELT_AT_FIRST = "{word} at first ({score})"
FELT_AT_LAST = "{word} at the end ({score})"
FELT_WITH_AGENT = "{word} with an agent ({score})"
FELT_WITHOUT_AGENT = "{word} without ({score})"

LASTED = "Duration"
TALKED_FOR = "Talked"
SILENCE = "nobody {time}"
TALK_SPEED = "Words per minute"
INTERRUPTIONS = "Interruptions"
NO_INTERRUPTIONS = "none"
INTERRUPTED = "{count}, {time} in all"
INTERRUPTED_BY = "{count} by the {role}"
FIRST_ANSWER = "First answer"
ANSWERED_AFTER = "{role} after {time}"
ANSWERED_IN = "{role} {time} on average"
LONGEST_ANSWER = "{time} at most"
ANSWERS = "Answers"

TRANSCRIPT_EVENTS = {
    "participant.joined": "{who} joined",
    "participant.left": "{who} left",
    "participant.idle": "{who} was idle",
    "participant.returned": "{who} came back",
    "participant.active": "{who} became active",
    "participant.inactive": "{who} became inactive",
    "participant.invited": "{who} was invited",
    "participant.autodisconnection": "{who} was disconnected after being idle",
    "participant.disconnected": "{who} was disconnected",
    "chat.ended": "The chat ended",
    "chat.rehydrated": "The chat goes on from an earlier one",
    "transfer.succeeded": "The chat was transferred",
    "transfer.failed": "A transfer failed",
}
OTHER_EVENT = "Event: {event}"
SENT_FILE = "Sent a file: {name}"
REFUSED_FILE = "A file was refused, and did not arrive: {name}"
UNNAMED_FILE = "without a name"
TURN_ISSUE, TURN_OUTCOME, TURN_ACTION = "issue", "outcome", "to do"
CUT = "These are the first {shown} of {turns} entries. The whole is in the attached file {file}."
CUT_TEXT = "What is too long for a comment is shortened here. The whole is in the attached file {file}."
PART = "Part {part}"
CONTINUES = "This continues in the next part."

#: Speech analysis without Contact Lens (X3): what is said in the place of words, by `rules.speech.reasons`.
NOT_TRANSCRIBED = {
    "the service is not in this region": "Not transcribed: the service is not available in this AWS region.",
    "too short": "Not transcribed: the recording is shorter than half a second.",
    "too long": "Not transcribed: the recording is longer than the four hours that the service takes.",
    "too large": "Not transcribed: the recording's file is larger than the service takes.",
    "not readable as audio": "Not transcribed: the recording cannot be read as sound.",
    "personal data cannot be taken out in this language": (
        "Not transcribed: personal data are to be left out (speech_redaction), and Amazon Transcribe "
        "cannot do that in this language."
    ),
    "the day's minutes are used up": (
        "Not transcribed: the minutes of this day (speech_minutes_per_day) are used up."
    ),
    "the recording is gone": "Not transcribed: the recording has been deleted.",
    "access to the recording is denied": (
        "Not transcribed: access to the recording was denied, by its bucket or by the key that encrypts it."
    ),
    "the service refused the request": "Not transcribed: Amazon Transcribe refused the request.",
    "the service failed": "Not transcribed: Amazon Transcribe failed.",
    "the service did not finish within a day": (
        "Not transcribed: Amazon Transcribe did not finish within a day."
    ),
    "the service's result is gone": "Not transcribed: what Amazon Transcribe wrote is not there any more.",
}
#: What was transcribed is deleted once it is on a ticket, so another ticket cannot get it.
TRANSCRIBED_ELSEWHERE = (
    "What was said in this recording is on the ticket that the contact was on before, and kept nowhere else."
)
WORDS_NOT_REDACTED = (
    "The words are left out: personal data are not to be written (speech_redaction), and Amazon Transcribe "
    "cannot take them out in this language."
)
ONE_SIDE_SILENT = "Nothing that the {role} said is in the recording."
NO_COMPREHEND_HERE = "Not analysed further: Amazon Comprehend is not available in this AWS region."
COMPREHEND_FAILED = "Not analysed further: Amazon Comprehend did not answer."
COMPREHEND_REFUSED = "Not analysed further: Amazon Comprehend refused the request."
COMPREHEND_IN_PART = "Amazon Comprehend could not analyse all of the conversation."

WORDS_IN_THE_TRANSCRIPT = "The conversation itself is in the chat's transcript, on this ticket."
WORDS_LEFT_OUT = "The conversation itself is left out: chat_transcript is false."
MACRO_EXPLAINED = "The macro's tag {tag}: attach the contact of the agent who set it"
FILE_EXPLAINED = "Attached once its contact has a ticket, unless a redacted file of its leg holds the same"
IN_ZENDESK_EXPLAINED = "Zendesk's webhook reports what a person does there; that event is then decided on"
