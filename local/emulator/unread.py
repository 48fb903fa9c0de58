"""How much of what is on the streams has not been read yet by the functions behind them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from local.emulator.arrivals import Arrivals
from local.emulator.stream import ReadRecords

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient


class Unread:
    """Counts what is unread on the record stream and on the agent event stream. Used by one thread at a time.

    Records are counted where they are, on the stream: by whichever process they were put there.
    Of agent events only those count that the filter of their function lets through, by `add_agent_events`;
    `log` is the emulator's, `readers` are the functions behind each stream.
    """

    def __init__(
        self,
        kinesis: "KinesisClient",
        log: Path,
        readers: Mapping[str, Iterable[str]],
        *,
        records: str,
        agent_events: str,
    ) -> None:
        self._arrivals, self._read, self._readers = Arrivals(kinesis, records), ReadRecords(log), readers
        self._records, self._agent_events = records, agent_events
        self._sent = {records: 0, agent_events: 0}

    def sent(self) -> int:
        """Return how many contact records are on their stream."""
        while new := self._arrivals.new():
            self._sent[self._records] += len(new)
        return self._sent[self._records]

    def add_agent_events(self, count: int) -> None:
        """Take notice of agent events that a function will read."""
        self._sent[self._agent_events] += count

    def count(self) -> int:
        """Return how much is on the streams that no function is through with."""
        self.sent()
        return sum(max(0, sent - self._read_of(stream)) for stream, sent in self._sent.items())

    def _read_of(self, stream: str) -> int:
        return self._read.count(stream, self._readers.get(stream, ()))
