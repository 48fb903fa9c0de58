"""Lets a boto3 client talk to a stand-in without a socket."""

from __future__ import annotations

import io
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.parsers import create_parser

from local.stand_ins.http.messages import Answering, AnswerLost, NeverAnswered, Request, Response, request_of


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
        asked = request_of(request.method, request.url, request.headers.items(), body)
        return _sent(request.url, _answer(stand_in, asked, request.url))

    client.meta.events.register(f"before-send.{client.meta.service_model.service_id.hyphenize()}", answer)


def attach_to_calls(client: Any, stand_in: Answering) -> None:
    """Do as `attach` does, for a client of any service, before a call is made a request of HTTP and signed.

    Where many calls are made: each takes a third of the time.
    """
    parser = create_parser(client.meta.service_model.resolved_protocol)

    def answer(model: Any, params: dict[str, Any], **_: Any) -> tuple[AWSResponse, Any]:
        url = params["url"]
        asked = request_of(params["method"], url, params["headers"].items(), params["body"])
        response = _answer(stand_in, asked, url)
        sent = _sent(url, response)
        said = {
            "headers": sent.headers,
            "status_code": response.status,
            "body": response.body,
            "context": {"operation_name": model.name},
        }
        return sent, parser.parse(said, model.output_shape)

    client.meta.events.register(f"before-call.{client.meta.service_model.service_id.hyphenize()}", answer)


def _answer(stand_in: Answering, request: Request, url: str) -> Response:
    try:
        return stand_in.handle(request)
    except NeverAnswered:
        raise ReadTimeoutError(endpoint_url=url) from None
    except AnswerLost:
        raise ConnectionClosedError(endpoint_url=url) from None


def _sent(url: str, response: Response) -> AWSResponse:
    headers = HTTPHeaders.from_dict(dict(response.headers))
    return AWSResponse(url, response.status, headers, _Raw(response.body))


class _Raw(io.BytesIO):
    """A body that botocore reads as it reads one of urllib3's."""

    def stream(self, amount: int = 65_536, **_: Any) -> Any:
        while chunk := self.read(amount):
            yield chunk
