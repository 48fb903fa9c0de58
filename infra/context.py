"""The context values: what a deployment can choose, checked before anything is built."""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# What CloudWatch Logs accepts as a retention, in days.
LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip

_ZENDESK_URL = re.compile(
    r"https://[a-z0-9]([a-z0-9-]*[a-z0-9])?\.zendesk\.com|http://(127\.0\.0\.1|localhost):\d{1,5}"
)
_INSTANCE_ARN = re.compile(r"arn:aws[a-z-]*:connect:[a-z0-9-]+:\d{12}:instance/[0-9a-fA-F-]{36}")
_STREAM_ARN = re.compile(r"arn:aws[a-z-]*:kinesis:[a-z0-9-]+:\d{12}:stream/[A-Za-z0-9_.-]{1,128}")
_QUEUE_ARN = re.compile(rf"({_INSTANCE_ARN.pattern})/queue/[0-9a-fA-F-]{{36}}")
_BOT_ALIAS_ARN = re.compile(r"arn:aws[a-z-]*:lex:[a-z0-9-]+:\d{12}:bot-alias/[A-Z0-9]{10}/[A-Z0-9]{10}")
_FUNCTION_ARN = re.compile(
    r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]+)?"
)
_DOMAIN_ID = re.compile(r"[A-Za-z0-9]{22}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_EVENT_BUS = re.compile(
    r"[A-Za-z0-9._/-]{1,256}|arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus/[A-Za-z0-9._/-]{1,256}"
)
_KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]{1,64}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True)
class DeploymentContext:
    """The validated context values of one deployment; their meaning is in `_VALUES` below."""

    zendesk_url: str
    connect_instance_arn: str
    record_stream_arn: str
    record_stream_shards: int
    associate_record_stream: bool
    agent_event_stream_arn: str
    contact_buckets: tuple[str, ...]
    contact_bucket_keys: tuple[str, ...]
    zendesk_event_bus: str
    voice_id_domain_id: str
    associate_flow_functions: bool
    flow_block_start: str
    flow_block_provisioned: int
    sample_flow_queue_arn: str
    sample_flow_bot_alias_arn: str
    sample_flow_voice_function_arn: str
    forced_ticket_wait_seconds: int
    contact_file_wait_seconds: int
    background_concurrency: int
    webhook_concurrency: int
    agent_app: bool
    agent_app_concurrency: int
    approve_zendesk_origin: bool
    tracing: bool
    log_retention_days: int
    alarm_email: str


class ContextError(Exception):
    """One or more context values are missing or wrong; the message lists every one of them.

    Attributes:
        problems: one text per problem: name, what is wrong, what is expected, where to set it.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        count = "A context value needs" if len(problems) == 1 else f"{len(problems)} context values need"
        super().__init__(f"{count} attention:\n\n" + "\n\n".join(problems))


@dataclass(frozen=True)
class _Value:
    name: str
    default: str | None  # None: there is none, it must be set
    parse: Callable[[str], object]  # raises ValueError saying what is wrong with it
    expected: str
    example: str


def read_context(values: Mapping[str, object]) -> DeploymentContext:
    """Check the context values and give them their types.

    `values` is everything in the CDK context, over those of the deployment's file; values from the command
    line are texts, others may be numbers or booleans. CDK's own entries are passed over.
    Raises ContextError listing all problems at once.
    """
    problems = _unknown_names(values)
    parsed: dict[str, object] = {}
    for value in _VALUES:
        try:
            parsed[value.name] = value.parse(_text(values.get(value.name), value.default))
        except ValueError as error:
            problems.append(_problem(value, str(error)))
    problems += _contradictions(parsed)
    if problems:
        raise ContextError(problems)
    return DeploymentContext(**parsed)  # type: ignore[arg-type]


def _text(raw: object, default: str | None) -> str:
    if raw is None:
        return default or ""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, str | int):
        return str(raw).strip()
    raise ValueError(f"is {raw!r}, which is not one value")


def _problem(value: _Value, wrong: str, example: str = "") -> str:
    return (
        f"  {value.name}: {wrong}\n"
        f"    expected: {value.expected}\n"
        f"    set it in deployment.toml (`make configure` writes it),"
        f" or with -c {value.name}={example or value.example}"
    )


def _unknown_names(values: Mapping[str, object]) -> list[str]:
    known = [value.name for value in _VALUES]
    # CDK's own entries (feature flags, cached look-ups, its command line's notes) carry one of these marks.
    unknown = [name for name in values if name not in known and not re.search(r"[@:/-]", name)]
    problems = []
    for name in sorted(unknown):
        close = difflib.get_close_matches(name, known, n=1)
        meant = f" Did you mean {close[0]}?" if close else ""
        problems.append(
            f"  {name}: is not a context value of this app.{meant}\n"
            f"    expected: one of {', '.join(known)}\n"
            '    take it out of deployment.toml, of cdk.json ("context") or of the -c arguments'
        )
    return problems


def _contradictions(parsed: Mapping[str, object]) -> list[str]:
    stream, functions = "associate_record_stream", "associate_flow_functions"
    problems = []
    own = _VALUES_BY_NAME[stream]
    if parsed.get(stream) and parsed.get("record_stream_arn"):
        wrong = "is true, but record_stream_arn names a stream that is not made here: leave one of them out."
        problems.append(_problem(own, wrong, "false"))
    wanting = [name for name in (stream, functions) if parsed.get(name)]
    if wanting and parsed.get("connect_instance_arn") == "" and not problems:
        wrong = f"is not set, and {' and '.join(wanting)} (true) does not say with which instance."
        problems.append(_problem(_VALUES_BY_NAME["connect_instance_arn"], wrong))
    buckets, keys = (_VALUES_BY_NAME[name] for name in ("contact_buckets", "contact_bucket_keys"))
    if parsed.get(keys.name) and parsed.get(buckets.name) == ():
        problems.append(_problem(buckets, "is empty, but contact_bucket_keys names keys of buckets."))
    return problems + _sample_flow_contradictions(parsed) + _other_places(parsed)


def place_problems(context: DeploymentContext, account: str, region: str) -> list[str]:
    """Return what is wrong with deploying to this account and region: Amazon Connect's things are elsewhere.

    `account` or `region` may be empty: it is not known yet.
    """
    problems = []
    for name in _IN_ONE_PLACE:
        arn = getattr(context, name)
        there, number = _place_of(arn) if arn else ("", "")
        if arn and region and there != region:
            wrong = (
                f"is in {there}, and the deployment goes to {region}: Amazon Connect knows no other region."
            )
            problems.append(f"  {name}: {wrong}\n    set AWS_REGION={there}, or name what is in {region}")
        elif name == "connect_instance_arn" and arn and account and number != account:
            wrong = f"is of the account {number}, and the credentials are for {account}."
            problems.append(f"  {name}: {wrong}\n    sign in to {number}, or name an instance of {account}")
    return problems


def problem_of(name: str, text: str) -> str:
    """Return what is wrong with one value by itself; empty where nothing is. KeyError: no such value."""
    value = _VALUES_BY_NAME[name]
    try:
        value.parse(_text(text, value.default))
    except ValueError as error:
        return f"{error} Expected: {value.expected}"
    return ""


def _place_of(arn: str) -> tuple[str, str]:
    """Return region and account of an ARN."""
    _, _, _, region, account, *_ = arn.split(":")
    return region, account


def _other_places(parsed: Mapping[str, object]) -> list[str]:
    instance = str(parsed.get("connect_instance_arn") or "")
    problems = []
    for name in _IN_ONE_PLACE[1:]:
        arn = str(parsed.get(name) or "")
        if instance and arn and _place_of(arn)[0] != _place_of(instance)[0]:
            wrong = f"is in {_place_of(arn)[0]}, and connect_instance_arn in {_place_of(instance)[0]}."
            problems.append(_problem(_VALUES_BY_NAME[name], wrong))
    return problems


def _sample_flow_contradictions(parsed: Mapping[str, object]) -> list[str]:
    queue, *others = (
        _VALUES_BY_NAME[f"sample_flow_{name}_arn"] for name in ("queue", "bot_alias", "voice_function")
    )
    queue_arn, instance = parsed.get(queue.name), parsed.get("connect_instance_arn")
    if queue_arn and instance is not None and not str(queue_arn).startswith(f"{instance}/"):
        return [
            _problem(queue, "is set, but it is no queue of the instance that connect_instance_arn names.")
        ]
    return [
        _problem(queue, f"is empty, but {other.name} is for sample flows.")
        for other in others
        if parsed.get(other.name) and queue_arn == ""
    ]


def _zendesk_url(text: str) -> str:
    if not text:
        raise ValueError("is not set. It is the address at which your agents open Zendesk.")
    if not _ZENDESK_URL.fullmatch(text):
        raise ValueError(f"is {text!r}, which is not the bare address of a Zendesk account.")
    return text


def _matching(pattern: re.Pattern[str], what: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text and not pattern.fullmatch(text):
            raise ValueError(f"is {text!r}, which is not {what}.")
        return text

    return parse


def _list_of(pattern: re.Pattern[str], what: str) -> Callable[[str], tuple[str, ...]]:
    def parse(text: str) -> tuple[str, ...]:
        items = tuple(dict.fromkeys(item.strip() for item in text.split(",") if item.strip()))
        for item in items:
            if not pattern.fullmatch(item):
                raise ValueError(f"has {item!r}, which is not {what}.")
        return items

    return parse


def _whole_number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"is {text!r}, which is not a whole number from {low} to {high}.")
        return int(text)

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"is {text!r}, which is none of {', '.join(words)}.")
        return text

    return parse


def _log_retention(text: str) -> int:
    if text not in map(str, LOG_RETENTION_DAYS):
        raise ValueError(f"is {text!r}, which CloudWatch Logs does not offer.")
    return int(text)


def _true_or_false(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(f"is {text!r}, which is neither true nor false.")
    return text == "true"


_VALUES = (
    _Value(
        "zendesk_url", None, _zendesk_url,
        "https://<subdomain>.zendesk.com, lower case, without a path"
        " (on a laptop also http://localhost:<port> or http://127.0.0.1:<port>)",
        "https://acme.zendesk.com",
    ),
    _Value(
        "connect_instance_arn", "", _matching(_INSTANCE_ARN, "the ARN of an Amazon Connect instance"),
        "arn:aws:connect:<region>:<account>:instance/<id>, or empty to accept contacts of any instance",
        "arn:aws:connect:eu-west-2:111122223333:instance/11111111-2222-3333-4444-555555555555",
    ),
    _Value(
        "record_stream_arn", "", _matching(_STREAM_ARN, "the ARN of a Kinesis data stream"),
        "arn:aws:kinesis:<region>:<account>:stream/<name> of the stream that already receives"
        " contact records, or empty to make one",
        "arn:aws:kinesis:eu-west-2:111122223333:stream/contact-records",
    ),
    _Value(
        "record_stream_shards", "1", _whole_number(0, 500),
        "shards of the stream made here (one carries 1 MB/s), or 0 for on-demand capacity;"
        " ignored when record_stream_arn is set",
        "1",
    ),
    _Value(
        "associate_record_stream", "false", _true_or_false,
        "true to have the stack connect the instance's contact records to the stream made here (an instance"
        " has one such connection: true fails if there is one), false to do it in the console",
        "true",
    ),
    _Value(
        "agent_event_stream_arn", "", _matching(_STREAM_ARN, "the ARN of a Kinesis data stream"),
        "arn:aws:kinesis:<region>:<account>:stream/<name> of the stream that receives the instance's"
        " agent events, for pops while contacts ring; or empty for pops on acceptance only",
        "arn:aws:kinesis:eu-west-2:111122223333:stream/agent-events",
    ),
    _Value(
        "voice_id_domain_id", "", _matching(_DOMAIN_ID, "the id of a Voice ID domain"),
        "the id of a Voice ID domain that still answers, 22 letters and digits, or empty: AWS ended the"
        " service in May 2026",
        "AbCdEfGhIjKlMnOpQrStUv",
    ),
    _Value(
        "contact_buckets", "", _list_of(_BUCKET, "the name of a bucket"),
        "the names of the S3 buckets, comma separated, in which your instance keeps chat transcripts,"
        " recordings and their analysis; or empty to bring no transcripts to tickets",
        "amazon-connect-acme",
    ),
    _Value(
        "contact_bucket_keys", "", _list_of(_KEY_ARN, "the ARN of a KMS key"),
        "arn:aws:kms:<region>:<account>:key/<id> of each customer-managed key that encrypts those buckets,"
        " comma separated; or empty where there is none",
        "arn:aws:kms:eu-west-2:111122223333:key/11111111-2222-3333-4444-555555555555",
    ),
    _Value(
        "zendesk_event_bus", "", _matching(_EVENT_BUS, "the name or the ARN of an event bus"),
        "the name or the ARN of the EventBridge bus on which Zendesk's ticket events arrive without this"
        " stack's webhook, such as aws.partner/zendesk.com/<account>/<name>; or empty where there is none",
        "aws.partner/zendesk.com/9242270/default",
    ),
    _Value(
        "associate_flow_functions", "false", _true_or_false,
        "true to have the stack put its two functions on the instance's list for contact flows (true fails if"
        " one was put there by hand), false to do it in the console",
        "true",
    ),
    _Value(
        "flow_block_start", "on_demand", _one_of("on_demand", "snap_start", "provisioned"),
        "how the two functions that contact flows wait for are kept ready: on_demand, snap_start (restored"
        " from a snapshot, about $8 a month), or provisioned (flow_block_provisioned containers of each,"
        " about $9 a month for one)",
        "snap_start",
    ),
    _Value(
        "flow_block_provisioned", "1", _whole_number(1, 100),
        "containers that are always ready of each of those two functions, 1 to 100; ignored unless"
        " flow_block_start is provisioned",
        "2",
    ),
    _Value(
        "sample_flow_queue_arn", "", _matching(_QUEUE_ARN, "the ARN of a queue of Amazon Connect"),
        "arn:aws:connect:<region>:<account>:instance/<id>/queue/<id> of the queue to which sample contact"
        " flows hand over, to deploy them; or empty for none",
        "arn:aws:connect:eu-west-2:111122223333:instance/11111111-2222-3333-4444-555555555555"
        "/queue/66666666-7777-8888-9999-000000000000",
    ),
    _Value(
        "sample_flow_bot_alias_arn", "", _matching(_BOT_ALIAS_ARN, "the ARN of an alias of a Lex V2 bot"),
        "arn:aws:lex:<region>:<account>:bot-alias/<bot>/<alias> of the bot that the sample flow for chats"
        " asks, which the instance has on its list; or empty to leave that flow out",
        "arn:aws:lex:eu-west-2:111122223333:bot-alias/ABCDEFGHIJ/TSTALIASID",
    ),
    _Value(
        "sample_flow_voice_function_arn", "", _matching(_FUNCTION_ARN, "the ARN of a Lambda function"),
        "arn:aws:lambda:<region>:<account>:function:<name> of the function with which a partner verifies"
        " callers' voices in the sample flow for calls; or empty where there is none",
        "arn:aws:lambda:eu-west-2:111122223333:function:voice-biometrics",
    ),
    _Value(
        "forced_ticket_wait_seconds", "300", _whole_number(0, 900),
        "seconds after which a forced ticket is made, 0 to 900 (a queue delays no longer)",
        "300",
    ),
    _Value(
        "contact_file_wait_seconds", "600", _whole_number(1, 3600),
        "seconds after a contact's record until transcripts that have not come are looked for, 1 to 3600",
        "600",
    ),
    _Value(
        "background_concurrency", "5", _whole_number(2, 1000),
        "how many containers of the ticket worker may run at once, 2 to 1000 (Lambda allows no fewer)",
        "5",
    ),
    _Value(
        "webhook_concurrency", "10", _whole_number(0, 1000),
        "how many requests the endpoint of Zendesk's webhooks handles at once, 1 to 1000, set aside in the"
        " account's Lambda quota (of which AWS leaves 100 unreserved); or 0 to set none aside",
        "10",
    ),
    _Value(
        "agent_app", "false", _true_or_false,
        "true to serve the agent app, which `make zendesk` then installs in Zendesk, false to leave it out",
        "true",
    ),
    _Value(
        "agent_app_concurrency", "10", _whole_number(0, 1000),
        "how many requests of the agent app are handled at once, 1 to 1000, set aside as webhook_concurrency"
        " is; or 0 to set none aside",
        "10",
    ),
    _Value(
        "approve_zendesk_origin", "true", _true_or_false,
        "true to have the stack put Zendesk's address on the instance's list of approved origins, for the"
        " agent"
        " app; false where it is on the list already",
        "false",
    ),
    _Value(
        "tracing", "false", _true_or_false,
        "true to have Lambda trace the functions with AWS X-Ray, false to leave it out",
        "true",
    ),
    _Value(
        "log_retention_days", "30", _log_retention,
        f"days to keep logs, one of {', '.join(map(str, LOG_RETENTION_DAYS))}",
        "30",
    ),
    _Value(
        "alarm_email", "", _matching(_EMAIL, "an e-mail address"),
        "the address that alarms are sent to, or empty for none",
        "operations@example.com",
    ),
)  # fmt: skip
_VALUES_BY_NAME = {value.name: value for value in _VALUES}
_IN_ONE_PLACE = ("connect_instance_arn", "record_stream_arn", "agent_event_stream_arn")
#: What a value has to be, by name.
EXPECTED = {value.name: value.expected for value in _VALUES}
#: The defaults as texts, by name; empty where there is none.
DEFAULTS = {value.name: value.default or "" for value in _VALUES}
