"""`dead-letters`: what was dead-lettered is listed, shown, and sent again to where it came from."""

import base64
import gzip
import json
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from administration import __main__ as administration
from administration.dead_letters import command
from administration.dead_letters import stack as stacks
from administration.dead_letters.letter import Letter, read_letter
from administration.dead_letters.sending import PLACES, send_again
from administration.dead_letters.stack import DeadLettersError
from connect_zendesk.messaging import dead_letter_body
from tests.strategies import examples, json_values
from tests.unit.administration.aws_in_memory import AwsInMemory
from tests.unit.administration.dead_letters_in_memory import MESSAGE, Stack, stack

RECORD = b'{"ContactId": "c1", "CustomerEndpoint": {"Address": "+442071838750"}}'


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    with stack(monkeypatch) as made:
        yield made


class Terminal:
    """What is said, and the answer to what is asked."""

    def __init__(self, answer: str = "y") -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self._answer = answer

    def ask(self, question: str) -> str:
        self.asked.append(question)
        return self._answer

    @property
    def text(self) -> str:
        return "\n".join(self.said)


def run(aws: Stack, *words: str, terminal: Terminal | None = None) -> Terminal:
    """Give the command with these words, on the stack in memory."""
    terminal = terminal or Terminal()
    parser = ArgumentParser()
    command.add_arguments(parser)
    command.perform(parser.parse_args(words), aws.letters(), say=terminal.said.append, ask=terminal.ask)
    return terminal


# Sent to where it came from


def test_record_that_our_door_gave_up_goes_back_onto_the_stream(aws: Stack) -> None:
    aws.give_up("contact_records", RECORD)
    aws.give_up("contact_records", b"\xff\xfe no text")
    run(aws, "send", "--all")
    assert sorted(aws.on_stream()) == sorted([RECORD, b"\xff\xfe no text"])
    assert aws.ids() == set()


def test_message_that_our_worker_gave_up_goes_back_to_the_contact_queue(aws: Stack) -> None:
    aws.give_up("ticket_creation", MESSAGE.encode())
    run(aws, "send", "--all")
    assert aws.waiting() == [MESSAGE]
    assert aws.ids() == set()


def test_message_that_SQS_moved_goes_back_to_the_queue_it_came_from(aws: Stack) -> None:
    aws.move()
    assert "ticket_creation  It was tried as often as its queue allows." in run(aws, "list").text
    run(aws, "send", "--source", "ticket_creation")
    assert aws.waiting() == [MESSAGE]
    assert aws.ids() == set()


def test_event_that_the_bus_could_not_deliver_goes_to_its_target(aws: Stack) -> None:
    aws.undelivered()
    listed = run(aws, "list").text
    assert "event bus  EventBridge could not deliver it (NO_PERMISSIONS: Lack of permissions" in listed
    run(aws, "send", "--all")
    assert aws.waiting() == [MESSAGE]
    assert aws.ids() == set()


def test_records_that_Lambda_gave_up_are_fetched_from_the_stream_and_put_back(aws: Stack) -> None:
    numbers = [aws.put_record(b"%d" % number) for number in range(5)]
    letter = aws.unread(numbers[1], numbers[3], count=3)
    assert "contact_records  Lambda discarded 3 records of the stream (Retry" in run(aws, "list").text
    assert "has all of it: 3" in run(aws, "show", letter).text
    run(aws, "send", "--all")
    assert aws.on_stream() == [b"0", b"1", b"2", b"3", b"4", b"1", b"2", b"3"]
    assert aws.ids() == set()


def test_queue_that_keeps_an_order_takes_a_letter_again_though_it_has_just_seen_it(aws: Stack) -> None:
    for _ in range(2):  # SQS would take the second for a duplicate of the first
        aws.give_up("customer_update", b'{"detail-type": "Customer Update"}')
    run(aws, "send", "--all")
    queue = aws.outputs["CustomerQueueUrl"]
    count = aws.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
    assert count["Attributes"]["ApproximateNumberOfMessages"] == "2"


def test_a_customers_update_keeps_to_the_order_of_that_customer(aws: Stack) -> None:
    aws.give_up("customer_update", b'{"detail-type": "Customer Update", "detail": {"user": 101}}')
    run(aws, "send", "--all")
    queue = aws.outputs["CustomerQueueUrl"]
    (message,) = aws.sqs.receive_message(QueueUrl=queue, AttributeNames=["MessageGroupId"])["Messages"]
    assert message["Attributes"]["MessageGroupId"] == "101"


def test_what_sqs_moved_from_a_fifo_queue_is_listed_with_the_others_and_goes_back_into_its_order(
    aws: Stack,
) -> None:
    update = '{"detail-type": "Customer Update", "detail": {"user": 101}}'
    aws.move_in_order(update, "101")
    aws.move()
    listed = run(aws, "list")
    assert "2 dead letters" in listed.text
    assert "customer_update  It was tried as often as its queue allows." in listed.text
    assert "2 sent again." in run(aws, "send", "--all").said
    assert aws.ids() == set()
    assert aws.waiting() == [MESSAGE]
    queue = aws.outputs["CustomerQueueUrl"]
    (message,) = aws.sqs.receive_message(QueueUrl=queue, AttributeNames=["MessageGroupId"])["Messages"]
    assert (message["Body"], message["Attributes"]["MessageGroupId"]) == (update, "101")


def test_a_stack_of_the_release_before_has_one_queue_of_dead_letters(aws: Stack) -> None:
    del aws.outputs["FifoDeadLetterQueueUrl"]
    aws.move()
    assert "1 dead letter: 1 ticket_creation" in run(aws, "list").text


@pytest.mark.parametrize("source", PLACES)
def test_every_source_in_the_table_has_its_place(aws: Stack, source: str) -> None:
    missing = PLACES[source].output not in aws.outputs
    aws.give_up(source, MESSAGE.encode())
    terminal = run(aws, "send", "--all")
    assert ("1 sent again." in terminal.said) is not missing
    assert (f"no output {PLACES[source].output}: deploy this release" in terminal.text) is missing


# What cannot be sent stays, and says why


def test_records_that_the_stream_has_no_more_are_said_to_be_gone(aws: Stack) -> None:
    first = aws.put_record(b"1")
    letter = aws.unread(str(int(first) + 5), str(int(first) + 9))
    terminal = run(aws, "send", "--all")
    assert "stays: the stream no longer has its records" in terminal.text
    assert aws.ids() == {letter}
    assert aws.on_stream() == [b"1"]


def test_what_is_left_of_a_batch_is_sent_and_the_letter_stays(aws: Stack) -> None:
    first = aws.put_record(b"1")
    letter = aws.unread(first, str(int(first) + 9), count=2)
    terminal = run(aws, "send", "--all")
    assert "no longer has all of its records; the 1 that it has were sent" in terminal.text
    assert aws.on_stream() == [b"1", b"1"]
    assert aws.ids() == {letter}


def test_shard_that_is_gone_is_no_trouble(aws: Stack) -> None:
    first = aws.put_record(b"1")
    aws.unread(first, first)
    aws.kinesis.delete_stream(StreamName="records")
    assert "stays: the stream no longer has its records" in run(aws, "send", "--all").text


def test_what_is_not_of_this_project_stays(aws: Stack) -> None:
    letters = {
        aws.put("hello"),
        aws.put('{"source": "else", "reason": "?", "encoding": "gzip+base64", "data": "?"}'),
        aws.put('{"KinesisBatchInfo": {"shardId": "s", "startSequenceNumber": "x"}}'),
    }
    aws.give_up("ticket_creation", MESSAGE.encode())
    other = aws.move(queue="arn:aws:sqs:eu-west-2:123456789012:Another")
    terminal = run(aws, "send", "--all")
    assert terminal.text.count("it is not known where it came from") == 3
    assert "stays: it was meant for Another, which is no queue of this stack" in terminal.text
    assert "1 sent again." in terminal.said
    assert aws.ids() == letters | {other}


def test_letter_of_which_only_the_beginning_was_kept_stays(aws: Stack) -> None:
    noise = b"".join(b"%032x" % (number * 0x9E3779B97F4A7C15 % 2**128) for number in range(20_000))
    body = dead_letter_body("contact_records", "too large", noise)
    assert len(body["data"]) < len(noise), "the test needs something that is cut"
    letter = aws.put(json.dumps(body))
    assert "only its beginning was kept" in run(aws, "send", "--all").text
    assert aws.ids() == {letter}


def test_refusal_by_AWS_keeps_the_letter_and_a_row_of_them_ends_it(aws: Stack) -> None:
    letters = {aws.give_up("ticket_creation", MESSAGE.encode()) for _ in range(5)}
    aws.outputs["ContactQueueUrl"] += "-gone"
    terminal = run(aws, "send", "--all")
    assert terminal.text.count("stays: AWS refused it") == 3
    assert "2 not sent: no longer there, or not tried" in terminal.text
    assert aws.ids() == letters


# Nothing is lost, hidden or sent in circles


def test_reason_that_persists_gives_a_new_letter_and_no_loop(
    aws: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = aws.give_up("ticket_creation", MESSAGE.encode())
    letters = aws.letters()
    send = letters.sender.send

    def send_and_fail(letter: Letter) -> None:
        assert letter.id == first, "in circles"
        send(letter)
        aws.give_up("ticket_creation", MESSAGE.encode())

    monkeypatch.setattr(letters.sender, "send", send_and_fail)
    # The one that is not there keeps it looking.
    outcome = send_again(letters.queue, letters.sender, {first, "gone"}, sleep=lambda _seconds: None)
    assert (outcome.sent, outcome.missing) == ([first], {"gone"})
    assert aws.waiting() == [MESSAGE]
    (new,) = aws.ids()
    assert new != first


def test_letter_is_deleted_only_after_it_was_accepted(aws: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = aws.give_up("ticket_creation", MESSAGE.encode())
    letters = aws.letters()

    def die(_letter: object) -> None:
        assert aws.waiting() == [MESSAGE], "it has been accepted by now"
        raise KeyboardInterrupt

    monkeypatch.setattr(letters.queue, "delete", die)
    with pytest.raises(KeyboardInterrupt):
        send_again(letters.queue, letters.sender, {letter})
    assert aws.ids() == {letter}


def test_reading_hides_nothing_afterwards_even_when_left_early(aws: Stack) -> None:
    letters = {aws.give_up("contact_records", b"%d" % number) for number in range(25)}
    with closing(aws.letters().queue.read()) as reading:
        next(reading)
    assert aws.ids() == letters
    assert aws.ids() == letters


def test_letters_that_come_into_view_again_while_reading_are_yielded_once(
    aws: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = {aws.give_up("contact_records", b"%d" % number) for number in range(30)}
    queue = aws.letters().queue
    receive = aws.sqs.receive_message
    monkeypatch.setattr(
        aws.sqs, "receive_message", lambda **words: receive(**{**words, "VisibilityTimeout": 0})
    )
    read = [letter.id for letter in queue.read()]
    assert len(read) == len(set(read))
    assert set(read) <= ids


def test_letter_that_somebody_else_is_reading_is_waited_for(aws: Stack) -> None:
    letter = aws.give_up("ticket_creation", MESSAGE.encode())
    queue = aws.outputs["DeadLetterQueueUrl"]
    (hidden,) = aws.sqs.receive_message(QueueUrl=queue, VisibilityTimeout=300)["Messages"]

    def release(_seconds: float) -> None:
        receipt = hidden["ReceiptHandle"]
        aws.sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=receipt, VisibilityTimeout=0)

    letters = aws.letters()
    assert send_again(letters.queue, letters.sender, {letter}, sleep=release).sent == [letter]


def test_dozens_are_sent_and_each_is_counted(aws: Stack) -> None:
    ids = {aws.give_up("ticket_creation", b"%d" % number) for number in range(45)}
    told: list[tuple[int, int]] = []
    letters = aws.letters()
    outcome = send_again(
        letters.queue, letters.sender, ids, progress=lambda done, all_: told.append((done, all_))
    )
    assert set(outcome.sent) == ids
    assert told == [(done, 45) for done in range(1, 46)]
    assert sorted(map(int, aws.waiting())) == list(range(45))


# Listed, shown and chosen


def test_list_has_source_age_and_reason_and_nothing_personal(aws: Stack) -> None:
    letter = aws.give_up("contact_records", RECORD, "an agent event, not a contact record")
    listed = run(aws, "list").said
    assert listed[0].startswith(letter[:8])
    assert listed[0].endswith("s  contact_records  an agent event, not a contact record")
    assert listed[1] == "1 dead letter: 1 contact_records"
    assert json.loads(run(aws, "list", "--json").text)["id"] == letter
    for words in (("list",), ("list", "--json"), ("send", "--all")):
        assert "+442071838750" not in run(aws, *words).text


def test_show_has_what_it_was_about(aws: Stack) -> None:
    noise = "é" * 200_000  # too large for a text, so it is kept compressed
    letter = aws.give_up("contact_records", json.dumps({"ContactId": noise}).encode(), "too large")
    text = run(aws, "show", letter[:10]).text
    assert noise in text
    assert "reason  too large" in text
    assert "again   goes to the record stream" in text
    assert "again   cannot be sent: it was not written by this project" in run(aws, "show", aws.put("?")).text


def test_letters_are_chosen_by_id_source_and_reason(aws: Stack) -> None:
    one = aws.give_up("ticket_creation", b"one", "Permanent: Refused 422")
    aws.give_up("ticket_creation", b"two", "tried for 13 days")
    aws.give_up("contact_records", b"three", "tried for 13 days")
    run(aws, "send", one[:8], "--yes")
    assert aws.waiting() == ["one"]
    run(aws, "send", "--source", "ticket_creation", "--reason", "TRIED for")
    assert aws.waiting() == ["two"]
    assert len(aws.ids()) == 1
    missed = run(aws, "send", "--reason", "nothing like it")
    assert "No such dead letter. There are some of: contact_records." in missed.said


@pytest.mark.parametrize("answer", ["", "n", "maybe"])
def test_nothing_is_sent_without_a_yes(aws: Stack, answer: str) -> None:
    letter = aws.give_up("ticket_creation", b"one")
    terminal = run(aws, "send", "--all", terminal=Terminal(answer))
    assert terminal.asked == ["Send these again? [y/N] "]
    assert (aws.waiting(), aws.ids()) == ([], {letter})
    assert run(aws, "send", "--all", "--yes", terminal=Terminal("n")).asked == []
    assert aws.waiting() == ["one"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("send",), "Which ones?"),
        (("send", "abc"), "too short"),
        (("show", "not-there"), "No dead letter not-there is there now."),
    ],
)
def test_unclear_choice_is_refused(aws: Stack, words: tuple[str, ...], said: str) -> None:
    aws.give_up("ticket_creation", b"one")
    with pytest.raises(DeadLettersError, match=said):
        run(aws, *words)
    assert aws.waiting() == []


# What anyone writes who may send to the dead letters, or to what they are made of

ESCAPES = "\x1b]0;owned\x07\x1b[2J \x9b31m \u202e \r"


@pytest.mark.parametrize("data", [ESCAPES.encode(), json.dumps({"a": ESCAPES}, ensure_ascii=False).encode()])
def test_nothing_that_is_shown_controls_the_terminal(aws: Stack, data: bytes) -> None:
    letter = aws.give_up("ticket_creation", data, reason=f"not {ESCAPES}")
    aws.put("{}", {"RULE_ARN": "a", "ERROR_MESSAGE": "\x9b2J", "TARGET_ARN": "\u202e"})
    shown = run(aws, "list").text + run(aws, "show", letter).text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
    assert "\\x1b]0;owned" in shown


@pytest.mark.parametrize("list_as", [("list",), ("list", "--json")])
def test_a_letter_that_cannot_be_unpacked_hides_no_other(aws: Stack, list_as: tuple[str, ...]) -> None:
    broken = gzip.compress(b"x" * 100)[:10] + b"\xff" * 20
    bomb = gzip.compress(b"\0" * 30_000_000, mtime=0)
    for packed in (broken, bomb):
        body = {"source": "contact_records", "reason": "a", "encoding": "gzip+base64"}
        aws.put(json.dumps({**body, "data": base64.b64encode(packed).decode()}))
    aws.put('{"KinesisBatchInfo": {"streamArn": "a", "shardId": "b", "startSequenceNumber": "1",'
            ' "endSequenceNumber": "2", "batchSize": 1e999}}')  # fmt: skip
    aws.give_up("ticket_creation", MESSAGE.encode())
    listed = run(aws, *list_as).text
    assert listed.count("No dead letter of this project.") == 3
    assert "ticket_creation" in listed


@given(body=st.text() | json_values().map(json.dumps) | st.dictionaries(
    st.sampled_from(["source", "reason", "data", "encoding", "KinesisBatchInfo", "requestContext"]),
    json_values() | st.just("gzip+base64") | st.dictionaries(
        st.sampled_from(["streamArn", "shardId", "startSequenceNumber", "endSequenceNumber", "batchSize"]),
        json_values() | st.sampled_from(["7", "٣", "9" * 5_000]),
    ),
).map(json.dumps))  # fmt: skip
@examples(150)
def test_any_message_is_a_letter(body: str) -> None:
    letter = read_letter(
        {"MessageId": "a", "ReceiptHandle": "b", "Body": body.encode("utf-8", "replace").decode()}
    )
    assert letter.kind in ("failed", "unread", "unknown")


def test_no_other_stream_is_read_for_a_letter_that_names_one(aws: Stack) -> None:
    aws.kinesis.create_stream(StreamName="payroll", ShardCount=1)
    put = aws.kinesis.put_record(StreamName="payroll", Data=b"salaries", PartitionKey="k")
    arn = aws.kinesis.describe_stream(StreamName="payroll")["StreamDescription"]["StreamARN"]
    number = put["SequenceNumber"]
    info = {"shardId": put["ShardId"], "startSequenceNumber": number, "endSequenceNumber": number,
            "batchSize": 1, "streamArn": arn}  # fmt: skip
    letter = aws.put(json.dumps({"requestContext": {}, "KinesisBatchInfo": info}))
    shown = run(aws, "show", letter).text
    assert "salaries" not in shown
    assert "cannot be sent: it is of another stream" in shown
    assert "stays: it is of another stream" in run(aws, "send", "--all").text
    assert (aws.on_stream(), aws.ids()) == ([], {letter})


# Found on AWS and on the laptop


@pytest.fixture
def deployed(aws: Stack, monkeypatch: pytest.MonkeyPatch) -> AwsInMemory:
    """A stack in CloudFormation, with the outputs of the one in memory."""
    cloud = AwsInMemory()
    cloud.outputs = aws.outputs
    make, cloudformation = boto3.Session.client, cloud.cloudformation()

    def client(session: boto3.Session, service: Any, **words: Any) -> Any:
        return cloudformation if service == "cloudformation" else make(session, service, **words)

    monkeypatch.setattr(boto3.Session, "client", client)
    return cloud


@pytest.mark.usefixtures("deployed")
def test_stack_is_found_by_its_outputs(aws: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    aws.give_up("ticket_creation", MESSAGE.encode())
    assert administration.main(["dead-letters", "send", "--all", "--yes", "--region", "eu-west-2"]) == 0
    assert "1 sent again." in capsys.readouterr().out
    assert aws.waiting() == [MESSAGE]


@pytest.mark.usefixtures("deployed")
def test_what_is_refused_makes_the_command_fail(aws: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    aws.put("hello")
    assert administration.main(["dead-letters", "send", "--all", "--yes", "--region", "eu-west-2"]) == 1
    assert "stays: it was not written by this project" in capsys.readouterr().out


def test_missing_stack_and_missing_output_say_what_to_do(
    deployed: AwsInMemory, capsys: pytest.CaptureFixture[str]
) -> None:
    list_ = ["dead-letters", "list", "--region", "eu-west-2"]
    assert administration.main([*list_, "--stack", "Another"]) == 1
    assert "There is no stack Another in eu-west-2." in capsys.readouterr().err
    del deployed.outputs["DeadLetterQueueUrl"]
    assert administration.main(list_) == 1
    assert "(no DeadLetterQueueUrl)" in capsys.readouterr().err


def test_permission_that_lacks_is_named(aws: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = ClientError({"Error": {"Code": "AccessDenied", "Message": "not allowed"}}, "DescribeStacks")

    def refuse(*_: object) -> None:
        raise refusal

    monkeypatch.setattr(stacks, "outputs_of", refuse)
    with pytest.raises(DeadLettersError, match=r"(?s)not allowed.*sqs:ReceiveMessage.*kinesis:PutRecords"):
        stacks.open_dead_letters("ConnectZendesk", None, "eu-west-2")


@pytest.mark.parametrize("content", [None, "{", '{"address": "http://127.0.0.1:1/"}'])
def test_nothing_up_on_this_machine_is_said(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "up.json").write_text(content)
    with pytest.raises(DeadLettersError, match="Nothing is up on this machine"):
        stacks.open_local_dead_letters(tmp_path / "up.json")
