"""Recordings that are transcribed and analysed without Contact Lens (X3)."""
