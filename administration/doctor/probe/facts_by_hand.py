"""Open facts that take a person who calls, or time that no command waits.

The live Amazon Connect is never tried by a command.
"""

from administration.doctor.probe.fact import LAYER, Fact

BY_HAND: tuple[Fact, ...] = (
    Fact(
        "ringing",
        "agent-app.md",
        "8",
        "Does GetCurrentUserData list what rings, and how soon?",
        f"{LAYER}/workflows/agent_app/pops.py",
        "Call a number whose flow rings one agent. While it rings: aws connect get-current-user-"
        " data --instance-id"
        " <id> --filters Agents=<user id>. Look for AgentContactState CONNECTING.",
        "listed at once",
        {
            "listed at once": "the agent app shows the ticket while it rings, without an agent"
            " event stream (P8)",
            "not listed": "connect an agent event stream (agent_event_stream_arn), or pops come"
            " on acceptance",
        },
    ),
    Fact(
        "recording-after-transfer",
        "agent-app.md",
        "8",
        "Is a recording that was paused still paused after a transfer?",
        f"{LAYER}/workflows/agent_app/recording.py",
        "Call, have the agent pause the recording and transfer the call, then end it. Listen to"
        " both recordings.",
        "not known",
        {
            "paused": "the next agent is shown that it is not known, and resumes it (R1)",
            "recording": "the same",
        },
    ),
    Fact(
        "signed-token",
        "agent-app.md",
        "8",
        "Are sub, iss, aud and exp of Zendesk's signed token as assumed?",
        f"{LAYER}/zendesk/signed_load.py",
        "Open the agent app in Zendesk as an agent. Where the page says to open it in Zendesk,"
        " the log of the"
        " function agent_app names the claim that was refused.",
        "as assumed",
        {
            "as assumed": "agents are who they are (A4)",
            "otherwise": "no page of the agent app opens: report the claim's name; contacts are not affected",
        },
    ),
    Fact(
        "approved-origin",
        "agent-app.md",
        "8",
        "Does Amazon Connect approve a function URL as an origin?",
        "infra/agent_app.py",
        "Deploy with agent_app true and connect_instance_arn set: the deployment fails at"
        " OwnOrigin where it does"
        " not. make doctor says whether it is on the list.",
        "approved",
        {
            "approved": "the softphone loads in the agent app's page",
            "refused": "put a domain of your own before the function URL, and approve that",
        },
    ),
    Fact(
        "recording-link",
        "amazon-connect.md",
        "9",
        "Does get-recording play a leg's recording for an agent who may hear it?",
        f"{LAYER}/rules/tickets/view.py",
        "Make a recorded call. On its ticket, play the voice comment and follow the link, signed"
        " in to Amazon Connect.",
        "plays",
        {
            "plays": "recordings are heard on the ticket (M1, M2)",
            "does not": "set download_recording to false; the link to the contact's page stays",
        },
    ),
    Fact(
        "monitor-record",
        "amazon-connect.md",
        "12",
        "Which contact does the record of a monitoring supervisor name as its first?",
        f"{LAYER}/rules/contacts/kinds.py",
        "Monitor a call as a supervisor. Afterwards: no ticket of its own has come of it.",
        "the call",
        {
            "the call": "monitoring changes no ticket (T11)",
            "itself": "the same: its InitiationMethod is what counts",
        },
    ),
    Fact(
        "task-token",
        "amazon-connect.md",
        "8",
        "How long does StartTaskContact remember a ClientToken?",
        f"{LAYER}/workflows/tasks/create_task.py",
        "aws connect start-task-contact twice with one --client-token, an hour apart, to a flow"
        " that ends at once."
        " Compare the contact ids.",
        "not known",
        {
            "the same": "nothing more",
            "another": "nothing more: the ledger keeps a task from being started again",
        },
    ),
    Fact(
        "task-scheduled",
        "amazon-connect.md",
        "8",
        "How far ahead may a task be scheduled: 6 days, or 90?",
        f"{LAYER}/workflows/tasks/create_task.py",
        "aws connect start-task-contact with --scheduled-time in ten days, then stop-contact with its id.",
        "6 days",
        {
            "6 days": "a rule that schedules later has its task dead-lettered, with Amazon Connect's reason",
            "90 days": "rules may schedule so far ahead",
        },
    ),
    Fact(
        "webhook-retries",
        "zendesk.md",
        "10.6",
        "How often and how long does Zendesk repeat a delivery?",
        f"{LAYER}/workflows/webhooks/recovery.py",
        "Not tried: it takes an endpoint that fails. make doctor says how many deliveries have failed.",
        "not known",
        {"not known": "what Zendesk gives up is fetched again for a week"},
    ),
    Fact(
        "call-comment-privacy",
        "zendesk-2.md",
        "B4",
        "Is the comment of the Calls API private on a ticket with public comments?",
        f"{LAYER}/workflows/tickets/report.py",
        "Not tried: a call cannot be deleted. With zendesk_app_id set, look at a ticket of a call.",
        "public",
        {"public": "it is never on a ticket with public comments (M2)", "private": "the same"},
    ),
    Fact(
        "call-comment-counts",
        "zendesk-2.md",
        "B3",
        "Does a call's comment count among the thirty updates of a ticket in ten minutes?",
        f"{LAYER}/zendesk/limits.py",
        "Not tried, for the same reason. The metric MessageRetried of a ticket with many calls shows it.",
        "not counted",
        {"not counted": "a call costs one request, and no update", "counted": "what is too much waits"},
    ),
    Fact(
        "call-external-id",
        "zendesk-2.md",
        "B4",
        "Does a call's comment show the external id, also where it is not among the fields asked for?",
        f"{LAYER}/workflows/tickets/calls.py",
        "With zendesk_app_id set: GET /api/v2/tickets/<n>/comments of a call's ticket: data.external_id.",
        "shown",
        {
            "shown": "a call whose answer was lost is found, and not made again (M5)",
            "not shown": "it is made again, and is there twice: leave zendesk_app_id out, and report it",
        },
    ),
    Fact(
        "channels-of-flow-recording",
        "speech-analysis.md",
        "2",
        "Has the recording of a flow's part one channel, or two?",
        f"{LAYER}/rules/speech/plan.py",
        "Leave a voicemail, download its recording and look at its header, for example with ffprobe.",
        "not known",
        {
            "one": "a voicemail's words are read of the one channel (X3)",
            "two": "of the customer's, which is the left one",
        },
    ),
    Fact(
        "contact-lens-on-demand",
        "speech-analysis.md",
        "11",
        "Does StartContactConversationalAnalyticsJob take a contact whose recording Amazon Connect made?",
        f"{LAYER}/workflows/speech/jobs.py",
        "With a telephone contact of yours that is over, recorded and not analysed: aws connect"
        " start-contact-conversational-analytics-job. It writes an analysis as Contact Lens does.",
        "not used",
        {
            "not used": "recordings without Contact Lens go to Amazon Transcribe (X3)",
            "taken": "its analysis comes to the ticket as any of Contact Lens's does (X2)",
        },
    ),
)
