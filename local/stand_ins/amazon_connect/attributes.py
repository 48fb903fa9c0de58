"""GetContactAttributes and UpdateContactAttributes: a contact's attributes, which all its legs share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from local.stand_ins.amazon_connect.contacts import Contacts, is_over, root_of
from local.stand_ins.amazon_connect.descriptions import Held
from local.stand_ins.amazon_connect.options import Options
from local.stand_ins.aws.wire import RefusedError

LIMIT = 32_768  # bytes of UTF-8, over all names and values of a contact
_NAME = re.compile(r"[A-Za-z0-9_-]+")


def found(contacts: Contacts, options: Options, number: str) -> Held:
    """Return the attributes of the contact whose first leg has this id."""
    record = contacts.held(_root(contacts, options, number))
    return dict((record or {}).get("Attributes") or {})


def update(contacts: Contacts, options: Options, number: str, changes: Mapping[str, str]) -> list[str]:
    """Change a contact's attributes, ended or not; returns whose records are sent again.

    RefusedError for names of other characters, and for more than a contact may have.
    """
    root = _root(contacts, options, number)
    check({**found(contacts, options, number), **changes}, options.attributes_refused_as)
    legs = contacts.chain(root)
    for leg in legs:
        held = contacts.held(leg) or {}
        contacts.change(leg, Attributes={**(held.get("Attributes") or {}), **changes})
    changed = legs if options.attributes_sent_again == "contact" else [number]
    return [leg for leg in changed if options.ongoing_contact_record or is_over(contacts.held(leg) or {})]


def check(attributes: Mapping[str, Any], refused_as: str) -> None:
    """Refuse attributes that a contact cannot have, all together."""
    if wrong := [name for name in attributes if not _NAME.fullmatch(name)]:
        raise RefusedError(refused_as, f"Attribute names: letters, digits, - and _ only, not {wrong[0]!r}")
    if sum(len(f"{name}{value}".encode()) for name, value in attributes.items()) > LIMIT:
        raise RefusedError(refused_as, f"Attributes are longer than {LIMIT} bytes")


def _root(contacts: Contacts, options: Options, number: str) -> str:
    """Return the first leg that is named, or that leads to the leg that is."""
    root = root_of(contacts.held(number) or {"ContactId": number})
    if root != number and options.child_names_attributes == "refuse":
        raise RefusedError("ResourceNotFoundException", f"{number} is not a contact's first leg")
    return root
