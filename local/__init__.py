"""The stack on a laptop: emulator, Zendesk and Amazon Connect stand-ins, demo, replay, explain."""

import os
import warnings

# In this process the functions' logs and metrics would only mix with a command's answer.
os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")
os.environ.setdefault("POWERTOOLS_METRICS_DISABLED", "true")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "ConnectZendesk")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "local")
warnings.filterwarnings("ignore", message="No application metrics to publish")
