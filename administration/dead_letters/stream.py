"""Records of the stream that Lambda discarded: found again while the stream has them, and put back on it."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from administration.dead_letters.letter import Batch

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_kinesis.type_defs import PutRecordsRequestEntryTypeDef

# PutRecords takes 500 records and 5 MB at once, keys included.
_PUT_RECORDS, _PUT_BYTES = 500, 5_000_000
_ATTEMPTS = 6
# A shard answers five times a second, and Lambda reads it too.
_PAUSE = 0.4


class StreamRefused(Exception):
    """Kinesis kept refusing records. The message has its reason."""


@dataclass(frozen=True)
class StreamRecord:
    """A record's content, and the key that decides which shard it goes to."""

    data: bytes
    key: str


@dataclass(frozen=True)
class Found:
    """What the stream still has of a batch, in order.

    `complete`: from the first record of the batch to its last. What lies between them is all here, also
    what was not in the batch: Lambda reads a shard in several lanes and names only the two ends.
    """

    records: tuple[StreamRecord, ...]
    complete: bool


def find(kinesis: "KinesisClient", batch: Batch, *, sleep: Callable[[float], None] = time.sleep) -> Found:
    """Return what the stream still has of a batch: nothing, where stream or shard are gone."""
    try:
        iterator: str | None = kinesis.get_shard_iterator(
            StreamARN=batch.stream_arn,
            ShardId=batch.shard,
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            StartingSequenceNumber=batch.first,
        )["ShardIterator"]
    except (kinesis.exceptions.ResourceNotFoundException, kinesis.exceptions.InvalidArgumentException):
        return Found((), complete=False)
    records: list[StreamRecord] = []
    begins = ends = False
    while iterator and not ends:
        answer = _records_at(kinesis, batch, iterator, sleep)
        for record in answer["Records"]:
            begins = begins or record["SequenceNumber"] == batch.first
            if int(record["SequenceNumber"]) > int(batch.last):
                return Found(tuple(records), complete=False)
            records.append(StreamRecord(record["Data"], record["PartitionKey"]))
            ends = record["SequenceNumber"] == batch.last
            if ends:
                break
        iterator = answer.get("NextShardIterator")
        if not answer["Records"] and not answer.get("MillisBehindLatest"):
            break
    return Found(tuple(records), complete=begins and ends)


def put(
    kinesis: "KinesisClient",
    stream: str,
    records: Sequence[StreamRecord],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Put records on the stream of that name. Raises StreamRefused where Kinesis keeps refusing one."""
    for batch in _batches(records):
        left, reason = batch, ""
        for attempt in range(_ATTEMPTS):
            if attempt:
                sleep(0.1 * 2**attempt)
            results = kinesis.put_records(StreamName=stream, Records=left)["Records"]
            reason = next((r["ErrorMessage"] for r in results if r.get("ErrorCode")), "")
            left = [entry for entry, result in zip(left, results, strict=True) if result.get("ErrorCode")]
            if not left:
                break
        else:
            raise StreamRefused(f"the stream refused it {_ATTEMPTS} times: {reason}")


def _records_at(kinesis: "KinesisClient", batch: Batch, iterator: str, sleep: Callable[[float], None]) -> Any:
    for attempt in range(_ATTEMPTS):
        sleep(_PAUSE * attempt)
        try:
            return kinesis.get_records(ShardIterator=iterator, StreamARN=batch.stream_arn)
        except kinesis.exceptions.ProvisionedThroughputExceededException as error:
            refusal = error
    raise StreamRefused(f"the stream could not be read {_ATTEMPTS} times: {refusal}")


def _batches(records: Sequence[StreamRecord]) -> "Iterator[list[PutRecordsRequestEntryTypeDef]]":
    batch: list[PutRecordsRequestEntryTypeDef] = []
    size = 0
    for record in records:
        length = len(record.data) + len(record.key.encode())
        if batch and (len(batch) == _PUT_RECORDS or size + length > _PUT_BYTES):
            yield batch
            batch, size = [], 0
        batch.append({"Data": record.data, "PartitionKey": record.key})
        size += length
    if batch:
        yield batch
