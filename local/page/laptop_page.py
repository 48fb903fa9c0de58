"""The page of a running laptop."""

from datetime import UTC, datetime
from functools import partial

from connect_zendesk.ledger import heads, notices
from local.emulator.arrivals import Arrivals
from local.emulator.laptop import AGENT_STREAM, Laptop
from local.emulator.ledger import ledger_of
from local.faults.laptop_faults import faults_of
from local.page.actions import actions_of
from local.page.server import PageServer
from local.page.state import PageState, Sources
from local.stand_ins.zendesk.plan import Plan

#: Where the page is, unless something else listens there: an open browser finds it again.
PORT = 28460


def serve(laptop: Laptop) -> PageServer:
    """Serve the page of this laptop until the server's `stop`, or the end of its `with` block.

    Stop it before the laptop.
    """
    faults = faults_of(laptop)
    state = PageState(sources_of(laptop))
    server = partial(
        PageServer,
        state.board,
        look=state.look,
        ticket=state.tickets.ticket,
        actions=actions_of(laptop, faults, state.letters.read_again),
    )
    try:
        return server(port=PORT)
    except OSError:
        return server()


def sources_of(laptop: Laptop) -> Sources:
    """Return where the page of a laptop looks."""
    faults = faults_of(laptop)
    ledger = ledger_of(laptop)

    def under_way() -> str:
        backlog = laptop.backlog()
        return "" if backlog.nothing else str(backlog)

    return Sources(
        zendesk=laptop.zendesk,
        arrivals=Arrivals(laptop.clients.kinesis, laptop.outputs["RecordStreamName"]).new,
        agent_events=Arrivals(laptop.clients.kinesis, AGENT_STREAM).new,
        head=partial(heads.head, ledger),
        notices=partial(notices.of_contact, ledger),
        dead_letters=laptop.dead_letters,
        dead_letter_count=laptop.dead_letter_count,
        under_way=under_way,
        sent=lambda: laptop.sent,
        faults=faults.catalogue,
        active_faults=faults.active,
        clock=lambda: datetime.now(UTC),
        plan=getattr(laptop.zendesk, "plan", Plan()),
    )
