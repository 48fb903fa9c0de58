"""Agents: who they are in Zendesk, what they accept, what they are shown and told."""
