"""`make zendesk`: makes in Zendesk what this project needs there, shows it first, and takes it away again."""

import os

# What the functions log is of no use to the user of a command, who reads sentences.
os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")
