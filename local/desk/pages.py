"""Serves the desk: Zendesk's frame from Zendesk's stand-in, the control panel from Amazon Connect's."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from infra.npm_packages import ZENDESK_SDK
from local.desk.switchboard import Switchboard
from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import Zendesk
from local.stand_ins.zendesk.apps.signing import token

#: Where the two are, below the addresses of the stand-ins.
DESK, PANEL = "/agent/", "/ccp-v2/"
_FOLDER = Path(__file__).parent
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_MODULES = ("utils.js", "client.js", "vendor/native-promise-only.js", "index.js")
#: What its flow says of a contact that is played here.
_ATTRIBUTES = {"pause_recording": "true"}
_STRANGER, _WITHHELD = "+441632960777", "anonymous"


def sdk() -> bytes:
    """Return Zendesk's SDK as others republish it: its modules, in one script. Raises FetchError."""
    return _bundled()


@cache
def _bundled() -> bytes:
    modules = [
        f'"./{name}": function (module, exports, require) {{{ZENDESK_SDK.file(name)}\n}}' for name in _MODULES
    ]
    return (
        "(function (modules, made) {\n"
        "function require(name) {\n"
        "  var path = name.slice(-3) === '.js' ? name : name + '.js';\n"
        "  if (!made[path]) { var module = { exports: {} }; made[path] = module;"
        " modules[path](module, module.exports, require); }\n"
        "  return made[path].exports;\n"
        "}\n"
        "window.ZAFClient = require('./index');\n"
        "})({" + ",\n".join(modules) + "}, {});\n"
    ).encode()


class Desk:
    """What the two pages ask for.

    ``app`` is the address of the agent app's function, ``claims`` what is said of the installation in tokens
    of Zendesk's (`iss`, `aud`), ``user`` the agent's Zendesk id.
    """

    def __init__(
        self, zendesk: Zendesk, board: Switchboard, *, app: str, claims: Mapping[str, str], user: int
    ) -> None:
        self._zendesk, self._board = zendesk, board
        self._app, self._claims, self._user = app, claims, user
        self._loads = count(1)

    def frame(self, request: Request) -> Response:
        """Answer a request of Zendesk's frame."""
        asks: dict[str, Callable[[Request], Any]] = {
            "GET about": lambda _: self._about(),
            "GET lists": lambda _: self._lists(),
            "GET ticket": lambda asked: self._ticket(int(asked.query["id"])),
            "GET user": lambda asked: self._person(int(asked.query["id"])),
            "POST token": lambda asked: {"token": self._token(json.loads(asked.body)["location"])},
            "POST play": lambda asked: self._play(json.loads(asked.body)),
        }
        return _answered(request, DESK, asks)

    def panel(self, request: Request) -> Response:
        """Answer a request of the control panel."""
        board = self._board
        asks: dict[str, Callable[[Request], Any]] = {
            "GET state": lambda _: board.state(),
            "POST accept": lambda asked: board.accept(_contact(asked)),
            "POST end": lambda asked: board.end(_contact(asked)),
            "POST clear": lambda asked: board.clear(_contact(asked)),
            "POST dial": lambda asked: {"contactId": board.dial(json.loads(asked.body)["number"])},
        }
        return _answered(request, PANEL, asks)

    def _about(self) -> dict[str, Any]:
        user = self._user_of(self._user)
        known = [
            each for each in self._zendesk.users() if each.get("role") == "end-user" and each.get("phone")
        ]
        customers = [{"value": each["phone"], "label": each["name"]} for each in known]
        customers += [
            {"value": _STRANGER, "label": "somebody unknown"},
            {"value": _WITHHELD, "label": "somebody who withholds the number"},
        ]
        return {"app": self._app, "user": user, "customers": customers}

    def _lists(self) -> dict[str, Any]:
        tickets = sorted(self._zendesk.tickets(), key=lambda each: -each["id"])
        users = [each for each in self._zendesk.users() if each.get("role") == "end-user"]
        return {
            "tickets": [
                {"id": each["id"], "label": f"#{each['id']} {each.get('subject') or ''}"} for each in tickets
            ],
            "users": [{"id": each["id"], "label": each["name"]} for each in users],
        }

    def _ticket(self, number: int) -> dict[str, Any]:
        found = next((each for each in self._zendesk.tickets() if each["id"] == number), None)
        if found is None:
            return {"error": "none"}
        comments = [each.get("body") or "(voice comment)" for each in found["comments"]]
        ticket = {name: found.get(name) for name in ("id", "subject", "status")}
        return {"ticket": ticket, "requester": self._user_of(found["requester_id"]), "comments": comments}

    def _person(self, number: int) -> dict[str, Any]:
        user = self._user_of(number)
        return {"user": user} if user else {"error": "none"}

    def _user_of(self, number: int) -> dict[str, Any] | None:
        found = next((each for each in self._zendesk.users() if each["id"] == number), None)
        return {name: found.get(name) for name in ("id", "name", "phone", "email", "role")} if found else None

    def _token(self, location: str) -> str:
        now = int(time.time())
        return token(
            {
                **self._claims,
                "sub": str(self._user),
                "iat": now,
                "exp": now + 60,
                "jti": f"desk-{now}-{next(self._loads)}",
                "context": {"product": "support", "location": location},
            }
        )

    def _play(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        who = str(asked["who"])
        names = {each["phone"]: each for each in self._zendesk.users() if each.get("phone")}
        known = names.get(who)
        name = known["name"] if known else "Unknown"
        attributes = dict(_ATTRIBUTES)
        if asked.get("manual") or asked["channel"] == "CHAT":
            attributes["ticket_assignment"] = "agent"
        if asked["channel"] == "CHAT" and known:
            attributes["zendesk_user"] = str(known["id"])
        return {"contact": self._board.offer(who, name, str(asked["channel"]), attributes)}


def _contact(request: Request) -> str:
    return str(json.loads(request.body)["contact"])


def _answered(request: Request, below: str, asks: Mapping[str, Callable[[Request], Any]]) -> Response:
    name = request.path.removeprefix(below)
    if name.startswith("api/"):
        ask = asks.get(f"{request.method} {name.removeprefix('api/')}")
        return json_response(404, {}) if ask is None else json_response(200, ask(request) or {}, _HEADERS)
    if name == "zaf_sdk.js":
        return Response(200, {**_HEADERS, "Content-Type": "text/javascript"}, sdk())
    path = _FOLDER / (name or ("desk.html" if below == DESK else "panel.html"))
    if path.parent != _FOLDER or path.suffix not in _TYPES or not path.is_file():
        return json_response(404, {})
    return Response(200, {**_HEADERS, "Content-Type": _TYPES[path.suffix]}, path.read_bytes())
