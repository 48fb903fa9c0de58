"""An agent attaches a contact to a ticket: by a command, by a macro, and again to another ticket."""
