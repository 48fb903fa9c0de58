"""Every fault of Zendesk in words: what it does and what it takes."""

from __future__ import annotations

from local.stand_ins.faults.catalogue import (
    CLEAR,
    COUNT,
    HANG,
    LASTING,
    LOSE_ANSWER,
    MATCHING,
    SLOW,
    Argument,
    Known,
)

#: In the order in which one command switches them.
KNOWN = (
    CLEAR,
    Known(
        "outage",
        "Answer 503",
        (COUNT, LASTING, Argument("retry_after", "seconds", "what Retry-After says"), MATCHING),
    ),
    Known(
        "rate_limit",
        "Answer 429, with what is left of the time in Retry-After",
        (
            Argument("seconds", "seconds", "how long it lasts", needed=True),
            Argument("retry_after", "text", "what Retry-After says instead: a day, a date, 0, -1, no number"),
            COUNT,
            MATCHING,
        ),
    ),
    Known(
        "http_error",
        "Answer with a status of the network before Zendesk, as a page of HTML unless told otherwise",
        (
            Argument("status", "status", "400 to 599: 403, 404, 408, 423, 425, 502 …", needed=True),
            Argument("body", "body", "html, text, json or empty"),
            Argument("after_write", "yes or no", "whether what was asked is done first"),
            COUNT,
            LASTING,
            MATCHING,
        ),
    ),
    Known(
        "refuse",
        "Refuse writes with 422 about one field",
        (
            Argument("field", "text", "the key in details: name, phone, requester, base …", needed=True),
            Argument("code", "text", "the machine-readable code; without it there is none"),
            COUNT,
            LASTING,
            MATCHING,
        ),
    ),
    Known(
        "language",
        "Write errors in another language; codes, fields and statuses stay",
        (Argument("locale", "text", "de, fr, es or ja; any other is English", needed=True), LASTING),
    ),
    SLOW,
    LOSE_ANSWER,
    HANG,
    Known(
        "late_write",
        "Break the connection, and do what was asked later",
        (
            Argument("seconds", "seconds", "how much later, by the stand-in's clock", needed=True),
            COUNT,
            LASTING,
            MATCHING,
        ),
    ),
    Known("conflict", "Answer writes with 409 DatabaseConflict and do nothing", (COUNT, LASTING, MATCHING)),
    Known("revoke_tokens", "Stop every access token issued so far"),
    Known(
        "index_lag",
        "Let search see changes later or sooner, what is on its way included",
        (Argument("seconds", "seconds", "from a change until search sees it", needed=True), LASTING),
    ),
    Known("repeat_webhooks", "Send webhook invocations twice", (COUNT, LASTING)),
)
