"""What arrives on the record stream, read beside the function that handles it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

_AT_ONCE = 500


@dataclass(frozen=True)
class Arrival:
    """A record, and when it came (aware)."""

    data: bytes
    at: datetime


class Arrivals:
    """Reads a stream from its beginning, a piece at each look. The stream keeps its shards meanwhile."""

    def __init__(self, kinesis: "KinesisClient", stream: str) -> None:
        self._kinesis, self._stream = kinesis, stream
        self._iterators: dict[str, str] = {}
        self._last: dict[str, str] = {}

    def new(self) -> list[Arrival]:
        """Return what has come since the last look, at most some hundred records of each shard."""
        if not self._iterators:
            for shard in self._kinesis.list_shards(StreamName=self._stream)["Shards"]:
                self._iterators[shard["ShardId"]] = self._begin(shard["ShardId"])
        return [arrival for shard in self._iterators for arrival in self._read(shard)]

    def _read(self, shard: str) -> list[Arrival]:
        try:
            answer = self._kinesis.get_records(ShardIterator=self._iterators[shard], Limit=_AT_ONCE)
        except self._kinesis.exceptions.ExpiredIteratorException:  # it was not read for minutes
            self._iterators[shard] = self._begin(shard)
            return []
        self._iterators[shard] = answer.get("NextShardIterator") or self._iterators[shard]
        if answer["Records"]:
            self._last[shard] = answer["Records"][-1]["SequenceNumber"]
        return [
            Arrival(record["Data"], record["ApproximateArrivalTimestamp"]) for record in answer["Records"]
        ]

    def _begin(self, shard: str) -> str:
        if shard not in self._last:
            return self._kinesis.get_shard_iterator(
                StreamName=self._stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
        return self._kinesis.get_shard_iterator(
            StreamName=self._stream,
            ShardId=shard,
            ShardIteratorType="AFTER_SEQUENCE_NUMBER",
            StartingSequenceNumber=self._last[shard],
        )["ShardIterator"]
