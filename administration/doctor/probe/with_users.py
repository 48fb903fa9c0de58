"""Experiments with users, their numbers and their fields."""

import json

from administration.doctor.probe.trial import MARK, Trial, Unclear, refused
from administration.zendesk_setup.wanted import user_fields
from connect_zendesk.rules.assumptions import EMPTIED
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.zendesk import finding
from connect_zendesk.zendesk.errors import Refused

#: Numbers that Ofcom keeps for drama: no one is called there.
_NATIONAL, _E164 = "(020) 7946-0711", "+442079460711"
_SECOND, _DIRECT = "+442079460722", "+442079460733"
_INDEX_SECONDS, _LOOK_EVERY = 300.0, 15.0
_TAKEN, _SUSPENDED = "DuplicateValue", "UserSuspended"


def suspended_requester(trial: Trial) -> str:
    """Make a ticket whose requester is suspended."""
    suspended = trial.user(suspended=True)
    trial.change_user(suspended, suspended=True)
    error = refused(lambda: trial.ticket(requester_id=suspended))
    if error is None:
        return "accepted"
    codes = error.codes if isinstance(error, Refused) else {}
    about = codes.get("requester", codes.get("requester_id"))
    if about is None:
        return "refused without a name"
    return "refused by code" if _SUSPENDED in about else "refused by name"


def external_ids(trial: Trial) -> str:
    """Make two users with one external id."""
    taken = f"{MARK}-{trial.run}-twice"
    trial.user(external_id=taken)
    return "shared" if refused(lambda: trial.user(external_id=taken)) is None else "unique"


def email_taken(trial: Trial) -> str:
    """Make two users with one e-mail address, and read how the second is refused."""
    address = f"{MARK}-{trial.run}@example.invalid"
    trial.user(email=address)
    return _said(refused(lambda: trial.user(email=address)), "email")


def phone_taken(trial: Trial) -> str:
    """Make two users with one number as their direct line."""
    trial.user(phone=_DIRECT, shared_phone_number=False)
    return _said(refused(lambda: trial.user(phone=_DIRECT, shared_phone_number=False)), "phone")


def _said(error: Exception | None, name: str) -> str:
    if error is None:
        return "accepted"
    codes = error.codes if isinstance(error, Refused) else {}
    if _TAKEN in codes.get(name, frozenset()):
        return "by code"
    return "by name" if name in codes else "otherwise"


def unknown_user_field(trial: Trial) -> str:
    """Give a user a field that the account has not."""
    user = trial.user()
    unknown = {f"{MARK.replace('-', '_')}_none": "x"}
    return "ignored" if refused(lambda: trial.change_user(user, user_fields=unknown)) is None else "refused"


def user_fields_not_given(trial: Trial) -> str:
    """Write two fields of a user, then one of them, and read the other."""
    there = {field["key"] for field in trial.zendesk.get("/api/v2/user_fields")["user_fields"]}
    one, other = (field.key for field in user_fields(AppSettings()))
    if not {one, other} <= there:
        raise Unclear(f"the account has no user fields {one} and {other}: make zendesk")
    user = trial.user()
    trial.change_user(user, user_fields={one: MARK, other: MARK})
    changed = trial.change_user(user, user_fields={one: f"{MARK}-2"})
    return "kept" if changed["user_fields"].get(other) == MARK else EMPTIED


def merged_user(trial: Trial) -> str:
    """Merge a user into another, and ask for the first."""
    source, target = trial.user(), trial.user()
    trial.zendesk.put(f"/api/v2/users/{source}/merge", json.dumps({"user": {"id": target}}))
    found = finding.user(trial.zendesk, source)
    if found is None:
        return "missing"
    return "inactive" if found.get("active") is False else "as before"


def phone_notations(trial: Trial) -> str:
    """Make a user with a number in national notation, and search as a caller's is searched for."""
    made: list[int] = []
    if refused(lambda: made.append(trial.user(phone=_NATIONAL))) is not None:
        return "no such numbers"
    return _searched(trial, made[0], _E164)


def phone_identities(trial: Trial) -> str:
    """Give a user a second number, and search for it."""
    user = trial.user()
    identity = {"identity": {"type": "phone_number", "value": _SECOND, "verified": True}}
    if refused(lambda: trial.zendesk.post(f"/api/v2/users/{user}/identities", json.dumps(identity))):
        return "no such numbers"
    return _searched(trial, user, _SECOND)


def _searched(trial: Trial, user: int, number: str) -> str:
    """Return whether a search for a number finds a user, once the index has the user at all."""

    def visible() -> bool | None:
        found = finding.every_user(trial.zendesk, f'external_id:"{_external_id(trial, user)}"')
        return True if any(each["id"] == user for each in found) else None

    if trial.wait_for(visible, _INDEX_SECONDS, _LOOK_EVERY) is None:
        raise Unclear("the search index has not had a new user within five minutes")
    trial.sleep(_LOOK_EVERY)
    found = finding.users_with_phone(trial.zendesk, number, "GB")
    return "found" if any(each["id"] == user for each in found) else "not found"


def _external_id(trial: Trial, user: int) -> str:
    found = finding.user(trial.zendesk, user)
    return str(found["external_id"]) if found is not None else ""
