"""One logger, one set of metrics. No customer's name, number, address or words in either."""

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger(use_rfc3339=True)
metrics = Metrics()


def count(metric: str, number: int = 1) -> None:
    """Add to a metric that counts something."""
    metrics.add_metric(name=metric, unit=MetricUnit.Count, value=number)
