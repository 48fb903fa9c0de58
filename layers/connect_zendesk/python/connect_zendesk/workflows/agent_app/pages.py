"""The pages of the agent app, and what they load: files beside the handler, served by its function (A3).

Nothing is built: what is in the folder is what is served. Addresses in it are relative, as a function URL may
be below a path. Assets are in a folder that is named by all they hold, so that a browser keeps them for good.
"""

import base64
import gzip
import hashlib
import html
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from connect_zendesk.http_messages import Rejected, Response

#: Zendesk updates the SDK there itself. Its name is in no integrity check for that reason.
ZENDESK_SDK = "https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js"
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".html": "text/html; charset=utf-8",
}
_COMPRESSED = ".gz"


class Pages:
    """The pages in a folder. ``zendesk_url`` may frame them; ``zendesk_sdk`` is where its SDK is."""

    def __init__(self, folder: Path, zendesk_url: str, zendesk_sdk: str = ZENDESK_SDK) -> None:
        self._folder, self._zendesk, self._sdk = folder, zendesk_url, zendesk_sdk

    @cached_property
    def version(self) -> str:
        """What names the assets' folder: it changes when any of them does."""
        digest = hashlib.sha256()
        for name, content in sorted(self._assets.items()):
            digest.update(f"{name} {len(content)} ".encode() + content)
        return digest.hexdigest()[:16]

    def page(self, name: str, about: Mapping[str, Any], instance_url: str | None) -> Response:
        """Return a page with what its scripts have to know, which may be a session: it is kept nowhere."""
        values = {
            "assets": f"assets/{self.version}",
            "sdk": self._sdk,
            "about": json.dumps({**about, "zendesk": self._zendesk}),
        }
        text = (self._folder / f"{name}.html").read_text("utf-8")
        for field, value in values.items():
            text = text.replace("{{" + field + "}}", html.escape(value))
        return Response(200, text, self._page_headers(instance_url))

    def sorry(self, status: int, reason: str) -> Response:
        """Return a page that says why there is none."""
        text = (self._folder / "sorry.html").read_text("utf-8").replace("{{reason}}", html.escape(reason))
        return Response(status, text, self._page_headers(None))

    def asset(self, version: str, name: str) -> Response:
        """Return an asset, to be kept for a year. Raises `Rejected` where there is none of this name."""
        kind = _TYPES.get(Path(name).suffix)
        headers = {
            "Content-Type": kind or "",
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if version != self.version or kind is None:
            raise Rejected(404, "no such file")
        if (packed := self._assets.get(name + _COMPRESSED)) is not None:
            headers["Content-Encoding"] = "gzip"
            return Response(200, base64.b64encode(packed).decode(), headers, encoded=True)
        if (content := self._assets.get(name)) is None:
            raise Rejected(404, "no such file")
        return Response(200, content.decode("utf-8"), headers)

    @cached_property
    def _assets(self) -> dict[str, bytes]:
        found = {
            path.name: path.read_bytes() for path in (self._folder / "assets").iterdir() if path.is_file()
        }
        return {
            name: content
            for name, content in found.items()
            if Path(name.removesuffix(_COMPRESSED)).suffix in _TYPES
        }

    def _page_headers(self, instance_url: str | None) -> dict[str, str]:
        instance = _origin(instance_url)
        policy = {
            "default-src": "'none'",
            "script-src": f"'self' {self._sdk}",
            "style-src": "'self'",
            "img-src": "'self'",
            "media-src": instance,
            "connect-src": "'self'",
            "frame-src": instance or "'none'",
            "frame-ancestors": self._zendesk,
            "base-uri": "'none'",
            "form-action": "'none'",
        }
        return {
            "Content-Type": _TYPES[".html"],
            "Content-Security-Policy": "; ".join(f"{name} {what}" for name, what in policy.items() if what),
            "Cache-Control": "no-store",
            # Opened beside Zendesk by another site's page, it is out of that page's reach.
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Permissions-Policy": f'microphone=(self "{instance}"), camera=()' if instance else "camera=()",
        }


def compressed(content: bytes) -> bytes:
    """Return a file as it is kept beside the pages under its name and ``.gz``; the same each time."""
    return gzip.compress(content, 9, mtime=0)


def _origin(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
