"""Lets a boto3 client talk to the stand-in without a socket."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError

from local.stand_ins.amazon_connect.stand_in import AmazonConnect
from local.stand_ins.http.messages import AnswerLost, Request


def attach(client: Any, stand_in: AmazonConnect) -> None:
    """Answer everything that a boto3 client sends from `stand_in`; credentials may be made up.

    `client` is one of `connect` or of `voice-id`. Where the connection is to break, the client raises what it
    raises when a connection breaks.
    botocore's own retries stay on, and sleep between attempts: give the client
    `Config(retries={"total_max_attempts": 1})` where a refusal is to come through at once.
    """

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        try:
            response = stand_in.handle(_read(request))
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


def _read(request: AWSPreparedRequest) -> Request:
    url, body = urlsplit(request.url), request.body or b""
    if not isinstance(body, (str, bytes, bytearray)):
        body = body.read()
    return Request(
        request.method,
        unquote(url.path),
        dict(parse_qsl(url.query, keep_blank_values=True)),
        {
            name.lower(): value if isinstance(value, str) else value.decode()
            for name, value in request.headers.items()
        },
        body.encode() if isinstance(body, str) else bytes(body),
    )
