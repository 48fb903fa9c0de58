"""What the agent app's function has to know, as `make zendesk` writes it into its secret.

::

    {"app": 735264, "installation": 91, "public_key": "-----BEGIN PUBLIC KEY-----…", "session_key": "…",
     "package": "…"}
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

#: Characters of a session key: it is 32 random bytes as text.
_SHORTEST_KEY = 32


@dataclass(frozen=True)
class AppKeys:
    """What is known of the app in Zendesk. Until ``is_complete`` every request is rejected.

    Attributes:
        app: the app's id.
        installation: the id of its installation.
        public_key: what Zendesk's signatures are verified with, in PEM.
        session_key: what signs the sessions that are given out here.
        package: the hash of what was uploaded, for `make zendesk` to see whether that is still right.
    """

    app: int | None = None
    installation: int | None = None
    public_key: str = ""
    session_key: str = ""
    package: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether agents can be distinguished from others."""
        return bool(self.installation and self.public_key) and len(self.session_key) >= _SHORTEST_KEY

    def as_text(self) -> str:
        """Return the secret's content."""
        return json.dumps(asdict(self))

    @staticmethod
    def of(text: str) -> "AppKeys":
        """Read the content; what is not there is not known. Raises ValueError for what is no JSON."""
        try:
            content = json.loads(text)
        except RecursionError:
            raise ValueError("nested too deep") from None
        content = content if isinstance(content, dict) else {}
        return AppKeys(
            _number(content.get("app")),
            _number(content.get("installation")),
            _text(content.get("public_key")),
            _text(content.get("session_key")),
            _text(content.get("package")),
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
