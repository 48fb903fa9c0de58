"""Faults as both stand-ins have them: what is known of each, and how one is switched on."""
