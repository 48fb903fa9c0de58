"""Agents: who they are in Zendesk, and what they are shown."""
