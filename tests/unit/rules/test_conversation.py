"""What a conversation tells of itself."""

import pytest

from connect_zendesk.rules.transcripts.conversation import Participant
from tests.unit.rules.conversations import call, chat

ANA, AGNES, BOB = Participant("c", "customer"), Participant("a", "agent"), Participant("b", "agent")
CHAYA, OTHER = Participant("s", "supervisor"), Participant("o", "other")
BOT, SYSTEM = Participant("t", "bot"), Participant("f", "system")


@pytest.mark.parametrize(
    ("participants", "several"),
    [
        ((), False),
        ((ANA, AGNES), False),
        ((ANA, BOT, SYSTEM, AGNES), False),
        ((ANA, AGNES, BOB), True),
        ((ANA, AGNES, OTHER), True),
        ((ANA, CHAYA), True),
        ((CHAYA,), True),
    ],
)
def test_X6_more_than_two_people_or_a_supervisor_make_it_multi_party(
    participants: tuple[Participant, ...], several: bool
) -> None:
    assert chat(participants=participants).multi_party is several


def test_a_call_is_spoken_and_a_chat_is_not() -> None:
    assert call().is_voice
    assert not chat().is_voice
