"""Files on their way to a ticket: uploaded first, then named by a token in the comment that has them."""

from collections.abc import Iterable
from pathlib import Path

from connect_zendesk.zendesk.client import Zendesk


def upload(zendesk: Zendesk, files: Iterable[tuple[Path, str]], kind: str) -> str:
    """Upload files from disk, each with the name it is to have, and return the one token for all of them.

    ``kind`` is their content type. The token is good for one comment, within an hour, so it is of no use to
    keep it: a comment that is tried again later has its files uploaded again. Raises `ZendeskError`.
    """
    token = ""
    for path, name in files:
        query = {"filename": name, **({"token": token} if token else {})}
        with path.open("rb") as file:
            token = str(zendesk.upload("/api/v2/uploads", query, file, kind)["upload"]["token"])
    return token
