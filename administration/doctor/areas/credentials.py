"""The OAuth client in the stack's secret, what it may do, and the user who made it."""

import json
from collections.abc import Iterator

from administration.doctor import cures
from administration.doctor.findings import Finding, Said, Seen, fault, note, warning
from administration.doctor.system import System
from connect_zendesk.zendesk.errors import NotAllowed, Unauthorized
from connect_zendesk.zendesk.tokens import SCOPE

_NOTHING_WORKS = "nothing can be read or written in Zendesk: contacts wait in the queue"
_LIGHT_AGENT = 1
#: What the connector reads and writes, an address that only reads for each: what it is, and who needs it.
_NEEDED = (
    ("users", "/api/v2/users?page[size]=1", "customers and agents are found"),
    ("tickets", "/api/v2/tickets?page[size]=1", "tickets are made and added to"),
    ("search", "/api/v2/users/search?query=role:end-user", "callers are found by their numbers"),
    ("webhooks", "/api/v2/webhooks?page[size]=1", "failed deliveries are fetched again"),
)


def client(system: System) -> Iterator[Said]:
    """Look at the OAuth client: whether it is there, is accepted, and gets the scopes that are needed."""
    arn = system.outputs["ZendeskSecretArn"]
    put = (
        f"make one in {cures.OAUTH}: confidential, as the integration user",
        f"aws secretsmanager put-secret-value --secret-id {arn} \\",
        """  --secret-string '{"client_id": "…", "client_secret": "…"}'""",
    )
    text = system.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    try:
        content = json.loads(text)
        filled = bool(content["client_id"] and content["client_secret"])
    except (ValueError, KeyError, TypeError):
        filled = False
    if not filled:
        yield fault(
            "oauth-client-missing",
            "the stack's secret holds no OAuth client of Zendesk",
            _NOTHING_WORKS,
            *put,
        )
        return
    try:
        user = system.place.account.me()
    except Unauthorized:
        yield fault(
            "oauth-client-refused",
            "Zendesk does not accept the OAuth client in the stack's secret, or its user has lost access",
            _NOTHING_WORKS,
            "in Zendesk: look whether the user who made it is active and not suspended",
            *put,
        )
        return
    except NotAllowed:
        if missing := _missing_scopes(system):
            yield _scopes("oauth-scopes-none", system, missing)
            return
        yield fault(
            "integration-user-no-agent",
            "the user who made the OAuth client is no agent or administrator, or its scopes are too narrow",
            _NOTHING_WORKS,
            "in Zendesk: give that user the role of an administrator",
            *put,
        )
        return
    if user.get("id") is None:
        yield fault("oauth-client-anonymous", "Zendesk takes the connector for nobody", _NOTHING_WORKS, *put)
        return
    yield Seen(f"acts as {user.get('name')} (user {user['id']}, {user.get('role')})")
    if missing := _missing_scopes(system):
        yield _scopes("oauth-scopes-missing", system, missing)
    yield from _refused(system)


def _missing_scopes(system: System) -> list[str]:
    granted = SCOPE if system.heard.scope is None else system.heard.scope
    return sorted(set(SCOPE.split()) - set(granted.split()))


def _scopes(name: str, system: System, missing: list[str]) -> Finding:
    return fault(
        name,
        f"the OAuth client is granted {system.heard.scope!r}, and {' '.join(missing)} is missing",
        "what is not covered is refused: tickets, users, voice",
        f"in {cures.OAUTH}: allow the scopes {SCOPE}, or make a client without a limit of scopes",
    )


def _refused(system: System) -> Iterator[Said]:
    for what, address, purpose in _NEEDED:
        path, _, query = address.partition("?")
        name, _, value = query.partition("=")
        try:
            system.place.account.zendesk.get(path, {name: value})
        except NotAllowed:
            yield fault(
                f"not-allowed-{what}",
                f"Zendesk does not let the connector's user read {what}",
                f"not so: {purpose}",
                "in Zendesk: give the user who made the OAuth client the role of an administrator",
                f"and in {cures.OAUTH}: the scopes {SCOPE}",
            )


def user(system: System) -> Iterator[Said]:
    """Look at the user who made the OAuth client: role, language, and whether it is a person's own."""
    found = system.place.account.me()
    who = f"{found.get('name')} (user {found['id']})"
    role = found.get("role")
    if found.get("role_type") == _LIGHT_AGENT:
        yield fault(
            "integration-user-light-agent",
            f"the integration user {who} is a light agent",
            "a light agent can be no assignee and writes no public comment: much is refused",
            "in Zendesk: give it the role of an administrator, which takes a seat",
        )
    elif role != "admin":
        yield warning(
            "integration-user-no-admin",
            f"the integration user {who} is no administrator (role {role})",
            "webhooks, macros, user fields and apps take one, or a custom role that may manage these; tickets"
            " of groups that the role does not see are not found",
            "in Zendesk: give it the role of an administrator",
        )
    if found.get("ticket_restriction") in ("groups", "assigned", "organization"):
        yield fault(
            "integration-user-restricted",
            f"the integration user {who} sees only some tickets ({found['ticket_restriction']})",
            "contacts of other tickets are not reported, and their tickets are taken for deleted",
            "in Zendesk: let the user see all tickets",
        )
    locale = str(found.get("locale") or "")
    if not locale.lower().startswith("en"):
        yield note(
            "integration-user-language",
            f"the integration user's language is {locale}",
            "Zendesk words its refusals in it: nothing here reads them, but people who read the logs of other"
            " tools do",
            "in Zendesk: set that user's language to English (United States)",
        )
    known = system.place.keys.read().integration_user
    if known != found["id"]:
        yield fault(
            "integration-user-unknown",
            f"the stack takes {known or 'no user'} for the integration user, and it is {found['id']}",
            "events that the connector causes itself may become tasks again (K4)",
            cures.APPLY,
        )
