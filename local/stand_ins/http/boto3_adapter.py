"""Lets a boto3 client talk to a stand-in without a socket."""

from __future__ import annotations

import io
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from local.stand_ins.http.messages import Answering, AnswerLost, NeverAnswered, request_of


def attach(client: Any, stand_in: Answering) -> None:
    """Answer everything that a boto3 client sends from `stand_in`; credentials may be made up.

    `client` is one of `connect` or of `voice-id`. Where the connection is to break, the client raises what it
    raises when a connection breaks; where nothing is ever answered, it times out at once.
    botocore's own retries stay on, and sleep between attempts: give the client
    `Config(retries={"total_max_attempts": 1})` where a refusal is to come through at once.
    """

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        body: Any = request.body
        if hasattr(body, "read"):
            body = body.read()
        try:
            response = stand_in.handle(request_of(request.method, request.url, request.headers.items(), body))
        except NeverAnswered:
            raise ReadTimeoutError(endpoint_url=request.url) from None
        except AnswerLost:
            raise ConnectionClosedError(endpoint_url=request.url) from None
        return AWSResponse(
            request.url, response.status, HTTPHeaders.from_dict(dict(response.headers)), _Raw(response.body)
        )

    client.meta.events.register(f"before-send.{client.meta.service_model.service_id.hyphenize()}", answer)


class _Raw(io.BytesIO):
    """A body that botocore reads as it reads one of urllib3's."""

    def stream(self, amount: int = 65_536, **_: Any) -> Any:
        while chunk := self.read(amount):
            yield chunk
