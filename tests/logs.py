"""What the functions log and count, for tests to look at."""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import Any, Self
from unittest import mock

from connect_zendesk.observability import logger, metrics


class Logs(logging.Handler):
    """Collects log lines and metrics for as long as a ``with`` block lasts.

    ``lines`` are the log lines as JSON objects, ``text`` the same as they are written; ``metrics`` what was
    counted, by name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.metrics: Counter[str] = Counter()
        self.setFormatter(logger.registered_formatter)
        add_metric = metrics.add_metric

        def note(**metric: Any) -> None:
            self.metrics[metric["name"]] += metric["value"]
            add_metric(**metric)

        self._patch = mock.patch.object(metrics, "add_metric", note)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log lines as JSON objects."""
        return [json.loads(line) for line in self.text]

    def emit(self, record: logging.LogRecord) -> None:
        """Take one line."""
        self.text.append(self.format(record))

    def __enter__(self) -> Self:
        self._level = logger.log_level
        logger.setLevel(logging.INFO)
        logger.addHandler(self)
        self._patch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._patch.stop()
        logger._logger.removeHandler(self)
        logger.setLevel(self._level)
