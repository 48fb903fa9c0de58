"""Amazon Transcribe: jobs for recordings, and the two kinds of files that they write (X3)."""
