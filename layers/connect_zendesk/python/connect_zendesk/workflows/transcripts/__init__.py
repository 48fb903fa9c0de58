"""Transcripts and analyses: from a contact's files in S3 to its ticket."""
