"""The words for how a ticket was made: Zendesk's API and its webhooks have different ones (K1)."""

import re

#: What webhooks, and the placeholders of triggers, call a channel; and what the API calls the same one.
_SAME = {
    "web_form": "web",
    "mail": "email",
    "web_service": "api",
    "web_service_api": "api",
    "messaging": "native_messaging",
    "phone_call_incoming": "phone_call_inbound",
    "phone_call_outgoing": "phone_call_outbound",
    "cti_phone_call_incoming": "api_phone_call_inbound",
    "cti_phone_call_outgoing": "api_phone_call_outbound",
    "cti_voicemail": "api_voicemail",
}
#: What webhooks keep apart and the API has one word for. A rule with the API's word fits each of them, one
#: with a webhook's word that one alone.
_KINDS_OF = {
    "voice": (
        "phone_call_inbound",
        "phone_call_outbound",
        "voicemail",
        "api_phone_call_inbound",
        "api_phone_call_outbound",
        "api_voicemail",
    ),
    "facebook": ("facebook_post", "facebook_message"),
    "twitter": ("twitter_dm", "twitter_favorite", "twitter_like"),
}
_BROADER = {kind: channel for channel, kinds in _KINDS_OF.items() for kind in kinds}


def is_one_of(channel: str | None, expected: frozenset[str]) -> bool:
    """Return whether a ticket's channel is among those that a rule names, whichever words either uses."""
    if channel is None:
        return False
    named = _named(channel)
    return not {named, _BROADER.get(named, named)}.isdisjoint(map(_named, expected))


def _named(channel: object) -> str:
    """Return a channel by one word. A trigger's placeholder gives a label: *Web service (API)*."""
    word = re.sub(r"[^a-z0-9]+", "_", str(channel).lower()).strip("_")
    return _SAME.get(word, word)
