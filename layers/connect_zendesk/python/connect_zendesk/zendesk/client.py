"""One thin client for Zendesk's HTTP API: timeouts always, the invocation's deadline, errors as a tree."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO

import requests

from connect_zendesk import __version__
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.zendesk.errors import (
    AlreadySent,
    Conflict,
    Duplicate,
    NoAnswer,
    NoEndpoint,
    NotAllowed,
    NotFound,
    RateLimited,
    Refused,
    Unauthorized,
    ZendeskError,
    ZendeskLater,
    ZendeskPermanent,
)
from connect_zendesk.zendesk.limits import binds_one_item, wait_asked
from connect_zendesk.zendesk.pacer import Pacer
from connect_zendesk.zendesk.patience import Patience
from connect_zendesk.zendesk.tokens import SCOPE, SharedTokens, Tokens

_TOKENS = "/oauth/tokens"
_TOKEN_SECONDS = 300  # where Zendesk does not say how long a token lives
_BAD_CREDENTIALS_SECONDS = 300
#: Nothing is wrong with the request itself: it timed out, is locked out for now, or came too early.
_FOR_NOW = frozenset({408, 423, 425})
#: Too large a body, address or headers, whatever it was on the way that refused it.
_TOO_LARGE = frozenset({413, 414, 431})
#: The path, not the item it names: a wrong address, or something that the account does not have.
_NO_SUCH_PATH = "InvalidEndpoint"
#: The code of a value that has to be unique and is taken; older accounts give none (facts/zendesk-2.md D2).
_FIELD_IDS = ("ticket_field_id", "field_key")  # facts/zendesk-2.md D2
_TAKEN = "DuplicateValue"
_UNIQUE = frozenset({"email", "external_id", "phone"})
#: Of an agent, ticket or user that does not exist, these answer 404 without a body (facts/zendesk.md 1.1).
_ENVELOPES = frozenset({"error", "errors", "details"})
_ANSWERS_BARE = re.compile(r"/api/v2/channels/voice/agents/[0-9]+/(tickets|users)/[0-9]+/display")
_HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "User-Agent": f"connect-zendesk/{__version__}",
}

#: Returns the OAuth client's id and secret.
Credentials = Callable[[], tuple[str, str]]


class Answer(dict[str, Any]):
    """A JSON object of an answer. What it should have and has not is no fault of the item: `NoAnswer`."""

    def __getitem__(self, name: str) -> Any:
        """Return what has to be there. Raises `NoAnswer` where it is missing or null."""
        value = self.get(name)
        if value is None:
            raise NoAnswer(f"an answer from Zendesk without {name!r}")
        return value


class Zendesk:
    """Speaks to one Zendesk account.

    ``remaining`` is set by each invocation, for the thread that it works in: it returns the seconds left
    until its deadline. ``pacer`` keeps background work below the account's limits. ``sent`` counts the
    requests so far, but for tokens: they are a budget, which the account's plan limits.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        shared_tokens: SharedTokens,
        *,
        session: requests.Session,
        clock: Callable[[], datetime],
    ) -> None:
        self._url = url.rstrip("/")
        self._credentials = credentials
        self._session = session
        self._tokens = Tokens(self._mint, shared_tokens, clock)
        self._patience = Patience()
        self.pacer = Pacer(clock)
        self.sent = 0

    @property
    def url(self) -> str:
        """The account's address, such as https://acme.zendesk.com."""
        return self._url

    @property
    def remaining(self) -> Callable[[], float]:
        """Returns the seconds left to this thread, some of which are kept to write down what happened."""
        return self._patience.remaining

    @remaining.setter
    def remaining(self, remaining: Callable[[], float]) -> None:
        self._patience.remaining = remaining

    def hurry(self, left: Callable[[], float]) -> None:
        """Spend all that is ``left`` (it returns seconds) on the requests of this thread, and no more."""
        self._patience.hurry(left)

    def get(self, path: str, query: Mapping[str, str | int] | None = None) -> dict[str, Any]:
        """Read. Raises `ZendeskError`."""
        with _writing_nothing():
            return self._authorized("GET", path, query=query)

    def get_text(self, path: str) -> str:
        """Read what is no JSON object. Raises `ZendeskError`."""
        with _writing_nothing():
            headers = {"Authorization": f"Bearer {self._tokens.get()}"}
            response = self._send("GET", path, None, None, headers)
            if not response.ok:
                raise _error("GET", path, response)
            return response.text

    def post(self, path: str, body: str, *, idempotency_key: str | None = None) -> dict[str, Any]:
        """Create from JSON text. A retry with the same key must send the same bytes.

        Raises `ZendeskError`.
        """
        return self._authorized("POST", path, body=body, key=idempotency_key)

    def put(self, path: str, body: str) -> dict[str, Any]:
        """Update from JSON text. Raises `ZendeskError`."""
        return self._authorized("PUT", path, body=body)

    def patch(self, path: str, body: str) -> dict[str, Any]:
        """Change some of it, from JSON text. Raises `ZendeskError`."""
        return self._authorized("PATCH", path, body=body)

    def delete(self, path: str, body: str) -> dict[str, Any]:
        """Take away what JSON text names. Raises `ZendeskError`."""
        return self._authorized("DELETE", path, body=body)

    def upload(self, path: str, query: Mapping[str, str], file: BinaryIO, kind: str) -> dict[str, Any]:
        """Send a file from its beginning, streamed from disk; ``kind`` is its content type.

        Whether it got through makes no difference: what is uploaded is nowhere to be seen until a ticket has
        it. Raises `ZendeskError`.
        """
        with _writing_nothing():
            return self._authorized("POST", path, query=query, body=file, kind=kind)

    def _authorized(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: str | BinaryIO | None = None,
        key: str | None = None,
        kind: str | None = None,
    ) -> dict[str, Any]:
        endpoint = f"{method} {_endpoint(path)}"
        self.pacer.ask(endpoint)
        headers = {"Idempotency-Key": key} if key else {}
        headers |= {"Content-Type": kind} if kind else {}
        token = self._tokens.get()
        self.sent += 1
        response = self._send(method, path, query, body, {**headers, "Authorization": f"Bearer {token}"})
        # Twice: the token that another container shares may have been revoked together with ours.
        for _ in range(2):
            if response.status_code != 401:
                break
            token = self._tokens.renew(token)
            response = self._send(method, path, query, body, {**headers, "Authorization": f"Bearer {token}"})
        self.pacer.learn(endpoint, response.headers)
        return _content(method, path, response)

    def _mint(self) -> tuple[str, int]:
        client_id, client_secret = self._credentials()
        body = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
            "scope": SCOPE,
        }
        try:
            with _writing_nothing():
                response = self._send("POST", _TOKENS, None, json.dumps(body), {})
                answer = _content("POST", _TOKENS, response)
        except (ZendeskPermanent, Unauthorized):
            # Whatever it says of the client, it is no fault of the item that needs a token.
            count(Metric.ZENDESK_CREDENTIALS_REFUSED)
            raise Unauthorized("Zendesk refused the OAuth client", _BAD_CREDENTIALS_SECONDS) from None
        if answer.get("scope", SCOPE) != SCOPE:
            # Zendesk issues a token for scopes it does not know, and then refuses every call.
            logger.error("Zendesk granted another scope than was asked for", scope=answer.get("scope"))
        token, life = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token:
            no_token = NoAnswer("Zendesk answered without a token")
            no_token.outcome_unknown = False
            raise no_token
        return token, life if isinstance(life, int) and life > 0 else _TOKEN_SECONDS

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int] | None,
        body: str | BinaryIO | None,
        headers: Mapping[str, str],
    ) -> requests.Response:
        is_file = body is not None and not isinstance(body, str)
        timeouts = self._patience.timeouts(for_file=is_file)
        if timeouts is None:
            late = NoAnswer("no time left in this invocation", 1)
            late.outcome_unknown = False  # nothing was sent
            raise late
        data: bytes | BinaryIO | None = body.encode() if isinstance(body, str) else body
        if data is not None and not isinstance(data, bytes):
            data.seek(0)  # an attempt with a token that was revoked has read it
        try:
            return self._session.request(
                method,
                self._url + path,
                params=query,
                data=data,
                headers={**_HEADERS, **headers},
                timeout=timeouts,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            # The exception's own text can hold the address with its query, so only its name is reported.
            no_answer = NoAnswer(f"no answer from Zendesk to {method} ({type(error).__name__})")
            no_answer.outcome_unknown = not isinstance(error, requests.ConnectTimeout)
            raise no_answer from None


@contextmanager
def _writing_nothing() -> Iterator[None]:
    """Raise no unknown outcome: whether this request got through makes no difference."""
    try:
        yield
    except ZendeskLater as late:
        late.outcome_unknown = False
        raise


def _content(method: str, path: str, response: requests.Response) -> dict[str, Any]:
    if 200 <= response.status_code < 300:
        content = _json(response)
        if content is None:
            raise NoAnswer(f"an answer from Zendesk that is not JSON ({response.status_code})")
        return content
    error = _error(method, path, response)
    logger.info("Zendesk did not do it", method=method, endpoint=_endpoint(path), status=response.status_code)
    raise error


def _error(method: str, path: str, response: requests.Response) -> ZendeskError:
    """Return what a refusal means. Permanent is only what Zendesk's API says, in one of its envelopes.

    A page of a proxy or firewall before the API, such as a 403 in HTML, is of no request in particular.
    """
    status, content = response.status_code, _json(response) or {}
    name = _error_name(content)
    what = f"Zendesk answered {status}" + (f" {name}" if name else "")
    if status == 401:
        return Unauthorized(what, _BAD_CREDENTIALS_SECONDS)
    if status == 409:
        return Conflict(what, 2)
    if status == 429:
        limited = RateLimited(what, wait_asked(response.headers, 60))
        limited.slow_down = not binds_one_item(method, path, response.headers)
        return limited
    if status >= 500 or status < 400 or status in _FOR_NOW:
        return NoAnswer(what, wait_asked(response.headers, 10))
    if status in _TOO_LARGE:
        return Refused(what)
    if status == 404 and not response.content and _ANSWERS_BARE.fullmatch(path):
        return NotFound(what)
    if not content.keys() & _ENVELOPES:
        return NoAnswer(f"{what} before its API", wait_asked(response.headers, 10))
    if status == 403:
        return NotAllowed(what)
    if status == 404 and name == _NO_SUCH_PATH:
        return NoEndpoint(what)
    if status == 404:
        return NotFound(what)
    if name == "IdempotentRequestError":
        return AlreadySent(what)
    codes = _codes(content)
    what += f" about {', '.join(sorted(codes))}" if codes else ""
    taken = any(_TAKEN in of_field for of_field in codes.values())
    perhaps_taken = any(not codes[field] for field in codes.keys() & _UNIQUE)
    refused = Duplicate if taken or perhaps_taken else Refused
    return refused(what, codes, _ticket_fields(content))


def _json(response: requests.Response) -> dict[str, Any] | None:
    if not response.content:
        return {}
    try:
        content = response.json(object_hook=Answer)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _error_name(content: Mapping[str, Any]) -> str:
    """Return Zendesk's name of an error, from whichever of its envelopes; a sentence is no name."""
    error = content.get("error")
    if isinstance(error, dict):
        error = error.get("title")
    errors = content.get("errors")
    if error is None and isinstance(errors, list) and errors and isinstance(errors[0], dict):
        error = errors[0].get("code")
    return error if isinstance(error, str) and error.replace("_", "").isalnum() else ""


def _codes(content: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return the codes by field of a 422; of one that it complains about without a code, none.

    A field has a list of complaints, in older accounts a single one; a code is null or absent where Zendesk
    has only a sentence, which is in the language of the integration user and says nothing here.
    """
    details = content.get("details")
    codes = {}
    for field, given in details.items() if isinstance(details, dict) else ():
        complaints = given if isinstance(given, list) else [given]
        coded = (one.get("error") for one in complaints if isinstance(one, dict))
        codes[str(field)] = frozenset(code for code in coded if isinstance(code, str))
    return codes


def _ticket_fields(content: Mapping[str, Any]) -> frozenset[int]:
    """Return the ids of the ticket fields that a 422 names; they stand in its complaints, under ``base``."""
    details = content.get("details")
    given = details.values() if isinstance(details, dict) else ()
    complaints = [one for each in given for one in (each if isinstance(each, list) else [each])]
    ids = (one.get(key) for one in complaints if isinstance(one, dict) for key in _FIELD_IDS)
    return frozenset(number for number in ids if isinstance(number, int))


def _endpoint(path: str) -> str:
    return "/".join("{id}" if part.isdigit() else part for part in path.split("/"))
