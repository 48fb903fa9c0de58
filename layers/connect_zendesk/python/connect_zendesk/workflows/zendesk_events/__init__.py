"""What happened in Zendesk, and the tasks that come of it."""
