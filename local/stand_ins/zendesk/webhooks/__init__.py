"""Webhooks, the triggers that invoke them, and how their invocations are sent."""
