"""By what a ticket, or a change of one, is known to be this project's own."""

from connect_zendesk.rules.tickets.macro_tags import MACRO_TAGS

#: On every ticket that is made for a contact; followed by the channel on a second one.
TAG = "amazon_connect"
#: The external id of a ticket that is made for a contact begins like this (T10).
EXTERNAL_ID = "amazon-connect:"


def is_own_tag(tag: str) -> bool:
    """Return whether a tag is for this project alone: of its own making, or a macro's word to it."""
    return tag == TAG or tag.startswith(f"{TAG}_") or tag in MACRO_TAGS


def is_own_ticket(external_id: str | None) -> bool:
    """Return whether a ticket was made here for a contact; a follow-up that a customer made of it was not."""
    return (external_id or "").startswith(EXTERNAL_ID)
