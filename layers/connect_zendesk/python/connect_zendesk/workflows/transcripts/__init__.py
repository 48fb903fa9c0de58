"""From a contact's files to its ticket."""
