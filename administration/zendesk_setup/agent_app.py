"""The agent app in Zendesk: its package, made here, and the steps that install it there and keep its keys.

The package holds a manifest, an icon and a name: its pages come from the stack, so a new package is needed
only where the manifest changes. Fetching the public key, and that the OAuth client may do all this, is
described by samples only (facts/agent-app.md 1.2, 8): where it is refused, `package` writes the file to
install by hand.
"""

import hashlib
import io
import secrets as random_texts
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from administration.zendesk_setup.account import Account
from administration.zendesk_setup.plan import Plan, Step
from connect_zendesk.zendesk.app_keys import AppKeys
from connect_zendesk.zendesk.errors import NotFound

SOURCE = Path(__file__).parents[2] / "agent_app"
NAME = "Amazon Connect"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # always the same, so that the same files make the same package
_BOUNDARY = "connect-zendesk-agent-app"
_ATTEMPTS, _WAIT_SECONDS = 60, 1.0


class AppNotInstalled(Exception):
    """Zendesk did not take the package; the message is Zendesk's."""


@dataclass(frozen=True)
class AppSecret:
    """The secret with the app's keys."""

    secrets: Any  # a Secrets Manager client
    arn: str

    def read(self) -> AppKeys:
        """Return what is in it."""
        return AppKeys.of(self.secrets.get_secret_value(SecretId=self.arn)["SecretString"])

    def write(self, keys: AppKeys) -> None:
        """Replace what is in it."""
        self.secrets.put_secret_value(SecretId=self.arn, SecretString=keys.as_text())


@dataclass(frozen=True)
class AgentAppPlace:
    """A stack's agent app: the ``address`` of its function, and the secret that it reads."""

    address: str
    secret: AppSecret


def package(address: str, source: Path = SOURCE) -> bytes:
    """Return the package, as Zendesk takes it, with the address of the stack's pages in its manifest."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(source.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                if path.name == "manifest.json":
                    content = content.replace(b"{{address}}", f"{address.rstrip('/')}/".encode())
                archive.writestr(zipfile.ZipInfo(path.relative_to(source).as_posix(), _ZIP_TIME), content)
    return packed.getvalue()


def to_apply(
    account: Account,
    there: AgentAppPlace,
    plan: Plan,
    *,
    take_over: bool,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Add to a plan what installs the app, or brings it up to date. Raises `ZendeskError`."""
    keys, content = there.secret.read(), package(there.address)
    digest = hashlib.sha256(content).hexdigest()
    if keys.installation is not None and not _is_installed(account, keys):
        keys = replace(keys, app=None, installation=None, public_key="")
    if keys.installation is None and (found := _of_our_name(account)) is not None:
        if not take_over:
            plan.problems.append(
                f'an app "{NAME}" is installed (installation {found["id"]}), which this stack does not know:'
                " if no other stack uses it, make it this one's with --take-over"
            )
            return
        keys = replace(keys, app=int(found["app_id"]), installation=int(found["id"]), package="")
    if keys.app is None or keys.package != digest:
        sign, what = ("+", "made") if keys.app is None else ("~", "a new package")

        def install() -> None:
            app = _uploaded(account, content, keys.app, sleep)
            installation = keys.installation or account.install_app(app, NAME)
            _write(account, there, AppKeys(app, installation, package=digest))

        plan.steps.append(Step(sign, f'agent app "{NAME}" from {there.address}: {what}', install))
    elif not keys.is_complete:
        plan.steps.append(Step("~", "the agent app's keys", lambda: _write(account, there, keys)))


def to_remove(account: Account, there: AgentAppPlace, plan: Plan) -> None:
    """Add to a plan what takes the app away."""
    keys = there.secret.read()
    if keys.app is not None and _is_installed(account, keys):
        plan.steps.append(Step("-", f'agent app "{NAME}"', lambda: account.remove_app(keys.app)))
    if keys != AppKeys():
        plan.steps.append(Step("-", "the agent app's keys", lambda: there.secret.write(AppKeys())))


def renew_sessions(there: AgentAppPlace) -> None:
    """Have all sessions end now: every agent's page has to be loaded again."""
    keys = there.secret.read()
    if keys.session_key:
        there.secret.write(replace(keys, session_key=random_texts.token_urlsafe(32)))


def _write(account: Account, there: AgentAppPlace, keys: AppKeys) -> None:
    """Keep the app's keys; sessions that agents have go on."""
    session_key = there.secret.read().session_key or random_texts.token_urlsafe(32)
    public_key = account.public_key(keys.app)
    there.secret.write(replace(keys, public_key=public_key, session_key=session_key))


def _uploaded(account: Account, content: bytes, app: int | None, sleep: Callable[[float], None]) -> int:
    job = account.put_app(account.upload_app(_form(content), _BOUNDARY), app, NAME)
    for _ in range(_ATTEMPTS):
        status = account.app_job(job)
        if status.get("status") == "completed":
            return int(status.get("app_id") or app or 0)
        if status.get("status") == "failed":
            raise AppNotInstalled(str(status.get("message") or "Zendesk refused the package"))
        sleep(_WAIT_SECONDS)
    raise AppNotInstalled("Zendesk is still at it; run this again in a minute")


def _form(content: bytes) -> bytes:
    head = (
        f"--{_BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="uploaded_data"; filename="agent_app.zip"\r\n'
        "Content-Type: application/zip\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()


def _is_installed(account: Account, keys: AppKeys) -> bool:
    try:
        return account.installation(keys.installation).get("app_id") == keys.app
    except NotFound:
        return False


def _of_our_name(account: Account) -> Mapping[str, Any] | None:
    return next(
        (found for found in account.installations() if (found.get("settings") or {}).get("name") == NAME),
        None,
    )
