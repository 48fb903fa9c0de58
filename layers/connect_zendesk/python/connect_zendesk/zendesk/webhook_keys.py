"""What the webhook's receiver has to know, as `make zendesk` writes it into its secret.

::

    {"account": 22129848, "integration_user": 901,
     "webhooks": {"01J…": {"secret": "…", "previous": "…", "previous_until": "2026-11-22T10:00:00+00:00"}},
     "rotating_until": null}
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connect_zendesk.zendesk.webhook import timestamp


@dataclass(frozen=True)
class SigningSecret:
    """A webhook's signing secret, and for a while after a rotation the one before it."""

    secret: str
    previous: str | None = None
    previous_until: datetime | None = None

    def valid(self, now: datetime) -> tuple[str, ...]:
        """Return what is accepted at this moment."""
        if self.previous and self.previous_until and now < self.previous_until:
            return (self.secret, self.previous)
        return (self.secret,)


@dataclass(frozen=True)
class WebhookKeys:
    """What is known of the webhooks, and of who sends to them.

    Attributes:
        webhooks: the signing secret of each webhook, by the webhook's id.
        account: the Zendesk account's id; None: that of the first event whose body names one.
        integration_user: who this project is in Zendesk; None: not known, nothing is taken for its doing.
        rotating_until: until when a wrong signature may be one whose secret is not known here yet.
    """

    webhooks: Mapping[str, SigningSecret] = field(default_factory=dict)
    account: int | None = None
    integration_user: int | None = None
    rotating_until: datetime | None = None

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """Return all signing secrets that are accepted at this moment."""
        return tuple(secret for webhook in self.webhooks.values() for secret in webhook.valid(now))

    def rotating(self, now: datetime) -> bool:
        """Return whether a secret is being rotated."""
        return self.rotating_until is not None and now < self.rotating_until

    def as_text(self) -> str:
        """Return the secret's content."""
        webhooks = {
            webhook: {
                "secret": signing.secret,
                "previous": signing.previous,
                "previous_until": _written(signing.previous_until),
            }
            for webhook, signing in self.webhooks.items()
        }
        return json.dumps(
            {
                "account": self.account,
                "integration_user": self.integration_user,
                "webhooks": webhooks,
                "rotating_until": _written(self.rotating_until),
            }
        )

    @staticmethod
    def of(text: str) -> "WebhookKeys":
        """Read the content; what is not there is not known. Raises ValueError for what is no JSON."""
        try:
            content = json.loads(text)
        except RecursionError:
            raise ValueError("nested too deep") from None
        content = content if isinstance(content, dict) else {}
        given = content.get("webhooks")
        return WebhookKeys(
            webhooks={
                str(webhook): SigningSecret(
                    str(signing["secret"]),
                    _text(signing.get("previous")),
                    timestamp(signing.get("previous_until")),
                )
                for webhook, signing in (given if isinstance(given, dict) else {}).items()
                if isinstance(signing, dict) and isinstance(signing.get("secret"), str)
            },
            account=_number(content.get("account")),
            integration_user=_number(content.get("integration_user")),
            rotating_until=timestamp(content.get("rotating_until")),
        )


def _written(timestamp: datetime | None) -> str | None:
    return timestamp.isoformat() if timestamp else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
