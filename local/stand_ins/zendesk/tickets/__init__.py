"""Tickets: made, changed, listed, merged, deleted; their comments, files and audits."""
