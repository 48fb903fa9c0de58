"""The Transcribe stand-in over HTTP. `AWS_ENDPOINT_URL_TRANSCRIBE` points boto3 at it."""

from __future__ import annotations

import threading

from local.stand_ins.http.server import StandInServer
from local.stand_ins.transcribe.stand_in import Transcribe

_EVERY = 0.25  # seconds


class TranscribeServer(StandInServer):
    """Serves a stand-in on 127.0.0.1 between `start()` and `stop()`, and moves its jobs on meanwhile."""

    def __init__(self, stand_in: Transcribe, port: int = 0) -> None:
        self._stand_in = stand_in
        self._stopped = threading.Event()
        self._moving = threading.Thread(target=self._move_on, name="transcribe-jobs", daemon=True)
        super().__init__(stand_in, port)

    def start(self) -> None:
        """Begin to serve."""
        super().start()
        self._moving.start()

    def stop(self) -> None:
        """End serving."""
        self._stopped.set()
        self._moving.join()
        super().stop()

    def _move_on(self) -> None:
        while not self._stopped.wait(_EVERY):
            self._stand_in.run_due()
