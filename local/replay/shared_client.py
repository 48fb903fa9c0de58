"""boto3 clients of services that have a stand-in, each made once and shared by all stand-ins of this process.

Making a client of ``connect`` builds a class with some four hundred methods, which costs more than
everything else that a stack in this process is made of. What botocore does for a call between its parameters,
which it validates and serializes, and its answer, which it parses, is left out: no request is signed.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from local.stand_ins.http.boto3_adapter import attach_to_calls
from local.stand_ins.http.messages import Answering

#: The stand-in that answers the call that is being made.
_answering: ContextVar[Answering] = ContextVar("answering")


def client_of(service_name: str, stand_in: Answering) -> Any:
    """Return boto3's client of a service ("connect", "transcribe"), answered by the stand-in.

    Its operations are there, and its exceptions; paginators and waiters are not.
    """
    return _Client(service_name, stand_in)


class _Client:
    """The shared client of a service, each call of which one stand-in answers."""

    def __init__(self, service_name: str, stand_in: Answering) -> None:
        self._shared, self._stand_in = _shared(service_name), stand_in

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._shared, name)
        if name not in self._shared.meta.method_to_api_mapping:
            if callable(found):
                raise AttributeError(f"{name}: only operations can be called on a shared client")
            return found

        def call(**asked: Any) -> Any:
            before = _answering.set(self._stand_in)
            try:
                return found(**asked)
            finally:
                _answering.reset(before)

        return call


class _Answering:
    """Passes a request on to the stand-in whose client it was made with."""

    def handle(self, request: Any) -> Any:
        return _answering.get().handle(request)


@cache
def _shared(service_name: str) -> Any:
    client = boto3.client(
        service_name,
        region_name="us-east-1",
        aws_access_key_id="laptop",
        aws_secret_access_key="laptop",
        # Its own retries wait on the real clock, which means nothing here; what it calls itself even less.
        config=Config(retries={"total_max_attempts": 1}, user_agent="laptop"),
    )
    attach_to_calls(client, _Answering())
    return client
