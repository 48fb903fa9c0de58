"""Zendesk's refusals in the four envelopes it writes them in (facts/zendesk.md 2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.stand_ins.http.messages import Response, json_response


class RefusedError(Exception):
    """A request that Zendesk refuses; carries the answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"{response.status}: {response.body.decode()}")
        self.response = response


def described(
    status: int,
    error: str,
    description: str,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> RefusedError:
    """Return the first envelope: error, description and, for a record, details by field."""
    content: dict[str, Any] = {"error": error, "description": description}
    if details is not None:
        content["details"] = details
    return RefusedError(json_response(status, content, headers))


def titled(status: int, title: str, message: str) -> RefusedError:
    """Return the second envelope: an object with title and message."""
    return RefusedError(json_response(status, {"error": {"title": title, "message": message}}))


def listed(status: int, code: str, detail: str) -> RefusedError:
    """Return the third envelope: a list of errors with code, title and detail."""
    return RefusedError(json_response(status, {"errors": [{"code": code, "title": code, "detail": detail}]}))


def unauthenticated() -> RefusedError:
    """Return the fourth envelope: a bare sentence."""
    return RefusedError(json_response(401, {"error": "Couldn't authenticate you"}))


def invalid_token() -> RefusedError:
    """Return what a token that ran out, was revoked or never existed gets."""
    description = "The access token provided is expired, revoked, malformed or invalid for other reasons."
    return RefusedError(json_response(401, {"error": "invalid_token", "error_description": description}))


def not_found() -> RefusedError:
    """Return the answer for an id that names nothing, or something deleted."""
    return described(404, "RecordNotFound", "Not found")


def invalid_endpoint() -> RefusedError:
    """Return the answer for a path that Zendesk does not serve."""
    return titled(404, "InvalidEndpoint", "Not found")


def forbidden() -> RefusedError:
    """Return the answer to a token whose scopes do not cover the call."""
    message = "You do not have access to this page. Please contact the account owner of this help desk."
    return titled(403, "Forbidden", message)


def missing_parameter(name: str) -> RefusedError:
    """Return the answer to a body without its object."""
    return titled(
        400, "Invalid attribute", f"You passed an invalid value for the {name} attribute. Must be an object"
    )


def too_many_values(most: int) -> RefusedError:
    """Return the answer to a list of more than `most` entries."""
    content = {
        "error": "TooManyValues", "description": f"Parameter  cannot specify more than {most} values",
        "max_count": most,
    }  # fmt: skip
    return RefusedError(json_response(400, content))


def blank_description() -> RefusedError:
    """Return the 422 for a comment without text, which names the field that is blank."""
    detail = {
        "description": "Description: cannot be blank", "error": "BlankValue",
        "ticket_field_type": "FieldDescription",
    }  # fmt: skip
    return described(422, "RecordInvalid", "Record validation errors", {"base": [detail]})


def about(field: str, refused: RefusedError, prefix: str) -> RefusedError:
    """Return a 422 about a record inside another as one about `field` of the other."""
    content = refused.response.json()
    details = content.get("details")
    if refused.response.status != 422 or not details:
        return refused
    entries = [
        {**one, "description": f"{prefix}: {one['description']}"} for d in details.values() for one in d
    ]
    return described(422, "RecordInvalid", "Record validation errors", {field: entries})


def as_account(response: Response, *, single_details: bool, plain: str) -> Response:
    """Return a refusal as an account writes it: a 429 or 503 as `plain`, details in lists or single."""
    if plain != "json" and response.status in (429, 503):
        headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
        body = b"Too many requests" if plain == "text" else b""
        return Response(response.status, {**headers, "Content-Type": "text/plain"}, body)
    if not single_details or b'"details"' not in response.body:
        return response
    content = response.json()
    content["details"] = {field: items[0] for field, items in content["details"].items()}
    headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    return json_response(response.status, content, headers)


def invalid_record(field: str, description: str, code: str | None = None) -> RefusedError:
    """Return a 422 for one field of a record, its detail in a list."""
    detail = {"description": description, **({"error": code} if code else {})}
    return described(422, "RecordInvalid", "Record validation errors", {field: [detail]})
