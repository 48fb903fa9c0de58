"""Uploads and the attachments they become (facts/zendesk.md 1.2 and 2.5)."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import quote

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.records import Attachment, Shown, Upload
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.timestamps import to_timestamp

CONTENT = "/attachments/token/"
ELSEWHERE = "/stored/"


def create(state: State, request: Request) -> Response:
    """POST /api/v2/uploads?filename=: a new token, or with `token` one more file of that one."""
    name = request.query.get("filename", "")
    if not name:
        raise errors.titled(
            400, "Invalid attribute", "You passed an invalid value for the filename attribute."
        )
    if len(request.body) > state.options.upload_size:
        status = state.options.upload_too_large_status
        raise errors.listed(status, "AttachmentTooLarge", f"at most {state.options.upload_size} bytes")
    if not request.headers.get("content-type"):
        raise errors.invalid_record("content_type", "Content type: cannot be blank", "BlankValue")
    given = request.query.get("token")
    upload = _working(state, given) if given else None
    if given and upload is None:
        raise errors.invalid_record("token", "Token: is invalid or has expired", "InvalidValue")
    if upload is None:
        token = _secret(state, "upload")
        upload = state.uploads[token] = Upload(token, state.clock() + state.options.upload_keeps)
    kind = request.headers["content-type"]
    attachment = _attachment(state, name, kind, request.body)
    upload.attachments.append(attachment)
    state.attachments[attachment.shown["id"]] = attachment
    shown = [item.shown for item in upload.attachments]
    content = {
        "token": upload.token, "expires_at": to_timestamp(upload.expires), "attachment": attachment.shown,
        "attachments": shown,
    }  # fmt: skip
    return json_response(201, {"upload": content})


def delete(state: State, _request: Request, token: str) -> Response:
    """DELETE /api/v2/uploads/{token}: its files are gone."""
    upload = _working(state, token)
    if upload is None:
        raise errors.not_found()
    for attachment in state.uploads.pop(token).attachments:
        state.attachments.pop(attachment.shown["id"], None)
    return Response(204)


def show(state: State, _request: Request, number: str) -> Response:
    """GET /api/v2/attachments/{id}."""
    attachment = state.attachments.get(int(number)) if number.isdecimal() and len(number) < 19 else None
    if attachment is None:
        raise errors.not_found()
    return json_response(200, {"attachment": attachment.shown})


def spent(state: State, tokens: object) -> list[Shown]:
    """Return the attachments of a comment's upload tokens, which work once.

    RefusedError 422 where one does not work, unless the account ignores those.
    """
    found: list[Upload] = []
    for token in tokens if isinstance(tokens, list) else [tokens] if isinstance(tokens, str) else []:
        upload = _working(state, token)
        if upload is None and state.options.expired_upload == "refused":
            raise errors.invalid_record("uploads", "Upload token: is invalid or has expired", "InvalidValue")
        if upload is not None and upload not in found:
            found.append(upload)
    return [attachment.shown for upload in found for attachment in upload.attachments]


def keep(state: State, tokens: object) -> None:
    """Take the tokens of a comment that has been written: they work no more, and their files stay."""
    for token in tokens if isinstance(tokens, list) else [tokens]:
        upload = state.uploads.pop(token, None) if isinstance(token, str) else None
        for attachment in upload.attachments if upload else ():
            attachment.used = True


def content(state: State, request: Request, *, signed_in: bool) -> Response | None:
    """Answer GET of a content_url, which is no part of the API; None where the path is none."""
    elsewhere = request.path.startswith(ELSEWHERE)
    if not elsewhere and not request.path.startswith(CONTENT):
        return None
    secret = request.path.removeprefix(ELSEWHERE).removeprefix(CONTENT).strip("/")
    attachment = next((item for item in state.attachments.values() if item.secret == secret), None)
    if request.method != "GET" or attachment is None:
        return Response(404)
    if elsewhere:
        # A store of files takes one way of proving oneself, and the address is that way already.
        forwarded = "authorization" in request.headers
        return Response(400) if forwarded else _file(attachment)
    if not attachment.used and not _is_waiting(state, attachment):
        return Response(404)
    if not attachment.used and not state.options.unattached_upload_is_open and not signed_in:
        return Response(401)
    if host := state.options.attachments_elsewhere:
        return Response(302, {"Location": f"{host}{ELSEWHERE}{secret}"})
    return _file(attachment)


def _file(attachment: Attachment) -> Response:
    name = quote(attachment.shown["file_name"])
    headers = {
        "Content-Type": attachment.shown["content_type"],
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
    }
    return Response(200, headers, attachment.content)


def _is_waiting(state: State, attachment: Attachment) -> bool:
    now = state.clock()
    return any(attachment in u.attachments and u.expires > now for u in state.uploads.values())


def _working(state: State, token: object) -> Upload | None:
    upload = state.uploads.get(token) if isinstance(token, str) else None
    return upload if upload and upload.expires > state.clock() else None


def _attachment(state: State, name: str, kind: str, body: bytes) -> Attachment:
    number, secret = state.next_id(), _secret(state, "attachment")
    address = f"{state.options.url}{CONTENT}{secret}/?name={quote(name)}"
    shown = {
        "url": f"{state.options.url}/api/v2/attachments/{number}.json", "id": number, "file_name": name,
        "content_url": address, "mapped_content_url": address, "content_type": kind.replace("\n", " "),
        "size": len(body), "width": None, "height": None, "inline": False, "deleted": False,
        "malware_access_override": False, "malware_scan_result": "malware_not_found", "thumbnails": [],
    }  # fmt: skip
    return Attachment(shown, secret, body)


def _secret(state: State, what: str) -> str:
    """Return what cannot be guessed from outside, yet is the same in every run."""
    return sha256(f"{what} {state.options.oauth_client_secret} {state.next_id()}".encode()).hexdigest()[:32]
