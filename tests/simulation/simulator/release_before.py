"""The release before, as its code was, at work beside the present one while that is deployed (O6).

The archive in `tests/fixtures/release_0_1_0` has the layer and the functions of release 0.1.0 as they were;
its packages are imported below `PACKAGE`, so that both releases are there at once.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any
from unittest import mock
from zipfile import ZipFile

from connect_zendesk.function_kinds import EventConsumer, StreamConsumer, Worker
from connect_zendesk.observability import logger, metrics
from connect_zendesk.topology import FUNCTIONS as PRESENT
from connect_zendesk.topology import VOICE_ID_SYNC
from local.replay.matching import matches
from local.replay.shared_client import client_of
from local.stand_ins.amazon_connect.contacts import INSTANCE_ARN
from tests.release_before import FIXTURES
from tests.simulation.simulator.gates import ConnectGate, FilesGate, LedgerGate

if TYPE_CHECKING:
    from tests.simulation.simulator.world import World

PACKAGE = "release_0_1_0"
#: What is replaced before anything sends it what is new (`infra/stack.py`).
REPLACED_FIRST = frozenset({VOICE_ID_SYNC.key})
#: Rules of the release before whose queues have others now, by their logical ids.
_RULES = {
    "VoiceIdSyncRecordsAndLinks2102440F": "authentications",
    "TranscriptAttachmentLinksDFFAF228": "transcripts",
}
_ARCHIVE = FIXTURES / "code.zip"
with ZipFile(_ARCHIVE) as _archive:
    _TEXTS = {name: _archive.read(name).decode() for name in _archive.namelist()}
#: The functions of streams, events and queues that both releases have.
FUNCTIONS = frozenset(
    function.key
    for function in PRESENT
    if isinstance(function, (EventConsumer, StreamConsumer, Worker))
    and f"functions/{function.key.replace('.', '/')}.py" in _TEXTS
)
_LEASE = timedelta(seconds=90)
_IMPORTED = re.compile(r"^(\s*(?:from|import) )(?=(?:connect_zendesk|functions)\b)", re.MULTILINE)


class _Code(MetaPathFinder, InspectLoader):
    """Finds modules below `PACKAGE` in the archive."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a module of the archive, or None."""
        if name != PACKAGE and not name.startswith(f"{PACKAGE}."):
            return None
        return ModuleSpec(name, self, is_package=self.is_package(name))

    def is_package(self, name: str) -> bool:
        """Return whether a module has others below it."""
        folder = self._path(name)
        return any(there.startswith(f"{folder}/") for there in _TEXTS) or not folder

    def get_source(self, name: str) -> str:
        """Return a module's text, which imports from below `PACKAGE`."""
        path = self._path(name)
        text = _TEXTS.get(f"{path}/__init__.py" if self.is_package(name) else f"{path}.py", "")
        return _IMPORTED.sub(rf"\g<1>{PACKAGE}.", text)

    @staticmethod
    def _path(name: str) -> str:
        return name.removeprefix(PACKAGE).removeprefix(".").replace(".", "/")


@cache
def _patterns() -> Mapping[str, Mapping[str, Any]]:
    resources = json.loads(gzip.decompress((FIXTURES / "template.json.gz").read_bytes()))["Resources"]
    return {queue: resources[rule]["Properties"]["EventPattern"] for rule, queue in _RULES.items()}


def queues_of(event: Mapping[str, Any]) -> list[str]:
    """Return the queues that only the release before sends an event to, by its rules."""
    return [queue for queue, pattern in _patterns().items() if matches(pattern, event)]


def module(name: str) -> Any:
    """Return a module of the release before, such as ``connect_zendesk.ledger``."""
    if not any(isinstance(finder, _Code) for finder in sys.meta_path):
        sys.meta_path.append(_Code())
        seen: Any = import_module(f"{PACKAGE}.connect_zendesk.observability")
        seen.logger, seen.metrics = logger, metrics  # what either release logs and counts is watched
    return import_module(f"{PACKAGE}.{name}")


def services(world: World, clock: Callable[[], datetime], settings: Mapping[str, Any]) -> Any:
    """Return what a container of the release before has built when it has started."""
    ledger = module("connect_zendesk.ledger").Ledger(
        LedgerGate(world, world.table), clock=clock, lease=_LEASE
    )
    read, _ = module("connect_zendesk.rules.settings.app_settings").read(settings)
    return module("connect_zendesk.workflows.clients").Clients(
        zendesk=module("connect_zendesk.zendesk.client").Zendesk(
            world.url,
            world.credentials,
            module("connect_zendesk.service").TokenInLedger(ledger, clock),
            session=world.session,
            clock=clock,
        ),
        amazon_connect=module("connect_zendesk.amazon_connect.client").AmazonConnect(
            client_of("connect", ConnectGate(world))
        ),
        ledger=ledger,
        messages=world.messages,
        read_app_settings=lambda: read,
        clock=clock,
        files=FilesGate(world, world.files),
        connect_instance=INSTANCE_ARN,
        sleep=world.wait,
        voice_id=module("connect_zendesk.amazon_connect.voice_id").VoiceId(""),
    )


@contextmanager
def on(world: World) -> Iterator[None]:
    """Have the modules of the release before work in a world."""
    with (
        mock.patch.object(module("connect_zendesk.service"), "clients", world.current_services),
        mock.patch.object(module("connect_zendesk.messaging"), "messages", return_value=world.messages),
    ):
        yield
