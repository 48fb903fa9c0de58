"""What can and what cannot be read as the value of each setting (S1 to S5, S7)."""

from collections.abc import Mapping
from typing import Any

LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "ar", "hi", "ja", "ko", "zh", "zh-TW")
BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE", "t", "T", "1", "yes", "YES", "y", " true "), True),
    **dict.fromkeys(("false", "False", "FALSE", "f", "F", "0", "no", "NO", "n", " false "), False),
}
NO_BOOLEANS = ("2", "on", "off", "truth", "wahr", "0.0", "true false", "１")
NUMBERS = {number: number for number in ("+441632960100", "+39061234567", "+18005550100", "+19999999999")}
NO_NUMBERS = (
    "01632960100",
    "+44 1632 960100",
    "441632960100",
    "+44(0)1632960100",
    "+4412",
    "+1x5",
    "call me",
)
KEYS = {key: key for key in ("voice_id", "Voice.Id-2", "a")}
NO_KEYS = ("voice id", "ключ", "a" * 101, "x;y")

#: For each setting every form of a value that can be read, and what it means.
READABLE: Mapping[str, Mapping[str, Any]] = {
    "recent_ticket_timeout": {"0": 0, "15": 15, " 15 ": 15, "1440": 1440, "0015": 15, "1.5": 1.5, "15.0": 15},
    "ticket_assignment": {"auto": "auto", "agent": "agent", "AGENT": "agent", " Auto ": "auto"},
    "pop_incoming": BOOLEANS,
    "voice_comment": BOOLEANS,
    "download_recording": BOOLEANS,
    "call_recording_consent": {
        **{text: "optin" if meaning else "optout" for text, meaning in BOOLEANS.items()},
        "optin": "optin",
        "OptIn": "optin",
        "opt-in": "optin",
        "optout": "optout",
        "OPT_OUT": "optout",
    },
    "dialed_number": NUMBERS,
    "outbound_cli": NUMBERS,
    "zendesk_ticket": {"4711": 4711, " 4711 ": 4711, "0": 0, "000": 0, "0042": 42, "9" * 18: int("9" * 18)},
    "conversation_title": {
        "Order 1234": "Order 1234",
        "  two   words\nand a line ": "two words and a line",
        "0": "0",
        "false": "false",
        "日本語 🎉": "日本語 🎉",
        "a\x00b\u202ec\ud800": "abc",
        "<b>bold</b>": "‹b›bold‹/b›",
        "x" * 300: "x" * 255,
    },
    "zendesk_user": {"101": 101, " 101 ": 101, "360012345678": 360012345678},
    "customer_number": {
        "+441632960001": "+441632960001",
        "+44 (0)1632 960-001": "+441632960001",
        "01632 960001": "+441632960001",
        "0012125550100": "+12125550100",
        "020 7946 0000": "+442079460000",
    },
    "customer_name": {
        "Ana Silva": "Ana Silva",
        " Ana\tSilva ": "Ana Silva",
        "O'Hara & Söhne": "O'Hara & Söhne",
    },
    "customer_email": {"ana@example.com": "ana@example.com", " Ana@Example.COM ": "ana@example.com"},
    "customer_language": {
        **{
            code: code for code in ["en", "es", "fr", "de", "it", "pt", "ar", "hi", "ja", "ko", "zh", "zh-TW"]
        },
        "EN": "en",
        "zh-tw": "zh-TW",
        "zh_TW": "zh-TW",
        "zh-Hant-HK": "zh-TW",
        "zh-Hans-CN": "zh",
        "en-GB": "en",
        "pt_BR": "pt",
        "es-419": "es",
    },
    "speech_analysis": {
        "transcript": ("transcript",),
        "sentiment": ("sentiment",),
        "comprehend": ("comprehend",),
        "sentiment, TRANSCRIPT": ("transcript", "sentiment"),
        "transcript,comprehend,sentiment": ("transcript", "comprehend", "sentiment"),
        "transcript,,transcript,": ("transcript",),
    },
    "force_ticket_creation": BOOLEANS,
    "pause_recording": BOOLEANS,
    "all_outbound": BOOLEANS,
    "chat_transcript": BOOLEANS,
    "voiceid_enabled": BOOLEANS,
    "voiceid_field": KEYS,
    "voiceid_status_field": KEYS,
    "voiceid_auth_mode": {"verify": "verify", "re-verify": "re-verify", "RE-Verify": "re-verify"},
}

UNREADABLE: Mapping[str, tuple[str, ...]] = {
    "recent_ticket_timeout": ("-1", "soon", "15 minutes", "1e3", "1,5", ".5", "15.", "١٥", "9" * 10, "+15"),
    "ticket_assignment": ("automatic", "manual", "true", "auto agent", "0"),
    "pop_incoming": NO_BOOLEANS,
    "voice_comment": NO_BOOLEANS,
    "download_recording": NO_BOOLEANS,
    "call_recording_consent": (*NO_BOOLEANS, "opt", "opted out"),
    "dialed_number": NO_NUMBERS,
    "outbound_cli": NO_NUMBERS,
    "zendesk_ticket": ("#4711", "-4711", "4711.0", "Zendesk-4711", "9" * 19, "٤٧١١", "4711 4712"),
    "conversation_title": ("\x00", "\u202e\u202c"),
    "zendesk_user": ("0", "000", "-1", "ana", "1.5", "9" * 19),
    "customer_number": ("12", "call me", "+999999999999999999", "+44", "1" * 61),
    "customer_name": ("\x07", "\ud800"),
    "customer_email": (
        "ana",
        "ana@",
        "@example.com",
        "ana@example",
        "ana example@example.com",
        "Ana <ana@example.com>",
        "a@example.com, b@example.com",
        'a"b@example.com',
        "ana@exa\x00mple.com",
        "x" * 65 + "@example.com",
    ),
    "customer_language": ("english", "nl", "nl-BE", "en-", "en--GB", "en GB", "e-GB", "en-GB;", "-en"),
    "speech_analysis": ("all", "transcript;sentiment", "transcript,feelings", ",", ", ,"),
    "force_ticket_creation": NO_BOOLEANS,
    "pause_recording": NO_BOOLEANS,
    "all_outbound": NO_BOOLEANS,
    "chat_transcript": NO_BOOLEANS,
    "voiceid_enabled": NO_BOOLEANS,
    "voiceid_field": NO_KEYS,
    "voiceid_status_field": NO_KEYS,
    "voiceid_auth_mode": ("reverify", "always", "true"),
}
