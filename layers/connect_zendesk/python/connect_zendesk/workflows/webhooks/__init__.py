"""Zendesk's webhooks: verified and published, and those recovered that were never delivered."""
