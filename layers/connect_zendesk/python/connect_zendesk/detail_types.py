"""What kinds of events there are, on this project's bus and on the account's default bus."""

#: The source of every event that this project puts on its bus.
SOURCE = "connect-zendesk"

CONTACT_RECORD = "Contact Record"
FORCED_TICKET_DUE = "Forced Ticket Due"
#: A call that may be on its ticket twice is to be looked for: see `workflows.tickets.call_checks`.
CALL_CHECK_DUE = "Call Check Due"
#: An agent attaches a contact to a ticket (A1): see `connect_zendesk.rules.tickets.attachment`.
ATTACHMENT_REQUESTED = "Attachment Requested"
#: What is to be written to a customer's Zendesk user, on the queue of such updates.
CUSTOMER_UPDATE = "Customer Update"
#: A leg of a call has ended whose caller's voice authentication is to be kept (V1): its contact record.
VOICE_RECORD = "Voice Record"
#: A contact has its ticket, or another one; and it is settled that it has none: see
#: `workflows.tickets.link_events`.
TICKET_LINKED = "Ticket Linked"
NO_TICKET_LINKED = "No Ticket Linked"
#: A file of a contact that is to be looked at: see `workflows.transcripts.transcripts`.
CONTACT_FILE = "Contact File"
#: A leg has ended of which there should be files, at a time when they should all have been written.
CONTACT_FILES_EXPECTED = "Contact Files Expected"
#: A recording is to be transcribed and analysed: see `rules.speech.request`. And what came of it is on its
#: ticket, or will never be: its result is not needed any more.
SPEECH_ANALYSIS_REQUESTED = "Speech Analysis Requested"
SPEECH_RESULT_USED = "Speech Result Used"
#: What happened to a ticket, as Zendesk's webhook reported it: see `rules.zendesk_events.zendesk_event`.
ZENDESK_EVENT = "Zendesk Event"

#: On the default bus, from Amazon Connect (`aws.connect`), while a contact lives.
CONTACT_EVENT = "Amazon Connect Contact Event"
#: On the default bus, from S3 (`aws.s3`): a file has been written.
OBJECT_CREATED = "Object Created"
#: On the default bus, from Amazon Transcribe (`aws.transcribe`): a job of either engine has ended.
TRANSCRIPTION_CHANGED = "Transcribe Job State Change"
CALL_ANALYTICS_CHANGED = "Call Analytics Job State Change"
#: On the default bus, from CloudFormation (`aws.cloudformation`).
STACK_STATUS_CHANGED = "CloudFormation Stack Status Change"
