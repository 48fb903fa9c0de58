"""Customers' Zendesk users: made, and changed at Zendesk's pace."""
