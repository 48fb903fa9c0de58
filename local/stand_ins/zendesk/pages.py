"""Answers of what stands before Zendesk, its CDN and proxies, in no envelope of Zendesk's own."""

from __future__ import annotations

from http import HTTPStatus

from local.stand_ins.http.messages import Response, json_response, plain_response

_UNOFFICIAL = {520: "Web server is returning an unknown error", 524: "A timeout occurred"}


def page(status: int, body: str) -> Response:
    """Return an answer of that status; `body` is html, text, json or empty."""
    text = _UNOFFICIAL.get(status) or _phrase(status)
    if body == "empty":
        return Response(status)
    if body == "json":
        return json_response(status, {"error": text})
    if body == "text":
        return plain_response(status, text)
    html = (
        f"<!DOCTYPE html><html><head><title>{status} {text}</title></head>"
        f"<body><h1>{text}</h1><p>The request could not be answered.</p></body></html>"
    )
    return plain_response(status, html, "text/html; charset=UTF-8", {"Server": "edge"})


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
