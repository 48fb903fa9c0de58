"""The kinds of ticket events that the bus carries. Imported by what starts fast: it imports nothing."""

#: What the types of a ticket's events begin with; rules name what follows.
TICKET = "ticket."
#: What Zendesk's own types begin with, before that; and the detail types of its EventBridge integration.
WEBHOOKS_TYPE = "zen:event-type:"
PARTNERS_DETAIL_TYPE = "Support Ticket: "

#: The ticket events that Zendesk sends, without their common beginning zen:event-type:ticket. A ticket
#: deleted for good has no event here: no agent could work on the task.
EVENTS = (
    "created",
    "comment_added",
    "comment_made_private",
    "comment_redacted",
    "attachment_linked_to_comment",
    "attachment_redacted_from_comment",
    "agent_assignment_changed",
    "group_assignment_changed",
    "status_changed",
    "custom_status_changed",
    "priority_changed",
    "type_changed",
    "subject_changed",
    "description_changed",
    "tags_changed",
    "custom_field_changed",
    "external_id_changed",
    "form_changed",
    "brand_changed",
    "organization_changed",
    "requester_changed",
    "submitter_changed",
    "email_ccs_changed",
    "followers_changed",
    "problem_link_changed",
    "task_due_at_changed",
    "merged",
    "marked_as_spam",
    "soft_deleted",
    "undeleted",
)
