"""What of the ledger is a customer's: contacts, and items outside of contacts' partitions."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from administration.forget.customer import Customer
from administration.forget.table import Table
from connect_zendesk.ledger import heads
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.items import Item
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import HEAD, KINDS, PLACEHOLDER, USER
from connect_zendesk.rules.tickets.marks import EXTERNAL_ID

_CONTACT = "contact#"
_AGENTS_CONTACTS = re.compile(r"agent#zendesk#\d+ contacts")
#: What keeps an event from being acted on again: a contact's id at most.
_STAYS = ("zendesk-event#", "webhook#", "agents", "zendesk", "pause", "pace")
Key = tuple[str, str]


@dataclass
class Found:
    """What is to be removed.

    Attributes:
        contacts: ids of contacts whose head becomes *forgotten*.
        items: what is deleted, with its version.
        lists: what is kept without its entries on those contacts.
    """

    contacts: set[str] = field(default_factory=set)
    items: dict[Key, int] = field(default_factory=dict)
    lists: set[Key] = field(default_factory=set)

    def counted(self) -> Counter[str]:
        """Return how many items of each kind there are to be deleted."""
        return Counter(kind_of(*key) for key in self.items)

    def __bool__(self) -> bool:
        return bool(self.contacts or self.items or self.lists)


def find(table: Table, customer: Customer) -> Found:
    """Return what the ledger has of a customer; the table is read whole, twice."""
    customer = _with_users_made(table, customer)
    found = Found(contacts=_contacts(table, customer))
    for partition, sort, item in table.scan():
        root = partition.removeprefix(_CONTACT)
        if root != partition:
            if root in found.contacts and sort != HEAD.sort:
                found.items[partition, sort] = item["version"]
        elif _AGENTS_CONTACTS.fullmatch(f"{partition} {sort}"):
            if any(entry.get("root") in found.contacts for entry in item.get("value") or ()):
                found.lists.add((partition, sort))
        elif _is_the_customers(partition, sort, item, customer, found.contacts):
            found.items[partition, sort] = item["version"]
    return found


def remove(table: Table, ledger: Ledger, found: Found) -> None:
    """Remove what was found: first the heads, which keep everything else from being written again.

    What changed meanwhile stays, and is found by another `find`.
    """
    for root in sorted(found.contacts):
        heads.forget(ledger, root)
    for (partition, sort), version in found.items.items():
        table.delete(partition, sort, version=version)
    for partition, sort in found.lists:
        _shorten(table, partition, sort, found.contacts)


def kind_of(partition: str, sort: str) -> str:
    """Return the name of the kind of an item, by its key."""
    for kind in KINDS:
        pattern = re.escape(f"{kind.partition} {kind.sort}")
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", ".+", pattern), f"{partition} {sort}"):
            return kind.name
    return "of an earlier release"


def _with_users_made(table: Table, customer: Customer) -> Customer:
    """Return a customer with the users whom the stack made for their numbers and addresses."""
    for text in customer.texts:
        key = USER.key(external_id=f"{EXTERNAL_ID}{text.lower()}")
        made = table.get(key.partition, key.sort) or {}
        result = (made.get("step") or {}).get("result") or {}
        if result.get("user") is not None:
            customer = customer.with_user(result["user"], ())
    return customer


def _contacts(table: Table, customer: Customer) -> set[str]:
    """Return the ids of the customer's contacts: settled as theirs, or with their number or address."""
    theirs: set[str] = set()
    others: set[str] = set()
    for partition, sort, item in table.scan():
        root = partition.removeprefix(_CONTACT)
        if root == partition:
            continue
        head = _head(item) if sort == HEAD.sort else None
        if head is None:
            if customer.is_in(item) or customer.is_named_in(sort):
                theirs.add(root)
        elif (head.customer or head.requester) in customer.users:
            theirs.add(root)
        elif head.customer is not None:
            others.add(root)  # of another customer, who may share a number
    # What was written of a forgotten contact again has its number or address: that is removed, too.
    # Without a user it is a number or an address that is forgotten, whichever user has it.
    return theirs - (others if customer.users else set())


def _head(item: Item) -> Head | None:
    content = item.get("head") or (item.get("value") if "rule" in (item.get("value") or ()) else None)
    return Head.of(content) if isinstance(content, Mapping) else None


def _is_the_customers(
    partition: str, sort: str, item: Item, customer: Customer, contacts: Iterable[str]
) -> bool:
    if partition.startswith(_STAYS) or partition == PLACEHOLDER.partition:
        is_draft = sort.startswith("draft#")
        return is_draft and customer.is_in(item)
    if partition in {f"customer#{user}" for user in customer.users} or customer.is_named_in(partition):
        return True
    if partition.startswith("user#") and item.get("value") in customer.users:
        return True
    return customer.is_in(item) or _names_one(item, set(contacts))


def _names_one(value: Any, contacts: set[str]) -> bool:
    if isinstance(value, str):
        return value in contacts
    if isinstance(value, Mapping):
        return any(_names_one(each, contacts) for each in value.values())
    return isinstance(value, list | tuple) and any(_names_one(each, contacts) for each in value)


def _shorten(table: Table, partition: str, sort: str, contacts: set[str]) -> None:
    while (item := table.get(partition, sort)) is not None:
        left = [entry for entry in item["value"] if entry.get("root") not in contacts]
        new = {**item, "value": left, "version": item["version"] + 1}
        if table.put(partition, sort, new, replacing=item["version"]):
            return
