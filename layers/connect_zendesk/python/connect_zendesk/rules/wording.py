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
