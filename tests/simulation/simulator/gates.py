"""Between a function and the services: every request is an effect, and each kind of answer can go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ReadTimeoutError

from connect_zendesk.ledger.items import Beside, Item
from connect_zendesk.ledger.schema import HEAD
from connect_zendesk.storage import Stored
from local.replay.memory_files import MemoryFiles
from local.stand_ins.http.messages import AnswerLost, NeverAnswered, Request, Response
from local.stand_ins.zendesk import routes
from tests.simulation.simulator.table import Table

if TYPE_CHECKING:
    from tests.simulation.simulator.world import World

#: The clients' own time limits: DynamoDB's two seconds thrice, Zendesk's ten.
_DYNAMODB_HANGS, _ZENDESK_HANGS = 7, 10
_WEEK = 7 * 24 * 3600
_NEW_TICKET, _TICKET, _USERS = "POST /api/v2/tickets", "PUT /api/v2/tickets/{id}", "POST /api/v2/users"
#: How late a write can be carried out, in seconds, so that T14 still holds.
_LATEST: Mapping[str, float] = {_TICKET: 86_400, _NEW_TICKET: 5_000, _USERS: 86_400}
_LATENESS = (0.5, 1, 2, 9.9, 11, 21, 45, 89, 91, 600, 3_599, 7_201, 86_400)
#: Of how many requests to Zendesk others have a turn before the answer.
_NOT_AT_ONCE = 0.4
_BEFORE = (408, 423, 425, 500, 502, 504, 520, 524)
_HTML = {"Content-Type": "text/html"}
_ODD = ("2592000", "inf", "nan", "-5", "soon", "")


class ZendeskGate:
    """Carries a function's requests to Zendesk."""

    def __init__(self, world: World) -> None:
        self._world = world

    def handle(self, request: Request) -> Response:
        """Answer a request. Raises `AnswerLost` and `NeverAnswered`."""
        world, chance = self._world, self._world.chance
        found = routes.found(request.method, request.path)
        name = found[0].name if found else request.path
        with world.effect(f"{request.method} {request.path}"):
            if chance.random("latency").random() < _NOT_AT_ONCE:
                world.wait(chance.between("latency", 0.1, 2))
            if refused := self._before(name, request):
                return refused
            late = self._late(name)
            if late is not None:
                world.zendesk.faults.late_write(late, 1, matching=name)
            try:
                response = world.zendesk.handle(request)
            finally:
                if late is not None:
                    world.zendesk.faults.clear(only="late_write")
                    world.scheduler.after(late, world.catch_up)
                world.listen_to_zendesk()
            world.say(f"  {request.method} {request.path}: {response.status}")
            if world.down_until("Zendesk: down for a day"):
                return response
            if chance.hits("Zendesk: slow", name):
                world.wait(chance.between("slow", 1, 9))
            if chance.hits("Zendesk: answer lost after", name):
                raise AnswerLost
            if chance.hits("Zendesk: network after", name):
                return chance.one_of(
                    "network after",
                    (
                        Response(502, _HTML, b"<html>Bad Gateway</html>"),
                        Response(504, _HTML, b"<html>Gateway Timeout</html>"),
                        Response(response.status, response.headers, response.body[:-1]),
                    ),
                )
            return response

    def _before(self, name: str, request: Request) -> Response | None:
        world, chance = self._world, self._world.chance
        if world.down_until("Zendesk: down for a day"):
            return Response(503, {}, b"Service Unavailable")
        if chance.hits("Zendesk: answer lost before", name):
            raise AnswerLost
        if chance.hits("Zendesk: hangs", name):
            world.wait(_ZENDESK_HANGS)
            raise NeverAnswered
        if chance.hits("Zendesk: token revoked", name):
            world.zendesk.faults.revoke_tokens()
        if chance.hits("Zendesk: 429", name):
            seconds = chance.one_of("429", ("7", "30", "60"))
            return Response(429, {"Retry-After": seconds}, b'{"error":"APIRateLimitExceeded"}')
        if chance.hits("Zendesk: odd Retry-After", name):
            status = chance.one_of("odd status", (429, 503))
            after = {"Retry-After": chance.one_of("odd", _ODD)}
            return Response(status, after, b'{"error":"APIRateLimitExceeded"}')
        if chance.hits("Zendesk: 503", name):
            after = chance.one_of("503", ({}, {"Retry-After": "30"}))
            return Response(503, after, b"Service Unavailable")
        if chance.hits("Zendesk: network before", name):
            status = chance.one_of("network before", (*_BEFORE, 403, 404))
            return Response(status, _HTML, b"<html>no answer of the API's</html>")
        if request.method != "GET" and name != routes.TOKENS and chance.hits("Zendesk: conflict", name):
            return Response(409, {}, b'{"error":"DatabaseConflict","description":"collision"}')
        return None

    def _late(self, name: str) -> float | None:
        if name not in _LATEST or not self._world.chance.hits("Zendesk: late write", name):
            return None
        chance = self._world.chance
        if chance.random("late write, which").random() < 0.6:
            return round(chance.between("late write", 9, 45), 1)  # about when it is tried again
        within = [seconds for seconds in _LATENESS if seconds <= _LATEST[name]]
        return chance.one_of("late write", within)


class ConnectGate:
    """Carries a function's requests to Amazon Connect."""

    def __init__(self, world: World) -> None:
        self._world = world

    def handle(self, request: Request) -> Response:
        """Answer a request. Raises `AnswerLost`."""
        world, chance = self._world, self._world.chance
        faults, what = world.connect.faults, f"{request.method} {request.path}"
        with world.effect(f"Amazon Connect {what}"):
            if world.down_until("Amazon Connect: down for a day"):
                faults.outage(1)
            elif chance.hits("Amazon Connect: answer lost before", what):
                raise AnswerLost
            elif chance.hits("Amazon Connect: throttled", what):
                faults.throttle(1)
            elif chance.hits("Amazon Connect: fails", what):
                faults.outage(1)
            response = world.connect.handle(request)
            faults.clear()
            if chance.hits("Amazon Connect: answer lost after", what):
                raise AnswerLost
            world.say(f"  Amazon Connect {what}: {response.status}")
            return response


class LedgerGate:
    """Carries a function's requests to the ledger's table."""

    def __init__(self, world: World, table: Table) -> None:
        self._world, self._table = world, table

    def get(self, partition: str, sort: str) -> Item | None:
        """Return an item as it is now, or None."""
        with self._world.effect(""):
            self._fail("GetItem")
            return self._table.get(partition, sort)

    def query(self, partition: str) -> Mapping[str, Item]:
        """Return all items of a partition."""
        with self._world.effect(""):
            self._fail("Query")
            return self._table.query(partition)

    def put(
        self, partition: str, sort: str, item: Item, *, replacing: int | None, beside: Beside | None = None
    ) -> bool:
        """Write an item if it is still at that version, and say whether it was."""
        world, chance, what = self._world, self._world.chance, f"{partition} {sort}"
        with world.effect(f"write {what}"):
            self._fail("PutItem")
            if sort == HEAD.sort and chance.hits("DynamoDB: another transaction", what):
                return False
            done = self._table.put(partition, sort, item, replacing=replacing, beside=beside)
            if done:
                world.watch.item(partition, sort, item)
            if chance.hits("DynamoDB: written, then an error", what):
                raise _refused("InternalServerError", "PutItem")
            # A transaction carries a token, by which DynamoDB knows the retry.
            if done and beside is None and chance.hits("DynamoDB: written, then its own retry", what):
                return self._table.put(partition, sort, item, replacing=replacing)
            return done

    def _fail(self, operation: str) -> None:
        world, chance = self._world, self._world.chance
        if world.down_until("DynamoDB: down for a day"):
            raise _refused("ServiceUnavailable", operation)
        if chance.hits("DynamoDB: throttled", operation):
            raise _refused("ProvisionedThroughputExceededException", operation)
        if chance.hits("DynamoDB: hangs", operation):
            world.wait(_DYNAMODB_HANGS)
            raise ReadTimeoutError(endpoint_url="https://dynamodb.example")


class FilesGate:
    """Carries a function's requests to S3."""

    def __init__(self, world: World, files: MemoryFiles) -> None:
        self._world, self._files = world, files

    def knows(self, bucket: str) -> bool:
        """Return whether files of this bucket are ours to read."""
        return self._files.knows(bucket)

    def head(self, bucket: str, key: str, version: str | None = None) -> Stored | None:
        """Return what is there under a key, or None."""
        self._fail("HeadObject")
        return self._files.head(bucket, key, version)

    def fetch(self, bucket: str, key: str, to: Path, version: str | None = None) -> Stored | None:
        """Copy a file to a path on disk, or return None where there is none."""
        self._fail("GetObject")
        return self._files.fetch(bucket, key, to, version)

    def start(self, bucket: str, key: str, length: int) -> tuple[bytes, int] | None:
        """Return the first bytes of a file, and its size, or None where there is none."""
        self._fail("GetObject")
        return self._files.start(bucket, key, length)

    def delete(self, bucket: str, key: str) -> None:
        """Delete a file."""
        self._fail("DeleteObject")
        self._files.delete(bucket, key)

    def find(self, bucket: str, prefix: str) -> tuple[Stored, ...]:
        """Return the files whose keys begin with a prefix."""
        self._fail("ListObjectsV2")
        return self._files.find(bucket, prefix)

    def _fail(self, operation: str) -> None:
        with self._world.effect(f"S3 {operation}"):
            if self._world.chance.hits("S3: refuses", operation):
                raise _refused("SlowDown", operation)


def _refused(code: str, operation: str) -> ClientError:
    said: Any = {"Error": {"Code": code, "Message": "no one's words"}}
    return ClientError(said, operation)
