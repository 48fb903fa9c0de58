"""The alarms, and where they are sent."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.function import METRICS_NAMESPACE, PythonFunction
from infra.queues import Queues

PERIOD = Duration.minutes(5)
# Within a period: one that Zendesk or a new container made late is no reason to wake anybody.
FEW = 5


class Alarms(Construct):
    """One alarm per way in which contacts can stop becoming tickets, or agents and callers stop being served.

    Each reads one metric, without math. Queues: `attachments` of agents' commands, `tasks` of Zendesk events
    that may become tasks, `transcripts` of contacts' files, where there are any, `authentications` of
    callers' voice authentication. Functions: `door` for contact records, `webhook` for Zendesk's events,
    `recovery` of what could not be delivered there, `blocks` that contact flows call, `acceptance` behind
    contact events, `customers` that changes users, `reads_settings` for all that read them. `functions` are
    all of them: each has alarms of its own on errors and throttles.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        email: str,
        queues: Queues,
        attachments: sqs.IQueue,
        tasks: sqs.IQueue,
        transcripts: sqs.IQueue | None,
        authentications: sqs.IQueue,
        customers: PythonFunction,
        door: PythonFunction,
        blocks: Sequence[PythonFunction],
        acceptance: PythonFunction,
        functions: Sequence[PythonFunction],
        reads_settings: PythonFunction,
        webhook: PythonFunction,
        recovery: PythonFunction,
    ) -> None:
        super().__init__(scope, id_)
        self._topic = self._make_topic(email) if email else None
        self._alarm(
            "DeadLetters",
            queues.dead_letters.metric_approximate_number_of_messages_visible(
                period=PERIOD, statistic="Maximum"
            ),
            above=0,
            means="something was given up on: its reason is in the message, which can be sent again",
        )
        self._alarm(
            "RecordsWait",
            door.function.metric("IteratorAge", period=PERIOD, statistic="Maximum"),
            above=Duration.minutes(5).to_milliseconds(),
            means="contact records wait on the stream for more than five minutes",
        )
        self._alarm(
            "ContactsWait",
            queues.contacts.metric_approximate_age_of_oldest_message(period=PERIOD, statistic="Maximum"),
            above=Duration.hours(1).to_seconds(),
            means="contacts wait more than an hour for a ticket: Zendesk refuses, or its limits are reached",
        )
        self._alarm(
            "AttachmentsWait",
            attachments.metric_approximate_age_of_oldest_message(period=PERIOD, statistic="Maximum"),
            above=Duration.minutes(10).to_seconds(),
            means="agents' attachments wait for more than ten minutes",
        )
        self._alarm(
            "TasksWait",
            tasks.metric_approximate_age_of_oldest_message(period=PERIOD, statistic="Maximum"),
            above=Duration.minutes(15).to_seconds(),
            means="Zendesk events wait over a quarter of an hour to become tasks: Amazon Connect refuses, or"
            " there are more than two a second",
        )
        if transcripts:
            self._alarm(
                "TranscriptsWait",
                transcripts.metric_approximate_age_of_oldest_message(period=PERIOD, statistic="Maximum"),
                # Some wait on purpose: until the files of a long call should all have come.
                above=Duration.hours(6).to_seconds(),
                means="transcripts wait more than six hours: Zendesk or Amazon Connect refuses",
            )
        self._alarm(
            "CustomersWait",
            queues.customers.metric_approximate_age_of_oldest_message(period=PERIOD, statistic="Maximum"),
            above=Duration.hours(1).to_seconds(),
            means="changes of customers' users wait for more than an hour",
        )
        self._alarm(
            "AuthenticationsWait",
            authentications.metric_approximate_age_of_oldest_message(period=PERIOD, statistic="Maximum"),
            above=Duration.hours(1).to_seconds(),
            means="callers' voice authentication waits more than an hour for its customer",
        )
        self._alarm(
            "UserFieldsUnknown",
            _counted(customers, "UnknownUserField"),
            above=0,
            means="Zendesk has no user field of a name that the settings give: the log has the name",
        )
        for block in blocks:
            self._alarm(
                f"{_title(block.folder)}AnswersServerError",
                _counted(block, "FlowServerError"),
                above=FEW,
                means=f"contact flows get *server error* from {block.folder}, or no answer in time",
            )
        self._alarm(
            "AcceptancesComeBack",
            _counted(acceptance, "AcceptanceComesBack"),
            above=FEW,
            means="tickets are not there when agents accept: they are made later, and do not pop",
        )
        self._alarm(
            "PopsNotPossible",
            _counted(acceptance, "PopNotPossible"),
            above=FEW,
            means="Zendesk shows no tickets to agents: Talk Partner Edition is needed, and their right ids",
        )
        self._alarm(
            "SettingsRefused",
            _counted(reads_settings, "RefusedAppSettings"),
            above=0,
            means="the app settings are refused as wrong, and the last good ones are in use",
        )
        self._alarm(
            "WebhookRejects",
            _counted(webhook, "WebhookRejected"),
            above=FEW,
            means="the door for Zendesk's events rejects requests: forged, or a signing secret is not known",
        )
        self._alarm(
            "ZendeskEventsLost",
            _counted(recovery, "ZendeskEventLost"),
            above=0,
            means="Zendesk gave up on delivering events, and does not tell what was in them",
        )
        named: set[str] = set()
        for function in functions:
            name = _title(function.folder)
            if name in named:  # a further function of the same folder
                name += _title(function.module)
            named.add(name)
            self._alarm(
                f"{name}Errors",
                function.function.metric_errors(period=PERIOD, statistic="Sum"),
                above=0,
                means=f"{function.folder} fails: its log says why",
            )
            self._alarm(
                f"{name}Throttles",
                function.function.metric_throttles(period=PERIOD, statistic="Sum"),
                above=0,
                means=f"{function.folder} finds no free concurrency in this account",
            )

    def _alarm(self, id_: str, metric: cloudwatch.IMetric, *, above: float, means: str) -> None:
        alarm = cloudwatch.Alarm(
            self,
            id_,
            metric=metric,
            threshold=above,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{Stack.of(self).stack_name}: {means}",
        )
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


def _counted(function: PythonFunction, metric: str) -> cloudwatch.Metric:
    """Return a metric that a function counts; those of one folder count together."""
    return cloudwatch.Metric(
        namespace=METRICS_NAMESPACE,
        metric_name=metric,
        dimensions_map={"service": function.folder},
        period=PERIOD,
        statistic="Sum",
    )


def _title(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))
