"""How long a function takes to start, against the libraries it uses: `python -m tests.benchmarks.start_up`.

Each start is a process of its own: the imports and the clients of the function, and the same libraries and
clients without a line of ours, in turn, so that a busy machine slows both. The budget is 1.15; the rules,
which are a part of the functions, are shown for themselves.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

BUDGET = 1.15
TIMES = 21

_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_DEFAULT_REGION": "eu-west-2",
    "POWERTOOLS_METRICS_NAMESPACE": "ConnectZendesk",
    "POWERTOOLS_SERVICE_NAME": "benchmark",
    "TABLE_NAME": "ledger",
    "WEBHOOK_SECRET_ARN": "arn:aws:secretsmanager:eu-west-2:123456789012:secret:keys",
    "BUS_NAME": "bus",
    "CUSTOMER_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/123456789012/customers.fifo",
    "OWN_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/123456789012/contacts",
    "CONTACT_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/123456789012/contacts",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/123456789012/letters",
    "ZENDESK_URL": "https://acme.zendesk.com",
    "APP_SETTINGS_APPLICATION": "app",
    "APP_SETTINGS_ENVIRONMENT": "env",
    "APP_SETTINGS_PROFILE": "profile",
    "FORCED_TICKET_WAIT_SECONDS": "300",
    "CONTACT_FILE_WAIT_SECONDS": "600",
    "LEASE_SECONDS": "90",
}

_LOGGING = """
import base64, gzip, json, os, re
from datetime import UTC, datetime, timedelta
from dataclasses import dataclass
import boto3
from botocore.config import Config
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
Logger(use_rfc3339=True)
Metrics()
config = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
boto3.client("events", config=config)
boto3.client("sqs", config=config)
"""


@dataclass(frozen=True)
class Start:
    """A function's start, and that of the libraries alone, as Python text."""

    function: str
    ours: str
    libraries: str


#: The rules need the standard library and the phone-number library; each setting and rule is made at import.
_RULES = """
import collections.abc, contextlib, dataclasses, datetime, functools, hashlib, html, json, re, tomllib, typing
import unicodedata, urllib.parse, zoneinfo
import phonenumbers
"""

RULES_ALONE = Start(
    "(the rules alone)",
    "from connect_zendesk.rules.settings import app_settings\n"
    "from connect_zendesk.rules.tickets import comment, ticket_decision",
    _RULES,
)

STARTS = (
    RULES_ALONE,
    Start(
        "contact_records",
        "from functions.contact_records import handler\n"
        "from connect_zendesk import messaging\nmessaging.messages()",
        _LOGGING
        + "from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord",
    ),
    Start(
        "ticket_creation",
        "from functions.ticket_creation import from_contact_record\n"
        "from connect_zendesk.entrypoints import container\ncontainer.services()",
        _LOGGING
        + """
import hashlib, html, tomllib, traceback, zoneinfo
import phonenumbers
import requests
from aws_lambda_powertools.utilities.parameters import AppConfigProvider
boto3.client("dynamodb", config=config)
boto3.client("connect", config=config)
requests.Session()
AppConfigProvider(environment="env", application="app")
""",
    ),
    Start(
        "zendesk_webhook",
        "from functions.zendesk_webhook import handler\nhandler.endpoint().messages()",
        """
import base64, binascii, gzip, hashlib, hmac, json, os, re, traceback
from collections import Counter
from datetime import UTC, datetime, timedelta
from dataclasses import dataclass
from pathlib import Path
import boto3
from botocore.config import Config
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
Logger(use_rfc3339=True)
Metrics()
config = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
for name in ("secretsmanager", "dynamodb", "events", "sqs"):
    boto3.client(name, config=config)
""",
    ),
    Start(
        "app_settings",
        "from functions.app_settings import seed\nimport boto3\nboto3.client('appconfig')",
        "import json, time, urllib.request\nfrom datetime import UTC, datetime\nfrom typing import Any\n"
        "import boto3\nfrom botocore.config import Config\nboto3.client('appconfig')",
    ),
)

_TIMED = "from time import perf_counter\nbegan = perf_counter()\n{}\nprint(perf_counter() - began)"


def seconds(text: str) -> float:
    """Return how long a text takes to run in a new process, the interpreter's own start left out."""
    done = subprocess.run(
        [sys.executable, "-c", _TIMED.format(text)],
        env={**os.environ, **_ENVIRONMENT, "PYTHONPATH": "."},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout.split()[-1])


def main() -> int:
    """Measure and print; returns 1 where the budget is exceeded."""
    table = Table("function", "libraries", "function", "ratio", title=f"Budget: {BUDGET}")
    worst = 0.0
    for start in STARTS:
        pairs = [(seconds(start.libraries), seconds(start.ours)) for _ in range(TIMES)]
        libraries, ours = (median(times) for times in zip(*pairs, strict=True))
        if start is not RULES_ALONE:
            worst = max(worst, ours / libraries)
        table.add_row(
            start.function, f"{libraries * 1e3:.0f} ms", f"{ours * 1e3:.0f} ms", f"{ours / libraries:.2f}"
        )
    Console().print(table)
    return 0 if worst <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
