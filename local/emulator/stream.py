"""Contact records onto the record stream, and how many of them the functions behind it have read."""

import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_kinesis.type_defs import PutRecordsRequestEntryTypeDef

# One PutRecords request carries 500 records and 5 MB, keys included (PutRecords, API reference).
BATCH_RECORDS = 500
BATCH_BYTES = 5_000_000
_ATTEMPTS = 6
_FIRST_PAUSE = 0.1  # seconds, doubled at each attempt

# What the emulator logs once a function is through with a batch.
_HANDLED = re.compile(rb"ESM: Lambda (\S+) processed (\d+) Kinesis records from (\S+)/shardId-")


class StreamError(Exception):
    """Kinesis kept refusing records. The message has its reason."""


def partition_key(record: bytes) -> str:
    """The contact's id, so that everything about a contact stays in order; else one made from the content."""
    try:
        content = json.loads(record)
    except ValueError:
        content = None
    contact = content.get("ContactId") if isinstance(content, dict) else None
    if isinstance(contact, str) and 1 <= len(contact) <= 256:
        return contact
    return hashlib.sha256(record).hexdigest()


def put_records(kinesis: "KinesisClient", stream: str, records: Iterable[bytes]) -> int:
    """Put the records on the stream in this order, as they are; returns how many there were.

    Records that Kinesis refuses for the moment are sent again, which can change their order, as on AWS.

    Raises `StreamError` if it keeps refusing.
    """
    total = 0
    for batch in _batches(records):
        _put(kinesis, stream, batch)
        total += len(batch)
    return total


class ReadRecords:
    """Counts what the functions have read from the streams, by reading on in the emulator's log.

    Its API has no reader's position. A batch that a mapping's filter drops whole is not in the log.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self._offset = 0
        self._read: Counter[tuple[str, str]] = Counter()

    def count(self, stream: str, readers: Iterable[str]) -> int:
        """How many of the stream's records the slowest of these functions is through with."""
        self._read_on()
        return min((self._read[stream, reader] for reader in readers), default=0)

    def _read_on(self) -> None:
        with self._log.open("rb") as log:
            log.seek(self._offset)
            new = log.read()
        whole = new[: new.rfind(b"\n") + 1]
        self._offset += len(whole)
        for function, records, stream in _HANDLED.findall(whole):
            self._read[stream.decode(), function.decode()] += int(records)


def _batches(records: Iterable[bytes]) -> Iterator[list["PutRecordsRequestEntryTypeDef"]]:
    batch: list[PutRecordsRequestEntryTypeDef] = []
    size = 0
    for record in records:
        key = partition_key(record)
        record_size = len(record) + len(key.encode())
        if batch and (len(batch) == BATCH_RECORDS or size + record_size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append({"Data": record, "PartitionKey": key})
        size += record_size
    if batch:
        yield batch


def _put(kinesis: "KinesisClient", stream: str, batch: list["PutRecordsRequestEntryTypeDef"]) -> None:
    left = batch
    reason = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(_FIRST_PAUSE * 2 ** (attempt - 1))
        results = kinesis.put_records(StreamName=stream, Records=left)["Records"]
        refused = [index for index, result in enumerate(results) if "ErrorCode" in result]
        if not refused:
            return
        reason = results[refused[0]].get("ErrorMessage", "no reason given")
        left = [left[index] for index in refused]
    raise StreamError(f"The stream {stream} refused {len(left)} records {_ATTEMPTS} times: {reason}")
