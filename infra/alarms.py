"""The alarms, and where they are sent."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from connect_zendesk.function_kinds import Alarm, Function
from connect_zendesk.topology import DEAD_LETTER_ALARMS, own_alarms
from infra.function import METRICS_NAMESPACE, PythonFunction
from infra.queues import Queues
from infra.runbooks import link_of

PERIOD = Duration.minutes(5)


class Alarms(Construct):
    """The alarms of the stack, each on one metric, without math.

    What makes a function has its alarms made here; those on dead letters are the stack's own. Each names the
    section of docs/alarms.md that says what to do.

    Attributes:
        made: all of them so far.
    """

    def __init__(self, scope: Construct, id_: str, *, email: str, queues: Queues) -> None:
        super().__init__(scope, id_)
        self.made: list[cloudwatch.IAlarm] = []
        self._topic = self._make_topic(email) if email else None
        letters = (queues.dead_letters, queues.fifo_dead_letters)
        for alarm, queue in zip(DEAD_LETTER_ALARMS, letters, strict=True):
            self._make(alarm, queue.metric(alarm.metric, period=PERIOD, statistic="Maximum"))

    def watch(self, function: PythonFunction) -> None:
        """Make the alarms of a function: those of its row, and on its errors and throttles."""
        row, made = function.row, function.function
        for alarm in row.alarms:
            self._make(alarm, _counted(row, alarm.metric))
        for alarm in own_alarms(row):
            self._make(alarm, made.metric(alarm.metric, period=PERIOD, statistic="Sum"))

    def on_age(self, alarm: Alarm, waiting: sqs.IQueue | lambda_.IFunction) -> None:
        """Make an alarm on the age of the oldest message of a queue, or of a stream's records."""
        self._make(alarm, waiting.metric(alarm.metric, period=PERIOD, statistic="Maximum"))

    def _make(self, row: Alarm, metric: cloudwatch.IMetric) -> None:
        alarm = cloudwatch.Alarm(
            self,
            row.id,
            metric=metric,
            threshold=row.above,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{Stack.of(self).stack_name}: {row.means}. What to do: {link_of(row)}",
        )
        self.made.append(alarm)
        if self._topic:
            alarm.add_alarm_action(actions.SnsAction(self._topic))
            alarm.add_ok_action(actions.SnsAction(self._topic))

    def _make_topic(self, email: str) -> sns.Topic:
        # CloudWatch cannot publish to a topic under alias/aws/sns, whose policy does not let it in.
        key = kms.Key(
            self,
            "Key",
            description="Alarm messages",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True, display_name="Connect Zendesk")
        alarms_here = iam.ServicePrincipal(
            "cloudwatch.amazonaws.com",
            conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[alarms_here], actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=["*"]
            )
        )
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[alarms_here], actions=["sns:Publish"], resources=[topic.topic_arn]
            )
        )
        topic.add_subscription(subscriptions.EmailSubscription(email))
        return topic


def _counted(row: Function, metric: str) -> cloudwatch.Metric:
    """Return a metric that a function counts; those of one folder count together."""
    return cloudwatch.Metric(
        namespace=METRICS_NAMESPACE,
        metric_name=metric,
        dimensions_map={"service": row.folder},
        period=PERIOD,
        statistic="Sum",
    )
