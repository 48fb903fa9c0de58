"""Zendesk events become Amazon Connect tasks."""
