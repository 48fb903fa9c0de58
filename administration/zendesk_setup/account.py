"""What there is in the Zendesk account, and how it is changed."""

import json
from collections.abc import Mapping
from typing import Any

from connect_zendesk.zendesk.client import Zendesk

_PAGE = 100
_API = "/api/v2"
Shown = Mapping[str, Any]


class Account:
    """The webhooks, user fields and macros of an account. Every method raises `ZendeskError`."""

    def __init__(self, zendesk: Zendesk) -> None:
        self._zendesk = zendesk

    def integration_user(self) -> int:
        """Return who this project is: the user who made the OAuth client."""
        return int(self._zendesk.get(f"{_API}/users/me")["user"]["id"])

    def webhooks(self) -> list[Shown]:
        """Return all webhooks."""
        return self._all("webhooks")

    def user_fields(self) -> list[Shown]:
        """Return all user fields."""
        return self._all("user_fields")

    def macros(self) -> list[Shown]:
        """Return all macros, switched off ones too."""
        return self._all("macros")

    def add(self, kind: str, asked: Shown) -> Shown:
        """Make one of a kind ("webhook") and return it."""
        made: Shown = self._zendesk.post(f"{_API}/{kind}s", json.dumps({kind: asked}))[kind]
        return made

    def change(self, kind: str, number: object, asked: Shown) -> None:
        """Change one of a kind."""
        self._zendesk.put(f"{_API}/{kind}s/{number}", json.dumps({kind: asked}))

    def remove(self, kind: str, number: object) -> None:
        """Take one of a kind away."""
        self._zendesk.delete(f"{_API}/{kind}s/{number}", "")

    def signing_secret(self, webhook: str) -> str:
        """Return what a webhook signs with."""
        answer = self._zendesk.get(f"{_API}/webhooks/{webhook}/signing_secret")
        return str(answer["signing_secret"]["secret"])

    def new_signing_secret(self, webhook: str) -> str:
        """Have a webhook sign with a new secret, from now on, and return it."""
        answer = self._zendesk.post(f"{_API}/webhooks/{webhook}/signing_secret", "")
        return str(answer["signing_secret"]["secret"])

    def _all(self, name: str) -> list[Shown]:
        query: dict[str, str | int] = {"page[size]": _PAGE}
        found: list[Shown] = []
        while True:
            answer = self._zendesk.get(f"{_API}/{name}", query)
            found += answer[name]
            meta = answer.get("meta") or {}
            if not meta.get("has_more"):
                return found
            query = {**query, "page[after]": meta["after_cursor"]}
