"""What agents and administrators read on a ticket: plain words, in one place, ready to be translated."""

INCOMING_SUBJECT = "Incoming call from {who}"
OUTGOING_SUBJECT = "Outgoing call to {who}"
CHAT_SUBJECT = "Chat with {who}"
TASK_SUBJECT = "Task"
ANONYMOUS = "an anonymous caller"
ANONYMOUS_CUSTOMER = "an anonymous customer"
PLACEHOLDER_NAME = "Anonymous caller"

HEADINGS = {
    ("VOICE", "inbound"): "Incoming call",
    ("VOICE", "outbound"): "Outgoing call",
    ("CHAT", "inbound"): "Chat",
    ("CHAT", "outbound"): "Chat",
    ("TASK", "inbound"): "Task",
    ("TASK", "outbound"): "Task",
}
LATER_LEG = "{heading}, joined by another agent"
EXTERNAL_LEG = "{heading} to somebody outside, added to the conversation"
CHANGED = "{heading}: the contact record has changed"
MISSED = {
    "abandoned": "The customer left the queue before an agent answered.",
    "missed": "It was offered to agents, and none answered.",
    "callback": "A callback was requested, and has not been answered.",
    "voicemail": "The customer left a voicemail.",
}

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
CONSENTED = "The customer agreed to the recording."
ATTRIBUTES = "Contact attributes"
MORE = "… and {count} more, left out for length"
IGNORED = "Settings that were ignored"
NO_SUCH_TICKET = "{setting}: there is no ticket {ticket}"
WHY = "Why this ticket"
CANDIDATES = "The customer may be"
CANDIDATE_TICKET = "The flow named ticket #{ticket}, which somebody else requested."
CANDIDATE = "{name} (user {id})"
FOLLOW_UP = "This continues ticket #{ticket}, which is closed."

CHANNELS = {"VOICE": "call", "CHAT": "chat", "TASK": "task"}
ATTACHED_BY = "Attached by agent {agent} at {time}"
MADE_BY_HAND = "A new ticket, asked for by agent {agent} at {time}"
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
MOVED_TO = "An agent has attached this contact to ticket #{ticket}. Contact {contact} continues there."
FORCED_MOVED_TO = (
    "This ticket was made because nobody had attached the contact to one. An agent has done so since: "
    "contact {contact} continues on ticket #{ticket}."
)

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

#: What `explain` says of an agent's attachment, which contact it means being decided at its moment (A1).
ATTACHMENT_EXPLAINED = (
    "The agent's contact at that moment is attached to {target}: the only one whose customer is the"
    " requester, else the only one; else the agent is asked which"
)

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
OR, AND = " or ", " and "
TASK_NOT_FOR_OWN_CHANGE = "This connector made the change itself: no task"
TASK_NOT_FOR_OWN_TICKET = "The ticket was made for a contact of Amazon Connect: no task"
TASK_NOT_FOR_OWN_TAGS = "The tags that changed are this connector's own: no task"
TASK_RULE_FITS = 'rule "{rule}" fits'
TASK_RULE_MISFIT = 'rule "{rule}" does not fit: {why}'
TASK_RULE_OFF = "it is switched off"
TASK_EVENT = "the event"
TASK_MISFIT = "{what} is {value}, expected {expected}"
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
#: On the ticket where a macro was used that nobody can be found for (A1).
NO_AGENT_ATTACHES = "No contact was attached: the tag was not set by an agent."
