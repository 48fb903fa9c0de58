"""The page of a running laptop."""

from datetime import UTC, datetime

from local.emulator.laptop import Laptop
from local.page.server import PageServer
from local.page.state import PageState

#: Where the page is, unless something else listens there: an open browser finds it again.
PORT = 28460


def serve(laptop: Laptop) -> PageServer:
    """Serve the page of this laptop until the server's `stop`, or the end of its `with` block.

    Stop it before the laptop.
    """

    def under_way() -> str:
        backlog = laptop.backlog()
        return "" if backlog.nothing else str(backlog)

    state = PageState(
        laptop.zendesk,
        clock=lambda: datetime.now(UTC),
        dead_letters=laptop.dead_letters,
        dead_letter_count=laptop.dead_letter_count,
        under_way=under_way,
        sent=lambda: laptop.sent,
    )
    try:
        return PageServer(revision=state.revision, state=state.state, port=PORT)
    except OSError:
        return PageServer(revision=state.revision, state=state.state)
