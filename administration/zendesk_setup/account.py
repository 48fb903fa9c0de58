"""What there is in the Zendesk account, and how it is changed."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from connect_zendesk.rules.phone_numbers import to_e164
from connect_zendesk.zendesk import users
from connect_zendesk.zendesk.client import Zendesk

_PAGE = 100
_API = "/api/v2"
Shown = Mapping[str, Any]


class Account:
    """The webhooks, user fields and macros of an account. Every method raises `ZendeskError`."""

    def __init__(self, zendesk: Zendesk) -> None:
        self._zendesk = zendesk

    @property
    def zendesk(self) -> Zendesk:
        """The client that asks."""
        return self._zendesk

    def me(self) -> Shown:
        """Return the user who made the OAuth client, as Zendesk shows users."""
        user: Shown = self._zendesk.get(f"{_API}/users/me")["user"]
        return user

    def integration_user(self) -> int:
        """Return who this project is: the user who made the OAuth client."""
        return int(self.me()["id"])

    def settings(self) -> Shown:
        """Return the settings of the account, by their groups."""
        found: Shown = self._zendesk.get(f"{_API}/account/settings")["settings"]
        return found

    def deliveries(self, webhook: str, count: int) -> list[Shown]:
        """Return the latest deliveries of a webhook, the newest first."""
        query: dict[str, str | int] = {"page[size]": count, "sort": "-latest_completed_at"}
        return list(self._zendesk.get(f"{_API}/webhooks/{webhook}/invocations", query)["invocations"])

    def users_known_as(self, text: str) -> set[int]:
        """Return the ids of the users who have a number (E.164) or an e-mail address."""
        found = (
            users.with_email(self._zendesk, text)
            if "@" in text
            else users.with_phone(self._zendesk, text, None)
        )
        return {user.id for user in found if text in self.known_as(user.id)}

    def known_as(self, number: int) -> set[str]:
        """Return the numbers (in E.164 where they can be read) and addresses of a user. NotFound: deleted."""
        user = self._zendesk.get(f"{_API}/users/{number}")["user"]
        identities = self._zendesk.get(f"{_API}/users/{number}/identities")["identities"]
        texts = [user.get("phone"), user.get("email"), *(each["value"] for each in identities)]
        return {to_e164(text) or text for text in texts if text}

    def webhooks(self) -> list[Shown]:
        """Return all webhooks."""
        return self._all("webhooks")

    def user_fields(self) -> list[Shown]:
        """Return all user fields."""
        return self._all("user_fields")

    def macros(self) -> list[Shown]:
        """Return all macros, switched off ones too."""
        return self._all("macros")

    def listed(self, name: str) -> list[Shown]:
        """Return everything in a list, such as groups or ticket_fields."""
        return self._all(name)

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

    def installations(self) -> list[Shown]:
        """Return the apps that are installed."""
        return self._all("apps/installations", "installations")

    def installation(self, number: object) -> Shown:
        """Return an installed app."""
        return self._zendesk.get(f"{_API}/apps/installations/{number}")

    def upload_app(self, form: bytes, boundary: str) -> str:
        """Upload a package and return the upload's id."""
        kind = f"multipart/form-data; boundary={boundary}"
        return str(self._zendesk.upload(f"{_API}/apps/uploads", {}, BytesIO(form), kind)["id"])

    def put_app(self, upload: str, app: int | None, name: str) -> str:
        """Make an app of an upload, or bring one up to date with it; returns the id of the job that does."""
        asked: dict[str, Any] = {"upload_id": upload}
        if app is not None:
            return str(self._zendesk.put(f"{_API}/apps/{app}", json.dumps(asked))["job_id"])
        return str(self._zendesk.post(f"{_API}/apps", json.dumps({**asked, "name": name}))["job_id"])

    def app_job(self, job: str) -> Shown:
        """Return how far such a job is."""
        return self._zendesk.get(f"{_API}/apps/job_statuses/{job}")

    def install_app(self, app: int, name: str) -> int:
        """Install an app for all agents and return the installation's id."""
        asked = {"app_id": app, "settings": {"name": name}}
        return int(self._zendesk.post("/api/support/apps/installations", json.dumps(asked))["id"])

    def remove_app(self, app: int | None) -> None:
        """Take an app away, its installation too."""
        self._zendesk.delete(f"{_API}/apps/{app}", "")

    def public_key(self, app: int | None) -> str:
        """Return what Zendesk's signatures for an app are verified with, in PEM."""
        return _pem(self._zendesk.get_text(f"{_API}/apps/{app}/public_key"))

    def signing_secret(self, webhook: str) -> str:
        """Return what a webhook signs with."""
        answer = self._zendesk.get(f"{_API}/webhooks/{webhook}/signing_secret")
        return str(answer["signing_secret"]["secret"])

    def new_signing_secret(self, webhook: str) -> str:
        """Have a webhook sign with a new secret, from now on, and return it."""
        answer = self._zendesk.post(f"{_API}/webhooks/{webhook}/signing_secret", "")
        return str(answer["signing_secret"]["secret"])

    def _all(self, path: str, name: str = "") -> list[Shown]:
        query: dict[str, str | int] = {"page[size]": _PAGE}
        found: list[Shown] = []
        while True:
            answer = self._zendesk.get(f"{_API}/{path}", query)
            found += answer[name or path]
            meta = answer.get("meta") or {}
            if not meta.get("has_more"):
                return found
            query = {**query, "page[after]": meta["after_cursor"]}


def _pem(text: str) -> str:
    """Return the key in Zendesk's answer: PEM, or JSON that holds it."""
    try:
        content = json.loads(text)
    except ValueError:
        return text.strip()
    if isinstance(content, dict):
        content = next((value for value in content.values() if "BEGIN PUBLIC KEY" in str(value)), "")
    return str(content).strip()
