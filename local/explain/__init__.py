"""`python -m local explain`: what is decided about contacts, and why. Writes nothing."""

from local.explain.command import explain

__all__ = ["explain"]
