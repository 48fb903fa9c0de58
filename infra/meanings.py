"""What each context value is for, in one sentence: asked, written into the deployment's file, documented."""

#: By name, in the order in which they are asked and listed. None ends with a full stop.
MEANINGS = {
    "zendesk_url": "The address at which your agents open Zendesk: tickets are made there",
    "connect_instance_arn": "The only Amazon Connect instance whose contacts are taken; its address is"
    " looked up,"
    " so that tickets link to their contacts, and its agents are looked up ahead of their first call",
    "record_stream_arn": "The Kinesis stream that already has your contact records, as an instance can"
    " send them"
    " to one only; empty: a stream is made",
    "record_stream_shards": "Shards of the stream made here; 0 is on-demand capacity",
    "associate_record_stream": "Have the instance send its contact records to the stream made here",
    "agent_event_stream_arn": "The Kinesis stream that has your agent events: with it, tickets and users"
    " pop while"
    " contacts ring, else when they are accepted",
    "contact_buckets": "The buckets in which your instance keeps chat transcripts, recordings and Contact"
    " Lens's files: with them, these are attached to tickets, and recordings can be transcribed",
    "contact_bucket_keys": "The KMS keys that encrypt those buckets",
    "associate_flow_functions": "Put the two functions for contact flows on the instance's list",
    "flow_block_start": "How those two functions are kept ready for callers: docs/scale.md has the prices",
    "flow_block_provisioned": "How many containers of each are always ready, where they are provisioned",
    "sample_flow_queue_arn": "The queue to which the sample contact flows hand over: with it, they are"
    " deployed",
    "sample_flow_bot_alias_arn": "The alias of the Lex bot that the sample for chats asks",
    "sample_flow_voice_function_arn": "The function with which a partner verifies voices in the sample"
    " for calls",
    "agent_app": "Serve the agent app, which `make zendesk` then installs in Zendesk",
    "agent_app_concurrency": "How many of the app's requests are handled at once, set aside in the Lambda"
    " quota of"
    " the account; 0 sets none aside",
    "approve_zendesk_origin": "Put Zendesk's address on the instance's list of approved origins, for the"
    " agent app;"
    " false where it is on the list already",
    "zendesk_event_bus": "An EventBridge bus of yours on which Zendesk's ticket events arrive without"
    " this stack's"
    " webhook",
    "voice_id_domain_id": "A Voice ID domain that still answers",
    "forced_ticket_wait_seconds": "How long after its end an unattached contact may still be attached by"
    " its agent",
    "contact_file_wait_seconds": "How long after its record a contact's transcripts are looked for, where"
    " they have"
    " not come",
    "background_concurrency": "How many messages of the contact queue are handled at once",
    "webhook_concurrency": "How many webhooks of Zendesk are handled at once, set aside in the Lambda"
    " quota of the"
    " account; 0 sets none aside",
    "log_retention_days": "How long logs are kept",
    "tracing": "Have Lambda trace invocations with AWS X-Ray, which is paid for by the trace",
    "alarm_email": "The address that alarms are sent to",
}
