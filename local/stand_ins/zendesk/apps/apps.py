"""Apps: a package is uploaded, becomes an app by a job, and is installed (facts/agent-app.md 1.2)."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.apps.signing import PUBLIC_KEY
from local.stand_ins.zendesk.bodies import id_in, whole
from local.stand_ins.zendesk.setup import lists
from local.stand_ins.zendesk.state import State

_NAMELESS = ("manifest.json", "translations/en.json")


def upload(state: State, request: Request) -> Response:
    """POST /api/v2/apps/uploads: 201 with the id of the upload."""
    if b'name="uploaded_data"' not in request.body:
        raise errors.missing_parameter("uploaded_data")
    number = state.next_id()
    begins, ends = request.body.find(b"PK\x03\x04"), request.body.rfind(b"\r\n--")
    state.app_uploads[number] = request.body[begins:ends]
    return json_response(201, {"id": number})


def create(state: State, request: Request) -> Response:
    """POST /api/v2/apps: the job that makes the app."""
    return _job(state, whole(request), state.next_id())


def update(state: State, request: Request, number: str) -> Response:
    """PUT /api/v2/apps/{id}: the job that brings it up to date."""
    return _job(state, whole(request), _app(state, number))


def job(state: State, _request: Request, number: str) -> Response:
    """GET /api/v2/apps/job_statuses/{id}."""
    found = state.app_jobs.get(id_in(number) or 0)
    if found is None:
        raise errors.not_found()
    return json_response(200, found)


def install(state: State, request: Request) -> Response:
    """POST /api/support/apps/installations: the installation."""
    asked = whole(request)
    app = _app(state, str(asked.get("app_id")))
    number = state.next_id()
    lists.add(state, "installations", {"id": number, "app_id": app, "settings": asked.get("settings") or {}})
    return json_response(201, state.set_up["installations"][number])


def remove(state: State, _request: Request, number: str) -> Response:
    """DELETE /api/v2/apps/{id}: 204; its installations go too."""
    app = _app(state, number)
    del state.apps[app]
    for installed in [n for n, shown in state.set_up["installations"].items() if shown["app_id"] == app]:
        del state.set_up["installations"][installed]
    return Response(204)


def public_key(state: State, _request: Request, number: str) -> Response:
    """GET /api/v2/apps/{id}/public_key: JSON text that is the key in PEM."""
    _app(state, number)
    return Response(200, {"Content-Type": "application/json"}, json.dumps(PUBLIC_KEY).encode())


def _app(state: State, number: str) -> int:
    app = id_in(number) or 0
    if app not in state.apps:
        raise errors.not_found()
    return app


def _job(state: State, asked: dict[str, Any], app: int) -> Response:
    packed = state.app_uploads.get(id_in(str(asked.get("upload_id"))) or 0)
    if packed is None:
        raise errors.not_found()
    number, refused = state.next_id(), _refused(packed)
    if refused is None:
        state.apps[app] = packed
        state.app_jobs[number] = {"status": "completed", "app_id": app, "message": "App created"}
    else:
        state.app_jobs[number] = {"status": "failed", "message": refused}
    return json_response(200, {"job_id": number})


def _refused(packed: bytes) -> str | None:
    """Return why Zendesk would not take a package, as far as its validator is known, or None."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            names = archive.namelist()
            manifest = json.loads(archive.read("manifest.json"))
    except (zipfile.BadZipFile, KeyError, ValueError):
        return "The package has no manifest that can be read"
    if missing := [name for name in _NAMELESS if name not in names]:
        return f"missing: {missing[0]}"
    if "top_bar" in manifest["location"]["support"] and "assets/icon_top_bar.svg" not in names:
        return "missing: assets/icon_top_bar.svg"
    if lacking := {"author", "defaultLocale", "location", "frameworkVersion"} - manifest.keys():
        return f"Missing required fields in manifest: {', '.join(sorted(lacking))}"
    for name, location in manifest["location"]["support"].items():
        url = location["url"] if isinstance(location, dict) else location
        if not url.startswith(("https://", "http://localhost", "http://127.0.0.1", "assets/")):
            return f"{name}: the URL is neither https nor an asset"
    return None
