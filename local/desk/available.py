"""Whether a desk can be had here: its two libraries come from the npm registry, once."""

from infra.npm_packages import STREAMS, STREAMS_FILE, FetchError
from local.desk.pages import sdk


def why_no_desk() -> str:
    """Return why there is no desk, empty where there can be one."""
    try:
        STREAMS.file(STREAMS_FILE)
        sdk()
    except FetchError as error:
        return f"No agent's desk: {error}"
    return ""
