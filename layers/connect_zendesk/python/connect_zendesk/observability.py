"""One logger, one set of metrics. No customer's name, number, address or words in either."""

from aws_lambda_powertools import Logger, Metrics

from connect_zendesk.metrics import Metric

logger = Logger(use_rfc3339=True)
metrics = Metrics()


def count(metric: Metric, number: int = 1) -> None:
    """Add to a metric."""
    metrics.add_metric(name=metric.value, unit=metric.unit, value=number)
